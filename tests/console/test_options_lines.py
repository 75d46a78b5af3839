"""Lines of logs, of error pages and of consoles about an OPTIONS request that failed."""

from __future__ import annotations

import pytest

from corsdoctor.console.counted import counted
from corsdoctor.console.options_lines import _SAID
from corsdoctor.console.recognize import recognize
from corsdoctor.console.stream import messages
from corsdoctor.message import A_SERVER, Message
from corsdoctor.reports import explanation
from corsdoctor.reports.explanation import Explained

LINES = (
    '10.0.0.1 - - [31/Dec/2021:10:11:12 +0000] "OPTIONS /a HTTP/1.1" {} 12 "-" "Mozilla/5.0"',
    'INFO:     127.0.0.1:52344 - "OPTIONS /a HTTP/1.1" {} Bad Request',
    "OPTIONS /a {} 3.123 ms - 146",
    "INFO  OPTIONS /a -> {}",
    "OPTIONS /a: {}",
    '[GIN] 2022/05/11 - 15:04:05 | {} |      11.2µs |             ::1 | OPTIONS  "/a"',
    "12:00:00 | {} | 1ms | 127.0.0.1 | OPTIONS | /a | -",
    "2024-06-10 10:00:00 10.0.0.4 OPTIONS /a - 443 - 203.0.113.9 Mozilla/5.0 https://app.example/ {} 0 1 15",
    '2024-06-10 10:00:00 "OPTIONS /a HTTP/1.1" from [::1]:50312 - {} 0B in 12.3µs',
    "OPTIONS d1.cloudfront.net /a {} https://app.example/ Mozilla/5.0",
    '0.001 0.002 0.000 {} 405 34 366 "OPTIONS /a HTTP/1.1" "curl"',
    'api/srv1 0/0/0/1/1 {} 212 - - ---- 1/1/0/0/0 0/0 "OPTIONS /a HTTP/1.1"',
    "Returning {} Method Not Allowed for OPTIONS /a",
    'at=info method=OPTIONS path="/a" host=x status={} bytes=178',
    '{{"method":"OPTIONS","url":"/a","statusCode":{}}}',
    '{{"DownstreamStatus":{},"RequestMethod":"OPTIONS","RequestPath":"/a"}}',
    '{{"request":{{"method":"OPTIONS","uri":"/a"}},"status":{}}}',
    '{{\n  "method": "OPTIONS",\n  "path": "/a",\n  "status": {}\n}}',
)
ALLOWED = ("200", "204", "304")


def the(text: str) -> Message:
    (message,) = recognize(text)
    return message


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("status", ["301", "401", "503"])
def test_a_line_of_a_log_is_recognized(line: str, status: str) -> None:
    message = the(line.format(status))
    assert (message.cors, message.rule, message.in_preflight) == (True, "preflight-status-ok", True)
    assert (message.url, message.status, message.server, message.entry) == ("/a", status, A_SERVER, True)
    assert explanation.place(Explained(message)).startswith("Entry of a log; ")
    assert message.detail == ("redirected" if status == "301" else "")
    quiet = "INFO nothing of interest happened here\n" * 2000
    assert [*messages([quiet, line.format(status), "\n", quiet])] == [message]


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("status", ALLOWED)
def test_a_preflight_response_that_succeeded_is_no_message(line: str, status: str) -> None:
    assert recognize(line.replace("405", status).format(status)) == ()


@pytest.mark.parametrize(
    "text",
    [
        '127.0.0.1 - - "POST /a HTTP/1.1" 404 12',
        "Allow: GET, OPTIONS\nContent-Length: 405",
        "curl -X OPTIONS https://api.example:8443/a",
        "OPTIONS /a HTTP/1.1\nHost: api.example",
        "The server answers OPTIONS requests. 404 is what it returns otherwise",
        '{"method":"OPTIONS"}\n{"method":"GET","status":404}',
        '{"method":"OPTIONS","request":{"a":1},"url":"/a"}',
        "options /a 404",
        "Routes: GET,HEAD,OPTIONS /a 404",
        "Allow: GET, OPTIONS /a 404",
        "OPTIONS /a: 500 requests per second",
        "OPTIONS /a | 404 ms | 200",
    ],
)
def test_what_is_no_such_line(text: str) -> None:
    assert recognize(text) == ()


@pytest.mark.parametrize("said", _SAID, ids=lambda said: said.pattern.words[:60])
def test_words_of_frameworks_stand_for_a_status_code(said: object) -> None:
    texts = {
        "No route matches [OPTIONS": 'No route matches [OPTIONS] "/a"',
        "Cannot OPTIONS": "<pre>Cannot OPTIONS /a</pre>",
        "Route OPTIONS:": '{"message":"Route OPTIONS:/a not found"}',
        "no route found for OPTIONS": "no route found for OPTIONS /a (MyAppWeb.Router)",
        "Action not found For request 'OPTIONS": "Action not found For request 'OPTIONS /a'",
        'No route found for "OPTIONS': 'No route found for "OPTIONS https://api.example/a": Method Not Allowed (Allow: GET)',
        "The OPTIONS method is not supported for": "The OPTIONS method is not supported for this route. Supported methods: GET.",
        "Method Not Allowed (OPTIONS": "Method Not Allowed (OPTIONS): /a",
        'Method "OPTIONS" not allowed': '{"detail":"Method \\"OPTIONS\\" not allowed."}',
        "Request method 'OPTIONS": "Request method 'OPTIONS' is not supported",
        "OPTIONS response returned 401": "OPTIONS response returned 401. Are authorization headers or cookies required?",
        "OPTIONS response returned 404": "OPTIONS response returned 404. Is the url correct?",
        "Request method OPTIONS": "Request method OPTIONS not supported",
        "The requested resource does not support http method 'OPTIONS": "The requested resource does not support http method 'OPTIONS'.",
        "HTTP method 'OPTIONS": "HTTP method 'OPTIONS' is not supported",
        "Method OPTIONS": "Method OPTIONS is not allowed by this endpoint",
        "OPTIONS method": "OPTIONS method not allowed",
    }
    message = the(texts[said.start])  # type: ignore[attr-defined]
    assert (message.rule, message.server) == ("preflight-status-ok", said.who or A_SERVER)  # type: ignore[attr-defined]
    assert message.status in ("401", "404", "405")


