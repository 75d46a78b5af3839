"""Reads the cookie jar that a user names: a file in Netscape format."""

from __future__ import annotations

from time import time
from typing import Final

from corsdoctor.opening import read_whole
from corsdoctor.reading_cookies import BadJar, read_jar
from corsdoctor.scenario import HeldCookie

_MOST_BYTES: Final = 5_000_000


def cookies_in(path: str) -> tuple[tuple[HeldCookie, bool], ...]:
    """Each cookie in the file `path`, and whether it has expired. Raises BadJar."""
    try:
        return tuple(read_jar(path, read_whole(path, _MOST_BYTES).decode("latin-1"), time()))
    except BadJar:
        raise
    except OSError as e:
        raise BadJar(f"cannot read the file: {e.strerror}") from e
    except ValueError as e:  # too large; a NUL in the name
        raise BadJar(f"cannot read the file: {e}") from e
