"""Each command, with a secret in each place that it reads: none is on standard output, on standard error or in a file.

The server sends back what it got, where a report shows it.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from corsdoctor.reports import FORMATS
from tests.captures.hars import entry, text
from tests.cli.conftest import PAGE, Run

SECRET = "s3cr3t"  # the beginning of all of them
ORDINARY = ("true", "origin", "password", "json", "application/json", "include", "header", "method", "token", "allowed")


@pytest.fixture
def echo() -> Iterator[str]:
    """The address of a server that sends secrets back: in headers, in its reason, and in where it leads."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            token = (self.headers.get("Authorization") or "").removeprefix("Bearer ")
            moved = self.path.startswith("/moved")
            self.send_response(302 if moved else 401, f"Not with {token}" if token else None)
            if moved:
                self.send_header("Location", f"/none?x={token or 'y'}")
            if not self.path.startswith("/none"):
                self.send_header("Access-Control-Allow-Origin", PAGE)
                self.send_header("Access-Control-Allow-Credentials", "true")
                self.send_header("Access-Control-Allow-Headers", "authorization, x-api-key")
            self.send_header("X-Echo", token)
            self.send_header("Set-Cookie", f"sid={SECRET}-set; Path=/")
            self.send_header("WWW-Authenticate", f'Bearer realm="{token}"')
            self.send_header("Server", f"nginx {token}")
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_GET = do_HEAD = do_OPTIONS = do_POST = do_PUT = do_DELETE = answer  # noqa: N815

        def log_message(self, *args: object) -> None:
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listener:
        thread = threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield f"127.0.0.1:{listener.server_port}"
        listener.shutdown()
        thread.join()


class Told:
    """Runs a command in a directory of its own, and knows all that it wrote."""

    def __init__(self, run: Run, directory: Path) -> None:
        self._run, self._directory = run, directory

    def __call__(
        self, *args: str, input: str | None = None, formats: bool = False, environment: dict[str, str] | None = None
    ) -> str:
        for old in self._directory.glob("report.*"):
            old.unlink()
        files = [f"--format={name}={self._directory / f'report.{name}'}" for name in FORMATS] if formats else []
        result = self._run(*args, *files, input=input, **(environment or {}))
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        written = [file.read_text(encoding="utf-8") for file in sorted(self._directory.glob("report.*"))]
        assert len(written) == len(files)
        text = "\n".join([result.stdout, result.stderr, *written])
        assert len(text) > 20
        return re.sub(r"[0-9]+\.[0-9]+|[0-9]+ ms", "0", text)  # how long it took


