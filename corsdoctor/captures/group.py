"""Which entries of a capture belong to one request: its redirects, and the preflight requests for it.

No capture says so. A redirect is followed by a request for its Location; a preflight request and the request that it is
for have the same URL and stand near each other: behind it in Chromium's and Firefox's captures, before it in a proxy's.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import Final

from corsdoctor.captures.entry import Entry
from corsdoctor.captures.har import Har
from corsdoctor.captures.told import Told
from corsdoctor.fetch.headers import ACRH, ACRM, REDIRECT_STATUSES
from corsdoctor.record import Record
from corsdoctor.url import Origin, parse, parse_origin, same_origin

UNKNOWN_ORIGIN: Final = Origin("", label="not in the capture")
_MEDIA: Final = ("Range", "Icy-Metadata")
"""Header lines with which WebKit requests audio and video."""
_REMOVED: Final = ("authorization",)  # from the file where a browser saves it without sensitive data
_NEAR: Final = 50
_GET: Final = ("GET", "HEAD")


class Captured(Record):
    """One request of a page as a capture has it.

    `hops` are its entries, in the order in which redirects were followed; empty if only a preflight request is there.
    `preflights` are those for any of them. `origin` is the page's, UNKNOWN_ORIGIN if nothing shows it. `by_tool` says
    that a tool made them, and no browser.
    """

    hops: tuple[Entry, ...]
    preflights: tuple[Entry, ...]
    origin: Origin
    by_tool: bool = False

    @property
    def entry(self) -> int:
        """The index of the first entry: that of the request, or of the preflight request if that is all there is."""
        return (self.hops or self.preflights)[0].index

    @property
    def entries(self) -> frozenset[int]:
        """The indices of all its entries."""
        return frozenset(one.index for one in (*self.hops, *self.preflights))

    @property
    def url(self) -> str:
        """The URL that was requested first."""
        return (self.hops or self.preflights)[0].url.on_the_wire

    @property
    def told(self) -> Told | None:
        """What corsdoctor wrote down of the request, None if another tool wrote the file."""
        return next((one.told for one in (*self.hops, *self.preflights)), None)

    def sent_by(self, browser: str) -> Captured:
        """What `browser` sends of it, if corsdoctor wrote that down."""
        if self.told is None:
            return self
        hops, preflights = (
            sorted(
                (place, entry.index, entry)
                for entry in entries
                if entry.told is not None and (place := entry.told.sent_by.get(browser)) is not None
            )
            for entries in (self.hops, self.preflights)
        )
        return self._replace(hops=tuple(one for *_, one in hops), preflights=tuple(one for *_, one in preflights))


def grouped(har: Har, page: Origin = UNKNOWN_ORIGIN) -> list[Captured]:
    """The cross-origin requests in `har`, by index.

    If a browser made the requests, CORS does not concern one that was answered and has no origin. If a tool made them,
    `page` is the origin of those that have none.
    """
    assumed = page if har.transcript else None
    found = _by_number(har.entries)
    entries = [entry for entry in har.entries if entry.told is None]
    requests = [entry for entry in entries if not entry.is_preflight]
    paired = _paired([entry for entry in entries if entry.is_preflight], requests, preflight_first=har.preflight_first)
    alone = paired.pop(-1, [])
    left = _Left(alone)
    for hops in _chains(requests):
        preflights = [preflight for hop in hops for preflight in paired.pop(hop.index, ())]
        last = next(iter(left.after(_target(hops[-1]), hops[-1])), None)
        if last is not None:  # the preflight request for where the last redirect leads to, which failed
            left.take(last)
            preflights.append(last)
        origin = _origin(hops[0], preflights) or assumed
        crossing = (
            [] if origin is None else [one for one in (*hops, *preflights) if not same_origin(one.url.origin, origin)]
        )
        if origin is not None and crossing and (har.transcript or all(map(_may_be_cors, crossing))):
            found.append(Captured(hops, tuple(preflights), origin, har.transcript))
    for preflight in alone:
        origin = _origin(preflight, ()) or assumed
        if origin is not None and preflight in left:
            found.append(Captured((), (preflight,), origin, har.transcript))
    return sorted(found, key=lambda one: one.entry)


def _by_number(entries: Sequence[Entry]) -> list[Captured]:
    """The requests whose entries corsdoctor has numbered."""
    numbered = defaultdict[int, list[Entry]](list)
    origins = {}
    for entry in entries:
        if entry.told is not None:
            numbered[entry.told.number].append(entry)
            origins[entry.told.number] = entry.told.scenario.origin
    return [
        Captured(
            tuple(entry for entry in own if not entry.is_preflight),
            tuple(entry for entry in own if entry.is_preflight),
            origins[number],
        )
        for number, own in numbered.items()
    ]


def _paired(preflights: Iterable[Entry], requests: Sequence[Entry], *, preflight_first: bool) -> dict[int, list[Entry]]:
    """The preflights of each request, by its index; under -1 those for which there is no request."""
    left, paired = _Left(requests), defaultdict[int, list[Entry]](list)
    for preflight in preflights:
        fitting = (one for one in left.around(preflight, preflight_first) if _fits(preflight, one))
        nearest = next(fitting, None)
        if nearest is not None:
            left.take(nearest)
        paired[-1 if nearest is None else nearest.index].append(preflight)
    return dict(paired)


class _Left:
    """Entries that belong to no other yet, by URL. What belongs together stands within _NEAR entries of the same URL."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._by_url = defaultdict[str, list[Entry]](list)
        for entry in entries:
            self._by_url[entry.url.on_the_wire].append(entry)

    def __contains__(self, entry: Entry) -> bool:
        at, entries = self._place(entry.url.on_the_wire, entry)
        return entries[at : at + 1] == [entry]

    def after(self, url: str | None, entry: Entry) -> list[Entry]:
        """Those of `url` behind `entry`, in order."""
        if url is None:
            return []
        at, entries = self._place(url, entry)
        return [one for one in entries[at : at + _NEAR] if one is not entry]

    def around(self, entry: Entry, first: bool) -> list[Entry]:
        """Those of the same URL, the nearest first; of two that are as near, the one behind if `first`."""
        at, entries = self._place(entry.url.on_the_wire, entry)
        near = entries[max(0, at - _NEAR) : at + _NEAR]
        return sorted(near, key=lambda one: (abs(one.index - entry.index), (one.index < entry.index) is first))

    def take(self, entry: Entry) -> None:
        """Takes an entry out."""
        at, entries = self._place(entry.url.on_the_wire, entry)
        del entries[at]

    def _place(self, url: str, entry: Entry) -> tuple[int, list[Entry]]:
        entries = self._by_url.get(url, [])
        return bisect_left(entries, entry.index, key=attrgetter("index")), entries


