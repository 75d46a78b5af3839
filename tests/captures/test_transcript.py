"""Transcripts of curl, HTTPie, wget and others: what was exchanged, and the verdict on it.

recorded/transcripts/ has what the tools printed of requests to servers on loopback: curl 7.88, HTTPie 3.2, Wget 1.21 and
Wget2 1.99.
"""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path
from typing import NamedTuple

import pytest

from corsdoctor.captures.group import UNKNOWN_ORIGIN, grouped
from corsdoctor.captures.har import Har
from corsdoctor.captures.judge import Judgement, judge
from corsdoctor.captures.no_url import NO_URL, with_phrase
from corsdoctor.captures.transcript import read_transcript
from corsdoctor.captures.transcript_recognition import is_transcript
from corsdoctor.scenario import Credentials
from corsdoctor.url import Origin, parse_origin
from corsdoctor.wire import MAX_HEAD, MAX_LINES, NoAnswer

RECORDED = Path(__file__).parent / "recorded" / "transcripts"
APP = "https://app.example"
HERE, THERE, TLS = "http://127.0.0.1:18080", "http://127.0.0.1:18081", "https://api.example:18443"


def judged(text: str | bytes, page: Origin = UNKNOWN_ORIGIN, mode: Credentials | None = None) -> list[Judgement]:
    har = read_transcript(text.encode() if isinstance(text, str) else text)
    return [judge(one, har, mode, ()) for one in grouped(har, page)]


class Row(NamedTuple):
    entries: tuple[tuple[int, ...], tuple[int, ...]]  # hops, preflights
    request: str
    verdict: str
    missing: str = ""


ALONE = ((0,), ())
NO_PREFLIGHT = "does not have the preflight request that a browser sends"
BY_MODE = "depends on the credentials mode"
RECORDINGS: dict[str, list[Row]] = {
    "curl-v-progress": [Row(ALONE, f"GET {HERE}/echo/items", "allowed")],
    "curl-v-noorigin-star": [Row(ALONE, f"GET {HERE}/open/items", "unknown", "no Origin header. The response allows every origin (*)")],
    "curl-v-preflight-put": [Row(((1,), (0,)), f"PUT {HERE}/echo/items", "allowed")],
    "curl-v-preflight-405": [Row(((), (0,)), f"DELETE {HERE}/nopreflight/x", "blocked")],
    "curl-v-put-alone": [Row(ALONE, f"PUT {HERE}/echo/items", "unknown", NO_PREFLIGHT)],
    "curl-v-L": [Row(((0, 1), ()), f"GET {HERE}/moved", "unknown", BY_MODE)],
    "curl-v-L-away": [Row(((0, 1), ()), f"GET {HERE}/away", "unknown", f"only with Origin: {APP}; a browser sends Origin: null")],
    "curl-vi": [Row(ALONE, f"GET {HERE}/echo/items", "allowed")],
    "curl-i-L": [Row(ALONE, f"GET {NO_URL}", "unknown", f"The response allows {APP}."), Row(((1,), ()), f"GET {NO_URL}", "unknown", "does not show")],
    "curl-v-h2-put": [Row(ALONE, f"PUT {TLS}/none/items", "blocked")],
    "curl-v-two": [Row(ALONE, f"GET {HERE}/echo/items", "allowed"), Row(((1,), ()), f"GET {HERE}/none/items", "blocked")],
    "curl-v-refused": [Row(ALONE, "GET http://127.0.0.1:18099/", "error")],
    "curl-v-dns": [Row(ALONE, "GET http://nowhere.invalid/", "error")],
    "curl-v-cert": [Row(ALONE, f"GET {TLS}/", "error")],
    "curl-v-proxy": [Row(ALONE, "GET http://api.example/echo/items", "blocked")],
    "curl-v-time": [Row(ALONE, f"GET {HERE}/echo/items", "allowed")],
    "curl-trace-ascii-put": [Row(ALONE, f"PUT {HERE}/echo/items", "unknown", NO_PREFLIGHT)],
    "curl-trace": [Row(ALONE, f"GET {HERE}/none/items", "blocked")],
    "httpie-v-color": [Row(ALONE, f"GET {HERE}/echo/items", "allowed")],
    "httpie-follow": [Row(((0, 1), ()), f"GET {HERE}/moved", "unknown", BY_MODE)],
    "httpie-vv-put": [Row(ALONE, f"PUT {HERE}/echo/items", "unknown", NO_PREFLIGHT)],
    "httpie-preflight": [Row(((), (0,)), f"PUT {HERE}/echo/items", "unknown", "does not have the request")],
    "httpie-refused": [Row(ALONE, "GET http://127.0.0.1:18099/x", "error")],
    "wget-S": [Row(ALONE, f"GET {HERE}/echo/items", "unknown", "does not show the request's Origin header")],
    "wget-d": [Row(ALONE, f"GET {HERE}/echo/items", "allowed")],
    "wget-dS-moved": [Row(((0, 1), ()), f"GET {HERE}/moved", "unknown", BY_MODE)],
    "wget-S-moved": [Row(((0, 1), ()), f"GET {HERE}/moved", "unknown", "does not show the request's Origin header")],
    "wget-nv-S": [Row(ALONE, f"GET {HERE}/echo/items", "unknown", "does not show the request's Origin header")],
    "wget-S-refused": [Row(ALONE, "GET http://127.0.0.1:18099/x", "error")],
    "wget2-S": [Row(ALONE, f"GET {HERE}/echo/items", "unknown", "does not show the request's Origin header")],
}  # fmt: skip


