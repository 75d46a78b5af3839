"""The rows of what is not about CORS: how one begins, what it always holds, and where its URL stands."""

from __future__ import annotations

import json

import pytest

from corsdoctor import kinds
from corsdoctor.console.other import ALONE, Other, quoted_before
from corsdoctor.console.others import OTHERS
from corsdoctor.console.recognize import recognize
from corsdoctor.console.reproduce import scenario
from corsdoctor.message import Message


def the(text: str) -> Message:
    (message,) = recognize(text)
    return message


@pytest.mark.parametrize(
    ("words", "start", "pieces"),
    [
        (r"Script error\.", "Script error.", ("Script error.",)),
        (r"outputs zeroe?s due to(?: for (?P<url>\S+))? it\.", "outputs zero", ("outputs zero", "s due to", " it.")),
        (r"Failed to run '\w{1,9}' on (?:a|b)", "Failed to run '", ("Failed to run '", "' on ")),
        (r"Loading \(CORB\) [\[\]a]{1,3} x{2}y", "Loading (CORB) ", ("Loading (CORB) ", " ", "y")),
        (rf"{ALONE}ERR_CERT_\w+", "ERR_CERT_", ("ERR_CERT_",)),
        (r"(?P<status>[45]\d\d) \(", "", (" (",)),
    ],
)
def test_the_fixed_words_of_a_row(words: str, start: str, pieces: tuple[str, ...]) -> None:
    other = Other("unknown", None, words)
    assert (other.start, other.pieces) == (start, pieces)


@pytest.mark.parametrize("other", OTHERS, ids=lambda other: other.words)
def test_each_row_has_a_kind(other: Other) -> None:
    kind = kinds.of(Message("", False, kind=other.kind, case=other.case))
    assert kind is not None
    assert kind.id.partition("/")[0] == other.kind


def test_a_message_about_cors_has_no_kind() -> None:
    assert kinds.of(Message("", True)) is None


@pytest.mark.parametrize("code", ["ERR_CERT_DATE_INVALID", "ERR_QUIC_PROTOCOL_ERROR", "ERR_CONNECTION_REFUSED"])
def test_a_code_with_and_without_its_prefix(code: str) -> None:
    url = "https://api.example/a"
    for text in (f"GET {url} net::{code}", f"GET {url} {code}", f"Error: net::{code} at {url}"):
        message = the(text)
        assert (message.kind, message.browser, message.url) == ("network", "chromium", url)
    assert the(f"net::{code}").case == the(code).case is not None


@pytest.mark.parametrize(
    "text",
    [
        "Error [ERR_HTTP2_INVALID_STREAM]: no",
        "MY_ERR_CERT_X",
        "ERR_OSSL_EVP_UNSUPPORTED",
        "`ERR_HTTP2_GOAWAY_SESSION`",
        "`ERR_ACCESS_DENIED`",
        "`ERR_INVALID_URL`",
        "ERR_DNS_SET_SERVERS_FAILED",
        "ssl.SSL_ERROR_WANT_READ",
        "SSL_ERROR_SSL",
        "ERR_QUIC_ENDPOINT_CLOSED",
        "ERR_PROXY_TUNNEL",
    ],
)
def test_codes_of_other_programs(text: str) -> None:
    assert recognize(text) == ()


@pytest.mark.parametrize(
    "code", ["ERR_HTTP2_X", "ERR_ACCESS_DENIED", "ERR_DNS_SORT_ERROR", "ERR_SSL_X", "ERR_PROXY_X", "ERR_INVALID_URL"]
)
def test_codes_that_need_their_prefix(code: str) -> None:
    assert recognize(code) == ()
    assert the(f"net::{code}").case is not None


@pytest.mark.parametrize(
    "text",
    [
        "see Redirection\nfoo",
        "error: redirection\nx",
        "    Credentials\n grant",
        "It does not\nwork",
        "Response\nof the server",
        "Error: Access to this API has been restricted at ChildProcess.spawn",
    ],
)
def test_words_of_any_text_are_no_message_about_cors(text: str) -> None:
    assert recognize(text) == ()


def test_the_url_before_the_words() -> None:
    text = '"https://a.example/a.js" is not'
    assert quoted_before(text, text.index("is not"), len(text)) == "https://a.example/a.js"
    assert quoted_before('" is not', 2, 8) is None
    assert quoted_before("a is not", 2, 8) is None


