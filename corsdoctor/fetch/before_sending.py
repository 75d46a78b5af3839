"""What main fetch looks at before any request is sent: bad ports, mixed content, the local network.

https://fetch.spec.whatwg.org/#concept-main-fetch, steps 6 and 7
"""

from __future__ import annotations

from typing import Final

from corsdoctor.browsers.profile import Profile
from corsdoctor.fetch.request import FetchParams, Request
from corsdoctor.fetch.request_constructor import URL_WITHOUT_USERINFO
from corsdoctor.host import ip_address, is_loopback, is_private
from corsdoctor.rule import FETCH, Cause, Failure, Field, Rule, Step, Trace
from corsdoctor.scenario import Api, Mode, Redirect
from corsdoctor.url import URL, is_potentially_trustworthy

BAD_PORTS: Final = frozenset(
    (0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109,
     110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515, 526, 530, 531,
     532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060,
     5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080)
)  # fmt: skip

PORT_NOT_BAD = Rule(
    id="port-not-blocked",
    title="The port is not one that browsers block",
    failure=Failure("Browsers block requests to port {port}", bare="Browsers block requests to this port"),
    spec=f"{FETCH}#port-blocking",
    step="2",
    what="Browsers send no HTTP requests to the ports of certain services: 25 (mail), 6000 (X11), 6667 (IRC) and "
    "about eighty others.",
    why="Otherwise a page could make the browser send data to such a service.",
    fix="Run the server on another port, such as 8080.",
    bad="http://localhost:6000/",
    good="http://localhost:8080/",
)
MIXED_WEBSOCKET = Cause(
    "websocket",
    "A WebSocket with the scheme ws is not encrypted.",
    fix="Offer the WebSocket over TLS, and open it with wss: in place of ws:.",
)
MIXED_LOOPBACK = Cause(
    "loopback",
    "WebKit makes no exception for this machine. corsdoctor takes the server here for one that will be deployed over https; "
    "with --page, the verdict is that of this URL.",
    fix="Serve the page over http while you develop, or offer the URL over https.",
    failure=Failure(
        "Safari blocks requests from the https page {page} to http on this machine, and no response header changes that; "
        "the verdict for WebKit is that of the same server over https",
    ),
)
NOT_MIXED_CONTENT = Rule(
    id="not-mixed-content",
    title="A page loaded over https requests only https URLs",
    failure=Failure(
        "The page {page} was loaded over https, so the browser blocks its request to {url} (mixed content)",
        bare="The page was loaded over https, so the browser blocks its request to an http URL (mixed content)",
        remark="is not followed: mixed content",
    ),
    spec="https://w3c.github.io/webappsec-mixed-content/#should-block-fetch",
    step="",
    what="A page with an https origin may not request http URLs, except those of the local machine.",
    why="Anyone on the network could read and change the response. The browser checks this before CORS, so no CORS "
    "header changes it.",
    fix="Serve the URL over https, and request it with https://.",
    bad="page https://app.example fetches http://api.example/",
    good="page https://app.example fetches https://api.example/",
    causes=(MIXED_WEBSOCKET, MIXED_LOOPBACK),
)
MIXED_UPGRADED = Rule(
    id="mixed-content-upgraded",
    title="Images, audio and video of an https page are requested over https",
    failure=Failure(
        "The browser requests {asked_for} instead of {url}",
        bare="The browser requests the https URL instead of the http URL",
    ),
    spec="https://w3c.github.io/webappsec-mixed-content/#upgrade-algorithm",
    step="",
    what="The browser changes the http URL of an image, audio or video to https before it sends the request.",
    why="Pages with old links to images continue to work, and nobody on the network can read the traffic.",
    fix="Write https:// in the page.",
    bad='<img src="http://cdn.example/a.png">',
    good='<img src="https://cdn.example/a.png">',
    blocks=False,
)
BY_POLICY: Final = "The page has upgrade-insecure-requests, so the browser requests {asked_for} instead of {url}"
CONFIRMED: Final = (
    "The browser asks the user before it sends the form of the page {page} to {url}, which is not encrypted"
)
UPGRADED: Final = ("image", "audio", "video")
"""The destinations whose mixed content is requested over https."""
KEEPALIVE_FITS = Rule(
    id="keepalive-body-fits",
    title="The body of a keepalive request has at most 64 KiB",
    failure=Failure(
        "The body has {body}, but navigator.sendBeacon() and fetch() with keepalive send at most 64 KiB",
        bare="The body is larger than the 64 KiB that navigator.sendBeacon() and fetch() with keepalive send",
    ),
    spec=f"{FETCH}#concept-http-network-or-cache-fetch",
    step="8.10",
    what="The bodies of all keepalive requests of a page that have no response yet may have at most 64 KiB together.",
    why="Such requests continue after the page is closed, so browsers limit how long they can take.",
    fix="Send less, or send it earlier with a fetch() that has no keepalive.",
    bad='fetch(url, {method: "POST", keepalive: true, body: "a".repeat(70000)})',
    good='fetch(url, {method: "POST", body: "a".repeat(70000)})',
)
_MOST_KEPT_ALIVE: Final = 64 * 1024

