"""A file that one run has for itself, so that two don't write into it. It is freed when it is closed, or with the process."""

from __future__ import annotations

import sys
from typing import BinaryIO

_FAR = 1 << 40  # on Windows what is locked can't be read: a byte that no file has


def taken(file: BinaryIO) -> bool:
    """Takes `file`; False where another open file of the same name has it.

    True too where the file system knows no locks: then nothing keeps others away.
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
