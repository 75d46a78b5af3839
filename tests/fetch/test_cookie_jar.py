"""The cookie jar: what is stored, what goes along, and why not. The recorded flows are in tests/conformance/world."""

from __future__ import annotations

import time
from typing import NamedTuple

import pytest

from corsdoctor.browsers import CHROMIUM, FIREFOX, STANDARD, WEBKIT, Profile
from corsdoctor.fetch.cookie_jar import CookieContext, CookieJar
from corsdoctor.fetch.set_cookie import lifetime_of, parse_set_cookie
from corsdoctor.rule import Cause
from corsdoctor.url import URL, parse

OWN = CookieContext(same_site=True, partition="https://app.example")
CROSS = CookieContext(same_site=False, third_party=True, partition="https://app.example in another site")
TYPED = OWN._replace(navigates=True)
SCRIPT = OWN._replace(scripted=True)
NAVIGATES = CookieContext(same_site=False, navigates=True)
POSTS = NAVIGATES._replace(is_safe=False)
KEEPS, REFUSES = CROSS._replace(keeps_third_party=True), CROSS._replace(refuses_third_party=True)


def url_of(text: str) -> URL:
    url = parse(text)
    assert url is not None
    return url


def put(
    jar: CookieJar, line: str, at: str, context: CookieContext = OWN, now: float = 0.0, date: str | None = None
) -> str | None:
    cause = jar.store(url_of(at), parse_set_cookie(line), context, now, date)
    return None if cause is None else cause.id


class Store(NamedTuple):
    """A Set-Cookie line, and why it is not stored."""

    id: str
    line: str
    why: str | None = None
    at: str = "https://api.example/a/b"
    context: CookieContext = OWN
    profile: Profile = STANDARD


STORES = (
    Store("plain", "a=1"),
    Store("without a name", "alone"),
    Store("empty", "=", "invalid"),
    Store("control", "a=\x01", "invalid"),
    Store("tab", "a=1\t2"),
    Store("4096 bytes", f"a={'1' * 4095}"),
    Store("4097 bytes", f"a={'1' * 4096}", "invalid"),
    Store("own domain", "a=1; Domain=api.example"),
    Store("parent", "a=1; Domain=.example.org", at="https://api.example.org/"),
    Store("other", "a=1; Domain=other.example", "wrong-domain"),
    Store("suffix", "a=1; Domain=org", "wrong-domain", at="https://api.example.org/"),
    Store("not ASCII", "a=1; Domain=b\xfc.example", "wrong-domain"),
    Store("host that is no domain", "a=1; Domain=localhost", at="http://localhost/"),
    Store("Secure over http", "a=1; Secure", "not-over-https", at="http://api.example/"),
    Store("Secure on loopback", "a=1; Secure", at="http://localhost/"),
    Store("Secure on loopback in WebKit", "a=1; Secure", "not-over-https", at="http://localhost/", profile=WEBKIT),
    Store("HttpOnly by script", "a=1; HttpOnly", "http-only", context=SCRIPT),
    Store("__Host-", "__Host-a=1; Secure; Path=/"),
    Store("__Host- with a path", "__Host-a=1; Secure; Path=/a", "wrong-prefix"),
    Store("__host- without Secure", "__host-a=1; Path=/", "wrong-prefix"),
    Store("__Host- in WebKit", "__Host-a=1", profile=WEBKIT),
    Store("__Secure-", "__Secure-a=1", "wrong-prefix"),
    Store("None without Secure", "a=1; SameSite=None", "not-secure"),
    Store("None without Secure in WebKit", "a=1; SameSite=None", profile=WEBKIT),
    Store("Partitioned without Secure", "a=1; Partitioned", "partition-not-secure"),
    Store("unknown SameSite", "a=1; SameSite=Of; Secure"),
    Store("cross-site, Lax", "a=1; SameSite=Lax; Secure", "strict-or-lax", context=CROSS),
    Store("cross-site, absent", "a=1; Secure", "lax-by-default", context=CROSS),
    Store("cross-site, absent, Firefox", "a=1; Secure", context=CROSS, profile=FIREFOX),
    Store("cross-site, None", "a=1; SameSite=None; Secure", context=CROSS),
    Store("cross-site, WebKit", "a=1; SameSite=None; Secure", "third-party", context=CROSS, profile=WEBKIT),
    Store("cross-site, WebKit, allowed", "a=1; SameSite=None; Secure", context=KEEPS, profile=WEBKIT),
    Store("cross-site, blocked", "a=1; SameSite=None; Secure", "third-party", context=REFUSES),
    Store("cross-site, blocked, Partitioned", "a=1; SameSite=None; Secure; Partitioned", context=REFUSES),
    Store("a navigation from another site", "a=1; SameSite=Strict", context=NAVIGATES),
    Store("deleted", "a=1; Max-Age=0", "deleted"),
    Store("Max-Age that is no number", "a=1; Max-Age=x"),
)  # fmt: skip


