"""Runs the check that a console message calls for, and says whether the problem is still there."""

from __future__ import annotations

from typing import Final

from corsdoctor.browsers import BROWSERS, by_name
from corsdoctor.console.reproduce import unknown
from corsdoctor.diagnose import Diagnosis, Verdict, diagnose_all, withholding
from corsdoctor.message import Message
from corsdoctor.scenario import Scenario
from corsdoctor.url import Origin
from corsdoctor.wire import Send

_ABOUT_OUR_OWN: Final = frozenset({"acam-lists-method", "acah-lists-headers", "acah-lists-authorization"})


def replay(message: Message, asked: Scenario | None, page: Origin | None, browser: str | None, send: Send) -> str:
    """One sentence: the problem still exists, is gone, is now another one, or could not be tried."""
    if asked is None:
        return (
            "Not tried: the message contains no URL that can be requested."
            if message.cors
            else "Not tried: this is not a CORS problem."
        )
    if message.origin is None and page is None:
        return "Not tried: the message does not name the page. Name it with --origin."
    profiles = (by_name(browser),) if browser is not None else BROWSERS
    diagnoses = diagnose_all(asked, profiles, withholding(send))
    return _compared(message, diagnoses, unknown(message, page))


def _compared(message: Message, diagnoses: tuple[Diagnosis, ...], missing: tuple[str, ...]) -> str:
    failures = {d.failure.rule.id for d in diagnoses if d.failure is not None}
    verdicts = {d.verdict for d in diagnoses}
    if failures & {message.rule, *message.also}:
        return "The problem still exists: the same rule fails."
    if "headers" in missing and failures and failures <= _ABOUT_OUR_OWN:
        return "That rule passes now. The message does not contain your method and headers, so it is unknown whether they are allowed."
    if failures:
        return f"Now another rule fails: {', '.join(sorted(failures))}."
    if verdicts == {Verdict.UNSENT}:
        return "The preflight passes now. The request itself was not sent, because it may change data."
    return "The problem no longer exists: the request is allowed."
