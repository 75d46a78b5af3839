"""`corsdoctor replay --live`: what is sent to whom, and what the reports say of what changed."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest

from tests.captures.hars import GRANT, PAGE, entry, preflight, text
from tests.cli.conftest import Run, Server
from tests.cli.test_who_gets_what import COOKIE, TOKEN, Net
from tests.cli.test_who_gets_what import PAGE as OVER_HTTP
from tests.cli.test_who_gets_what import net as net
from tests.listening import QuietHandler, listening
from tests.reports.test_json import SCHEMA, strict

SERVER = f"{BaseHTTPRequestHandler.server_version} {BaseHTTPRequestHandler.sys_version}"
WITH = GRANT | {"Access-Control-Allow-Credentials": "true"}


def capture(path: Path, *entries: Any) -> str:
    file = path / "capture.har"
    file.write_bytes(text(*entries))
    return str(file)


def test_before_and_now(run: Run, server: Server, tmp_path: Path) -> None:
    url = f"{server.url}/put"
    asked = {"Origin": PAGE, "Content-Type": "text/plain"}
    put = entry("PUT", url, asked, answered=WITH)
    put["request"]["postData"] = {"text": "a=1"}
    file = capture(tmp_path, put, preflight("PUT", url=url, status=405), entry(url=f"{server.url}/none", answered=WITH))
    unsent = run("replay", file, "--live", "--probes", "0", "--url", "*/put", "--credentials", "omit")
    assert (unsent.exit_code, server.requests) == (4, ["OPTIONS /put"])
    assert unsent.stdout.splitlines()[:3] == [
        "1 cross-origin request, sent again: 1 not sent",
        f"? PUT {url} (blocked in the capture)",
        "  The PUT was not sent, because PUT may change data. Add --send to send the PUT",
    ]
    server.requests.clear()
    result = run("replay", file, "--live", "--send", "--probes", "0", "--credentials", "omit")
    assert (result.exit_code, server.requests) == (1, ["OPTIONS /put", "PUT /put", "GET /none"])
    assert server.bodies[-2] == b"a=1"
    lines = result.stdout.splitlines()
    assert lines[:2] == [
        "2 cross-origin requests, sent again: 1 blocked, 1 allowed",
        f"✗ GET {server.url}/none (allowed in the capture)",
    ]
    assert f"✓ PUT {url} (blocked in the capture)" in lines
    whole = " ".join(result.stdout.split())
    assert f"The preflight response has changed ({url}): status 405 before, 200 now;" in whole
    assert f"Access-Control-Allow-Origin missing before, {PAGE} now" in whole
    assert "Changed The request is allowed in the capture, and blocked now." in whole
    result = run("replay", file, "--live", "--credentials", "omit", "--probes", "0", "--format", "json")
    put, get, _ = found = json.loads(result.stdout)
    jsonschema.validate(found, strict(SCHEMA))
    assert put["since_capture"]["verdict"] == {"before": "blocked", "now": "unsent"}
    assert put["since_capture"]["changes"][0] == {
        "kind": "preflight", "method": "OPTIONS", "url": url, "what": "status", "before": "405", "now": "200",
    }  # fmt: skip
    assert {"Access-Control-Allow-Origin", "Server"} <= {one["what"] for one in get["since_capture"]["changes"]}


@pytest.mark.parametrize("form", ["junit", "sarif", "github", "gitlab", "tap", "csv", "markdown", "html"])
def test_every_format_says_what_changed(run: Run, server: Server, tmp_path: Path, form: str) -> None:
    file = capture(tmp_path, entry(url=f"{server.url}/put", answered={"Vary": "x"}))
    result = run("replay", file, "--live", "--credentials", "omit", "--format", form)
    assert result.exit_code == 0
    assert "as-captured" in result.stdout or "The request is blocked in the capture, and allowed now." in result.stdout


def test_nothing_changed(run: Run, server: Server, tmp_path: Path) -> None:
    file = capture(
        tmp_path,
        entry(
            url=f"{server.url}/open",
            answered={"Access-Control-Allow-Origin": "*", "Access-Control-Allow-Headers": "X-A", "Server": SERVER},
        ),
    )
    result = run("replay", file, "--live", "--credentials", "omit", "-v")
    assert (result.exit_code, "Nothing that decides has changed since the capture." in result.stdout) == (0, True)


def test_fix_and_hints(run: Run, server: Server, tmp_path: Path) -> None:
    file = capture(tmp_path, entry(url=f"{server.url}/none", answered=WITH))
    assert "add_header" in run("replay", file, "--live", "--server", "nginx").stdout
    hinted = run("replay", file, "--live", "--resolve", "x.test:80:127.0.0.1").stdout
    assert "--resolve x.test:80:127.0.0.1" in hinted


def test_time_is_over(run: Run, server: Server, tmp_path: Path) -> None:
    file = capture(tmp_path, *(entry(url=f"{server.url}/open?{n}", answered=WITH) for n in range(3)))
    result = run("replay", file, "--live", "--timeout", "0.000001")
    assert (result.exit_code, "not finished within --timeout" in result.stdout) == (3, True)


def test_several_at_the_same_time(run: Run, tmp_path: Path) -> None:
    """Each request waits for the other one; what is equal is sent once, and the report keeps the order of the file."""
    came: list[str] = []
    both = threading.Barrier(2, timeout=60)

    class Handler(QuietHandler):
        def do_GET(self) -> None:  # noqa: N802
            came.append(self.path)
            both.wait()
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

    with listening(Handler) as port:
        paths = ["/b", "/a", "/b", "/a", "/b"]
        file = capture(tmp_path, *(entry(url=f"http://127.0.0.1:{port}{path}", answered=WITH) for path in paths))
        result = run(
            "replay", file, "--live", "--jobs", "2", "--probes", "0", "--credentials", "omit", "--format", "jsonl"
        )
    assert sorted(came) == ["/a", "/b"]
    found = [json.loads(line) for line in result.stdout.splitlines()]
    assert [one["request"]["url"].rpartition("/")[2] for one in found if "request" in one] == [p[1:] for p in paths]


@pytest.mark.parametrize(
    "words", [("--send",), ("-k",), ("--rate", "3"), ("--jobs", "2"), ("--probes", "0"), ("--proxy", "http://x:1")]
)
def test_what_requires_it(run: Run, tmp_path: Path, words: tuple[str, ...]) -> None:
    result = run("replay", capture(tmp_path, entry()), *words)
    assert (result.exit_code, "requires --live: otherwise replay sends nothing" in result.stderr) == (2, True)
    wrong = run("replay", capture(tmp_path, entry()), "--fail-on", "unsent")
    assert (wrong.exit_code, "replay sends nothing without --live" in wrong.stderr) == (2, True)


def test_secrets_go_only_where_the_capture_sent_them(net: Net, tmp_path: Path) -> None:
    """A redirect to another origin gets neither the cookie nor Authorization, though the capture follows it, too."""
    secret = {"Origin": OVER_HTTP, "Cookie": f"a={COOKIE}", "Authorization": f"Bearer {TOKEN}"}
    allowed: dict[str, Any] = {
        "Access_Control_Allow_Origin": OVER_HTTP,
        "Access_Control_Allow_Headers": "authorization",
        "Access_Control_Allow_Credentials": "true",
    }
    for path in ("granted/307/b", "granted/307/b,a", "granted/307/dot", "granted//"):
        url = f"{net.a.url}/{path}"
        asking = preflight("GET", "authorization", url=url, **allowed)
        file = capture(tmp_path, entry(url=url, asked=secret, answered=WITH), asking)
        net.run("replay", file, "--live", "--send", "--probes", "4", "--fix", *net.options)
    assert COOKIE in net.a.text
    assert TOKEN in net.a.text
    assert (COOKIE in net.b.text, TOKEN in net.b.text) == (False, False)
    assert net.b.came
