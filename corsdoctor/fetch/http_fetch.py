"""HTTP fetch: the preflight request if one is due, the request itself, its checks, and what follows a redirect.

https://fetch.spec.whatwg.org/#concept-http-fetch
"""

from __future__ import annotations

from collections.abc import Generator

from corsdoctor.browsers.profile import Profile
from corsdoctor.fetch.before_sending import is_target_refused
from corsdoctor.fetch.cors_check import cors_check
from corsdoctor.fetch.headers import STATUS
from corsdoctor.fetch.network import NOT_PROXY_STATUS, http_network_or_cache_fetch
from corsdoctor.fetch.no_answer import ACTUAL_ANSWERED, answered
from corsdoctor.fetch.preflight import cors_preflight_fetch
from corsdoctor.fetch.preflight_due import PREFLIGHT_NEEDED, is_remembered, why_preflight
from corsdoctor.fetch.redirect import (
    LOCATION_USERINFO,
    has_foreign_userinfo,
    http_redirect_fetch,
    is_redirect,
    is_refused_at_once,
    location_url,
)
from corsdoctor.fetch.referrer import policy_of
from corsdoctor.fetch.request import Ended, FetchEnd, FetchParams, Request, Sending, Tainting
from corsdoctor.fetch.request_constructor import STREAM_IS_SENT, STREAM_OVER_HTTP1
from corsdoctor.fetch.resource_policy import cross_origin_resource_policy_check
from corsdoctor.rule import FETCH, Failure, Field, Rule, Step, Trace
from corsdoctor.scenario import Credentials, Mode, Redirect
from corsdoctor.url import URL, parse, same_origin, without_userinfo
from corsdoctor.wire import Answer, Hold, Kind, Response, Withheld

REDIRECT_ALLOWED = Rule(
    id="redirect-mode-allows",
    title="The script allows redirects",
    failure=Failure(
        'The server returned a redirect ({status}), but the script set `redirect: "error"`',
        bare='The server returned a redirect, but the script set `redirect: "error"`',
        remark='is a redirect, and the script set redirect: "error"',
    ),
    spec=f"{FETCH}#concept-http-fetch",
    step="6.3",
    what='With `redirect: "error"`, every redirect is a network error.',
    why="The script set this mode.",
    fix="Remove `redirect`, or request the final URL.",
    bad='fetch(url, {redirect: "error"}) and HTTP/1.1 302 Found',
    good="fetch(url) and HTTP/1.1 302 Found",
)


def http_fetch(request: Request, params: FetchParams) -> Generator[Sending, Answer, Request | FetchEnd]:
    """https://fetch.spec.whatwg.org/#concept-http-fetch (without service workers)"""
    trace, profile = params.trace, params.profile
    if request.tainting is Tainting.CORS:
        reasons = why_preflight(request, params)
        request = request.with_(with_preflight=request.with_preflight or bool(reasons))
        spared = bool(reasons) and is_remembered(request, params)
        if spared and params.state is not None:
            params.state.preflight_spared = True
        if reasons and not spared:  # 4.1
            evidence = tuple((reason.label, reason.value) for reason in reasons)
            trace.note(PREFLIGHT_NEEDED, evidence, reasons=tuple(reason.text for reason in reasons))
            ended = _not_reached(request, Kind.PREFLIGHT, params) or (yield from cors_preflight_fetch(request, params))
            if ended is not None:
                return FetchEnd(ended, request)
            request = request.with_(preflighted=True)
            if _is_stream_over_http1(request, trace):
                return FetchEnd(Ended.NETWORK_ERROR, request)
    ended = _not_reached(request, Kind.ACTUAL, params)
    if ended is not None:
        return FetchEnd(ended, request)
    origin = request.serialized_origin
    response = yield from http_network_or_cache_fetch(request, Kind.ACTUAL, origin, params)  # 4.3
    if not isinstance(response, Response):
        if isinstance(response, Withheld) and response.hold is Hold.PROMPT:
            return FetchEnd(Ended.PROMPTED, request)
        ended = Ended.WITHHELD if answered(response, ACTUAL_ANSWERED, params) else Ended.NO_ANSWER
        return FetchEnd(ended, request)
    if response.status == 407 and profile.proxy_status_is_error:
        trace.failed(NOT_PROXY_STATUS, ((Field.STATUS, "407"),), remedy=((STATUS, "401"),))
        return FetchEnd(Ended.NETWORK_ERROR, request, response)
    if _is_stream_over_http1(request, trace):
        return FetchEnd(Ended.NETWORK_ERROR, request, response)
    redirects = is_redirect(response, profile)
    location = location_url(request, response, profile) if redirects else None
    if location is not None and is_refused_at_once(request, location, params):
        return FetchEnd(Ended.NETWORK_ERROR, request, response)
    if location is None and request.tainting is Tainting.CORS and not request.preset.scripted:
        from corsdoctor.fetch.element import is_type_refused_first  # what a fetch() need not load

        if is_type_refused_first(request, response, params):
            return FetchEnd(Ended.NETWORK_ERROR, request, response)
    first = request.tainting is Tainting.CORS and profile.redirect_targets_are_judged_first
    reported: list[Step] = []
    if first and isinstance(location, URL) and is_target_refused(request, location, params, reported):
        return FetchEnd(Ended.NETWORK_ERROR, request.redirected_to(location), response)
    if request.tainting is Tainting.CORS and not cors_check(request, origin, response, params):  # 4.4
        trace.steps.extend(reported)
        kept = profile.refused_redirects_are_cached if redirects else profile.refused_responses_are_cached
        if params.state is not None and not kept:
            params.state.http_cache.forget(request, trace.exchanges[-1], params)
        return FetchEnd(Ended.NETWORK_ERROR, request, response)
    if request.tainting is Tainting.OPAQUE and not cross_origin_resource_policy_check(request, response, params):  # 5.
        return FetchEnd(Ended.NETWORK_ERROR, request, response)
    if redirects:  # 6.
        return (yield from _redirected(request, response, location, origin, params))
    if request.mode is Mode.NAVIGATE:
        from corsdoctor.fetch.navigation import is_shown_in_frame  # what a plain check need not load

        if not is_shown_in_frame(request, response, params):
            return FetchEnd(Ended.NETWORK_ERROR, request, response)
    return FetchEnd(Ended(request.tainting.value), request, response)


