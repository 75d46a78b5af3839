"""The report as JUnit XML, which most continuous integration shows: a testcase for each item, all in one testsuite.

The form is that of Jenkins' schema (junit-10.xsd of its xunit plugin), which other readers accept too.
"""

from __future__ import annotations

from typing import Final

from junitparser import Error, Failure, JUnitXml, Skipped, TestCase, TestSuite

from corsdoctor.levels import counts_as
from corsdoctor.report import Item, Problem, Report
from corsdoctor.reports.faults import REPORT, console, faults, headline, host, name, remarks, seconds
from corsdoctor.reports.problem_text import problem
from corsdoctor.reports.tally import Tally
from corsdoctor.reports.text import render
from corsdoctor.suite.outcome import CaseOutcome
from corsdoctor.visible import visible

_NAME: Final = "corsdoctor"
_DECLARATION: Final = b'<?xml version="1.0" encoding="utf-8"?>'


class Junit:
    """Keeps the testcases, as text, until the end, because their number is written before them."""

    def __init__(self) -> None:
        self._cases: list[bytes] = []
        self._tally = Tally()
        self._seconds = 0.0

    def begin(self) -> str:
        return ""

    def add(self, item: Item) -> str:
        self._tally.add(item)
        self._seconds += seconds(item)
        self._cases.append(_testcase(item).tostring())  # type: ignore[no-untyped-call]
        return ""

    def end(self) -> str:
        root, suite, counts = JUnitXml(_NAME), TestSuite(_NAME), self._tally.counts
        for element in (root, suite):
            element.tests = counts.total()
            element.failures, element.errors = counts[CaseOutcome.FAILED], counts[CaseOutcome.NO_ANSWER]
            element.time = round(self._seconds, 3)
        suite.skipped = counts[CaseOutcome.KNOWN] + counts[CaseOutcome.UNSENT]
        root.add_testsuite(suite)
        empty: bytes = root.tostring()  # type: ignore[no-untyped-call]
        start, _, end = empty.rpartition(b"/>")  # the suite's own end
        lines = (_DECLARATION, start.rstrip() + b">", *self._cases, b"</testsuite>" + end, b"")
        return b"\n".join(lines).decode()


def _testcase(item: Item) -> TestCase:
    case = TestCase(name(item), host(item), round(seconds(item), 3))
    became, found = counts_as(item), faults(item)
    reason = headline(item)
    kind = ", ".join(fault.id for fault in found)
    words = console(item)
    match became:
        case CaseOutcome.FAILED | CaseOutcome.NO_ANSWER:
            result = (Failure if became is CaseOutcome.FAILED else Error)(reason, kind)
            result.text = "\n\n".join((*(fault.text for fault in found), *(["\n".join(words)] if words else [])))
            case.result = [result]
        case CaseOutcome.KNOWN | CaseOutcome.UNSENT:
            case.result = [Skipped(reason, kind)]
        case _:
            pass
    passed = became in (CaseOutcome.PASSED, CaseOutcome.UNSENT)
    case.system_out = _briefly(item) if passed else _report(item)  # readers cannot handle 10,000 whole reports
    if words and not passed:
        case.system_err = "\n".join(words)
    return case


def _briefly(item: Item) -> str:
    """The result of an item that did not fail, and the remarks on it."""
    lines = [("result", headline(item))]
    if isinstance(item, Report) and item.judged is not None:
        from corsdoctor.reports.unmet import expectation  # what a plain check need not load

        lines.insert(0, ("expected", visible(expectation(item.judged.expected))))
    if isinstance(item, Report) and item.observations:
        from corsdoctor.reports.observed_text import observed_sentences  # what a run without browsers need not load

        lines += [("browser", visible(text)) for text, _ in observed_sentences(item)]
    lines += [("note", f"{remark.id}: {remark.first('note')}") for remark in remarks(item)]
    return "\n".join(f"{label:<10}{text}" for label, text in lines)


def _report(item: Item) -> str:
    """The annotated report, as a terminal shows it."""
    return problem(item, REPORT) if isinstance(item, Problem) else render(item._replace(cure=None), REPORT)
