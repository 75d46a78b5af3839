"""The files that a command reads, so that no report is written over one of them."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from corsdoctor.cli.options import RequestFlags, TransportFlags


def files_of(request: RequestFlags | None, transport: TransportFlags, *others: str | None) -> tuple[str, ...]:
    """The files that the flags name as input, and `others` where they are not None; "-" is standard input."""
    data = None if request is None else request.data
    body = data[1:] if data is not None and data.startswith("@") else None
    named = (body, transport.cacert, transport.cert, transport.key, *others)
    return tuple(name for name in named if name is not None)


def is_input(path: str, inputs: Iterable[str]) -> bool:
    """Whether `path` is one of the files `inputs`, under any name: a link leads to the same file, and so does ./NAME.

    Writing to something that is not a regular file, such as /dev/null, loses nothing.
    """
    found = _found(path)
    if found is None or not stat.S_ISREG(found.st_mode):
        return False
    return any(os.path.samestat(found, other) for other in map(_found, inputs) if other is not None)


def _found(path: str) -> os.stat_result | None:
    """The os.stat() of the file `path`, or of standard input for "-"; None if there is none."""
    try:
        if path == "-":
            return None if sys.stdin is None else os.fstat(sys.stdin.fileno())
        return os.stat(path)  # noqa: PTH116 (pathlib has to be loaded)
    except (OSError, ValueError):  # it does not exist; a NUL in its name; a stand-in for stdin has no descriptor
        return None
