"""Sends a request over HTTP and returns what came back, byte for byte.

requests' adapter and urllib3's pools hold the connections. What crosses them is written in `outgoing` and read in
`head`: both libraries rewrite URLs, fold repeated headers and add headers of their own. The environment decides
nothing, no redirect is followed, no cookie is kept.
"""

from __future__ import annotations

import ssl
import threading
from functools import partial
from time import monotonic
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import requests
from requests.adapters import HTTPAdapter
from requests.utils import DEFAULT_CA_BUNDLE_PATH
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError
from urllib3.response import HTTPResponse

from corsdoctor.transport import errors, open_files
from corsdoctor.transport.body import decoded
from corsdoctor.transport.connection import PlainConnection, SecureConnection, Stale
from corsdoctor.transport.dial import left
from corsdoctor.transport.errors import Cut, WantsHTTP1
from corsdoctor.transport.head import Head
from corsdoctor.transport.idle import Idle
from corsdoctor.transport.options import TransportOptions
from corsdoctor.transport.outgoing import Outgoing
from corsdoctor.transport.proxy import SOCKS, naming_ignored_proxy, proxy_url
from corsdoctor.transport.tls import tls_context
from corsdoctor.wire import Answer, Certificate, Framing, Headers, Kind, Response, WireRequest

if TYPE_CHECKING:
    from corsdoctor.transport.socks_proxy import SocksProxy

_HOSTS = 128  # whose pools are kept
_MOST_IDLE = 128  # connections that wait for a next request, unless more may be used at a time


class Live:
    """Sends over the network. One Live may be used by several threads; they share its connections."""

    def __init__(self, options: TransportOptions | None = None) -> None:
        """Raises InvalidScenario if the proxy is invalid, UnreadableInput if a certificate file cannot be read."""
        self._options = options = options or TransportOptions()
        if options.http2:
            from corsdoctor.transport.http2 import check_installed  # what few checks need

            check_installed()
        proxy, socks = proxy_url(options.proxy) if options.proxy else None, None
        if proxy is not None and proxy.scheme in SOCKS:
            from corsdoctor.transport.socks_proxy import SocksProxy  # the same

            socks = SocksProxy.at(proxy)
        self._proxy = proxy.url if proxy is not None and socks is None else None
        self._adapter = _Adapter(options, self._proxy, socks)

    def send(self, kind: Kind, request: WireRequest) -> Answer:
        """The answer to `request`, or why there is none. Raises ValueError if `request` cannot be written as HTTP."""
        start = monotonic()
        outgoing = Outgoing(request, start + self._options.max_time, proxied=self._proxy is not None)
        try:
            raw = self._exchanged(outgoing)
        except Cut as cut:
            answer = errors.about_certificate(cut.answer, kind, request.certificate if self._options.cert else None)
            return answer if self._options.proxy else naming_ignored_proxy(answer, outgoing)
        except (HTTPError, OSError) as error:  # requests' own are OSErrors
            return errors.unforeseen(outgoing.where, error)
        elapsed = monotonic() - start
        head = outgoing.head
        frames = b""
        if isinstance(head, Head) and head.status == 101 and outgoing.opens_websocket:
            from corsdoctor.transport.websocket import close_websocket  # what a plain check need not load

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
            except Stale:
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


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = PlainConnection

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
    ConnectionCls = SecureConnection


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