RULES: Final = (PORT_NOT_BAD, NOT_MIXED_CONTENT, MIXED_UPGRADED, KEEPALIVE_FITS)


def is_upgradable(request: Request, profile: Profile) -> bool:
    """https://w3c.github.io/webappsec-mixed-content/#category-upgradeable"""
    return request.destination in UPGRADED and (request.api is not Api.ICON or profile.icons_are_upgraded)


def upgrade_mixed_content(request: Request, params: FetchParams) -> Request:
    """https://w3c.github.io/webappsec-mixed-content/#upgrade-algorithm"""
    url = request.url
    own = is_potentially_trustworthy(url.origin) and not params.profile.policy_upgrades_loopback
    if request.client is not None and url.scheme == "http" and not own:
        from corsdoctor.fetch.content_security_policy import (
            upgrades_insecure_requests,  # what a plain check need not load
        )

        if upgrades_insecure_requests(request.client):
            return _over_https(request, params, BY_POLICY)
    profile = params.profile
    if not is_upgradable(request, profile):
        return request
    if _is_left_on_http(request, profile):
        return request
    if request.client is not None and request.redirect_count and profile.redirects_are_upgraded:
        return _over_https(request, params) if is_insecure_in_secure(request) else request
    if is_loopback(url.host) or (ip_address(url.host) is not None and not profile.mixed_addresses_are_upgraded):
        return request
    if not is_mixed(request, profile) and not _is_of_file(request, profile):
        return request
    return _over_https(request, params)


def _is_left_on_http(request: Request, profile: Profile) -> bool:
    """Whether the browser requests an http image although the page is secure: the page is on this machine, or what was requested
    over http redirects to it.
    """
    if request.client is None or not is_upgradable(request, profile):
        return False
    if profile.redirects_are_upgraded and request.redirect_count:
        return request.url_list[0].scheme == "http"
    return not profile.loopback_pages_upgrade and is_loopback(request.client.url.host)


def _over_https(request: Request, params: FetchParams, text: str = "") -> Request:
    upgraded = request.over_https()
    params.trace.note(MIXED_UPGRADED, ((Field.URL, request.url.href), (Field.ASKED_FOR, upgraded.url.href)), text)
    if request.destination in ("audio", "video") and not params.profile.upgraded_media_have_referrer:
        return upgraded.with_(init=upgraded.init._replace(referrer=""))
    return upgraded


def _is_of_file(request: Request, profile: Profile) -> bool:
    client = request.client
    of_file = client is not None and client.page.url.scheme == "file" and profile.file_page_upgrades
    return of_file and request.url.scheme == "http"


def is_insecure_in_secure(request: Request) -> bool:
    """Whether a page or a frame loaded over https requests an http URL, even of this machine."""
    client = request.client
    documents = () if client is None else (client.page.url, client.url)
    secure = request.origin.scheme == "https" or any(url.scheme == "https" for url in documents)
    return secure and request.url.scheme == "http"


def is_mixed(request: Request, profile: Profile) -> bool:
    """Whether an https page requests something that anyone on the network could read.

    By the Standard, a page on http://localhost counts as secure too. No browser does so, and neither does this. Where one
    blocks this machine too, that counts in a flow: in a plain check a server here stands for the one that is deployed.
    """
    if not is_insecure_in_secure(request) or request.mode is Mode.SAME_ORIGIN:  # another origin is refused as such
        return False
    if _is_left_on_http(request, profile):
        return False
    if request.client is not None:
        from corsdoctor.fetch.local_network_access import is_known_to_be_local  # what a plain check need not load

        if is_known_to_be_local(request, profile):
            return False
    if not is_potentially_trustworthy(request.url.origin):
        return True
    return request.client is not None and is_loopback_mixed(request, profile)


def is_loopback_mixed(request: Request, profile: Profile) -> bool:
    """Whether the browser makes no exception for this machine."""
    if not profile.loopback_is_mixed or not is_insecure_in_secure(request):
        return False
    return request.destination not in UPGRADED or bool(request.redirect_count) or request.url.host.startswith("[")


def is_confirmed_first(request: Request, params: FetchParams) -> bool:
    """Whether the user is asked before a form is sent to a URL that anyone on the network could read."""
    if request.api is not Api.FORM or not params.profile.insecure_forms_are_confirmed:
        return False
    of_here = is_potentially_trustworthy(request.origin) and request.url.scheme == "http"
    open_to_all = of_here and not is_potentially_trustworthy(request.url.origin)
    if not is_mixed(request, params.profile) and not open_to_all:
        return False
    params.trace.note(NOT_MIXED_CONTENT, ((Field.PAGE, str(request.origin)), (Field.URL, request.url.href)), CONFIRMED)
    return True


