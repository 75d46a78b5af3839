"""Sends a request over HTTP and returns what came back, byte for byte. The only file that imports requests.

requests' adapter and urllib3's pools hold the connections. What crosses them is written in `outgoing` and read in
`head`: both libraries rewrite URLs, fold repeated headers and add headers of their own. The environment decides
nothing, no redirect is followed, no cookie is kept.
"""

from __future__ import annotations

import http.client
import os
import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from time import monotonic, sleep
from types import TracebackType
from typing import Any, Self

import requests
from requests.adapters import HTTPAdapter
from requests.utils import DEFAULT_CA_BUNDLE_PATH, should_bypass_proxies
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError
from urllib3.response import HTTPResponse
from urllib3.util import Url, parse_url

from corsdoctor.errors import InvalidScenario, Mistake
from corsdoctor.transport import errors, open_files
from corsdoctor.transport.body import decoded
from corsdoctor.transport.dial import addresses, dial, left
from corsdoctor.transport.head import Head
from corsdoctor.transport.http2 import Refused, Session, Unreadable, WantsHTTP1, check_installed
from corsdoctor.transport.idle import Idle
from corsdoctor.transport.options import TransportOptions
from corsdoctor.transport.outgoing import Outgoing
from corsdoctor.transport.socks_proxy import SCHEMES, Failed, SocksProxy
from corsdoctor.transport.tls import tls_context
from corsdoctor.transport.websocket import close_websocket
from corsdoctor.wire import (
    Answer,
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

_HOSTS = 128  # whose pools are kept
_MOST_IDLE = 128  # connections that wait for a next request, unless more may be used at a time
_WAIT_FOR_FILE = 0.05  # seconds
_PIECE = 64 * 1024  # bytes that are sent at once, so that the deadline is looked at in between


class Live:
    """Sends over the network. One Live may be used by several threads; they share its connections."""

    def __init__(self, options: TransportOptions | None = None) -> None:
        """Raises InvalidScenario if the proxy is invalid, UnreadableInput if a certificate file cannot be read."""
        self._options = options = options or TransportOptions()
        if options.http2:
            check_installed()
        proxy = _proxy_url(options.proxy) if options.proxy else None
        socks = SocksProxy.at(proxy) if proxy is not None and proxy.scheme in SCHEMES else None
        self._proxy = proxy.url if proxy is not None and socks is None else None
        self._adapter = _Adapter(options, self._proxy, socks)

    def send(self, kind: Kind, request: WireRequest) -> Answer:
        """The answer to `request`, or why there is none. Raises ValueError if `request` cannot be written as HTTP."""
        start = monotonic()
        outgoing = Outgoing(request, start + self._options.max_time, proxied=self._proxy is not None)
        try:
            raw = self._exchanged(outgoing)
        except _Cut as cut:
            answer = errors.about_certificate(cut.answer, kind, request.certificate if self._options.cert else None)
            return answer if self._options.proxy else _naming_ignored_proxy(answer, outgoing)
        except (HTTPError, OSError) as error:  # requests' own are OSErrors
            return errors.unforeseen(outgoing.where, error)
        elapsed = monotonic() - start
        head = outgoing.head
        frames = b""
        if isinstance(head, Head) and head.status == 101 and outgoing.opens_websocket:
            frames = close_websocket(outgoing.connection.sock, head.behind())
        if head.is_spent(patient=kind is not Kind.ACTUAL):
            self._adapter.idle.add(outgoing.connection)
            raw.release_conn()
        else:
            raw.close()
            head.close()
        if outgoing.forwarded and head.status == 407:
            return errors.no_password(outgoing.where)
        framing = Framing(outgoing.lead, outgoing.stray, head.end, head.excess)
        headers = Headers(tuple(head.pairs))
        return Response(
            head.status, headers, head.reason, head.http_version, elapsed, framing,
            certificate_withheld=request.certificate is Certificate.WITHHELD,
            body=decoded(bytes(head.body), headers) if head.body else frames,
        )  # fmt: skip

    def _exchanged(self, outgoing: Outgoing) -> HTTPResponse:
        """Sends `outgoing`, once more where a browser would: on a new connection, or over HTTP/1.1 where that is demanded."""
        while True:
            try:
                return self._adapter.exchange(outgoing)
            except _Stale:
                outgoing.fresh = True
            except WantsHTTP1:
                outgoing.only_http1 = True

    def close(self) -> None:
        """Closes the connections that are kept."""
        self._adapter.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, e: BaseException | None, tb: TracebackType | None) -> None:
        self.close()


