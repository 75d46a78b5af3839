"""Draws a sequence in the lines of a terminal, in Unicode or in ASCII: a column for each party, time goes down."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import zip_longest
from typing import Final

from corsdoctor.record import Record
from corsdoctor.report import Report
from corsdoctor.reports.content import Content, Role, Row
from corsdoctor.reports.layout import NARROWEST, broken, cells, cut_start
from corsdoctor.reports.sequence import PAGE, Message, Party, PartyKind, Remark, Sequence, sequences
from corsdoctor.reports.wording import capital, where
from corsdoctor.reports.writer import Signs, Style

WIDEST: Final = 100
MARGIN: Final = 2
FIRST_SPAN: Final = 24  # the least columns from the page to the next party: its headers stand there
SPAN: Final = 12  # the least columns from any other party to the next
LINES: Final = 3  # of one header
_ASCII: Final = str.maketrans(
    {"│": "|", "─": "-", "╌": ".", "▶": ">", "◀": "<", "├": "|", "┤": "|", "┼": "+", "●": "o", "✓": "+", "✗": "x", "○": "o", "…": "~"}
)  # fmt: skip


def diagrams(report: Report, style: Style) -> Content:
    """A drawing for all browsers that do the same."""
    shown = Content()
    found = sequences(report, style.proxy)
    for drawn, diagnoses in found:
        shown.blank()
        if len(found) > 1:
            shown.text(capital(where(diagnoses)), Role.STRONG)
        shown.drawn(diagram(drawn, style.width, style.diagram))
    return shown


def diagram(sequence: Sequence, width: int, signs: Signs) -> list[Row]:
    """The lines of the drawing, each with its role."""
    rows = list(_Canvas(_gathered(sequence, _most(width)), width).rows())
    if signs is not Signs.ASCII:
        return rows
    return [row._replace(text=_in_ascii(row.text)) for row in rows]


def _in_ascii(text: str) -> str:
    return text.translate(_ASCII).encode("ascii", "replace").decode("ascii")


def _room(width: int) -> int:
    return min(max(width, NARROWEST), WIDEST)


def _most(width: int) -> int:
    """The number of parties that have room."""
    return (_room(width) - MARGIN - FIRST_SPAN) // SPAN + 2


def _gathered(sequence: Sequence, most: int) -> Sequence:
    """The sequence with at most `most` parties: the last one stands for all others."""
    if len(sequence.parties) <= most:
        return sequence
    rest = Party(PartyKind.SERVER, f"{len(sequence.parties) - most + 1} servers")
    events = tuple(
        e._replace(source=min(e.source, most - 1), target=min(e.target, most - 1)) if isinstance(e, Message) else e
        for e in sequence.events
    )
    return Sequence((*sequence.parties[: most - 1], rest), events)


class _Canvas(Record):
    sequence: Sequence
    width: int

    @property
    def columns(self) -> tuple[int, ...]:
        """The column of each lifeline: the page has the first, and the rest stand as far right as their names allow."""
        parties = self.sequence.parties
        fair = (_room(self.width) - MARGIN - FIRST_SPAN) // max(1, len(parties) - 2)
        spans = [min(max(cells(party.name), cells(party.kind)) + 2, max(SPAN, fair)) for party in parties[2:]]
        columns = [_room(self.width) - 1]
        for span in reversed(spans):
            columns.insert(0, columns[0] - span)
        return (MARGIN, *columns)

    def rows(self) -> Iterator[Row]:
        """All lines."""
        yield from self._heads()
        yield self._bare()
        for event, then in zip_longest(self.sequence.events, self.sequence.events[1:]):
            if isinstance(event, Remark):
                yield from self._texts([event.row], max(self.columns), None)
            else:
                yield from self._texts(event.lines, self.columns[max(event.source, event.target)], LINES)
                yield self._arrow(event)
            if isinstance(then, Message) != isinstance(event, Message) or (
                isinstance(then, Message) and not then.reply
            ):
                yield self._bare()

    def _heads(self) -> Iterator[Row]:
        """What each party is, and its name; those of the page begin at its lifeline, the others end there."""
        names = [(str(party.kind), party.name) for party in self.sequence.parties]
        for texts in zip(*names, strict=True):
            room = self.columns[1] - MARGIN - 1
            line = " " * MARGIN + cut_start(texts[PAGE], room - min(cells(texts[1]), room // 2))
            for place, text in enumerate(texts[1:], 1):
                left = self.columns[place - 1] + 1 if place > 1 else cells(line)
                shown = cut_start(text, self.columns[place] - left)
                line += " " * (self.columns[place] + 1 - cells(line) - cells(shown)) + shown
            yield Row("", line, role=Role.STRONG)

    def _bare(self) -> Row:
        return Row("", self._with_lifelines(""), role=Role.FAINT)

    def _texts(self, lines: Iterable[Row], end: int, limit: int | None) -> Iterator[Row]:
        """Texts beside the page's lifeline, up to the column `end`; each takes at most `limit` lines."""
        for row in lines:
            for line in broken(f"{row.mark} {row.text}".strip(), end - MARGIN - 3, limit):
                yield Row("", self._with_lifelines(f"{' ' * MARGIN}│ {line}"), role=row.role)

    def _with_lifelines(self, line: str) -> str:
        """`line`, with the lifelines of all columns that it does not reach."""
        for column in self.columns:
            if cells(line) <= column:
                line += " " * (column - cells(line)) + "│"
        return line

    def _arrow(self, message: Message) -> Row:
        """The line of a message, with the rules that failed."""
        end = self.columns[max(message.source, message.target)]
        shaft = "╌" if message.reply else "─"
        line = [shaft] * (end + 1)
        line[:MARGIN] = " " * MARGIN
        for party, column in zip(self.sequence.parties, self.columns, strict=True):
            if MARGIN < column < end:
                line[column] = "●" if party.kind is PartyKind.PROXY else "┼"
        line[MARGIN], line[end] = ("│", "┤") if message.reply else ("├", "│")
        line[MARGIN + 1 if message.reply else end - 1] = "◀" if message.reply else "▶"
        if message.failed:
            told = f" ✗ {', '.join(message.failed)} "
            shown = told if cells(told) <= end - MARGIN - 6 else " ✗ "
            line[MARGIN + 3 : MARGIN + 3 + len(shown)] = shown
        role = Role.BAD if message.failed else Role.FAINT
        return Row("", self._with_lifelines("".join(line)), role=role)