@pytest.mark.parametrize(
    ("text", "browser"),
    [
        ("a.js:3 OPTIONS https://api.example/a 403 (Forbidden)", "chromium"),
        ("OPTIONS https://api.example/a 403 ()", "chromium"),
        ("XHROPTIONShttps://api.example/a\n[HTTP/1.1 403 Forbidden 84ms]", "firefox"),
    ],
)
def test_consoles_print_the_preflight_too(text: str, browser: str) -> None:
    message = the(text)
    assert (message.browser, message.server, message.status) == (browser, None, "403")
    assert message.url == "https://api.example/a"


def test_the_page_is_the_referer() -> None:
    line = LINES[0].replace('"-"', '"https://app.example/cart?id=1"')
    assert the(line.format("403")).origin == "https://app.example"


@pytest.mark.parametrize(
    "line", ["OPTIONS https://api.example/a 502 (Bad Gateway)", "OPTIONS https://api.example/a 502"]
)
def test_a_line_beside_the_message_adds_the_status_code(line: str) -> None:
    blocked = (
        "Access to fetch at 'https://api.example/a' from origin 'https://app.example' has been blocked by CORS policy: Response "
        "to preflight request doesn't pass access control check: No 'Access-Control-Allow-Origin' header is present on the requested resource."
    )
    for text in (f"{line}\n{blocked}", f"{blocked}\n{line}"):
        message = the(text)
        assert (message.rule, message.status, message.method) == ("acao-present", "502", None)


def test_a_line_beside_the_servers_own_words_says_no_more() -> None:
    message = the(f"{LINES[1].format('400')}\nDisallowed CORS headers")
    assert (message.cause, message.status) == ("headers-refused", None)


def test_another_request_is_another_message() -> None:
    first = "OPTIONS https://api.example/b 403 (Forbidden)"
    second = "Access to fetch at 'https://api.example/a' from origin 'https://app.example' has been blocked by CORS policy: No 'Access-Control-Allow-Origin' header is present on the requested resource."
    assert [message.url for message in recognize(f"{first}\n{second}")] == [
        "https://api.example/b",
        "https://api.example/a",
    ]


@pytest.mark.parametrize("status", ["301", "400", "401", "403", "404", "405", "500", "502"])
def test_the_explanation_names_the_cause_and_does_not_claim_a_browser(status: str) -> None:
    explained = Explained(the(f'"OPTIONS /a HTTP/1.1" {status} 0'))
    assert explanation.heading(explained.message) == f"CORS: the server returned {status} to OPTIONS"
    labels = dict(explanation.paragraphs(explained))
    assert "If a browser sent it" in labels["Means"]
    assert labels["Cause"]
    assert explanation.as_object(explained)["failure"] == f"The server returned {status} to OPTIONS"


def log_line(path: str, status: str, page: str = "https://app.example/") -> str:
    return f'10.0.0.1 - - [30/Nov/2026:10:00:00 +0000] "OPTIONS {path} HTTP/1.1" {status} 0 "{page}" "Mozilla/5.0"\n'


def test_lines_of_a_log_that_differ_in_the_url_are_one_explanation() -> None:
    log = "".join(log_line(f"/items/{n % 40}", "405") for n in range(120)) + log_line("/items/1", "401")
    first, second = counted(recognize(log), lambda m: m)
    assert (first.message.status, first.message.url, first.times, first.other_urls) == ("405", "/items/0", 120, 39)
    assert (second.message.status, second.times, second.other_urls) == ("401", 1, 0)
    explained = Explained(first.message, times=first.times, other_urls=first.other_urls)
    assert explanation.place(explained).endswith("URL /items/0 and 39 more; 120 times")
    assert explanation.as_object(explained)["other_urls"] == 39


def test_no_more_urls_are_kept_than_may_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("corsdoctor.console.counted.DISTINCT", 3)
    [one] = counted(recognize("".join(log_line(f"/items/{n}", "405") for n in range(9))), lambda m: m)
    assert (one.times, one.other_urls) == (9, 3)


@pytest.mark.parametrize(
    ("page", "origin"), [("https://app.example/a", "https://app.example"), ("https://a;reboot.example/", "ORIGIN")]
)
def test_the_command_to_complete_names_the_page_of_the_log(page: str, origin: str) -> None:
    _, said = explanation.paragraphs(Explained(the(log_line("/a", "405", page))))[-1]
    assert said.endswith(f"corsdoctor check URL --origin {origin} -X METHOD")
