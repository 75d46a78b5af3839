"""What `Live` writes and reads, byte for byte, and how it names each kind of error."""

from __future__ import annotations

import errno
import select
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)
from urllib3.connectionpool import HTTPConnectionPool

from corsdoctor.errors import InvalidScenario, UnreadableInput
from corsdoctor.transport import head
from corsdoctor.transport.dial import dial
from corsdoctor.transport.live import Live
from corsdoctor.transport.options import TransportOptions, parse_resolve
from corsdoctor.wire import (
    CLEAN,
    MAX_HEAD,
    Answer,
    BodyEnd,
    Certificate,
    FailureKind,
    Framing,
    Headers,
    Kind,
    NoAnswer,
    Response,
    Stray,
    WireRequest,
)
from tests.transport.conftest import Certificates, Peer, Server, answering, answering_once

Serve = Callable[..., Server]
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
SOON = 0.4  # a deadline that has to strike
LATE = 60.0  # well after it, and before a server of these tests gives up


def get(url: str, options: TransportOptions | None = None, **request: Any) -> Answer:
    with Live(options or TransportOptions()) as live:
        return live.send(Kind.ACTUAL, wire(url, **request))


def wire(url: str, method: str = "GET", headers: tuple[tuple[str, str], ...] = (), body: object = None) -> WireRequest:
    assert body is None or isinstance(body, bytes)
    return WireRequest(method, url, Headers(headers), body)


def response(answer: Answer) -> Response:
    assert isinstance(answer, Response), answer
    return answer


def cut(answer: Answer, kind: FailureKind, *words: str) -> None:
    assert isinstance(answer, NoAnswer), answer
    assert answer.kind is kind, answer
    for word in words:
        assert word in answer.detail
    assert answer.detail.endswith(".")
    assert "\n" not in answer.detail


# --- what goes out


@dataclass(frozen=True)
class Sent:
    id: str
    expected: str
    target: str = "/"
    method: str = "GET"
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None


SENT = (
    Sent("nothing-is-added", "GET / HTTP/1.1\r\nHost: {host}\r\n\r\n"),
    Sent("lower-case-method", "patch / HTTP/1.1\r\nHost: {host}\r\n\r\n", method="patch"),
    Sent("method-with-symbols", "M-SEARCH!#$ / HTTP/1.1\r\nHost: {host}\r\n\r\n", method="M-SEARCH!#$"),
    Sent("brackets-and-bar", "GET /[a|b]?q=[a|b]^`{{}} HTTP/1.1\r\nHost: {host}\r\n\r\n", "/[a|b]?q=[a|b]^`{{}}"),
    Sent("percent-case", "GET /%7e%7E?%2f%zz% HTTP/1.1\r\nHost: {host}\r\n\r\n", "/%7e%7E?%2f%zz%"),
    Sent("dot-segments", "GET /a/./b/../c//d HTTP/1.1\r\nHost: {host}\r\n\r\n", "/a/./b/../c//d"),
    Sent("two-slashes", "GET //evil.test/x HTTP/1.1\r\nHost: {host}\r\n\r\n", "//evil.test/x"),
    Sent("url-in-path", "GET /http://a.test/?x=http://b HTTP/1.1\r\nHost: {host}\r\n\r\n", "/http://a.test/?x=http://b"),
    Sent("bare-question", "GET /? HTTP/1.1\r\nHost: {host}\r\n\r\n", "/?"),
    Sent("no-path", "GET /?a HTTP/1.1\r\nHost: {host}\r\n\r\n", "?a"),
    Sent("fragment-stays-here", "GET /a HTTP/1.1\r\nHost: {host}\r\n\r\n", "/a#b?c"),
    Sent("at-sign", "GET /@a?b@c HTTP/1.1\r\nHost: {host}\r\n\r\n", "/@a?b@c"),
    Sent("quotes", "GET /'\"<>\\ HTTP/1.1\r\nHost: {host}\r\n\r\n", "/'\"<>\\"),
    Sent(
        "order-and-case",
        "GET / HTTP/1.1\r\nHost: {host}\r\nx-B: 2\r\nX-a: 1\r\nACCEPT: */*\r\n\r\n",
        headers=(("x-B", "2"), ("X-a", "1"), ("ACCEPT", "*/*")),
    ),
    Sent(
        "repeated-lines",
        "GET / HTTP/1.1\r\nHost: {host}\r\na: 1\r\nb: 2\r\na: 3\r\nA: 1\r\n\r\n",
        headers=(("a", "1"), ("b", "2"), ("a", "3"), ("A", "1")),
    ),
    Sent("latin-1", "GET / HTTP/1.1\r\nHost: {host}\r\na: \xe9\xff\r\n\r\n", headers=(("a", "\xe9\xff"),)),
    Sent("empty-value", "GET / HTTP/1.1\r\nHost: {host}\r\na: \r\n\r\n", headers=(("a", ""),)),
    Sent("own-host", "GET / HTTP/1.1\r\na: 1\r\nhost: x.test\r\n\r\n", headers=(("a", "1"), ("host", "x.test"))),
    Sent(
        "own-user-agent",
        "GET / HTTP/1.1\r\nHost: {host}\r\nUser-Agent: x\r\nAccept-Encoding: br\r\n\r\n",
        headers=(("User-Agent", "x"), ("Accept-Encoding", "br")),
    ),
    Sent("cookie", "GET / HTTP/1.1\r\nHost: {host}\r\nCookie: a=b\r\n\r\n", headers=(("Cookie", "a=b"),)),
    Sent("body", "PUT / HTTP/1.1\r\nHost: {host}\r\nContent-Length: 3\r\n\r\n\0\xff!", method="PUT", body=b"\0\xff!"),
    Sent("body-of-get", "GET / HTTP/1.1\r\nHost: {host}\r\nContent-Length: 1\r\n\r\nx", body=b"x"),
    Sent("empty-body", "X / HTTP/1.1\r\nHost: {host}\r\nContent-Length: 0\r\n\r\n", method="X", body=b""),
    Sent("post-without-body", "POST / HTTP/1.1\r\nHost: {host}\r\nContent-Length: 0\r\n\r\n", method="POST"),
    Sent("options-without-body", "OPTIONS / HTTP/1.1\r\nHost: {host}\r\n\r\n", method="OPTIONS"),
    Sent(
        "own-length",
        "POST / HTTP/1.1\r\nHost: {host}\r\na: 1\r\ncontent-length: 3\r\n\r\nabc",
        method="POST",
        headers=(("a", "1"), ("content-length", "3")),
        body=b"abc",
    ),
    Sent(
        "chunked",
        "POST / HTTP/1.1\r\nHost: {host}\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
        method="POST",
        headers=(("Transfer-Encoding", "chunked"),),
        body=b"abc",
    ),
    Sent("large-body", "POST / HTTP/1.1\r\nHost: {host}\r\nContent-Length: 300000\r\n\r\n" + "x" * 300_000, method="POST",
         body=b"x" * 300_000),
)  # fmt: skip


@pytest.mark.parametrize("case", SENT, ids=lambda case: case.id)
def test_sends_exactly_what_is_given(case: Sent, serve: Serve) -> None:
    server = serve(answering(OK))
    target = case.target.replace("{{", "{").replace("}}", "}")
    answer = get(server.url(target), method=case.method, headers=case.headers, body=case.body)
    assert response(answer).status == 200
    expected = case.expected.format(host=f"127.0.0.1:{server.port}")
    assert server.requests == [(0, expected.encode("latin-1"))]


def test_a_url_that_is_not_ascii_goes_out_as_utf_8(serve: Serve) -> None:
    server = serve(answering(OK))
    get(server.url("/é?ü"))
    assert server.requests[0][1].startswith("GET /é?ü HTTP/1.1\r\n".encode())


def test_user_information_is_not_sent(serve: Serve) -> None:
    server = serve(answering(OK))
    get(server.url("/").replace("http://", "http://me:secret@"))
    assert server.requests[0][1] == f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n\r\n".encode()


@pytest.mark.parametrize(
    "request_",
    [
        wire("http://127.0.0.1:9/a\r\nb"),
        wire("http://127.0.0.1:9/a b"),
        wire("http://127.0.0.1:9/", method="A B"),
        wire("http://127.0.0.1:9/", headers=(("a", "b\r\nc: d"),)),
        wire("http://127.0.0.1:9/", headers=(("a\n", "b"),)),
        wire("http://127.0.0.1:9/", headers=(("a", "\u20ac"),)),
        wire("ftp://127.0.0.1:9/"),
    ],
    ids=["line-break", "space", "method", "value", "name", "not-latin-1", "scheme"],
)
def test_refuses_what_is_not_one_request(request_: WireRequest) -> None:
    with Live() as live, pytest.raises(ValueError, match=r"."):
        live.send(Kind.ACTUAL, request_)


