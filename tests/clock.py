"""A clock that a test may put forward: what is due later happens now, and how fast the machine is matters no more."""

from __future__ import annotations

from dataclasses import dataclass
from time import monotonic


@dataclass
class Clock:
    """Stands in for time.monotonic(), `ahead` of it by so many seconds."""

    ahead: float = 0.0

    def __call__(self) -> float:
        return monotonic() + self.ahead
