"""Hands tasks to threads, each when it may run. Which is next, `queues` knows; what a task is, whoever has the threads."""

from __future__ import annotations

import threading
from collections.abc import Callable
from math import inf
from time import monotonic

from corsdoctor.batch.host_queues import HostQueues


class Dispatcher:
    """Tasks by number, for any number of threads; it has a lock of its own.

    Threads sleep while nothing may run. One of them, the watcher, sleeps no longer than until the earliest time at which
    that may change by itself; a thread that learns of an earlier time becomes the watcher.
    """

    def __init__(self, queues: HostQueues, until: float = inf, clock: Callable[[], float] = monotonic) -> None:
        """No task is begun at the time `until` or later; times are seconds as `clock` has them."""
        self._queues, self._until, self._clock = queues, until, clock
        self._changed = threading.Condition()
        self._watch = inf  # until when the watcher sleeps
        self._closed = False

    def add(self, number: int, host: str) -> None:
        """One more task; numbers grow."""
        with self._changed:
            self._queues.complete = False
            self._queues.add(number, host, self._clock())
            self._changed.notify()

    def complete(self) -> None:
        """No task comes any more, or none until some are done: nothing is kept free for it."""
        with self._changed:
            self._queues.complete = True
            self._changed.notify()

    def take(self) -> int | None:
        """The number of a task to do now, once there is one; None at the end. Say `done` of it."""
        with self._changed:
            while not self._closed and (now := self._clock()) < self._until:
                number = self._queues.take(now)
                if number is not None:
                    self._changed.notify()  # another one may look now
                    return number
                self._sleep(now)
        return None

    def done(self, number: int) -> None:
        """A task is over. Who did it asks for another one."""
        with self._changed:
            self._queues.done(number, self._clock())

    def close(self) -> None:
        """There is nothing to take any more."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _sleep(self, now: float) -> None:
        """Until something is said, and as the watcher until a task may run that may not run now."""
        wakes = self._queues.wakes(now)
        if wakes is None or wakes >= self._watch:
            self._changed.wait()
            return
        self._watch = wakes
        self._changed.wait(wakes - now)
        if self._watch == wakes:  # or another one has become the watcher
            self._watch = inf
