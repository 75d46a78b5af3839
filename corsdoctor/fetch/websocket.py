"""What the WebSocket constructor does in place of a fetch: a handshake over HTTP, to which CORS does not apply.

https://websockets.spec.whatwg.org/#concept-websocket-establish
The nonce of Sec-WebSocket-Key is the same each time: it keeps caches from answering, and only one browser's handshake is
sent for all of them.
"""

from __future__ import annotations

import re
from collections.abc import Generator
from typing import Final

from corsdoctor.browsers.profile import Profile
from corsdoctor.fetch.before_sending import (
    MIXED_WEBSOCKET,
    NOT_MIXED_CONTENT,
    is_blocked_before_sending,
    is_blocked_before_upgrade,
    is_mixed,
    note_local_network,
)
from corsdoctor.fetch.cookie_headers import cookie_header, store_cookies
from corsdoctor.fetch.fetch_metadata import fetch_metadata_headers
from corsdoctor.fetch.headers import STATUS, is_header_value
from corsdoctor.fetch.network import DEFAULT_USER_AGENT, client_certificate, why_no_cookie
from corsdoctor.fetch.no_answer import ACTUAL_ANSWERED, answered
from corsdoctor.fetch.redirect import REDIRECT_LIMIT, is_redirect, location_url
from corsdoctor.fetch.request import Ended, FetchEnd, Fetching, FetchParams, Request, Sending, Tainting
from corsdoctor.fetch.request_constructor import URL_PARSES
from corsdoctor.rule import MISSING, Cause, Certainty, Failure, Field, Rule
from corsdoctor.scenario import Credentials, Mode, Redirect, Scenario
from corsdoctor.url import URL, parse
from corsdoctor.wire import Answer, Exchange, Headers, Kind, Response, WireRequest, ascii_lower

PROTOCOL: Final = "Sec-WebSocket-Protocol"
KEY: Final = "dGhlIHNhbXBsZSBub25jZQ=="  # of RFC 6455, with the answer that belongs to it
ACCEPT: Final = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
_ACCEPTS: Final = "Sec-WebSocket-Accept"
_EXTENSIONS: Final = "Sec-WebSocket-Extensions"
_OFFERED: Final = "permessage-deflate"  # by every browser
_FRAME_HEAD: Final = 2  # bytes
_LONGER: Final = {126: 2, 127: 8}  # more bytes that hold the size
_CLOSE: Final = 0x88  # the first byte of a Close frame
_OPCODE: Final = 0x3F  # its bits in the first byte: the two before it tell the last frame and compression
_OF_MESSAGES: Final = frozenset({0, 1, 2, 9, 10})  # opcodes
_NORMAL: Final = frozenset({0, 1000, 1001})  # none, a normal end, a server that stops
_SPEC: Final = "https://websockets.spec.whatwg.org/#concept-websocket-establish"

ORIGIN_REFUSED = Cause(
    "origin-refused",
    "The server refuses the page's origin: CORS headers do not apply to WebSockets, so servers check the Origin "
    "header of the handshake themselves.",
    fix="Add the page's origin to the origin check of the server. Django Channels: ALLOWED_HOSTS for "
    "AllowedHostsOriginValidator, or the list of OriginValidator. Phoenix: check_origin of the endpoint. Socket.IO: "
    "allowRequest (its cors option is only for polling). ws: verifyClient. Spring: setAllowedOrigins. Tornado: "
    "check_origin(). gorilla/websocket: CheckOrigin. coder/websocket: OriginPatterns. Python websockets: origins. "
    "ASP.NET Core: AllowedOrigins.",
    certainty=Certainty.LIKELY,
)
LOGIN = Cause(
    "authentication",
    "The server requires a login. A script cannot set the header Authorization of a WebSocket.",
    fix="Send the token in a cookie, in the query of the URL, in a subprotocol or in the first message. If the server "
    "uses ws, verifyClient returns 401 for an origin that it refuses, too.",
    certainty=Certainty.LIKELY,
)
NOT_FOUND = Cause(
    "not-found",
    "There is no WebSocket endpoint at this path.",
    fix="Correct the path. If the server is Rails, Action Cable returns 404 for an origin that is not in "
    "config.action_cable.allowed_request_origins, too.",
    certainty=Certainty.LIKELY,
)
REDIRECTED = Cause(
    "redirect",
    "Chromium and Firefox do not follow the redirect of a WebSocket handshake.",
    fix="Open the WebSocket with the URL that the redirect leads to. A login page is the target of many redirects: "
    "then the handshake lacks the cookie of a login.",
)
GATEWAY = Cause("gateway-error", "A proxy cannot reach the server behind it.", fix="Start the server behind the proxy.")
SERVER_ERROR = Cause("server-error", "The application failed.", fix="Look for the error in the log of the application.")
RATE_LIMITED = Cause("rate-limited", "The server accepts no more requests for now.", fix="Wait, then try again.")
NOT_UPGRADED = Cause(
    "not-upgraded",
    "The server treated the handshake as a plain request. The path is not a WebSocket endpoint, or a proxy in front of it "
    "removed the header Upgrade.",
    fix="In nginx, set `proxy_http_version 1.1`, `proxy_set_header Upgrade $http_upgrade` and `proxy_set_header Connection "
    '"upgrade"`. In Apache, use mod_proxy_wstunnel. Socket.IO returns 400 for a URL without /socket.io/?EIO=4&transport='
    "websocket, and for a session of another instance (use sticky sessions).",
    certainty=Certainty.LIKELY,
)

