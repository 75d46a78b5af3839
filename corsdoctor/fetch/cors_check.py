"""The CORS check: may this page have this response? https://fetch.spec.whatwg.org/#concept-cors-check

Everything that decides about Access-Control-Allow-Origin and -Allow-Credentials is in this file.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from corsdoctor.fetch.headers import ACAC, ACAO, varies_by_origin
from corsdoctor.rule import FETCH, Cause, Rule
from corsdoctor.scenario import Credentials
from corsdoctor.url import URL, parse, parse_origin

if TYPE_CHECKING:
    from corsdoctor.fetch.request import FetchParams, Request
    from corsdoctor.wire import Response

_ANSWER_OPTIONS: Final = "Answer OPTIONS with 204 and the CORS headers, before authentication, routing and redirects."
REDIRECTED = Cause(
    "redirected", "The preflight was redirected: http to https, a trailing slash, or a login page.", _ANSWER_OPTIONS
)
AUTHENTICATION = Cause(
    "authentication", "The server asks the preflight for a login; a browser sends it without any.", _ANSWER_OPTIONS
)
NO_OPTIONS = Cause("no-options", "The server has no handler for the method OPTIONS at this URL.", _ANSWER_OPTIONS)
SERVER_ERROR = Cause("server-error", "The server failed while it answered the preflight.")
ERROR_PAGE = Cause("error-page", "The status is an error: the page that answers errors lacks the CORS headers.")
LOGIN_PAGE = Cause(
    "login-page",
    "The request was redirected to what looks like a login page, which has no CORS headers.",
    "Answer a script that is not logged in with 401 and the CORS headers, instead of a redirect to the login page.",
)
AFTER_REDIRECT = Cause("after-redirect", "The request was redirected, and the URL that it came to has no CORS headers.")
BARE_REDIRECT = Cause(
    "bare-redirect",
    "The answer is a redirect without CORS headers; browsers check each hop of a redirected request.",
    "Ask for the URL that it leads to, or send Access-Control-Allow-Origin with the redirect too.",
)
NOT_CONFIGURED = Cause("not-configured", "The server sends no CORS headers for this URL at all.")
SEVERAL_VALUES = Cause(
    "several-values",
    "There is more than one value, by a list or by two lines; only one is allowed. Often a proxy and the application both add one.",
)
TRAILING_SLASH = Cause("trailing-slash", "The value ends in a slash; an origin never does.")
HAS_PATH = Cause("has-path", "The value has a path; an origin is only scheme, host and port.")
WRONG_SCHEME = Cause("wrong-scheme", "The scheme is another one: http and https are different origins.")
WRONG_PORT = Cause("wrong-port", "The port is another one; it is part of the origin.")
OTHER_SPELLING = Cause(
    "other-spelling",
    "The value means the page's origin, but is spelled otherwise (a default port, say); it is compared byte for byte.",
)
WRONG_CASE = Cause("wrong-case", "The value differs only in upper and lower case; it is compared byte for byte.")
NO_SCHEME = Cause("no-scheme", "The value has no scheme; an origin starts with https:// or http://.")
WWW = Cause("www", "The hosts differ only by `www.`.")
PATTERN = Cause("pattern", "The value is a pattern; only a lone `*` is a wildcard, `https://*.example.com` is none.")
QUOTED = Cause("quoted", "The value is in quotation marks.")
EMPTY = Cause("empty", "The header is there, but its value is empty.")
NULL_VALUE = Cause(
    "null-value", "The server allows `null`, which is the origin of files, sandboxes and some redirects."
)
TAINTED = Cause(
    "tainted",
    "After a redirect across origins the browser sends `Origin: null`, whatever the page is.",
    "Ask the final URL directly, so that no redirect to another origin comes in between.",
)
OPAQUE_PAGE = Cause(
    "opaque-page",
    "The page has an opaque origin (a file, a sandbox), so it sends `Origin: null`.",
    "Open the page from a server (a development server on http://localhost will do) and allow that origin.",
)
OWN_ORIGIN = Cause("own-origin", "The server names its own origin; it must name the page's.")
OTHER_ORIGIN = Cause(
    "other-origin",
    "The server names another origin: the page's is missing in its list, or a cache kept the answer for another page.",
)
ACAC_CASE = Cause("case", "The value must be `true` in lower case.")
ACAC_SEVERAL = Cause("several-values", "The header is there twice; together the lines read `true, true`.")

ACAO_PRESENT = Rule(
    id="acao-present",
    title="Access-Control-Allow-Origin is there",
    spec=f"{FETCH}#concept-cors-check",
    step="2",
    what="The response of a cross-origin request must carry Access-Control-Allow-Origin.",
    why="Without it the server has not said that this page may read its answer, so the browser keeps it from the script.",
    fix="Have the server send Access-Control-Allow-Origin with the page's origin, on error responses too.",
    bad="HTTP/1.1 200 OK\nContent-Type: application/json",
    good="HTTP/1.1 200 OK\nContent-Type: application/json\nAccess-Control-Allow-Origin: https://app.example\nVary: Origin",
    causes=(
        REDIRECTED,
        AUTHENTICATION,
        NO_OPTIONS,
        SERVER_ERROR,
        ERROR_PAGE,
        LOGIN_PAGE,
        TAINTED,
        AFTER_REDIRECT,
        BARE_REDIRECT,
        NOT_CONFIGURED,
    ),
)
ACAO_NOT_WILDCARD = Rule(
    id="acao-not-wildcard-with-credentials",
    title="With credentials, Access-Control-Allow-Origin names the origin, not *",
    spec=f"{FETCH}#concept-cors-check",
    step="3, 4",
    what="`*` counts as a wildcard only where the request's credentials mode is not `include`.",
    why="`*` with cookies would let every site read what the user sees when logged in.",
    fix="Send the page's origin instead of `*`, with Vary: Origin; or don't send credentials.",
    bad="Access-Control-Allow-Origin: *\nAccess-Control-Allow-Credentials: true",
    good="Access-Control-Allow-Origin: https://app.example\nAccess-Control-Allow-Credentials: true\nVary: Origin",
)
ACAO_MATCHES = Rule(
    id="acao-matches-origin",
    title="Access-Control-Allow-Origin is the page's origin",
    spec=f"{FETCH}#concept-cors-check",
    step="4",
    what="The value must be the Origin header of the request, byte for byte, or a lone `*`.",
    why="The server says which page may read the answer; a value for another page is no permission for this one.",
    fix="Send back exactly the origin of the page, once, with Vary: Origin.",
    bad="Origin: https://app.example\n\nAccess-Control-Allow-Origin: https://app.example/",
    good="Origin: https://app.example\n\nAccess-Control-Allow-Origin: https://app.example\nVary: Origin",
    causes=(
        SEVERAL_VALUES, TRAILING_SLASH, HAS_PATH, WRONG_SCHEME, WRONG_PORT, WRONG_CASE, OTHER_SPELLING, NO_SCHEME, WWW,
        PATTERN, QUOTED, EMPTY, NULL_VALUE, TAINTED, OPAQUE_PAGE, OWN_ORIGIN, OTHER_ORIGIN,
    ),
)  # fmt: skip
ACAC_TRUE = Rule(
    id="acac-true",
    title="With credentials, Access-Control-Allow-Credentials is true",
    spec=f"{FETCH}#concept-cors-check",
    step="6, 7",
    what="Where the credentials mode is `include`, the value must be the four letters `true`, in lower case.",
    why="The server says with it that it meant to answer a request with cookies for another site's page.",
    fix="Send Access-Control-Allow-Credentials: true; or don't send credentials.",
    bad="Access-Control-Allow-Origin: https://app.example\nAccess-Control-Allow-Credentials: True",
    good="Access-Control-Allow-Origin: https://app.example\nAccess-Control-Allow-Credentials: true\nVary: Origin",
    causes=(ACAC_CASE, ACAC_SEVERAL),
)

_LOGIN_WORDS: Final = frozenset({"auth", "authorize", "login", "oauth", "oauth2", "saml", "signin", "sso"})

RULES: Final = (ACAO_PRESENT, ACAO_NOT_WILDCARD, ACAO_MATCHES, ACAC_TRUE)


def cors_check(
    request: Request, origin_sent: str, response: Response, params: FetchParams, *, include: bool | None = None
) -> bool:
    """Whether `response` may be shared with the page. `origin_sent` is the Origin header that the request carried.

    `include` says whether credentials count as included where that is not what the request's credentials mode says.

    https://fetch.spec.whatwg.org/#concept-cors-check
    """
    trace = params.trace
    include = request.credentials is Credentials.INCLUDE if include is None else include
    origin = response.headers.get(ACAO)  # 1.
    if origin is None:  # 2.
        trace.failed(
            ACAO_PRESENT, ((ACAO, "(missing)"), ("wanted", origin_sent)), _why_absent(request, origin_sent, response, params),
            _remedy(origin_sent, include, response),
        )  # fmt: skip
        return False
    trace.passed(ACAO_PRESENT, ((ACAO, origin),))
    if not include and origin == "*":  # 3.
        trace.passed(ACAO_MATCHES, ((ACAO, origin), ("Origin", origin_sent)), "`*` allows every origin")
        return True
    if origin != origin_sent:  # 4.
        if origin == "*":
            trace.failed(
                ACAO_NOT_WILDCARD,
                ((ACAO, origin), ("wanted", origin_sent)),
                remedy=_remedy(origin_sent, include, response),
            )
        else:
            trace.failed(
                ACAO_MATCHES, ((ACAO, origin), ("wanted", origin_sent)), _why_different(request, origin_sent, origin),
                _remedy(origin_sent, include, response),
            )  # fmt: skip
        return False
    trace.passed(ACAO_MATCHES, ((ACAO, origin), ("Origin", origin_sent)))
    if not include:  # 5.
        return True
    credentials = response.headers.get(ACAC)  # 6.
    if params.profile.empty_lines_vanish and credentials is not None:
        credentials = ", ".join(v for v in response.headers.values(ACAC) if v)
    if credentials == "true":  # 7.
        trace.passed(ACAC_TRUE, ((ACAC, credentials),))
        return True
    trace.failed(
        ACAC_TRUE, ((ACAC, "(missing)" if credentials is None else credentials), ("wanted", "true")),
        _why_not_true(credentials), ((ACAC, "true"),),
    )  # fmt: skip
    return False  # 8.


def _remedy(origin_sent: str, include: bool, response: Response) -> tuple[tuple[str, str], ...]:
    """The lines that would have passed; none for `null`, which should not be allowed."""
    if origin_sent == "null":
        return ()
    lines = [(ACAO, origin_sent)]
    if not varies_by_origin(response.headers):
        lines.append(("Vary", "Origin"))
    if include and response.headers.get(ACAC) != "true":
        lines.append((ACAC, "true"))
    return tuple(lines)


def why_not_ok(response: Response) -> Cause | None:
    """The likely reason why a preflight's status is not ok."""
    match response.status:
        case status if 300 <= status <= 399:
            return REDIRECTED
        case 401 | 403 | 407:
            return AUTHENTICATION
        case 404 | 405 | 501:
            return NO_OPTIONS
        case status if status >= 500:
            return SERVER_ERROR
        case _:
            return None


