"""What the exit status says. Scripts rely on these numbers."""

from __future__ import annotations

from collections.abc import Container, Iterable
from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from corsdoctor.cli.options import FailFlags
    from corsdoctor.cli.reading import Mistakes


class ExitStatus(IntEnum):
    """0 to 4 tell what became of the request, the others why there is nothing to tell."""

    OK = 0
    BLOCKED = 1
    USAGE = 2
    NO_ANSWER = 3
    UNSENT = 4
    INTERNAL = 70
    HUNG_UP = 129
    INTERRUPTED = 130
    BROKEN_PIPE = 141
    TERMINATED = 143


USUAL = ("blocked", "error", "unsent")
"""What counts where nobody says otherwise."""
_STATUSES = {
    "blocked": ExitStatus.BLOCKED,
    "note": ExitStatus.BLOCKED,
    "error": ExitStatus.NO_ANSWER,
    "unsent": ExitStatus.UNSENT,
}
_ORDER = ("blocked", "note", "error", "unsent")


def counted(flags: FailFlags, found: Mistakes, usual: Iterable[str] = USUAL) -> frozenset[str]:
    """The levels that make a command fail: what --fail-on names, none with --exit-zero, else the `usual` ones."""
    from corsdoctor.reports.levels import LEVELS  # --version must not load this

    names = [name.strip() for value in flags.fail_on for name in value.split(",")]
    for name in names:
        if name not in LEVELS:
            found.add("--fail-on", name, f"choose from {', '.join(LEVELS)}")
    if flags.exit_zero and names:
        found.add("--exit-zero", "", "never fails, and --fail-on says when to fail: give one of them")
    return frozenset() if flags.exit_zero else frozenset(names or usual)


def status(seen: Iterable[str], counting: Container[str]) -> ExitStatus:
    """The status for the levels that were seen, of those that are `counting`: blocked and note before error before unsent."""
    there = set(seen)
    return next((_STATUSES[level] for level in _ORDER if level in there and level in counting), ExitStatus.OK)
