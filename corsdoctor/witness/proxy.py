"""The proxy on loopback that a browser sends everything through: it serves the page, and records the page's requests.

A request is answered by the `send` of the case, so that the rules for what may be sent are the same as in a replay. Only
the origin of the URL and those that redirects lead to are reached: what the browser wants for itself is refused.
"""

from __future__ import annotations

import gzip
import http.server
import secrets
import socket
import socketserver
import threading
import zlib
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any, Final, Self

from corsdoctor.url import Origin, parse
from corsdoctor.wire import CLEAN, Answer, BodyEnd, Exchange, Headers, Kind, Response, Send, WireRequest, Withheld
from corsdoctor.witness.authority import Authority

HOST: Final = "127.0.0.1"
OWN_PATH: Final = f"/.corsdoctor-{secrets.token_hex(8)}"
"""The start of the paths of our own pages, which no server sees."""
_IDLE_SECONDS: Final = 60.0
_POLL_SECONDS: Final = 0.05
_TLS_HANDSHAKE: Final = b"\x16"  # the first byte of a record: https://www.rfc-editor.org/rfc/rfc8446#section-5.1
_HOP_BY_HOP: Final = frozenset({"connection", "proxy-connection", "proxy-authorization", "keep-alive", "te"})
_MOST_BODY: Final = 64 * 1024 * 1024
_CUT: Final = (BodyEnd.CUT, BodyEnd.RESET)


class Recording:
    """The requests of one page, in the order in which they came, each with its answer."""

    def __init__(self, own: Mapping[str, Response], urls: Iterable[str], send: Send, *, empty: bool = False) -> None:
        """`own` are the pages that the proxy answers itself, by URL; `send` answers requests to the origins of `urls`.

        With `empty`, the browser gets no bodies, so that no script of a response runs.
        """
        self.own = own
        self._send, self._empty = send, empty
        self._exchanges: list[Exchange | None] = []
        self._lock = threading.Condition()
        self._reached: set[Origin] = {url.origin for url in map(parse, urls) if url is not None}

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        """Those that were answered, or withheld."""
        with self._lock:
            return tuple(exchange for exchange in self._exchanges if exchange is not None)

    def wait(self, wanted: int, seconds: float) -> bool:
        """Waits at most so long for `wanted` requests and for all answers; whether it had to."""
        with self._lock:
            complete = self._is_complete(wanted)
            self._lock.wait_for(lambda: self._is_complete(wanted), seconds)
            return not complete

    def _is_complete(self, wanted: int) -> bool:
        return len(self._exchanges) >= wanted and None not in self._exchanges

    def answer(self, request: WireRequest) -> Answer:
        """The answer to a request of the browser."""
        url = parse(request.url)
        if url is None or url.origin not in self._reached:
            return Withheld("the request does not belong to the page's request")
        preflight = request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers
        kind = Kind.PREFLIGHT if preflight else Kind.ACTUAL
        with self._lock:
            number, latest = len(self._exchanges), self._exchanges[-1] if self._exchanges else None
            if latest is not None and latest.response is None and latest.request == request:
                return latest.answer  # browsers repeat a request whose connection was closed
            self._exchanges.append(None)
        answer = self._send(kind, request)
        if isinstance(answer, Response) and self._empty:
            unread = answer.framing.end is BodyEnd.UNREAD
            answer = answer._replace(body=b"", framing=CLEAN if unread else answer.framing)
        if isinstance(answer, Response):
            for location in answer.headers.values("Location"):
                to = parse(location, request.url)
                if to is not None:
                    self._reached.add(to.origin)
        with self._lock:
            self._exchanges[number] = Exchange(kind, request, answer)
            self._lock.notify_all()
        return answer


