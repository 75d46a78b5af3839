"""Replays the scenes over HTTP on loopback. It knows no CORS: path and method choose a row, and the row is sent.

Both ports answer alike; there are two so that there are two origins.
"""

from __future__ import annotations

import base64
import hashlib
import re
import socket
import socketserver
import ssl
import threading
from collections import deque
from contextlib import ExitStack, suppress
from dataclasses import replace
from http import HTTPStatus
from types import TracebackType
from typing import Any, Final, Self

from corsdoctor.fetch.websocket import ACCEPT
from corsdoctor.lab.scene import BODILESS_STATUSES, HOST, NOT_FOUND, PAGE, Places, Row
from corsdoctor.lab.scenes import find
from corsdoctor.url import Origin

MAX_HEAD: Final = 64 * 1024  # bytes of a request line and its headers
MAX_BODY: Final = 16 * 1024 * 1024
MOST_PUT: Final = 64
MOST_RECEIVED: Final = 4096
IDLE_SECONDS: Final = 30.0
_POLL_SECONDS: Final = 0.05
_TOKEN: Final = rb"!#$%&'*+\-.^_`|~0-9A-Za-z"
_TOKEN_BYTE = re.compile(b"[" + _TOKEN + b"]")
_REQUEST_LINE = re.compile(b"([" + _TOKEN + rb"]+) ([!-~]+) HTTP/1\.([01])")
_HEADER_LINE = re.compile(b"([" + _TOKEN + rb"]+):[ \t]*(.*?)[ \t]*", re.DOTALL)
_AUTHORITY = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*")
_OF_EVERY_WEBSOCKET: Final = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_BAD_REQUEST = Row(400, (("Content-Type", "text/plain"),), body=b"This is not an HTTP/1.1 request.\n")


class Lab:
    """The lab, which runs while its context is entered. Both ports listen on loopback only."""

    def __init__(self, ports: tuple[int, int] = (0, 0), page: Origin = PAGE, tls: ssl.SSLContext | None = None) -> None:
        """`ports` are the two to listen on, 0 for any free one; `page` is the origin that the answers name. Its scheme is the
        lab's: https requires `tls`.

        Entering raises an OSError if a port is not available.
        """
        self._ports, self._page, self._tls = ports, page, tls
        self._board = _Board()
        self._running = ExitStack()
        self._places: Places | None = None

    @property
    def places(self) -> Places:
        """The places of the lab. Raises RuntimeError before it is entered."""
        if self._places is None:
            raise RuntimeError("the lab is not running")
        return self._places

    @property
    def origin(self) -> str:
        """The origin of the first port, such as http://127.0.0.1:8765."""
        return self.places.lab

    @property
    def other(self) -> str:
        """The origin of the second port."""
        return self.places.other

    def put(self, path: str, rows: tuple[Row, ...]) -> None:
        """Answers requests for `path` with `rows` from now on. No scene may have this path; the last MOST_PUT paths are kept."""
        self._board.put(path, rows)

    def received(self, path: str) -> int:
        """How many requests at `path` were received, preflight requests aside."""
        return sum(at == path and method != "OPTIONS" for method, at in list(self._board.received))

    def __enter__(self) -> Self:
        with ExitStack() as starting:
            first, second = (starting.enter_context(_Server(port, self._tls)) for port in self._ports)
            self._places = Places(first.port, second.port, self._page)
            for server in (first, second):
                server.start(self._places, self._board)
                starting.callback(server.stop)
            self._running = starting.pop_all()
        return self

    def __exit__(self, kind: type[BaseException] | None, e: BaseException | None, tb: TracebackType | None) -> None:
        self._running.close()


class _Board:
    """What both ports know: answers that were put there while the lab runs, and the last requests, as (method, path)."""

    def __init__(self) -> None:
        self.received: deque[tuple[str, str]] = deque(maxlen=MOST_RECEIVED)
        self._put: dict[str, tuple[Row, ...]] = {}
        self._lock = threading.Lock()

    def put(self, path: str, rows: tuple[Row, ...]) -> None:
        """Answers at `path` with `rows`."""
        with self._lock:
            self._put.pop(path, None)
            self._put[path] = rows
            while len(self._put) > MOST_PUT:
                self._put.pop(next(iter(self._put)))

    def answer(self, path: str, method: str) -> Row | None:
        """The answer to `method` at `path`."""
        self.received.append((method, path))
        with self._lock:
            rows = self._put.get(path)
        return find(path, method) if rows is None else next((row for row in rows if row.method in ("*", method)), None)


class _Server(socketserver.ThreadingTCPServer):
    """One port. It keeps track of its connections, so that stopping does not wait for idle ones."""

    allow_reuse_address = True
    request_queue_size = 128
    daemon_threads = False  # server_close() then waits for them
    places: Places
    board: _Board

    def __init__(self, port: int, tls: ssl.SSLContext | None) -> None:
        super().__init__((HOST, port), _Conversation)
        self.port = int(self.server_address[1])
        self._tls = tls
        self._loop = threading.Thread(target=self.serve_forever, args=(_POLL_SECONDS,), daemon=True)
        self._lock = threading.Lock()
        self._connections: set[socket.socket] = set()

    def start(self, places: Places, board: _Board) -> None:
        """Starts to answer, in new threads."""
        self.places, self.board = places, board
        self._loop.start()

    def stop(self) -> None:
        """Stops accepting connections and closes the open ones."""
        self.shutdown()
        self._loop.join()
        with self._lock:
            for connection in self._connections:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    def get_request(self) -> tuple[socket.socket, Any]:
        """The next connection. Its handshake takes place with the first bytes that are read, in the thread of the connection."""
        connection, address = super().get_request()
        return secured(connection, self._tls), address

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._lock:
            self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._lock:
            self._connections.discard(request)
        super().shutdown_request(request)


