"""Undoes what copying, logging and mailing do to a message: wrapped lines, curly quotes, entities, escapes."""

from __future__ import annotations

import html
import re
from bisect import bisect_left
from dataclasses import dataclass

_QUOTES = str.maketrans({
    "\u2018": "'", "\u2019": "'", "\u201a": "'", "\u201b": "'", "\u2039": "'", "\u203a": "'", "`": "'", "\u00b4": "'",
    "\u201c": '"', "\u201d": '"', "\u201e": '"', "\u00ab": '"', "\u00bb": '"', "\u00a0": " ", "\u202f": " ",
    "\u200b": "", "\ufeff": "",
})  # fmt: skip
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|([nrt\"'/\\]))")
_PLAIN = {"n": "\n", "r": "\n", "t": " ", '"': '"', "'": "'", "/": "/", "\\": "\\"}
_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_BLANKS = re.compile(r"\s+")


def straight(text: str) -> str:
    """`text` with straight quotation marks only."""
    return text.translate(_QUOTES)


@dataclass(frozen=True, slots=True)
class Folded:
    """A text in which every run of white space is one blank; `breaks` are the positions of those that broke a line."""

    text: str
    breaks: tuple[int, ...]

    def line_end(self, position: int, limit: int) -> int:
        """Where the line that `position` is in ends, at most at `limit`."""
        i = bisect_left(self.breaks, position)
        return min(self.breaks[i], limit) if i < len(self.breaks) else limit


def fold(text: str) -> Folded:
    """The text as a browser would have printed it, as far as that can be known."""
    if "\x1b" in text:
        text = _ANSI.sub("", text)
    if "\\" in text:
        text = _ESCAPE.sub(_unescape, text)
    if "&" in text and ";" in text:
        text = html.unescape(text)
    text = text.translate(_QUOTES)
    pieces: list[str] = []
    breaks: list[int] = []
    length = end = 0
    for blank in _BLANKS.finditer(text):
        piece = text[end : blank.start()]
        pieces.append(piece)
        length += len(piece)
        if "\n" in blank[0] or "\r" in blank[0]:
            breaks.append(length)
        pieces.append(" ")
        length += 1
        end = blank.end()
    pieces.append(text[end:])
    return Folded("".join(pieces), tuple(breaks))


def _unescape(match: re.Match[str]) -> str:
    if match[1] is not None:
        code = int(match[1], 16)
        return match[0] if 0xD800 <= code <= 0xDFFF else chr(code)
    return _PLAIN[match[2]]
