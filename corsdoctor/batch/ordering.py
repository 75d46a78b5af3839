"""In which order results are handed out: each in its turn, or those behind one that is missing for too long before it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from math import inf
from time import monotonic
from typing import Protocol


class There(Protocol):
    """Knows whose result is there."""

    def __contains__(self, number: int, /) -> bool: ...


class Ordering:
    """Whose turn it is, of results with numbers from 0 on. Only one thread at a time may use it."""

    def __init__(self, patience: float = inf, clock: Callable[[], float] = monotonic) -> None:
        """`patience` is for how many seconds one may be missing until those behind it are handed out before it."""
        self._patience, self._clock = patience, clock
        self._since = clock()  # when the latest result was handed out in its turn
        self._behind: deque[int] = deque()  # what was there before its turn
        self._passed: set[int] = set()  # what was handed out before its turn
        self.next = 0
        """The least number that is not handed out, once `take` was asked."""

    def came(self, number: int) -> None:
        """Its result is there."""
        if number != self.next and self._patience < inf:
            self._behind.append(number)

    def take(self, there: There) -> int | None:
        """The number to hand out now, of those that are `there`; None where that is to wait."""
        while self.next in self._passed:
            self._passed.remove(self.next)
            self.next += 1
        if self.next in there:
            self._since = self._clock()
            self.next += 1
            return self.next - 1
        while self._behind and self._behind[0] not in there:  # handed out in its turn
            self._behind.popleft()
        if not self._behind or self._clock() - self._since < self._patience:
            return None
        early = self._behind.popleft()
        self._passed.add(early)
        return early

    def give_up(self) -> int:
        """The next one is answered without a result. Its number."""
        self.next += 1
        return self.next - 1
