"""Messages in another case and in other quotation marks: the corpus has more of them."""

from __future__ import annotations

import pytest

from corsdoctor.browsers import chromium_templates
from corsdoctor.console.recognize import recognize
from corsdoctor.console.retyped import LONGEST, retyped

URL, PAGE = "https://api.example/v1/items?q=A", "https://app.example"
CHROMIUM = f"Access to fetch at '{URL}' from origin '{PAGE}' has been blocked by CORS policy: "
VALUES = {
    "value": "x",
    "header": "x-a",
    "method": "PUT",
    "target": "https://b.example/",
    "space": "local",
    "other": "y",
}


@pytest.mark.parametrize("key", [key for key, text in chromium_templates.REASONS.items() if text])
def test_each_of_chromiums_reasons_in_small_letters(key: str) -> None:
    text = CHROMIUM + chromium_templates.REASONS[key].format_map(VALUES | {"status": "404", "origin": PAGE})
    (as_printed,) = recognize(text)
    (in_small_letters,) = recognize(text.lower())
    assert in_small_letters.rule == as_printed.rule
    assert (in_small_letters.url, in_small_letters.origin) == (URL.lower(), PAGE)


@pytest.mark.parametrize(
    ("text", "rule", "url"),
    [
        (f"error: access to fetch at '{URL}' from origin '{PAGE}' has been blocked by CORS policy: No 'Access-Control-Allow-Origin' header is present on the requested resource.", "acao-present", URL),
        (f'access to xmlhttprequest at "{URL}" from origin "{PAGE}" has been blocked by cors policy: no "access-control-allow-origin" header is present on the requested resource', "acao-present", URL),
        ("blocked by CORS Policy: Method PUT is not allowed by Access-Control-Allow-methods in preflight response.", "acam-lists-method", None),
        (f"Cross-origin request blocked: the same origin policy disallows reading the remote resource at {URL}. (reason: CORS request did not succeed)", "actual-answered", URL),
        ("preflight response is not successful. status code: 403", "preflight-status-ok", None),
        ("CORS missing allow-origin", "acao-present", None),
        ("Response to preflight is invalid (redirect)", "preflight-status-ok", None),
        ("Content-Type is not allowed by Access-Control-Allow-Header", "acah-lists-headers", None),
    ],
)  # fmt: skip
def test_is_read_as_it_was_printed(text: str, rule: str, url: str | None) -> None:
    (message,) = recognize(text)
    assert (message.rule, message.url) == (rule, url)


def test_other_words_in_a_line_of_their_own_are_no_label() -> None:
    assert recognize("cors missing allow origin handling\nCORS disabled by default") == ()


def test_the_lines_beside_it_still_belong_to_it() -> None:
    text = f"access to fetch at '{URL}' from origin '{PAGE}' has been blocked by cors policy\nGET {URL} net::ERR_FAILED"
    (message,) = recognize(text)
    assert (message.url, message.method) == (URL, "GET")


@pytest.mark.parametrize("text", ["", "nothing", "Preflight checklist", CHROMIUM, "x cors policy " * LONGEST])
def test_what_nobody_retyped_stays_as_it_is(text: str) -> None:
    assert retyped(text) is None
