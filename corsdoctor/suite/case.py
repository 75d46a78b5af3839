"""One case of a policy: a request, who judges it, and what is expected."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from corsdoctor.browsers.profile import Profile
from corsdoctor.scenario import Scenario
from corsdoctor.suite.judge import Expected, KnownEntry


@dataclass(frozen=True, slots=True)
class Known:
    """A known failure: why it is accepted, and until when; None means forever. On the day after `until` it counts again.

    `entry` is where the policy says so, None where it isn't known.
    """

    reason: str
    until: date | None = None
    entry: KnownEntry | None = field(default=None, compare=False)

    def holds(self, today: date) -> bool:
        """Whether it is still accepted."""
        return self.until is None or today <= self.until


@dataclass(frozen=True, slots=True)
class Case:
    """A request and what is expected of it. `id` is unique in its suite; of a matrix it names the cell.

    `line` is the line of the policy in which the case or its matrix starts, None where it isn't known.
    """

    id: str
    scenario: Scenario
    profiles: tuple[Profile, ...]
    expected: Expected
    known: Known | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Skipped:
    """A cell of a matrix that the policy leaves out, and why."""

    id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Suite:
    """The cases of a policy, in its order, and what it leaves out."""

    cases: tuple[Case, ...]
    skipped: tuple[Skipped, ...] = ()
