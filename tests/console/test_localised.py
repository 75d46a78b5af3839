"""Firefox's messages in its other languages: each is recognised with its rule and URL."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

import pytest

import corsdoctor.browsers
from corsdoctor.console import localised
from corsdoctor.console.normalize import normalize
from corsdoctor.console.recognise import recognise
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
        found = recognise(f"12:00:01 {filled(template)} app.js:1:2")
        fits = len(found) == 1 and found[0].cors and found[0].browser == "firefox"
        if not (fits and rule in (found[0].rule, *found[0].also) and found[0].url == URL):
            wrong.append((name, template, found))
    assert not wrong


@pytest.mark.parametrize("start", sorted(localised.frames()))
def test_each_start_is_looked_for(start: str) -> None:
    normalized = normalize(f"x {start}{URL}", is_one_word)
    assert normalized.may_be_localised
    assert localised.starts(normalized.text)


def test_english_alone_reads_no_table() -> None:
    assert not normalize(f"Cross-Origin Request Blocked: {URL}", is_one_word).may_be_localised
