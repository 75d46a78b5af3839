"""The end of a report for people: which rule decided, what came, what was wanted, what to do; and what is worth knowing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from corsdoctor.browsers import STANDARD
from corsdoctor.diagnose import Diagnosis, Verdict
from corsdoctor.report import Report
from corsdoctor.reports.layout import Entry, Role
from corsdoctor.reports.wording import following, noted, readable_sentence, remedy_line
from corsdoctor.reports.writer import Style
from corsdoctor.rule import Field, Step, next_step
from corsdoctor.step_sentences import listed
from corsdoctor.wire import Exchange

NOTES: Final = 3
_LABELS: Final = frozenset(Field) - {Field.STATUS, Field.WANTED}


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
            [
                *named,
                *explanation(failure, diagnoses[0].exchanges, verbosity),
                Entry("next", next_step(failure), Role.STRONG, whole=True),
            ]
        )
    besides = _besides(report, main, verbosity)
    if tables:
        tables[-1][-1:-1] = besides
        return tables
    after = following(report, style)
    besides += [Entry("next", after, Role.STRONG, whole=True)] if after else []
    return [besides] if besides else []


def explanation(step: Step, exchanges: Sequence[Exchange], verbosity: int) -> list[Entry]:
    """Why a step decided against the request: what failed, what was received and required, and what helps."""
    rule = step.rule
    entries = [
        Entry("rule", f"{rule.id}: {readable_sentence(step, exchanges)}", whole=True),
        Entry("spec", rule.spec + (f", step {rule.step}" if rule.step else ""), whole=True),
    ]
    if verbosity > 0:
        entries += [Entry("what", rule.what, whole=True), Entry("why", rule.why, whole=True)]
    for label, value in step.evidence:
        shown = value or "(empty)"
        if label == Field.WANTED:
            entries.append(Entry(label, shown, Role.GOOD))
        elif label in _LABELS:
            entries.append(Entry(label.lower(), shown, Role.BAD))
        else:
            entries.append(Entry("got", f"status {shown}" if label == Field.STATUS else f"{label}: {shown}", Role.BAD))
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
    entries = [Entry("readable", ", ".join(diagnosis.readable) or "no headers, only the status and the body")]
    for step in diagnosis.notes:
        hidden = dict(step.evidence).get(Field.NOT_READABLE)
        if hidden is not None:
            entries.append(Entry("hidden", f"{hidden} (not listed in Access-Control-Expose-Headers)"))
    return entries


def _notes(report: Report, verbosity: int) -> list[str]:
    """What blocks nothing; not all of it where there is much."""
    notes = [text for _, text in noted(report)]
    left_out = len(notes) - NOTES
    if verbosity <= 0 and left_out > 1:
        notes = [*notes[:NOTES], f"{left_out} more with -v"]
    return notes
