"""What went wrong with a request, or is worth knowing of it: what several browsers report alike is one finding."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from corsdoctor.browsers import STANDARD
from corsdoctor.diagnose import Diagnosis
from corsdoctor.record import Record
from corsdoctor.rule import Field, Step
from corsdoctor.step_sentences import sentence
from corsdoctor.wire import Exchange


class Finding(Record):
    """A step that the browsers of `diagnoses` recorded alike: the same rule, evidence, cause and remedy."""

    step: Step
    diagnoses: tuple[Diagnosis, ...]

    @property
    def exchanges(self) -> Sequence[Exchange]:
        """What the step's sentences are about."""
        return self.diagnoses[0].exchanges

    @property
    def exchange(self) -> Exchange | None:
        """What was judged, None if the request was judged before anything was sent."""
        return None if self.step.exchange is None else self.exchanges[self.step.exchange]


def failures(diagnoses: Iterable[Diagnosis]) -> tuple[Finding, ...]:
    """What blocks a request; the findings of most browsers first."""
    return _grouped((d.failure, d) for d in diagnoses if d.failure is not None)


def notes(diagnoses: Iterable[Diagnosis]) -> tuple[Finding, ...]:
    """What is worth knowing of a request though it blocks nothing; the findings of most browsers first."""
    return _grouped((step, d) for d in diagnoses for step in d.notable)


def blockers(diagnoses: Iterable[Diagnosis]) -> list[list[Finding]]:
    """The failures, those together that blame one cause at one response: one change fixes them all.

    Browsers check a response in different orders, so they report different rules for the same fault.
    """
    groups: list[list[Finding]] = []
    for finding in failures(diagnoses):
        known = next((group for group in groups if _same_fault(group[0], finding)), None)
        groups.append([finding]) if known is None else known.append(finding)
    return groups


def _grouped(steps: Iterable[tuple[Step, Diagnosis]]) -> tuple[Finding, ...]:
    groups: dict[object, list[tuple[Step, Diagnosis]]] = {}
    for step, diagnosis in steps:
        # what is known of the exchange is part of the sentence
        key = step.rule.id, step.evidence, step.cause, step.remedy, sentence(step, diagnosis.exchanges)
        groups.setdefault(key, []).append((step, diagnosis))
    found = [Finding(group[0][0], tuple({d.profile.name: d for _, d in group}.values())) for group in groups.values()]
    return tuple(sorted(found, key=lambda finding: -_browsers(finding)))


def _browsers(finding: Finding) -> int:
    """How many browsers report it; the Standard is none."""
    return sum(d.profile.name != STANDARD.name for d in finding.diagnoses)


def _same_fault(first: Finding, other: Finding) -> bool:
    """Whether they blame one cause at one response; a status code without a cause of its own is blamed with the rest."""
    if first.exchange != other.exchange:
        return False
    if first.step.cause is not None and first.step.cause.id == getattr(other.step.cause, "id", None):
        return True
    return any(f.step.cause is None and Field.STATUS in dict(f.step.evidence) for f in (first, other))
