"""Connects to the scheduler of a Dask cluster, and reports an address at which there is none."""

from __future__ import annotations

import asyncio
import logging
from time import monotonic

from distributed import Client, Security, rpc
from distributed.comm.addressing import get_address_host_port

from corsdoctor.errors import InvalidScenario, Mistake, UnreadableInput
from corsdoctor.wrong_input import shown

_CONNECT = 10.0  # seconds


async def _type_at(address: str) -> str:
    """What listens there: "Scheduler" or something else. Client() itself would wait forever if it is not Dask."""
    there = rpc(address, connection_args=Security().get_connection_args("client"))
    try:
        found = await there.identity()
        return str(found.get("type")) if isinstance(found, dict) else ""
    finally:
        await there.close_rpc()


def connected(address: str, where: str, until: float) -> Client:
    """A client of the scheduler at `address`, with at least one worker by the time `until`."""
    wait = max(min(_CONNECT, until - monotonic()), 0.1)
    for name in [name for name in logging.root.manager.loggerDict if name.startswith("distributed")]:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)  # corsdoctor reports what matters in one line
    try:
        get_address_host_port(address)
    except ValueError as e:
        raise _no_address(address) from e
    try:
        if asyncio.run(asyncio.wait_for(_type_at(address), wait)) != "Scheduler":
            raise ConnectionError("another part of a cluster")
        client = Client(address, timeout=wait, set_as_default=False)
    except TypeError as e:
        raise _no_address(address) from e
    except Exception as e:
        raise UnreadableInput(where, "no Dask scheduler responds there; start one with: dask scheduler") from e
    if not client.scheduler_info(n_workers=1)["workers"]:
        client.close(timeout=2)
        raise UnreadableInput(where, "the scheduler has no workers; start some with: dask worker ADDRESS")
    return client


def _no_address(address: str) -> InvalidScenario:
    return InvalidScenario(Mistake("--dask", shown(address), "must be tcp://host:port"))
