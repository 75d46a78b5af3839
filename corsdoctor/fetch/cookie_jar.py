"""The cookies that a browser keeps: how one is stored, and which are sent with a request.

https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#name-storage-model and #name-retrieval-algorithm
Left out: how many cookies a browser keeps, and for how long at most; a jar here lives for one flow.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum
from typing import Final

from corsdoctor.browsers.cookies import Cookies
from corsdoctor.fetch.cookies import (
    DELETED,
    HTTP_ONLY,
    INVALID,
    LAX_BY_DEFAULT,
    NOT_OVER_HTTPS,
    NOT_SECURE,
    OTHER_PARTITION,
    PARTITION_NOT_SECURE,
    SECURE_ONLY,
    SECURE_STAYS,
    STRICT_OR_LAX,
    THIRD_PARTY,
    WRONG_DOMAIN,
    WRONG_PREFIX,
)
from corsdoctor.fetch.set_cookie import SetCookie, lifetime_of
from corsdoctor.host import registrable_domain
from corsdoctor.record import Record
from corsdoctor.rule import Cause
from corsdoctor.url import URL, is_potentially_trustworthy

_CONTROLS: Final = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_LARGEST: Final = 4096
_LAX_ALLOWING_UNSAFE: Final = 120.0
"""Seconds for which a cookie without SameSite is also sent with a top-level POST of another site."""


class Cookie(Record):
    """A stored cookie. https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#name-storage-model

    `same_site` is "" for the default. `partition` is the key of the partition that it is in, None for the shared one.
    """

    name: str
    value: str
    domain: str
    host_only: bool
    path: str
    secure: bool
    http_only: bool
    same_site: str
    created: float
    expires: float | None
    partition: str | None

    @property
    def key(self) -> tuple[str, str, bool, str, str | None]:
        """What a newer cookie has in common with the one that it replaces."""
        return self.name, self.domain, self.host_only, self.path, self.partition

    @property
    def pair(self) -> str:
        """The cookie as the Cookie header has it."""
        return f"{self.name}={self.value}" if self.name else self.value


class ThirdParty(StrEnum):
    """Whether a browser takes cookies of other sites than the page's: as it does by default, always, or never."""

    DEFAULT = "default"
    ALLOWED = "allowed"
    BLOCKED = "blocked"


class CookieContext(Record):
    """What the rules for cookies look at beside the URL and the cookie.

    `same_site` says that the request is a same-site one, `third_party` that its URL is of another site than the page.
    `navigates` is for a navigation of the top-level page, `is_safe` for one with a safe method, `scripted` for
    document.cookie. `partition` is the key of the page's partition. `refuses_third_party` says that third-party cookies
    are neither stored nor sent, `keeps_third_party` that they are stored although the browser would refuse them.
    """

    same_site: bool
    third_party: bool = False
    navigates: bool = False
    is_safe: bool = True
    scripted: bool = False
    partition: str = ""
    refuses_third_party: bool = False
    keeps_third_party: bool = False


