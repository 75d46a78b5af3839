"""When a preflight is due, and for which headers. https://fetch.spec.whatwg.org/#concept-http-fetch, step 4.1"""

from __future__ import annotations

from typing import Final, assert_never

from corsdoctor.browsers.profile import NamedHeaders, Profile
from corsdoctor.fetch.request import FetchParams, Request
from corsdoctor.fetch.safelist import cors_unsafe_request_header_names, is_cors_safelisted_method
from corsdoctor.rule import FETCH, Rule
from corsdoctor.scenario import Credentials
from corsdoctor.sentence import Sentence

PREFLIGHT_NEEDED = Rule(
    id="preflight-needed",
    title="A request that no form could send is asked for with a preflight first",
    spec=f"{FETCH}#concept-http-fetch",
    step="4.1",
    what="A method other than GET, HEAD, POST, a header or value that is not safelisted, an upload listener or a "
    "streamed body makes the browser send an OPTIONS request first.",
    why="Servers from before CORS never saw such requests from other sites' pages; the preflight asks whether they may come.",
    fix="Answer OPTIONS with the permissions; or use only safelisted methods and headers, and no preflight is sent.",
    bad="(a server that answers OPTIONS with 405)",
    good="OPTIONS /items\nAccess-Control-Request-Method: PUT\n\nHTTP/1.1 204 No Content\n"
    "Access-Control-Allow-Origin: https://app.example\nAccess-Control-Allow-Methods: PUT",
)
RULES: Final = (PREFLIGHT_NEEDED,)


def why_preflight(request: Request, params: FetchParams) -> tuple[tuple[str, str], ...]:
    """(what, why) for each thing that makes a preflight due; empty where none is.

    https://fetch.spec.whatwg.org/#concept-main-fetch, 12., and #concept-http-fetch, 4.1
    """
    reasons: list[tuple[str, str]] = []
    if not is_cors_safelisted_method(request.method):
        reasons.append(("method", Sentence("{method} is not GET, HEAD or POST", method=request.method)))
    for name, why in unsafe_names(request, params.profile).items():
        reasons.append((name, why))
    if request.use_cors_preflight:
        reasons.append(
            ("body", "it is streamed")
            if request.streamed
            else ("upload", "the script listens to the upload's progress")
        )
    if not reasons and _repeats(request, params.profile):
        reasons.append(
            ("redirect", f"{params.profile.title} asks again at each hop of a request that was asked for once")
        )
    return tuple(reasons)


def is_remembered(request: Request, params: FetchParams) -> bool:
    """Whether the preflight cache spares the preflight. https://fetch.spec.whatwg.org/#concept-http-fetch, 4.1"""
    if _repeats(request, params.profile):
        return False
    key = (request.serialized_origin, request.url.href, request.credentials is Credentials.INCLUDE, params.now)
    method_matches = params.cache.method_match(request.method, *key)
    asks_method = not is_cors_safelisted_method(request.method) or request.use_cors_preflight
    names = unsafe_names(request, params.profile)
    return (method_matches or not asks_method) and all(params.cache.header_name_match(n, *key) for n in names)


def _repeats(request: Request, profile: Profile) -> bool:
    """Whether a preflight is due for what the request was before a redirect changed it."""
    if request.preflighted and profile.preflight_repeats_after_redirect:
        return True
    return profile.preflight_remembers_headers and bool(
        cors_unsafe_request_header_names(request.first_headers, profile)
    )


def unsafe_names(request: Request, profile: Profile) -> dict[str, str]:
    """Lower-case name -> why the preflight asks for it, sorted by name."""
    match profile.preflight_names:
        case NamedHeaders.CURRENT:
            headers = request.headers
        case NamedHeaders.FIRST:
            headers = request.first_headers
        case NamedHeaders.FIRST_LESS_DROPPED:
            headers = request.first_headers.delete(*request.just_dropped)
        case _:
            assert_never(profile.preflight_names)
    return cors_unsafe_request_header_names(headers, profile)
