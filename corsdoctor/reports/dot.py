"""The exchanges as a graph of Graphviz, in the DOT language: a box for each party, and numbered arrows.

Each item is a graph of its own, and so is each way in which browsers differ: `dot -Tsvg -O FILE` draws one file for each.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from corsdoctor.report import Item
from corsdoctor.reports.content import Role, Row
from corsdoctor.reports.faults import name
from corsdoctor.reports.layout import broken
from corsdoctor.reports.sequence import PAGE, Message, PartyKind, Sequence, sequences
from corsdoctor.reports.wording import where
from corsdoctor.reports.writer import Style
from corsdoctor.visible import visible

WIDTH: Final = 64  # columns of a line
LINES: Final = 4  # of one header
_HEAD: Final = """    graph [fontname="Helvetica", labelloc=t, rankdir=LR]
    node [fontname="Helvetica", fontsize=11, shape=box]
    edge [fontname="Courier", fontsize=10]
"""
_CENTERED: Final = "\\n"  # the end of a line, as DOT writes it
_AT_LEFT: Final = "\\l"
_IN_RED: Final = ', color="#b00020", fontcolor="#b00020"'


class Dot:
    """Writes a graph for each sequence of each item."""

    def __init__(self, style: Style) -> None:
        self._proxy = style.proxy

    def begin(self) -> str:
        return ""

    def add(self, item: Item) -> str:
        found = sequences(item, self._proxy)
        graphs = []
        for sequence, diagnoses in found:
            title = visible(name(item)) + (f" ({where(diagnoses)})" if len(found) > 1 else "")
            lines = "".join(f"    {line}\n" for line in _lines(sequence))
            graphs.append(f"digraph {quoted(title)} {{\n{_HEAD}    label={quoted(title)}\n{lines}}}\n")
        return "".join(graphs)

    def end(self) -> str:
        return ""


def _lines(sequence: Sequence) -> Iterator[str]:
    """The parties, and an edge for each message, numbered in the order of time; what the browser decides is a note."""
    for place, party in enumerate(sequence.parties):
        yield f"p{place} [label={quoted(*filter(None, party))}]"
    for number, event in enumerate(sequence.events, 1):
        if isinstance(event, Message):
            yield from _edges(sequence, event, number)
        else:
            color = _IN_RED if event.row.role is Role.BAD else ""
            yield f"n{number} [shape=note{color}, label={_label(number, (event.row,), None)}]"
            yield f"n{number} -> p{PAGE} [style=dotted, arrowhead=none]"


def _edges(sequence: Sequence, message: Message, number: int) -> Iterator[str]:
    """The edge of a message, or two where a proxy stands between. All are from the page, which so stays at the left."""
    color = _IN_RED if message.failed else ""
    style = "dashed, dir=back" if message.reply else "solid"
    other = max(message.source, message.target)
    proxies = [place for place, party in enumerate(sequence.parties) if party.kind is PartyKind.PROXY and place < other]
    label = f", label={_label(number, message.lines, LINES)}"
    for place, then in pairwise((PAGE, *proxies, other)):
        yield f"p{place} -> p{then} [style={style}{color}{label if place == PAGE else ''}]"


def _label(number: int, rows: tuple[Row, ...], limit: int | None) -> str:
    texts = [f"{row.mark} {row.text}".strip() for row in rows]
    texts[0] = f"{number}. {texts[0]}"
    lines = (line for text in texts for line in broken(text, WIDTH, limit))
    return f'"{"".join(f"{_escaped(line)}{_AT_LEFT}" for line in lines)}"'


def quoted(*lines: str) -> str:
    """A string of DOT with these lines, centered."""
    return f'"{_CENTERED.join(map(_escaped, lines))}"'


def _escaped(line: str) -> str:
    """`line` within a string. `&` would begin an entity of HTML."""
    return line.replace("\\", "\\\\").replace('"', '\\"').replace("&", "&amp;")
