"""Counts items for a summary, as every format for pipelines writes it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from corsdoctor.levels import counts_as
from corsdoctor.report import Item
from corsdoctor.reports.faults import late, remarks
from corsdoctor.reports.requirements import FIRST_TRY
from corsdoctor.suite.outcome import CaseOutcome


@dataclass(slots=True)
class Tally:
    """Counts items for a summary."""

    counts: Counter[CaseOutcome] = field(default_factory=Counter)
    late: int = 0
    noted: int = 0

    def add(self, item: Item) -> CaseOutcome:
        """Counts an item, and returns its outcome."""
        became = counts_as(item)
        self.counts[became] += 1
        self.late += late(item)
        self.noted += any(remark.id != FIRST_TRY.id for remark in remarks(item))
        return became

    @property
    def good(self) -> bool:
        """Whether nothing failed and everything was answered."""
        return not (self.counts[CaseOutcome.FAILED] or self.counts[CaseOutcome.NO_ANSWER])

    def __str__(self) -> str:
        """`60 checked: 2 failed, 58 passed`; a count of zero is left out."""
        words = {
            CaseOutcome.FAILED: "failed", CaseOutcome.NO_ANSWER: "without a response", CaseOutcome.UNSENT: "not sent",
            CaseOutcome.KNOWN: "known to fail", CaseOutcome.PASSED: "passed",
        }  # fmt: skip
        parts = [f"{self.counts[became]} {word}" for became, word in words.items() if self.counts[became]]
        parts += [f"{self.late} of them only when retried"] if self.late else []
        parts += [f"{self.noted} with a note"] if self.noted else []
        return f"{self.counts.total()} checked: {', '.join(parts)}" if parts else "nothing was checked"
