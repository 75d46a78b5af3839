"""HTTP-network-or-cache fetch: which headers a request leaves with. The only `yield` of an exchange is here.

https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch
HTTP-network fetch, 8.3 (a streamed body over HTTP/1.x is a network error) is in main_fetch.py: the version is not known here.
"""

from __future__ import annotations

import re
from collections.abc import Generator
from typing import TYPE_CHECKING, Final, assert_never

from corsdoctor.browsers.profile import ContentLength, OpaqueOrigin, Profile, SeveralLocations
from corsdoctor.fetch.cookie_headers import cookie_header, store_cookies
from corsdoctor.fetch.fetch_metadata import fetch_metadata_headers
from corsdoctor.fetch.framing import note_framing, refused
from corsdoctor.fetch.referrer import determine_referrer, referrer_policy
from corsdoctor.fetch.request import FetchParams, Request, Sending, Tainting, includes_credentials
from corsdoctor.rule import FETCH, Cause, Failure, Field, Rule
from corsdoctor.scenario import Credentials, Mode
from corsdoctor.sentence import Sentence
from corsdoctor.url import (
    OPAQUE,
    URL,
    is_loopback,
    normalize_percent_encoding,
    same_origin,
)
from corsdoctor.version import __version__
from corsdoctor.wire import Answer, Certificate, Exchange, FailureKind, Headers, Kind, NoAnswer, Response, WireRequest

if TYPE_CHECKING:
    from corsdoctor.fetch.state import State

DEFAULT_USER_AGENT: Final = f"Mozilla/5.0 (compatible; corsdoctor/{__version__})"

NO_ANSWER_CAUSES = {
    FailureKind.DNS: Cause(
        "dns",
        "The host name has no address: it is misspelled, or known only in some networks.",
        fix="Correct the host name in the URL, or connect to the network (such as a VPN) that knows it.",
    ),
    FailureKind.REFUSED: Cause(
        "refused",
        "Nothing listens on that port: the server is not running, or uses another port.",
        fix="Start the server, or correct the port in the URL.",
    ),
    FailureKind.TLS: Cause(
        "tls",
        "No encrypted connection could be established: the certificate is not trusted, or the TLS handshake failed.",
        fix="Install a certificate on the server that browsers trust, for this host name and not expired, or correct the host name in "
        "the URL.",
    ),
    FailureKind.NOT_TLS: Cause(
        "not-tls",
        "The URL has the scheme https, but the server does not use TLS on that port.",
        fix="Change https: to http: in the URL, or use the port on which the server offers TLS.",
    ),
    FailureKind.PLAIN_HTTP: Cause(
        "plain-http-on-tls-port",
        "The URL has the scheme http, but the server uses TLS on that port.",
        fix="Change http: to https: in the URL.",
    ),
    FailureKind.ONLY_HTTP2: Cause(
        "speaks-http2",
        "The server has no HTTP/1.1, which corsdoctor uses unless --http2 is given. Browsers use HTTP/2 too, but only "
        "over TLS.",
        fix="For an https: URL, run this command again with --http2, which requires an extra: pip install "
        "'corsdoctor[http2]'. For an http: URL, put a proxy in front of the server that offers TLS or HTTP/1.1: "
        "without one, no browser can reach it.",
    ),
    FailureKind.CLIENT_CERTIFICATE: Cause(
        "client-certificate", "The server demands a client certificate in the TLS handshake."
    ),
    FailureKind.TIMEOUT: Cause(
        "timeout",
        "The server did not respond in time.",
        fix="Find out whether the server works on the request or never receives it: its log shows that. If only OPTIONS gets no "
        "response, a firewall or a proxy drops OPTIONS.",
    ),
    FailureKind.RESET: Cause(
        "reset",
        "The connection was closed before a response arrived: by a crash, a proxy or a firewall.",
        fix="Look for the request in the logs of the server and of the proxy or firewall before it. If only OPTIONS gets no "
        "response, one of them blocks OPTIONS.",
    ),
    FailureKind.NOT_HTTP: Cause(
        "not-http",
        "The server responded, but not with valid HTTP: the port may belong to another service.",
        fix="Correct the port in the URL, so that it is that of the HTTP server.",
    ),
    FailureKind.LENGTH: Cause(
        "length",
        "The Content-Length of the response is invalid.",
        fix="Send Content-Length once, as the number of bytes in the body, or leave it to the server.",
    ),
    FailureKind.TOO_LARGE: Cause(
        "head-too-large",
        "The response headers are larger than any browser accepts.",
        fix="Send fewer or shorter response headers.",
    ),
    FailureKind.PROXY: Cause(
        "proxy",
        "The proxy refused the connection or failed.",
        fix="Correct the address of the proxy (-x), or allow this host and port there.",
    ),
    FailureKind.UNREACHABLE: Cause(
        "unreachable",
        "The network has no route to that address.",
        fix="Check the address that the host name has, and whether this computer is in a network that reaches it.",
    ),
}

