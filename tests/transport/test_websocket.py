"""A WebSocket on the wire: it is opened over HTTP/1.1, and closed by a Close frame."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from corsdoctor.transport import websocket
from corsdoctor.transport.options import TransportOptions
from tests.transport.conftest import Certificates, Peer, Server
from tests.transport.test_live import LATE, SOON, get, response

Serve = Callable[..., Server]
UPGRADE = (("Connection", "Upgrade"), ("Upgrade", "websocket"))
SWITCHING = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"


def unmasked(frame: bytes) -> bytes:
    return bytes(byte ^ frame[2 + i % 4] for i, byte in enumerate(frame[6:]))


@pytest.mark.parametrize("greeting", [b"", b"\x81\x02hi"], ids=["silent", "greets"])
def test_it_is_closed_by_a_frame(greeting: bytes, serve: Serve) -> None:
    frames: list[bytes] = []

    def talk(peer: Peer) -> None:
        peer.request()
        peer.sock.sendall(SWITCHING + greeting)
        frames.append(peer.sock.recv(100))
        peer.sock.sendall(b"\x88\x02\x03\xe8")
        peer.sock.close()

    assert response(get(serve(talk).url(), headers=UPGRADE)).status == 101
    [frame] = frames
    assert frame[:2] == b"\x88\x82"
    assert unmasked(frame) == b"\x03\xe8"


@pytest.mark.parametrize("later", [False, True])
def test_the_frames_are_kept_that_say_why_it_is_closed(later: bool, serve: Serve, certificates: Certificates) -> None:
    frame = b"\x88\x14\x03\xf0origin not allowed"

    def talk(peer: Peer) -> None:
        peer.request()
        peer.sock.sendall(SWITCHING if later else SWITCHING + frame)
        if later:
            time.sleep(0.05)
            peer.sock.sendall(frame)
        peer.until_closed()

    options = TransportOptions(cacert=certificates.cacert)
    for tls in (None, certificates.context("127.0.0.1")):
        assert response(get(serve(talk, tls=tls).url(), options, headers=UPGRADE)).body == frame


def test_a_server_that_does_not_close(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(websocket, "_SECONDS", SOON)

    def talk(peer: Peer) -> None:
        peer.request()
        peer.sock.sendall(SWITCHING)
        peer.until_closed()

    began = time.monotonic()
    assert response(get(serve(talk).url(), headers=UPGRADE)).status == 101
    assert time.monotonic() - began < LATE


@pytest.mark.parametrize(
    ("headers", "answer"), [((), SWITCHING), (UPGRADE, b"HTTP/1.1 403 x\r\nContent-Length: 0\r\n\r\n")]
)
def test_nothing_else_is_closed_so(headers: tuple[tuple[str, str], ...], answer: bytes, serve: Serve) -> None:
    after: list[bytes] = []

    def talk(peer: Peer) -> None:
        peer.request()
        peer.sock.sendall(answer)
        after.append(peer.sock.recv(100))

    server = serve(talk)
    response(get(server.url(), headers=headers))
    server.close()
    assert after == [b""]


def test_it_is_opened_over_http1(serve: Serve, certificates: Certificates) -> None:
    context = certificates.context("127.0.0.1")
    context.set_alpn_protocols(["h2", "http/1.1"])

    def talk(peer: Peer) -> None:
        peer.request()
        peer.sock.sendall(SWITCHING)

    server = serve(talk, tls=context)
    options = TransportOptions(http2=True, cacert=certificates.cacert)
    assert response(get(server.url(), options, headers=UPGRADE)).http_version == "1.1"
