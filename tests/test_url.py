"""URLs, origins, sites and addresses, as the URL Standard and HTML have them."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from corsdoctor.host import registrable_domain
from corsdoctor.url import (
    OPAQUE,
    URL,
    Origin,
    escape_pipe,
    is_potentially_trustworthy,
    normalize_percent_encoding,
    parse,
    parse_origin,
    percent_decode,
    same_origin,
    same_site,
    schemelessly_same_site,
    with_userinfo,
)

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=40)  # lone surrogates too


def url(text: str) -> URL:
    parsed = parse(text)
    assert parsed is not None
    return parsed


def origin(text: str) -> Origin:
    parsed = parse_origin(text)
    assert parsed is not None
    return parsed


@dataclass(frozen=True)
class Case:
    id: str
    text: str
    href: str | None
    base: str | None = None


PARSED = (
    Case("plain", "https://api.example/a", "https://api.example/a"),
    Case("case", "HTTPS://API.Example/A", "https://api.example/A"),
    Case("default port", "https://api.example:443/", "https://api.example/"),
    Case("other port", "https://api.example:80/", "https://api.example:80/"),
    Case("highest port", "https://api.example:65535/", "https://api.example:65535/"),
    Case("port too high", "https://api.example:65536/", None),
    Case("dots", "https://api.example/a/../b/./c", "https://api.example/b/c"),
    Case("backslash", "https:\\\\api.example\\a", "https://api.example/a"),
    Case("tab and line break", "ht\ttps://api.exa\nmple/", "https://api.example/"),
    Case("spaces around", "  https://api.example/ ", "https://api.example/"),
    Case("IDNA", "https://bücher.example/ü", "https://xn--bcher-kva.example/%C3%BC"),
    Case("IPv4 in hex", "http://0x7f.1/", "http://127.0.0.1/"),
    Case("IPv6", "http://[::1]:8080/", "http://[::1]:8080/"),
    Case("circumflex in a path", "https://api.example/^?^", "https://api.example/%5E?^"),
    Case("circumflex in an opaque path", "data:,^", "data:,^"),
    Case("pipe stays", "https://api.example/|", "https://api.example/|"),
    Case("lone surrogate", "https://api.example/\ud800", "https://api.example/%EF%BF%BD"),
    Case("surrogate pair", "https://api.example/\ud83d\ude00", "https://api.example/%F0%9F%98%80"),
    Case("relative without a base", "/a", None),
    Case("empty", "", None),
    Case("bad host", "https://[bad/", None),
    Case("no host", "https://", None),
    Case("relative", "a?b", "https://app.example/x/a?b", "https://app.example/x/y"),
    Case("empty with a base", "", "https://app.example/x", "https://app.example/x"),
    Case("other host with a base", "//b.example", "https://b.example/", "https://app.example/"),
    Case("absolute with a base", "http://b.example/", "http://b.example/", "https://app.example/"),
    Case("bad host with a base", "//[bad/", None, "https://app.example/"),
    Case("bad base", "a", None, "no base"),
    Case("base of an app", "/a", "capacitor://localhost/a", "capacitor://localhost/"),
)


@pytest.mark.parametrize("case", PARSED, ids=lambda c: c.id)
def test_parse(case: Case) -> None:
    parsed = parse(case.text, case.base)
    assert (None if parsed is None else parsed.href) == case.href


@pytest.mark.parametrize("length", [2048, 2049])
def test_a_url_is_parsed_alike_whether_it_is_remembered_or_not(length: int) -> None:
    long = "https://api.example/".ljust(length, "a")
    assert url(long).href == long
    assert (parse(long) is parse(long)) is (length == 2048)


@pytest.mark.parametrize(
    ("text", "href"),
    [
        ("https://api.example/a?b", "https://u%20x:p%40@api.example/a?b"),
        ("https://a:b@api.example/", "https://u%20x:p%40@api.example/"),
        ("data:text/plain,x", "data:text/plain,x"),
        ("file:///etc/x", "file:///etc/x"),
    ],
)
def test_a_user_name_is_put_into_a_url(text: str, href: str) -> None:
    assert with_userinfo(url(text), "u x", "p@").href == href


def test_parts() -> None:
    assert url("https://user:p%40ss@api.example:8443/a/b?c=d#e") == URL(
        href="https://user:p%40ss@api.example:8443/a/b?c=d#e",
        scheme="https",
        username="user",
        password="p%40ss",
        host="api.example",
        port=8443,
        path="/a/b",
        query="c=d",
        fragment="e",
        origin=Origin("https", "api.example", 8443),
    )


ON_THE_WIRE = (
    Case("as it is", "https://api.example/a?b", "https://api.example/a?b"),
    Case("fragment", "https://api.example/a?b#c", "https://api.example/a?b"),
    Case("empty fragment", "https://api.example/a#", "https://api.example/a"),
    Case("user", "https://u@api.example/", "https://api.example/"),
    Case("password alone", "https://:p@api.example:8443/", "https://api.example:8443/"),
    Case("bare question mark", "https://u:p@api.example/a?#c", "https://api.example/a?"),
    Case("bare question mark without a fragment", "https://u:p@api.example/a?", "https://api.example/a?"),
    Case("question mark in the fragment", "https://api.example/a#?", "https://api.example/a"),
    Case("IPv6 and port 0", "http://[::1]:0/#x", "http://[::1]:0/"),
)


@pytest.mark.parametrize("case", ON_THE_WIRE, ids=lambda c: c.id)
def test_on_the_wire(case: Case) -> None:
    assert url(case.text).on_the_wire == case.href


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("http://a.example/", True), ("https://a.example/", True), ("ws://a.example/", False), ("data:,", False),
        ("ftp://a.example/", False),
    ],
)  # fmt: skip
def test_http_schemes(text: str, wanted: bool) -> None:
    assert url(text).is_http is wanted


@pytest.mark.parametrize(
    ("text", "port"),
    [
        ("http://a.example/", 80), ("https://a.example/", 443), ("ws://a.example/", 80), ("wss://a.example/", 443),
        ("ftp://a.example/", 21), ("http://a.example:0/", 0), ("http://a.example:8080/", 8080), ("app://a/", None),
    ],
)  # fmt: skip
def test_effective_port(text: str, port: int | None) -> None:
    assert url(text).effective_port == port


@pytest.mark.parametrize(
    ("text", "serialized"),
    [
        ("https://a.example/x", "https://a.example"),
        ("http://a.example:8080/x", "http://a.example:8080"),
        ("blob:https://a.example:8443/uuid", "https://a.example:8443"),
        ("blob:null/uuid", "null"),
        ("blob:ftp://a.example/uuid", "null"),
        ("blob:blob:https://a.example/", "null"),
        (f"{'blob:' * 10_000}https://a.example/", "null"),
        ("blob: HTTPS://a.example/uuid", "https://a.example"),
        ("blob:httpx://a.example/uuid", "null"),
        ("data:,x", "null"),
        ("file:///tmp/x", "null"),
        ("about:blank", "null"),
        ("app://a/", "null"),
    ],
)
def test_origin_of_a_url(text: str, serialized: str) -> None:
    assert str(url(text).origin) == serialized
    assert url(text).origin.opaque is (serialized == "null")


ORIGINS = (
    ("null", Origin("", label="null")),
    ("file:", Origin("", label="file:")),
    ("file://", Origin("file")),
    ("app://", Origin("app")),
    ("data:", Origin("", label="data:")),
    ("https://app.example", Origin("https", "app.example")),
    ("http://localhost:3000", Origin("http", "localhost", 3000)),
    ("http://[::1]:3000", Origin("http", "[::1]", 3000)),
    ("https://xn--bcher-kva.example", Origin("https", "xn--bcher-kva.example")),
    ("capacitor://localhost", Origin("capacitor", "localhost")),
    ("chrome-extension://abcdef", Origin("chrome-extension", "abcdef")),
    ("tauri://localhost:1420", Origin("tauri", "localhost", 1420)),
    ("NULL", None),
    ("", None),
    ("app.example", None),
    ("https:", None),
    ("https://", None),
    ("https://app.example/", None),
    ("https://app.example/path", None),
    ("https://app.example:443", None),
    ("https://app.example:", None),
    ("https://App.example", None),
    ("HTTPS://app.example", None),
    ("https://user@app.example", None),
    ("https://app.example?x", None),
    ("https://bücher.example", None),
    ("https://app.example:65536", None),
    ("https://0x7f.1", None),
    ("*", None),
    ("https://a b", None),
    ("capacitor://localhost:x", None),
    ("capacitor://localhost/", None),
    ("capacitor://\ud800", None),
    ("capacitor://b\xfccher", None),
    ("capacitor://[", None),
    ("capacitor://%00", None),
    ("capacitor://a:b:1", None),
)


@pytest.mark.parametrize(("text", "wanted"), ORIGINS, ids=[text or "empty" for text, _ in ORIGINS])
def test_parse_origin(text: str, wanted: Origin | None) -> None:
    assert parse_origin(text) == wanted
    if wanted is not None and not wanted.opaque:
        assert str(wanted) == text


@pytest.mark.parametrize(
    ("text", "wanted"), [("%41%zz%", b"A%zz%"), ("%c3%A9", b"\xc3\xa9"), ("é+", b"\xc3\xa9+"), ("", b"")]
)
def test_percent_decode(text: str, wanted: bytes) -> None:
    assert percent_decode(text) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("%41%7e%2D", "A~-"), ("%2f%c3%a9%25", "%2F%C3%A9%25"), ("%4", "%4"), ("%zz", "%zz"), ("a", "a")],
)
def test_normalize_percent_encoding(text: str, wanted: str) -> None:
    assert normalize_percent_encoding(text) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("https://a.example/x|y|?|#|", "https://a.example/x%7Cy%7C?|#|"),
        ("https://a.example/x?|", "https://a.example/x?|"),
        ("data:|", "data:|"),
    ],
)
def test_escape_pipe(text: str, wanted: str) -> None:
    escaped = escape_pipe(url(text))
    assert escaped.href == wanted
    assert escaped.path in wanted


@dataclass(frozen=True)
class Pair:
    a: str
    b: str
    origin: bool
    schemeless: bool
    site: bool

    @property
    def id(self) -> str:
        return f"{self.a} {self.b}"


PAIRS = (
    Pair("https://a.example", "https://a.example", True, True, True),
    Pair("https://a.example", "https://a.example:8443", False, True, True),
    Pair("https://a.example", "http://a.example", False, True, False),
    Pair("https://a.shop.example", "https://b.shop.example", False, True, True),
    Pair("https://a.shop.example", "http://b.shop.example", False, True, False),
    Pair("https://a.shop.co.uk", "https://shop.co.uk", False, True, True),
    Pair("https://a.co.uk", "https://b.co.uk", False, False, False),
    Pair("https://a.github.io", "https://b.github.io", False, False, False),
    Pair("https://co.uk", "https://co.uk", True, True, True),
    Pair("http://127.0.0.1", "http://127.0.0.1:8080", False, True, True),
    Pair("http://127.0.0.1", "http://127.0.0.2", False, False, False),
    Pair("http://1.1.1.1", "http://2.1.1.1", False, False, False),
    Pair("http://localhost:3000", "http://localhost:8080", False, True, True),
    Pair("null", "null", False, False, False),
    Pair("null", "https://a.example", False, False, False),
    Pair("https://a.example", "null", False, False, False),
)


@pytest.mark.parametrize("pair", PAIRS, ids=lambda p: p.id)
def test_same_origin_and_same_site(pair: Pair) -> None:
    a, b = origin(pair.a), origin(pair.b)
    assert (same_origin(a, b), schemelessly_same_site(a, b), same_site(a, b)) == (
        pair.origin,
        pair.schemeless,
        pair.site,
    )
    assert (same_origin(b, a), schemelessly_same_site(b, a), same_site(b, a)) == (
        pair.origin,
        pair.schemeless,
        pair.site,
    )


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("https://a.example", True), ("http://a.example", False), ("http://localhost:3000", True), ("http://[::1]", True),
        ("http://10.0.0.1", False), ("wss://a.example", True), ("ws://a.example", False), ("null", False),
    ],
)  # fmt: skip
def test_is_potentially_trustworthy(text: str, wanted: bool) -> None:
    assert is_potentially_trustworthy(origin(text)) is wanted


def test_an_opaque_origin_says_null() -> None:
    assert str(OPAQUE) == str(Origin("", label="file:")) == "null"


@given(ANY_TEXT, st.sampled_from([None, "https://app.example/", "http://[::1]:8080/", "app://x/"]) | ANY_TEXT)
@example("https://\x00/", None)
@example("https://api.example/\ud800", "https://app.example/")
def test_parse_never_raises(text: str, base: str | None) -> None:
    parsed = parse(text, base)
    if parsed is not None:
        assert parse(parsed.href) == parsed
        assert "#" not in parsed.on_the_wire or not parsed.fragment
        assert str(parsed.origin)


LABELS = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?", fullmatch=True)
DOMAINS = st.lists(LABELS, min_size=1, max_size=3).map(".".join)
ADDRESSES = st.ip_addresses(v=4).map(str) | st.ip_addresses(v=6).map(lambda a: f"[{a}]")


@given(
    st.sampled_from(["http", "https", "ws", "wss", "ftp", "capacitor"]),
    DOMAINS | ADDRESSES,
    st.none() | st.integers(0, 65535),
)
def test_an_origin_survives_its_serialisation(scheme: str, host: str, port: int | None) -> None:
    parsed = parse(f"{scheme}://{host}" + ("" if port is None else f":{port}"))
    assume(parsed is not None)
    assert parsed is not None
    if not parsed.origin.opaque:
        assert parse_origin(str(parsed.origin)) == parsed.origin
        assert same_origin(parsed.origin, origin(str(parsed.origin)))


@given(st.text(st.characters(codec="ascii"), max_size=20))
@example("%2541")
def test_normalizing_changes_no_byte(text: str) -> None:
    once = normalize_percent_encoding(text)
    assert percent_decode(once) == percent_decode(text)
    assert normalize_percent_encoding(once) == once


def test_a_superscript_is_no_port() -> None:
    assert parse_origin("capacitor://localhost:²") is None


def test_a_base_may_hold_a_lone_surrogate() -> None:
    parsed = parse("/a", "capacitor://\ud800/")
    assert parsed is not None
    assert parsed.href == "capacitor://%EF%BF%BD/a"


@pytest.mark.parametrize("text", ["capacitor://localhost:", "capacitor://localhost:080", "capacitor://localhost:65536"])
def test_an_apps_origin_is_read_strictly_too(text: str) -> None:
    assert parse_origin(text) is None


HOST_NAMES = (
    "example.com", "a.example.com", "b.example.com", "other.com", "com", "a.co.uk", "b.co.uk", "x.a.co.uk", "co.uk",
    "example.com.", "a.example.com.", "127.0.0.1", "10.0.0.1", "[::1]", "localhost", "a.localhost", "a.github.io",
    "b.github.io", "x.a.github.io", "",
)  # fmt: skip


@pytest.mark.parametrize("one", HOST_NAMES)
def test_hosts_are_same_site_as_their_registrable_domains_say(one: str) -> None:
    for other in HOST_NAMES:
        domain = registrable_domain(one)
        same = one == other or (domain is not None and domain == registrable_domain(other))
        assert schemelessly_same_site(Origin("https", one, None), Origin("https", other, None)) == same


def test_hosts_of_different_domains_need_no_list_of_suffixes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("corsdoctor.url.registrable_domain", pytest.fail)
    assert not schemelessly_same_site(Origin("http", "127.0.0.1", 8080), Origin("https", "app.example", None))
    assert not schemelessly_same_site(Origin("https", "api.example", None), Origin("https", "app.example", None))