ACTUAL_ANSWERED = Rule(
    id="actual-answered",
    title="The server responds to the request",
    failure=Failure("{error}", bare="No response from the server", remark="no response"),
    spec=f"{FETCH}#concept-http-network-fetch",
    step="",
    what="The server must be reachable and send an HTTP response.",
    why="Without a response there is nothing that CORS could allow. The script sees the same error as for CORS.",
    fix="Fix the connection first: the host name, the port, the certificate or the server. No CORS header helps.",
    bad="(connection refused)",
    good="HTTP/1.1 200 OK",
    causes=tuple(NO_ANSWER_CAUSES.values()),
)

NOT_PROXY_STATUS = Rule(
    id="status-not-407",
    title="Only a proxy responds with status code 407",
    failure=Failure(
        "The status code of the response is 407, which Chromium accepts only from a proxy",
        remark="is accepted only from a proxy",
    ),
    spec=f"{FETCH}#concept-http-network-or-cache-fetch",
    step="16",
    what="Chromium treats status code 407 as a network error, unless it comes from a proxy that the browser uses.",
    why="407 asks for the proxy's password, so any server could use it to steal that password.",
    fix="Send 401 if the request requires a login.",
    bad="HTTP/1.1 407 Proxy Authentication Required",
    good="HTTP/1.1 401 Unauthorized",
)

COOKIE_OF_OTHER_HOST: Final = Cause(
    "other-host", "The redirect leads to another host, and browsers send a cookie only to the host that it is for."
)
COOKIE_IS_SECURE: Final = Cause(
    "not-secure",
    "The redirect leads from https to http, and browsers do not send a Secure cookie in clear text. corsdoctor takes "
    "the cookie of an https URL for Secure.",
)
COOKIE_FOLLOWS = Rule(
    id="cookie-follows-redirect",
    title="The browser sends the cookie with the redirected request",
    failure=Failure(
        "The cookie was not sent to {url} after the redirect",
        bare="The cookie was not sent with the redirected request",
    ),
    spec="https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html",
    step="5.8.3",
    what="A cookie is sent to its own host, on any port, and with the attribute Secure only over https.",
    why="Another host, or anybody who listens on an unencrypted connection, could use the cookie to log in as the user.",
    fix="Redirect to an https URL of the same host, or check the final URL with its own cookie.",
    bad="GET https://a.example/ with a cookie\n\nLocation: http://a.example/",
    good="GET https://a.example/ with a cookie\n\nLocation: https://a.example/b",
    causes=(COOKIE_OF_OTHER_HOST, COOKIE_IS_SECURE),
    blocks=False,
)

CERTIFICATE_FOLLOWS = Rule(
    id="certificate-follows-redirect",
    title="The server that a redirect leads to receives the client certificate",
    failure=Failure(
        "The client certificate was not shown to {url}, because you did not name that origin",
        bare="The client certificate was not shown to the server that the redirect leads to",
    ),
    spec=f"{FETCH}#credentials",
    step="",
    what="corsdoctor shows a client certificate only to the origin of the URL that you give. A browser lets the user "
    "choose a certificate for each server that requests one.",
    why="With the certificate, this server may respond differently: with another status code or other CORS headers.",
    fix="Check the URL that the redirect leads to by itself, with the certificate that the server requests.",
    bad="GET https://a.example/ with a client certificate\n\nLocation: https://b.example/",
    good="GET https://b.example/ with a client certificate",
    blocks=False,
)

RULES: Final = (ACTUAL_ANSWERED, NOT_PROXY_STATUS, COOKIE_FOLLOWS, CERTIFICATE_FOLLOWS)

Lines = list[tuple[str, str]]
"""What is appended to the request's header list while it gets ready."""


