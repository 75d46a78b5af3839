"""Causes that a status of the response itself names: the server does not accept the method, the body's type, ..."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from corsdoctor.causes.by_status import of_status
from corsdoctor.causes.evidence import author, evidence, readable
from corsdoctor.causes.known import CERTAIN, READABLE, named
from corsdoctor.causes.rejections import METHOD_REJECTED, REJECTIONS
from corsdoctor.sentence import Sentence

if TYPE_CHECKING:
    from corsdoctor.causes.situation import Situation
    from corsdoctor.rule import Cause


def of_rejection(seen: Situation) -> Cause | None:
    """What the server does not accept of the request itself; a preflight request has nothing of it."""
    assert seen.exchange is not None
    assert seen.response is not None
    status = seen.response.status
    if seen.in_preflight:
        return None
    if status in METHOD_REJECTED:
        return _method_not_allowed(seen)
    if status not in REJECTIONS:
        return None
    said, fix, header = REJECTIONS[status]
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


_URL_OR_METHOD: Final = "Correct the URL or the method."
_OF_SERVERS: Final = {
    "nginx": "Correct the URL, or pass it on with proxy_pass: nginx returns this status where it serves files.",
    "IIS": 'Correct the URL, or remove WebDAV from the site (`<remove name="WebDAVModule" />`), which refuses PUT and DELETE.',
}
