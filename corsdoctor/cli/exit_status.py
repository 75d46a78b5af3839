"""What the exit status says. Scripts rely on these numbers."""

from __future__ import annotations

from collections.abc import Container, Iterable
from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from corsdoctor.cli.options import FailFlags
    from corsdoctor.cli.reading import Mistakes
    from corsdoctor.reports import Item


class ExitStatus(IntEnum):
    """0 to 4 tell what became of the request, the others why there is nothing to tell."""

    OK = 0
    BLOCKED = 1
    USAGE = 2
    NO_ANSWER = 3
    UNSENT = 4
    INTERNAL = 70
    INTERRUPTED = 130
    BROKEN_PIPE = 141


LEVELS = ("blocked", "error", "unsent", "note")
"""What --fail-on can name: a request that is blocked or comes otherwise than expected, no answer or a line that can't be
understood, a request that was not sent, and something worth knowing that blocks nothing."""
USUAL = ("blocked", "error", "unsent")
"""What counts where nobody says otherwise."""
_STATUSES = {
    "blocked": ExitStatus.BLOCKED,
    "note": ExitStatus.BLOCKED,
    "error": ExitStatus.NO_ANSWER,
    "unsent": ExitStatus.UNSENT,
}
_OUTCOMES = {"failed": "blocked", "no answer": "error", "not sent": "unsent"}
_ORDER = ("blocked", "note", "error", "unsent")


def levels(item: Item) -> frozenset[str]:
    """Which of LEVELS an item has. Of a policy's case, none is "blocked" that comes as expected or is put up with."""
    from corsdoctor.reports import Problem  # --version must not load these two
    from corsdoctor.reports.wording import is_note

    if isinstance(item, Problem):
        return frozenset({"error"})
    if item.judged is None:
        level = str(item.verdict)
    else:
        from corsdoctor.suite.outcome import outcome  # what a plain check need not load

        level = _OUTCOMES.get(outcome(item.judged, item.diagnoses), "")
    noted = any(is_note(step) for diagnosis in item.diagnoses for step in diagnosis.notes)
    return frozenset({level, "note"} if noted else {level}) & frozenset(LEVELS)


def counted(flags: FailFlags, found: Mistakes, usual: Iterable[str] = USUAL) -> frozenset[str]:
    """The levels that make a command fail: what --fail-on names, none with --exit-zero, else the `usual` ones."""
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
