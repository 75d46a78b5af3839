"""CORS-preflight fetch: the question that goes before a request which no form could send.

https://fetch.spec.whatwg.org/#cors-preflight-fetch-0
"""

from __future__ import annotations

from collections.abc import Generator, Iterable
from typing import Final

from corsdoctor.browsers.profile import Profile
from corsdoctor.fetch.cors_check import (
    AUTHENTICATION,
    NO_OPTIONS,
    REDIRECTED,
    SERVER_ERROR,
    cors_check,
    why_not_ok,
)
from corsdoctor.fetch.headers import (
    ACAH,
    ACAM,
    ACMA,
    ACRH,
    ACRM,
    STATUS,
    TOKEN,
    extract_delta_seconds,
    extract_header_list_values,
)
from corsdoctor.fetch.network import NO_ANSWER_CAUSES, NOT_PROXY_STATUS, answered, http_network_or_cache_fetch
from corsdoctor.fetch.preflight_due import unsafe_names
from corsdoctor.fetch.redirect import is_refused_at_once, location_url
from corsdoctor.fetch.request import Ended, FetchParams, Request, Sending, Tainting
from corsdoctor.fetch.safelist import (
    NON_WILDCARD_NAME,
    is_cors_safelisted_method,
    why_unsafe,
)
from corsdoctor.rule import FETCH, Cause, Rule
from corsdoctor.scenario import Credentials, Mode
from corsdoctor.sentence import Sentence
from corsdoctor.url import same_origin
from corsdoctor.wire import Answer, Headers, Kind, Response

METHOD_CASE = Cause("case", "The method is listed in another case; methods are compared byte for byte.")
METHOD_PATCH = Cause("patch", "`patch` is not turned into `PATCH` by browsers, as `put` is into `PUT`.")
WILDCARD_CREDENTIALS = Cause(
    "wildcard-with-credentials", "With credentials `*` is no wildcard, but a name like any other."
)
NOT_LISTED = Cause("not-listed", "The header is there, but does not list it.")
NO_HEADER = Cause("no-header", "The preflight's answer does not have the header.")
WILDCARD_AUTHORIZATION = Cause("wildcard", "`*` does not cover Authorization, which must be named.")

