"""An item as the JSON line that it becomes, made where the item is, so that another process need not."""

from __future__ import annotations

from typing import NamedTuple

from corsdoctor.levels import levels
from corsdoctor.report import Item
from corsdoctor.reports.jsonl import JsonLines
from corsdoctor.reports.secrets import mask_report


class Rendered(NamedTuple):
    """A line with its line feed, and the item's levels for --fail-on.

    It is a tuple because a dataclass takes ten times as long to unpickle.
    """

    text: str
    levels: frozenset[str]


def rendered(item: Item, *, show_secrets: bool) -> Rendered:
    """The item as `--format jsonl` has it."""
    return Rendered(JsonLines().add(item if show_secrets else mask_report(item)), levels(item))
