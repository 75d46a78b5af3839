"""How many requests per second may be sent, in all and to each host, and which servers asked to wait.

`Rate` states the limits, `Pace` enforces them for all threads of this process.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from math import inf
from time import monotonic, sleep
from typing import Final

from corsdoctor.record import Record

_LATE: Final = 0.05  # seconds
_MANY_HOSTS: Final = 4096  # that are remembered at least before those that are free are forgotten


class Rate(Record):
    """Requests per second: in all, and to each host; None if there is no limit."""

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
        """Counts a request that is sent now. A small delay is made up for by the next ones: sleep() is always late."""
        self.next = (self.next if now - self.next < _LATE else now) + self.gap


class Pace:
    """Lets requests pass at the speed of a Rate. It is a Gate for queues.

    Times are seconds as `clock` has them; `sleep` waits for a number of seconds.
    """

    def __init__(
        self, rate: Rate, clock: Callable[[], float] = monotonic, sleep: Callable[[float], None] = sleep
    ) -> None:
        self._total = _Turn(1 / rate.total if rate.total else 0.0)
        self._gap = 1 / rate.host if rate.host else 0.0
        self._clock, self._sleep = clock, sleep
        self._hosts: dict[str, _Turn] = {}
        self._most = _MANY_HOSTS
        self._lock = threading.Lock()

    def wait(self, host: str, delay: float = 0.0) -> None:
        """Returns when a request to `host` may go: not before `delay` seconds and a hold that is there now are over."""
        with self._lock:
            turn = self._turn(host)
            both = (self._total, turn)
            for one in both:
                one.waiting += 1
            held = max(turn.held, self._clock() + delay) if delay else turn.held
            while (at := max(self._total.next, turn.next, held)) > (now := self._clock()):
                self._lock.release()
                try:
                    self._sleep(at - now)
                finally:
                    self._lock.acquire()
            for one in both:
                one.waiting -= 1
                one.pass_at(now)

    def hold(self, host: str, seconds: float) -> None:
        """Sends nothing to `host` for that long, unless a hold exists, or has ended less than that long ago.

        So a host that wants each request to wait gets its requests half of the time, and not one at a time.
        """
        with self._lock:
            turn, now = self._turn(host), self._clock()
            if now - turn.held >= seconds:
                turn.held = now + seconds

    def opens(self) -> float:
        """The time from which the rate in all lets one more request pass, after those that wait now."""
        with self._lock:
            return self._total.next + self._total.waiting * self._total.gap

    def ready(self, host: str) -> float:
        """The time from which `host` itself lets one more request pass, after those to it that wait now."""
        with self._lock:
            turn = self._hosts.get(host)
            return -inf if turn is None else max(turn.held, turn.next + turn.waiting * turn.gap)

    def _turn(self, host: str) -> _Turn:
        turn = self._hosts.get(host)
        if turn is None:
            if len(self._hosts) >= self._most:
                now = self._clock()
                self._hosts = {
                    name: turn for name, turn in self._hosts.items() if max(turn.next, turn.held) > now or turn.waiting
                }
                self._most = max(_MANY_HOSTS, 2 * len(self._hosts))  # so that looking takes little time a host
            turn = self._hosts[host] = _Turn(self._gap)
        return turn
