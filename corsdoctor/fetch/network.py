"""HTTP-network-or-cache fetch: which headers a request leaves with. The only `yield` of an exchange is here.

https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch
HTTP-network fetch, 8.3 (a streamed body over HTTP/1.x is a network error) is in http_fetch.py: the version is not known here.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Final

from corsdoctor.browsers.profile import Profile
from corsdoctor.fetch.acceptance import as_taken
from corsdoctor.fetch.cookie_headers import cookie_header, store_cookies
from corsdoctor.fetch.fetch_metadata import fetch_metadata_headers
from corsdoctor.fetch.framing import note_framing, refused
from corsdoctor.fetch.no_answer import ACTUAL_ANSWERED
from corsdoctor.fetch.origin_header import Lines, append_a_request_origin_header
from corsdoctor.fetch.referrer import determine_referrer
from corsdoctor.fetch.request import FetchParams, Request, Sending, includes_credentials
from corsdoctor.rule import FETCH, Cause, Failure, Field, Rule
from corsdoctor.url import URL, normalize_percent_encoding
from corsdoctor.version import __version__
from corsdoctor.wire import Answer, Certificate, Exchange, Headers, Kind, Response, WireRequest

if TYPE_CHECKING:
    from corsdoctor.fetch.state import State

DEFAULT_USER_AGENT: Final = f"Mozilla/5.0 (compatible; corsdoctor/{__version__})"


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
COOKIE_IS_NOT_NAMED: Final = Cause(
    "not-named",
    "A browser sends a cookie to every port of its host and, with Domain, to its subdomains. corsdoctor sends yours only to "
    "the origin of the URL that you give. With the cookie, this server may respond differently.",
    fix="Check the final URL by itself, with its own cookie.",
    failure=Failure(
        "corsdoctor did not send your cookie to {url} as a browser would, because you did not name that origin",
        bare="corsdoctor did not send your cookie as a browser would, because you did not name the origin",
    ),
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
    causes=(COOKIE_OF_OTHER_HOST, COOKIE_IS_SECURE, COOKIE_IS_NOT_NAMED),
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
    first = kind is Kind.PREFLIGHT and params.profile.preflight_referrer_ignores_redirects
    referrer = determine_referrer(request.with_(url_list=request.url_list[:1]) if first else request, params.profile)
    if referrer is not None:  # 8.11
        lines.append(("Referer", referrer))
    metadata = fetch_metadata_headers(request, kind, params)
    inactive = ("Sec-Fetch-Storage-Access", "inactive") in metadata
    append_a_request_origin_header(request, lines, origin, params.profile, inactive=inactive)  # 8.12
    lines += metadata  # 8.13
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
        if login is not None:
            headers = headers.delete("Authorization")
            lines.append(("Authorization", login))
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
    if stored is not None and is_usable(stored, request, state.now, params.profile):
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
        no_cookie = COOKIE_IS_NOT_NAMED if answer.cookie_withheld else no_cookie
        answer = refused(answer, kind, params.profile) or as_taken(answer, params.profile)
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
