from __future__ import annotations

import pytest

from corsdoctor.reading_cookies import BadJar, of_site, read_cookie, read_jar, site_of, with_jar
from corsdoctor.scenario import HeldCookie, Scenario
from corsdoctor.url import Origin

ORIGIN = Origin("https", "app.example", None)
HEAD = "# Netscape HTTP Cookie File\r\n\r\n"


@pytest.mark.parametrize("text", ["a=b", "a=b; c=d", "a=b;", "a; b"])
def test_a_value_of_the_header_stays_one(text: str) -> None:
    assert read_cookie(text) == text


def test_attributes_make_a_cookie_that_is_held() -> None:
    assert read_cookie("a=b; samesite=lax; Secure;") == HeldCookie("a=b; samesite=lax; Secure;")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a; Secure", "begins with NAME=VALUE"),
        ("a=b; Secure; c=d", "'c' is not an attribute of a cookie"),
        ("a=b; SameSite=no", "SameSite must be one of Strict, Lax, None"),
        ("a=b; Secure\n", "line break or NUL"),
    ],
)
def test_an_invalid_cookie(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        read_cookie(text)


def line(*fields: str) -> str:
    return "\t".join(fields) + "\n"


def test_a_jar() -> None:
    text = (
        HEAD
        + line("#HttpOnly_.example.com", "TRUE", "/a", "TRUE", "0", "sid", "1")
        + line("Api.example", "FALSE", "/", "FALSE", "9", "old", "")
    )
    secure, old = read_jar("jar.txt", text, 10.0)
    assert secure == (
        HeldCookie("sid=1; Domain=example.com; Path=/a; Secure; HttpOnly", "https://example.com/", "jar.txt"),
        False,
    )
    assert old == (HeldCookie("old=; Path=/", "http://api.example/", "jar.txt"), True)
    assert list(of_site("example.com", [secure, old])) == [secure]
    assert list(of_site("api.example", [secure, old])) == [old]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (line("a.example", "TRUE"), "has 7 fields, separated by tabs; this one has 2"),
        (line("a b", "TRUE", "/", "TRUE", "0", "a", "b"), "the first field is not a domain"),
        (line("a.example", "yes", "/", "TRUE", "0", "a", "b"), "must be TRUE or FALSE"),
        (line("a.example", "TRUE", "/", "TRUE", "soon", "a", "b"), "the time at which the cookie expires"),
        (line("a.example", "TRUE", "/", "TRUE", "0", "a", "b;c"), "no semicolon and no control character"),
    ],
)
def test_a_line_of_a_jar_with_a_mistake(text: str, reason: str) -> None:
    with pytest.raises(BadJar, match=reason) as caught:
        list(read_jar("jar.txt", HEAD + text, 0.0))
    assert caught.value.line == 3


def test_a_request_with_a_jar() -> None:
    of_other = line("other.example", "FALSE", "/", "FALSE", "0", "a", "1")
    text = HEAD + line("example.com", "TRUE", "/", "TRUE", "0", "sid", "1") + of_other
    late = line("example.com", "TRUE", "/", "TRUE", "9", "old", "1")
    scenario = with_jar(Scenario("https://api.example.com/", ORIGIN), read_jar("jar.txt", text + late, 10.0))
    assert [cookie.line for cookie in scenario.held] == ["sid=1; Domain=example.com; Path=/; Secure"]


def test_where_a_jar_has_a_mistake() -> None:
    assert BadJar("is wrong", 3).placed == "line 3: is wrong"
    assert BadJar("cannot be read").placed == "cannot be read"


@pytest.mark.parametrize(
    ("url", "site"),
    [("https://a.b.example.com/", "example.com"), ("wss://127.0.0.1/", "127.0.0.1"), ("http://[", "")],
)
def test_the_site_of_a_request(url: str, site: str) -> None:
    assert site_of(Scenario(url, ORIGIN)) == site