def secured(connection: socket.socket, tls: ssl.SSLContext | None) -> socket.socket:
    """An accepted `connection`, as the server's end of TLS where there is a context for it."""
    return connection if tls is None else tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)


def _with_accept(row: Row, key: bytes) -> Row:
    """`row` with the Sec-WebSocket-Accept that belongs to the client's key. https://www.rfc-editor.org/rfc/rfc6455#section-1.3"""
    accept = base64.b64encode(hashlib.sha1(key + _OF_EVERY_WEBSOCKET, usedforsecurity=False).digest()).decode()
    return replace(row, headers=tuple((name, accept if value == ACCEPT else value) for name, value in row.headers))


class _Unreadable(Exception):
    """The bytes received are not an HTTP/1.1 request, or larger than the lab accepts."""


class _Conversation(socketserver.StreamRequestHandler):
    """One connection: requests and answers in turn, until one end closes it."""

    server: _Server
    timeout = IDLE_SECONDS
    disable_nagle_algorithm = True

    def handle(self) -> None:
        """Answers until the client closes the connection, is silent too long, or sends something invalid."""
        with suppress(OSError):
            try:
                while self._answer_one():
                    pass
            except _Unreadable:
                self._send(_BAD_REQUEST, closing=True)
                self._hang_up()

    def _answer_one(self) -> bool:
        """Whether the connection stays open."""
        line = self._request_line()
        if line is None:
            return False
        match = _REQUEST_LINE.fullmatch(line)
        if match is None:
            raise _Unreadable
        method, target = match[1].decode(), match[2].decode()
        headers = self._headers()
        self._drop_body(headers)
        closing = match[3] == b"0" or b"close" in headers.get(b"connection", b"").lower()
        path = re.split("[?#]", _AUTHORITY.sub("", target, count=1), maxsplit=1)[0] or "/"
        row = self.server.board.answer(path, method) or NOT_FOUND
        if row.closes:
            return False
        if row.status == HTTPStatus.SWITCHING_PROTOCOLS:
            self._send(_with_accept(row, headers.get(b"sec-websocket-key", b"")), closing=False)
            self.rfile.read(1)  # the WebSocket stays open until the client says something, which is that it closes it
            return False
        self._send(row, closing=closing, head_only=method == "HEAD")
        return not closing and not row.missing

    def _request_line(self) -> bytes | None:
        """The next line that isn't empty, None at the end."""
        while True:
            first = self.rfile.read(1)
            if not first:
                return None
            if first in b"\r\n":
                continue
            if _TOKEN_BYTE.match(first) is None:  # a TLS client would wait for an answer in the middle of a line
                raise _Unreadable
            return first + self._line(MAX_HEAD)

    def _line(self, limit: int) -> bytes:
        line = self.rfile.readline(limit + 1)
        if len(line) > limit or not line.endswith(b"\n"):
            raise _Unreadable
        return line.rstrip(b"\r\n")

    def _headers(self) -> dict[bytes, bytes]:
        """Lower-case name -> value; the last of several lines counts."""
        headers, left = {}, MAX_HEAD
        while line := self._line(left):
            left -= len(line)
            match = _HEADER_LINE.fullmatch(line)
            if match is None:
                raise _Unreadable
            headers[match[1].lower()] = match[2]
        return headers

    def _drop_body(self, headers: dict[bytes, bytes]) -> None:
        if b"100-continue" in headers.get(b"expect", b"").lower():
            self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        if b"transfer-encoding" not in headers:
            self._drop(headers.get(b"content-length", b"0"), 10)
            return
        while self._drop(self._line(MAX_HEAD).split(b";")[0].strip(), 16):
            self._line(2)
        while self._line(MAX_HEAD):  # trailers
            pass

    def _drop(self, size: bytes, base: int) -> int:
        """Reads as many bytes as the number `size` says, and returns how many those were."""
        if re.fullmatch(rb"[0-9a-fA-F]{1,8}", size) is None or (base == 10 and not size.isdigit()):
            raise _Unreadable
        left = total = int(size, base)
        if total > MAX_BODY:
            raise _Unreadable
        while left:
            got = len(self.rfile.read(min(left, MAX_HEAD)))
            if not got:
                raise _Unreadable
            left -= got
        return total

    def _send(self, row: Row, *, closing: bool, head_only: bool = False) -> None:
        lines = [row.status_line]
        lines += [f"{name}: {value}" for name, value in row.lines(self.server.places)]
        if closing:
            lines.append("Connection: close")
        head = "\r\n".join((*lines, "", "")).encode("latin-1")
        self.wfile.write(head if head_only or row.status in BODILESS_STATUSES else head + row.body)

    def _hang_up(self) -> None:
        """Ends its side and reads the rest: closing with unread bytes would make the client lose the answer."""
        self.connection.shutdown(socket.SHUT_WR)
        self.connection.settimeout(1)
        left = MAX_BODY
        while left > 0 and (got := len(self.connection.recv(MAX_HEAD))):
            left -= got
