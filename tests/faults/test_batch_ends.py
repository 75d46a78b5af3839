"""How a batch ends before its end: Ctrl-C, kill -9, a reader that leaves, a full disk, no time left."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from time import monotonic
from typing import Any

import pytest

from tests.faults.conftest import Faulty

PAGE = "https://app.example"
COMMAND = [sys.executable, "-m", "corsdoctor", "batch"]
FLAGS = ["--origin", PAGE, "--browser", "chromium"]
LATE = 300.0  # seconds, after which nothing comes any more
posix = pytest.mark.skipif(os.name != "posix", reason="signals and devices as Unix has them")


def start(*args: str, **kwargs: Any) -> subprocess.Popen[bytes]:
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **kwargs}
    quiet = [] if "text" in args else ["--quiet"]  # no summary on stderr
    return subprocess.Popen([*COMMAND, *args, *FLAGS, *quiet], **pipes)


def written(file: Path, *lines: str) -> str:
    file.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    return str(file)


def numbers(data: bytes) -> list[int]:
    """The lines that are answered; each must be whole."""
    assert data == b"" or data.endswith(b"\n")
    return [json.loads(line)["line"] for line in data.splitlines()]


def wait_for(count: int, faulty: Faulty) -> None:
    deadline = monotonic() + LATE
    while len(faulty.asked) < count:
        assert monotonic() < deadline
        Event().wait(0.01)


@posix
@pytest.mark.parametrize(("name", "status"), [("SIGINT", 130), ("SIGTERM", 143), ("SIGHUP", 129)])
def test_a_signal_writes_what_is_done_and_resume_does_the_rest(
    name: str, status: int, faulty: Faulty, tmp_path: Path
) -> None:
    """Lines 3 and 41 stall, with both workers; the lines between are done by then, and none of them is lost."""
    urls = [faulty.url("stall" if i in (2, 40) else f"ok?{i}", f"h{i}.localhost") for i in range(41)]
    requests, out = written(tmp_path / "requests", *urls), tmp_path / "out.jsonl"
    with start(requests, "--resume", str(out), "--jobs", "2") as process:
        wait_for(41, faulty)
        process.send_signal(getattr(signal, name))
        stdout, stderr = process.communicate(timeout=LATE)
    assert (process.returncode, stdout) == (status, b"")
    assert stderr == b"corsdoctor: interrupted; the same command continues it\n"
    assert numbers(out.read_bytes()) == [1, 2, *range(4, 41)]
    written(tmp_path / "requests", *urls)
    faulty.asked.clear()
    with start(requests, "--resume", str(out), "--max-time", "0.2") as process:
        process.communicate(timeout=LATE)
    assert process.returncode == 0
    assert faulty.asked == ["stall", "stall"]
    assert sorted(numbers(out.read_bytes())) == list(range(1, 42))


@posix
@pytest.mark.parametrize("format_", ["jsonl", "json", "text"])
def test_ctrl_c_leaves_a_whole_report(faulty: Faulty, tmp_path: Path, format_: str) -> None:
    requests = written(tmp_path / "requests", *(faulty.url("ok") for _ in range(5)), faulty.url("stall"))
    with start(requests, "--format", format_, "--jobs", "1") as process:
        wait_for(6, faulty)  # the only worker has done the others
        process.send_signal(signal.SIGINT)
        stdout, stderr = process.communicate(timeout=LATE)
    assert process.returncode == 130
    assert b"corsdoctor: interrupted; " in stderr
    match format_:
        case "jsonl":
            assert numbers(stdout) == [1, 2, 3, 4, 5]
        case "json":
            assert [report["line"] for report in json.loads(stdout)] == [1, 2, 3, 4, 5]
        case _:
            assert stdout.count(b"allowed") == 5
            assert stderr.startswith(b"corsdoctor: 5 checked: 5 passed")
            assert stdout.endswith(b"\n")


@posix
def test_a_kill_at_any_moment(faulty: Faulty, tmp_path: Path) -> None:
    """Killed again and again, and gone on with, all lines are answered once."""
    jobs, count = 8, 300
    requests = written(tmp_path / "requests", *(faulty.url(f"slow?{i}") for i in range(count)))
    out = tmp_path / "out.jsonl"
    moments = random.Random(5)
    kills = 0
    for _ in range(4):
        seen = len(faulty.asked)
        with start(requests, "--resume", str(out), "--jobs", str(jobs)) as process:
            wait_for(seen + 30, faulty)
            Event().wait(moments.random() / 5)
            process.kill()
            process.communicate(timeout=LATE)
        kills += process.returncode == -signal.SIGKILL
    assert kills == 4
    out.write_bytes(out.read_bytes() + b'{"schema_version":1,"id":nu')  # as if it was torn
    with start(requests, "--resume", str(out), "--jobs", str(jobs)) as process:
        process.communicate(timeout=LATE)
    assert process.returncode == 0
    assert sorted(numbers(out.read_bytes())) == list(range(1, count + 1))  # not in order where a line took long
    assert len(set(faulty.asked)) == count


@posix
def test_a_reader_that_leaves(tmp_path: Path) -> None:
    requests = written(tmp_path / "requests", *["data:,x"] * 5000)
    with start(requests) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert json.loads(process.stdout.readline())["line"] == 1
        process.stdout.close()
        assert process.stderr.read() == b""
        process.wait(LATE)
    assert process.returncode == 141


@posix
@pytest.mark.parametrize("format_", ["jsonl", "text"])
def test_a_pipe_that_does_not_block_is_waited_for(tmp_path: Path, format_: str) -> None:
    """Node.js makes its pipes so, and one set so by another process stays so. One holds 64 KiB."""
    requests = written(tmp_path / "requests", *["data:,x"] * 1000)
    whole = ["--verbose"] if format_ == "text" else []
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    with start(requests, "--format", format_, *whole, stdout=writing) as process, os.fdopen(reading, "rb") as pipe:
        os.close(writing)
        Event().wait(1)  # by now it is full
        data = pipe.read()
        assert process.stderr is not None
        assert process.stderr.read() == (b"corsdoctor: 1,000 checked: 1,000 passed\n" if whole else b"")
        assert process.wait(LATE) == 0
    assert len(data) > 2 * 57_000
    if format_ == "jsonl":
        assert numbers(data) == list(range(1, 1001))


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux has it")
@pytest.mark.parametrize("flags", [(), ("--format", "jsonl=/dev/full"), ("--format", "text")])
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_full_disk(tmp_path: Path, flags: tuple[str, ...], unbuffered: str) -> None:
    requests = written(tmp_path / "requests", *["data:,x"] * 100)
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [*COMMAND, requests, *FLAGS, *flags], stdout=full, stderr=subprocess.PIPE, timeout=LATE, check=False,
            env={**os.environ, "PYTHONUNBUFFERED": unbuffered},
        )  # fmt: skip
    assert done.returncode == 3
    assert done.stderr.endswith(b"cannot write the report: No space left on device\n")
    assert done.stderr.count(b"\n") == 1


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 64 KiB, for who may make one."""
    disk = tmp_path / "disk"
    disk.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(disk)], capture_output=True, check=False
    )
    if made.returncode:
        pytest.skip("only root may mount")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="tmpfs")
