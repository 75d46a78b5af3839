"""Takes the quotes off a word of bash. https://www.gnu.org/software/bash/manual/html_node/Quoting.html"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from corsdoctor.captures.commands.grammar import Tree
from corsdoctor.captures.commands.words import Word
from corsdoctor.record import Record

VARIABLE: Final = re.compile(r"\$(?:\{(\w+)\}|(\w+))")
"""A variable whose value is taken as it is."""
_ESCAPE: Final = re.compile(
    r"\\(?:(?P<octal>[0-7]{1,3})|x(?P<hex>[0-9A-Fa-f]{1,2})|u(?P<short>[0-9A-Fa-f]{1,4})|U(?P<long>[0-9A-Fa-f]{1,8})"
    r"|c(?P<control>.)|(?P<char>.))",
    re.DOTALL,
)
_CHARS: Final = {
    "a": "\a", "b": "\b", "e": "\x1b", "E": "\x1b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "\\": "\\",
    "'": "'", '"': '"', "?": "?",
}  # fmt: skip


class Expansion(Record):
    """Where an expansion ends, and its value if the text has it."""

    end: int
    value: str | None


class Decoder:
    """Takes the quotes off one word."""

    def __init__(self, tree: Tree, variables: dict[str, Word], expansions: dict[int, Expansion]) -> None:
        self._tree, self._variables, self._expansions = tree, variables, expansions
        self._parts: list[str] = []
        self._unresolved: list[str] = []

    def word(self, start: int, end: int) -> Word:
        at, data, quoted = start, self._tree.data, False
        while at < end:
            byte = data[at : at + 1]
            if at in self._expansions:
                at = self._expand(at)
            elif byte == b'"':
                quoted, at = not quoted, at + 1
            elif byte == b"\\" and (not quoted or data[at + 1 : at + 2] in (b"$", b"`", b'"', b"\\", b"\n")):
                after = self._tree.char(at + 1) if at + 1 < end else ""
                self._parts.append("" if after == "\n" else after)
                at += 1 + len(after.encode("utf-8", "surrogatepass"))
            elif not quoted and data[at : at + 2] == b"$'":
                close = _end_of_ansi_c(data, at + 2, end)
                self._parts.append(ansi_c(self._tree.text(at + 2, close)))
                at = close + 1
            elif not quoted and data[at : at + 2] == b'$"':
                at += 1
            elif not quoted and byte == b"'":
                close = (data.find(b"'", at + 1, end) + end + 1) % (end + 1)  # `end` if it is not closed
                self._parts.append(self._tree.text(at + 1, close))
                at = close + 1
            else:
                plain = self._plain_end(at, end, quoted=quoted)
                self._parts.append(self._tree.text(at, plain))
                at = plain
        return Word("".join(self._parts), self._tree.spot(start), tuple(self._unresolved))

    def _plain_end(self, at: int, end: int, *, quoted: bool) -> int:
        """Where the text that begins at `at` ends, in which nothing has a meaning."""
        special = b'"\\' if quoted else b"\"\\'$"
        at += 1
        while at < end and at not in self._expansions and self._tree.data[at] not in special:
            at += 1
        return at

    def _expand(self, at: int) -> int:
        end, value = self._expansions[at]
        if value is not None:
            self._parts.append(value)
            return end
        source = self._tree.text(at, end)
        named = VARIABLE.fullmatch(source)
        known = None if named is None else self._variables.get(named[1] or named[2])
        self._tree.budget.spend(0 if known is None else len(known.text))
        self._parts.append(source if known is None else known.text)
        self._unresolved += [source] if known is None else known.unresolved
        return end


def _end_of_ansi_c(data: bytes, at: int, end: int) -> int:
    """Where the quotation that begins before `at` ends; `end` if it is not closed."""
    while at < end and data[at : at + 1] != b"'":
        at += 2 if data[at : at + 1] == b"\\" else 1
    return min(at, end)


def ansi_c(text: str) -> str:
    """The string between $' and '. Bytes that are not UTF-8 are surrogates; as in bash, NUL ends it.

    https://www.gnu.org/software/bash/manual/html_node/ANSI_002dC-Quoting.html
    """
    decoded = b"".join(_decoded(text))
    return decoded.partition(b"\0")[0].decode("utf-8", "surrogateescape")


def _decoded(text: str) -> Iterator[bytes]:
    at = 0
    for found in _ESCAPE.finditer(text):
        yield text[at : found.start()].encode("utf-8", "surrogatepass")
        at = found.end()
        if found["octal"] is not None:
            yield bytes([int(found["octal"], 8) & 0xFF])
        elif found["hex"] is not None:
            yield bytes([int(found["hex"], 16)])
        elif found["control"] is not None:
            yield bytes([ord(found["control"]) & 0x1F])
        elif found["char"] is not None:
            yield _CHARS.get(found["char"], found[0]).encode("utf-8", "surrogatepass")
        else:
            point = int(found["short"] or found["long"], 16)
            yield chr(point).encode("utf-8", "surrogatepass") if point <= 0x10FFFF else b""
    yield text[at:].encode("utf-8", "surrogatepass")
