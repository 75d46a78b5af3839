"""What runs on a worker of a Dask cluster: the lines of one chunk, on a pool of threads that lasts from chunk to chunk."""

from __future__ import annotations

from functools import partial
from time import sleep
from typing import Any, Final

from distributed import Reschedule, Status, get_worker, secede

from corsdoctor.batch.line import Line
from corsdoctor.batch.rendered import Rendered
from corsdoctor.batch.waiting import pack
from corsdoctor.batch.work import Finish, Result, Work
from corsdoctor.batch.worker_pool import WorkerPool
from corsdoctor.batch.worker_pools import WorkerPools
from corsdoctor.version import __version__

_IDLE = 10.0  # seconds that a worker keeps its pool and connections without a chunk
_POOLS: Final = WorkerPools()


def answers(name: str, work: Work, jobs: int, lines: list[Line], finish: Finish, before: str) -> tuple[str, list[Any]]:
    """Which worker this is, and what `finish` made of the answer to each line of the batch called `name`.

    `before` is the worker that had the chunk before: how long ago it asked these hosts is not known here.
    """
    worker: Any = get_worker()
    address, key = str(worker.address), worker.get_current_task()

    def wanted() -> bool:
        task = worker.state.tasks.get(key)
        return task is not None and task.state != "cancelled" and worker.status not in (Status.closing, Status.closed)

    # A new pool does not know when a host was asked last, so the old one is kept at least as long as the rate requires.
    gaps = [1 / rate for rate in (work.rate.total, work.rate.host) if rate]
    with _POOLS.lent((address, name), lambda: WorkerPool(work.open(), jobs), _IDLE + max(gaps, default=0)) as pool:
        if work.rate.host and before not in ("", address):
            sleep(1 / work.rate.host)
        secede()  # this thread only waits, so the worker may run chunks of other partitions
        results = pool.answers(lines, partial(_packed, finish), wanted)
    if None in results:
        raise Reschedule  # another worker answers the lines, because this one is closing; or the task was cancelled
    return address, results


def try_work(work: Work) -> None:
    """Checks that the worker can do the work."""
    work.open().close()


def end_batch(name: str, dask_worker: Any) -> None:
    """Ends the batch called `name`."""
    _POOLS.end((str(dask_worker.address), name))


def _packed(finish: Finish, item: Result) -> Rendered | bytes:
    result = finish(item)
    return result if isinstance(result, Rendered) else pack(result)


def version() -> str:
    return __version__
