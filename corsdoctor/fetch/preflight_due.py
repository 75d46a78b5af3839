"""When a request requires a preflight, and for which headers. https://fetch.spec.whatwg.org/#concept-http-fetch, step 4.1"""

from __future__ import annotations

from typing import Final, assert_never

from corsdoctor.browsers.profile import NamedHeaders, Profile
from corsdoctor.fetch.request import FetchParams, Request
from corsdoctor.fetch.safelist import Unsafe, cors_unsafe_request_header_names, is_cors_safelisted_method
from corsdoctor.record import Record
from corsdoctor.rule import FETCH, Failure, Field, Rule
from corsdoctor.scenario import Credentials

PREFLIGHT_NEEDED = Rule(
    id="preflight-needed",
    title="A request that an HTML form could not send requires a preflight",
    failure=Failure(
        "The browser sends a preflight request first, because {reasons}",
        bare="The browser sends a preflight request first",
    ),
    spec=f"{FETCH}#concept-http-fetch",
    step="4.1",
    what="A method other than GET, HEAD and POST, a header or value that is not safelisted, an upload listener or a "
    "streamed body makes the browser send an OPTIONS request first.",
    why="Servers from before CORS never received such requests from other sites' pages. The preflight request asks "
    "whether the server accepts them.",
    fix="Answer OPTIONS with the permissions. Or use only safelisted methods and headers, which require no preflight.",
    bad="(a server that answers OPTIONS with 405)",
    good="OPTIONS /items\nAccess-Control-Request-Method: PUT\n\nHTTP/1.1 204 No Content\n"
    "Access-Control-Allow-Origin: https://app.example\nAccess-Control-Allow-Methods: PUT",
    blocks=False,
)
RULES: Final = (PREFLIGHT_NEEDED,)


class Reason(Record):
    """One thing that requires a preflight: what it is, its value, and a template with {header} and {value}."""

    label: str
    value: str
    text: str


def why_preflight(request: Request, params: FetchParams) -> tuple[Reason, ...]:
    """Everything that requires a preflight; empty where nothing does.

    https://fetch.spec.whatwg.org/#concept-main-fetch, 12., and #concept-http-fetch, 4.1
    """
    reasons: list[Reason] = []
    if not is_cors_safelisted_method(request.method):
        reasons.append(Reason(Field.METHOD, request.method, "the method is {value}"))
    for name, unsafe in unsafe_names(request, params.profile).items():
        reasons.append(Reason(name, *unsafe))
    if request.use_cors_preflight:
        streamed, listens = (
            (Field.BODY, "", "the body is streamed"),
            (Field.UPLOAD, "", "the script listens for upload progress"),
        )
        reasons.append(Reason(*(streamed if request.streamed else listens)))
    if not reasons and _repeats(request, params.profile):
        why = f"{params.profile.title} repeats the preflight after each redirect"
        reasons.append(Reason(Field.REDIRECT, "", why))
    return tuple(reasons)


def is_remembered(request: Request, params: FetchParams) -> bool:
    """Whether the preflight cache spares the preflight. https://fetch.spec.whatwg.org/#concept-http-fetch, 4.1

    Some browsers forget what they remember if it is not enough for this request.
    """
    if request.preflighted and params.profile.preflight_repeats_after_redirect:
        return False
    if request.init.cache in params.profile.preflights_are_fresh_with:
        return False
    if request.redirect_tainted and not params.profile.redirected_preflights_are_remembered:
        return False
    if request.origin.opaque and not params.profile.opaque_origins_remember_preflights:
        return False
    if _is_covered(request, params):
        return True
    if params.profile.remembers_one_preflight:
        params.cache.clear(request.serialized_origin, request.url.href)
    return False


def _is_covered(request: Request, params: FetchParams) -> bool:
    key = (request.serialized_origin, request.url.href, request.credentials is Credentials.INCLUDE, params.now)
    method_matches = params.cache.method_match(request.method, *key)
    named = request.method == "HEAD" and params.profile.head_is_remembered_by_name
    asks_method = named or not is_cors_safelisted_method(request.method) or request.use_cors_preflight
    names = unsafe_names(request, params.profile)
    if not names:
        return method_matches
    return (method_matches or not asks_method) and all(params.cache.header_name_match(n, *key) for n in names)


def _repeats(request: Request, profile: Profile) -> bool:
    """Whether a preflight is due for what the request was before a redirect changed it."""
    if request.preflighted and profile.preflight_repeats_after_redirect:
        return True
    return profile.preflight_remembers_headers and bool(
        cors_unsafe_request_header_names(request.first_headers, profile)
    )


def unsafe_names(request: Request, profile: Profile) -> dict[str, Unsafe]:
    """Lower-case name -> the line that requires the preflight, sorted by name."""
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
