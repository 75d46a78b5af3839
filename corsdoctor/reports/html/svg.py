"""The sequence diagram as SVG. Its texts are escaped here: writing the many numbers by a template takes twice as long."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import Final

from corsdoctor.reports.content import Role, Row
from corsdoctor.reports.layout import broken, cut_start
from corsdoctor.reports.sequence import Message, PartyKind, Sequence

COLUMNS: Final = 52  # of the texts beside the page's lifeline
LINES: Final = 4  # of one header
CELL: Final = 6.7  # the width of a character
LINE: Final = 15  # the height of a line
LEFT: Final = 12
PARTY: Final = 165  # from one party to the next
NAME: Final = 24  # columns of a party's name
SCALE: Final = 1.2  # of the drawing on a wide page
_ROLES: Final = {Role.BAD: "bad", Role.GOOD: "good", Role.UNSURE: "unsure"}
_ALT: Final = "What the page, its browser and the servers send to each other. The same lines are in the list of requests and responses."


def svg(sequence: Sequence) -> str:
    """The drawing of a sequence: a lifeline for each party, time goes down."""
    first = LEFT + COLUMNS * CELL + 2 * LEFT
    columns = [LEFT, *(first + place * PARTY for place in range(len(sequence.parties) - 1))]
    shapes = list[str]()
    for place, (column, party) in enumerate(zip(columns, sequence.parties, strict=True)):
        anchor = "end" if place else "start"
        shapes.append(_text(column, LINE, party.kind, "party", anchor))
        shapes.append(_text(column, 2 * LINE, cut_start(party.name, NAME), "name", anchor))
    proxies = [c for c, party in zip(columns, sequence.parties, strict=True) if party.kind is PartyKind.PROXY]
    y = top = 2.5 * LINE
    for event in sequence.events:
        if isinstance(event, Message):
            y = _write(event.lines, y + LINE / 3, shapes, LINES) + LINE / 2
            shapes += _arrow(event, columns[max(event.source, event.target)], y, proxies)
            y += LINE / 2
        else:
            y = _write((event.row,), y + LINE / 3, shapes, None) + LINE / 3
    lifelines = [_line(column, top, column, y + LINE / 2, "life") for column in columns]
    width, height = columns[-1] + LEFT, y + LINE
    kind = ' class="wide"' if len(columns) > 2 else ""
    head = (
        f'<svg{kind} viewBox="0 0 {width:.5g} {height:.5g}" width="{width * SCALE:.5g}" role="img" aria-label="{_ALT}">'
    )
    return "\n".join((head, *lifelines, *shapes, "</svg>"))


def _write(rows: Iterable[Row], y: float, shapes: list[str], limit: int | None) -> float:
    """Adds the texts of `rows` below `y`, and returns where they end."""
    for row in rows:
        kind = _ROLES.get(row.role, "plain")
        for number, line in enumerate(broken(f"{row.mark} {row.text}".strip(), COLUMNS, limit)):
            y += LINE
            shapes.append(_text(LEFT + 10 + (number > 0) * 2 * CELL, y, line.strip(), kind))
    return y


def _arrow(message: Message, end: float, y: float, proxies: Iterable[float]) -> list[str]:
    kind = f"{'reply' if message.reply else 'request'}{' bad' if message.failed else ''}"
    at, back = (LEFT, LEFT + 9) if message.reply else (end, end - 9)
    head = f'<polygon points="{at:.5g},{y:.5g} {back:.5g},{y - 4:.5g} {back:.5g},{y + 4:.5g}" class="{kind}"/>'
    passed = [_line(column, y - 4, column, y + 4, "proxy") for column in proxies if column < end]
    return [_line(LEFT, y, end, y, kind), head, *passed]


def _text(x: float, y: float, text: str, kind: str, anchor: str = "start") -> str:
    return f'<text x="{x:.5g}" y="{y:.5g}" class="{kind}" text-anchor="{anchor}">{escape(text)}</text>'


def _line(x1: float, y1: float, x2: float, y2: float, kind: str) -> str:
    return f'<line x1="{x1:.5g}" y1="{y1:.5g}" x2="{x2:.5g}" y2="{y2:.5g}" class="{kind}"/>'
