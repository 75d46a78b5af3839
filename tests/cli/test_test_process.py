"""corsdoctor test as a process of its own: Ctrl-C, a closed pipe, a terminal, memory."""

from __future__ import annotations

import json
import os
import signal
import struct
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import PAGE, Odd, Policy, Server

EVIL = "https://evil.example"


def process(*args: str, command: str = "test", **more: Any) -> subprocess.Popen[str]:
    environment = {
        k: v
        for k, v in os.environ.items()
        if not k.startswith("CORSDOCTOR_") and k not in ("COLUMNS", "GITHUB_ACTIONS")
    }
    environment |= {"PYTHONPATH": str(Path(__file__).parents[2]), "TERM": "xterm"}
    return subprocess.Popen(
        [sys.executable, "-m", "corsdoctor", command, *args], stdout=subprocess.PIPE, text=True, encoding="utf-8",
        env=environment, **{"stderr": subprocess.PIPE, **more},
    )  # fmt: skip


def test_ctrl_c_prints_what_is_done(odd: Odd, policy: Policy) -> None:
    policy(odd.url, a={"url": "/flaky/a/0", "expect": "blocked"}, held={"url": "/held", "expect": "allowed"},
           b={"url": "/flaky/b/1", "expect": "allowed"}, c={"url": "/held", "expect": "allowed"})  # fmt: skip
    with process("--jobs", "2", cwd=policy.path.parent) as running:
        assert odd.arrived.wait(120)
        while odd.seen["/held"] < 2:  # then all others are done
            assert running.poll() is None
            threading.Event().wait(0.02)
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=120)
    assert running.returncode == 130
    assert [line for line in out.splitlines() if line.startswith("✗")][:2] == ["✗ a", "✗ b"]
    assert "\n✗ 2 failed, 2 not run in " in out
    assert err == "corsdoctor: interrupted: 2 of 4 cases did not finish\n"


def test_a_reader_that_goes_away(server: Server, policy: Policy) -> None:
    policy(server.url, **{f"c{i}": {"url": "/none", "expect": "allowed"} for i in range(200)})
    with process(cwd=policy.path.parent) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == "✗ c0\n"
        running.stdout.close()
        assert running.stderr is not None
        assert running.stderr.read() == ""
        assert running.wait(120) == 141


def test_progress_is_shown_on_a_terminal_only(odd: Odd, policy: Policy) -> None:
    fcntl, pty, termios = (pytest.importorskip(name) for name in ("fcntl", "pty", "termios"))
    odd.free.set()
    policy(
        odd.url,
        first={"url": "/a", "expect": "allowed"},
        second={"url": "/flaky/b/1", "expect": "allowed"},
        third={"url": "/held", "expect": "allowed"},
    )
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    with process("--jobs", "1", "--color", "never", cwd=policy.path.parent, stderr=theirs) as running:
        os.close(theirs)
        out, _ = running.communicate(timeout=120)
    shown = b""
    try:
        while piece := os.read(ours, 65536):
            shown += piece
    except OSError:  # how the end of a terminal is told
        pass
    os.close(ours)
    for words in ("0/3", "1/3", "2/3", "3/3", "first", "third"):
        assert words.encode() in shown
    assert "\r" not in out
    assert "/3" not in out
    assert out.startswith("✗ second\n")
    assert shown.endswith(b"\r")  # the bar is taken away at last


def test_a_batch_counts_on_a_terminal_and_ends_with_a_summary() -> None:
    fcntl, pty, termios = (pytest.importorskip(name) for name in ("fcntl", "pty", "termios"))

    def shown_of(*args: str, wait: bool = True) -> bytes:
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        shown = b""
        batch = process("-", "--origin", PAGE, *args, command="batch", stderr=theirs, stdin=subprocess.PIPE)
        with batch as running:
            os.close(theirs)
            assert running.stdin is not None
            running.stdin.write("data:,x\n" * 3)
            running.stdin.flush()
            while wait and b"3 checked in" not in shown:
                shown += os.read(ours, 65536)
            out, _ = running.communicate(timeout=120)
            assert out.count("\n") == 3
        try:
            while piece := os.read(ours, 65536):
                shown += piece
        except OSError:  # how the end of a terminal is told
            pass
        os.close(ours)
        return shown

    assert shown_of().endswith(b"\rcorsdoctor: 3 checked: 3 passed\r\n")
    assert shown_of("--quiet", wait=False) == b""


def test_a_policy_of_2000_cells_takes_little_memory(server: Server, tmp_path: Path) -> None:
    resource = pytest.importorskip("resource")
    del resource

    def peak(paths: int) -> int:
        """The most memory of a run, in bytes."""
        matrix = {"id": "m", "base": "api", "paths": [f"/none?{i}" for i in range(paths)], "methods": ["GET", "PUT", "DELETE", "POST"],
                  "deny": [EVIL, "null", PAGE, "https://app.example:8443", "http://app.example"]}  # fmt: skip
        path = tmp_path / f"{paths}.json"
        path.write_text(json.dumps({"base": {"api": server.url}, "matrix": [matrix]}), encoding="utf-8")
        code = (
            "import resource, sys; from corsdoctor.cli import corsdoctor; from click.testing import CliRunner;"
            "r = CliRunner().invoke(corsdoctor, ['test', sys.argv[1], '-q']);"
            "print(r.exit_code, r.stdout.split(' in ')[0], resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, sep='|')"
        )
        done = subprocess.run(
            [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True, encoding="utf-8"
        )
        status, summary, most = done.stdout.split("|")
        assert (status, summary) == (
            "1",
            f"✗ {5 * paths} failed, {15 * paths} passed",
        )  # the POST, which nobody asked about
        return int(most) * (1 if sys.platform == "darwin" else 1024)

    assert peak(100) - peak(1) < 40 * 1024 * 1024
