"""Sends a request over HTTP and returns what came back, byte for byte. The only file that imports requests.

requests' adapter and urllib3's pools hold the connections. What crosses them is written and read here: both libraries
rewrite URLs, fold repeated headers and add headers of their own. Nothing is read from the environment, no redirect is
followed, no cookie is kept.
"""

from __future__ import annotations

import http.client
import io
import re
import socket
import ssl
import sys
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from ipaddress import ip_address
from pathlib import Path
from time import monotonic
from types import TracebackType
from typing import Any, Self

import requests
from requests.adapters import HTTPAdapter
from requests.utils import DEFAULT_CA_BUNDLE_PATH
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError
from urllib3.response import HTTPResponse
from urllib3.util import parse_url

from corsdoctor.errors import InvalidScenario, Mistake, UnreadableInput
from corsdoctor.wire import Answer, Cutoff, Headers, Kind, NoAnswer, Response, WireRequest

MAX_HEAD = 256 * 1024  # bytes of status lines and headers, interim answers included: as much as Chromium takes
MAX_LINES = 1000
MAX_BODY = 64 * 1024  # a longer body costs more than a new connection
BODY_SECONDS = 0.25  # an event stream never ends: the headers are here, so nobody should wait for it
_STATUS_LINE = re.compile(rb"HTTP/(1\.\d)[ \t]+([1-9]\d\d)(?:[ \t]+(.*?))?[ \t]*", re.DOTALL)
_URL = re.compile(r"(https?)://(?:[^/?#]*@)?([^/?#]+)([^#]*)", re.IGNORECASE | re.DOTALL)
_BREAK = re.compile(r"[\r\n\0]")
_BLANK = " \t\r\n"  # not str.strip()'s: it takes the bytes 85 and A0 away as well
_PORTS = {"http": 80, "https": 443}
_CERTIFICATE = {  # https://docs.openssl.org/3.0/man3/X509_STORE_CTX_get_error/
    9: "is not valid yet",
    10: "has expired",
    18: "is self-signed",
    19: "comes from an unknown authority, one that this machine doesn't trust",
    20: "comes from an unknown authority, one that this machine doesn't trust",
    21: "comes from an unknown authority, or the server leaves out an intermediate certificate",
    62: "is for another host name",
    64: "is for another address",
}
_NO_TLS = ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "RECORD_LAYER_FAILURE", "PACKET_LENGTH_TOO_LONG", "UNKNOWN_PROTOCOL")


@dataclass(frozen=True, slots=True)
class TransportOptions:
    """How to reach servers. Times are in seconds; `max_time` is for one request up to the end of its headers.

    `resolve` holds (host or "*", port, addresses joined by commas); `max_connections` is how many are kept a host.
    """

    verify: bool = True
    cacert: str | None = None
    cert: str | None = None
    key: str | None = None
    proxy: str | None = None
    resolve: tuple[tuple[str, int, str], ...] = ()
    connect_timeout: float = 10.0
    max_time: float = 30.0
    max_connections: int = 10


def parse_resolve(text: str) -> tuple[str, int, str]:
    """(host, port, addresses) of curl's `host:port:address[,address]`; ValueError with the reason where it isn't."""
    m = re.fullmatch(r"\+?(\*|\[[^\]]+\]|[^:\[\]]+):(\d{1,5}):(.+)", text)
    if m is None:
        raise ValueError("should be host:port:address")
    if not 0 < int(m[2]) < 65536:
        raise ValueError(f"{m[2]} is not a port")
    addresses = [a.strip().removeprefix("[").removesuffix("]") for a in m[3].split(",")]
    for address in addresses:
        try:
            ip_address(address)
        except ValueError:
            raise ValueError(f"{address or 'nothing'} is not an IP address") from None
    return m[1].strip("[]").lower(), int(m[2]), ",".join(addresses)