WEBSOCKET_ACCEPTED = Rule(
    id="websocket-accepted",
    title="The server accepts the WebSocket handshake with status code 101",
    failure=Failure(
        "The server returned {status} to the WebSocket handshake instead of 101",
        bare="The server did not accept the WebSocket handshake",
        remark="is not 101",
    ),
    spec=_SPEC,
    step="11",
    what="A WebSocket begins with a GET request that has the headers Upgrade and Origin. The server accepts it with "
    "status code 101. Every other status code closes the WebSocket.",
    why="CORS does not apply to WebSockets: any page may connect, and the script can read all messages. So a server "
    "that uses cookies has to check the Origin header itself, and most frameworks do.",
    fix="Make the server accept the handshake, and the page's origin if it checks that.",
    bad="HTTP/1.1 403 Forbidden",
    good="HTTP/1.1 101 Switching Protocols\nUpgrade: websocket\nConnection: Upgrade",
    causes=(
        ORIGIN_REFUSED, LOGIN, NOT_FOUND, REDIRECTED, GATEWAY, SERVER_ERROR, RATE_LIMITED, NOT_UPGRADED,
    ),
)  # fmt: skip
WEBSOCKET_COMPLETE = Rule(
    id="websocket-handshake-complete",
    title="The 101 response completes the WebSocket handshake",
    failure=Failure(
        "The 101 response does not complete the WebSocket handshake: {error}",
        bare="The 101 response does not complete the WebSocket handshake",
        remark="does not complete the handshake",
    ),
    spec=_SPEC,
    step="11",
    what="The response has `Upgrade: websocket`, `Connection: Upgrade`, the Sec-WebSocket-Accept that belongs to the "
    "request's Sec-WebSocket-Key, and one of the requested subprotocols if there are any. It names no extension but "
    "permessage-deflate.",
    why="This proves that the server, and not a cache or another kind of server, agreed to a WebSocket.",
    fix="Let a WebSocket library answer the handshake, and pass it the subprotocols that the server supports.",
    bad="HTTP/1.1 101 Switching Protocols\nUpgrade: websocket",
    good=f"HTTP/1.1 101 Switching Protocols\nUpgrade: websocket\nConnection: Upgrade\nSec-WebSocket-Accept: {ACCEPT}",
)
WEBSOCKET_STAYS_OPEN = Rule(
    id="websocket-stays-open",
    title="The server keeps the WebSocket open",
    failure=Failure(
        "The server accepted the WebSocket and closed it at once, with the code {error}",
        bare="The server accepted the WebSocket and closed it at once",
    ),
    spec="https://www.rfc-editor.org/rfc/rfc6455#section-7.4",
    step="",
    what="After the 101 response, either side may end the WebSocket with a Close frame, which has a code and may have a "
    "reason. 1008 means that a policy is violated, and 1011 that the server failed. Codes from 4000 are the application's.",
    why="The script gets the events open and close in a row, and no message. Many servers check the page's origin, a "
    "token or a session only after they have accepted the handshake.",
    fix="Look in the server for what sends this code and this reason. If it checks the page's origin, allow that; if it "
    "expects a login, send it where the server reads it.",
    bad="HTTP/1.1 101 Switching Protocols\n\n(Close frame: 1008, origin not allowed)",
    good="HTTP/1.1 101 Switching Protocols\n\n(no Close frame)",
    blocks=False,
)
RULES: Final = (WEBSOCKET_ACCEPTED, WEBSOCKET_COMPLETE, WEBSOCKET_STAYS_OPEN)

