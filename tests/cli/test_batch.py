"""batch: each line is answered, in order, whatever is in it."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import IO, Any

import pytest

from corsdoctor.batch.in_order import in_order
from corsdoctor.batch.line import MAX_LINE, lines
from tests.cli.conftest import PAGE, Run, Server, answers

ORIGIN = ("--origin", PAGE)


@dataclass(frozen=True)
class Bad:
    id: str
    line: bytes
    words: str
    answered_id: Any = None


BAD = (
    Bad("not-json", b'{"url": ', "not valid JSON"),
    Bad("trailing", b'{"url": "https://a.example/"} x', "not valid JSON"),
    Bad("array", b"[1]", "a URL or a JSON object"),
    Bad("string", b'"https://a.example/"', "a URL or a JSON object"),
    Bad("deep", b"[" * 200_000, "nested too deeply"),
    Bad("long-number", b'{"id": ' + b"1" * 5000 + b"}", "not valid JSON"),
    Bad("nan", b'{"id": NaN, "url": "https://a.example/"}', "NaN"),
    Bad("twice", b'{"url": "https://a.example/", "url": "https://b.example/"}', "'url' is given twice"),
    Bad("unknown-key", b'{"id": 7, "url": "https://a.example/", "metod": "GET"}', "'metod': did you mean `method`?", 7),
    Bad("far-key", b'{"url": "https://a.example/", "zzz": 1}', "must be one of id, url, origin"),
    Bad("no-url", b'{"id": "a"}', "url is missing", "a"),
    Bad("null-url", b'{"url": null}', "url is missing"),
    Bad("url-type", b'{"url": 1}', "url: must be a string"),
    Bad("method-type", b'{"url": "https://a.example/", "method": ["GET"]}', "method: must be a string"),
    Bad("headers-type", b'{"url": "https://a.example/", "headers": "X-A: 1"}', "headers: must be"),
    Bad("headers-pair", b'{"url": "https://a.example/", "headers": [["X-A"]]}', "headers: must be"),
    Bad("headers-number", b'{"url": "https://a.example/", "headers": {"X-A": 1}}', "headers: must be"),
    Bad("body-type", b'{"url": "https://a.example/", "body": {}}', "body: must be a string"),
    Bad("listener-type", b'{"url": "https://a.example/", "upload_listener": 1}', "upload_listener: must be true"),
    Bad(
        "mode",
        b'{"url": "https://a.example/", "mode": "no-core"}',
        "mode: 'no-core' is unknown; did you mean `no-cors`?",
    ),
    Bad("api", b'{"url": "https://a.example/", "api": "img"}', "api: 'img' is unknown"),
    Bad(
        "origin", b'{"url": "https://a.example/", "origin": "https://b.example/"}', "the origin is `https://b.example`"
    ),
    Bad("origin-type", b'{"url": "https://a.example/", "origin": true}', "origin: must be a string"),
    Bad("id-type", b'{"id": true, "url": "https://a.example/"}', "id: must be a string or an integer"),
    Bad("id-float", b'{"id": 1.5, "url": "https://a.example/"}', "id: must be a string or an integer"),
    Bad("image-method", b'{"url": "https://a.example/", "api": "image", "method": "PUT"}', "method: <img> cannot"),
    Bad("bare-no-scheme", b"a.example/x", "did you mean `https://a.example/x`?"),
    Bad("not-utf8", b'{"url": "\xff"}', "not UTF-8: byte 0xFF at column 10"),
    Bad("too-long", b'{"url": "' + b"a" * MAX_LINE + b'"}', "longer than 1048576 bytes"),
    Bad("option-name", b'{"url": "https://api.example/", "as": "image"}', "unknown key 'as': did you mean `api`?"),
    Bad(
        "several",
        b'{"urk": 1, "mode": 2}',
        "unknown key 'urk': did you mean `url`?; mode: must be a string; url is missing",
    ),
)

# What a browser refuses is a diagnosis: (line, rule)
REFUSED = (
    (b'{"url": "https://[bad/"}', "url-parses"),
    (b"https://[bad/", "url-parses"),
    (b"https://a.example:99999/", "url-parses"),
    (b'{"url": "https://a.example/", "method": "TRACE"}', "method-not-forbidden"),
    (b'{"url": "https://a.example/", "method": "a b\\n"}', "method-is-token"),
    (b'{"url": "https://a.example/", "method": ""}', "method-is-token"),
    (b'{"url": "https://a.example/", "headers": [["X A", "1"]]}', "request-header-valid"),
    ('{"url": "https://a.example/", "headers": {"X-A": "€"}}'.encode(), "request-header-valid"),
    (b'{"url": "https://a.example/", "headers": {"X-A": "\\ud800"}}', "request-header-valid"),
    (b'{"url": "https://a.example/", "headers": {"X-A": "a\\nb"}}', "request-header-valid"),
    (b'{"url": "https://a.example/", "method": "\\udfff"}', "method-is-token"),
    (b'{"url": "http://u:p@a.example/", "origin": "null"}', "url-without-userinfo"),
    (b'{"url": "https://a.example/", "body": "x"}', "get-without-body"),
)


@pytest.mark.parametrize("bad", BAD, ids=lambda bad: bad.id)
def test_a_bad_line_is_answered_in_its_place(run: Run, bad: Bad) -> None:
    good = b'{"id": "good", "url": "data:,x"}'
    result = run("batch", "-", *ORIGIN, input=b"\n".join((good, b"", bad.line, good)))
    assert (result.exit_code, result.stderr) == (0, "corsdoctor: 3 checked: 1 without a result, 2 passed\n")
    first, second, third = answers(result)
    assert (first["id"], first["verdict"], third["id"]) == ("good", "allowed", "good")
    assert bad.words in second.pop("error")
    assert second == {"schema_version": 1, "id": bad.answered_id, "line": 3}


@pytest.mark.parametrize(("line", "rule"), REFUSED)
def test_what_a_browser_refuses_is_a_diagnosis(run: Run, line: bytes, rule: str) -> None:
    (answer,) = answers(run("batch", "-", *ORIGIN, input=line))
    assert {browser["rule"] for browser in answer["browsers"].values()} == {rule}


def test_a_line_decides_over_the_flags(run: Run, server: Server) -> None:
    rows: list[dict[str, Any]] = [
        {"id": 1, "url": f"{server.url}/put"},
        {"id": "2", "url": f"{server.url}/put", "method": "GET", "headers": [], "body": None, "mode": None},
        {"id": None, "url": "/relative", "origin": server.url, "method": "GET", "body": None, "headers": {"X-A": "2"}},
    ]
    text = "\n".join(map(json.dumps, rows)) + f"\n{server.url}/open\n"
    result = run(
        "batch", "-", *ORIGIN, "--send", "-H", "X-A: 1", "-d", "x", "--browser", "chrome", "--jobs", "1", input=text
    )
    assert [answer["id"] for answer in answers(result)] == [1, "2", None, None]
    assert [answer["verdict"] for answer in answers(result)] == ["blocked", "allowed", "allowed", "allowed"]
    assert server.requests == ["OPTIONS /put", "GET /put", "GET /relative", "OPTIONS /open", "POST /open"]


def test_nothing_that_may_change_data_is_sent(run: Run, server: Server) -> None:
    row = json.dumps({"url": f"{server.url}/put", "method": "PUT"})
    (answer,) = answers(run("batch", "-", *ORIGIN, input=row))
    assert (answer["verdict"], server.requests) == ("unsent", ["OPTIONS /put"])


def test_lone_surrogates_do_no_harm(run: Run, server: Server) -> None:
    row = {"id": "\ud800", "url": f"{server.url}/open?\udfff", "method": "POST", "body": "a\ud800"}
    (answer,) = answers(run("batch", "-", *ORIGIN, "--send", input=json.dumps(row)))
    assert (answer["id"], answer["verdict"]) == ("\ud800", "allowed")
    assert server.bodies == ["a\ufffd".encode()]


@pytest.mark.parametrize(
    ("flags", "exit_code"),
    [
        ((), 0),
        (("--fail-on", "blocked"), 1),
        (("--fail-on", "error"), 0),
        (("--fail-on", "error,blocked"), 1),
        (("--fail-on", "error", "--fail-on", "blocked"), 1),
    ],
)
def test_fail_on(run: Run, flags: tuple[str, ...], exit_code: int) -> None:
    assert run("batch", "-", *ORIGIN, *flags, input="https://[bad/\n").exit_code == exit_code


def test_a_bad_line_is_an_error_to_fail_on(run: Run) -> None:
    assert run("batch", "-", *ORIGIN, "--fail-on", "error", input="x\n").exit_code == 3


@pytest.mark.parametrize(
    ("args", "words"),
    [
        ((), "FILE is missing"),
        (("/no/such/file",), "FILE '/no/such/file': cannot read the file"),
        (("/",), "Is a directory"),
        (("-", "--fail-on", "failed"), "--fail-on 'failed'"),
        (("-", "--jobs", "0"), "--jobs"),
        (("-", "-d", "@-"), "standard input is already used for the requests"),
    ],
)
def test_bad_flags(run: Run, args: tuple[str, ...], words: str) -> None:
    result = run("batch", *args)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("corsdoctor: ")
    assert words in result.stderr


def test_no_origin_at_all(run: Run) -> None:
    result = run("batch", "-", input='{"url": "data:,x"}\ndata:,x\n{"url": "data:,x", "origin": "null"}\n')
    errors = [answer.get("error") for answer in answers(result)]
    assert errors[0] == errors[1] == "origin is missing; add it to the line, or use --origin"
    assert errors[2] is None


def test_a_file_with_a_bom_and_carriage_returns(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "requests"
    file.write_bytes(b'\xef\xbb\xbf{"id": 1, "url": "data:,x"}\r\n# comment\r\n\r\ndata:,y')
    assert [answer["id"] for answer in answers(run("batch", str(file), *ORIGIN))] == [1, None]


def test_answers_are_in_input_order(run: Run, server: Server) -> None:
    text = "".join(
        json.dumps({"id": i, "url": f"{server.url}/{'open' if i % 3 else 'none'}?{i}"}) + "\n" for i in range(90)
    )
    result = run("batch", "-", *ORIGIN, "--browser", "firefox", "--jobs", "5", input=text)
    assert [answer["id"] for answer in answers(result)] == list(range(90))
    assert server.connections <= 5


def test_an_error_of_our_own_is_a_line_too(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*_args: object, **_fields: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr("corsdoctor.batch.checks.report_on", breaks)
    (answer,) = answers(run("batch", "-", *ORIGIN, input="data:,x"))
    assert "internal error: RuntimeError: broken" in answer["error"]


def test_a_line_is_answered_before_the_next_is_written() -> None:
    command = [sys.executable, "-m", "corsdoctor", "batch", "-", *ORIGIN]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for i in range(3):
            process.stdin.write(json.dumps({"id": i, "url": "data:,x"}) + "\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["id"] == i
        process.stdin.close()
        assert process.stdout.read() == ""
    assert process.returncode == 0


class Pieces:
    """A stream that gives out pieces, none longer than asked for."""

    def __init__(self, *pieces: bytes) -> None:
        self.pieces = list(pieces)

    def readline(self, size: int) -> bytes:
        assert size <= MAX_LINE + 1
        return self.pieces.pop(0) if self.pieces else b""


def test_long_lines_are_not_kept() -> None:
    full = b"x" * (MAX_LINE + 1)
    stream: Any = Pieces(*[full] * 50, b"x\n", b"data:,x\n")
    found = [(line.number, line.too_long, line.data) for line in lines(stream)]
    assert found == [(1, True, b""), (2, False, b"data:,x")]


@pytest.mark.parametrize("size", [MAX_LINE - 1, MAX_LINE, MAX_LINE + 1, 2 * MAX_LINE + 2])
@pytest.mark.parametrize("end", [b"\n", b"\r\n", b""])
def test_the_edge_of_too_long(tmp_path: Path, size: int, end: bytes) -> None:
    file = tmp_path / "lines"
    file.write_bytes(b"x" * size + end + (b"y\n" if end else b""))
    with file.open("rb") as stream:
        found = [(line.number, line.too_long) for line in lines(stream)]
    assert found == [(1, size > MAX_LINE), (2, False)][: 2 if end else 1]


FULL = b"x" * MAX_LINE


@pytest.mark.parametrize(
    ("data", "too_long"),
    [
        (FULL + b"\r\ny\n", False),
        (FULL + b"\ry\n", True),
        (FULL + b"\r\r\ny\n", True),
        (FULL[1:] + b"\r\r\ny\n", False),
        (FULL + b"\n\r\n", False),
        (FULL + b"\r" + FULL + b"\n", True),
        (FULL + b"\r", False),
        (FULL + b"x", True),
    ],
    ids=range(8),
)
def test_a_carriage_return_alone_ends_no_line(data: bytes, too_long: bool) -> None:
    first = next(lines(BytesIO(data)))
    assert (first.number, first.too_long) == (1, too_long)
    assert first.data == b"" if too_long else first.data.strip(b"x") == b""


def test_reading_waits_for_the_results() -> None:
    read = []

    def numbers() -> Iterator[int]:
        for i in range(1000):
            read.append(i)
            yield i

    results = in_order(numbers(), lambda i: i * i, 2)
    assert next(results) == 0
    assert next(results) == 1
    assert len(read) < 20
    assert list(results) == [i * i for i in range(2, 1000)]


def test_trouble_while_reading_comes_after_what_was_read() -> None:
    def two() -> Iterator[int]:
        yield 1
        yield 2
        raise OSError("unplugged")

    results = in_order(two(), str, 3)
    assert [next(results), next(results)] == ["1", "2"]
    with pytest.raises(OSError, match="unplugged"):
        next(results)


def test_threads_end(run: Run) -> None:
    run("batch", "-", *ORIGIN, "--jobs", "20", input="data:,x\n")
    for thread in threading.enumerate():
        if thread.name.startswith("corsdoctor"):
            thread.join(5)
            assert not thread.is_alive()


def test_unreadable_in_the_middle(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "requests"
    file.write_text("data:,x\n")

    def broken(stream: IO[bytes]) -> Iterator[Any]:
        yield from lines(stream)  # type: ignore[arg-type]
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("corsdoctor.cli.input_lines.lines", broken)
    result = run("batch", str(file), *ORIGIN)
    assert result.exit_code == 3
    assert len(answers(result)) == 1
    assert result.stderr == f"corsdoctor: {file}: Input/output error\n"
