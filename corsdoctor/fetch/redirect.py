"""HTTP-redirect fetch. It returns the next Request, and main fetch loops. https://fetch.spec.whatwg.org/#concept-http-redirect-fetch"""

from __future__ import annotations

import re
from typing import Final

from corsdoctor.browsers.profile import Profile, SeveralLocations
from corsdoctor.fetch.headers import REDIRECT_STATUSES
from corsdoctor.fetch.request import FetchParams, Request, Tainting
from corsdoctor.fetch.safelist import NON_WILDCARD_NAME
from corsdoctor.rule import FETCH, Failure, Field, Rule
from corsdoctor.scenario import Mode
from corsdoctor.url import URL, escape_pipe, parse, same_origin
from corsdoctor.wire import Headers, Response

REDIRECT_LIMIT: Final = 20
REQUEST_BODY_NAMES: Final = ("Content-Encoding", "Content-Language", "Content-Location", "Content-Type")

LOCATION_PARSES = Rule(
    id="location-parses",
    title="The Location of a redirect is a valid URL",
    failure=Failure(
        "The Location of {response} is not a valid URL: `{value}`",
        bare="The Location of the redirect is not a valid URL",
        remark="is not a valid URL",
    ),
    spec=f"{FETCH}#concept-http-redirect-fetch",
    step="5",
    what="Location must be a URL, absolute or relative to the URL that redirects.",
    why="The browser cannot follow a redirect to an invalid URL.",
    fix="Make the server send a valid URL in the Location header.",
    bad="Location: http://[bad",
    good="Location: https://api.example/new",
)
LOCATION_HTTP = Rule(
    id="location-is-http",
    title="A redirect leads to an http or https URL",
    failure=Failure(
        "The redirect leads to `{value}`, which is not an http or https URL",
        bare="The redirect leads to a URL that is not an http or https URL",
        remark="is not an http or https URL",
    ),
    spec=f"{FETCH}#concept-http-redirect-fetch",
    step="6",
    what="A script's request follows a redirect only to an http or https URL.",
    why="A redirect to file:, data: or ftp: would lead the page to something that it could not request itself.",
    fix="Make the server redirect to an http or https URL.",
    bad="Location: ftp://files.example/x",
    good="Location: https://files.example/x",
    passed="is followed",
)
REDIRECT_COUNT = Rule(
    id="redirect-limit",
    title="There are at most 20 redirects",
    failure=Failure("The server redirects more than 20 times in a row", remark="is redirect number 21"),
    spec=f"{FETCH}#concept-http-redirect-fetch",
    step="7",
    what="The request fails at the 21st redirect in a row.",
    why="So many redirects are nearly always a loop.",
    fix="Find the loop: from http to https and back, a trailing slash that is added and removed, or a login that "
    "redirects back.",
    bad="Location: /a (which redirects to /b, which redirects to /a)",
    good="(at most 20 redirects)",
)
LOCATION_USERINFO = Rule(
    id="location-without-userinfo",
    title="The Location of a redirect contains no user name or password",
    failure=Failure(
        "The redirect leads to a URL with a user name or password: `{value}`",
        bare="The redirect leads to a URL with a user name or password",
        remark="contains a user name or password",
    ),
    spec=f"{FETCH}#concept-http-redirect-fetch",
    step="9, 10",
    what="A cross-origin request does not follow a redirect to a URL that contains `user:password@`.",
    why="Otherwise a server could make the page send credentials that the page does not know.",
    fix="Remove the credentials from the Location header.",
    bad="Location: https://user:secret@api.example/",
    good="Location: https://api.example/",
)
BODY_REPLAYS = Rule(
    id="redirected-body-replays",
    title="The body of a redirected request can be sent again",
    failure=Failure(
        "The redirect ({status}) requires the body again, but a streamed body can be sent only once",
        bare="The redirect requires the body again, but a streamed body can be sent only once",
        remark="requires the streamed body again",
    ),
    spec=f"{FETCH}#concept-http-redirect-fetch",
    step="11",
    what="A streamed body can be sent only once, so only a 303 can redirect such a request.",
    why="The next server would need the same body.",
    fix="Redirect with 303, or send the body as a whole instead of a stream.",
    bad="(a stream as body) HTTP/1.1 307 Temporary Redirect",
    good="(a stream as body) HTTP/1.1 303 See Other",
)
METHOD_CHANGES = Rule(
    id="redirect-keeps-method",
    title="A redirect keeps the method",
    failure=Failure(
        "The redirect ({status}) changes the method from {method} to GET",
        bare="The redirect changes the method to GET",
    ),
    spec=f"{FETCH}#concept-http-redirect-fetch",
    step="12",
    what="301 and 302 change POST to GET. 303 changes every method except GET and HEAD to GET. The body is dropped.",
    why="Early servers expected it.",
    fix="Redirect with 307 or 308 to keep the method and the body.",
    bad="POST /a\n\nHTTP/1.1 302 Found",
    good="POST /a\n\nHTTP/1.1 307 Temporary Redirect",
    blocks=False,
)
AUTHORIZATION_DROPPED = Rule(
    id="redirect-keeps-authorization",
    title="A request with Authorization is not redirected to another origin",
    failure=Failure("The redirect leads to another origin, so the browser drops the Authorization header"),
    spec=f"{FETCH}#concept-http-redirect-fetch",
    step="13",
    what="If the Location has another origin, the browser does not send the Authorization header there.",
    why="The token was meant for the first server.",
    fix="Request the final URL.",
    bad="GET https://a.example/ with Authorization\n\nLocation: https://b.example/",
    good="GET https://b.example/ with Authorization",
    blocks=False,
)
ORIGIN_TAINTED = Rule(
    id="redirect-keeps-origin",
    title="A redirect does not change the Origin header to null",
    failure=Failure(
        "After this redirect to a third origin, the browser sends Origin: null",
        bare="After a redirect to a third origin, the browser sends Origin: null",
    ),
    spec=f"{FETCH}#concept-request-tainted-origin",
    step="4",
    what="If a server on another origin than the page's redirects to a third origin, the browser sends `Origin: null`.",
    why="The third server cannot know whether the page or the redirecting server chose its URL.",
    fix="Request the final URL. To allow `null` would also allow every sandboxed page.",
    bad="page https://app.example -> https://a.example -> https://b.example: Origin: null",
    good="page https://app.example -> https://b.example: Origin: https://app.example",
    blocks=False,
)
AFTER_PREFLIGHT = Rule(
    id="preflighted-request-not-redirected",
    title="A request with a preflight is not redirected",
    failure=Failure(
        "A request with a preflight was redirected: older browsers block this, and each redirect costs another "
        "preflight",
        bare="A request with a preflight was redirected, which this browser does not allow",
    ),
    spec=f"{FETCH}#concept-http-redirect-fetch",
    step="22",
    what="Today's browsers follow such a redirect, with a new preflight at the new URL. Until August 2016 the "
    "Standard did not allow it: Chrome follows from version 57, Firefox from 63, and Safari since 2017 at the "
    "latest.",
    why="Older and embedded browsers still block it, and each redirect costs two round trips.",
    fix="Avoid the redirect by requesting the final URL, or avoid the preflight by sending no custom headers or "
    "methods. Or find the final URL first with a simple request (its response.url), which is not possible with "
    "Authorization.",
    bad="PUT /items (preflighted)\n\nHTTP/1.1 307 Temporary Redirect\nLocation: /items/",
    good="PUT /items/ (preflighted)\n\nHTTP/1.1 200 OK",
    blocks=False,
)

