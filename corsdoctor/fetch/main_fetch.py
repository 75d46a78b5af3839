"""Main fetch and HTTP fetch: what kind of request it is, whether a preflight is due, and the loop over redirects.

https://fetch.spec.whatwg.org/#concept-main-fetch, https://fetch.spec.whatwg.org/#concept-http-fetch
"""

from __future__ import annotations

import re
from collections.abc import Generator
from typing import Final
from urllib.parse import unquote_to_bytes

from corsdoctor.browsers.profile import Profile
from corsdoctor.fetch.cors_check import cors_check
from corsdoctor.fetch.network import ACTUAL_ANSWERED, answered, http_network_or_cache_fetch
from corsdoctor.fetch.preflight import PREFLIGHT_NEEDED, cors_preflight_fetch, is_remembered, why_preflight
from corsdoctor.fetch.redirect import LOCATION_PARSES, http_redirect_fetch, is_redirect_status, location_url
from corsdoctor.fetch.request import (
    PRESETS,
    URL_WITHOUT_USERINFO,
    Ended,
    FetchEnd,
    Fetching,
    FetchParams,
    Request,
    Sending,
    Tainting,
)
from corsdoctor.fetch.resource_policy import cross_origin_resource_policy_check
from corsdoctor.fetch.safelist import mime_essence
from corsdoctor.rule import FETCH, Rule
from corsdoctor.scenario import Api, Credentials, Mode, Redirect
from corsdoctor.url import OPAQUE, ip_address, is_loopback, is_potentially_trustworthy, is_private, parse, same_origin
from corsdoctor.wire import Answer, Headers, Kind, Response

BAD_PORTS: Final = frozenset(
    (0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109,
     110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515, 526, 530, 531,
     532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060,
     5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080)
)  # fmt: skip

