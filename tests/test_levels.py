"""How a report counts: its levels, and the line that counts many of them."""

from __future__ import annotations

import pytest

from corsdoctor.browsers import CHROMIUM
from corsdoctor.diagnose import withholding
from corsdoctor.flow.read import read_flow
from corsdoctor.flow.run import run_flow
from corsdoctor.levels import JUDGED, Counts, levels
from corsdoctor.report import FlowReport, Item, Problem
from corsdoctor.wire import Headers, Response
from tests.reports.runs import ALLOWED, BLOCKED, checked, judged


@pytest.mark.parametrize(
    ("item", "found"),
    [
        (checked("allowed"), {JUDGED}),
        (checked("opaque"), {JUDGED}),
        (checked("trailing-slash"), {"blocked", JUDGED}),
        (checked("refused"), {"error"}),
        (checked("unsent"), {"unsent", "note", JUDGED}),
        (checked("notes"), {"note", JUDGED}),
        (checked("preflighted-allowed"), {"note", JUDGED}),
        (Problem(1, "why"), {"error"}),
        (judged("a", "trailing-slash", BLOCKED, 1), {JUDGED}),
        (judged("a", "trailing-slash", ALLOWED, 1), {"blocked", JUDGED}),
        (judged("a", "trailing-slash", ALLOWED, 1, known="why"), {JUDGED}),
        (judged("a", "allowed", BLOCKED, 1), {"blocked", JUDGED}),
        (judged("a", "refused", BLOCKED, 1), {"error"}),
        (judged("a", "unsent", ALLOWED, 1), {"unsent", "note", JUDGED}),
    ],
)
def test_levels(item: Item, found: set[str]) -> None:
    assert levels(item) == found


@pytest.mark.parametrize(
    ("requests", "found"),
    [
        ([], {JUDGED}),
        ([{"url": "https://app.example/"}], {JUDGED}),
        ([{"url": "https://app.example/", "method": "PUT", "headers": {"Host": "a"}}], {"unsent", "note"}),
        ([{"url": "https://app.example/"}, {"url": "https://app.example:25/"}], {"blocked", JUDGED}),
    ],
)
def test_levels_of_a_flow(requests: list[object], found: set[str]) -> None:
    flow = read_flow({"visits": [{"page": "https://app.example/", "requests": requests}]})
    sending = withholding(lambda *_: Response(200, Headers()))
    assert levels(FlowReport(flow, run_flow(flow, (CHROMIUM,), sending))) == found


def test_why_there_is_a_preflight_is_no_note() -> None:
    report = checked("upload-listener")
    assert any(diagnosis.notes for diagnosis in report.diagnoses)
    assert "note" not in levels(report)


@pytest.mark.parametrize(
    ("items", "line"),
    [
        ([], ""),
        ([{JUDGED}], "1 checked: 1 passed"),
        ([{JUDGED, "note"}, set(), {"blocked", JUDGED}], "3 checked: 1 blocked, 2 passed, 1 with a note"),
        ([{"unsent", "note"}, {"error"}, {"error"}], "3 checked: 2 without a result, 1 not sent, 1 with a note"),
        ([{"blocked", "error", "unsent"}], "1 checked: 1 blocked"),
        ([{"blocked"}] * 1234, "1,234 checked: 1,234 blocked"),
    ],
)
def test_counts(items: list[set[str]], line: str) -> None:
    counts = Counts()
    for found in items:
        counts.add(found)
    assert str(counts) == line
