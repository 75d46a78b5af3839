"""Opens what a user named as input: a file, or - for standard input."""

from __future__ import annotations

import errno
import sys
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import BinaryIO


def opened(path: str) -> AbstractContextManager[BinaryIO]:
    """The bytes of a file, or of standard input for "-". OSError where it can't be opened."""
    if path != "-":
        return Path(path).open("rb")
    if sys.stdin is None:
        raise OSError(errno.EBADF, "it is closed")
    try:
        return open(sys.stdin.fileno(), "rb", closefd=False)
    except OSError:  # a stand-in for stdin has no descriptor
        return nullcontext(sys.stdin.buffer)
