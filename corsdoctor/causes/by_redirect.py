"""Causes that a redirect shows by its Location, before it is followed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from corsdoctor.causes.exempting import exempting, of_web_proxy, opening
from corsdoctor.causes.known import CERTAIN, LIKELY, TRUSTING, named
from corsdoctor.causes.login_urls import WEAKLY, login
from corsdoctor.causes.marks import Means, marks_of
from corsdoctor.fetch.redirect import becomes_get
from corsdoctor.host import is_loopback, is_private
from corsdoctor.sentence import Sentence, whole
from corsdoctor.url import URL, parse, same_origin

if TYPE_CHECKING:
    from corsdoctor.causes.situation import Situation
    from corsdoctor.rule import Cause
    from corsdoctor.wire import Exchange


def of_redirect(seen: Situation) -> Cause | None:
    """What the Location of the response that was judged, or of the last redirect before it, says."""
    if not seen.redirects:
        return None
    hop = seen.redirects[-1]
    source, target = parse(hop.request.url), _target(hop)
    if source is None or target is None or not target.is_http:
        return None
    judged = seen.exchange is hop
    line = Sentence("Location: {location}", location=target.href)
    if _same_path(source, target) and _is_inner(source, target):
        return _inner_address(seen, target, line)
    if source.host == target.host and _same_path(source, target):
        if source.scheme != target.scheme:
            return _other_scheme(seen, source, target, line)
        if source.path != target.path and judged:
            text = Sentence(
                "The server redirects to the same URL in another spelling: {url}.{what}",
                url=target.href,
                what=_why_slash(seen),
            )
            fix = Sentence("Request {url}, exactly as the redirect spells it.", url=target.href)
            return named("slash-redirect", CERTAIN, text, line, fix=fix)
    by_proxy = next((m for m in seen.marks if m.means is Means.BLOCKED and m.mark.where == "location"), None)
    if by_proxy is not None:
        text = Sentence(
            "A proxy or filter of the network ({who}) blocks the URL and redirects to its own page.", who=by_proxy.who
        )
        return named("forbidden", CERTAIN, text, line, fix=_UNBLOCK)
    known_by = login(source, target)
    if known_by is not None:
        sure = known_by != WEAKLY or any(m.means is Means.LOGIN and m.mark.where == "location" for m in seen.marks)
        text = Sentence("The server redirects to a login: {url}.", url=target.href)
        of_preflight = (exempting(seen) or _LOGIN_OF_PREFLIGHT) if seen.in_preflight else ""
        text, advice = of_web_proxy(seen, target.href) or (text, opening(seen) or of_preflight)
        return named("login-redirect", CERTAIN if sure else LIKELY, text, line, fix=advice)
    if source.host == target.host and source.scheme != target.scheme:
        return _other_scheme(seen, source, target, line)
    if not same_origin(source.origin, target.origin):
        where = "the redirect itself" if judged else "the response there"
        text = Sentence(
            "The server redirects to another origin ({target}), and {where} does not allow the page.",
            target=str(target.origin), where=where,
        )  # fmt: skip
        fix = Sentence(_ON_BOTH, url=target.href)
        return named("cross-origin-redirect", CERTAIN, text, line, fix=fix)
    if not judged:
        return named(
            "after-redirect", LIKELY, "The response after the redirect has no Access-Control-Allow-Origin header.", line
        )
    if seen.in_preflight:
        return named(
            "redirected",
            CERTAIN,
            Sentence("The server redirects the preflight request to {url}.", url=target.href),
            line,
        )
    assert hop.response is not None  # it is a redirect
    if target.href == source.href and "Set-Cookie" in hop.response.headers:
        return named("bare-redirect", CERTAIN, _COOKIE_CHECK, line, fix=_COOKIE_FIX)
    text = Sentence(
        "The server redirects to {url}, and the redirect has no Access-Control-Allow-Origin header. Browsers check every redirect.",
        url=target.href,
    )
    return named("bare-redirect", CERTAIN, text, line)


_UNBLOCK: Final = "Have the network's administrators allow the host. Nothing on the server changes this."
_ON_BOTH: Final = (
    "Allow the page on both servers, request {url} directly, or return that URL as data instead of a redirect."
)


def at_final_address(cause: Cause, seen: Situation) -> Cause:
    """`cause`, whose fix names the URL to request if the redirect to it made the Origin header null."""
    if cause.id != "tainted" or seen.url is None:
        return cause
    fix = Sentence("Request {url} directly, so that there is no redirect to another origin.", url=seen.url.href)
    return cause._replace(fix=fix)


def _is_inner(source: URL, target: URL) -> bool:
    """Whether a redirect that only changes the path's spelling names the host or the port behind a proxy."""
    if source.path == target.path:
        return False
    if source.host == target.host:
        return source.scheme == target.scheme and source.port != target.port
    return _is_of_network(target.host) and not _is_of_network(source.host)