def _is_stream_over_http1(request: Request, trace: Trace) -> bool:
    """https://fetch.spec.whatwg.org/#concept-http-network-fetch, 8.3"""
    if not request.streamed or request.client is None or not trace.exchanges[-1].is_http1:
        return False
    trace.failed(STREAM_IS_SENT, cause=STREAM_OVER_HTTP1)
    return True


def _not_reached(request: Request, kind: Kind, params: FetchParams) -> Ended | None:
    """How the request ends if the page may not reach the server's network; None if it may, or if the page is not known."""
    if request.client is None:
        return None
    from corsdoctor.fetch.local_network_access import local_network_access_check  # what a plain check need not load

    return local_network_access_check(request, request.client, kind, params)


def _redirected(
    request: Request, response: Response, location: URL | ValueError | None, origin: str, params: FetchParams
) -> Generator[Sending, Answer, Request | FetchEnd]:
    """HTTP fetch, 6.3."""
    trace, profile = params.trace, params.profile
    match request.redirect:
        case Redirect.ERROR if (
            profile.error_mode_checks_userinfo and isinstance(location, URL) and has_foreign_userinfo(request, location)
        ):
            trace.failed(LOCATION_USERINFO, (("Location", location.href),))
            return FetchEnd(Ended.NETWORK_ERROR, request, response)
        case Redirect.ERROR if not (profile.error_mode_ignores_empty_location and not response.headers.get("Location")):
            trace.failed(REDIRECT_ALLOWED, ((Field.STATUS, str(response.status)), (Field.REDIRECT, "error")))
            return FetchEnd(Ended.NETWORK_ERROR, request, response)
        case Redirect.MANUAL:
            return FetchEnd(Ended.OPAQUE_REDIRECT, request, response)
        case Redirect.FOLLOW if location is not None:  # 4.
            sent = request.with_(sent_origin="Origin" in trace.exchanges[-1].request.headers)
            if profile.own_redirects_preflight_first and _began_at_home(sent) and isinstance(location, URL):
                return (yield from _judged_after_preflight(sent, location, origin, response, params))
            return _next_hop(sent, location, origin, response, params) or FetchEnd(Ended.NETWORK_ERROR, sent, response)
    return FetchEnd(Ended(request.tainting.value), request, response)


def _next_hop(
    request: Request, location: URL | ValueError, origin: str, response: Response, params: FetchParams
) -> Request | None:
    following = http_redirect_fetch(request, location, response.status, params)
    if following is not None and request.client is not None:  # HTTP-redirect fetch, 19.
        following = following.with_(referrer_policies=(*request.referrer_policies, policy_of(response.headers)))
    if following is None or not _counts_as_credentialed(request, params.profile):
        return following
    return following if cors_check(request, origin, response, params, include=True) else None


def _judged_after_preflight(
    request: Request, location: URL, origin: str, response: Response, params: FetchParams
) -> Generator[Sending, Answer, Request | FetchEnd]:
    """The next hop; where the redirect to it is refused, its preflight is sent first all the same, and may fail first."""
    judged = params._replace(trace=Trace(params.trace.exchanges))
    following = _next_hop(request, location, origin, response, judged)
    late = location.includes_credentials and request.tainting is Tainting.CORS  # the redirect is judged first
    if following is None and not late:
        bare = parse(without_userinfo(location.href))
        assert bare is not None  # it was parsed with userinfo
        asked = http_redirect_fetch(request, bare, response.status, params._replace(trace=Trace()))
        if asked is not None and why_preflight(asked, params):
            ended = yield from cors_preflight_fetch(asked.with_(tainting=Tainting.CORS), params)
            if ended is not None:
                return FetchEnd(ended, asked)
    params.trace.steps.extend(judged.trace.steps)
    return following or FetchEnd(Ended.NETWORK_ERROR, request, response)


def _began_at_home(request: Request) -> bool:
    return same_origin(request.origin, request.url_list[0].origin)


def _counts_as_credentialed(request: Request, profile: Profile) -> bool:
    return (
        profile.own_redirects_need_credentials
        and request.tainting is Tainting.CORS
        and request.credentials is Credentials.SAME_ORIGIN
        and _began_at_home(request)
    )
