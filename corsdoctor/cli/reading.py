"""Reads values on the command line that may name files; corsdoctor/reading.py reads the others.

Each function returns the value or raises ValueError, which describes what would be right and never contains a secret.
"""

from __future__ import annotations

import os
from pathlib import Path

from corsdoctor.opening import TooLarge, opened, read_whole
from corsdoctor.reading import utf8


def read_body(text: str) -> bytes:
    """The bytes of `text`, or of the file that `@name` names (`@-` is standard input)."""
    if not text.startswith("@"):
        return utf8(text)
    what = "standard input" if text == "@-" else "the file"
    try:
        return read_whole(text[1:])
    except OSError as e:
        raise ValueError(f"cannot read {what}: {e.strerror}") from e
    except TooLarge as e:
        raise ValueError(f"{what} is too large: {e}") from e
    except ValueError as e:  # a NUL in the name
        raise ValueError(f"this is not a valid file name: {e}") from e


def named_file(text: str) -> str | None:
    """The file that a body of `@name` is read from; None for text, and for what can be read only once."""
    return text[1:] if text.startswith("@") and os.path.isfile(text[1:]) else None  # noqa: PTH113 (unlike Path.is_file, it never raises)


def read_path(text: str) -> str:
    """`text` if it names a file that can be read."""
    try:
        if not Path(text).is_fifo():  # a pipe can be read only once
            with opened(text):
                pass
        return text
    except OSError as e:
        raise ValueError(f"cannot read the file: {e.strerror}") from e
    except ValueError as e:  # a NUL in the name
        raise ValueError(f"this is not a valid file name: {e}") from e
