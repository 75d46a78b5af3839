"""The path to a value in a parsed file, and how people write it."""

from __future__ import annotations

from collections.abc import Callable

from corsdoctor.wrong_input import shown_name

Path = tuple[str | int, ...]
"""Keys of tables and indices of lists, such as ("case", 3, "origin")."""
Where = Callable[[Path], int | None]
"""Returns the line of the file in which the value at a path starts, counted from 1; None if it is unknown."""


def dotted(path: Path) -> str:
    """`path` as people write it. A key that should be a name may hold a header's value."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{shown_name(part)}" if text else shown_name(part)
    return text
