"""--rate and --rate-per-host: over all threads, and for each single request."""

from __future__ import annotations

import threading
import tracemalloc
from math import inf
from time import monotonic

import pytest

from corsdoctor.batch.rate import NO_LIMIT, Pace, Rate
from tests.cli.conftest import PAGE, Run, Server, answers


class Clock:
    """A clock that goes on when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def with_clock(rate: Rate) -> tuple[Pace, Clock]:
    clock = Clock()
    return Pace(rate, clock, clock.sleep), clock


def passes(rate: Rate, hosts: list[str], threads: int = 8) -> list[tuple[float, str]]:
    """When the Pace let each request of several threads pass, as it saw the time itself."""
    todo, found, lock, own = list(hosts), list[tuple[float, str]](), threading.Lock(), threading.local()

    def clock() -> float:
        own.now = monotonic()
        return float(own.now)

    pace = Pace(rate, clock)

    def work() -> None:
        while True:
            with lock:
                if not todo:
                    return
                host = todo.pop(0)
            pace.wait(host)
            with lock:
                found.append((own.now, host))

    workers = [threading.Thread(target=work) for _ in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return sorted(found)


def most_in(times: list[float], seconds: float) -> int:
    """The most that there are in any so many seconds."""
    return max(sum(start <= at < start + seconds for at in times) for start in times)


def test_so_many_a_second_in_all() -> None:
    times = [at for at, _ in passes(Rate(total=50), ["a", "b"] * 20)]
    assert times[-1] - times[0] >= 38 / 50  # one may make up for a turn that was missed
    assert most_in(times, 0.2) <= 10 + 3


def test_so_many_a_second_for_each_host() -> None:
    found = passes(Rate(host=20), ["a", "b", "c"] * 8, threads=24)
    for host in "abc":
        times = [at for at, name in found if name == host]
        assert times[-1] - times[0] >= 6 / 20
        assert most_in(times, 0.2) <= 4 + 2


def test_no_limit_does_not_wait() -> None:
    assert len(passes(NO_LIMIT, ["a"] * 1000)) == 1000


def test_a_host_is_ready_when_those_before_have_passed() -> None:
    pace, clock = with_clock(Rate(total=10, host=1))
    assert pace.opens() <= clock.now
    assert pace.ready("a") <= clock.now
    pace.wait("a")
    assert clock.now == 1000
    assert pace.opens() == pytest.approx(1000.1)
    assert pace.ready("a") == pytest.approx(1001)
    assert pace.ready("b") <= clock.now
    pace.wait("b")
    assert clock.now == pytest.approx(1000.1)
    pace.wait("a")
    assert clock.now == pytest.approx(1001)


def test_who_waits_counts_for_those_behind() -> None:
    """A request that sleeps for its turn keeps the turn: no other request may use it."""
    opens, ready = list[float](), list[float]()

    def sleep(seconds: float) -> None:
        opens.append(pace.opens())
        ready.append(pace.ready("a"))
        clock.sleep(seconds)

    clock = Clock()
    pace = Pace(Rate(total=10, host=1), clock, sleep)
    pace.wait("a")
    pace.wait("a")
    assert opens == [pytest.approx(1000.2)]
    assert ready == [pytest.approx(1002)]


def test_a_host_is_held_but_not_for_ever() -> None:
    pace, clock = with_clock(NO_LIMIT)
    pace.hold("a", 5)
    pace.hold("a", 5)  # each answer of that time asks for it
    assert (pace.ready("a"), pace.opens()) == (1005, -inf)
    pace.wait("b")
    assert clock.now == 1000
    pace.wait("a")
    assert clock.now == 1005
    clock.now = 1009
    pace.hold("a", 5)  # the last one was not over five seconds ago
    assert pace.ready("a") <= clock.now
    clock.now = 1010
    pace.hold("a", 5)
    assert pace.ready("a") == 1015


def test_a_delay_is_for_one_request() -> None:
    pace, clock = with_clock(NO_LIMIT)
    pace.wait("a", 7)
    assert clock.now == 1007
    assert pace.ready("a") <= clock.now


@pytest.mark.parametrize("host_rate", [1e9, 0.001], ids=["free at once", "free much later"])
def test_hosts_are_forgotten_when_they_are_free(host_rate: float) -> None:
    """Memory doesn't grow with the hosts that are free again; it takes no longer where none is."""
    pace, clock = with_clock(Rate(host=host_rate))

    def through(first: int, last: int) -> int:
        for i in range(first, last):
            clock.now += 1
            pace.wait(f"host-{i}")
        return tracemalloc.get_traced_memory()[0]

    tracemalloc.start()
    try:
        assert through(9_000, 40_000) - through(0, 9_000) < 500_000  # bytes
    finally:
        tracemalloc.stop()


def test_many_hosts_that_are_not_free_take_no_longer() -> None:
    looked = 0

    def clock() -> float:
        nonlocal looked
        looked += 1
        return 0.0

    pace = Pace(Rate(host=0.001), clock)
    for i in range(40_000):
        pace.wait(f"host-{i}")
    assert looked <= 40_000 + 20  # each look at all of them asks for the time


@pytest.mark.parametrize("flag", ["--rate", "--rate-per-host"])
def test_each_request_of_a_batch_counts(run: Run, server: Server, flag: str) -> None:
    lines = "\n".join(f"{server.url}/hints?{i}" for i in range(6))
    start = monotonic()
    result = run("batch", "-", "--origin", PAGE, "-H", "X-A: 1", "--browser", "chromium", flag, "20", input=lines)
    seconds = monotonic() - start
    assert [answer["verdict"] for answer in answers(result)] == ["blocked"] * 6
    assert len(server.requests) == 6
    assert seconds >= 4 / 20


@pytest.mark.parametrize("value", ["0", "-1", "1e-300", "0.0009", "nan", "inf", "ten", "1e9"])
def test_a_rate_is_a_number_above_0(run: Run, value: str) -> None:
    result = run("batch", "-", "--origin", PAGE, "--rate", value, input="")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == (
        f"corsdoctor: --rate: {value!r} is not a number of requests a second from 0.001 up to 100000\n"
    )