class Live:
    """Sends over the network. One Live may be used by several threads; they share its connections."""

    def __init__(self, options: TransportOptions = TransportOptions()) -> None:
        """InvalidScenario where the proxy can't be meant, UnreadableInput where a certificate file can't be read."""
        self._options = options
        self._proxy = _proxy_url(options.proxy) if options.proxy else None
        self._adapter = _Adapter(options, self._proxy)

    def send(self, kind: Kind, request: WireRequest) -> Answer:  # noqa: ARG002 (every `send` is told the kind)
        """The answer to `request`, or why there is none. ValueError where `request` can't be written as HTTP."""
        start = monotonic()
        outgoing = _Outgoing(request, start + self._options.max_time, proxied=self._proxy is not None)
        try:
            try:
                raw = self._adapter.exchange(outgoing)
            except _Stale:
                outgoing.fresh = True
                raw = self._adapter.exchange(outgoing)
        except _Cut as cut:
            return cut.answer
        except (requests.RequestException, HTTPError, OSError) as error:
            return NoAnswer(
                Cutoff.UNREACHABLE, f"No connection to {outgoing.where} could be made: {' '.join(str(error).split())}."
            )
        elapsed = monotonic() - start
        head = outgoing.head
        if head.is_spent():
            raw.release_conn()
        else:
            raw.close()
            head.close()
        if outgoing.forwarded and head.status == 407:
            return NoAnswer(Cutoff.PROXY, f"The proxy wants a user name and password before it asks {outgoing.where}.")
        return Response(head.status, Headers(tuple(head.pairs)), head.reason, head.http_version, elapsed)

    def close(self) -> None:
        """Closes the connections that are kept."""
        self._adapter.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, e: BaseException | None, tb: TracebackType | None) -> None:
        self.close()


class _Cut(Exception):
    """Carries a NoAnswer through requests and urllib3, which rephrase each exception that they know."""

    def __init__(self, cutoff: Cutoff, detail: str) -> None:
        super().__init__(detail)
        self.answer = NoAnswer(cutoff, detail)


class _Stale(Exception):
    """A kept connection turned out to be closed, before a byte of the answer came."""


class _Outgoing(dict[str, str]):
    """A request as bytes. It passes through requests and urllib3 in the place of the headers, for the connection.

    The dict itself holds only what urllib3 adds: the proxy's credentials. `head` is the answer's, once it is there.
    """

    head: _Head

    def __init__(self, request: WireRequest, deadline: float, *, proxied: bool) -> None:
        super().__init__()
        parts = _URL.match(request.url)
        if parts is None:
            raise ValueError(f"{request.url!r} is not an http: or https: URL")
        self.scheme, authority, target = parts[1].lower(), parts[2], parts[3]
        self.request, self.deadline, self.fresh = request, deadline, False
        host, port = re.fullmatch(r"(.*?)(?::(\d*))?", authority, re.DOTALL).groups()  # type: ignore[union-attr]
        self.host, self.port = host, int(port or _PORTS[self.scheme])
        self.where = f"{host}:{self.port}"
        self.forwarded = proxied and self.scheme == "http"
        target = target if target.startswith("/") else f"/{target}"
        self._write(authority, f"http://{authority}{target}" if self.forwarded else target)

    def copy(self) -> _Outgoing:
        """Itself: the connection needs this object, not a plain dict."""
        return self

    def encoded(self) -> bytes:
        """The request as it goes out, body included."""
        return self._start + _lines(self.items()) + self._rest

    def _write(self, authority: str, target: str) -> None:
        given, body, method = self.request.headers, self.request.body, self.request.method
        if re.search(r"[\0- \x7f]", method + target):
            raise ValueError("a method or URL can't hold a space or a control character")
        added = [] if "Host" in given else [("Host", authority)]
        if "Content-Length" not in given and "Transfer-Encoding" not in given:
            if body is not None:
                added.append(("Content-Length", str(len(body))))
            elif method in ("POST", "PUT"):
                added.append(("Content-Length", "0"))
        elif "chunked" in (given.get("Transfer-Encoding") or "").lower():
            body = (b"%x\r\n%b\r\n" % (len(body), body) if body else b"") + b"0\r\n\r\n"
        self._start = f"{method} {target} HTTP/1.1\r\n".encode() + _lines(added)
        self._rest = _lines(given) + b"\r\n" + (body or b"")


def _lines(headers: Iterable[tuple[str, str]]) -> bytes:
    """Header lines as bytes; ValueError where one would become two."""
    lines = [f"{name}: {value}" for name, value in headers]
    if any(_BREAK.search(line) for line in lines):
        raise ValueError("a header can't hold a line break")
    return "".join(f"{line}\r\n" for line in lines).encode("latin-1")


