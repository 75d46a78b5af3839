"""The parts of a report in any medium: paragraphs, labelled entries, rows of a replay.

No widths and no colors: layout.py sets the blocks for a terminal. The blocks are named tuples, which load faster than
dataclasses, because every report loads them.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from corsdoctor.record import Record


class Role(StrEnum):
    """The role of a piece of text, from which its color follows."""

    PLAIN = "plain"
    STRONG = "strong"
    GOOD = "good"
    BAD = "bad"
    UNSURE = "unsure"
    FAINT = "faint"


class Row(Record):
    """A line of a replay: a mark of one column, a text, and a remark beside it."""

    mark: str
    text: str
    remark: str = ""
    role: Role = Role.FAINT


class Entry(Record):
    """A text with a label in front of it; without a label it continues the entry above.

    A `whole` text is never shortened: it is our own, not a server's. `code` is a line to copy, such as a header.
    """

    label: str
    text: str
    role: Role = Role.PLAIN
    whole: bool = False
    code: bool = False


class Blank:
    """Space between two parts."""

    __slots__ = ()


class Paragraph(Record):
    """A text that begins at the margin. A `whole` one is never shortened: it is our own, not a server's."""

    text: str
    role: Role = Role.PLAIN
    whole: bool = False


class Marked(Record):
    """A text with a mark of one column in front of it."""

    mark: str
    role: Role
    text: str


class Labelled(Record):
    """Entries in two columns."""

    entries: tuple[Entry, ...]


class Rows(Record):
    """Rows of a replay. Blocks of one `table` have their remarks in one column; without a table there are none."""

    rows: tuple[Row, ...]
    table: str = ""
    indent: int = 0


class Verbatim(Record):
    """Lines to copy."""

    text: str


class Drawn(Record):
    """The lines of a drawing, which fit the width already."""

    rows: tuple[Row, ...]


Block = Blank | Paragraph | Marked | Labelled | Rows | Verbatim | Drawn


class Content:
    """Collects the blocks of a report."""

    def __init__(self, blocks: Iterable[Block] = ()) -> None:
        self.blocks: list[Block] = list(blocks)

    def blank(self) -> None:
        """Space, unless there is some already."""
        if self.blocks and not isinstance(self.blocks[-1], Blank):
            self.blocks.append(Blank())

    def text(self, text: str, role: Role = Role.PLAIN, *, whole: bool = False) -> None:
        """A paragraph, which is never shortened if it is `whole`."""
        self.blocks.append(Paragraph(text, role, whole))

    def marked(self, mark: str, role: Role, text: str) -> None:
        """A mark, and a paragraph beside it."""
        self.blocks.append(Marked(mark, role, text))

    def labelled(self, entries: Iterable[Entry]) -> None:
        """Entries in two columns."""
        self.blocks.append(Labelled(tuple(entries)))

    def rows(self, rows: Iterable[Row], table: str = "", indent: int = 0) -> None:
        """Rows of a replay."""
        self.blocks.append(Rows(tuple(rows), table, indent))

    def verbatim(self, text: str) -> None:
        """Lines to copy: neither wrapped nor shortened."""
        self.blocks.append(Verbatim(text))

    def drawn(self, rows: Iterable[Row]) -> None:
        """The lines of a drawing."""
        self.blocks.append(Drawn(tuple(rows)))


def joined(*parts: Content) -> Content:
    """All of `parts` that are not empty, with space between them."""
    whole = Content()
    for part in parts:
        if part.blocks:
            whole.blank()
            whole.blocks += part.blocks
    return whole