@pytest.mark.parametrize("way", ["stdout", "format", "resume"])
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_full_disk_holds_no_half_line(tmp_path: Path, small_disk: Path, way: str, unbuffered: str) -> None:
    requests, out = written(tmp_path / "requests", *["data:,x"] * 500), small_disk / "out.jsonl"
    flags = {"stdout": [], "format": ["--format", f"jsonl={out}"], "resume": ["--resume", str(out)]}[way]
    with (out if way == "stdout" else tmp_path / "nothing").open("wb") as stdout:
        done = subprocess.run(
            [*COMMAND, requests, *FLAGS, *flags], stdout=stdout, stderr=subprocess.PIPE, timeout=LATE, check=False,
            env={**os.environ, "PYTHONUNBUFFERED": unbuffered},
        )  # fmt: skip
    assert done.returncode == 3
    assert done.stderr.endswith(b"cannot write the report: No space left on device\n")
    assert done.stderr.count(b"\n") == 1
    found = numbers(out.read_bytes())
    assert found == list(range(1, len(found) + 1))
    assert 60_000 < out.stat().st_size < 65_536


def test_no_time_left(faulty: Faulty, tmp_path: Path) -> None:
    """Every line is answered, those that were not done in time by an error; it ends in time."""
    urls = [faulty.url("stall" if i % 3 else f"ok?{i}", f"h{i % 3}.localhost") for i in range(300)]
    requests = written(tmp_path / "requests", *urls, '{"id": "last", "url": "data:,x"}')
    with start(requests, "--timeout", "6", "--jobs", "16", "--max-time", "3600") as process:
        stdout, stderr = process.communicate(timeout=LATE)
    assert process.returncode == 3
    found = [json.loads(line) for line in stdout.splitlines()]
    assert [answer["line"] for answer in found] == list(range(1, 302))
    late = [answer for answer in found if "error" in answer]
    assert {answer["error"] for answer in late} == {"not finished within --timeout (6 s)"}
    assert {answer["line"] for answer in late} >= {i + 1 for i in range(300) if i % 3}
    assert all(answer["verdict"] == "allowed" for answer in found if "error" not in answer)
    assert stderr == (
        f"corsdoctor: the 6 s of --timeout have passed; lines without a result: {len(late)}; give it more time, or --shard\n".encode()
    )


