"""A message's template and how its parts are found again, in linear time and without backtracking."""

from __future__ import annotations

import re
from functools import cached_property
from typing import Final

from corsdoctor.console.normalize import NormalizedText, normalized_line
from corsdoctor.console.pattern import Pattern

URLS: Final = frozenset({"url", "first", "target", "origin"})
NAMES: Final = frozenset({"header", "method"})  # of these, there may be several
MAX_FIELD: Final = 8192  # characters
_STATUS: Final = Pattern(r"\d{3}|\(null\)")


class Template:
    """Fixed pieces with {fields} between them. A field ends where the next piece begins, the last at the line's end.

    The full stop at the end may be missing.
    """

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def parts(self) -> tuple[tuple[str, str], ...]:
        """(piece, the field after it) pairs, with straight quotes and single blanks; the last field may be ""."""
        pieces = re.split(r"\{(\w+)\}", normalized_line(self.text).removesuffix("."))
        return tuple(zip(pieces[::2], [*pieces[1::2], ""], strict=True))

    @cached_property
    def start(self) -> str:
        """The piece that it begins with."""
        piece, field, _ = self.text.partition("{")
        return normalized_line(piece) if field else normalized_line(piece).removesuffix(".")

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

    def is_cut(self, normalized: NormalizedText, at: int, limit: int, least: int) -> bool:
        """Whether the text from `at` to `limit` is the beginning of its first piece, `least` characters long, and no more."""
        rest = normalized.text[at:limit].rstrip(" .…")
        return len(rest) >= least and self.start.startswith(rest)


def _value(normalized: NormalizedText, field: str, begin: int, end: int) -> str | None:
    """The field from `begin` to `end`; a URL or a name has blanks where a line was wrapped, which are taken out; a URL has no others."""
    value = normalized.text[begin:end]
    if field not in URLS and field not in NAMES:
        return value.strip()
    if " " not in value:
        return value
    kept = "".join(c for i, c in enumerate(value, begin) if c != " " or not normalized.is_break(i))
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
