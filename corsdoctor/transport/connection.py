"""The connection that writes an Outgoing as it is and reads a Head: urllib3's, with every error as a NoAnswer."""

from __future__ import annotations

import http.client
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.response import HTTPResponse

from corsdoctor.transport import errors, open_files
from corsdoctor.transport.dial import addresses, dial, left
from corsdoctor.transport.errors import Cut, Refused, Unreadable
from corsdoctor.transport.head import Head
from corsdoctor.transport.idle import Idle
from corsdoctor.transport.options import TransportOptions
from corsdoctor.transport.outgoing import Outgoing
from corsdoctor.wire import FailureKind, NoAnswer, Stray, WireRequest

if TYPE_CHECKING:
    from corsdoctor.transport.http2 import Session
    from corsdoctor.transport.socks_proxy import SocksProxy

_WAIT_FOR_FILE = 0.05  # seconds
_PIECE = 64 * 1024  # bytes that are sent at once, so that the deadline is looked at in between


class Stale(Exception):
    """A kept connection can no longer be used: the server sent no response, or a 408, or bytes that are not a response.

    A server sends 408 if it has waited too long for a request. The request is sent once more on a new connection,
    whatever its method: Chromium (HttpNetworkTransaction::ShouldResendRequest), Firefox (nsHttpTransaction) and curl do
    so too.
    """


_ONLY_HERE = (408, 421)
"""Statuses that may be about the connection: 421 asks for another one (RFC 9110, section 15.5.20), which browsers then make."""


class _OutOfFiles(Exception):
    """This process may open no more files now."""


