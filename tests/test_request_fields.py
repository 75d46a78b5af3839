"""What an API cannot set, and the request of a report in JSON, read back."""

from __future__ import annotations

from typing import Any

import pytest

from corsdoctor.reports.json_objects import request_object
from corsdoctor.request_fields import (
    InvalidPage,
    client_of,
    from_page,
    from_report,
    on_page,
    read_page,
    refused,
    with_cookie,
)
from corsdoctor.scenario import Api, HeldCookie, PreloadAs, Scenario
from corsdoctor.scenario.address_space import AddressSpace, Network, Permission
from corsdoctor.scenario.page import Client, Page
from corsdoctor.url import OPAQUE, Origin, parse
from corsdoctor.wire import Headers

URL = parse("https://app.example/a")
assert URL is not None
CLIENT = Client(
    Page(URL, Headers((("Referrer-Policy", "origin"),)), "<meta name=referrer content=origin>", requested=True)
)
ASKED = Scenario("https://api.example/", CLIENT.origin, client=CLIENT)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (ASKED._replace(method="PUT: x"), [("method", "this is a name with its value, not a method")]),
        (ASKED._replace(headers=(("X-A: b", ""),)), [("headers", "a header name cannot contain a value")]),
        (ASKED._replace(preload_as=PreloadAs.FONT), [("preload_as", "only <link rel=preload> has the attribute as")]),
        (ASKED._replace(api=Api.PRELOAD, preload_as=PreloadAs.FONT), []),
        (ASKED._replace(api=Api.FORM, method="POST", body=b"a=1"), []),
        (ASKED._replace(api=Api.FORM, body=b"a=1"), [("body", "a <form> has a body only with the method POST")]),
        (
            ASKED._replace(api=Api.FORM, method="PUT", headers=(("X-A", "b"),)),
            [
                ("method", "a <form> sends only GET or POST"),
                ("headers", "a <form> cannot set it; only fetch() and XMLHttpRequest can"),
            ],
        ),
    ],
)  # fmt: skip
def test_what_an_api_cannot_set(asked: Scenario, found: list[tuple[str, str]]) -> None:
    assert [(field.name, why) for field, _, why in refused(asked)] == found


@pytest.mark.parametrize("asked", [ASKED, ASKED._replace(client=None)], ids=["page", "origin"])
def test_what_was_written_is_read(asked: Scenario) -> None:
    assert from_report(request_object(asked)) == asked


def test_a_page_has_a_url() -> None:
    with pytest.raises(ValueError, match="no page"):
        from_report({**request_object(ASKED), "page": {"url": "", "headers": [], "head": ""}})


PAGE_URL = read_page("https://app.example/a/b")
CSP = (("Content-Security-Policy", "sandbox"),)
GRANTED = {"local-network": Permission.GRANTED}
SPACES = {"a.example": AddressSpace.LOCAL}
APP = Origin("https", "app.example", None)
PLAIN = Scenario("https://api.example/", APP)


def test_a_page_without_headers_is_to_be_requested() -> None:
    client = client_of({"page": PAGE_URL}, None)
    assert client is not None
    assert (client.page.url, client.page.unread) == (PAGE_URL, True)
    known = client_of({"page": PAGE_URL, "page_headers": ()}, APP)
    assert known is not None
    assert not known.page.unread


def test_an_origin_has_its_page_at_the_root() -> None:
    client = client_of({"permissions": GRANTED, "address_spaces": SPACES}, APP)
    assert client is not None
    assert (client.page.url.href, client.page.unread) == ("https://app.example/", False)
    assert client.network == Network({"https://app.example": GRANTED}, SPACES)
    assert client_of({"permissions": GRANTED}, None) is None


@pytest.mark.parametrize(
    ("said", "origin", "field", "reason"),
    [
        (
            {"page": PAGE_URL},
            Origin("https", "other.example", None),
            "origin",
            "is not the origin of the page, which is https://app.example",
        ),
        ({"page_headers": CSP}, OPAQUE, "page_headers", "a page with the origin null has no headers"),
        ({"address_spaces": SPACES}, OPAQUE, "address_spaces", "needs no permission for the local network"),
    ],
)
def test_a_page_that_cannot_be(said: dict[str, Any], origin: Origin, field: str, reason: str) -> None:
    with pytest.raises(InvalidPage, match=reason) as caught:
        client_of(said, origin)
    assert caught.value.field.name == field


def test_what_a_line_does_not_say_of_its_page_the_options_do() -> None:
    options = on_page(PLAIN, {"page": PAGE_URL, "permissions": GRANTED}, None)
    assert options.client is not None
    assert options.client.page.unread
    assert on_page(options, {}, None) is options
    other = on_page(options, {}, Origin("https", "other.example", None)).client
    assert other is not None
    assert (other.page.url.href, other.page.unread) == ("https://other.example/", False)
    assert other.network.permissions == {"https://other.example": GRANTED}
    with_headers = on_page(options, {"page_headers": CSP}, None)
    assert with_headers.origin.opaque
    assert with_headers.client is not None
    assert (with_headers.client.page.url, with_headers.client.page.unread) == (PAGE_URL, False)
    moved = on_page(options, {"page": read_page("https://b.example/")}, None).client
    assert moved is not None
    assert (moved.page.unread, moved.network.permissions) == (True, {"https://b.example": GRANTED})
    alone = on_page(PLAIN, {"page": PAGE_URL}, None)
    assert on_page(alone, {}, APP).client is None
    assert on_page(PLAIN, {}, APP) is PLAIN
    assert on_page(PLAIN, {"permissions": GRANTED}, None).client is not None


def test_a_url_may_be_relative_to_the_page() -> None:
    client = client_of({"page": PAGE_URL}, None)
    assert from_page("items", client) == "https://app.example/a/items"
    assert [from_page(url, client) for url in ("http://x", "http:\\\\[")] == ["http://x", "http:\\\\["]
    assert from_page("items", None) == "items"


def test_a_cookie_with_attributes_is_held() -> None:
    assert with_cookie({"method": "GET"}) == {"method": "GET"}
    assert with_cookie({"cookie": "a=b"}) == {"cookie": "a=b", "held": ()}
    held = HeldCookie("a=b; Secure")
    assert with_cookie({"cookie": held}) == {"cookie": None, "held": (held,)}
