"""What a server uses that closes each connection without a word: one more handshake shows it.

Many servers do not answer what they can't read: Node.js, OpenSSL and gRPC close the connection. Nothing is sent here but
a TLS handshake, without a client certificate and without a request.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from time import monotonic
from typing import Final

from corsdoctor.transport.dial import left
from corsdoctor.wire import FailureKind

SECONDS: Final = 3.0


def second_look(scheme: str, host: str, dialed: Callable[[float], socket.socket]) -> FailureKind | None:
    """The protocol that the server uses in place of that of `scheme`; None if none is seen.

    `dialed` connects to the server until a deadline, and raises OSError or ValueError where it cannot.
    """
    deadline = monotonic() + SECONDS
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE  # nothing is sent, and no answer is trusted
    if scheme == "https":
        context.set_alpn_protocols(["h2"])
    with suppress(OSError, ValueError), dialed(deadline) as sock:
        sock.settimeout(left(deadline))
        try:
            with context.wrap_socket(sock, server_hostname=host.strip("[]")) as secured:
                if scheme == "http":
                    return FailureKind.PLAIN_HTTP
                return FailureKind.ONLY_HTTP2 if secured.selected_alpn_protocol() == "h2" else None
        except ssl.SSLError as e:
            if scheme == "http" and "alert" in (e.reason or str(e)).lower():
                return FailureKind.PLAIN_HTTP
    return None
