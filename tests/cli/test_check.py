"""check, preflight and plan end to end, against a server on loopback."""

from __future__ import annotations

import json
import socket
import threading
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

import pytest

import corsdoctor as package
from corsdoctor.cli.exit_status import ExitStatus
from corsdoctor.fetch.websocket import ACCEPT
from tests.cli.conftest import ANSWERS, PAGE, Run, Server, answers
from tests.listening import QuietHandler, listening

ORIGIN = ("--origin", PAGE)


@dataclass(frozen=True)
class Case:
    id: str
    args: tuple[str, ...]
    exit_code: int
    requests: tuple[str, ...]


CASES = (
    Case("allowed", ("check", "{}/open"), 0, ("GET /open",)),
    Case("opaque", ("check", "{}/none", "--mode", "no-cors"), 0, ("GET /none",)),
    Case("blocked", ("check", "{}/none"), 1, ("GET /none",)),
    Case("browsers-disagree", ("check", "{}/hints", "-H", "DPR: 2"), 1, ("OPTIONS /hints", "GET /hints")),
    Case("one-browser", ("check", "{}/hints", "-H", "DPR: 2", "--browser", "edge"), 0, ("GET /hints",)),
    Case("unsent", ("check", "{}/put", "-X", "put"), 4, ("OPTIONS /put",)),
    Case("sent", ("check", "{}/put", "-X", "put", "--send"), 0, ("OPTIONS /put", "PUT /put")),
    Case("preflight-fails", ("check", "{}/open", "-X", "DELETE", "--send"), 1, ("OPTIONS /open",)),
    Case("preflighted", ("check", "{}/open", "-H", "X-A: 1"), 0, ("OPTIONS /open", "GET /open")),
    Case("data-is-post", ("check", "{}/open", "-d", "x"), 4, ()),
    Case("data-is-sent", ("check", "{}/open", "-d", "x", "--send"), 0, ("POST /open",)),
    Case("refused-method", ("check", "{}/open", "-X", "TRACE"), 1, ()),
    Case("refused-header", ("check", "{}/open", "-H", "X A: 1"), 1, ()),
    Case("refused-userinfo", ("check", "http://u:p@127.0.0.1/"), 1, ()),
    Case("data-url", ("check", "data:,x"), 0, ()),
    Case("worst-of-two", ("check", "{}/open", "{}/none", "--jobs", "1", "-q"), 1, ("GET /open", "GET /none")),
    Case("preflight-passes", ("preflight", "{}/put", "-X", "PUT"), 0, ("OPTIONS /put",)),
    Case("preflight-blocked", ("preflight", "{}/none", "-X", "PUT"), 1, ("OPTIONS /none",)),
    Case("preflight-not-needed", ("preflight", "{}/none"), 0, ()),
    Case("plan", ("plan", "{}/none", "-X", "PUT", "-H", "X-A: 1", "--credentials", "include"), 0, ()),
    Case("plan-refused", ("plan", "{}/none", "-X", "TRACE"), 1, ()),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
@pytest.mark.parametrize("form", ["text", "jsonl"])
def test_end_to_end(run: Run, server: Server, case: Case, form: str) -> None:
    result = run(
        *(arg.replace("{}", server.url) for arg in case.args), *ORIGIN, "--format", form, CORSDOCTOR_PROBES="0"
    )
    assert (result.exit_code, result.stderr) == (case.exit_code, "")
    assert tuple(server.requests) == case.requests
    assert server.connections <= 1


def test_no_answer(run: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    result = run("check", f"http://127.0.0.1:{port}/", *ORIGIN, "--format", "json")
    assert (result.exit_code, json.loads(result.stdout)["verdict"]) == (3, "error")


def test_a_server_that_never_answers(run: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        result = run("check", url, *ORIGIN, "--max-time", "0.2", "--format", "json")
    assert json.loads(result.stdout)["browsers"]["firefox"]["rule"] == "actual-answered"


def test_json_of_one_is_an_object_and_of_several_an_array(run: Run, server: Server) -> None:
    one = run("check", f"{server.url}/open", *ORIGIN, "--format", "json")
    two = run("check", f"{server.url}/open", f"{server.url}/none", *ORIGIN, "--format", "json")
    assert json.loads(one.stdout)["verdict"] == "allowed"
    assert [report["verdict"] for report in json.loads(two.stdout)] == ["allowed", "blocked"]


def test_stdin_holds_urls(run: Run, server: Server) -> None:
    lines = f"\ufeff{server.url}/open\r\n# comment\n\n{server.url}/none"
    result = run("check", "-", *ORIGIN, "--format", "jsonl", "--jobs", "1", input=lines)
    assert [report["verdict"] for report in answers(result)] == ["allowed", "blocked"]
    assert server.connections == 1
    assert isinstance(json.loads(run("check", "-", *ORIGIN, "--format", "json", input=server.url).stdout), list)


def test_several_texts_are_apart(run: Run, server: Server) -> None:
    urls = (f"{server.url}/open", f"{server.url}/none")
    assert "\n\n" in run("check", *urls, *ORIGIN, "-v").stdout
    assert len(run("check", *urls, *ORIGIN, "-q").stdout.splitlines()) == 2


def test_each_of_several_has_a_line_and_a_new_reason_a_whole_report(run: Run, server: Server) -> None:
    paths = ("open?1", "open?2", "none?3", "none?4", "open?5")
    result = run("check", "-", *ORIGIN, input="".join(f"{server.url}/{path}\n" for path in paths))
    assert result.exit_code == 1
    assert result.stderr == "corsdoctor: 5 checked: 2 blocked, 3 passed, 5 with a note\n"
    lines = result.stdout.splitlines()
    places = [next(i for i, line in enumerate(lines) if path in line) for path in paths]
    assert places == sorted(places)
    assert places[1] == 1
    assert places[3] - places[2] > 5  # the whole report stands between them
    assert places[4] - places[3] == 1
    one_by_one = run("check", "-", *ORIGIN, "-v", input="".join(f"{server.url}/{path}\n" for path in paths))
    assert one_by_one.stdout.count("GET /none") >= 2


def test_only_failures_are_written_and_all_are_counted(run: Run, server: Server, tmp_path: Path) -> None:
    text = "".join(f"{server.url}/{path}\n" for path in ("open", "none", "open"))
    text += "https://a.example:9/\n"
    for args in (("check", "-"), ("batch", "-", "--fail-on", "blocked")):
        for only, found in (("failures", 2), ("blocked", 2), ("error", 0), ("error,blocked", 2), ("unsent,error", 0)):
            result = run(*args, *ORIGIN, "--format", "jsonl", "--only", only, input=text)
            assert result.exit_code == 1
            assert [a["verdict"] for a in answers(result)] == ["blocked"] * found
            assert result.stderr == "corsdoctor: 4 checked: 2 blocked, 2 passed, 3 with a note\n"
    report = tmp_path / "report"
    run("batch", "-", *ORIGIN, "--only", "failures", "--format", f"tap={report}", input=text)
    assert report.read_text().count("\nnot ok") == 2
    assert "\nok" not in report.read_text()


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("check", "-", "--only", "failure"), "--only 'failure': did you mean `failures`?"),
        (("batch", "-", "--only", "passed"), "--only 'passed': "),
        (("batch", "-", "--only", "failures", "--resume", "new.jsonl"), "--only 'failures': leaves out results"),
    ],
)
def test_what_only_cannot_be(run: Run, args: tuple[str, ...], words: str) -> None:
    result = run(*args, *ORIGIN, input="data:,x\n")
    assert (result.exit_code, result.stdout) == (2, "")
    assert words in result.stderr
    assert not Path("new.jsonl").exists()


