"""Content Security Policy: only a message about a blocked URL says to add its origin, and each other kind has its own advice."""

from __future__ import annotations

import pytest

from corsdoctor import kinds
from corsdoctor.console.recognize import recognize
from corsdoctor.message import Message

URL = "https://api.example/x?a=1"
SELF = "\"connect-src 'self' https://b.example\""
BLOCKED = "The action has been blocked."
REPORTED = "The policy is report-only, so the violation has been logged but no further action has been taken."
FALLBACK = "Note that 'connect-src' was not explicitly set, so 'default-src' is used as a fallback."
REFUSED = f"because it violates the following Content Security Policy directive: {SELF}."
VIOLATES = f"violates the following Content Security Policy directive: {SELF}."
FIREFOX = "Content-Security-Policy: The page’s settings blocked"
OLD_FIREFOX = "Content Security Policy: The page’s settings blocked"
BECAUSE = "because it violates the following directive: “connect-src 'self'”"

FORBIDDEN_URLS = (
    f"Refused to connect to '{URL}' {REFUSED}",
    f"Refused to load the image '{URL}' {REFUSED} {FALLBACK}",
    f"Refused to frame '{URL}' {REFUSED}",
    f"Connecting to '{URL}' {VIOLATES} {BLOCKED}",
    f"Connecting to '{URL}' {VIOLATES} {FALLBACK} {BLOCKED}",
    f"Loading the script '{URL}' {VIOLATES} {BLOCKED}",
    f"Loading media from  '{URL}' {VIOLATES} {BLOCKED}",
    f"Loading manifest from '{URL}' {VIOLATES} {BLOCKED}",
    f"Framing '{URL}' {VIOLATES} The request has been blocked.",
    f"Sending form data to '{URL}' {VIOLATES} {BLOCKED}",
    f"Fetch API cannot load {URL}. Refused to connect because it violates the document's Content Security Policy.",
    f"{FIREFOX} the loading of a resource (connect-src) at {URL} {BECAUSE}",
    f"{FIREFOX} a script (script-src-elem) at {URL} from being executed {BECAUSE}",
    f"{FIREFOX} a style (style-src-elem) at {URL} from being applied {BECAUSE}",
    f"{OLD_FIREFOX} the loading of a resource at {URL} (“connect-src”).",
    f"Refused to connect to {URL} because it does not appear in the connect-src directive of the Content Security Policy.",
    f"Refused to load {URL} because it appears in neither the img-src directive nor the default-src directive of the "
    "Content Security Policy.",
)
INLINE = (
    f"Refused to execute inline script {REFUSED} Either the 'unsafe-inline' keyword, a hash ('sha256-a='), or a nonce "
    "('nonce-...') is required to enable inline execution.",
    f"Refused to execute inline event handler {REFUSED}",
    f"Refused to apply inline style {REFUSED}",
    f"Refused to run the JavaScript URL {REFUSED}",
    f"Executing inline script {VIOLATES} {BLOCKED}",
    "Executing inline event handler violates the following Content Security Policy directive 'script-src 'self''. Either "
    f"the 'unsafe-inline' keyword, a hash ('sha256-...'), or a nonce ('nonce-...') is required. {BLOCKED}",
    f"Applying inline style {VIOLATES} {BLOCKED}",
    f"{FIREFOX} an inline script (script-src-elem) from being executed {BECAUSE}",
    f"{FIREFOX} an event handler (script-src-attr) from being executed {BECAUSE}",
    f"{FIREFOX} an inline style (style-src-attr) from being applied {BECAUSE}",
    f"{OLD_FIREFOX} the loading of a resource at inline (“script-src”).",
    "Refused to execute a script because its hash, its nonce, or 'unsafe-inline' does not appear in the script-src "
    "directive of the Content Security Policy.",
    "Refused to apply a stylesheet because its hash, its nonce, or 'unsafe-inline' does not appear in the style-src "
    "directive of the Content Security Policy.",
    "Refused to execute a script for an inline event handler because 'unsafe-inline' does not appear in the script-src "
    "directive of the Content Security Policy.",
)
EVAL = (
    "Refused to evaluate a string as JavaScript because 'unsafe-eval' is not an allowed source of script in the following "
    "Content Security Policy directive: \"script-src 'self'\".",
    "Uncaught EvalError: Refused to evaluate a string as JavaScript because 'unsafe-eval' is not an allowed source of script",
    "Evaluating a string as JavaScript violates the following Content Security Policy directive because 'unsafe-eval' is "
    f"not an allowed source of script: script-src 'self'. {BLOCKED}",
    "EvalError: Code generation from strings disallowed for this context",
    "Refused to compile or instantiate WebAssembly module because neither 'wasm-eval' nor 'unsafe-eval' is an allowed source",
    f"{FIREFOX} a JavaScript eval (script-src) from being executed {BECAUSE} (Missing 'unsafe-eval')",
    f"{OLD_FIREFOX} the loading of a resource at eval (“script-src”).",
)
IGNORED = (
    "The Content Security Policy directive 'frame-ancestors' is ignored when delivered via a <meta> element.",
    "The Content Security Policy directive 'upgrade-insecure-requests' is ignored when delivered in a report-only policy.",
    "Unrecognized Content-Security-Policy directive 'foo'.",
    "Ignoring duplicate Content-Security-Policy directive 'script-src'.",
    "The source list for the Content Security Policy directive 'script-src' contains an invalid source: ''none''. It will "
    "be ignored.",
    "The Content Security Policy 'img-src *' was delivered via a <meta> element outside the document's <head>, which is "
    "disallowed. The policy has been ignored.",
    "Content-Security-Policy: Ignoring “'unsafe-inline'” within script-src: nonce-source or hash-source specified",
    "Content-Security-Policy: Couldn’t process unknown directive ‘foo’",
    "Content Security Policy: Couldn’t parse invalid source self.example;",
)
REPORT_ONLY = (
    f"[Report Only] Refused to connect to '{URL}' {REFUSED}",
    f"[Report Only] Refused to execute inline script {REFUSED}",
    f"[Report Only] Refused to load {URL} because it does not appear in the img-src directive of the Content Security Policy.",
    f"Connecting to '{URL}' {VIOLATES} {REPORTED}",
    f"Connecting to '{URL}' {VIOLATES} {FALLBACK} {REPORTED}",
    f"Executing inline script {VIOLATES} {REPORTED}",
    f"Content-Security-Policy: (Report-Only policy) The page’s settings would block the loading of a resource (connect-src) "
    f"at {URL} {BECAUSE}",
    "Content-Security-Policy: (Report-Only policy) The page’s settings would block an inline script (script-src-elem) from "
    f"being executed {BECAUSE}",
    f"Content Security Policy: The page’s settings observed the loading of a resource at {URL} (“connect-src”). A CSP "
    "report is being sent.",
    "The Content Security Policy 'connect-src 'self'' was delivered in report-only mode, but does not specify a "
    "'report-to'; the policy will have no effect.",
    "Content-Security-Policy: This site (https://app.example) has a Report-Only policy without a report-uri directive nor "
    "a report-to directive.",
)
UPGRADED = ("Content-Security-Policy: Upgrading insecure request ‘http://api.example/x?a=1’ to use ‘https’",)
ADVICE = "Add the URL's origin to the directive"