def test_each_recording_is_judged() -> None:
    assert {path.stem for path in RECORDED.iterdir()} == set(RECORDINGS)


@pytest.mark.parametrize("name", RECORDINGS)
def test_what_tools_print(name: str) -> None:
    data = (RECORDED / f"{name}.txt").read_bytes()
    assert is_transcript(data.decode("latin-1"))
    check(judged(data), RECORDINGS[name])


def check(found: list[Judgement], rows: list[Row]) -> None:
    assert len(found) == len(rows)
    for one, row in zip(found, rows, strict=True):
        hops = (one.entry, *one.redirect_entries) if row.entries[0] else ()
        assert (hops, one.preflight_entries) == row.entries
        scenario = one.diagnoses[0].scenario
        assert f"{scenario.method} {scenario.url}" == row.request
        assert one.verdict == row.verdict, one.missing
        assert row.missing in (one.missing or "")
        assert bool(row.missing) == bool(one.missing)
        assert {d.verdict for d in one.diagnoses} == {row.verdict}, "no browser differs"


@pytest.mark.parametrize("name", RECORDINGS)
def test_errors_of_tools(name: str) -> None:
    details = {
        e.answer.detail for one in judged((RECORDED / f"{name}.txt").read_bytes()) for d in one.diagnoses for e in d.exchanges if isinstance(e.answer, NoAnswer)
    }  # fmt: skip
    expected = {
        "curl-v-refused": "curl reported: (7) Failed to connect to 127.0.0.1 port 18099 after 0 ms: Couldn't connect to server.",
        "curl-v-dns": "curl reported: (6) Could not resolve host: nowhere.invalid.",
        "curl-v-cert": "curl reported: (60) SSL certificate problem: self-signed certificate.",
        "wget-S-refused": "wget reported: Connecting to 127.0.0.1:18099... failed: Connection refused.",
    }
    if name == "httpie-refused":
        assert next(iter(details)).startswith("HTTPie reported: http: error: ConnectionError: ")
    else:
        assert details == ({expected[name]} if name in expected else set())


# --- by hand

BASIC = f"""\
> GET /x HTTP/1.1
> Host: api.example
> Origin: {APP}
>
< HTTP/1.1 200 OK
< Access-Control-Allow-Origin: {APP}
< Access-Control-Allow-Credentials: true
<
"""
SAVED = '<items burpVersion="2023.1">\n{}</items>'
BURP_ITEM = """\
<item><url><![CDATA[{url}]]></url><host ip="127.0.0.1">api.example</host>
<request base64="{encoded}"><![CDATA[{request}]]></request>
<response base64="{encoded}"><![CDATA[{response}]]></response></item>
"""
ASKED = f"GET /a?b=1 HTTP/2\r\nHost: api.example:8443\r\nOrigin: {APP}\r\n\r\n"
REFUSED = "HTTP/2 403 Forbidden\r\nServer: x\r\n\r\n<html>Invalid CORS request</html>"


def base64(text: str) -> str:
    return b64encode(text.encode()).decode()