PREFLIGHT_ANSWERED = Rule(
    id="preflight-answered",
    title="The preflight is answered",
    spec=f"{FETCH}#cors-preflight-fetch-0",
    step="6",
    what="The server must answer the OPTIONS request in HTTP.",
    why="Where no answer comes, the browser doesn't send the actual request.",
    fix="Mend the connection first; no CORS header helps. Some firewalls drop OPTIONS: look there where GET works.",
    bad="(connection closed)",
    good="HTTP/1.1 204 No Content",
    causes=tuple(NO_ANSWER_CAUSES.values()),
)
PREFLIGHT_OK = Rule(
    id="preflight-status-ok",
    title="The preflight's status is 200 to 299",
    spec=f"{FETCH}#cors-preflight-fetch-0",
    step="7",
    what="The answer to the preflight must have an ok status; a redirect is not followed.",
    why="Any other status says that the server did not understand the question.",
    fix="Answer OPTIONS with 204 before authentication, routing and redirects.",
    bad="OPTIONS /items\n\nHTTP/1.1 405 Method Not Allowed",
    good="OPTIONS /items\n\nHTTP/1.1 204 No Content",
    causes=(REDIRECTED, AUTHENTICATION, NO_OPTIONS, SERVER_ERROR),
)
ACAM_PARSES = Rule(
    id="acam-parses",
    title="Access-Control-Allow-Methods is a list of methods",
    spec=f"{FETCH}#cors-preflight-fetch-0",
    step="7.3",
    what="The value is methods separated by commas: no quotation marks, no semicolons, no spaces inside.",
    why="A list that can't be read grants nothing, so the preflight fails.",
    fix="Write the methods separated by commas.",
    bad="Access-Control-Allow-Methods: GET; PUT",
    good="Access-Control-Allow-Methods: GET, PUT",
)
ACAH_PARSES = Rule(
    id="acah-parses",
    title="Access-Control-Allow-Headers is a list of header names",
    spec=f"{FETCH}#cors-preflight-fetch-0",
    step="7.3",
    what="The value is header names separated by commas: no quotation marks, no semicolons, no spaces inside.",
    why="A list that can't be read grants nothing, so the preflight fails.",
    fix="Write the header names separated by commas.",
    bad='Access-Control-Allow-Headers: "X-A" X-B',
    good="Access-Control-Allow-Headers: X-A, X-B",
)
ACAM_LISTS_METHOD = Rule(
    id="acam-lists-method",
    title="Access-Control-Allow-Methods lists the method",
    spec=f"{FETCH}#cors-preflight-fetch-0",
    step="7.5",
    what="A method other than GET, HEAD and POST must be listed, in the same case; `*` covers it without credentials.",
    why="The server says with it that it expects this method from other sites' pages.",
    fix="Add the method to Access-Control-Allow-Methods.",
    bad="Access-Control-Request-Method: PUT\n\nAccess-Control-Allow-Methods: GET, POST",
    good="Access-Control-Request-Method: PUT\n\nAccess-Control-Allow-Methods: GET, POST, PUT",
    causes=(METHOD_CASE, METHOD_PATCH, WILDCARD_CREDENTIALS, NOT_LISTED, NO_HEADER),
)
ACAH_LISTS_AUTHORIZATION = Rule(
    id="acah-lists-authorization",
    title="Access-Control-Allow-Headers names Authorization",
    spec=f"{FETCH}#cors-preflight-fetch-0",
    step="7.6",
    what="Authorization must be listed by name: by the Standard `*` does not cover it. Browsers still accept `*`.",
    why="A wildcard should not let every page send credentials that it holds.",
    fix="Add Authorization to Access-Control-Allow-Headers.",
    bad="Access-Control-Request-Headers: authorization\n\nAccess-Control-Allow-Headers: *",
    good="Access-Control-Request-Headers: authorization\n\nAccess-Control-Allow-Headers: *, Authorization",
    causes=(WILDCARD_AUTHORIZATION, WILDCARD_CREDENTIALS, NOT_LISTED, NO_HEADER),
)
ACAH_LISTS_HEADERS = Rule(
    id="acah-lists-headers",
    title="Access-Control-Allow-Headers lists every header that needs asking",
    spec=f"{FETCH}#cors-preflight-fetch-0",
    step="7.7",
    what="Each name in Access-Control-Request-Headers must be listed, in any case; `*` covers it without credentials.",
    why="The server says with it that it expects this header from other sites' pages.",
    fix="Add the name to Access-Control-Allow-Headers; or have the script leave the header out.",
    bad="Access-Control-Request-Headers: x-api-key\n\nAccess-Control-Allow-Headers: Content-Type",
    good="Access-Control-Request-Headers: x-api-key\n\nAccess-Control-Allow-Headers: Content-Type, X-Api-Key",
    causes=(WILDCARD_CREDENTIALS, NOT_LISTED, NO_HEADER),
)
MAX_AGE_CAP = Rule(
    id="max-age-below-cap",
    title="Access-Control-Max-Age is a number that the browser keeps",
    spec=f"{FETCH}#cors-preflight-fetch-0",
    step="7.8 to 7.10",
    what="The value is whole seconds. Each browser has a longest time of its own: Chromium 7,200 seconds, Firefox "
    "86,400, WebKit 600. Without a usable value it is 5 seconds.",
    why="A preflight costs a round trip; one that is remembered is not sent again.",
    fix="Send a number of seconds; more than 86400 is never kept.",
    bad="Access-Control-Max-Age: 1 day",
    good="Access-Control-Max-Age: 7200",
)

RULES: Final = (
    PREFLIGHT_ANSWERED, PREFLIGHT_OK, ACAM_PARSES, ACAH_PARSES, ACAM_LISTS_METHOD,
    ACAH_LISTS_AUTHORIZATION, ACAH_LISTS_HEADERS, MAX_AGE_CAP,
)  # fmt: skip

REDIRECTED_STATUSES: Final = frozenset({301, 302, 303, 307, 308})

_NO_CONTENT: Final = ((STATUS, "204"),)

Preflighted = Generator[Sending, Answer, Ended | None]