def append_a_request_origin_header(request: Request, lines: Lines, origin: str, profile: Profile) -> None:
    """Appends the Origin header that the request carries, if any; `origin` is it serialised.

    https://fetch.spec.whatwg.org/#append-a-request-origin-header
    """
    if request.tainting is Tainting.CORS:  # 3.
        lines.append(("Origin", origin))
    elif request.method not in ("GET", "HEAD"):  # 4.
        if request.mode is not Mode.CORS and _is_hidden(request, profile):  # 4.1
            origin = str(OPAQUE)
        if request.mode is Mode.NO_CORS and profile.no_cors_origin_becomes_null and _crossed_origins(request):
            origin = str(OPAQUE)
        lines.append(("Origin", origin))
    elif (request.sent_origin and profile.origin_header_survives_redirect and _stayed(request)) or (
        request.mode is Mode.CORS and _sends_origin_home(request, profile)
    ):
        lines.append(("Origin", origin))
    elif _is_opaque_pages(request, profile):
        lines.append(("Origin", str(OPAQUE)))


def _is_hidden(request: Request, profile: Profile) -> bool:
    """Whether the referrer policy hides the origin. https://fetch.spec.whatwg.org/#append-a-request-origin-header, 4.1"""
    downgrade = request.origin.scheme == "https" and request.url.scheme != "https"
    downgrade = downgrade and (profile.loopback_hides_origin or not is_loopback(request.url.host))
    policy = referrer_policy(request)
    hides = profile.referrer_policy_hides_origin or request.mode is Mode.NAVIGATE
    if policy == "no-referrer":
        return hides
    if policy == "same-origin":
        return hides and not same_origin(request.origin, request.url.origin)
    return downgrade and policy not in ("origin", "origin-when-cross-origin", "unsafe-url")


def _sends_origin_home(request: Request, profile: Profile) -> bool:
    """Whether an element with CORS has an Origin header for the page's own origin, too."""
    in_worker = request.client is not None and request.client.worker is not None
    return request.element in profile.own_origin_elements_send_origin and not (
        in_worker and profile.workers_send_no_origin_home
    )


def _is_opaque_pages(request: Request, profile: Profile) -> bool:
    """Whether it is sent without CORS but with credentials, like all such requests of elements.

    That was recorded of one sandboxed page. Of the pages and frames of flows, none sends it.
    """
    credentialed = request.mode is Mode.NO_CORS and request.credentials is Credentials.INCLUDE
    if not credentialed or not request.origin.opaque or request.client is not None:
        return False
    match profile.opaque_page_sends_origin:
        case OpaqueOrigin.NEVER:
            return False
        case OpaqueOrigin.ALWAYS:
            return True
        case OpaqueOrigin.UNTIL_OTHER_ORIGIN:
            return not _crossed_origins(request)
        case _:
            assert_never(profile.opaque_page_sends_origin)


def _stayed(request: Request) -> bool:
    """Whether the latest redirect led to the origin that it came from."""
    return same_origin(request.url.origin, request.url_list[-2].origin)


def _crossed_origins(request: Request) -> bool:
    return not all(same_origin(url.origin, request.url_list[0].origin) for url in request.url_list)


def client_certificate(request: Request, profile: Profile) -> Certificate:
    """What the server gets that asks for the user's certificate in the TLS handshake.

    A connection without credentials shows none. https://fetch.spec.whatwg.org/#concept-connection-obtain
    """
    shows = profile.certificate_ignores_credentials or includes_credentials(request)
    shown = request.certificate and request.url.scheme == "https" and shows
    return Certificate.SHOWN if shown else Certificate.ABSENT


def why_no_cookie(url: URL, asked: URL) -> Cause | None:
    """Why the cookie that was given for `asked` does not go to `url`; None if it does. A port makes no difference.

    Whether the cookie of an https URL is Secure is unknown, so it is treated as Secure.
    """
    if url.host != asked.host:
        return COOKIE_OF_OTHER_HOST
    return COOKIE_IS_SECURE if asked.scheme == "https" and url.scheme == "http" else None