def test_no_time_left_and_resume_does_the_rest(faulty: Faulty, tmp_path: Path) -> None:
    """What was not done in time is no answer: the same command asks for it again."""
    urls = [faulty.url("stall" if i % 3 == 1 else f"ok?{i}", f"h{i % 3}.localhost") for i in range(30)]
    requests, out = written(tmp_path / "requests", *urls), tmp_path / "out.jsonl"
    with start(requests, "--resume", str(out), "--timeout", "1.5") as process:
        stdout, stderr = process.communicate(timeout=LATE)
    assert (process.returncode, stdout) == (3, b"")
    first = numbers(out.read_bytes())  # how many, the machine's speed says
    assert set(first) <= {i + 1 for i in range(30) if i % 3 != 1}
    assert stderr.startswith(b"corsdoctor: the 1.5 s of --timeout have passed; ")
    assert stderr.endswith(b"; the same command continues it\n")
    if b"not read to its end" not in stderr:  # as on a machine that has other things to do
        assert b"; lines without a result: %d; " % (30 - len(first)) in stderr
    faulty.asked.clear()
    with start(requests, "--resume", str(out), "--max-time", "5") as process:
        assert process.communicate(timeout=LATE) == (b"", b"")
    assert process.returncode == 0
    assert not {f"ok?{line - 1}" for line in first} & set(faulty.asked)
    assert sorted(numbers(out.read_bytes())) == list(range(1, 31))
    assert b"not finished within" not in out.read_bytes()


