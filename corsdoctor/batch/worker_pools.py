"""WorkerPools by name, each created when it is needed, and closed when it has not been used for a while.

So a batch whose command was killed leaves nothing behind.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic, sleep

from corsdoctor.batch.worker_pool import WorkerPool


@dataclass(slots=True)
class _Kept:
    """A pool: how many seconds it may idle, how many use it now, and since when it is unused."""

    pool: WorkerPool
    idle: float
    users: int = 0
    since: float = 0.0


class WorkerPools:
    """May be used by any number of threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[Hashable, _Kept] = {}

    @contextmanager
    def lent(self, name: Hashable, make: Callable[[], WorkerPool], idle: float) -> Iterator[WorkerPool]:
        """The pool of that name; `make` creates it if there is none. It is closed `idle` seconds after its last use."""
        with self._lock:
            kept = self._kept.get(name)
            if kept is None:
                kept = self._kept[name] = _Kept(make(), idle)
                threading.Thread(target=self._watch, args=(name, kept), name="corsdoctor-idle", daemon=True).start()
            kept.users += 1
        try:
            yield kept.pool
        finally:
            with self._lock:
                kept.users -= 1
                kept.since = monotonic()

    def end(self, name: Hashable) -> None:
        """Closes the pool of that name, if any. The name stays taken for `idle` seconds, so that no new pool is created."""
        with self._lock:
            kept = self._kept.get(name)
        if kept is not None:
            kept.pool.close()

    def _watch(self, name: Hashable, kept: _Kept) -> None:
        while True:
            with self._lock:
                left = kept.idle if kept.users else kept.since + kept.idle - monotonic()
                if left <= 0:
                    del self._kept[name]
                    break
            sleep(left)
        kept.pool.close()
