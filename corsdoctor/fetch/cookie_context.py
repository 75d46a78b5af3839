"""In which context cookies are stored and sent: same-site or cross-site, first-party or third-party, in which partition.

https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#name-same-site-and-cross-site-re
"""

from __future__ import annotations

from collections.abc import Callable

from corsdoctor.browsers.profile import Profile
from corsdoctor.fetch.cookie_jar import CookieContext, CookieJar, ThirdParty
from corsdoctor.fetch.cookies import NOT_KEPT
from corsdoctor.fetch.request import FetchParams, Request, includes_credentials
from corsdoctor.fetch.set_cookie import parse_set_cookie
from corsdoctor.fetch.state import State
from corsdoctor.host import registrable_domain
from corsdoctor.rule import Cause
from corsdoctor.scenario.page import Client, Page
from corsdoctor.url import URL, Origin, parse, same_origin, same_site, schemelessly_same_site
from corsdoctor.wire import Headers


def cookie_context(
    client: Client,
    urls: tuple[Origin, ...],
    profile: Profile,
    third_party_cookies: ThirdParty = ThirdParty.DEFAULT,
    method: str = "GET",
) -> CookieContext:
    """The context of a request that `client` makes; `urls` are the origins of all its hops, the current one last."""
    rules, site = profile.cookies, site_for_cookies(client, profile)
    if rules.requests_home_are_same_site and client.top_level_origin.host == urls[-1].host:
        site = client.top_level_origin
    own = client.top_level_origin if rules.top_level_decides_third_party else site
    first_party = own is not None and _same(profile)(own, urls[-1])
    stays = site is not None and _are_one_site(site, urls[-1], profile)
    if site is not None and rules.redirects_leave_the_site:
        returns = not rules.redirects_home_leave_the_site and same_origin(site, urls[-1])
        stays = returns or all(_are_one_site(site, origin, profile) for origin in urls)
    return CookieContext(
        same_site=stays,
        third_party=not first_party,
        is_safe=method in ("GET", "HEAD", "OPTIONS", "TRACE"),
        partition=f"{_site(client.top_level_origin)}{'' if first_party else ' in another site'}",
        refuses_third_party=third_party_cookies is ThirdParty.BLOCKED,
        keeps_third_party=third_party_cookies is ThirdParty.ALLOWED,
    )


def context_of(request: Request, params: FetchParams, state: State) -> CookieContext:
    """The context of a request in a flow."""
    client = client_of(request.client, request.origin)
    hops = tuple(url.origin for url in request.url_list)
    return cookie_context(client, hops, params.profile, state.third_party_cookies, request.method)


def client_of(client: Client | None, origin: Origin) -> Client:
    """`client`, or one of which only the origin is known."""
    if client is not None:
        return client
    page = parse("about:blank" if origin.opaque else f"{origin}/")
    assert page is not None  # an origin is the beginning of a URL
    return Client(Page(page))


def top_level_context(page: URL) -> CookieContext:
    """The context of a page whose URL was typed into the address bar."""
    return CookieContext(same_site=True, navigates=True, partition=_site(page.origin))


def site_for_cookies(client: Client, profile: Profile) -> Origin | None:
    """The top-level origin, None if the client's own origin is of another site.

    https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#name-document-based-requests
    """
    top, origin = client.top_level_origin, client.origin
    if profile.cookies.frames_have_the_site_of_their_url:
        origin = top if client.url.scheme == "about" else client.url.origin
    return top if _same(profile)(top, origin) else None


def _same(profile: Profile) -> Callable[[Origin, Origin], bool]:
    return same_site if profile.cookies.sites_have_schemes else schemelessly_same_site


def _are_one_site(one: Origin, other: Origin, profile: Profile) -> bool:
    """Whether SameSite counts the two as one site. For third-party cookies, only the names count."""
    if profile.cookies.localhost_is_one_site and all(_is_localhost(origin.host) for origin in (one, other)):
        return True
    return _same(profile)(one, other)


def _is_localhost(host: str) -> bool:
    return host == "localhost" or host.endswith(".localhost")


def why_not_stored(request: Request, line: str, headers: Headers, profile: Profile) -> Cause | None:
    """Why a browser without any cookie does not store the one of this Set-Cookie line; None if it does."""
    if not includes_credentials(request):
        return NOT_KEPT
    own = _same(profile)(request.origin, request.url.origin)
    context = CookieContext(same_site=own, third_party=not own)
    return CookieJar(profile.cookies).store(request.url, parse_set_cookie(line), context, 0.0, headers.get("Date"))


def _site(origin: Origin) -> str:
    """https://html.spec.whatwg.org/#obtain-a-site"""
    return str(origin) if origin.opaque else f"{origin.scheme}://{registrable_domain(origin.host) or origin.host}"