RULES: Final = (
    LOCATION_PARSES, LOCATION_HTTP, REDIRECT_COUNT, LOCATION_USERINFO, BODY_REPLAYS, METHOD_CHANGES,
    AUTHORIZATION_DROPPED, ORIGIN_TAINTED, AFTER_PREFLIGHT,
)  # fmt: skip


def location_url(request: Request, response: Response, profile: Profile) -> URL | ValueError | None:
    """Where the response redirects to; None if it has no Location; a ValueError (returned) where that can't be parsed.

    https://fetch.spec.whatwg.org/#concept-response-location-url
    """
    values = response.headers.values("Location")
    if not values or (not values[0] and profile.empty_location_is_none):  # 2.
        return None
    value = ", ".join(values) if profile.several_locations is SeveralLocations.JOINED else values[0]
    if not value and profile.empty_location_fails:
        return ValueError(value)
    if len(values) > 1 and profile.several_locations is SeveralLocations.NO_REDIRECT:
        return ValueError(", ".join(values))
    url = parse(_decoded(value, profile), request.url.href.split("#", 1)[0])  # 3.
    if url is None:
        return ValueError(value)
    return escape_pipe(url) if profile.path_escapes_pipe else url  # 4. is left out: a fragment reaches no server


def _decoded(value: str, profile: Profile) -> str:
    """The text of a Location's bytes: as UTF-8, or if they are not UTF-8, with each byte percent-encoded."""
    octets = value.encode("latin-1")
    if profile.location_bytes_are_mangled:
        return octets.decode("utf-8", "replace").encode().decode("latin-1")
    try:
        return octets.decode()
    except UnicodeDecodeError:
        return re.sub(r"[\x80-\xff]", lambda m: f"%{ord(m[0]):02X}", value)


