"""Messages that were cut off: each beginning that is long enough names the rule and the fields before the cut."""

from __future__ import annotations

import pytest

from corsdoctor.console.normalize import normalize
from corsdoctor.console.recognize import recognize
from corsdoctor.console.template import LEAST_OF_SEVERAL, Template
from corsdoctor.console.wrapped import is_one_word
from corsdoctor.message import Message

URL = "https://api.example/v1/items"
ORIGIN = "https://app.example"
TEMPLATE = Template("Method {method} is not allowed by Access-Control-Allow-Methods, {origin} said.")


def cut(text: str, least: int = 8) -> dict[str, str] | None:
    return TEMPLATE.cut(normalize(text, is_one_word), 0, len(text), least)


def the(text: str) -> Message:
    (message,) = recognize(text)
    return message


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("Method", None),
        ("Method ", None),
        ("Method PUT is not allowed b", None),
        ("Method PUT is not allowed by", {"method": "PUT"}),
        ("Method PUT is not allowed by Access-Control-Allow-Meth...", {"method": "PUT"}),
        ("Method PUT is not allowed by Access-Control-Allow-Methods.", None),
        ("Method PUT is not allowed by the router", None),
        ("Method a b is not allowed by Access-Control", {"method": "a b"}),
        ("Mothod PUT is not allowed by Access-Control", None),
        ("Method PUT is not allowed by Access-Control-Allow-Methods, a b said", None),
        ("Method PUT is not allowed by Access-Control-Allow-Methods, https://a.example sa", {"method": "PUT", "origin": "https://a.example"}),
    ],
)  # fmt: skip
def test_a_template_knows_its_beginnings(text: str, fields: dict[str, str] | None) -> None:
    assert cut(text) == fields
    assert len("Method  is not allowed by") == LEAST_OF_SEVERAL


def test_a_beginning_of_the_first_piece_needs_as_many_characters_as_are_asked_for() -> None:
    assert cut("Metho", 5) == {}
    assert cut("Metho", 6) is None


def test_a_template_that_ends_in_a_field_is_not_cut_off_there() -> None:
    text = "Header Access-Control-Allow-Methods has an invalid value: P"
    assert Template(f"{text[:-1]}{{value}}").cut(normalize(text, is_one_word), 0, len(text), 8) is None


REASONS = {
    f"Origin {ORIGIN} is not allowed by Access-Control-Allow-Origin. Status code: 200": "acao-matches-origin",
    "Method PUT is not allowed by Access-Control-Allow-Methods.": "acam-lists-method",
    "Request header field X-Token is not allowed by Access-Control-Allow-Headers.": "acah-lists-headers",
    f"Cross-origin redirection to {URL} denied by Cross-Origin Resource Sharing policy: ": None,
}


@pytest.mark.parametrize("reason", REASONS)
def test_a_reason_of_webkit_is_known_wherever_it_is_cut(reason: str) -> None:
    for end in range(
        reason.index(" is not allowed by" if "allowed" in reason else " denied by Cross-") + 18, len(reason)
    ):
        message = the(f"[Error] {reason[:end]}")
        assert (message.browser, message.rule) == ("webkit", REASONS[reason])
        assert (message.url or message.origin or message.subject or "?") in reason


@pytest.mark.parametrize("who", ["Fetch API", "XMLHttpRequest", "EventSource"])
def test_the_line_with_the_url_is_known_wherever_it_is_cut(who: str) -> None:
    line = f"{who} cannot load {URL} due to access control checks."
    for end in range(line.index(" due"), len(line)):
        message = the(f"[Error] {line[:end]}")
        assert (message.cors, message.browser, message.rule, message.url) == (True, "webkit", None, URL)
    assert recognize(f"{who} cannot load the page due to access") == ()
    assert recognize(f"{who} cannot load {URL}") == ()


def test_a_beginning_without_a_field_that_several_reasons_share_is_none() -> None:
    """The words "not allowed" are how two reasons of WebKit begin, and what anybody may say."""
    assert recognize("its origin is not allowed\nnext line") == ()


def test_words_that_chromium_and_webkit_share_up_to_the_cut_are_of_neither() -> None:
    shared = "Method PUT is not allowed by Access-Control-Allow-Methods"
    assert the(shared).browser is None
    assert the(f"{shared} in preflight resp").browser == "chromium"
    assert the(f"XMLHttpRequest cannot load {URL}. {shared}").browser is None


def test_a_reason_belongs_to_the_line_with_the_url_before_it() -> None:
    line, reason = f"EventSource cannot load {URL} due to access control checks.", f"Origin {ORIGIN} is not allowed by Access-Control-Allow-Origin. Status code: 200"  # fmt: skip
    message = the(f"[Error] {line}\n[Error] Failed to load resource: {reason}")
    assert (message.rule, message.url, message.origin, message.status) == ("acao-matches-origin", URL, ORIGIN, "200")
    assert message.api == "eventsource"
    assert message.text == f"{line} {reason}"
    assert len(recognize(f"{line}\n" + "x\n" * 900 + f"Failed to load resource: {reason}")) == 2


def test_dots_that_stand_for_the_rest_of_a_url_are_kept() -> None:
    head = "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at"
    reason = "(Reason: CORS header \u2018Access-Control-Allow-Origin\u2019 missing)."
    for url in ("https://...", "https://api.example/items"):
        (message,) = recognize(f"{head} \u2018{url}\u2019 . {reason}")
        assert (message.url, message.rule) == (url, "acao-present")
