"""The report for GitLab's Code Quality: a JSON array of what is wrong, which merge requests compare from run to run.

https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
"""

from __future__ import annotations

from typing import Any, Final

from corsdoctor.reports import Item
from corsdoctor.reports.faults import Fault, faults, fingerprint, message, place
from corsdoctor.reports.json_ import dumps
from corsdoctor.reports.layout import cut, visible
from corsdoctor.reports.levels import counts_as
from corsdoctor.suite.outcome import CaseOutcome

SEVERITIES: Final = {
    CaseOutcome.FAILED: "critical", CaseOutcome.NO_ANSWER: "major", CaseOutcome.UNSENT: "minor", CaseOutcome.KNOWN: "info",
}  # fmt: skip
_PATH_CELLS: Final = 500


class GitLab:
    """Streams."""

    def __init__(self) -> None:
        self._seen: set[str] = set()

    def begin(self) -> str:
        return "["

    def add(self, item: Item) -> str:
        text = ""
        for fault in faults(item):
            issue = _issue(item, fault)
            if issue["fingerprint"] not in self._seen:  # GitLab takes no two with the same
                text += ("," if self._seen else "") + "\n" + dumps(issue)
                self._seen.add(issue["fingerprint"])
        return text

    def end(self) -> str:
        return "\n]\n" if self._seen else "]\n"


def _issue(item: Item, fault: Fault) -> dict[str, Any]:
    path, line = place(item) or (_asked(item), None)
    return {
        "description": message(item, fault),
        "check_name": fault.id,
        "fingerprint": fingerprint(item, fault),
        "severity": SEVERITIES[counts_as(item)],
        "location": {"path": path, "lines": {"begin": line or 1}},
    }


def _asked(item: Item) -> str:
    """What stands in for a file where the request comes from none: the URL."""
    return "-" if item.scenario is None else cut(visible(item.scenario.url), _PATH_CELLS)
