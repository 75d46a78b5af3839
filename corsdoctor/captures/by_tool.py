"""What the request of a tool does not show of a browser's: curl sends what it was told to, and no preflight request.

A response counts as far as the request was what a browser would have sent. Where it was not, a verdict that rests on the
difference is unknown, and a sentence says what is missing.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from corsdoctor.captures.entry import Entry
from corsdoctor.captures.group import UNKNOWN_ORIGIN, Captured
from corsdoctor.captures.rebuild import Answers
from corsdoctor.diagnose import Diagnosis, Verdict
from corsdoctor.fetch.headers import ACAO, ACRH
from corsdoctor.masking import mask_url
from corsdoctor.wire import WireRequest, ascii_lower

_ABOUT_HEADERS: Final = "acah-"
_NO_PREFLIGHT: Final = (
    "This OPTIONS request is not a preflight request, because it has no Access-Control-Request-Method header. Repeat it "
    "with the method of your request, such as Access-Control-Request-Method: PUT."
)
_AGAIN: Final = "Repeat the request with the header Origin: {origin}"
_FROM_YOURS: Final = f"{_AGAIN.format(origin='https://app.example')}, where that is the origin of your page."


def doubt(captured: Captured, found: Diagnosis, answers: Answers, *, assumed: bool) -> str | None:
    """Why a verdict is unknown, None if it is not. `assumed` says that a preflight request was assumed to be allowed."""
    if found.verdict in (Verdict.UNSENT, Verdict.ERROR):
        return None
    if captured.origin == UNKNOWN_ORIGIN:
        return _without_origin([entry for _, entry in answers.used])
    if found.scenario.method == "OPTIONS" and captured.hops:
        return _NO_PREFLIGHT
    if found.failure is not None:
        rule = found.failure.rule.id
        differences = (_difference(request, entry, rule) for request, entry in answers.used)
        return next(filter(None, differences), None)
    if assumed:
        return (
            "The transcript does not have the preflight request that a browser sends before "
            f"{found.scenario.method} {mask_url(found.scenario.url)}; to send it, run corsdoctor check."
        )
    return None


def note(captured: Captured) -> str | None:
    """What a verdict on a request that the transcript does not show rests on, None if it shows it."""
    hidden = captured.by_tool and not any(entry.lines for entry in (*captured.hops, *captured.preflights))
    return "The transcript does not show the request, which is judged as a GET request." if hidden else None


def _without_origin(entries: Iterable[Entry]) -> str:
    """What is to know of responses to requests without an Origin."""
    first, *_ = found = list(entries)
    told = (
        "The request has no Origin header"
        if first.lines
        else "The transcript does not show the request's Origin header"
    )
    allowed = next((one.response.headers.get(ACAO) for one in reversed(found) if one.response is not None), None)
    if allowed is None:
        return f"{told}, and many servers send no Access-Control-Allow-Origin without one. {_FROM_YOURS}"
    return f"{told}. The response allows {'every origin (*)' if allowed == '*' else allowed}. {_FROM_YOURS}"


def _difference(sent: WireRequest, entry: Entry, rule: str) -> str | None:
    """How the recorded request differs from what a browser sends, as far as it matters to the rule that failed."""
    what = f"{entry.method} {mask_url(entry.url.on_the_wire)}"
    origin, recorded = sent.headers.get("Origin"), entry.headers.get("Origin")
    if origin != recorded:
        if recorded is None:
            again = _AGAIN.format(origin=origin)
            return (
                f"The request has no Origin header ({what}), so the server may answer a browser differently. {again}."
            )
        return f"The transcript has {what} only with Origin: {recorded}; a browser sends Origin: {origin}."
    missing = _names(sent) - _names(entry)
    if missing and rule.startswith(_ABOUT_HEADERS):
        names = ", ".join(sorted(missing))
        return f"The preflight request in the transcript does not name {names} in Access-Control-Request-Headers, as a browser's does."
    return None


def _names(request: WireRequest | Entry) -> set[str]:
    return set(map(ascii_lower, request.headers.elements(ACRH)))
