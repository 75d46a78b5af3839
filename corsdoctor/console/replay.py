"""Runs the check that a console message calls for, and says whether the problem still exists."""

from __future__ import annotations

from typing import Final

from corsdoctor.browsers import BROWSERS, by_name
from corsdoctor.console.reproduce import unknown
from corsdoctor.diagnose import Diagnosis, Verdict, diagnose_all, withholding
from corsdoctor.message import Message
from corsdoctor.rule import Outcome, Step
from corsdoctor.scenario import Scenario
from corsdoctor.url import Origin
from corsdoctor.wire import Send

_ABOUT_OUR_OWN: Final = frozenset({"acam-lists-method", "acah-lists-headers", "acah-lists-authorization"})
_CORS_CHECK: Final = frozenset(
    {"acao-present", "acao-matches-origin", "acao-not-wildcard-with-credentials", "acac-true"}
)
"""Rules of one check: where one of them passes and none fails, all are tested."""
_UNSENT: Final = "The request itself was not sent, because it may change data."
_GUESSED: Final = "The message does not contain your method and headers, so it is unknown whether they are allowed."


def replay(message: Message, request: Scenario | None, page: Origin | None, browser: str | None, send: Send) -> str:
    """Whether the problem still exists, no longer exists or is now another one, or why that is not known."""
    if not message.cors:
        return "Not tried: this is not a CORS problem."
    if request is None:
        return "Not tried: the message contains no URL that can be requested."
    if message.origin is None and page is None:
        return "Not tried: the message does not name the page. Name it with --origin."
    profiles = (by_name(browser),) if browser is not None else BROWSERS
    diagnoses = diagnose_all(request, profiles, withholding(send))
    return _compared(message, diagnoses, unknown(message, page))


def _compared(message: Message, diagnoses: tuple[Diagnosis, ...], missing: tuple[str, ...]) -> str:
    failures = {d.failure.rule.id for d in diagnoses if d.failure is not None}
    wanted = {rule for rule in (message.rule, *message.also) if rule is not None}
    same = [d for d in diagnoses if d.failure is not None and d.failure.rule.id in wanted]
    if any(_is_place(message, d, d.failure) for d in same):
        return "The problem still exists: the same rule fails."
    if same:
        passes, fails = ("preflight", "request itself") if message.in_preflight else ("request itself", "preflight")
        return f"The same rule fails now, but for the response to the {fails}, not to the {passes}."
    is_tested = all(_is_tested(message, wanted, d) for d in diagnoses)
    if "headers" in missing and failures and failures <= _ABOUT_OUR_OWN:
        return (
            f"That rule passes now. {_GUESSED}"
            if is_tested
            else f"Now another rule fails: {_listed(failures)}. {_GUESSED}"
        )
    if failures:
        return f"Now another rule fails: {_listed(failures)}."
    sent = "" if all(d.verdict is not Verdict.UNSENT for d in diagnoses) else _UNSENT
    if not is_tested:
        passed = "Nothing blocks the request now" if not sent else "The preflight request passes now"
        reason = "the message does not name the rule" if not wanted else "this run did not test the rule that failed"
        return " ".join(
            filter(None, (f"{passed}, but {reason}, so it is unknown whether the problem still exists.", sent))
        )
    rest = sent or (_GUESSED if "headers" in missing else "The request is allowed.")
    return f"The problem no longer exists: the rule that failed passes now. {rest}"


def _is_tested(message: Message, wanted: set[str], diagnosis: Diagnosis) -> bool:
    """Whether a rule of the message was applied to the same kind of exchange, and passed."""
    group = wanted | _CORS_CHECK if wanted & _CORS_CHECK else wanted
    return any(
        step.rule.id in group and step.outcome is Outcome.PASS and _is_place(message, diagnosis, step)
        for step in diagnosis.steps
    )


def _is_place(message: Message, diagnosis: Diagnosis, step: Step | None) -> bool:
    """Whether a step is about a preflight exactly if the message is; a message may leave that open."""
    if step is None or step.exchange is None or message.in_preflight is None:
        return step is not None
    return diagnosis.exchanges[step.exchange].is_preflight == message.in_preflight


def _listed(rules: set[str]) -> str:
    return ", ".join(sorted(rules))
