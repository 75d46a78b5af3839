"""HTTP/2 against a server that is made of h2, and against real ones: what leaves, what is read, what goes wrong."""

from __future__ import annotations

import builtins
import json
import socket
import ssl
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import h2.config
import h2.connection
import h2.errors
import h2.events
import h2.exceptions
import h2.settings
import pytest
from click.testing import CliRunner

from corsdoctor.cli import corsdoctor
from corsdoctor.cli.exit_status import ExitStatus
from corsdoctor.errors import InvalidScenario
from corsdoctor.transport import head
from corsdoctor.transport.errors import GaveUp
from corsdoctor.transport.http2 import Session
from corsdoctor.transport.live import Live
from corsdoctor.transport.options import TransportOptions
from corsdoctor.transport.outgoing import Outgoing
from corsdoctor.wire import MAX_HEAD, Answer, BodyEnd, Certificate, FailureKind, Headers, Kind, WireRequest
from tests.recipes.contract import free_port, need, running
from tests.transport.conftest import Certificates, Peer, Server, answering
from tests.transport.test_live import OK, SOON, cut, get, response, wire
from tests.transport.test_socks import relay, socks

Serve = Callable[..., Server]
Lines = list[tuple[bytes, bytes]]
STATUS_200 = (b":status", b"200")
PING = b"\0\0\x08\x06" + bytes(5 + 8)
GOAWAY_PROTOCOL_ERROR = b"\0\0\x08\x07" + bytes(5) + (1).to_bytes(4) + (1).to_bytes(4)


@dataclass
class Talk:
    """A server's end of one HTTP/2 connection, and the requests that came: (number of the connection, lines, body)."""

    peer: Peer
    requests: list[tuple[int, Lines, bytes]]
    h2: h2.connection.H2Connection = field(init=False)

    def __post_init__(self) -> None:
        config = h2.config.H2Configuration(
            client_side=False, header_encoding=None, normalize_inbound_headers=False,
            validate_outbound_headers=False, normalize_outbound_headers=False,
        )  # fmt: skip
        self.h2 = h2.connection.H2Connection(config)
        self.h2.initiate_connection()
        self.flush()
        self.lines: dict[int, Lines] = {}
        self.bodies: dict[int, bytes] = {}

    def flush(self) -> None:
        self.peer.sock.sendall(self.h2.data_to_send())

    def request(self) -> int:
        """The stream of the next whole request; 0 where the client has gone."""
        while data := self.peer.sock.recv(65536):
            events = self.h2.receive_data(data)
            self.flush()
            for event in events:
                match event:
                    case h2.events.RequestReceived():
                        self.lines[event.stream_id] = list(event.headers)
                        self.bodies[event.stream_id] = b""
                    case h2.events.DataReceived():
                        self.bodies[event.stream_id] += event.data
                        self.h2.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
                        self.flush()
                    case h2.events.StreamEnded():
                        stream = event.stream_id
                        self.requests.append((self.peer.number, self.lines[stream], self.bodies[stream]))
                        return stream
        return 0

    def answer(self, stream: int, *lines: tuple[bytes, bytes], body: bytes = b"", end: bool = True) -> None:
        self.h2.send_headers(
            stream, [STATUS_200, *lines] if not _has_status(lines) else list(lines), end_stream=end and not body
        )
        if body:
            self.h2.send_data(stream, body, end_stream=end)
        self.flush()


def _has_status(lines: tuple[tuple[bytes, bytes], ...]) -> bool:
    return any(name.startswith(b":") or name == b"x-no-status" for name, _ in lines)


Act = Callable[[Talk, int], None]


@dataclass
class Http2:
    """A server that does `act` for each request over HTTP/2."""

    server: Server
    requests: list[tuple[int, Lines, bytes]]
    options: TransportOptions

    def get(self, url: str = "/", kind: Kind = Kind.ACTUAL, **request: Any) -> Answer:
        with Live(self.options) as live:
            return live.send(kind, wire(self.server.url(url), **request))


