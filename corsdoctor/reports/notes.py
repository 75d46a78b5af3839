"""The notes of a whole run: one for each rule, however many items have it. A server on localhost has one in every case."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from corsdoctor.report import Item
from corsdoctor.reports.faults import Fault, message, name, remarks


@dataclass(slots=True)
class Note:
    """The note of a rule on `count` items, the first of which is `item`."""

    remark: Fault
    item: Item
    count: int = 1

    @property
    def about(self) -> str:
        """Which items it is about."""
        return name(self.item) + (f" and {self.count - 1} more" if self.count > 1 else "")

    @property
    def message(self) -> str:
        """The note in one line."""
        more = f" {self.count - 1} more have a note of this rule." if self.count > 1 else ""
        return message(self.item, self.remark) + more


class Notes:
    """Collects them."""

    def __init__(self) -> None:
        self._found: dict[str, Note] = {}

    def add(self, item: Item) -> list[Fault]:
        """Collects the notes of an item, and returns the remarks that are only about this item."""
        own, seen = [], set[str]()
        for remark in remarks(item):
            if remark.step is None:
                own.append(remark)
            elif remark.id in self._found:
                self._found[remark.id].count += remark.id not in seen
            else:
                self._found[remark.id] = Note(remark, item)
            seen.add(remark.id)
        return own

    def __iter__(self) -> Iterator[Note]:
        return iter(self._found.values())
