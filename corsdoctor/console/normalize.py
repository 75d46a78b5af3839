"""Undoes what copying, logging and mailing do to a message: wrapped lines, curly quotes, entities, escapes."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable
from functools import cache
from itertools import pairwise

from corsdoctor.console.ascii_titles import BEGINNINGS
from corsdoctor.console.words import Words
from corsdoctor.lazy import lazy
from corsdoctor.pattern import Pattern

_QUOTES = str.maketrans({
    "\u2018": "'", "\u2019": "'", "\u201a": "'", "\u201b": "'", "\u2039": "'", "\u203a": "'", "\u00b4": "'",
    "\u201c": '"', "\u201d": '"', "\u201e": '"', "\u00ab": '"', "\u00bb": '"', "\u00a0": " ", "\u202f": " ",
    "\u200b": "", "\ufeff": "",
})  # fmt: skip
_ESCAPE = Pattern(r"\\(?:u([0-9a-fA-F]{4})|([nrt\"'`/\\]))")
_PLAIN = {"n": "\n", "r": "\n", "t": " ", '"': '"', "'": "'", "`": "`", "/": "/", "\\": "\\"}
_ENTITY = Pattern(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")  # in a URL, "&copy=" is none
_BACKTICK = Pattern(r"(?a)(?<![\w=&%+-])`|`(?![\w=&%+-])")  # one that quotes; in a URL's query there may be others
_ANSI = Pattern(r"\x1b\[[0-9;]*[A-Za-z]")
_QUOTED_LINE = Pattern(r"\n[ \t]*(?:>+(?:[ \t]>+)*|//+|#+|\*)(?=[ \t])")
_LINK = Pattern(r"\[([a-z]{2,8}://[^\s\[\]()]{1,2000})\]\([^\s()]{1,2000}\)")
_EMPHASIS = Pattern(  # Markdown's, not the stars in URLs and values
    r"(?<![*\w/'\":])\*\*(?=[A-Z])|(?<=[\w:.)])\*\*(?![*\w/'\"])|(?<=\()\*(?=[A-Z])|(?<=[a-z.])\*(?=\))"
)
_ANCHOR = Pattern(r"</?a(?: [^<>]{0,300})?>")
_INLINE = Pattern(r"</?(?:strong|b|em|i|u|code|span|mark|samp|kbd|tt|small|font)(?: [^<>]{0,300})?>")
_TWICE = Pattern("\u00e2\u20ac[\u02dc\u2122]")  # single quotation marks that were encoded twice
_BLANKS = Pattern(r"\s+")
_UNUSUAL = re.compile("[^ !-_a-~]|  ")  # most lines of the tables have none of these, which is seen at once
_LOCALISED = Words(BEGINNINGS)


def normalized_line(text: str) -> str:
    """`text` with straight quotation marks and single blanks."""
    if _UNUSUAL.search(text) is None:
        return text
    quoted = _BACKTICK.compiled.sub("'", text) if "`" in text else text
    return _BLANKS.compiled.sub(" ", quoted.translate(_QUOTES))


def folded_line(text: str) -> str:
    """A normalized line as people retype it: letters without accents, single quotation marks, marks of half width."""
    return normalized_line(text).translate(_folds())


@cache
def _folds() -> dict[int, str]:
    """One character for each, so that every place in a text stays where it is."""
    from unicodedata import normalize

    folds = dict(
        zip(
            map(ord, '"\u300c\u300d\u300e\u300f\uff02\uff07\uff08\uff09\uff0c\uff1a\u3002'), "'''''''(),:.", strict=True
        )
    )
    folds.update(zip(map(ord, "\u00f8\u00d8\u0142\u0141\u0111\u0110\u0131"), "oOlLdDi", strict=True))
    for code in (*range(0xC0, 0x250), *range(0x370, 0x530), *range(0x1E00, 0x2000)):
        parts = normalize("NFD", chr(code))
        if len(parts) > 1 and parts[0].isalpha():
            folds[code] = parts[0]
    return folds


class NormalizedText:
    """A text in which every run of white space is one blank; `breaks` are the positions of those that broke a line."""

    def __init__(self, text: str, breaks: tuple[int, ...]) -> None:
        self.text = text
        self.breaks = breaks

    @lazy
    def folded(self) -> NormalizedText:
        """The same, as people retype it (see `folded_line`). Each place is where it was."""
        return NormalizedText(self.text.translate(_folds()), self.breaks)

    @lazy
    def may_be_localized(self) -> bool:
        """Whether a message in another language than English may be in it: nearly all have letters beyond ASCII."""
        return not self.text.isascii() or _LOCALISED.any_in(self.text)

    def is_break(self, position: int) -> bool:
        """Whether the blank at `position` broke a line."""
        i = bisect_left(self.breaks, position)
        return i < len(self.breaks) and self.breaks[i] == position

    def joined(self, begin: int, end: int) -> str:
        """The text from `begin` to `end` without the blanks that broke a line."""
        first, last = bisect_left(self.breaks, begin), bisect_left(self.breaks, end)
        places = (begin - 1, *self.breaks[first:last], end)
        return "".join(self.text[a + 1 : b] for a, b in pairwise(places))

    def line_start(self, position: int) -> str:
        """What stands in the line before `position`."""
        i = bisect_left(self.breaks, position)
        return self.text[self.breaks[i - 1] + 1 if i else 0 : position]

    def line_end(self, position: int, limit: int) -> int:
        """Where the line that `position` is in ends, at most at `limit`."""
        i = bisect_left(self.breaks, position)
        return min(self.breaks[i], limit) if i < len(self.breaks) else limit


def normalize(text: str, is_one_word: Callable[[str, str], bool]) -> NormalizedText:
    """The text as a browser would have printed it, as far as that can be known.

    `is_one_word` says whether a line and the next were broken in the middle of a word.
    """
    if "\x1b" in text:
        text = _ANSI.compiled.sub("", text)
    if "\\" in text:
        text = _ESCAPE.compiled.sub(_unescape, text)
    if "&" in text and ";" in text:
        text = _ENTITY.compiled.sub(_named, text)
    if "\n" in text:
        text = _QUOTED_LINE.compiled.sub("\n", text)
    if "](" in text:
        text = _LINK.compiled.sub(r"\1", text)  # Markdown's
    if "\u00e2\u20ac" in text:
        text = _TWICE.compiled.sub("'", text)
    if "'_'" in text:
        text = text.replace("wildcard '_'", "wildcard '*'")  # Markdown took the star for emphasis
    if "**" in text or "(*" in text:
        text = _EMPHASIS.compiled.sub("", text)
    if "</a>" in text:
        text = _ANCHOR.compiled.sub("", text)  # what was copied from a page that shows a console
    if "</" in text:
        text = _INLINE.compiled.sub("", text)
    if "`" in text:
        text = _BACKTICK.compiled.sub("'", text)
    text = text.translate(_QUOTES)
    if "\n, " in text:  # no line begins so: the terminal wrapped it there
        text = text.replace("\r\n, ", ", ").replace("\n, ", ", ")
    lines = [" ".join(line.split()) for line in text.splitlines()]
    pieces: list[str] = []
    breaks, length, before = [], 0, ""
    for line in filter(None, lines):
        if before and not is_one_word(before, line):
            breaks.append(length)
            pieces.append(" ")
            length += 1
        pieces.append(line)
        length += len(line)
        before = line
    return NormalizedText("".join(pieces), tuple(breaks))


def _named(match: re.Match[str]) -> str:
    from html import unescape  # its table takes a millisecond

    return unescape(match[0])


def _unescape(match: re.Match[str]) -> str:
    if match[1] is not None:
        code = int(match[1], 16)
        return match[0] if 0xD800 <= code <= 0xDFFF else chr(code)
    return _PLAIN[match[2]]
