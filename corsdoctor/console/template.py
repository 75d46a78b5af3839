"""A message's template and how its parts are found again, in linear time and without backtracking."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from corsdoctor.console.fold import Folded, straight

URLS = frozenset({"url", "first", "target", "origin"})


@dataclass(frozen=True)
class Template:
    """Fixed pieces with {fields} between them. A field ends where the next piece begins, the last at the line's end."""

    text: str

    @cached_property
    def parts(self) -> tuple[tuple[str, str], ...]:
        """(piece, the field after it) pairs, with straight quotes and single blanks; the last field may be ""."""
        pieces = re.split(r"\{(\w+)\}", straight(self.text))
        return tuple(zip(pieces[::2], [*pieces[1::2], ""], strict=True))

    @property
    def start(self) -> str:
        """The piece that it begins with."""
        return self.parts[0][0]

    def match(self, folded: Folded, at: int, limit: int) -> tuple[dict[str, str], int] | None:
        """(fields, end) where the message stands at `at` and ends before `limit`; None where it doesn't.

        What is cut off at `limit` counts as long as the part that is there is longer than the first piece.
        """
        text, fields, position = folded.text, {}, at
        field = ""
        for i, (piece, following) in enumerate(self.parts):
            if i == 0:
                if not text.startswith(piece, at):
                    return None
                position = at + len(piece)
            elif not piece and not following:  # a field at the very end
                end = folded.line_end(position, limit)
                fields[field] = text[position:end].strip()
                return fields, end
            else:
                found = text.find(piece, position, limit)
                if found < 0:
                    return None
                value = text[position:found]
                fields[field] = value.replace(" ", "") if field in URLS else value.strip()
                position = found + len(piece)
            field = following
        return fields, position

    def is_cut(self, folded: Folded, at: int, limit: int) -> bool:
        """Whether the text from `at` to `limit` is the beginning of this message's first piece, and no more."""
        rest = folded.text[at:limit].rstrip(" .…")
        return len(rest) >= 8 and self.start.startswith(rest)