@pytest.fixture
def http2(serve: Serve, certificates: Certificates) -> Callable[..., Http2]:
    def start(act: Act, protocols: tuple[str, ...] = ("h2",), **options: Any) -> Http2:
        requests: list[tuple[int, Lines, bytes]] = []

        def talk(peer: Peer) -> None:
            talking = Talk(peer, requests)
            with suppress(h2.exceptions.ProtocolError):  # the connection is closed, or was never one of HTTP/2
                while stream := talking.request():
                    act(talking, stream)

        context = certificates.context("127.0.0.1", "a.test")
        context.set_alpn_protocols(list(protocols))
        server = serve(talk, tls=context)
        return Http2(server, requests, TransportOptions(http2=True, cacert=certificates.cacert, **options))

    return start


def ok(talk: Talk, stream: int) -> None:
    talk.answer(stream)


# --- what leaves


def test_the_lines_of_a_request(http2: Callable[..., Http2]) -> None:
    """In the given order, repeated ones as well, with names in lower case and without those that HTTP/2 forbids."""
    started = http2(ok)
    given = (
        ("X-B", "1"),
        ("Accept", "*/*"),
        ("X-A", "2"),
        ("x-b", "caf\xe9"),
        ("Cookie", "a=1; b=2"),
        ("Connection", "keep-alive"),
        ("TE", "trailers"),
    )
    response(started.get("/p?q=[a|b]%7e", method="patch", headers=given))
    [(_, lines, body)] = started.requests
    where = f"127.0.0.1:{started.server.port}".encode()
    assert sorted(lines[:4]) == [
        (b":authority", where),
        (b":method", b"patch"),
        (b":path", b"/p?q=[a|b]%7e"),
        (b":scheme", b"https"),
    ]
    assert lines[4:] == [(b"x-b", b"1"), (b"accept", b"*/*"), (b"x-a", b"2"), (b"x-b", b"caf\xe9"), (b"cookie", b"a=1; b=2"), (b"te", b"trailers")]  # fmt: skip
    assert body == b""


@pytest.mark.parametrize(
    "name", ["Connection", "Keep-Alive", "Proxy-Connection", "Transfer-Encoding", "Upgrade", "Host", "HTTP2-Settings"]
)
def test_what_http2_forbids_is_not_sent(name: str, http2: Callable[..., Http2]) -> None:
    started = http2(ok)
    response(started.get(headers=((name, "a"),)))
    assert name.lower().encode() not in dict(started.requests[0][1])


@pytest.mark.parametrize("size", [1, 65_535, 65_536, 300_000])
def test_a_body_of_any_size(size: int, http2: Callable[..., Http2]) -> None:
    started = http2(ok)
    body = bytes(i % 251 for i in range(size))
    response(started.get(method="POST", body=body))
    [(_, lines, received)] = started.requests
    assert received == body
    assert dict(lines)[b"content-length"] == str(size).encode()


def test_a_body_that_the_server_does_not_wait_for(serve: Serve, certificates: Certificates) -> None:
    def talk(peer: Peer) -> None:
        talking = Talk(peer, [])
        while data := peer.sock.recv(65536):  # takes no byte of the body beyond the first window
            for event in talking.h2.receive_data(data):
                if isinstance(event, h2.events.RequestReceived):
                    talking.h2.send_headers(event.stream_id, [(b":status", b"413")], end_stream=True)
                    talking.h2.reset_stream(event.stream_id)
                    talking.flush()

    context = certificates.context("127.0.0.1")
    context.set_alpn_protocols(["h2"])
    server = serve(talk, tls=context)
    options = TransportOptions(http2=True, cacert=certificates.cacert)
    answer = response(get(server.url(), options, method="POST", body=b"x" * 500_000))
    assert (answer.status, answer.framing.end) == (413, BodyEnd.WHOLE)


def test_requests_share_a_connection(http2: Callable[..., Http2]) -> None:
    """Also where the server sends a PING or SETTINGS meanwhile."""

    def act(talk: Talk, stream: int) -> None:
        talk.answer(stream)
        talk.h2.ping(b"12345678")
        talk.h2.update_settings({h2.settings.SettingCodes.MAX_CONCURRENT_STREAMS: 7})
        talk.flush()

    started = http2(act)
    with Live(started.options) as live:
        for kind in (Kind.PREFLIGHT, Kind.ACTUAL, Kind.ACTUAL):
            response(live.send(kind, wire(started.server.url())))
            time.sleep(0.02)
    assert [number for number, *_ in started.requests] == [0, 0, 0]


