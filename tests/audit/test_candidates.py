"""The origins that are tried: real hosts that somebody else could have, and nothing that no browser sends."""

from __future__ import annotations

import json

import pytest

from corsdoctor.audit.candidates import (
    Trick,
    beginning_with,
    contained,
    hosted_alike,
    imitations,
    in_turn,
    named,
    rare_imitations,
    related,
    unrelated,
)
from corsdoctor.browsers.hosts import HOST_CHARACTERS, browsers_with
from corsdoctor.url import Origin, parse_origin
from corsdoctor.wire import Headers
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
        ("https://example.com", (Trick.DOT, Trick.SIBLING, Trick.INNER_DOT), ["https://wwwxexample.com"]),
        ("https://app.example.com", (Trick.INNER_DOT,), []),
        ("https://a.b.c.example.com", (Trick.INNER_DOT,), ["https://axb.c.example.com", "https://a.bxc.example.com"]),
        ("https://a.intranet", (Trick.INNER_DOT,), []),
        ("https://app.example.co.uk", (Trick.DOT,), ["https://appxexample.co.uk", "https://app.examplexco.uk"]),
        ("https://app.example.com", (Trick.TRUNCATED,), ["https://app.example.co"]),
        ("https://app.example.org", (Trick.TRUNCATED,), ["https://xample.org"]),
        ("https://app.example.com", (Trick.SIBLING,), ["https://corsdoctor.example.com"]),
        ("https://shop.github.io", (Trick.TENANT, Trick.SIBLING, Trick.TLD), ["https://corsdoctor.github.io", "https://corsdoctor-shop.github.io", "https://shop-corsdoctor.github.io"]),
        ("https://main--shop.netlify.app", (Trick.SUFFIX, Trick.TENANT, Trick.TRUNCATED), ["https://main--corsdoctor.netlify.app", "https://main--corsdoctor-shop.netlify.app", "https://main--shop-corsdoctor.netlify.app"]),
        ("https://shop--pr1-x.web.app", (Trick.TENANT,), ["https://corsdoctor--pr1-x.web.app", "https://corsdoctor-shop--pr1-x.web.app", "https://shop-corsdoctor--pr1-x.web.app"]),
        ("https://a--b.vercel.app", (Trick.TENANT,), ["https://corsdoctor.vercel.app", "https://corsdoctor-a--b.vercel.app", "https://a--b-corsdoctor.vercel.app"]),
        ("https://xn--mnchen-3ya.netlify.app", (Trick.TENANT,), ["https://corsdoctor.netlify.app", "https://corsdoctor-xn--mnchen-3ya.netlify.app"]),
        ("https://app.shop.example", (Trick.DOT,), ["https://appxshop.example"]),
        ("https://app.example.com", (Trick.AROUND,), ["https://app.example.com.corsdoctorexample.com"]),
        ("https://example.com", (Trick.AROUND,), ["https://example.com.corsdoctorexample.com"]),
        ("https://shop.github.io", (Trick.AROUND,), []),
        ("https://app.example.com", (Trick.TLD,), ["https://app.example.xyz"]),
        ("https://app.example.xyz", (Trick.TLD,), []),
        ("https://app.example.shop", (Trick.TLD,), ["https://app.example.xyz"]),
        ("https://app.example.de", (Trick.TLD,), ["https://app.example.nu"]),
        ("https://app.example.co.uk", (Trick.TLD,), ["https://app.example.co.nz"]),
        ("https://app.example.com.au", (Trick.TLD,), ["https://app.example.com.mx"]),
        ("https://a.b.example.com", (Trick.SIBLING,), ["https://corsdoctor.b.example.com", "https://corsdoctor.example.com"]),
        ("https://shop-pr-12.herokuapp.com", (Trick.TENANT,), ["https://corsdoctor.herokuapp.com", "https://corsdoctor-shop-pr-12.herokuapp.com", "https://shop-pr-12-corsdoctor.herokuapp.com", "https://shop-pr-corsdoctor.herokuapp.com", "https://shop-corsdoctor-12.herokuapp.com", "https://shop-pr-120.herokuapp.com"]),
        ("https://app.example.com", (Trick.LOOKALIKE,), ["https://app.xn--xmpl-5na0cf.com"]),
        ("https://xn--mnchen-3ya.de", (Trick.LOOKALIKE,), ["https://munchen.de"]),
        ("https://xyz.com", (Trick.LOOKALIKE,), []),
        ("https://x.com", (Trick.TRUNCATED, Trick.TLD), ["https://x.co", "https://x.xyz"]),
        ("https://app.example.com:3000", (Trick.PORT,), ["https://app.example.com:8443", "https://app.example.com:30000"]),
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
    assert order[:4] == [Trick.INSECURE, Trick.AROUND, Trick.PREFIX, Trick.SUFFIX]


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


def test_each_group_of_browsers_has_a_character() -> None:
    base = origin("https://app.example.com")
    found = [one.origin for one in (*imitations(base), *rare_imitations(base)) if one.trick is Trick.CHARACTER]
    groups = [browsers_with(one) for one in found]
    everywhere = ("chromium", "firefox", "webkit")
    assert groups == [everywhere, ("chromium", "webkit"), ("webkit",), ("chromium",), everywhere]


@pytest.mark.parametrize(
    ("text", "trick"),
    [
        ("http://localhost:3000", Trick.LOCALHOST),
        ("http://192.168.1.1", Trick.PRIVATE),
        ("file://", Trick.FILE),
        ("https://codepen.io", Trick.PLAYGROUND),
        ("http://app.example.com", Trick.INSECURE),
        ("https://app.example.com", Trick.NAMED),
    ],
)
def test_what_may_be_wrong_with_an_origin_that_a_server_names(text: str, trick: Trick) -> None:
    found = Origin("file") if text == "file://" else origin(text)
    assert named(found).trick is trick


def test_related_origins() -> None:
    found = [str(one.origin) for one in related(origin("https://api.example.com"))]
    assert found == ["https://app.example.com", "https://example.com", "https://www.example.com"]
    assert list(related(origin("https://192.0.2.7"))) == []


def test_each_trick_is_tried_for_all_origins_before_the_next() -> None:
    found = in_turn([imitations(origin("https://a.example.com")), imitations(origin("https://b.example.com"))])
    assert [one.trick for one in found[:4]] == [Trick.INSECURE, Trick.INSECURE, Trick.AROUND, Trick.AROUND]


def test_hosts_that_begin_with_one_of_this_machine() -> None:
    found = beginning_with(origin("http://localhost:3000")).origin
    assert str(found) == "http://localhost.stranger.example"
    assert str(unrelated(found).origin) == "http://unrelated.test"


def test_customers_of_the_hosting_service_that_the_server_uses() -> None:
    def suffixes(host: str, *pairs: tuple[str, str]) -> list[str]:
        return [one.origin.host.removeprefix("corsdoctor.") for one in hosted_alike(host, [Headers(pairs)])]

    assert suffixes("api.example.com", ("Server", "nginx")) == []
    assert suffixes("shop.onrender.com", ("X-Render-Origin-Server", "uvicorn")) == ["onrender.com"]
    assert suffixes("a.vercel.app", ("Via", "1.1 heroku-router"), ("Fly-Request-Id", "1")) == [
        "vercel.app",
        "fly.dev",
        "herokuapp.com",
    ]
