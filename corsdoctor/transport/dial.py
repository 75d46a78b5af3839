"""Host and port -> a connected socket, in time. Names and addresses live here; TLS and HTTP don't.

Errors are raised as the socket names it; `errors` has the words.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterable, Sequence
from contextlib import suppress
from time import monotonic
from typing import Any


def left(deadline: float) -> float:
    """The seconds until `deadline`, never 0: to a socket that means not to wait at all."""
    return max(deadline - monotonic(), 0.001)


def addresses(host: str, port: int, resolve: Iterable[tuple[str, int, str]], deadline: float) -> list[Any]:
    """The addresses that `resolve` has for `host`, otherwise the name server's; as getaddrinfo gives them.

    OSError or UnicodeError where there are none, TimeoutError at the deadline.
    """
    name = host.strip("[]")
    table = {(known, at): found for known, at, found in resolve}
    given = table.get((name.lower(), port)) or table.get(("*", port))
    names = given.split(",") if given else [name]
    return [info for one in names for info in _look_up(one, port, deadline)]


def dial(infos: Sequence[Any], options: Iterable[tuple[Any, ...]], deadline: float) -> socket.socket:
    """A socket with `options`, connected to the first of the addresses that answers. OSError where none does."""
    error: OSError | None = None
    for i, (family, kind, protocol, _, address) in enumerate(infos):
        sock = None
        try:
            sock = socket.socket(family, kind, protocol)
            for option in options:
                sock.setsockopt(*option)
            sock.settimeout(left(deadline) / (len(infos) - i))  # one that swallows packets leaves time for the next
            sock.connect(address)
            return sock
        except OSError as e:
            if sock is not None:
                sock.close()
            if error is None or isinstance(e, (ConnectionRefusedError, TimeoutError)):
                error = e
    raise error or OSError(0, "no address")


def _look_up(host: str, port: int, deadline: float) -> list[Any]:
    with suppress(socket.gaierror):  # the name goes as bytes: Python's codec for str takes 5 ms to load
        return socket.getaddrinfo(host.encode(), port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    if host.rstrip(".").endswith(".localhost"):
        host = "localhost"  # browsers never ask a name server about these
    found: list[Any] = []

    def ask() -> None:
        try:
            found.append(socket.getaddrinfo(host.encode(), port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError) as e:
            found.append(e)

    thread = threading.Thread(target=ask, daemon=True)  # nothing can interrupt getaddrinfo
    thread.start()
    thread.join(left(deadline))
    if not found:
        raise TimeoutError
    if isinstance(found[0], Exception):
        raise found[0]
    infos: list[Any] = found[0]
    return infos
