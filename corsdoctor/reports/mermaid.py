"""The exchanges as a sequence diagram of Mermaid, which GitHub, GitLab and most wikis draw.

Of several items, each stands in a frame with its name. Of one item, what browsers do differently stands in alternatives.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from corsdoctor.report import Item
from corsdoctor.reports.content import Row
from corsdoctor.reports.faults import name
from corsdoctor.reports.layout import broken
from corsdoctor.reports.sequence import Party, Remark, Sequence, sequences
from corsdoctor.reports.wording import where
from corsdoctor.reports.writer import Style
from corsdoctor.visible import visible

WIDTH: Final = 64  # columns of a line
LINES: Final = 4  # of one header
_SPECIAL: Final = re.compile(r"[^\w ,.:/=()*?✓✗○…'-]|(?<=styl)e|(?<=classDe)f")
"""What Mermaid, or Markdown around it, may read as syntax; Mermaid looks for `style` and `classDef` even in texts."""


class Mermaid:
    """Writes the sequences of each item. A party is declared when it first takes part."""

    def __init__(self, style: Style, *, several: bool) -> None:
        self._proxy, self._several = style.proxy, several
        self._ids: dict[Party, str] = {}

    def begin(self) -> str:
        return "sequenceDiagram\n"

    def add(self, item: Item) -> str:
        return "".join(f"    {line}\n" for line in self._lines(item))

    def end(self) -> str:
        return ""

    def _lines(self, item: Item) -> Iterator[str]:
        found = sequences(item, self._proxy)
        for party in dict.fromkeys(party for sequence, _ in found for party in sequence.parties):
            if party not in self._ids:
                self._ids[party] = f"p{len(self._ids)}"
                lines = map(escaped, filter(None, party))
                yield f"participant {self._ids[party]} as {'<br/>'.join(lines)}"
        if self._several:
            yield f"opt {escaped(visible(name(item)))}"
        for number, (sequence, diagnoses) in enumerate(found):
            if len(found) > 1:
                yield f"{'else' if number else 'alt'} {escaped(where(diagnoses))}"
            yield from self._events(sequence)
        yield from ["end"] * (len(found) > 1) + ["end"] * self._several

    def _events(self, sequence: Sequence) -> Iterator[str]:
        ids = [self._ids[party] for party in sequence.parties]
        for event in sequence.events:
            if isinstance(event, Remark):
                yield f"Note over {ids[0]}: {_text((event.row,), None)}"
                continue
            arrow = "--x" if event.failed else "-->>" if event.reply else "->>"
            yield f"{ids[event.source]}{arrow}{ids[event.target]}: {_text(event.lines, LINES)}"


def _text(rows: tuple[Row, ...], limit: int | None) -> str:
    lines = (line for row in rows for line in broken(f"{row.mark} {row.text}".strip(), WIDTH, limit))
    return "<br/>".join(escaped(line.strip()) for line in lines)


def escaped(text: str) -> str:
    """`text` without anything that Mermaid may read as syntax."""
    return _SPECIAL.sub(lambda found: f"#{ord(found[0])};", text)
