"""The style of text on this terminal: its width, and whether it has colors."""

from __future__ import annotations

import os
import sys
from contextlib import suppress

from corsdoctor.reports.writer import Style


def style(when: str | None, verbosity: int = 0) -> Style:
    """The style of text on this terminal; `when` is the value of --color."""
    return Style(_columns(), _wants_color(when or "auto"), verbosity)


def _columns() -> int:
    """The width of the terminal, as of shutil.get_terminal_size(), which would load three compression libraries."""
    with suppress(KeyError, ValueError):
        columns = int(os.environ["COLUMNS"])
        if columns > 0:
            return columns
    try:
        return os.get_terminal_size(1).columns or 80
    except OSError:
        return 80


def _wants_color(when: str) -> bool:
    if when != "auto":
        return when == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return sys.stdout is not None and sys.stdout.isatty() and os.environ.get("TERM") != "dumb"
