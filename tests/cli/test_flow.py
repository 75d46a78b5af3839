"""corsdoctor flow, and flows in a batch: wiring, exit statuses, and what the network gets."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from corsdoctor.browsers import CHROMIUM
from corsdoctor.cli.real_time import RealTime
from corsdoctor.scenario import Scenario
from corsdoctor.url import Origin
from corsdoctor.wire import Headers, Kind, Response, WireRequest
from tests.cli.conftest import PAGE, Run, Server

OVER_HTTP = "http://app.example/"
"""A page that WebKit lets request http on this machine."""


def written(tmp_path: Path, *requests: dict[str, Any], **page: Any) -> str:
    path = tmp_path / "flow.json"
    path.write_text(
        json.dumps(
            {
                "id": "f",
                "address_spaces": {"app.example": "loopback"},
                "visits": [{"page": f"{PAGE}/", **page, "requests": requests}],
            }
        ),
        encoding="utf-8",
    )
    return str(path)


@pytest.mark.parametrize(
    ("request_", "more", "status"),
    [
        ({"url": "/open"}, (), 0),
        ({"url": "/none"}, (), 1),
        ({"url": "/put", "method": "PUT"}, (), 4),
        ({"url": "/put", "method": "PUT"}, ("--send",), 0),
        ({"url": "/none"}, ("--exit-zero",), 0),
    ],
)
def test_statuses(run: Run, server: Server, tmp_path: Path, request_: Any, more: Any, status: int) -> None:
    request_ = {**request_, "url": server.url + request_["url"]}
    result = run("flow", written(tmp_path, request_), "--browser", "chromium", *more)
    assert result.exit_code == status, result.output


def test_no_answer(run: Run, dead: str, tmp_path: Path) -> None:
    assert run("flow", written(tmp_path, {"url": dead}, page=OVER_HTTP)).exit_code == 3


def test_wrong_usage(run: Run, tmp_path: Path) -> None:
    result = run("flow", written(tmp_path, {"uri": "/"}))
    assert (result.exit_code, result.stdout) == (2, "")
    assert "visits[0].requests[0].uri: unknown key" in result.stderr
    assert run("flow").exit_code == 2
    assert run("flow", str(tmp_path / "none.toml")).exit_code == 3


def test_one_browser_sends_what_all_send_alike(run: Run, server: Server, tmp_path: Path) -> None:
    result = run("flow", written(tmp_path, {"url": f"{server.url}/open"}, page=OVER_HTTP), "--format", "json")
    found = json.loads(result.stdout)
    assert (found["id"], found["verdict"], set(found["browsers"])) == (
        "f", "allowed", {"standard", "chromium", "firefox", "webkit"},
    )  # fmt: skip
    assert len(server.requests) < 4


@pytest.mark.parametrize(
    "format_", ["text", "markdown", "junit", "csv", "tap", "sarif", "gitlab", "html", "mermaid", "dot"]
)
def test_each_format_shows_the_requests(run: Run, server: Server, tmp_path: Path, format_: str) -> None:
    path = written(tmp_path, {"url": f"{server.url}/none"}, {"url": f"{server.url}/none"})
    result = run("flow", path, "--format", format_)
    assert result.exit_code == 1
    assert "/none" in result.stdout


def test_a_batch_takes_flows(run: Run, server: Server, tmp_path: Path) -> None:
    flow = Path(written(tmp_path, {"url": f"{server.url}/open"}, page=OVER_HTTP)).read_text(encoding="utf-8")
    lines = tmp_path / "lines.jsonl"
    bad = json.dumps({"id": 2, "visits": [{"page": PAGE, "requests": [{"api": "smoke", "url": "/"}]}]})
    lines.write_text(f"{flow}\n{bad}\n", encoding="utf-8")
    result = run("batch", str(lines))
    first, second = map(json.loads, result.stdout.splitlines())
    assert (result.exit_code, first["id"], first["line"], first["verdict"]) == (0, "f", 1, "allowed")
    assert (second["id"], second["line"]) == (2, 2)
    assert "visits[0].requests[0].api: 'smoke' is unknown" in second["error"]
    text = run("batch", str(lines), "--format", "text")
    assert "f: Allowed in" in text.stdout


def test_a_blocked_request_of_a_flow_in_a_batch_has_its_place(run: Run, server: Server, tmp_path: Path) -> None:
    lines = tmp_path / "lines.jsonl"
    flow = Path(written(tmp_path, {"url": f"{server.url}/none"}, page=OVER_HTTP)).read_text(encoding="utf-8")
    lines.write_text(f"{flow}\n", encoding="utf-8")
    assert f"file={lines},line=1::" in run("batch", str(lines), "--format", "github").stdout


def test_a_batch_with_flows_is_continued(run: Run, server: Server, tmp_path: Path) -> None:
    flow = Path(written(tmp_path, {"url": f"{server.url}/put", "method": "PUT"})).read_text(encoding="utf-8")
    lines, out = tmp_path / "lines.jsonl", tmp_path / "out.jsonl"
    lines.write_text(f"{flow}\n", encoding="utf-8")
    assert run("batch", str(lines), "--resume", str(out)).exit_code == 0
    before = len(server.requests)
    assert run("batch", str(lines), "--resume", str(out)).exit_code == 0
    assert len(server.requests) == before
    assert len(out.read_text(encoding="utf-8").splitlines()) == 1


def test_only_leaves_flows_out(run: Run, server: Server, tmp_path: Path) -> None:
    flow = Path(written(tmp_path, {"url": f"{server.url}/open"}, page=OVER_HTTP)).read_text(encoding="utf-8")
    lines = tmp_path / "lines.jsonl"
    lines.write_text(f"{flow}\n", encoding="utf-8")
    assert (
        run(
            "batch", str(lines), "--only", "failures", "--format", "jsonl", "--format", f"text={tmp_path / 'out'}"
        ).stdout
        == ""
    )
    assert run("batch", str(lines), "--format", "jsonl", "--format", f"text={tmp_path / 'out'}").stdout != ""


@pytest.mark.parametrize(
    ("header", "status", "cookie"),
    [
        (["Set-Cookie", "sid=\u20ac\ud800"], 0, "sid=\u20ac\ufffd"),
        (["Content-Security-Policy", "connect-src *:" + "9" * 5000], 1, None),
    ],
    ids=["cookie", "port"],
)
def test_odd_headers_of_a_page(
    run: Run, server: Server, tmp_path: Path, header: list[str], status: int, cookie: str | None
) -> None:
    """The page is of the server's own origin, so that its cookies go along."""
    path = written(tmp_path, {"url": "/open"}, page=f"{server.url}/", headers=[header])
    assert run("flow", path).exit_code == status
    sent = [headers["Cookie"].encode("latin-1").decode() for headers in server.headers if "Cookie" in headers]
    assert set(sent) == ({cookie} if cookie is not None else set())