_BY_STATUS: Final = {
    401: LOGIN, 403: ORIGIN_REFUSED, 404: NOT_FOUND, 410: NOT_FOUND, 429: RATE_LIMITED, 500: SERVER_ERROR,
    502: GATEWAY, 503: GATEWAY, 504: GATEWAY, 400: NOT_UPGRADED, 405: NOT_UPGRADED, 426: NOT_UPGRADED,
}  # fmt: skip


def websocket_request(scenario: Scenario, params: FetchParams) -> Request | None:
    """The handshake request, None if the URL is not valid. https://websockets.spec.whatwg.org/#dom-websocket-websocket"""
    url = scenario.requested_url
    if url is None:
        params.trace.failed(URL_PARSES, ((Field.URL, scenario.url),))
        return None
    protocols = [
        (PROTOCOL, v)
        for name, v in scenario.headers
        if ascii_lower(name) == ascii_lower(PROTOCOL) and is_header_value(v)
    ]
    return Request(
        "GET", (url,), Headers(tuple(protocols)), None, scenario.origin, Mode.NO_CORS, Credentials.INCLUDE,
        Redirect.ERROR, scenario.api, use_cors_preflight=False, streamed=False, cookie=scenario.cookie,
        certificate=scenario.certificate, user_agent=scenario.user_agent, client=scenario.client,
    )  # fmt: skip


def establish_a_websocket_connection(request: Request, params: FetchParams) -> Fetching:
    """https://websockets.spec.whatwg.org/#concept-websocket-establish"""
    trace, url = params.trace, request.url
    insecure = request.origin.scheme == "https" and url.scheme == "http"
    if is_mixed(request, params.profile) or (insecure and params.profile.websocket_to_loopback_is_mixed):
        evidence = ((Field.PAGE, str(request.origin)), (Field.URL, f"ws{url.href[4:]}"))
        trace.failed(NOT_MIXED_CONTENT, evidence, MIXED_WEBSOCKET)
        return FetchEnd(Ended.NETWORK_ERROR, request)
    if is_blocked_before_upgrade(request, params) or is_blocked_before_sending(request, params):
        return FetchEnd(Ended.NETWORK_ERROR, request)
    note_local_network(request, params)
    if request.client is not None:
        from corsdoctor.fetch.local_network_access import local_network_access_check  # what a plain check need not load

        ended = local_network_access_check(request, request.client, Kind.ACTUAL, params)
        if ended is not None:
            return FetchEnd(ended, request)
    answer = yield from _handshake_answer(request, params)
    while (following := _redirected(request, answer, params.profile)) is not None:
        request = following
        answer = yield from _handshake_answer(request, params)
    return _judged(request, answer, params)


def _redirected(request: Request, answer: Answer, profile: Profile) -> Request | None:
    """The request that a redirect leads to, if the browser follows it."""
    if not profile.websocket_follows_redirects or not isinstance(answer, Response) or not is_redirect(answer, profile):
        return None
    location = location_url(request, answer, profile)
    target = parse(re.sub("^ws", "http", location.href)) if isinstance(location, URL) else None
    if target is None or not target.is_http or request.redirect_count == REDIRECT_LIMIT:
        return None
    return request.redirected_to(target)


def _handshake_answer(request: Request, params: FetchParams) -> Generator[Sending, Answer, Answer]:
    """Sends the handshake."""
    certificate = client_certificate(request, params.profile)
    headers = _handshake(request)
    if params.profile.websocket_destination:
        first = request.with_(url_list=request.url_list[:1], redirect_count=0)
        headers = Headers((*headers, *fetch_metadata_headers(first, Kind.ACTUAL, params)))
    if params.state is not None and (cookie := cookie_header(request, params, params.state)) is not None:
        headers = headers.append("Cookie", cookie)
    wire = WireRequest("GET", request.url.on_the_wire, headers, certificate=certificate)
    answer = yield Sending(Kind.ACTUAL, wire)
    params.trace.exchanged(Exchange(Kind.ACTUAL, wire, answer))
    if isinstance(answer, Response) and params.state is not None:
        store_cookies(request, answer, params, params.state)
    return answer


