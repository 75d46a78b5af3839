"""Reads a JSON text of any size piece by piece: what is in `log.entries` one element at a time, the rest whole.

Python's own parser reads each piece. Long values of the name "text", which hold bodies, are shortened before that, so
that neither memory nor time depends on their size.
"""

from __future__ import annotations

import codecs
import json
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final, NamedTuple, TypeVar

_Read = TypeVar("_Read")

KEPT: Final = 4096
"""How many bytes of a body are kept, at most."""
MOST_AT_ONCE: Final = 32_000_000
"""The most characters that one value may have, its bodies not counted."""
_AHEAD: Final = 1000
_SPACE: Final = re.compile(r"[ \t\n\r]*")
_NAME: Final = b'"text"'
_ESCAPE: Final = re.compile(rb"(?:\\u[dD][89abAB][0-9a-fA-F]{2})?(?:\\u[0-9a-fA-F]{0,3})?\Z")
"""A high surrogate or a part of an escape, or nothing, at the end."""
_LONGEST_ESCAPE: Final = 12
_ENDS: Final = "the file ends"
_TOO_DEEP: Final = "nested too deeply"


class Place(NamedTuple):
    """A place in a text: both count from 1, and `column` counts bytes of UTF-8."""

    line: int
    column: int

    def __str__(self) -> str:
        return f"line {self.line}, column {self.column}"


class Malformed(ValueError):
    """The text is not JSON from `place` on, or ends there."""

    def __init__(self, reason: str, place: Place) -> None:
        super().__init__(f"{reason} at {place}")
        self.reason, self.place = reason, place


class Cut(NamedTuple):
    """`removed` bytes of a body are missing before the byte `at` of what shortened() yields."""

    at: int
    removed: int


def shortened(chunks: Iterable[bytes], cuts: deque[Cut] | None = None) -> Iterator[bytes]:
    """`chunks` of UTF-8 JSON, with at most the first KEPT bytes of each string that is the value of a "text".

    What was removed is added to `cuts`. Escaped quotation marks are masked first, so that a string ends at the next one.
    """
    cuts = deque() if cuts is None else cuts
    rest, inside, removed, written = b"", False, 0, 0
    for data in chunks:
        chunk = rest + data if rest else data
        whole = len(chunk) - (len(chunk) - len(chunk.rstrip(b"\\"))) % 2  # a backslash at the end escapes what follows
        masked = chunk.replace(b"\\\\", b"__").replace(b'\\"', b"__") if b"\\" in chunk else chunk
        pieces: list[bytes] = []
        start = 0  # of what is neither written nor removed
        if inside:
            end = masked.find(b'"', 0, whole)
            start = whole if end < 0 else end
            removed += start
            if end >= 0:
                cuts.append(Cut(written, removed))
                inside, removed = False, 0
        searched = start
        while not inside:
            name = masked.find(_NAME, searched, whole)
            first = masked.find(b'"', name + len(_NAME), whole) if name >= 0 else -1
            if first < 0:
                if name >= 0 or _NAME[:1] in masked[max(start, whole - len(_NAME)) : whole]:
                    whole = max(start, name if name >= 0 else masked.rfind(_NAME[:1], start, whole))
                break
            if masked[name + len(_NAME) : first].strip(b" \t\r\n") != b":":
                searched = first
                continue
            end = masked.find(b'"', first + 1, whole)
            length = (whole if end < 0 else end) - first - 1
            if length > KEPT:
                kept = _beginning(chunk, masked, first + 1)
                piece = chunk[start : first + 1] + kept
                pieces.append(piece)
                written += len(piece)
                inside, removed, start = end < 0, length - len(kept), whole if end < 0 else end
                if end >= 0:
                    cuts.append(Cut(written, removed))
                    removed = 0
            elif end < 0:
                whole = name  # the string goes on
                break
            searched = max(start, end)
        pieces.append(chunk[start:whole])
        written += whole - start
        rest = chunk[whole:]
        yield b"".join(pieces)
    yield rest


def _beginning(chunk: bytes, masked: bytes, start: int) -> bytes:
    """At most KEPT bytes of `chunk` from `start` on, without a part of an escape or of a character at the end."""
    kept = chunk[start : start + KEPT].rstrip(b"\\")
    last = max(0, len(kept) - _LONGEST_ESCAPE)
    cut_off = _ESCAPE.search(masked[start + last : start + len(kept)])
    assert cut_off is not None  # it matches nothing, too
    return kept[: last + cut_off.start()].decode("utf-8", "ignore").encode()


