"""Whatever is named as input, reading it comes to an end: a limit or one line of error, in little memory."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from corsdoctor import opening
from corsdoctor.cli import flags
from corsdoctor.cli.exit_status import ExitStatus
from corsdoctor.opening import TooLarge, opened, read_whole
from corsdoctor.transport import tls
from tests.cli.conftest import Run

PAGE = ("--origin", "https://app.example")
URL = "http://127.0.0.1:1/"
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="has no devices and no pipes with names")


def is_one_line(text: str) -> bool:
    return text.startswith("corsdoctor: ") and text.count("\n") == 1


@POSIX
@pytest.mark.parametrize(
    "args",
    [
        ("check", URL, *PAGE, "-d", "@/dev/zero"),
        ("plan", URL, *PAGE, "-d", "@/dev/urandom"),
        ("check", URL, *PAGE, "--cacert", "/dev/zero"),
        ("check", URL, *PAGE, "--cert", "/dev/zero"),
        ("check", URL, *PAGE, "--cert", __file__, "--key", "/dev/zero"),
        ("batch", "/dev/zero", *PAGE),
        ("batch", "-", *PAGE, "--resume", "/dev/zero"),
        ("explain", "/dev/zero"),
        ("test", "/dev/zero"),
        ("test", "cors.toml"),
    ],
    ids=" ".join,
)
def test_a_device_is_no_input(run: Run, args: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("cors.toml").symlink_to("/dev/zero")
    done = run(*args, input=URL)
    assert (done.exit_code, done.stdout) == (3 if args[0] in ("explain", "test") else 2, "")
    assert is_one_line(done.stderr), done.stderr


@POSIX
@pytest.mark.parametrize("args", [("check", "-"), ("plan", "-"), ("batch", "-"), ("explain", "-")], ids=" ".join)
def test_a_device_is_no_standard_input(args: tuple[str, ...]) -> None:
    with Path("/dev/zero").open("rb") as zeros:
        flags = () if args[0] == "explain" else PAGE
        command = [sys.executable, "-m", "corsdoctor", *args, *flags]
        done = subprocess.run(command, stdin=zeros, capture_output=True, text=True, check=False)
    assert done.returncode in (ExitStatus.USAGE, ExitStatus.NO_ANSWER)
    assert done.stdout == ""
    assert is_one_line(done.stderr)
    assert "it is a device" in done.stderr


@POSIX
@pytest.mark.parametrize("command", ["check", "batch", "explain"])
def test_a_closed_standard_input(command: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "corsdoctor", command, "-", *(() if command == "explain" else PAGE)],
        capture_output=True, text=True, check=False, preexec_fn=lambda: os.close(0),
    )  # fmt: skip
    assert done.returncode in (ExitStatus.USAGE, ExitStatus.NO_ANSWER)
    assert done.stdout == ""
    assert is_one_line(done.stderr)
    assert "it is closed" in done.stderr


@POSIX
def test_what_has_an_end_is_no_such_device(run: Run) -> None:
    with opened(os.devnull) as stream:
        assert stream.read() == b""
    assert run("explain", os.devnull).exit_code == ExitStatus.BLOCKED
    here, other = os.openpty()
    try:
        opened(os.ttyname(other)).__exit__(None, None, None)
    finally:
        os.close(here)
        os.close(other)


def test_the_most_bytes_of_a_file(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"x" * 10)
    assert read_whole(str(file), 10) == b"x" * 10
    with pytest.raises(TooLarge):
        read_whole(str(file), 9)


def test_a_large_body(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "body"
    file.write_bytes(b"s3cret" * 4)
    monkeypatch.setattr(opening.read_whole, "__defaults__", (23,))
    for name, text in ((f"@{file}", None), ("@-", "s3cret" * 4)):
        done = run("plan", URL, *PAGE, "-d", name, input=text)
        assert (done.exit_code, done.stdout) == (2, "")
        assert is_one_line(done.stderr)
        assert "--data" in done.stderr
        assert "too large" in done.stderr
    monkeypatch.setattr(opening.read_whole, "__defaults__", (24,))
    assert run("plan", "https://api.example/", *PAGE, "-d", f"@{file}").exit_code == 0


@POSIX
def test_a_body_comes_through_a_pipe(run: Run, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(b"abc",))
    writer.start()
    done = run("plan", "https://api.example/", *PAGE, "-d", f"@{pipe}")
    writer.join()
    assert done.exit_code == 0


@POSIX
@pytest.mark.parametrize("option", ["--cacert", "--cert", "--key"])
def test_certificates_are_regular_files(run: Run, tmp_path: Path, option: str) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    done = run("check", URL, *PAGE, *(("--cert", __file__) if option == "--key" else ()), option, str(pipe))
    assert (done.exit_code, done.stdout) == (3, "")
    assert is_one_line(done.stderr)
    assert "must be a regular file" in done.stderr


@pytest.mark.parametrize("option", ["--cacert", "--cert"])
def test_a_large_certificate(run: Run, monkeypatch: pytest.MonkeyPatch, option: str) -> None:
    monkeypatch.setattr(tls, "_MOST_BYTES", 10)
    done = run("check", URL, *PAGE, option, __file__)
    assert (done.exit_code, done.stdout) == (3, "")
    assert "the file has more" in done.stderr
    monkeypatch.setattr(tls, "_MOST_BYTES", Path(__file__).stat().st_size)
    assert "not a usable PEM file" in run("check", URL, *PAGE, option, __file__).stderr


@pytest.mark.parametrize("command", ["check", "plan", "preflight"])
def test_lists_of_urls_have_limits(run: Run, command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flags, "_LONGEST_LINE", 40)
    done = run(command, "-", *PAGE, input=f"{URL}\n{URL}{'s3cret' * 9}\n")
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr == "corsdoctor: standard input, line 2: the line is longer than 40 bytes\n"
    monkeypatch.setattr(flags, "_MOST_BYTES", 60)
    done = run(command, "-", *PAGE, input=f"{URL}\n" * 4)
    assert (done.exit_code, done.stdout) == (2, "")
    assert is_one_line(done.stderr)
    assert "standard input is too large" in done.stderr
    assert "batch reads lists of any length" in done.stderr


def test_mistakes_without_end_are_reported_in_part(run: Run) -> None:
    done = run("check", "-", *PAGE, input="x\n" * 10_000)
    lines = done.stderr.splitlines()
    assert len(lines) == 101
    assert lines[-1].endswith("there may be more mistakes; fix these first")


def test_a_line_of_error_is_no_longer_than_needed(run: Run) -> None:
    done = run("batch", "-", *PAGE, input=URL, CORSDOCTOR_JOBS="9" * 100_000)
    assert done.exit_code == 2
    assert is_one_line(done.stderr)
    assert len(done.stderr) < 11_000