PORT_NOT_BAD = Rule(
    id="port-not-blocked",
    title="The port is not one that browsers block",
    spec=f"{FETCH}#port-blocking",
    step="2",
    what="Browsers send no HTTP to the ports of old services: 25 (mail), 6000 (X11), 6667 (IRC) and some eighty others.",
    why="A page could make the browser talk to such a service in disguise.",
    fix="Let the server listen on another port, such as 8080.",
    bad="http://localhost:6000/",
    good="http://localhost:8080/",
)
NOT_MIXED_CONTENT = Rule(
    id="not-mixed-content",
    title="A page that came over https asks only for https",
    spec="https://w3c.github.io/webappsec-mixed-content/#should-block-fetch",
    step="",
    what="A page of an https origin may not fetch http: URLs; addresses of the own machine are excepted.",
    why="Everyone on the way could read and change the answer. This comes before CORS; no CORS header changes it.",
    fix="Serve the URL over https, and ask for it with https://.",
    bad="page https://app.example fetches http://api.example/",
    good="page https://app.example fetches https://api.example/",
)
MIXED_UPGRADED = Rule(
    id="mixed-content-upgraded",
    title="Images, audio and video of an https page are asked for over https",
    spec="https://w3c.github.io/webappsec-mixed-content/#upgrade-algorithm",
    step="",
    what="The browser turns the http: URL of an image, audio or video into https: before it asks.",
    why="Pages with old links to pictures still work, and nobody on the way can read along.",
    fix="Write https:// in the page.",
    bad='<img src="http://cdn.example/a.png">',
    good='<img src="https://cdn.example/a.png">',
)
SAME_ORIGIN_MODE = Rule(
    id="same-origin-mode",
    title="In mode same-origin the URL is of the page's own origin",
    spec=f"{FETCH}#concept-main-fetch",
    step="12",
    what='With `mode: "same-origin"` a URL of another origin ends in a network error, also after a redirect.',
    why="The script asked for that.",
    fix="Use mode cors, and have the server allow the origin.",
    bad='fetch("https://api.example/", {mode: "same-origin"})',
    good='fetch("https://api.example/", {mode: "cors"})',
)
NO_CORS_FOLLOWS = Rule(
    id="no-cors-follows-redirects",
    title="Mode no-cors follows redirects",
    spec=f"{FETCH}#concept-main-fetch",
    step="12",
    what='With `mode: "no-cors"` and a URL of another origin the redirect mode must be follow.',
    why="The script would learn where the other site redirects to.",
    fix="Leave out `redirect`, or use mode cors.",
    bad='fetch(url, {mode: "no-cors", redirect: "error"})',
    good='fetch(url, {mode: "no-cors"})',
)
SCHEME_HTTP = Rule(
    id="scheme-is-http",
    title="The URL's scheme is http or https",
    spec=f"{FETCH}#concept-main-fetch",
    step="12",
    what="Across origins only http: and https: URLs can be fetched; file:, ftp: and unknown schemes end in a network error.",
    why="CORS is a conversation in HTTP headers; other schemes have none.",
    fix="Serve the file over http, for example with a development server.",
    bad='fetch("file:///home/me/data.json")',
    good='fetch("http://localhost:8000/data.json")',
)
SCHEME_FETCHABLE = Rule(
    id="scheme-is-fetchable",
    title="The URL's scheme can be fetched",
    spec=f"{FETCH}#concept-scheme-fetch",
    step="3",
    what="about:, data:, blob:, http: and https: URLs can be fetched; of about: only about:blank, and only as a page.",
    why="For other schemes nothing is defined that would load them.",
    fix="Use an http: or https: URL.",
    bad='fetch("about:blank")',
    good='fetch("https://api.example/")',
)
DATA_URL_PARSES = Rule(
    id="data-url-parses",
    title="The data: URL can be read",
    spec=f"{FETCH}#data-url-processor",
    step="6 to 11",
    what="A data: URL has a comma before its data, and with `;base64` the data must be base64.",
    why="Otherwise there is nothing to load.",
    fix="Correct the URL in the script.",
    bad='fetch("data:text/plain")',
    good='fetch("data:text/plain,hello")',
)
REDIRECT_ALLOWED = Rule(
    id="redirect-mode-allows",
    title="The script allows redirects",
    spec=f"{FETCH}#concept-http-fetch",
    step="6.3",
    what='With `redirect: "error"` every redirect ends in a network error.',
    why="The script asked for that.",
    fix="Leave out `redirect`, or ask the final URL.",
    bad='fetch(url, {redirect: "error"}) and HTTP/1.1 302 Found',
    good="fetch(url) and HTTP/1.1 302 Found",
)
NOT_PROXY_STATUS = Rule(
    id="status-not-407",
    title="Only a proxy answers 407",
    spec=f"{FETCH}#concept-http-network-or-cache-fetch",
    step="15",
    what="Chromium takes status 407 from a server that is no proxy of its own as a network error.",
    why="407 asks for the proxy's password; a server could phish for it.",
    fix="Answer 401 where a login is wanted.",
    bad="HTTP/1.1 407 Proxy Authentication Required",
    good="HTTP/1.1 401 Unauthorized",
)
LOCAL_NETWORK = Rule(
    id="local-network-access-granted",
    title="The user lets the page reach the local network",
    spec="https://wicg.github.io/local-network-access/",
    step="",
    what="Where a page from the public internet asks for an address of this machine or of the local network, Chromium (from "
    "142) asks the user for permission, and refuses pages that did not come over https. Firefox is introducing the same.",
    why="Pages used to attack routers, printers and developers' servers. It is a permission: no response header grants it.",
    fix="Have the user allow it, or put the page on the same network. Access-Control-Allow-Private-Network no longer matters.",
    bad="page https://app.example fetches http://192.168.1.1/",
    good="page http://localhost:3000 fetches http://localhost:8080/",
)

RULES: Final = (
    PORT_NOT_BAD, NOT_MIXED_CONTENT, MIXED_UPGRADED, SAME_ORIGIN_MODE, NO_CORS_FOLLOWS, SCHEME_HTTP, SCHEME_FETCHABLE,
    DATA_URL_PARSES, REDIRECT_ALLOWED, NOT_PROXY_STATUS, LOCAL_NETWORK,
)  # fmt: skip


def main_fetch(request: Request, params: FetchParams) -> Fetching:
    """Runs the request to its end. https://fetch.spec.whatwg.org/#concept-main-fetch"""
    while True:
        request = _upgrade_mixed_content(request, params)  # 6.
        if _blocked_before_sending(request, params):  # 7.
            return FetchEnd(Ended.NETWORK_ERROR, request)
        _note_local_network(request, params)
        following = yield from _switch(request, params)  # 12.
        if isinstance(following, FetchEnd):
            return following
        request = following


