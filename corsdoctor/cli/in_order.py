"""Works on many things at a time, and hands the results out in order, each as soon as it and those before it are done."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from queue import Queue, SimpleQueue
from typing import TypeVar

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")
_AHEAD = 4


def in_order(items: Iterable[_Item], work: Callable[[_Item], _Result], jobs: int) -> Iterator[_Result]:
    """`work(item)` for each item, in `jobs` threads. `items` is read in a thread too, never far ahead of the results.

    `work` must not raise. What reading raises is raised here, after the results of all that was read.
    The threads are daemons: Ctrl-C does not wait for a server that never answers.
    """
    todo: SimpleQueue[tuple[_Item, SimpleQueue[_Result]] | None] = SimpleQueue()
    order: Queue[SimpleQueue[_Result] | Exception | None] = Queue(jobs * _AHEAD)

    def read() -> None:
        try:
            for item in items:
                waiting: SimpleQueue[_Result] = SimpleQueue()
                order.put(waiting)  # waits while too much is ahead
                todo.put((item, waiting))
            order.put(None)
        except Exception as e:
            order.put(e)

    def labour() -> None:
        while (job := todo.get()) is not None:
            item, waiting = job
            waiting.put(work(item))

    for target in (read, *[labour] * jobs):
        threading.Thread(target=target, name=f"corsdoctor-{target.__name__}", daemon=True).start()
    try:
        while (waiting := order.get()) is not None:
            if isinstance(waiting, Exception):
                raise waiting
            yield waiting.get()
    finally:
        for _ in range(jobs):
            todo.put(None)