def cors_preflight_fetch(request: Request, params: FetchParams) -> Preflighted:
    """Asks the server; returns None where it allows the request, else how the fetch ends.

    https://fetch.spec.whatwg.org/#cors-preflight-fetch-0
    """
    trace, profile = params.trace, params.profile
    origin = str(request.origin) if profile.preflight_origin_ignores_redirects else request.serialized_origin
    headers = Headers((("Accept", "*/*"), (ACRM, request.method)))  # 2., 3.
    unsafe = unsafe_names(request, profile)  # 4.
    if unsafe:  # 5.
        headers = headers.append(ACRH, _request_headers_value(request, unsafe, profile))
    preflight = request.with_(  # 1.
        method="OPTIONS", headers=headers, body=None, streamed=False, mode=Mode.CORS,
        credentials=Credentials.SAME_ORIGIN, tainting=Tainting.CORS,
    )  # fmt: skip
    response = yield from http_network_or_cache_fetch(preflight, Kind.PREFLIGHT, origin, params)  # 6.
    if not isinstance(response, Response):
        return Ended.WITHHELD if answered(response, PREFLIGHT_ANSWERED, params) else Ended.NO_ANSWER
    if response.status == 407 and profile.proxy_status_is_error:
        trace.failed(NOT_PROXY_STATUS, (("status", "407"),), remedy=_NO_CONTENT)
        return Ended.NETWORK_ERROR
    first = profile.preflight_judged_first_by
    location = location_url(preflight, response, profile) if response.status in REDIRECTED_STATUSES else None
    if location is not None and first != "status" and is_refused_at_once(preflight, location, params, _NO_CONTENT):
        return Ended.NETWORK_ERROR
    redirects = response.status in REDIRECTED_STATUSES and bool(response.headers.get("Location"))
    refused = redirects if first == "redirect" else not _ok(response)
    at_home = profile.preflight_origin_ignores_redirects and same_origin(request.origin, request.url.origin)
    if first == "cors" or not refused:
        if not at_home and not cors_check(request, origin, response, params):  # 7.
            return Ended.NETWORK_ERROR
        refused = not _ok(response)
    if refused:
        trace.failed(
            PREFLIGHT_OK, (("status", str(response.status)), ("wanted", "200 to 299")), why_not_ok(response), _NO_CONTENT
        )  # fmt: skip
        return Ended.NETWORK_ERROR
    trace.passed(PREFLIGHT_OK, (("status", str(response.status)),))
    if not _allows(request, unsafe, response, params):
        return Ended.NETWORK_ERROR
    return None


def _ok(response: Response) -> bool:
    """https://fetch.spec.whatwg.org/#ok-status"""
    return 200 <= response.status <= 299


def _request_headers_value(request: Request, unsafe: dict[str, str], profile: Profile) -> str:
    if not profile.preflight_names_repeat:
        return ",".join(unsafe)
    lines = [n.lower() for n, v in request.first_headers if n.lower() in unsafe and why_unsafe(n, v, profile)]
    return ",".join(sorted(lines))


def _allows(request: Request, unsafe: dict[str, str], response: Response, params: FetchParams) -> bool:
    """7.1 to 7.7; one browser judges the method before it reads the header names."""
    methods = extract_header_list_values(ACAM, response.headers)  # 7.1
    names = extract_header_list_values(ACAH, response.headers)  # 7.2
    early = params.profile.judges_method_before_parsing_headers
    if not _parses(ACAM_PARSES, ACAM, methods, (request.method,), response, params):  # 7.3
        return False
    listed = _or_own_method(_known(methods), request, params.profile)  # 7.4
    if early and not _allows_method(request, listed, response, params):
        return False
    if not _parses(ACAH_PARSES, ACAH, names, _spelled(unsafe, request), response, params):
        return False
    if not early and not _allows_method(request, listed, response, params):
        return False
    lower = frozenset(name.lower() for name in _known(names) or ())
    if not _allows_headers(request, unsafe, lower, response, params):
        return False
    _remember(request, listed, tuple(sorted(lower)), response, params)
    return True


def _parses(
    rule: Rule,
    header: str,
    values: tuple[str, ...] | ValueError | None,
    wanted: tuple[str, ...],
    response: Response,
    params: FetchParams,
) -> bool:
    if isinstance(values, ValueError):
        value: str = values.args[0]
        meant = TOKEN.findall(response.headers.get(header) or "")
        known = {name.lower() for name in meant} if header == ACAH else meant
        remedy = ((header, _with(meant, *(w for w in wanted if (w.lower() if header == ACAH else w) not in known))),)
        params.trace.failed(rule, ((header, value), ("wanted", ", ".join(wanted) or "a list of names")), remedy=remedy)
        return False
    if values is not None:
        params.trace.passed(rule, ((header, ", ".join(values)),))
    return True


def _known(values: tuple[str, ...] | ValueError | None) -> tuple[str, ...] | None:
    return None if isinstance(values, ValueError) else values


def _with(listed: Iterable[str], *missing: str) -> str:
    """A list that allows what it allowed before, and what was missing."""
    return ", ".join(dict.fromkeys((*listed, *missing)))


def _useful(listed: Iterable[str], request: Request) -> list[str]:
    """What a list that is mended keeps: with credentials `*` grants nothing."""
    return [value for value in listed if value != "*" or request.credentials is not Credentials.INCLUDE]


def _spelled(names: Iterable[str], request: Request) -> tuple[str, ...]:
    """Lower-case names as the script wrote them."""
    written = {name.lower(): name for name, _ in request.first_headers}
    return tuple(written.get(name, name) for name in names)