def _why_absent(request: Request, origin_sent: str, response: Response, params: FetchParams) -> Cause:
    if params.trace.exchanges and params.trace.exchanges[-1].is_preflight:
        cause = why_not_ok(response)
        if cause is not None:
            return cause
    elif request.redirect_count and _looks_like_a_login(request.url):
        return LOGIN_PAGE
    elif response.status >= 400:
        return ERROR_PAGE
    elif 300 <= response.status < 400 and "Location" in response.headers:
        return BARE_REDIRECT
    if _is_tainted(request, origin_sent):
        return TAINTED
    return AFTER_REDIRECT if request.redirect_count else NOT_CONFIGURED


def _looks_like_a_login(url: URL) -> bool:
    """Whether a whole word of the host or the path says so."""
    return not _LOGIN_WORDS.isdisjoint(re.split(r"[^a-z0-9]+", f"{url.host}{url.path}".lower()))


def _is_tainted(request: Request, origin_sent: str) -> bool:
    """Whether redirects made the Origin header `null`; one browser's preflight still names the page."""
    return request.redirect_tainted and origin_sent == "null"


def _why_different(request: Request, origin_sent: str, value: str) -> Cause:
    page = str(request.origin)
    if not value:
        return EMPTY
    if "," in value or " " in value:
        return SEVERAL_VALUES
    if value.strip("\"'") != value:
        return QUOTED
    if "*" in value:
        return PATTERN
    if _is_tainted(request, origin_sent) and parse_origin(value) is not None:
        return TAINTED
    if request.origin.opaque:
        return OPAQUE_PAGE
    if value.lower() == "null":
        return NULL_VALUE
    if value == page + "/":
        return TRAILING_SLASH
    if value.lower() == page:
        return WRONG_CASE
    if "://" not in value:
        return NO_SCHEME
    named = parse(value)
    if named is None:
        return OTHER_ORIGIN
    if named.origin == request.origin:
        return HAS_PATH if any(c in "/?#" for c in value.split("://", 1)[1]) else OTHER_SPELLING
    same_host = named.host == request.origin.host
    if same_host and named.scheme != request.origin.scheme:
        return WRONG_SCHEME
    if same_host:
        return WRONG_PORT
    if named.host.removeprefix("www.") == request.origin.host.removeprefix("www."):
        return WWW
    return OWN_ORIGIN if named.origin == request.url.origin else OTHER_ORIGIN


def _why_not_true(value: str | None) -> Cause | None:
    if value is None:
        return None
    if value.lower() == "true":
        return ACAC_CASE
    return ACAC_SEVERAL if "," in value else None
