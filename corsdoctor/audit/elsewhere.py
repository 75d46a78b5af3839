"""Where else than at the audited URL a look is worth a request: another part of the server may have another policy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from corsdoctor.audit.candidates import STRANGER, WITHOUT_TLS, Candidate, Trick, around, imitations
from corsdoctor.audit.explored import Explored, Look, Place
from corsdoctor.host import ip_address, is_private_suffix
from corsdoctor.scenario import Scenario
from corsdoctor.url import URL, Origin

_NO_PAGE: Final = "corsdoctor-no-such-page"
_NAMING: Final = (Trick.PREFIX, Trick.SUFFIX)


def url_at(place: Place, url: URL) -> str | None:
    """What is requested at a place, None if there is none: the page below the root may be the one below the URL."""
    match place:
        case Place.BELOW:
            return f"{url.origin}{url.path.rstrip('/')}/{_NO_PAGE}"
        case Place.ROOT:
            return f"{url.origin}/{_NO_PAGE}" if url.path.rstrip("/") else None
        case Place.OTHER_SCHEME:
            return other_scheme(url)
    return url.on_the_wire


def other_scheme(url: URL) -> str | None:
    """`url` with http in place of https or the other way round, None on a port of its own, where another server would be."""
    if url.port is not None:
        return None
    scheme = "http" if url.scheme == "https" else "https"
    return f"{scheme}{url.on_the_wire[len(url.scheme) :]}"


def look_elsewhere(explored: Explored, asked: Scenario, look: Callable[[Place, Candidate], Look | None]) -> None:
    """Looks, by requests that `look` sends and records, where the answers so far leave open what would come.

    An origin that can read the response shows whether pages can read errors too. One that begins and ends like it, which the URL
    refuses, shows whether another part of the server compares origins worse.
    """
    allowed = next((tried.candidate for tried in explored.tried if tried.readers), None)
    if allowed is not None:
        if asked.headers or asked.cookie is not None:
            look(Place.WITHOUT_LOGIN, allowed)
        look(Place.BELOW, allowed)
    if any(tried.with_credentials for tried in explored.of(Trick.STRANGER)):
        return
    base = _base(explored)
    telling = STRANGER if base is None else around(base)
    to_http = explored.target.url.scheme == "https"
    found = [look(Place.BELOW, telling), look(Place.ROOT, telling)]
    if not to_http:
        found.append(look(Place.OTHER_SCHEME, telling))
    elif not _requires_tls(explored):
        look(Place.OTHER_SCHEME, WITHOUT_TLS)
    if base is not None:
        allowing = {
            one.tried.status: one.place for one in reversed(found) if one is not None and one.tried.with_credentials
        }
        for place in allowing.values():  # which comparison allows it, once for each status
            for candidate in (STRANGER, *(one for one in imitations(base) if one.trick in _NAMING)):
                look(place, candidate)


def _base(explored: Explored) -> Origin | None:
    """An allowed origin to imitate elsewhere, None if the URL allows those that begin or end like it."""
    if any(tried.readers for trick in _NAMING for tried in explored.of(trick)):
        return None
    allowed = [one.candidate.origin for one in explored.of(Trick.TRUSTED) if one.readers]
    named = [origin for origin in allowed if ip_address(origin.host) is None and not is_private_suffix(origin.host)]
    return named[0] if named else None


def _requires_tls(explored: Explored) -> bool:
    """Whether browsers that have seen a response of the server never use http. https://www.rfc-editor.org/rfc/rfc6797#section-8.3"""
    responses = [exchange.response for exchange in explored.exchanges if exchange.response is not None]
    return any("Strict-Transport-Security" in response.headers for response in responses)
