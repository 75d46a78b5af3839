"""Threads that answer the lines of many chunks, so that a dead host delays only its own lines.

`dispatcher` decides which line is next. This file does not know what a chunk is or where it comes from.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from corsdoctor.batch.dispatcher import Dispatcher
from corsdoctor.batch.host_queues import HostQueues
from corsdoctor.batch.line import Line
from corsdoctor.batch.work import Finish, Worker, result_of

_LOOK = 0.5  # seconds between checks whether the results are wanted


@dataclass(slots=True)
class _Chunk:
    """The lines of one call: the results so far, and how many are missing."""

    finish: Finish
    results: list[Any]
    missing: int
    wanted: bool = True
    done: threading.Event = field(default_factory=threading.Event)


class WorkerPool:
    """`jobs` threads that share a Worker. Any number of threads may call `answers` at a time."""

    def __init__(self, worker: Worker, jobs: int) -> None:
        self._worker = worker
        self._dispatcher = Dispatcher(HostQueues(jobs, worker.pace))
        self._lock = threading.Lock()  # acquired before the dispatcher's own lock, never after it
        self._open: dict[int, tuple[_Chunk, int, Line]] = {}
        self._count = 0
        self._closed = False
        for _ in range(jobs):
            threading.Thread(target=self._run, name="corsdoctor-worker", daemon=True).start()

    def answers(self, lines: Sequence[Line], finish: Finish, wanted: Callable[[], bool] = lambda: True) -> list[Any]:
        """`finish` of the answer to each line, in order.

        None for a line that is not done when the pool is closed or when `wanted()` becomes false, which is checked
        regularly. No line is begun after that.
        """
        chunk = _Chunk(finish, [None] * len(lines), len(lines))
        hosts = [self._worker.host(line) for line in lines]
        with self._lock:
            if self._closed or not lines:
                return chunk.results
            for place, (line, host) in enumerate(zip(lines, hosts, strict=True)):
                self._open[self._count] = (chunk, place, line)
                self._dispatcher.add(self._count, host)
                self._count += 1
        while not chunk.done.wait(_LOOK):
            if not wanted():
                with self._lock:
                    chunk.wanted = False
                    return list(chunk.results)
        return chunk.results

    def close(self) -> None:
        """Lets the threads end, each after its current line."""
        with self._lock:
            self._closed = True
            self._dispatcher.close()
            for chunk, _, _ in self._open.values():
                chunk.done.set()
        self._worker.close()

    def _run(self) -> None:
        while (number := self._dispatcher.take()) is not None:
            with self._lock:
                chunk, place, line = self._open[number]
            result = result_of(line, self._worker, chunk.finish) if chunk.wanted else None
            self._dispatcher.done(number)
            with self._lock:
                del self._open[number]
                chunk.results[place] = result
                chunk.missing -= 1
                if not chunk.missing:
                    chunk.done.set()
