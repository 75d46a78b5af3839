"""The text on a line or a case that has no report."""

from __future__ import annotations

from corsdoctor.report import Problem, ProblemKind
from corsdoctor.reports.content import Role
from corsdoctor.reports.layout import Page
from corsdoctor.reports.replay import FAIL_MARK
from corsdoctor.reports.writer import Style


def problem(item: Problem, style: Style) -> str:
    """What there is to say of it, as text without a line feed at its end."""
    page = Page(style)
    page.marked(FAIL_MARK, Role.BAD, f"{_name(item)}: {item.reason}")
    return str(page)


def _name(item: Problem) -> str:
    """By its line where that must be corrected, else as a report on it would be called."""
    if item.kind is ProblemKind.NOT_UNDERSTOOD or item.scenario is None:
        return f"line {item.line}" if item.id is None else f"line {item.line} [{item.id}]"
    return f"{item.scenario.method} {item.scenario.url}" if item.id is None else str(item.id)
