"""Main fetch and HTTP fetch: what kind of request it is, whether a preflight is due, and the loop over redirects.

https://fetch.spec.whatwg.org/#concept-main-fetch, https://fetch.spec.whatwg.org/#concept-http-fetch
Left out of main fetch: 10., HSTS; a fresh browser profile has none.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Final

from corsdoctor.browsers.profile import Profile
from corsdoctor.fetch.before_sending import (
    is_blocked_before_sending,
    is_confirmed_first,
    note_local_network,
    upgrade_mixed_content,
)
from corsdoctor.fetch.cors_check import cors_check
from corsdoctor.fetch.data_url import BLOB_IS_READ, DATA_URL_PARSES, blob_url_response, data_url_response
from corsdoctor.fetch.element import is_type_refused_first
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
from corsdoctor.fetch.request import (
    Ended,
    FetchEnd,
    Fetching,
    FetchParams,
    Request,
    Sending,
    Tainting,
    response_tainting,
)
from corsdoctor.fetch.request_constructor import STREAM_IS_SENT, STREAM_OVER_HTTP1
from corsdoctor.fetch.resource_policy import cross_origin_resource_policy_check
from corsdoctor.rule import FETCH, Cause, Failure, Field, Rule, Trace
from corsdoctor.scenario import JUST_MADE, Api, Credentials, Mode, Redirect
from corsdoctor.url import URL, parse, same_origin, without_userinfo
from corsdoctor.wire import Answer, Headers, Hold, Kind, Response, Withheld

if TYPE_CHECKING:
    from corsdoctor.scenario.page import Client

WORKER_SCRIPT = Cause(
    "worker-script",
    "The script of a worker is always requested in mode same-origin. No response header changes that.",
    fix="Serve the script from the page's origin. A dedicated worker can also be made from a blob: URL whose code calls "
    "importScripts() or import() with the other URL.",
    failure=Failure(
        "The script of a worker needs the page's origin ({page}), but {url} does not have it",
        bare="The script of a worker does not have the page's origin",
    ),
)
ONLY_AT_HOME = Cause(
    "only-own-origin",
    "A <use> in SVG loads only files of the page's own origin, and so does a <track> unless its <audio> or <video> has crossorigin.",
    fix="Serve the file from the page's own origin. For a <track>, you can also set crossorigin on its <audio> or <video>, and "
    "make the server allow the origin.",
)
SAME_ORIGIN_MODE = Rule(
    id="same-origin-mode",
    title="In mode same-origin, the URL has the page's origin",
    failure=Failure(
        "The request has mode same-origin, but {url} does not have the page's origin ({page})",
        bare="The request has mode same-origin, but the URL does not have the page's origin",
    ),
    spec=f"{FETCH}#concept-main-fetch",
    step="12",
    what='With `mode: "same-origin"`, a URL of another origin is a network error, also after a redirect.',
    why="The script set this mode.",
    fix="Use mode cors, and make the server allow the origin.",
    bad='fetch("https://api.example/", {mode: "same-origin"})',
    good='fetch("https://api.example/", {mode: "cors"})',
    causes=(WORKER_SCRIPT, ONLY_AT_HOME),
)
NO_CORS_FOLLOWS = Rule(
    id="no-cors-follows-redirects",
    title="In mode no-cors, the redirect mode is follow",
    failure=Failure(
        "The script set the redirect mode {redirect}, but mode no-cors allows only follow",
        bare="The redirect mode is not follow, but mode no-cors allows only follow",
    ),
    spec=f"{FETCH}#concept-main-fetch",
    step="12",
    what='With `mode: "no-cors"` and a URL of another origin, the redirect mode must be follow.',
    why="Otherwise the script would learn where the other site redirects to.",
    fix="Remove `redirect`, or use mode cors.",
    bad='fetch(url, {mode: "no-cors", redirect: "error"})',
    good='fetch(url, {mode: "no-cors"})',
)
SCHEME_HTTP = Rule(
    id="scheme-is-http",
    title="The URL's scheme is http or https",
    failure=Failure(
        "The scheme of {url} is neither http nor https",
        bare="The scheme of the URL is neither http nor https",
    ),
    spec=f"{FETCH}#concept-main-fetch",
    step="12",
    what="Cross-origin requests are possible only to http and https URLs. file:, ftp: and unknown schemes are "
    "network errors.",
    why="CORS uses HTTP headers, which other schemes do not have.",
    fix="Serve the file over http, for example with a development server.",
    bad='fetch("file:///home/me/data.json")',
    good='fetch("http://localhost:8000/data.json")',
)
SCHEME_FETCHABLE = Rule(
    id="scheme-is-fetchable",
    title="The URL's scheme is one that browsers can fetch",
    failure=Failure(
        "Browsers cannot fetch {url}: its scheme is not supported",
        bare="Browsers cannot fetch a URL with this scheme",
    ),
    spec=f"{FETCH}#concept-scheme-fetch",
    step="3",
    what="data:, http: and https: URLs can be fetched. Of about: URLs only about:blank can, in mode no-cors. A "
    "blob: URL works only in the page that created it, so never here.",
    why="The Standard does not define how to fetch other schemes.",
    fix="Use an http or https URL.",
    bad='fetch("ftp://files.example/a", {mode: "no-cors"})',
    good='fetch("https://api.example/")',
)
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
RULES: Final = (SAME_ORIGIN_MODE, NO_CORS_FOLLOWS, SCHEME_HTTP, SCHEME_FETCHABLE, REDIRECT_ALLOWED)


def main_fetch(request: Request, params: FetchParams) -> Fetching:
    """Runs the request to its end. https://fetch.spec.whatwg.org/#concept-main-fetch"""
    if request.client is not None and _is_left_out(request, request.client, params.profile):
        return FetchEnd(Ended.BASIC, request)
    if request.mode is Mode.NAVIGATE:
        from corsdoctor.fetch.navigation import is_kept_by_sandbox  # what a plain check need not load

        if is_kept_by_sandbox(request, params):
            return FetchEnd(Ended.NETWORK_ERROR, request)
    end = yield from _hops(request, params)
    _clear_cache_after_error(end, params)
    return end