class _Cut(Exception):
    """Carries a NoAnswer through requests and urllib3, which wrap the exceptions that they know."""

    def __init__(self, answer: NoAnswer) -> None:
        super().__init__(answer.detail)
        self.answer = answer


class _Stale(Exception):
    """A kept connection can no longer be used: the server sent no response, or a 408, or bytes that are not a response.

    A server sends 408 if it has waited too long for a request. The request is sent once more on a new connection,
    whatever its method: Chromium (HttpNetworkTransaction::ShouldResendRequest), Firefox (nsHttpTransaction) and curl do
    so too.
    """


_ONLY_HERE = (408, 421)
"""Statuses that may be about the connection: 421 asks for another one (RFC 9110, section 15.5.20), which browsers then make."""


class _OutOfFiles(Exception):
    """This process may open no more files now."""


class _Plain(HTTPConnection):
    """A connection that writes an Outgoing as it is, reads a Head, and raises a _Cut for each error."""

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

    def _cut(self, answer: NoAnswer) -> _Cut:
        """An error on a connection that leads to a proxy is the proxy's, unless a tunnel runs through it."""
        at_proxy = self.proxy and not self._in_tunnel
        return _Cut(answer._replace(kind=FailureKind.PROXY) if at_proxy else answer)

    def _late(self) -> _Cut:
        return _Cut(errors.too_late(self.outgoing.where, self.options.max_time))

    def _new_conn(self) -> socket.socket:
        seconds = self.timeout or 0.0
        self.deadline = monotonic() + seconds
        while True:
            try:
                sock = self._dialled(seconds)
            except _OutOfFiles:
                self.idle.close_oldest()
                if monotonic() >= self.deadline:
                    raise _Cut(errors.no_file(self._peer)) from None
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
        except Failed as e:
            raise _Cut(e.answer._replace(kind=FailureKind.PROXY)) from e
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
            raise _Cut(errors.no_tunnel(self._peer, e, target)) from e
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
        self.http2 = Session(self.sock) if self._agreed() == "h2" else None

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
                raise _Stale from e
            answer = errors.no_head(self._peer if self.outgoing.forwarded else self.outgoing.where, e, received)
            if answer.kind is FailureKind.RESET and not received and not self._agreed():
                answer = self._looked_at_again(answer)
            raise (_Cut if answer.kind is FailureKind.TOO_LARGE else self._cut)(answer) from e
        if kept and head.status == 408:
            head.close()
            raise _Stale
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
                raise _Stale from e
            raise _Cut(errors.no_head(self.outgoing.where, e, 0)) from e
        if kept and reply.status in _ONLY_HERE:
            raise _Stale
        self.outgoing.head = reply
        return HTTPResponse(b"", status=reply.status, preload_content=False)


