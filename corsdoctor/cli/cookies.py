"""The file of --cookie-jar."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from time import time
from typing import Final

from corsdoctor.cli.messages import print_message
from corsdoctor.cli.reading import Mistakes, shown, shown_path
from corsdoctor.errors import Mistake, Place
from corsdoctor.opening import read_whole
from corsdoctor.reading_cookies import BadJar, of_site, read_jar, site_of
from corsdoctor.scenario import HeldCookie, Scenario

_MOST_BYTES: Final = 5_000_000


def unexpired(path: str, found: Mistakes) -> tuple[tuple[HeldCookie, bool], ...]:
    """The cookies of the jar `path` that have not expired. Mistakes are added to `found`."""
    return tuple((cookie, late) for cookie, late in _read(path, found) or () if not late)


def with_cookies_of(path: str, asked: list[Scenario], found: Mistakes) -> list[Scenario]:
    """`asked`, each with the cookies in the jar `path` that are for the site of its URL. Mistakes are added to `found`."""
    cookies = _read(path, found)
    if cookies is None:
        return asked
    sites = [site_of(scenario) for scenario in asked]
    by_site = {site: tuple(_for(site, cookies, path)) for site in dict.fromkeys(sites)}
    return [one._replace(held=(*one.held, *by_site[site])) for one, site in zip(asked, sites, strict=True)]


def _for(site: str, cookies: Iterable[tuple[HeldCookie, bool]], path: str) -> Iterator[HeldCookie]:
    ours = list(of_site(site, cookies))
    expired = [cookie.line.partition("=")[0] for cookie, late in ours if late]
    if expired:
        print_message(
            f"--cookie-jar {shown_path(path)}: expired, so not sent: {', '.join(map(shown, expired))}; log in again"
        )
    if not ours:
        print_message(f"--cookie-jar {shown_path(path)}: no cookie in it is for {site}")
    yield from (cookie for cookie, late in ours if not late)


def _read(path: str, found: Mistakes) -> list[tuple[HeldCookie, bool]] | None:
    """Each cookie, and whether it has expired; None after a mistake."""
    try:
        return list(read_jar(path, read_whole(path, _MOST_BYTES).decode("latin-1"), time()))
    except BadJar as e:
        found.found.append(Mistake("", "", str(e), Place(shown_path(path), e.line)))
    except OSError as e:
        found.add("--cookie-jar", shown_path(path), f"cannot read the file: {e.strerror}")
    except ValueError as e:  # too large; a NUL in the name
        found.add("--cookie-jar", shown_path(path), f"cannot read the file: {e}")
    return None
