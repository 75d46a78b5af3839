"""SOCKS proxies: what they are asked, what comes through them, and what goes wrong with them."""

from __future__ import annotations

import select
import socket
import struct
import sys
from collections.abc import Callable

import pytest

from corsdoctor.errors import InvalidScenario
from corsdoctor.transport.live import Live
from corsdoctor.transport.options import TransportOptions
from corsdoctor.wire import FailureKind, Kind
from tests.transport.conftest import Certificates, Peer, Server, answering
from tests.transport.test_live import OK, cut, get, response, wire

Serve = Callable[..., Server]


def receive(sock: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count:
        more = sock.recv(count - len(data))
        if not more:
            raise ConnectionError
        data += more
    return data


def until_zero(sock: socket.socket) -> bytes:
    data = b""
    while not data.endswith(b"\0"):
        data += receive(sock, 1)
    return data[:-1]


def relay(one: socket.socket, port: int) -> None:
    with socket.create_connection(("127.0.0.1", port)) as other:
        ends = {one: other, other: one}
        while True:
            for end in select.select(ends, (), ())[0]:
                if not (data := end.recv(65536)):
                    return
                ends[end].sendall(data)


def socks(port: int, *, reply: int = 0) -> Callable[[Peer], None]:
    """A SOCKS4, 4a or 5 proxy that leads to `port` whatever it is asked, and records that as (user, host, port).

    `reply` other than 0 refuses.
    """

    def talk(peer: Peer) -> None:
        sock = peer.sock
        (version,) = receive(sock, 1)
        user = ""
        if version == 5:
            methods = receive(sock, *receive(sock, 1))
            sock.sendall(b"\x05\x02" if 2 in methods else b"\x05\x00")
            if 2 in methods:
                receive(sock, 1)
                user = ":".join(receive(sock, *receive(sock, 1)).decode() for _ in range(2))
                sock.sendall(b"\x01\x00")
            kind = receive(sock, 4)[3]
            if kind == 3:
                host = receive(sock, *receive(sock, 1)).decode()
            else:
                host = socket.inet_ntop(
                    *((socket.AF_INET, receive(sock, 4)) if kind == 1 else (socket.AF_INET6, receive(sock, 16)))
                )
            (at,) = struct.unpack("!H", receive(sock, 2))
            answer = bytes((5, reply, 0, 1)) + bytes(6)
        else:
            receive(sock, 1)
            at, address = struct.unpack("!H4s", receive(sock, 6))
            user, host = until_zero(sock).decode(), socket.inet_ntoa(address)
            if host.startswith("0.0.0."):
                host = until_zero(sock).decode()
            answer = bytes((0, 91 if reply else 90)) + bytes(6)
        peer.server.requests.append((peer.number, f"{user} {host} {at}".encode()))
        sock.sendall(answer)
        if not reply:
            relay(sock, port)

    return talk


@pytest.mark.parametrize(
    ("scheme", "host", "asked"),
    [
        ("socks5h", "api.test", "api.test"),
        ("socks4a", "api.test", "api.test"),
        ("socks5", "api.test", "127.0.0.7"),
        ("socks4", "api.test", "127.0.0.7"),
        ("SOCKS5H", "127.0.0.1", "127.0.0.1"),
        ("socks5", "[::1]", "::1"),
    ],
)
def test_who_resolves_the_name(serve: Serve, scheme: str, host: str, asked: str) -> None:
    server = serve(answering(OK))
    proxy = serve(socks(server.port))
    options = TransportOptions(
        proxy=f"{scheme}://127.0.0.1:{proxy.port}", resolve=(("api.test", server.port, "127.0.0.7"),)
    )
    with Live(options) as live:
        for _ in range(2):
            assert response(live.send(Kind.ACTUAL, wire(server.url(host=host)))).status == 200
    assert proxy.requests == [(0, f" {asked} {server.port}".encode())]
    assert server.requests == [(0, f"GET / HTTP/1.1\r\nHost: {host}:{server.port}\r\n\r\n".encode())] * 2


@pytest.mark.parametrize(("scheme", "user"), [("socks5h", "me:p@ss"), ("socks4a", "me")])
def test_a_user_of_the_proxy(serve: Serve, scheme: str, user: str) -> None:
    server = serve(answering(OK))
    proxy = serve(socks(server.port))
    options = TransportOptions(proxy=f"{scheme}://me:p%40ss@localhost:{proxy.port}")
    assert response(get(server.url(host="api.test"), options)).status == 200
    assert proxy.requests == [(0, f"{user} api.test {server.port}".encode())]


def test_https_through_socks(serve: Serve, certificates: Certificates) -> None:
    server = serve(answering(OK), tls=certificates.context("api.test"))
    proxy = serve(socks(server.port))
    options = TransportOptions(proxy=f"socks5h://127.0.0.1:{proxy.port}", cacert=certificates.cacert)
    assert response(get(server.url(host="api.test"), options)).status == 200
    wrong = get(server.url(host="other.test"), options)
    cut(wrong, FailureKind.TLS, f"other.test:{server.port} is for another host name")


@pytest.mark.parametrize("scheme", ["socks4a", "socks5h"])
def test_a_proxy_that_refuses(serve: Serve, scheme: str) -> None:
    proxy = serve(socks(0, reply=5))
    answer = get("http://api.test/", TransportOptions(proxy=f"{scheme}://me:secret@127.0.0.1:{proxy.port}"))
    cut(answer, FailureKind.PROXY, "api.test:80", f"the proxy 127.0.0.1:{proxy.port}")
    assert "secret" not in str(answer)


@pytest.mark.parametrize("scheme", ["socks4", "socks5"])
def test_a_proxy_that_speaks_http(serve: Serve, scheme: str) -> None:
    proxy = serve(lambda peer: peer.sock.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n"))
    cut(get("http://127.0.0.1:81/", TransportOptions(proxy=f"{scheme}://127.0.0.1:{proxy.port}")), FailureKind.PROXY)


def test_a_proxy_that_is_not_there(serve: Serve) -> None:
    proxy = serve(answering(OK))
    proxy.close()
    options = TransportOptions(proxy=f"socks5h://127.0.0.1:{proxy.port}")
    cut(get("http://api.test/", options), FailureKind.PROXY, f"nothing listens at the proxy 127.0.0.1:{proxy.port}")
    cut(
        get("http://a.test/", TransportOptions(proxy="socks5h://no.invalid")),
        FailureKind.PROXY,
        "the proxy no.invalid:1080",
    )


def test_a_proxy_that_stays_silent(serve: Serve) -> None:
    proxy = serve(Peer.until_closed)
    options = TransportOptions(proxy=f"socks5h://127.0.0.1:{proxy.port}", connect_timeout=0.4)
    cut(get("http://api.test/", options), FailureKind.PROXY, "in time")


def test_a_name_that_is_resolved_here(serve: Serve) -> None:
    proxy = serve(socks(0))
    options = TransportOptions(proxy=f"socks5://127.0.0.1:{proxy.port}")
    cut(get("http://api.invalid/", options), FailureKind.DNS, "api.invalid:80")
    options = TransportOptions(proxy=f"socks4://127.0.0.1:{proxy.port}")
    cut(get("http://[::1]/", options), FailureKind.DNS, "SOCKS4 has no IPv6")
    assert proxy.connections == 0


def test_without_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "socks", None)
    with pytest.raises(InvalidScenario, match=r"corsdoctor\[socks\]") as caught:
        Live(TransportOptions(proxy="socks5://me:secret@a:1"))
    assert "secret" not in str(caught.value)
