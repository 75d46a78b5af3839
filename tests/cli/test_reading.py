"""Whatever is typed: it is read, or refused with a ValueError whose advice is right."""

from __future__ import annotations

import re
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corsdoctor.batch.line import Line
from corsdoctor.batch.read_line import BadLine, read_line
from corsdoctor.reading import read_browser, read_header, read_origin, read_url, utf8
from corsdoctor.scenario import Scenario
from corsdoctor.url import Origin, parse, parse_origin
from corsdoctor.wrong_input import shown

PAGE = Origin("https", "app.example")
ALMOST = st.text(st.sampled_from("aA.:/?#@[]*-0189 \\\t\nä\ud800"), max_size=12)
SCHEMES = st.sampled_from(["", "http://", "https://", "HTTP://", "//", "x://", "file:", "ws://"])
TYPED = st.builds(str.__add__, SCHEMES, ALMOST) | st.text(max_size=20)


def advice(error: BaseException) -> str | None:
    found = re.search(r"(?:the origin is|did you mean) `(.*)`", str(error), re.DOTALL)
    return found[1] if found else None


@given(TYPED)
def test_the_origin_that_is_advised_is_one(text: str) -> None:
    try:
        assert str(read_origin(text)) in (text, "null")
    except ValueError as e:
        right = advice(e)
        assert right is None or parse_origin(right) is not None


@given(TYPED)
def test_the_url_that_is_advised_is_one(text: str) -> None:
    try:
        assert parse(read_url(text, PAGE)) is not None
    except ValueError as e:
        right = advice(e)
        assert right is None or parse(right) is not None


@given(st.text(max_size=30))
def test_headers(text: str) -> None:
    with suppress(ValueError):
        name, value = read_header(text)
        assert name
        assert all(ord(c) < 256 and c not in "\r\n\0" for c in value)


@given(st.text(max_size=10))
def test_browsers(text: str) -> None:
    with suppress(ValueError):
        assert read_browser(text)


@given(st.text(st.characters(codec=None)))
def test_any_text_becomes_bytes(text: str) -> None:
    utf8(text)


@given(
    st.binary(min_size=1).map(bytes.strip).filter(bool) | TYPED.map(lambda t: b'{"url": 1, ' + utf8(t)).map(bytes.strip)
)
def test_any_line_is_read_or_bad(data: bytes) -> None:
    with suppress(BadLine):
        _, scenario = read_line(Line(1, data), Scenario("about:blank", PAGE), has_origin=True)
        assert isinstance(scenario, Scenario)
        assert scenario.url


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://u:secret@a.example/", "https://***@a.example/"),
        ("u:secret@a.example", "***@a.example"),
        ("https://a.example/?token=secret", "https://a.example/?..."),
        ("@/a/file", "@/a/file"),
        ("a" * 101, "a" * 100 + "..."),
    ],
)
def test_shown(text: str, expected: str) -> None:
    assert shown(text) == expected
