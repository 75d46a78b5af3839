"""Bytes from a socket -> the head of an answer, as it came, however slowly and however much of it comes.

Whatever the head says, nothing is decided about it here but where it ends and whether the connection is of use after
it. Errors are raised as http.client and the socket name it; `errors` has the words.
"""

from __future__ import annotations

import http.client
import io
import re
import socket
import ssl
import sys
from contextlib import suppress
from time import monotonic
from typing import Any

from corsdoctor.wire import MAX_HEAD, MAX_LINES, BodyEnd, FailureKind, Headers

_MAX_LEAD = 4  # bytes before the first status line of a connection that Chromium and Firefox skip
_MAX_STRAY = 64 * 1024  # bytes that an earlier answer may leave on a connection
MAX_BODY = 64 * 1024  # a longer body costs more than a new connection
_PIECE = 2048  # bytes of a body that are read at once
_MAX_SIZE_LINE = 4096  # bytes of a chunk's size and its extensions
_BODY_SECONDS = 0.25  # an event stream never ends, and the headers have arrived, so nothing waits for it
_PATIENT_SECONDS = 3.0  # WebKit waits for the end of a preflight response's body, however long it takes
_STATUS_LINE_STARTS = b"HTTP/1."
_STATUS_LINE = rb"(?s)HTTP/(1\.\d)[ \t]+([1-9]\d\d)(?:[ \t]+(.*?))?[ \t]*"
_BLANK = " \t\r\n"  # not str.strip()'s: it takes the bytes 85 and A0 away as well


def other_protocol(start: bytes | bytearray) -> FailureKind | None:
    """What a server uses in place of HTTP/1, where its first bytes show it.

    They are the header of a TLS alert, or of the frames with which a server starts and ends HTTP/2: SETTINGS and GOAWAY
    of stream 0. https://httpwg.org/specs/rfc9113.html#FrameHeader
    """
    if re.match(rb"\x15\x03[\0-\x04]", start):
        return FailureKind.PLAIN_HTTP
    return FailureKind.ONLY_HTTP2 if re.match(rb"(?s)\0[\0-\x40].[\x04\x07].[\0\x80]\0{3}", start) else None


def body_seconds(*, patient: bool) -> float:
    """How long to wait for the end of a response's body: `patient` if it decides something."""
    return _PATIENT_SECONDS if patient else _BODY_SECONDS


class _Bounded(io.RawIOBase):
    """Reads a socket until a deadline and up to a number of bytes, however slowly they come."""

    def __init__(self, sock: socket.socket, deadline: float) -> None:
        self._sock, self._file = sock, sock.makefile("rb", buffering=0)
        self.deadline, self.limit, self.received, self.ended = deadline, sys.maxsize, 0, False

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
        self.ended = count == 0
        return count

    def close(self) -> None:
        self._file.close()
        super().close()


