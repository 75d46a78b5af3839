"""Reads a Set-Cookie header. https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#name-the-set-cookie-header-field-2

Time is what the caller says: nothing here reads a clock.
"""

from __future__ import annotations

from typing import Final

from corsdoctor.record import Record
from corsdoctor.wire import ascii_lower

_NEVER_LATER: Final = 86_400.0
"""An Expires up to a day after 1970 began is in the past, whatever the time is."""
_LONGEST_VALUE: Final = 1024


class SetCookie(Record):
    """A parsed line: the cookie's name and value, and its attributes by name in lower case, the last of each."""

    name: str
    value: str
    attributes: dict[str, str]
    same_sites: tuple[str, ...] = ()
    """The values of all its SameSite attributes."""

    @property
    def secure(self) -> bool:
        """Whether the attribute Secure is there."""
        return "secure" in self.attributes

    @property
    def http_only(self) -> bool:
        """Whether the attribute HttpOnly is there."""
        return "httponly" in self.attributes

    @property
    def same_site(self) -> str:
        """strict, lax or none; "" without a valid attribute, where the browser's default applies."""
        value = ascii_lower(self.attributes.get("samesite", ""))
        return value if value in ("strict", "lax", "none") else ""

    @property
    def domain(self) -> str:
        """The value of Domain without a leading dot, "" if it is absent or empty."""
        return ascii_lower(self.attributes.get("domain", "").removeprefix("."))


def parse_set_cookie(line: str) -> SetCookie:
    """Steps 2 to 7 of the algorithm that parses a set-cookie-string, and the one that parses its attributes."""
    pair, *attributes = line.split(";")  # 2.
    name, equals, value = pair.partition("=")  # 3.
    if not equals:
        name, value = "", name
    read: dict[str, str] = {}
    same_sites: list[str] = []
    for attribute in attributes:
        key, _, text = attribute.partition("=")
        if len(text.strip(" \t")) <= _LONGEST_VALUE:
            read[ascii_lower(key.strip(" \t"))] = text.strip(" \t")
            if ascii_lower(key.strip(" \t")) == "samesite":
                same_sites.append(ascii_lower(text.strip(" \t")))
    return SetCookie(name.strip(" \t"), value.strip(" \t"), read, tuple(same_sites))


def lifetime_of(cookie: SetCookie, date: str | None) -> float | None:
    """For how many seconds the cookie is kept, None until the browser ends. `date` is the response's Date header.

    https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#name-storage-model, 3. Without Date, an Expires
    that may lie ahead counts as one that does.
    """
    age = cookie.attributes.get("max-age")
    if age is not None and age.removeprefix("-").isdecimal():
        return float(age)
    expires, now = seconds_since_1970(cookie.attributes.get("expires")), seconds_since_1970(date)
    if expires is None:
        return None
    if now is None:
        return 0.0 if expires <= _NEVER_LATER else None
    return expires - now


def seconds_since_1970(date: str | None) -> float | None:
    """The time that a header names; None if there is none. A date without a time zone is in UTC, as all dates of HTTP are."""
    from calendar import timegm  # what a cookie without a date need not load
    from email.utils import parsedate_to_datetime

    try:
        return None if date is None else float(timegm(parsedate_to_datetime(date).utctimetuple()))
    except (ValueError, OverflowError):
        return None
