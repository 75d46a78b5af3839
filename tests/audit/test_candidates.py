"""The origins that are tried: real hosts that somebody else could have, and nothing that no browser sends."""

from __future__ import annotations

import json

import pytest

from corsdoctor.audit.candidates import Trick, contained, imitations
from corsdoctor.audit.hosts import HOST_CHARACTERS, browsers_with
from corsdoctor.url import Origin, parse_origin
from tests.audit import host_characters


def origin(text: str) -> Origin:
    found = parse_origin(text)
    assert found is not None
    return found


def tried(base: str, *tricks: Trick) -> list[str]:
    return [str(one.origin) for one in imitations(origin(base)) if one.trick in tricks]


@pytest.mark.parametrize(
    ("base", "tricks", "expected"),
    [
        ("https://app.example.com", (Trick.SUFFIX,), ["https://corsdoctorexample.com"]),
        ("https://app.example.com:8443", (Trick.PORT,), ["https://app.example.com"]),
        ("https://app.example.com", (Trick.PORT,), ["https://app.example.com:8443"]),
        ("https://app.example.com", (Trick.DOT,), ["https://appxexample.com"]),  # nobody can register app.examplexcom
        ("https://example.com", (Trick.DOT, Trick.SIBLING), []),
        ("https://app.example.co.uk", (Trick.DOT,), ["https://appxexample.co.uk", "https://app.examplexco.uk"]),
        ("https://app.example.com", (Trick.TRUNCATED,), ["https://xample.com", "https://app.example.co"]),
        ("https://app.example.org", (Trick.TRUNCATED,), ["https://xample.org"]),
        ("https://app.example.com", (Trick.SIBLING,), ["https://corsdoctor.example.com"]),
        ("https://shop.github.io", (Trick.TENANT, Trick.SIBLING), ["https://corsdoctor-shop.github.io"]),
        ("https://app.example.com", (Trick.INSECURE,), ["http://app.example.com"]),
        ("http://app.example.com", (Trick.INSECURE,), []),
        ("http://localhost:3000", (Trick.SUFFIX,), ["http://corsdoctorlocalhost:3000"]),
        ("https://192.0.2.7", (Trick.SUFFIX, Trick.SUBDOMAIN, Trick.DOT, Trick.TRUNCATED, Trick.SIBLING), []),
        ("https://192.0.2.7", (Trick.PREFIX,), ["https://192.0.2.7.stranger.example"]),
        ("https://[2001:db8::7]", (Trick.PREFIX, Trick.HYPHEN, Trick.CHARACTER), []),
        ("https://intranet", (Trick.SUFFIX, Trick.TRUNCATED, Trick.DOT), ["https://corsdoctorintranet"]),
    ],
)  # fmt: skip
def test_imitations(base: str, tricks: tuple[Trick, ...], expected: list[str]) -> None:
    assert tried(base, *tricks) == expected


def test_the_most_common_mistakes_come_first() -> None:
    order = [one.trick for one in imitations(origin("https://app.example.com"))]
    assert order[:3] == [Trick.INSECURE, Trick.PREFIX, Trick.SUFFIX]


def test_what_contains_a_host_neither_begins_nor_ends_with_it() -> None:
    found = contained(origin("https://app.example.com"))
    assert (found.trick, str(found.origin)) == (Trick.SUBSTRING, "https://corsdoctorapp.example.com.stranger.example")


def test_characters_are_those_recorded() -> None:
    recorded = json.loads(host_characters.SEEN.read_text(encoding="utf-8"))
    assert {name: set(seen["sent"]) for name, seen in recorded.items()} == {
        n: set(c) for n, c in HOST_CHARACTERS.items()
    }


@pytest.mark.parametrize(
    ("text", "browsers"),
    [
        ("https://app.example.com", ("chromium", "firefox", "webkit")),
        ("https://app_.example.com", ("chromium", "firefox", "webkit")),
        ("https://app!.example.com", ("chromium", "webkit")),
        ("https://app*.example.com", ("webkit",)),
        ("https://app;.example.com", ("chromium",)),
        ("https://[2001:db8::7]:8443", ("chromium", "firefox", "webkit")),
        ("chrome-extension://abcdefghijklmnopabcdefghijklmnop", ("chromium",)),
    ],
)
def test_browsers_in_which_a_page_can_have_an_origin(text: str, browsers: tuple[str, ...]) -> None:
    assert browsers_with(origin(text)) == browsers


def test_one_character_is_tried_for_each_group_of_browsers() -> None:
    found = [one.origin for one in imitations(origin("https://app.example.com")) if one.trick is Trick.CHARACTER]
    groups = [browsers_with(one) for one in found]
    assert sorted(set(groups)) == sorted(groups)
    assert groups[0] == ("chromium", "firefox", "webkit")
