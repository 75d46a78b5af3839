"""What lint found in a file, as text: the number of findings, then each with its place and what to do about it."""

from __future__ import annotations

from corsdoctor.lint.found import Linted
from corsdoctor.reports.content import Content, Entry, Role
from corsdoctor.reports.layout import UNCUT, page
from corsdoctor.reports.replay import FAIL_MARK, PASS_MARK
from corsdoctor.reports.severities import ROLES, counted
from corsdoctor.reports.writer import Style


def render_lint(linted: Linted, style: Style) -> str:
    """The findings of a file as text, without a line feed at its end."""
    shown = Content()
    bad = bool(linted.findings)
    result = counted(one.severity for one in linted.findings) if bad else "nothing wrong was found"
    shown.marked(FAIL_MARK if bad else PASS_MARK, Role.BAD if bad else Role.GOOD, f"{linted.file}: {result}")
    if style.verbosity < 0:
        return page(shown.blocks, style._replace(width=UNCUT))
    for one in linted.findings:
        shown.blank()
        column = "" if one.column is None else f", column {one.column}"
        head = f"line {one.line}{column}: {one.severity}: {one.weakness.id} (CWE-{one.weakness.cwe})"
        shown.marked("!", ROLES[one.severity], head)
        shown.labelled([Entry("what", one.what), Entry("impact", one.impact), Entry("fix", one.fix, whole=True)])
    return page(shown.blocks, style)