@pytest.mark.parametrize("case", STORES, ids=lambda case: case.id)
def test_what_is_stored(case: Store) -> None:
    assert put(CookieJar(case.profile.cookies), case.line, case.at, case.context) == case.why


class Send(NamedTuple):
    """Whether a stored cookie goes to a URL: why not."""

    id: str
    line: str
    to: str = "https://api.example/a/c"
    why: str | None = None
    context: CookieContext = OWN
    stored: CookieContext = OWN
    profile: Profile = STANDARD
    now: float = 0.0


SENDS = (
    Send("own", "a=1"),
    Send("strict, own", "a=1; SameSite=Strict"),
    Send("secure over http", "a=1; Secure", "http://api.example/a/c", "secure-only"),
    Send("strict, typed", "a=1; SameSite=Strict", context=TYPED),
    Send("HttpOnly for a script", "a=1; HttpOnly", why="http-only", context=SCRIPT),
    Send("lax, cross-site", "a=1; SameSite=Lax", why="strict-or-lax", context=CROSS),
    Send("absent, cross-site", "a=1", why="lax-by-default", context=CROSS),
    Send("absent, cross-site, WebKit", "a=1", context=CROSS, profile=WEBKIT),
    Send("absent, cross-site, Firefox", "a=1", why="other-partition", context=CROSS, profile=FIREFOX),
    Send("absent, cross-site, Firefox, allowed", "a=1", context=KEEPS, profile=FIREFOX),
    Send("none, Firefox, same partition", "a=1; SameSite=None; Secure", context=CROSS, stored=CROSS, profile=FIREFOX),
    Send("none, cross-site", "a=1; SameSite=None; Secure", context=CROSS),
    Send("none, blocked", "a=1; SameSite=None; Secure", why="third-party", context=REFUSES),
    Send("partitioned elsewhere", "a=1; SameSite=None; Secure; Partitioned", why="other-partition", context=CROSS),
    Send("partitioned here", "a=1; SameSite=None; Secure; Partitioned", context=REFUSES, stored=CROSS),
    Send("a link", "a=1; SameSite=Lax", context=NAVIGATES),
    Send("a link, strict", "a=1; SameSite=Strict", why="strict-or-lax", context=NAVIGATES),
    Send("a form, lax", "a=1; SameSite=Lax", why="strict-or-lax", context=POSTS),
    Send("a form, absent, within two minutes", "a=1", context=POSTS, now=119.0),
    Send("a form, absent, after two minutes", "a=1", why="lax-by-default", context=POSTS, now=121.0),
)  # fmt: skip


@pytest.mark.parametrize("case", SENDS, ids=lambda case: case.id)
def test_what_goes_along(case: Send) -> None:
    jar = CookieJar(case.profile.cookies)
    assert put(jar, case.line, "https://api.example/a/b", case.stored) is None
    [(cookie, cause)] = jar.retrieve(url_of(case.to), case.context, case.now)
    assert (cookie.pair, None if cause is None else cause.id) == ("a=1", case.why)


def names(jar: CookieJar, to: str, now: float = 0.0) -> list[str]:
    return [cookie.pair for cookie, _ in jar.retrieve(url_of(to), OWN, now)]


