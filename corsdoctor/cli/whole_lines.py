"""Writes texts, each whole or not at all, even if the disk is full."""

from __future__ import annotations

import os
import select
import stat
from contextlib import suppress
from itertools import accumulate
from typing import IO


def write_whole(stream: IO[str], *texts: str) -> bool:
    """Writes `texts`, waiting for a slow reader. Does nothing and returns False if `stream` is a terminal or not a real file.

    Raises OSError if it cannot write: then a file keeps only whole texts, and the stream discards everything from then
    on, because Python would try to write the rest at exit. It bypasses Python's buffers, because without them
    (PYTHONUNBUFFERED) Python treats a short write as a complete one.
    """
    try:
        descriptor = stream.fileno()
        if os.isatty(descriptor):
            return False
        stream.flush()
        found = os.fstat(descriptor)
        encoding, errors = getattr(stream, "encoding", "utf-8"), getattr(stream, "errors", None) or "strict"
        pieces = [text.encode(encoding, errors) for text in texts]
        data, written = memoryview(b"".join(pieces)), 0
        try:
            while written < len(data):
                try:
                    written += os.write(descriptor, data[written:])
                except BlockingIOError:  # the pipe is non-blocking; nothing was written
                    select.select([], [descriptor], [])
        except OSError:
            if stat.S_ISREG(found.st_mode):
                with suppress(OSError):
                    whole = max(end for end in accumulate(map(len, pieces), initial=0) if end <= written)
                    os.ftruncate(descriptor, found.st_size + whole)
            raise
    except (AttributeError, ValueError):  # a test's stream
        return False
    except OSError as e:
        if e.errno is None:  # io.UnsupportedOperation: a stand-in without a descriptor
            return False
        forget(stream)
        raise
    return True


def forget(stream: IO[str] | None) -> None:
    """Makes `stream` discard everything from now on."""
    try:
        descriptor = stream.fileno() if stream is not None else None
    except (OSError, ValueError, AttributeError):  # a test's stream, or a closed one
        return
    if descriptor is not None:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, descriptor)
        os.close(nowhere)
