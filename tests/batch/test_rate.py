"""--rate and --rate-per-host: over all threads, and for each single request."""

from __future__ import annotations

import threading
from time import monotonic

import pytest

from corsdoctor.batch.rate import NO_LIMIT, Pace, Rate
from tests.cli.conftest import PAGE, Run, Server, answers


def passes(pace: Pace, hosts: list[str], threads: int = 8) -> list[tuple[float, str]]:
    """When each request passed, by several threads."""
    todo, found, lock = list(hosts), list[tuple[float, str]](), threading.Lock()

    def labour() -> None:
        while True:
            with lock:
                if not todo:
                    return
                host = todo.pop(0)
            pace.wait(host)
            with lock:
                found.append((monotonic(), host))

    labourers = [threading.Thread(target=labour) for _ in range(threads)]
    for labourer in labourers:
        labourer.start()
    for labourer in labourers:
        labourer.join()
    return sorted(found)


def most_in(times: list[float], seconds: float) -> int:
    """The most that there are in any so many seconds."""
    return max(sum(start <= at < start + seconds for at in times) for start in times)


def test_so_many_a_second_in_all() -> None:
    times = [at for at, _ in passes(Pace(Rate(total=50)), ["a", "b"] * 20)]
    assert times[-1] - times[0] >= 38 / 50  # one may make up for a turn that was missed
    assert most_in(times, 0.2) <= 10 + 2


def test_so_many_a_second_for_each_host() -> None:
    found = passes(Pace(Rate(host=20)), ["a", "b", "c"] * 8, threads=24)
    for host in "abc":
        times = [at for at, name in found if name == host]
        assert times[-1] - times[0] >= 6 / 20
        assert most_in(times, 0.2) <= 4 + 2
    assert found[-1][0] - found[0][0] < 5  # the three at the same time


def test_no_limit_does_not_wait() -> None:
    assert len(passes(Pace(NO_LIMIT), ["a"] * 1000)) == 1000


def test_a_host_is_ready_when_those_before_have_passed() -> None:
    pace = Pace(Rate(total=10, host=1))
    assert pace.ready("a") < monotonic()
    start = monotonic()
    pace.wait("a")
    assert start + 0.9 < pace.ready("a") <= monotonic() + 1
    assert pace.ready("b") <= monotonic() + 0.1


def test_a_host_is_held_but_not_for_ever() -> None:
    pace = Pace(NO_LIMIT)
    pace.hold("a", 0.2)
    held = pace.ready("a")
    pace.hold("a", 0.2)  # each answer of that time asks for it
    assert pace.ready("a") == held
    start = monotonic()
    pace.wait("b")
    pace.wait("a")
    assert monotonic() - start >= 0.15
    pace.hold("a", 10)  # that was not over ten seconds ago
    assert pace.ready("a") <= monotonic()


def test_hosts_are_forgotten() -> None:
    pace = Pace(Rate(host=1e9))
    for i in range(20_000):
        pace.wait(f"host-{i}")
    assert len(pace._hosts) <= 4096


@pytest.mark.parametrize("flag", ["--rate", "--rate-per-host"])
def test_each_request_of_a_batch_counts(run: Run, server: Server, flag: str) -> None:
    lines = "\n".join(f"{server.url}/hints?{i}" for i in range(6))
    start = monotonic()
    result = run("batch", "-", "--origin", PAGE, "-H", "X-A: 1", "--browser", "chromium", flag, "20", input=lines)
    seconds = monotonic() - start
    assert [answer["verdict"] for answer in answers(result)] == ["blocked"] * 6
    assert len(server.requests) == 6
    assert seconds >= 4 / 20


@pytest.mark.parametrize("value", ["0", "-1", "nan", "inf", "ten", "1e9"])
def test_a_rate_is_a_number_above_0(run: Run, value: str) -> None:
    result = run("batch", "-", "--origin", PAGE, "--rate", value, input="")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == (
        f"corsdoctor: --rate: {value!r} is not a number of requests a second above 0 and up to 100000\n"
    )