@pytest.mark.parametrize(
    ("line", "to", "goes"),
    [
        ("a=1", "https://api.example/a/", True),
        ("a=1", "https://api.example/a", True),
        ("a=1", "https://api.example/ab", False),
        ("a=1", "https://api.example/", False),
        ("a=1; Path=/", "https://api.example/x", True),
        ("a=1; Path=x", "https://api.example/a/x", True),
        ("a=1; Path=/", "https://www.api.example/", False),
        ("a=1; Path=/; Domain=api.example", "https://www.api.example/", True),
        ("a=1; Path=/; Domain=api.example", "https://other.example/", False),
    ],
)
def test_host_and_path(line: str, to: str, goes: bool) -> None:
    jar = CookieJar(CHROMIUM.cookies)
    put(jar, line, "https://api.example/a/b")
    assert bool(names(jar, to)) is goes


def test_longer_paths_and_older_cookies_come_first() -> None:
    jar = CookieJar(CHROMIUM.cookies)
    for when, line in enumerate(("a=1; Path=/", "b=1; Path=/a", "c=1; Path=/", "a=2; Path=/", "alone; Path=/")):
        put(jar, line, "https://api.example/a/b", now=float(when))
    assert names(jar, "https://api.example/a/b") == ["b=1", "a=2", "c=1", "alone"]
    assert [(host, len(cookies)) for host, cookies in jar.all(0.0)] == [("api.example", 4)]


def test_cookies_expire() -> None:
    jar = CookieJar(CHROMIUM.cookies)
    put(jar, "a=1; Max-Age=10", "https://api.example/")
    put(jar, "b=1", "https://api.example/")
    assert names(jar, "https://api.example/", 9.9) == ["a=1", "b=1"]
    assert [cookie.name for _, cookies in jar.all(11.0) for cookie in cookies] == ["b"]
    assert names(jar, "https://api.example/", 10.0) == ["b=1"]


def test_a_cookie_is_deleted() -> None:
    jar = CookieJar(CHROMIUM.cookies)
    put(jar, "a=1", "https://api.example/")
    assert put(jar, "a=; Expires=Thu, 01 Jan 1970 00:00:00 GMT", "https://api.example/") == "deleted"
    assert names(jar, "https://api.example/") == []


def test_http_leaves_secure_cookies_alone() -> None:
    jar = CookieJar(CHROMIUM.cookies)
    put(jar, "a=1; Secure; Path=/", "https://api.example/")
    assert put(jar, "a=2; Path=/x", "http://api.example/") == "secure-stays"
    assert put(jar, "b=2; Path=/x", "http://api.example/") is None
    assert put(jar, "a=2; Path=/x", "http://other.example/") is None


def test_a_script_replaces_no_http_only_cookie() -> None:
    jar = CookieJar(CHROMIUM.cookies)
    put(jar, "a=1; HttpOnly", "https://api.example/")
    assert put(jar, "a=2", "https://api.example/", SCRIPT) == "http-only"


NOW = "Wed, 21 Oct 2026 07:28:00 GMT"


@pytest.mark.parametrize(
    ("line", "date", "seconds"),
    [
        ("a=1", None, None),
        ("a=1; Max-Age=-1", None, -1.0),
        ("a=1; Max-Age=5; Expires=Wed, 21 Oct 2026 07:30:00 GMT", NOW, 5.0),
        ("a=1; Expires=Wed, 21 Oct 2026 07:30:00 GMT", NOW, 120.0),
        ("a=1; Expires=Wed, 21 Oct 2026 07:30:00 GMT", None, None),
        ("a=1; Expires=never", NOW, None),
        ("a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT", None, 0.0),
    ],
)
def test_lifetime(line: str, date: str | None, seconds: float | None) -> None:
    assert lifetime_of(parse_set_cookie(line), date) == seconds


def test_a_date_without_a_time_zone_does_not_depend_on_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    try:
        assert lifetime_of(parse_set_cookie("a=1; Expires=Wed, 21 Oct 2026 07:30:00"), NOW) == 120.0
    finally:
        monkeypatch.undo()
        time.tzset()


def test_an_attribute_of_more_than_1024_bytes_is_ignored() -> None:
    assert parse_set_cookie(f"a=1; Path=/{'x' * 1024}").attributes == {}


def test_every_reason_has_a_text() -> None:
    jar = CookieJar(STANDARD.cookies)
    cause = jar.store(url_of("https://api.example/"), parse_set_cookie("="), OWN, 0.0, None)
    assert isinstance(cause, Cause)
    assert cause.text.endswith(".")
