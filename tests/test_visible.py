"""One definition of what can't be seen and of what a log obeys, for text and JSON alike."""

from __future__ import annotations

import json
import sys
import unicodedata
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corsdoctor.visible import shows, visible, visible_json, visible_line

SIGNS: Final = (
    "##[error]x", "##vso[task.setvariable variable=PATH]x", "##VSO[x]", "##teamcity[buildStop comment='x']",
    "##octopus[x]", "##a.b-c_1[x]", "section_start:1:a[collapsed=true]", "section_end:1:a", "travis_fold:start:a",
    "travis_time:start:a",
)  # fmt: skip
"""What a log obeys wherever it stands in a line."""


def test_what_is_seen_stays() -> None:
    for text in (
        "plain ✓ ä",
        "日本語 مرحبا",
        "é",
        "a # b ## c",
        "##",
        "[##]",
        "## [x]",
        "#[x]",
        "::",
        "x_section_start",
    ):
        assert visible(text) == text
        assert json.loads(visible_json(json.dumps(text, ensure_ascii=False))) == text


def test_every_character() -> None:
    """All of Unicode: what has no glyph is escaped in text and in JSON, and nothing else is."""
    hidden = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs"}
    more = "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180d\u180f\u2800\u3164\ufe00\ufe0f\uffa0\U000e0100\U000e01ef"
    others, shown, escaped = 0, list[str](), list[str]()
    for c in map(chr, range(sys.maxunicode + 1)):
        category = unicodedata.category(c)
        no_glyph = category in hidden and c != " "
        if no_glyph or c in more:
            assert not shows(c), hex(ord(c))
            others += not no_glyph
            escaped.append(c)
        elif shows(c):
            shown.append(c)
        else:
            assert category in ("Lo", "Mn", "So"), hex(ord(c))
            others += 1
    assert others == 269  # as many as are listed
    text = " ".join(shown)  # so that no two of them are a sign
    assert visible(text) == visible_json(text) == text
    assert visible("".join(escaped)).isascii()
    assert visible_json("".join(c for c in escaped if c > "\x7e")).isascii()


@pytest.mark.parametrize(
    "c", ["\xad", "\u200b", "\ufffe", "\u061c", "\u2060", "\ufeff", "\U000e0041", "\U0001fffe", "\ud800"]
)
def test_json_keeps_what_it_escapes(c: str) -> None:
    text = visible_json(json.dumps(f"a{c}b", ensure_ascii=False))
    assert text.isascii()
    assert json.loads(text) == f"a{c}b"


def test_escapes_are_named_by_their_code() -> None:
    assert visible("\x1b[0m\t\r\n\x00\x7f\x9b\xa0") == r"\x1b[0m\t\r\n\x00\x7f\x9b\xa0"
    assert visible("\x1b[0m") == r"\x1b[0m"
    assert visible("\u202e\u2028\ud800\U000e0001\xad") == r"\u202e\u2028\ud800\U000e0001\xad"
    assert visible_json("\U000e0001") == r"\udb40\udc01"


@pytest.mark.parametrize("sign", SIGNS)
@pytest.mark.parametrize("around", ["{}", "a {} b", "#{}", "##{}", "x{}{}", "\n{}", "::{}"])
def test_no_log_obeys_it(sign: str, around: str) -> None:
    text = around.replace("{}", sign)
    assert sign not in visible(text)
    assert visible(visible(text)) == visible(text)
    whole = visible_json(json.dumps({text: [text]}))
    assert sign not in whole
    assert json.loads(whole) == {text: [text]}
    assert sign not in visible_line(text)


@pytest.mark.parametrize(
    "line",
    ["::error::x", "  ::error::x", "\t::add-mask::x", "--- x", "+++ x", "~~~ x", "^^^ x", "^^^ +++", "^^^ ---", "--- "],
)
def test_no_line_is_a_command(line: str) -> None:
    start = line.lstrip()
    assert visible_line(line).lstrip() == f"\\x{ord(start[0]):x}{start[1:]}"
    assert visible_line(f"x{line}") == f"x{line}"


@pytest.mark.parametrize(
    "line", ["----- x", "-- x", "---", "---x", "+++x", "~~~x", "^^^x --- ", " --- x", "|---|", "+-- x", ":x", "a::b"]
)
def test_an_ordinary_line_stays(line: str) -> None:
    assert visible_line(line) == line


@given(st.lists(st.sampled_from(["#", "[", "a", ":", "section_start", "1", "\\", '"', "\xad", "\U000e0001"])))
@settings(deadline=None)
def test_json_is_the_same_after_reading(pieces: list[str]) -> None:
    text = "".join(pieces)
    assert json.loads(visible_json(json.dumps([text], ensure_ascii=False))) == [text]


def test_a_delete_in_json_is_escaped_even_if_all_is_ascii() -> None:
    assert visible_json('"a\x7fb"') == '"a\\u007fb"'