def test_the_second_line_of_webkit_belongs_to_the_service_worker() -> None:
    first = "[Error] Response served by service worker is opaque\n"
    url = "https://cdn.example/a.png"
    second = f"[Error] Fetch API cannot load {url} due to access control checks.\n"
    message = the(first + second)
    assert (message.kind, message.case, message.url) == ("service-worker", "opaque", url)
    assert (
        the(f"{first}{second}[Error] Failed to load resource: Response served by service worker is opaque") == message
    )
    assert [m.cors for m in recognize(first + "x\n" * 900 + second)] == [False, True]


def test_a_code_of_firefox_beside_the_sentence_is_not_a_second_one() -> None:
    url = "https://api.example/a.png"
    sentence = f"The resource at “{url}” was blocked due to its Cross-Origin-Resource-Policy header (or lack thereof)."
    assert the(f"GET {url}\nNS_ERROR_DOM_CORP_FAILED\n{sentence}").text.startswith("The resource")
    assert the(f"GET {url} NS_ERROR_DOM_CORP_FAILED").kind == "corp"


@pytest.mark.parametrize(
    ("text", "api"),
    [
        (
            "Loading module from “https://a.example/a” was blocked because of a disallowed MIME type (“text/html”).",
            "module",
        ),
        ("Script from “https://a.example/a” was blocked because of a disallowed MIME type (“text/html”).", "script"),
        (
            "Refused to apply style from 'https://a.example/a' because its MIME type ('') is not supported.",
            "stylesheet",
        ),
        (
            "Loading Worker from “https://a.example/a” was blocked because of a disallowed MIME type (“text/html”).",
            None,
        ),
    ],
)
def test_who_requests_a_file_with_a_wrong_type(text: str, api: str | None) -> None:
    assert the(text).api == api
    request = scenario(the(text))
    assert (None if request is None else str(request.api)) == api


@pytest.mark.parametrize("url", ["<URL>", "<EP>/a"])
def test_what_stands_for_a_url_is_none(url: str) -> None:
    assert the(f"Refused to apply style from '{url}' because its MIME type ('') is not supported.").url is None


@pytest.mark.parametrize(
    ("url", "requested"),
    [
        ("https://a.example/a.png", True),
        ("file:///D:/a.png", False),
        ("/a.png", False),
        ("https://...", False),
        ("data:image/png;base64,AAAA", False),
    ],
)
def test_only_what_reaches_a_server_is_requested(url: str, requested: bool) -> None:
    message = the(
        f"Failed to execute 'texImage2D' on 'WebGLRenderingContext': The cross-origin image at {url} may not be loaded."
    )
    assert message.url == url
    assert (scenario(message) is not None) == requested


def test_an_exception_below_that_of_a_library_is_not_a_second_one() -> None:
    library = 'FetchError: [GET] "https://a.example/": <no response> Failed to fetch'
    assert the(f"{library}\nTypeError: Failed to fetch").url == "https://a.example/"
    assert len(recognize("TypeError: Failed to fetch\nTypeError: Failed to fetch")) == 2


def test_the_cause_in_node_belongs_to_the_exception_above_it() -> None:
    cause = "Error: connect ECONNREFUSED 127.0.0.1:3001"
    assert the(f"TypeError: fetch failed {{\n  cause: {cause}\n}}").case == "node"
    assert the(f"[vite] http proxy error: /api\n{cause}").case == "dev-proxy"
    assert the(cause).case == "node"
    assert len(recognize(f"GET https://a.example/ net::ERR_CONNECTION_REFUSED\n{cause}")) == 2


def test_masks_the_secrets_of_a_url_that_is_found_beside_the_words() -> None:
    message = the("GET https://u:hunter2@api.example/a?token=s3cr3tvalue ERR_CERT_DATE_INVALID")
    assert message.url == "https://u:hunter2@api.example/a?token=s3cr3tvalue"


REPORT = {
    "document-uri": "https://app.example/cart",
    "violated-directive": "connect-src",
    "effective-directive": "connect-src",
    "original-policy": "connect-src 'self'",
    "disposition": "enforce",
    "blocked-uri": "https://api.example/items",
}
BODY = {
    "blockedURL": "https://api.example/items",
    "disposition": "enforce",
    "documentURL": "https://app.example/cart",
    "effectiveDirective": "connect-src",
}


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize(
    ("case", "changed"),
    [
        (None, {}),
        ("report-only", {"disposition": "report"}),
        ("report-only", {"disposition": "reporting"}),
        ("inline", {"blocked-uri": "inline", "blockedURL": "inline"}),
        ("eval", {"blocked-uri": "eval", "blockedURL": "eval"}),
        (None, {"blocked-uri": "data", "blockedURL": "data"}),
    ],
)
@pytest.mark.parametrize("report", [REPORT, BODY, dict(sorted(REPORT.items())), dict(reversed(REPORT.items()))])
def test_what_browsers_report_of_a_policy(
    report: dict[str, str], changed: dict[str, str], case: str | None, indent: int | None
) -> None:
    changed = {key: value for key, value in changed.items() if key in report}
    message = the(json.dumps({"csp-report": report | changed}, indent=indent))
    is_named = message.url == "https://api.example/items"
    assert (message.cors, message.kind, message.case) == (False, "csp", case)
    assert is_named == (set(changed) <= {"disposition"})


