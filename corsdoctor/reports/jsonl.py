"""The report for programs that read many: the object of json_.py on one line."""

from __future__ import annotations

from corsdoctor.report import Item
from corsdoctor.reports.json_ import as_object, dumps


class JsonLines:
    """One line for each item."""

    def begin(self) -> str:
        return ""

    def add(self, item: Item) -> str:
        return f"{dumps(as_object(item))}\n"

    def end(self) -> str:
        return ""
