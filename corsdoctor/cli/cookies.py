"""The cookies that the user gives: --cookie with attributes, and the file of --cookie-jar."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from time import time
from typing import Final

from corsdoctor.cli.messages import print_message
from corsdoctor.cli.reading import Mistakes, nearest, shown, shown_path
from corsdoctor.errors import Mistake, Place
from corsdoctor.opening import read_whole
from corsdoctor.reading import read_header_value
from corsdoctor.scenario import HeldCookie, Scenario
from corsdoctor.url import parse, registrable_domain

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
_MOST_BYTES: Final = 5_000_000
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


def with_cookies_of(path: str, asked: list[Scenario], found: Mistakes) -> list[Scenario]:
    """`asked`, each with the cookies in the jar `path` that are for the site of its URL. Mistakes are added to `found`."""
    try:
        text = read_whole(path, _MOST_BYTES).decode("latin-1")
    except OSError as e:
        found.add("--cookie-jar", shown_path(path), f"cannot read the file: {e.strerror}")
        return asked
    except ValueError as e:  # too large; a NUL in the name
        found.add("--cookie-jar", shown_path(path), f"cannot read the file: {e}")
        return asked
    before = len(found.found)
    cookies = list(_cookies(path, text, found))
    if len(found.found) > before:
        return asked
    sites = [_site(scenario) for scenario in asked]
    by_site = {site: tuple(_for(site, cookies, path)) for site in dict.fromkeys(sites)}
    return [one._replace(held=(*one.held, *by_site[site])) for one, site in zip(asked, sites, strict=True)]


def _site(scenario: Scenario) -> str:
    url = scenario.requested_url
    return "" if url is None else registrable_domain(url.host) or url.host


def _for(site: str, cookies: Iterable[tuple[HeldCookie, bool]], path: str) -> Iterator[HeldCookie]:
    ours = [(cookie, expired) for cookie, expired in cookies if _is_below(cookie.url, site)]
    expired = [cookie.line.partition("=")[0] for cookie, late in ours if late]
    if expired:
        print_message(
            f"--cookie-jar {shown_path(path)}: expired, so not sent: {', '.join(map(shown, expired))}; log in again"
        )
    if not ours:
        print_message(f"--cookie-jar {shown_path(path)}: no cookie in it is for {site}")
    yield from (cookie for cookie, late in ours if not late)


def _is_below(url: str | None, site: str) -> bool:
    parsed = parse(url or "")
    return parsed is not None and (parsed.host == site or parsed.host.endswith(f".{site}"))


def _cookies(path: str, text: str, found: Mistakes) -> Iterator[tuple[HeldCookie, bool]]:
    """Each cookie, and whether it has expired. The format is the one of Netscape, which curl, wget and browsers' add-ons write.

    http.cookiejar, which reads it too, drops the session cookies of curl and names no line in its errors.
    """
    now = time()
    for number, line in enumerate(re.split("\r?\n", text), 1):
        http_only = line.startswith(_HTTP_ONLY)
        if not line.strip() or (line.startswith("#") and not http_only):
            continue
        wrong, fields = None, line.removeprefix(_HTTP_ONLY).split("\t")
        if len(fields) != _FIELDS:
            wrong = f"a line of a cookie jar has {_FIELDS} fields, separated by tabs; this one has {len(fields)}"
        else:
            domain, whole, path_, secure, expires, name, value = fields
            host = domain.removeprefix(".").lower()
            url = parse(f"http{'s' * (secure == 'TRUE')}://{host}/")
            if url is None or url.host != host:
                wrong = "the first field is not a domain"
            elif not {whole, secure} <= {"TRUE", "FALSE"}:
                wrong = "the second and the fourth field must be TRUE or FALSE"
            elif re.fullmatch(r"(?:-?[0-9]{1,18}(?:\.[0-9]{1,18})?)?", expires) is None:
                wrong = "the fifth field must be the time at which the cookie expires, in seconds since 1970, or 0"
            elif re.search(r"[;\0-\x1f]", path_ + name + value):
                wrong = "a cookie has no semicolon and no control character"
            else:
                late = 0 < float(expires or 0) <= now
                attributes = (
                    [f"Domain={host}"] * (whole == "TRUE") + [f"Path={path_}"] + ["Secure"] * (secure == "TRUE")
                )
                attributes += ["HttpOnly"] * http_only
                yield HeldCookie("; ".join((f"{name}={value}", *attributes)), url.href, path), late
        if wrong is not None:
            found.found.append(Mistake("", "", wrong, Place(shown_path(path), number)))
            return
