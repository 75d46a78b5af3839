"""A server on loopback that goes wrong in the way that the path names."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field

import pytest

OK = b"HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: *\r\nContent-Length: 0\r\n\r\n"
TOO_MANY = (
    b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: %d\r\nAccess-Control-Allow-Origin: *\r\nContent-Length: 0\r\n\r\n"
)


@dataclass
class Faulty:
    """`asked` are the paths, in the order in which they came; "held" is answered once `free` is called."""

    port: int = 0
    asked: list[str] = field(default_factory=list)
    free: Callable[[], object] = lambda: None

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}/{path}"


@pytest.fixture
def faulty() -> Iterator[Faulty]:
    """Serves until the test ends."""
    server = Faulty()
    loop = asyncio.new_event_loop()
    writers: set[asyncio.StreamWriter] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.add(writer)
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):  # asyncio prints those
            while head := await reader.readuntil(b"\r\n\r\n"):
                path = head.split()[1].decode().removeprefix("/")
                again = path in server.asked
                server.asked.append(path)
                await answer(path.split("?")[0], again, writer)

    async def answer(fault: str, again: bool, writer: asyncio.StreamWriter) -> None:
        match fault:
            case "stall":
                await asyncio.sleep(3600)
            case "held":
                await freed.wait()
                writer.write(OK)
            case "drip":
                for byte in OK:
                    writer.write(bytes([byte]))
                    await writer.drain()
                    await asyncio.sleep(1)
            case "reset":
                writer.write(OK[: len(OK) // 2])
                await writer.drain()
                writer.transport.abort()
                raise ConnectionResetError
            case "garbage":
                writer.write(bytes(range(256)) * 8)
                writer.close()
                raise ConnectionResetError
            case "busy":  # the second time it answers
                writer.write(OK if again else TOO_MANY % 1)
            case "always-busy":
                writer.write(TOO_MANY % 1)
            case "slow":
                await asyncio.sleep(0.1)
                writer.write(OK)
            case _:
                writer.write(OK)
        await writer.drain()

    async def run() -> None:
        listener = await asyncio.start_server(serve, "127.0.0.1", 0, backlog=1024)
        server.port = listener.sockets[0].getsockname()[1]
        ready.set()
        await stop.wait()
        listener.close()
        for writer in writers:
            writer.transport.abort()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    ready, stop, freed = threading.Event(), asyncio.Event(), asyncio.Event()
    server.free = lambda: loop.call_soon_threadsafe(freed.set)
    thread = threading.Thread(target=lambda: loop.run_until_complete(run()))
    thread.start()
    ready.wait()
    yield server
    loop.call_soon_threadsafe(stop.set)
    thread.join()
    loop.close()
