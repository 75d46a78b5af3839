"""How many files and sockets this process may open: a limit of this machine, not a fault of a host."""

from __future__ import annotations

import errno
import socket
from contextlib import suppress

_OUT_OF_FILES = (errno.EMFILE, errno.ENFILE, errno.EBUSY)  # EBUSY: what a name server's library makes of it
_OTHERS = 64  # files beside connections


def allow(connections: int) -> None:
    """Raises the soft limit, as far as the hard one allows, so that more connections can be open at a time."""
    try:
        import resource
    except ModuleNotFoundError:  # Windows has no such limit
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = connections + _OTHERS
    if soft != resource.RLIM_INFINITY and soft < wanted:
        most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def is_limit(error: OSError) -> bool:
    """Whether `error` says that this process may open no more files."""
    if isinstance(error, socket.gaierror):
        return error.errno == getattr(socket, "EAI_SYSTEM", None)
    return error.errno in _OUT_OF_FILES
