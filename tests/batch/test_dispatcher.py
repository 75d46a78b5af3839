"""Threads that wait for tasks: nobody sleeps while something may run."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing
from time import sleep
from typing import Any

from corsdoctor.batch.dispatcher import Dispatcher
from corsdoctor.batch.host_queues import HostQueues
from corsdoctor.batch.in_order import in_order
from corsdoctor.batch.line import Line
from corsdoctor.batch.rate import NO_LIMIT, Pace, Rate
from corsdoctor.batch.worker_pool import WorkerPool

LATE = 120.0  # seconds, after which nothing comes any more


def held() -> Pace:
    """Host A is held for longer than any test runs."""
    pace = Pace(Rate(host=20.0))
    pace.hold("A", 100 * LATE)
    return pace


def test_an_earlier_time_is_not_slept_over_by_who_watches_a_later_one() -> None:
    """Host A's task can't run for long, and one thread watches for that. Host B's tasks come later, and can run sooner."""
    pace = held()
    done = threading.Semaphore(0)

    def items() -> Iterator[str]:
        yield "A"
        sleep(0.5)
        yield from "B" * 6
        while not stopped.is_set():
            sleep(0.05)

    def work(host: str) -> str:
        pace.wait(host)
        if host == "B":
            done.release()
        return host

    stopped = threading.Event()
    with closing(in_order(items(), work, 8, host=str, size=lambda _: 1, gate=pace)):
        for _ in range(6):
            assert done.acquire(timeout=LATE)
        stopped.set()


class _Worker:
    """Stands in for a Worker; the line is its host."""

    def __init__(self, pace: Pace) -> None:
        self.pace = pace
        self.closed = False

    def host(self, line: Line) -> str:
        return line.data.decode()

    def answer(self, line: Line) -> Any:
        self.pace.wait(self.host(line))
        return line.number

    def close(self) -> None:
        self.closed = True


def pool(pace: Pace, jobs: int = 8) -> WorkerPool:
    worker: Any = _Worker(pace)
    return WorkerPool(worker, jobs)


def asked(pool: WorkerPool, *lines: str) -> list[Any]:
    return pool.answers([Line(number, text.encode()) for number, text in enumerate(lines)], lambda item: item)


def answers_of(pool: WorkerPool, *lines: str) -> list[Any]:
    """The same, but it fails where they do not come."""
    found: list[list[Any]] = []
    asking = threading.Thread(target=lambda: found.append(asked(pool, *lines)), daemon=True)
    asking.start()
    asking.join(LATE)
    return found[0]


def test_nor_in_a_pool() -> None:
    with closing(pool(held())) as workers:
        threading.Thread(target=asked, args=(workers, "A"), daemon=True).start()
        sleep(0.5)
        assert answers_of(workers, *"BBBBBB") == [0, 1, 2, 3, 4, 5]


def test_a_pool_that_is_closed_answers_nothing_at_once() -> None:
    workers = pool(Pace(NO_LIMIT))
    assert asked(workers) == []
    workers.close()
    assert answers_of(workers, "a", "b") == [None, None]


def test_who_waits_for_a_pool_that_is_closed_is_let_go() -> None:
    pace = held()
    workers = pool(pace, 1)
    found: list[Any] = []
    asking = threading.Thread(target=lambda: found.append(asked(workers, "A", "A")), daemon=True)
    asking.start()
    sleep(0.1)
    workers.close()
    asking.join(LATE)
    assert found == [[None, None]]


def test_all_threads_are_let_go_at_the_end() -> None:
    dispatcher = Dispatcher(HostQueues(4))
    took: list[int | None] = []
    threads = [threading.Thread(target=lambda: took.append(dispatcher.take())) for _ in range(4)]
    for thread in threads:
        thread.start()
    dispatcher.add(7, "a")
    dispatcher.close()
    for thread in threads:
        thread.join(LATE)
        assert not thread.is_alive()
    assert took in ([None] * 4, [7, None, None, None])


def test_nothing_is_begun_when_the_time_is_over() -> None:
    now = 5.0
    dispatcher = Dispatcher(HostQueues(2), until=10.0, clock=lambda: now)
    dispatcher.add(0, "a")
    dispatcher.add(1, "b")
    assert dispatcher.take() == 0
    now = 10.0
    assert dispatcher.take() is None