def http_network_or_cache_fetch(
    request: Request, kind: Kind, origin: str, params: FetchParams
) -> Generator[Sending, Answer, Answer]:
    """Sends one request and returns what came back; `origin` is what its Origin header says where it has one.

    https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch
    """
    headers = request.headers
    lines: Lines = []  # that the browser appends: of names that a script can't set, or didn't
    if "Accept" not in headers:  # fetch, 12.
        lines.append(("Accept", request.preset.accept))
    if "Accept-Language" not in headers:  # fetch, 14.
        lines.append(("Accept-Language", "en-US,en;q=0.9"))
    if request.body is None and request.method in ("POST", "PUT"):  # 8.7
        lines.append(("Content-Length", "0"))
    elif request.body is not None and not request.streamed:  # 8.8
        lines.append(("Content-Length", str(len(request.body))))
    referrer = determine_referrer(request, params.profile)
    if referrer is not None:  # 8.11
        lines.append(("Referer", referrer))
    append_a_request_origin_header(request, lines, origin, params.profile)  # 8.12
    lines += fetch_metadata_headers(request, kind, params)  # 8.13
    if "User-Agent" not in headers:  # 8.15
        lines.append(("User-Agent", request.user_agent or DEFAULT_USER_AGENT))
    lines.append(("Accept-Encoding", "identity" if "Range" in headers else "gzip, deflate, br"))  # 8.19, 8.20
    lines.append(("Connection", "keep-alive"))
    no_cookie = None
    if params.state is not None:  # 8.21
        cookie = cookie_header(request, params, params.state) if kind is Kind.ACTUAL else None
        lines += [] if cookie is None else [("Cookie", cookie)]
    elif includes_credentials(request) and request.cookie is not None:  # 8.21
        no_cookie = why_no_cookie(request.url, request.url_list[0])
        if no_cookie is None:
            lines.append(("Cookie", request.cookie))
    if params.state is not None and kind is Kind.ACTUAL:  # 8.22
        from corsdoctor.fetch.login import known_login  # what a plain check need not load

        login = known_login(request, params, params.state)
        lines += [] if login is None else [("Authorization", login)]
    target = request.url.on_the_wire
    if params.profile.percent_encoding_is_normalized:
        target = normalize_percent_encoding(target)
    pairs = _single(headers, request.body is not None, params.profile).pairs
    certificate = client_certificate(request, params.profile)
    wire = WireRequest(request.method, target, Headers((*pairs, *lines)), request.body, certificate)
    if params.state is not None and kind is Kind.ACTUAL:
        return (yield from _remembered_fetch(wire, request, params, params.state))
    answer = _received(kind, wire, (yield Sending(kind, wire)), request, params, no_cookie)
    if kind is Kind.ACTUAL and isinstance(answer, Response) and answer.status == 401:
        return (yield from _logged_in(answer, wire, request, params))
    return answer


def _logged_in(
    challenge: Response, wire: WireRequest, request: Request, params: FetchParams
) -> Generator[Sending, Answer, Answer]:
    """14. without a flow: sends the login of the URL, if it has one. A dialog is noted, and taken as cancelled."""
    from corsdoctor.fetch.login import answer_to  # what most checks need not load

    login = answer_to(challenge, request, params, answered=False)
    if not isinstance(login, str):
        return challenge
    wire = wire._replace(headers=wire.headers.append("Authorization", login))
    return _received(Kind.ACTUAL, wire, (yield Sending(Kind.ACTUAL, wire)), request, params)


def _remembered_fetch(
    wire: WireRequest, request: Request, params: FetchParams, state: State
) -> Generator[Sending, Answer, Answer]:
    """Asks the HTTP cache, then the server, and once more with a login where it asks for one that is known (8.25 to 14.)."""
    from corsdoctor.fetch.http_cache import freshened, is_usable  # what a plain check need not load
    from corsdoctor.fetch.login import answer_to, keep_login

    stored = state.http_cache.select(request, wire, params)
    if stored is not None and is_usable(stored, request, state.now):
        params.trace.exchanged(Exchange(Kind.ACTUAL, wire, stored.response, from_cache=True))
        return stored.response
    if stored is not None:
        wire = wire._replace(headers=Headers((*wire.headers, *stored.validators)))
    tried: str | None = None
    while True:
        answer = _received(Kind.ACTUAL, wire, (yield Sending(Kind.ACTUAL, wire)), request, params)
        if not isinstance(answer, Response):
            return answer
        store_cookies(request, answer, params, state)
        if tried is not None and answer.status != 401:
            keep_login(tried, request, params, state)
        login = answer_to(answer, request, params, answered="Authorization" in wire.headers)
        if not isinstance(login, str):
            break
        tried, wire = login, wire._replace(headers=wire.headers.append("Authorization", login))
    if login is not None:
        return login
    if stored is not None and answer.status == 304:
        answer = freshened(stored, answer)
    state.http_cache.store(request, wire, answer, params, state.now)
    return answer


