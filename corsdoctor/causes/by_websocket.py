"""Why a server does not accept a WebSocket handshake: the words and marks of what answered, with its own setting."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from corsdoctor.causes.by_words import of_marks
from corsdoctor.causes.evidence import status_line
from corsdoctor.causes.known import CERTAIN, LIKELY, named, probably
from corsdoctor.causes.marks import Means, Where
from corsdoctor.record import Record
from corsdoctor.rule import Certainty

if TYPE_CHECKING:
    from corsdoctor.causes.situation import Situation
    from corsdoctor.rule import Cause


class Refusal(Record):
    """How `who` refuses an origin: with `status`, `words` in the body, and `mark` in the header that it names.

    Words prove the cause. A mark alone makes it likely.
    """

    who: str
    status: int
    fix: str
    words: str = ""
    mark: tuple[str, str] = ("", "")


REFUSALS: Final = (
    Refusal(
        "gorilla/websocket", 403, "Set CheckOrigin of the Upgrader to a function that returns true for the origin.",
        "request origin not allowed by upgrader.checkorigin",
    ),
    Refusal(
        "coder/websocket", 403, "Add the page's host to OriginPatterns of the AcceptOptions.",
        r"request origin \S+ is not authorized for host",
    ),
    Refusal(
        "Tornado", 403, "Override check_origin() of the WebSocketHandler. In Jupyter, set c.ServerApp.allow_origin.",
        "cross origin websockets not allowed",
    ),
    Refusal("python-socketio", 400, "Add the origin to cors_allowed_origins of the server.", "not an accepted origin"),
    Refusal("the library websockets", 403, "Add the origin to the argument `origins` of serve().", "invalid origin header"),
    Refusal("Spring", 403, "Add the origin with setAllowedOrigins() where the endpoint is registered.", "invalid cors request"),
    Refusal(
        "Socket.IO", 403, "Accept the origin in allowRequest of the server (in Socket.IO 2, in `origins`).",
        r'"code":\s*4,\s*"message":\s*"forbidden"',
    ),
    Refusal(
        "Django Channels", 403, "Add the page's host to ALLOWED_HOSTS, which AllowedHostsOriginValidator reads, or its "
        "origin to the list of OriginValidator.", mark=("Server", "daphne"),
    ),
    Refusal("Phoenix", 403, "Add the origin to check_origin of the endpoint or the socket.", mark=("Server", "cowboy")),
    Refusal("Tornado", 403, "Override check_origin() of the WebSocketHandler.", mark=("Server", "tornadoserver")),
    Refusal("ASP.NET Core", 403, "Add the origin to AllowedOrigins of the WebSocketOptions.", mark=("Server", "kestrel")),
    Refusal(
        "Action Cable", 404, "Add the origin to config.action_cable.allowed_request_origins.", "^page not found$", ("X-Runtime", ""),
    ),
)  # fmt: skip

_LOGIN_FIX: Final = (
    "Log in before the page opens the WebSocket, and send the session cookie or a token in the URL: scripts cannot set the "
    "headers of a handshake."
)


def of_websocket(seen: Situation) -> tuple[Cause, ...]:
    """The cause of a handshake that was not accepted."""
    response = seen.response
    assert response is not None
    marked = of_marks(seen)
    if marked is not None:
        return (marked,)
    login = next((mark for mark in seen.marks if mark.means is Means.LOGIN and mark.mark.where == Where.PAGE), None)
    if login is not None:
        text = "The server returns a login page instead of accepting the handshake."
        return (named("authentication", LIKELY, text, status_line(response), login.words, fix=_LOGIN_FIX),)
    body = response.body[:4096].decode("latin-1").lower().strip()
    for refusal in REFUSALS:
        name, mark = refusal.mark
        has_mark = not name or (name in response.headers and mark in (response.headers.get(name) or "").lower())
        if response.status != refusal.status or not has_mark or re.search(refusal.words, body) is None:
            continue
        certainty = CERTAIN if refusal.words and not name else LIKELY
        text = f"The WebSocket server ({refusal.who}) refuses the page's origin."
        evidence = f"words of {refusal.who}" if refusal.words else f"{name}: {mark}"
        return (named("origin-refused", certainty, text, status_line(response), evidence, fix=refusal.fix),)
    cause = seen.step.cause
    if cause is None:
        return ()
    text = probably(cause.text) if cause.certainty is Certainty.LIKELY else cause.text
    return (cause._replace(text=text, evidence=(status_line(response),)),)