def test_several_keep_a_rate_and_a_time(run: Run, server: Server) -> None:
    urls = [f"{server.url}/open?{i}" for i in range(4)]
    begun = monotonic()
    assert run("check", *urls, *ORIGIN, "--rate", "20").exit_code == 0
    assert monotonic() - begun > 0.13
    late = run("check", *urls, *ORIGIN, "--rate-per-host", "0.5", "--timeout", "0.5", "--format", "jsonl")
    assert late.exit_code == 3
    assert [answer.get("verdict", "late") for answer in answers(late)] == ["allowed", "late", "late", "late"]
    with socket.create_server(("127.0.0.1", 0)) as silent:
        dead = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        one = run("check", dead, *ORIGIN, "--timeout", "0.3", "--format", "jsonl")
    assert one.exit_code == 3
    assert "not finished within" in json.loads(one.stdout)["error"]


def test_the_environment_stands_for_flags(run: Run, server: Server) -> None:
    result = run(
        *("check", f"{server.url}/open"),
        CORSDOCTOR_ORIGIN=PAGE, CORSDOCTOR_BROWSER="chrome,safari", CORSDOCTOR_FORMAT="json",
        CORSDOCTOR_HEADER="X-A: 1 2\nX-A: 3", CORSDOCTOR_METHOD="POST", CORSDOCTOR_SEND="1",
    )  # fmt: skip
    assert result.exit_code == 0
    assert list(json.loads(result.stdout)["browsers"]) == ["chromium", "webkit"]
    assert server.requests == ["OPTIONS /open", "POST /open"]
    assert server.headers[1]["X-A"] == "1 2, 3"