def _is_of_network(host: str) -> bool:
    return is_loopback(host) or is_private(host) or ("." not in host and "[" not in host)


def _inner_address(seen: Situation, target: URL, line: str) -> Cause:
    id = "slash-redirect"
    text = Sentence(
        "The server redirects to the same URL in another spelling, but with the address that it has behind a proxy: {url}.",
        url=target.href,
    )
    fix = Sentence("Request {url}. {server}", url=spelled(seen.redirects[-1], id), server=correction(seen, id))
    return named(id, CERTAIN, text, line, fix=fix)


def correction(seen: Situation, id: str) -> Sentence:
    """How the software that sent the redirect learns by which address the page reaches it; empty if it knows."""
    if not seen.redirects:
        return Sentence("")
    hop = seen.redirects[-1]
    source, target = parse(hop.request.url), _target(hop)
    assert source is not None
    assert target is not None  # or it would show no cause
    assert hop.response is not None
    marked = {mark.who for mark in marks_of(hop.response)}
    if id == "https-downgrade-redirect":
        settings = [text for who, text in TRUSTING.items() if who in marked] or TRUSTING.values()
        return Sentence(
            "To correct the redirect, make the application trust X-Forwarded-Proto from its proxy, which must "
            f"send it: {', '.join(settings)}."
        )
    if not _is_inner(source, target):
        return Sentence("")
    return whole(
        _RELATIVE
        if "nginx" in marked
        else f"To correct the redirect, have the proxy pass on the Host header. {_RELATIVE_IN_NGINX}"
    )


_RELATIVE: Final = (
    "To correct the redirect, set `absolute_redirect off;` in nginx: then its Location has no host and no port."
)
_RELATIVE_IN_NGINX: Final = "If nginx itself redirects, set `absolute_redirect off;`."
_LOGIN_OF_PREFLIGHT: Final = (
    "Answer OPTIONS with 204 and the CORS headers, before authentication: browsers send no cookies with a preflight request. Return "
    "401 with the CORS headers to scripts that are not logged in, instead of a redirect to the login page."
)
_COOKIE_CHECK: Final = "The server sets a cookie and redirects to the same URL, where it expects the cookie."
_COOKIE_FIX: Final = (
    "Exempt the API's path from this check, or send the CORS headers with the redirect too and the request with `credentials: "
    '"include"`.'
)


def _target(hop: Exchange) -> URL | None:
    assert hop.response is not None  # or it would not be a redirect
    return parse(hop.response.headers.values("Location")[0], hop.request.url)


def spelled(hop: Exchange, id: str) -> str:
    """The URL as the redirect `hop` spells it, where `id` is the cause that it shows.

    An application that does not know that it is reached over https may not know the port either, so only the path of
    its Location counts.
    """
    source, target = parse(hop.request.url), _target(hop)
    assert source is not None
    assert target is not None  # or it would not be the cause
    text = target._replace(fragment="").on_the_wire
    return f"{source.origin}{text.removeprefix(str(target.origin))}" if id in _OWN_ORIGIN else text


_OWN_ORIGIN: Final = frozenset({"https-downgrade-redirect", "slash-redirect"})
"""Causes in which the origin of the Location is an accident."""


def _same_path(source: URL, target: URL) -> bool:
    """Whether the paths differ by slashes, by upper and lower case, or not at all."""
    first, second = (re.sub(r"/+", "/", url.path).rstrip("/").lower() for url in (source, target))
    return first == second


_DOWNGRADED: Final = (
    "The redirect leads from https to http: the application does not know that a proxy handles TLS for it."
)


def _other_scheme(seen: Situation, source: URL, target: URL, line: str) -> Cause:
    if source.scheme == "http":
        text = Sentence("The server redirects http to https: {url}.", url=target.href)
        fix = Sentence("Request {url} directly.", url=target.href)
        return named("https-upgrade-redirect", CERTAIN, text, line, fix=fix)
    id = "https-downgrade-redirect"
    fix = Sentence("Request {url}. {server}", url=spelled(seen.redirects[-1], id), server=correction(seen, id))
    return named(id, CERTAIN, _DOWNGRADED, line, fix=fix)


def _why_slash(seen: Situation) -> str:
    if seen.in_preflight:
        return ""
    refused = " Browsers check the redirect itself, and it does not allow the page"
    assert seen.exchange is not None  # it is a redirect
    assert seen.response is not None
    if not becomes_get(seen.exchange.request.method, seen.response.status):
        return f"{refused}."
    return f"{refused}. If they followed it, they would send GET instead of {seen.exchange.request.method}."
