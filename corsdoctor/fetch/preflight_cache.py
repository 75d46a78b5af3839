"""The CORS-preflight cache. https://fetch.spec.whatwg.org/#cors-preflight-cache

Time is an argument: nobody here looks at a clock. The network partition key is left out, as there is one page.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from corsdoctor.fetch.safelist import NON_WILDCARD_NAME


@dataclass(frozen=True, slots=True)
class CacheEntry:
    """https://fetch.spec.whatwg.org/#concept-cache — one of `method` and `header_name` is set; times are seconds."""

    origin: str
    url: str
    expires: float
    credentials: bool
    method: str | None
    header_name: str | None


@dataclass(slots=True)
class PreflightCache:
    """The entries of one browser."""

    entries: list[CacheEntry] = field(default_factory=list)

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
        self.entries = [e for e in self.entries if e.expires > now]
        for method in methods:
            matching = self._method_matches(method, origin, url, include, now)
            self._renew(matching, expires, CacheEntry(origin, url, expires, include, method, None))
        for name in names:
            matching = self._header_name_matches(name.lower(), origin, url, include, now)
            self._renew(matching, expires, CacheEntry(origin, url, expires, include, None, name.lower()))

    def clear(self, origin: str, url: str) -> None:
        """https://fetch.spec.whatwg.org/#concept-cache-clear"""
        self.entries = [e for e in self.entries if (e.origin, e.url) != (origin, url)]

    def method_match(self, method: str, origin: str, url: str, include: bool, now: float) -> bool:
        """https://fetch.spec.whatwg.org/#concept-cache-match-method"""
        return bool(self._method_matches(method, origin, url, include, now))

    def header_name_match(self, name: str, origin: str, url: str, include: bool, now: float) -> bool:
        """https://fetch.spec.whatwg.org/#concept-cache-match-header (`name` in lower case)"""
        return bool(self._header_name_matches(name, origin, url, include, now))

    def _renew(self, matching: list[CacheEntry], expires: float, new: CacheEntry) -> None:
        if not matching:
            self.entries.append(new)
            return
        renewed = [replace(e, expires=expires) for e in matching]
        self.entries = [e for e in self.entries if e not in matching] + renewed

    def _method_matches(self, method: str, origin: str, url: str, include: bool, now: float) -> list[CacheEntry]:
        return [e for e in self._matches(origin, url, include, now) if e.method in (method, "*")]

    def _header_name_matches(self, name: str, origin: str, url: str, include: bool, now: float) -> list[CacheEntry]:
        names = (name,) if name == NON_WILDCARD_NAME else (name, "*")
        return [e for e in self._matches(origin, url, include, now) if e.header_name in names]

    def _matches(self, origin: str, url: str, include: bool, now: float) -> list[CacheEntry]:
        return [
            e
            for e in self.entries
            if (e.origin, e.url) == (origin, url) and (e.credentials or not include) and e.expires > now
        ]
