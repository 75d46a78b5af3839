"""The cause that fetch named by the value that it judged: nothing else can show one, and nothing else need be loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from corsdoctor.rule import Certainty, Outcome
from corsdoctor.sentence import Sentence

if TYPE_CHECKING:
    from corsdoctor.diagnose import Diagnosis
    from corsdoctor.rule import Cause, Step

OPEN_NOTES: Final = frozenset({"status-is-not-an-error", "vary-origin"})
"""Notes whose cause other responses may show."""
_UNSURE: Final = frozenset({"other-origin", "third-party"})
"""Causes that fetch names by a value, although the value does not prove them."""


def of_value(step: Step) -> tuple[Cause, ...]:
    """The cause that fetch named, with the value as evidence."""
    if step.cause is None:
        return ()
    evidence = tuple(
        Sentence("{label}: {" + _key(label) + "}", label=label, **{_key(label): value})
        for label, value in step.evidence
    )
    certainty = Certainty.LIKELY if step.cause.id in _UNSURE else step.cause.certainty
    return (step.cause._replace(certainty=certainty, evidence=evidence),)


def is_open(diagnosis: Diagnosis) -> bool:
    """Whether there is something whose cause may be another than the one that fetch named."""
    return diagnosis.failure is not None or any(note.rule.id in OPEN_NOTES for note in diagnosis.notes)


def with_values(diagnosis: Diagnosis) -> Diagnosis:
    """`diagnosis`, of which nothing is open, with the evidence of the causes of its notes."""
    steps = tuple(
        step._replace(cause=of_value(step)[0]) if step.outcome is Outcome.NOTE and step.cause is not None else step
        for step in diagnosis.steps
    )
    return diagnosis if steps == diagnosis.steps else diagnosis._replace(steps=steps)


def _key(label: str) -> str:
    """A name for the value of a piece of evidence, by which masking knows what it is."""
    return "value" if label == "label" else label
