"""The values that users type: how each is read, and the exact error if it is invalid."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from corsdoctor.browsers import BROWSERS, CHROMIUM, WEBKIT
from corsdoctor.reading import (
    MOST_CHARACTERS,
    items,
    matches,
    read_browser,
    read_header,
    read_header_value,
    read_origin,
    read_url,
    utf8,
)
from corsdoctor.request_fields import refused
from corsdoctor.scenario import Api, Credentials, Mode, Redirect, Scenario
from corsdoctor.url import OPAQUE, Origin

PAGE = Origin("https", "app.example")
NO_ORIGIN = "an origin is scheme://host[:port], such as https://app.example, or null"


@dataclass(frozen=True, slots=True)
class Refused:
    """A text, and what is said of it."""

    text: str
    reason: str


ORIGINS = (
    Refused(" ", NO_ORIGIN),
    Refused("*", "`*` is not an origin; give the origin of the page, such as https://app.example"),
    Refused("\t", NO_ORIGIN),
    Refused("https://*.example", "an origin cannot contain `*`, and no header accepts such a pattern; list the origins one by one"),
    Refused("NULL", "an opaque origin is written `null`, in lower case"),
    Refused("https://a.example:65536", "the port 65536 is out of range: ports go from 0 to 65535"),
    Refused("data:,x", "a page of a data: URL has an opaque origin: give `null`"),
    Refused("app.example", "an origin starts with a scheme; did you mean `https://app.example`?"),
    Refused("localhost:3000", "an origin starts with a scheme; did you mean `http://localhost:3000`?"),
    Refused("[::1]:80", "an origin starts with a scheme; did you mean `http://[::1]`?"),
    Refused("https//app.example", "an origin starts with a scheme; did you mean `https://app.example`?"),
    Refused("'https://app.example'", "the quotation marks are part of the value; did you mean `https://app.example`?"),
    Refused("'app.example'", "the quotation marks are part of the value; did you mean `https://app.example`?"),
    Refused("a b", "an origin starts with a scheme, as in https://app.example"),
    Refused("https://", "an origin is scheme://host[:port], such as https://app.example:8443"),
    Refused("ftp:///", "an origin is scheme://host[:port], such as https://app.example:8443"),
    Refused("x://y:z", "an origin is scheme://host[:port], such as https://app.example:8443"),
    Refused("https://app.example/", "an origin has no trailing slash; the origin is `https://app.example`"),
    Refused("https://app.example/x", "an origin has no path; the origin is `https://app.example`"),
    Refused("https://u@App.example:443/x", "an origin has no user name, no path, no upper-case letters and no default port; the origin is `https://app.example`"),
    Refused("https://ex%61mple", "this is not how a browser writes it; the origin is `https://example`"),
    Refused("App://Host/x", "an origin has no path and no upper-case letters; the origin is `app://host`"),
)  # fmt: skip
URLS = (
    Refused("", "a URL is required, such as https://api.example/items"),
    Refused("https://x:70000/", "the port 70000 is out of range: ports go from 0 to 65535"),
    Refused("/items", "a URL starts with a scheme; did you mean `https://app.example/items`?"),
    Refused("api.example/items", "a URL starts with a scheme; did you mean `https://api.example/items`?"),
    Refused("localhost:8000/x", "a URL starts with a scheme; did you mean `http://localhost:8000/x`?"),
    Refused("http//127.0.0.1/x", "a URL starts with a scheme; did you mean `http://127.0.0.1/x`?"),
    Refused(
        "\u201chttps://api.example/\u201d",
        "the quotation marks are part of the value; did you mean `https://api.example/`?",
    ),
    Refused("'X-Note: s3cr3t'", "this is a header, not a URL"),
    Refused("'https://a b/'", "this URL is not valid: no browser can parse it"),
    Refused("a b", "a URL starts with a scheme, as in https://api.example/items"),
    Refused("bob:s3cr3t", "a URL has `//` after its scheme, as in https://api.example/items"),
    Refused("X-Note:s3cr3t", "a URL has `//` after its scheme, as in https://api.example/items"),
    Refused("/X-Note: s3cr3t", "this is a header, not a URL"),
    Refused("Cookie\ta=s3cr3t", "a URL starts with a scheme, as in https://api.example/items"),
    Refused("https://a b/", "this URL is not valid: no browser can parse it"),
)
HEADERS = (
    Refused("X-A", "a header is written 'Name: value' (or 'Name;' for an empty value); the colon is missing"),
    Refused(";", "a header is written 'Name: value' (or 'Name;' for an empty value); the colon is missing"),
    Refused(": x", "a header is written 'Name: value'; the name is missing"),
    Refused("X-A: ", "this header has no value, and curl would omit it; for an empty value write 'X-A;'"),
    Refused("X-A: a\nb", "a header value cannot contain a line break or NUL; browsers reject it"),
    Refused("X-A: \u2603", "a header value cannot contain '\\u2603': each character must fit in one byte; encode it"),
)
BROWSER = (
    Refused("chrom", "unknown browser; did you mean `chrome`?"),
    Refused("ie6", "unknown browser; must be one of standard, chromium, firefox, webkit"),
)


def url_of_a_page(text: str) -> str:
    return read_url(text, PAGE)


@pytest.mark.parametrize(
    ("read", "refused"),
    [
        (read, refused)
        for read, table in (
            (read_origin, ORIGINS), (url_of_a_page, URLS), (read_header, HEADERS), (read_browser, BROWSER),
        )
        for refused in table
    ],
)  # fmt: skip
def test_what_is_said(read: Callable[[str], Any], refused: Refused) -> None:
    with pytest.raises(ValueError, match=rf"^{re.escape(refused.reason)}$"):
        read(refused.text)


@pytest.mark.parametrize("page", [None, OPAQUE])
def test_a_path_without_a_page_is_relative_to_nothing(page: Origin | None) -> None:
    with pytest.raises(ValueError, match=r"^a URL starts with a scheme, as in https://api.example/items$"):
        read_url("/items", page)


@pytest.mark.parametrize(
    ("text", "origin"),
    [("https://app.example", PAGE), ("null", Origin("", label="null")), ("app://x", Origin("app", "x")), ("file:", Origin("", label="file:")), ("file:///home/me/index.html", Origin("", label="file:")), ("FILE:///C:99999/", Origin("", label="file:"))],
)  # fmt: skip
def test_origins(text: str, origin: Origin) -> None:
    assert read_origin(text) == origin


def test_what_is_right() -> None:
    assert read_url("https://api.example/?q=a b", None) == "https://api.example/?q=a b"
    assert read_header("X-A:  b ") == ("X-A", "b")
    assert read_header("X-A;") == ("X-A", "")
    assert read_header_value("\xe4") == "\xe4"
    assert read_browser(" Chrome ") == (CHROMIUM,)
    assert read_browser("safari") == (WEBKIT,)
    assert read_browser("all") == BROWSERS
    assert utf8("\u00e4\udcff") == b"\xc3\xa4\xff"
    assert utf8("\ud83d\ude00") == "\U0001f600".encode()


@pytest.mark.parametrize(
    ("text", "separator", "expected"),
    [
        ("a b", None, ["a", "b"]),
        ("a, b", ",", ["a", " b"]),
        ("Authorization s3cr3t", None, ["Authorization s3cr3t"]),
        ("--header=X-Note: s3cr3t", None, ["--header=X-Note: s3cr3t"]),
        ("X-Auth,s3cr3t", ",", ["X-Auth,s3cr3t"]),
    ],
)
def test_a_header_in_place_of_a_list_is_one_item(text: str, separator: str | None, expected: list[str]) -> None:
    assert items(text, separator) == expected


def test_a_header_is_not_a_url() -> None:
    with pytest.raises(ValueError, match="this is a header, not a URL"):
        read_url("X-Api-Key: s3cr3t", None)


URL = "https://api.example"
SET = "cannot set it; only fetch() and XMLHttpRequest can"


@pytest.mark.parametrize(
    ("scenario", "told"),
    [
        (Scenario(URL, PAGE, "PUT", (("A", "b"),), body=b""), []),
        (Scenario(URL, PAGE, api=Api.IMAGE), []),
        (Scenario(URL, PAGE, "PUT", (("A", "b"), ("C", "d")), body=b"", api=Api.IMAGE),
         [("method", "PUT", f"<img> {SET}"), ("headers", "A, C", f"<img> {SET}"), ("body", "", f"<img> {SET}")]),
        (Scenario(URL, PAGE, mode=Mode.NO_CORS, credentials=Credentials.INCLUDE, api=Api.FONT),
         [("mode", "no-cors", "@font-face supports only cors"), ("credentials", "include", "@font-face supports only same-origin")]),
        (Scenario(URL, PAGE, mode=Mode.SAME_ORIGIN, api=Api.IMAGE), [("mode", "same-origin", "<img> supports only no-cors or cors")]),
        (Scenario(URL, PAGE, redirect=Redirect.ERROR, api=Api.XHR),
         [("redirect", "error", "XMLHttpRequest always follows redirects; only fetch() supports other modes")]),
        (Scenario(URL, PAGE, redirect=Redirect.ERROR), []),
        (Scenario(URL, PAGE, upload_listener=True), [("upload_listener", "", "only XMLHttpRequest has upload listeners")]),
        (Scenario(URL, PAGE, upload_listener=True, api=Api.XHR), []),
        (Scenario(URL, PAGE, "Authorization: Bearer s3cr3t"), [("method", "Authorization: ***", "this is a name with its value, not a method")]),
        (Scenario(URL, PAGE, headers=(("X-Api-Key: s3cr3t", ""),)), [("headers", "X-Api-Key: ***", "a header name cannot contain a value")]),
    ],
)  # fmt: skip
def test_what_an_api_has_no_way_to_ask_for(scenario: Scenario, told: list[tuple[str, str, str]]) -> None:
    assert [(field.name, value, reason) for field, value, reason in refused(scenario)] == told


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("", "", True),
        ("", "a", False),
        ("ab", "ab", True),
        ("ab", "abc", False),
        ("*", "", True),
        ("*", "anything", True),
        ("a*", "a", True),
        ("a*", "ba", False),
        ("*a", "ba", True),
        ("*a", "ab", False),
        ("ab*ba", "aba", False),  # the two may not share a character
        ("ab*ba", "abba", True),
        ("a*b*c", "abc", True),
        ("a*b*c", "a1b2c", True),
        ("a*b*c", "acb", False),
        ("a*bb*b", "abb", False),
        ("a*bb*b", "abbb", True),
        ("a*b*b*c", "abc", False),
        ("a**c", "ac", True),
        ("a*b*a*b", "axbxab", True),
        ("a*\n*b", "ax\nyb", True),
    ],
)
def test_pieces_fit(pattern: str, text: str, expected: bool) -> None:
    assert matches(pattern.split("*"), text) is expected


def test_pieces_that_come_often_take_no_longer() -> None:
    """A pattern that tries all places would not end."""
    pieces = ["a=", *["&a="] * 50, "&z=1"]
    assert not matches(pieces, "a=x" + "&a=x" * 100_000 + "&z=2")
    assert matches(pieces, "a=x" + "&a=x" * 100_000 + "&z=1")
    assert not matches(["", *["ab"] * 10_000, ""], "a" * 100_000 + "b")


def test_a_value_has_a_limit() -> None:
    most = "https://api.example/".ljust(MOST_CHARACTERS, "x")
    assert read_url(most, None) == read_header_value(most) == most
    for read in (lambda text: read_url(text, None), read_header_value):
        with pytest.raises(ValueError, match="is longer than 1,000,000 characters"):
            read(f"{most}x")