def the(text: str) -> Message:
    (message,) = recognize(text)
    return message


@pytest.mark.parametrize(
    ("text", "case"),
    [
        (text, case)
        for case, texts in (
            (None, FORBIDDEN_URLS),
            ("inline", INLINE),
            ("eval", EVAL),
            ("ignored", IGNORED),
            ("report-only", REPORT_ONLY),
            ("upgraded", UPGRADED),
        )
        for text in texts
    ],
)
def test_what_a_policy_does(text: str, case: str | None) -> None:
    for message in (the(text), the(f"app.js:12 {text}"), the(f"INFO nothing\n{text}\nINFO nothing")):
        assert (message.cors, message.kind, message.case) == (False, "csp", case)
        kind = kinds.of(message)
        assert kind is not None
        assert (ADVICE in kind.fix) is (case is None)
        assert message.url == (
            URL.replace("https", "http") if case == "upgraded" else URL if "api.example" in text else None
        )


def test_a_policy_that_only_reports_beside_one_that_blocks() -> None:
    lines = [f"Connecting to '{URL}' {VIOLATES} {BLOCKED}", f"Connecting to '{URL}' {VIOLATES} {REPORTED}"]
    assert [m.case for m in recognize("\n".join(lines))] == [None, "report-only"]
    assert [m.case for m in recognize("\n".join(reversed(lines)))] == ["report-only", None]


@pytest.mark.parametrize(
    "text",
    [
        "Failed to execute 'postMessage' on 'DOMWindow': The target origin provided ('https://a.example') does not match the "
        "recipient window's origin ('https://b.example').",
        "Failed to execute 'postMessage' on 'DOMWindow': The target origin provided ('https://www.youtube.com') does not "
        "match the recipient window's origin ('null').",
        "Failed to execute ‘postMessage’ on ‘DOMWindow’: The target origin provided (‘http://localhost:3000’) does not match "
        "the recipient window’s origin (‘http://localhost:8080’).",
        "Failed to execute 'postMessage' on 'Window': Invalid target origin 'app.example' in a call to 'postMessage'.",
        "Unable to post message to https://a.example. Recipient has origin https://b.example.",
    ],
)
def test_a_message_that_was_not_delivered_to_a_window(text: str) -> None:
    message = the(f"app.js:3 {text}")
    kind = kinds.of(message)
    assert (message.cors, message.kind) == (False, "post-message")
    assert kind is not None
    assert "targetOrigin" in kind.fix
    assert "wait until" in kind.fix


@pytest.mark.parametrize(
    ("text", "url"),
    [
        (f"Refused to frame '{URL}' because an ancestor {VIOLATES.strip()} \"frame-ancestors 'self'\".", URL),
        (f"Framing '{URL}' {VIOLATES.split(':')[0]}: \"frame-ancestors 'none'\". The request has been blocked.", URL),
        ("Content-Security-Policy: The page's settings blocked the loading of a resource (frame-ancestors) at https://a.example/ because it violates the following directive: \"frame-ancestors 'none'\"", None),
    ],
)  # fmt: skip
def test_the_policy_of_a_framed_page_is_not_that_of_the_page(text: str, url: str | None) -> None:
    message = the(text)
    assert (message.kind, message.case, message.url) == ("frame", None, url)