def test_real_time_waits_before_it_sends() -> None:
    waited: list[float] = []
    answer = Response(200, Headers())
    clock = RealTime(lambda _kind, _request: answer, lambda: 10.0 + sum(waited), waited.append)
    request = WireRequest("GET", "https://api.example/", Headers(), None)
    asked = Scenario(request.url, Origin("https", "app.example"))
    for now in (0.0, 2.5, 100.0, 100.0):
        clock.before(asked, CHROMIUM, now)
        if now != 2.5:  # a cache answers
            assert clock.send(Kind.ACTUAL, request) is answer
    assert waited == [100.0]


def test_real_time(run: Run, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []
    monkeypatch.setattr(
        "corsdoctor.cli.flow.RealTime", partial(RealTime, clock=lambda: sum(waited), wait=waited.append)
    )
    path = written(tmp_path, {"url": f"{server.url}/open"}, {"url": f"{server.url}/open?2", "wait": 60}, page=OVER_HTTP)
    assert run("flow", path).exit_code == 0
    assert waited == []
    assert run("flow", path, "--real-time").exit_code == 0
    assert waited == [60.0]


def test_a_plan_sends_nothing(run: Run, server: Server, tmp_path: Path) -> None:
    path = written(tmp_path, {"url": f"{server.url}/none", "method": "PUT"}, page=OVER_HTTP)
    result = run("plan", "--from", path)
    assert (result.exit_code, server.requests) == (0, [])
    assert "respond like this" in result.stdout
    assert "Access-Control-Allow-Methods: PUT" in result.stdout
    found = json.loads(run("plan", "--from", path, "--format", "json").stdout)
    assert found["browsers"]["webkit"]["steps"][0]["preflight"] is True


def test_a_fix_is_for_the_step_that_fails(run: Run, server: Server, tmp_path: Path) -> None:
    path = written(tmp_path, {"url": f"{server.url}/open"}, {"url": f"{server.url}/none"}, page=OVER_HTTP)
    result = run("fix", "--from", path, "--server", "nginx")
    assert result.exit_code == 0, result.output
    assert "/none" in result.stdout
    assert "add_header Access-Control-Allow-Origin" in result.stdout
    fine = written(tmp_path, {"url": f"{server.url}/open"}, page=OVER_HTTP)
    assert run("fix", "--from", fine).exit_code == 0
    two = written(
        tmp_path, {"url": f"{server.url}/none"}, {"url": "https://10.0.0.1:1/", "mode": "same-origin"}, page=OVER_HTTP
    )
    assert "the requests are for 2 servers" in run("fix", "--from", two).stderr


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("plan", "--origin", PAGE, "--from"), "--from: the file has the requests: remove --origin"),
        (("fix", "-X", "PUT", "--from"), "--from: the file has the requests: remove --method"),
        (("check", "--from"), "this is a flow: run corsdoctor flow"),
    ],
)
def test_a_flow_in_the_wrong_place(run: Run, tmp_path: Path, args: tuple[str, ...], words: str) -> None:
    result = run(*args, written(tmp_path, {"url": "/open"}))
    assert (result.exit_code, result.stdout, len(result.stderr.splitlines())) == (2, "", 1)
    assert words in result.stderr


def test_a_flow_is_recognized(run: Run, server: Server, tmp_path: Path) -> None:
    result = run(written(tmp_path, {"url": f"{server.url}/open"}, page=OVER_HTTP))
    assert (result.exit_code, "contains a flow" in result.stderr) == (0, True)