class Head(http.client.HTTPResponse):
    """The head of an answer; the inherited part reads the body. `pairs` are the header lines as they came.

    `before` are the bytes before the status line, which are skipped. On a connection that is `kept` an earlier answer
    may have left many, such as a 204 with a body; what follows them is the answer all the same. `end` and `excess` are
    known once the body was read.
    """

    def __init__(self, sock: socket.socket, deadline: float, method: str | None, *, kept: bool = False) -> None:
        self.wire = _Bounded(sock, deadline)
        super().__init__(self.wire, method=method)  # type: ignore[arg-type]
        self._asked = method
        self._size = self._count = 0
        self._draining = self._clean = self._bad_size = False
        self._kept, self.before = kept, bytearray()
        self.end, self.excess = BodyEnd.UNREAD, 0  # bytes right behind the body
        self.pairs: list[tuple[str, str]] = []
        self.body = bytearray()  # the body as far as it was read, encoded as Content-Encoding says

    def begin(self) -> None:
        """Reads up to the end of the final answer's headers."""
        line = self._first_line()
        while True:
            self.http_version, self.status, self.reason = _parsed(line)
            self._read_pairs()
            if self.status >= 200 or self.status == 101:
                break
            self._size = self._count = 0  # browsers take 20,000 interim answers; the deadline ends an endless row
            line = self._read_line()
        self.headers = self.msg = http.client.HTTPMessage()  # stays empty: urllib3 chokes on some header values
        headers = Headers(tuple(self.pairs))
        coding, connection = ((headers.get(n) or "").lower() for n in ("Transfer-Encoding", "Connection"))
        lengths = {part.strip(_BLANK) for part in (headers.get("Content-Length") or "").split(",")}
        length = next(iter(lengths)) if len(lengths) == 1 else ""
        self.length = int(length) if not coding and re.fullmatch(r"[0-9]{1,18}", length) else None
        self.chunked, self.chunk_left = coding == "chunked", None
        if self._asked == "HEAD" or self.status < 200 or self.status in (204, 304):
            self.length, self.chunked = 0, False
        keep = "keep-alive" in connection if self.http_version == "1.0" else "close" not in connection
        announced = self.status == 204 and (coding != "" or not lengths <= {"", "0"})  # the body may be on its way
        self.will_close = not keep or announced or self.status == 101 or (self.length is None and not self.chunked)

    def behind(self) -> bytes:
        """What came together with the head and stands behind it; nothing is waited for."""
        self.wire.deadline = 0
        with suppress(OSError):
            return self.fp.peek(1)
        return b""

    def is_spent(self, *, patient: bool) -> bool:
        """Reads a small body to its end, if that comes soon. Returns whether the connection can take another request."""
        self.end = self._read_body(patient=patient)
        if self.end is not BodyEnd.WHOLE:
            self.excess = 0
            return False
        return self._clean and not self.will_close

    def _read_body(self, *, patient: bool) -> BodyEnd:
        until_closed = self.length is None and not self.chunked
        if (self.length or 0) > MAX_BODY or (until_closed and not patient):
            if self._explains():
                self.wire.deadline, self.wire.limit = monotonic() + _BODY_SECONDS, self.wire.received + MAX_BODY
                with suppress(OSError, http.client.HTTPException, ValueError):
                    self._keep_body()
            return BodyEnd.UNREAD
        self.wire.deadline = monotonic() + body_seconds(patient=patient)
        self.wire.limit = self.wire.received + MAX_BODY
        self._draining = True
        try:
            self._keep_body()
        except TimeoutError:
            slow = patient and self.wire.received < self.wire.limit
            return BodyEnd.STALLED if slow else BodyEnd.UNREAD
        except OSError:
            return BodyEnd.RESET
        except (http.client.HTTPException, ValueError):  # does no harm: the headers are here
            if self._bad_size:
                return BodyEnd.BROKEN
            return BodyEnd.CUT if self.wire.ended or not self.chunked else BodyEnd.UNREAD
        finally:
            self._draining = False
        if until_closed and not self.wire.ended:
            return BodyEnd.UNREAD
        return BodyEnd.CUT if self.length else BodyEnd.WHOLE

    def _keep_body(self) -> None:
        """Reads in pieces, so that what came before an error is kept."""
        while len(self.body) <= MAX_BODY:
            try:
                piece = self.read(min(_PIECE, MAX_BODY + 1 - len(self.body)))
            except http.client.IncompleteRead as e:
                self.body += e.partial
                raise
            if not piece:
                return
            self.body += piece

    def _explains(self) -> bool:
        """Whether the body may say why a request failed: the body of an error, or a page."""
        kind = Headers(tuple(self.pairs)).get("Content-Type") or ""
        return self.status >= 400 or kind.lower().startswith("text/html")

    def _read_next_chunk_size(self) -> int:
        line = self.fp.readline(_MAX_SIZE_LINE)
        size = re.match(rb"[0-9a-fA-F]{1,15}(?=[ \t;\r\n])", line)
        if size is None:
            self._bad_size = line.endswith(b"\n") and bool(line.strip())
            raise ValueError(line)
        return int(size[0], 16)

    def _close_conn(self) -> None:
        if self._draining:  # what follows the body (a 204 with a body, say) would be taken for the next answer
            self.wire.deadline = 0
            with suppress(OSError, ValueError):
                try:
                    behind = self.fp.peek(1)
                except ssl.SSLWantReadError:
                    behind = b""
                self._clean = not behind
                self.excess = 0 if behind.startswith(_STATUS_LINE_STARTS) else len(behind)
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

    def _first_line(self) -> bytes:
        """The first status line, after what is `before` it."""
        start = self.fp.peek(1)[:40]
        if not start or start.startswith(_STATUS_LINE_STARTS):
            return self._read_line()
        most = (_MAX_STRAY if self._kept else _MAX_LEAD) + len(_STATUS_LINE_STARTS)
        while not self.before.endswith(_STATUS_LINE_STARTS):
            known = len(self.before) >= most or other_protocol(self.before)
            byte = b"" if known else self.fp.read(1)
            if not byte and _STATUS_LINE_STARTS.startswith(self.before):  # the status line itself was cut off
                self.before.clear()
                raise http.client.RemoteDisconnected(start.decode("latin-1"))
            if not byte:
                raise http.client.BadStatusLine(max(start, bytes(self.before), key=len).decode("latin-1"))
            self.before += byte
        del self.before[-len(_STATUS_LINE_STARTS) :]
        return _STATUS_LINE_STARTS + self._read_line()

    def _read_pairs(self) -> None:
        self.pairs = []
        while line := self._read_line():
            text = line.decode("latin-1")
            name, colon, value = text.partition(":")
            if text[0] in _BLANK:
                if self.pairs:  # obs-fold
                    name, before = self.pairs.pop()
                    self.pairs.append((name, f"{before} {text.strip(_BLANK)}".strip(_BLANK)))
            elif colon and name.strip(_BLANK):  # browsers skip a line that is not a header
                self.pairs.append((name, value.strip(_BLANK)))


def _parsed(line: bytes) -> tuple[str, int, str]:
    """Version, status and reason of a status line."""
    m = re.fullmatch(_STATUS_LINE, line)
    if m is None:
        raise http.client.BadStatusLine(line[:40].decode("latin-1"))
    return m[1].decode(), int(m[2]), (m[3] or b"").decode("latin-1")
