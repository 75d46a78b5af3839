"""Finds the line of each key and list item in a TOML or JSON text, which no parser of the standard library reports.

tomllib or json has accepted the text, so it is not checked for mistakes here.
"""

from __future__ import annotations

import json
import re
import tomllib
from typing import Final

from corsdoctor.value_path import Path

_GAP: Final = re.compile(r"[ \t\r\n]+|#[^\n]*")
_BARE: Final = re.compile(r"[A-Za-z0-9_-]*")
_SCALAR: Final = re.compile(r"[^,\]}#\n]*")
_QUOTES: Final = re.compile(r"""\"{3}|'{3}|["']|""")
_CLOSINGS: Final = {
    '"': re.compile(r'\\.|["\n]', re.DOTALL),
    "'": re.compile(r"['\n]"),
    '"""': re.compile(r'\\.|"{3,5}', re.DOTALL),
    "'''": re.compile("'{3,5}"),
}
"""Matches the end of a string of TOML or JSON that starts with these quotes, and escapes in it."""


def toml_lines(text: str) -> dict[Path, int]:
    """The line, counted from 1, in which the value of each path starts: that of its key, or of the list item."""
    walk = _Walk(text)
    walk.toml()
    return walk.lines


def json_lines(text: str) -> tuple[dict[Path, int], tuple[Path, int] | None]:
    """The same for JSON, and path and line of the first duplicate key, None if there is none."""
    walk = _Walk(text)
    walk.json()
    return walk.lines, walk.twice


def string_end(text: str, start: int) -> int:
    """The index behind the string of TOML or JSON that starts at `start`; behind its line or the text where it never ends.

    `start` itself where no quote stands there. Needs time for the length of the string, and no memory.
    """
    quotes = _QUOTES.match(text, start)
    if quotes is None or not quotes[0]:
        return start
    marks = _CLOSINGS[quotes[0]].finditer(text, quotes.end())
    return next((mark.end() for mark in marks if mark[0][0] != "\\"), len(text))


class _Walk:
    """Goes through the text once. `pos` is where it is, `line` the line there."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.pos = 0
        self.line = 1
        self.lines: dict[Path, int] = {}
        self.twice: tuple[Path, int] | None = None
        self._tables: dict[Path, int] = {}  # of each [[array of tables]], the index of the latest one

    def toml(self) -> None:
        """Goes through a whole TOML text."""
        table: Path = ()
        self._gap()
        while self.pos < len(self.text):
            if self.text[self.pos] == "[":
                table = self._header()
            else:
                self._pair(table, "=")
            self._gap()

    def json(self) -> None:
        """Goes through a whole JSON text."""
        self._gap()
        self._value((), ":")

    def _skip(self, pattern: re.Pattern[str]) -> str:
        """Moves behind what matches here, and returns it."""
        match = pattern.match(self.text, self.pos)
        return "" if match is None else self._skip_to(match.end())

    def _skip_to(self, end: int) -> str:
        """Moves to `end`, and returns the text before it."""
        found = self.text[self.pos : end]
        self.pos = end
        self.line += found.count("\n")
        return found

    def _gap(self) -> None:
        """Moves behind white space and comments."""
        while self._skip(_GAP):
            pass

    def _string(self) -> str:
        """Moves behind the string that starts here, and returns it; "" if none does."""
        return self._skip_to(string_end(self.text, self.pos))

    def _take(self, mark: str) -> bool:
        """Moves behind `mark` if it is next."""
        here = self.text.startswith(mark, self.pos)
        self.pos += len(mark) if here else 0
        return here

    def _header(self) -> Path:
        """A [table], or a [[table]] of an array: its path."""
        array = self._take("[[")
        self.pos += 0 if array else 1
        *parents, last = self._keys()
        if not array:
            path = self._within((*parents, last))
        else:
            path = (*self._within(tuple(parents)), last)
            self._tables[path] = self._tables.get(path, -1) + 1
            self.lines.setdefault(path, self.line)
            path = (*path, self._tables[path])
        self.lines.setdefault(path, self.line)
        self._take("]]" if array else "]")
        return path

    def _within(self, keys: tuple[str, ...]) -> Path:
        """The path of `keys`; in an array of tables, that of the latest table."""
        path: Path = ()
        for key in keys:
            path = (*path, key)
            self.lines.setdefault(path, self.line)
            path = (*path, self._tables[path]) if path in self._tables else path
        return path

    def _pair(self, table: Path, mark: str) -> None:
        """A key and its value in `table`, with `mark` between them, in JSON a colon."""
        path = table
        for key in self._keys() if mark == "=" else (json.loads(self._string()),):
            path = (*path, key)
            if mark == ":" and path in self.lines:
                self.twice = self.twice or (path, self.line)
            self.lines.setdefault(path, self.line)
        self._gap()
        self._take(mark)
        self._gap()
        self._value(path, mark)

    def _keys(self) -> list[str]:
        """The parts of a dotted key of TOML."""
        keys: list[str] = []
        while not keys or self._take("."):
            self._gap()
            part = self._string() or self._skip(_BARE)
            keys.append(next(iter(tomllib.loads(f"{part}=0"))) if part[0] in "\"'" else part)
            self._gap()
        return keys

    def _value(self, path: Path, mark: str) -> None:
        """A value and everything in it."""
        if self._take("["):
            index = 0
            self._gap()
            while not self._take("]"):
                self.lines[*path, index] = self.line
                self._value((*path, index), mark)
                self._comma()
                index += 1
        elif self._take("{"):
            self._gap()
            while not self._take("}"):
                self._pair(path, mark)
                self._comma()
        elif not self._string():
            self._skip(_SCALAR)

    def _comma(self) -> None:
        self._gap()
        self._take(",")
        self._gap()
