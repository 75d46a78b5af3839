"""What is copied from the network and issues panels, and what belongs to the console's message beside it."""

from __future__ import annotations

import json

import pytest

from corsdoctor.catalogue import by_id
from corsdoctor.console.panels import CHROMIUM_NAMES, FIREFOX_LABELS
from corsdoctor.console.recognize import recognize
from corsdoctor.console.stream import messages
from corsdoctor.message import Message

BLOCKED = "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at"


def the(text: str) -> Message:
    (message,) = recognize(text)
    return message


def rule_of(key: str | None) -> str | None:
    return (key or "").partition("/")[0] or None


@pytest.mark.parametrize(
    "rule",
    sorted(
        {
            key.partition("/")[0]
            for key in (*CHROMIUM_NAMES.values(), *FIREFOX_LABELS.values())
            if key and not key.startswith("/")
        }
    ),
)
def test_each_rule_is_known(rule: str) -> None:
    assert by_id(rule).id == rule


@pytest.mark.parametrize("name", CHROMIUM_NAMES)
def test_reads_a_name_in_the_tooltip_in_the_protocol_and_alone(name: str) -> None:
    tooltip = the(f"Cross-Origin Resource Sharing error: {name}")
    status = the(json.dumps({"corsErrorStatus": {"corsError": name, "failedParameter": ""}}, indent=2))
    printed = the(f"corsErrorStatus: {{ corsError: '{name}', failedParameter: '' }}")
    for message in (tooltip, status, printed, the(name)):
        assert (message.cors, message.browser, message.rule) == (True, "chromium", rule_of(CHROMIUM_NAMES[name]))
        assert message.in_preflight == the(name).in_preflight


@pytest.mark.parametrize(
    ("name", "in_preflight"),
    [
        ("MissingAllowOriginHeader", False),
        ("PreflightMissingAllowOriginHeader", True),
        ("MethodDisallowedByPreflightResponse", True),
        ("RedirectContainsCredentials", False),
        ("CorsDisabledScheme", None),
        ("LocalNetworkAccessPermissionDenied", None),
    ],
)
def test_a_name_says_whether_it_is_about_the_preflight(name: str, in_preflight: bool | None) -> None:
    assert the(name).in_preflight is in_preflight


def test_reads_the_label_of_the_status_column() -> None:
    message = the(" CORS error\n")
    assert (message.cors, message.browser, message.rule) == (True, "chromium", None)


def test_reads_the_header_and_the_request_beside_a_name() -> None:
    status = {"corsError": "HeaderDisallowedByPreflightResponse", "failedParameter": "x-foo"}
    request = {"requestId": "7", "url": "https://api.example/items"}
    issue = {
        "code": "CorsIssue",
        "details": {
            "corsErrorStatus": status,
            "isWarning": False,
            "request": request,
            "initiatorOrigin": "https://a.example",
        },
    }
    without_origin = {"details": {"corsErrorStatus": status, "request": request}}
    message, other = the(json.dumps(issue)), the(json.dumps(without_origin))
    assert (message.subject, message.url, message.origin) == ("x-foo", request["url"], "https://a.example")
    assert (other.subject, other.url, other.origin) == ("x-foo", request["url"], None)


@pytest.mark.parametrize(
    "text",
    [
        "Cross-Origin Resource Sharing error: Something",
        "corsError: 'NotOne'",
        "CORS errors",
        "the CORS Failed to load",
        "CORS",
    ],
)
def test_other_words_are_not_messages(text: str) -> None:
    assert recognize(text) == ()


@pytest.mark.parametrize("label", FIREFOX_LABELS)
def test_reads_a_label_of_firefox(label: str) -> None:
    for text in (label, f'"{label}".', f"XHR\nGET\nhttps://api.example/items?a=1\n{label}\n", f"notes\n{label}\nmore"):
        message = the(text)
        assert (message.cors, message.browser, message.rule) == (True, "firefox", rule_of(FIREFOX_LABELS[label]))
        assert message.url == ("https://api.example/items?a=1" if "GET" in text else None)


def test_a_label_beside_the_message_of_the_console_is_not_a_second_one() -> None:
    label = "XHR OPTIONS https://api.example/a CORS Preflight Did Not Succeed"
    line = f"{BLOCKED} https://api.example/a. (Reason: CORS preflight response did not succeed). Status code: 400."
    for text in (f"{label}\n{line}\n", f"{line}\n{label}\n"):
        assert [(m.rule, m.status) for m in recognize(text)] == [("preflight-status-ok", "400")]
    other = line.replace("/a.", "/b.")
    assert [m.url for m in recognize(f"{label}\n{other}")] == ["https://api.example/a", "https://api.example/b"]
    assert len(recognize(f"{label}\n{label}")) == 2


def test_the_second_line_of_firefox_belongs_to_the_failed_preflight() -> None:
    first = f"{BLOCKED} https://api.example/a. (Reason: CORS header ‘Access-Control-Allow-Origin’ missing). Status code: 405."
    second = f"{BLOCKED} https://api.example/a. (Reason: CORS request did not succeed). Status code: (null)."
    assert [m.rule for m in recognize(f"{first}\n{second}")] == ["acao-present"]
    assert [m.rule for m in messages([f"{first}\n", f"{second}\n"])] == ["acao-present"]
    assert [m.rule for m in recognize(second)] == ["actual-answered"]
    assert [m.rule for m in recognize(f"{second}\n{first}")] == ["actual-answered", "acao-present"]
    assert [m.rule for m in recognize(f"{first}\n{second.replace('/a.', '/b.')}")] == [
        "acao-present",
        "actual-answered",
    ]
    assert [m.rule for m in recognize(first + "\n" + "x\n" * 900 + second)] == ["acao-present", "actual-answered"]


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        ("csp", "csp"),
        ("mixed-content", "mixed-content"),
        ("other", "ad-blocker"),
        ("origin", "frame"),
    ],
)
def test_reads_why_a_request_was_blocked(reason: str, kind: str) -> None:
    for text in (
        f"items\n(blocked:{reason})\nfetch",
        json.dumps({"errorText": "net::ERR_FAILED", "blockedReason": reason}),
        f"{{ requestId: '7', blockedReason: '{reason}' }}",
    ):
        message = the(text)
        assert (message.cors, message.browser, message.kind) == (False, "chromium", kind)


def test_an_error_code_and_the_reason_of_the_protocol_are_one_message() -> None:
    blocked = {"errorText": "net::ERR_BLOCKED_BY_RESPONSE.NotSameOrigin", "blockedReason": "corp-not-same-origin"}
    assert the(json.dumps(blocked)).kind == "corp"
    assert len(recognize(json.dumps(blocked | {"blockedReason": "csp"}))) == 2


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("requestfailed https://a.example/x net::ERR_FAILED", "https://a.example/x"),
        ("[requestfailed] net::ERR_FAILED https://a.example/x", "https://a.example/x"),
        ("GET https://a.example/x net::ERR_FAILED https://b.example/", "https://a.example/x"),
        ("requestfailed: https://a.example/x NS_ERROR_DOM_BAD_URI", "https://a.example/x"),
        ("https://a.example/x: net::ERR_FAILED", "https://a.example/x"),
        ("net::ERR_FAILED, see https://a.example/x", None),
        ("net::ERR_FAILED\n  https://a.example/x", "https://a.example/x"),
    ],
)
def test_the_url_that_a_driver_prints_beside_an_error_code(text: str, url: str | None) -> None:
    assert the(text).url == url