def _is_left_out(request: Request, client: Client, profile: Profile) -> bool:
    """Whether the browser ignores this request: only top-level pages have icons and manifests."""
    of_top_level = request.api in (Api.ICON, Api.MANIFEST)
    return request.api in profile.never_requests or (of_top_level and client.frame is not None)


def _hops(request: Request, params: FetchParams) -> Fetching:
    """Main fetch once for each hop; by the letter HTTP-redirect fetch, 22., calls it again."""
    while True:
        if request.api is Api.SVG_USE and leaves_same_origin(request, params):  # it does not fetch then
            return FetchEnd(Ended.NETWORK_ERROR, request)
        request = upgrade_mixed_content(request, params)  # 5., 6.
        if is_confirmed_first(request, params):
            return FetchEnd(Ended.PROMPTED, request)
        if is_blocked_before_sending(request, params):  # 7.
            return FetchEnd(Ended.NETWORK_ERROR, request)
        note_local_network(request, params)
        following = yield from _switch(request, params)  # 12.
        if isinstance(following, FetchEnd):
            return following
        request = following


def _clear_cache_after_error(end: FetchEnd, params: FetchParams) -> None:
    """Main fetch, 12: a request that was due for a preflight and fails takes what the cache knows with it."""
    failed = end.ended in (Ended.NETWORK_ERROR, Ended.NO_ANSWER)
    if end.request.with_preflight and failed and params.profile.failures_clear_preflights:
        params.cache.clear(end.request.serialized_origin, end.request.url.href)


