"""jsdom's messages: its own, with its own meaning, and not taken for what they only resemble."""

from __future__ import annotations

import pytest

from corsdoctor.console.recognize import recognize
from corsdoctor.console.stream import messages
from corsdoctor.message import Message
from corsdoctor.reports.explanation import Explained, heading, paragraphs, place


def the(text: str) -> Message:
    (message,) = recognize(text)
    return message


@pytest.mark.parametrize(
    ("text", "rule", "origin", "subject"),
    [
        ("Error: Cross origin http://localhost forbidden", "acao-matches-origin", "http://localhost", None),
        ("Error: Cross origin null forbidden\n    at dispatchError (xhr-utils.js:65:19)", "acao-matches-origin", "null", None),
        ("console.error\n      Error: Cross origin https://app.example:3000 forbidden", "acao-matches-origin", "https://app.example:3000", None),
        ("Error: Credentials forbidden\n    at dispatchError (xhr-utils.js:63:19)", "acac-true", None, None),
        ("console.error node_modules/jsdom/lib/jsdom/virtual-console.js:29\n    Error: Credentials forbidden", "acac-true", None, None),
        ("Error: Headers x-foo forbidden", "acah-lists-headers", None, "x-foo"),
        ("Error: Headers Authorization,x-csrf-token forbidden", "acah-lists-headers", None, "Authorization, x-csrf-token"),
    ],
)  # fmt: skip
def test_reads_it(text: str, rule: str, origin: str | None, subject: str | None) -> None:
    message = the(text)
    assert (message.cors, message.browser, message.rule) == (True, "jsdom", rule)
    assert (message.origin, message.subject) == (origin, subject)
    quiet = "INFO nothing of interest happened here\n" * 2000
    assert [m.rule for m in messages([f"{quiet}{text}\n{quiet}"])] == [rule]


@pytest.mark.parametrize(
    "text",
    [
        "403 Credentials forbidden",
        "The credentials forbidden by policy",
        "Headers sent after response: forbidden",
        "Error: Headers already sent, and changing them is forbidden",
        "Cross origin requests are forbidden here",
    ],
)
def test_what_only_resembles_it(text: str) -> None:
    assert all(message.browser != "jsdom" for message in recognize(text))


@pytest.mark.parametrize(
    "text", ["Error: Cross origin null forbidden", "Error: Credentials forbidden", "Error: Headers x-a forbidden"]
)
def test_says_what_jsdom_is(text: str) -> None:
    explained = Explained(the(text))
    said = " ".join(part for _, part in paragraphs(explained))
    assert place(explained).startswith("jsdom")
    assert "in which Jest and other test runners run pages" in said
    assert "testEnvironmentOptions" in said
    assert "WebKit" not in said + heading(explained.message)