def test_reports_of_other_policies() -> None:
    assert recognize(json.dumps({"document-uri": "https://app.example/", "disposition": "enforce"})) == ()


@pytest.mark.parametrize(
    "text",
    [
        "TypeError: Failed to execute 'fetch' on 'Window': Request with GET/HEAD method cannot have body.",
        "Failed to execute 'setRequestHeader' on 'XMLHttpRequest': 'Bearer x\ny' is not a valid HTTP header field value.",
        "Failed to execute 'open' on 'XMLHttpRequest': Invalid URL",
        "TypeError: Failed to parse URL from /api/items",
        "TypeError: Window.fetch: HEAD or GET Request cannot have a body.",
        "Failed to construct 'Request': Failed to parse URL from http://",
    ],
)
def test_calls_that_are_refused_before_anything_is_sent(text: str) -> None:
    assert the(text).kind == "invalid-request"


@pytest.mark.parametrize(
    "text",
    [
        "Failed to execute 'fetch' on 'Window': 1 argument required, but only 0 present.",
        "TypeError: Failed to execute 'fetch' on 'Window': Illegal invocation",
    ],
)
def test_mistakes_in_code_are_none_of_them(text: str) -> None:
    assert recognize(text) == ()


def test_a_viewer_that_compares_origins() -> None:
    assert the("PDF.js v5.1.91 (build: 45cbe8bb0)\nMessage: file origin does not match viewer's").kind == "viewer"


def test_the_same_in_other_words_is_one_message() -> None:
    url = "https://api.example/items"
    directive = (
        'because it violates the following Content Security Policy directive: "connect-src https://app.example".'
    )
    document = "because it violates the document's Content Security Policy."
    refused = f"Refused to connect to '{url}' "
    assert the(f"{refused}{directive}\n{refused}{document}").url == url
    assert len(recognize(f"{refused}{directive}\n{refused.replace('items', 'other')}{document}")) == 2
    assert len(recognize(f"{refused}{document}\n{refused}{document}")) == 2


def test_the_exception_repeats_what_webkit_said() -> None:
    reason = "Origin https://app.example is not allowed by Access-Control-Allow-Origin."
    second = "[Error] Fetch API cannot load https://api.example/items due to access control checks."
    message = the(f"[Error] {reason}\n{second}\n[Error] TypeError: {reason}\n")
    assert (message.browser, message.url) == ("webkit", "https://api.example/items")


def test_the_error_code_of_a_handshake_belongs_to_it() -> None:
    assert the("Error during WebSocket handshake: net::ERR_CONNECTION_RESET").kind == "websocket"


def test_an_empty_url_is_none() -> None:
    page = (
        "Mixed Content: The page at 'https://app.example/' was loaded over HTTPS, but requested an insecure script ''."
    )
    assert the(page).url is None


def test_a_cookie_of_a_url_that_was_hidden() -> None:
    for url in ("", "[redacted] ", "https://a.example/ "):
        text = f"A cookie associated with a cross-site resource at {url}was set without the `SameSite` attribute."
        assert (the(text).kind, the(text).case) == ("cookie", "default")


def test_a_reason_right_behind_the_words_that_lost_their_url() -> None:
    reason = "No 'Access-Control-Allow-Origin' header is present on the requested resource"
    assert the(f"The viewer is being blocked by CORS policy '{reason}'.").rule == "acao-present"
    assert len(recognize(f"{reason}.\n{reason}.")) == 2


def test_an_origin_that_somebody_hid() -> None:
    assert the("Origin checking failed - https://<DOMAIN> does not match any trusted origins.").origin is None


def test_a_tool_that_says_that_it_may_be_cors() -> None:
    text = "We couldn't reach your server.\nThe server's response may be missing CORS headers."
    assert the(text).kind == "unknown"
