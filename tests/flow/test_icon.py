"""What browsers print about the icon of a page, as it was recorded."""

from __future__ import annotations

import pytest

from corsdoctor.browsers import CHROMIUM, FIREFOX, WEBKIT
from corsdoctor.flow.icon import icon_console
from corsdoctor.scenario.page import Page
from corsdoctor.url import parse
from corsdoctor.wire import Headers

CSP = "Content-Security-Policy"
DEFAULT, OWN, DATA = "https://app.example/favicon.ico", "https://cdn.example/i.png", "data:,"
CHROME_WORDS, FIREFOX_WORDS, WEBKIT_WORDS = (
    "Loading the image '{}'",
    "(img-src) at {} because",
    "Refused to load {} because",
)


def printed(policy: str = "", head: str = "", url: str = "https://app.example/a") -> list[tuple[str, ...]]:
    address = parse(url)
    assert address is not None
    page = Page(address, Headers(((CSP, policy),) if policy else ()), head)
    return [icon_console(page, profile) for profile in (CHROMIUM, FIREFOX, WEBKIT)]


def icon(href: str) -> str:
    return f'<link rel="shortcut ICON" href="{href}">'


@pytest.mark.parametrize(
    ("policy", "head", "named"),
    [
        ("img-src 'none'", "", ("", DEFAULT, DEFAULT)),
        ("default-src 'none'; script-src *", "", ("", DEFAULT, DEFAULT)),
        ("img-src 'self'", "", ("", "", "")),
        ("script-src 'none'", "", ("", "", "")),
        ("img-src 'self'", icon(OWN), (OWN, OWN, OWN)),
        ("img-src 'self'", icon(DATA), (DATA, DATA, "")),
        ("img-src *", icon(OWN), ("", "", "")),
        ("img-src 'none'", icon("https://["), ("", "", "")),
        ("", f'<meta http-equiv="{CSP}" content="img-src data:">', ("", DEFAULT, DEFAULT)),
        ("", "", ("", "", "")),
        ("", icon(OWN), ("", "", "")),
    ],
)
def test_a_policy_may_block_the_icon(policy: str, head: str, named: tuple[str, str, str]) -> None:
    words = (CHROME_WORDS, FIREFOX_WORDS, WEBKIT_WORDS)
    for said, template, url in zip(printed(policy, head), words, named, strict=True):
        assert len(said) == bool(url)
        assert not url or template.format(url) in "".join(said)


def test_an_insecure_icon() -> None:
    chromium, firefox, webkit = printed(head=icon("http://cdn.example/i.png"))
    assert "insecure favicon" in chromium[0]
    assert "Upgrading" in firefox[0]
    assert "[blocked]" in webkit[0]


def test_a_file_has_no_icon() -> None:
    assert printed(head=icon(OWN), url="file:///a.html") == [(), (), ()]


def test_an_icon_in_a_template_does_not_count() -> None:
    assert printed("img-src 'none'", f"<template>{icon(OWN)}</template>")[0] == ()