def test_bodies(run: Run, server: Server, tmp_path: Path) -> None:
    (tmp_path / "body").write_bytes(b"\xff\r\n")
    send = ("check", f"{server.url}/open", *ORIGIN, "--send", "--browser", "standard")
    run(*send, "-d", "ä")
    run(*send, "-d", f"@{tmp_path / 'body'}")
    run(*send, "-d", "@-", input="from stdin")
    assert server.bodies == ["ä".encode(), b"\xff\r\n", b"from stdin"]


def test_the_command_that_is_printed_reads_the_same_file(run: Run, server: Server, tmp_path: Path) -> None:
    (tmp_path / "body").write_bytes(b'{"password": "s3cret"}\n' * 1000)
    result = run("check", f"{server.url}/none", *ORIGIN, "-X", "PUT", "-d", f"@{tmp_path / 'body'}")
    assert f"-d @{tmp_path / 'body'}" in result.stdout
    assert "password" not in result.stdout
    typed = run("check", f"{server.url}/none", *ORIGIN, "-X", "PUT", "-d", "@-", input="a")
    assert "-d a" in typed.stdout


def test_flags_reach_the_wire(run: Run, server: Server) -> None:
    url = server.url.replace("127.0.0.1", "api.test") + "/put"
    port = server.url.rpartition(":")[2]
    result = run(
        *(
            "check",
            url,
            "--origin",
            "http://app.example",
            "--resolve",
            f"api.test:{port}:127.0.0.1",
            "-A",
            "me/1",
            "--cookie",
            "a=1",
        ),
        *("--credentials", "include", "-H", "Accept;", "--browser", "standard", "--connect-timeout", "5"),
    )
    assert result.exit_code == 1
    assert server.headers[0]["User-Agent"] == "me/1"
    assert server.headers[0]["Cookie"] == "a=1"
    assert server.headers[0]["Accept"] == ""
    assert server.headers[0]["Host"] == f"api.test:{port}"


def test_secrets_are_masked(run: Run, server: Server) -> None:
    args = ("check", f"{server.url}/put", *ORIGIN, "--cookie", "id=abcdefghij", "--credentials", "include", "-v")
    assert "abcdefghij" not in run(*args).stdout
    assert "abcdefghij" in run(*args, "--show-secrets").stdout