def _switch(request: Request, params: FetchParams) -> Generator[Sending, Answer, Request | FetchEnd]:
    """Main fetch, 12."""
    trace, url = params.trace, request.url
    tainting = response_tainting(url, request.origin, request.mode, request.tainting)
    if tainting is Tainting.BASIC:
        return (yield from _scheme_fetch(request.with_(tainting=tainting), params))
    if leaves_same_origin(request, params):
        return FetchEnd(Ended.NETWORK_ERROR, request)
    if request.mode is Mode.NO_CORS:
        if request.redirect is not Redirect.FOLLOW:
            trace.failed(NO_CORS_FOLLOWS, ((Field.REDIRECT, request.redirect),))
            return FetchEnd(Ended.NETWORK_ERROR, request)
        return (yield from _scheme_fetch(request.with_(tainting=tainting), params))
    if not url.is_http:
        trace.failed(SCHEME_HTTP, ((Field.URL, url.href),))
        return FetchEnd(Ended.NETWORK_ERROR, request)
    return (yield from _http_fetch(request.with_(tainting=tainting), params))


def leaves_same_origin(request: Request, params: FetchParams) -> bool:
    """Whether the URL does not have the page's origin although the mode is same-origin, which is traced."""
    url = request.url
    if request.mode is not Mode.SAME_ORIGIN or response_tainting(url, request.origin, request.mode) is Tainting.BASIC:
        return False
    cause = WORKER_SCRIPT if request.destination in ("worker", "serviceworker") else None
    cause = ONLY_AT_HOME if request.api in (Api.SVG_USE, Api.TRACK) else cause
    params.trace.failed(SAME_ORIGIN_MODE, ((Field.URL, url.href), (Field.PAGE, str(request.origin))), cause)
    return True


def _scheme_fetch(request: Request, params: FetchParams) -> Generator[Sending, Answer, Request | FetchEnd]:
    """https://fetch.spec.whatwg.org/#concept-scheme-fetch"""
    if request.url.is_http:
        return (yield from _http_fetch(request, params))
    if request.url.scheme == "about" and request.url.path == "blank" and params.profile.about_blank_loads:
        response = Response(200, Headers((("Content-Type", "text/html;charset=utf-8"),)), "OK")
        return FetchEnd(Ended(request.tainting.value), request, response)
    if request.url.scheme == "file" and request.client is not None and request.client.page.url.scheme == "file":
        return FetchEnd(Ended.OPAQUE, request)
    if request.url.scheme == "data":
        decoded = data_url_response(request, params.profile)
        if decoded is None:
            params.trace.failed(DATA_URL_PARSES, ((Field.URL, request.url.href),))
            return FetchEnd(Ended.NETWORK_ERROR, request)
        return FetchEnd(Ended.BASIC, request, decoded)
    if request.url.href == JUST_MADE:
        if request.method != "GET":
            params.trace.failed(BLOB_IS_READ, ((Field.METHOD, request.method),))
            return FetchEnd(Ended.NETWORK_ERROR, request)
        return FetchEnd(Ended.BASIC, request, blob_url_response(params.profile))
    params.trace.failed(SCHEME_FETCHABLE, ((Field.URL, request.url.href),))
    return FetchEnd(Ended.NETWORK_ERROR, request)


def _http_fetch(request: Request, params: FetchParams) -> Generator[Sending, Answer, Request | FetchEnd]:
    """https://fetch.spec.whatwg.org/#concept-http-fetch (without service workers)"""
    trace, profile = params.trace, params.profile
    if request.tainting is Tainting.CORS:
        reasons = why_preflight(request, params)
        request = request.with_(with_preflight=request.with_preflight or bool(reasons))
        if reasons and not is_remembered(request, params):  # 4.1
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
    if location is None and request.tainting is Tainting.CORS and is_type_refused_first(request, response, params):
        return FetchEnd(Ended.NETWORK_ERROR, request, response)
    if request.tainting is Tainting.CORS and not cors_check(request, origin, response, params):  # 4.4
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
