"""A HAR without its secrets: the same verdicts, and none of the secrets in the file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from corsdoctor.browsers import BROWSERS
from corsdoctor.captures import harmless
from corsdoctor.captures.group import grouped
from corsdoctor.captures.har import NotHar, read_har
from corsdoctor.captures.harmless import Harmless
from corsdoctor.captures.judge import judge
from corsdoctor.captures.redact import Redaction
from corsdoctor.masking import secrets_in_header, secrets_in_url
from corsdoctor.scenario import Credentials
from tests.captures.hars import API, GRANT, PAGE, entry, preflight, text

RECORDED = Path(__file__).parent / "recorded"
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U"
UUID, HASH = "3f2a9c51-77de-4b0c-9a51-0c2f6e1d9b88", "9b74c9897bac770ffc029102a200c5de"


def redacted(data: bytes, *, only_cors: bool = False) -> str:
    redaction = Redaction(only_cors=only_cors)
    return "".join(redaction.again(list(redaction.lines([data])), None))


def verdicts(data: bytes) -> list[Any]:
    har, found = read_har([data]), []
    for one in grouped(har):
        for mode in (None, *Credentials):
            judged = judge(one, har, mode, BROWSERS)
            rules = [(d.verdict, d.failure and d.failure.rule.id, d.readable) for d in judged.diagnoses]
            found.append((one.entries, judged.outcome, judged.mode, judged.by_credentials, judged.recorded_by, rules))
    return found


def secrets(data: bytes) -> Iterator[str]:
    for one in json.loads(data)["log"]["entries"]:
        yield from secrets_in_url(one["request"]["url"])
        for header in (*one["request"]["headers"], *one["response"]["headers"]):
            yield from secrets_in_header(header["name"], header["value"])


@pytest.mark.parametrize("name", ["chromium.har", "firefox.har", "webkit.har", "playwright.har"])
def test_recorded_captures_keep_their_verdicts(name: str) -> None:
    data = (RECORDED / name).read_bytes()
    written = redacted(data)
    assert verdicts(written.encode()) == verdicts(data)
    assert not [secret for secret in set(secrets(data)) if len(secret) > 5 and secret in written]
    count = len(json.loads(data)["log"]["entries"])
    assert len(json.loads(written)["log"]["entries"]) == count


MOVED = f"https://other.example/cb?code={UUID}&state=%E5%BB%96{HASH}"
SECRETS: list[Any] = [
    entry(
        "POST", f"https://bob:hunter22@api.example/u/{UUID}?token=SEKRIT&x={HASH}#frag",
        {"Origin": PAGE, "Cookie": "sid=c00kie12; theme=dark1", "Authorization": f"Bearer {JWT}", "X-Key": "k3y-value",
         "Referer": f"{PAGE}/?session=SESSI0N", "X-Trace": UUID, "Content-Type": "text/plain"},
        302, GRANT | {"Location": MOVED, "Set-Cookie": "sid=n3w; Path=/\nb=s3cond", "ETag": f'"{HASH}"', "X-Echo": "c00kie12"},
        _initiator={"type": "script", "stack": {"callFrames": [{"url": "https://x/?token=SEKRIT"}]}}, comment="SEKRIT",
        _webSocketMessages=[{"data": "SEKRIT"}], _resourceType="fetch", startedDateTime="2026-11-28T10:00:00.123Z", time=12.5,
        timings={"wait": 1, "x": "SEKRIT"},
    ),
    entry(url=MOVED, asked={"Origin": "null"}, answered={"Access-Control-Allow-Origin": "null"}),
]  # fmt: skip
SECRETS[0]["request"] |= {
    "cookies": [{"name": "sid", "value": "c00kie12", "path": "/"}, 1], "queryString": [{"name": "token", "value": "SEKRIT"}],
    "postData": {"mimeType": "text/plain", "text": "SEKRIT"}, "bodySize": 6, "httpVersion": "HTTP/1.1",
}  # fmt: skip
SECRETS[0]["response"] |= {
    "content": {"size": 6, "mimeType": "text/plain", "text": "SEKRIT"}, "redirectURL": MOVED, "statusText": "Found",
}  # fmt: skip


def test_nothing_secret_is_written() -> None:
    data = text(*SECRETS, pages=[{"id": "page_1", "title": f"{PAGE}/?token=SEKRIT", "pageTimings": {"onLoad": 1}}, 1])
    written = redacted(data)
    for secret in ("SEKRIT", "hunter22", UUID, HASH, "c00kie", "dark1", JWT, "k3y-value", "SESSI0N", "n3w", "s3cond"):
        assert secret not in written, secret
    assert verdicts(written.encode()) == verdicts(data)
    [first, second] = json.loads(written)["log"]["entries"]
    assert first["request"]["url"].startswith("https://xxx:")
    assert "@api.example/u/" in first["request"]["url"]
    assert first["response"]["redirectURL"] == second["request"]["url"], "equal values stay equal"
    assert first["request"]["postData"] == {"mimeType": "text/plain"}
    assert first["request"]["queryString"][0]["name"] == "token"
    assert first["_initiator"] == {"type": "script"}
    assert first["timings"] == {"wait": 1}
    headers = {one["name"]: one["value"] for one in first["request"]["headers"]}
    assert (headers["Origin"], headers["Content-Type"]) == (PAGE, "text/plain")
    assert headers["Authorization"].startswith("Bearer ")
    assert len(headers["Authorization"]) == len(f"Bearer {JWT}")


def test_what_is_a_secret_elsewhere() -> None:
    data = text(
        entry(asked={"Origin": PAGE, "Cookie": "a=abcd1234efgh"}, answered=GRANT | {"X-Note": "is-abcd1234efgh"})
    )
    assert "abcd1234efgh" not in redacted(data)


def test_the_request_that_corsdoctor_wrote_stays() -> None:
    asked: dict[str, Any] = {
        "url": f"{API}?token=SEKRIT", "origin": PAGE, "method": "GET", "headers": [["X-Key", "SEKRIT"]], "credentials": "include",
        "mode": None, "redirect": "follow", "api": "fetch", "upload_listener": False, "has_body": False, "streamed": False,
    }  # fmt: skip
    told = {"number": 1, "browsers": ["chromium"], "sent_by": {"chromium": 0}, "request": asked, "x": "SEKRIT"}
    data = text(entry(url=asked["url"], answered={"Access-Control-Allow-Origin": "*"}, _corsdoctor=told))
    written = redacted(data)
    assert "SEKRIT" not in written
    assert verdicts(written.encode()) == verdicts(data)
    [one] = json.loads(written)["log"]["entries"]
    assert one["_corsdoctor"]["request"]["credentials"] == "include"


KEPT: dict[str, Any] = {
    "creator": {"name": "WebInspector", "version": "1"}, "browser": {"name": "Firefox", "version": "2"},
    "pages": [{
        "startedDateTime": "2026-11-28T10:00:00.123Z", "id": "page_1", "title": "a title",
        "pageTimings": {"onContentLoad": 1, "onLoad": 2},
    }],
    "entries": [{
        "startedDateTime": "2026-11-28T10:00:00.123Z", "time": 12.5, "pageref": "page_1", "serverIPAddress": "192.0.2.1",
        "connection": "7", "_resourceType": "fetch", "_priority": "High", "_fetchType": "Network Load", "_serverPort": 443,
        "_initiator": {"type": "script"}, "cache": {},
        "timings": dict.fromkeys(("blocked", "dns", "connect", "ssl", "send", "wait", "receive"), 1),
        "request": {
            "method": "GET", "url": API, "httpVersion": "HTTP/1.1", "headersSize": 3, "bodySize": 4, "headers": [],
            "cookies": [], "queryString": [],
        },
        "response": {
            "status": 204, "statusText": "No Content", "httpVersion": "h2", "headersSize": 5, "bodySize": 6, "_transferSize": 7,
            "_error": "net::ERR_FAILED", "_failureText": "net::ERR_ABORTED", "headers": [], "redirectURL": "",
            "cookies": [{
                "name": "theme", "value": "xxxy", "path": "/", "domain": "api.example", "expires": "2026-12-01T00:00:00Z",
                "httpOnly": True, "secure": True, "sameSite": "Lax",
            }],
            "content": {"size": 8, "mimeType": "text/plain"},
        },
    }],
}  # fmt: skip


def test_what_no_secret_is_in_stays() -> None:
    """As the format requires it, or as verdicts and statistics use it; and nothing else is written."""
    assert json.loads(redacted(json.dumps({"log": {"version": "1.2", **KEPT}}).encode()))["log"] == {
        "version": "1.2",
        **KEPT,
    }
    more: Any = json.loads(json.dumps(KEPT))
    [entry] = more["entries"]
    places = (
        more["creator"], *more["pages"], more["pages"][0]["pageTimings"], entry, entry["_initiator"], entry["timings"],
        entry["request"], entry["response"], entry["response"]["content"], *entry["response"]["cookies"],
    )  # fmt: skip
    for place in places:
        place["more"] = "SEKRIT"
    written = json.loads(redacted(json.dumps({"log": {**more, "more": "SEKRIT"}}).encode()))
    assert written["log"] == {"version": "1.2", **KEPT}


def test_values_of_another_kind_are_left_out() -> None:
    data = text(
        entry(
            time={"x": "SEKRIT"}, connection=["SEKRIT"], pageref=float("nan"), _priority=float("inf"), _serverPort=443
        )
    )
    [one] = json.loads(redacted(data))["log"]["entries"]
    assert [one[name] for name in ("time", "connection", "pageref", "_priority", "_serverPort")] == [*[None] * 4, 443]


def test_the_parameters_are_those_of_the_url() -> None:
    [one] = json.loads(redacted(text(entry(url=f"{API}?a%20b=c+%64"))))["log"]["entries"]
    assert one["request"]["queryString"] == [{"name": "a b", "value": "c d"}]


@pytest.mark.parametrize(
    ("log", "kept"),
    [
        ({"creator": 1, "browser": [], "pages": {"a": {}}, "comment": {"name": "SEKRIT"}, "x": [{"id": "SEKRIT"}]}, {}),
        (
            {"entries": {"a": 1}, "creator": {"name": "A", "comment": "SEKRIT"}},
            {"creator": {"name": "A", "version": ""}},
        ),
        ({"pages": [1, {}]}, {"pages": [{"pageTimings": {}}]}),
    ],
)
def test_what_is_not_of_the_format_is_left_out(log: dict[str, Any], kept: dict[str, Any]) -> None:
    data = json.dumps({"x": {"entries": [1]}, "log": {"entries": [], **log}, "y": {"entries": [1]}}).encode()
    assert json.loads(redacted(data))["log"] == {"version": "1.2", "entries": [], **kept}


ODD: list[Any] = [
    1, {}, {"request": 1}, {"request": {"url": 1, "method": "GET"}},
    entry(url="data:text/plain,SEKRIT"), entry(asked={}, status=float("nan")),
    {"request": {"method": "GET", "url": API, "headers": {"Cookie": "a=SEKRIT"}}, "response": 1, "time": 1e400},
    {"request": {"method": "GET", "url": API, "headers": [{"name": 1, "value": "SEKRIT"}, {"name": "Cookie", "value": 1}, 1], "cookies": [{"name": 1, "value": 2}]}},
]  # fmt: skip


def test_odd_captures() -> None:
    data = text(*ODD, pages="SEKRIT", comment="SEKRIT", other={"a": 1})
    written = redacted(data)
    assert "SEKRIT" not in written
    before, after = read_har([data]), read_har([written.encode()])
    assert (before.count, len(before.unreadable)) == (after.count, len(after.unreadable))
    assert verdicts(written.encode()) == verdicts(data)
    assert (
        json.loads(redacted(text(browser={"name": "Firefox", "version": "1"}, pages=[{"id": "a"}])))["log"]["entries"]
        == []
    )
    assert json.loads(redacted(b'{"a": 1, "log": 1}'))["log"] == {"version": "1.2", "entries": []}
    with pytest.raises(NotHar):
        redacted(b"<html>")
    assert "SEKRIT" not in redacted(data, only_cors=True)


def test_a_capture_that_ends_early() -> None:
    redaction = Redaction()
    lines = list(redaction.lines([text(*SECRETS)[:-40]]))
    assert "the file ends at line 1" in (redaction.ends or "")
    assert len(json.loads("".join(lines))["log"]["entries"]) == 1


def test_only_what_cors_concerns() -> None:
    page = entry(url=PAGE, asked={})
    data = text(page, *SECRETS, page, preflight("PUT"), 1)
    assert len(json.loads(redacted(data, only_cors=True))["log"]["entries"]) == 3
    redaction = Redaction()
    lines = list(redaction.lines([data]))
    assert len(json.loads("".join(redaction.again(lines, {1, 4})))["log"]["entries"]) == 2
    assert json.loads("".join(redaction.again(lines, ())))["log"]["entries"] == []


SHAPES = {
    "abc": "xxy", "abcdefgh": "xxxxxxxy", "ABC-12": "XXX-01", "é1": "é1", "廖": "一", "😀a": "😀y", "%20a%2Fb": "%20x%2Fy", "%E5%BB%96": "%E4%B8%80",
    "": "", "𝟘": "\U00010348",
}  # fmt: skip


@pytest.mark.parametrize("secret", SHAPES)
def test_the_shape_stays(secret: str) -> None:
    assert Harmless().secret(secret) == SHAPES[secret]


def test_values_differ_where_secrets_do() -> None:
    made = Harmless()
    found = [made.secret(f"{number:04}") for number in range(3000)] + [made.secret(f"a{n}") for n in range(10)]
    assert len(set(found)) == len(found)
    assert made.secret("0007") == found[7]
    assert made.count == 3010


def test_the_oldest_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(harmless, "_MOST", 3)
    made = Harmless()
    first = made.secret("a1b2c3d4")
    for number in range(3):
        made.secret(f"x{number}")
    assert made.secret("a1b2c3d4") == first
    for number in range(9):
        made.secret(f"y{number}")
    assert made.secret("a1b2c3d4") != first


WORDS = (
    "application-configuration",
    "AbstractControllerFactory2",
    "jquery-3-7-1-production",
    "main.bundle.production",
    "x" * 20,
    "1.2.3.4.5.6.7.8.9.10",
)


@pytest.mark.parametrize("word", WORDS)
def test_words_stay(word: str) -> None:
    assert Harmless().url(f"/{word}?{word}={word}") == f"/{word}?{word}={word}"


@pytest.mark.parametrize(
    "random", [UUID, HASH, "1234567890123456", "aB3dE6gH9jK2mN5p", "c29tZSBzZWNyZXQgdGV4dCBpbiBiYXNlNjQ/+="]
)
def test_random_values_go(random: str) -> None:
    made = Harmless()
    assert random not in made.url(f"https://a.example/{random}")
    assert random not in made.header("X-Id", random)


@pytest.mark.parametrize(
    "random",
    [
        "x1234567890123456", "abcdefabcd123456", "qZxWvKjQzXwVkJqZ", "a1b2c3d4e5f6g7h8", "A1B2C3D4E5F6G7H8", "aBcDeFgHaBcDeFgH",
        "aBcDeF0123--------",
    ],
)  # fmt: skip
def test_random_values_on_the_edge_go(random: str) -> None:
    made = Harmless()
    assert random not in made.text(f"a {random}")
    assert random not in made.url(random)


@pytest.mark.parametrize(
    "word",
    [
        "x123456789012345", "abcdefabcde12345", "ghijklmnop123456", "a-b-c-d-e-f-g-h-i", "A-B-C-D-E-F-G-H-I", "aBcDeFgaBcDeFgaBc",
        "aBcDeF0123---------",
    ],
)  # fmt: skip
def test_words_on_the_edge_stay(word: str) -> None:
    assert Harmless().text(word) == word


def test_hosts_stay_in_headers_that_hold_urls() -> None:
    url = f"https://{UUID}.example/"
    for name in ("Location", "Content-Location", "Referer", ":path", "X-Forwarded-Uri", "X-Original-Url"):
        assert Harmless().header(name, url) == url, name
        assert UUID not in Harmless().header(name, f"https://a.example/{UUID}"), name
    assert UUID not in Harmless().header("X-Id", url)
    assert Harmless().url("DATA:text/plain,SEKRIT") == "data:,"


def test_headers_that_verdicts_rest_on_stay() -> None:
    for name in (
        *("Origin", "Host", ":authority", ":scheme", ":method", ":status", "Vary", "Date", "User-Agent"),
        *("Access-Control-Allow-Headers", "Sec-Fetch-Mode"),
    ):
        assert Harmless().header(name, UUID) == UUID, name


def test_only_long_parts_with_a_digit_are_looked_for_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    made = Harmless()
    assert made.secret("a%2Fb") == made.secret("a%2fb"), "escapes differ, the value does not"
    assert made.count == 1
    for secret, found in (("abcdefgh", False), ("abcdef7", False), ("abcdefg7", True)):
        made.secret(secret)
        assert (made.again(f"a {secret}") != f"a {secret}") is found
    monkeypatch.setattr(harmless, "_MOST_REPEATED", 1)
    made.secret("bcdefgh7")
    assert made.again("bcdefgh7") == "bcdefgh7"