def is_blocked_before_sending(request: Request, params: FetchParams) -> bool:
    """Main fetch, 7."""
    url, trace = request.url, params.trace
    if url.is_http and url.effective_port in BAD_PORTS and not is_mixed(request, params.profile):
        trace.failed(PORT_NOT_BAD, ((Field.PORT, str(url.effective_port)),))
        return True
    if request.init.keepalive and len(request.body or b"") > _MOST_KEPT_ALIVE:
        trace.failed(KEEPALIVE_FITS, ((Field.BODY, f"{len(request.body or b'')} bytes"),))
        return True
    if url.includes_credentials and params.profile.refuses_userinfo and not _passes_with_userinfo(request, params):
        trace.failed(URL_WITHOUT_USERINFO, ((Field.URL, url.href),))
        return True
    if _is_refused_by_policy(request, params) or _is_blocked_without_integrity(request, params):
        return True
    if _is_blocked_as_mixed(request, params):
        return True
    if request.client is None and is_loopback_mixed(request, params.profile):
        trace.note(NOT_MIXED_CONTENT, ((Field.PAGE, str(request.origin)), (Field.URL, url.href)), cause=MIXED_LOOPBACK)
    return False


def is_blocked_before_upgrade(request: Request, params: FetchParams) -> bool:
    """Main fetch, 4.: policies that only report are applied before the URL is upgraded. Browsers do so with others, too."""
    early = _is_judged_early(request, params.profile)
    if early or params.profile.reports_before_upgrade:
        _is_blocked_by_csp(request, params, report_only=True)
    return early and _is_blocked_by_csp(request, params, report_only=False)


def _is_refused_by_policy(request: Request, params: FetchParams) -> bool:
    """Whether a policy of the page does not allow the URL, as it is after any upgrade."""
    early = _is_judged_early(request, params.profile)
    if not early and not params.profile.reports_before_upgrade:
        _is_blocked_by_csp(request, params, report_only=True)
    return not early and _is_blocked_by_csp(request, params, report_only=False)


def _is_blocked_as_mixed(request: Request, params: FetchParams) -> bool:
    if is_mixed(request, params.profile):
        evidence = ((Field.PAGE, str(request.origin)), (Field.URL, request.url.href))
        params.trace.failed(NOT_MIXED_CONTENT, evidence)
        return True
    return False


def _is_judged_early(request: Request, profile: Profile) -> bool:
    hop = not request.redirect_count or profile.redirects_are_judged_before_upgrade
    return hop and request.destination in profile.judged_before_upgrade


def _is_blocked_by_csp(request: Request, params: FetchParams, *, report_only: bool) -> bool:
    if request.client is None:
        return False
    from corsdoctor.fetch.content_security_policy import is_blocked_by_csp  # what a plain check need not load

    return is_blocked_by_csp(request, request.client, params, report_only=report_only)


def is_target_refused(request: Request, location: URL, params: FetchParams, reported: list[Step]) -> bool:
    """Whether the URL that a redirect leads to is mixed content, or one that the page's policy does not allow.

    If it is not refused, `reported` gets what is noted of it, in case the redirect is not followed for another reason.
    """
    if request.client is None or request.redirect is not Redirect.FOLLOW or not location.is_http:
        return False
    judged = params._replace(trace=Trace(params.trace.exchanges))
    following = request.redirected_to(location)
    if not is_blocked_before_upgrade(following, judged):
        following = upgrade_mixed_content(following, judged)
        if not (_is_refused_by_policy(following, judged) or _is_blocked_as_mixed(following, judged)):
            reported.extend(judged.trace.steps)
            return False
    params.trace.steps.extend(judged.trace.steps)
    return True


def _is_blocked_without_integrity(request: Request, params: FetchParams) -> bool:
    if request.client is None or request.destination != "script":
        return False
    from corsdoctor.fetch.integrity_policy import is_blocked_by_integrity_policy  # what few requests need

    return is_blocked_by_integrity_policy(request, request.client, params)


def _passes_with_userinfo(request: Request, params: FetchParams) -> bool:
    if request.redirect_count:
        return request.api in params.profile.redirected_userinfo_passes
    element = not request.preset.scripted and request.mode is not Mode.CORS
    strict = element or request.api in (Api.EVENTSOURCE, Api.BEACON)
    return not strict or request.element in params.profile.first_userinfo_passes


def note_local_network(request: Request, params: FetchParams) -> None:
    """Notes that a public page leads to the local network, where only the page's origin is known."""
    page, host = request.origin, request.url.host
    if request.client is not None or not request.url.is_http or not (is_loopback(host) or is_private(host)):
        return
    if page.scheme in ("http", "https") and not is_loopback(page.host) and not is_private(page.host):
        from corsdoctor.fetch.local_network_access import (
            LOCAL_NETWORK,
            NOT_OVER_HTTPS,
        )  # what other checks need not load

        cause = NOT_OVER_HTTPS if page.scheme == "http" else None
        params.trace.note(LOCAL_NETWORK, ((Field.PAGE, str(page)), (Field.HOST, host)), cause=cause)
