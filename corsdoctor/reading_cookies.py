"""Reads the cookies that a user gives: one with its attributes, and the text of a cookie jar."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from corsdoctor.host import registrable_domain
from corsdoctor.reading import read_header_value
from corsdoctor.scenario import HeldCookie, Scenario
from corsdoctor.url import parse
from corsdoctor.wrong_input import nearest, shown

_ATTRIBUTES: Final = (
    "SameSite",
    "Secure",
    "HttpOnly",
    "Path",
    "Domain",
    "Partitioned",
    "Max-Age",
    "Expires",
    "Priority",
)
_BY_NAME: Final = {name.lower(): name for name in _ATTRIBUTES}
_SITES: Final = ("Strict", "Lax", "None")
_FIELDS: Final = 7
_HTTP_ONLY: Final = "#HttpOnly_"


def read_cookie(text: str) -> str | HeldCookie:
    """The value of a Cookie header, or a cookie with its attributes; ValueError for one with an attribute that does not exist."""
    read_header_value(text)
    pair, *attributes = text.split(";")
    named = [
        (name.strip(), value.strip()) for name, _, value in (one.partition("=") for one in attributes if one.strip())
    ]
    if not any(name.lower() in _BY_NAME for name, _ in named):
        return text
    if "=" not in pair:
        raise ValueError("a cookie with attributes begins with NAME=VALUE")
    for name, value in named:
        if name.lower() not in _BY_NAME:
            what = f"{shown(name)!a} is not an attribute of a cookie"
            raise ValueError(
                f"{what}; {nearest(name, _ATTRIBUTES)} To give several cookies with attributes, use --cookie-jar"
            )
        if name.lower() == "samesite" and value.capitalize() not in _SITES:
            raise ValueError(f"SameSite must be one of {', '.join(_SITES)}")
    return HeldCookie(text)


class BadJar(ValueError):
    """What is wrong with a cookie jar, and the number of the line if it is in one."""

    def __init__(self, reason: str, line: int | None = None) -> None:
        super().__init__(reason)
        self.line = line

    @property
    def placed(self) -> str:
        """The reason, behind the line."""
        return str(self) if self.line is None else f"line {self.line}: {self}"


def site_of(scenario: Scenario) -> str:
    """The site of the requested URL, "" if the URL is invalid."""
    url = scenario.requested_url
    return "" if url is None else registrable_domain(url.host) or url.host


def with_jar(scenario: Scenario, jar: Iterable[tuple[HeldCookie, bool]]) -> Scenario:
    """`scenario` in a browser that also holds the cookies in `jar` that belong to the site of the URL and have not expired."""
    held = (cookie for cookie, late in of_site(site_of(scenario), jar) if not late)
    return scenario._replace(held=(*scenario.held, *held))


def read_jar_name(text: str) -> str:
    """The name of the file of a cookie jar; ValueError for standard input, which a list of requests may be on."""
    if text in ("", "-"):
        raise ValueError("must be the name of a file")
    return text


def of_site(site: str, jar: Iterable[tuple[HeldCookie, bool]]) -> Iterator[tuple[HeldCookie, bool]]:
    """The cookies in `jar` that belong to `site`."""
    return ((cookie, expired) for cookie, expired in jar if _is_below(cookie.url, site))


def _is_below(url: str | None, site: str) -> bool:
    parsed = parse(url or "")
    return parsed is not None and (parsed.host == site or parsed.host.endswith(f".{site}"))


def read_jar(path: str, text: str, now: float) -> Iterator[tuple[HeldCookie, bool]]:
    """Each cookie in the text of the file `path`, and whether it has expired. Raises BadJar.

    The format is that of Netscape, which curl, wget and browser extensions write. http.cookiejar, which reads it too, drops the
    session cookies of curl and names no line in its errors.
    """
    for number, line in enumerate(re.split("\r?\n", text), 1):
        if line.strip() and (line.startswith(_HTTP_ONLY) or not line.startswith("#")):
            try:
                cookie, expires = _read_line(path, line)
            except ValueError as e:
                raise BadJar(str(e), number) from None
            yield cookie, 0 < expires <= now


def _read_line(path: str, line: str) -> tuple[HeldCookie, float]:
    """The cookie in a line of a jar, and when it expires: 0 for a session cookie."""
    fields = line.removeprefix(_HTTP_ONLY).split("\t")
    if len(fields) != _FIELDS:
        raise ValueError(f"a line of a cookie jar has {_FIELDS} fields, separated by tabs; this one has {len(fields)}")
    domain, whole, path_, secure, expires, name, value = fields
    host = domain.removeprefix(".").lower()
    url = parse(f"http{'s' * (secure == 'TRUE')}://{host}/")
    if url is None or url.host != host:
        raise ValueError("the first field is not a domain")
    if not {whole, secure} <= {"TRUE", "FALSE"}:
        raise ValueError("the second and the fourth field must be TRUE or FALSE")
    if re.fullmatch(r"(?:-?[0-9]{1,18}(?:\.[0-9]{1,18})?)?", expires) is None:
        raise ValueError("the fifth field must be the time at which the cookie expires, in seconds since 1970, or 0")
    if re.search(r"[;\0-\x1f]", path_ + name + value):
        raise ValueError("a cookie has no semicolon and no control character")
    attributes = [f"Domain={host}"] * (whole == "TRUE") + [f"Path={path_}"] + ["Secure"] * (secure == "TRUE")
    attributes += ["HttpOnly"] * line.startswith(_HTTP_ONLY)
    return HeldCookie("; ".join((f"{name}={value}", *attributes)), url.href, path), float(expires or 0)
