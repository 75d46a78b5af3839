"""Where else than at the audited URL a look is worth a request: another part of the server may have another policy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from corsdoctor.audit.candidates import NULL, STRANGER, WITHOUT_TLS, Candidate, Trick, around, imitations
from corsdoctor.audit.explored import Explored, Look, LookAt
from corsdoctor.fetch.headers import REDIRECT_STATUSES
from corsdoctor.host import ip_address, is_private_suffix
from corsdoctor.scenario import Scenario
from corsdoctor.url import URL, Origin, parse, same_origin

_NO_PAGE: Final = "corsdoctor-no-such-page"
_NAMING: Final = (Trick.PREFIX, Trick.SUFFIX)


def url_at(place: LookAt, explored: Explored) -> str | None:
    """What is requested at a place, None if there is none: the page below the root may be the one below the URL."""
    url = explored.target.url
    match place:
        case LookAt.BELOW:
            return f"{url.origin}{url.path.rstrip('/')}/{_NO_PAGE}"
        case LookAt.ROOT:
            return f"{url.origin}/{_NO_PAGE}" if url.path.rstrip("/") else None
        case LookAt.REDIRECT:
            return redirected_to(explored)
        case LookAt.OTHER_SCHEME:
            return other_scheme(url)
    return url.on_the_wire


def redirected_to(explored: Explored) -> str | None:
    """The URL of the same origin to which a request without Origin is redirected, None if there is none."""
    response = None if explored.plain is None else explored.plain.response
    if response is None or response.status not in REDIRECT_STATUSES:
        return None
    url = explored.target.url
    to = parse(response.headers.get("Location") or "", url.href)
    same = to is not None and same_origin(to.origin, url.origin) and to.on_the_wire != url.on_the_wire
    return to.on_the_wire if to is not None and same else None


def other_scheme(url: URL) -> str | None:
    """`url` with http in place of https or the other way round, None on a port of its own, where another server would be."""
    if url.port is not None:
        return None
    scheme = "http" if url.scheme == "https" else "https"
    return f"{scheme}{url.on_the_wire[len(url.scheme) :]}"


def look_elsewhere(explored: Explored, asked: Scenario, look: Callable[[LookAt, Candidate], Look | None]) -> None:
    """Looks, by requests that `look` sends and records, where the answers so far leave open what would come.

    An origin that can read the response shows whether pages can read errors too. One that begins and ends like it, which the URL
    refuses, shows whether another part of the server compares origins worse, and null whether error pages allow that.
    """
    allowed = next((tried.candidate for tried in explored.tried if tried.readers), None)
    if allowed is not None:
        if asked.headers or asked.cookie is not None:
            look(LookAt.WITHOUT_LOGIN, allowed)
        look(LookAt.BELOW, allowed)
    if any(tried.with_credentials for tried in explored.of(Trick.STRANGER)):
        return
    base = _base(explored)
    telling = STRANGER if base is None else around(base)
    to_http = explored.target.url.scheme == "https"
    found = [look(place, telling) for place in (LookAt.BELOW, LookAt.ROOT, LookAt.REDIRECT)]
    if not any(one is not None and one.tried.readers for one in found):
        look(LookAt.BELOW, NULL)
    if not to_http:
        found.append(look(LookAt.OTHER_SCHEME, telling))
    elif not _requires_tls(explored):
        look(LookAt.OTHER_SCHEME, WITHOUT_TLS)
    if base is not None:
        allowing = {
            one.tried.status: one.place for one in reversed(found) if one is not None and one.tried.with_credentials
        }
        for place in allowing.values():  # which comparison allows it, once for each status
            for candidate in (STRANGER, *(one for one in imitations(base) if one.trick in _NAMING)):
                look(place, candidate)


def _base(explored: Explored) -> Origin | None:
    """An origin to imitate elsewhere, None if the URL allows those that begin or end like it: an allowed one, or, where the URL only
    redirects, one that should be.
    """
    if any(tried.readers for trick in _NAMING for tried in explored.of(trick)):
        return None
    redirects = redirected_to(explored) is not None
    allowed = [one.candidate.origin for one in explored.of(Trick.TRUSTED) if one.readers or redirects]
    named = [origin for origin in allowed if ip_address(origin.host) is None and not is_private_suffix(origin.host)]
    return named[0] if named else None


def _requires_tls(explored: Explored) -> bool:
    """Whether browsers that have seen a response of the server never use http. https://www.rfc-editor.org/rfc/rfc6797#section-8.3"""
    responses = [exchange.response for exchange in explored.exchanges if exchange.response is not None]
    return any("Strict-Transport-Security" in response.headers for response in responses)
