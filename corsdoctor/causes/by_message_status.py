"""What the HTTP status code in a console message about CORS says: the causes of `check`, as far as a status alone shows them."""

from __future__ import annotations

from typing import Final

from corsdoctor.causes.known import READABLE, fix_of, known
from corsdoctor.causes.rejections import GATEWAY, METHOD_REJECTED, REJECTIONS
from corsdoctor.message import Message
from corsdoctor.rule import Cause, Certainty

_KNOWN: Final = {
    **dict.fromkeys(METHOD_REJECTED, "method-not-allowed"),
    401: "authentication", 404: "not-found", 410: "not-found", 413: "too-large", 429: "rate-limited", **dict.fromkeys(GATEWAY, "gateway-error"),
}  # fmt: skip
_OF_OPTIONS: Final = frozenset({400, 401, 403, 404, 405, 410, 501})
"""What a server may return to OPTIONS alone, as browsers send it: without credentials, and perhaps without a route."""
_FIRST: Final = "Fix the reason for the status code {status} first: error responses often lack CORS headers."
_LOGIN: Final = (
    "Send valid credentials, and add the CORS headers to the error response too, so that scripts can read it."
)


def of_status(m: Message) -> Cause | None:
    """The cause that the status code shows; None if there is none, or if it is of success."""
    if m.status is None or not m.status.isdigit():
        return None
    status = int(m.status)
    if 300 <= status <= 399:
        text = f"The response is a redirect ({status}), and does not allow this page."
        return Cause("redirected", text, fix_of("redirected" if m.in_preflight else "bare-redirect"))
    if status < 400:
        return None
    if m.in_preflight and status in _OF_OPTIONS:
        return _of_options(status)
    if status == 403:
        text = (
            f"The server refuses the request ({status}): its CORS configuration does not allow the origin, the method or a "
            "header, or the server or a firewall forbids the request to everybody."
        )
        return Cause("forbidden", text, _FIRST.format(status=status), certainty=Certainty.LIKELY)
    if status in METHOD_REJECTED and m.in_preflight is None:
        text = f"Nothing handles OPTIONS at this URL, or not the method of the request ({status})."
        return Cause("no-options", text, fix_of("no-options"), certainty=Certainty.LIKELY)
    if m.in_preflight is None and status in (404, 410):
        text = f"The URL does not exist on this server, or nothing handles OPTIONS there ({status})."
        return Cause(
            "not-found", text, f"{fix_of('not-found')} If it is correct: {_answered()}", certainty=Certainty.LIKELY
        )
    if status in REJECTIONS and not m.in_preflight:
        said, fix, _ = REJECTIONS[status]
        return Cause("request-rejected", f"The server {said} ({status}).", f"{fix} {READABLE}")
    id = _KNOWN.get(status, "server-error" if status >= 500 else "")
    if not id:
        text = f"The server does not accept the request ({status})."
        return Cause("refused", text, _FIRST.format(status=status))
    login = (
        _LOGIN if m.in_preflight is False else f"{_LOGIN} If the response is that of a preflight request: {_answered()}"
    )
    return Cause(id, _with(status, known(id).means), login if id == "authentication" else fix_of(id))


def _answered() -> str:
    """What to do for OPTIONS, in the middle of a sentence."""
    return fix_of("no-options").replace("Answer", "answer", 1)


def _of_options(status: int) -> Cause:
    if status == 401:
        means = (
            f"{_with(status, known('authentication').means)} Browsers never send credentials with a preflight request."
        )
        return Cause("authentication", means, fix_of("no-options"))
    if status == 403:
        text = f"The server refuses OPTIONS ({status}): its CORS configuration does not allow the origin, the method or a header, or it requires a login."
        return Cause("forbidden", text, fix_of("no-options"), certainty=Certainty.LIKELY)
    if status == 400:
        text = (
            f"The server rejects OPTIONS ({status}): its CORS configuration does not allow the origin, the method or a "
            "header, or it does not expect OPTIONS at this URL."
        )
        fix = f"Read the body of the response, in which many CORS layers name what they do not allow. {fix_of('no-options')}"
        return Cause("refused", text, fix, certainty=Certainty.LIKELY)
    text = _with(
        status,
        known("no-options").means
        if status in METHOD_REJECTED
        else "Nothing handles OPTIONS at this URL, or the URL does not exist.",
    )
    return Cause("no-options", text, fix_of("no-options"))


def _with(status: int, sentence: str) -> str:
    return f"{sentence.removesuffix('.')} ({status})."