@posix
@pytest.mark.parametrize("resume", [True, False])
def test_no_time_left_for_lines_that_never_end(tmp_path: Path, resume: bool) -> None:
    """`yes URL | corsdoctor batch - --timeout 1`: it ends, and what was read is answered."""
    out = tmp_path / "out.jsonl"
    with subprocess.Popen(["yes", "data:,x"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as yes:
        with start("-", "--timeout", "1", *(["--resume", str(out)] if resume else []), stdin=yes.stdout) as process:
            stdout, stderr = process.communicate(timeout=LATE)
        yes.kill()
    assert process.returncode == 3
    assert b"; the input was not read to its end; " in stderr
    found = out.read_bytes() if resume else stdout
    answered = numbers(found)
    if resume:
        assert answered == sorted(set(answered))
    else:
        assert answered == list(range(1, len(answered) + 1))
    assert (b"not finished within" in found) is (bool(answered) and not resume)  # a slow machine reads no line in time


def test_no_time_left_for_lines_that_never_come() -> None:
    """A machine that is too busy for the first line says the same of all."""
    with start("-", "--timeout", "1", stdin=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdin.write(b"data:,x\n")
        process.stdin.flush()
        line = process.stdout.readline()
        assert not line or json.loads(line)["line"] == 1
        process.wait(LATE)
        assert b"the input was not read to its end" in process.stderr.read()
    assert process.returncode == 3


@posix
def test_long_lines_are_answered_and_never_kept(tmp_path: Path) -> None:
    """Ten lines of 10 MB: one in memory would be seen."""
    requests = tmp_path / "requests"
    with requests.open("wb") as file:
        for _ in range(10):
            file.write(b"https://a.example/" + b"x" * 10_000_000 + b"\n")
        file.write(b"data:,x\n")
    script = (
        "import os, sys; pid = os.posix_spawn(sys.executable, [sys.executable, *sys.argv[1:]], os.environ);"
        "_, status, used = os.wait4(pid, 0); print(status, used.ru_maxrss, file=sys.stderr)"
    )
    peaks = []
    for name in (requests, Path(written(tmp_path / "short", "data:,x"))):
        done = subprocess.run(
            [sys.executable, "-c", script, *COMMAND[1:], str(name), *FLAGS, "--quiet"],
            capture_output=True,
            timeout=LATE,
            check=True,
        )
        status, peak = done.stderr.split()
        assert status == b"0"
        peaks.append(int(peak) * (1 if sys.platform == "darwin" else 1024))
        found = [json.loads(line) for line in done.stdout.splitlines()]
        assert [answer.get("error", "") for answer in found] == ["the line is longer than 1048576 bytes"] * (
            len(found) - 1
        ) + [""]
    assert len(found) == 1
    assert peaks[0] - peaks[1] < 8_000_000


@posix
def test_a_signal_that_is_ignored_stays_so(faulty: Faulty, tmp_path: Path) -> None:
    """As nohup does it."""
    requests = written(tmp_path / "requests", *(faulty.url(f"ok?{i}") for i in range(5)), faulty.url("stall"))
    ignoring = "import signal, runpy; signal.signal(signal.SIGHUP, signal.SIG_IGN); runpy.run_module('corsdoctor')"
    command = [sys.executable, "-c", ignoring, "batch", requests, *FLAGS, "--max-time", "2"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        wait_for(6, faulty)
        process.send_signal(signal.SIGHUP)
        stdout, _ = process.communicate(timeout=LATE)
    assert process.returncode == 0
    assert numbers(stdout) == [1, 2, 3, 4, 5, 6]


@posix
def test_a_closed_standard_output_is_reported_before_anything_is_sent(faulty: Faulty, tmp_path: Path) -> None:
    requests = written(tmp_path / "requests", faulty.url("ok"))
    process = subprocess.run(
        [*COMMAND, requests, *FLAGS], stderr=subprocess.PIPE, preexec_fn=lambda: os.close(1), check=False
    )
    assert process.returncode == 3
    assert process.stderr == b"corsdoctor: standard output: cannot write the report: it is closed\n"
    assert faulty.asked == []


@posix
def test_nothing_of_a_named_pipe_is_lost(tmp_path: Path) -> None:
    """It is opened once: what a writer has put into it is gone when a reader closes it."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with start(str(pipe)) as process:
        with pipe.open("w") as writer:
            writer.write("data:,1\n" * 200)
            writer.flush()
            Event().wait(0.5)
            writer.write("data:,2\n" * 5)
        stdout, stderr = process.communicate(timeout=LATE)
    assert (process.returncode, stderr) == (0, b"")
    assert numbers(stdout) == list(range(1, 206))


@posix
def test_a_kill_loses_only_what_is_in_work(faulty: Faulty, tmp_path: Path) -> None:
    """What waited behind line 3, which stalls, has been written by then, and is not sent again."""
    urls = [faulty.url("stall" if i == 2 else f"ok?{i}", f"h{i}.localhost") for i in range(40)]
    requests, out = written(tmp_path / "requests", *urls), tmp_path / "out.jsonl"
    with start(requests, "--resume", str(out), "-X", "PUT", "--send") as process:
        deadline = monotonic() + LATE
        while not out.exists() or out.read_bytes().count(b"\n") < 39:
            assert monotonic() < deadline
            Event().wait(0.05)
        process.kill()
        process.communicate(timeout=LATE)
    assert sorted(numbers(out.read_bytes())) == [1, 2, *range(4, 41)]
    faulty.asked.clear()
    with start(requests, "--resume", str(out), "-X", "PUT", "--send", "--max-time", "0.2") as process:
        process.communicate(timeout=LATE)
    assert process.returncode == 0
    assert set(faulty.asked) == {"stall"}
    assert sorted(numbers(out.read_bytes())) == list(range(1, 41))