def _judged(request: Request, answer: Answer, params: FetchParams) -> FetchEnd:
    """What becomes of the WebSocket with this answer."""
    trace = params.trace
    if not isinstance(answer, Response):
        withheld = answered(answer, ACTUAL_ANSWERED, params)
        return FetchEnd(Ended.WITHHELD if withheld else Ended.NO_ANSWER, request)
    if answer.status != 101:
        cause = _BY_STATUS.get(answer.status)
        if 300 <= answer.status < 400 and not params.profile.websocket_follows_redirects:
            cause = REDIRECTED
        if cause is None and answer.is_ok:
            cause = NOT_UPGRADED
        trace.failed(WEBSOCKET_ACCEPTED, ((Field.STATUS, str(answer.status)),), cause)
        return FetchEnd(Ended.NETWORK_ERROR, request, answer)
    if (wrong := _why_incomplete(request, answer.headers)) is not None:
        name, why = wrong
        trace.failed(
            WEBSOCKET_COMPLETE, ((name, answer.headers.get(name) or MISSING), (Field.ERROR, why), (STATUS, "101"))
        )
        return FetchEnd(Ended.NETWORK_ERROR, request, answer)
    trace.passed(WEBSOCKET_ACCEPTED, ((Field.STATUS, "101"),))
    if (closed := _refusal(answer.body)) is not None:
        trace.note(WEBSOCKET_STAYS_OPEN, ((Field.ERROR, closed),))
    return FetchEnd(Ended.BASIC, request.with_(tainting=Tainting.BASIC), answer)


def _handshake(request: Request) -> Headers:
    """The headers, in the order of Chromium; the other browsers send the same ones and Sec-Fetch-*."""
    lines = [
        ("Connection", "Upgrade"),
        ("Pragma", "no-cache"),
        ("Cache-Control", "no-cache"),
        ("User-Agent", request.user_agent or DEFAULT_USER_AGENT),
        ("Upgrade", "websocket"),
        ("Origin", str(request.origin)),
        ("Sec-WebSocket-Version", "13"),
        ("Accept-Encoding", "gzip, deflate, br"),
        ("Accept-Language", "en-US,en;q=0.9"),
    ]
    if request.cookie is not None and why_no_cookie(request.url, request.url_list[0]) is None:
        lines.append(("Cookie", request.cookie))
    lines += [("Sec-WebSocket-Key", KEY), (_EXTENSIONS, f"{_OFFERED}; client_max_window_bits")]
    return Headers((*lines, *request.headers))


def _why_incomplete(request: Request, headers: Headers) -> tuple[str, str] | None:
    """The header of a 101 response that is wrong, and why. https://www.rfc-editor.org/rfc/rfc6455#section-4.1"""
    if ascii_lower(headers.get("Upgrade") or "") != "websocket":  # 2.
        return "Upgrade", "Upgrade is not websocket"
    if "upgrade" not in map(ascii_lower, headers.elements("Connection")):  # 3.
        return "Connection", "Connection is not Upgrade"
    if (accept := headers.get(_ACCEPTS)) != ACCEPT:  # 4.
        return _ACCEPTS, f"{_ACCEPTS} {'is missing' if accept is None else 'does not belong to the request'}"
    extensions = [ascii_lower(token.partition(";")[0].strip(" \t")) for token in headers.elements(_EXTENSIONS)]
    if not {*extensions} <= {"", _OFFERED}:  # 5.
        return _EXTENSIONS, f"{_EXTENSIONS} is not {_OFFERED}, the only extension that browsers offer"
    asked, agreed = request.headers.get(PROTOCOL), headers.get(PROTOCOL)
    if agreed is None and asked is not None:
        return PROTOCOL, f"{PROTOCOL} is missing, although the script requires a subprotocol"
    if agreed is not None and agreed not in [name.strip(" \t") for name in (asked or "").split(",")]:  # 6.
        return PROTOCOL, f"{PROTOCOL} is not one that the script requires"
    return None


def _refusal(frames: bytes) -> str | None:
    """The code and the reason of the first Close frame among `frames`, unless it is a normal end.

    https://www.rfc-editor.org/rfc/rfc6455#section-5.2
    """
    while len(frames) >= _FRAME_HEAD and (frames[0] & _OPCODE in _OF_MESSAGES or frames[0] == _CLOSE):
        start, size = _FRAME_HEAD, frames[1]
        if size in _LONGER:
            start += _LONGER[size]
            size = int.from_bytes(frames[_FRAME_HEAD:start])
        payload = frames[start : start + size]
        if frames[0] == _CLOSE:
            code, reason = int.from_bytes(payload[:2]), payload[2:].decode("utf-8", "replace")
            return None if code in _NORMAL else f"{code}: {reason}" if reason else str(code)
        frames = frames[start + size :]
    return None