def test_resolve_and_the_host_name(http2: Callable[..., Http2]) -> None:
    started = http2(ok)
    port = started.server.port
    options = TransportOptions(http2=True, cacert=started.options.cacert, resolve=(("a.test", port, "127.0.0.1"),))
    assert response(get(f"https://a.test:{port}/", options)).http_version == "2"
    assert dict(started.requests[0][1])[b":authority"] == f"a.test:{port}".encode()


def test_http1_where_the_server_has_no_http2(serve: Serve, certificates: Certificates) -> None:
    context = certificates.context("127.0.0.1")
    context.set_alpn_protocols(["http/1.1"])
    server = serve(answering(OK), tls=context)
    options = TransportOptions(http2=True, cacert=certificates.cacert)
    assert response(get(server.url(), options)).http_version == "1.1"


def test_http1_without_tls(serve: Serve) -> None:
    """As browsers do."""
    assert response(get(serve(answering(OK)).url(), TransportOptions(http2=True))).http_version == "1.1"


def test_http1_is_offered_by_default(http2: Callable[..., Http2]) -> None:
    started = http2(ok)
    cut(get(started.server.url(), TransportOptions(verify=False)), FailureKind.ONLY_HTTP2)


def test_through_a_socks_proxy(http2: Callable[..., Http2], serve: Serve) -> None:
    started = http2(ok)
    proxy = serve(socks(started.server.port))
    options = TransportOptions(http2=True, cacert=started.options.cacert, proxy=f"socks5h://127.0.0.1:{proxy.port}")
    assert response(get(started.server.url(), options)).http_version == "2"


def test_through_a_proxy_with_tls(http2: Callable[..., Http2], serve: Serve, certificates: Certificates) -> None:
    """HTTP/2 is not offered to the proxy itself, but to the server behind it, where that has TLS too."""
    started = http2(ok)
    context = certificates.context("127.0.0.1")
    context.set_alpn_protocols(["h2", "http/1.1"])
    agreed: list[str | None] = []

    def talk(peer: Peer) -> None:
        assert isinstance(peer.sock, ssl.SSLSocket)
        agreed.append(peer.sock.selected_alpn_protocol())
        request = peer.request()
        peer.sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        if request.startswith(b"CONNECT"):
            relay(peer.sock, started.server.port)

    proxy = serve(talk, tls=context)
    options = TransportOptions(http2=True, cacert=certificates.cacert, proxy=proxy.url(""))
    assert response(get("http://a.test/", options)).http_version == "1.1"
    assert response(get(started.server.url(), options)).http_version == "2"
    assert agreed == ["http/1.1", "http/1.1"]


def test_the_client_certificate_is_shown_where_egress_says_so(serve: Serve, certificates: Certificates) -> None:
    requests: list[tuple[int, Lines, bytes]] = []

    def talk(peer: Peer) -> None:
        talking = Talk(peer, requests)
        while stream := talking.request():
            shown = isinstance(peer.sock, ssl.SSLSocket) and bool(peer.sock.getpeercert())
            talking.answer(stream, (b"x-shown", str(shown).encode()))

    context = certificates.context("127.0.0.1")
    context.verify_mode = ssl.CERT_OPTIONAL
    certificates.authority.configure_trust(context)
    context.set_alpn_protocols(["h2"])
    server = serve(talk, tls=context)
    cert, key = certificates.client()
    with Live(TransportOptions(http2=True, cacert=certificates.cacert, cert=cert, key=key)) as live:
        for certificate in Certificate:
            answer = live.send(Kind.ACTUAL, WireRequest("GET", server.url(), Headers(), certificate=certificate))
            assert response(answer).headers.get("x-shown") == str(certificate is Certificate.SHOWN)


# --- what comes back


def test_the_lines_of_a_response(http2: Callable[..., Http2]) -> None:
    given = ((b":status", b"404"), (b"x-b", b"1"), (b"access-control-allow-origin", b"*"), (b"x-a", b" 2 "), (b"x-b", b"caf\xe9"), (b"access-control-allow-origin", b"*"))  # fmt: skip
    answer = response(http2(lambda talk, stream: talk.answer(stream, *given)).get())
    assert (answer.status, answer.reason, answer.http_version) == (404, "", "2")
    assert answer.headers.pairs == (("x-b", "1"), ("access-control-allow-origin", "*"), ("x-a", "2"), ("x-b", "caf\xe9"), ("access-control-allow-origin", "*"))  # fmt: skip
    assert answer.elapsed is not None
    assert answer.elapsed > 0


