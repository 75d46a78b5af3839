"""The text on a line or a case that has no report."""

from __future__ import annotations

from corsdoctor.report import Problem, ProblemKind
from corsdoctor.reports.content import Role
from corsdoctor.reports.layout import Page
from corsdoctor.reports.replay import FAIL_MARK
from corsdoctor.reports.writer import Style


def problem(item: Problem, style: Style) -> str:
    """The text on a problem, without a line feed at its end."""
    page = Page(style)
    page.marked(FAIL_MARK, Role.BAD, f"{_name(item)}: {item.reason}")
    return str(page)


def _name(item: Problem) -> str:
    """The line that must be corrected, or else the name that a report on it would have."""
    if item.kind is ProblemKind.NOT_UNDERSTOOD or item.scenario is None:
        return f"line {item.line}" if item.id is None else f"line {item.line} [{item.id}]"
    return f"{item.scenario.method} {item.scenario.url}" if item.id is None else str(item.id)
