"""Works on many items at a time, and hands out the results in order, each as soon as it and all before it are done.

`dispatcher` decides which item is next; `waiting` keeps the results until their turn.
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
"""How many bytes of items may wait for a worker if `size` is given."""
_ITEM = 200  # bytes that an item needs in addition to its size
_UNPACKED = 5_000  # results that wait at most if patience is limited
_LOOK = 0.2  # seconds between checks whether to stop
AT_ONCE: Final = 256
"""The most results that are handed out together."""
GRACE: Final = 1.0
"""Seconds after the end of the time in which items are still read, so that they get a result as late ones."""


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
    """`work(item)` for each item, in `jobs` threads. Another thread reads `items`, never far ahead of the results.

    An exception of `work` is raised here at once and ends the run. An exception of reading is raised here after the
    results of all items read before. With `host`, the items of one host do not delay those of others; `gate` decides
    when an item may start, and a host whose items take more than `slow` seconds gets few threads. With `size`, in
    bytes, items are read ahead while there is room; otherwise four for each job.
    An item without a result at the time `until` gets the result of `late(item)` if it is read within `grace` seconds
    after that. Then nothing more is read: see `cut`. If one result is missing for more than `patience` seconds, later
    ones are handed out before it. Times are seconds of time.monotonic().
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
        self._lock = threading.Lock()  # acquired before the dispatcher's own lock, never after it
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
        """Whether the time and the grace ended before all items were read: the others have no result."""
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
        """The results in groups: those that are ready at a time, from one to AT_ONCE.

        Groups save time: while other threads are busy, this one waits at each lock and at each write.
        """
        while True:
            with self._lock:
                found = self._await(AT_ONCE)
            if not found:
                return
            yield [one() for one in found]

    def held_back(self) -> Iterator[_Result]:
        """After `stop`: the results that were waiting for an earlier one, in order. Without it: none."""
        if not self.stopped:
            return
        with self._lock:
            self._shut()
            numbers = range(self._ordering.next, self._read)
        for number in numbers:  # without the lock: after closing, no other thread uses the waiting results
            if number in self._waiting:
                yield self._waiting.pop(number)()

    def stop(self) -> None:
        """Ends the waiting for results. It may be called at any time, also by a signal handler: it takes no lock."""
        self.stopped = True

    def close(self) -> None:
        """Lets the threads end, each after its current item."""
        with self._lock:
            self._shut()
        self._waiting.close()

    def _await(self, most: int) -> list[Callable[[], _Result]]:
        """Waits for the next results, up to `most`; none after the last."""
        while not self.stopped:
            if self._broken is not None:
                self._shut()
                raise self._broken
            found = self._ready(most)
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

    def _ready(self, most: int) -> list[Callable[[], _Result]]:
        """The results that can be handed out now, up to `most`."""
        found: list[Callable[[], _Result]] = []
        while len(found) < most and (number := self._ordering.take(self._waiting)) is not None:
            found.append(self._waiting.pop(number))
        return found

    def _given_up(self, item: _Item) -> _Result:
        assert self._late is not None
        return self._late(item)

    def _forget(self, number: int) -> _Item:
        item = self._open.pop(number)
        self._bytes -= self._bytes_of(item)
        self._room.notify()
        return item

    def _bytes_of(self, item: _Item) -> int:
        return 0 if self._size is None else self._size(item) + _ITEM

    def _shut(self) -> None:
        self._closed = True
        self._dispatcher.close()
        for condition in (self._room, self._results):
            condition.notify_all()

    def _is_far_ahead(self) -> bool:
        if self._size is None:
            return self._read - self._ordering.next >= _AHEAD * self._jobs
        few = not self._orderly and len(self._waiting) >= _UNPACKED  # they will not wait long
        return self._bytes >= READ_AHEAD or self._waiting.full or few

    def _reading(self) -> None:
        """Reads the items. Only this thread does so: a lock on sys.stdin would outlive Ctrl-C."""
        error = None
        try:
            for item in self._items:
                if monotonic() >= self._until + self._grace:
                    self.cut = True
                    break
                host = "" if self._host is None else self._host(item)
                with self._lock:
                    while self._is_far_ahead() and not self._closed:
                        self._dispatcher.complete()  # no more items until there is room
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
        self._bytes += self._bytes_of(item)
        self._dispatcher.add(number, host)
        if number == self._ordering.next and monotonic() >= self._until:
            self._results.notify()

    def _working(self) -> None:
        try:
            while (number := self._dispatcher.take()) is not None:
                with self._lock:
                    if number not in self._open:
                        continue  # it was given up at the end of the time
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
            with suppress(Exception):  # a result that cannot be packed is kept unpacked
                data = pack(result)
        with self._lock:
            if self._closed:
                return
            if number in self._open:  # unless it was given up
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
