"""Reading HARs: what other tools write, and what is not a HAR."""

from __future__ import annotations

import json
from typing import Any

import pytest

from corsdoctor.captures.har import Har, NotHar, Unreadable, read_har
from corsdoctor.wire import MAX_HEAD, MAX_LINES
from tests.captures.hars import API, GRANT, PAGE, entry, lines, pieces, read, text

NOT_HARS = {
    b"": "is empty",
    b" \n ": "is empty",
    b"<!doctype html>": "is HTML or XML",
    b"[1]": "is a JSON array",
    b"hello": "is not a HAR, which begins with `{`, and contains no HTTP message",
    b'{"entries": []}': "has no `log`",
    b'{"log": 1}': "has no `log`",
    b'{"log": {"entries": [': "the file ends at line 1, column 22",
    b'{"log": {"x": ' + b"[" * 100_000: "nested too deeply at line 1, column 15",
}


@pytest.mark.parametrize("data", NOT_HARS, ids=lambda data: repr(data[:20]))
def test_what_is_not_a_har(data: bytes) -> None:
    with pytest.raises(NotHar, match=NOT_HARS[data]):
        read_har([data])


@pytest.mark.parametrize("size", [1, 4, 1_000_000])
def test_harp(size: int) -> None:
    wrapped = b"onInputData(" + text(entry()) + b");\n"
    har = read_har(pieces(wrapped, size))
    assert (har.count, len(har.entries), har.unreadable) == (1, 1, [])


def test_members_in_any_order() -> None:
    har = read_har(
        [
            json.dumps(
                {"x": [1], "log": {"entries": [entry()], "pages": {}, "browser": {"name": "Firefox"}, "creator": 1}}
            ).encode()
        ]
    )
    assert (har.count, har.creator, har.browser) == (1, "", "Firefox")
    assert (read(pages=None, entries_=1).count, read_har([b'{"log": {"entries": null}}']).count) == (0, 0)


TWICE = text(entry())
ENDS = {
    TWICE[:-3]: "the file ends at line 1",
    TWICE[:-2] + b", oops}}": "expected a name in quotation marks at line 1",
    TWICE + b"\nrest": "the HAR ends before the end of the file; what follows was not read at line 2, column 1",
    TWICE + TWICE: "a second JSON value was not read at line 1",
}


@pytest.mark.parametrize("data", ENDS, ids=["cut", "broken", "rest", "second"])
def test_what_stands_before_is_read(data: bytes) -> None:
    har = read_har([data])
    assert har.count == len(har.entries) == 1
    [rest] = har.unreadable
    assert rest.entry is None
    assert ENDS[data] in rest.reason


UNREADABLE: dict[str, Any] = {
    "it has no `request` object": {},
    "its request has no `url` or no `method`": {"request": {"url": 1, "method": "GET"}},
    "its `method` is not an HTTP method": entry("token=x y"),
}


@pytest.mark.parametrize("reason", UNREADABLE)
def test_an_unreadable_entry_is_named(reason: str) -> None:
    har = read(entry(), UNREADABLE[reason], 7, entry())
    assert har.unreadable[0] == Unreadable(1, reason)
    assert [one.index for one in har.entries] == [0, 3]
    assert har.unreadable[1] == Unreadable(2, "it has no `request` object")