BARE = f"HTTP/1.1 200 OK\nAccess-Control-Allow-Origin: {APP}\nAccess-Control-Allow-Credentials: true\n\n{{}}\n"
SESSION = f"""\
me@host:~$ curl -iL -H 'Origin: {APP}' \\
>   https://api.example/moved
HTTP/1.1 302 Found
Location: /x
Access-Control-Allow-Origin: {APP}
Access-Control-Allow-Credentials: true

{BARE}
me@host:~$ curl -i -X OPTIONS -H 'Origin: {APP}' -H 'Access-Control-Request-Method: PUT' https://api.example/x
HTTP/2 405
allow: GET

me@host:~$ curl -H 'Origin: {APP}' https://api.example/x
curl: (7) Failed to connect to api.example port 443 after 2 ms: Couldn't connect to server
$ http --headers https://api.example/x Origin:{APP}
{BARE}"""
X, PUT = "GET https://api.example/x", "PUT https://api.example/x"
BY_HAND: dict[str, tuple[str, list[Row]]] = {
    "only the marked lines": (BASIC, [Row(ALONE, X, "allowed")]),
    "without the last line": (BASIC.removesuffix("<\n"), [Row(ALONE, X, "allowed")]),
    "an interim response": (BASIC.replace("< HTTP", "< HTTP/1.1 103 Early Hints\n< Link: </a>\n<\n< HTTP"), [Row(ALONE, X, "allowed")]),
    "line feeds of Windows": (BASIC.replace("\n", "\r\n"), [Row(ALONE, X, "allowed")]),
    "remarks between header lines": (BASIC.replace("< Acc", "* Mark bundle\n< Acc"), [Row(ALONE, X, "allowed")]),
    "a log of GitHub Actions": (
        "".join(f"2024-05-01T10:00:00.1234567Z {line}\n" for line in BASIC.splitlines()), [Row(ALONE, X, "allowed")],
    ),
    "a log of containers": ("".join(f"web_1  | [10:00:00] {line}\n" for line in BASIC.splitlines()), [Row(ALONE, X, "allowed")]),
    "lower case": (BASIC.replace("> GET", "> patch"), [Row(ALONE, X.replace("GET", "patch"), "unknown", NO_PREFLIGHT)]),
    "two values": (BASIC.removesuffix("<\n") + "< Access-Control-Allow-Origin: *\n", [Row(ALONE, X, "blocked")]),
    "no response": (BASIC.partition("<")[0], [Row(ALONE, X, "unknown", "does not have the response")]),
    "empty reply": (BASIC.partition("<")[0] + "curl: (52) Empty reply from server\n", [Row(ALONE, X, "error")]),
    "an error behind a response": (BASIC + "curl: (18) transfer closed\n", [Row(ALONE, X, "allowed")]),
    "an error that names the host": (BASIC + "curl: (7) Failed to connect to b.example port 443 after 9 ms: x\n", [Row(ALONE, X, "allowed"), Row(((1,), ()), "GET https://b.example/", "error")]),
    "an OPTIONS request": (BASIC.replace("GET", "OPTIONS"), [Row(ALONE, X.replace("GET", "OPTIONS"), "unknown", "is not a preflight request, because it has no")]),
    "curl 8": (
        "* Connected to api.example (192.0.2.1) port 8443\n* [HTTP/2] [1] OPENED stream for https://api.example:8443/x\n"
        + BASIC.replace("HTTP/1.1", "HTTP/2").replace("Host: api.example", "Host: api.example:8443").replace(">\n", ">\n* Request completely sent off\n"),
        [Row(ALONE, "GET https://api.example:8443/x", "allowed")],
    ),
    "a tunnel": ("> CONNECT api.example:443 HTTP/1.1\n> Host: api.example:443\n>\n< HTTP/1.1 200 OK\n<\n" + BASIC, [Row(ALONE, X, "allowed")]),
    "on this machine": (BASIC.replace("api.example", "localhost:8080"), [Row(ALONE, "GET http://localhost:8080/x", "allowed")]),
    "HTTP/2 on this machine": (BASIC.replace("api.example", "[::1]:8443").replace("HTTP/1.1", "HTTP/2"), [Row(ALONE, "GET https://[::1]:8443/x", "allowed")]),
    "port 80": (BASIC.replace("api.example", "api.example:80"), [Row(ALONE, "GET http://api.example/x", "blocked")]),
    "any target": (BASIC.replace("/x", "*"), [Row(ALONE, "GET https://api.example/", "allowed")]),
    "no host": (BASIC.replace("> Host: api.example\n", ""), [Row(ALONE, f"GET {NO_URL}", "allowed")]),
    "mode no-cors": (BASIC.replace("> Origin", "> Sec-Fetch-Mode: no-cors\n> Origin"), []),
    "a WebSocket": (BASIC.replace("200 OK", "101 Switching Protocols"), [Row(ALONE, X, "unknown", "does not have the response")]),
    "an unreadable host": (BASIC.replace("api.example", "a b"), []),
    "a body before the next message": (
        f"POST /x HTTP/1.1\nHost: api.example\nOrigin: {APP}\nContent-Type: text/plain\n\nGET it\nHTTP is\n\nHTTP/1.1 200 OK\nAccess-Control-Allow-Origin: *\n\n{{}}",
        [Row(ALONE, "POST https://api.example/x", "unknown", BY_MODE)],
    ),
    "as RFCs print it": (
        f"   Request\n\n     GET /x HTTP/1.1\n     Host: api.example\n     Origin: {APP}\n\n   Response\n\n     HTTP/1.1 200 OK\n"
        f"     Access-Control-Allow-Origin:\n        {APP}\n     Access-Control-Allow-Credentials: true\n   And so on: the end.\n",
        [Row(ALONE, X, "allowed")],
    ),
    "Burp": (
        SAVED.format(BURP_ITEM.format(url="https://api.example:8443/a?b=1", encoded="true", request=base64(ASKED), response=base64(REFUSED))),
        [Row(ALONE, "GET https://api.example:8443/a?b=1", "blocked")],
    ),
    "Burp, not encoded": (
        SAVED.format(BURP_ITEM.format(url="https://api.example:8443/a?b=1", encoded="false", request=ASKED, response="") * 2),
        [Row(ALONE, "GET https://api.example:8443/a?b=1", "unknown", "does not have the response"), Row(((1,), ()), "GET https://api.example:8443/a?b=1", "unknown", "does not have the response")],
    ),
    "Burp, broken": (SAVED.format("<item><url>x</url><request base64=\"true\">A</request></item>"), []),
    "Postman": (
        f"PUT /x HTTP/1.1\nContent-Type: text/plain\nPostman-Token: 5c2a\nHost: api.example\nOrigin: {APP}\n \n{{}}\n \nHTTP/1.1 404 Not Found\nServer: x\n \n",
        [Row(ALONE, PUT, "blocked")],
    ),
    "a preflight request that forgets a header": (
        BASIC.replace("GET", "OPTIONS").replace("> Origin", "> Access-Control-Request-Method: PUT\n> Origin").replace("200 OK", "200 OK\n< Access-Control-Allow-Methods: PUT")
        + BASIC.replace("GET", "PUT").replace("> Origin", "> X-Key: 1\n> Origin"),
        [Row(((1,), (0,)), PUT, "unknown", "does not name x-key in Access-Control-Request-Headers")],
    ),
    "a session": (SESSION, [
        Row(((0, 1), ()), "GET https://api.example/moved", "allowed"), Row(((), (2,)), PUT, "blocked"),
        Row(((3,), ()), X, "error"), Row(((4,), ()), X, "allowed"),
    ]),
    "a command that cannot be read": (f"$ curl -i 'https://api.example/x\n{BARE}", [Row(ALONE, f"GET {NO_URL}", "unknown", "does not show the request's Origin")]),
    "a command without a prompt": (f"curl -i -H 'Origin: {APP}' --cookie a=1 https://api.example/x\n{BARE}", [Row(ALONE, X, "allowed")]),
    "words like a command": (f"{BASIC}curl is a tool\n", [Row(ALONE, X, "allowed")]),
    "more responses than requests": (f"$ curl -i -H 'Origin: {APP}' https://api.example/x\n{BARE}\n{BARE}", [Row(ALONE, X, "allowed"), Row(((1,), ()), f"GET {NO_URL}", "unknown", "does not show")]),
    "a line that is not a header": (BASIC.replace("< Acc", "< ???\n< Acc"), [Row(ALONE, X, "allowed")]),
    "a long body": (BASIC + "0123456789\n" * 5000, [Row(ALONE, X, "allowed")]),
    "a URL alone": ("URL:https://api.example/x [1]\n" + BASIC, [Row(ALONE, X, "allowed")]),
    "the URL of another request": ("--2026-11-29 12:25:09--  https://api.example/y\n" + BASIC, [Row(ALONE, "GET https://api.example/y", "allowed")]),
    "the URL of another host": ("--2026-11-29 12:25:09--  https://b.example/y\n" + BASIC, [Row(ALONE, X, "allowed")]),
    "the URL of a request that names no host": ("--2026-11-29 12:25:09--  https://b.example/y\n" + BASIC.replace("> Host: api.example\n", ""), [Row(ALONE, "GET https://b.example/y", "allowed")]),
    "a dump that ends": ("=> Send header, 9 bytes (0x9)\n0000: GET /x HTTP/1.1\nx\n=> Send data, 1 bytes (0x1)\n0000: a\n", [Row(ALONE, f"GET {NO_URL}", "unknown", "does not have the response")]),
    "nothing": ("OPTIONS\nHTTP/1.1\n", []),
}  # fmt: skip


