"""The file of --cookie-jar."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from corsdoctor.cli.messages import print_message
from corsdoctor.cookie_file import cookies_in
from corsdoctor.errors import Mistake, Place
from corsdoctor.reading_cookies import BadJar, of_site, site_of
from corsdoctor.scenario import HeldCookie, Scenario
from corsdoctor.wrong_input import Mistakes, shown, shown_path


def cookies_of(path: str, found: Mistakes) -> tuple[tuple[HeldCookie, bool], ...] | None:
    """Each cookie of the jar `path`, and whether it has expired; None after a mistake, which is added to `found`."""
    try:
        return cookies_in(path)
    except BadJar as e:
        if e.line is None:
            found.add("--cookie-jar", shown_path(path), str(e))
        else:
            found.found.append(Mistake("", "", str(e), Place(shown_path(path), e.line)))
    return None


def with_cookies_of(path: str, asked: list[Scenario], found: Mistakes) -> list[Scenario]:
    """`asked`, each with the cookies in the jar `path` that are for the site of its URL. Mistakes are added to `found`."""
    cookies = cookies_of(path, found)
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
