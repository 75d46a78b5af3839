"""The report as CSV (RFC 4180), for spreadsheets and databases: a row for each item and browser, below a row of names.

A text that a spreadsheet would read as a formula gets an apostrophe in front. New columns are added only at the end.
"""

from __future__ import annotations

import csv
import io
from typing import Final

from corsdoctor.diagnose import Diagnosis
from corsdoctor.levels import counts_as
from corsdoctor.report import Item, Problem, Report
from corsdoctor.reports.faults import faults, remarks
from corsdoctor.rule import Field, next_step
from corsdoctor.step_sentences import sentence
from corsdoctor.suite.judge import Expected
from corsdoctor.suite.outcome import CaseOutcome
from corsdoctor.visible import visible
from corsdoctor.wire import NoAnswer, Withheld

COLUMNS: Final = (
    "outcome", "id", "file", "line", "method", "url", "origin", "api", "browser", "verdict", "rule", "cause", "got",
    "wanted", "preflight", "status", "readable", "expected", "came", "known", "tries", "seconds", "next", "error",
    "notes", "failure",
)  # fmt: skip
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


class Csv:
    """Streams. Two runs with the same responses give the same rows, because only a policy's rows contain times."""

    def begin(self) -> str:
        return row({column: column for column in COLUMNS})

    def add(self, item: Item) -> str:
        common: dict[str, object] = {
            "outcome": str(counts_as(item)), "id": item.id, "file": item.source, "line": item.line,
        }  # fmt: skip
        scenario = item.scenario
        if scenario is not None:
            common |= {
                "method": scenario.method, "url": scenario.url, "origin": str(scenario.origin), "api": str(scenario.api),
            }  # fmt: skip
        if isinstance(item, Problem):
            (fault,) = faults(item)
            return row(
                {
                    **common,
                    "rule": fault.id,
                    "expected": _expected(item.expected),
                    "next": fault.first("next"),
                    "error": item.reason,
                }
            )
        passed = {"next": None} if counts_as(item) is CaseOutcome.PASSED else {}
        return "".join(
            row({**common, **_browser(d), **_judged(item, d), **passed, **_notes(item, d)}) for d in item.diagnoses
        )

    def end(self) -> str:
        return ""


def _browser(diagnosis: Diagnosis) -> dict[str, object]:
    row: dict[str, object] = {
        "browser": diagnosis.profile.name, "verdict": str(diagnosis.verdict),
        "preflight": "yes" if any(e.is_preflight for e in diagnosis.exchanges) else "no",
        "readable": None if diagnosis.readable is None else ", ".join(diagnosis.readable),
    }  # fmt: skip
    step = diagnosis.failure
    if step is not None:
        row |= {
            "rule": step.rule.id, "cause": None if step.cause is None else step.cause.id, "next": next_step(step),
            "got": "; ".join(f"{label}: {value}" for label, value in step.evidence if label != Field.WANTED),
            "wanted": dict(step.evidence).get(Field.WANTED), "failure": sentence(step, diagnosis.exchanges),
        }  # fmt: skip
    if diagnosis.exchanges:
        last = diagnosis.exchanges[-1]
        if last.response is not None:
            row["status"] = last.response.status
        elif isinstance(last.answer, NoAnswer):
            row["error"] = last.answer.detail
        elif isinstance(last.answer, Withheld):
            row["error"] = f"not sent: {last.answer.why}"
    return row


def _judged(report: Report, diagnosis: Diagnosis) -> dict[str, object]:
    judged = report.judged
    if judged is None:
        return {}
    mismatches = [m for m in judged.mismatches if m.profile.name == diagnosis.profile.name]
    return {
        "expected": _expected(judged.expected),
        "came": "; ".join(f"{m.what}: {m.got}" for m in mismatches), "known": judged.known, "tries": judged.tries,
        "seconds": f"{judged.seconds:.3f}",
    }  # fmt: skip


def _notes(report: Report, diagnosis: Diagnosis) -> dict[str, object]:
    """The ids of the remarks on the item and of the notes of this browser."""
    ids = [remark.id for remark in remarks(report) if remark.step is None]
    return {"notes": ", ".join(dict.fromkeys((*ids, *(step.rule.id for step in diagnosis.notable))))}


def _expected(expected: Expected | None) -> str | None:
    if expected is None:
        return None
    from corsdoctor.reports.unmet import expectation  # what a plain check need not load

    return expectation(expected)


def row(values: dict[str, object], columns: tuple[str, ...] = COLUMNS) -> str:
    """One row, with the `values` of these columns."""
    out = io.StringIO()
    csv.writer(out).writerow([_cell(values.get(column)) for column in columns])
    return out.getvalue()


def _cell(value: object) -> str | int:
    """What a cell has, so that no spreadsheet reads it as a formula."""
    if value is None or value == "":
        return ""
    if isinstance(value, int):
        return value
    text = visible(str(value))
    return f"'{text}" if text.startswith(_FORMULA) else text
