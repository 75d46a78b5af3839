"""Many requests: lines in, answers out in their order, at a pace, on threads of this process or on a cluster.

    line          a line of the input; read_line: what it asks; origins: where none names an origin
    work          what is done with each line, of any kind; it can be sent to another process
    checks        the request of each line is checked; audits: its URL is audited
    rendered      a result -> its JSON line
    in_order      works on many things at a time, and hands the results out in order
    dispatcher    hands tasks to threads, each when it may run
    host_queues   which is next, so that a host that is slow holds up only itself
    ordering      which result is handed out next
    waiting       results that wait for their turn, packed, on disk where they are many
    rate          requests a second; retry_after: 429 with Retry-After
    shared_pages  requests the page of several lines once
    shard         which lines are this machine's
    resume        goes on where an earlier run's answers end; comparing: whether they belong to the input; answer
                  reads them
    in_use        locks the file of the answers
    on_dask       the same on a Dask cluster: partitions of hosts, and a pool of threads on each worker
                  (dask_scheduler, dask_worker, worker_pools, worker_pool)

What a browser makes of a request is diagnose's business, flags and the terminal are cli's.
"""

from __future__ import annotations

from typing import Final

RETRY_AFTER: Final = 60.0
"""The longest Retry-After, in seconds, that is waited for unless the user says otherwise."""
