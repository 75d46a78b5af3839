"""Where a response ends on its connection, and what browsers make of one that ends elsewhere than it says.

https://fetch.spec.whatwg.org/#concept-http-network-fetch leaves that to HTTP/1.1. How browsers differ was recorded on
connections that are kept: tests/transport/recording.
"""

from __future__ import annotations

from typing import Final

from corsdoctor.browsers.profile import Profile
from corsdoctor.fetch.request import FetchParams
from corsdoctor.rule import Failure, Field, Rule
from corsdoctor.wire import BodyEnd, Exchange, FailureKind, Kind, NoAnswer, Response, Stray

_IF_LATE: Final = "If they arrive late, the next request on the connection fails in some browsers"
_ANNOUNCED: Final = (
    "The {status} response to {method} announces a body ({header}: {value}). If one follows, the next request on the "
    "connection fails in some browsers. Send it without a body and without {header}"
)
_SHORT: Final = "The body of the response to {method} ({status}) is shorter than its headers say, so reading it fails"
_ENDS: Final = "https://httpwg.org/specs/rfc9112.html#message.body.length"

NO_CONTENT_HAS_NO_BODY = Rule(
    id="no-content-has-no-body",
    title="A 204 or 304 response, or a response to HEAD, has no body",
    failure=Failure(
        f"The {{status}} response to {{method}} has a body of {{body}}. {_IF_LATE}. Send it without a body",
        bare="A response that cannot have a body has one",
    ),
    spec=_ENDS,
    step="1",
    what="These responses end with their headers. A 204 response has no Transfer-Encoding either, and no Content-Length "
    "but 0.",
    why="The bytes of such a body stay on the connection, in front of the next response. If they arrive together with "
    "the headers, every browser loads the page. If they arrive a few milliseconds later, Chromium fails after more than "
    "four bytes, WebKit fails if the headers announce a body, and Firefox skips the bytes. The page fails now and then.",
    fix="Send status 204 without a body and without Content-Length, or send the body with status 200.",
    bad="HTTP/1.1 204 No Content\nContent-Length: 2\n\n{}",
    good="HTTP/1.1 204 No Content",
    blocks=False,
)
BODY_ENDS_AS_ANNOUNCED = Rule(
    id="body-ends-as-announced",
    title="The body ends where the response headers say",
    failure=Failure(
        f"{{body}} follow the end of the response to {{method}} ({{status}}). {_IF_LATE}",
        bare="The body is longer or shorter than the response headers say",
    ),
    spec=_ENDS,
    step="6",
    what="Content-Length is the number of bytes in the body. A chunked body ends with the chunk of size 0.",
    why="If bytes are missing, fetch() succeeds but reading the body fails, and WebKit rejects a preflight response "
    "whose body is shorter than its Content-Length. If bytes follow and arrive late, browsers take them for the start "
    "of the next response, which then fails now and then.",
    fix="Let the server or the framework set Content-Length. If you set it yourself, count bytes, not characters.",
    bad='HTTP/1.1 200 OK\nContent-Length: 80\n\n{"a": 1}',
    good='HTTP/1.1 200 OK\nContent-Length: 8\n\n{"a": 1}',
    blocks=False,
)

RULES: Final = (NO_CONTENT_HAS_NO_BODY, BODY_ENDS_AS_ANNOUNCED)


def refused(response: Response, kind: Kind, profile: Profile) -> NoAnswer | None:
    """Why the browser does not accept `response` for the way it stands on the connection, None if it does."""
    framing = response.framing
    if framing.lead.replace("\r\n", "") and profile.lead_must_be_line_ends:
        return NoAnswer(
            FailureKind.NOT_HTTP,
            f"The response has {framing.lead!a} before its status line, so the browser refuses it.",
        )
    if response.status == 101 and profile.switching_is_interim:
        return NoAnswer(FailureKind.TIMEOUT, "The server sent status 101, and no response follows it.")
    if framing.end is BodyEnd.BROKEN and profile.broken_chunks_fail:
        return NoAnswer(FailureKind.NOT_HTTP, "The browser cannot read the chunks of the response.")
    if kind is Kind.PREFLIGHT and profile.preflight_body_must_end:
        if framing.end is BodyEnd.STALLED:
            return NoAnswer(
                FailureKind.TIMEOUT,
                "The body of the preflight response does not end, and the browser waits for its end.",
            )
        if framing.end is BodyEnd.RESET:
            return NoAnswer(
                FailureKind.RESET, "The connection was reset before the end of the body of the preflight response."
            )
        if framing.end is BodyEnd.CUT and "Transfer-Encoding" not in response.headers:
            return NoAnswer(
                FailureKind.LENGTH, "The body of the preflight response is shorter than its Content-Length."
            )
    return None


def note_framing(params: FetchParams) -> None:
    """Notes about the latest exchange, and about what the one before it left on the connection."""
    latest = params.trace.exchanges[-1]
    response = latest.response
    if response is None:
        return
    framing = response.framing
    if framing.stray is not None and (before := _source(framing.stray, params)) is not None:
        _note_excess(before, framing.stray.size, params)
    if framing.excess:
        _note_excess(latest, framing.excess, params)
    elif announced := _announced(response):
        params.trace.note(NO_CONTENT_HAS_NO_BODY, (announced, *_which(latest)), _ANNOUNCED)
    elif framing.end in (BodyEnd.CUT, BodyEnd.RESET):
        params.trace.note(BODY_ENDS_AS_ANNOUNCED, _which(latest), _SHORT)


def _note_excess(exchange: Exchange, size: int, params: FetchParams) -> None:
    evidence = (*_which(exchange), (Field.BODY, f"{size} bytes"))
    bodiless = dict(evidence)[Field.STATUS] in ("204", "304") or exchange.request.method == "HEAD"
    params.trace.note(NO_CONTENT_HAS_NO_BODY if bodiless else BODY_ENDS_AS_ANNOUNCED, evidence)


def _which(exchange: Exchange) -> tuple[tuple[str, str], ...]:
    assert exchange.response is not None
    return (Field.STATUS, str(exchange.response.status)), (Field.METHOD, exchange.request.method)


def _source(stray: Stray, params: FetchParams) -> Exchange | None:
    """The exchange just before, where it left `stray` and has no note about that yet."""
    before = next(iter(params.trace.exchanges[-2:-1]), None)
    if before is None or before.response is None or _announced(before.response):
        return None
    return before if (before.request.method, before.request.url) == (stray.method, stray.url) else None


def _announced(response: Response) -> tuple[str, str] | None:
    """The header of a 204 that announces a body."""
    if response.status != 204 or not response.http_version.startswith("1"):  # HTTP/2 marks the end of each response
        return None
    headers = ((name, response.headers.get(name)) for name in ("Transfer-Encoding", "Content-Length"))
    return next(((name, value) for name, value in headers if value is not None and value != "0"), None)
