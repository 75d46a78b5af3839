"""What every format has: how a report is to look, and the writer that turns items into text."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from corsdoctor.report import Item


class Style(NamedTuple):
    """How a report is to look: columns, ANSI colours or none, and how much (-1 quiet, 0, 1 every step, ...).

    `sending` is how its reader has a request sent that may change data, as a sentence begins.
    """

    width: int = 80
    color: bool = False
    verbosity: int = 0
    sending: str = "Add --send"


class Writer(Protocol):
    """Turns items into text as they come. Each method returns what is to be written at once, line feeds and all.

    `begin` is called first, `add` for each item, `end` once at last, where nothing went wrong.
    """

    def begin(self) -> str: ...

    def add(self, item: Item) -> str: ...

    def end(self) -> str: ...
