"""The end of a report for people: which rule decided, what came, what was wanted, what to do; and what is worth knowing."""

from __future__ import annotations

from typing import Final

from corsdoctor.browsers import STANDARD
from corsdoctor.diagnose import Diagnosis, Verdict
from corsdoctor.reports import Report, Style
from corsdoctor.reports.layout import Entry, Role
from corsdoctor.reports.wording import following, listed, noted, remedy_line
from corsdoctor.rule import Step, next_step

NOTES: Final = 3
_LABELS: Final = frozenset({"URL", "page", "mode", "method", "port", "body", "redirect", "host", "error", "Origin"})


def conclusion(report: Report, main: Diagnosis, style: Style) -> list[list[Entry]]:
    """Tables: each rule that decided against the request, once; what is worth knowing besides; last the next step.

    `main` is the diagnosis that stands for most browsers; with a verbosity above 0 rules are explained whole.
    """
    verbosity = style.verbosity
    failing: dict[object, list[Diagnosis]] = {}
    for d in report.diagnoses:
        if (step := d.failure) is not None:
            failing.setdefault((step.rule.id, step.evidence, step.cause, step.remedy), []).append(d)
    tables = []
    for diagnoses in failing.values():
        failure = diagnoses[0].failure
        assert failure is not None
        named = [Entry("for", listed(d.profile.title for d in diagnoses), Role.STRONG)] if len(failing) > 1 else []
        tables.append(
            [*named, *explanation(failure, verbosity), Entry("next", next_step(failure), Role.STRONG, whole=True)]
        )
    besides = _besides(report, main, verbosity)
    if tables:
        tables[-1][-1:-1] = besides
        return tables
    after = following(report, style)
    besides += [Entry("next", after, Role.STRONG, whole=True)] if after else []
    return [besides] if besides else []


def explanation(step: Step, verbosity: int) -> list[Entry]:
    """Why a step decided against the request: its rule, what came, what was wanted, and what helps."""
    rule = step.rule
    entries = [
        Entry("rule", f"{rule.id}: {rule.title}", whole=True),
        Entry("spec", rule.spec + (f", step {rule.step}" if rule.step else ""), whole=True),
    ]
    if verbosity > 0:
        entries += [Entry("what", rule.what, whole=True), Entry("why", rule.why, whole=True)]
    for label, value in step.evidence:
        shown = value or "(empty)"
        if label == "wanted":
            entries.append(Entry(label, shown, Role.GOOD))
        elif label in _LABELS:
            entries.append(Entry(label.lower(), shown, Role.BAD))
        else:
            named = label in rule.title or label == "status"
            entries.append(Entry("got", shown if named else f"{label}: {shown}", Role.BAD))
    if step.cause is not None:
        entries.append(Entry("cause", step.cause.text, whole=True))
    entries += [Entry("" if i else "fix", line, Role.GOOD) for i, line in enumerate(map(remedy_line, step.remedy))]
    return entries


def _besides(report: Report, main: Diagnosis, verbosity: int) -> list[Entry]:
    """What the script can read, and the notes."""
    entries = _readable(main) if report.verdict is Verdict.ALLOWED and not report.planned else []
    entries += [Entry("note", note) for note in _notes(report, verbosity)]
    browsers = [d for d in report.diagnoses if d.profile is not STANDARD]
    if not report.planned and (verbosity > 0 or len(browsers) == 1):
        entries += [
            Entry("console", f"{d.profile.title}: {line}" if len(browsers) > 1 else line, whole=True)
            for d in browsers
            for message in d.console
            for line in message.split("\n")
        ]
    return entries


def _readable(diagnosis: Diagnosis) -> list[Entry]:
    if diagnosis.readable is None:
        return []
    entries = [Entry("reads", ", ".join(diagnosis.readable) or "no header, only status and body")]
    for step in diagnosis.notes:
        hidden = dict(step.evidence).get("not readable")
        if hidden is not None:
            entries.append(Entry("hidden", f"{hidden} (not in Access-Control-Expose-Headers)"))
    return entries


def _notes(report: Report, verbosity: int) -> list[str]:
    """What blocks nothing; not all of it where there is much."""
    notes = [text for _, text in noted(report)]
    left_out = len(notes) - NOTES
    if verbosity <= 0 and left_out > 1:
        notes = [*notes[:NOTES], f"{left_out} more with -v"]
    return notes
