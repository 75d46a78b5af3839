"""Sec-Fetch-*: what a request says of who makes it, and for what.

https://w3c.github.io/webappsec-fetch-metadata/ and, for third-party cookies, https://privacycg.github.io/storage-access-headers/
Left out: Sec-Fetch-User, which only navigations have.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from corsdoctor.browsers.profile import Profile
from corsdoctor.fetch.request import FetchParams, Request, Tainting
from corsdoctor.scenario import Api, Credentials
from corsdoctor.url import Origin, is_potentially_trustworthy, same_origin, same_site, schemelessly_same_site
from corsdoctor.wire import Kind

if TYPE_CHECKING:
    from corsdoctor.fetch.state import State

Lines = list[tuple[str, str]]
_MODE: Final = "Sec-Fetch-Mode"


def fetch_metadata_headers(request: Request, kind: Kind, params: FetchParams) -> Lines:
    """https://w3c.github.io/webappsec-fetch-metadata/#fetch-integration"""
    if not is_potentially_trustworthy(request.url.origin):
        named = kind is Kind.PREFLIGHT and params.profile.preflight_always_has_mode
        return [(_MODE, request.mode)] if named else []
    if kind is Kind.ACTUAL and params.profile.redirect_drops_metadata and _began_anew(request):
        return []
    destination, mode = request.destination or "empty", str(request.mode)
    if request.api is Api.OBJECT and params.profile.objects_count_as_frames:
        destination = "iframe"
    if request.api is Api.WEBSOCKET:
        destination, mode = params.profile.websocket_destination, "websocket"
    site = (
        "Sec-Fetch-Site",
        _site_of_preflight(request, params.profile)
        if kind is Kind.PREFLIGHT
        else sec_fetch_site(request, params.profile),
    )
    lines = [("Sec-Fetch-Dest", destination), (_MODE, mode), site]
    if params.state is not None and kind is Kind.ACTUAL:
        lines += storage_access_header(request, params, params.state)
    return lines


def _site_of_preflight(request: Request, profile: Profile) -> str:
    """A preflight is a request of its own, without the redirects of the other."""
    if request.redirect_tainted and profile.tainted_preflights_are_cross_site:
        return "cross-site"
    return sec_fetch_site(request.with_(url_list=request.url_list[-1:]), profile)


def _began_anew(request: Request) -> bool:
    """Whether the latest redirect led to another origin in mode cors, and so made a new request of it."""
    crossed = request.redirect_count > 0 and not same_origin(request.url_list[-2].origin, request.url.origin)
    return crossed and request.tainting is Tainting.CORS


def sec_fetch_site(request: Request, profile: Profile) -> str:
    """https://w3c.github.io/webappsec-fetch-metadata/#abstract-opdef-set-site"""
    if all(same_origin(request.origin, url.origin) for url in request.url_list):
        return "same-origin"
    same = all(_same_site(request.origin, url.origin, profile) for url in request.url_list)
    return "same-site" if same else "cross-site"


def _same_site(a: Origin, b: Origin, profile: Profile) -> bool:
    """Whether Sec-Fetch-Site counts two origins as one site."""
    loopback = profile.loopback_is_one_site and is_potentially_trustworthy(a) and is_potentially_trustworthy(b)
    return same_site(a, b) or (loopback and schemelessly_same_site(a, b))


def storage_access_header(request: Request, params: FetchParams, state: State) -> Lines:
    """Sec-Fetch-Storage-Access, where a request may carry third-party cookies, or could if the user allowed it.

    https://privacycg.github.io/storage-access-headers/
    """
    rules, client = params.profile.cookies, request.client
    if request.init.keepalive and request.api is Api.FETCH and not rules.workers_have_storage_access:
        return []
    value, included = rules.storage_access, request.credentials is Credentials.INCLUDE
    if not value or not included or not is_potentially_trustworthy(request.url.origin):
        return []
    if (request.redirect_tainted and not rules.tainted_requests_have_storage_access) or (
        client is not None and client.worker is not None and not rules.workers_have_storage_access
    ):
        return []
    from corsdoctor.fetch.cookie_context import context_of  # what a plain check need not load

    context = context_of(request, params, state)
    if not context.third_party:
        return []
    refused = value == "none" or context.refuses_third_party
    one_site = same_site if rules.sites_have_schemes else schemelessly_same_site
    page = None if client is None or client.is_in_sandboxed_page else client.top_level_origin
    home = page is not None and one_site(page, request.url.origin)
    return [("Sec-Fetch-Storage-Access", value if not refused else "inactive" if home else "none")]
