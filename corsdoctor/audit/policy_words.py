"""The policy that an experiment showed, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from corsdoctor.audit.candidates import Trick
from corsdoctor.audit.elsewhere import redirected_to
from corsdoctor.audit.explored import Asked, Explored, Look, LookAt, Tried
from corsdoctor.audit.sender import HEADER
from corsdoctor.fetch.headers import ACAH, ACAM, ACAO, ACEH, ACMA, listed_values
from corsdoctor.step_sentences import listed
from corsdoctor.url import Origin
from corsdoctor.wire import Response

_OF_EVERY_PAGE: Final = ("GET", "HEAD", "POST", "OPTIONS")
_LACKING: Final = "lack these headers, so that pages cannot read them"
NO_PREFLIGHT: Final = "GET, HEAD and POST, which need no preflight"


def policy_words(explored: Explored) -> Iterator[tuple[str, str]]:
    """(what, which) of each part of the policy that was seen."""
    yield "origins", _origins(explored)
    posting = {asked.candidate.origin for asked in explored.for_post if explored.takes_post and asked.named}
    refused = [
        str(one.candidate.origin) for one in explored.of(Trick.TRUSTED)
        if one.response and not one.readers and one.candidate.origin not in posting
    ]  # fmt: skip
    if refused:
        yield "refused", f"{listed(refused)}, which should be allowed: 'corsdoctor check' shows why"
    granted = [tried for tried in explored.tried if tried.readers]
    if granted or explored.takes_post or any(asked.passed for asked in explored.asked):
        yield from _granted(explored, granted)
    yield from _elsewhere(explored)


def _granted(explored: Explored, granted: list[Tried]) -> Iterator[tuple[str, str]]:
    """What those who are allowed may do."""
    credentials = any(tried.with_credentials for tried in granted) or any(one.granted for one in explored.for_post)
    to = " to those that are named" if explored.any_origin == "*" else ""
    yield "credentials", f"allowed{to}" if credentials else "not allowed"
    if explored.takes_post:
        yield (
            "POST",
            "only its preflight responses were examined, because no response to GET allows an origin and audit sends no POST",
        )
    yield "methods", _methods(explored.asked)
    yield "headers", _headers(explored.asked)
    responses = [tried.response for tried in granted if tried.response is not None]
    exposed = _values(ACEH, responses)
    if exposed:
        yield "exposed", listed(exposed)
    ages = {
        age
        for asked in explored.asked
        if asked.exchange.response and (age := asked.exchange.response.headers.get(ACMA))
    }
    if ages:
        yield "max age", f"{listed(sorted(ages))} s"
    preflight = _preflight(explored)
    if preflight:
        yield "preflight", preflight
    without = _without_origin(explored)
    if without:
        yield "without Origin", without


def _elsewhere(explored: Explored) -> Iterator[tuple[str, str]]:
    """How responses with other statuses, of other pages, with the other scheme and without a login or cookies differ."""
    to = redirected_to(explored)
    if to is not None:
        yield "redirects", f"to {to}, which may have another policy"
    statuses = _statuses(explored)
    if statuses:
        yield "statuses", statuses
    without = [tried for tried in explored.cookieless if tried.candidate.trick is Trick.STRANGER]
    if any(tried.with_credentials for tried in without):
        yield "without cookies", "any: the Origin header is sent back"
    refused = [
        str(one.candidate.origin)
        for one in explored.cookieless
        if one.candidate.trick is Trick.TRUSTED and not one.readers
    ]
    if refused:
        yield "without cookies", f"{listed(refused)} refused"
    may_read = {tried.candidate.origin for tried in explored.tried if tried.readers}
    same = [
        look for look in explored.looks if look.tried.candidate.origin in may_read and look.tried.status is not None
    ]
    for name, look in {_name_of(look): look for look in reversed(same)}.items():
        yield name, f"{'have the same headers' if look.tried.readers else _LACKING} (status {look.tried.status})"
    beside = [look.tried for look in explored.at(LookAt.BELOW, LookAt.ROOT, LookAt.REDIRECT)]
    allowed = _allowed([tried for tried in beside if tried.candidate.origin not in may_read])
    if allowed and explored.any_origin is None:
        yield "other paths", f"allow {allowed}, which the URL does not"
    other = explored.at(LookAt.OTHER_SCHEME)
    if other:
        name = "https" if explored.target.url.scheme == "http" else "http"
        yield name, _with_other_scheme([look.tried for look in other])


def _name_of(look: Look) -> str:
    if look.place is LookAt.WITHOUT_LOGIN:
        return "without login"
    return "errors" if (look.tried.status or 0) >= 400 else "unknown pages"


def _allowed(tried: list[Tried]) -> str:
    """The origins that may read, "" if none may; only the one that says most if it is allowed."""
    readers = [one for one in tried if one.readers]
    if not readers:
        return ""
    strangers = [one for one in readers if one.candidate.trick is Trick.STRANGER]
    if any(one.allows == "*" for one in readers):
        return "any origin (*)"
    named = listed(dict.fromkeys(str(one.candidate.origin) for one in strangers[:1] or readers))
    return f"{named} with credentials" if any(one.with_credentials for one in readers) else named


def _with_other_scheme(tried: list[Tried]) -> str:
    response = tried[0].response
    if response is None:
        return "no response"
    location = response.headers.get("Location")
    if location is not None:
        return f"redirected to {location}"
    allowed = _allowed(tried)
    said = f"allows {allowed}" if allowed else f"does not allow {tried[0].candidate.origin}"
    return f"{said} (status {response.status})"


def _statuses(explored: Explored) -> str:
    """The statuses of the responses to GET, with the first origin that got each; "" if all are the same and a success."""
    first: dict[int, Origin] = {}
    for tried in explored.tried:
        if tried.response is not None:
            first.setdefault(tried.response.status, tried.candidate.origin)
    if len(first) > 1:
        return listed(f"{status} for {origin}" for status, origin in first.items())
    [status] = first or [200]
    return f"{status} for every origin" if status >= 400 else ""


def preflighted_methods(tried: Tried, explored: Explored) -> tuple[str, ...]:
    """The methods that a preflight response allows to this origin, but for those that need none."""
    names: list[str] = []
    for asked in explored.asked:
        if asked.candidate.origin == tried.candidate.origin and asked.passed and asked.exchange.response is not None:
            names += [asked.method, *listed_values(ACAM, asked.exchange.response.headers)]
    return tuple(name for name in dict.fromkeys(names) if name not in _OF_EVERY_PAGE)


def _origins(explored: Explored) -> str:
    if explored.any_origin == "reflected":
        return "any: the Origin header is sent back"
    allowed = [tried for tried in explored.tried if tried.granted or (tried.readers and explored.any_origin is None)]
    names = listed(dict.fromkeys(str(tried.candidate.origin) for tried in allowed)) if allowed else ""
    if explored.any_origin == "*":
        return f"any (*), and by name {names}" if names else "any (*)"
    if allowed:
        return names
    named = sorted({tried.allows for tried in explored.tried if tried.allows is not None})
    if named:
        whoever = len({tried.allows for tried in explored.tried}) == 1
        return f"{listed(named)}{', whoever asks' if whoever else ''}"
    return "none of those tried"


def _preflight(explored: Explored) -> str:
    """Where preflight responses allow other origins than the responses to GET; "" if nowhere."""
    read = {tried.candidate.origin: tried.response for tried in explored.tried if tried.response is not None}
    more: list[str] = []
    less: list[str] = []
    every = any(asked.named for asked in explored.asked if asked.candidate.trick is Trick.STRANGER)
    for asked in explored.asked:
        if every and asked.candidate.trick is Trick.AROUND:
            continue  # the stranger says it better
        origin, response = asked.candidate.origin, asked.exchange.response
        if response is None or (origin not in read and not explored.takes_post):
            continue
        now, before = asked.named, origin in read and read[origin].headers.get(ACAO) in ("*", str(origin))
        if now != before:
            (more if now else less).append(str(origin))
    said = [f"allows {listed(dict.fromkeys(more))}, which responses to GET do not"] if more else []
    said += [f"does not allow {listed(dict.fromkeys(less))}, which responses to GET do"] if less else []
    return "; ".join(said)


def _without_origin(explored: Explored) -> str:
    """How the response to a request without Origin differs from what is usual; "" if it does not."""
    response = None if explored.plain is None else explored.plain.response
    if response is None:
        return ""
    values, value = {tried.allows for tried in explored.tried}, response.headers.get(ACAO)
    if value is None and (None in values or len(values) > 1):  # the usual response of a server that compares origins
        return ""
    if values == {value}:
        return ""
    return "not allowed" if value is None else f"{ACAO}: {value}"


def _methods(asked: Iterable[Asked]) -> str:
    passed = [one for one in asked if one.exchange.response is not None]
    if len([one for one in passed if one.echoes]) > 1:
        return "any that is asked for"
    names = _values(ACAM, [one.exchange.response for one in passed if one.exchange.response is not None])
    others = [name for name in names if name not in _OF_EVERY_PAGE]
    return "any (*)" if "*" in names else f"{NO_PREFLIGHT}; also {listed(others)}" if others else NO_PREFLIGHT


def _headers(asked: Iterable[Asked]) -> str:
    names = _values(ACAH, [one.exchange.response for one in asked if one.exchange.response is not None])
    if HEADER in map(str.lower, names):
        return "any that is asked for"
    return "any (*)" if "*" in names else listed(names) if names else "only those that need no preflight"


def _values(name: str, responses: Iterable[Response]) -> list[str]:
    return list(dict.fromkeys(value for response in responses for value in listed_values(name, response.headers)))
