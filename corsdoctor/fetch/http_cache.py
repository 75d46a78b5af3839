"""The HTTP cache, as far as CORS meets it: https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch, 8.17 to 10.

Freshness and selection are those of RFC 9111. Left out: partial content, what a method other than GET takes away, and the memory
caches that browsers have beside it.
"""

from __future__ import annotations

from math import inf
from typing import Final

from corsdoctor.browsers.profile import Profile
from corsdoctor.fetch.request import FetchParams, Request, includes_credentials
from corsdoctor.fetch.set_cookie import seconds_since_1970
from corsdoctor.record import Record
from corsdoctor.url import schemelessly_same_site
from corsdoctor.wire import Exchange, Headers, Response, WireRequest

_BYPASSING = ("no-store", "reload")
_ANYTHING = ("force-cache", "only-if-cached")


_HEURISTICALLY_CACHEABLE: Final = frozenset({200, 203, 204, 300, 301, 308, 404, 405, 410, 414, 501})
"""https://www.rfc-editor.org/rfc/rfc9110#section-15.1 , without 206"""
_FRACTION: Final = 0.1
"""The part of the time since the last change for which browsers take a response for fresh (http-cache/freshness/006)."""
_EARLIEST: Final = 1_767_225_600.0
"""When a response without Date came, at the earliest: 2026-01-01. Nothing here reads a clock."""
_SCRIPTS: Final = "script"
_ELEMENTS: Final = "element"
_Key = tuple[tuple[str, ...], str, bool, str]


class Stored(Record):
    """A stored response, the header lines of the request that it answered, when it came, and the response that it replaced."""

    sent: Headers
    response: Response
    at: float
    before: Stored | None = None

    def is_fresh(self, now: float, profile: Profile) -> bool:
        """https://www.rfc-editor.org/rfc/rfc9111#section-4.2"""
        headers = self.response.headers
        directives = cache_directives(headers)
        if self.response.status in profile.statuses_never_fresh:
            return False
        if "no-cache" in directives or (
            "Cache-Control" not in headers and "no-cache" in (headers.get("Pragma") or "").lower()
        ):
            return False
        given, max_age = headers.get("Age") or "", directives.get("max-age")
        age = now - self.at + (float(given) if given.isdecimal() else 0.0)
        if max_age is not None:
            return max_age.isdecimal() and age < float(max_age)
        return age < self._lifetime_without_max_age(profile, checked="must-revalidate" in directives)

    def _lifetime_without_max_age(self, profile: Profile, *, checked: bool) -> float:
        """https://www.rfc-editor.org/rfc/rfc9111#section-4.2.2"""
        headers = self.response.headers
        came = seconds_since_1970(headers.get("Date")) or _EARLIEST
        if "Expires" in headers:
            expires = seconds_since_1970(headers.get("Expires"))
            return 0.0 if expires is None else expires - came
        modified = seconds_since_1970(headers.get("Last-Modified"))
        if self.response.status in profile.redirects_cached_for_good:
            return inf
        if checked and profile.must_revalidate_is_stale:
            return 0.0
        heuristic = modified is not None and self.response.status in _HEURISTICALLY_CACHEABLE
        return (came - modified) * _FRACTION if heuristic and modified is not None else 0.0

    @property
    def validators(self) -> tuple[tuple[str, str], ...]:
        """The header lines of a conditional request. https://www.rfc-editor.org/rfc/rfc9111#section-4.3.1"""
        lines = (("If-None-Match", "ETag"), ("If-Modified-Since", "Last-Modified"))
        return tuple((name, value) for name, of in lines if (value := self.response.headers.get(of)) is not None)


