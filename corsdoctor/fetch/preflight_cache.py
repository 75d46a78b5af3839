"""The CORS-preflight cache. https://fetch.spec.whatwg.org/#cors-preflight-cache

Time is an argument: nothing here reads a clock. The network partition key is left out, as there is one page.
"""

from __future__ import annotations

from typing import Final

from corsdoctor.browsers.profile import Profile
from corsdoctor.fetch.headers import ACMA, max_age_of
from corsdoctor.fetch.safelist import NON_WILDCARD_NAME
from corsdoctor.pattern import Pattern
from corsdoctor.record import Record
from corsdoctor.wire import Headers

_NEGATIVE: Final = Pattern("-[0-9]+")
_WITHOUT_MAX_AGE: Final = 5  # seconds


def lifetime(headers: Headers, profile: Profile) -> int:
    """For how many seconds the browser caches what a preflight response with `headers` allows.

    https://fetch.spec.whatwg.org/#cors-preflight-fetch-0, 7.8 to 7.10
    """
    max_age = max_age_of(headers)  # 7.8
    if max_age is None and profile.negative_max_age_counts and _NEGATIVE.compiled.fullmatch(headers.get(ACMA) or ""):
        return 0
    if max_age is None:  # 7.9
        max_age = profile.max_age_of_garbage if headers.get(ACMA) else _WITHOUT_MAX_AGE
    return max_age if profile.max_age_cap is None else min(max_age, profile.max_age_cap)  # 7.10


class CacheEntry(Record):
    """https://fetch.spec.whatwg.org/#concept-cache — one of `method` and `header_name` is set; times are seconds."""

    origin: str
    url: str
    expires: float
    credentials: bool
    method: str | None
    header_name: str | None


_Key = tuple[str, str, str | None, str | None]


class PreflightCache:
    """The entries of one browser: those of an origin, a URL, and a method or a header's name in one place each.

    With `separates_credentials`, what a preflight with credentials allowed does not count for requests without. With
    `wildcard_covers_authorization`, a `*` counts for the header Authorization too.
    """

    def __init__(self, *, separates_credentials: bool = False, wildcard_covers_authorization: bool = False) -> None:
        self._separates_credentials = separates_credentials
        self._uncovered = () if wildcard_covers_authorization else (NON_WILDCARD_NAME,)
        self._entries: dict[_Key, list[CacheEntry]] = {}

    @property
    def entries(self) -> tuple[CacheEntry, ...]:
        """All entries."""
        return tuple(entry for entries in self._entries.values() for entry in entries)

    def create(
        self,
        origin: str,
        url: str,
        include: bool,
        expires: float,
        methods: tuple[str, ...],
        names: tuple[str, ...],
        now: float = 0.0,
    ) -> None:
        """Remember what a preflight allowed: entries that match are renewed, for the rest there are new ones.

        https://fetch.spec.whatwg.org/#cors-preflight-fetch-0, 7.12 to 7.15
        """
        alive = {key: [e for e in entries if e.expires > now] for key, entries in self._entries.items()}
        self._entries = {key: entries for key, entries in alive.items() if entries}
        for method in methods:
            keys = _method_keys(method, origin, url)
            self._renew(keys, include, now, CacheEntry(origin, url, expires, include, method, None))
        for name in names:
            keys = self._header_name_keys(name.lower(), origin, url)
            self._renew(keys, include, now, CacheEntry(origin, url, expires, include, None, name.lower()))

    def clear(self, origin: str, url: str) -> None:
        """https://fetch.spec.whatwg.org/#concept-cache-clear"""
        self._entries = {key: entries for key, entries in self._entries.items() if key[:2] != (origin, url)}

    def method_match(self, method: str, origin: str, url: str, include: bool, now: float) -> bool:
        """https://fetch.spec.whatwg.org/#concept-cache-match-method"""
        return any(self._matching(key, include, now) for key in _method_keys(method, origin, url))

    def header_name_match(self, name: str, origin: str, url: str, include: bool, now: float) -> bool:
        """https://fetch.spec.whatwg.org/#concept-cache-match-header (`name` in lower case)"""
        return any(self._matching(key, include, now) for key in self._header_name_keys(name, origin, url))

    def _header_name_keys(self, name: str, origin: str, url: str) -> tuple[_Key, ...]:
        names = (name,) if name in self._uncovered else dict.fromkeys((name, "*"))
        return tuple((origin, url, None, one) for one in names)

    def _renew(self, keys: tuple[_Key, ...], include: bool, now: float, new: CacheEntry) -> None:
        """Renews the entries under `keys` that match, as long as `new` lasts; `new` is added where there are none."""
        found = False
        for key in keys:
            matching = self._matching(key, include, now)
            if matching:
                found = True
                others = [entry for entry in self._entries[key] if entry not in matching]
                self._entries[key] = others + [entry._replace(expires=new.expires) for entry in matching]
        if not found:
            self._entries.setdefault((new.origin, new.url, new.method, new.header_name), []).append(new)

    def _matching(self, key: _Key, include: bool, now: float) -> list[CacheEntry]:
        """https://fetch.spec.whatwg.org/#concept-cache-match"""
        apart = self._separates_credentials
        return [
            e
            for e in self._entries.get(key, ())
            if (e.credentials is include or (e.credentials and not apart)) and e.expires > now
        ]


def _method_keys(method: str, origin: str, url: str) -> tuple[_Key, ...]:
    return tuple((origin, url, name, None) for name in dict.fromkeys((method, "*")))