def is_refused_at_once(
    request: Request,
    location: URL | ValueError,
    params: FetchParams,
    remedy: tuple[tuple[str, str], ...] = (),
) -> bool:
    """Whether the browser reads the Location before it judges anything else of the response, and won't have it."""
    profile, is_url = params.profile, isinstance(location, URL)
    known_as = {location.scheme, location.href} if isinstance(location, URL) else {""}
    if request.redirect not in profile.location_is_read_first or not profile.refused_locations & known_as:
        return False
    text = location.href if isinstance(location, URL) else location.args[0]
    params.trace.failed(LOCATION_HTTP if is_url else LOCATION_PARSES, (("Location", text),), remedy=remedy)
    return True


def http_redirect_fetch(
    request: Request, location: URL | ValueError, status: int, params: FetchParams
) -> Request | None:
    """The request for the next hop, or None if the redirect is refused (the trace has the reason)."""
    trace = params.trace
    if isinstance(location, ValueError):  # 5.
        trace.failed(LOCATION_PARSES, (("Location", location.args[0]),))
        return None
    if not _may_follow(request, location, status, params):
        return None
    trace.passed(LOCATION_HTTP, (("Location", location.href),))
    if request.preflighted:
        trace.note(AFTER_PREFLIGHT, (("Location", location.href),))
    method, body = request.method, request.body
    dropped: tuple[str, ...] = ()
    same = same_origin(request.url.origin, location.origin)
    by_standard = becomes_get(method, status)
    if by_standard or (method == "DELETE" and not same and params.profile.delete_becomes_get_across_origins):  # 12.
        trace.note(METHOD_CHANGES, ((Field.STATUS, str(status)), (Field.METHOD, method)))
        method, body, dropped = "GET", None, REQUEST_BODY_NAMES if by_standard else ()
    if not same:  # 13.
        if NON_WILDCARD_NAME in request.headers:
            trace.note(AUTHORIZATION_DROPPED, (("Location", location.href),))
        dropped = (*dropped, NON_WILDCARD_NAME)
    if not same_origin(request.origin, location.origin):
        dropped = (*dropped, *params.profile.redirect_drops)
    headers = _restored(request, params.profile).delete(*dropped)
    following = request.redirected_to(location).with_(
        method=method, body=body, headers=headers, just_dropped=dropped, streamed=request.streamed and body is not None
    )
    if following.redirect_tainted and not request.redirect_tainted:
        trace.note(ORIGIN_TAINTED, ((Field.ORIGIN, "null"), (Field.PAGE, str(request.origin))))
    return following


def becomes_get(method: str, status: int) -> bool:
    """Whether a redirect with this status changes the method to GET, without the body."""
    return (status in (301, 302) and method == "POST") or (status == 303 and method not in ("GET", "HEAD"))


def _restored(request: Request, profile: Profile) -> Headers:
    """The request's headers, and those of the script's that an earlier redirect dropped only for one hop."""
    return Headers(
        tuple(
            (name, value)
            for name, value in request.first_headers
            if name in request.headers or name.lower() in profile.redirect_restores
        )
    )


def is_redirect(response: Response, profile: Profile) -> bool:
    """Whether the status is a redirect status. https://fetch.spec.whatwg.org/#redirect-status"""
    other = profile.other_statuses_redirect and 309 <= response.status <= 399 and "Location" in response.headers
    return response.status in REDIRECT_STATUSES or other


def _may_follow(request: Request, location: URL, status: int, params: FetchParams) -> bool:
    trace, evidence = params.trace, (("Location", location.href),)
    data = location.scheme == "data" and request.mode is Mode.NO_CORS
    if not location.is_http and not (data and request.element in params.profile.no_cors_redirects_to_data):  # 6.
        trace.failed(LOCATION_HTTP, evidence)
        return False
    if request.redirect_count == REDIRECT_LIMIT:  # 7.
        trace.failed(REDIRECT_COUNT, evidence)
        return False
    if has_foreign_userinfo(request, location):
        trace.failed(LOCATION_USERINFO, evidence)
        return False
    if status != 303 and request.streamed:  # 11.
        trace.failed(BODY_REPLAYS, ((Field.STATUS, str(status)),))
        return False
    return True


def has_foreign_userinfo(request: Request, location: URL) -> bool:
    """HTTP-redirect fetch, 9. and 10."""
    return location.includes_credentials and (
        (request.mode is Mode.CORS and not same_origin(request.origin, location.origin))  # 9.
        or request.tainting is Tainting.CORS  # 10.
    )