@pytest.mark.parametrize(
    ("flags", "environment", "colored"),
    [
        ((), {}, False),
        ((), {"FORCE_COLOR": "1"}, True),
        ((), {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        (("--color", "always"), {"NO_COLOR": "1"}, True),
        (("--color", "never"), {"FORCE_COLOR": "1"}, False),
        ((), {"CORSDOCTOR_COLOR": "always"}, True),
    ],
)
def test_colors(run: Run, server: Server, flags: tuple[str, ...], environment: dict[str, str], colored: bool) -> None:
    assert ("\x1b[" in run("check", f"{server.url}/open", *ORIGIN, *flags, **environment).stdout) is colored


def test_the_width_follows_columns(run: Run, server: Server) -> None:
    args = ("check", f"{server.url}/none", *ORIGIN)
    narrow, wide = run(*args, COLUMNS="50").stdout, run(*args, COLUMNS="200").stdout
    lines = [line for line in narrow.splitlines() if not line.startswith("  $ ")]  # a command is not broken
    assert all(len(line) <= 50 or len(line.split()) <= 2 for line in lines)  # nor is a URL
    assert max(map(len, wide.splitlines())) > 80


def test_reports_come_as_they_are_done(run: Run, server: Server) -> None:
    """The second target never answers; the first one's report does not wait for it."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        slow = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        result = run("check", f"{server.url}/open", slow, *ORIGIN, "--max-time", "0.2", "--format", "jsonl")
    assert [report["verdict"] for report in answers(result)] == ["allowed", "error"]
    assert threading.active_count() < 20


def test_the_same_from_python(server: Server) -> None:
    report = package.check(f"{server.url}/put", origin=PAGE, method="PUT")
    assert (report.verdict, server.requests) == (package.Verdict.UNSENT, ["OPTIONS /put"])
    report = package.check(f"{server.url}/put", origin=PAGE, method="PUT", send=True)
    assert report.verdict is package.Verdict.ALLOWED
    with pytest.raises(package.InvalidScenario, match="origin"):
        package.check(server.url, origin="https://app.example/")


class WebSockets(QuietHandler):
    """Accepts a handshake at /open, and refuses the page's origin elsewhere."""

    def do_GET(self) -> None:  # noqa: N802
        self.send_response(101 if self.path == "/open" else 403)
        accept = ("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Accept", ACCEPT)
        for name, value in accept if self.path == "/open" else (("Content-Length", "0"),):
            self.send_header(name, value)
        self.end_headers()
        self.close_connection = True


def test_a_websocket(run: Run) -> None:
    with listening(WebSockets) as port:
        result = run("check", f"ws://127.0.0.1:{port}/open", "--origin", "http://app.example", "--format", "json")
        assert result.exit_code == 0
        assert json.loads(result.stdout)["request"]["api"] == "websocket"
        result = run("check", f"ws://127.0.0.1:{port}/x", "--origin", "http://app.example", "--format", "json")
    assert result.exit_code == ExitStatus.BLOCKED
    step = json.loads(result.stdout)["browsers"]["chromium"]["steps"][-1]
    assert (step["rule"], step["cause"]["id"]) == ("websocket-accepted", "origin-refused")


@pytest.mark.parametrize("command", ["plan", "preflight"])
def test_a_websocket_has_no_preflight(command: str, run: Run) -> None:
    result = run(command, "wss://a.example/", "--origin", "https://app.example")
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (ExitStatus.USAGE, "", 1)


@pytest.mark.parametrize(
    "wrong",
    [
        ("-X", "PUT"),
        ("-d", "x"),
        ("-H", "X-A: 1"),
        ("--mode", "cors"),
        ("--credentials", "omit"),
        ("--redirect", "manual"),
    ],
    ids=lambda wrong: wrong[0],
)
def test_what_a_websocket_cannot_set(wrong: tuple[str, str], run: Run) -> None:
    for url in ("wss://a.example/", "WS://a.example/"):
        result = run("check", url, "--origin", "https://app.example", *wrong)
        assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (ExitStatus.USAGE, "", 1)
    result = run("check", "https://a.example/", "--origin", "https://app.example", "--as", "websocket", *wrong)
    assert result.exit_code == ExitStatus.USAGE


def test_websockets_of_a_batch(run: Run) -> None:
    line = json.dumps({"url": "wss://a.example/", "method": "PUT"})
    result = run("batch", "-", "--origin", "https://app.example", input=f"ws://a.example/\n{line}\n")
    [mixed, wrong] = [json.loads(text) for text in result.stdout.splitlines()]
    assert mixed["browsers"]["firefox"]["rule"] == "not-mixed-content"
    assert "always begins with GET" in wrong["error"]


def test_nothing_is_to_allow_a_response_header_that_the_script_sends(
    run: Run, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(ANSWERS, "/named", (("Access-Control-Allow-Origin", PAGE), ("Vary", "Origin")))
    header = ("-H", "Access-Control-Allow-Origin: *")
    shown = run("check", f"{server.url}/named", "--origin", PAGE, *header).stdout
    assert "Remove Access-Control-Allow-Origin from the script's request." in shown
    assert "needs" not in shown
    assert "corsdoctor fix" not in shown
    other = run("check", f"{server.url}/named", "--origin", PAGE, "-H", "X-Access: 1").stdout
    assert "corsdoctor fix" in other
