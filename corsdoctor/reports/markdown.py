"""The report as Markdown for a comment on a pull request: a summary, a table, and the details folded.

It has at most 65,000 characters, because GitHub accepts at most 65,536; what does not fit is counted.
Received values are written as code, in which Markdown and mentions have no effect.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from corsdoctor.report import Item, Problem, Report
from corsdoctor.reports.faults import REPORT, Fault, faults, headline, name, remarks
from corsdoctor.reports.layout import ELLIPSIS, cut
from corsdoctor.reports.problem_text import problem
from corsdoctor.reports.tally import Tally
from corsdoctor.reports.text import render
from corsdoctor.reports.wording import VALUE_CELLS, capital
from corsdoctor.suite.outcome import CaseOutcome
from corsdoctor.visible import visible

LONGEST: Final = 65_000
FOLDED: Final = 10  # more passed items than these are folded, and all of them if something failed
_ROOM_FOR_ROWS: Final = 20_000
_ROOM_FOR_DETAILS: Final = 32_000
_ROOM_FOR_PASSED: Final = 10_000
_ROOM_FOR_ONE: Final = 8_000  # of the details of one item
_MARKS: Final = {
    CaseOutcome.PASSED: "✅ passed", CaseOutcome.UNSENT: "⚠️ not sent", CaseOutcome.KNOWN: "⚠️ known",
    CaseOutcome.FAILED: "❌ failed", CaseOutcome.NO_ANSWER: "❌ no answer",
}  # fmt: skip
_SPECIAL: Final = re.compile(r"[\\`*_{}\[\]<>|&~@#]")
_HARMLESS_CODE: Final = re.compile(r"[^\\`|]+")


@dataclass(slots=True)
class _Kept:
    """Texts, as long as there is room for them; `left_out` counts the others."""

    room: int
    texts: list[tuple[str, ...]] = field(default_factory=list)
    left_out: int = 0

    def add(self, *texts: str) -> None:
        """Keeps `texts`, which belong together, or counts them."""
        size = sum(len(text) + len(" | ") for text in texts)
        if self.left_out or size > self.room:
            self.left_out += 1
        else:
            self.room -= size
            self.texts.append(texts)

    @property
    def rest(self) -> str:
        """The number of texts that did not fit, as a paragraph."""
        return f"\n… and {self.left_out} more, which do not fit into a comment.\n" if self.left_out else ""


class Markdown:
    """Keeps what fits into a comment until the end, because the summary comes first."""

    def __init__(self) -> None:
        self._tally = Tally()
        self._judged = False
        self._rows, self._passed = _Kept(_ROOM_FOR_ROWS), _Kept(_ROOM_FOR_PASSED)
        self._details = _Kept(_ROOM_FOR_DETAILS)

    def begin(self) -> str:
        return ""

    def add(self, item: Item) -> str:
        became, found = self._tally.add(item), faults(item)
        self._judged |= isinstance(item, Report) and item.judged is not None
        passed = became is CaseOutcome.PASSED
        (self._passed if passed else self._rows).add(*_row(item, became, found))
        if not passed:
            self._details.add(_details(item, became, found))
        return ""

    def end(self) -> str:
        return "\n".join(self._parts())

    def _parts(self) -> Iterator[str]:
        count = self._tally.counts[CaseOutcome.PASSED]
        bad = self._rows.texts or self._rows.left_out
        yield f"### {'✅' if self._tally.good else '❌'} corsdoctor: {self._tally}\n"
        if bad:
            yield self._table(self._rows)
        if count and (bad or count > FOLDED):
            yield _folded(f"{count} passed", self._table(self._passed))
        elif count:
            yield self._table(self._passed)
        yield from (text for (text,) in self._details.texts)
        if self._details.rest:
            yield self._details.rest

    def _table(self, kept: _Kept) -> str:
        expected = slice(0) if self._judged else slice(2, 3)  # the column that only policies have
        lines = [["", "Case" if self._judged else "Request", "Expected", "Result", "Rule"], ["---"] * 5]
        lines += [list(texts) for texts in kept.texts]
        for cells in lines:
            del cells[expected]
        return "".join(f"| {' | '.join(cells)} |\n" for cells in lines) + kept.rest


def code(text: str) -> str:
    """`text`, with any content, as code in a line or in the cell of a table."""
    if _HARMLESS_CODE.fullmatch(text) and text == text.strip():
        return f"`{text}`"
    return f"<code>{prose(text)}</code>" if text else ""


def prose(text: str) -> str:
    """`text` with every character escaped that means something in Markdown."""
    return _SPECIAL.sub(lambda found: f"&#{ord(found[0])};", text)


def fenced(text: str) -> str:
    """`text` as a block of code, fenced by more backticks than occur in it."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{text}\n{fence}\n"


def _row(item: Item, became: CaseOutcome, found: Iterable[Fault]) -> tuple[str, ...]:
    rules = ", ".join(
        code(fault.id) if fault.step is None else f"[{code(fault.id)}]({fault.step.rule.spec})" for fault in found
    )
    expected, came = "", prose(headline(item))
    if isinstance(item, Problem):
        came = code(headline(item))
    elif item.judged is not None:
        from corsdoctor.reports.unmet import expectation

        expected = prose(cut(visible(expectation(item.judged.expected)), VALUE_CELLS))
        unlike = "; ".join(text for fault in found for label, text in fault.entries if label == "actual")
        if unlike:
            known, expired = item.judged.known, item.judged.expired
            reason = f" (known: {known})" if known else f" (known failure, expired: {expired})" if expired else ""
            failures = [fault.failure for fault in found if fault.failure]
            came = prose(". ".join([*failures, cut(visible(capital(unlike) + reason), VALUE_CELLS)]))
    if isinstance(item, Report) and item.observations and became is not CaseOutcome.FAILED:
        from corsdoctor.reports.observed_text import observed_sentences  # what a run without browsers need not load

        came = ". ".join([came, *(prose(visible(text)).removesuffix(".") for text, _ in observed_sentences(item))])
    notes = ", ".join(code(remark.id) for remark in remarks(item))
    return _MARKS[became], code(name(item)), expected, f"{came} (note: {notes})" if notes else came, rules


def _details(item: Item, became: CaseOutcome, found: Iterable[Fault]) -> str:
    if isinstance(item, Problem):
        text = problem(item, REPORT)
    else:
        reasons = [fault.text for fault in found] if item.judged is not None else []
        text = "\n\n".join((*reasons, render(item._replace(cure=None), REPORT)))
    shown = text if len(text) <= _ROOM_FOR_ONE else f"{text[:_ROOM_FOR_ONE]}{ELLIPSIS}"
    return _folded(f"<code>{html.escape(name(item))}</code>: {became}", fenced(shown))


def _folded(title: str, text: str) -> str:
    return f"<details><summary>{title}</summary>\n\n{text}\n</details>\n"