class _Secure(_Plain, HTTPSConnection):
    """The same over TLS."""


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Plain

    def __init__(
        self, options: TransportOptions, idle: Idle, socks: SocksProxy | None, *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._options, self._idle, self._socks = options, idle, socks

    def _new_conn(self) -> Any:
        connection: Any = super()._new_conn()
        connection.options, connection.idle, connection.socks = self._options, self._idle, self._socks
        return connection

    def _validate_conn(self, conn: Any) -> None:
        if conn.is_closed:  # also for http:, so that request() has a socket; urllib3 itself would warn about -k
            conn.connect()


class _SecurePool(_PlainPool, HTTPSConnectionPool):
    ConnectionCls = _Secure


class _Adapter(HTTPAdapter):
    """requests' adapter with these connections, and two TLS contexts for all of them."""

    def __init__(self, options: TransportOptions, proxy: str | None, socks: SocksProxy | None) -> None:
        self._options, self._socks = options, socks
        self._proxies = {"all": proxy} if proxy else {}
        self._secure_proxy = bool(proxy and proxy.startswith("https:"))
        self._lock = threading.Lock()
        self._tls: dict[TransportOptions, ssl.SSLContext] = {}
        if options.cacert or options.cert or options.key:
            self._context(certificate=True)  # reports at once a file that cannot be read
        self.idle = Idle(max(options.max_connections, _MOST_IDLE))
        open_files.allow(options.max_connections + _MOST_IDLE)
        super().__init__(pool_connections=_HOSTS, pool_maxsize=options.max_connections)

    def exchange(self, outgoing: Outgoing) -> HTTPResponse:
        """Sends `outgoing` and returns the handle of the connection; the answer is in `outgoing.head`."""
        prepared = requests.PreparedRequest()
        prepared.method, prepared.body = outgoing.request.method, None
        prepared.url = f"{outgoing.scheme}://{outgoing.host}"  # for the choice of a proxy; the same one is parsed once
        prepared.headers = outgoing  # type: ignore[assignment]
        seconds = left(min(outgoing.deadline, monotonic() + self._options.connect_timeout))
        raw: HTTPResponse = self.send(prepared, stream=True, timeout=(seconds, None), proxies=self._proxies).raw
        return raw

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """As in requests, with pools of our connections."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = self._pools()

    def proxy_manager_for(self, proxy: Any, **kwargs: Any) -> Any:
        """As in requests, with pools of our connections."""
        if self._secure_proxy:
            kwargs["proxy_ssl_context"] = self._context(certificate=False, http2=False)
        manager = super().proxy_manager_for(proxy, **kwargs)
        manager.pool_classes_by_scheme = self._pools()
        return manager

    def build_connection_pool_key_attributes(self, request: requests.PreparedRequest, *_: Any) -> tuple[Any, Any]:
        """The pool for `request`: requests would load the authorities anew for each connection."""
        outgoing: Any = request.headers
        secure = outgoing.scheme == "https"  # else the TLS that there may be is the proxy's
        shown = secure and outgoing.request.certificate is Certificate.SHOWN
        tls = (
            {"ssl_context": self._context(certificate=shown, http2=secure and not outgoing.only_http1)}
            if secure or self._secure_proxy
            else {}
        )
        return {"scheme": outgoing.scheme, "host": outgoing.host, "port": outgoing.port}, tls

    def cert_verify(self, *_: Any) -> None:
        """Nothing: the context knows."""

    def request_url(self, request: requests.PreparedRequest, proxies: Any) -> str:  # noqa: ARG002
        """A placeholder that urllib3 cannot rewrite; its scheme decides whether urllib3 uses a tunnel."""
        outgoing: Any = request.headers
        return "http://forwarded/" if outgoing.forwarded else "/"

    def build_response(self, req: requests.PreparedRequest, resp: Any) -> requests.Response:
        """Without cookies and without guesses about the body."""
        response = requests.Response()
        response.request, response.raw = req, resp
        return response

    def _pools(self) -> Any:
        kinds = {"http": _PlainPool, "https": _SecurePool}
        return {scheme: partial(pool, self._options, self.idle, self._socks) for scheme, pool in kinds.items()}

    def _context(self, *, certificate: bool, http2: bool = True) -> ssl.SSLContext:
        """The context that shows the client certificate, or the one that does not: each has its own connections."""
        options = self._options if certificate else self._options._replace(cert=None, key=None)
        options = options._replace(http2=http2 and options.http2)
        with self._lock:
            if options not in self._tls:
                self._tls[options] = tls_context(options, DEFAULT_CA_BUNDLE_PATH)
            return self._tls[options]


_UNCONNECTED = (FailureKind.DNS, FailureKind.REFUSED, FailureKind.TIMEOUT, FailureKind.RESET, FailureKind.UNREACHABLE)


def _naming_ignored_proxy(answer: NoAnswer, outgoing: Outgoing) -> NoAnswer:
    """`answer` with the environment variable that names a proxy for the URL, where no connection came about."""
    names = (f"{outgoing.scheme}_proxy", f"{outgoing.scheme}_proxy".upper(), "all_proxy", "ALL_PROXY")
    variable = next((name for name in names if os.environ.get(name)), None)
    if answer.kind not in _UNCONNECTED or variable is None:
        return answer
    if should_bypass_proxies(f"{outgoing.scheme}://{outgoing.where}/", no_proxy=None):
        return answer
    return errors.proxy_ignored(answer, variable)


def _proxy_url(text: str) -> Url:
    """The URL of the proxy that `text` names, with curl's defaults: http, port 1080."""
    try:
        url = parse_url(text if "://" in text else f"http://{text}")
    except HTTPError:
        url = parse_url("")
    if url.scheme not in ("http", "https", *SCHEMES) or not url.host or url.path not in (None, "", "/"):
        from corsdoctor.reading import shown  # which loads the URL parser

        host = shown(text.rpartition("@")[2])  # never the password
        reason = f"must be [SCHEME://][user:password@]host[:port], with http, https, {', '.join(SCHEMES)} as SCHEME"
        raise InvalidScenario(Mistake("proxy", host, reason))
    return url._replace(port=url.port or (443 if url.scheme == "https" else 1080), path=None, query=None)
