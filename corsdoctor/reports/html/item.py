"""The HTML of one item: the verdicts, the reason and what to do, the diagrams, the exchanges, notes, and the cure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from corsdoctor.record import Record
from corsdoctor.report import AuditReport, Item, Problem, Report
from corsdoctor.reports.audit_text import audit_content
from corsdoctor.reports.content import Blank, Content, Entry, Labelled
from corsdoctor.reports.faults import Fault, faults, headline, remarks
from corsdoctor.reports.html.pages import rendered
from corsdoctor.reports.html.svg import svg
from corsdoctor.reports.replay import MARKS
from corsdoctor.reports.sequence import sequences
from corsdoctor.reports.text import parts
from corsdoctor.reports.wording import WORDS, capital, where
from corsdoctor.reports.writer import Style

_STYLE: Final = Style(width=100, verbosity=1)


class BrowserVerdict(Record):
    """What one browser makes of a request, and what real ones did with it."""

    browser: str
    mark: str
    role: str
    words: str
    rule: str
    observed: list[str]


class Result(Record):
    """The headline and the remarks of an item, which its row in the table and its page both have."""

    headline: str
    remarks: list[Fault]


class Figure(Record):
    """A diagram, and the browsers that it is of if they differ."""

    caption: str
    svg: str


def result_of(item: Item) -> Result:
    """The headline and the remarks of an item."""
    return Result(headline(item), remarks(item))


def item_page(item: Item, result: Result, proxy: str) -> Any:
    """The HTML of an item with this result."""
    if isinstance(item, Problem):
        return rendered("problem.html.j2", text=item.reason)
    found = parts(item, _STYLE)
    drawn = sequences(item, proxy)
    return rendered(
        "item.html.j2",
        browsers=[
            BrowserVerdict(
                capital(d.profile.title),
                *MARKS[d.verdict],
                WORDS[d.verdict],
                "" if d.failure is None else d.failure.rule.id,
                _observed(item, d.profile.name),
            )
            for d in item.diagnoses
        ],
        headline=result.headline,
        unmet=[fault.entries for fault in faults(item)] if item.judged is not None else [],
        remarks=[remark.entries for remark in result.remarks if remark.step is None],
        figures=[
            Figure(capital(where(diagnoses)) if len(drawn) > 1 else "", svg(sequence)) for sequence, diagnoses in drawn
        ],
        answer=_named(found.answer),
        request=_named(found.request),
        exchanges=_named(found.exchanges),
        besides=_named(found.besides),
        notes=_named(found.notes),
        cure=_named(found.cure),
    )


def _observed(report: Report, browser: str) -> list[str]:
    if not report.observations:
        return []
    from corsdoctor.reports.observed_text import observed_in  # what a report without browsers need not load

    return observed_in(report, browser)


def audit_page(report: AuditReport) -> Any:
    """The HTML of an audit."""
    return rendered("audit.html.j2", content=_named(audit_content(report, _STYLE)))


def _named(content: Content) -> list[tuple[str, Any]]:
    """The blocks of a report, each with the name of its kind, which the template asks for."""
    return [
        (type(block).__name__, _by_label(block.entries) if isinstance(block, Labelled) else block)
        for block in content.blocks
        if not isinstance(block, Blank)
    ]


def _by_label(entries: Iterable[Entry]) -> list[tuple[str, list[Entry]]]:
    """Each label with its entries; one without a label continues the entry above."""
    found: list[tuple[str, list[Entry]]] = []
    for entry in entries:
        if entry.label and not (found and found[-1][0] == entry.label):
            found.append((entry.label, []))
        found[-1][1].append(entry)
    return found
