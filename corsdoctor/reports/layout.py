"""Sets the blocks of content.py for a terminal: wrapping, columns, colors.

Every text goes through `visible`, so that no server can control the user's terminal or log.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from typing import Final, assert_never

from corsdoctor.reports.content import (
    Blank,
    Block,
    Drawn,
    Entry,
    Labelled,
    Marked,
    Paragraph,
    Role,
    Row,
    Rows,
    Verbatim,
)
from corsdoctor.reports.writer import Style
from corsdoctor.visible import visible, visible_line

NARROWEST: Final = 40
UNCUT: Final = 1_000_000  # the width of a line that is never cut
VALUE_CELLS: Final = 240  # the most of a value that is shown by default
GUTTER: Final = 2
FAIR_REMARK: Final = 20  # a longer remark may be cut to this, so that all start in one column; less says nothing
ELLIPSIS: Final = "…"


def cells(text: str) -> int:
    """The number of columns of `text`."""
    return len(text) if text.isascii() else sum(map(_cells, text))


def cut(text: str, width: int) -> str:
    """The first columns of `text`, ending in … if something is missing."""
    return text if cells(text) <= width else _head(text, width - 1) + ELLIPSIS


def cut_start(text: str, width: int) -> str:
    """The last columns of `text`, after … if something is missing: the end is what distinguishes origins."""
    return text if cells(text) <= width else ELLIPSIS + _head(text[::-1], width - 1)[::-1]


def wrap(text: str, width: int, limit: int | None = None, hang: int = 0) -> list[str]:
    """`text` in lines of at most `width` columns, those after the first narrower by `hang`.

    A word that is too long has a line of its own, so that it can be copied whole; the terminal breaks it. With `limit`
    the lines take no more than that many of the terminal, and the last ends in … if something is missing.
    """
    lines: list[str] = []
    line = ""
    for word in text.split(" "):
        if line and cells(word) < (width - hang if lines else width) - cells(line):
            line = f"{line} {word}"
            continue
        if line:
            lines.append(line)
        line = word
        if limit is not None and len(lines) > limit:
            break
    lines.append(line)
    return lines if limit is None else _limited(lines, width, limit, hang)


def _limited(lines: list[str], width: int, limit: int, hang: int) -> list[str]:
    """As many of `lines` as fit into `limit` lines of the terminal."""
    kept: list[str] = []
    room = width
    for line in lines:
        if limit == 0:
            return [*kept[:-1], cut(kept[-1] + ELLIPSIS, -(-cells(kept[-1]) // room) * room)]
        room = width - hang if kept else width
        taken = max(1, -(-cells(line) // room))
        kept.append(line if taken <= limit else cut(line, limit * room))
        if taken > limit:
            return kept
        limit -= taken
    return kept


def broken(text: str, width: int, limit: int | None = None) -> Iterator[str]:
    """`text` in lines of at most `width` columns, all but the first indented; words that are too long are broken."""
    indent = ""
    for line in wrap(text, width, limit, hang=GUTTER):
        while line:
            part = _head(line, width - len(indent))
            yield indent + part
            line, indent = line[len(part) :], " " * GUTTER


def page(blocks: Iterable[Block], style: Style) -> str:
    """The blocks as text, without a line feed at its end."""
    blocks = list(blocks)
    sheet = Page(style)
    tables: dict[str, list[Row]] = {}
    for block in blocks:
        if isinstance(block, Rows) and block.table:
            tables.setdefault(block.table, []).extend(block.rows)
    columns = {table: sheet.remark_column(rows) for table, rows in tables.items()}
    for block in blocks:
        match block:
            case Blank():
                sheet.blank()
            case Paragraph(text, role, whole):
                sheet.text(text, role, whole=whole)
            case Marked(mark, role, text):
                sheet.marked(mark, role, text)
            case Labelled(entries):
                sheet.labelled(entries)
            case Rows(rows, table, indent):
                sheet.rows(rows, columns.get(table, 0), indent)
            case Verbatim(text):
                sheet.verbatim(text)
            case Drawn(rows):
                sheet.drawn(rows)
            case _:
                assert_never(block)
    return str(sheet)


class Page:
    """Collects lines."""

    def __init__(self, style: Style) -> None:
        self.style = style
        self.lines: list[str] = []

    @property
    def width(self) -> int:
        """The number of columns, at least 40."""
        return max(NARROWEST, self.style.width)

    @property
    def limit(self) -> int | None:
        """The most lines of one value, None for no limit."""
        return None if self.style.verbosity > 0 else max(3, VALUE_CELLS // self.width)

    def blank(self) -> None:
        """An empty line."""
        self.lines.append("")

    def text(self, text: str, role: Role = Role.PLAIN, *, whole: bool = False) -> None:
        """A paragraph."""
        limit = None if whole else self.limit
        self.lines.extend(self._paint(line, role) for line in wrap(visible(text), self.width, limit))

    def marked(self, mark: str, role: Role, text: str) -> None:
        """A mark, and a paragraph beside it."""
        for i, line in enumerate(wrap(visible(text), self.width - GUTTER)):
            self.lines.append(self._paint(f"{mark} {line}" if i == 0 else f"  {line}", role))

    def verbatim(self, text: str) -> None:
        """Lines to copy: neither wrapped nor cut."""
        self.lines.extend("\t".join(map(visible, line.split("\t"))) for line in text.split("\n"))

    def drawn(self, rows: Iterable[Row]) -> None:
        """Lines of a drawing, as they are."""
        self.lines.extend(self._paint(row.text, row.role) for row in rows)

    def labelled(self, entries: Iterable[Entry]) -> None:
        """Entries in two columns."""
        entries = tuple(entries)
        column = max((cells(entry.label) for entry in entries), default=0)
        for entry in entries:
            indent = GUTTER if entry.code else 0
            limit = None if entry.whole else self.limit
            width = self.width - 2 * GUTTER - column - indent
            for i, line in enumerate(wrap(visible(entry.text), width, limit, hang=indent)):
                margin = column + GUTTER + indent + (indent if i else 0)
                head = (entry.label if i == 0 else "").ljust(margin)
                self.lines.append(" " * GUTTER + self._paint(head, Role.FAINT) + self._paint(line, entry.role))

    def rows(self, rows: Iterable[Row], column: int = 0, indent: int = 0) -> None:
        """Rows of a replay, with the remarks from `column` on."""
        for row in rows:
            self._row(row, column, " " * indent)

    def remark_column(self, rows: list[Row]) -> int:
        """Where remarks start: as far right as leaves room for each; a text that is longer has its own beside it."""
        room = self.width - 2 * GUTTER - GUTTER
        sizes = [(cells(visible(r.text)), min(cells(visible(r.remark)), FAIR_REMARK)) for r in rows if r.remark]
        for column in sorted({text for text, _ in sizes}, reverse=True):
            if all(column + remark <= room for text, remark in sizes if text <= column):
                return column + GUTTER
        return GUTTER

    def __str__(self) -> str:
        return "\n".join(visible_line(line.rstrip()) for line in self.lines)

    def _row(self, row: Row, column: int, indent: str) -> None:
        room = self.width - 2 * GUTTER - len(indent)
        first, *more = _wrap_header(visible(row.text), room, self.limit)
        head = indent + " " * GUTTER + self._paint(row.mark, row.role) + " "
        at = max(column, cells(first) + GUTTER)
        remark = visible(row.remark)
        failed = row.role is Role.BAD
        if remark and failed and cells(remark) > room - at:  # faults are never cut
            self.lines.append(head + first)
            self.lines.extend(indent + " " * (2 * GUTTER + 2) + line for line in more)
            words = wrap(remark, room - GUTTER, None)
            self.lines.extend(indent + " " * (3 * GUTTER) + self._paint(line, Role.BAD) for line in words)
            return
        if remark and not more and room - at >= min(cells(remark), FAIR_REMARK):
            if cells(remark) > room - at:
                remark = _head(remark, room - at - 1).rpartition(" ")[0] + ELLIPSIS
            role = Role.BAD if failed else Role.FAINT
            self.lines.append(head + first + " " * (at - cells(first)) + self._paint(remark, role))
        else:
            self.lines.append(head + first)
        self.lines.extend(indent + " " * (2 * GUTTER + 2) + line for line in more)

    def _paint(self, text: str, role: Role) -> str:
        if not self.style.color or role is Role.PLAIN or not text.strip():
            return text
        from colorama import Fore
        from colorama import Style as Weight

        paints = {
            Role.STRONG: Weight.BRIGHT, Role.GOOD: Fore.GREEN, Role.BAD: Fore.RED, Role.UNSURE: Fore.YELLOW,
            Role.FAINT: Weight.DIM,
        }  # fmt: skip
        bare = text.rstrip()
        return f"{paints[role]}{bare}{Weight.RESET_ALL}{text[len(bare) :]}"


def _wrap_header(text: str, width: int, limit: int | None) -> list[str]:
    """A header line; where it is too long, it goes on in lines that are indented by two."""
    name, colon, value = text.partition(": ")
    name, value = (f"{name}:", value) if colon else (text.partition(" ")[0], text.partition(" ")[2])
    if cells(text) > width >= cells(name) and 0 < cells(value) <= width - 2:
        return [name, value]
    return wrap(text, width, limit, hang=2)


def _head(text: str, width: int) -> str:
    """The first columns of `text`."""
    if text.isascii():
        return text[:width]
    taken = end = 0
    while end < len(text) and (taken := taken + _cells(text[end])) <= width:
        end += 1
    return text[:end]


def _cells(c: str) -> int:
    if unicodedata.combining(c):
        return 0
    return 2 if unicodedata.east_asian_width(c) in "WF" else 1