def _received(
    kind: Kind, wire: WireRequest, answer: Answer, request: Request, params: FetchParams, no_cookie: Cause | None = None
) -> Answer:
    """The answer as the browser takes it, noted in the trace."""
    certificate_withheld = isinstance(answer, Response) and answer.certificate_withheld
    if isinstance(answer, Response):
        answer = refused(answer, kind, params.profile) or _as_taken(answer, params.profile)
    params.trace.exchanged(Exchange(kind, wire, answer))
    if no_cookie is not None:
        params.trace.note(COOKIE_FOLLOWS, ((Field.URL, request.url.href),), cause=no_cookie)
    if certificate_withheld:
        _note_certificate(str(request.url.origin), params)
    note_framing(params)
    return answer


def _note_certificate(origin: str, params: FetchParams) -> None:
    """Notes once that the client certificate was not shown to `origin`."""
    evidence = ((Field.URL, origin),)
    if not any(step.rule is CERTIFICATE_FOLLOWS and step.evidence == evidence for step in params.trace.steps):
        params.trace.note(CERTIFICATE_FOLLOWS, evidence)


def _single(headers: Headers, has_body: bool, profile: Profile) -> Headers:
    """The headers, with one line where the browser sends one of several."""
    for name in profile.single_request_headers:
        values = headers.values(name)
        if len(values) > 1:
            sent = values[0] if has_body and name == "content-type" else values[-1]
            headers = headers.delete(name).append(next(n for n, _ in headers if n.lower() == name), sent)
    return headers


def _as_taken(response: Response, profile: Profile) -> Answer:
    """The response, or none if the browser does not accept it as one."""
    if any(name[-1:] in (" ", "\t") for name, _ in response.headers):
        counted = [
            (name.rstrip(" \t"), value)
            for name, value in response.headers
            if profile.spaced_names_count or name[-1:] not in (" ", "\t")
        ]
        response = response._replace(headers=Headers(tuple(counted)))
    if sum(len(name) + len(value) + 4 for name, value in response.headers) > profile.largest_head:
        return NoAnswer(FailureKind.TOO_LARGE, "The response headers are larger than this browser accepts.")
    if any("\0" in value for _, value in response.headers):
        return NoAnswer(FailureKind.NOT_HTTP, "A response header contains a NUL byte, which no browser accepts.")
    locations = set(response.headers.values("Location"))
    if len(locations) > 1 and profile.several_locations is SeveralLocations.EQUAL:
        return NoAnswer(
            FailureKind.NOT_HTTP,
            "The response has several different Location headers, which this browser does not accept.",
        )
    if not _has_length(response.headers, profile):
        given = ", ".join(response.headers.values("Content-Length"))
        return NoAnswer(
            FailureKind.LENGTH,
            Sentence(
                "The Content-Length of the response is {given!a}, which this browser does not accept.", given=given
            ),
        )
    return response


def _has_length(headers: Headers, profile: Profile) -> bool:
    """Whether the browser takes a response with this Content-Length, or without one."""
    lines = headers.values("Content-Length")
    if not lines or (len(lines) == 1 and lines[0].isdecimal()):  # as nearly always
        return True
    match profile.content_length:
        case ContentLength.LAST_NO_NUMBER:
            return re.fullmatch(r"(?:[+-]?[0-9]+)?", lines[-1].strip(" \t")) is not None
        case ContentLength.DIFFERENT_UNLESS_CHUNKED if headers.get("Transfer-Encoding") == "chunked":
            return True
        case ContentLength.DIFFERENT | ContentLength.DIFFERENT_UNLESS_CHUNKED:
            return len({value.strip(" \t") for line in lines for value in line.split(",")}) <= 1
        case _:
            return True


def answered(answer: Answer, rule: Rule, params: FetchParams) -> bool:
    """Whether there is a response; a missing one is traced as a failure of `rule`, a withheld one is not traced."""
    if isinstance(answer, NoAnswer):
        params.trace.failed(rule, ((Field.ERROR, answer.detail),), NO_ANSWER_CAUSES[answer.kind])
    return not isinstance(answer, NoAnswer)
