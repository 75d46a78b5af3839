"""A rule's page, and the list of all rules."""

from __future__ import annotations

from typing import Any, Final

from corsdoctor.browsers import by_name
from corsdoctor.browsers.worded import worded
from corsdoctor.causes.known import of_rule
from corsdoctor.reports.content import Entry, Role
from corsdoctor.reports.layout import Page
from corsdoctor.reports.writer import Style
from corsdoctor.rule import Rule

SILENT: Final = "prints nothing about CORS"


def as_object(rule: Rule) -> dict[str, Any]:
    """The rule as JSON."""
    return {
        "type": "rule", "id": rule.id, "title": rule.title, "spec": rule.spec, "step": rule.step, "what": rule.what, "why": rule.why,
        "fix": rule.fix, "bad": rule.bad, "good": rule.good,
        "causes": [{"id": id, "text": text, "fix": fix} for id, text, fix in _causes(rule)],
        "console": {browser: list(texts) for browser, texts in worded(rule.id).items()},
    }  # fmt: skip


def text(rule: Rule, style: Style) -> str:
    """The page for a terminal, without a line feed at the end."""
    page = Page(style)
    page.text(rule.id, Role.FAINT)
    page.text(rule.title, Role.STRONG)
    page.blank()
    page.labelled(
        [
            Entry("rule", rule.what, whole=True), Entry("why", rule.why, whole=True), Entry("fix", rule.fix, whole=True),
            Entry("standard", f"{rule.spec}{f' step {rule.step}' if rule.step else ''}", Role.FAINT, whole=True),
        ]
    )  # fmt: skip
    for label, block, role in (("Wrong", rule.bad, Role.BAD), ("Right", rule.good, Role.GOOD)):
        page.blank()
        page.text(label, role)
        page.lines.extend(f"  {line}" for line in block.split("\n"))
    causes = _causes(rule)
    if causes:
        page.blank()
        page.text("Causes")
        page.labelled([Entry(id, text, whole=True) for id, text, _ in causes])
    page.blank()
    page.text("In the console")
    page.labelled(
        [entry for browser, texts in worded(rule.id).items() for entry in _worded(by_name(browser).title, texts)]
    )
    return str(page)


def _causes(rule: Rule) -> list[tuple[str, str, str]]:
    """Id, text and fix of each cause of the rule: those that a value shows, then those that the evidence shows."""
    shown = [(cause.id, cause.text, cause.fix or rule.fix) for cause in rule.causes]
    ids = {id for id, _, _ in shown}
    return [*shown, *((known.id, known.means, known.fix) for known in of_rule(rule.id) if known.id not in ids)]


def _worded(title: str, texts: tuple[str, ...]) -> list[Entry]:
    if not texts:
        return [Entry(title, SILENT, Role.FAINT, whole=True)]
    return [Entry(title if i == 0 else "", line, whole=True) for i, line in enumerate(texts)]


def markdown(rule: Rule) -> str:
    """The page as Markdown."""
    step = f", step {rule.step}" if rule.step else ""
    lines = [
        f"## {rule.title}",
        "",
        f"`{rule.id}` ([the Standard]({rule.spec}){step})",
        "",
        rule.what,
        "",
        rule.why,
        "",
    ]
    lines += [f"**Fix**: {rule.fix}"]
    for label, block in (("Wrong", rule.bad), ("Right", rule.good)):
        lines += ["", f"{label}:", "", "```http", block, "```"]
    causes = _causes(rule)
    if causes:
        lines += ["", "Causes:", "", *(f"- {text}" for _, text, _ in causes)]
    lines += ["", "In the console:", ""]
    for browser, texts in worded(rule.id).items():
        lines += [f"- {by_name(browser).title}: `{line}`" for line in texts] or [f"- {by_name(browser).title} {SILENT}"]
    return "\n".join(lines)
