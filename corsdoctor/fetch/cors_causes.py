"""How a value differs from the one that would have passed the CORS check, as far as the failure's sentence says so.

Why a server sends no header, or another origin's, is decided in the room `causes`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from corsdoctor.rule import Cause, Failure
from corsdoctor.scenario import Api
from corsdoctor.url import parse, parse_origin

if TYPE_CHECKING:
    from corsdoctor.fetch.request import Request

TWO_LAYERS = Cause(
    "two-layers",
    "Two layers add the header, often a proxy and the application.",
    fix="Let only one of the two layers add the header.",
    failure=Failure(
        "Access-Control-Allow-Origin in {response} has more than one value: `{value}`",
        bare="Access-Control-Allow-Origin in {response} has more than one value",
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
    "After a redirect between origins, browsers send `Origin: null`.",
    fix="Request the final URL, so that there is no redirect to another origin.",
    failure=Failure(
        "The browser sent Origin: null after the redirect, but Access-Control-Allow-Origin is `{value}`",
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
    "The allowlist lacks the page's origin, or a cache returned the response for another page.",
)
ACAC_CASE = Cause(
    "case",
    "The value must be `true` in lower case.",
)
ACAC_TWO_LAYERS = Cause(
    "two-layers",
    "The header was sent more than once, and browsers read the lines as one value: `true, true`. Two layers add it, often "
    "a proxy and the application.",
    fix="Let only one of the two layers add the header.",
    failure=Failure(
        "Access-Control-Allow-Credentials in {response} has more than one value: `{value}`",
        remark="has more than one value",
    ),
)

BEACON = Cause(
    "beacon",
    "A beacon always has credentials.",
    fix="Send the page's origin in Access-Control-Allow-Origin, with Access-Control-Allow-Credentials: true and Vary: Origin. Or "
    'use fetch() with `keepalive: true` and `credentials: "omit"` instead of a beacon.',
)
IF_ABSENT: Final = (TAINTED,)
IF_DIFFERENT: Final = (
    TWO_LAYERS, TRAILING_SLASH, HAS_PATH, WRONG_SCHEME, WRONG_PORT, WRONG_CASE, OTHER_SPELLING, NO_SCHEME, WWW,
    PATTERN, QUOTED, EMPTY, NULL_VALUE, TAINTED, OPAQUE_PAGE, OWN_ORIGIN, OTHER_ORIGIN,
)  # fmt: skip
IF_WILDCARD: Final = (BEACON,)
IF_NOT_TRUE: Final = (ACAC_CASE, ACAC_TWO_LAYERS, BEACON)


def why_absent(request: Request, origin_sent: str) -> Cause | None:
    """The reason that changes the sentence on a missing Access-Control-Allow-Origin; the room `causes` finds all others."""
    return TAINTED if _is_tainted(request, origin_sent) else None


def _is_tainted(request: Request, origin_sent: str) -> bool:
    """Whether redirects made the Origin header `null`; one browser's preflight still names the page."""
    return request.redirect_tainted and origin_sent == "null"


def why_different(request: Request, origin_sent: str, value: str) -> Cause:
    """How `value` differs from the Origin header that was sent."""
    page = str(request.origin)
    if not value:
        return EMPTY
    if "," in value or " " in value:
        return TWO_LAYERS
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


def why_included(request: Request) -> Cause | None:
    """Why the request has credentials, if the script has no choice."""
    return BEACON if request.api is Api.BEACON else None


def why_not_true(request: Request, value: str | None) -> Cause | None:
    """Why a value of Access-Control-Allow-Credentials that looks like `true` is not, or why the header is required."""
    if value is None:
        return why_included(request)
    if value.lower() == "true":
        return ACAC_CASE
    return ACAC_TWO_LAYERS if "," in value else None
