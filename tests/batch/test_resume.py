"""--resume: goes on where the file ends, and repeats nothing."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic, process_time, sleep
from typing import Any

import pytest

from corsdoctor.batch.line import Line
from corsdoctor.batch.resume import Answered
from corsdoctor.browsers.chromium import CHROMIUM
from corsdoctor.errors import InvalidScenario
from tests.batch.test_work import WORK
from tests.cli.conftest import PAGE, Run, Server

LINES = [
    '{"id": "a\\"b", "url": "https://u:secret@a.example/?token=s3cr3t-value&x=1"}',
    "",
    "# a comment",
    "not a url",
    '{"id": 7, "url": "data:,x", "method": "PUT"}',
    '{"url": "/relative", "method": "a b\\n"}',
    '{"id": "€", "url": "data:,€\\ud800"}',
    '{"id": 1.5, "url": "data:,x"}',
    "data:,last",
]
INPUT = "\n".join(LINES) + "\n"
ANSWERED = [1, 4, 5, 6, 7, 8, 9]


def batch(run: Run, input: str, *args: str) -> Any:
    page = () if "--origin" in args else ("--origin", PAGE)
    return run("batch", "-", *page, "--browser", "chromium", "--quiet", *args, input=input)


@pytest.fixture
def whole(run: Run) -> str:
    """What an uninterrupted run writes."""
    text: str = batch(run, INPUT).stdout
    assert [json.loads(line)["line"] for line in text.splitlines()] == ANSWERED
    return text


def test_wherever_it_was_cut(run: Run, tmp_path: Path, whole: str) -> None:
    file = tmp_path / "out.jsonl"
    data = whole.encode()
    ends = [i + 1 for i, byte in enumerate(data) if byte == 10]
    for cut in [0, 1, 30, *(end + more for end in ends for more in (-1, 0, 1, 200)), len(data)]:
        file.write_bytes(data[:cut])
        result = batch(run, INPUT, "--resume", str(file))
        assert (result.exit_code, result.stdout, result.stderr) == (0, "", "")
        assert file.read_bytes() == data, cut


def test_a_missing_file_is_begun(run: Run, tmp_path: Path, whole: str) -> None:
    file = tmp_path / "out.jsonl"
    for _ in range(2):
        result = batch(run, INPUT, "--resume", str(file))
        assert (result.exit_code, result.stdout) == (0, "")
        assert file.read_text("utf-8") == whole


def test_gaps_are_filled(run: Run, tmp_path: Path, whole: str) -> None:
    """After Ctrl-C there are answers behind lines that have none."""
    lines = whole.splitlines(keepends=True)
    file = tmp_path / "out.jsonl"
    file.write_text("".join([lines[0], lines[3], lines[5]]), "utf-8")
    assert batch(run, INPUT, "--resume", str(file)).exit_code == 0
    found = file.read_text("utf-8").splitlines(keepends=True)
    assert found == [lines[0], lines[3], lines[5], lines[1], lines[2], lines[4], lines[6]]
    assert batch(run, INPUT, "--resume", str(file)).exit_code == 0
    assert file.read_text("utf-8").splitlines(keepends=True) == found


def test_nothing_is_asked_twice(run: Run, tmp_path: Path, server: Server) -> None:
    urls = "".join(f"{server.url}/open?{i}\n" for i in range(20))
    file = tmp_path / "out.jsonl"
    batch(run, urls, "--resume", str(file))
    data = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join(data[:12]))
    server.requests.clear()
    batch(run, urls, "--resume", str(file))
    assert sorted(server.requests) == sorted(f"GET /open?{i}" for i in range(12, 20))


def test_shards_are_resumed(run: Run, tmp_path: Path) -> None:
    lines = "".join(f"https://host-{i}.example:9/\n" for i in range(40))
    part = batch(run, lines, "--shard", "2/3").stdout
    file = tmp_path / "out.jsonl"
    file.write_text("".join(part.splitlines(keepends=True)[:4]), "utf-8")
    assert batch(run, lines, "--shard", "2/3", "--resume", str(file)).exit_code == 0
    assert file.read_text("utf-8") == part
    result = batch(run, lines, "--shard", "1/3", "--resume", str(file))
    assert result.exit_code == 2
    assert (
        "it has results for more lines than the input has; use the FILE and --shard that it was started with"
        in result.stderr
    )


@pytest.mark.parametrize(
    ("level", "status"), [("blocked", 1), ("error", 3), ("unsent", 0), ("error,blocked", 1)], ids=str
)
def test_answers_that_are_there_count_for_the_exit_status(
    run: Run, tmp_path: Path, whole: str, level: str, status: int
) -> None:
    file = tmp_path / "out.jsonl"
    file.write_text(whole, "utf-8")
    assert batch(run, INPUT, "--resume", str(file), "--fail-on", level).exit_code == status


@pytest.mark.parametrize("path", ["open", "hints", "put", "none"])
@pytest.mark.parametrize("page", [PAGE, "http://localhost:3000"])
@pytest.mark.parametrize("level", ["note", "blocked", "unsent", "error,note"])
@pytest.mark.parametrize("args", [(), ("-H", "X-A: 1"), ("-X", "PUT")], ids=str)
def test_the_exit_status_is_that_of_the_first_run(
    run: Run, tmp_path: Path, server: Server, path: str, page: str, level: str, args: tuple[str, ...]
) -> None:
    """A preflight has its own note, which --fail-on does not count: neither at first nor later."""
    file, line = tmp_path / "out.jsonl", f"{server.url}/{path}"
    flags = ("--resume", str(file), "--fail-on", level, "--origin", page, *args)
    first, again = batch(run, line, *flags), batch(run, line, *flags)
    assert first.exit_code == again.exit_code


@dataclass(frozen=True)
class Misfit:
    id: str
    spoil: Callable[[str], str]
    words: str
    input: str = INPUT
    args: tuple[str, ...] = ()


def line(number: int, text: str) -> Callable[[str], str]:
    """Replaces the answer to a line of the input."""

    def spoil(whole: str) -> str:
        found = whole.splitlines(keepends=True)
        found[ANSWERED.index(number)] = text
        return "".join(found)

    return spoil


def same(whole: str) -> str:
    return whole


MISFITS = (
    Misfit("no-json", line(4, "hello\n"), "its line 2 is not a result of a batch"),
    Misfit("other-json", line(1, '{"line":1}\n'), "its line 1 is not a result of a batch"),
    Misfit("empty-line", line(4, "\n"), "its line 2 is not a result of a batch"),
    Misfit("array", lambda _: "[\n]\n", "its line 1 is not a result of a batch"),
    Misfit(
        "not-utf8", lambda whole: whole.replace("data:,last", "data:,\udcff"), "its line 7 is not a result of a batch"
    ),
    Misfit("escape", lambda whole: whole.replace("data:,last", "data:,\\q"), "its line 7 is not a result of a batch"),
    Misfit("escape-in-id", lambda whole: whole.replace("€", "\\q"), "its line 5 is not a result of a batch"),
    Misfit(
        "digits", lambda whole: whole.replace('"id":7', f'"id":{"7" * 5000}'), "its line 3 is not a result of a batch"
    ),
    Misfit(
        "twice", lambda whole: whole + whole, "line 1 of the input has two results in it, the second in its line 8: "
    ),
    Misfit("line-0", lambda whole: whole.replace('"line":4', '"line":0'), "its line 2 is not a result"),
    Misfit("no-such-line", lambda whole: whole.replace('"line":9', '"line":10'), "more lines than the input has"),
    Misfit("a-comment", lambda whole: whole.replace('"line":4', '"line":3'), "its result for line 3 does not match"),
    Misfit("shorter", same, "more lines than the input has", "\n".join(LINES[:-1])),
    Misfit("empty", same, "more lines than the input has", ""),
    Misfit(
        "other-url",
        same,
        "its result for line 9, GET data:,last from https://app.example,",
        INPUT.replace("last", "end"),
    ),
    Misfit("other-id", same, "its result for line 5, PUT data:,x from", INPUT.replace('"id": 7', '"id": 8')),
    Misfit("other-method", same, "its result for line 5, PUT data:,x from", INPUT.replace("PUT", "POST")),
    Misfit("other-order", same, "its result for line 1, GET https://***@a.example", "\n".join(LINES[::-1])),
    Misfit("good-now", same, "its result for line 8 does not match", INPUT.replace("1.5", "1")),
    Misfit("bad-now", same, "its result for line 9, GET data:,last", INPUT.replace("data:,last", "last")),
    Misfit(
        "other-origin", same, "from https://app.example, does not match", args=("--origin", "https://other.example")
    ),
    Misfit("browsers", same, "it has chromium, but --browser is now chromium, firefox", args=("--browser", "firefox")),
    Misfit("headers", same, "the headers differ; use the options that it was", args=("-H", "X-A: 1")),
    Misfit("credentials", same, "credentials differs", args=("--credentials", "include")),
    Misfit("mode", same, "mode differs", args=("--mode", "same-origin")),
    Misfit("redirect", same, "redirect differs", args=("--redirect", "error")),
    Misfit(
        "format", same, "appends JSON lines to this file and cannot be combined with --format", args=("--format", "tap")
    ),
)


@pytest.mark.parametrize("misfit", MISFITS, ids=lambda misfit: misfit.id)
def test_a_file_that_does_not_fit_is_refused(run: Run, tmp_path: Path, whole: str, misfit: Misfit) -> None:
    file = tmp_path / "out.jsonl"
    spoilt = misfit.spoil(whole)
    file.write_bytes(spoilt.encode("utf-8", "surrogateescape"))
    result = batch(run, misfit.input + "data:,new\n" * 10, "--resume", str(file), *misfit.args)
    if misfit.id in ("shorter", "empty", "no-such-line"):
        result = batch(run, misfit.input, "--resume", str(file), *misfit.args)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(f"corsdoctor: --resume {str(file)!r}: ")
    assert misfit.words in result.stderr
    assert result.stderr.count("\n") == 1
    assert "s3cr3t" not in result.stderr
    assert file.read_bytes().decode("utf-8", "surrogateescape") == spoilt


FOREIGN = (
    b"hunter2-the-only-copy",
    b'{"important":1',
    b"[",
    b"\0\0",
    b'{"schema_version":1,"id":x',
    b'{"schema_version":1,"id":nulL',
    b'{"schema_version":1,"id":"a","name":',
    b'{"schema_version":1,"id":1,"line":0',
    b'{"schema_version":1,"id":1,"line":1,"verdikt":"',
)


@pytest.mark.parametrize("before", [False, True], ids=["alone", "behind-answers"])
@pytest.mark.parametrize("tail", FOREIGN, ids=repr)
def test_a_foreign_text_without_a_line_feed_is_not_cut_off(
    run: Run, tmp_path: Path, whole: str, tail: bytes, before: bool
) -> None:
    file = tmp_path / "out.jsonl"
    spoilt = (whole.encode() if before else b"") + tail
    file.write_bytes(spoilt)
    result = batch(run, INPUT, "--resume", str(file))
    number = len(ANSWERED) + 1 if before else 1
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == f"corsdoctor: --resume {str(file)!r}: its line {number} is not a result of a batch\n"
    assert file.read_bytes() == spoilt


@pytest.mark.skipif(sys.platform == "win32", reason="no named pipes")
def test_a_pipe_is_named(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    result = batch(run, INPUT, "--resume", str(path))
    assert (result.exit_code, result.stdout) == (2, "")
    assert "must be a regular file that can be read and written, not a pipe" in result.stderr


@pytest.mark.skipif(shutil.which("awk") is None, reason="no awk")
def test_the_command_against_answers_that_are_there_twice_repairs(run: Run, tmp_path: Path, whole: str) -> None:
    file, new = tmp_path / "out.jsonl", tmp_path / "new.jsonl"
    lines = whole.splitlines(keepends=True)
    file.write_text("".join(lines[:5] + lines[2:]), "utf-8")
    stderr = batch(run, INPUT, "--resume", str(file)).stderr
    command = stderr[stderr.index("awk") :].replace("FILE", str(file)).replace("NEW", str(new))
    subprocess.run(command, shell=True, check=True)
    assert new.read_text("utf-8") == whole
    assert batch(run, INPUT, "--resume", str(new)).exit_code == 0


def test_what_was_not_sent_is_not_done_where_it_is_to_be_sent(run: Run, tmp_path: Path, server: Server) -> None:
    file, line = tmp_path / "out.jsonl", f"{server.url}/put"
    flags = ("--resume", str(file), "-X", "PUT")
    assert batch(run, line, *flags).exit_code == 0
    before = file.read_bytes()
    assert b'"verdict":"unsent"' in before
    result = batch(run, line, *flags, "--send")
    assert result.exit_code == 2
    assert "does not match the options: the request was not sent, but --send is given now" in result.stderr
    assert file.read_bytes() == before


def test_masked_headers_are_the_same(run: Run, tmp_path: Path) -> None:
    """However secrets are shown, and where browsers are named in another order."""
    file = tmp_path / "out.jsonl"
    flags = ("-H", "Authorization: Bearer s3cr3t-value", "-H", "X-Token: s3cr3t-value", "-H", "X-A: {}")
    for more in ((), ("--browser", "chromium"), ("--show-secrets",)):
        result = batch(run, "data:,x\n", "--browser", "firefox", "--resume", str(file), *flags, *more)
        assert (result.exit_code, result.stderr) == (0, "")
    text = file.read_text()
    assert text.count("\n") == 1
    assert "s3cr3t" not in text
    reordered = run(
        "batch", "-", "--origin", PAGE, "--browser", "firefox", "--browser", "chromium", "--resume", str(file), *flags,
        input="data:,x\n",
    )  # fmt: skip
    assert reordered.exit_code == 0
    other = batch(run, "data:,x\n", "--browser", "firefox", "--resume", str(file), *flags, "-H", "X-B: 1")
    assert other.exit_code == 2


@pytest.mark.parametrize("path", ["/", "/dev/null", "/no/such/directory/file", "a" * 5000])
def test_what_is_no_file(run: Run, path: str) -> None:
    result = batch(run, INPUT, "--resume", path)
    assert (result.exit_code, result.stdout) == (3 if "such" in path else 2, "")
    assert result.stderr.startswith("corsdoctor: ")
    assert path in result.stderr
    assert result.stderr.count("\n") == 1


def test_two_runs_at_once(run: Run, tmp_path: Path, whole: str) -> None:
    """The second one is refused, whether the file was there before or not, and the first one does all."""
    for there in (False, True):
        file = tmp_path / f"{there}.jsonl"
        if there:
            file.write_text("".join(whole.splitlines(keepends=True)[:3]), "utf-8")
        command = [sys.executable, "-m", "corsdoctor", "batch", "-", "--origin", PAGE, "--browser", "chromium"]
        with subprocess.Popen([*command, "--resume", str(file)], stdin=subprocess.PIPE) as process:
            assert process.stdin is not None
            process.stdin.write(INPUT.replace("data:,last\n", "").encode())
            process.stdin.flush()
            deadline = monotonic() + 120
            while not file.exists() or file.read_bytes().count(b"\n") < 6:
                assert monotonic() < deadline
                sleep(0.01)
            result = batch(run, INPUT, "--resume", str(file))
            assert (result.exit_code, result.stdout) == (2, "")
            assert result.stderr == f"corsdoctor: --resume {str(file)!r}: is in use by another run\n"
            process.stdin.write(b"data:,last\n")
            process.stdin.close()
            assert process.wait(120) == 0
        assert file.read_text("utf-8") == whole
        assert batch(run, INPUT, "--resume", str(file)).exit_code == 0


def test_a_file_that_another_run_makes_meanwhile(tmp_path: Path) -> None:
    file = tmp_path / "out.jsonl"
    with closing(Answered(str(file))) as first, closing(Answered(str(file))) as second:
        first.begin()
        with pytest.raises(InvalidScenario, match="is in use by another run"):
            second.begin()
    with closing(Answered(str(file))) as third:
        third.begin()


def test_a_file_that_was_refused_is_free_again(tmp_path: Path) -> None:
    file = tmp_path / "out.jsonl"
    file.write_text("nonsense\n")
    for _ in range(2):
        with pytest.raises(InvalidScenario, match="its line 1 is not a result of a batch"):
            Answered(str(file))


@pytest.mark.parametrize("whole", [True, False])
def test_the_lines_of_the_file_have_a_limit(
    whole: bool, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is longer is somebody else's, even if it begins as a torn line does: it must not be cut off."""
    answer = batch(run, "data:,a\n").stdout
    file = tmp_path / "out.jsonl"
    file.write_text(answer if whole else answer[:-20])
    length = file.stat().st_size
    for most in (length - 1, length // 2, *([] if whole else [length])):
        monkeypatch.setattr("corsdoctor.batch.resume._LONGEST", most)
        with pytest.raises(InvalidScenario, match="its line 1 is not a result of a batch"):
            Answered(str(file))
    monkeypatch.setattr("corsdoctor.batch.resume._LONGEST", length + 1)
    with closing(Answered(str(file))) as answered:
        assert [line.number for line in answered.rest([Line(1, b"data:,a")], replace(WORK, profiles=(CHROMIUM,)))] == (
            [] if whole else [1]
        )


@pytest.mark.parametrize(("most", "bytes_"), [(10, 1 << 30), (1000, 100)], ids=["lines", "bytes"])
def test_what_waits_for_the_proof_is_bounded(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int, bytes_: int
) -> None:
    """Line 100 is answered. Until it is read, lines wait; not too many, and no more than have room."""
    urls = [f"data:,{i:04}" for i in range(1, 101)]  # ten bytes each
    file = tmp_path / "out.jsonl"
    file.write_text(batch(run, "\n".join(urls)).stdout.splitlines(keepends=True)[-1])
    monkeypatch.setattr("corsdoctor.batch.resume.MOST_HELD", most)
    monkeypatch.setattr("corsdoctor.batch.resume.MOST_HELD_BYTES", bytes_)
    read = 0

    def lines() -> Iterator[Line]:
        nonlocal read
        for number, url in enumerate(urls, 1):
            read = number
            yield Line(number, url.encode())

    with closing(Answered(str(file))) as answered:
        answered.begin()
        rest = answered.rest(lines(), replace(WORK, profiles=(CHROMIUM,)))
        ahead = [(line.number, read - line.number) for line in rest]
    assert [number for number, _ in ahead] == list(range(1, 100))
    assert max(waiting for _, waiting in ahead) == 9


def test_all_lines_wait_for_the_proof_where_there_is_room(tmp_path: Path, run: Run) -> None:
    urls = "".join(f"data:,{i}\n" for i in range(1, 101))
    file = tmp_path / "out.jsonl"
    file.write_text(batch(run, urls).stdout.splitlines(keepends=True)[-1])
    before = file.read_bytes()
    assert batch(run, urls.replace("data:,100", "data:,other"), "--resume", str(file)).exit_code == 2
    assert file.read_bytes() == before


def test_masks_that_come_often_take_no_time(run: Run, tmp_path: Path) -> None:
    """A pattern that tries all places would take hours."""
    asked = "https://[bad/a?" + "&".join(["token=abcdefgh"] * 60) + "&z="
    file = tmp_path / "out.jsonl"
    file.write_text(batch(run, asked + "1").stdout)
    begun = process_time()
    assert batch(run, asked + "2", "--resume", str(file)).exit_code == 2
    assert batch(run, asked + "1", "--resume", str(file)).exit_code == 0
    assert process_time() - begun < 60