def test_interim_responses_and_trailers(http2: Callable[..., Http2]) -> None:
    def act(talk: Talk, stream: int) -> None:
        for status in (b"100", b"103"):
            talk.h2.send_headers(stream, [(b":status", status), (b"x-early", b"1")])
        talk.answer(stream, (b"x-late", b"1"), body=b"text", end=False)
        talk.h2.send_headers(stream, [(b"x-trailer", b"1")], end_stream=True)
        talk.flush()

    answer = response(http2(act).get())
    assert answer.headers.pairs == (("x-late", "1"),)
    assert answer.framing.end is BodyEnd.WHOLE


@dataclass(frozen=True)
class Body:
    id: str
    act: Act
    end: BodyEnd
    kept: bool
    kind: Kind = Kind.ACTUAL


def endless(talk: Talk, stream: int) -> None:
    talk.answer(stream, body=b"data: 1\n\n", end=False)


def reset_later(talk: Talk, stream: int) -> None:
    talk.answer(stream, body=b"x", end=False)
    talk.h2.reset_stream(stream, h2.errors.ErrorCodes.INTERNAL_ERROR)
    talk.flush()


def closed_later(talk: Talk, stream: int) -> None:
    talk.answer(stream, body=b"x", end=False)
    socket.socket.shutdown(talk.peer.sock, socket.SHUT_WR)  # a close would discard what is still on its way
    talk.peer.until_closed()


BODIES = (
    Body("none", ok, BodyEnd.WHOLE, True),
    Body("small", lambda talk, stream: talk.answer(stream, body=b"x" * 10_000), BodyEnd.WHOLE, True),
    Body(
        "shorter-than-announced",
        lambda talk, stream: talk.answer(stream, (b"content-length", b"5"), body=b"x"),
        BodyEnd.CUT,
        False,
    ),
    Body("endless", endless, BodyEnd.UNREAD, False),
    Body("endless-preflight", endless, BodyEnd.STALLED, False, Kind.PREFLIGHT),
    Body("reset", reset_later, BodyEnd.RESET, False),
    Body("closed", closed_later, BodyEnd.CUT, False),
)


