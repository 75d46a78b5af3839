"""What lint found in a file, as text: the number of findings, then each with its place and what to do about it."""

from __future__ import annotations

from typing import Final

from corsdoctor.audit.weigh import Severity
from corsdoctor.lint.found import Linted
from corsdoctor.reports.content import Content, Entry, Role
from corsdoctor.reports.layout import page
from corsdoctor.reports.replay import FAIL_MARK, PASS_MARK
from corsdoctor.reports.text import UNCUT
from corsdoctor.reports.writer import Style
from corsdoctor.step_sentences import listed

_ROLES: Final = {
    Severity.HIGH: Role.BAD, Severity.MEDIUM: Role.BAD, Severity.LOW: Role.UNSURE, Severity.INFO: Role.FAINT,
}  # fmt: skip


def render_lint(linted: Linted, style: Style) -> str:
    """The findings of a file as text, without a line feed at its end."""
    shown = Content()
    bad = bool(linted.findings)
    shown.marked(FAIL_MARK if bad else PASS_MARK, Role.BAD if bad else Role.GOOD, f"{linted.file}: {_result(linted)}")
    if style.verbosity < 0:
        return page(shown.blocks, style._replace(width=UNCUT))
    for one in linted.findings:
        shown.blank()
        column = "" if one.column is None else f", column {one.column}"
        head = f"line {one.line}{column}: {one.severity}: {one.weakness.id} (CWE-{one.weakness.cwe})"
        shown.marked("!", _ROLES[one.severity], head)
        shown.labelled([Entry("what", one.what), Entry("impact", one.impact), Entry("fix", one.fix, whole=True)])
    return page(shown.blocks, style)


def _result(linted: Linted) -> str:
    counted = [
        f"{count} {severity}"
        for severity in reversed(Severity)
        if (count := sum(one.severity is severity for one in linted.findings))
    ]
    return listed(counted) if counted else "nothing wrong was found"
