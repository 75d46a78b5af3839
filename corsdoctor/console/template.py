"""A message's template and how its parts are found again, in linear time and without backtracking."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Final

from corsdoctor.console.normalize import NormalizedText, normalized_line
from corsdoctor.lazy import lazy
from corsdoctor.pattern import Pattern

URLS: Final = frozenset({"url", "first", "target", "origin"})
NAMES: Final = frozenset({"header", "method"})  # of these, there may be several
LEAST_OF_SEVERAL: Final = 25  # fixed characters of a message that is cut off behind a field
LONGEST_CUT: Final = 2500  # characters of such a message
MAX_FIELD: Final = 8192  # characters
_STATUS: Final = Pattern(r"\d{3}|\(null\)")


class Template:
    """Fixed pieces with {fields} between them. A field ends where the next piece begins, the last at the line's end.

    The full stop at the end may be missing.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        piece, field, _ = text.partition("{")
        self.start: Final = normalized_line(piece) if field else normalized_line(piece).removesuffix(".")
        """The piece that it begins with."""

    @lazy
    def parts(self) -> tuple[tuple[str, str], ...]:
        """(piece, the field after it) pairs, with straight quotes and single blanks; the last field may be ""."""
        pieces = re.split(r"\{(\w+)\}", normalized_line(self.text).removesuffix("."))
        return tuple(zip(pieces[::2], [*pieces[1::2], ""], strict=True))

    def match(self, normalized: NormalizedText, at: int, limit: int) -> tuple[dict[str, str], int] | None:
        """(fields, end) where the message stands at `at` and ends before `limit`; None if it does not."""
        text = normalized.text
        if not text.startswith(self.start, at):
            return None
        fields: dict[str, str] = {}
        position, field = at + len(self.start), self.parts[0][1]
        for piece, following in self.parts[1:]:
            if not piece:  # a field at the very end
                end = _end_of_field(normalized, field, position, limit)
                if end is None:
                    return None
                value = text[position:end]
                fields[field] = (
                    value if field == "reason" else value.strip().rstrip("." if field in ("origin", "space") else "")
                )
                return fields, end
            found = text.find(piece, position, min(limit, position + MAX_FIELD))
            if found < 0:
                return None
            between = _value(normalized, field, position, found)
            if between is None:
                return None
            fields[field] = between
            position = found + len(piece)
            field = following
        return fields, position + text.startswith(".", position)

    def cut(self, normalized: NormalizedText, at: int, limit: int, least: int) -> dict[str, str] | None:
        """The fields of a message that is cut off at `limit`; None if the text from `at` does not begin one.

        `least` characters of its first piece have to be there, and more behind a field.
        """
        if limit - at > LONGEST_CUT:
            return None
        text = normalized.text
        end = at + len(text[at:limit].rstrip(" .…"))
        if end - at <= len(self.start):
            return {} if end - at >= least and self.start.startswith(text[at:end]) else None
        if text[end:limit].strip() == ".":  # the end of a sentence
            return None
        if not text.startswith(self.start, at):
            return None
        fields: dict[str, str] = {}
        position, fixed = at + len(self.start), len(self.start)
        for (_, field), (piece, _) in pairwise(self.parts):
            if not piece:  # a field at the very end, where a message is whole
                return None
            begin = text.find(piece, position, end)
            size = len(piece) if begin >= 0 else _common(text, position, end, piece)
            value = _value(normalized, field, position, begin if begin >= 0 else end - size)
            if value is None:
                return None
            fields[field] = value
            fixed += size
            if begin < 0:
                return fields if fixed >= LEAST_OF_SEVERAL else None
            position = begin + size
        return None


def _common(text: str, begin: int, end: int, piece: str) -> int:
    """How many characters at the end of the text from `begin` to `end` are the beginning of `piece`."""
    return next((n for n in range(min(len(piece), end - begin), 0, -1) if text.endswith(piece[:n], begin, end)), 0)


def _value(normalized: NormalizedText, field: str, begin: int, end: int) -> str | None:
    """The field from `begin` to `end`; a URL or a name has blanks where a line was wrapped, which are taken out; a URL has no others."""
    value = normalized.text[begin:end]
    if field not in URLS and field not in NAMES:
        return value.strip()
    if " " not in value:
        return value
    kept = normalized.joined(begin, end)
    if field in NAMES:
        kept = kept.strip()
        swallows = kept != value.strip() and " " in kept.replace(", ", ",")  # lines that are not parts of one name
        return None if swallows else kept
    return kept if " " not in kept else None


def _end_of_field(normalized: NormalizedText, field: str, position: int, limit: int) -> int | None:
    if field == "status":
        match = _STATUS.compiled.match(normalized.text, position, limit)
        return match.end() if match is not None else None
    return normalized.line_end(position, limit)
