"""The report for GitLab's Code Quality: a JSON array of what is wrong, which merge requests compare from run to run.

https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
"""

from __future__ import annotations

from typing import Final

from corsdoctor.levels import counts_as
from corsdoctor.report import Item
from corsdoctor.reports.faults import Fault, faults, message, place
from corsdoctor.reports.fingerprints import Fingerprints
from corsdoctor.reports.json_ import dumps
from corsdoctor.reports.layout import cut
from corsdoctor.reports.notes import Notes
from corsdoctor.suite.outcome import CaseOutcome
from corsdoctor.visible import visible

SEVERITIES: Final = {
    CaseOutcome.FAILED: "critical", CaseOutcome.NO_ANSWER: "major", CaseOutcome.UNSENT: "minor", CaseOutcome.KNOWN: "info",
}  # fmt: skip
REMARK: Final = "info"
_PATH_CELLS: Final = 500


class GitLab:
    """Streams."""

    def __init__(self) -> None:
        self._fingerprints = Fingerprints()
        self._notes = Notes()
        self._any = False

    def begin(self) -> str:
        return "["

    def add(self, item: Item) -> str:
        text = ""
        severity = SEVERITIES.get(counts_as(item), REMARK)
        for fault, weight in (*((f, severity) for f in faults(item)), *((r, REMARK) for r in self._notes.add(item))):
            text += self._issue(item, fault, weight, message(item, fault))
        return text

    def end(self) -> str:
        notes = "".join(self._issue(note.item, note.remark, REMARK, note.message) for note in self._notes)
        return f"{notes}\n]\n" if self._any else "]\n"

    def _issue(self, item: Item, fault: Fault, severity: str, description: str) -> str:
        path, line = place(item) or (_asked(item), None)
        return self._written(fault.id, description, severity, self._fingerprints.of(item, fault), path, line or 1)

    def _written(self, id: str, description: str, severity: str, digits: str, path: str, line: int = 1) -> str:
        """An issue, with the comma before it. GitLab ignores a second one with the same fingerprint, which is `digits`."""
        issue = {
            "description": description,
            "check_name": id,
            "fingerprint": digits,
            "severity": severity,
            "location": {"path": path, "lines": {"begin": line}},
        }
        comma = "," if self._any else ""
        self._any = True
        return f"{comma}\n{dumps(issue)}"


def _asked(item: Item) -> str:
    """The URL, in place of a file, for a request that is not from a file."""
    return "-" if item.scenario is None else cut(visible(item.scenario.url), _PATH_CELLS)
