"""Items that failed for one reason: a run states it once, with the number of items and the names of the first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from corsdoctor.findings import Finding, failures
from corsdoctor.report import Item, Problem
from corsdoctor.reports.faults import name
from corsdoctor.reports.unmet import why_no_response

NAMED: Final = 3


@dataclass(slots=True)
class Alike:
    """`count` items with one reason; `first` is the first of them, and `names` has some of their names."""

    first: Item
    count: int = 0
    names: list[str] = field(default_factory=list)

    def add(self, item: Item) -> None:
        """Adds an item."""
        self.count += 1
        if len(self.names) < NAMED:
            self.names.append(name(item))

    @property
    def named(self) -> str:
        """`a, b, c and 3 more`."""
        left = self.count - len(self.names)
        return ", ".join(self.names) + (f" and {left} more" if left else "")


class Reasons:
    """Groups items by the reason why they failed."""

    def __init__(self) -> None:
        self._found: dict[object, Alike] = {}

    def add(self, item: Item) -> Alike:
        """Those that share the reason of `item`, with `item` among them."""
        alike = self._found.setdefault(reason(item), Alike(item))
        alike.add(item)
        return alike

    def __iter__(self) -> Iterator[Alike]:
        return iter(self._found.values())


def reason(item: Item) -> object:
    """A value that is equal if two items failed alike: the rule, the cause, what a list lacks, the response of one URL.

    Which origin, method or browser it was does not matter.
    """
    if isinstance(item, Problem):
        return item.kind, item.reason
    if detail := why_no_response(item):
        return detail
    broken = frozenset(map(_fault, failures(item.diagnoses)))
    mismatches = () if item.judged is None else item.judged.mismatches
    unmet = frozenset((m.what, m.expected, m.step is None and m.got) for m in mismatches)
    return (broken, unmet) if broken else (item.scenario.url, unmet)


def _fault(finding: Finding) -> object:
    cause, exchange = finding.step.cause, finding.exchange
    judged = None
    if exchange is not None:
        status = None if exchange.response is None else exchange.response.status
        judged = exchange.kind, exchange.request.url, status
    return finding.step.rule.id, None if cause is None else cause.id, finding.step.missing, judged
