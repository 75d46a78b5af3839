"""How many requests a second may go out, in all and to each host, and whom a server asked to wait.

`Rate` says it, `Pace` keeps to it over all threads of this process. Times are seconds of time.monotonic().
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from math import inf
from time import monotonic, sleep
from typing import Final

_LATE: Final = 0.05  # seconds
_MANY_HOSTS: Final = 4096  # that are remembered before those that are free are forgotten


@dataclass(frozen=True, slots=True)
class Rate:
    """Requests a second: in all, and to each host; None where there is no limit."""

    total: float | None = None
    host: float | None = None


NO_LIMIT: Final = Rate()


@dataclass(slots=True)
class _Turn:
    """The earliest time of the next request, the seconds between two, and how many wait for theirs.

    `held` is the time until which a server asked to be left alone.
    """

    gap: float
    next: float = -inf
    held: float = -inf
    waiting: int = 0

    def pass_at(self, now: float) -> None:
        """One goes now. What it missed its turn by is made up for by the next ones where it is little: sleep() is late."""
        self.next = (self.next if now - self.next < _LATE else now) + self.gap


class Pace:
    """Lets requests pass one after the other, as a Rate has it."""

    def __init__(self, rate: Rate) -> None:
        self._total = _Turn(1 / rate.total if rate.total else 0.0)
        self._gap = 1 / rate.host if rate.host else 0.0
        self._hosts: dict[str, _Turn] = {}
        self._lock = threading.Lock()

    def wait(self, host: str, not_before: float = -inf) -> None:
        """Returns when a request to `host` may go, not before that time, and not before a hold that is there is over."""
        with self._lock:
            turn = self._turn(host)
            both = (self._total, turn)
            for one in both:
                one.waiting += 1
            held = max(turn.held, not_before)
            while (at := max(self._total.next, turn.next, held)) > (now := monotonic()):
                self._lock.release()
                try:
                    sleep(at - now)
                finally:
                    self._lock.acquire()
            for one in both:
                one.waiting -= 1
                one.pass_at(now)

    def hold(self, host: str, seconds: float) -> None:
        """Leaves `host` alone for that long, unless a hold is there, or was over less than as long ago.

        So a host that wants each request to wait gets its requests half of the time, and not one at a time.
        """
        with self._lock:
            turn, now = self._turn(host), monotonic()
            if now - turn.held >= seconds:
                turn.held = now + seconds

    def ready(self, host: str) -> float:
        """The time from which a request to `host` would not have to wait, with those before it that wait now."""
        with self._lock:
            turn = self._hosts.get(host)
            turns = (self._total,) if turn is None else (self._total, turn)
            return max(max(turn.held, turn.next + turn.waiting * turn.gap) for turn in turns)

    def _turn(self, host: str) -> _Turn:
        turn = self._hosts.get(host)
        if turn is None:
            if len(self._hosts) >= _MANY_HOSTS:
                now = monotonic()
                self._hosts = {
                    name: turn for name, turn in self._hosts.items() if max(turn.next, turn.held) > now or turn.waiting
                }
            turn = self._hosts[host] = _Turn(self._gap)
        return turn
