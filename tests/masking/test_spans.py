"""How spans are taken out of a text."""

from __future__ import annotations

import pytest

from corsdoctor.masking.spans import Span, masked, secrets


@pytest.mark.parametrize(
    ("spans", "wanted"),
    [
        ([], "abcdefghij"),
        ([Span(0, 5), Span(3, 9)], "***j"),
        ([Span(3, 9), Span(0, 5)], "***j"),
        ([Span(0, 5), Span(5, 9)], "***j"),
        ([Span(0, 9), Span(3, 5)], "***j"),
        ([Span(0, 5), Span(6, 9)], "***f***j"),
        ([Span(4, 4), Span(8, 10)], "abcdefgh***"),
    ],
)
def test_spans_that_overlap_or_touch_are_one(spans: list[Span], wanted: str) -> None:
    assert masked("abcdefghij", spans) == wanted


def test_what_spans_hide() -> None:
    assert secrets("a%20b***", [Span(0, 5), Span(5, 8), Span(0, 0, "")]) == ("a%20b", "a b")
