"""Servers on loopback that record raw bytes, and certificates made for one test run."""

from __future__ import annotations

import re
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme

from corsdoctor.transport.options import TransportOptions

Talk = Callable[["Peer"], None]


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that sets no time has ten minutes: how fast the machine is decides nothing."""
    usual = {**TransportOptions._field_defaults, "connect_timeout": 600.0, "max_time": 600.0}
    monkeypatch.setattr(TransportOptions.__new__, "__defaults__", tuple(usual.values()))


@dataclass
class Peer:
    """A server's end of one connection; `number` counts connections from 0."""

    sock: socket.socket
    number: int
    server: Server
    rest: bytes = b""

    def request(self) -> bytes:
        """The bytes of the next request, body included; empty where the client has gone. It is recorded too."""
        data = self.rest
        while (end := data.find(b"\r\n\r\n")) < 0:
            more = self.sock.recv(65536)
            if not more:
                return b""
            data += more
        length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", data[: end + 2])
        size = end + 4 + (int(length[1]) if length else 0)
        chunked = b"transfer-encoding: chunked" in data[:end].lower()
        while len(data) < size or (chunked and not data.endswith(b"0\r\n\r\n")):
            data += self.sock.recv(65536)
        size = len(data) if chunked else size
        request, self.rest = data[:size], data[size:]
        self.server.requests.append((self.number, request))
        return request

    def until_closed(self) -> None:
        """Waits until the client goes."""
        while self.sock.recv(65536):
            pass


@dataclass
class Server:
    """Listens on loopback and runs `talk` for each connection. `requests` are (number of the connection, raw bytes)."""

    talk: Talk
    host: str = "127.0.0.1"
    tls: ssl.SSLContext | None = None
    requests: list[tuple[int, bytes]] = field(default_factory=list)
    connections: int = 0
    port: int = 0

    def __post_init__(self) -> None:
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        self.listener = socket.create_server((self.host, 0), family=family)
        self.listener.settimeout(120)
        self.port = self.listener.getsockname()[1]
        self.threads = [threading.Thread(target=self._accept, daemon=True)]
        self.peers: list[socket.socket] = []
        self.threads[0].start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                sock, _ = self.listener.accept()
                sock.settimeout(120)
                self.peers.append(sock)
                number, self.connections = self.connections, self.connections + 1
                self.threads.append(threading.Thread(target=self._serve, args=(sock, number), daemon=True))
                self.threads[-1].start()

    def _serve(self, sock: socket.socket, number: int) -> None:
        with suppress(OSError), sock:
            if self.tls is None:
                self.talk(Peer(sock, number, self))
            else:
                with self.tls.wrap_socket(sock, server_side=True) as secured:
                    self.peers.append(secured)
                    self.talk(Peer(secured, number, self))

    def url(self, path: str = "/", *, scheme: str | None = None, host: str | None = None) -> str:
        shown = host or (f"[{self.host}]" if ":" in self.host else self.host)
        return f"{scheme or ('https' if self.tls else 'http')}://{shown}:{self.port}{path}"

    def close(self) -> None:
        """Ends what the threads wait for, lets them end, and only then closes what they used."""
        for sock in (self.listener, *self.peers):
            with suppress(OSError):
                socket.socket.shutdown(sock, socket.SHUT_RDWR)  # SSLSocket's own takes the TLS layer away meanwhile
        for thread in self.threads:
            thread.join(20)
        for sock in (self.listener, *self.peers):
            sock.close()


def answering(*answers: bytes) -> Talk:
    """A talk that gives one answer a request, the last one again and again."""

    def talk(peer: Peer) -> None:
        for i in range(1000):
            if not peer.request():
                return
            peer.sock.sendall(answers[min(i, len(answers) - 1)])

    return talk


def answering_once(answer: bytes) -> Talk:
    """A talk that answers one request and closes."""

    def talk(peer: Peer) -> None:
        peer.request()
        peer.sock.sendall(answer)

    return talk


@pytest.fixture
def serve() -> Iterator[Callable[..., Server]]:
    """Starts servers that end with the test."""
    servers: list[Server] = []

    def start(talk: Talk, **options: object) -> Server:
        servers.append(Server(talk, **options))  # type: ignore[arg-type]
        return servers[-1]

    yield start
    for server in servers:
        server.close()


@dataclass(frozen=True)
class Certificates:
    """A certificate authority for tests, and server contexts with certificates of it."""

    authority: trustme.CA
    folder: Path

    @property
    def cacert(self) -> str:
        """The file of the authority's certificate."""
        return str(self.folder / "ca.pem")

    def context(self, *names: str, expired: bool = False) -> ssl.SSLContext:
        """A server's TLS context with a certificate for `names`."""
        past = datetime.now(UTC) - timedelta(days=2)
        cert = self.authority.issue_cert(*names, not_before=past, not_after=past + timedelta(days=1 if expired else 30))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        cert.configure_cert(context)
        return context

    def client(self) -> tuple[str, str]:
        """The files of a client's certificate and its key."""
        cert, paths = self.authority.issue_cert("me@client.test"), (self.folder / "client.pem", self.folder / "key.pem")
        cert.cert_chain_pems[0].write_to_path(paths[0])
        cert.private_key_pem.write_to_path(paths[1])
        return str(paths[0]), str(paths[1])


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """One authority for the whole run."""
    made = Certificates(trustme.CA(), tmp_path_factory.mktemp("certificates"))
    made.authority.cert_pem.write_to_path(made.cacert)
    return made
