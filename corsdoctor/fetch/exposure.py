"""Which response headers a script may read. https://fetch.spec.whatwg.org/#concept-filtered-response-cors"""

from __future__ import annotations

from itertools import takewhile
from typing import Final

from corsdoctor.browsers.profile import Profile
from corsdoctor.fetch.headers import ACEH, TOKEN, extract_header_list_values
from corsdoctor.fetch.request import Ended, FetchEnd, FetchParams
from corsdoctor.rule import FETCH, MISSING, Failure, Field, Rule
from corsdoctor.scenario import Api, Credentials
from corsdoctor.wire import Headers, ascii_lower

SAFELISTED_RESPONSE_NAMES: Final = frozenset(
    {"cache-control", "content-language", "content-length", "content-type", "expires", "last-modified", "pragma"}
)
_HOUSEKEEPING: Final = frozenset(  # what no script asks for: not worth a note
    [
        "alt-svc",
        "connection",
        "content-security-policy",
        "cross-origin-resource-policy",
        "date",
        "keep-alive",
        "permissions-policy",
        "referrer-policy",
        "server",
        "strict-transport-security",
        "transfer-encoding",
        "vary",
        "via",
        "x-content-type-options",
        "x-frame-options",
        "x-powered-by",
        "x-xss-protection",
    ]
)
FORBIDDEN_RESPONSE_NAMES: Final = frozenset({"set-cookie", "set-cookie2"})

HEADER_EXPOSED = Rule(
    id="response-header-exposed",
    title="Access-Control-Expose-Headers lists the response headers that the script reads",
    failure=Failure(
        "The script cannot read {names}: not listed in Access-Control-Expose-Headers",
        bare="A response header is not listed in Access-Control-Expose-Headers, so the script cannot read it",
    ),
    spec=f"{FETCH}#concept-filtered-response-cors",
    step="",
    what="In a cross-origin response a script can read seven headers, and those that Access-Control-Expose-Headers "
    "lists. Without credentials, `*` allows every header. Set-Cookie is never readable.",
    why="Old servers put secrets into response headers, because no other site's page could read them.",
    fix="List the names in Access-Control-Expose-Headers.",
    bad="X-Total-Count: 42",
    good="X-Total-Count: 42\nAccess-Control-Expose-Headers: X-Total-Count",
    blocks=False,
)

RULES: Final = (HEADER_EXPOSED,)


def readable_headers(end: FetchEnd, params: FetchParams) -> tuple[str, ...] | None:
    """Lower-case names that the script may read, sorted; None if there is no response or the API shows no headers."""
    if end.request.api not in (Api.FETCH, Api.XHR) or end.response is None:
        return None
    names = dict.fromkeys(ascii_lower(n) for n, _ in end.response.headers)
    match end.ended:
        case Ended.BASIC:
            return tuple(sorted(n for n in names if n not in FORBIDDEN_RESPONSE_NAMES))
        case Ended.CORS:
            exposed = cors_exposed_header_names(end, end.response.headers, params.profile)
            readable = tuple(sorted(n for n in names if _is_cors_safelisted_response_header_name(n, exposed)))
            hidden = tuple(
                n for n in names if n not in readable and n not in _HOUSEKEEPING and not n.startswith("access-control-")
            )
            if hidden:
                _note(hidden, end.response.headers, params)
            return readable
        case _:
            return ()


def cors_exposed_header_names(end: FetchEnd, headers: Headers, profile: Profile) -> frozenset[str]:
    """The CORS-exposed header-name list, in lower case. https://fetch.spec.whatwg.org/#concept-main-fetch, 14.1"""
    names = extract_header_list_values(ACEH, headers)  # 14.1.1
    lenient = profile.expose_wildcard_survives_garbage and end.request.api is Api.FETCH
    if isinstance(names, ValueError) and lenient and _starts_with_wildcard(headers):
        names = ("*",)
    if names is None or isinstance(names, ValueError):
        return frozenset()
    if end.request.credentials is not Credentials.INCLUDE and "*" in names:  # 14.1.2
        return frozenset(ascii_lower(n) for n, _ in headers)
    return frozenset(ascii_lower(n) for n in names)  # 14.1.3


def _starts_with_wildcard(headers: Headers) -> bool:
    """Whether `*` stands before what can't be parsed."""
    return "*" in takewhile(TOKEN.fullmatch, headers.elements(ACEH))


def _is_cors_safelisted_response_header_name(name: str, exposed: frozenset[str]) -> bool:
    """https://fetch.spec.whatwg.org/#cors-safelisted-response-header-name"""
    return name in SAFELISTED_RESPONSE_NAMES or (name in exposed and name not in FORBIDDEN_RESPONSE_NAMES)


def _note(hidden: tuple[str, ...], headers: Headers, params: FetchParams) -> None:
    got = headers.get(ACEH)
    shown = tuple(n for n in hidden if n not in FORBIDDEN_RESPONSE_NAMES)
    if len(shown) < len(hidden):
        params.trace.note(HEADER_EXPOSED, (("Set-Cookie", "(present)"),), "Scripts can never read Set-Cookie")
    if shown:
        params.trace.note(
            HEADER_EXPOSED, ((ACEH, MISSING if got is None else got), (Field.NOT_READABLE, ", ".join(shown))),
            remedy=((ACEH, ", ".join(shown)),), missing=shown,
        )  # fmt: skip
