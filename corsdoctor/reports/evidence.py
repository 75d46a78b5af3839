"""Why a step decided against a request, as labelled entries: what failed, what was received and required, what helps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from corsdoctor.reports.content import Entry, Role
from corsdoctor.reports.wording import readable_sentence, readable_text, remedy_line
from corsdoctor.rule import Field, Step
from corsdoctor.wire import Exchange

_LABELS: Final = frozenset(Field) - {Field.STATUS, Field.WANTED}


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
        entries.append(Entry("cause", readable_text(step.cause.text), whole=True))
    entries += [Entry("" if i else "fix", line, Role.GOOD) for i, line in enumerate(map(remedy_line, step.remedy))]
    return entries
