"""The head of an answer: which answer is the final one, when reading ends, and what is another protocol."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from time import monotonic

import pytest

from corsdoctor.transport.head import Head, other_protocol
from corsdoctor.wire import FailureKind


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, socket.socket]]:
    """The client's end of a connection, and the server's."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


Ends = tuple[socket.socket, socket.socket]


@pytest.mark.parametrize(
    ("status", "final"), [(100, 204), (102, 204), (103, 204), (199, 204), (101, 101), (200, 200), (999, 999)]
)
def test_interim_answers_are_followed_by_the_final_one(ends: Ends, status: int, final: int) -> None:
    ends[1].sendall(f"HTTP/1.1 {status} A\r\nX: 1\r\n\r\nHTTP/1.1 204 B\r\nY: 2\r\n\r\n".encode())
    head = Head(ends[0], monotonic() + 600, "GET")
    head.begin()
    assert (head.status, head.pairs) == (final, [("Y", "2") if final == 204 else ("X", "1")])
    head.close()


def test_what_arrives_after_the_deadline_or_beyond_the_limit_is_not_read(ends: Ends) -> None:
    ends[1].sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    late = Head(ends[0], monotonic(), "GET")
    with pytest.raises(TimeoutError):
        late.begin()
    assert late.wire.received == 0
    enough = Head(ends[0], monotonic() + 600, "GET")
    enough.wire.limit = 1
    assert enough.wire.readinto(bytearray(1)) == 1
    with pytest.raises(TimeoutError):
        enough.wire.readinto(bytearray(1))
    assert enough.wire.received == 1
    for head in (late, enough):
        head.close()


@pytest.mark.parametrize(
    ("start", "kind"),
    [
        (b"\x15\x03\x00", FailureKind.PLAIN_HTTP),
        (b"\x15\x03\x04\x00\x02\x02\x46", FailureKind.PLAIN_HTTP),
        (b"\x15\x03\x05", None),
        (b"\x16\x03\x01", None),
        (b" \x15\x03\x01", None),
        (b"\x00\x00\x12\x04\x00\x00\x00\x00\x00", FailureKind.ONLY_HTTP2),
        (b"\x00\x40\x0a\x07\x00\x80\x00\x00\x00", FailureKind.ONLY_HTTP2),
        (b"\x00\x41\x0a\x07\x00\x80\x00\x00\x00", None),
        (b"\x00\x00\x12\x05\x00\x00\x00\x00\x00", None),
        (b"\x00\x00\x12\x04\x00\x00\x00\x00\x01", None),
        (b" \x00\x00\x12\x04\x00\x00\x00\x00\x00", None),
        (b"HTTP/1.1 200 OK", None),
    ],
)
def test_other_protocols_are_known_by_their_first_bytes(start: bytes, kind: FailureKind | None) -> None:
    """A TLS alert, and the frames SETTINGS and GOAWAY of the whole connection."""
    assert other_protocol(start) == kind
