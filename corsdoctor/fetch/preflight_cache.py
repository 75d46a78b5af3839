"""The CORS-preflight cache. https://fetch.spec.whatwg.org/#cors-preflight-cache

Time is an argument: nobody here looks at a clock. The network partition key is left out, as there is one page.
"""

from __future__ import annotations

from dataclasses import dataclass, field


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
        self, origin: str, url: str, credentials: bool, expires: float, methods: tuple[str, ...], names: tuple[str, ...]
    ) -> None:
        """Remember what a preflight allowed, in place of what was remembered before of the same things."""
        wanted = {(m, None) for m in methods} | {(None, n.lower()) for n in names}
        self.entries = [
            e
            for e in self.entries
            if (e.origin, e.url, e.credentials) != (origin, url, credentials) or (e.method, e.header_name) not in wanted
        ]
        for method, name in sorted(wanted, key=str):
            self.entries.append(CacheEntry(origin, url, expires, credentials, method, name))

    def clear(self, origin: str, url: str) -> None:
        """https://fetch.spec.whatwg.org/#concept-cache-clear"""
        self.entries = [e for e in self.entries if (e.origin, e.url) != (origin, url)]

    def method_match(self, method: str, origin: str, url: str, include: bool, now: float) -> bool:
        """https://fetch.spec.whatwg.org/#concept-cache-match-method"""
        return any(e.method in (method, "*") for e in self._matches(origin, url, include, now) if e.method is not None)

    def header_name_match(self, name: str, origin: str, url: str, include: bool, now: float) -> bool:
        """https://fetch.spec.whatwg.org/#concept-cache-match-header (`name` in lower case)"""
        return any(
            e.header_name == name or (e.header_name == "*" and name != "authorization")
            for e in self._matches(origin, url, include, now)
        )

    def _matches(self, origin: str, url: str, include: bool, now: float) -> list[CacheEntry]:
        return [
            e
            for e in self.entries
            if (e.origin, e.url) == (origin, url) and (e.credentials or not include) and e.expires > now
        ]
