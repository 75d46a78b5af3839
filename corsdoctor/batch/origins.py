"""Reports a batch in which nothing names an origin as wrong usage, before anything is sent or written."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Final

from corsdoctor.batch.line import Line
from corsdoctor.errors import InvalidScenario, Mistake

MOST: Final = 10_000
"""How many lines may come before one names an origin: more errors would not help the user."""
MOST_BYTES: Final = 16 * 1024 * 1024


def with_origins(lines: Iterable[Line], source: str) -> Iterator[Line]:
    """`lines`, unchanged. Raises InvalidScenario if none of them, or none of the first MOST, names an origin.

    For a batch whose options name no origin. Lines wait until one names an origin; `source` is the name of their file.
    """
    held: list[Line] = []
    size = 0
    remaining = iter(lines)
    for line in remaining:
        held.append(line)
        size += len(line.data)
        if _names_origin(line):
            yield from held
            yield from remaining
            return
        if len(held) >= MOST or size >= MOST_BYTES:
            break
    if held:
        raise InvalidScenario(Mistake("--origin", "", _missing(held, source, to_end=next(remaining, None) is None)))


def _missing(held: list[Line], source: str, *, to_end: bool) -> str:
    first, last = held[0].number, held[-1].number
    which = f"line {first}" if first == last else f"lines {first} to {last}"
    where = "standard input" if source == "-" else source
    none = "no line names an origin" if to_end else "none of the lines so far names an origin"
    return f"is missing, and {none} ({which} of {where}); use --origin, or add an `origin` to each line"


def _names_origin(line: Line) -> bool:
    if not line.data.startswith(b"{"):
        return False
    try:
        given = json.loads(line.data)
        return any(given.get(key) is not None for key in ("origin", "page", "visits"))
    except (ValueError, RecursionError):
        return False
