"""The end of a WebSocket that was only opened to see whether the server accepts it."""

from __future__ import annotations

import os
import socket
from contextlib import suppress
from time import monotonic
from typing import Final

from corsdoctor.transport.dial import left
from corsdoctor.transport.head import MAX_BODY

_SECONDS: Final = 1.0
_NORMAL_CLOSURE: Final = (1000).to_bytes(2)


def close_websocket(sock: socket.socket, begun: bytes) -> bytes:
    """Sends a Close frame, and waits shortly until the server has closed the connection.

    Returns the frames that came, those in `begun` included, as far as they may say why the server ends the WebSocket.

    https://www.rfc-editor.org/rfc/rfc6455#section-5.5.1
    """
    mask = os.urandom(4)
    payload = bytes(byte ^ key for byte, key in zip(_NORMAL_CLOSURE, mask, strict=False))
    deadline = monotonic() + _SECONDS
    frames = bytearray(begun)
    with suppress(OSError):
        sock.settimeout(left(deadline))
        sock.sendall(bytes((0x88, 0x80 | len(payload))) + mask + payload)
        while monotonic() < deadline and (piece := sock.recv(4096)):
            frames += piece[: MAX_BODY - len(frames)]
            sock.settimeout(left(deadline))
    return bytes(frames)