class HttpCache:
    """The responses that one browser profile keeps, by partition and URL; in one browser also by whether the request has
    credentials, and by its destination."""

    def __init__(self) -> None:
        self._stored: dict[_Key, list[Stored]] = {}

    def select(self, request: Request, wire: WireRequest, params: FetchParams) -> Stored | None:
        """The stored response that answers `wire`, fresh or not. https://www.rfc-editor.org/rfc/rfc9111#section-4.1"""
        if wire.method != "GET" or request.init.cache in _BYPASSING or _keeps_nothing(request, params.profile):
            return None
        key = _key(request, wire, params)
        found = self._stored.get(key, [])
        if key[-1] == _SCRIPTS:  # a script also takes what another element has loaded
            found = [*self._stored.get((*key[:-1], _ELEMENTS), []), *found]
        for stored in reversed(found):
            names = stored.response.headers.elements("Vary")
            if all(stored.sent.values(name) == wire.headers.values(name) for name in names):
                return stored
        return None

    def store(self, request: Request, wire: WireRequest, response: Response, params: FetchParams, now: float) -> None:
        """Keeps a response if it may be kept. https://www.rfc-editor.org/rfc/rfc9111#section-3"""
        directives = cache_directives(response.headers)
        useful = (
            params.profile.keeps_responses_without_age
            or "max-age" in directives
            or "no-cache" in directives
            or response.status in params.profile.redirects_cached_for_good
            or any(name in response.headers for name in ("Expires", "ETag", "Last-Modified"))
        )
        if wire.method != "GET" or request.init.cache == "no-store" or "no-store" in directives or not useful:
            return
        if _keeps_nothing(request, params.profile):
            return
        if request.destination in ("audio", "video") and not params.profile.media_are_cached:
            return
        if "*" in response.headers.elements("Vary") or response.status in params.profile.statuses_not_cached:
            return
        kept = self._stored.setdefault(_key(request, wire, params), [])
        names = response.headers.elements("Vary")
        replaced = [one for one in kept if all(one.sent.values(n) == wire.headers.values(n) for n in names)]
        kept[:] = [one for one in kept if any(one.sent.values(n) != wire.headers.values(n) for n in names)]
        kept.append(Stored(wire.headers, response, now, replaced[-1]._replace(before=None) if replaced else None))

    def forget(self, request: Request, exchange: Exchange, params: FetchParams) -> None:
        """Drops the response of `exchange`, whose body the browser does not read; a 304 has none, and what it confirms stays."""
        wire = exchange.request
        if exchange.response is None or exchange.response.status == 304:
            return
        kept = self._stored.get(_key(request, wire, params), [])
        dropped = [one for one in kept if one.sent is wire.headers]
        kept[:] = [one for one in kept if one.sent is not wire.headers]
        if not params.profile.refused_responses_replace_others:
            kept += [one.before for one in dropped if one.before is not None]


def is_usable(stored: Stored, request: Request, now: float, profile: Profile) -> bool:
    """Whether a stored response answers without the server. https://fetch.spec.whatwg.org/#concept-request-cache-mode"""
    mode = request.init.cache
    return mode in _ANYTHING or (mode != "no-cache" and stored.is_fresh(now, profile))


def freshened(stored: Stored, response: Response) -> Response:
    """The stored response with the headers of a 304. https://www.rfc-editor.org/rfc/rfc9111#section-3.2"""
    newer = Headers(tuple(line for line in response.headers if line[0].lower() != "content-length"))
    kept = stored.response.headers.delete(*(name for name, _ in newer))
    return stored.response._replace(headers=Headers((*kept, *newer)))


def _keeps_nothing(request: Request, profile: Profile) -> bool:
    """Whether the request belongs to a document with an opaque origin, which has no partition of the cache."""
    opaque = request.client is not None and request.client.origin.opaque
    return opaque and profile.http_cache_is_partitioned_by_frame


def _partition(request: Request, profile: Profile) -> tuple[str, ...]:
    """https://fetch.spec.whatwg.org/#network-partition-keys"""
    client = request.client
    if client is None or not profile.http_cache_is_partitioned:
        return ()
    framed = profile.http_cache_is_partitioned_by_frame
    return (client.top_level_site, client.site) if framed else (client.top_level_site,)


def _key(request: Request, wire: WireRequest, params: FetchParams) -> _Key:
    return (
        _partition(request, params.profile), wire.url,
        params.profile.http_cache_separates_credentials and includes_credentials(request),
        _group(request) if params.profile.http_cache_separates_destinations and _is_of_other_site(request) else "",
    )  # fmt: skip


def _group(request: Request) -> str:
    if not request.destination:
        return ""
    return _SCRIPTS if request.destination == "script" else _ELEMENTS


def _is_of_other_site(request: Request) -> bool:
    client = request.client
    return client is not None and not schemelessly_same_site(client.top_level_origin, request.url.origin)


def cache_directives(headers: Headers) -> dict[str, str]:
    """The directives of Cache-Control, in lower case."""
    parts = (part.partition("=") for part in (headers.get("Cache-Control") or "").lower().split(","))
    return {name.strip(" \t"): value.strip(' \t"') for name, _, value in parts}
