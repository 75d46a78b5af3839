"""Plays a case on a raw socket: packets and pauses as the case says."""

from __future__ import annotations

import socket
import threading
import time

from tests.transport.conftest import Peer, Talk
from tests.transport.recording.cases import OK, Case, End, Play


def playing(case: Case) -> Talk:
    """A talk that plays `case`. A connection counts from its first request: browsers open some that they don't use."""
    lock, used = threading.Lock(), 0

    def talk(peer: Peer) -> None:
        nonlocal used
        peer.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        left: list[Play] | None = None
        while peer.request():
            if left is None:
                with lock:
                    left, used = list(case.plays) if not used else [], used + 1
            for act in left.pop(0) if left else (OK,):
                match act:
                    case str():
                        peer.sock.sendall(act.encode("latin-1"))
                    case int():
                        time.sleep(act / 1000)
                    case End.RESET:
                        peer.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
                        return
                    case End.CLOSE:
                        return

    return talk
