"""Results that wait for their turn, and the threads around them."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from math import inf
from time import monotonic

import pytest

from corsdoctor.batch import waiting
from corsdoctor.batch.in_order import AT_ONCE, READ_AHEAD, in_order
from corsdoctor.batch.waiting import Waiting, pack, unpack
from corsdoctor.browsers import BROWSERS
from corsdoctor.diagnose import diagnose_all
from corsdoctor.report import Report
from corsdoctor.scenario import Scenario
from corsdoctor.url import OPAQUE
from corsdoctor.wire import Answer, Headers, Kind, Response, WireRequest
from tests.clock import Clock

LATE = 120.0  # seconds, after which nothing comes any more


def test_a_report_is_packed_small() -> None:
    def send(_kind: Kind, _request: WireRequest) -> Answer:
        return Response(200, Headers((("Access-Control-Allow-Origin", "https://b.example"),)))

    report = Report(diagnose_all(Scenario("https://a.example/", OPAQUE, "PUT"), BROWSERS, send), id="x", line=3)
    data = pack(report)
    assert unpack(data) == report
    assert len(data) < 5000
    assert unpack(data).diagnoses[0].profile is report.diagnoses[0].profile


@pytest.mark.parametrize("forget", [1, 16, 65536])
def test_results_come_back_in_order(monkeypatch: pytest.MonkeyPatch, forget: int) -> None:
    monkeypatch.setattr(waiting, "_FORGET", forget)
    monkeypatch.setattr(waiting, "_IN_MEMORY", 1000)  # then a real file
    kept: Waiting[str] = Waiting()
    shuffled = random.Random(1)
    for start in range(0, 3000, 300):
        numbers = list(range(start, start + 300))
        shuffled.shuffle(numbers)
        for number in numbers:
            if number % 3:
                kept.put_packed(number, pack(f"result {number}"))
            else:
                kept.put(number, f"result {number}")
        assert len(kept) == 300
        for number in range(start, start + 300):
            assert number in kept
            assert kept.pop(number)() == f"result {number}"
            assert number not in kept
    assert len(kept) == 0
    kept.close()


def test_a_slow_first_line_holds_up_only_the_output() -> None:
    first = threading.Event()

    def work(number: int) -> str:
        if number == 0:
            first.wait(LATE)
        elif number == 1999:
            first.set()  # only when all others were done
        return f"result {number}"

    with closing(in_order(range(2000), work, 3, size=lambda _: 1, host=str)) as results:
        assert list(results) == [f"result {i}" for i in range(2000)]


def test_results_that_cant_be_packed_are_kept() -> None:
    first = threading.Event()

    def work(number: int) -> object:
        if number == 0:
            first.wait(LATE)
        elif number == 599:
            first.set()
        return lambda: number

    with closing(in_order(range(600), work, 2, size=lambda _: 1, host=str)) as results:
        assert [result() for result in results] == list(range(600))  # type: ignore[operator]


def test_no_more_bytes_are_read_ahead_than_there_is_room_for() -> None:
    read = 0
    go_on = threading.Event()

    def big() -> Iterator[int]:
        nonlocal read
        for number in range(1, 41):
            read = number
            yield number

    def work(number: int) -> int:
        go_on.wait(LATE)
        return number

    with closing(in_order(big(), work, 2, size=lambda _: READ_AHEAD // 4, host=str)) as results:
        deadline = monotonic() + LATE
        while read < 5 and monotonic() < deadline:
            threading.Event().wait(0.01)
        threading.Event().wait(0.2)
        assert read == 5  # four, and the one that has no room yet
        go_on.set()
        assert list(results) == list(range(1, 41))


def test_what_is_not_done_in_time_is_late(monkeypatch: pytest.MonkeyPatch) -> None:
    """The time is over once one thread waits in vain for an odd number, and the other one has done all before 102."""
    forever, clock = threading.Event(), Clock()
    monkeypatch.setattr("corsdoctor.batch.in_order.monotonic", clock)

    def work(number: int) -> str:
        if number == 102:
            clock.ahead += 2 * 3600
        if number % 2 or number == 102:
            forever.wait(LATE)
        return f"done {number}"

    results = in_order(
        range(103),
        work,
        2,
        size=lambda _: 1,
        host=lambda n: str(n % 2),
        until=clock() + 3600,
        late=lambda n: f"late {n}",
    )
    found = list(results)
    forever.set()
    assert [text.split()[1] for text in found] == [str(i) for i in range(103)]
    assert all(text.startswith("late") for text in found[1::2])
    assert found[:-1:2] == [f"done {i}" for i in range(0, 102, 2)]
    assert not results.cut


def test_what_work_raises_is_raised() -> None:
    def work(number: int) -> int:
        return 10 // (5 - number)

    with pytest.raises(ZeroDivisionError):
        list(in_order(range(100), work, 3))


def test_items_that_do_not_come_are_not_waited_for() -> None:
    forever = threading.Event()

    def stuck() -> Iterator[int]:
        yield 1
        forever.wait(LATE)

    results = in_order(stuck(), str, 2, until=monotonic() + 0.2, late=str)
    assert list(results) == ["1"]
    assert results.cut
    forever.set()


def test_items_that_never_end_are_cut_off() -> None:
    """What was read within the grace is answered; then nothing more is read, and it ends."""
    read = 0
    until = monotonic() + 0.3

    def endless() -> Iterator[int]:
        nonlocal read
        while read < 5_000_000:  # or it is not cut off
            read += 1
            yield read

    with closing(
        in_order(endless(), str, 2, size=lambda _: 1, host=str, until=until, late=lambda n: f"late {n}")
    ) as results:
        found = list(results)
    assert results.cut
    assert [int(text.split()[-1]) for text in found] == list(range(1, len(found) + 1))
    assert found[-1].startswith("late")
    threading.Event().wait(0.1)
    assert read <= len(found) + 1  # one was read to see that there is more


def test_without_an_end_of_the_grace_all_items_are_late() -> None:
    with closing(
        in_order(range(5000), str, 2, until=monotonic() - 2, late=lambda n: f"late {n}", grace=inf)
    ) as results:
        assert list(results) == [f"late {i}" for i in range(5000)]
        assert not results.cut


def test_a_stop_hands_out_what_is_done() -> None:
    forever, done = threading.Event(), threading.Event()

    def work(number: int) -> int:
        if number == 9:
            done.set()  # by the thread that has done 4 to 8
        if number in (3, 9):
            forever.wait(LATE)
        return number

    results = in_order(range(10), work, 2)
    assert [next(results) for _ in range(3)] == [0, 1, 2]
    assert done.wait(LATE)
    results.stop()
    assert list(results) == []
    assert [*results.held_back()] == [4, 5, 6, 7, 8]
    assert [*results.held_back()] == []
    forever.set()
    results.close()


def test_without_patience_results_are_handed_out_before_their_turn() -> None:
    """Those behind one that is missing; then that one, and the rest in order."""
    gate = threading.Event()

    def work(number: int) -> int:
        if number in (2, 5):
            gate.wait(LATE)
        return number

    found = list[int]()
    with closing(in_order(range(400), work, 4, size=lambda _: 1, patience=0.3)) as results:
        for result in results:
            found.append(result)
            if len(found) == 398:
                gate.set()
    assert sorted(found) == list(range(400))
    assert set(found[398:]) == {2, 5}


def test_with_patience_enough_they_stay_in_order() -> None:
    def work(number: int) -> int:
        time.sleep(0.05 if number % 10 == 0 else 0)
        return number

    with closing(in_order(range(100), work, 4, size=lambda _: 1, patience=10 * LATE)) as results:
        assert list(results) == list(range(100))


def test_what_is_there_at_a_time_is_handed_out_together() -> None:
    """So that whoever writes the results takes one lock for many, and they don't pile up while workers are busy."""
    gate, done = threading.Event(), threading.Semaphore(0)

    def work(number: int) -> int:
        if number == 0:
            gate.wait(LATE)
        done.release()
        return number

    count = AT_ONCE + 100
    with closing(in_order(range(count), work, 2, size=lambda _: 1)) as results:
        groups = results.groups()
        for _ in range(count - 1):
            assert done.acquire(timeout=LATE)
        gate.set()
        assert done.acquire(timeout=LATE)
        found = list(groups)
    assert [number for group in found for number in group] == list(range(count))
    assert max(map(len, found)) == AT_ONCE
    assert len(found) <= 4


def test_a_stop_ends_the_groups_and_leaves_the_rest_to_done() -> None:
    forever = threading.Event()

    def work(number: int) -> int:
        if number == 3:
            forever.wait(LATE)
        return number

    with closing(in_order(range(9), work, 2)) as results:
        found = list[int]()
        for group in results.groups():
            found += group
            if found[-1] == 2:
                results.stop()
        assert found == [0, 1, 2]
        assert 3 not in list(results.held_back())
    forever.set()
