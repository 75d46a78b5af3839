"""What check, batch and test hand to the writers: three runs, from the table of cases, without a network."""

from __future__ import annotations

from collections.abc import Sequence

from corsdoctor.report import Item, Problem, ProblemKind, Report, Retried
from corsdoctor.scenario import Scenario
from corsdoctor.suite.judge import Expected, Judged, judge
from corsdoctor.wire import Kind
from tests.reports.cases import APP, CASES, ITEMS

BY_ID = {case.id: case for case in CASES}
ALLOWED, BLOCKED = Expected("allowed"), Expected("blocked")


def checked(case_id: str) -> Report:
    """A report as check makes it."""
    return BY_ID[case_id].report()


def line(number: int, case_id: str, id: str | None = None) -> Report:
    """A report as batch makes it."""
    return checked(case_id)._replace(id=id, line=number, source="requests.jsonl")


def judged(id: str, case_id: str, expected: Expected, line: int, **how: object) -> Report:
    """A report as test makes it; `how` are fields of Judged."""
    report = checked(case_id)
    found = Judged(expected, judge(expected, report.diagnoses), **{"seconds": 0.25, **how})  # type: ignore[arg-type]
    return report._replace(id=id, line=line, source="cors.toml", judged=found)


CHECK: Sequence[Item] = (checked("trailing-slash"),)
BATCH: Sequence[Item] = (
    line(1, "allowed"),
    line(2, "trailing-slash", "slash"),
    line(4, "unsent"),
    line(5, "refused"),
    Problem(6, "is no JSON object and no URL", source="requests.jsonl"),
    line(7, "blocked-two-ways"),
)
TEST: Sequence[Item] = (
    judged("shop may read", "allowed", ALLOWED, 8),
    judged("others stay out", "allowed", BLOCKED, 12),
    judged("shop may write", "preflight-405", ALLOWED, 16, known="the gateway answers OPTIONS from May on"),
    judged("shop may list", "trailing-slash", ALLOWED, 20, tries=2),
    judged("evil stays out", "trailing-slash", BLOCKED, 24, tries=2),
    judged("shop may save", "unsent", ALLOWED, 28),
    judged("nobody is there", "refused", BLOCKED, 32),
    judged("shop sees the tag", "allowed", Expected("allowed", readable=("ETag",), preflight=True), 36),
)
ASKED = Scenario(ITEMS, APP, "PUT")
TIMED_OUT = Problem(
    9,
    "not finished within --timeout (1 s)",
    "a/PUT",
    "cors.toml",
    ProblemKind.TIMED_OUT,
    ASKED,
    ALLOWED,
)
INTERNAL = Problem(12, "internal error: RuntimeError: x; please report it", None, None, ProblemKind.INTERNAL, ASKED)
AGAIN = judged(
    "too busy", "notes", ALLOWED, 40, tries=2, earlier=judge(ALLOWED, checked("trailing-slash").diagnoses)
)._replace(
    retried=(Retried(Kind.ACTUAL, "GET", ITEMS, 2.0),),
)
"""Passed, but on the second try, after a 429, and with several notes."""
RUNS = {"check": CHECK, "batch": BATCH, "test": TEST}
