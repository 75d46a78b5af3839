"""How reports show the severity of a weakness."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from corsdoctor.audit.weigh import Severity
from corsdoctor.reports.content import Role
from corsdoctor.step_sentences import listed

ROLES: Final = {
    Severity.HIGH: Role.BAD, Severity.MEDIUM: Role.BAD, Severity.LOW: Role.UNSURE, Severity.INFO: Role.FAINT,
}  # fmt: skip
ANNOTATIONS: Final = {
    Severity.HIGH: "error", Severity.MEDIUM: "error", Severity.LOW: "warning", Severity.INFO: "notice",
}  # fmt: skip
"""The commands of GitHub Actions."""


def counted(severities: Iterable[Severity]) -> str:
    """`1 high and 2 low`, of at least one finding."""
    found = list(severities)
    return listed(f"{count} {severity}" for severity in reversed(Severity) if (count := found.count(severity)))