class CookieJar:
    """The cookies of one browser profile."""

    def __init__(self, rules: Cookies) -> None:
        self._rules = rules
        self._cookies: dict[tuple[str, str, bool, str, str | None], Cookie] = {}

    def store(self, url: URL, given: SetCookie, context: CookieContext, now: float, date: str | None) -> Cause | None:
        """Stores what a response from `url` sets, or returns why not; DELETED where it ends a cookie.

        https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#name-storage-model
        """
        rules = self._rules
        if not (given.name or given.value) or _CONTROLS.search(given.name + given.value):  # 2., 3.
            return INVALID
        if len(given.name) + len(given.value) > _LARGEST:  # 4.
            return INVALID
        kept = lifetime_of(given, date)  # 6.
        domain = given.domain  # 7.
        if not domain.isascii():  # 8.
            return WRONG_DOMAIN
        if domain and domain != url.host and registrable_domain(domain) is None:  # 9.
            return WRONG_DOMAIN
        if domain and not _domain_matches(url.host, domain):  # 10.
            return WRONG_DOMAIN
        host_only = not domain or (domain == url.host and registrable_domain(domain) is None)
        path = given.attributes.get("path", "")
        path = path if path.startswith("/") else _default_path(url)  # 11.
        if given.secure and not _is_secure(url, rules):  # 12., 13.
            return NOT_OVER_HTTPS
        if context.scripted and given.http_only:  # 14., 15.
            return HTTP_ONLY
        site = given.same_site  # 17.
        if not rules.later_same_site_counts:
            site = next((one for one in reversed(given.same_sites) if one in ("strict", "lax")), site)
        if rules.prefixes_count and not _prefix_holds(given):  # 20., 21.
            return WRONG_PREFIX
        partition = self._partition(given, context)
        new = Cookie(
            given.name, given.value, domain or url.host, host_only, path, given.secure, given.http_only, site, now,
            None if kept is None else now + kept, partition,
        )  # fmt: skip
        if not given.secure and not _is_secure(url, rules) and self._has_secure(new):  # 16.
            return SECURE_STAYS
        wrong = self._why_cross_site(given, site, context)  # 18., 19.
        if wrong is not None:
            return wrong
        old = self._cookies.get(new.key)  # 23.
        if old is not None and context.scripted and old.http_only:  # 23.2
            return HTTP_ONLY
        if kept is not None and kept <= 0:
            self._cookies.pop(new.key, None)
            return DELETED
        self._cookies[new.key] = new if old is None else new._replace(created=old.created)  # 23.3, 24.
        return None

    def _why_cross_site(self, given: SetCookie, site: str, context: CookieContext) -> Cause | None:
        """18. and 19., and the browsers' rules for third parties."""
        rules = self._rules
        if site == "none" and not given.secure and rules.none_requires_secure:
            return NOT_SECURE
        if "partitioned" in given.attributes and not given.secure and rules.none_requires_secure:
            return PARTITION_NOT_SECURE
        if context.third_party and not context.navigates:
            own_partition = rules.partitioned_counts and "partitioned" in given.attributes
            if rules.third_party_blocked and not context.keeps_third_party:
                return THIRD_PARTY
            if context.refuses_third_party and not own_partition:
                return THIRD_PARTY
        if context.same_site or context.navigates:
            return None
        if site in ("lax", "strict"):
            return STRICT_OR_LAX
        return LAX_BY_DEFAULT if site != "none" and rules.lax_by_default else None

    def _partition(self, given: SetCookie, context: CookieContext) -> str | None:
        rules = self._rules
        if rules.partitioned_counts and "partitioned" in given.attributes:
            return context.partition
        apart = rules.third_party_partitioned and context.third_party and not context.keeps_third_party
        return context.partition if apart else None

    def _has_secure(self, new: Cookie) -> bool:
        """Whether a Secure cookie of this name is there, which one from http may not shadow."""
        return any(
            old.name == new.name and old.secure and _path_matches(new.path, old.path)
            and (_domain_matches(old.domain, new.domain) or _domain_matches(new.domain, old.domain))
            for old in self._cookies.values()
        )  # fmt: skip

    def retrieve(self, url: URL, context: CookieContext, now: float) -> tuple[tuple[Cookie, Cause | None], ...]:
        """The cookies for `url` in the order of the Cookie header, each with the reason why it is not sent, if any.

        https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#name-retrieval-algorithm
        """
        for key in [
            key for key, cookie in self._cookies.items() if cookie.expires is not None and cookie.expires <= now
        ]:
            del self._cookies[key]
        found = [cookie for cookie in self._cookies.values() if self._is_for(cookie, url)]  # 1.
        by_domain = self._rules.ordered_by_domain
        found.sort(  # 2.
            key=lambda cookie: (-len(cookie.path), _rank(cookie, url) if by_domain else 0, cookie.created)
        )
        return tuple((cookie, self._why_unsent(cookie, url, context, now)) for cookie in found)

    @staticmethod
    def _is_for(cookie: Cookie, url: URL) -> bool:
        ours = cookie.domain == url.host if cookie.host_only else _domain_matches(url.host, cookie.domain)
        return ours and _path_matches(url.path, cookie.path)

    def _why_unsent(self, cookie: Cookie, url: URL, context: CookieContext, now: float) -> Cause | None:
        """1., the rest of it, and the browsers' rules for third parties."""
        rules = self._rules
        if cookie.secure and not _is_secure(url, rules):
            return SECURE_ONLY
        if context.scripted and cookie.http_only:
            return HTTP_ONLY
        apart = rules.third_party_partitioned and context.third_party and not context.keeps_third_party
        if cookie.partition != (context.partition if apart else None) and not (
            rules.partitioned_counts and cookie.partition == context.partition
        ):
            return OTHER_PARTITION
        if context.third_party and context.refuses_third_party and cookie.partition is None:
            return THIRD_PARTY
        if context.same_site or cookie.same_site == "none":
            return None
        if cookie.same_site == "" and not rules.lax_by_default:
            return None
        lax = cookie.same_site == "lax" or (
            cookie.same_site == "" and (context.is_safe or now - cookie.created < _LAX_ALLOWING_UNSAFE)
        )
        if context.navigates and lax and (context.is_safe or cookie.same_site == ""):
            return None
        return STRICT_OR_LAX if cookie.same_site else LAX_BY_DEFAULT

    def all(self, now: float) -> Iterator[tuple[str, tuple[Cookie, ...]]]:
        """The hosts that have cookies, each with those that have not expired, oldest first."""
        hosts: dict[str, list[Cookie]] = {}
        for cookie in sorted(self._cookies.values(), key=lambda cookie: cookie.created):
            if cookie.expires is None or cookie.expires > now:
                hosts.setdefault(cookie.domain, []).append(cookie)
        yield from ((host, tuple(cookies)) for host, cookies in hosts.items())


def _is_secure(url: URL, rules: Cookies) -> bool:
    """Whether a Secure cookie may come from `url` and go there."""
    return is_potentially_trustworthy(url.origin) if rules.secure_on_loopback else url.scheme == "https"


def _rank(cookie: Cookie, url: URL) -> int:
    """The place of the cookie's domain: that of the host, the host itself, the domains above it."""
    if cookie.host_only:
        return 1
    return 0 if cookie.domain == url.host else 2 + url.host.count(".") - cookie.domain.count(".")


def _domain_matches(host: str, domain: str) -> bool:
    """https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#name-domain-matching"""
    return host == domain or (host.endswith(f".{domain}") and registrable_domain(host) is not None)


def _default_path(url: URL) -> str:
    """https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#name-paths-and-path-match"""
    return url.path[: url.path.rfind("/")] or "/"


def _path_matches(path: str, cookie_path: str) -> bool:
    """https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#name-paths-and-path-match"""
    return path == cookie_path or (
        path.startswith(cookie_path) and (cookie_path.endswith("/") or path[len(cookie_path)] == "/")
    )


def _prefix_holds(given: SetCookie) -> bool:
    """20. and 21."""
    lower, of = given.name.lower(), given.attributes
    if lower.startswith("__host-"):
        return given.secure and of.get("path") == "/" and not of.get("domain")
    return given.secure or not lower.startswith("__secure-")
