"""Opens and reads the input that a user names: a file, or - for standard input. Reading always ends."""

from __future__ import annotations

import errno
import os
import stat
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import BinaryIO, Final

MOST_BYTES: Final = 16_000_000
"""The most bytes of a body."""

_END: Final = "Ctrl-Z and Enter" if os.name == "nt" else "Ctrl-D"


class TooLarge(ValueError):
    """The input is larger than allowed."""


def opened(path: str) -> AbstractContextManager[BinaryIO]:
    """The bytes of a file, or of standard input for "-". Raises OSError if it cannot be opened or is a device without an end."""
    if path != "-":
        return _with_an_end(Path(path).open("rb"))
    if sys.stdin is None:
        raise OSError(errno.EBADF, "it is closed")
    if sys.stdin.isatty() and sys.stderr is not None:
        sys.stderr.write(f"corsdoctor: reading standard input; {_END} ends it\n")
    try:
        return _with_an_end(open(sys.stdin.fileno(), "rb", closefd=False))
    except OSError as e:
        if e.errno is not None:
            raise
        return nullcontext(sys.stdin.buffer)  # a stand-in for stdin has no descriptor


class Kept:
    """A stream whose bytes are kept while they are read, unless `is_wanted` refuses the first of them, or there are too many."""

    def __init__(self, stream: BinaryIO, is_wanted: Callable[[bytes], bool], most: int = MOST_BYTES) -> None:
        self._stream = stream
        self._is_wanted = is_wanted
        self._most = most
        self.data: bytes | None = b""

    def read(self, size: int) -> bytes:
        """The next bytes."""
        block = self._stream.read(size)
        if self.data is not None and block:
            fits = len(self.data) + len(block) <= self._most
            self.data = self.data + block if fits and (self.data or self._is_wanted(block)) else None
        return block


def read_whole(path: str, most: int = MOST_BYTES) -> bytes:
    """All bytes of `path`, as `opened` finds it; raises TooLarge if there are more than `most`."""
    with opened(path) as stream:
        data = stream.read(most + 1)
    if len(data) > most:
        raise TooLarge(f"the limit is {most // 1_000_000} MB")
    return data


def _with_an_end(stream: BinaryIO) -> BinaryIO:
    """`stream`. Raises OSError if it is a device without an end, such as /dev/zero, unlike a terminal and /dev/null."""
    found = os.fstat(stream.fileno())
    if not (stat.S_ISCHR(found.st_mode) or stat.S_ISBLK(found.st_mode)) or stream.isatty():
        return stream
    if found.st_rdev == os.stat(os.devnull).st_rdev:  # noqa: PTH116 (pathlib would only wrap it)
        return stream
    stream.close()
    raise OSError(errno.EINVAL, "it is a device, not a file")
