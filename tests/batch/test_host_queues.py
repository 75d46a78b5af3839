"""Which line is next: a slow host holds up only itself. The clock is a number."""

from __future__ import annotations

import random
import tracemalloc
from collections.abc import Iterable

import pytest

from corsdoctor.batch.host_queues import SLOW, HostQueues


class Gates:
    """When each host is ready, and when any is."""

    def __init__(self, ready: dict[str, float]) -> None:
        self.at, self.all = ready, 0.0
        self.asked = 0

    def opens(self) -> float:
        return self.all

    def ready(self, host: str) -> float:
        self.asked += 1
        return self.at.get(host, 0.0)


def filled(workers: int, hosts: Iterable[str], *, complete: bool = True) -> HostQueues:
    """HostQueues with one task for each of `hosts`, added at the time 0."""
    queues = HostQueues(workers)
    for number, host in enumerate(hosts):
        queues.add(number, host, 0)
    queues.complete = complete
    return queues


def started(queues: HostQueues, now: float) -> list[int]:
    """All that may run now."""
    found = []
    while (number := queues.take(now)) is not None:
        found.append(number)
    return found


@pytest.mark.parametrize("workers", [1, 2, 3, 4, 8, 64, 256])
def test_one_host_gets_all_workers_where_nothing_else_comes(workers: int) -> None:
    queues = filled(workers, "a" * 300)
    assert started(queues, 0) == list(range(workers))
    queues.done(0, 0.1)
    assert started(queues, 0.1) == [workers]


@pytest.mark.parametrize(("workers", "then"), [(1, 1), (3, 3), (4, 3), (16, 12), (64, 48)])
def test_the_first_host_gets_one_until_others_had_time_to_come(workers: int, then: int) -> None:
    queues = filled(workers, "a" * 300, complete=False)
    assert started(queues, 0) == [0]
    soon = queues.wakes(0)
    assert soon is not None
    assert soon < SLOW
    assert len(started(queues, soon)) == then - 1  # a quarter is kept for what may still come


def test_a_host_that_answers_leaves_a_quarter_to_others() -> None:
    queues = filled(16, "a" * 300 + "b" * 300)
    assert started(queues, 0) == [0, 300]
    queues.done(0, 0.1)
    queues.done(300, 0.1)
    again = started(queues, 0.1)
    assert (sum(n < 300 for n in again), sum(n >= 300 for n in again)) == (12, 4)


def test_dead_hosts_leave_most_workers_to_the_others() -> None:
    """20 hosts that never answer, 50 lines each, stand before one that does. Nothing has a deadline."""
    dead = [f"dead-{i}" for i in range(20) for _ in range(50)]
    queues = filled(64, [*dead, *"a" * 2000])
    asked, most, now = 0, 0, 0.0
    while asked < 2000 and now < 60:  # whatever of host a is asked is answered 0.1 s later
        batch = [number for number in started(queues, now) if number >= 1000]
        now += 0.1
        for number in batch:
            queues.done(number, now)
        asked += len(batch)
        if asked < 1900:
            most = max(most, queues.running)
    assert asked == 2000
    assert most == 20  # each dead host was tried, and as they are more than a quarter, none twice
    assert now < 10


def test_a_dead_host_that_fails_after_a_while_is_tried_again_by_few() -> None:
    queues = filled(64, ["dead"] * 500 + ["a"] * 12_000, complete=False)
    running: dict[int, float] = {}
    most_dead = done = 0
    for tick in range(350):
        now = tick / 10
        for number, since in list(running.items()):
            if now - since > (5 if number < 500 else 0.05):
                queues.done(number, now)
                del running[number]
                done += number >= 500
        running |= dict.fromkeys(started(queues, now), now)
        if done < 11_900:
            most_dead = max(most_dead, sum(number < 500 for number in running))
    assert done == 12_000
    assert most_dead == 8  # an eighth
    assert sum(number < 500 for number in running) == 48  # the others are done: all but what is kept free


@pytest.mark.parametrize("complete", [True, False])
def test_slow_hosts_get_what_no_other_host_needs(complete: bool) -> None:
    queues = filled(16, "a" * 40 + "b" * 40, complete=complete)
    assert started(queues, 0) == [0, 40]
    assert started(queues, SLOW - 0.1) == []
    at = queues.wakes(SLOW - 0.1)
    assert at == SLOW
    assert len(started(queues, at)) == (14 if complete else 10)


def test_many_hosts_with_a_line_each_are_all_tried_at_once() -> None:
    queues = filled(64, map(str, range(500)))
    assert started(queues, 0) == list(range(64))


