"""The lines of a batch, answered by the workers of a Dask cluster, in order.

`dask_scheduler` connects to the cluster, and `dask_worker` is what runs on its workers.

All lines of a host are in one partition, and a partition is on one worker at a time: so a limit for each host is kept,
and its connections stay open. The lines that wait in a partition while a worker runs a chunk become the next chunk: few
lines are sent at once, many in chunks. If a worker dies, Dask runs its chunk again; each line still has one result.
A worker sets up what it needs for a batch with the first chunk, and drops it when no more chunks arrive. When the command
ends, for whatever reason, Dask cancels its chunks, and their remaining lines are not run.
The workers need the same version of corsdoctor, and accept work from everybody who can reach the scheduler.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError
from contextlib import suppress
from functools import partial
from math import inf
from queue import Empty, SimpleQueue
from time import monotonic
from typing import Any
from uuid import uuid4

from distributed import Future, KilledWorker

from corsdoctor.batch.dask_scheduler import connected
from corsdoctor.batch.dask_worker import answers, end_batch, try_work, version
from corsdoctor.batch.in_order import AT_ONCE, GRACE
from corsdoctor.batch.line import Line
from corsdoctor.batch.ordering import Ordering
from corsdoctor.batch.partitions import MOST_LINES, Chunk, Partition, place_of
from corsdoctor.batch.rate import Rate
from corsdoctor.batch.rendered import Rendered
from corsdoctor.batch.waiting import unpack
from corsdoctor.batch.work import Finish, Result, Work, internal_error
from corsdoctor.errors import UnreadableInput
from corsdoctor.version import __version__

_Answer = Result | Rendered | None
"""None if `late` returns no result."""
_PARTITIONS = 8  # for each thread of a worker: a dead host delays the other hosts of its partition
_IN_FLIGHT = 5_000  # the most lines that are read but not handed out
_BYTES_IN_FLIGHT = 64 * 1024 * 1024
_LOOK = 0.2  # seconds between checks whether to stop
_ALONE = 60.0  # seconds without a worker until the batch is given up


class OnDask:
    """The results, as an iterator that can be stopped before its end. Only one thread may iterate."""

    def __init__(
        self,
        lines: Iterable[Line],
        work: Work,
        address: str,
        jobs: int,
        *,
        host: Callable[[Line], str],
        finish: Finish,
        until: float | None = None,
        late: Callable[[Line], _Answer] | None = None,
        patience: float = inf,
    ) -> None:
        """Connects and starts. `jobs` is how many lines each worker works on at a time.

        `host(line)` is "" if there is none. The workers call `finish`, a function that can be pickled. A line without a
        result at the time `until`, in seconds of time.monotonic(), gets the result of `late(line)` if it is read within
        GRACE seconds after that. Then nothing more is read: see `cut`. If one result is missing for more than `patience`
        seconds, later ones are handed out before it.
        Raises InvalidScenario if `address` is invalid; UnreadableInput, also later, if the cluster cannot be reached.
        """
        self._lines, self._host = lines, host
        self._finish = finish
        self._until, self._late = inf if until is None else until, late
        self._where = f"--dask {address}"
        self._client = connected(address, self._where, self._until)
        self._name = f"corsdoctor-{uuid4().hex}"
        workers = self._client.scheduler_info(n_workers=-1)["workers"]
        addresses = [name for name, worker in workers.items() for _ in range(worker["nthreads"] * _PARTITIONS)]
        self._partitions = [Partition(worker) for worker in addresses]
        share = Rate(work.rate.total and work.rate.total / len(workers), work.rate.host)
        self._work, self._jobs = work.at(share), jobs
        self._set_up()
        self._changed = threading.Condition()
        self._events: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._open: dict[int, Line] = {}
        self._results: dict[int, Any] = {}
        self._ordering = Ordering(patience)
        self._read = self._bytes = 0
        self._over = self._closed = self._woken = False
        self._error: Exception | None = None
        self._seen_worker = monotonic()
        self.stopped = False
        """Whether `stop` was called."""
        self.cut = False
        """Whether the time and the grace ended before all lines were read: the others have no result."""
        threading.Thread(target=self._reading, name="corsdoctor-reading", daemon=True).start()

    def __iter__(self) -> Iterator[_Answer]:
        return self

    def __next__(self) -> _Answer:
        while not self.stopped:
            number = self._ordering.take(self._results)
            if number is not None:
                return self._hand_out(number, self._results.pop(number))
            if self._over and self._ordering.next == self._read:
                if self._error is not None:
                    raise self._error
                break
            if monotonic() < self._until:
                self._look()
            elif self._ordering.next in self._open:
                assert self._late is not None
                number = self._ordering.give_up()
                return self._hand_out(number, self._late(self._open[number]))
            elif monotonic() < self._until + GRACE:
                self._wait(_LOOK)
            else:
                self.cut = True
                break
        raise StopIteration

    def groups(self) -> Iterator[list[_Answer]]:
        """The results in groups: those that are ready at a time, from one to AT_ONCE."""
        for first in self:
            group = [first]
            while len(group) < AT_ONCE and (number := self._ordering.take(self._results)) is not None:
                group.append(self._hand_out(number, self._results.pop(number)))
            yield group

    def stop(self) -> None:
        """Ends the waiting for results. A signal handler may call it."""
        self.stopped = True

    def held_back(self) -> Iterator[_Answer]:
        """After `stop`: the results that were waiting for an earlier one, in order."""
        if not self.stopped:
            return
        self._take_events()
        for number in sorted(self._results):
            yield _unpacked(self._results.pop(number))

    def close(self) -> None:
        """Gives up the remaining lines and leaves the cluster as it was."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._client.cancel([p.running.future for p in self._partitions if p.running is not None], force=True)
        with suppress(Exception):  # the scheduler may be gone
            self._client.run(end_batch, self._name)
        self._client.close(timeout=2)

    def _set_up(self) -> None:
        try:
            others = {v for v in self._client.run(version).values() if v != __version__}
            if others:
                raise UnreadableInput(self._where, f"its workers have corsdoctor {min(others)}; this is {__version__}")
            self._client.run(try_work, self._work)
        except UnreadableInput:
            self._client.close(timeout=2)
            raise
        except Exception as e:
            self._client.close(timeout=2)
            raise UnreadableInput(self._where, f"its workers cannot start: {type(e).__name__}: {e}") from e

    def _hand_out(self, number: int, result: Any) -> _Answer:
        with self._changed:
            self._bytes -= len(self._open.pop(number).data)
            self._changed.notify()
        return _unpacked(result)

    def _reading(self) -> None:
        """Reads the lines. Only this thread does so: a lock on sys.stdin would outlive Ctrl-C."""
        error = None
        most = min(_IN_FLIGHT, 2 * MOST_LINES * len(self._partitions))
        try:
            for number, line in enumerate(self._lines):
                if monotonic() >= self._until + GRACE:
                    self.cut = True
                    break
                host = self._host(line) or str(number)
                partition = self._partitions[place_of(host, len(self._partitions))]
                with self._changed:
                    while not self._closed and (len(self._open) >= most or self._bytes >= _BYTES_IN_FLIGHT):
                        self._changed.wait()
                    if self._closed:
                        return
                    self._open[number] = line
                    self._bytes += len(line.data)
                    self._read += 1
                partition.waiting.append((number, line))
                if not self._woken:  # one event for many lines: each wakes the other thread
                    self._woken = True
                    self._events.put(self._came)
        except Exception as e:
            error = e
        self._events.put(partial(self._end, error))

    def _came(self) -> None:
        self._woken = False

    def _end(self, error: Exception | None) -> None:
        self._over, self._error = True, error

    def _look(self) -> None:
        """Processes events, or waits a little for one, and then gives idle partitions work."""
        if not self._wait(min(_LOOK, max(self._until - monotonic(), 0))):
            self._look_at_cluster()
        for partition in self._partitions:
            if partition.running is None and (partition.waiting or partition.again):
                self._submit(partition)

    def _wait(self, seconds: float) -> bool:
        """Processes the events of now and the next `seconds`; returns whether there were any."""
        try:
            self._events.get(timeout=seconds)()
        except Empty:
            return False
        self._take_events()
        return True

    def _take_events(self) -> None:
        with suppress(Empty):
            while True:
                self._events.get_nowait()()

    def _look_at_cluster(self) -> None:
        if self._client.status != "running":
            raise UnreadableInput(self._where, "the connection to the scheduler was lost")
        workers = self._client.scheduler_info(n_workers=-1)["workers"]
        if workers:
            self._seen_worker = monotonic()
            self._free([p for p in self._partitions if p.running is not None and p.worker not in workers])
        elif monotonic() - self._seen_worker > _ALONE:
            raise UnreadableInput(self._where, f"the scheduler has had no workers for {_ALONE:g} seconds")

    def _free(self, partitions: list[Partition]) -> None:
        """Lets any worker run what waits for a worker that is gone: Dask does so only while another one exists."""
        had = {key for keys in self._client.processing().values() for key in keys} if partitions else set()
        for partition in partitions:
            chunk = partition.running
            if (
                chunk is not None
                and chunk.future is not None
                and chunk.future.key not in had
                and not chunk.future.done()
            ):
                chunk.future.cancel()
                chunk.future, partition.worker, partition.running = None, "", None
                partition.again.appendleft(chunk)

    def _submit(self, partition: Partition) -> None:
        chunk = partition.running = partition.next_chunk()
        future = chunk.future = self._client.submit(
            answers, self._name, self._work, self._jobs, [line for _, line in chunk.lines], self._finish,
            partition.before,
            workers=[partition.worker] if partition.worker else None, allow_other_workers=bool(partition.worker),
            pure=False, key=f"{self._name}-{uuid4().hex}",
        )  # fmt: skip
        future.add_done_callback(partial(self._gather, partition, chunk))

    def _gather(self, partition: Partition, chunk: Chunk, future: Future[Any]) -> None:
        """Runs in a thread of Dask. It may take forever if the worker that has the results dies."""
        got: Any
        try:
            got = future.result()
        except Exception as e:
            got = e
        self._events.put(partial(self._done, partition, chunk, future, got))

    def _done(self, partition: Partition, chunk: Chunk, future: Future[Any], got: Any) -> None:
        if chunk.future is not future:
            return  # it was taken back
        partition.running = chunk.future = None
        match got:
            case KilledWorker():
                results = [self._finish(problem) for problem in self._killed(partition, chunk)]
            case CancelledError():
                raise UnreadableInput(self._where, "the connection to the scheduler was lost") from got
            case Exception():
                results = [self._finish(self._work.failed(line, internal_error(got))) for _, line in chunk.lines]
            case _:
                partition.before, results = got
                partition.worker = partition.before
        for (number, _), result in zip(chunk.lines, results, strict=False):
            if number in self._open:  # unless it was given up
                self._results[number] = result
                self._ordering.came(number)

    def _killed(self, partition: Partition, chunk: Chunk) -> list[Result]:
        """Handles a chunk whose workers died repeatedly. One of its lines may be the reason: halving the chunk finds it."""
        if len(chunk.lines) == 1:
            return [self._work.failed(chunk.lines[0][1], "every Dask worker that processed it stopped")]
        partition.worker = ""
        middle = len(chunk.lines) // 2
        partition.again.extend((Chunk(chunk.lines[:middle]), Chunk(chunk.lines[middle:])))
        return []


def _unpacked(result: Any) -> _Answer:
    taken: _Answer = unpack(result) if isinstance(result, bytes) else result
    return taken