class PlainConnection(HTTPConnection):
    """A connection that writes an Outgoing as it is, reads a Head, and raises a Cut for each error."""

    options: TransportOptions
    idle: Idle
    socks: SocksProxy | None
    outgoing: Outgoing
    deadline = 0.0
    served = 0
    http2: Session | None = None
    answered: WireRequest | None = None  # the latest request that was
    behind: Stray | None = None  # what followed its response while the connection waited

    @property
    def _peer(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"the proxy {host}:{self.port}" if self.proxy else f"{host}:{self.port}"

    @property
    def _target(self) -> str:
        host = self._tunnel_host or ""
        return f"[{host.strip('[]')}]:{self._tunnel_port}" if ":" in host else f"{host}:{self._tunnel_port}"

    @property
    def _in_tunnel(self) -> bool:
        return self._tunnel_host is not None and self._has_connected_to_proxy

    def _cut(self, answer: NoAnswer) -> Cut:
        """An error on a connection that leads to a proxy is the proxy's, unless a tunnel runs through it."""
        at_proxy = self.proxy and not self._in_tunnel
        return Cut(answer._replace(kind=FailureKind.PROXY) if at_proxy else answer)

    def _late(self) -> Cut:
        return Cut(errors.too_late(self.outgoing.where, self.options.max_time))

    def _new_conn(self) -> socket.socket:
        seconds = self.timeout or 0.0
        self.deadline = monotonic() + seconds
        while True:
            try:
                sock = self._dialled(seconds)
            except _OutOfFiles:
                self.idle.close_oldest()
                if monotonic() >= self.deadline:
                    raise Cut(errors.no_file(self._peer)) from None
                sleep(_WAIT_FOR_FILE)  # others will be done by then
            else:
                sock.settimeout(left(self.deadline))  # for the TLS handshake
                return sock

    def _dialled(self, seconds: float) -> socket.socket:
        try:
            if self.socks is not None:
                options = self.socket_options or ()
                return self.socks.connect(self._dns_host, self.port, self.options.resolve, options, self.deadline)
            infos = addresses(self._dns_host, self.port, self.options.resolve, self.deadline)
        except (OSError, UnicodeError) as e:
            if isinstance(e, OSError) and open_files.is_limit(e):
                raise _OutOfFiles from e
            raise self._cut(errors.no_address(self._peer, e)) from e
        try:
            return dial(infos, self.socket_options or (), self.deadline)
        except OSError as e:
            if open_files.is_limit(e):
                raise _OutOfFiles from e
            raise self._cut(errors.no_connection(self._peer, e, seconds)) from e

    def _tunnel(self) -> None:
        target = self._target  # urllib3 forgets it where the proxy says no
        try:
            super()._tunnel()
        except (OSError, http.client.HTTPException) as e:
            raise Cut(errors.no_tunnel(self._peer, e, target)) from e
        self.sock.settimeout(left(self.deadline))  # for the TLS handshake

    def connect(self) -> None:
        """Connects; what can go wrong after TCP is up is TLS."""
        self.served, self._has_connected_to_proxy = 0, False
        try:
            super().connect()
        except (OSError, ValueError) as e:
            answer = errors.no_tls(self._target if self._in_tunnel else self._peer, e)
            closed = isinstance(e, (ssl.SSLEOFError, ConnectionError))
            raise self._cut(self._looked_at_again(answer) if closed else answer) from e
        self.http2 = self._session() if self._agreed() == "h2" else None

    def _session(self) -> Session:
        from corsdoctor.transport.http2 import Session  # which few requests need

        return Session(self.sock)

    def _agreed(self) -> str | None:
        """The protocol that was agreed on in the TLS handshake."""
        agreed: Callable[[], str | None] | None = getattr(self.sock, "selected_alpn_protocol", None)
        return agreed() if agreed is not None else None

    def _looked_at_again(self, answer: NoAnswer) -> NoAnswer:
        """`answer`, for a connection that was closed without a word, or the protocol that the server expects."""
        if self.proxy or self.socks is not None:
            return answer
        from corsdoctor.transport.second_look import second_look  # what a plain check need not load

        def dialed(deadline: float) -> socket.socket:
            infos = addresses(self._dns_host, self.port, self.options.resolve, deadline)
            return dial(infos, self.socket_options or (), deadline)

        scheme = "https" if isinstance(self, HTTPSConnection) else "http"
        other = second_look(scheme, self.host, dialed)
        return answer if other is None else errors.uses(self._peer, other)

    def close_socket(self) -> None:
        """Closes the connection, which may be made again: urllib3's own close() forgets the proxy tunnel."""
        http.client.HTTPConnection.close(self)

    @property
    def is_connected(self) -> bool:
        """Whether it can be used again. It can't where something came meanwhile, which `behind` then is about."""
        if self.http2 is not None:
            return self.sock is not None and self.http2.is_usable()
        connected = bool(super().is_connected)
        if not connected and self.sock is not None:
            with suppress(OSError):
                self.sock.settimeout(0)
                self.behind = self._stray(self.sock.recv(_PIECE))
        return connected

    def _stray(self, found: bytes | bytearray) -> Stray | None:
        """What the latest answer left, where it is not the start of another one: a server may send 408 and go."""
        if not found or found.startswith(b"HTTP/") or self.answered is None:
            return None
        return Stray(self.answered.method, self.answered.url, len(found))

    def response_class(self, sock: socket.socket, method: str | None = None) -> Head:  # type: ignore[override]
        """What http.client reads the proxy's answer to CONNECT with."""
        return Head(sock, self.deadline, method)

    def request(self, method: str, url: str, body: Any = None, headers: Any = None, **_: Any) -> None:  # noqa: ARG002
        """Sends `headers`, which is an Outgoing and holds all there is to send."""
        assert isinstance(headers, Outgoing)
        self.idle.take(self)
        headers.connection = self
        if self.served and headers.fresh:
            self.close_socket()
        if self.is_closed:
            self.connect()
        self.outgoing, self.deadline = headers, headers.deadline
        headers.stray, self.behind = headers.stray or self.behind, None
        self.served += 1
        if self.http2 is not None:
            return
        data = memoryview(headers.encoded())
        try:
            for i in range(0, len(data), _PIECE):
                self.sock.settimeout(left(self.deadline))
                self.sock.sendall(data[i : i + _PIECE])
        except TimeoutError as e:
            raise self._late() from e
        except OSError:
            pass  # it may have answered before it stopped reading

    def getresponse(self) -> HTTPResponse:  # type: ignore[override]
        """Reads the head into the Outgoing; urllib3 gets just enough of a response to manage the connection."""
        if self.http2 is not None:
            return self._reply(self.http2)
        kept = self.served > 1
        head = Head(self.sock, self.deadline, self.outgoing.request.method, kept=kept)
        try:
            head.begin()
        except (OSError, http.client.HTTPException) as e:
            received = head.wire.received
            head.close()
            if isinstance(e, TimeoutError):
                raise self._late() from e
            nothing = isinstance(e, ConnectionError) and received == len(head.before)
            if kept and (nothing or type(e) is http.client.BadStatusLine):
                self.outgoing.stray = self._stray(head.before) or self.outgoing.stray
                raise Stale from e
            answer = errors.no_head(self._peer if self.outgoing.forwarded else self.outgoing.where, e, received)
            if answer.kind is FailureKind.RESET and not received and not self._agreed():
                answer = self._looked_at_again(answer)
            raise (Cut if answer.kind is FailureKind.TOO_LARGE else self._cut)(answer) from e
        if kept and head.status == 408:
            head.close()
            raise Stale
        if kept:
            self.outgoing.stray = self._stray(head.before)
        else:
            self.outgoing.lead = head.before.decode("latin-1")
        self.outgoing.head, self.answered = head, self.outgoing.request
        return HTTPResponse(head, status=head.status, preload_content=False, decode_content=False)

    def _reply(self, session: Session) -> HTTPResponse:
        """The same for HTTP/2, where the request is sent here too."""
        kept = self.served > 1
        try:
            reply = session.request(self.outgoing)
        except (OSError, http.client.LineTooLong, Unreadable) as e:
            if isinstance(e, TimeoutError):
                raise self._late() from e
            if kept and isinstance(e, OSError) and (isinstance(e, Refused) or not session.received):
                raise Stale from e
            raise Cut(errors.no_head(self.outgoing.where, e, 0)) from e
        if kept and reply.status in _ONLY_HERE:
            raise Stale
        self.outgoing.head = reply
        return HTTPResponse(b"", status=reply.status, preload_content=False)


class SecureConnection(PlainConnection, HTTPSConnection):
    """The same over TLS."""