def _switch(request: Request, params: FetchParams) -> Generator[Sending, Answer, Request | FetchEnd]:
    """Main fetch, 12."""
    trace, url = params.trace, request.url
    same = same_origin(url.origin, request.origin) and request.tainting is Tainting.BASIC
    if same or url.scheme == "data":
        return (yield from _scheme_fetch(request.with_(tainting=Tainting.BASIC), params))
    if request.mode is Mode.SAME_ORIGIN:
        trace.failed(SAME_ORIGIN_MODE, (("URL", url.href), ("page", str(request.origin))))
        return FetchEnd(Ended.NETWORK_ERROR, request)
    if request.mode is Mode.NO_CORS:
        if request.redirect is not Redirect.FOLLOW:
            trace.failed(NO_CORS_FOLLOWS, (("redirect", request.redirect),))
            return FetchEnd(Ended.NETWORK_ERROR, request)
        return (yield from _scheme_fetch(request.with_(tainting=Tainting.OPAQUE), params))
    if not url.is_http:
        trace.failed(SCHEME_HTTP, (("URL", url.href),))
        return FetchEnd(Ended.NETWORK_ERROR, request)
    return (yield from _http_fetch(request.with_(tainting=Tainting.CORS), params))


def _scheme_fetch(request: Request, params: FetchParams) -> Generator[Sending, Answer, Request | FetchEnd]:
    """https://fetch.spec.whatwg.org/#concept-scheme-fetch"""
    if request.url.is_http:
        return (yield from _http_fetch(request, params))
    if request.url.scheme == "data":
        response = data_url_response(request, params.profile)
        if response is None:
            params.trace.failed(DATA_URL_PARSES, (("URL", request.url.href),))
            return FetchEnd(Ended.NETWORK_ERROR, request)
        return FetchEnd(Ended.BASIC, request, response)
    params.trace.failed(SCHEME_FETCHABLE, (("URL", request.url.href),))
    return FetchEnd(Ended.NETWORK_ERROR, request)


def data_url_response(request: Request, profile: Profile) -> Response | None:
    """What a data: URL says, or None where it can't be read. https://fetch.spec.whatwg.org/#data-url-processor"""
    kind, comma, data = request.url.href.split("#", 1)[0].removeprefix("data:").partition(",")  # 2. to 7.
    if not comma:
        return None
    kind = kind.strip(" ")
    body = unquote_to_bytes(data)  # 10.
    bare = kind.rstrip(" ")
    if bare.lower().endswith("base64") and bare[:-6].rstrip(" ").endswith(";"):  # 11.
        kind = bare[:-6].rstrip(" ")[:-1]
        text = re.sub(rb"[\t\n\f\r ]", b"", body)
        stripped = text.removesuffix(b"==" if text.endswith(b"==") else b"=") if len(text) % 4 == 0 else text
        if len(stripped) % 4 == 1 or re.fullmatch(rb"[A-Za-z0-9+/]*", stripped) is None:
            return None
    if kind.startswith(";"):  # 12.
        kind = f"text/plain{kind}"
    headers = Headers((("Content-Type", kind if mime_essence(kind) else "text/plain;charset=US-ASCII"),))  # 13., 14.
    if profile.data_url_has_length and request.api is Api.FETCH:
        headers = headers.append("Content-Length", str(len(body)))
    return Response(200, headers, "OK")


def _http_fetch(request: Request, params: FetchParams) -> Generator[Sending, Answer, Request | FetchEnd]:
    """https://fetch.spec.whatwg.org/#concept-http-fetch (without service workers)"""
    trace = params.trace
    if request.tainting is Tainting.CORS:
        reasons = why_preflight(request, params)
        if reasons and not is_remembered(request, params):  # 4.1
            trace.note(PREFLIGHT_NEEDED, reasons)
            ended = yield from cors_preflight_fetch(request, params)
            if ended is not None:
                params.cache.clear(request.serialized_origin, request.url.href)  # main fetch, 12.
                return FetchEnd(ended, request)
            request = request.with_(preflighted=True)
    origin = request.serialized_origin
    response = yield from http_network_or_cache_fetch(request, Kind.ACTUAL, origin, params)  # 4.3
    if not isinstance(response, Response):
        ended = Ended.WITHHELD if answered(response, ACTUAL_ANSWERED, params) else Ended.NO_ANSWER
        return FetchEnd(ended, request)
    if response.status == 407 and params.profile.proxy_status_is_error:
        trace.failed(NOT_PROXY_STATUS, (("status", "407"),))
        return FetchEnd(Ended.NETWORK_ERROR, request, response)
    if request.tainting is Tainting.CORS and not cors_check(request, origin, response, params):  # 4.4
        return FetchEnd(Ended.NETWORK_ERROR, request, response)
    if request.tainting is Tainting.OPAQUE and not cross_origin_resource_policy_check(request, response, params):  # 5.
        return FetchEnd(Ended.NETWORK_ERROR, request, response)
    if is_redirect_status(response.status, params.profile):  # 6.
        return (yield from _redirected(request, response, origin, params))
    return FetchEnd(Ended(request.tainting.value), request, response)


