"""Sentences in which applications refuse an origin, a method or a header, and sentences that only look like them."""

from __future__ import annotations

import pytest

from corsdoctor.console.applications import WHO
from corsdoctor.console.recognize import recognize
from corsdoctor.console.servers import RULES


@pytest.mark.parametrize(
    ("text", "cause", "origin", "subject"),
    [
        ("Origin https://a.example is not allowed by the CORS policy", "origin-refused", "https://a.example", None),
        ("CORS blocked: origin 'https://a.example' not in the allowed list.", "origin-refused", "https://a.example", None),
        ("origin https://a.example not in the allow list", "origin-refused", "https://a.example", None),
        ("[api] Origin 'https://a.example' was not found in the CORS whitelist", "origin-refused", "https://a.example", None),
        ("WARN  Filter - Rejected CORS request from origin https://a.example", "origin-refused", "https://a.example", None),
        ("Error: CORS policy violation: Origin https://app.a.example is not in the allowed origins", "origin-refused", "https://app.a.example", None),
        ("[CORS] blocked request from origin: https://a.example", "origin-refused", "https://a.example", None),
        ("Blocked by CORS: https://a.example is not an allowed origin", "origin-refused", "https://a.example", None),
        ("CORS request denied: origin 'https://a.example' is not whitelisted", "origin-refused", "https://a.example", None),
        ("Denied CORS request from https://a.example", "origin-refused", "https://a.example", None),
        ("a.b.CORSError: CORS policy does not allow requests from this origin", "origin-refused", None, None),
        ('{"message":"Bad request: CORS origin not allowed: https://a.example"}', "origin-refused", "https://a.example", None),
        ("CORS error: this origin is not whitelisted", "origin-refused", None, None),
        ("12:00:01 [api] ERROR: CORS: Invalid origin: https://a.example", "origin-refused", "https://a.example", None),
        ('{"status":403,"message":"Blocked by CORS for origin https://a.example"}', "origin-refused", "https://a.example", None),
        ("{\"error\": {\"message\": \"CORS policy: method DELETE not allowed\"}}", "method-refused", None, "DELETE"),
        ("CORS error: header x-a is not allowed", "headers-refused", None, "x-a"),
        ("2024-07-07 ERROR CORS request denied for origin https://a.example", "cors-refused", "https://a.example", None),
        ("CORS is not enabled for this endpoint", "not-configured", None, None),
        ("<p>CORS request rejected</p>", "cors-refused", None, None),
    ],
)  # fmt: skip
def test_whole_sentences(text: str, cause: str, origin: str | None, subject: str | None) -> None:
    (message,) = recognize(text)
    assert (message.cors, message.browser, message.server, message.cause) == (True, None, WHO, cause)
    assert (message.rule, message.origin, message.subject) == (RULES[cause], origin, subject)


@pytest.mark.parametrize(
    "text",
    [
        "throw new Error('Origin not allowed by CORS');",
        'if (!ok) callback(new Error("CORS: origin not allowed"))',
        "const message = 'CORS request rejected';",
        "How do I find out why the origin is not allowed by CORS in production?",
        "CORS is not enabled by default, so every project has to add it",
        "The origin of the CORS policy is a blocked pipe",
        "origin not allowed",
        "origin not in the list",
        "The word origin is not in the list of https://a.example",
        "WebSockets are not blocked by the same origin policy, so check the origin header yourself",
        "Check that your origin https://a.example is in the list of allowed origins",
    ],
)
def test_code_and_prose_are_none(text: str) -> None:
    assert recognize(text) == ()


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("Origin 'https://a.example' not in CSRF_TRUSTED_ORIGINS", "https://a.example"),
        ("[W] Origin header: https://a.example is not in DJANGO_CSRF_TRUSTED_ORIGINS", "https://a.example"),
        ("Origin not in CSRF_TRUSTED_ORIGINS", None),
    ],
)
def test_an_origin_that_is_not_trusted(text: str, origin: str | None) -> None:
    (message,) = recognize(text)
    assert (message.cors, message.kind, message.origin) == (False, "csrf", origin)


def test_code_about_trusted_origins_is_none() -> None:
    assert recognize("if origin not in CSRF_TRUSTED_ORIGINS:") == ()
    assert recognize("origin not in CSRF_TRUSTED_ORIGINS.append(origin)") == ()


def test_more_lines_than_anybody_pastes_are_not_read() -> None:
    assert recognize("x\n" * 300 + "CORS request rejected") == ()
