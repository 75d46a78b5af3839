"""A rule, a step that applied it, and the trace that collects steps. The rules themselves are in fetch/."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from corsdoctor.record import Record

if TYPE_CHECKING:
    from collections.abc import Iterable

    from corsdoctor.wire import Exchange

FETCH = "https://fetch.spec.whatwg.org/"
HTML = "https://html.spec.whatwg.org/multipage/"
MISSING: Final = "(missing)"
"""The value in evidence of a header that the response does not have."""


class Field(StrEnum):
    """The labels of evidence that is not a header."""

    ASKED_FOR = "asked for"
    BODY = "body"
    CHARSET = "charset"
    ERROR = "error"
    HOST = "host"
    KIND = "kind"
    METHOD = "method"
    MODE = "mode"
    NOT_READABLE = "not readable"
    ORIGIN = "Origin"
    PAGE = "page"
    PORT = "port"
    REDIRECT = "redirect"
    SPACE = "address space"
    STATUS = "status"
    UPLOAD = "upload"
    URL = "URL"
    WANTED = "wanted"


class Outcome(StrEnum):
    """The result of applying a rule. A NOTE blocks nothing."""

    PASS = "pass"
    FAIL = "fail"
    NOTE = "note"


class Failure(Record):
    """What a report says about a broken rule. The texts are templates; step_sentences.py fills their fields.

    `sentence` is the headline, without a full stop. `missing` replaces it where the response does not have the header.
    `bare` replaces it where the values are not known, as in a console message. `remark` stands beside the line of the
    response that was judged.
    """

    sentence: str = ""
    missing: str = ""
    bare: str = ""
    remark: str = ""


class Certainty(StrEnum):
    """How sure a cause is: the evidence proves it, or only points to it."""

    CERTAIN = "certain"
    LIKELY = "likely"


class Cause(Record):
    """The reason why a rule failed. It is looked for after the verdict and cannot change it.

    `fix` is the next step where the rule's own would not help. `failure` has the texts that replace the rule's.
    `evidence` are short strings that say what was seen. The room `causes` adds them to what `fetch` knows of a value.
    """

    id: str
    text: str
    fix: str = ""
    failure: Failure = Failure()
    certainty: Certainty = Certainty.CERTAIN
    evidence: tuple[str, ...] = ()


class Rule(Record):
    """One requirement of a Standard, with all its texts.

    `id` is permanent and names the requirement. `title` is the requirement as a sentence, and `failure` says that it
    is not met. `passed` stands beside the line of a response that meets it. `spec` is a URL with an anchor, `step` the
    number of the step there. `what`, `why` and `fix` are sentences for people; `bad` and `good` are short exchanges;
    `causes` are all causes that its algorithm can name. `blocks` is False if the rule is only ever noted.
    """

    id: str
    title: str
    failure: Failure
    spec: str
    step: str
    what: str
    why: str
    fix: str
    bad: str
    good: str
    causes: tuple[Cause, ...] = ()
    passed: str = ""
    blocks: bool = True

    def __hash__(self) -> int:
        return hash(self.id)


class Step(Record):
    """A rule applied once.

    `exchange` is the index of the latest exchange at that time: the one that was judged or, where a request was judged
    before it was sent, the one before; None before the first.
    `evidence` has (label, value) pairs as received. A label is a header's name or a Field. `remedy` has header lines that
    would have passed. `missing` has the names or the method that a list lacks. `text` is a template that replaces the
    rule's own texts, and `reasons` has a template for each piece of evidence that has one. `cause` is the best cause,
    and `other_causes` are further ones, best first. Nothing here but the texts of causes is a finished sentence:
    step_sentences.py makes it from values that may have been masked.
    """

    rule: Rule
    outcome: Outcome
    exchange: int | None = None
    evidence: tuple[tuple[str, str], ...] = ()
    cause: Cause | None = None
    remedy: tuple[tuple[str, str], ...] = ()
    text: str = ""
    missing: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    other_causes: tuple[Cause, ...] = ()


def next_step(step: Step) -> str:
    """What to do about a failed step: the fix for its cause, otherwise the fix for its rule."""
    return step.cause.fix if step.cause is not None and step.cause.fix else step.rule.fix


Evidence = tuple[tuple[str, str], ...]


class Trace:
    """The one mutable object of a run: append-only. A step belongs to the latest exchange."""

    def __init__(self, exchanges: Iterable[Exchange] = ()) -> None:
        self.steps: list[Step] = []
        self.exchanges = list(exchanges)

    @property
    def exchange(self) -> int | None:
        """The index of the latest exchange, None before the first."""
        return len(self.exchanges) - 1 if self.exchanges else None

    def exchanged(self, exchange: Exchange) -> None:
        """Adds a request that was sent, with its answer, if any."""
        self.exchanges.append(exchange)

    def passed(self, rule: Rule, evidence: Evidence = (), text: str = "") -> None:
        """`rule` passed."""
        self.steps.append(Step(rule, Outcome.PASS, self.exchange, evidence, text=text))

    def failed(
        self,
        rule: Rule,
        evidence: Evidence = (),
        cause: Cause | None = None,
        remedy: Evidence = (),
        missing: tuple[str, ...] = (),
    ) -> None:
        """`rule` failed, so the request is blocked."""
        self.steps.append(Step(rule, Outcome.FAIL, self.exchange, evidence, cause, remedy, missing=missing))

    def note(
        self,
        rule: Rule,
        evidence: Evidence = (),
        text: str = "",
        cause: Cause | None = None,
        remedy: Evidence = (),
        missing: tuple[str, ...] = (),
        reasons: tuple[str, ...] = (),
    ) -> None:
        """Adds a note, which blocks nothing."""
        self.steps.append(Step(rule, Outcome.NOTE, self.exchange, evidence, cause, remedy, text, missing, reasons))
