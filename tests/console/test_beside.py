"""Lines that stand beside a message about CORS: what they add to it, and where they are another failure."""

from __future__ import annotations

import pytest

from corsdoctor.console.counted import counted
from corsdoctor.console.recognize import recognize
from corsdoctor.message import REDIRECTION, Message

URL = "https://api.example/x"
ACCESS = f"Access to fetch at '{URL}' from origin 'https://app.example' has been blocked by CORS policy: "
REDIRECTED = ACCESS.replace(f"{URL}'", f"https://b.example/y' (redirected from '{URL}')")
BLOCKED = "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at "
NO_HEADER = "No 'Access-Control-Allow-Origin' header is present on the requested resource."
PREFLIGHT = f"Response to preflight request doesn't pass access control check: {NO_HEADER}"


def the(text: str) -> Message:
    (message,) = recognize(text)
    return message


@pytest.mark.parametrize("access", [ACCESS, REDIRECTED])
@pytest.mark.parametrize("reason", [NO_HEADER, PREFLIGHT])
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "PATCH"])
@pytest.mark.parametrize("before", [True, False])
def test_the_line_of_the_request_names_its_method(access: str, reason: str, method: str, before: bool) -> None:
    lines = [f"{access}{reason}", f"main.js:12 {method} {URL} net::ERR_FAILED"]
    message = the("\n".join(reversed(lines) if before else lines))
    assert (message.rule, message.method, message.status) == ("acao-present", method, None)


@pytest.mark.parametrize("status", ["500 (Internal Server Error)", "403 (Forbidden)", "200 (OK)", "404", "502 ()"])
def test_the_line_of_a_response_names_its_status(status: str) -> None:
    message = the(f"{ACCESS}{NO_HEADER}\nPOST {URL} net::ERR_FAILED {status}")
    assert (message.method, message.status) == ("POST", status[:3])


@pytest.mark.parametrize(
    "line",
    [
        "Loading module from “{url}” was blocked because of a disallowed MIME type (“text/html”).",
        "The resource at “{url}” was blocked due to its Cross-Origin-Resource-Policy header (or lack thereof). See",
    ],
)
def test_what_firefox_prints_after_another_reason_is_no_failure_of_its_own(line: str) -> None:
    second = f"{BLOCKED}{URL}. (Reason: CORS request did not succeed). Status code: (null)."
    assert not the(f"{line.format(url=URL)}\n{second}").cors
    assert len(recognize(f"{line.format(url='https://other.example/')}\n{second}")) == 2


@pytest.mark.parametrize(
    "reason", ["CORS header ‘Access-Control-Allow-Origin’ missing", "CORS request did not succeed"]
)
def test_an_event_source_has_a_line_of_its_own(reason: str) -> None:
    line = "Firefox can’t establish a connection to the server at {}."
    message = the(f"{BLOCKED}{URL}. (Reason: {reason}).\n{line.format(URL)}")
    assert (message.cors, message.api) == (True, "eventsource")
    assert (the(line.format(URL)).kind, the(line.format(URL)).case) == ("network", "eventsource")
    assert len(recognize(f"{BLOCKED}{URL}. (Reason: {reason}).\n{line.format('https://other.example/')}")) == 2


def test_the_line_of_another_request_adds_nothing() -> None:
    message = the(f"{ACCESS}{NO_HEADER}\nPOST https://other.example/ net::ERR_FAILED")
    assert message.method is None
    found = recognize(f"{ACCESS}{NO_HEADER}\nPOST https://other.example/ net::ERR_FAILED 200 (OK)")
    assert [(m.cors, m.case, m.method) for m in found] == [(True, None, None), (False, "withheld", "POST")]


def test_the_line_of_a_request_beside_what_is_not_cors() -> None:
    message = the(f"Mixed Content: The page at 'https://app.example/' was blocked.\nGET {URL} net::ERR_FAILED")
    assert (message.kind, message.method) == ("mixed-content", None)


@pytest.mark.parametrize("order", [("", "PUT", ""), ("PUT", "", ""), ("", "", "PUT")])
def test_the_same_message_is_counted_whatever_stands_beside_it(order: tuple[str, ...]) -> None:
    lines = [f"{ACCESS}{NO_HEADER}\n" + (f"{method} {URL} net::ERR_FAILED\n" if method else "") for method in order]
    log = ("INFO nothing\n" * 200).join(lines)
    [one] = counted(recognize(log), lambda m: m)
    assert (one.message.method, one.times) == ("PUT", 3)


