"""A line or a case that could not be worked on, for people."""

from __future__ import annotations

from corsdoctor.reports import Problem, Style
from corsdoctor.reports.layout import Page, Role
from corsdoctor.reports.replay import FAIL_MARK


def problem(item: Problem, style: Style) -> str:
    """A line that could not be worked on, as text without a line feed at its end."""
    page = Page(style)
    name = f"line {item.line}" if item.id is None else f"line {item.line} [{item.id}]"
    page.marked(FAIL_MARK, Role.BAD, f"{name}: {item.reason}")
    return str(page)
