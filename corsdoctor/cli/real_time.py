"""Sends the requests of a flow at their time: corsdoctor waits only before something is sent."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic, sleep

from corsdoctor.browsers.profile import Profile
from corsdoctor.scenario import Scenario
from corsdoctor.wire import Answer, Kind, Send, WireRequest


class RealTime:
    """The clock of the server: `before` learns the time of the flow, and `send` waits until as much has passed."""

    def __init__(
        self, send: Send, clock: Callable[[], float] = monotonic, wait: Callable[[float], None] = sleep
    ) -> None:
        self._send, self._clock, self._wait = send, clock, wait
        self._start, self._now = clock(), 0.0

    def before(self, _asked: Scenario, _browser: Profile, now: float) -> None:
        """The next request is made at `now`, in seconds."""
        self._now = now

    def send(self, kind: Kind, request: WireRequest) -> Answer:
        """The answer to `request`, sent no earlier than its time."""
        left = self._start + self._now - self._clock()
        if left > 0:
            self._wait(left)
        return self._send(kind, request)
