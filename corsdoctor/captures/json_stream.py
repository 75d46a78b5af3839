"""Reads a JSON text of any size piece by piece: what is in `log.entries` one element at a time, the rest whole.

Python's own parser reads each piece. Long values of the name "text", which hold bodies, are shortened before that, so
that memory does not depend on their size.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final, TypeVar

from corsdoctor.record import Record

_Read = TypeVar("_Read")

KEPT: Final = 4096
"""How many characters are kept of a body, at least."""
LONG: Final = 1_000_000
"""How many characters of a body are read, at least, before the rest of it is left out."""
MOST_AT_ONCE: Final = 32_000_000
"""The most characters that one value may have, its bodies not counted."""
_AHEAD: Final = 1000
_SPACE: Final = re.compile(r"[ \t\n\r]*")
_NAME: Final = '"text"'
_VALUE: Final = re.compile(r'[ \t\r\n]*:[ \t\r\n]*"')
_ESCAPE: Final = re.compile(r"(?:\\(?:u[0-9a-fA-F]{0,3})?)?\Z")
_LONGEST_PART: Final = len(r"\u123")
_OPENING: Final = re.compile(r'\{[ \t\n\r]*"[^"\\]*"')
_BLOCK: Final = 4096
_NOTHING: Final = re.compile("")
_ENDS: Final = "the file ends"
_TOO_DEEP: Final = "nested too deeply"


class Place(Record):
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


class Cut(Record):
    """`removed` bytes were left out before the byte `at` of what is read."""

    at: int
    removed: int


def _ends(text: str) -> bool:
    """Whether a string ends in `text`, which does not begin within an escape. To count first is faster than to look."""
    return text.count('"') > text.count('\\"') or ('\\\\"' in text and '"' in _masked(text))


def _masked(text: str) -> str:
    """`text` with other characters in place of escaped quotation marks. It does not begin within an escape."""
    return text.replace("\\\\", "__").replace('\\"', "__")


def _before_escape(text: str, start: int = 0) -> int:
    """The end of `text`, or the place before it where an escape begins that is not whole; `start` is not within one."""
    found = _ESCAPE.search(text, max(start, len(text) - _LONGEST_PART))
    assert found is not None  # it matches nothing, too
    before = text[start : found.start()]
    return len(text) if (len(before) - len(before.rstrip("\\"))) % 2 else found.start()


class Reader:
    """Reads one JSON value after another from `chunks` of UTF-8."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._cuts: list[Cut] = []
        self._chunks = map(codecs.getincrementaldecoder("utf-8")("replace").decode, chunks)
        # Numbers are read as floats: an int of 5,000 digits is an error in Python.
        decoder: Any = json.JSONDecoder(parse_int=float)
        self._scan: Callable[[str, int], tuple[Any, int]] = decoder.scan_once
        self._text, self._at = "", 0
        self._opening = ""  # what elements of the array begin with: `{"name"`
        self._line, self._before = 1, 0  # of the start of _text: its line, and how many bytes of that line precede it
        self.passed = 0
        """How many bytes precede what is held."""

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

    def ahead(self) -> str:
        """The text of the next elements of an array, as far as it has been read, without brackets; "" if it shows no end.

        It ends before an element that begins with the same name as the first. The name may also stand within an element, so the
        caller checks that the text is JSON, and then takes it with pass_over().
        """
        self.peek()
        if not self._opening:
            self.skip(_NOTHING)
            found = _OPENING.match(self._text, self._at)
            self._opening = "" if found is None else found[0]
        if not self._opening or not self._text.startswith(self._opening, self._at):
            return ""
        last = self._text.rfind(self._opening, self._at)
        while last == self._at and len(self._text) - last < 2 * LONG and self._more():
            last = self._text.rfind(self._opening, self._at)
        return self._text[self._at : max(self._at, self._text.rfind(",", self._at, last))]

    def pass_over(self, text: str) -> None:
        """Passes `text`, which ahead() returned."""
        self._at += len(text)

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
        left = len(self._text) - self._at
        if left > MOST_AT_ONCE:
            raise self.malformed(f"a value has more than {MOST_AT_ONCE // 1_000_000} million characters")
        pieces = [self._behind_body()] if left > LONG else []
        read = sum(map(len, pieces))
        for chunk in self._chunks:
            pieces.append(chunk)
            read += len(chunk)
            if read >= max(1, left):  # as much again, so that a long value is not read too often
                break
        if not read:
            return False
        newline = self._text.rfind("\n", 0, self._at)
        self._line += _newlines(self._text, self._at)
        self._before = self._before * (newline < 0) + _size(self._text, newline + 1, self._at)
        self.passed += _size(self._text, 0, self._at)
        self._text, self._at = self._text[self._at :] + "".join(pieces), 0
        return True

    def _behind_body(self) -> str:
        """Passes the rest of a body in which what was read ends, and returns what was read behind it, from its `"` on."""
        name = self._text.rfind(_NAME, self._at)
        begins = None if name < 0 else _VALUE.match(self._text, name + len(_NAME))
        if begins is None or len(self._text) - begins.end() < KEPT or _ends(self._text[begins.end() :]):
            return ""
        kept = _before_escape(self._text, begins.end())
        part, self._text = self._text[kept:], self._text[:kept]
        removed = 0
        for chunk in self._chunks:
            text = part + chunk
            ends = _ends(text)
            upto = _masked(text).find('"') if ends else _before_escape(text)
            part = text[upto:]
            removed += _size(text, 0, upto)
            if ends:
                break
        self._cuts.append(Cut(self.passed + _size(self._text, 0, kept), removed))
        return part

    def _place(self, at: int) -> Place:
        newline = self._text.rfind("\n", 0, at)
        here = self.passed + _size(self._text, 0, at)
        column = self._before * (newline < 0) + _size(self._text, newline + 1, at)
        removed = sum(cut.removed for cut in self._cuts if here - column < cut.at <= here)
        return Place(self._line + self._text.count("\n", 0, at), column + removed + 1)


def _newlines(text: str, end: int) -> int:
    """How many line feeds text[:end] has. To find the next one is faster than to count, where there is none for long."""
    count, at = 0, text.find("\n", 0, end)
    while at >= 0:
        upto = min(at + _BLOCK, end)
        count += text.count("\n", at, upto)
        at = text.find("\n", upto, end)
    return count


def _size(text: str, start: int, end: int) -> int:
    """How many bytes of UTF-8 text[start:end] is."""
    return end - start if text.isascii() else len(text[start:end].encode("utf-8", "surrogatepass"))
