"""Messages that lost their first words, or the sentence before their reason."""

from __future__ import annotations

import pytest

from corsdoctor.console import recognize as module
from corsdoctor.console import stream
from corsdoctor.console.recognize import recognize
from corsdoctor.message import Message

MULTIPLE = (
    "The 'Access-Control-Allow-Origin' header contains multiple values '*, https://a.example', but only one is allowed."
)
MISMATCH = (
    "The 'Access-Control-Allow-Origin' header has a value 'https://b.example' that is not equal to the supplied origin."
)
FIREFOX = "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at https://a.example/x. (Reason: CORS header ‘Access-Control-Allow-Origin’ missing). Status code: 502."  # fmt: skip


def the(text: str) -> Message:
    (message,) = recognize(text)
    return message


@pytest.mark.parametrize(("text", "last"), [(MULTIPLE, "contains"), (MISMATCH, "' header has")])
def test_a_reason_is_known_until_too_few_of_its_first_words_are_left(text: str, last: str) -> None:
    for begin in range(len("The "), text.index(last)):
        message = the(text[begin:].strip())
        assert (message.browser, message.rule, message.text) == (
            "chromium",
            "acao-matches-origin",
            text[begin:].strip(),
        )
        assert message.subject == text.split("'")[3]
    assert recognize(text[text.index("values '" if "values" in text else "value '") :]) == ()


@pytest.mark.parametrize(
    ("text", "browser", "rule", "subject"),
    [
        ("the 'Access-Control-Allow-Origin' header in the response must not be the wildcard '*' when the request's credentials mode is 'include'", "chromium", "acao-not-wildcard-with-credentials", None),
        ("field authorization is not allowed by Access-Control-Allow-Headers in preflight response", "chromium", "acah-lists-headers", "authorization"),
        ("(PATCH is not allowed by Access-Control-Allow-Methods in preflight response)", "chromium", "acam-lists-method", "PATCH"),
        ("x-a is not allowed by Access-Control-Allow-Headers", None, "acah-lists-headers", "x-a"),
        ("for preflight is invalid (redirect)", None, None, None),
        ("the 'Access-Control-Allow-Origin' header is present on the requested resource", None, None, None),
        ("in CORS header 'Access-Control-Allow-Credentials'", None, None, None),
        ("my header is not allowed by Access-Control-Allow-Headers", None, None, None),
        ("cannot tell the response header field in preflight response", None, None, None),
        ("which is disallowed to follow cross-origin redirects", "chromium", "preflighted-request-not-redirected", None),
        ("browsers are now allowed to follow cross-origin redirects", None, None, None),
        ("I parse the Access-Control-Allow-Methods response header field in preflight response", None, None, None),
        ("set the 'Access-Control-Allow-Origin' header when the credentials flag is true", None, None, None),
        ("the 'Access-Control-Allow-Private-Network' header was present in the preflight response for this private network request targeting the 'local' address space. Origin x", None, None, None),
        ("which I set, when the request's credentials mode is 'include'. Access-Control- headers are there", None, None, None),
    ],
)  # fmt: skip
def test_reasons_without_a_field_or_behind_a_name(
    text: str, browser: str | None, rule: str | None, subject: str | None
) -> None:
    found = recognize(text)
    if rule is None:
        assert found == ()
        return
    (message,) = found
    assert (message.rule, message.subject) == (rule, subject)
    assert browser is None or message.browser == browser


def test_several_in_one_text() -> None:
    found = recognize(f"{MULTIPLE[4:]} and {MULTIPLE[10:]}\n{MISMATCH[4:]}")
    assert [message.subject for message in found] == ["*, https://a.example"] * 2 + ["https://b.example"]


RETYPED = (
    "access to fetch at https://a.example/x from origin https://b.example has been blocked by cors policy: no access-control-allow-origin header is present on the requested resource.",
    "El acceso a fetch en 'https://a.example/x' desde el origen 'https://b.example' ha sido bloqueado por la política CORS: no hay un encabezado 'Access-Control-Allow-Origin'.",
    "disallows reading the remote resource at https://a.example/x. (Reason: CORS header 'Access-Control-Allow-Origin' missing).",
)  # fmt: skip


@pytest.mark.parametrize("text", RETYPED)
def test_a_large_file_has_them_too(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    quiet = "INFO nothing of interest happened here\n" * 900
    (message,) = stream.messages([quiet, f"{text}\n", quiet])
    assert (message.rule, message.url) == ("acao-present", "https://a.example/x")
    monkeypatch.setattr(stream, "RETYPED", 0)
    assert len(list(stream.messages([quiet, f"{text}\n", quiet]))) == ("(Reason" in text)


def test_no_message_about_cors_is_looked_for_behind_a_status_code(monkeypatch: pytest.MonkeyPatch) -> None:
    """A text may have hundreds of thousands of them."""
    monkeypatch.setattr(module, "message_at", None)
    assert module.messages_in("401 (x) 502 (") == ()


def test_words_that_do_not_go_on_as_the_reason_are_none() -> None:
    assert recognize("the X header contains multiple values 'a, b', which is fine, says the owner of the origin") == ()


def test_the_sentence_before_a_reason_of_firefox_may_be_lost() -> None:
    for begin in range(len("Cross-Origin Request Blocked"), FIREFOX.index("(Reason"), 7):
        message = the(FIREFOX[begin:])
        url = "https://a.example/x" if begin <= FIREFOX.index("https") else None
        assert (message.browser, message.rule, message.status) == ("firefox", "acao-present", "502")
        assert message.url == url or "://" in (message.url or "")


@pytest.mark.parametrize(
    ("text", "url", "origin", "rule"),
    [
        ("XMLHttpRequest accessing \"http://127.0.0.1/x\" from origin \"http://a.example\" has been blocked by CORS policy: The client is not secure, the resource is in the address space `local`", "http://127.0.0.1/x", "http://a.example", "local-network-access-granted"),
        ("accessing something from origin 'http://a.example' has been blocked by CORS policy", None, "http://a.example", None),
        ("Access to fetch at 'https://a.example/x' from origin 'https://b.example' has been blocked by CORS policy: Multiple values '*, https://b.example' in Access-Control-Allow-Origin", "https://a.example/x", "https://b.example", "acao-matches-origin"),
        ("Access to fetch at 'https://a.example/x' from origin 'https://b.example' has been blocked by CORS policy: why, when I send Access-Control-Allow-Headers?", "https://a.example/x", "https://b.example", None),
        ("Access to image at 'https://a.example/a b.png' from origin 'https://b.example' has been blocked by CORS policy", None, "https://b.example", None),
        ("Origin 'http://localhost:3000' is therefore not allowed access.", None, "http://localhost:3000", None),
        ("Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at MY URL (Reason: CORS request not http).", None, None, "scheme-is-http"),
    ],
)  # fmt: skip
def test_retyped_frames_and_reasons(text: str, url: str | None, origin: str | None, rule: str | None) -> None:
    message = the(text)
    assert (message.cors, message.url, message.origin, message.rule) == (True, url, origin, rule)


def test_webkit_names_the_url_below_a_repeated_reason() -> None:
    reason = "Origin http://a.example is not allowed by Access-Control-Allow-Origin. Status code: 200"
    message = the(f"[Error] {reason}\n[Error] Failed to load resource: {reason} (x, line 0)\n[Error] Fetch API cannot load https://b.example/ due to access control checks.")  # fmt: skip
    assert (message.browser, message.rule, message.url, message.api) == (
        "webkit", "acao-matches-origin", "https://b.example/", "fetch",
    )  # fmt: skip
