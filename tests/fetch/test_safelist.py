"""What a page may send without asking, on both sides of each edge."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corsdoctor.browsers import BROWSERS, CHROMIUM, FIREFOX, STANDARD, WEBKIT, Profile
from corsdoctor.fetch.safelist import (
    cors_unsafe_request_header_names,
    extract_mime_type,
    is_cors_safelisted_method,
    is_forbidden_method,
    is_no_cors_safelisted_request_header,
    mime_essence,
    normalize_method,
    parse_mime_type,
    serialize_mime_type,
    why_forbidden,
    why_unsafe,
)
from corsdoctor.wire import Headers

LATIN_1 = st.text(st.characters(max_codepoint=0xFF), max_size=30)
FORM = "application/x-www-form-urlencoded"
UNSAFE_BYTES = [*(chr(n) for n in range(0x20) if n != 9), *'"():<>?@[\\]{}', "\x7f"]


@pytest.mark.parametrize(
    ("method", "safe"),
    [("GET", True), ("HEAD", True), ("POST", True), ("get", False), ("PUT", False), ("OPTIONS", False), ("", False)],
)
def test_safelisted_methods(method: str, safe: bool) -> None:
    assert is_cors_safelisted_method(method) is safe


@pytest.mark.parametrize(
    ("method", "forbidden"),
    [("CONNECT", True), ("trace", True), ("TrAcK", True), ("TRACKS", False), ("GET", False), ("", False)],
)
def test_forbidden_methods(method: str, forbidden: bool) -> None:
    assert is_forbidden_method(method) is forbidden


@pytest.mark.parametrize(
    ("method", "wanted"),
    [
        ("get", "GET"), ("Head", "HEAD"), ("post", "POST"), ("put", "PUT"), ("delete", "DELETE"), ("options", "OPTIONS"),
        ("patch", "patch"), ("PATCH", "PATCH"), ("chicken", "chicken"),
    ],
)  # fmt: skip
def test_normalized_methods(method: str, wanted: str) -> None:
    assert normalize_method(method) == wanted


@dataclass(frozen=True)
class Forbidden:
    name: str
    value: str
    forbidden: bool

    @property
    def id(self) -> str:
        return f"{self.name}: {self.value}"


FORBIDDEN = (
    *(
        Forbidden(name, "1", True)
        for name in (
            "Accept-Charset", "Accept-Encoding", "Access-Control-Request-Headers", "Access-Control-Request-Method",
            "Connection", "Content-Length", "Cookie", "Cookie2", "Date", "DNT", "Expect", "Host", "Keep-Alive", "Origin",
            "Referer", "Set-Cookie", "TE", "Trailer", "Transfer-Encoding", "Upgrade", "Via", "proxy-", "Proxy-X", "SEC-",
            "sec-fetch-mode", "COOKIE",
        )
    ),
    *(
        Forbidden(name, "1", False)
        for name in (
            "Accept", "User-Agent", "Authorization", "Range", "Set-Cookie2", "Proxy", "Sec", "X-Sec-A", "Cookie3",
            "Access-Control-Request-Private-Network", "",
        )
    ),
    *(
        Forbidden(name, value, forbidden)
        for name in ("X-HTTP-Method", "x-http-method-override", "X-Method-Override")
        for value, forbidden in (
            ("PUT", False), ("", False), ("TRACE", True), ("PUT, track", True), ('"TRACE"', False), ("PUT TRACE", False),
            ('",TRACE"', False), ("\tCONNECT ", True),
        )
    ),
    Forbidden("X-Method", "TRACE", False),
)  # fmt: skip


@pytest.mark.parametrize("case", FORBIDDEN, ids=lambda c: c.id)
def test_forbidden_headers(case: Forbidden) -> None:
    assert (why_forbidden(case.name, case.value) is not None) is case.forbidden


@dataclass(frozen=True)
class Case:
    name: str
    value: str
    safe: tuple[Profile, ...]
    note: str = ""

    @property
    def id(self) -> str:
        return f"{self.name}: {self.note or self.value}"


NONE: tuple[Profile, ...] = ()
NOT_FIREFOX = (STANDARD, CHROMIUM, WEBKIT)

UNSAFE = (
    Case("Accept", "*/*", BROWSERS),
    Case("aCCEPT", "x", BROWSERS),
    Case("Accept", "", BROWSERS),
    Case("Accept", "a" * 128, BROWSERS, "128 bytes"),
    Case("Accept", "a" * 129, NONE, "129 bytes"),
    Case("Accept", "a\tb", BROWSERS),
    *(Case("Accept", f"a{c}b", NONE, f"{ord(c):02X}") for c in UNSAFE_BYTES),
    *(Case("Content-Type", f"text/plain;a={c}", NONE, f"{ord(c):02X}") for c in UNSAFE_BYTES),
    Case("Accept", "\x80", NOT_FIREFOX, "80"),
    Case("Accept", "\xff", NOT_FIREFOX, "FF"),
    Case("Accept-Language", "en-US, de;q=0.9, *", BROWSERS),
    Case("Content-Language", "de.DE", BROWSERS),
    Case("Accept-Language", "en_US", NONE),
    Case("Content-Language", "en\t", NONE),
    Case("Accept-Language", "\x80", NONE, "80"),
    Case("Accept-Language", "a" * 128, BROWSERS, "128 bytes"),
    Case("Accept-Language", "a" * 129, NONE, "129 bytes"),
    Case("Content-Type", "text/plain", BROWSERS),
    Case("Content-Type", "TEXT/Plain; charset=UTF-8", BROWSERS),
    Case("Content-Type", "multipart/form-data; boundary=x", BROWSERS),
    Case("Content-Type", FORM, BROWSERS),
    Case("Content-Type", " text/plain ", BROWSERS),
    Case("Content-Type", "text/plain;", BROWSERS),
    Case("Content-Type", "text/plain;a=b;", NOT_FIREFOX),
    Case("Content-Type", "text/plain;a=b;c=d", BROWSERS),
    Case("Content-Type", "text/plain;a=b,c", NOT_FIREFOX),
    Case("Content-Type", "text/plain x;charset=a", (FIREFOX,)),
    Case("Content-Type", "text/plain x", NONE),
    Case("Content-Type", "/plain;", NONE),
    Case("Content-Type", "application/json", NONE),
    Case("Content-Type", "text/plain, application/json", NONE),
    Case("Content-Type", "text", NONE),
    Case("Content-Type", "", NONE),
    Case("Content-Type", "text/plain;" + "a" * 117, BROWSERS, "128 bytes"),
    Case("Content-Type", "text/plain;" + "a" * 118, NONE, "129 bytes"),
    Case("Content-Type", "text/plain;\xe9", NOT_FIREFOX),
    Case("Range", "bytes=0-", BROWSERS),
    Case("Range", "bytes=0-499", BROWSERS),
    Case("Range", "bytes=5-5", BROWSERS),
    Case("Range", "bytes=5-4", NONE),
    Case("Range", "bytes=-500", NONE),
    Case("Range", "bytes=-", NONE),
    Case("Range", "bytes = 0-", NONE),
    Case("Range", "bytes=0-1,2-3", NONE),
    Case("Range", "bytes=0-499\n", NONE),
    Case("Range", "items=0-1", NONE),
    Case("Range", "Bytes=0-1", (WEBKIT,)),
    Case("Range", "bytes=+0-+1", (WEBKIT,)),
    Case("Range", f"bytes={2**63 - 2}-", BROWSERS),
    Case("Range", f"bytes={2**63 - 1}-", (STANDARD, FIREFOX, WEBKIT)),
    Case("Range", f"bytes=0-{2**64 - 1}", (STANDARD, FIREFOX, WEBKIT)),
    Case("Range", f"bytes=0-{2**64}", (STANDARD,)),
    Case("Range", "bytes=" + "1" * 121 + "-", (STANDARD,), "128 bytes"),
    Case("Range", "bytes=" + "1" * 122 + "-", NONE, "129 bytes"),
    Case("X-A", "1", NONE),
    Case("Authorization", "Basic YQ==", NONE),
    Case("User-Agent", "x", (CHROMIUM,)),
    Case("User-Agent", "x" * 129, (CHROMIUM,), "129 bytes"),
    Case("DPR", "1.5", (CHROMIUM,)),
    Case("DPR", "1.", NONE),
    Case("Save-Data", "ON", (CHROMIUM,)),
    Case("Save-Data", "off", NONE),
    Case("ECT", "4g", (CHROMIUM,)),
    Case("ECT", "5g", NONE),
    Case("Width", "1" * 128, (CHROMIUM,), "128 bytes"),
    Case("Width", "1" * 129, NONE, "129 bytes"),
)


@pytest.mark.parametrize("case", UNSAFE, ids=lambda c: c.id)
def test_safelisted_request_headers(case: Case) -> None:
    assert tuple(p for p in BROWSERS if why_unsafe(case.name, case.value, p) is None) == case.safe


@pytest.mark.parametrize(
    ("name", "value", "safe"),
    [
        ("Accept", "a", True), ("ACCEPT-language", "de", True), ("Content-Language", "de", True),
        ("Content-Type", "text/plain", True), ("Content-Type", "application/json", False), ("Accept", "a" * 129, False),
        ("Range", "bytes=0-", False), ("X-A", "1", False), ("Authorization", "x", False),
    ],
)  # fmt: skip
def test_no_cors_safelisted_request_headers(name: str, value: str, safe: bool) -> None:
    assert is_no_cors_safelisted_request_header(name, value, STANDARD) is safe


def names(profile: Profile, *lines: tuple[str, str]) -> list[str]:
    return list(cors_unsafe_request_header_names(Headers(lines), profile))


EIGHT = tuple(("Accept" if n % 2 else "Accept-Language", "a" * 128) for n in range(8))


def test_unsafe_names_are_sorted_lower_case_and_once() -> None:
    assert names(STANDARD, ("X-b", "1"), ("Accept", "x"), ("x-A", "1"), ("X-B", "2")) == ["x-a", "x-b"]
    assert names(STANDARD) == []


def test_an_unsafe_line_makes_its_name_unsafe() -> None:
    assert names(STANDARD, ("Accept", "a"), ("accept", "(")) == ["accept"]


def test_1024_bytes_are_safe_together_and_1025_are_not() -> None:
    assert names(STANDARD, *EIGHT) == []
    assert names(STANDARD, *EIGHT, ("Content-Language", "")) == []
    assert names(STANDARD, *EIGHT, ("Content-Language", "a")) == ["accept", "accept-language", "content-language"]


def test_unsafe_values_do_not_count_towards_the_1024_bytes() -> None:
    assert names(STANDARD, *EIGHT, ("X-A", "a")) == ["x-a"]


def test_a_name_may_be_unsafe_for_its_value_and_for_the_size() -> None:
    found = cors_unsafe_request_header_names(
        Headers((*EIGHT, ("Content-Type", "text/plain"), ("Accept", "("))), STANDARD
    )
    assert list(found) == ["accept", "accept-language", "content-type"]
    assert found["accept"].value == "("
    assert "0x28" in found["accept"].why


def test_no_limit_is_no_limit() -> None:
    assert names(FIREFOX, *EIGHT, *EIGHT) == []
    assert names(STANDARD._replace(safelisted_total_size=0), ("Accept", "a")) == ["accept"]


@dataclass(frozen=True)
class Mime:
    value: str
    essence: str | None
    parameters: tuple[tuple[str, str], ...] = ()
    serialized: str = ""

    @property
    def id(self) -> str:
        return self.value or "empty"


MIMES = (
    Mime("text/html", "text/html", (), "text/html"),
    Mime(" TEXT/Html \t;a=b", "text/html", (("a", "b"),), "text/html;a=b"),
    Mime("text/html;charset=UTF-8", "text/html", (("charset", "UTF-8"),), "text/html;charset=UTF-8"),
    Mime("text/html; CharSet = x", "text/html", (), "text/html"),
    Mime("text/html;\r\nA=b \t;c=d", "text/html", (("a", "b"), ("c", "d")), "text/html;a=b;c=d"),
    Mime("text/html;a=1;a=2", "text/html", (("a", "1"),), "text/html;a=1"),
    Mime("text/html;a;b=1", "text/html", (("b", "1"),), "text/html;b=1"),
    Mime("text/html;a=;b=1", "text/html", (("b", "1"),), "text/html;b=1"),
    Mime("text/html;a b=1", "text/html", (), "text/html"),
    Mime('text/html;a=""', "text/html", (("a", ""),), 'text/html;a=""'),
    Mime('text/html;a="x;y"z;b=1', "text/html", (("a", "x;y"), ("b", "1")), 'text/html;a="x;y";b=1'),
    Mime(r'text/html;a="\"\\x"', "text/html", (("a", '"\\x'),), r'text/html;a="\"\\x"'),
    Mime('text/html;a="x', "text/html", (("a", "x"),), "text/html;a=x"),
    Mime("text/html;a=b c", "text/html", (("a", "b c"),), 'text/html;a="b c"'),
    Mime("text/html;;", "text/html", (), "text/html"),
    Mime("text/html,x", None),
    Mime("text", None),
    Mime("text/", None),
    Mime("/html", None),
    Mime("te xt/html", None),
    Mime("text /html", None),
    Mime("text/html/x", None),
    Mime("", None),
)


@pytest.mark.parametrize(
    ("value", "parameters"),
    [
        ('a/b;c="\x1f"', {}), ("a/b;c=\x7f", {}), ('a/b;c="d\\', {"c": "d\\"}), ('a/b;c="d ', {"c": "d"}),
        ("a/b;c;d=e", {"d": "e"}), ("a/b;c=", {}), ('a/b;c=""', {"c": ""}), ("a/b;c=\xe9 \t;d", {"c": "\xe9"}),
    ],
)  # fmt: skip
def test_odd_parameters(value: str, parameters: dict[str, str]) -> None:
    assert parse_mime_type(value) == ("a/b", parameters)


def test_a_long_value_is_read_to_its_end() -> None:
    """The time is linear: with any going back, this would take hours."""
    value = "text/event-stream;a=" + " " * 200_000 + "x;" + ";" * 200_000 + '"' * 100_000
    assert parse_mime_type(value) == ("text/event-stream", {"a": " " * 200_000 + "x"})


@pytest.mark.parametrize(
    ("lines", "wanted"),
    [
        ((), None), (("",), None), (("x",), None), (("a/b, c/d",), ("c/d", {})), (("a/b, x",), ("a/b", {})),
        (("*/*",), None), (("a/b", "*/*;charset=x"), ("a/b", {})), (('a/b;c=",d/e"',), ("a/b", {"c": ",d/e"})),
        (("a/b;charset=x, a/b",), ("a/b", {"charset": "x"})), (("a/b;charset=x, c/d",), ("c/d", {})),
        (("a/b, a/b;charset=x",), ("a/b", {"charset": "x"})),
        (("a/b;charset=x, c/d, a/b",), ("a/b", {})), (("a/b;charset=x", "a/b;charset=y"), ("a/b", {"charset": "y"})),
    ],
)  # fmt: skip
def test_extract_mime_type(lines: tuple[str, ...], wanted: object) -> None:
    assert extract_mime_type(Headers(tuple(("Content-Type", line) for line in lines)), STANDARD) == wanted


@pytest.mark.parametrize("case", MIMES, ids=lambda c: c.id)
def test_mime_types(case: Mime) -> None:
    parsed = parse_mime_type(case.value)
    assert mime_essence(case.value) == case.essence
    if case.essence is None:
        assert parsed is None
    else:
        assert parsed == (case.essence, dict(case.parameters))
        assert serialize_mime_type(*parsed) == case.serialized


QUOTABLE = st.text(st.characters(min_codepoint=0x20, max_codepoint=0xFF, exclude_characters="\x7f") | st.just("\t"))


@given(LATIN_1, st.dictionaries(st.sampled_from(["a", "b", "charset"]), QUOTABLE))
def test_a_serialized_mime_type_is_parsed_again(value: str, parameters: dict[str, str]) -> None:
    assert parse_mime_type(value) is None or mime_essence(value) is not None
    assert parse_mime_type(serialize_mime_type("text/x", parameters)) == ("text/x", parameters)
