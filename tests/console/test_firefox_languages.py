"""Firefox's messages in its other languages: each is recognized with its rule and URL."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

import corsdoctor.browsers
from corsdoctor.browsers import chromium_templates, firefox_templates
from corsdoctor.console import firefox_languages
from corsdoctor.console.normalize import folded_line, normalize
from corsdoctor.console.reasons import rule_by_words
from corsdoctor.console.recognize import recognize
from corsdoctor.console.wordings import FIREFOX_START
from corsdoctor.console.wrapped import is_one_word

URL = "https://api.example/v1/items?q=a%20b"
VALUES = {
    "url": URL,
    "value": "X-Y",
    "header": "x-token",
    "method": "PUT",
    "status": "404",
    "origin": "https://app.example",
}
TEXTS: dict[str, Any] = json.loads(
    files(corsdoctor.browsers).joinpath("firefox_locales.json").read_text(encoding="utf-8")
)
RULES = {
    "did-not-succeed": "actual-answered",
    "deprecation": "acah-lists-authorization",
    "disabled": None,
    "origin-header-not-added": None,
}


def filled(template: str) -> str:
    for name, value in VALUES.items():
        template = template.replace(f"{{{name}}}", value)
    return template


@pytest.mark.parametrize("language", TEXTS)
def test_each_message(language: str) -> None:
    wrong = []
    for name, template in TEXTS[language]["messages"].items():
        key = name.partition("@")[0].partition("/")[0]
        rule = RULES.get(key, key)
        found = recognize(f"12:00:01 {filled(template)} app.js:1:2")
        fits = len(found) == 1 and found[0].cors and found[0].browser == "firefox"
        if not (fits and rule in (found[0].rule, *found[0].also) and found[0].url == URL):
            wrong.append((name, template, found))
    assert not wrong


@pytest.mark.parametrize("title", [title for title in firefox_languages.titles() if title != FIREFOX_START])
def test_each_title_is_enough(title: str) -> None:
    normalized = normalize(f"x {title}: {URL}", is_one_word)
    assert normalized.may_be_localized
    assert 2 in firefox_languages.starts(normalized.folded.text)
    (message,) = recognize(f"12:00 {title}: {URL}\n")
    assert (message.cors, message.browser, message.url) == (True, "firefox", URL)


@pytest.mark.exhaustive
@pytest.mark.parametrize("language", TEXTS)
def test_each_message_is_known_as_people_retype_it(language: str) -> None:
    """Without accents, in other quotation marks, broken before the reason, in a comment."""
    wrong = []
    for name, template in TEXTS[language]["messages"].items():
        rule = RULES.get(name.partition("@")[0].partition("/")[0], name.partition("@")[0].partition("/")[0])
        folded = folded_line(filled(template))
        for text in (folded, folded.replace(" (", "\n// ("), folded.replace(URL, f"[{URL}]({URL})")):
            found = recognize(f"// {text}\n")
            if not (len(found) == 1 and rule in (found[0].rule, *found[0].also) and found[0].url == URL):
                wrong.append((name, text, found))
    assert not wrong


def test_a_place_in_a_folded_text_is_the_same() -> None:
    text = "Bloccà ‘ë’ „й“ （原因：x）。 ø ı Ł 값 ﬁ"
    normalized = normalize(text, is_one_word)
    assert len(normalized.folded.text) == len(normalized.text)
    assert folded_line("é").isascii()
    assert normalized.folded.text == "Blocca 'e' 'и' (原因:x). o i L 값 ﬁ"


@pytest.mark.parametrize(
    ("reason", "rule"),
    [
        ("Access-Control-Allow-Credentials ‘true’", "acac-true"),
        ("Access-Control-Allow-Origin’ Х ‘*’", "acao-not-wildcard-with-credentials"),
        ("Access-Control-Allow-Origin", None),
    ],
)
def test_names_in_a_reason_of_unknown_words(reason: str, rule: str | None) -> None:
    (message,) = recognize(f"Запрос из постороннего источника заблокирован: Ы {URL} (Ы: Ы {reason})")
    assert (message.rule, message.url) == (rule, URL)


def test_the_next_message_is_another_one() -> None:
    first, second = "已拦截跨源请求：同源策略", "已拦截跨源请求：同源策略禁止读取位于 https://b.example/ 的远程资源。"
    assert [message.url for message in recognize(f"{first}\n{second}")] == [None, "https://b.example/"]


def test_english_alone_reads_no_table() -> None:
    for english in (firefox_templates.FRAME, firefox_templates.WARNING, *chromium_templates.REASONS.values()):
        assert not normalize(english.replace("‘", "'"), is_one_word).may_be_localized


def test_readme_says_in_how_many_languages() -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    assert f"Firefox (in {len(TEXTS) + 1} languages)" in readme


@pytest.mark.parametrize(
    ("reason", "whole", "rule"),
    [
        ("falta 'Access-Control-Allow-Origin'", True, "acao-present"),
        ("varios 'Access-Control-Allow-Origin'", True, "acao-matches-origin"),
        ("x 'Access-Control-Allow-Origin' x", True, None),
        ("x 'Access-Control-Allow-Origin' x 'https://a.example'", True, "acao-matches-origin"),
        ("falta 'Access-Control-Allow-Origin'", False, None),
        ("x 'Access-Control-Allow-Credentials'", False, "acac-true"),
        ("CORS preflight x", True, "preflight-status-ok"),
        ("The CORS request was unsuccessful", True, "actual-answered"),
        ("x", True, None),
    ],
)
def test_the_rule_of_a_reason_in_words_of_no_table(reason: str, whole: bool, rule: str | None) -> None:
    assert rule_by_words(reason, whole=whole) == rule


def test_a_status_code_behind_a_reason_of_another_version() -> None:
    (message,) = recognize(
        "Cross-origin-aanvraag geblokkeerd: de Same Origin Policy staat het lezen van de externe bron op https://nl.example/a "
        "niet toe. (Reden: CORS-header ‘Access-Control-Allow-Origin’ ontbreekt). Statuscode: 500."
    )
    assert (message.rule, message.status) == ("acao-present", "500")
