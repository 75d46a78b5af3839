"""Works on many things at a time, and hands the results out in order, each as soon as it and those before it are done.

Which is worked on next, `dispatcher` says; how results wait for their turn, `waiting`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import partial
from math import inf
from time import monotonic
from typing import Final, Generic, TypeVar

from corsdoctor.batch.dispatcher import Dispatcher
from corsdoctor.batch.host_queues import SLOW, Gate, HostQueues
from corsdoctor.batch.ordering import Ordering
from corsdoctor.batch.waiting import Waiting, pack

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")
_AHEAD = 4
READ_AHEAD = 4 * 1024 * 1024
"""How many bytes of items may wait for a worker where `size` is known."""
_ITEM = 200  # bytes that an item takes beside its own
_UNPACKED = 5_000  # results that wait where they need not for long
_LOOK = 0.2  # seconds between two looks at whether it is time to stop
AT_ONCE: Final = 256
"""How many results are handed out together at most."""
GRACE: Final = 1.0
"""Seconds for which items are still read when the time is over, so that they can be answered as late."""


def in_order(
    items: Iterable[_Item],
    work: Callable[[_Item], _Result],
    jobs: int,
    *,
    host: Callable[[_Item], str] | None = None,
    size: Callable[[_Item], int] | None = None,
    gate: Gate | None = None,
    slow: float = SLOW,
    until: float | None = None,
    late: Callable[[_Item], _Result] | None = None,
    grace: float = GRACE,
    patience: float = inf,
) -> InOrder[_Item, _Result]:
    """`work(item)` for each item, in `jobs` threads. `items` is read in a thread too, never far ahead of the results.

    What `work` raises ends it all, and is raised here at once. What reading raises is raised here after the results of
    all that was read. With `host`, items of one host don't hold up those of others; `gate` says from when on one may
    be started, and a host whose items take more than `slow` seconds gets few threads. With `size`, in bytes, as many are
    read ahead as have room; otherwise four for each job.
    What is not done at the time `until` is answered by `late(item)`, if it is read within `grace` seconds after that.
    Then nothing more is read: see `cut`. Where one result is missing for more than `patience` seconds, those behind it
    are handed out before it. Times are seconds of time.monotonic().
    The threads are daemons: Ctrl-C does not wait for a server that never answers.
    """
    end = inf if until is None else until
    return InOrder(
        items, work, Dispatcher(HostQueues(jobs, gate, slow), end), jobs, host, size, end, late, grace, patience
    )


class InOrder(Generic[_Item, _Result]):
    """The results, as an iterator that can be stopped before its end. Only one thread may iterate."""

    def __init__(
        self,
        items: Iterable[_Item],
        work: Callable[[_Item], _Result],
        dispatcher: Dispatcher,
        jobs: int,
        host: Callable[[_Item], str] | None,
        size: Callable[[_Item], int] | None,
        until: float,
        late: Callable[[_Item], _Result] | None,
        grace: float,
        patience: float,
    ) -> None:
        self._items, self._work, self._dispatcher, self._jobs = items, work, dispatcher, jobs
        self._host, self._size = host, size
        self._until, self._late, self._grace, self._orderly = until, late, grace, patience == inf
        self._lock = threading.Lock()  # held while the dispatcher takes its own, never the other way round
        self._room, self._results = threading.Condition(self._lock), threading.Condition(self._lock)
        self._waiting: Waiting[_Result] = Waiting()
        self._open: dict[int, _Item] = {}  # what is not done, by number
        self._ordering = Ordering(patience)
        self._read = self._bytes = 0
        self._over = self._closed = False
        self._error: Exception | None = None  # of reading
        self._broken: Exception | None = None  # of a worker
        self.stopped = False
        self.cut = False
        """Whether the time and the grace were over while items were still to be read: they have no result."""
        for target in (self._reading, *[self._working] * jobs):
            threading.Thread(target=target, name=f"corsdoctor-{target.__name__.strip('_')}", daemon=True).start()

    def __iter__(self) -> Iterator[_Result]:
        return self

    def __next__(self) -> _Result:
        with self._lock:
            found = self._await(1)
        if not found:
            raise StopIteration
        return found[0]()

    def groups(self) -> Iterator[list[_Result]]:
        """The results, together those that are there at a time: at least one, and AT_ONCE at most.

        While the other threads are busy, this one waits for its turn with each lock that it takes and each write.
        """
        while True:
            with self._lock:
                found = self._await(AT_ONCE)
            if not found:
                return
            yield [one() for one in found]

    def done(self) -> Iterator[_Result]:
        """After a stop: the results that waited for an earlier one, in order; none where there was no stop."""
        if not self.stopped:
            return
        with self._lock:
            self._shut()
            numbers = range(self._ordering.next, self._read)
        for number in numbers:  # without the lock: no other thread uses what waits once it is closed
            if number in self._waiting:
                yield self._waiting.pop(number)()

    def stop(self) -> None:
        """Waits for no more results. May be called at any time, by a signal handler too: it takes no lock."""
        self.stopped = True

    def close(self) -> None:
        """Lets the threads end, each after what it does now."""
        with self._lock:
            self._shut()
        self._waiting.close()

    def _await(self, most: int) -> list[Callable[[], _Result]]:
        """The next results, up to `most`, without holding the lock; none after the last."""
        while not self.stopped:
            if self._broken is not None:
                self._shut()
                raise self._broken
            found = self._there(most)
            if found:
                self._room.notify()
                return found
            if self._over and self._ordering.next == self._read:
                self._shut()
                if self._error is not None:
                    raise self._error
                return []
            if monotonic() < self._until:
                self._results.wait(min(_LOOK, self._until - monotonic()))
            elif self._ordering.next in self._open:
                return [partial(self._given_up, self._forget(self._ordering.give_up()))]
            elif monotonic() < self._until + self._grace:
                self._results.wait(_LOOK)
            else:
                self.cut = True
                self._shut()
                return []
        return []

    def _there(self, most: int) -> list[Callable[[], _Result]]:
        """What can be handed out now, up to `most`."""
        found: list[Callable[[], _Result]] = []
        while len(found) < most and (number := self._ordering.take(self._waiting)) is not None:
            found.append(self._waiting.pop(number))
        return found

    def _given_up(self, item: _Item) -> _Result:
        assert self._late is not None
        return self._late(item)

    def _forget(self, number: int) -> _Item:
        item = self._open.pop(number)
        self._bytes -= self._room_of(item)
        self._room.notify()
        return item

    def _room_of(self, item: _Item) -> int:
        return 0 if self._size is None else self._size(item) + _ITEM

    def _shut(self) -> None:
        self._closed = True
        self._dispatcher.close()
        for condition in (self._room, self._results):
            condition.notify_all()

    def _is_far_ahead(self) -> bool:
        if self._size is None:
            return self._read - self._ordering.next >= _AHEAD * self._jobs
        few = not self._orderly and len(self._waiting) >= _UNPACKED  # they are not for long
        return self._bytes >= READ_AHEAD or self._waiting.full or few

    def _reading(self) -> None:
        """Reads the items; alone in this: a lock on sys.stdin would outlive Ctrl-C."""
        error = None
        try:
            for item in self._items:
                if monotonic() >= self._until + self._grace:
                    self.cut = True
                    break
                host = "" if self._host is None else self._host(item)
                with self._lock:
                    while self._is_far_ahead() and not self._closed:
                        self._dispatcher.complete()  # nothing comes until there is room
                        self._room.wait()
                    if self._closed:
                        return
                    self._add(item, host)
        except Exception as e:
            error = e
        with self._lock:
            self._over, self._error = True, error
            self._dispatcher.complete()
            self._results.notify()

    def _add(self, item: _Item, host: str) -> None:
        number = self._read
        self._read += 1
        self._open[number] = item
        self._bytes += self._room_of(item)
        self._dispatcher.add(number, host)
        if number == self._ordering.next and monotonic() >= self._until:
            self._results.notify()

    def _working(self) -> None:
        try:
            while (number := self._dispatcher.take()) is not None:
                with self._lock:
                    if number not in self._open:
                        continue  # the time is over, and it was given up
                    item = self._open[number]
                self._keep(number, self._work(item))
        except Exception as e:
            with self._lock:
                self._broken = e
                self._results.notify()

    def _keep(self, number: int, result: _Result) -> None:
        self._dispatcher.done(number)
        with self._lock:
            packing = number != self._ordering.next and self._waiting.crowded and self._orderly
        data = None
        if packing:
            with suppress(Exception):  # what can't be packed is kept as it is
                data = pack(result)
        with self._lock:
            if self._closed:
                return
            if number in self._open:  # or it was given up
                self._forget(number)
                self._put(number, result, data)
                self._ordering.came(number)
            if number == self._ordering.next:
                self._results.notify()

    def _put(self, number: int, result: _Result, data: bytes | None) -> None:
        if data is not None:
            try:
                self._waiting.put_packed(number, data)
            except OSError:  # no room for a temporary file
                pass
            else:
                return
        self._waiting.put(number, result)