class _Bounded(io.RawIOBase):
    """Reads a socket until a deadline and up to a number of bytes, however slowly they come."""

    def __init__(self, sock: socket.socket, deadline: float) -> None:
        self._sock, self._file = sock, sock.makefile("rb", buffering=0)
        self.deadline, self.limit, self.received = deadline, sys.maxsize, 0

    def makefile(self, _mode: str) -> io.BufferedReader:
        """What http.client asks a socket for."""
        return io.BufferedReader(self)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = self.deadline - monotonic() if self.deadline else 0  # no deadline: take what is there
        if self.deadline and (left <= 0 or self.received >= self.limit):
            raise TimeoutError
        self._sock.settimeout(left)
        count = self._file.readinto(buffer)
        self.received += count or 0
        return count

    def close(self) -> None:
        self._file.close()
        super().close()


class _Head(http.client.HTTPResponse):
    """The head of an answer; the inherited part reads the body. `pairs` are the header lines as they came."""

    def __init__(self, sock: socket.socket, deadline: float, method: str | None) -> None:
        self.wire = _Bounded(sock, deadline)
        super().__init__(self.wire, method=method)  # type: ignore[arg-type]
        self._asked = method
        self._size = self._count = 0
        self._draining = self._clean = False
        self.pairs: list[tuple[str, str]] = []

    def begin(self) -> None:
        """Reads up to the end of the final answer's headers."""
        while True:
            version, self.status, self.reason = self._read_status()
            self.http_version = version.removeprefix("HTTP/")
            self._read_pairs()
            if not 100 <= self.status < 200 or self.status == 101:
                break
        self.headers = self.msg = http.client.HTTPMessage()  # stays empty: urllib3 chokes on some header values
        headers = Headers(tuple(self.pairs))
        coding, connection = ((headers.get(n) or "").lower() for n in ("Transfer-Encoding", "Connection"))
        lengths = {part.strip(_BLANK) for part in (headers.get("Content-Length") or "").split(",")}
        length = lengths.pop() if len(lengths) == 1 else ""
        self.length = int(length) if not coding and re.fullmatch(r"[0-9]{1,18}", length) else None
        self.chunked, self.chunk_left = coding == "chunked", None
        if self._asked == "HEAD" or self.status < 200 or self.status in (204, 304):
            self.length, self.chunked = 0, False
        keep = "keep-alive" in connection if self.http_version == "1.0" else "close" not in connection
        self.will_close = not keep or self.status == 101 or (self.length is None and not self.chunked)

    def is_spent(self) -> bool:
        """Reads a small body to its end. Returns whether the connection can take another request."""
        if (self.length or 0) > MAX_BODY or (self.length is None and not self.chunked):
            return False
        self.wire.deadline = monotonic() + BODY_SECONDS
        self.wire.limit = self.wire.received + MAX_BODY
        self._draining = True
        try:
            self.read(MAX_BODY + 1)
        except (OSError, http.client.HTTPException, ValueError):
            return False  # a broken body does no harm: the headers are here
        return self._clean and not self.will_close

    def _close_conn(self) -> None:
        if self._draining:  # what follows the body (a 204 with a body, say) would be taken for the next answer
            self.wire.deadline = 0
            with suppress(OSError, ValueError):
                try:
                    self._clean = not self.fp.peek(1)
                except ssl.SSLWantReadError:
                    self._clean = True
        super()._close_conn()  # type: ignore[misc]

    def _read_line(self) -> bytes:
        line = self.fp.readline(MAX_HEAD - self._size + 1)
        self._size += len(line)
        self._count += 1
        if self._size > MAX_HEAD or self._count > MAX_LINES + 2:  # the status line and the empty one
            raise http.client.LineTooLong("head")
        if not line.endswith(b"\n"):
            raise http.client.RemoteDisconnected(line.decode("latin-1"))
        return line.rstrip(b"\r\n")

    def _read_status(self) -> tuple[str, int, str]:
        start = self.fp.peek(1)[:40]
        if start and not b"HTTP/".startswith(start[:5]):  # a server that speaks first may never send a line end
            raise http.client.BadStatusLine(start.decode("latin-1"))
        line = self._read_line()
        m = _STATUS_LINE.fullmatch(line)
        if m is None:
            raise http.client.BadStatusLine(line[:40].decode("latin-1"))
        return f"HTTP/{m[1].decode()}", int(m[2]), (m[3] or b"").decode("latin-1")

    def _read_pairs(self) -> None:
        self.pairs = []
        while line := self._read_line():
            text = line.decode("latin-1")
            name, colon, value = text.partition(":")
            if text[0] in _BLANK:
                if self.pairs:  # obs-fold
                    name, before = self.pairs.pop()
                    self.pairs.append((name, f"{before} {text.strip(_BLANK)}".strip(_BLANK)))
            elif colon and name.strip(_BLANK):  # browsers skip a line that is no header
                self.pairs.append((name.rstrip(_BLANK), value.strip(_BLANK)))


