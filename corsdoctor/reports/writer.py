"""What every format needs: the style of a report, and the writer that turns items into text."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from corsdoctor.record import Record

if TYPE_CHECKING:
    from corsdoctor.report import Item


class Signs(StrEnum):
    """The characters of a diagram; none of it with NONE."""

    NONE = "none"
    UNICODE = "unicode"
    ASCII = "ascii"


class Style(Record):
    """The style of a report: columns, ANSI colors or none, and the amount (-1 quiet, 0, 1 every step, ...).

    `sending` is the start of a sentence that says how to send a request that may change data. `diagram` is what to draw
    in place of the lines of a replay. `proxy` is the address of the proxy that requests pass.
    """

    width: int = 80
    color: bool = False
    verbosity: int = 0
    sending: str = "Add --send"
    diagram: Signs = Signs.NONE
    proxy: str = ""


class Writer(Protocol):
    """Turns items into text. Each method returns the text to write now, including line feeds.

    `begin` is called first, `add` for each item, and `end` last, unless something went wrong.
    """

    def begin(self) -> str: ...

    def add(self, item: Item) -> str: ...

    def end(self) -> str: ...
