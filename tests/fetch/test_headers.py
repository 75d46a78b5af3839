"""Splitting and extracting header values."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from corsdoctor.fetch.headers import (
    extract_header_list_values,
    get_decode_and_split,
    is_header_name,
    is_header_value,
    max_age_of,
    normalize,
)
from corsdoctor.wire import Headers

LATIN_1 = st.text(st.characters(max_codepoint=0xFF), max_size=30)
LISTS = st.text(st.sampled_from('a*"\\, \t;=\x80\r\n'), max_size=30)
TOKEN_CHARS = "!#$%&'*+-.^_`|~0123456789ABCXYZabcxyz"


@dataclass(frozen=True)
class Split:
    id: str
    value: str
    parts: list[str]


# The examples of the Standard's own table come first.
SPLITS = (
    Split("trailing comma", "nosniff,", ["nosniff", ""]),
    Split("empty", "", [""]),
    Split("quote that never ends", 'text/html;", x/x', ['text/html;", x/x']),
    Split("quoted, then another", 'x/x;test="hi",y/y', ['x/x;test="hi"', "y/y"]),
    Split("empty parts", "x / x,,,1", ["x / x", "", "", "1"]),
    Split("comma in quotes", '"1,2", 3', ['"1,2"', "3"]),
    Split("escaped quote", r'"a\",b",c', [r'"a\",b"', "c"]),
    Split("escaped backslash", r'"a\\",b', [r'"a\\"', "b"]),
    Split("backslash at the end", '"a\\', ['"a\\']),
    Split("text around quotes", 'a"b,c"d,e', ['a"b,c"d', "e"]),
    Split("two quoted strings in one part", '"a,""b,",c', ['"a,""b,"', "c"]),
    Split("lone quote", '"', ['"']),
    Split("tabs and spaces around", "\t a \t,\t\tb", ["a", "b"]),
    Split("other whitespace stays", "\ra\n,b", ["\ra\n", "b"]),
)


@pytest.mark.parametrize("case", SPLITS, ids=lambda c: c.id)
def test_get_decode_and_split(case: Split) -> None:
    assert get_decode_and_split(case.value) == case.parts
    assert split_by_the_letter(case.value) == case.parts


@given(LISTS | LATIN_1)
@example('"' * 30)
@example('",' * 15)
def test_it_splits_as_the_standard_says(value: str) -> None:
    assert get_decode_and_split(value) == split_by_the_letter(value)


def test_a_long_value_is_split_in_time() -> None:
    assert len(get_decode_and_split('"a\\",' * 20_000)) == len(split_by_the_letter('"a\\",' * 20_000))


def split_by_the_letter(value: str) -> list[str]:
    """https://fetch.spec.whatwg.org/#header-value-get-decode-and-split, step by step."""
    position, values, temporary = 0, [], ""
    while True:
        while position < len(value) and value[position] not in '",':  # 1.
            temporary += value[position]
            position += 1
        if position < len(value) and value[position] == '"':  # 2.
            start = position
            position = end_of_quoted_string(value, position)
            temporary += value[start:position]
            if position < len(value):
                continue
        values.append(temporary.strip("\t "))  # 3., 4.
        temporary = ""  # 5.
        if position >= len(value):  # 6.
            return values
        assert value[position] == ","  # 7.
        position += 1  # 8.


def end_of_quoted_string(value: str, position: int) -> int:
    """https://fetch.spec.whatwg.org/#collect-an-http-quoted-string, step by step."""
    assert value[position] == '"'
    position += 1
    while True:
        while position < len(value) and value[position] not in '"\\':
            position += 1
        if position >= len(value):
            return position
        quote_or_backslash = value[position]
        position += 1
        if quote_or_backslash == '"':
            return position
        if position >= len(value):
            return position
        position += 1


@dataclass(frozen=True)
class Listed:
    id: str
    lines: tuple[str, ...]
    values: tuple[str, ...] | None
    wrong: str | None = None