@pytest.mark.parametrize("name", BY_HAND)
def test_what_people_paste(name: str) -> None:
    text, rows = BY_HAND[name]
    check(judged(text), rows)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"GET {NO_URL} was blocked", "GET (URL not in the transcript) was blocked"),
        (f"GET%20{NO_URL.replace('://', '%3A//')}", "GET%20(URL not in the transcript)"),
        (X, X),
    ],
)
def test_a_report_names_no_url_that_nobody_wrote(text: str, shown: str) -> None:
    assert with_phrase(text) == shown


def test_a_page_of_the_user() -> None:
    """The response counts as far as it can't depend on what the request lacks."""
    page = parse_origin(APP)
    assert page is not None
    star = BASIC.replace(f"> Origin: {APP}\n", "").replace(f": {APP}", ": *")
    assert [one.verdict for one in judged(star, page, Credentials.OMIT)] == ["allowed"]
    bare = BASIC.replace(f"> Origin: {APP}\n", "").replace("< Access", "< X-Access")
    [one] = judged(bare, page)
    assert (one.verdict, "may answer a browser differently" in (one.missing or "")) == ("unknown", True)


def test_what_a_request_without_an_origin_shows() -> None:
    bare = BASIC.replace(f"> Origin: {APP}\n", "")
    [one] = judged(bare.replace("< Access", "< X-Access"))
    assert "many servers send no Access-Control-Allow-Origin without one" in (one.missing or "")


