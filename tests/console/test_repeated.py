"""Text that repeats the beginning of a message: few expressions are tried, and their number grows with the text."""

from __future__ import annotations

import pytest

from corsdoctor.console import reasons
from corsdoctor.console import wordings as w
from corsdoctor.console.normalize import NormalizedText
from corsdoctor.console.other import REACH
from corsdoctor.console.others import OTHERS
from corsdoctor.console.recognize import messages_in
from corsdoctor.console.template import Template

REPORT = '"blocked-uri": "'
REPORTS = [other for other in OTHERS if other.needs]
ENTRY = '{"blocked-uri": "https://cdn.example/a.js", "violated-directive": "script-src"}'


def test_reports_are_matched_only_where_their_keys_are() -> None:
    repeated = f"{REPORT * 1000}{'x' * REACH}"
    assert REPORTS
    assert all(other.match(repeated, 0, len(repeated)) is None for other in REPORTS)
    assert [other.case for other in REPORTS if other.match(ENTRY, 1, len(ENTRY))] == [None]
    (message,) = messages_in(ENTRY)
    assert (message.kind, message.url) == ("csp", "https://cdn.example/a.js")


@pytest.mark.parametrize(
    "table", [w.CHROMIUM_REASONS, w.FIREFOX_REASONS, w.WEBKIT_REASONS, w.requoted(w.CHROMIUM_REASONS, "")]
)
def test_only_reasons_that_begin_so_are_tried(table: w.Reasons) -> None:
    assert table.at("Refused to connect to", 0) in ((), tuple(x for x in table if x.template.start.startswith("Refu")))
    for wording in table:
        assert wording in table.at(wording.template.start, 0)
        assert all(
            other.template.start[: w.LEAST] == wording.template.start[: w.LEAST]
            for other in table.at(wording.template.start, 0)
        )


def test_reasons_that_begin_with_a_field_are_always_tried() -> None:
    short = w.Wording("firefox", "acac-true", Template("'{header}' is wrong"))
    long = w.Wording("firefox", "acao-present", Template("Some header is missing"))
    table = w.Reasons((long, short))
    assert (table.at("Some header", 0), table.at("'X' is wrong", 0)) == ((long,), (short,))


@pytest.mark.parametrize("times", [10, 1000])
def test_a_cut_reason_is_looked_for_among_few(monkeypatch: pytest.MonkeyPatch, times: int) -> None:
    tried: list[w.Wording] = []
    best_at = reasons.best_at

    def counting(
        normalized: NormalizedText, at: int, limit: int, wordings: tuple[w.Wording, ...]
    ) -> reasons.Found | None:
        tried.extend(wordings)
        return best_at(normalized, at, limit, wordings)

    monkeypatch.setattr(reasons, "best_at", counting)
    assert messages_in("Refused to connect " * times) == ()
    assert len(tried) <= 4 * times


@pytest.mark.parametrize(
    ("text", "breaks", "joined"),
    [
        ("ab cd", (), "ab cd"),
        ("ab cd", (2,), "abcd"),
        ("a b c d", (1, 5), "ab cd"),
        ("ab", (), "ab"),
        (" ab ", (0, 3), "ab"),
    ],
)
def test_what_a_line_was_broken_in_is_joined(text: str, breaks: tuple[int, ...], joined: str) -> None:
    assert NormalizedText(text, breaks).joined(0, len(text)) == joined
    assert (
        NormalizedText(f"x {text} y", (1, *(at + 2 for at in breaks), len(text) + 2)).joined(2, len(text) + 2) == joined
    )
