"""An item as the JSON line that it becomes, made where the item is, so that another process need not."""

from __future__ import annotations

from corsdoctor.levels import levels
from corsdoctor.record import Record
from corsdoctor.report import AuditReport, FlowReport, Item
from corsdoctor.reports.jsonl import JsonLines
from corsdoctor.reports.secrets import mask_audit, mask_flow, mask_report


class Rendered(Record):
    """A line with its line feed, and the item's levels for --fail-on.

    It is a tuple because a dataclass takes ten times as long to unpickle.
    """

    text: str
    levels: frozenset[str]


def rendered(item: Item | FlowReport | AuditReport, *, show_secrets: bool) -> Rendered:
    """The item as `--format jsonl` has it."""
    if isinstance(item, AuditReport):
        return Rendered(JsonLines().add_audit(item if show_secrets else mask_audit(item)), levels(item))
    if isinstance(item, FlowReport):
        return Rendered(JsonLines().add_flow(item if show_secrets else mask_flow(item)), levels(item))
    return Rendered(JsonLines().add(item if show_secrets else mask_report(item)), levels(item))