def test_a_request_that_is_not_shown() -> None:
    page = parse_origin(APP)
    assert page is not None
    [one] = judged(BASIC.partition("< ")[2].replace("\n< ", "\n").removesuffix("<\n"), page)
    assert (one.verdict, one.noted) == (
        "allowed",
        "The transcript does not show the request, which is judged as a GET request.",
    )


def test_bodies() -> None:
    har = read_transcript(BASIC.encode() + '{"é": 1}\n'.encode())
    assert [one.answer.body for one in har.entries if one.answer] == ['{"é": 1}\n']


def test_the_body_of_a_command() -> None:
    command = "$ curl -i -d {} https://api.example/x\n" + BARE
    bodies = [read_transcript(command.replace("{}", data).encode()).entries[0].body for data in ("a=1", "@file")]
    assert bodies == [b"a=1", None]


def test_no_request_was_sent() -> None:
    har = read_transcript(b"curl: (3) URL using bad/illegal format\n")
    assert [(one.entry, one.reason) for one in har.unreadable] == [
        (0, "no request was sent: curl: (3) URL using bad/illegal format")
    ]
    assert har.count == 1


def test_entries() -> None:
    har = read_transcript(BY_HAND["an unreadable host"][0].encode())
    assert [(one.entry, one.reason) for one in har.unreadable] == [(0, "its URL cannot be read")]
    assert har.hides is None
    assert isinstance(har, Har)


def test_an_entry_has_the_limits_of_a_browser() -> None:
    more = BASIC.replace("> Host:", "> X: y\n" * MAX_LINES + "> Host:", 1)
    har = read_transcript(more.encode())
    assert (har.count, har.entries) == (1, [])
    assert [one.reason for one in har.unreadable] == [
        f"it has more than 1,000 header lines or {MAX_HEAD // 1024} KiB of them"
    ]


@pytest.mark.parametrize(
    "text", ["", "{}", "<html>", "GET", "a HTTP/1.1 200 b", "Access to fetch at 'https://a' blocked", "curl: x"]
)
def test_no_transcript(text: str) -> None:
    assert not is_transcript(text)
