"""Results come in their turn, and before it only where one is missing for too long."""

from __future__ import annotations

from corsdoctor.batch.turns import Turns


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def all_of(turns: Turns, there: set[int]) -> list[int]:
    """What is handed out now, of what is there."""
    found: list[int] = []
    while (number := turns.take(there)) is not None:
        there.remove(number)
        found.append(number)
    return found


def come(turns: Turns, there: set[int], *numbers: int) -> None:
    for number in numbers:
        there.add(number)
        turns.came(number)


def test_each_in_its_turn_however_long_one_is_missing() -> None:
    clock = Clock()
    turns, there = Turns(clock=clock), set[int]()
    come(turns, there, 2, 0, 3)
    assert all_of(turns, there) == [0]
    clock.now += 1e9
    assert all_of(turns, there) == []
    come(turns, there, 1)
    assert all_of(turns, there) == [1, 2, 3]
    assert turns.next == 4


def test_those_behind_are_handed_out_once_patience_is_over() -> None:
    clock = Clock()
    turns, there = Turns(1.0, clock), set[int]()
    come(turns, there, 0, 3, 2)
    assert all_of(turns, there) == [0]
    clock.now += 0.5
    assert all_of(turns, there) == []
    clock.now += 0.5
    assert all_of(turns, there) == [3, 2]  # as they came
    come(turns, there, 5)
    assert all_of(turns, there) == [5]  # 1 is missing still
    come(turns, there, 1, 6)
    assert all_of(turns, there) == [1]
    assert turns.next == 4  # 2 and 3 are handed out
    assert all_of(turns, there) == []  # for 4 it waits anew
    come(turns, there, 4)
    assert all_of(turns, there) == [4, 6]
    assert turns.next == 7


def test_what_is_given_up_is_passed() -> None:
    turns, there = Turns(0.0, Clock()), set[int]()
    come(turns, there, 1)
    assert all_of(turns, there) == [1]
    assert turns.give_up() == 0
    come(turns, there, 2)
    assert all_of(turns, there) == [2]
    assert turns.next == 3
