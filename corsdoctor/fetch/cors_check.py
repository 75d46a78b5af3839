"""The CORS check: may this page have this response? https://fetch.spec.whatwg.org/#concept-cors-check

Everything that decides about Access-Control-Allow-Origin and -Allow-Credentials is in this file.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from corsdoctor.fetch.headers import ACAC, ACAO, varies_by_origin
from corsdoctor.rule import FETCH, MISSING, Cause, Failure, Field, Rule
from corsdoctor.scenario import Credentials
from corsdoctor.url import URL, parse, parse_origin

if TYPE_CHECKING:
    from corsdoctor.fetch.request import FetchParams, Request
    from corsdoctor.wire import Response

_ANSWER_OPTIONS: Final = "Answer OPTIONS with 204 and the CORS headers, before authentication, routing and redirects."
REDIRECTED = Cause(
    "redirected",
    "The server redirects the preflight request: from http to https, to add or remove a trailing slash, or to a "
    "login page.",
    fix=_ANSWER_OPTIONS,
    failure=Failure(
        "The preflight response is a redirect ({status}), which browsers do not follow",
        remark="is a redirect, which browsers do not follow here",
    ),
)
AUTHENTICATION = Cause(
    "authentication",
    "The server refuses OPTIONS, probably because it requires a login. Browsers never send credentials with a "
    "preflight request.",
    fix=_ANSWER_OPTIONS,
)
NO_OPTIONS = Cause(
    "no-options",
    "Probably no route handles OPTIONS at this URL.",
    fix=_ANSWER_OPTIONS,
)
SERVER_ERROR = Cause(
    "server-error",
    "The server failed when it handled the preflight request.",
)
ERROR_PAGE = Cause(
    "error-page",
    "The status code is an error. Probably the server does not add CORS headers to error responses.",
)
LOGIN_PAGE = Cause(
    "login-page",
    "The request was redirected to what looks like a login page, which has no CORS headers.",
    fix="If a script is not logged in, return 401 with the CORS headers instead of a redirect to the login page.",
)
AFTER_REDIRECT = Cause(
    "after-redirect",
    "The request was redirected, and the response at the new URL has no CORS headers.",
)
BARE_REDIRECT = Cause(
    "bare-redirect",
    "The response is a redirect without CORS headers. Browsers check every redirect of a cross-origin request.",
    fix="Request the URL that it leads to, or send Access-Control-Allow-Origin with the redirect too.",
)
NOT_CONFIGURED = Cause(
    "not-configured",
    "Probably CORS is not configured for this URL, or this origin is not on the server's allowlist.",
)
SEVERAL_VALUES = Cause(
    "several-values",
    "The header has several values, in a list or in several lines, but only one is allowed. Often a proxy and the "
    "application both add one.",
    failure=Failure(
        "Access-Control-Allow-Origin in {response} has more than one value: `{value}`",
        remark="has more than one value",
    ),
)
TRAILING_SLASH = Cause(
    "trailing-slash",
    "The value ends with a slash, but an origin never does.",
    failure=Failure(
        "Access-Control-Allow-Origin in {response} ends with a slash: `{value}`",
        remark="ends with a slash",
    ),
)
HAS_PATH = Cause(
    "has-path",
    "The value has a path, but an origin is only a scheme, a host and a port.",
    failure=Failure("Access-Control-Allow-Origin in {response} has a path: `{value}`", remark="has a path"),
)
WRONG_SCHEME = Cause(
    "wrong-scheme",
    "The scheme differs: http and https are different origins.",
    failure=Failure(
        "Access-Control-Allow-Origin in {response} has the wrong scheme: `{value}`, not {wanted}",
        remark="has the wrong scheme ({wanted})",
    ),
)
WRONG_PORT = Cause(
    "wrong-port",
    "The port differs. It is part of the origin.",
    failure=Failure(
        "Access-Control-Allow-Origin in {response} has the wrong port: `{value}`, not {wanted}",
        remark="has the wrong port ({wanted})",
    ),
)
OTHER_SPELLING = Cause(
    "other-spelling",
    "The value means the page's origin but is spelled differently, for example with a default port. Browsers "
    "compare it byte for byte.",
    failure=Failure(
        "Access-Control-Allow-Origin in {response} is spelled `{value}`, not {wanted}",
        remark="is not spelled {wanted}",
    ),
)
WRONG_CASE = Cause(
    "wrong-case",
    "The value differs only in upper and lower case. Browsers compare it byte for byte.",
    failure=Failure(
        "Access-Control-Allow-Origin in {response} is `{value}`, which differs from {wanted} in upper and lower case",
        remark="differs from {wanted} in upper and lower case",
    ),
)
NO_SCHEME = Cause(
    "no-scheme",
    "The value has no scheme. An origin starts with https:// or http://.",
    failure=Failure("Access-Control-Allow-Origin in {response} has no scheme: `{value}`", remark="has no scheme"),
)
WWW = Cause(
    "www",
    "The hosts differ only by `www.`.",
)
PATTERN = Cause(
    "pattern",
    "The value is a pattern. Only a single `*` is a wildcard; `https://*.example.com` is not.",
    failure=Failure(
        "Access-Control-Allow-Origin in {response} is a pattern, which browsers do not support: `{value}`",
        remark="is a pattern, which browsers do not support",
    ),
)
QUOTED = Cause(
    "quoted",
    "The value is in quotation marks.",
    failure=Failure(
        "Access-Control-Allow-Origin in {response} has quotation marks: `{value}`",
        remark="has quotation marks",
    ),
)
EMPTY = Cause(
    "empty",
    "The header is present, but its value is empty.",
    failure=Failure("Access-Control-Allow-Origin in {response} is empty", remark="is empty"),
)
NULL_VALUE = Cause(
    "null-value",
    "The server allows `null`, which is the origin of files, sandboxed frames and some redirects.",
)
TAINTED = Cause(
    "tainted",
    "After a redirect from one origin to another, the browser sends `Origin: null`, whatever the page is.",
    fix="Request the final URL, so that there is no redirect to another origin.",
    failure=Failure(
        "The browser sent Origin: null after the redirect, but Access-Control-Allow-Origin in {response} is `{value}`",
        missing="The browser sent Origin: null after the redirect, and {response} has no "
        "Access-Control-Allow-Origin header",
        remark="is not null, the Origin that the browser sent",
    ),
)
OPAQUE_PAGE = Cause(
    "opaque-page",
    "The page has an opaque origin (it is a file or sandboxed), so the browser sends `Origin: null`.",
    fix="Open the page from a server (a development server on http://localhost is enough), and allow that origin.",
    failure=Failure(
        "The browser sent Origin: null, because the page is a file or sandboxed, but Access-Control-Allow-Origin in "
        "{response} is `{value}`",
        remark="is not null, the Origin that the browser sent",
    ),
)
OWN_ORIGIN = Cause(
    "own-origin",
    "The server names its own origin instead of the page's.",
    failure=Failure(
        "Access-Control-Allow-Origin in {response} is the server's own origin (`{value}`), not the page's ({wanted})",
        remark="is the server's own origin, not the page's ({wanted})",
    ),
)
OTHER_ORIGIN = Cause(
    "other-origin",
    "The server names another origin: the page's is not on its allowlist, or a cache returned the response for "
    "another page.",
)
ACAC_CASE = Cause(
    "case",
    "The value must be `true` in lower case.",
)
ACAC_SEVERAL = Cause(
    "several-values",
    "The header was sent more than once, and browsers read the lines as one value: `true, true`.",
    failure=Failure(
        "Access-Control-Allow-Credentials in {response} has more than one value: `{value}`",
        remark="has more than one value",
    ),
)

ACAO_PRESENT = Rule(
    id="acao-present",
    title="The response has an Access-Control-Allow-Origin header",
    failure=Failure(
        missing="{response} has no Access-Control-Allow-Origin header",
        bare="{response} has no Access-Control-Allow-Origin header",
        remark="is missing",
    ),
    spec=f"{FETCH}#concept-cors-check",
    step="2",
    what="The response to a cross-origin request must have an Access-Control-Allow-Origin header.",
    why="Without the header, the server has not said that this page may read the response, so the browser withholds "
    "it from the script.",
    fix="Make the server send Access-Control-Allow-Origin with the page's origin, on error responses too.",
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
    passed="is present",
)
ACAO_NOT_WILDCARD = Rule(
    id="acao-not-wildcard-with-credentials",
    title="With credentials, Access-Control-Allow-Origin names the page's origin instead of *",
    failure=Failure(
        "Access-Control-Allow-Origin in {response} is `*`, which does not allow a request with credentials",
        remark="does not allow credentials",
    ),
    spec=f"{FETCH}#concept-cors-check",
    step="3, 4",
    what="`*` is a wildcard only if the request's credentials mode is not `include`.",
    why="`*` together with cookies would let every site read what the user sees when logged in.",
    fix="Send the page's origin instead of `*`, with Vary: Origin. Or make the request without credentials.",
    bad="Access-Control-Allow-Origin: *\nAccess-Control-Allow-Credentials: true",
    good="Access-Control-Allow-Origin: https://app.example\nAccess-Control-Allow-Credentials: true\nVary: Origin",
)
ACAO_MATCHES = Rule(
    id="acao-matches-origin",
    title="Access-Control-Allow-Origin is the page's origin",
    failure=Failure(
        "Access-Control-Allow-Origin in {response} is `{value}`, not the page's origin ({wanted})",
        bare="Access-Control-Allow-Origin in {response} is not the page's origin",
        remark="is not the page's origin ({wanted})",
    ),
    spec=f"{FETCH}#concept-cors-check",
    step="4",
    what="The value must be identical to the Origin header of the request, byte for byte, or a single `*`.",
    why="With this header the server says which page may read the response. A value for another page does not allow "
    "this one.",
    fix="Send exactly the page's origin, once, with Vary: Origin.",
    bad="Origin: https://app.example\n\nAccess-Control-Allow-Origin: https://app.example/",
    good="Origin: https://app.example\n\nAccess-Control-Allow-Origin: https://app.example\nVary: Origin",
    causes=(
        SEVERAL_VALUES, TRAILING_SLASH, HAS_PATH, WRONG_SCHEME, WRONG_PORT, WRONG_CASE, OTHER_SPELLING, NO_SCHEME, WWW,
        PATTERN, QUOTED, EMPTY, NULL_VALUE, TAINTED, OPAQUE_PAGE, OWN_ORIGIN, OTHER_ORIGIN,
    ),
    passed="is the page's origin",
)  # fmt: skip
ACAC_TRUE = Rule(
    id="acac-true",
    title="With credentials, Access-Control-Allow-Credentials is true",
    failure=Failure(
        "Access-Control-Allow-Credentials in {response} is `{value}`, not `true`",
        missing="{response} has no Access-Control-Allow-Credentials header, which a request with credentials requires",
        bare="Access-Control-Allow-Credentials in {response} is not `true`",
        remark="is not `true`",
    ),
    spec=f"{FETCH}#concept-cors-check",
    step="6, 7",
    what="If the credentials mode is `include`, the value must be `true`, in lower case.",
    why="With this header the server says that it intends to answer requests with cookies from other sites' pages.",
    fix="Send Access-Control-Allow-Credentials: true. Or make the request without credentials.",
    bad="Access-Control-Allow-Origin: https://app.example\nAccess-Control-Allow-Credentials: True",
    good="Access-Control-Allow-Origin: https://app.example\nAccess-Control-Allow-Credentials: true\nVary: Origin",
    causes=(ACAC_CASE, ACAC_SEVERAL),
    passed="is true",
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
            ACAO_PRESENT, ((ACAO, MISSING), (Field.WANTED, origin_sent)), _why_absent(request, origin_sent, response, params),
            _remedy(origin_sent, include, response),
        )  # fmt: skip
        return False
    trace.passed(ACAO_PRESENT, ((ACAO, origin),))
    if not include and origin == "*":  # 3.
        trace.passed(ACAO_MATCHES, ((ACAO, origin), (Field.ORIGIN, origin_sent)), "allows every origin")
        return True
    if origin != origin_sent:  # 4.
        if origin == "*":
            trace.failed(
                ACAO_NOT_WILDCARD,
                ((ACAO, origin), (Field.WANTED, origin_sent)),
                remedy=_remedy(origin_sent, include, response),
            )
        else:
            trace.failed(
                ACAO_MATCHES, ((ACAO, origin), (Field.WANTED, origin_sent)), _why_different(request, origin_sent, origin),
                _remedy(origin_sent, include, response),
            )  # fmt: skip
        return False
    trace.passed(ACAO_MATCHES, ((ACAO, origin), (Field.ORIGIN, origin_sent)))
    if not include:  # 5.
        return True
    credentials = response.headers.get(ACAC)  # 6.
    if params.profile.empty_lines_vanish and credentials is not None:
        credentials = ", ".join(v for v in response.headers.values(ACAC) if v)
    if credentials == "true":  # 7.
        trace.passed(ACAC_TRUE, ((ACAC, credentials),))
        return True
    trace.failed(
        ACAC_TRUE, ((ACAC, MISSING if credentials is None else credentials), (Field.WANTED, "true")),
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