class _Plain(HTTPConnection):
    """A connection that writes an _Outgoing as it is, reads a _Head, and raises a _Cut for each trouble."""

    options: TransportOptions
    deadline = 0.0
    served = 0

    @property
    def _peer(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"the proxy {host}:{self.port}" if self.proxy else f"{host}:{self.port}"

    def _new_conn(self) -> socket.socket:
        self.deadline = monotonic() + (self.timeout or 0)
        error: OSError | None = None
        try:
            addresses = self._addresses()
        except (socket.gaierror, UnicodeError) as e:
            again = isinstance(e, socket.gaierror) and e.errno == socket.EAI_AGAIN
            why = "no name server answered" if again else "the name doesn't exist, or has no address"
            raise self._cut(Cutoff.DNS, f"No address was found for {self._peer}: {why}.") from e
        except TimeoutError as e:
            raise self._cut(Cutoff.DNS, f"No name server answered in time about {self._peer}.") from e
        for i, (family, kind, protocol, _, address) in enumerate(addresses):
            sock = None
            try:
                sock = socket.socket(family, kind, protocol)
                for option in self.socket_options or ():
                    sock.setsockopt(*option)
                # An address that swallows packets leaves time for the next one.
                sock.settimeout(max((self.deadline - monotonic()) / (len(addresses) - i), 0.001))
                sock.connect(address)
                sock.settimeout(max(self.deadline - monotonic(), 0.001))  # for the TLS handshake
                return sock
            except OSError as e:
                if sock is not None:
                    sock.close()
                if error is None or isinstance(e, (ConnectionRefusedError, TimeoutError)):
                    error = e
        raise self._cut(*self._not_connected(error)) from error

    def _addresses(self) -> list[Any]:
        name = self._dns_host.strip("[]")
        table = {(host.strip("[]").lower(), port): found for host, port, found in self.options.resolve}
        given = table.get((name.lower(), self.port)) or table.get(("*", self.port))
        if given:
            return [info for a in given.split(",") for info in _look_up(a.strip("[]"), self.port, self.deadline)]
        return _look_up(name, self.port, self.deadline)

    def _not_connected(self, error: OSError | None) -> tuple[Cutoff, str]:
        match error:
            case ConnectionRefusedError():
                return Cutoff.REFUSED, f"The connection was refused: nothing listens at {self._peer}."
            case TimeoutError():
                return (
                    Cutoff.TIMEOUT,
                    f"No connection to {self._peer} came about within {round(self.timeout or 0, 1):g} s.",
                )
            case ConnectionResetError():
                return Cutoff.RESET, f"The connection to {self._peer} was cut while it was being made."
        return Cutoff.UNREACHABLE, f"There is no way to {self._peer}: {error.strerror if error else 'no address'}."

    def _tunnel(self) -> None:
        target = self._tunnel_name
        try:
            super()._tunnel()
            self.sock.settimeout(max(self.deadline - monotonic(), 0.001))  # for the TLS handshake
        except TimeoutError as e:
            raise _Cut(Cutoff.PROXY, f"No answer came in time from {self._peer}, asked for {target}.") from e
        except (OSError, http.client.HTTPException) as e:
            refused = re.search(r"failed: (\d+.*)", str(e))
            why = f"answered {refused[1].strip()}" if refused else "closed the connection or didn't answer in HTTP"
            raise _Cut(Cutoff.PROXY, f"No way to {target}: {self._peer} {why}.") from e

    @property
    def _tunnel_name(self) -> str:
        host = self._tunnel_host or ""
        return f"[{host.strip('[]')}]:{self._tunnel_port}" if ":" in host else f"{host}:{self._tunnel_port}"

    def connect(self) -> None:
        """Connects; what can go wrong after TCP is up is TLS."""
        self.served = 0
        try:
            super().connect()
        except (OSError, ValueError, HTTPError, http.client.HTTPException) as e:
            at_proxy = bool(self.proxy) and not self._has_connected_to_proxy
            where = self._tunnel_name if self._tunnel_host and not at_proxy else self._peer
            cutoff = Cutoff.PROXY if at_proxy else Cutoff.TIMEOUT if isinstance(e, TimeoutError) else Cutoff.TLS
            raise _Cut(cutoff, _tls_trouble(where, e)) from e

    def response_class(self, sock: socket.socket, method: str | None = None) -> _Head:  # type: ignore[override]
        """What http.client reads the proxy's answer to CONNECT with."""
        return _Head(sock, self.deadline, method)

    def request(self, method: str, url: str, body: Any = None, headers: Any = None, **_: Any) -> None:  # noqa: ARG002
        """Sends `headers`, which is an _Outgoing and holds all there is to send."""
        assert isinstance(headers, _Outgoing)
        if self.served and headers.fresh:
            http.client.HTTPConnection.close(self)  # urllib3's own close() forgets the proxy tunnel
            self.connect()
        self.outgoing, self.deadline = headers, headers.deadline
        self.served += 1
        data = memoryview(headers.encoded())
        try:
            for i in range(0, len(data), MAX_BODY):
                self.sock.settimeout(max(self.deadline - monotonic(), 0.001))
                self.sock.sendall(data[i : i + MAX_BODY])
        except TimeoutError as e:
            raise self._late() from e
        except OSError:
            pass  # it may have answered before it stopped reading

    def getresponse(self) -> HTTPResponse:  # type: ignore[override]
        """Reads the head into the _Outgoing; urllib3 gets just enough of a response to manage the connection."""
        head = _Head(self.sock, self.deadline, self.outgoing.request.method)
        where = self._peer if self.outgoing.forwarded else self.outgoing.where
        try:
            head.begin()
        except (OSError, http.client.HTTPException) as e:
            received = head.wire.received
            head.close()
            if isinstance(e, ConnectionError) and not received and self.served > 1:
                raise _Stale from e
            raise self._no_head(e, where, received) from e
        self.outgoing.head = head
        return HTTPResponse(head, status=head.status, preload_content=False, decode_content=False)

    def _no_head(self, error: Exception, where: str, received: int) -> _Cut:
        match error:
            case TimeoutError():
                return self._late()
            case ssl.SSLError():
                return self._cut(Cutoff.TLS, _tls_trouble(where, error))
            case http.client.LineTooLong():
                most = f"{MAX_LINES:,} lines or {MAX_HEAD // 1024} KiB"
                return _Cut(Cutoff.TOO_LARGE, f"The headers from {where} are too large: more than {most}.")
            case OSError():
                when = "in the middle of its headers" if received else "without an answer"
                return self._cut(Cutoff.RESET, f"The connection was closed by {where} {when}.")
        if str(error).startswith("\x15\x03"):
            return self._cut(Cutoff.NOT_HTTP, f"The answer from {where} is TLS: the URL may have to start with https:.")
        return self._cut(Cutoff.NOT_HTTP, f"The answer from {where} is not HTTP/1: it starts with {str(error)!a}.")

    def _late(self) -> _Cut:
        got, seconds = self.outgoing.where, self.options.max_time
        return _Cut(Cutoff.TIMEOUT, f"{got} sent no complete answer within {round(seconds, 1):g} s.")

    def _cut(self, cutoff: Cutoff, detail: str) -> _Cut:
        # Trouble on a connection that leads to a proxy is the proxy's, unless a tunnel runs through it.
        tunnelled = self._tunnel_host is not None and self._has_connected_to_proxy
        return _Cut(Cutoff.PROXY if self.proxy and not tunnelled else cutoff, detail)


class _Secure(_Plain, HTTPSConnection):
    """The same over TLS."""


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Plain

    def __init__(self, options: TransportOptions, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._options = options

    def _new_conn(self) -> Any:
        connection: Any = super()._new_conn()
        connection.options = self._options
        return connection

    def _validate_conn(self, conn: Any) -> None:
        if conn.is_closed:  # also for http:, so that request() has a socket; urllib3 itself would warn about -k
            conn.connect()


class _SecurePool(_PlainPool, HTTPSConnectionPool):
    ConnectionCls = _Secure


class _Adapter(HTTPAdapter):
    """requests' adapter with these connections, and one TLS context for all of them."""

    def __init__(self, options: TransportOptions, proxy: str | None) -> None:
        self._options = options
        self._proxies = {"all": proxy} if proxy else {}
        self._secure_proxy = bool(proxy and proxy.startswith("https:"))
        self._lock = threading.Lock()
        self._tls = _tls_context(options) if options.cacert or options.cert or options.key else None
        super().__init__(pool_connections=options.max_connections, pool_maxsize=options.max_connections)

    def exchange(self, outgoing: _Outgoing) -> HTTPResponse:
        """Sends `outgoing` and returns the handle of the connection; the answer is in `outgoing.head`."""
        prepared = requests.PreparedRequest()
        prepared.method, prepared.url, prepared.body = outgoing.request.method, outgoing.request.url, None
        prepared.headers = outgoing  # type: ignore[assignment]
        connect = max(min(self._options.connect_timeout, outgoing.deadline - monotonic()), 0.001)
        raw: HTTPResponse = self.send(prepared, stream=True, timeout=(connect, None), proxies=self._proxies).raw
        return raw

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """As in requests, with pools of our connections."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = self._pools()

    def proxy_manager_for(self, proxy: Any, **kwargs: Any) -> Any:
        """As in requests, with pools of our connections."""
        if self._secure_proxy:
            kwargs["proxy_ssl_context"] = self._context()
        manager = super().proxy_manager_for(proxy, **kwargs)
        manager.pool_classes_by_scheme = self._pools()
        return manager

    def build_connection_pool_key_attributes(self, request: requests.PreparedRequest, *_: Any) -> tuple[Any, Any]:
        """The pool for `request`: requests would load the authorities anew for each connection."""
        outgoing: Any = request.headers
        tls = {"ssl_context": self._context()} if outgoing.scheme == "https" or self._secure_proxy else {}
        return {"scheme": outgoing.scheme, "host": outgoing.host, "port": outgoing.port}, tls

    def cert_verify(self, *_: Any) -> None:
        """Nothing: the context knows."""

    def request_url(self, request: requests.PreparedRequest, proxies: Any) -> str:  # noqa: ARG002
        """A stand-in that urllib3 can't rewrite; its scheme tells urllib3 whether a tunnel is needed."""
        outgoing: Any = request.headers
        return "http://forwarded/" if outgoing.forwarded else "/"

    def build_response(self, req: requests.PreparedRequest, resp: Any) -> requests.Response:
        """Without cookies and without guesses about the body."""
        response = requests.Response()
        response.request, response.raw = req, resp
        return response

    def _pools(self) -> Any:
        return {"http": partial(_PlainPool, self._options), "https": partial(_SecurePool, self._options)}

    def _context(self) -> ssl.SSLContext:
        with self._lock:
            if self._tls is None:
                self._tls = _tls_context(self._options)
            return self._tls


def _tls_context(options: TransportOptions) -> ssl.SSLContext:
    """What to trust and what to show; UnreadableInput where a file is not what it should be."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN  # --cacert may name an intermediate, as in curl
    if not options.verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    if options.cacert is not None:
        _check(f"--cacert {options.cacert}", partial(context.load_verify_locations, options.cacert))
    elif options.verify:
        context.load_verify_locations(DEFAULT_CA_BUNDLE_PATH)
        _trust_system(context)
    if options.cert is not None:
        context.post_handshake_auth = True  # a server may ask for it only after it saw the path
        key, shown = options.key, f"--cert {options.cert}" + (f" --key {options.key}" if options.key else "")
        for path in (options.cert, key):
            if path is not None:
                _check(shown, partial(Path(path).read_bytes))
        _check(shown, partial(context.load_cert_chain, options.cert, key, _no_password))
    elif options.key is not None:
        raise InvalidScenario(Mistake("--key", options.key, "needs --cert too"))
    return context


def _check(where: str, load: Callable[[], object]) -> None:
    try:
        load()
    except ssl.SSLError as e:
        reason = (e.reason or str(e)).replace("_", " ").lower()
        raise UnreadableInput(where, f"not a usable PEM file ({reason})") from e
    except OSError as e:
        raise UnreadableInput(where, e.strerror or str(e)) from e
    except ValueError as e:
        raise UnreadableInput(where, str(e)) from e


def _no_password() -> str:
    raise ValueError("the key is protected by a password; corsdoctor needs one without")


def _trust_system(context: ssl.SSLContext) -> None:
    """Adds what the operating system trusts: a browser also trusts the authorities that a company or mkcert put there.

    The compiled-in places, so that no environment variable decides.
    """
    if sys.platform == "win32":
        context.load_default_certs()
        return
    paths = ssl.get_default_verify_paths()
    with suppress(OSError):  # not there, or empty
        if any(Path(paths.openssl_capath).glob("*.0")):
            context.load_verify_locations(capath=paths.openssl_capath)  # looked into only when needed
        elif Path(paths.openssl_cafile).exists():
            context.load_verify_locations(cafile=paths.openssl_cafile)  # costs as much as requests' own list


def _proxy_url(text: str) -> str:
    """The URL of the proxy that `text` names, with curl's defaults: http, port 1080."""
    try:
        url = parse_url(text if "://" in text else f"http://{text}")
    except HTTPError:
        url = parse_url("")
    if url.scheme not in _PORTS or not url.host or url.path not in (None, "", "/"):
        shown = text.rpartition("@")[2]  # never the password
        raise InvalidScenario(Mistake("--proxy", shown, "should be [http://|https://][user:password@]host[:port]"))
    return url._replace(port=url.port or (443 if url.scheme == "https" else 1080), path=None, query=None).url


def _look_up(host: str, port: int, deadline: float) -> list[Any]:
    """The addresses of `host`, as getaddrinfo gives them; TimeoutError at the deadline."""
    with suppress(socket.gaierror):  # the name goes as bytes: Python's codec for str takes 5 ms to load
        return socket.getaddrinfo(host.encode(), port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    if host.rstrip(".").endswith(".localhost"):
        host = "localhost"  # browsers never ask a name server about these
    found: list[Any] = []

    def ask() -> None:
        try:
            found.append(socket.getaddrinfo(host.encode(), port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError) as e:
            found.append(e)

    thread = threading.Thread(target=ask, daemon=True)  # nothing can interrupt getaddrinfo
    thread.start()
    thread.join(max(deadline - monotonic(), 0))
    if not found:
        raise TimeoutError
    if isinstance(found[0], Exception):
        raise found[0]
    addresses: list[Any] = found[0]
    return addresses


def _tls_trouble(where: str, error: BaseException) -> str:
    """One sentence for what went wrong in TLS with `where`."""
    while not isinstance(error, (ssl.SSLError, TimeoutError)) and error.args and isinstance(error.args[0], Exception):
        error = error.args[0]  # as urllib3 wraps it
    if isinstance(error, TimeoutError):
        return f"The TLS handshake with {where} was not over in time."
    if isinstance(error, ssl.SSLCertVerificationError):
        why = _CERTIFICATE.get(error.verify_code, f"was not accepted: {error.verify_message}")
        return f"The certificate of {where} {why}."
    reason = error.reason or "" if isinstance(error, ssl.SSLError) else ""
    if reason in _NO_TLS:
        return f"No TLS is spoken at {where}: the URL may have to start with http:."
    if "CERTIFICATE_REQUIRED" in reason:
        return f"A client certificate is required by {where}: give one with --cert."
    if "HANDSHAKE_FAILURE" in reason:
        return f"The TLS handshake was refused by {where}: it may require a client certificate (--cert)."
    if "PROTOCOL" in reason:
        return f"No TLS version is common with {where}: it may be too old."
    if not reason or isinstance(error, ssl.SSLEOFError):
        return f"The connection was closed by {where} in the TLS handshake."
    return f"TLS with {where} failed: {reason.replace('_', ' ').lower()}."
