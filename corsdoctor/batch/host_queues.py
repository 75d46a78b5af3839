"""Decides which of many waiting tasks is next, so that a slow or dead host delays only its own tasks.

Each host has a queue. A new host is tried with one task. If that is done in time, the host may use most of the workers,
otherwise few; all slow hosts together get a quarter, and the workers that no other host needs. Of the tasks that may
run, the earliest is next. Nothing here runs or waits: the dispatcher does. Times are seconds of a monotonic clock.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from enum import Enum, auto
from heapq import heappop, heappush
from math import inf
from typing import Final, Protocol

SLOW: Final = 2.0
"""A host is slow if its task takes more seconds than this, unless another limit is given."""
_PROMISING: Final = 0.1  # seconds for which a new host keeps no other new host from being tried
_LOOK_ROUND: Final = 0.25  # seconds until the first host gets workers that no other host has requested so far


class Gate(Protocol):
    """From when on tasks may start. Both methods are called often, so their cost must not grow with the hosts."""

    def opens(self) -> float:
        """The time from which tasks may start, as far as it is the same for all hosts."""

    def ready(self, host: str) -> float:
        """The time from which a task of `host` may start, as far as it depends on the host."""


class _Kind(Enum):
    """What is known of a host."""

    NEW = auto()
    PROMPT = auto()
    SLOW = auto()


@dataclass(slots=True)
class _HostQueue:
    """One host: the numbers of its waiting tasks, and the start times of the running ones, the oldest first.

    `latest` is its kind by the latest finished task, `queued` the heap that it is in, None while it sleeps.
    """

    name: str
    pending: deque[int] = field(default_factory=deque)
    running: dict[int, float] = field(default_factory=dict)
    latest: _Kind = _Kind.NEW
    queued: _Kind | None = None

    @property
    def oldest(self) -> float:
        """The start time of its oldest running task."""
        return next(iter(self.running.values()), inf)


class HostQueues:
    """Tasks by number, each in the queue of its host. Not safe for threads: the caller holds a lock."""

    def __init__(self, workers: int, gate: Gate | None = None, slow: float = SLOW) -> None:
        """`workers` is how many tasks may run; a task that takes `slow` seconds makes its host a slow one."""
        self._workers, self._gate, self._slow = workers, gate, slow
        self._queues: dict[str, _HostQueue] = {}
        self._heaps: dict[_Kind, list[tuple[int, str]]] = {kind: [] for kind in _Kind}  # queues by their first task
        self._asleep: list[tuple[float, int, str]] = []  # queues whose host is not ready
        self._busy: dict[str, _HostQueue] = {}
        self._queue_of: dict[int, str] = {}
        self._settled = inf
        self._waiting = 0  # tasks
        self.complete = False
        """Whether no more tasks are added, or none until one is done: then no worker is kept free for them."""

    @property
    def running(self) -> int:
        """How many tasks run."""
        return len(self._queue_of)

    def add(self, number: int, host: str, now: float) -> None:
        """Adds a task. Numbers increase."""
        if self._settled == inf:
            self._settled = now + _LOOK_ROUND
        queue = self._queues.get(host)
        if queue is None:
            queue = self._queues[host] = _HostQueue(host)
        queue.pending.append(number)
        self._waiting += 1
        if len(queue.pending) == 1:
            self._queue(queue, now)

    def take(self, now: float) -> int | None:
        """The number of the task to run next, None if none may run now."""
        if not self._waiting or self.running >= self._workers:
            return None
        if self._gate is not None and self._gate.opens() > now:
            return None
        self._wake(now)
        queue = self._alone(now) if len(self._queues) == 1 else self._earliest(now) or self._left_over(now)
        return None if queue is None else self._start(queue, now)

    def done(self, number: int, now: float) -> None:
        """A task is done."""
        queue = self._queues[self._queue_of.pop(number)]
        queue.latest = _Kind.PROMPT if now - queue.running.pop(number) < self._slow else _Kind.SLOW
        if not queue.running:
            del self._busy[queue.name]
        if queue.pending:
            self._requeue(queue, now)
        elif not queue.running:
            del self._queues[queue.name]

    def wakes(self, now: float) -> float | None:
        """The next time at which `take` may return a task without another event, None if only `done` changes that."""
        if self._waiting and self._gate is not None and (opens := self._gate.opens()) > now:
            return opens if opens < inf else None
        times = [queue.oldest + self._slow for queue in self._busy.values()]
        times += [self._settled, self._asleep[0][0] if self._asleep else inf]
        return min((at for at in times if now < at < inf), default=None)

    def _alone(self, now: float) -> _HostQueue | None:
        """The only queue, if it may start one more task."""
        (queue,) = self._queues.values()
        if self.complete:
            most = self._workers
        elif now >= self._settled:
            most = self._workers - self._workers // 4
        else:
            most = 1
        return self._first(self._kind(queue, now), now, most)

    def _earliest(self, now: float) -> _HostQueue | None:
        """The queue with the earliest task among those that are entitled to one more worker."""
        quarter, eighth = max(1, self._workers // 4), max(1, self._workers // 8)
        doubtful = running_slow = 0
        for queue in self._busy.values():
            kind = self._kind(queue, now)
            running_slow += len(queue.running) if kind is _Kind.SLOW else 0
            doubtful += kind is _Kind.NEW and now - queue.oldest > _PROMISING
        prompt = self._first(_Kind.PROMPT, now, self._workers - self._workers // 4)
        trying = prompt is None or doubtful < max(1, self._workers // 2)
        new = self._first(_Kind.NEW, now, 1) if trying else None
        slow = self._first(_Kind.SLOW, now, eighth) if running_slow < quarter else None
        return min((queue for queue in (prompt, new, slow) if queue is not None), key=_first_task, default=None)

    def _left_over(self, now: float) -> _HostQueue | None:
        """The slow queue that gets a worker that no other queue needs, not even after the new hosts have responded."""
        kept_free = 0 if self.complete else self._workers // 4
        if self.running >= self._workers - kept_free or not (self.complete or now >= self._settled):
            return None
        if any(self._kind(queue, now) is _Kind.NEW for queue in self._busy.values()):
            return None
        return self._first(_Kind.SLOW, now, max(1, self._workers // 8, self._workers // (len(self._queues) or 1)))

    def _kind(self, queue: _HostQueue, now: float) -> _Kind:
        return _Kind.SLOW if now - queue.oldest >= self._slow else queue.latest

    def _first(self, kind: _Kind, now: float, most: int) -> _HostQueue | None:
        """The queue of this kind with the earliest task, of those that run fewer than `most`."""
        heap, full, found = self._heaps[kind], [], None
        while heap and found is None:
            first, name = heap[0]
            queue = self._queues.get(name)
            if queue is None or queue.queued is not kind or not queue.pending or queue.pending[0] != first:
                heappop(heap)  # outdated entry
            elif len(queue.running) >= most:
                full.append(heappop(heap))
            elif self._gate is not None and (at := self._gate.ready(name)) > now:
                queue.queued = None
                heappush(self._asleep, (at, *heappop(heap)))
            else:
                found = queue
        for entry in full:
            heappush(heap, entry)
        return found

    def _start(self, queue: _HostQueue, now: float) -> int:
        number = queue.pending.popleft()
        self._waiting -= 1
        queue.running[number] = now
        self._busy[queue.name] = queue
        self._queue_of[number] = queue.name
        if queue.pending:
            self._queue(queue, now)
        return number

    def _queue(self, queue: _HostQueue, now: float) -> None:
        queue.queued = self._kind(queue, now)
        heappush(self._heaps[queue.queued], (queue.pending[0], queue.name))

    def _requeue(self, queue: _HostQueue, now: float) -> None:
        if queue.queued is not None and queue.queued is not self._kind(queue, now):
            self._queue(queue, now)

    def _wake(self, now: float) -> None:
        """Queues the hosts that have become ready, and those whose kind has changed."""
        while self._asleep and self._asleep[0][0] <= now:
            self._queue(self._queues[heappop(self._asleep)[2]], now)
        for queue in self._busy.values():
            if queue.pending:
                self._requeue(queue, now)


def _first_task(queue: _HostQueue) -> int:
    return queue.pending[0]