class Reader:
    """Reads one JSON value after another from `chunks` of UTF-8."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._cuts: deque[Cut] = deque()
        self._chunks = shortened(chunks, self._cuts)
        self._decode = codecs.getincrementaldecoder("utf-8")("replace")
        # Numbers are read as floats: an int of 5,000 digits is an error in Python.
        decoder: Any = json.JSONDecoder(parse_int=float)
        self._scan: Callable[[str, int], tuple[Any, int]] = decoder.scan_once
        self._text, self._at = "", 0
        self._line, self._before = 1, 0  # of the start of _text: its line, and how many bytes of that line precede it
        self._passed = 0  # bytes before _text

    def peek(self) -> str:
        """The next character that is not white space, "" at the end."""
        while True:
            found = _SPACE.match(self._text, self._at)
            assert found is not None  # it matches the empty text too
            self._at = found.end()
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._more():
                return ""

    def take(self, wanted: str) -> None:
        """Passes `wanted`, one character. Raises Malformed if something else is there."""
        if self.peek() != wanted:
            raise self.malformed(f"expected `{wanted}`" if self.peek() else _ENDS)
        self._at += 1

    def skip(self, pattern: re.Pattern[str]) -> bool:
        """Passes what `pattern` matches in the next _AHEAD characters; False if it does not match."""
        while self.peek() and len(self._text) - self._at < _AHEAD and self._more():
            pass
        found = pattern.match(self._text, self._at)
        self._at = self._at if found is None else found.end()
        return found is not None

    def value(self) -> Any:
        """The next value, whole. Raises Malformed."""
        if not self.peek():
            raise self.malformed(_ENDS)
        while True:
            try:
                value, end = self._scan(self._text, self._at)
            except (StopIteration, json.JSONDecodeError) as error:
                at = error.value if isinstance(error, StopIteration) else error.pos
                if self._more():
                    continue
                if at >= len(self._text.rstrip()) or "Unterminated" in str(error):
                    raise self.malformed(_ENDS, len(self._text)) from None
                raise self.malformed("invalid JSON", at) from None
            except RecursionError:
                raise self.malformed(_TOO_DEEP) from None
            if end == len(self._text) and self._more():
                continue  # a number may go on
            self._at = end
            return value

    def members(self) -> Iterator[str]:
        """The names of the object that begins here; after each, the caller reads its value."""
        yield from self._separated("{", "}", self._name)

    def elements(self) -> Iterator[int]:
        """The indices of the array that begins here; before the next one, the caller reads the element."""
        count = iter(range(1 << 62))
        yield from self._separated("[", "]", lambda: next(count))

    def malformed(self, reason: str, at: int | None = None) -> Malformed:
        """An error at the current place, or at the place `at` of what is read."""
        return Malformed(reason, self._place(self._at if at is None else at))

    def _name(self) -> str:
        if self.peek() != '"':
            raise self.malformed("expected a name in quotation marks")
        name: str = self.value()
        self.take(":")
        return name

    def _separated(self, first: str, last: str, read: Callable[[], _Read]) -> Iterator[_Read]:
        self.take(first)
        if self.peek() != last:
            yield read()
            while self.peek() == ",":
                self._at += 1
                yield read()
        self.take(last)

    def _more(self) -> bool:
        """Reads on; False at the end."""
        if len(self._text) - self._at > MOST_AT_ONCE:
            raise self.malformed(f"a value has more than {MOST_AT_ONCE // 1_000_000} million characters")
        wanted = max(1, len(self._text) - self._at)  # as much again, so that a long value is not read too often
        pieces, read = [], 0
        for chunk in self._chunks:
            pieces.append(self._decode.decode(chunk))
            read += len(pieces[-1])
            if read >= wanted:
                break
        if not read:
            return False
        passed = self._text[: self._at]
        self._line += passed.count("\n")
        newline = passed.rfind("\n")
        self._before = self._before * (newline < 0) + _size(passed[newline + 1 :])
        self._passed += _size(passed)
        self._text, self._at = self._text[self._at :] + "".join(pieces), 0
        return True

    def _place(self, at: int) -> Place:
        newline = self._text.rfind("\n", 0, at)
        here = self._passed + _size(self._text[:at])
        column = self._before * (newline < 0) + _size(self._text[newline + 1 : at])
        removed = sum(cut.removed for cut in self._cuts if here - column < cut.at <= here)
        return Place(self._line + self._text.count("\n", 0, at), column + removed + 1)


def _size(text: str) -> int:
    """How many bytes of UTF-8 `text` is."""
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))
