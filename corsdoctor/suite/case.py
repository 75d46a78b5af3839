"""One case of a policy: a request, the browsers that judge it, and what is expected."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from corsdoctor.browsers.profile import Profile
from corsdoctor.flow.story import Flow
from corsdoctor.record import Record
from corsdoctor.scenario import Scenario
from corsdoctor.suite.judge import Expected, KnownEntry


@dataclass(frozen=True, slots=True)
class Known:
    """A known failure: why it is accepted, and until which day; None means forever. After that day it counts again.

    `entry` is its place in the policy, None if it is unknown.
    """

    reason: str
    until: date | None = None
    entry: KnownEntry | None = field(default=None, compare=False)

    def holds(self, today: date) -> bool:
        """Whether it is still accepted."""
        return self.until is None or today <= self.until


class StepOf(Record):
    """The request of a flow that a case is about: the flow, the id of its entry, and the number of the request, from 0."""

    flow: Flow
    entry: str
    number: int


@dataclass(frozen=True, slots=True)
class Case:
    """A request and what is expected of it. `id` is unique in its suite; in a matrix it names the cell.

    `step` is set if the request is one of a flow, which runs as a whole.

    `line` is the line of the policy in which the case or its matrix starts, None if it is unknown.
    """

    id: str
    scenario: Scenario
    profiles: tuple[Profile, ...]
    expected: Expected
    known: Known | None = None
    line: int | None = None
    step: StepOf | None = None


@dataclass(frozen=True, slots=True)
class Skipped:
    """A cell of a matrix that the policy skips, and why."""

    id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Suite:
    """The cases of a policy, in its order, and the cells that it skips."""

    cases: tuple[Case, ...]
    skipped: tuple[Skipped, ...] = ()
