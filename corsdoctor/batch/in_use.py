"""Locks a file, so that two runs do not write into it. Closing the file or the end of the process releases the lock."""

from __future__ import annotations

import sys
from typing import BinaryIO

_FAR = 1 << 40  # on Windows a locked byte cannot be read, so this is one that no file has


def taken(file: BinaryIO) -> bool:
    """Locks `file`. Returns False if another run has locked it.

    Also returns True if the file system does not support locks.
    """
    if sys.platform == "win32":
        import msvcrt

        place = file.tell()
        file.seek(_FAR)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        finally:
            file.seek(place)
        return True
    import fcntl

    try:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # a file system of another machine
        pass
    return True