@pytest.mark.parametrize("status", ["200 (OK)", "204 (No Content)", "500 (Internal Server Error)", "401 ()", "200"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_response_that_was_withheld(method: str, status: str) -> None:
    message = the(f"app.js:3 {method} {URL} net::ERR_FAILED {status}")
    assert (message.cors, message.kind, message.case) == (False, "unknown", "withheld")
    assert (message.url, message.method, message.status) == (URL, method, status[:3])


@pytest.mark.parametrize(
    "text",
    [
        f"GET {URL} net::ERR_HTTP_RESPONSE_CODE_FAILURE 404 (Not Found)",
        f"GET {URL} net::ERR_HTTP_RESPONSE_CODE_FAILURE",
        "net::ERR_HTTP_RESPONSE_CODE_FAILURE",
        "HTTP error: status code 404, net::ERR_HTTP_RESPONSE_CODE_FAILURE",
        "HTTP error: status code 404",
    ],
)
def test_a_status_is_a_status(text: str) -> None:
    message = the(text)
    assert message.kind == "http-status"
    assert message.status == ("404" if "404" in text else None)
    assert message.url == (URL if URL in text else None)


@pytest.mark.parametrize(
    ("words", "header"),
    [
        ("x-a", "x-a"),
        ("authori\nzation", "authorization"),
        ("X-Custom-Header\n", "X-Custom-Header"),
        ("x-a, x-\nb", "x-a, x-b"),
        ("x-a\nPUT https://api.example/x net::ERR_FAILED\nRequest header field x-b", "x-b"),
        ("\nmain.js:12 PUT https://api.example/x net::ERR_FAILED\nzone.js:1 Request header field x-b", "x-b"),
        ("x-\nRequest header field x-b", "x-b"),
    ],
)
def test_a_header_name_never_swallows_the_next_line(words: str, header: str) -> None:
    text = f"{ACCESS}Request header field {words} is not allowed by Access-Control-Allow-Headers in preflight response."
    assert [m.subject for m in recognize(text) if m.subject is not None] == [header]


def test_the_line_with_the_url_names_the_url_that_redirects() -> None:
    denied = "Cross-origin redirection to https://b.example/z denied by Cross-Origin Resource Sharing policy: Origin https://app.example is not allowed by Access-Control-Allow-Origin. Status code: 302"
    (alone,) = recognize(denied)
    assert (alone.url, alone.detail) == ("https://b.example/z", REDIRECTION)
    (message,) = recognize(f"{denied}\nFetch API cannot load https://a.example/r due to access control checks.")
    assert (message.url, message.detail) == ("https://a.example/r", "")


def test_a_log_puts_the_same_before_both_lines_of_webkit() -> None:
    text = "12:00:01 [7] Preflight response is not successful. Status code: 401\n12:00:02 [8] XMLHttpRequest cannot load https://a.example/r due to access control checks."
    (message,) = recognize(text)
    assert (message.rule, message.url, message.status) == ("preflight-status-ok", "https://a.example/r", "401")


def test_a_reason_without_the_first_word_is_about_the_preflight_response() -> None:
    reason = "preflight request doesn't pass access control check: It does not have HTTP ok status."
    assert [message.in_preflight for message in recognize(f"{reason}\nto {reason}")] == [True, True]


LOAD = "Fetch API cannot load https://api.example/{} due to access control checks."
REASON = "Request header field X-A is not allowed by Access-Control-Allow-Headers."


def test_a_reason_below_its_url_belongs_to_it() -> None:
    (message,) = recognize(f"1. {LOAD.format(1)}\n2. {REASON}")
    assert (message.browser, message.rule, message.url) == ("webkit", "acah-lists-headers", "https://api.example/1")


def test_a_reason_above_another_url_does_not_belong_to_the_one_before() -> None:
    found = recognize(f"1. {LOAD.format(1)}\n2. {REASON}\n3. {LOAD.format(2)}")
    assert (found[0].url, found[0].rule) == ("https://api.example/1", None)


def test_edge_announces_the_url_before_the_reason() -> None:
    (message,) = recognize(
        "SEC7118: XMLHttpRequest for https://api.example/ required Cross Origin Resource Sharing (CORS).\n"
        "SEC7119: XMLHttpRequest for https://api.example/ required CORS preflight.\n"
        "SEC7123: Request header x-a was not present in the Access-Control-Allow-Headers list."
    )
    assert (message.rule, message.url) == ("acah-lists-headers", "https://api.example/")


def test_the_panels_tooltip_is_about_the_request_above_it() -> None:
    (message,) = recognize(
        "GET https://api.example/ net::ERR_FAILED\nCross-Origin Resource Sharing error: MissingAllowOriginHeader"
    )
    assert (message.rule, message.url) == ("acao-present", "https://api.example/")


def test_a_script_that_failed_before_a_message_that_is_cut_off_is_another_failure() -> None:
    script = 'Loading failed for the <script> with source "https://a.example/a.js".'
    first, second = recognize(f"{script}\nCross-Origin Request Blocked: T")
    assert (first.kind, first.url, second.cors, second.url) == ("unknown", "https://a.example/a.js", True, None)
    (message,) = recognize(f"Cross-Origin Request Blocked: T\n{script}")
    assert (message.cors, message.url) == (True, "https://a.example/a.js")


def test_a_second_line_about_the_same_websocket_says_nothing_more() -> None:
    failed = "WebSocket connection to 'wss://a.example/' failed: "
    assert len(recognize(f"{failed}\nError: websocket error")) == 1
    assert len(recognize(f"{failed}\n{failed.replace('a.example', 'b.example')}")) == 2


def test_an_error_in_a_script_does_not_explain_a_request_that_failed() -> None:
    kinds = [message.kind for message in recognize("Script error.\nTypeError: Failed to fetch")]
    assert kinds == ["script-error", "unknown"]
