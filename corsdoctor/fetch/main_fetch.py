"""Main fetch and scheme fetch: what kind of request it is, what blocks it before it is sent, and the loop over redirects.

https://fetch.spec.whatwg.org/#concept-main-fetch, https://fetch.spec.whatwg.org/#concept-scheme-fetch
Left out of main fetch: 10., HSTS; a fresh browser profile has none.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Final

from corsdoctor.browsers.profile import Profile
from corsdoctor.fetch.before_sending import (
    is_blocked_before_sending,
    is_blocked_before_upgrade,
    is_confirmed_first,
    note_local_network,
    upgrade_mixed_content,
)
from corsdoctor.fetch.data_url import BLOB_IS_READ, DATA_URL_PARSES, blob_url_response, data_url_response
from corsdoctor.fetch.http_fetch import REDIRECT_ALLOWED, http_fetch
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
from corsdoctor.rule import FETCH, Cause, Failure, Field, Rule
from corsdoctor.scenario import JUST_MADE, Api, Mode, Redirect
from corsdoctor.wire import Answer, Headers, Response

if TYPE_CHECKING:
    from corsdoctor.scenario.page import Client

WORKER_SCRIPT = Cause(
    "worker-script",
    "Workers load only from the page's own origin, whatever the headers say.",
    fix="Serve the script from the page's origin. Or make the worker from a blob: URL whose code calls importScripts() or import() "
    "with the other URL.",
    failure=Failure(
        "The script of a worker needs the page's origin ({page}), but {url} does not have it",
        bare="The script of a worker does not have the page's origin",
    ),
)
SERVICE_WORKER_SCRIPT = WORKER_SCRIPT._replace(
    id="service-worker-script",
    text="Service workers load only from the page's own origin, whatever the headers say.",
    fix="Serve the script from the page's origin. It can call importScripts() with the other URL.",
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
    causes=(WORKER_SCRIPT, SERVICE_WORKER_SCRIPT, ONLY_AT_HOME),
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
    fix="Correct the scheme of the URL. Serve the file over http, for example with a development server.",
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
    if params.state is not None:
        params.state.preloads.keep(end, params)
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
        if is_blocked_before_upgrade(request, params):  # 4.
            return FetchEnd(Ended.NETWORK_ERROR, request)
        request = upgrade_mixed_content(request, params)  # 5., 6.
        if is_confirmed_first(request, params):
            return FetchEnd(Ended.PROMPTED, request)
        if is_blocked_before_sending(request, params):  # 7.
            return FetchEnd(Ended.NETWORK_ERROR, request)
        note_local_network(request, params)
        preloaded = None if params.state is None else params.state.preloads.consume(request, params)  # 11.
        if preloaded is not None:
            return preloaded
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
    return (yield from http_fetch(request.with_(tainting=tainting), params))


def leaves_same_origin(request: Request, params: FetchParams) -> bool:
    """Whether the URL does not have the page's origin although the mode is same-origin, which is traced."""
    url = request.url
    if request.mode is not Mode.SAME_ORIGIN or response_tainting(url, request.origin, request.mode) is Tainting.BASIC:
        return False
    by_destination = {"worker": WORKER_SCRIPT, "serviceworker": SERVICE_WORKER_SCRIPT}
    cause = ONLY_AT_HOME if request.api in (Api.SVG_USE, Api.TRACK) else by_destination.get(request.destination)
    params.trace.failed(SAME_ORIGIN_MODE, ((Field.URL, url.href), (Field.PAGE, str(request.origin))), cause)
    return True


def _scheme_fetch(request: Request, params: FetchParams) -> Generator[Sending, Answer, Request | FetchEnd]:
    """https://fetch.spec.whatwg.org/#concept-scheme-fetch"""
    if request.url.is_http:
        return (yield from http_fetch(request, params))
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
