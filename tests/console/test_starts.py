"""A new template is enough: where its message may begin, and the word that finds it in a log, follow from it."""

from __future__ import annotations

import re

import pytest

from corsdoctor.console import starts as derived
from corsdoctor.console.normalize import normalize
from corsdoctor.console.other import BEGINNING, Other
from corsdoctor.console.others import OTHERS
from corsdoctor.console.recognize import recognize
from corsdoctor.console.stream import messages
from corsdoctor.console.template import Template
from corsdoctor.console.wrapped import is_one_word

VALUES = {
    "kind": "fetch", "url": "https://api.example/a", "first": "https://b.example/", "origin": "https://app.example",
    "reason": "No 'Access-Control-Allow-Origin' header is present on the requested resource.", "status": "404",
}  # fmt: skip
TEMPLATES = sorted({template.text for template in derived._templates()})


def filled(text: str) -> str:
    return re.sub(r"\{(\w+)\}", lambda field: VALUES.get(field[1], "x"), text)


def found_at(text: str) -> list[int]:
    return derived.starts(normalize(f"12:00 {text}", is_one_word))


@pytest.mark.parametrize("text", TEMPLATES)
def test_each_template_is_looked_for(text: str) -> None:
    assert len("12:00 ") in found_at(filled(text))
    assert derived.marks(filled(text))


@pytest.mark.parametrize("other", [other for other in OTHERS if other.start], ids=lambda other: other.start)
def test_each_other_message_is_looked_for(other: Other) -> None:
    assert len(other.start) >= BEGINNING
    assert len("12:00 ") in found_at(f"{other.start}x")
    assert derived.marks(" ".join(other.pieces)) or not other.in_logs


def test_only_a_status_begins_with_no_fixed_words() -> None:
    assert [other.kind for other in OTHERS if not other.start] == ["http-status"]
    assert found_at("404 (Not Found)") == [len("12:00 ")]
    assert derived.marks("GET https://api.example/ 404 (Not Found)")


def test_a_new_template_is_found_in_a_log(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "A browser of tomorrow words it this way: {value} is unwelcome"
    templates = (*derived._templates(), Template(text))
    for table in (derived._heads, derived._marker_words):
        table.cache_clear()
    monkeypatch.setattr(derived, "_templates", lambda: iter(templates))
    try:
        assert found_at(filled(text)) == [len("12:00 ")]
        assert derived.marks("INFO nothing of interest\n" * 60 + filled(text))
    finally:
        for table in (derived._heads, derived._marker_words):
            table.cache_clear()


@pytest.mark.parametrize(
    "text", ["Origin x asked", "header 'a'", "CORS disabled.", "Request mode is fast", "Reason: none"]
)
def test_a_beginning_alone_is_no_message(text: str) -> None:
    assert recognize(f"12:00 {text}") == ()


def test_a_reason_alone_is_found_wherever_it_stands() -> None:
    quiet = "INFO nothing of interest happened here\n" * 2000
    reasons = {
        "It does not have HTTP ok status.": "preflight-status-ok",
        "Redirect is not allowed for a preflight request.": "preflight-status-ok",
        "header ‘x-a’ is not allowed according to header ‘Access-Control-Allow-Headers’ from CORS preflight response": "acah-lists-headers",
        "Did not find method in CORS header ‘Access-Control-Allow-Methods’": "acam-lists-method",
    }  # fmt: skip
    log = quiet.join(f"12:00 {reason}\n" for reason in reasons)
    assert [message.rule for message in messages([log])] == list(reasons.values())
