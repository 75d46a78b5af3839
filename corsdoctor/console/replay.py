"""Runs the check that a console message calls for, and says whether the problem still exists."""

from __future__ import annotations

from typing import Final

from corsdoctor.browsers import BROWSERS, by_name
from corsdoctor.console.recognize import messages_in
from corsdoctor.console.reproduce import CREDENTIALS, PREFLIGHT, PROVISOS, unknown
from corsdoctor.diagnose import Diagnosis, Verdict, diagnose_all, withholding
from corsdoctor.fetch.presets import PRESETS
from corsdoctor.kinds.message_kind import UNKNOWN
from corsdoctor.message import Message
from corsdoctor.rule import Outcome, Step
from corsdoctor.scenario import Api, Credentials, Scenario
from corsdoctor.url import Origin
from corsdoctor.wire import Send

_ABOUT_OUR_OWN: Final = frozenset({"acam-lists-method", "acah-lists-headers", "acah-lists-authorization"})
_CORS_CHECK: Final = frozenset(
    {"acao-present", "acao-matches-origin", "acao-not-wildcard-with-credentials", "acac-true"}
)
"""Rules of one check, of a preflight response or another: where one of them passes and none fails, all are tested."""
_PERMISSION: Final = "local-network-access-granted"
_OUT_OF_REACH: Final = {
    _PERMISSION: "The permission of the browser's user and the address space of the server cannot be tested from here",
    "actual-answered": "An ad blocker, another extension and the certificates that the browser trusts cannot be tested from here",
    "preflight-answered": "An ad blocker, another extension and the certificates that the browser trusts cannot be tested from here",
}  # fmt: skip
_SCRIPTED: Final = frozenset({Api.FETCH, Api.XHR})
_PERHAPS_PREFLIGHT: Final = (
    "The message does not show whether it is about a preflight response, and this request needs no preflight. To test yours, run "
    "the command with its method and headers (-X, -H)."
)
_IN_PART: Final = (
    "The message does not contain the whole request: if yours has another method, other headers or cookies, run the command with "
    "them (-X, -H, --credentials include)."
)
_PERHAPS_COOKIES: Final = (
    'If the element has crossorigin="use-credentials", run the command with --credentials include.'
)
_UNSENT: Final = "The request itself was not sent, because it may change data."


def replay(message: Message, request: Scenario | None, page: Origin | None, browser: str | None, send: Send) -> str:
    """Whether the problem still exists, no longer exists or is now another one, or why that is not known.

    It says what was tried if that is not all that the message is about.
    """
    if not message.cors:
        is_unknown = message.kind == UNKNOWN
        return f"Not tried: {'the message does not show whether this is a CORS problem' if is_unknown else 'this is not a CORS problem'}."
    if request is None:
        return "Not tried: the message contains no URL that can be requested."
    missing = unknown(message, page)
    if "page" in missing:
        return "Not tried: the message does not name the page. Name it with --origin."
    if "origin" in missing:
        return (
            "Not tried: what the message calls the origin is not one that can be sent. Name the page's with --origin."
        )
    profiles = (by_name(browser),) if browser is not None else BROWSERS
    diagnoses = diagnose_all(request, profiles, withholding(send))
    return " ".join(filter(None, _compared(message, request, diagnoses, frozenset(missing))))