@pytest.mark.parametrize("case", BODIES, ids=lambda case: case.id)
def test_bodies(case: Body, http2: Callable[..., Http2], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(head, "_PATIENT_SECONDS", SOON)
    started = http2(case.act)
    with Live(started.options) as live:
        for _ in range(2):
            assert response(live.send(case.kind, wire(started.server.url()))).framing.end is case.end
    assert [number for number, *_ in started.requests] == [0, 0 if case.kept else 1]


# --- what goes wrong


@dataclass(frozen=True)
class Failed:
    id: str
    act: Act
    kind: FailureKind
    words: str = ""


def reset(code: h2.errors.ErrorCodes) -> Act:
    def act(talk: Talk, stream: int) -> None:
        talk.h2.reset_stream(stream, code)
        talk.flush()

    return act


def goaway(talk: Talk, _: int) -> None:
    talk.h2.close_connection(last_stream_id=0)
    talk.flush()


def calmed(talk: Talk, _: int) -> None:
    talk.h2.close_connection(h2.errors.ErrorCodes.ENHANCE_YOUR_CALM, b"too_many_pings", last_stream_id=0)
    talk.flush()


def gone(talk: Talk, stream: int) -> None:
    """It may have processed the request."""
    talk.peer.sock.sendall(b"\0\0\x08\x07\0\0\0\0\0" + stream.to_bytes(4) + b"\0\0\0\x02")
    socket.socket.shutdown(talk.peer.sock, socket.SHUT_WR)
    talk.peer.until_closed()


def reset_by_number(talk: Talk, stream: int) -> None:
    talk.peer.sock.sendall(b"\0\0\x04\x03\0" + stream.to_bytes(4) + b"\0\0\0\x1f")


def undecodable(talk: Talk, stream: int) -> None:
    talk.peer.sock.sendall(b"\0\0\x02\x01\x05" + stream.to_bytes(4) + b"\xff\xff")


def garbage(talk: Talk, _: int) -> None:
    talk.peer.sock.sendall(b"HTTP/1.1 200 OK\r\n\r\n" * 3)


def with_lines(*lines: tuple[bytes, bytes]) -> Act:
    return lambda talk, stream: talk.answer(stream, *lines)


FAILED = (
    Failed("refused", reset(h2.errors.ErrorCodes.REFUSED_STREAM), FailureKind.RESET, "(RST_STREAM REFUSED_STREAM)"),
    Failed(
        "internal-error", reset(h2.errors.ErrorCodes.INTERNAL_ERROR), FailureKind.RESET, "(RST_STREAM INTERNAL_ERROR)"
    ),
    Failed("unknown-error", reset_by_number, FailureKind.RESET, "(RST_STREAM 0x1f)"),
    Failed("goaway", goaway, FailureKind.RESET, "(GOAWAY NO_ERROR)"),
    Failed("goaway-with-words", calmed, FailureKind.RESET, "(GOAWAY ENHANCE_YOUR_CALM: too_many_pings)"),
    Failed("goaway-after-the-request", gone, FailureKind.RESET, "(GOAWAY INTERNAL_ERROR)"),
    Failed("closed", lambda talk, _: talk.peer.sock.close(), FailureKind.RESET, "without a response"),
    Failed("http-1", garbage, FailureKind.NOT_HTTP, "not valid HTTP/2: it is HTTP/1"),
    Failed(
        "large-frame", lambda talk, _: talk.peer.sock.sendall(b"\xff" * 50), FailureKind.NOT_HTTP, "larger than allowed"
    ),
    Failed("undecodable", undecodable, FailureKind.NOT_HTTP, "not valid HTTP/2: Error decoding header block."),
    Failed("upper-case", with_lines((b"X-A", b"1")), FailureKind.NOT_HTTP, "upper case"),
    Failed("no-status", with_lines((b"x-no-status", b"1")), FailureKind.NOT_HTTP, "no status"),
    Failed("wrong-status", with_lines((b":status", b"20x")), FailureKind.NOT_HTTP, "no status"),
    Failed("1001-lines", with_lines(*[(b"a", b"b")] * 1001), FailureKind.TOO_LARGE),
    Failed("too-wide", with_lines(*[(b"a", b"b" * (MAX_HEAD // 64))] * 64), FailureKind.TOO_LARGE),
    Failed("far-too-wide", with_lines(*[(b"a", b"b" * 9000)] * 99), FailureKind.TOO_LARGE),
)


@pytest.mark.parametrize("case", FAILED, ids=lambda case: case.id)
def test_says_why_there_is_no_answer(case: Failed, http2: Callable[..., Http2]) -> None:
    started = http2(case.act)
    cut(started.get(), case.kind, f"127.0.0.1:{started.server.port}", case.words)
    assert len(started.requests) == 1


def test_http1_where_the_server_demands_it(serve: Serve, certificates: Certificates) -> None:
    """As browsers do."""
    requests: list[tuple[int, Lines, bytes]] = []

    def talk(peer: Peer) -> None:
        assert isinstance(peer.sock, ssl.SSLSocket)
        if peer.sock.selected_alpn_protocol() != "h2":
            answering(OK)(peer)
            return
        talking = Talk(peer, requests)
        reset(h2.errors.ErrorCodes.HTTP_1_1_REQUIRED)(talking, talking.request())
        peer.until_closed()

    context = certificates.context("127.0.0.1")
    context.set_alpn_protocols(["h2", "http/1.1"])
    server = serve(talk, tls=context)
    with Live(TransportOptions(http2=True, cacert=certificates.cacert)) as live:
        assert response(live.send(Kind.ACTUAL, wire(server.url()))).http_version == "1.1"
    assert len(requests) == 1


def test_the_deadline(http2: Callable[..., Http2]) -> None:
    started = http2(lambda *_: None, max_time=SOON)
    cut(started.get(), FailureKind.TIMEOUT)


STALE: dict[str, Act] = {
    "goaway": goaway,
    "refused": reset(h2.errors.ErrorCodes.REFUSED_STREAM),
    "closed": lambda talk, _: talk.peer.sock.close(),
    "408": with_lines((b":status", b"408")),
    "421": with_lines((b":status", b"421")),
}


@pytest.mark.parametrize("how", STALE)
def test_a_kept_connection_of_no_use(how: str, http2: Callable[..., Http2]) -> None:
    """The request is sent once more, on a connection of its own."""

    def act(talk: Talk, stream: int) -> None:
        if stream == 1:
            talk.answer(stream)
        else:
            STALE[how](talk, stream)

    started = http2(act)
    with Live(started.options) as live:
        for _ in range(2):
            assert response(live.send(Kind.ACTUAL, wire(started.server.url()))).status == 200
    assert [number for number, *_ in started.requests] == [0, 0, 1]


def test_a_new_connection_does_not_change_what_is_misdirected(http2: Callable[..., Http2]) -> None:
    started = http2(with_lines((b":status", b"421")))
    with Live(started.options) as live:
        for _ in range(2):
            assert response(live.send(Kind.ACTUAL, wire(started.server.url()))).status == 421
    assert [number for number, *_ in started.requests] == [0, 0, 1]


def test_a_kept_connection_that_receives_without_end() -> None:
    """A server that floods an idle connection with frames does not keep the client busy."""

    class Flooded:
        """A socket that always has more frames to read."""

        def recv(self, _: int) -> bytes:
            return PING * 100

        def settimeout(self, _: float) -> None: ...

        def sendall(self, _: memoryview) -> None: ...

    session: Any = Session(Flooded())  # type: ignore[arg-type]
    assert not session.is_usable()


def test_what_a_server_said_before_it_closed_the_connection() -> None:
    """It is read, although the request can't be sent any more."""

    class Closed:
        """A socket whose peer said GOAWAY, and closed the connection."""

        def __init__(self) -> None:
            self.received = [GOAWAY_PROTOCOL_ERROR, b""]

        def recv(self, _: int) -> bytes:
            return self.received.pop(0)

        def settimeout(self, _: float) -> None: ...

        def sendall(self, _: memoryview) -> None:
            raise BrokenPipeError

    session: Any = Session(Closed())  # type: ignore[arg-type]
    with pytest.raises(GaveUp, match=r"^GOAWAY PROTOCOL_ERROR$"):
        session.request(Outgoing(wire("https://a.test/"), time.monotonic() + 60, proxied=False))


def test_a_kept_connection_that_receives_little(http2: Callable[..., Http2]) -> None:
    def act(talk: Talk, stream: int) -> None:
        talk.answer(stream)
        talk.peer.sock.sendall(PING * 3)

    started = http2(act)
    with Live(started.options) as live:
        for _ in range(2):
            assert response(live.send(Kind.ACTUAL, wire(started.server.url()))).status == 200
            time.sleep(0.05)
    assert [number for number, *_ in started.requests] == [0, 0]


def test_a_connection_that_was_closed_meanwhile(http2: Callable[..., Http2]) -> None:
    def act(talk: Talk, stream: int) -> None:
        talk.answer(stream)
        goaway(talk, stream)

    started = http2(act)
    with Live(started.options) as live:
        for _ in range(2):
            assert response(live.send(Kind.ACTUAL, wire(started.server.url()))).status == 200
            time.sleep(0.05)
    assert [number for number, *_ in started.requests] == [0, 1]


NGINX = """
daemon off; pid {folder}/pid; error_log {folder}/log; events {{}}
http {{ access_log off; client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
uwsgi_temp_path {folder}; scgi_temp_path {folder};
server {{ listen 127.0.0.1:{port} ssl http2; ssl_certificate {cert}; ssl_certificate_key {key};
location / {{ add_header X-B $server_protocol always; add_header X-A $http_x_a always; return 404 "none"; }} }} }}
"""
CADDY = """
{{
    admin off
    auto_https off
}}
https://127.0.0.1:{port} {{
    tls {cert} {key}
    header X-B {{http.request.proto}}
    header X-A {{http.request.header.X-A}}
    respond none 404
}}
"""
NODE = """
const [cert, key] = ["{cert}", "{key}"].map(file => require("fs").readFileSync(file));
require("http2").createSecureServer({{ cert, key }}, (request, response) => {{
  response.writeHead(404, [["X-B", "HTTP/" + request.httpVersion], ["X-A", request.headers["x-a"]]].flat());
  response.end("none");
}}).listen({port}, "127.0.0.1");
"""
REAL = {
    "nginx": (NGINX, "Debian's nginx", ["nginx", "-e", "stderr", "-c"]),
    "caddy": (CADDY, "Debian's caddy", ["caddy", "run", "--adapter", "caddyfile", "--config"]),
    "node": (NODE, "Node.js", ["node"]),
}


@pytest.mark.parametrize("name", REAL)
def test_a_real_server(name: str, certificates: Certificates, tmp_path: Path) -> None:
    text, package, command = REAL[name]
    need(command[0], package)
    issued, (cert, key), port = (
        certificates.authority.issue_cert("127.0.0.1"),
        (tmp_path / "c.pem", tmp_path / "k.pem"),
        free_port(),
    )
    issued.cert_chain_pems[0].write_to_path(cert)
    issued.private_key_pem.write_to_path(key)
    file = tmp_path / "server.js"
    file.write_text(text.format(folder=tmp_path, cert=cert, key=key, port=port))
    env = {"HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path)}
    with (
        running([*command, str(file)], port, tmp_path, env),
        Live(TransportOptions(http2=True, cacert=certificates.cacert)) as live,
    ):
        for value in ("1", "2"):
            url = f"https://127.0.0.1:{port}/"
            answer = response(
                live.send(Kind.ACTUAL, wire(url, method="PUT", headers=(("X-A", value),), body=b"x" * 100))
            )
            assert (answer.status, answer.http_version, answer.framing.end) == (404, "2", BodyEnd.WHOLE)
            assert answer.headers.values("x-b") == ("HTTP/2.0",)
            assert answer.headers.values("x-a") == (value,)


@pytest.mark.parametrize("when", ["before", "within"])
def test_a_server_that_shuts_down_gracefully(when: str, http2: Callable[..., Http2]) -> None:
    """The response that it still owes is read, and the next request goes over a new connection."""

    def act(talk: Talk, stream: int) -> None:
        notice = b"\0\0\x08\x07\0\0\0\0\0" + stream.to_bytes(4) + b"\0" * 4
        if when == "within":
            talk.answer(stream, body=b"x", end=False)
            talk.peer.sock.sendall(notice)
            talk.h2.end_stream(stream)
            talk.flush()
        else:
            talk.peer.sock.sendall(notice)
            talk.answer(stream, body=b"x")

    started = http2(act)
    with Live(started.options) as live:
        for _ in range(2):
            assert response(live.send(Kind.ACTUAL, wire(started.server.url()))).framing.end is BodyEnd.WHOLE
    assert [number for number, *_ in started.requests] == [0, 1]


def test_a_server_that_allows_no_further_stream(http2: Callable[..., Http2]) -> None:
    def act(talk: Talk, stream: int) -> None:
        talk.answer(stream)
        talk.h2.update_settings({h2.settings.SettingCodes.MAX_CONCURRENT_STREAMS: 0})
        talk.flush()

    started = http2(act)
    with Live(started.options) as live:
        response(live.send(Kind.ACTUAL, wire(started.server.url())))
        time.sleep(0.05)
        answer = live.send(Kind.ACTUAL, wire(started.server.url()))
    cut(answer, FailureKind.NOT_HTTP, f"127.0.0.1:{started.server.port}")


def test_an_untrusted_certificate(http2: Callable[..., Http2]) -> None:
    started = http2(ok)
    cut(get(started.server.url(), TransportOptions(http2=True)), FailureKind.TLS, "--cacert")


def test_the_option(http2: Callable[..., Http2]) -> None:
    started = http2(lambda talk, stream: talk.answer(stream, (b"access-control-allow-origin", b"*")))
    given = ["check", started.server.url(), "--origin", "https://app.example", "--insecure", "--format", "json"]
    result = CliRunner().invoke(corsdoctor, given)
    assert result.exit_code == ExitStatus.NO_ANSWER
    assert {b["cause"]["id"] for b in causes(result.stdout)} == {"speaks-http2"}
    result = CliRunner().invoke(corsdoctor, [*given, "--http2"])
    assert result.exit_code == 0


def causes(report: str) -> list[Any]:
    return [s for b in json.loads(report)["browsers"].values() for s in b["steps"] if s["cause"]]


def test_without_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    load = builtins.__import__

    def without_h2(name: str, *args: Any, **kwargs: Any) -> Any:
        if name.partition(".")[0] == "h2":
            raise ImportError(name)
        return load(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without_h2)
    with pytest.raises(InvalidScenario, match=r"corsdoctor\[http2\]"):
        Live(TransportOptions(http2=True))
    Live(TransportOptions()).close()
    result = CliRunner().invoke(corsdoctor, ["check", "https://a.test/", "--origin", "https://app.example", "--http2"])
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (ExitStatus.USAGE, "", 1)
    assert "pip install 'corsdoctor[http2]'" in result.stderr
