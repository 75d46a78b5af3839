"""What users want to know though it blocks nothing: caches, `null`, cookies. Looked at after the verdict.

Nothing here can change a verdict; every step is a NOTE.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from corsdoctor.fetch.cookies import CAUSES, OF_FLOWS, UNSENT
from corsdoctor.fetch.headers import ACAO, varies_by_origin
from corsdoctor.fetch.request import Ended, FetchEnd, FetchParams, Request, Tainting
from corsdoctor.rule import FETCH, MISSING, Cause, Failure, Field, Rule
from corsdoctor.url import same_site
from corsdoctor.wire import Exchange, Headers, Kind, Response

if TYPE_CHECKING:
    from corsdoctor.fetch.state import State

SENT_NOT_BY_SAFARI = Cause(
    "third-party",
    "Safari blocks third-party cookies, and Firefox stores them separately for each site.",
)

VARY_ORIGIN = Rule(
    id="vary-origin",
    title="Vary contains Origin if the response depends on the origin",
    failure=Failure(
        "Vary: Origin is missing: if the server allows several origins, a cache may give this response to a page of "
        "another one",
        bare="Vary: Origin is missing",
    ),
    spec=f"{FETCH}#cors-protocol-and-http-caches",
    step="",
    what="A response that names one origin needs Vary: Origin if the server would name another origin for another "
    "page.",
    why="A cache could give the response to a page of another origin, which then fails, at times and for some users.",
    fix="Send Vary: Origin on every response for the URL, also if the request has no Origin header or the origin is "
    "not allowed.",
    bad="Access-Control-Allow-Origin: https://app.example",
    good="Access-Control-Allow-Origin: https://app.example\nVary: Origin",
    blocks=False,
)
ORIGIN_NOT_REFLECTED = Rule(
    id="origin-not-reflected",
    title="The server does not allow every origin together with credentials",
    failure=Failure(
        "Any website can read this response with the user's cookies: the server allows every origin that asks, with "
        "credentials",
        bare="The server allows every origin, with credentials",
    ),
    spec=f"{FETCH}#cors-protocol-and-credentials",
    step="",
    what="A server that sends back the origin of every request, with Access-Control-Allow-Credentials: true, lets each "
    "website read what it returns to a user who is logged in.",
    why="Browsers reject `*` for a request with credentials, so that a server does not allow every origin by accident. "
    "Repeating the Origin header removes that protection.",
    fix="Compare the Origin header with a list of the origins that you trust. If everybody may read the response, send "
    "`*` without Access-Control-Allow-Credentials.",
    bad="Access-Control-Allow-Origin: https://stranger.example\nAccess-Control-Allow-Credentials: true",
    good="Access-Control-Allow-Origin: https://app.example\nAccess-Control-Allow-Credentials: true\nVary: Origin",
    blocks=False,
)
ACAO_NOT_NULL = Rule(
    id="acao-not-null",
    title="Access-Control-Allow-Origin does not allow null",
    failure=Failure("Access-Control-Allow-Origin is `null`, which allows the sandboxed pages of every site"),
    spec=f"{FETCH}#concept-cors-check",
    step="4",
    what="`null` is the origin of every sandboxed frame, of file: and data: pages, and of some redirects.",
    why="Any site can open a sandboxed frame. If `null` is allowed, that frame can read the response.",
    fix="Allow real origins. For a local file, use a development server.",
    bad="Access-Control-Allow-Origin: null",
    good="Access-Control-Allow-Origin: https://app.example",
    blocks=False,
)
ACAO_ONE_LINE = Rule(
    id="acao-one-line",
    title="Access-Control-Allow-Origin is sent once",
    failure=Failure(
        "Access-Control-Allow-Origin was sent more than once: `{value}`",
        bare="Access-Control-Allow-Origin was sent more than once",
    ),
    spec=f"{FETCH}#concept-header-list-get",
    step="2",
    what="Browsers read two lines as one value with a comma, which is not an origin.",
    why="It happens if a proxy and the application both add the header.",
    fix="Let only one of them add the header.",
    bad="Access-Control-Allow-Origin: *\nAccess-Control-Allow-Origin: *",
    good="Access-Control-Allow-Origin: *",
    blocks=False,
)
COOKIE_SENT = Rule(
    id="cookie-sent-cross-site",
    title="The browser sends the cookie with a cross-site request",
    failure=Failure(
        "The request is cross-site: browsers send only cookies with SameSite=None and Secure, and Safari sends none",
        bare="The browser may not send the cookie with a cross-site request",
    ),
    spec="https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html",
    step="",
    what="With a cross-site request, browsers send only cookies with SameSite=None and Secure. Safari sends none by "
    "default, and Firefox sends only those that were set while the user was on this page's site.",
    why="Cookies that are sent everywhere let sites track users and forge requests.",
    fix="Set the cookie with SameSite=None; Secure; Partitioned, or serve the API from the page's own site.",
    bad="Set-Cookie: sid=1",
    good="Set-Cookie: sid=1; SameSite=None; Secure; Partitioned",
    causes=(SENT_NOT_BY_SAFARI,),
    blocks=False,
)
COOKIE_STORED = Rule(
    id="cookie-stored",
    title="The browser stores the cookie of the response",
    failure=Failure(
        "The browser does not store the cookie `{cookie}`",
        bare="The browser may not store the cookie",
    ),
    spec="https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html",
    step="",
    what="A browser stores a cookie only if the request was made with credentials, and if the Domain, Secure and the prefix "
    "of the name fit. Cross-site, Chromium also requires SameSite=None, Firefox neither Lax nor Strict, and Safari stores none.",
    why="If the cookie is not stored, a login that seems to succeed is lost at the next request.",
    fix='Use credentials: "include", and set the cookie with SameSite=None; Secure; Partitioned.',
    bad="Set-Cookie: sid=1",
    good="Set-Cookie: sid=1; SameSite=None; Secure; Partitioned",
    causes=CAUSES,
    blocks=False,
)

NOT_AN_ERROR = Rule(
    id="status-is-not-an-error",
    title="The response is not 404, 410 or a server error",
    failure=Failure(
        "The response is an error ({status}), which the script can read",
        bare="The response is an error",
    ),
    spec=f"{FETCH}#ok-status",
    step="",
    what="CORS does not judge the status code of a response, except that of a preflight response.",
    why="The request is allowed, but the page probably does not get what it needs: fetch() does not reject such a response.",
    fix="Fix the error: the URL, or what the server's log says. In the script, check response.ok.",
    bad="HTTP/1.1 404 Not Found\nAccess-Control-Allow-Origin: *",
    good="HTTP/1.1 200 OK\nAccess-Control-Allow-Origin: *",
    blocks=False,
)

COOKIE_CARRIED = Rule(
    id="cookie-carried",
    title="The request carries the cookies that the browser has for the URL",
    failure=Failure(
        "The browser does not send the cookie `{cookie}`",
        bare="The browser may not send the cookie",
    ),
    spec="https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html",
    step="",
    what="A cookie is sent only with credentials, only over https if it is Secure, and with a cross-site request only as far as "
    "its SameSite attribute and the browser's rules for third-party cookies allow.",
    why="Cookies that are sent everywhere let sites track users and forge requests.",
    fix='Use credentials: "include", and set the cookie with SameSite=None; Secure; Partitioned.',
    bad="Set-Cookie: sid=1; SameSite=Lax",
    good="Set-Cookie: sid=1; SameSite=None; Secure; Partitioned",
    causes=tuple(cause for cause in (*CAUSES, *OF_FLOWS) if cause.id in UNSENT),
    blocks=False,
)

SHIPPED_CACHE = Rule(
    id="http-cache-is-shipped",
    title="The HTTP cache is the one that users' browsers have",
    failure=Failure(
        "WebKitGTK answers the request to {host} from its HTTP cache. Safari has a different cache, so it may send the request",
        bare="WebKitGTK answers from its HTTP cache, and Safari has a different one",
    ),
    spec="https://httpwg.org/specs/rfc9111.html",
    step="",
    what="WebKit was recorded as WebKitGTK, which has its own HTTP cache.",
    why="What Safari's cache keeps, and for which pages, was not recorded.",
    fix="Send Vary: Origin with every response whose headers depend on the origin: then no cache can give it to another page.",
    bad="(a response from WebKitGTK's cache)",
    good="(a response from the server)",
    blocks=False,
)

RULES: Final = (
    NOT_AN_ERROR,
    SHIPPED_CACHE,
    VARY_ORIGIN,
    ORIGIN_NOT_REFLECTED,
    ACAO_NOT_NULL,
    ACAO_ONE_LINE,
    COOKIE_SENT,
    COOKIE_STORED,
    COOKIE_CARRIED,
)


def advise(end: FetchEnd, params: FetchParams) -> None:
    """Notes about the last response, and about cookies of the whole run."""
    request, response = end.request, end.response
    exchanges = params.trace.exchanges
    _advise_on_cookie_sent(request, exchanges, params)
    if exchanges and exchanges[-1].from_cache and not params.profile.http_cache_is_as_shipped:
        from corsdoctor.fetch.preloads import PRELOAD_FITS  # what a plain check need not load

        if all(step.rule is not PRELOAD_FITS for step in params.trace.steps):
            params.trace.note(SHIPPED_CACHE, ((Field.HOST, request.url.host),))
    if params.state is not None:
        _advise_on_cookies_unsent(params, params.state)
    if response is None or not exchanges or exchanges[-1].kind is not Kind.ACTUAL:
        return
    if request.tainting is Tainting.CORS:
        if end.ended is Ended.CORS and (response.status in (404, 410) or response.status >= 500):
            params.trace.note(NOT_AN_ERROR, ((Field.STATUS, str(response.status)),))
        _advise_on_origin(request, response.headers, params)
    _advise_on_cookies_set(request, response, params)


def _advise_on_origin(request: Request, headers: Headers, params: FetchParams) -> None:
    values = headers.values(ACAO)
    if len(values) > 1:
        params.trace.note(ACAO_ONE_LINE, ((ACAO, ", ".join(values)),))
    if headers.get(ACAO) == "null":
        params.trace.note(ACAO_NOT_NULL, ((ACAO, "null"),))
    stored = "no-store" not in (headers.get("Cache-Control") or "").lower() and request.method in ("GET", "HEAD")
    if stored and values == (request.serialized_origin,) and not varies_by_origin(headers):
        params.trace.note(
            VARY_ORIGIN, ((ACAO, values[0]), ("Vary", headers.get("Vary") or MISSING)),
            remedy=(("Vary", "Origin"),),
        )  # fmt: skip


def _advise_on_cookie_sent(request: Request, exchanges: list[Exchange], params: FetchParams) -> None:
    if params.state is not None and params.profile.third_party_cookies_are_as_shipped:
        return  # its jar knows which cookies are sent; that of WebKitGTK sends third-party cookies, which Safari does not
    if (
        (request.cookie is None and params.state is None)
        or not request.url.is_http
        or same_site(request.origin, request.url_list[0].origin)
    ):
        return
    if any("Cookie" in e.request.headers for e in exchanges):
        params.trace.note(
            COOKIE_SENT, ((Field.PAGE, str(request.origin)), (Field.HOST, request.url_list[0].host)), cause=SENT_NOT_BY_SAFARI,
        )  # fmt: skip


def _advise_on_cookies_unsent(params: FetchParams, state: State) -> None:
    for pair, url, cause in dict.fromkeys(state.cookies.unsent):
        text = f"The browser does not send the cookie `{{cookie}}`: {UNSENT[cause.id]}"
        params.trace.note(COOKIE_CARRIED, (("Cookie", pair), (Field.URL, url)), text, cause)


def _advise_on_cookies_set(request: Request, response: Response, params: FetchParams) -> None:
    lines = response.headers.values("Set-Cookie")
    if not lines or params.state is not None:  # a flow has a jar, and reports what becomes of each cookie
        return
    from corsdoctor.fetch.cookie_context import why_not_stored  # what a response without a cookie need not load

    for line in lines:
        cause = why_not_stored(request, line, response.headers, params.profile)
        if cause is not None:
            params.trace.note(COOKIE_STORED, (("Set-Cookie", line),), cause=cause)
