"""--resume: goes on where the file ends, and repeats nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

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
    return run("batch", "-", "--origin", PAGE, "--browser", "chromium", *args, input=input)


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
    assert "give the FILE and --shard that it was begun with" in result.stderr


@pytest.mark.parametrize(
    ("level", "status"), [("blocked", 1), ("error", 3), ("unsent", 0), ("error,blocked", 1)], ids=str
)
def test_answers_that_are_there_count_for_the_exit_status(
    run: Run, tmp_path: Path, whole: str, level: str, status: int
) -> None:
    file = tmp_path / "out.jsonl"
    file.write_text(whole, "utf-8")
    assert batch(run, INPUT, "--resume", str(file), "--fail-on", level).exit_code == status


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
    Misfit("no-json", line(4, "hello\n"), "its line 2 is no answer of a batch"),
    Misfit("other-json", line(1, '{"line":1}\n'), "its line 1 is no answer of a batch"),
    Misfit("empty-line", line(4, "\n"), "its line 2 is no answer of a batch"),
    Misfit("array", lambda _: "[\n]\n", "its line 1 is no answer of a batch"),
    Misfit("twice", lambda whole: whole + whole, "line 1 of the input is answered twice in it"),
    Misfit("line-0", lambda whole: whole.replace('"line":4', '"line":0'), "its line 2 is no answer"),
    Misfit("no-such-line", lambda whole: whole.replace('"line":9', '"line":10'), "more lines than the input has"),
    Misfit("a-comment", lambda whole: whole.replace('"line":4', '"line":3'), "its answer to line 3 does not fit"),
    Misfit("shorter", same, "more lines than the input has", "\n".join(LINES[:-1])),
    Misfit("empty", same, "more lines than the input has", ""),
    Misfit(
        "other-url",
        same,
        "its answer to line 9, GET data:,last from https://app.example,",
        INPUT.replace("last", "end"),
    ),
    Misfit("other-id", same, "its answer to line 5, PUT data:,x from", INPUT.replace('"id": 7', '"id": 8')),
    Misfit("other-method", same, "its answer to line 5, PUT data:,x from", INPUT.replace("PUT", "POST")),
    Misfit("other-order", same, "its answer to line 1, GET https://u:***@a.example", "\n".join(LINES[::-1])),
    Misfit("good-now", same, "its answer to line 8 does not fit", INPUT.replace("1.5", "1")),
    Misfit("bad-now", same, "its answer to line 9, GET data:,last", INPUT.replace("data:,last", "last")),
    Misfit("other-origin", same, "from https://app.example, does not fit", args=("--origin", "https://other.example")),
    Misfit("format", same, "adds JSON lines to this file, so give no --format", args=("--format", "tap")),
)


@pytest.mark.parametrize("misfit", MISFITS, ids=lambda misfit: misfit.id)
def test_a_file_that_does_not_fit_is_refused(run: Run, tmp_path: Path, whole: str, misfit: Misfit) -> None:
    file = tmp_path / "out.jsonl"
    spoilt = misfit.spoil(whole)
    file.write_text(spoilt, "utf-8")
    result = batch(run, misfit.input + "data:,new\n" * 10, "--resume", str(file), *misfit.args)
    if misfit.id in ("shorter", "empty", "no-such-line"):
        result = batch(run, misfit.input, "--resume", str(file), *misfit.args)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(f"corsdoctor: --resume {str(file)!r}: ")
    assert misfit.words in result.stderr
    assert result.stderr.count("\n") == 1
    assert "s3cr3t" not in result.stderr
    assert file.read_text("utf-8") == spoilt


@pytest.mark.parametrize("path", ["/", "/dev/null", "/no/such/directory/file"])
def test_what_is_no_file(run: Run, path: str) -> None:
    result = batch(run, INPUT, "--resume", path)
    assert (result.exit_code, result.stdout) == (3 if "such" in path else 2, "")
    assert result.stderr.startswith("corsdoctor: ")
    assert path in result.stderr
    assert result.stderr.count("\n") == 1