def _redirected(
    request: Request, response: Response, origin: str, params: FetchParams
) -> Generator[Sending, Answer, Request | FetchEnd]:
    """HTTP fetch, 6.3."""
    trace, profile = params.trace, params.profile
    location = location_url(request, response, profile)  # HTTP-redirect fetch, 3.
    match request.redirect:
        case Redirect.ERROR if not (profile.error_mode_ignores_empty_location and not response.headers.get("Location")):
            trace.failed(REDIRECT_ALLOWED, (("status", str(response.status)), ("redirect", "error")))
            return FetchEnd(Ended.NETWORK_ERROR, request, response)
        case Redirect.MANUAL if isinstance(location, ValueError) and profile.manual_mode_parses_location:
            trace.failed(LOCATION_PARSES, (("Location", location.args[0]),))
            return FetchEnd(Ended.NETWORK_ERROR, request, response)
        case Redirect.MANUAL:
            return FetchEnd(Ended.OPAQUE_REDIRECT, request, response)
        case Redirect.FOLLOW if location is not None:  # 4.
            sent = request.with_(sent_origin="Origin" in trace.exchanges[-1].request.headers)
            following = http_redirect_fetch(sent, location, response.status, params)
            if following is None:
                return FetchEnd(Ended.NETWORK_ERROR, request, response)
            if _counts_as_credentialed(request, profile) and not cors_check(
                request, origin, response, params, include=True
            ):
                if why_preflight(following, params):  # it goes out, whatever its answer
                    yield from cors_preflight_fetch(following.with_(tainting=Tainting.CORS), params)
                return FetchEnd(Ended.NETWORK_ERROR, request, response)
            return following
    return FetchEnd(Ended(request.tainting.value), request, response)


def _counts_as_credentialed(request: Request, profile: Profile) -> bool:
    return (
        profile.own_redirects_need_credentials
        and request.tainting is Tainting.CORS
        and request.credentials is Credentials.SAME_ORIGIN
        and same_origin(request.origin, request.url_list[0].origin)
    )


def _upgrade_mixed_content(request: Request, params: FetchParams) -> Request:
    """https://w3c.github.io/webappsec-mixed-content/#upgrade-algorithm"""
    url = request.url
    if request.destination not in ("image", "audio") or not _is_mixed(request) or ip_address(url.host) is not None:
        return request
    upgraded = parse("https" + url.href.removeprefix("http"))
    assert upgraded is not None  # only the scheme has changed
    params.trace.note(MIXED_UPGRADED, (("URL", url.href), ("asked for", upgraded.href)))
    return request.with_(url_list=(*request.url_list[:-1], upgraded))


def _is_mixed(request: Request) -> bool:
    """Whether an https page asks for something that anyone on the way could read.

    By the letter a page on http://localhost counts as secure too; no browser takes it so, and neither does this.
    """
    return (
        request.origin.scheme == "https"
        and request.url.scheme == "http"
        and not is_potentially_trustworthy(request.url.origin)
    )


def _blocked_before_sending(request: Request, params: FetchParams) -> bool:
    """Main fetch, 7."""
    url, trace = request.url, params.trace
    if url.is_http and url.effective_port in BAD_PORTS:
        trace.failed(PORT_NOT_BAD, (("port", str(url.effective_port)),))
        return True
    if url.includes_credentials and params.profile.refuses_userinfo and _is_strict_about_userinfo(request):
        trace.failed(URL_WITHOUT_USERINFO, (("URL", url.href),))
        return True
    if _is_mixed(request):
        trace.failed(NOT_MIXED_CONTENT, (("page", str(request.origin)), ("URL", url.href)))
        return True
    return False


def _is_strict_about_userinfo(request: Request) -> bool:
    element = not PRESETS[request.api].scripted and request.mode is Mode.NO_CORS
    return element or request.api is Api.EVENTSOURCE or request.redirect_count > 0


def _note_local_network(request: Request, params: FetchParams) -> None:
    page, host = request.origin, request.url.host
    if not request.url.is_http or not (is_loopback(host) or is_private(host)):
        return
    if page != OPAQUE and page.scheme in ("http", "https") and not is_loopback(page.host) and not is_private(page.host):
        where = "this machine" if is_loopback(host) else "the local network"
        params.trace.note(
            LOCAL_NETWORK, (("page", str(page)), ("host", host)), f"`{host}` is {where}, and the page is not"
        )
