"""Writes texts, each whole or not at all, as far as a full disk lets it."""

from __future__ import annotations

import os
import select
import stat
from contextlib import suppress
from itertools import accumulate
from typing import IO


def write_whole(stream: IO[str], *texts: str) -> bool:
    """Writes `texts` at once, waiting for a reader that is slow; False, and nothing is done, where `stream` is a terminal or no real file.

    OSError where it can't: then a file keeps those texts that are whole in it, and the stream leads nowhere from then on,
    or Python would try to write the rest at its end. Goes by Python's own buffers, because without them
    (PYTHONUNBUFFERED) Python takes a short write for a whole one.
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
                except BlockingIOError:  # whoever gave us the pipe made it so; nothing was written
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
    """From now on `stream` leads nowhere."""
    try:
        descriptor = stream.fileno() if stream is not None else None
    except (OSError, ValueError, AttributeError):  # a test's stream, or a closed one
        return
    if descriptor is not None:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, descriptor)
        os.close(nowhere)
