"""The order in which results are handed out: by number, unless one is missing for too long."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from math import inf
from time import monotonic
from typing import Protocol


class There(Protocol):
    """The numbers of the results that are ready."""

    def __contains__(self, number: int, /) -> bool: ...


class Ordering:
    """The next result to hand out, of results numbered from 0. Only one thread at a time may use it."""

    def __init__(self, patience: float = inf, clock: Callable[[], float] = monotonic) -> None:
        """If a result is missing for more than `patience` seconds, later ones are handed out before it."""
        self._patience, self._clock = patience, clock
        self._since = clock()  # when the latest result was handed out in order
        self._behind: deque[int] = deque()  # results that arrived early
        self._passed: set[int] = set()  # results that were handed out early
        self.next = 0
        """The lowest number that is not handed out, after a call of `take`."""

    def came(self, number: int) -> None:
        """The result with this number is ready."""
        if number != self.next and self._patience < inf:
            self._behind.append(number)

    def take(self, there: There) -> int | None:
        """The number of the result to hand out now, of those that are `there`; None if it is better to wait."""
        while self.next in self._passed:
            self._passed.remove(self.next)
            self.next += 1
        if self.next in there:
            self._since = self._clock()
            self.next += 1
            return self.next - 1
        while self._behind and self._behind[0] not in there:  # handed out in order
            self._behind.popleft()
        if not self._behind or self._clock() - self._since < self._patience:
            return None
        early = self._behind.popleft()
        self._passed.add(early)
        return early

    def give_up(self) -> int:
        """Skips the next result, which will not arrive, and returns its number."""
        self.next += 1
        return self.next - 1
