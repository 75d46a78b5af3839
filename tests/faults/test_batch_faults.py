"""batch against servers that go wrong: every line is answered, in order, within the time promised."""

from __future__ import annotations

import json
import subprocess
import sys
from time import monotonic, sleep
from typing import Any

import pytest

from tests.faults.conftest import Faulty

PAGE = "https://app.example"


COMMAND = [
    sys.executable,
    "-m",
    "corsdoctor",
    "batch",
    "-",
    "--origin",
    PAGE,
    "--browser",
    "chromium",
    "--exit-zero",
    "-q",
]
LATE = 180.0  # seconds: less than the lines take one after the other, and more than a busy machine takes


def batch(lines: list[str], *args: str) -> list[dict[str, Any]]:
    """The answers of a process of its own."""
    done = subprocess.run(
        [*COMMAND, *args], input="\n".join(lines), capture_output=True, text=True, timeout=LATE, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    return [json.loads(line) for line in done.stdout.splitlines()]


def what(answer: dict[str, Any]) -> str:
    """The verdict, or why there was no answer."""
    exchange = answer["browsers"]["chromium"]["exchanges"][0]
    return str(exchange["error"]["kind"] if exchange["status"] is None else answer["verdict"])


EXPECTED = {"stall": "timeout", "drip": "timeout", "reset": "reset", "garbage": "not-http", "ok": "allowed"}


def test_all_faults_at_once(faulty: Faulty) -> None:
    faults = [list(EXPECTED)[i % len(EXPECTED)] for i in range(150)]
    lines = [faulty.url(f"{fault}?{i}") for i, fault in enumerate(faults)]
    found = batch(lines, "--jobs", "64", "--max-time", "8")  # 60 of them wait for it: 480 s one after the other
    assert [answer["line"] for answer in found] == list(range(1, 151))
    assert [what(answer) for answer in found] == [EXPECTED[fault] for fault in faults]


@pytest.mark.parametrize("fault", EXPECTED)
def test_many_times_the_same_fault(faulty: Faulty, fault: str) -> None:
    """Two kinds wait for --max-time, together; none of the others does."""
    most = 0.5 if EXPECTED[fault] == "timeout" else 60
    found = batch([faulty.url(f"{fault}?{i}") for i in range(400)], "--jobs", "64", "--max-time", str(most))
    assert [(answer["line"], what(answer)) for answer in found] == [(i, EXPECTED[fault]) for i in range(1, 401)]


def test_a_host_that_may_not_be_asked_yet_keeps_no_worker(faulty: Faulty) -> None:
    """The only worker does what it may, though lines that it may not do for 1,000 s stand before that."""
    lines = [faulty.url(f"ok?{host}{i}", f"{host}.localhost") for host in "abc" for i in range(3)]
    with subprocess.Popen(
        [*COMMAND, "--jobs", "1", "--rate-per-host", "0.001"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        process.stdin.write("\n".join(lines))
        process.stdin.close()
        deadline = monotonic() + LATE
        while len(faulty.asked) < 3:
            assert monotonic() < deadline
            sleep(0.05)
        process.kill()
    assert faulty.asked == ["ok?a0", "ok?b0", "ok?c0"]


def test_every_line_is_done_at_the_rate_of_its_host(faulty: Faulty) -> None:
    lines = [faulty.url(f"ok?{host}{i}", f"{host}.localhost") for host in "abc" for i in range(3)]
    begun = monotonic()
    found = batch(lines, "--jobs", "1", "--rate-per-host", "2")
    assert [(answer["line"], what(answer)) for answer in found] == [(i, "allowed") for i in range(1, 10)]
    assert monotonic() - begun >= 1


def test_429_is_waited_out_once(faulty: Faulty) -> None:
    begun = monotonic()
    found = batch([faulty.url(f"busy?{i}") for i in range(400)], "--jobs", "256", "--max-time", "60")
    assert [(answer["line"], what(answer)) for answer in found] == [(i, "allowed") for i in range(1, 401)]
    told = [answer["retried"] for answer in found if "retried" in answer]
    assert len(told) == 400
    assert told[0] == [{"kind": "actual", "method": "GET", "url": faulty.url("busy?0"), "status": 429, "seconds": 1.0}]
    assert monotonic() - begun >= 1
    assert sorted(faulty.asked) == sorted([f"busy?{i}" for i in range(400)] * 2)


def test_a_dead_host_holds_up_only_itself(faulty: Faulty) -> None:
    """200 lines of a host that does not answer yet stand before 400 of one that does."""
    dead = [faulty.url(f"held?{i}", "dead.localhost") for i in range(200)]
    quick = [faulty.url(f"ok?{i}", "quick.localhost") for i in range(400)]
    with subprocess.Popen(
        [*COMMAND, "--jobs", "16", "--max-time", "3600"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        process.stdin.write("\n".join(dead + quick))
        process.stdin.close()
        process.stdin = None
        deadline = monotonic() + LATE
        while sum(path.startswith("ok") for path in faulty.asked) < 400:
            assert monotonic() < deadline
            sleep(0.05)
        assert sum(path.startswith("held") for path in faulty.asked) <= 16
        faulty.free()
        stdout, _ = process.communicate(timeout=LATE)
    found = [json.loads(line) for line in stdout.splitlines()]
    assert [(answer["line"], what(answer)) for answer in found] == [(i, "allowed") for i in range(1, 601)]
