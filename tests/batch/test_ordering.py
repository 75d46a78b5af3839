"""Results come in their turn, and before it only where one is missing for too long."""

from __future__ import annotations

from corsdoctor.batch.ordering import Ordering


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def all_of(ordering: Ordering, there: set[int]) -> list[int]:
    """What is handed out now, of what is there."""
    found: list[int] = []
    while (number := ordering.take(there)) is not None:
        there.remove(number)
        found.append(number)
    return found


def come(ordering: Ordering, there: set[int], *numbers: int) -> None:
    for number in numbers:
        there.add(number)
        ordering.came(number)


def test_each_in_its_turn_however_long_one_is_missing() -> None:
    clock = Clock()
    ordering, there = Ordering(clock=clock), set[int]()
    come(ordering, there, 2, 0, 3)
    assert all_of(ordering, there) == [0]
    clock.now += 1e9
    assert all_of(ordering, there) == []
    come(ordering, there, 1)
    assert all_of(ordering, there) == [1, 2, 3]
    assert ordering.next == 4


def test_those_behind_are_handed_out_once_patience_is_over() -> None:
    clock = Clock()
    ordering, there = Ordering(1.0, clock), set[int]()
    come(ordering, there, 0, 3, 2)
    assert all_of(ordering, there) == [0]
    clock.now += 0.5
    assert all_of(ordering, there) == []
    clock.now += 0.5
    assert all_of(ordering, there) == [3, 2]  # as they came
    come(ordering, there, 5)
    assert all_of(ordering, there) == [5]  # 1 is missing still
    come(ordering, there, 1, 6)
    assert all_of(ordering, there) == [1]
    assert ordering.next == 4  # 2 and 3 are handed out
    assert all_of(ordering, there) == []  # for 4 it waits anew
    come(ordering, there, 4)
    assert all_of(ordering, there) == [4, 6]
    assert ordering.next == 7


def test_what_is_given_up_is_passed() -> None:
    ordering, there = Ordering(0.0, Clock()), set[int]()
    come(ordering, there, 1)
    assert all_of(ordering, there) == [1]
    assert ordering.give_up() == 0
    come(ordering, there, 2)
    assert all_of(ordering, there) == [2]
    assert ordering.next == 3