class Proxy:
    """Listens on a free port while its context is entered; answers the requests of `recording`."""

    def __init__(self, authority: Authority) -> None:
        self.recording: Recording | None = None
        self._server = _Server(self, authority)
        self._loop = threading.Thread(target=self._server.serve_forever, args=(_POLL_SECONDS,), daemon=True)

    @property
    def address(self) -> str:
        """host:port, as browsers' settings want it."""
        return f"{HOST}:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        self._loop.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._loop.join()
        self._server.server_close()


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    request_queue_size = 128
    daemon_threads = True
    block_on_close = False

    def __init__(self, proxy: Proxy, authority: Authority) -> None:
        super().__init__((HOST, 0), _Conversation)
        self.proxy, self.authority = proxy, authority

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Nothing: browsers close connections at any time."""


class _Conversation(http.server.BaseHTTPRequestHandler):
    """One connection of the browser: plain requests with whole URLs, or a tunnel in which TLS may follow."""

    server: _Server
    protocol_version = "HTTP/1.1"
    timeout = _IDLE_SECONDS
    disable_nagle_algorithm = True
    origin = ""  # of a tunnel

    def handle_one_request(self) -> None:
        """Answers one request; ends the connection where that can't be done."""
        self.close_connection = True
        with suppress(OSError, ValueError):
            self.raw_requestline = self.rfile.readline(65537)
            if not self.raw_requestline or not self.parse_request():
                return
            if self.command == "CONNECT":
                self._open_tunnel()
                return
            self._answer()

    def finish(self) -> None:
        """Closes the connection, which TLS has made another object."""
        with suppress(OSError):
            super().finish()
        self.rfile.close()
        self.connection.close()

    def log_message(self, *_: Any) -> None:
        """Nothing."""

    def _open_tunnel(self) -> None:
        host, _, port = self.path.rpartition(":")
        self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        self.wfile.flush()
        secure = self.connection.recv(1, socket.MSG_PEEK) == _TLS_HANDSHAKE
        usual = "443" if secure else "80"
        self.origin = f"{'https' if secure else 'http'}://{host}{'' if port == usual else f':{port}'}"
        if secure:
            context = self.server.authority.context(host.strip("[]"))
            self.connection = self.request = context.wrap_socket(self.connection, server_side=True)
            self.rfile = self.connection.makefile("rb")
            self.wfile = socketserver._SocketWriter(self.connection)  # type: ignore[attr-defined]
        self.close_connection = False

    def _answer(self) -> None:
        url = f"{self.origin}{self.path}" if self.path.startswith("/") else self.path
        body = self._body()
        self.close_connection = True  # where there is no response
        recording = self.server.proxy.recording
        if recording is None:
            return
        if url in recording.own:
            self._write(recording.own[url])
            return
        lines = tuple((name, value) for name, value in self.headers.items() if name.lower() not in _HOP_BY_HOP)
        headers = Headers(lines)
        if "Accept-Encoding" in headers:  # what can be read again here
            headers = Headers(tuple((n, "gzip" if n.lower() == "accept-encoding" else v) for n, v in headers))
        answer = recording.answer(WireRequest(self.command, url, headers, body))
        if isinstance(answer, Response):
            self._write(answer)

    def _body(self) -> bytes | None:
        if "chunked" in (self.headers.get("Transfer-Encoding") or "").lower():
            body = b""
            while size := int(self.rfile.readline(100).split(b";")[0], 16):
                body += self.rfile.read(size)
                self.rfile.readline(100)
                if len(body) > _MOST_BODY:
                    raise ValueError(size)
            self.rfile.readline(100)
            return body
        if "Content-Length" not in self.headers:
            return None
        length = int(self.headers["Content-Length"])
        if length > _MOST_BODY:
            raise ValueError(length)
        return self.rfile.read(length)

    def _write(self, response: Response) -> None:
        """The response as it came. Its body may be the beginning, whose length then replaces the announced one."""
        bodiless = self.command == "HEAD" or response.status in (101, 204, 304)
        lengths = set(response.headers.values("Content-Length"))
        cut = response.framing.end in _CUT
        closing = cut or len(lengths) > 1 or not all(map(str.isdigit, lengths))  # then browsers fail, too
        body, coded = _encoded(response)
        lines = [f"HTTP/1.1 {response.status} {response.reason}"]
        for name, value in response.headers:
            lower = name.lower()
            if lower == "content-encoding" and not coded:
                continue
            own_length = lower == "content-length" and not bodiless and not closing
            lines.append(f"{name}: {len(body) if own_length else value}")
        if "Transfer-Encoding" in response.headers and not bodiless:
            chunk = b"%x\r\n%b\r\n" % (len(body), body) if body else b""
            body = chunk if cut else chunk + b"0\r\n\r\n"
        elif "Content-Length" not in response.headers and not bodiless:
            closing = True  # the end of the connection is that of the body
        head = "\r\n".join((*lines, "", "")).encode("latin-1", "replace")
        self.wfile.write(head if bodiless else head + body)
        self.wfile.flush()
        said = (response.headers.get("Connection") or "").lower()
        if response.status == 101:
            self.rfile.read1(1)  # wait: to Firefox, a WebSocket is open only if the connection lasts until it closes it
        self.close_connection = closing or response.status == 101 or "close" in said


def _encoded(response: Response) -> tuple[bytes, bool]:
    """The body as Content-Encoding says, and whether that was possible."""
    match (response.headers.get("Content-Encoding") or "").strip().lower():
        case "gzip" | "x-gzip":
            return gzip.compress(response.body, 1), True
        case "deflate":
            return zlib.compress(response.body, 1), True
        case coding:
            return response.body, coding in ("", "identity")
