"""A pool is there as long as it is needed, and drops what nobody wants any more."""

from __future__ import annotations

import threading
from collections.abc import Callable
from time import monotonic, sleep
from typing import Any

import pytest

from corsdoctor.batch import worker_pool, worker_pools
from corsdoctor.batch.line import Line
from corsdoctor.batch.rate import NO_LIMIT, Pace
from corsdoctor.batch.worker_pool import WorkerPool
from corsdoctor.batch.worker_pools import WorkerPools
from corsdoctor.report import Problem
from tests.clock import Clock

IDLE = 3600.0  # seconds


class Slow:
    """What a WorkerPool needs of a Worker: it answers on command."""

    def __init__(self) -> None:
        self.pace = Pace(NO_LIMIT)
        self.go, self.begun, self.closed = threading.Event(), list[int](), False

    def answer(self, line: Line) -> Problem:
        self.begun.append(line.number)
        self.go.wait(120)
        return Problem(line.number, "done")

    def host(self, _line: Line) -> str:
        return "a"

    def close(self) -> None:
        self.closed = True


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """How long a pool idles is up to the test, not to the machine."""
    monkeypatch.setattr(worker_pool, "_LOOK", 0.01)
    found = Clock()
    monkeypatch.setattr(worker_pools, "monotonic", found)
    monkeypatch.setattr(worker_pools, "sleep", lambda _: sleep(0.01))
    return found


def until(what: Callable[[], object]) -> None:
    deadline = monotonic() + 120
    while not what():
        assert monotonic() < deadline
        sleep(0.01)


def pool_of(worker: Any) -> WorkerPool:
    return WorkerPool(worker, 1)


def number(item: Any) -> int:
    found: int = item.line
    return found


def test_unwanted_lines_are_not_begun() -> None:
    worker = Slow()
    pool = pool_of(worker)
    lines = [Line(n, b"x") for n in (1, 2, 3)]
    assert pool.answers(lines, number, lambda: not worker.begun) == [None, None, None]
    worker.go.set()
    assert pool.answers([Line(4, b"x")], number) == [4]
    assert worker.begun == [1, 4]
    pool.close()


def test_a_pool_is_shared_and_closed_when_it_has_been_idle(clock: Clock) -> None:
    pools, worker, made = WorkerPools(), Slow(), list[WorkerPool]()

    def make() -> WorkerPool:
        made.append(pool_of(worker))
        return made[-1]

    with pools.lent("a", make, IDLE) as first:
        with pools.lent("a", make, IDLE) as second:
            assert first is second
        clock.ahead += 2 * IDLE
        sleep(0.1)
        assert not worker.closed
    clock.ahead += IDLE / 2
    with pools.lent("a", make, IDLE) as third:
        assert third is first
    clock.ahead += IDLE / 2
    sleep(0.1)
    assert not worker.closed
    clock.ahead += IDLE
    until(lambda: worker.closed)
    with pools.lent("a", make, 0.0) as fourth:
        assert fourth is not first
    assert len(made) == 2
    until(lambda: not any(t.name == "corsdoctor-idle" for t in threading.enumerate()))


def test_a_pool_can_be_ended_at_once(clock: Clock) -> None:
    pools, worker = WorkerPools(), Slow()
    with pools.lent("a", lambda: pool_of(worker), IDLE) as pool:
        pools.end("a")
        assert worker.closed
        assert pool.answers([Line(1, b"x")], number) == [None]
    with pools.lent("a", lambda: pool_of(Slow()), IDLE) as late:
        assert late is pool
    pools.end("b")
    clock.ahead += 2 * IDLE
    until(lambda: not any(t.name == "corsdoctor-idle" for t in threading.enumerate()))
