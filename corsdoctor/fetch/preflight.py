"""CORS-preflight fetch: the request before a request that no form could send.

https://fetch.spec.whatwg.org/#cors-preflight-fetch-0
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Final

from corsdoctor.browsers.profile import PreflightOrder, Profile
from corsdoctor.fetch.cors_check import cors_check
from corsdoctor.fetch.fetch_metadata import storage_access_header
from corsdoctor.fetch.headers import ACMA, ACRH, ACRM, REDIRECT_STATUSES, STATUS, max_age_of
from corsdoctor.fetch.network import NOT_PROXY_STATUS, http_network_or_cache_fetch
from corsdoctor.fetch.no_answer import NO_ANSWER_CAUSES, answered
from corsdoctor.fetch.preflight_cache import lifetime
from corsdoctor.fetch.preflight_due import unsafe_names
from corsdoctor.fetch.preflight_lists import (
    ACAH_LISTS_AUTHORIZATION,
    ACAH_LISTS_HEADERS,
    ACAH_PARSES,
    ACAM_LISTS_METHOD,
    ACAM_PARSES,
    AllowedLists,
    allowed_lists,
)
from corsdoctor.fetch.preflight_status import PREFLIGHT_OK, why_not_ok
from corsdoctor.fetch.redirect import is_refused_at_once, location_url
from corsdoctor.fetch.request import Ended, FetchParams, Request, Sending, Tainting
from corsdoctor.fetch.safelist import Unsafe, why_unsafe
from corsdoctor.rule import FETCH, Failure, Field, Rule
from corsdoctor.scenario import Credentials, Mode
from corsdoctor.url import same_origin
from corsdoctor.wire import Answer, Headers, Kind, Response

PREFLIGHT_ANSWERED = Rule(
    id="preflight-answered",
    title="The server responds to the preflight request",
    failure=Failure(
        "No response to the preflight request. {error}",
        bare="No response to the preflight request",
        remark="no response",
    ),
    spec=f"{FETCH}#cors-preflight-fetch-0",
    step="6",
    what="The server must send an HTTP response to the OPTIONS request.",
    why="Without a response to the preflight, the browser does not send the actual request.",
    fix="Fix the connection first. No CORS header helps. If GET works, check whether a firewall blocks OPTIONS.",
    bad="(connection closed)",
    good="HTTP/1.1 204 No Content",
    causes=tuple(NO_ANSWER_CAUSES.values()),
)
MAX_AGE_CAP = Rule(
    id="max-age-below-cap",
    title="Access-Control-Max-Age is a number of seconds that the browser accepts in full",
    failure=Failure(
        "Access-Control-Max-Age is not a number of seconds: `{value}`",
        bare="The browser does not use the value of Access-Control-Max-Age as it is",
    ),
    spec=f"{FETCH}#cors-preflight-fetch-0",
    step="7.8 to 7.10",
    what="The value is a number of seconds. Each browser has a maximum: Chromium 7,200 seconds, Firefox 86,400, "
    "WebKit 600. If the header is missing or not a number, a preflight is cached for 5 seconds, except that Firefox does not "
    "cache it if the value is not a number. Chromium and WebKit do not cache it if the value is negative.",
    why="A preflight costs a round trip. While it is cached, the browser does not send it again.",
    fix="Send a number of seconds. No browser uses more than 86400.",
    bad="Access-Control-Max-Age: 1 day",
    good="Access-Control-Max-Age: 7200",
    blocks=False,
)

RULES: Final = (
    PREFLIGHT_ANSWERED, PREFLIGHT_OK, ACAM_PARSES, ACAH_PARSES, ACAM_LISTS_METHOD,
    ACAH_LISTS_AUTHORIZATION, ACAH_LISTS_HEADERS, MAX_AGE_CAP,
)  # fmt: skip

_NO_CONTENT: Final = ((STATUS, "204"),)

Preflighted = Generator[Sending, Answer, Ended | None]


def cors_preflight_fetch(request: Request, params: FetchParams) -> Preflighted:
    """Sends the preflight. Returns None if the server allows the request, otherwise how the fetch ends.

    https://fetch.spec.whatwg.org/#cors-preflight-fetch-0
    """
    trace, profile = params.trace, params.profile
    origin = str(request.origin) if profile.preflight_origin_ignores_redirects else request.serialized_origin
    lines = [("Accept", "*/*"), (ACRM, request.method)]  # 2., 3.
    unsafe = unsafe_names(request, profile)  # 4.
    if unsafe:  # 5.
        lines.append((ACRH, _request_headers_value(request, unsafe, profile)))
    if params.state is not None and profile.cookies.preflights_have_storage_access:
        lines += storage_access_header(request, params, params.state)
    preflight = request.with_(  # 1.
        method="OPTIONS", headers=Headers(tuple(lines)), body=None, streamed=False, mode=Mode.CORS,
        credentials=Credentials.SAME_ORIGIN, tainting=Tainting.CORS,
    )  # fmt: skip
    response = yield from http_network_or_cache_fetch(preflight, Kind.PREFLIGHT, origin, params)  # 6.
    if not isinstance(response, Response):
        return Ended.WITHHELD if answered(response, PREFLIGHT_ANSWERED, params) else Ended.NO_ANSWER
    if response.status == 407 and profile.proxy_status_is_error:
        trace.failed(NOT_PROXY_STATUS, ((Field.STATUS, "407"),), remedy=_NO_CONTENT)
        return Ended.NETWORK_ERROR
    order = profile.preflight_judged_first_by
    location = location_url(preflight, response, profile) if response.status in REDIRECT_STATUSES else None
    if (
        location is not None
        and order is not PreflightOrder.STATUS
        and is_refused_at_once(preflight, location, params, _NO_CONTENT)
    ):
        return Ended.NETWORK_ERROR
    redirects = response.status in REDIRECT_STATUSES and bool(response.headers.get("Location"))
    fails_early = {PreflightOrder.REDIRECT: redirects, PreflightOrder.STATUS: not response.is_ok}.get(order, False)
    at_home = profile.preflight_origin_ignores_redirects and same_origin(request.origin, request.url.origin)
    if not fails_early and not at_home and not cors_check(request, origin, response, params):  # 7.
        return Ended.NETWORK_ERROR
    if fails_early or not response.is_ok:
        trace.failed(
            PREFLIGHT_OK, ((Field.STATUS, str(response.status)), (Field.WANTED, "200 to 299")), why_not_ok(response), _NO_CONTENT
        )  # fmt: skip
        return Ended.NETWORK_ERROR
    trace.passed(PREFLIGHT_OK, ((Field.STATUS, str(response.status)),))
    lists = allowed_lists(request, unsafe, response, params)  # 7.1 to 7.7
    if lists is None:
        return Ended.NETWORK_ERROR
    kept = lifetime(response.headers, profile)  # 7.8 to 7.10
    if lists.cover or profile.refused_preflights_are_remembered:
        _remember(request, lists, kept, params)
    if not lists.cover:
        return Ended.NETWORK_ERROR
    _note_max_age(response, kept, params)
    return None


def _request_headers_value(request: Request, unsafe: dict[str, Unsafe], profile: Profile) -> str:
    if not profile.preflight_names_repeat:
        return ",".join(unsafe)
    lines = [n.lower() for n, v in request.first_headers if n.lower() in unsafe and why_unsafe(n, v, profile)]
    return ",".join(sorted(lines))


def _note_max_age(response: Response, kept: int, params: FetchParams) -> None:
    """Notes an Access-Control-Max-Age that the browser does not use as it is: it caches the preflight for `kept` seconds."""
    given, asked = response.headers.get(ACMA), max_age_of(response.headers)
    if given is not None and asked is None:
        params.trace.note(
            MAX_AGE_CAP, ((ACMA, given), (Field.WANTED, "whole seconds")),
            f"{{header}} is not a number of seconds: `{{value}}`; the preflight is cached for {kept} seconds",
        )  # fmt: skip
    elif given is not None and asked is not None and kept < asked:
        params.trace.note(
            MAX_AGE_CAP, ((ACMA, given), (Field.WANTED, str(kept))),
            f"{{header}} is {{value}}, but {params.profile.title} caches a preflight for at most {{wanted}} seconds",
        )  # fmt: skip


def _remember(request: Request, lists: AllowedLists, kept: int, params: FetchParams) -> None:
    """Caches for `kept` seconds which methods and headers are allowed. https://fetch.spec.whatwg.org/#concept-cache-create-entry"""
    methods, names = lists.methods, lists.names
    if not params.profile.wildcards_are_remembered:
        methods, names = tuple(m for m in methods if m != "*"), tuple(n for n in names if n != "*")
    if not kept and not params.profile.unremembered_preflights_end_others:
        return
    if params.profile.remembers_one_preflight:
        params.cache.clear(request.serialized_origin, request.url.href)
    params.cache.create(  # 7.12 to 7.15
        request.serialized_origin, request.url.href, request.credentials is Credentials.INCLUDE,
        params.now + kept, methods, names, params.now,
    )  # fmt: skip
