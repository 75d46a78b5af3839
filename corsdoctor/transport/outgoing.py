"""A request -> the bytes that go out. All that writes HTTP/1.1 lives here; no socket does. `http2` sends the same lines.

No header is added but those without which it would not be HTTP/1.1: Host and, for a body, Content-Length.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from corsdoctor.wire import Stray, WireRequest, ascii_lower

if TYPE_CHECKING:
    from corsdoctor.transport.head import Head
    from corsdoctor.transport.http2 import Reply

_PORTS = {"http": 80, "https": 443}


class Outgoing(dict[str, str]):
    """A request as bytes. It passes through requests and urllib3 in the place of the headers, for the connection.

    The dict itself holds only what urllib3 adds: the proxy's credentials. `where` names the server in messages,
    `fresh` asks for a new connection, `only_http1` for one of HTTP/1.1. `deadline` is for the answer's head; that is in
    `head` once it is there, what it came over in `connection`, and what preceded it in `lead` or `stray`.
    """

    head: Head | Reply
    connection: Any
    lead = ""
    stray: Stray | None = None

    def __init__(self, request: WireRequest, deadline: float, *, proxied: bool) -> None:
        """ValueError where `request` can't be written as one request of HTTP."""
        super().__init__()
        scheme, _, rest = request.url.partition("#")[0].partition("://")
        authority = rest.partition("/")[0].partition("?")[0]
        target, authority = rest[len(authority) :], authority.rpartition("@")[2]
        self.scheme = scheme.lower()
        if self.scheme not in _PORTS or not authority:
            raise ValueError(f"{request.url!r} is not an http: or https: URL")
        host, colon, port = authority.rpartition(":")
        if not colon or port.endswith("]"):  # the end of an IPv6 address
            host, port = authority, ""
        self.host, self.port = host, int(port or _PORTS[self.scheme])
        self.where = f"{self.host}:{self.port}"
        self.request, self.deadline, self.fresh = request, deadline, False
        self.opens_websocket = ascii_lower(request.headers.get("Upgrade") or "") == "websocket"
        self.only_http1 = self.opens_websocket
        self.forwarded = proxied and self.scheme == "http"
        target = target if target.startswith("/") else f"/{target}"
        self._write(authority, f"http://{authority}{target}" if self.forwarded else target)

    def copy(self) -> Outgoing:
        """Itself: the connection needs this object, not a plain dict."""
        return self

    def encoded(self) -> bytes:
        """The request as it goes out, body included."""
        return self._start + _lines(self.items()) + self._rest

    def _write(self, authority: str, target: str) -> None:
        given, body, method = self.request.headers, self.request.body, self.request.method
        if re.search(r"[\0- \x7f]", method + target):
            raise ValueError("a method or URL cannot contain a space or a control character")
        added = [] if "Host" in given else [("Host", authority)]
        if "Content-Length" not in given and "Transfer-Encoding" not in given:
            if body is not None or method in ("POST", "PUT"):
                added.append(("Content-Length", str(len(body or b""))))
        elif "chunked" in (given.get("Transfer-Encoding") or "").lower():
            body = (b"%x\r\n%b\r\n" % (len(body), body) if body else b"") + b"0\r\n\r\n"
        self.authority, self.target = given.get("Host") or authority, target
        self.lines = (*added, *given)
        self._start = f"{method} {target} HTTP/1.1\r\n".encode() + _lines(added)
        self._rest = _lines(given) + b"\r\n" + (body or b"")


def _lines(headers: Iterable[tuple[str, str]]) -> bytes:
    """Header lines as bytes; ValueError where one would become two."""
    lines = [f"{name}: {value}" for name, value in headers]
    if any(re.search(r"[\r\n\0]", line) for line in lines):
        raise ValueError("a header cannot contain a line break")
    return "".join(f"{line}\r\n" for line in lines).encode("latin-1")
