"""Reads values on the command line and notes the mistakes in them; corsdoctor/reading.py reads what cannot name a file.

A function read_* returns the value or raises ValueError, which describes what would be right and never has a secret.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from corsdoctor.errors import InvalidScenario
from corsdoctor.opening import TooLarge, opened, read_whole
from corsdoctor.reading import utf8
from corsdoctor.wrong_input import Mistakes

_Read = TypeVar("_Read")


def read_or_note(
    found: Mistakes, field: str, text: str, read: Callable[[str], _Read], shown: str | None = None
) -> _Read | None:
    """The result of `read(text)`, or None after adding a mistake, which shows `shown` in place of `text`."""
    try:
        return read(text)
    except ValueError as e:
        found.add(field, text if shown is None else shown, str(e))
        return None


def make_or_note(found: Mistakes, make: Callable[[], _Read], dashes: str = "") -> _Read | None:
    """The result of `make()`, or None after adding the mistakes that it raises; `dashes` turn its fields into options."""
    try:
        return make()
    except InvalidScenario as e:
        found.found += [mistake._replace(field=dashes + mistake.field) for mistake in e.mistakes]
        return None


def name_only(header: str) -> str:
    """The part of `header`, as typed, that is not secret."""
    name, separator, _ = header.partition(":")
    return name if separator else (header.split()[0] if " " in header.strip() and "=" not in header.split()[0] else "")


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