@pytest.fixture
def told(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Told:
    monkeypatch.chdir(tmp_path)
    return Told(run, tmp_path)


def asking(secret: str) -> list[str]:
    """The options of a request with a secret in each of them."""
    return [
        "--origin", PAGE, "--credentials", "include", "-H", f"Authorization: Bearer {secret}", "-H", f"X-Api-Key: {secret}",
        "--cookie", f"sid={secret}",
    ]  # fmt: skip


def url(echo: str, path: str, secret: str) -> str:
    return f"http://{echo}{path}?token={secret}&a=1#access_token={secret}"


@pytest.mark.parametrize("path", ["/none", "/open", "/moved"])
@pytest.mark.parametrize(
    "command", [("check",), ("check", "-v"), ("check", "--fix"), ("preflight",), ("plan",), ("fix",)]
)
def test_commands_of_one_request(told: Told, echo: str, command: tuple[str, ...], path: str) -> None:
    for more in ([], ["-d", f"password={SECRET}-body"], ["--as", "xhr", "-X", "PUT"]):
        args = (*command, url(echo, path, f"{SECRET}-query"), *asking(f"{SECRET}-value"), *more)
        assert SECRET in told(*args, "--show-secrets")
        assert SECRET not in told(*args)
        assert SECRET not in told(*args, formats=True)


@pytest.mark.parametrize("command", [("check",), ("check", "--fix"), ("plan",), ("fix", "--server", "nginx")])
def test_an_ordinary_word_masks_nothing_else(told: Told, dead: str, command: tuple[str, ...]) -> None:
    for word in ORDINARY:
        args = [
            (*command, f"{dead}/?token={value}", *asking(value), "-d", f"password={value}")
            for value in (word, "q" * len(word))
        ]
        assert told(*args[0]) == told(*args[1])
        assert told(*args[0], formats=True) == told(*args[1], formats=True)


def test_userinfo(told: Told, echo: str) -> None:
    for who in (f"bob:{SECRET}@", f"{SECRET}@", f":{SECRET}@"):
        for args in ([], ["--as", "image"], ["--as", "image", "--mode", "cors"]):
            for command in ("check", "fix", "plan"):
                assert SECRET not in told(command, f"http://{who}{echo}/none", "--origin", PAGE, *args)


def test_the_password_of_a_proxy(told: Told, echo: str, dead: str) -> None:
    for proxy in (echo, dead.removeprefix("http://")):
        for command in ("check", "fix"):
            args = ("http://api.example/", "--origin", PAGE, "--proxy", f"http://bob:{SECRET}@{proxy}")
            assert SECRET not in told(command, *args)
            assert SECRET not in told(command, *args, formats=True)
    assert SECRET not in told("check", "http://api.example/", "--origin", PAGE, "--proxy", f"ftp://bob:{SECRET}@x/y")


def test_batch(told: Told, echo: str, dead: str) -> None:
    secret = f"{SECRET}-value"
    line = {
        "id": "a", "url": url(echo, "/moved", secret), "origin": PAGE, "credentials": "include",
        "headers": [["Authorization", f"Bearer {secret}"], ["X-Api-Key", secret]], "body": f"password={secret}", "method": "POST",
    }  # fmt: skip
    bad = [
        {**line, "origin": f"https://bob:{SECRET}@app.example/?token={SECRET}"}, {**line, "headers": secret},
        {**line, "mode": f"https://bob:{SECRET}@x/"}, {**line, "url": None}, {**line, "method": 5},
        {**line, "url": f"{dead}/?token={SECRET}"}, {**line, "url": f"http://bob:{SECRET}@exa mple/"},
    ]  # fmt: skip
    lines = [
        *(json.dumps(one) for one in (line, *bad)),
        f"http://{echo}/none?token={SECRET}",
        f"{echo}/none?token={SECRET}",
    ]
    text = "\n".join([*lines, f'{{"url": "http://x/?token={SECRET}"', f'["{SECRET}"]', ""])
    for more in ([], ["--send"], ["--timeout", "0.001"]):
        assert SECRET not in told("batch", "-", *more, "--origin", PAGE, input=text)
        assert SECRET not in told("batch", "-", *more, "--origin", PAGE, input=text, formats=True)


def test_batch_goes_on_with_what_an_earlier_run_has_shown(told: Told, echo: str, tmp_path: Path) -> None:
    lines = tmp_path / "lines"
    lines.write_text(f"http://{echo}/none?token={SECRET}\n", encoding="utf-8")
    answered = tmp_path / "answers"
    answered.write_text(told("batch", str(lines), "--origin", PAGE, "--show-secrets").strip() + "\n", encoding="utf-8")
    assert SECRET in answered.read_text(encoding="utf-8")
    lines.write_text(f"http://{echo}/other?token={SECRET}\n", encoding="utf-8")
    assert SECRET not in told("batch", str(lines), "--origin", PAGE, "--resume", str(answered))


POLICY = """
[base]
api = "${BASE}"
[[case]]
id = "a"
url = "{api}/moved?page=${S}&token=${S}"
origin = "https://app.example"
headers = { Authorization = "Bearer ${S}", X-Tenant = "${S}", Content-Type = "x/${S}" }
user-agent = "${S}"
cookie = "sid=${S}"
body = "b=${S}"
method = "POST"
credentials = "include"
expect = "blocked"
[[matrix]]
id = "m"
base = "api"
paths = ["/none?q=${S}", "/open?${S}"]
allow = "https://app.example"
known = { reason = "see http://x/?token=${S}" }
"""


@pytest.mark.parametrize("command", [[], ["--list"], ["--send"], ["--retry", "1"], ["--timeout", "0.0001"]])
def test_policies(told: Told, echo: str, command: list[str]) -> None:
    Path("cors.toml").write_text(POLICY, encoding="utf-8")
    environment = {"BASE": f"http://bob:{SECRET}-base@{echo}", "S": f"{SECRET}-value"}
    args = ("test", *command, "cors.toml")
    assert SECRET not in told(*args, environment=environment)
    if "--list" not in command:
        assert SECRET not in told(*args, formats=True, environment=environment)


def test_ordinary_words_in_a_policy(told: Told, dead: str) -> None:
    Path("cors.toml").write_text(POLICY, encoding="utf-8")
    for word in (word for word in ORDINARY if "/" not in word):  # there a slash makes another media type
        for args, formats in ((["--list"], False), (["--send"], True)):
            shown = [
                told("test", *args, "cors.toml", formats=formats, environment={"BASE": dead, "S": value})
                for value in (word, "q" * len(word))
            ]
            assert shown[0] == shown[1], word
            assert "***" in shown[0]


def test_writing_policies(told: Told, echo: str) -> None:
    told("test", "--init", f"http://{echo}/none?token={SECRET}", "--origin", PAGE, "-o", "cors.toml")
    assert SECRET not in Path("cors.toml").read_text(encoding="utf-8")
    Path("cors.toml").write_text(POLICY, encoding="utf-8")
    environment = {"BASE": f"http://{echo}", "S": f"{SECRET}-value"}
    assert SECRET not in told("test", "--update", "cors.toml", environment=environment)
    assert SECRET not in Path("cors.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "message",
    [
        "Access to fetch at 'http://bob:{s}@x.example/?token={s}' from origin 'https://app.example' has been blocked by CORS "
        "policy: No 'Access-Control-Allow-Origin' header is present on the requested resource.",
        "Access to fetch at 'http://y.example/?token={s}' (redirected from 'http://x.example/?token={s}') from origin "
        "'https://app.example' has been blocked by CORS policy: The 'Access-Control-Allow-Origin' header has a value "
        "'https://bob:{s}@z.example' that is not equal to the supplied origin.",
        "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at "
        "http://x.example/?token={s}. (Reason: CORS header ‘Access-Control-Allow-Origin’ missing). Status code: 200.",
        "XMLHttpRequest cannot load http://x.example/?token={s} due to access control checks.",
        "12:00:01 GET http://x.example/?token={s} net::ERR_FAILED",
        '{{"request":{{"url":"http://x.example/?token={s}"}},"text":"Access to fetch at \'http://x.example/?token={s}\' from '
        "origin 'https://app.example' has been blocked by CORS policy: No 'Access-Control-Allow-Origin' header is present on "
        'the requested resource."}}',
    ],
)
@pytest.mark.parametrize("form", ["text", "json", "jsonl", "markdown"])
def test_explain(told: Told, message: str, form: str) -> None:
    assert SECRET in told("explain", "--show-secrets", "--format", form, input=message.format(s=SECRET))
    assert SECRET not in told("explain", "--format", form, input=message.format(s=SECRET))
    word, other = (told("explain", "--format", form, input=message.format(s=s)) for s in ("password", "qqqqqqqq"))
    assert word == other


CAPTURES = ("answered", "blocked", "preflight", "refused", "redirected", "lost", "server error", "listed", "unreadable")


def capture(kind: str, secret: str) -> bytes:
    """A HAR with `secret` in every place that has a value, and in the response where servers send it back."""
    url = f"https://bob:{secret}@api.example/x?token={secret}&next=https%3A%2F%2Fx.example%2F%3Faccess_token%3D{secret}"
    asked = {
        "Origin": PAGE, "Authorization": f"Bearer {secret}", "Cookie": f"sid={secret}", "X-Api-Key": secret,
        "Referer": f"{PAGE}/?token={secret}",
    }  # fmt: skip
    there = f"https://bob:{secret}@other.example/?code={secret}"
    answer = {
        "Set-Cookie": f"sid={secret}; Path=/",
        "X-Auth-Token": secret,
        "Location": there,
        "X-Debug": f"password={secret}",
    }
    granted = answer | {
        "Access-Control-Allow-Origin": PAGE, "Access-Control-Allow-Credentials": "true", "Access-Control-Allow-Methods": "PUT",
        "Access-Control-Allow-Headers": "authorization, x-api-key",
    }  # fmt: skip
    more: dict[str, Any] = {"comment": f"password={secret}", "_initiator": {"url": url}, "_resourceType": "fetch"}
    first = {
        "Origin": PAGE,
        "Access-Control-Request-Method": "PUT",
        "Access-Control-Request-Headers": "authorization,x-api-key",
    }
    entries: dict[str, list[Any]] = {
        "answered": [entry("PUT", url, asked, 200, granted, **more)],
        "blocked": [entry("PUT", url, asked, 0, error=f"net::ERR_FAILED token={secret}", **more)],
        "preflight": [entry("OPTIONS", url, first, 204, granted), entry("PUT", url, asked, 200, granted, **more)],
        "refused": [entry("OPTIONS", url, first, 401, answer), entry("PUT", url, asked, 0, error="net::ERR_FAILED", **more)],
        "redirected": [entry("GET", url, asked, 302, granted), entry("GET", there, asked, 200, granted, **more)],
        "lost": [entry("GET", url, asked, 302, granted, **more)],
        "server error": [entry("GET", url, asked, 500, {"Access-Control-Allow-Origin": there}, **more)],
        "listed": [entry("GET", url, {"Origin": there}, 200, granted, **more)],
        "unreadable": [entry("GET", url, asked), {"request": {"url": url}}, entry(f"token={secret}", url), entry("GET", f"http://{secret}@a b/")],
    }  # fmt: skip
    for one in entries[kind]:
        if "response" in one:
            one["request"]["postData"] = {"text": f"user=bob&password={secret}"}
            one["response"]["content"] = {"text": f'{{"error": "no", "password": "{secret}"}}'}
    return text(*entries[kind], comment=secret)


@pytest.mark.parametrize("kind", CAPTURES)
def test_captures(told: Told, kind: str) -> None:
    for args in ((), ("-v",), ("--fix",), ("--server", "express", "--credentials", "include")):
        Path("capture.har").write_bytes(capture(kind, f"{SECRET}-value"))
        assert SECRET not in told("replay", "capture.har", *args, formats=True)
        words = []
        for word in ("password", "qqqqqqqq"):
            Path("capture.har").write_bytes(capture(kind, word))
            words.append(told("replay", "capture.har", *args, formats=True))
        assert words[0] == words[1]
    assert SECRET not in told("replay", "capture.har", "--origin", f"https://bob:{SECRET}@app.example")


@pytest.mark.parametrize("cut", range(100, 1500, 140))
def test_a_capture_that_was_cut(told: Told, cut: int) -> None:
    Path("capture.har").write_bytes(capture("preflight", SECRET)[:cut])
    assert SECRET not in told("replay", "capture.har")


@pytest.mark.parametrize(
    "args",
    [
        ("check", f"http://bob:{SECRET}@exa mple/?token={SECRET}", "--origin", PAGE),
        ("check", f"http:///bob:{SECRET}@exa mple/", "--origin", PAGE),
        ("check", f"/x?token={SECRET}#access_token={SECRET}", "--origin", PAGE),
        ("check", f"/x#access_token={SECRET}", "--origin", PAGE),
        ("check", "http://x/", "--origin", f"https://bob:{SECRET}@app.example"),
        ("check", "http://x/", "--origin", f"https://app.example/?token={SECRET}"),
        ("check", "http://x/", "--origin", f"https://app.example/#access_token={SECRET}"),
        ("check", "http://x/", "--origin", PAGE, "-H", f"Author ization: Bearer {SECRET}"),
        ("check", "http://x/", "--origin", PAGE, "-H", f"Authorization Bearer {SECRET}"),
        ("check", "http://x/", "--origin", PAGE, "--cookie", f"sid={SECRET}\n"),
        ("check", "http://x/", "--origin", PAGE, "--resolve", f"http://bob:{SECRET}@x"),
        ("check", "http://x/", "--origin", PAGE, "--mode", f"http://bob:{SECRET}@x"),
        ("check", "http://x/", "--origin", PAGE, "--browser", f"http://bob:{SECRET}@x"),
        ("fix", "http://x/", "--origin", PAGE, "--server", f"http://bob:{SECRET}@x"),
        ("fix", "http://x/", "--origin", PAGE, "--expose", f"http://bob:{SECRET}@x"),
        ("batch", "-", "--dask", f"tcp://bob:{SECRET}@127.0.0.1:1"),
        ("explain", "nothing at all", "--origin", f"https://bob:{SECRET}@app.example"),
    ],
)
def test_mistakes(told: Told, args: tuple[str, ...]) -> None:
    assert SECRET not in told(*args, input="")
