"""Hands tasks to threads as soon as they may run. HostQueues decides which task is next; the threads know what it is."""

from __future__ import annotations

import threading
from collections.abc import Callable
from math import inf
from time import monotonic

from corsdoctor.batch.host_queues import HostQueues


class Dispatcher:
    """Tasks by number, for any number of threads. It has its own lock.

    Threads sleep while no task may run. One of them, the watcher, wakes at the earliest time at which one may run
    without any other event; a thread that learns of an earlier time becomes the watcher.
    """

    def __init__(self, queues: HostQueues, until: float = inf, clock: Callable[[], float] = monotonic) -> None:
        """No task starts at the time `until` or later. Times are seconds of `clock`."""
        self._queues, self._until, self._clock = queues, until, clock
        self._changed = threading.Condition()
        self._watch = inf  # until when the watcher sleeps
        self._closed = False

    def add(self, number: int, host: str) -> None:
        """Adds a task. Numbers increase."""
        with self._changed:
            self._queues.complete = False
            self._queues.add(number, host, self._clock())
            self._changed.notify()

    def complete(self) -> None:
        """No more tasks arrive, or none until some are done: no worker needs to be kept free for them."""
        with self._changed:
            self._queues.complete = True
            self._changed.notify()

    def take(self) -> int | None:
        """Waits for a task that may run, and returns its number, or None at the end. Call `done` after it."""
        with self._changed:
            while not self._closed and (now := self._clock()) < self._until:
                number = self._queues.take(now)
                if number is not None:
                    self._changed.notify()  # another thread may try now
                    return number
                self._sleep(now)
        return None

    def done(self, number: int) -> None:
        """A task is done. Its thread calls `take` again."""
        with self._changed:
            self._queues.done(number, self._clock())

    def close(self) -> None:
        """Ends all waiting: `take` returns None from now on."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _sleep(self, now: float) -> None:
        """Waits for an event; the watcher also for the time at which a task may run."""
        wakes = self._queues.wakes(now)
        if wakes is None or wakes >= self._watch:
            self._changed.wait()
            return
        self._watch = wakes
        self._changed.wait(wakes - now)
        if self._watch == wakes:  # unless another thread has become the watcher
            self._watch = inf
