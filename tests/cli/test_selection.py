"""-m EXPR: what it selects, and what is said where it can't be read."""

from __future__ import annotations

import pytest

from corsdoctor.cli.selection import selection

IDS = ("items/GET /a/app", "items/PUT /a/app", "items/GET /a/evil", "Upload (big)", "not-this")

SELECTED = (
    ("", IDS),
    ("  ", IDS),
    ("get", IDS[0:3:2]),
    ("GET", IDS[0:3:2]),
    ("put", IDS[1:2]),
    ("upload", IDS[3:4]),
    ("zzz", ()),
    ("get or put", IDS[:3]),
    ("items and app", IDS[:2]),
    ("items and not app", IDS[2:3]),
    ("not items", IDS[3:]),
    ("not not items", IDS[:3]),
    ("not (get or put)", IDS[3:]),
    ("put or get and evil", IDS[1:3]),  # `and` binds closer
    ("(put or get) and evil", IDS[2:3]),
    ("not put and items", IDS[0:3:2]),  # `not` binds closest
    ("((put))", IDS[1:2]),
    ("(put)or(evil)", IDS[1:3]),
    ('"GET /a"', IDS[0:3:2]),
    ("'GET /a' and evil", IDS[2:3]),
    ('"(big)"', IDS[3:4]),
    ('"not"', IDS[4:]),
    ("not-this", IDS[4:]),
    ("/a/app", IDS[:2]),
    ("NOT", IDS[4:]),  # a word: the signs are in lower case
)


@pytest.mark.parametrize(("text", "wanted"), SELECTED)
def test_what_is_selected(text: str, wanted: tuple[str, ...]) -> None:
    selects = selection(text)
    assert tuple(id for id in IDS if selects(id)) == wanted


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a b", "two words stand side by side: put `and` or `or` between two words, or quotes around them"),
        ("a not b", "'not' is unexpected: put `and` or `or` between two words, or quotes around them"),
        ("a)", "')' is unexpected: put `and` or `or` between two words, or quotes around them"),
        ("and", "a word is missing before 'and'"),
        ("a and", "a word is missing at the end"),
        ("a or or b", "a word is missing before 'or'"),
        ("not", "a word is missing at the end"),
        ("()", "a word is missing before ')'"),
        ("(a", "a parenthesis is never closed"),
        ("(a b)", "a parenthesis is never closed"),
        ("a and 'b", "the quote at column 7 is never closed"),
        ('"', "the quote at column 1 is never closed"),
        ("(" * 60 + "a" + ")" * 60, "nested more than 50 levels deep"),
        ("not " * 5000 + "a", "nested more than 50 levels deep"),
    ],
)
def test_what_cannot_be_read(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=r".") as e:
        selection(text)
    assert words in str(e.value)
