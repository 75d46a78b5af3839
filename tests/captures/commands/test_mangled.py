"""Mangled commands and scripts: each is read or is an error with its place, and none takes long."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corsdoctor.captures.commands.read import requests
from corsdoctor.captures.commands.scenario import fields_of
from tests.captures.commands.test_cases import CASES, FILES

TEXTS = [str(case.values[0]) for case in CASES]
PIECES = [
    "'", '"', "$", "`", "\\", "^", "(", ")", "{", "}", "[", "]", "@", "=", ":", ";", "&", "|", "<", ">", "<<E", "\n", "\r\n",
    "%", "#", "--", "\0", "\ud800", "\udcff", "é", "😀", "${", "$(", "$'", "`n", "//", "/*", "new ", "fetch(", "curl ", "irm ",
    "http ", "@{", "=>", "...", "9" * 30,
]  # fmt: skip


@st.composite
def mangled(draw: st.DrawFn) -> str:
    """A text with pieces in the wrong places."""
    text = draw(st.sampled_from(TEXTS))
    for _ in range(draw(st.integers(1, 5))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.sampled_from((0, 0, 1, 5, 30))))
        other = draw(st.sampled_from(TEXTS))
        piece = draw(st.one_of(st.sampled_from(PIECES), st.just(other[: len(other) // 2]), st.text(max_size=3)))
        text = text[:start] + piece + text[end:]
    return text


@given(mangled())
def test_a_mangled_text_is_read_or_refused(text: str) -> None:
    for parsed in requests(text, FILES.get):
        assert parsed.line >= 1
        if parsed.error is None:
            assert parsed.url is not None
            fields_of(parsed)
        elif parsed.spot is not None:
            assert parsed.spot.line <= text.count("\n") + 1


@pytest.mark.parametrize(
    "text",
    [
        f"fetch({'[' * 20_000}{']' * 20_000})",
        f"fetch('a'{'+1' * 20_000})",
        f"http :/x 'a{'[b]' * 20_000}=1'",
        f"curl https://a.example {'$(' * 2000}{')' * 2000}",
    ],
    ids=["lists", "sums", "keys", "commands"],
)
def test_what_is_nested_deeply_is_refused(text: str) -> None:
    assert requests(text, FILES.get)[-1].error is not None
