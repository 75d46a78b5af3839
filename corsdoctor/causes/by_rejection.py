"""Causes that a status of the response itself names: the server does not accept the method, the body's type, ..."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from corsdoctor.causes.by_size import READABLE
from corsdoctor.causes.by_status import of_status
from corsdoctor.causes.evidence import author, evidence, readable
from corsdoctor.causes.known import CERTAIN, named
from corsdoctor.sentence import Sentence

if TYPE_CHECKING:
    from corsdoctor.causes.situation import Situation
    from corsdoctor.rule import Cause


class _Rejection(NamedTuple):
    """What a status says about the request, what to do, and the request header that it is about, if any."""

    text: str
    fix: str
    header: str = ""


def of_rejection(seen: Situation) -> Cause | None:
    """What the server does not accept of the request itself; a preflight request has nothing of it."""
    assert seen.exchange is not None
    assert seen.response is not None
    status = seen.response.status
    if seen.in_preflight or status not in {*_OF_METHOD, *_REJECTIONS}:
        return None
    if status in _OF_METHOD:
        return _method_not_allowed(seen)
    said, fix, header = _REJECTIONS[status]
    value = seen.exchange.request.headers.get(header) if header else None
    lines = () if value is None else (Sentence("{name}: {value}", name=header, value=value),)
    text = f"The server {said} ({status}).{author(seen)}{readable(seen)}"
    return named("request-rejected", CERTAIN, text, *evidence(seen, *lines), fix=f"{fix} {READABLE}")


def of_error(seen: Situation) -> Cause | None:
    """What the status of a response that the script can read says."""
    return of_status(seen) or of_rejection(seen)


def _method_not_allowed(seen: Situation) -> Cause:
    assert seen.exchange is not None
    assert seen.response is not None
    allow = seen.response.headers.get("Allow")
    method, status = seen.exchange.request.method, str(seen.response.status)
    others = ", only {allow}" if allow else ""
    text = Sentence(
        f"The server does not accept the method {{method}} at this URL{others} ({{status}}).{author(seen)}{readable(seen)}",
        method=method, status=status, allow=allow or "",
    )  # fmt: skip
    lines = () if allow is None else (Sentence("Allow: {allow}", allow=allow),)
    whose = {mark.who for mark in seen.marks}
    fix = next(
        (fix for who, fix in _OF_SERVERS.items() if who in whose and method not in ("GET", "HEAD")), _URL_OR_METHOD
    )
    return named("method-not-allowed", CERTAIN, text, *evidence(seen, *lines), fix=f"{fix} {READABLE}")


_OF_METHOD: Final = frozenset({405, 501})
_URL_OR_METHOD: Final = "Correct the URL or the method."
_OF_SERVERS: Final = {
    "nginx": "Correct the URL, or pass it on with proxy_pass: nginx returns this status where it serves files.",
    "IIS": 'Correct the URL, or remove WebDAV from the site (`<remove name="WebDAVModule" />`), which refuses PUT and DELETE.',
}
_REJECTIONS: Final = {
    402: _Rejection("requires a payment", "Check the plan and the quota of your account with this API."),
    406: _Rejection("has nothing that the Accept header of the request allows", "Correct the Accept header of the request.", "Accept"),
    411: _Rejection("requires a Content-Length header", "Send the body as a string or a Blob: for a ReadableStream, browsers do not know its length."),
    412: _Rejection("does not find the condition of the request met, such as that of If-Match", "Read the resource again, and send its current ETag."),
    415: _Rejection("does not accept the Content-Type of the request", "Send the body in a type that the API accepts, and name that type in Content-Type.", "Content-Type"),
    416: _Rejection("does not have the range that the request asks for", "Correct the Range header of the request.", "Range"),
    428: _Rejection("requires a condition, such as If-Match", "Read the resource first, and send its ETag in If-Match."),
    451: _Rejection("does not offer this for legal reasons, often by country", "Ask the operator of the server."),
}  # fmt: skip
"""By the status."""
