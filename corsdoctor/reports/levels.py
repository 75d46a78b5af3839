"""What --fail-on can name, and which of it an item has."""

from __future__ import annotations

from typing import Final

from corsdoctor.reports import Item, Problem
from corsdoctor.reports.wording import is_note

LEVELS: Final = ("blocked", "error", "unsent", "note")
"""A request that is blocked or comes otherwise than expected, no answer or a line that can't be understood, a request that
was not sent, and something worth knowing that blocks nothing."""
_OUTCOMES: Final = {"failed": "blocked", "no answer": "error", "not sent": "unsent"}


def levels(item: Item) -> frozenset[str]:
    """Which of LEVELS an item has. Of a policy's case, none is "blocked" that comes as expected or is put up with."""
    if isinstance(item, Problem):
        return frozenset({"error"})
    noted = False
    if item.judged is None:
        level = str(item.verdict)
    else:
        from corsdoctor.suite.outcome import outcome  # what a plain check need not load
        from corsdoctor.suite.sickness import sick_status

        level = _OUTCOMES.get(outcome(item.judged, item.diagnoses), "")
        noted = sick_status(item.judged, item.diagnoses) is not None
    noted = noted or any(is_note(step) for diagnosis in item.diagnoses for step in diagnosis.notes)
    return frozenset({level, "note"} if noted else {level}) & frozenset(LEVELS)