def _compared(
    message: Message, request: Scenario, diagnoses: tuple[Diagnosis, ...], missing: frozenset[str]
) -> tuple[str, ...]:
    is_guess = bool(missing - PROVISOS)
    failures = {d.failure.rule.id for d in diagnoses if d.failure is not None}
    wanted = {rule for rule in (message.rule, *message.also) if rule is not None}
    same = [d for d in diagnoses if d.failure is not None and d.failure.rule.id in wanted]
    guess = f"{_tried(request)} is a guess, because the message does not contain the whole request." if is_guess else ""
    if any(_is_place(message, d, d.failure) for d in same):
        if is_guess:
            return "The problem probably still exists: the same rule fails.", guess
        return ("The problem still exists: the same rule fails.",)
    if same:
        passes, fails = ("preflight", "request itself") if message.in_preflight else ("request itself", "preflight")
        return f"The same rule fails now, but for the response to the {fails}, not to the {passes}.", guess
    if message.rule is not None and any(_is_said(message, d) for d in diagnoses):
        reason = f": the browser prints the same message, because another rule fails ({_listed(failures)})"
        return (
            f"The problem probably still exists{reason if failures else ': the browser prints the same warning'}.",
            guess,
        )
    is_tested = all(_is_tested(message, wanted, d) for d in diagnoses)
    if is_guess and failures and failures <= _ABOUT_OUR_OWN:
        passing = "That rule passes now" if is_tested else f"Now another rule fails: {_listed(failures)}"
        return f"{passing} for {_tried(request)}.", guess
    if failures and not wanted:
        return (
            f"The request fails now: {_listed(failures)}. The message names no rule, so this may be another problem.",
            guess,
        )
    if failures and message.rule == _PERMISSION:
        return f"Another rule fails too: {_listed(failures)}. {_OUT_OF_REACH[_PERMISSION]}.", guess
    if failures and PREFLIGHT in missing:
        return (f"For {_tried(request)}, another rule fails: {_listed(failures)}. {_PERHAPS_PREFLIGHT}",)
    if failures:
        return f"Now another rule fails: {_listed(failures)}.", guess
    sent = "" if all(d.verdict is not Verdict.UNSENT for d in diagnoses) else _UNSENT
    passed = f"{_tried(request)} passes now" if not sent else f"The preflight request for {_tried(request)} passes now"
    out_of_reach = next((_OUT_OF_REACH[rule] for rule in wanted if rule in _OUT_OF_REACH), None)
    if out_of_reach is not None:
        return f"{passed}. {out_of_reach}, so it is unknown whether the problem still exists.", sent
    if not is_tested:
        reason = "the message does not name the rule" if not wanted else "this run did not test the rule that failed"
        return f"{passed}, but {reason}, so it is unknown whether the problem still exists.", sent
    if is_guess:
        return f"{passed}, but whether your request does is unknown.", guess, sent
    if CREDENTIALS in missing and any(map(_allows_by_wildcard, diagnoses)):
        return (
            f"{passed} without cookies. Whether it does with them is unknown: * then does not stand for every method and header. "
            "To test that, run the command with --credentials include.",
            sent,
        )
    if _may_be_in_preflight(message, wanted, request, diagnoses):
        return (f"{passed}. {_PERHAPS_PREFLIGHT}",)
    cookies = " without cookies" if request.credentials is None and any(map(_refuses_cookies, diagnoses)) else ""
    gone = f"For {_tried(request)}{cookies}, the problem no longer exists: the rule that failed passes now."
    if request.api in _SCRIPTED:
        return gone, _IN_PART, sent
    return gone, _PERHAPS_COOKIES if cookies and Credentials.INCLUDE in PRESETS[request.api].credentials else ""


def _is_said(message: Message, diagnosis: Diagnosis) -> bool:
    """Whether the browser would print the same message now, whichever rule fails."""
    return any(_said(message) == _said(one) for text in diagnosis.console for one in messages_in(text))


def _said(m: Message) -> tuple[str | bool | tuple[str, ...] | None, ...]:
    return m.browser, m.rule, m.url, m.in_preflight, m.detail, m.also


def _allows_by_wildcard(diagnosis: Diagnosis) -> bool:
    """Whether a preflight response lists `*`, which is a wildcard only without credentials."""
    return any(
        "*" in exchange.response.headers.elements(name)
        for exchange in diagnosis.exchanges
        if exchange.is_preflight and exchange.response is not None
        for name in ("Access-Control-Allow-Methods", "Access-Control-Allow-Headers")
    )


def _refuses_cookies(diagnosis: Diagnosis) -> bool:
    """Whether a response allows only requests without cookies."""
    return any(
        exchange.response.headers.get("Access-Control-Allow-Origin") == "*"
        or exchange.response.headers.get("Access-Control-Allow-Credentials") != "true"
        for exchange in diagnosis.exchanges
        if exchange.response is not None
    )


def _tried(request: Scenario) -> str:
    """The request in words: "GET", "PUT with the headers x-a and x-b"."""
    names = [name for name, _ in request.headers]
    return f"{request.method}{' with ' + ' and '.join(names) if names else ''}"


def _may_be_in_preflight(
    message: Message, wanted: set[str], request: Scenario, diagnoses: tuple[Diagnosis, ...]
) -> bool:
    """Whether the message may be about a preflight response, and there was none."""
    had_one = any(exchange.is_preflight for d in diagnoses for exchange in d.exchanges)
    return message.in_preflight is None and bool(wanted & _CORS_CHECK) and request.api in _SCRIPTED and not had_one


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