MANY = f"it has more than 1,000 header lines or {MAX_HEAD // 1024} KiB of them"
LIMITS: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "URL": (
        entry(url=f"{API}?".ljust(MAX_HEAD, "x")), entry(url=f"{API}?".ljust(MAX_HEAD + 1, "x")), f"its URL is longer than {MAX_HEAD // 1024} KiB",
    ),
    "lines of a request": (
        entry(asked={"Origin": PAGE} | {f"X-{n}": "" for n in range(MAX_LINES - 1)}),
        entry(asked={"Origin": PAGE} | {f"X-{n}": "" for n in range(MAX_LINES)}), MANY,
    ),
    "lines that were joined": (
        entry(answered={"X": "\n" * (MAX_LINES - 1)}), entry(answered={"X": "\n" * MAX_LINES}), MANY,
    ),
    "bytes of a response": (
        entry(answered={"X": "x" * (MAX_HEAD - 1)}), entry(answered={"X": "x" * MAX_HEAD}), MANY,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", LIMITS)
def test_an_entry_has_the_limits_of_a_browser(name: str) -> None:
    """Without one, a small file took minutes and a gigabyte, because reports compare and repeat lines."""
    most, more, reason = LIMITS[name]
    assert read(most).unreadable == []
    assert read(more).unreadable == [Unreadable(0, reason)]


NOT_CORS: dict[str, dict[str, Any]] = {
    "no Origin": entry(asked={}),
    "navigation": entry(asked={"Origin": PAGE, "Sec-Fetch-Mode": "navigate"}),
    "no-cors": entry(asked={"Origin": PAGE, "Sec-Fetch-Mode": "no-cors"}),
    "document": entry(_resourceType="document"),
    "not http": entry(url="data:,x" + "x" * MAX_HEAD),
    "relative": entry(url="/x"),
    "websocket": entry(status=101),
    "an image that an extension blocked": entry(
        asked={}, status=0, _resourceType="image", error="net::ERR_BLOCKED_BY_CLIENT"
    ),
}


@pytest.mark.parametrize("name", NOT_CORS)
def test_what_cors_does_not_concern(name: str) -> None:
    har = read(NOT_CORS[name])
    assert (har.count, har.entries, har.unreadable) == (1, [], [])


def test_headers() -> None:
    one = entry(asked={":method": "GET", "Origin": PAGE, "X-A": "1\n2", "X-U": "é€", "X-L": "é", "": "x"})
    one["response"]["headers"] = {"Access-Control-Allow-Origin": PAGE, "X-N": 1}
    other = entry()
    other["request"]["headers"] = [*lines({"Origin": PAGE}), 3, {"name": 1}, {"name": "X-B"}]
    other["response"] = None
    third = entry(answered=GRANT)
    third["response"]["headers"] = 5
    found = read(one, other, third).entries
    assert found[0].headers.pairs == (
        ("Origin", PAGE),
        ("X-A", "1"),
        ("X-A", "2"),
        ("X-U", "é€".encode().decode("latin-1")),
        ("X-L", "é"),
    )
    assert found[0].response is not None
    assert found[0].response.headers.pairs == (("Access-Control-Allow-Origin", PAGE), ("X-N", ""))
    assert (found[1].headers.pairs, found[1].response) == ((("Origin", PAGE), ("X-B", "")), None)
    assert found[2].response is not None
    assert not found[2].response.headers


@pytest.mark.parametrize(
    ("written", "status"),
    [
        (200, 200),
        ("200", 200),
        (" 404 ", 404),
        ("error", None),
        (0, None),
        (-1, None),
        (1e9, None),
        (True, None),
        (None, None),
    ],
)
def test_status(written: object, status: int | None) -> None:
    [one] = read(entry(status=written)).entries
    assert (None if one.response is None else one.response.status) == status


def test_a_body_is_evidence() -> None:
    one, other = entry(), entry()
    one["response"] |= {"content": {"text": "Invalid CORS request"}, "httpVersion": "HTTP/2", "statusText": "No"}
    other["response"] |= {"content": {"text": "AAAA", "encoding": "base64"}}
    first, second = (found.response for found in read(one, other).entries)
    assert first is not None
    assert second is not None
    assert (first.body, first.http_version, first.reason, second.body) == (b"Invalid CORS request", "2", "No", b"")


AGENTS = {
    "Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0": "firefox",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36": "chromium",
    "Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15": "webkit",
    "curl/8": None,
}


@pytest.mark.parametrize("agent", AGENTS)
def test_the_engine_by_user_agent(agent: str) -> None:
    har = read(entry(asked={"Origin": PAGE, "User-Agent": agent}), creator="mitmproxy")
    assert (har.engine(har.entries[0]), har.recorder, har.preflight_first) == (AGENTS[agent], "", True)


CREATORS = {
    ("WebInspector", ""): ("chromium", "chromium", True),
    ("Firefox", "Firefox"): ("firefox", "firefox", False),
    ("WebKit Web Inspector", ""): ("webkit", "webkit", False),
    ("Playwright", "firefox"): ("", "firefox", True),
    ("Playwright", "webkit"): ("", "webkit", True),
    ("Charles Proxy", ""): ("", None, False),
    ("Fiddler", ""): ("", None, False),
    ("Insomnia REST Client", ""): ("", None, False),
    ("@neuralegion/cypress-har-generator", ""): ("", None, False),
    ("Internet Explorer Network Inspector", "Internet Explorer"): ("", None, False),
    ("Browsertime", "Chrome"): ("", "chromium", False),
    ("Chrome HAR Capturer", ""): ("chromium", "chromium", False),
}


@pytest.mark.parametrize("names", CREATORS)
def test_the_engine_by_name(names: tuple[str, str]) -> None:
    creator, browser = names
    har = read(entry(), creator=creator, browser={"name": browser})
    assert (har.recorder, har.engine(har.entries[0]), har.shows_failures) == CREATORS[names]
    assert (har.hides is not None) == (creator in ("WebKit Web Inspector", "Playwright"))


def test_webkit_begins_media_with_an_empty_entry() -> None:
    empty = entry(asked={}, status=0)
    har = read(empty, entry(asked={"Sec-Fetch-Mode": "no-cors"}), empty, entry(url="https://other.example/"))
    assert [one.index for one in har.entries] == [2, 3]
    apart = read(empty, entry(url="data:,x"), entry())
    assert [one.index for one in apart.entries] == [0, 2]


@pytest.mark.parametrize(("error", "kept"), [("", 1), ("net::ERR_FAILED", 1), ("net::ERR_ABORTED", 0)])
def test_an_element_without_a_response_is_kept_if_cors_may_have_failed_it(error: str, kept: int) -> None:
    assert len(read(entry(status=0, error=error, _resourceType="image")).entries) == kept


def test_only_options_is_a_preflight_request() -> None:
    asked = {"Origin": PAGE, "Access-Control-Request-Method": "PUT"}
    har = read(entry("GET", asked=asked), entry("OPTIONS", asked=asked), entry("OPTIONS"))
    assert [one.is_preflight for one in har.entries] == [False, True, False]


def test_nothing_is_remembered_between_files() -> None:
    assert Har().entries == []
    assert API in read(entry()).entries[0].url.href