LISTED = (
    Listed("no line", (), None),
    Listed("empty line", ("",), ()),
    Listed("spaces and commas alone", (" ,\t,, ",), ()),
    Listed("one", ("PUT",), ("PUT",)),
    Listed("two", ("PUT, DELETE",), ("PUT", "DELETE")),
    Listed("no spaces", ("PUT,DELETE",), ("PUT", "DELETE")),
    Listed("empty elements", (",PUT,,DELETE,",), ("PUT", "DELETE")),
    Listed("tabs", ("\tPUT\t,\tDELETE\t",), ("PUT", "DELETE")),
    Listed("two lines", ("PUT", "DELETE, *"), ("PUT", "DELETE", "*")),
    Listed("case stays", ("Put",), ("Put",)),
    Listed("every token character", (TOKEN_CHARS,), (TOKEN_CHARS,)),
    Listed("space inside", ("PUT DELETE",), None, "PUT DELETE"),
    Listed("semicolon", ("PUT; DELETE",), None, "PUT; DELETE"),
    Listed("quotes", ('"PUT"',), None, '"PUT"'),
    Listed("not ASCII", ("PUT\xe9",), None, "PUT\xe9"),
    Listed("second line wrong", ("PUT", "a b"), None, "a b"),
    Listed("vertical tab", ("PUT\x0b",), None, "PUT\x0b"),
)


@pytest.mark.parametrize("case", LISTED, ids=lambda c: c.id)
def test_extract_header_list_values(case: Listed) -> None:
    headers = Headers(tuple(("access-control-allow-methods", line) for line in case.lines))
    extracted = extract_header_list_values("Access-Control-Allow-Methods", headers)
    if case.wrong is None:
        assert extracted == case.values
    else:
        assert isinstance(extracted, ValueError)
        assert extracted.args == (case.wrong,)


@given(st.lists(LATIN_1 | LISTS, max_size=4))
def test_extracting_never_raises(lines: list[str]) -> None:
    extracted = extract_header_list_values("A", Headers(tuple(("a", line) for line in lines)))
    match extracted:
        case None:
            assert not lines
        case ValueError():
            assert extracted.args[0] in lines
        case _:
            assert all(is_header_name(token) for token in extracted)


@dataclass(frozen=True)
class Seconds:
    id: str
    lines: tuple[str, ...]
    wanted: int | None


SECONDS = (
    Seconds("absent", (), None),
    Seconds("empty", ("",), None),
    Seconds("zero", ("0",), 0),
    Seconds("number", ("600",), 600),
    Seconds("leading zeros", ("0600",), 600),
    Seconds("repeated", ("600", "600"), None),
    Seconds("list", ("600, 600",), None),
    Seconds("negative", ("-1",), None),
    Seconds("plus", ("+1",), None),
    Seconds("fraction", ("1.5",), None),
    Seconds("text", ("1 day",), None),
    Seconds("quoted", ('"600"',), None),
    Seconds("superscript", ("\xb2",), None),
    Seconds("digit and superscript", ("1\xb2",), None),
)


@pytest.mark.parametrize("case", SECONDS, ids=lambda c: c.id)
def test_max_age_of(case: Seconds) -> None:
    headers = Headers(tuple(("access-control-max-age", line) for line in case.lines))
    assert max_age_of(headers) == case.wanted


@given(LATIN_1 | st.from_regex(r"[0-9]{1,5000}", fullmatch=True))
def test_extracting_seconds_never_raises(line: str) -> None:
    seconds = max_age_of(Headers((("Access-Control-Max-Age", line),)))
    assert seconds is None or seconds >= 0


def test_many_leading_zeros_are_no_zero() -> None:
    assert max_age_of(Headers((("Access-Control-Max-Age", "0" * 18 + "600"),))) == 600
    assert max_age_of(Headers((("Access-Control-Max-Age", "0" * 5000),))) == 0


@pytest.mark.parametrize(
    ("name", "valid"),
    [
        ("X-A", True), (TOKEN_CHARS, True), ("a", True), ("", False), ("X A", False), ("X:", False), ("X\n", False),
        ("é", False), ("X\x7f", False), ("(x)", False),
    ],
)  # fmt: skip
def test_header_names(name: str, valid: bool) -> None:
    assert is_header_name(name) is valid


@pytest.mark.parametrize(
    ("value", "valid"),
    [
        ("", True), ("a b", True), ("a\tb", True), ("\xff", True), ("\x01", True), ("\u0100", False), ("a\0b", False),
        ("a\rb", False), ("a\nb", False), (" a", False), ("a\t", False),
    ],
)  # fmt: skip
def test_header_values(value: str, valid: bool) -> None:
    assert is_header_value(value) is valid


@pytest.mark.parametrize(
    ("value", "wanted"), [("\t\r\n a b \t\r\n", "a b"), ("\x0ba\x0c", "\x0ba\x0c"), (" ", ""), ("\xa0a", "\xa0a")]
)
def test_normalize(value: str, wanted: str) -> None:
    assert normalize(value) == wanted
