"""The results of many items in one line, for a log that does not contain the report."""

from __future__ import annotations

from collections import defaultdict
from typing import Final

from corsdoctor.report import Item, Report
from corsdoctor.reports.faults import name
from corsdoctor.reports.tally import Tally
from corsdoctor.suite.outcome import CaseOutcome

_NAMED: Final = 3
_BAD: Final = {CaseOutcome.FAILED: "failed", CaseOutcome.NO_ANSWER: "no response"}


class Summary:
    """Counts items, and keeps the names of the first that failed."""

    def __init__(self) -> None:
        self._tally = Tally()
        self._names: defaultdict[CaseOutcome, list[str]] = defaultdict(list)

    def add(self, item: Item) -> None:
        """Counts an item, unless it was only planned."""
        if isinstance(item, Report) and item.planned:
            return
        became = self._tally.add(item)
        if became in _BAD and len(self._names[became]) < _NAMED:
            self._names[became].append(name(item))

    def line(self) -> str:
        """`60 checked: 2 failed, 58 passed; failed: a, b`; "" if nothing was checked."""
        counts = self._tally.counts
        if not counts.total():
            return ""
        parts = [str(self._tally)]
        for became, word in _BAD.items():
            if counts[became]:
                left = counts[became] - len(self._names[became])
                parts.append(f"{word}: {', '.join(self._names[became])}" + (f" and {left} more" if left else ""))
        return "; ".join(parts)