def test_earlier_lines_come_before_new_hosts() -> None:
    queues = filled(16, ["a"] * 100)
    assert queues.take(0) == 0
    queues.done(0, 0.1)
    for number in range(100, 200):
        queues.add(number, str(number), 0.1)
    again = started(queues, 0.1)
    assert (sum(n < 100 for n in again), sum(n >= 100 for n in again)) == (12, 4)
    for number in range(1, 13):
        queues.done(number, 0.3)
    assert started(queues, 0.3) == list(range(13, 25))


def test_new_hosts_that_do_not_answer_leave_half_to_those_that_do() -> None:
    queues = HostQueues(16)
    queues.complete = True
    for number, host in enumerate(["a", *map(str, range(50)), *"a" * 100]):
        queues.add(number, host, 0)
    assert queues.take(0) == 0
    queues.done(0, 0.05)
    assert started(queues, 0.05) == list(range(1, 17))  # the earliest, and nothing is known against them
    for number in range(1, 7):
        queues.done(number, 0.3)
    assert started(queues, 0.3) == list(range(51, 57))  # ten are doubtful
    for number in range(7, 10):
        queues.done(number, 0.3)
    assert started(queues, 0.3) == [17, 18, 19]  # seven are


def test_a_slow_host_that_answers_in_time_again_is_like_any_other() -> None:
    queues = filled(16, "a" * 40 + "b" * 40)
    started(queues, 0)
    queues.done(0, SLOW)
    queues.done(40, SLOW)
    slow = started(queues, SLOW)
    assert len(slow) == 16
    for number in slow:
        queues.done(number, SLOW + 0.1)
    again = started(queues, SLOW + 0.1)
    assert (sum(n < 40 for n in again), sum(n >= 40 for n in again)) == (12, 4)


def test_the_earliest_comes_first_where_there_is_a_choice() -> None:
    queues = filled(1, "abcabc")
    order = []
    for _ in range(6):
        (number,) = started(queues, 0)
        order.append(number)
        queues.done(number, 0)
    assert order == [0, 1, 2, 3, 4, 5]


def test_a_host_that_must_wait_lets_others_pass() -> None:
    queues = HostQueues(4, Gates({"a": 5.0}))
    for number, host in enumerate("aabb"):
        queues.add(number, host, 0)
    queues.complete = True
    assert started(queues, 0) == [2]
    queues.done(2, 0.1)
    assert started(queues, 0.1) == [3]
    queues.done(3, 0.2)
    assert queues.wakes(1) == 5.0
    assert started(queues, 4.9) == []
    assert started(queues, 5.0) == [0, 1]
    assert queues.wakes(5) == 7.0
    assert queues.wakes(7) is None


@pytest.mark.parametrize("seed", range(20))
def test_each_task_runs_once_whatever_happens(seed: int) -> None:
    chance = random.Random(seed)
    workers = chance.choice([1, 2, 5, 16])
    gates = Gates({})
    queues = HostQueues(workers, gates)
    running: list[int] = []
    ran: list[int] = []
    added, now = 0, 0.0
    while len(ran) < 500 or running:
        now += chance.choice([0, 0.01, 0.3, 3])
        for _ in range(chance.randrange(30)):
            if added < 500:
                queues.add(added, str(chance.randrange(8)), now)
                added += 1
        queues.complete = added == 500 or chance.random() < 0.3
        gates.all = now + chance.choice([-1, -1, 0.1, 2])
        gates.at[str(chance.randrange(8))] = now + chance.choice([-1, 0.1, 2])
        found = started(queues, now)
        running += found
        ran += found
        assert len(running) <= workers
        chance.shuffle(running)
        for _ in range(chance.randrange(len(running) + 1)):
            queues.done(running.pop(), now)
        assert now < 5000
    assert sorted(ran) == list(range(500))


def test_a_rate_in_all_costs_the_same_with_many_hosts() -> None:
    """What may not run for a reason that all hosts share is not looked at one by one."""
    gates = Gates({})
    queues = HostQueues(8, gates)
    for number in range(3000):
        queues.add(number, f"host-{number}", 0)
    queues.complete = True
    now = 0.0
    for number in range(1000):
        assert queues.take(now) == number
        gates.all = now + 0.01
        assert queues.take(now) is None
        assert queues.wakes(now) == gates.all
        now = gates.all
        queues.done(number, now)
    assert gates.asked <= 2 * 1000


def test_hosts_are_forgotten() -> None:
    """Memory doesn't grow with the hosts that are done."""
    queues = HostQueues(2)

    def through(first: int, last: int) -> int:
        for number in range(first, last):
            queues.add(number, f"host-{number}", number)
            assert queues.take(number) == number
            queues.done(number, number)
        return tracemalloc.get_traced_memory()[0]

    tracemalloc.start()
    try:
        assert through(100, 10_000) - through(0, 100) < 20_000  # bytes
    finally:
        tracemalloc.stop()