def test_the_environment_has_no_say(serve: Serve, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    server = serve(answering(OK))
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login a password b\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    get(server.url())
    assert server.requests == [(0, f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n\r\n".encode())]


@pytest.mark.parametrize(
    ("environment", "named"),
    [
        ({"HTTP_PROXY": "http://127.0.0.1:9"}, "HTTP_PROXY"),
        ({"http_proxy": "http://127.0.0.1:9"}, "http_proxy"),
        ({"ALL_PROXY": "socks5://127.0.0.1:9"}, "ALL_PROXY"),
        ({"all_proxy": "a", "HTTP_PROXY": "b"}, "HTTP_PROXY"),
        ({"HTTPS_PROXY": "http://127.0.0.1:9"}, None),
        ({"HTTP_PROXY": ""}, None),
        ({"HTTP_PROXY": "http://127.0.0.1:9", "NO_PROXY": "127.0.0.1"}, None),
        ({"HTTP_PROXY": "http://127.0.0.1:9", "no_proxy": "*"}, None),
    ],
)
def test_a_proxy_that_is_ignored_is_named_where_no_connection_came_about(
    serve: Serve, monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], named: str | None
) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    server = serve(answering(OK))
    assert response(get(server.url())).status == 200
    server.close()
    cut(get(server.url()), FailureKind.REFUSED, *([f"{named} is set", "--proxy"] if named else []))
    assert ("--proxy" in str(get(server.url()))) == (named is not None)
    through = get(server.url(), TransportOptions(proxy=f"127.0.0.1:{server.port}"))
    assert "is set" not in str(through)


def test_a_response_that_is_not_http_has_nothing_to_do_with_a_proxy(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    answer = get(serve(answering_once(b"nonsense\r\n\r\n")).url())
    cut(answer, FailureKind.NOT_HTTP)
    assert "HTTP_PROXY" not in str(answer)


def test_cookies_and_redirects_are_left_to_the_caller(serve: Serve) -> None:
    first = b"HTTP/1.1 302 Found\r\nLocation: //[bad\r\nSet-Cookie: a=b; Path=/\r\nContent-Length: 0\r\n\r\n"
    server = serve(answering(first, OK))
    with Live() as live:
        assert response(live.send(Kind.ACTUAL, wire(server.url()))).status == 302
        assert response(live.send(Kind.ACTUAL, wire(server.url()))).status == 200
    assert b"ookie" not in server.requests[1][1]


# --- what comes back


@dataclass(frozen=True)
class Came:
    id: str
    raw: bytes
    status: int
    pairs: tuple[tuple[str, str], ...] = ()
    reason: str = ""
    version: str = "1.1"
    method: str = "GET"


CAME = (
    Came("reason", b"HTTP/1.1 200 All  is well \r\n\r\n", 200, reason="All  is well"),
    Came("no-reason", b"HTTP/1.1 204 \r\n\r\n", 204),
    Came("no-reason-no-space", b"HTTP/1.1 204\r\n\r\n", 204),
    Came("http-1.0", b"HTTP/1.0 200 OK\r\n\r\nabc", 200, reason="OK", version="1.0"),
    Came("line-feeds-only", b"HTTP/1.1 200 OK\na: b\n\n", 200, (("a", "b"),), "OK"),
    Came("latin-1-reason", b"HTTP/1.1 404 \xe9\r\n\r\n", 404, reason="\xe9"),
    Came("status-599", b"HTTP/1.1 599 x\r\n\r\n", 599, reason="x"),
    Came("status-999", b"HTTP/1.1 999 x\r\n\r\n", 999, reason="x"),
    Came(
        "order-case-repeats",
        b"HTTP/1.1 200 x\r\nb: 1\r\nA: 2\r\nB: 3\r\na: 2\r\n\r\n",
        200,
        (("b", "1"), ("A", "2"), ("B", "3"), ("a", "2")),
        "x",
    ),
    Came("spaces", b"HTTP/1.1 200 x\r\na:b\r\nc: \t d e \t\r\nf:\r\n\r\n", 200,
         (("a", "b"), ("c", "d e"), ("f", "")), "x"),
    Came("colons", b"HTTP/1.1 200 x\r\na: http://b:80\r\n\r\n", 200, (("a", "http://b:80"),), "x"),
    Came("fold", b"HTTP/1.1 200 x\r\na: b\r\n  c\r\n\td \r\ne: f\r\n\r\n", 200, (("a", "b c d"), ("e", "f")), "x"),
    Came("fold-bytes", b"HTTP/1.1 200 x\r\na: b\r\n \xa0c\x85\r\n\r\n", 200, (("a", "b \xa0c\x85"),), "x"),
    Came("fold-first", b"HTTP/1.1 200 x\r\n  c: d\r\ne: f\r\n\r\n", 200, (("e", "f"),), "x"),
    Came("bytes", b"HTTP/1.1 200 x\r\na: \xe9\xff\xc3\xa9\x85\xa0\r\n\r\n", 200, (("a", "\xe9\xff\xc3\xa9\x85\xa0"),), "x"),
    Came("no-header-line", b"HTTP/1.1 200 x\r\nnonsense\r\n: y\r\na: b\r\n\r\n", 200, (("a", "b"),), "x"),
    Came("space-before-colon", b"HTTP/1.1 200 x\r\nA : b\r\n\r\n", 200, (("A ", "b"),), "x"),
    Came("continue", b"HTTP/1.1 100 Continue\r\na: b\r\n\r\nHTTP/1.1 200 x\r\nc: d\r\n\r\n", 200, (("c", "d"),), "x"),
    Came(
        "several-interim",
        b"HTTP/1.1 102 P\r\n\r\nHTTP/1.1 103 E\r\nLink: </>\r\n\r\nHTTP/1.1 100\r\n\r\nHTTP/1.1 403 x\r\n\r\n",
        403,
        reason="x",
    ),
    Came("1000-interim", b"HTTP/1.1 103 E\r\n\r\n" * 1000 + b"HTTP/1.1 200 x\r\n\r\n", 200, reason="x"),
    Came("20000-interim", b"HTTP/1.1 100 C\r\n\r\n" * 20_000 + b"HTTP/1.1 200 x\r\n\r\n", 200, reason="x"),
    Came("line-end-before", b"\r\nHTTP/1.1 200 x\r\n\r\n", 200, reason="x"),
    Came("two-line-ends-before", b"\r\n\r\nHTTP/1.1 200 x\r\n\r\n", 200, reason="x"),
    Came("two-bytes-before", b"{}HTTP/1.1 200 x\r\n\r\n", 200, reason="x"),
    Came("four-bytes-before", b"{  }HTTP/1.1 200 x\r\n\r\n", 200, reason="x"),
    Came("half-a-word-before", b"HTTHTTP/1.1 200 x\r\n\r\n", 200, reason="x"),
    Came("switching", b"HTTP/1.1 101 S\r\nUpgrade: x\r\n\r\n", 101, (("Upgrade", "x"),), "S"),
    Came("head", b"HTTP/1.1 200 x\r\nContent-Length: 99\r\n\r\n", 200, (("Content-Length", "99"),), "x", method="HEAD"),
    Came("not-modified", b"HTTP/1.1 304 x\r\nContent-Length: 99\r\n\r\n", 304, (("Content-Length", "99"),), "x"),
    Came("no-content-with-length", b"HTTP/1.1 204 x\r\nContent-Length: 9\r\n\r\n", 204, (("Content-Length", "9"),), "x"),
    Came("length-too-long", b"HTTP/1.1 200 x\r\nContent-Length: 99\r\n\r\nabc", 200, (("Content-Length", "99"),), "x"),
    Came("length-too-short", b"HTTP/1.1 200 x\r\nContent-Length: 1\r\n\r\nabc", 200, (("Content-Length", "1"),), "x"),
    Came("length-nonsense", b"HTTP/1.1 200 x\r\nContent-Length: -1\r\n\r\n", 200, (("Content-Length", "-1"),), "x"),
    Came("length-huge", b"HTTP/1.1 200 x\r\nContent-Length: " + b"9" * 5000 + b"\r\n\r\n", 200,
         (("Content-Length", "9" * 5000),), "x"),
    Came("two-lengths", b"HTTP/1.1 200 x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\na", 200,
         (("Content-Length", "1"), ("Content-Length", "2")), "x"),
    Came("broken-chunks", b"HTTP/1.1 200 x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 200,
         (("Transfer-Encoding", "chunked"),), "x"),
    Came("negative-chunk", b"HTTP/1.1 200 x\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\nabc", 200,
         (("Transfer-Encoding", "chunked"),), "x"),
    Came("unfinished-chunks", b"HTTP/1.1 200 x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", 200,
         (("Transfer-Encoding", "chunked"),), "x"),
    Came("wrong-gzip", b"HTTP/1.1 200 x\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc", 200,
         (("Content-Encoding", "gzip"), ("Content-Length", "3")), "x"),
    Came("odd-cookie", b"HTTP/1.1 200 x\r\nSet-Cookie: ;;=\xff; expires=never\r\n\r\n", 200,
         (("Set-Cookie", ";;=\xff; expires=never"),), "x"),
    Came("1000-headers", b"HTTP/1.1 200 x\r\n" + b"a: b\r\n" * 1000 + b"\r\n", 200, (("a", "b"),) * 1000, "x"),
    Came("wide-header", b"HTTP/1.1 200 x\r\na: " + b"b" * (MAX_HEAD - 23) + b"\r\n\r\n", 200,
         (("a", "b" * (MAX_HEAD - 23)),), "x"),
)  # fmt: skip


@pytest.mark.parametrize("case", CAME, ids=lambda case: case.id)
def test_reads_the_head_as_it_came(case: Came, serve: Serve) -> None:
    server = serve(answering_once(case.raw))
    answer = response(get(server.url(), method=case.method))
    assert answer.elapsed is not None
    assert 0 < answer.elapsed < LATE
    expected = Response(case.status, Headers(case.pairs), case.reason, case.version, answer.elapsed)
    assert answer._replace(framing=CLEAN, body=b"") == expected


@dataclass(frozen=True)
class Failed:
    id: str
    raw: bytes
    kind: FailureKind


FAILED = (
    Failed("nothing", b"", FailureKind.RESET),
    Failed("half-a-status-line", b"HTTP/1.1 20", FailureKind.RESET),
    Failed("half-the-headers", b"HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: htt", FailureKind.RESET),
    Failed("no-empty-line", b"HTTP/1.1 200 OK\r\na: b\r\n", FailureKind.RESET),
    Failed("only-interim", b"HTTP/1.1 100 Continue\r\n\r\n", FailureKind.RESET),
    Failed("http-0.9", b"<html>hello</html>\r\n\r\n", FailureKind.NOT_HTTP),
    Failed("http-2", b"HTTP/2 200\r\n\r\n", FailureKind.NOT_HTTP),
    Failed("http-2-frame", b"\0\0\x12\x04\0\0\0\0\0", FailureKind.ONLY_HTTP2),
    Failed("http-2-goaway", b"\0\0\x08\x07\0\0\0\0\0\0\0\0\0\0\0\0\1", FailureKind.ONLY_HTTP2),
    Failed("http-2-reserved-bit", b"\0\0\0\x04\0\x80\0\0\0\0\0\x08\x07", FailureKind.ONLY_HTTP2),
    Failed("http-2-frame-of-a-stream", b"\0\0\x04\x04\0\0\0\0\1", FailureKind.NOT_HTTP),
    Failed("http-2-headers-frame", b"\0\0\x04\1\0\0\0\0\0", FailureKind.NOT_HTTP),
    Failed("http-2-half-a-frame", b"\0\0\x12\x04\0\0\0\0", FailureKind.NOT_HTTP),
    Failed("tls-alert", b"\x15\x03\1\0\x02\x02\x46", FailureKind.PLAIN_HTTP),
    Failed("tls-handshake", b"\x16\x03\1\0\x02\x02\x46", FailureKind.NOT_HTTP),
    Failed("ssh", b"SSH-2.0-x\r\n", FailureKind.NOT_HTTP),
    Failed("lower-case", b"http/1.1 200 OK\r\n\r\n", FailureKind.NOT_HTTP),
    Failed("two-digits", b"HTTP/1.1 20 OK\r\n\r\n", FailureKind.NOT_HTTP),
    Failed("four-digits", b"HTTP/1.1 2000 OK\r\n\r\n", FailureKind.NOT_HTTP),
    Failed("status-099", b"HTTP/1.1 099 OK\r\n\r\n", FailureKind.NOT_HTTP),
    Failed("no-status", b"HTTP/1.1\r\n\r\n", FailureKind.NOT_HTTP),
    Failed("1001-headers", b"HTTP/1.1 200 x\r\n" + b"a: b\r\n" * 1001 + b"\r\n", FailureKind.TOO_LARGE),
    Failed("wide-header", b"HTTP/1.1 200 x\r\na: " + b"b" * (MAX_HEAD - 22) + b"\r\n\r\n", FailureKind.TOO_LARGE),
    Failed("wide-status", b"HTTP/1.1 200 " + b"b" * MAX_HEAD + b"\r\n\r\n", FailureKind.TOO_LARGE),
    Failed("five-bytes-before", b"{   }HTTP/1.1 200 OK\r\n\r\n", FailureKind.NOT_HTTP),
    Failed("three-line-ends-before", b"\r\n\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", FailureKind.NOT_HTTP),
    Failed("four-bytes-only", b"{  }", FailureKind.NOT_HTTP),
    Failed("four-bytes-before-half", b"{  }HTTP/1.1 20", FailureKind.RESET),
)


@pytest.mark.parametrize("case", FAILED, ids=lambda case: case.id)
def test_says_why_there_is_no_answer(case: Failed, serve: Serve) -> None:
    server = serve(answering_once(case.raw))
    cut(get(server.url()), case.kind, f"127.0.0.1:{server.port}")
    assert len(server.requests) == 1


def test_a_server_that_speaks_another_protocol_and_waits(serve: Serve) -> None:
    def talk(peer: Peer) -> None:
        peer.sock.sendall(b"J\0\0\0\n8.0.36\0")
        peer.until_closed()

    started = time.monotonic()
    cut(get(serve(talk).url()), FailureKind.NOT_HTTP)
    assert time.monotonic() - started < LATE


def test_endless_headers_are_cut_off(serve: Serve) -> None:
    def talk(peer: Peer) -> None:
        peer.request()
        peer.sock.sendall(b"HTTP/1.1 200 OK\r\n")
        while True:
            peer.sock.sendall(b"a: b\r\n" * 1000)

    cut(get(serve(talk).url()), FailureKind.TOO_LARGE, "1,000 lines")


ENDLESS = {
    "close": b"HTTP/1.1 200 OK\r\n\r\n",
    "chunked": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffff\r\n",
    "negative-chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n",
    "endless-trailer": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\na:",
    "length": b"HTTP/1.1 200 OK\r\nContent-Length: 999999999\r\n\r\n",
}


@pytest.mark.parametrize("head", ENDLESS.values(), ids=ENDLESS)
def test_an_endless_body_is_not_read(head: bytes, serve: Serve) -> None:
    sent = 0

    def talk(peer: Peer) -> None:
        nonlocal sent
        peer.request()
        peer.sock.sendall(head)
        with suppress(OSError):
            while sent < 1 << 30:
                peer.sock.sendall(b"x" * 65536)
                sent += 65536

    server = serve(talk)
    assert response(get(server.url())).status == 200
    server.threads[-1].join(LATE)
    assert sent < 1 << 26


def test_a_stream_that_stays_silent_does_not_hold_up_the_answer(serve: Serve) -> None:
    def talk(peer: Peer) -> None:
        peer.request()
        peer.sock.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        peer.until_closed()

    started = time.monotonic()
    assert response(get(serve(talk).url())).status == 200
    assert time.monotonic() - started < LATE


# --- deadlines and errors on the way


@pytest.mark.parametrize("drip", [b"", b"H", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 100 C\r\n\r\n"], ids=repr)
def test_max_time_is_a_hard_deadline(drip: bytes, serve: Serve) -> None:
    def talk(peer: Peer) -> None:
        peer.request()
        peer.sock.sendall(drip)
        filler = b"a: b\r\n" if drip.endswith(b"K\r\n") else b""
        for _ in range(4000):
            time.sleep(0.05)
            peer.sock.sendall(filler)

    server = serve(talk)
    started = time.monotonic()
    answer = get(server.url(), TransportOptions(max_time=SOON))
    assert SOON <= time.monotonic() - started < LATE
    cut(answer, FailureKind.TIMEOUT, f"127.0.0.1:{server.port}", "0.4 s")


def test_endless_interim_answers_meet_the_deadline(serve: Serve) -> None:
    def talk(peer: Peer) -> None:
        peer.request()
        while True:
            peer.sock.sendall(b"HTTP/1.1 103 E\r\n\r\n" * 100)

    cut(get(serve(talk).url(), TransportOptions(max_time=SOON)), FailureKind.TIMEOUT)


def test_a_server_that_does_not_read_meets_the_deadline(serve: Serve) -> None:
    def talk(_: Peer) -> None:
        time.sleep(1)

    started = time.monotonic()
    answer = get(serve(talk).url(), TransportOptions(max_time=SOON), method="POST", body=b"x" * 20_000_000)
    assert time.monotonic() - started < LATE
    cut(answer, FailureKind.TIMEOUT)


def test_a_tls_handshake_that_stalls_meets_the_connect_timeout(serve: Serve) -> None:
    server = serve(Peer.until_closed)
    cut(get(server.url(scheme="https"), TransportOptions(connect_timeout=SOON)), FailureKind.TIMEOUT, f"{server.port}")


def test_a_listener_that_accepts_nothing_meets_the_connect_timeout() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        port = full.getsockname()[1]
        waiting = [socket.socket() for _ in range(4)]
        for sock in waiting:
            sock.setblocking(False)
            sock.connect_ex(("127.0.0.1", port))
        answer = get(f"http://127.0.0.1:{port}/", TransportOptions(connect_timeout=SOON, max_time=5))
        for sock in waiting:
            sock.close()
    assert isinstance(answer, NoAnswer)
    assert answer.kind in (FailureKind.TIMEOUT, FailureKind.REFUSED)


def test_a_name_server_that_stalls_meets_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    done = threading.Event()
    real = socket.getaddrinfo

    def slow(host: str, port: int, *args: object, **options: object) -> object:
        if options.get("flags"):
            return real(host, port, *args, **options)  # type: ignore[arg-type]
        done.wait(LATE)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    answer = get("http://slow.test/", TransportOptions(max_time=SOON))
    done.set()
    cut(answer, FailureKind.DNS, "slow.test:80")


def test_nothing_listens(serve: Serve) -> None:
    server = serve(answering(OK))
    server.close()
    cut(get(server.url()), FailureKind.REFUSED, f"127.0.0.1:{server.port}")


@pytest.mark.parametrize("host", ["no-such-host.invalid", "a" * 64 + ".invalid", "a..invalid"])
def test_a_name_without_an_address(host: str) -> None:
    cut(get(f"http://{host}/"), FailureKind.DNS, f"{host}:80")


def test_no_way_to_the_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable(_: socket.socket, __: object) -> None:
        raise OSError(101, "Network is unreachable")

    monkeypatch.setattr(socket.socket, "connect", unreachable)
    cut(get("http://127.0.0.1:9/"), FailureKind.UNREACHABLE, "127.0.0.1:9", "Network is unreachable")


def test_a_reset_instead_of_an_answer(serve: Serve) -> None:
    def talk(peer: Peer) -> None:
        peer.request()
        peer.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")

    server = serve(talk)
    cut(get(server.url()), FailureKind.RESET, f"127.0.0.1:{server.port}")


def test_an_early_answer_to_a_large_body(serve: Serve) -> None:
    def talk(peer: Peer) -> None:
        peer.sock.recv(10)
        peer.sock.sendall(b"HTTP/1.1 413 Too much\r\nContent-Length: 0\r\n\r\n")
        peer.sock.shutdown(socket.SHUT_WR)
        peer.until_closed()

    assert response(get(serve(talk).url(), method="POST", body=b"x" * 5_000_000)).status == 413


# --- connections


def test_preflight_and_request_share_a_connection(serve: Serve) -> None:
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
    server = serve(answering(b"HTTP/1.1 204 x\r\n\r\n", chunked, b"HTTP/1.1 304 x\r\nContent-Length: 5\r\n\r\n", OK))
    with Live() as live:
        for method, status in (("OPTIONS", 204), ("GET", 200), ("GET", 304), ("GET", 200)):
            assert response(live.send(Kind.PREFLIGHT, wire(server.url(), method=method))).status == status
    assert [number for number, _ in server.requests] == [0, 0, 0, 0]


NEW_CONNECTION = {
    "connection-close": b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
    "http-1.0": b"HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n",
    "no-length": b"HTTP/1.1 200 OK\r\n\r\n",
    "two-lengths": b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nContent-Length: 1\r\n\r\n",
    "large-body": b"HTTP/1.1 200 OK\r\nContent-Length: 65537\r\n\r\n" + b"x" * 65537,
    "unfinished-body": b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc",
    "more-than-the-length": b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nabc",
    "body-of-204": b"HTTP/1.1 204 OK\r\n\r\nNo content, really.",
    "body-of-204-announced": b"HTTP/1.1 204 OK\r\nContent-Length: 2\r\n\r\n",
    "chunks-of-204-announced": b"HTTP/1.1 204 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
    "two-lengths-of-204": b"HTTP/1.1 204 OK\r\nContent-Length: 0\r\nContent-Length: 2\r\n\r\n",
    "body-of-304": b"HTTP/1.1 304 OK\r\nContent-Length: 2\r\n\r\n{}",
    "broken-chunks": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n",
}


@pytest.mark.parametrize("first", NEW_CONNECTION.values(), ids=NEW_CONNECTION)
def test_a_connection_in_doubt_is_not_used_again(first: bytes, serve: Serve) -> None:
    server = serve(lambda peer: answering(OK if peer.number else first)(peer))
    with Live() as live:
        assert isinstance(live.send(Kind.PREFLIGHT, wire(server.url())), Response)
        assert response(live.send(Kind.ACTUAL, wire(server.url()))).reason == "OK"
    assert [number for number, _ in server.requests] == [0, 1]


BODILESS = {
    "204": b"HTTP/1.1 204 OK\r\n\r\n",
    "204-of-length-0": b"HTTP/1.1 204 OK\r\nContent-Length: 0\r\n\r\n",
    "304": b"HTTP/1.1 304 OK\r\nContent-Length: 5\r\n\r\n",
    "200": OK,
    "chunks": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
}
STRAY = {
    "2-bytes": b"{}",
    "5-bytes": b"{   }",
    "line-ends": b"\r\n\r\n\r\n",
    "chunks": b"2\r\n{}\r\n0\r\n\r\n",
    "long": b"x" * 60_000,
    "half-a-status-line": b"HTTP",
}


@pytest.mark.parametrize("left", STRAY.values(), ids=STRAY)
@pytest.mark.parametrize("first", BODILESS.values(), ids=BODILESS)
def test_what_an_answer_left_on_the_connection_is_skipped(first: bytes, left: bytes, serve: Serve) -> None:
    def talk(peer: Peer) -> None:
        peer.request()
        peer.sock.sendall(first)
        peer.request()  # the rest of the first answer comes only now, however slow this machine is
        peer.sock.sendall(left)
        time.sleep(0.02)  # in most runs, the client reads it by itself then
        peer.sock.sendall(OK)

    server = serve(talk)
    with Live() as live:
        assert isinstance(live.send(Kind.PREFLIGHT, wire(server.url(), method="OPTIONS")), Response)
        answer = live.send(Kind.ACTUAL, wire(server.url(), method="POST", body=b"x"))
    assert response(answer).status == 200
    assert response(answer).framing.stray == Stray("OPTIONS", server.url(), len(left))
    assert [number for number, _ in server.requests] == [0, 0]  # it is not sent twice


NO_ANSWER_BEHIND = {
    "nothing": b"{}",
    "too-long": b"x" * 70_000,
    "no-status-line": b"see HTTP/1.1 for more, it says a lot about this\r\n\r\n",
    "timed-out": b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n",
}


@pytest.mark.parametrize("second", NO_ANSWER_BEHIND.values(), ids=NO_ANSWER_BEHIND)
def test_a_new_connection_is_made_where_a_kept_one_holds_no_answer(second: bytes, serve: Serve) -> None:
    def talk(peer: Peer) -> None:
        peer.request()
        peer.sock.sendall(OK)
        peer.request()
        peer.sock.sendall(second)

    server = serve(talk)
    with Live() as live:
        live.send(Kind.PREFLIGHT, wire(server.url()))
        answer = response(live.send(Kind.ACTUAL, wire(server.url())))
    assert answer.status == 200
    assert (answer.framing.stray is None) is second.startswith(b"HTTP/")
    assert [number for number, _ in server.requests] == [0, 0, 1]


@pytest.mark.parametrize("secure", [False, True])
@pytest.mark.parametrize(("late", "noted"), [(b"{}", True), (NO_ANSWER_BEHIND["timed-out"], False), (b"", False)])
def test_what_comes_while_a_connection_waits(
    late: bytes, noted: bool, secure: bool, serve: Serve, certificates: Certificates
) -> None:
    may_send, was_sent = threading.Event(), threading.Event()

    def talk(peer: Peer) -> None:
        if peer.number:
            return answering(OK)(peer)
        peer.request()
        peer.sock.sendall(OK)
        may_send.wait(LATE)
        peer.sock.sendall(late)
        peer.sock.shutdown(socket.SHUT_WR)
        was_sent.set()
        return peer.until_closed()

    server = serve(talk, tls=certificates.context("127.0.0.1") if secure else None)
    with Live(TransportOptions(cacert=certificates.cacert)) as live:
        live.send(Kind.PREFLIGHT, wire(server.url(), method="OPTIONS"))
        may_send.set()
        was_sent.wait(LATE)
        answer = response(live.send(Kind.ACTUAL, wire(server.url())))
        again = response(live.send(Kind.ACTUAL, wire(server.url(), headers=(("a", "b"),))))
    assert answer.framing.stray == (Stray("OPTIONS", server.url(), 2) if noted else None)
    assert again.framing.stray is None
    assert [number for number, _ in server.requests] == [0, 1, 1]


@dataclass(frozen=True)
class Framed:
    id: str
    raw: bytes
    framing: Framing
    method: str = "GET"
    kind: Kind = Kind.ACTUAL
    stays_open: bool = False


def body(head: bytes, text: bytes = b"", status: int = 200) -> bytes:
    return b"HTTP/1.1 %d x\r\n%b\r\n%b" % (status, head, text)


TWO, NINE, CHUNKED = b"Content-Length: 2\r\n", b"Content-Length: 9\r\n", b"Transfer-Encoding: chunked\r\n"
OPTIONS = Kind.PREFLIGHT
FRAMED = (
    Framed("whole", OK, CLEAN),
    Framed("whole-chunks", body(CHUNKED, b"2\r\nok\r\n0\r\n\r\n"), CLEAN),
    Framed("204", body(b"", status=204), CLEAN),
    Framed("body-of-204", body(b"", b"{}", 204), Framing(excess=2)),
    Framed("body-of-204-with-length", body(TWO, b"{}", 204), Framing(excess=2)),
    Framed("body-of-304", body(NINE, b"not now", 304), Framing(excess=7)),
    Framed("body-of-head", body(NINE, b"see, here"), Framing(excess=9), "HEAD"),
    Framed("longer", body(TWO, b"okay"), Framing(excess=2)),
    Framed("behind-the-last-chunk", body(CHUNKED, b"2\r\nok\r\n0\r\n\r\nx"), Framing(excess=1)),
    Framed("another-answer", OK + OK, CLEAN),
    Framed("shorter", body(NINE, b"ok"), Framing(end=BodyEnd.CUT)),
    Framed("nothing-of-it", body(NINE), Framing(end=BodyEnd.CUT)),
    Framed("unfinished-chunks", body(CHUNKED, b"5\r\nab"), Framing(end=BodyEnd.CUT)),
    Framed("no-last-chunk", body(CHUNKED, b"2\r\nab\r\n"), Framing(end=BodyEnd.CUT)),
    Framed("broken-chunks", body(CHUNKED, b"zz\r\nab\r\n0\r\n\r\n"), Framing(end=BodyEnd.BROKEN)),
    Framed("until-closed", body(b"", b"ok"), Framing(end=BodyEnd.UNREAD)),
    Framed("large", body(b"Content-Length: 65537\r\n"), Framing(end=BodyEnd.UNREAD)),
    Framed("slow", body(NINE, b"ok"), Framing(end=BodyEnd.UNREAD), stays_open=True),
    Framed("preflight-until-closed", body(b"", b"ok"), CLEAN, kind=OPTIONS),
    Framed("preflight-until-closed-large", body(b"", b"x" * 70_000), Framing(end=BodyEnd.UNREAD), kind=OPTIONS),
    Framed("preflight-shorter", body(NINE, b"ok"), Framing(end=BodyEnd.CUT), kind=OPTIONS),
    Framed("preflight-slow", body(NINE, b"ok"), Framing(end=BodyEnd.STALLED), kind=OPTIONS, stays_open=True),
    Framed("preflight-never-closed", body(b""), Framing(end=BodyEnd.STALLED), kind=OPTIONS, stays_open=True),
    Framed("bytes-before", b"{}" + OK, Framing(lead="{}")),
    Framed("line-ends-before", b"\r\n\r\n" + OK, Framing(lead="\r\n\r\n")),
)  # fmt: skip


@pytest.mark.parametrize("case", FRAMED, ids=lambda case: case.id)
def test_what_else_was_on_the_connection(case: Framed, serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    def talk(peer: Peer) -> None:
        peer.request()
        peer.sock.sendall(case.raw)
        if case.stays_open:
            peer.until_closed()

    monkeypatch.setattr(head, "_PATIENT_SECONDS", SOON if case.stays_open else LATE)
    with Live() as live:
        answer = live.send(case.kind, wire(serve(talk).url(), method=case.method))
    assert response(answer).framing == case.framing


def test_a_reset_behind_what_an_answer_left(serve: Serve) -> None:
    def talk(peer: Peer) -> None:
        peer.request()
        peer.sock.sendall(OK)
        peer.request()
        peer.sock.sendall(b"{}")
        time.sleep(0.1)  # so that the bytes are read before the reset takes them away
        peer.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")

    server = serve(talk)
    with Live() as live:
        live.send(Kind.PREFLIGHT, wire(server.url()))
        assert response(live.send(Kind.ACTUAL, wire(server.url()))).status == 200
    assert [number for number, _ in server.requests] == [0, 0, 1]


def test_a_408_of_a_new_connection_is_an_answer(serve: Serve) -> None:
    server = serve(answering_once(NO_ANSWER_BEHIND["timed-out"]))
    assert response(get(server.url())).status == 408
    assert server.connections == 1


def test_http_1_0_with_keep_alive_is_kept(serve: Serve) -> None:
    server = serve(answering(b"HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 0\r\n\r\n"))
    with Live() as live:
        for _ in range(2):
            live.send(Kind.ACTUAL, wire(server.url()))
    assert server.connections == 1


def test_a_body_of_64_kib_is_read_to_keep_the_connection(serve: Serve) -> None:
    server = serve(answering(b"HTTP/1.1 200 OK\r\nContent-Length: 65000\r\n\r\n" + b"x" * 65000))
    with Live() as live:
        for _ in range(2):
            live.send(Kind.ACTUAL, wire(server.url()))
    assert server.connections == 1


@pytest.mark.parametrize("reset", [False, True])
def test_a_stale_connection_is_replaced_once(reset: bool, serve: Serve) -> None:
    def talk(peer: Peer) -> None:
        peer.request()
        peer.sock.sendall(OK)
        peer.request()  # and no answer
        if reset:
            peer.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")

    server = serve(talk)
    with Live() as live:
        live.send(Kind.PREFLIGHT, wire(server.url()))
        answer = live.send(Kind.ACTUAL, wire(server.url("/again"), method="POST", body=b"x"))
    assert response(answer).status == 200
    assert [number for number, _ in server.requests] == [0, 0, 1]


@pytest.fixture
def _busy(monkeypatch: pytest.MonkeyPatch) -> None:
    """A broken connection leaves no empty place in the pool: the next request takes another that was kept."""
    put = HTTPConnectionPool._put_conn
    monkeypatch.setattr(HTTPConnectionPool, "_put_conn", lambda pool, conn: conn and put(pool, conn))


@pytest.mark.usefixtures("_busy")
@pytest.mark.parametrize("listening", [True, False])
@pytest.mark.parametrize("tunnelled", [False, True])
def test_a_second_stale_connection_is_not_tried(
    tunnelled: bool, listening: bool, serve: Serve, certificates: Certificates
) -> None:
    both = threading.Barrier(2)

    def talk(peer: Peer) -> None:
        peer.request()
        if peer.number < 2:
            both.wait(LATE)
        peer.sock.sendall(OK)
        peer.request()  # and no answer

    server = serve(talk, tls=certificates.context("127.0.0.1") if tunnelled else None)
    front = serve(tunnel(server.port)) if tunnelled else server
    options = TransportOptions(proxy=f"127.0.0.1:{front.port}" if tunnelled else None, cacert=certificates.cacert)
    with Live(options) as live, ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: live.send(Kind.PREFLIGHT, wire(server.url())), range(2)))
        if not listening:
            front.listener.shutdown(socket.SHUT_RDWR)
            answer = live.send(Kind.ACTUAL, wire(server.url()))
            cut(answer, FailureKind.PROXY if tunnelled else FailureKind.REFUSED, f"127.0.0.1:{front.port}")
            return
        assert response(live.send(Kind.ACTUAL, wire(server.url()))).status == 200
    numbers = [number for number, _ in server.requests]
    assert sorted(numbers[:2]) == [0, 1]
    assert numbers[2] in (0, 1)
    assert numbers[3:] == [2]


def test_a_stale_connection_is_replaced_only_once(serve: Serve) -> None:
    def talk(peer: Peer) -> None:
        peer.request()
        if peer.number == 0:
            peer.sock.sendall(OK)
            peer.request()

    server = serve(talk)
    with Live() as live:
        live.send(Kind.PREFLIGHT, wire(server.url()))
        cut(live.send(Kind.ACTUAL, wire(server.url())), FailureKind.RESET)
    assert [number for number, _ in server.requests] == [0, 0, 1]


def test_no_second_try_once_a_byte_of_the_answer_came(serve: Serve) -> None:
    def talk(peer: Peer) -> None:
        peer.request()
        peer.sock.sendall(OK)
        peer.request()
        peer.sock.sendall(b"HTTP")

    server = serve(talk)
    with Live() as live:
        live.send(Kind.PREFLIGHT, wire(server.url()))
        cut(live.send(Kind.ACTUAL, wire(server.url())), FailureKind.RESET)
    assert server.connections == 1


def test_a_connection_closed_in_the_meantime_is_noticed(serve: Serve) -> None:
    server = serve(answering_once(OK))
    with Live() as live:
        live.send(Kind.PREFLIGHT, wire(server.url()))
        server.threads[-1].join(LATE)
        assert response(live.send(Kind.ACTUAL, wire(server.url()))).status == 200
    assert [number for number, _ in server.requests] == [0, 1]


def test_threads_share_one_live(serve: Serve) -> None:
    def talk(peer: Peer) -> None:
        while request := peer.request():
            path = request.split(b" ")[1]
            peer.sock.sendall(b"HTTP/1.1 200 OK\r\nX-Path: " + path + b"\r\nContent-Length: 0\r\n\r\n")

    server = serve(talk)
    with Live() as live, ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda i: live.send(Kind.ACTUAL, wire(server.url(f"/{i}"))), range(200)))
    assert [response(a).headers.get("x-path") for a in answers] == [f"/{i}" for i in range(200)]
    assert server.connections <= 8


def test_a_closed_live_holds_no_connection(serve: Serve) -> None:
    server = serve(answering(OK))
    with Live() as live:
        live.send(Kind.ACTUAL, wire(server.url()))
    server.threads[-1].join(LATE)
    assert not server.threads[-1].is_alive()


def test_of_many_hosts_the_connections_used_last_are_kept(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("corsdoctor.transport.live._MOST_IDLE", 2)
    server = serve(answering(OK, OK, OK))
    with Live(TransportOptions(max_connections=2)) as live:
        for host in (0, 1, 2, 3, 3, 2, 0):
            url = server.url().replace("127.0.0.1", f"h{host}.localhost")
            assert response(live.send(Kind.ACTUAL, wire(url))).status == 200
        assert [number for number, _ in server.requests] == [0, 1, 2, 3, 3, 2, 4]
        for ended in (1, 2):  # the threads of the hosts 0 and 1, after the one that accepts
            server.threads[ended].join(LATE)
            assert not server.threads[ended].is_alive()


def test_threads_at_many_hosts_share_few_connections(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("corsdoctor.transport.live._MOST_IDLE", 4)
    monkeypatch.setattr("corsdoctor.transport.live._HOSTS", 3)

    def talk(peer: Peer) -> None:
        while request := peer.request():
            path = request.split(b" ")[1]
            peer.sock.sendall(b"HTTP/1.1 200 OK\r\nX-Path: " + path + b"\r\nContent-Length: 0\r\n\r\n")

    server = serve(talk)
    urls = [server.url(f"/{i}").replace("127.0.0.1", f"h{i * 7 % 10}.localhost") for i in range(400)]
    with Live(TransportOptions(max_connections=4)) as live, ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda url: live.send(Kind.ACTUAL, wire(url)), urls))
    assert [response(a).headers.get("x-path") for a in answers] == [f"/{i}" for i in range(400)]


# --- addresses


def test_ipv6(serve: Serve) -> None:
    try:
        server = serve(answering(OK), host="::1")
    except OSError:
        pytest.skip("no IPv6 here")
    assert response(get(server.url())).status == 200
    assert f"\r\nHost: [::1]:{server.port}\r\n".encode() in server.requests[0][1]
    server.close()
    cut(get(server.url()), FailureKind.REFUSED, f"[::1]:{server.port}")


@pytest.mark.parametrize("host", ["localhost", "api.localhost", "LOCALHOST"])
def test_localhost_is_this_machine(host: str, serve: Serve) -> None:
    server = serve(answering(OK))
    assert response(get(server.url(host=host))).status == 200
    assert f"\r\nHost: {host}:{server.port}\r\n".encode() in server.requests[0][1]


def test_resolve_names_the_address(serve: Serve) -> None:
    server = serve(answering(OK))
    entry = parse_resolve(f"API.example.test:{server.port}:127.0.0.1")
    assert response(get(server.url(host="api.example.test"), TransportOptions(resolve=(entry,)))).status == 200
    assert f"\r\nHost: api.example.test:{server.port}\r\n".encode() in server.requests[0][1]
    any_host = TransportOptions(resolve=(("*", server.port, "127.0.0.2,127.0.0.1"),))
    assert response(get(server.url(host="b.test"), any_host)).status == 200
    other_port = TransportOptions(resolve=(("b.invalid", server.port + 1, "127.0.0.1"),))
    cut(get(server.url(host="b.invalid"), other_port), FailureKind.DNS)


# --- TLS


def test_tls_with_an_authority_of_ones_own(serve: Serve, certificates: Certificates) -> None:
    server = serve(answering(OK), tls=certificates.context("localhost", "127.0.0.1"))
    options = TransportOptions(cacert=certificates.cacert)
    with Live(options) as live:
        for host in ("localhost", "127.0.0.1"):
            for _ in range(2):
                assert response(live.send(Kind.ACTUAL, wire(server.url(host=host)))).status == 200
    assert [number for number, _ in server.requests] == [0, 0, 1, 1]
    assert server.requests[0][1] == f"GET / HTTP/1.1\r\nHost: localhost:{server.port}\r\n\r\n".encode()


def test_an_intermediate_authority_is_enough(serve: Serve, certificates: Certificates, tmp_path: Path) -> None:
    intermediate = certificates.authority.create_child_ca()
    intermediate.cert_pem.write_to_path(tmp_path / "intermediate.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    intermediate.issue_cert("localhost").configure_cert(context)
    server = serve(answering(OK), tls=context)
    with Live(TransportOptions(cacert=str(tmp_path / "intermediate.pem"))) as live:
        assert response(live.send(Kind.ACTUAL, wire(server.url(host="localhost")))).status == 200


def test_tls_with_resolve_checks_the_name_of_the_url(serve: Serve, certificates: Certificates) -> None:
    server = serve(answering(OK), tls=certificates.context("api.example.test"))
    resolve = (("api.example.test", server.port, "127.0.0.1"), ("other.test", server.port, "127.0.0.1"))
    options = TransportOptions(cacert=certificates.cacert, resolve=resolve)
    assert response(get(server.url(host="api.example.test"), options)).status == 200
    cut(get(server.url(host="other.test"), options), FailureKind.TLS, f"other.test:{server.port}", "another host name")


def test_ipv6_over_tls(serve: Serve, certificates: Certificates) -> None:
    try:
        server = serve(answering(OK), host="::1", tls=certificates.context("::1"))
    except OSError:
        pytest.skip("no IPv6 here")
    assert response(get(server.url(), TransportOptions(cacert=certificates.cacert))).status == 200


@dataclass(frozen=True)
class Distrusted:
    id: str
    names: tuple[str, ...]
    words: str
    expired: bool = False
    knows_authority: bool = True


DISTRUSTED = (
    Distrusted("unknown-authority", ("127.0.0.1",), "unknown authority", knows_authority=False),
    Distrusted("expired", ("127.0.0.1",), "expired", expired=True),
    Distrusted("other-address", ("127.0.0.2",), "another address"),
    Distrusted("other-name", ("a.test",), "another"),
)


@pytest.mark.parametrize("case", DISTRUSTED, ids=lambda case: case.id)
def test_a_certificate_that_is_not_trusted(case: Distrusted, serve: Serve, certificates: Certificates) -> None:
    server = serve(answering(OK), tls=certificates.context(*case.names, expired=case.expired))
    cacert = certificates.cacert if case.knows_authority else None
    cut(get(server.url(), TransportOptions(cacert=cacert)), FailureKind.TLS, f"127.0.0.1:{server.port}", case.words)
    assert not server.requests
    assert response(get(server.url(), TransportOptions(verify=False))).status == 200


def test_a_self_signed_certificate(serve: Serve, certificates: Certificates, tmp_path: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    chain = tmp_path / "chain.pem"
    certificates.authority.private_key_pem.write_to_path(chain)
    certificates.authority.cert_pem.write_to_path(chain, append=True)
    context.load_cert_chain(chain)
    cut(get(serve(answering(OK), tls=context).url()), FailureKind.TLS, "self-signed")


def test_http_where_tls_is_expected(serve: Serve) -> None:
    def talk(peer: Peer) -> None:
        peer.sock.recv(100)
        peer.sock.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        peer.until_closed()

    server = serve(talk)
    cut(get(server.url(scheme="https")), FailureKind.NOT_TLS, f"127.0.0.1:{server.port}", "http:")


def test_tls_where_http_is_expected(serve: Serve) -> None:
    def talk(peer: Peer) -> None:
        peer.sock.recv(1000)
        peer.sock.sendall(b"\x15\x03\x01\0\x02\x02\x46")
        peer.until_closed()

    cut(get(serve(talk).url()), FailureKind.PLAIN_HTTP, "https:")


@pytest.mark.parametrize(
    "frame", [b"\0\0\x12\x04\0\0\0\0\0", b"\0\0\x08\x07\0\0\0\0\0" + b"\0" * 8], ids=["settings", "goaway"]
)
@pytest.mark.parametrize("tls", [False, True])
def test_a_frame_of_http2_before_a_pause(frame: bytes, tls: bool, serve: Serve, certificates: Certificates) -> None:
    def talk(peer: Peer) -> None:
        peer.sock.sendall(frame)
        peer.until_closed()

    server = serve(talk, tls=certificates.context("127.0.0.1") if tls else None)
    cut(get(server.url(), TransportOptions(verify=False)), FailureKind.ONLY_HTTP2, f"127.0.0.1:{server.port}")


def test_a_tls_server_that_closes_connections_without_tls(serve: Serve, certificates: Certificates) -> None:
    """As Node.js and OpenSSL do. The certificate is not looked at: the answer says only that there is TLS."""
    server = serve(answering(OK), tls=certificates.context("other.test", expired=True))
    cut(get(server.url(scheme="http")), FailureKind.PLAIN_HTTP, f"127.0.0.1:{server.port}", "https:")
    assert not server.requests
    assert server.connections == 2


def test_a_tls_server_that_wants_a_certificate_and_closes_connections_without_tls(
    serve: Serve, certificates: Certificates
) -> None:
    context = certificates.context("127.0.0.1")
    context.maximum_version, context.verify_mode = ssl.TLSVersion.TLSv1_2, ssl.CERT_REQUIRED
    cert, key = certificates.client()
    options = TransportOptions(cert=cert, key=key)
    cut(get(serve(answering(OK), tls=context).url(scheme="http"), options), FailureKind.PLAIN_HTTP)


@pytest.mark.parametrize(
    "error", [ConnectionRefusedError(), TimeoutError(), OSError(errno.EMFILE, "Too many open files")]
)
@pytest.mark.parametrize("tls", [False, True])
def test_a_second_look_that_fails(error: OSError, tls: bool, serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first connection decides what is reported."""

    def talk(peer: Peer) -> None:
        peer.sock.recv(1)  # the rest is unread, so that the close is a reset

    deadlines = list[float]()

    def dial_once(infos: Any, options: Any, deadline: float) -> socket.socket:
        deadlines.append(deadline)
        if len(deadlines) > 1:
            raise error
        return dial(infos, options, deadline)

    monkeypatch.setattr("corsdoctor.transport.connection.dial", dial_once)
    server = serve(talk)
    answer = get(server.url(scheme="https" if tls else "http"), TransportOptions(max_time=300, connect_timeout=300))
    assert isinstance(answer, NoAnswer)
    assert answer.kind is (FailureKind.TLS if tls else FailureKind.RESET)
    assert "refused" not in answer.detail
    assert len(deadlines) == 2
    assert deadlines[1] < deadlines[0] - 100  # it has a deadline of its own


def test_a_proxy_that_closes_is_not_asked_again(serve: Serve, certificates: Certificates) -> None:
    proxy = serve(answering(OK), tls=certificates.context("127.0.0.1"))
    answer = get("http://a.test/", TransportOptions(proxy=f"http://127.0.0.1:{proxy.port}"))
    cut(answer, FailureKind.PROXY, f"127.0.0.1:{proxy.port}", "closed")
    assert proxy.connections == 1


AGREED = {
    "http-2": (("h2",), FailureKind.ONLY_HTTP2, 2),
    "none": ((), FailureKind.RESET, 2),
    "another": (("x",), FailureKind.RESET, 2),
    "http-1": (("http/1.1",), FailureKind.RESET, 1),  # it was agreed on, so the protocol is not the reason
    "both": (("h2", "http/1.1"), FailureKind.RESET, 1),
}


@pytest.mark.parametrize("case", AGREED)
def test_a_server_that_closes_connections_after_the_handshake(
    case: str, serve: Serve, certificates: Certificates
) -> None:
    """As gRPC does where HTTP/2 was not agreed on."""
    protocols, kind, connections = AGREED[case]
    context = certificates.context("127.0.0.1")
    context.set_alpn_protocols(list(protocols))
    server = serve(lambda _: None, tls=context)
    cut(get(server.url(), TransportOptions(cacert=certificates.cacert)), kind, f"127.0.0.1:{server.port}")
    assert server.connections == connections


def test_a_close_in_the_handshake(serve: Serve) -> None:
    server = serve(lambda peer: peer.sock.recv(1000) and None)
    cut(get(server.url(scheme="https")), FailureKind.TLS, f"127.0.0.1:{server.port}", "closed")


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3], ids=lambda v: v.name)
def test_a_client_certificate(version: ssl.TLSVersion, serve: Serve, certificates: Certificates) -> None:
    context = certificates.context("127.0.0.1")
    context.maximum_version = version
    context.verify_mode = ssl.CERT_REQUIRED
    certificates.authority.configure_trust(context)
    server = serve(answering(OK), tls=context)
    failure = FailureKind.CLIENT_CERTIFICATE if version is ssl.TLSVersion.TLSv1_3 else FailureKind.TLS
    cert, key = certificates.client()
    shown = TransportOptions(cacert=certificates.cacert, cert=cert, key=key)
    request = wire(server.url())
    with Live(shown) as live:
        assert response(live.send(Kind.ACTUAL, request._replace(certificate=Certificate.SHOWN))).status == 200
        for kind, certificate, why in (
            (Kind.ACTUAL, Certificate.WITHHELD, "only for the origin"),
            (Kind.ACTUAL, Certificate.ABSENT, "without credentials"),
            (Kind.PREFLIGHT, Certificate.ABSENT, "preflight"),
        ):
            answer = live.send(kind, request._replace(certificate=certificate))  # never on a connection that shows it
            cut(answer, failure, f"127.0.0.1:{server.port}", "client certificate", "not shown", why)
        assert response(live.send(Kind.ACTUAL, request._replace(certificate=Certificate.SHOWN))).status == 200
    answer = get(server.url(), TransportOptions(cacert=certificates.cacert))
    cut(answer, failure, f"127.0.0.1:{server.port}", "client certificate", "--cert")


def test_stale_connections_over_tls(serve: Serve, certificates: Certificates) -> None:
    def talk(peer: Peer) -> None:
        peer.request()
        peer.sock.sendall(OK)
        peer.request()

    server = serve(talk, tls=certificates.context("127.0.0.1"))
    with Live(TransportOptions(cacert=certificates.cacert)) as live:
        for _ in range(2):
            assert response(live.send(Kind.ACTUAL, wire(server.url()))).status == 200
    assert [number for number, _ in server.requests] == [0, 0, 1]


def test_a_drip_over_tls_meets_the_deadline(serve: Serve, certificates: Certificates) -> None:
    def talk(peer: Peer) -> None:
        peer.request()
        for byte in b"HTTP/1.1 200 OK\r\n" + b"x" * 400:
            time.sleep(0.05)
            peer.sock.sendall(bytes([byte]))

    server = serve(talk, tls=certificates.context("127.0.0.1"))
    started = time.monotonic()
    cut(get(server.url(), TransportOptions(verify=False, max_time=1.0)), FailureKind.TIMEOUT)
    assert time.monotonic() - started < LATE


@pytest.mark.parametrize("option", ["cacert", "cert", "key"])
@pytest.mark.parametrize("content", [None, "", "nonsense\n"], ids=["missing", "empty", "nonsense"])
def test_files_that_cannot_be_used(
    option: str, content: str | None, certificates: Certificates, tmp_path: Path
) -> None:
    path = tmp_path / "file.pem"
    if content is not None:
        path.write_text(content)
    cert, key = certificates.client()
    files = {"cert": cert, "key": key} if option != "cacert" else {}
    with pytest.raises(UnreadableInput, match=r"file\.pem"):
        Live(TransportOptions(**(files | {option: str(path)})))  # type: ignore[arg-type]


def test_a_key_with_a_password(certificates: Certificates, tmp_path: Path) -> None:
    cert, key = certificates.client()
    private = load_pem_private_key(Path(key).read_bytes(), None)
    locked = tmp_path / "locked.pem"
    locked.write_bytes(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"x")))
    with pytest.raises(UnreadableInput, match="password"):
        Live(TransportOptions(cert=cert, key=str(locked)))


def test_a_key_without_a_certificate() -> None:
    with pytest.raises(InvalidScenario, match=r"key 'key\.pem'"):
        Live(TransportOptions(key="key.pem"))


# --- proxies


def test_http_through_a_proxy(serve: Serve) -> None:
    proxy = serve(answering(OK))
    with Live(TransportOptions(proxy=f"me:p%40ss@127.0.0.1:{proxy.port}")) as live:
        for path in ("/a?[b|c]", "/%7e/.."):
            url = f"http://api.invalid:8080{path}"
            assert response(live.send(Kind.ACTUAL, wire(url, method="patch", headers=(("x", "1"),)))).status == 200
    assert proxy.requests == [
        (
            0,
            f"patch http://api.invalid:8080{path} HTTP/1.1\r\nHost: api.invalid:8080\r\n"
            "Proxy-Authorization: Basic bWU6cEBzcw==\r\nx: 1\r\n\r\n".encode(),
        )
        for path in ("/a?[b|c]", "/%7e/..")
    ]


def tunnel(port: int) -> Callable[[Peer], None]:
    """A proxy that accepts a CONNECT and relays to `port`, until either end closes.

    One thread relays both ways: OpenSSL allows no two threads to use one TLS connection at a time.
    """

    def talk(peer: Peer) -> None:
        peer.request()
        peer.sock.sendall(b"HTTP/1.1 200 Connection established\r\nVia: x\r\n\r\n")
        with socket.create_connection(("127.0.0.1", port)) as server:
            other = {peer.sock: server, server: peer.sock}
            while True:
                for end in select.select(other, (), ())[0]:
                    if not (data := end.recv(65536)):  # more than a TLS record holds, so that none of it stays unread
                        return
                    other[end].sendall(data)

    return talk


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_https_through_a_proxy(scheme: str, serve: Serve, certificates: Certificates) -> None:
    server = serve(answering(OK), tls=certificates.context("api.test"))
    tls = certificates.context("127.0.0.1") if scheme == "https" else None
    proxy = serve(tunnel(server.port), tls=tls)
    options = TransportOptions(proxy=f"{scheme}://me:x@127.0.0.1:{proxy.port}", cacert=certificates.cacert)
    with Live(options) as live:
        for _ in range(2):
            assert response(live.send(Kind.ACTUAL, wire(server.url(host="api.test")))).status == 200
    assert len(proxy.requests) == 1
    assert proxy.requests[0][1].startswith(f"CONNECT api.test:{server.port} HTTP/1.".encode())
    assert b"\r\nProxy-Authorization: Basic bWU6eA==\r\n" in proxy.requests[0][1]
    assert server.requests == [(0, f"GET / HTTP/1.1\r\nHost: api.test:{server.port}\r\n\r\n".encode())] * 2


@pytest.mark.parametrize("secure", [False, True], ids=["forwarded", "tunnelled"])
def test_the_proxy_gets_no_client_certificate(secure: bool, serve: Serve, certificates: Certificates) -> None:
    server = serve(answering(OK), tls=certificates.context("api.test") if secure else None)
    shown: list[bool] = []
    context = certificates.context("127.0.0.1")
    context.verify_mode = ssl.CERT_OPTIONAL
    certificates.authority.configure_trust(context)

    def talk(peer: Peer) -> None:
        assert isinstance(peer.sock, ssl.SSLSocket)
        shown.append(bool(peer.sock.getpeercert()))
        (tunnel(server.port) if secure else answering(OK))(peer)

    proxy = serve(talk, tls=context)
    cert, key = certificates.client()
    address = f"https://me:x@127.0.0.1:{proxy.port}"
    options = TransportOptions(proxy=address, cacert=certificates.cacert, cert=cert, key=key)
    with Live(options) as live:
        request = wire(server.url(host="api.test"))._replace(certificate=Certificate.SHOWN)
        assert response(live.send(Kind.ACTUAL, request)).status == 200
    assert shown == [False]
    assert b"Proxy-Authorization" not in b"".join(raw for _, raw in server.requests)


def test_a_stale_tunnel_is_replaced(serve: Serve, certificates: Certificates) -> None:
    def talk(peer: Peer) -> None:
        peer.request()
        peer.sock.sendall(OK)
        peer.request()

    server = serve(talk, tls=certificates.context("api.test"))
    proxy = serve(tunnel(server.port))
    options = TransportOptions(proxy=f"127.0.0.1:{proxy.port}", cacert=certificates.cacert)
    with Live(options) as live:
        for _ in range(2):
            assert response(live.send(Kind.ACTUAL, wire(server.url(host="api.test")))).status == 200
    assert [number for number, _ in server.requests] == [0, 0, 1]


def test_a_certificate_behind_a_proxy(serve: Serve, certificates: Certificates) -> None:
    server = serve(answering(OK), tls=certificates.context("other.test"))
    options = TransportOptions(proxy=f"127.0.0.1:{serve(tunnel(server.port)).port}", cacert=certificates.cacert)
    cut(get("https://api.test/", options), FailureKind.TLS, "api.test:443", "another host name")


PROXY_ERRORS = {
    "407": b"HTTP/1.1 407 Authenticate\r\nContent-Length: 0\r\n\r\n",
    "closed": b"",
    "not-http": b"\x05\0 hello\r\n",
}


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("raw", PROXY_ERRORS.values(), ids=PROXY_ERRORS)
def test_proxy_errors(scheme: str, raw: bytes, serve: Serve) -> None:
    proxy = serve(answering_once(raw))
    answer = get(f"{scheme}://api.invalid:81/", TransportOptions(proxy=f"me:secret@127.0.0.1:{proxy.port}"))
    cut(answer, FailureKind.PROXY, "proxy")
    assert isinstance(answer, NoAnswer)
    assert "secret" not in answer.detail


def test_a_tunnel_that_is_refused_names_both_ends(serve: Serve) -> None:
    proxy = serve(answering_once(b"HTTP/1.1 502 No such host\r\n\r\n"))
    answer = get("https://[2001:db8::1]/", TransportOptions(proxy=f"127.0.0.1:{proxy.port}"))
    cut(answer, FailureKind.PROXY, "[2001:db8::1]:443", f"127.0.0.1:{proxy.port}", "502 No such host")
    assert proxy.requests[0][1].startswith(b"CONNECT [2001:db8::1]:443 HTTP/1.")


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxy_that_is_not_there(scheme: str, serve: Serve) -> None:
    proxy = serve(answering(OK))
    proxy.close()
    answer = get(f"{scheme}://api.invalid/", TransportOptions(proxy=f"127.0.0.1:{proxy.port}"))
    cut(answer, FailureKind.PROXY, f"the proxy 127.0.0.1:{proxy.port}")
    cut(
        get(f"{scheme}://a.test/", TransportOptions(proxy="no-proxy.invalid")),
        FailureKind.PROXY,
        "no-proxy.invalid:1080",
    )


def test_a_proxy_that_stays_silent(serve: Serve) -> None:
    proxy = serve(Peer.until_closed)
    options = TransportOptions(proxy=f"127.0.0.1:{proxy.port}", max_time=SOON)
    cut(get("https://a.test/", options), FailureKind.PROXY, f"127.0.0.1:{proxy.port}")
    cut(get("http://a.test/", options), FailureKind.TIMEOUT, "a.test:80")


@pytest.mark.parametrize(
    "proxy",
    ["ftp://me:secret@a:1", "socks://a", "socks5://me:secret@a/x", "http://", "a:b:c", "http://a/path", "a:99999"],
)
def test_an_invalid_proxy(proxy: str) -> None:
    with pytest.raises(InvalidScenario, match="proxy") as caught:
        Live(TransportOptions(proxy=proxy))
    assert "secret" not in str(caught.value)


def test_importing_adds_nothing_but_the_standard_library() -> None:
    code = (
        "import requests, sys; before = set(sys.modules); import corsdoctor.transport.live;"
        "print(*(set(sys.modules) - before))"
    )
    added = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert {name.partition(".")[0] for name in added} <= {"corsdoctor", *sys.stdlib_module_names}
    assert not {"asyncio", "concurrent", "unittest", "multiprocessing"} & set(added)
