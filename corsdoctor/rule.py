"""A rule, a step that applied it, and the trace that collects steps. What rules there are, floor 4 says."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from corsdoctor.wire import Exchange

FETCH = "https://fetch.spec.whatwg.org/"
HTML = "https://html.spec.whatwg.org/multipage/"


class Outcome(StrEnum):
    """What became of a rule. A NOTE blocks nothing."""

    PASS = "pass"
    FAIL = "fail"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Cause:
    """A likely reason why a rule failed. Looked for after the verdict; it can't change it.

    `fix` is the next step where the rule's own would not help.
    """

    id: str
    text: str
    fix: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """One requirement of a Standard, with everything there is to say about it.

    `id` is permanent and names the requirement. `title` is the requirement as a sentence. `spec` is a URL with
    an anchor, `step` the number of the step there. `what`, `why` and `fix` are sentences for people; `bad` and
    `good` are short exchanges; `causes` are all causes that its algorithm can name.
    """

    id: str
    title: str
    spec: str
    step: str
    what: str
    why: str
    fix: str
    bad: str
    good: str
    causes: tuple[Cause, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """A rule applied once.

    `exchange` is the index of the latest exchange then: the one that it judged or, where it judged a request before
    sending, the one before; None before the first.
    `evidence` are (label, value) pairs as received, what was wanted among them under "wanted". `remedy` are header
    lines that would have passed.
    """

    rule: Rule
    outcome: Outcome
    exchange: int | None = None
    evidence: tuple[tuple[str, str], ...] = ()
    cause: Cause | None = None
    remedy: tuple[tuple[str, str], ...] = ()
    text: str = ""


def next_step(step: Step) -> str:
    """What to do about a failed step: what helps against its cause, else what helps against its rule."""
    return step.cause.fix if step.cause is not None and step.cause.fix else step.rule.fix


Evidence = tuple[tuple[str, str], ...]


@dataclass(slots=True)
class Trace:
    """The one mutable object of a run: append-only. A step belongs to the latest exchange."""

    steps: list[Step] = field(default_factory=list)
    exchanges: list[Exchange] = field(default_factory=list)

    @property
    def exchange(self) -> int | None:
        """The index of the latest exchange, None before the first."""
        return len(self.exchanges) - 1 if self.exchanges else None

    def exchanged(self, exchange: Exchange) -> None:
        """One more request has been answered (or not)."""
        self.exchanges.append(exchange)

    def passed(self, rule: Rule, evidence: Evidence = (), text: str = "") -> None:
        """`rule` was satisfied."""
        self.steps.append(Step(rule, Outcome.PASS, self.exchange, evidence, text=text))

    def failed(
        self, rule: Rule, evidence: Evidence = (), cause: Cause | None = None, remedy: Evidence = (), text: str = ""
    ) -> None:
        """`rule` was broken, and with that the request is blocked."""
        self.steps.append(Step(rule, Outcome.FAIL, self.exchange, evidence, cause, remedy, text))

    def note(
        self, rule: Rule, evidence: Evidence = (), text: str = "", cause: Cause | None = None, remedy: Evidence = ()
    ) -> None:
        """Something the user wants to know, though it blocks nothing."""
        self.steps.append(Step(rule, Outcome.NOTE, self.exchange, evidence, cause, remedy, text))
