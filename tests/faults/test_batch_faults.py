"""batch against servers that go wrong: every line is answered, in order, within the time promised."""

from __future__ import annotations

import json
import subprocess
import sys
from time import monotonic
from typing import Any

import pytest

from tests.faults.conftest import Faulty

PAGE = "https://app.example"


def batch(lines: list[str], *args: str, timeout: float = 100) -> tuple[list[dict[str, Any]], float]:
    """The answers of a process of its own, and the seconds that it took."""
    command = [sys.executable, "-m", "corsdoctor", "batch", "-", "--origin", PAGE, "--browser", "chromium", *args]
    start = monotonic()
    done = subprocess.run(command, input="\n".join(lines), capture_output=True, text=True, timeout=timeout, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return [json.loads(line) for line in done.stdout.splitlines()], monotonic() - start


def what(answer: dict[str, Any]) -> str:
    """The verdict, or why there was no answer."""
    exchange = answer["browsers"]["chromium"]["exchanges"][0]
    return str(exchange["error"]["kind"] if exchange["status"] is None else answer["verdict"])


EXPECTED = {"stall": "timeout", "drip": "timeout", "reset": "reset", "garbage": "not-http", "ok": "allowed"}


def test_a_thousand_faults_at_once(faulty: Faulty) -> None:
    faults = [list(EXPECTED)[i % len(EXPECTED)] for i in range(1000)]
    lines = [faulty.url(f"{fault}?{i}") for i, fault in enumerate(faults)]
    found, seconds = batch(lines, "--jobs", "64", "--max-time", "1")
    assert [answer["line"] for answer in found] == list(range(1, 1001))
    assert [what(answer) for answer in found] == [EXPECTED[fault] for fault in faults]
    assert seconds < 1000 / 64 * 1 * 3  # no line takes longer than --max-time, and 64 are worked on at a time


@pytest.mark.parametrize("fault", EXPECTED)
def test_a_thousand_times_the_same_fault(faulty: Faulty, fault: str) -> None:
    most = 0.2 if EXPECTED[fault] == "timeout" else 20
    found, seconds = batch([faulty.url(f"{fault}?{i}") for i in range(1000)], "--jobs", "64", "--max-time", str(most))
    assert [(answer["line"], what(answer)) for answer in found] == [(i, EXPECTED[fault]) for i in range(1, 1001)]
    assert (
        seconds < 20
    )  # one after the other, the first two kinds take 200; of the others, none may wait for --max-time


def test_a_host_that_may_not_be_asked_yet_keeps_no_worker(faulty: Faulty) -> None:
    """The only worker does what it may, though lines that it may not do yet stand before that."""
    lines = [faulty.url(f"ok?{host}{i}", f"{host}.localhost") for host in "abc" for i in range(3)]
    found, seconds = batch(lines, "--jobs", "1", "--rate-per-host", "1")
    assert [(answer["line"], what(answer)) for answer in found] == [(i, "allowed") for i in range(1, 10)]
    assert [path.removesuffix(str(i // 3)) for i, path in enumerate(faulty.asked)] == ["ok?a", "ok?b", "ok?c"] * 3
    assert seconds >= 2


def test_429_is_waited_out_once(faulty: Faulty) -> None:
    found, seconds = batch([faulty.url(f"busy?{i}") for i in range(1000)], "--jobs", "256", "--max-time", "20")
    assert [(answer["line"], what(answer)) for answer in found] == [(i, "allowed") for i in range(1, 1001)]
    told = [answer["retried"] for answer in found if "retried" in answer]
    assert len(told) == 1000
    assert told[0] == [{"kind": "actual", "method": "GET", "url": faulty.url("busy?0"), "status": 429, "seconds": 1.0}]
    assert seconds >= 1
    assert sorted(faulty.asked) == sorted([f"busy?{i}" for i in range(1000)] * 2)


def test_a_dead_host_holds_up_only_itself(faulty: Faulty) -> None:
    """200 lines of a host that never answers stand before 400 of one that does."""
    dead = [faulty.url(f"stall?{i}", "dead.localhost") for i in range(200)]
    quick = [faulty.url(f"ok?{i}", "quick.localhost") for i in range(400)]
    found, _ = batch(dead + quick, "--jobs", "16", "--max-time", "0.5")
    assert [answer["line"] for answer in found] == list(range(1, 601))
    assert [what(answer) for answer in found] == ["timeout"] * 200 + ["allowed"] * 400
    # When the last quick line was asked, most of the dead host's were still to come.
    last = max(i for i, path in enumerate(faulty.asked) if path.startswith("ok"))
    assert sum(path.startswith("stall") for path in faulty.asked[last:]) > 100
