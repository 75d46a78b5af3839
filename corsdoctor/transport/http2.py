"""HTTP/2 on a connected socket, one request at a time. The only file that imports h2, an extra: corsdoctor[http2].

h2 has the protocol and no sockets, so that names, proxies, certificates and deadlines stay those of HTTP/1.1. Header lines
leave in the same order, with their names in lower case, and arrive as the server sent them.
"""

from __future__ import annotations

import socket
import ssl
from contextlib import suppress
from http.client import LineTooLong
from time import monotonic
from typing import Any, Final

from corsdoctor.errors import InvalidScenario, Mistake
from corsdoctor.transport.dial import left
from corsdoctor.transport.errors import GaveUp, Refused, Unreadable, WantsHTTP1
from corsdoctor.transport.head import MAX_BODY, body_seconds
from corsdoctor.transport.outgoing import Outgoing
from corsdoctor.wire import MAX_HEAD, MAX_LINES, BodyEnd, ascii_lower

_OF_HTTP1: Final = frozenset({"connection", "host", "http2-settings", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade"})  # fmt: skip
_PIECE: Final = 64 * 1024
_IDLE_PIECES: Final = 16  # a server that sends more than these while no request is under way may never stop
_FRAME_HEAD: Final = 9
_GOAWAY: Final = 7  # a type of frames
_SAID: Final = 200  # bytes of what a GOAWAY says that are quoted
_LINE_OVERHEAD: Final = 4  # bytes that a line of HTTP/1.1 has beside its name and value


def check_installed() -> None:
    """InvalidScenario where h2 is not installed."""
    try:
        import h2.connection  # noqa: F401
    except ImportError:
        raise InvalidScenario(Mistake("http2", "", "requires an extra: pip install 'corsdoctor[http2]'")) from None


class Session:
    """A connection on which HTTP/2 was agreed. A response is a Reply; OSError where the connection ends before it."""

    def __init__(self, sock: socket.socket) -> None:
        import h2.config
        import h2.connection
        import h2.settings

        config = h2.config.H2Configuration(
            header_encoding=None, validate_outbound_headers=False, normalize_outbound_headers=False,
            validate_inbound_headers=False, normalize_inbound_headers=False,
        )  # fmt: skip
        self._h2, self._sock = h2.connection.H2Connection(config), sock
        code = h2.settings.SettingCodes
        most = MAX_HEAD + 64 * MAX_LINES
        self._h2.local_settings = h2.settings.Settings(
            client=True, initial_values={code.ENABLE_PUSH: 0, code.MAX_HEADER_LIST_SIZE: most, code.INITIAL_WINDOW_SIZE: MAX_BODY * 2},
        )  # fmt: skip
        self._h2.decoder.max_header_list_size = most
        self._h2.initiate_connection()
        self._unread, self._goaway = bytearray(), ""
        self.received = 0
        self.deadline = 0.0

    def request(self, outgoing: Outgoing) -> Reply:
        """Sends `outgoing`, and returns its response as soon as its head is there."""
        import h2.exceptions

        self.deadline, self.received = outgoing.deadline, 0
        try:
            return self._requested(outgoing)
        except h2.exceptions.H2Error as e:  # such as no more streams: the server's settings forbid them
            raise Unreadable(str(e)) from e

    def _requested(self, outgoing: Outgoing) -> Reply:
        body = outgoing.request.body or b""
        reply = Reply(self, self._h2.get_next_available_stream_id())
        self._h2.send_headers(reply.stream, _lines(outgoing), end_stream=not body)
        while body and not reply.complete:
            room = min(self._h2.local_flow_control_window(reply.stream), self._h2.max_outbound_frame_size, len(body))
            if not room:
                self.read(reply)
                continue
            self._h2.send_data(reply.stream, body[:room], end_stream=room == len(body))
            body = body[room:]
            self._flush()
        self._flush()
        while not reply.status:
            self.read(reply)
        return reply

    def is_usable(self) -> bool:
        """Whether the connection can take another request, after whatever came while it waited."""
        try:
            self._sock.settimeout(0)
            for _ in range(_IDLE_PIECES):
                data = self._sock.recv(_PIECE)
                if not data:
                    break
                self._take(data, None)
                self._flush()
                self._sock.settimeout(0)
        except (BlockingIOError, ssl.SSLWantReadError):
            return not self._goaway
        except (OSError, Unreadable, LineTooLong):
            pass
        return False

    def read(self, reply: Reply) -> None:
        """Waits for more of `reply`. TimeoutError at the deadline, OSError where the connection is closed."""
        try:
            self._flush()
            remaining = self.deadline - monotonic()
            if remaining <= 0:
                raise TimeoutError
            self._sock.settimeout(remaining)
            data = self._sock.recv(_PIECE)
            if not data:
                raise ConnectionResetError
        except (ConnectionError, ssl.SSLError) as e:
            if self._goaway:
                raise GaveUp(self._goaway) from e
            raise
        self.received += len(data)
        self._take(data, reply)

    def _take(self, data: bytes, reply: Reply | None) -> None:
        """Takes in `data` frame by frame: of a faulty frame and those before it, h2 would report only the fault."""
        self._unread += data
        while len(self._unread) >= _FRAME_HEAD:
            size = _FRAME_HEAD + int.from_bytes(self._unread[:3])
            if size > _FRAME_HEAD + self._h2.max_inbound_frame_size:
                http1 = self._unread.startswith(b"HTTP/1.")
                raise Unreadable("it is HTTP/1" if http1 else "a frame is larger than allowed")
            if len(self._unread) < size:
                break
            frame = bytes(self._unread[:size])
            del self._unread[:size]
            if frame[3] == _GOAWAY:
                self._take_goaway(frame, reply)
            else:
                self._take_frame(frame, reply)

    def _take_goaway(self, frame: bytes, reply: Reply | None) -> None:
        """Notes that no further request is possible. To h2 the connection would end here, but responses may follow."""
        latest, code, said = frame[_FRAME_HEAD:][:4], frame[_FRAME_HEAD + 4 :][:4], frame[_FRAME_HEAD + 8 :]
        words = f": {said[:_SAID].decode('latin-1')}" if said else ""
        self._goaway = f"GOAWAY {_name_of(int.from_bytes(code))}{words}"
        if reply is not None and not reply.status and reply.stream > int.from_bytes(latest) & 0x7FFFFFFF:
            raise Refused(self._goaway)

    def _take_frame(self, frame: bytes, reply: Reply | None) -> None:
        import h2.events
        import h2.exceptions

        try:
            events = self._h2.receive_data(frame)
        except h2.exceptions.DenialOfServiceError as e:
            raise LineTooLong("head") from e
        except h2.exceptions.InvalidBodyLengthError:
            if reply is not None:
                reply.end, reply.complete = BodyEnd.CUT, True
            return
        except h2.exceptions.ProtocolError as e:
            raise Unreadable(str(e).partition(":")[0]) from e  # the rest may name a place in memory
        for event in events:
            stream = getattr(event, "stream_id", None)
            if reply is None or stream != reply.stream:
                continue
            if isinstance(event, h2.events.ResponseReceived):
                reply.begin(event.headers)
            elif isinstance(event, h2.events.DataReceived):
                reply.body += event.data
                self._h2.acknowledge_received_data(event.flow_controlled_length, reply.stream)
            elif isinstance(event, h2.events.StreamEnded):
                reply.end, reply.complete = BodyEnd.WHOLE, True
            elif isinstance(event, h2.events.StreamReset):
                reply.reset(event.error_code)

    def _flush(self) -> None:
        """Sends what is waiting. A server that has closed the connection may have said why: that is still to be read."""
        data = memoryview(self._h2.data_to_send())
        with suppress(ConnectionError):  # where there is nothing to read, reading fails too
            for i in range(0, len(data), _PIECE):
                self._sock.settimeout(left(self.deadline))
                self._sock.sendall(data[i : i + _PIECE])


class Reply:
    """A response. It stands in for a Head, so that `live` treats both alike."""

    http_version, reason, excess = "2", "", 0

    def __init__(self, session: Session, stream: int) -> None:
        self._session, self.stream = session, stream
        self.status, self.pairs = 0, list[tuple[str, str]]()
        self.body, self.end, self.complete = bytearray(), BodyEnd.UNREAD, False

    def begin(self, lines: list[tuple[bytes, bytes]]) -> None:
        """The head is there: `lines` are its header block."""
        pairs = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in lines]
        self.pairs = [(name, value.strip(" \t")) for name, value in pairs if not name.startswith(":")]
        if len(self.pairs) > MAX_LINES or sum(len(n) + len(v) + _LINE_OVERHEAD for n, v in self.pairs) > MAX_HEAD:
            raise LineTooLong("head")
        upper = next((name for name, _ in self.pairs if name != ascii_lower(name)), None)
        if upper is not None:
            raise Unreadable(f"the header name {upper!a} has upper case letters")
        status = dict(pairs).get(":status", "")
        if len(status) != 3 or not (status.isascii() and status.isdecimal()):
            raise Unreadable("the response has no status code")
        self.status = int(status)

    def reset(self, code: Any) -> None:
        """The server gave up the stream."""
        import h2.errors

        if self.complete:
            return  # it did not wait for the rest of the request
        if self.status:
            self.end, self.complete = BodyEnd.RESET, True
        elif code == h2.errors.ErrorCodes.REFUSED_STREAM:
            raise Refused(f"RST_STREAM {_name_of(code)}")
        elif code == h2.errors.ErrorCodes.HTTP_1_1_REQUIRED:
            raise WantsHTTP1
        else:
            raise GaveUp(f"RST_STREAM {_name_of(code)}")

    def is_spent(self, *, patient: bool) -> bool:
        """Reads a small body to its end, if that comes soon. Returns whether the connection can take another request."""
        self._session.deadline = monotonic() + body_seconds(patient=patient)
        try:
            while not self.complete and len(self.body) <= MAX_BODY:
                self._session.read(self)
        except TimeoutError:
            self.end = BodyEnd.STALLED if patient else BodyEnd.UNREAD
        except (OSError, Unreadable, LineTooLong):
            self.end = BodyEnd.CUT
        return self.end is BodyEnd.WHOLE

    def close(self) -> None:
        """Nothing: the connection is not the response's."""


def _name_of(code: int) -> str:
    """The error that a frame names."""
    import h2.errors

    known = {each.value: each.name for each in h2.errors.ErrorCodes}
    return known.get(code, f"{code:#x}")


def _lines(outgoing: Outgoing) -> list[tuple[bytes, bytes]]:
    request = outgoing.request
    pseudo = (
        (":method", request.method), (":authority", outgoing.authority), (":scheme", outgoing.scheme), (":path", outgoing.target),
    )  # fmt: skip
    lines = [(name, value) for name, value in outgoing.lines if ascii_lower(name) not in _OF_HTTP1]
    return [(ascii_lower(n).encode("latin-1"), v.encode("latin-1")) for n, v in (*pseudo, *lines)]