def _or_own_method(methods: tuple[str, ...] | None, request: Request, profile: Profile) -> tuple[str, ...]:
    """7.4: where the header is absent, a preflight for an upload listener or a stream grants the method."""
    if methods is None and request.use_cors_preflight and profile.upload_listener_grants_method:
        return (request.method,)
    return methods or ()


def _allows_method(request: Request, listed: tuple[str, ...], response: Response, params: FetchParams) -> bool:
    if is_cors_safelisted_method(request.method):
        return True
    got = response.headers.get(ACAM)
    include = request.credentials is Credentials.INCLUDE
    if request.method not in listed and (include or "*" not in listed):  # 7.5
        params.trace.failed(
            ACAM_LISTS_METHOD, ((ACAM, _shown(got)), ("wanted", request.method)),
            _why_method(request.method, listed, got), ((ACAM, _with(_useful(listed, request), request.method)),),
        )  # fmt: skip
        return False
    params.trace.passed(ACAM_LISTS_METHOD, ((ACAM, _shown(got)), (ACRM, request.method)))
    return True


def _allows_headers(
    request: Request, unsafe: dict[str, str], names: frozenset[str], response: Response, params: FetchParams
) -> bool:
    trace, got = params.trace, _shown(response.headers.get(ACAH))
    star = "*" in names and request.credentials is not Credentials.INCLUDE
    covers = params.profile.wildcard_covers_authorization
    if NON_WILDCARD_NAME in unsafe and NON_WILDCARD_NAME not in names:  # 7.6
        if not covers:
            trace.failed(
                ACAH_LISTS_AUTHORIZATION, ((ACAH, got), ("wanted", NON_WILDCARD_NAME)),
                WILDCARD_AUTHORIZATION if star else _why_names(names, response), _remedy(request, (NON_WILDCARD_NAME,), response),
            )  # fmt: skip
            return False
        if star:
            trace.note(
                ACAH_LISTS_AUTHORIZATION, ((ACAH, got),),
                "The Standard wants Authorization named; this browser still takes `*`",
            )  # fmt: skip
    missing = [name for name in unsafe if name not in names and not star]
    if missing:  # 7.7
        trace.failed(
            ACAH_LISTS_HEADERS, ((ACAH, got), ("wanted", ", ".join(missing))),
            _why_names(names, response), _remedy(request, missing, response),
        )  # fmt: skip
        return False
    if unsafe:
        trace.passed(ACAH_LISTS_HEADERS, ((ACAH, got), (ACRH, ",".join(unsafe))))
    return True


def _remedy(request: Request, missing: Iterable[str], response: Response) -> tuple[tuple[str, str], ...]:
    """The list of names that came, with those that are missing; all spelled as they were written."""
    listed = _known(extract_header_list_values(ACAH, response.headers)) or ()
    return ((ACAH, _with(_useful(listed, request), *_spelled(missing, request))),)


def _remember(
    request: Request, methods: tuple[str, ...], names: tuple[str, ...], response: Response, params: FetchParams
) -> None:
    profile, given = params.profile, response.headers.get(ACMA)
    max_age = extract_delta_seconds(ACMA, response.headers)  # 7.8
    if max_age is None:  # 7.9
        max_age = profile.max_age_default if given is None else profile.max_age_of_garbage
        if given is not None:
            params.trace.note(
                MAX_AGE_CAP, ((ACMA, given), ("wanted", "whole seconds")),
                Sentence(f"`{{given}}` is no number of seconds; the preflight is remembered for {max_age} seconds", given=given),
            )  # fmt: skip
    if profile.max_age_cap is not None and max_age > profile.max_age_cap:  # 7.10
        params.trace.note(
            MAX_AGE_CAP, ((ACMA, str(given)), ("wanted", str(profile.max_age_cap))),
            f"{profile.title} remembers a preflight for {profile.max_age_cap} seconds at most",
        )  # fmt: skip
        max_age = profile.max_age_cap
    params.cache.create(  # 7.12 to 7.15
        request.serialized_origin, request.url.href, request.credentials is Credentials.INCLUDE,
        params.now + max_age, methods, names, params.now,
    )  # fmt: skip


def _shown(value: str | None) -> str:
    return "(missing)" if value is None else value


def _why_method(method: str, listed: tuple[str, ...], got: str | None) -> Cause:
    if got is None:
        return NO_HEADER
    if method == "patch" and "PATCH" in listed:
        return METHOD_PATCH
    if method.upper() in (m.upper() for m in listed):
        return METHOD_CASE
    return WILDCARD_CREDENTIALS if "*" in listed else NOT_LISTED


def _why_names(names: frozenset[str], response: Response) -> Cause:
    if ACAH not in response.headers:
        return NO_HEADER
    return WILDCARD_CREDENTIALS if "*" in names else NOT_LISTED
