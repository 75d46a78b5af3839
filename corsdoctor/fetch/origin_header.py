"""Which Origin header a request carries.

https://fetch.spec.whatwg.org/#append-a-request-origin-header
"""

from __future__ import annotations

from typing import assert_never

from corsdoctor.browsers.profile import OpaqueOrigin, Profile
from corsdoctor.fetch.referrer import referrer_policy
from corsdoctor.fetch.request import Request, Tainting
from corsdoctor.host import is_loopback
from corsdoctor.scenario import Api, Credentials, Mode
from corsdoctor.scenario.page import Client
from corsdoctor.url import OPAQUE, same_origin

Lines = list[tuple[str, str]]
"""The header lines that are appended to the request, in order."""


def append_a_request_origin_header(
    request: Request, lines: Lines, origin: str, profile: Profile, *, inactive: bool
) -> None:
    """Appends the Origin header that the request carries, if any; `origin` is the serialized origin of the request.

    `inactive` is the request's storage access: https://privacycg.github.io/storage-access-headers/

    https://fetch.spec.whatwg.org/#append-a-request-origin-header
    """
    if request.tainting is Tainting.CORS:  # 3.
        lines.append(("Origin", origin))
    elif request.method not in ("GET", "HEAD"):  # 4.
        if request.api is Api.BEACON and profile.beacons_name_the_page and not request.redirect_count:
            origin = _of_document(request.client, origin)
        if request.mode is not Mode.CORS and _is_hidden(request, profile):  # 4.1
            origin = str(OPAQUE)
        if request.mode is Mode.NO_CORS and profile.no_cors_origin_becomes_null and _crossed_origins(request):
            origin = str(OPAQUE)
        lines.append(("Origin", origin))
    elif (request.sent_origin and profile.origin_header_survives_redirect and _stayed(request)) or (
        request.mode is Mode.CORS and _sends_origin_home(request, profile)
    ):
        lines.append(("Origin", origin))
    elif inactive and profile.inactive_access_sends_origin:
        lines.append(("Origin", str(OPAQUE) if _is_hidden(request, profile) else origin))
    elif _is_opaque_pages(request, profile):
        lines.append(("Origin", str(OPAQUE)))


def _of_document(client: Client | None, origin: str) -> str:
    """The origin of the URL of the document that makes the request, even if it is sandboxed; otherwise `origin`."""
    if client is None:
        return origin
    url = client.page.url if client.frame is None or client.frame.url in ("about:srcdoc", "blob:") else client.url
    if url.scheme == "file":
        return "file://"
    data = client.frame is not None and client.frame.url == "data:"
    return str(url.origin) if url.is_http and not data else origin


def _is_hidden(request: Request, profile: Profile) -> bool:
    """Whether the referrer policy hides the origin. https://fetch.spec.whatwg.org/#append-a-request-origin-header, 4.1"""
    downgrade = request.origin.scheme == "https" and request.url.scheme != "https"
    hidden = profile.loopback_hides_origin or request.mode is Mode.NAVIGATE
    downgrade = downgrade and (hidden or not is_loopback(request.url.host))
    policy = referrer_policy(request, profile)
    hides = profile.referrer_policy_hides_origin or request.mode is Mode.NAVIGATE
    if policy == "no-referrer":
        return hides
    if policy == "same-origin":
        return hides and not same_origin(request.origin, request.url.origin)
    return downgrade and policy not in ("origin", "origin-when-cross-origin", "unsafe-url")


def _sends_origin_home(request: Request, profile: Profile) -> bool:
    """Whether an element with CORS has an Origin header for the page's own origin, too."""
    in_worker = request.client is not None and request.client.worker is not None
    return request.element in profile.own_origin_elements_send_origin and not (
        in_worker and profile.workers_send_no_origin_home
    )


def _is_opaque_pages(request: Request, profile: Profile) -> bool:
    """Whether the request of an opaque page has `Origin: null` although it is sent without CORS, because it has credentials.

    This was recorded with one sandboxed page. The pages and frames of flows never send it.
    """
    credentialed = request.mode is Mode.NO_CORS and request.credentials is Credentials.INCLUDE
    if not credentialed or not request.origin.opaque or request.client is not None:
        return False
    match profile.opaque_page_sends_origin:
        case OpaqueOrigin.NEVER:
            return False
        case OpaqueOrigin.ALWAYS:
            return True
        case OpaqueOrigin.UNTIL_OTHER_ORIGIN:
            return not _crossed_origins(request)
        case _:
            assert_never(profile.opaque_page_sends_origin)


def _stayed(request: Request) -> bool:
    """Whether the latest redirect led to the origin that it came from."""
    return same_origin(request.url.origin, request.url_list[-2].origin)


def _crossed_origins(request: Request) -> bool:
    return not all(same_origin(url.origin, request.url_list[0].origin) for url in request.url_list)