def _fits(preflight: Entry, request: Entry) -> bool:
    """Whether `preflight` can be for `request`. Some captures have methods in upper case only.

    After a redirect to another origin, Firefox's capture has the page's origin in the preflight and null in the request.
    """
    wanted, origin = preflight.headers.get(ACRM) or "", request.headers.get("Origin")
    if wanted.upper() != request.method.upper() or origin not in (None, "null", preflight.headers.get("Origin")):
        return False
    names = preflight.headers.elements(ACRH)
    return request.response is None or all(name in request.headers for name in names if name not in _REMOVED)


def _chains(requests: Sequence[Entry]) -> list[tuple[Entry, ...]]:
    """The requests, each with those that its redirects led to."""
    left, taken, following = _Left(requests), set[int](), dict[int, Entry]()
    for place, request in enumerate(requests):
        candidates = requests[place + 1 : place + 2] if request.is_empty else left.after(_target(request), request)
        after = next((one for one in candidates if one in left and _continues(request, one)), None)
        if after is not None:
            following[request.index] = after
            taken.add(after.index)
            left.take(after)
    chains = []
    for request in requests:
        if request.index not in taken:
            chain = [request]
            while chain[-1].index in following:
                chain.append(following[chain[-1].index])
            chains.append(tuple(chain))
    return chains


def _target(request: Entry) -> str | None:
    """Where a redirect leads to, None if the response is none."""
    response = request.response
    location = None if response is None else response.headers.get("Location")
    if response is None or response.status not in REDIRECT_STATUSES or location is None:
        return None
    url = parse(location, request.url.href)
    return None if url is None or not url.is_http else url.on_the_wire


def _continues(redirected: Entry, request: Entry) -> bool:
    """Whether a redirect of `redirected` can have led to `request`, which has the URL."""
    if request.resource_type != redirected.resource_type:
        return False
    if redirected.is_empty:  # the load of media, which no other load of media follows without an entry like this
        is_media = any(name in request.headers for name in _MEDIA) and request.headers.get("Sec-Fetch-Dest") != "empty"
        return request.index == redirected.index + 1 and is_media
    return request.method == redirected.method or request.method in _GET


def _may_be_cors(entry: Entry) -> bool:
    """Whether a browser may have sent a request to another origin with mode cors: then it has an Origin, if it was sent."""
    return entry.response is None or "Origin" in entry.headers


def _origin(entry: Entry, preflights: Sequence[Entry]) -> Origin | None:
    """The origin of the page that made a request: by Origin, by its preflight's Origin, by Referer.

    UNKNOWN_ORIGIN if nothing says it and there is no response; with one, None: a request with mode cors to another origin
    was not sent without an Origin.
    """
    for one in (entry, *preflights):
        told = one.headers.get("Origin")
        origin = None if told is None else parse_origin(told)
        if origin is not None:
            return origin
    referrer = parse(entry.headers.get("Referer") or "")
    if referrer is not None and referrer.is_http:
        return referrer.origin
    return UNKNOWN_ORIGIN if entry.response is None else None
