"""What is held against what came: each expectation on both sides of its edge, how cases count, what would be true."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pytest

from corsdoctor.browsers import BROWSERS, CHROMIUM, STANDARD, WEBKIT
from corsdoctor.diagnose import Diagnosis, Verdict, diagnose_all, withholding
from corsdoctor.scenario import Credentials, Scenario
from corsdoctor.suite.case import Known
from corsdoctor.suite.judge import Expected, Judged, judge
from corsdoctor.suite.observed import observed, verdict_of
from corsdoctor.suite.outcome import CaseOutcome, outcome
from corsdoctor.url import Origin
from corsdoctor.wire import Answer, Cutoff, Headers, NoAnswer, Response

APP = Origin("https", "app.example")
GET = Scenario("https://api.example/items", APP)
PUT = Scenario("https://api.example/items", APP, "PUT")
POST = Scenario("https://api.example/items", APP, "POST")
ALLOW = ("Access-Control-Allow-Origin", "https://app.example")
LETS_PUT = ("Access-Control-Allow-Methods", "PUT")
TOTAL = ("X-Total", "1")
GONE = NoAnswer(Cutoff.REFUSED, "nothing listens at api.example:443")


def came(scenario: Scenario, *lines: tuple[str, str], send: bool = True) -> tuple[Diagnosis, ...]:
    return answered(scenario, Response(200, Headers(lines)), send=send)


def answered(scenario: Scenario, answer: Answer, *, send: bool = True) -> tuple[Diagnosis, ...]:
    sending = lambda _kind, _request: answer  # noqa: E731
    return diagnose_all(scenario, BROWSERS, sending if send else withholding(sending))


OPEN, CLOSED, DEAD = came(GET, ALLOW, TOTAL), came(GET), answered(GET, GONE)
WITHHELD = came(PUT, ALLOW, LETS_PUT, send=False)
FORBIDDEN = came(PUT, ALLOW, send=False)
BLIND = came(POST, ALLOW, send=False)
EXPOSED = came(GET, ALLOW, TOTAL, ("Access-Control-Expose-Headers", "X-Total"))
AGED = came(PUT, ALLOW, LETS_PUT, ("Access-Control-Max-Age", "600"))
SPLIT = (*came(GET, ALLOW)[:1], *CLOSED[1:])


@dataclass(frozen=True)
class Case:
    """`wrong` are (what, expected, got) of the first browser; `after` is what would be true, None where it is as before."""

    id: str
    expected: Expected
    diagnoses: tuple[Diagnosis, ...]
    wrong: tuple[tuple[str, str, str], ...] = ()
    counts: CaseOutcome = CaseOutcome.FAILED
    after: Expected | None = None


PASSED, UNSENT, NO_ANSWER = CaseOutcome.PASSED, CaseOutcome.UNSENT, CaseOutcome.NO_ANSWER
CASES = (
    Case("allowed", Expected("allowed"), OPEN, counts=PASSED),
    Case("allowed-no", Expected("allowed"), CLOSED, (("verdict", "allowed", "blocked"),), after=Expected("blocked")),
    Case("allowed-withheld", Expected("allowed"), WITHHELD, counts=UNSENT),
    Case("allowed-blind", Expected("allowed"), BLIND, counts=UNSENT),
    Case("allowed-forbidden", Expected("allowed"), FORBIDDEN, (("verdict", "allowed", "blocked"),), after=Expected("blocked")),
    Case("allowed-dead", Expected("allowed"), DEAD, (("verdict", "allowed", "error"),), NO_ANSWER),
    Case("blocked", Expected("blocked"), CLOSED, counts=PASSED),
    Case("blocked-no", Expected("blocked"), OPEN, (("verdict", "blocked", "allowed"),), after=Expected("allowed")),
    Case("blocked-withheld", Expected("blocked"), WITHHELD, (("verdict", "blocked", "unsent"),), after=Expected("allowed")),
    Case("blocked-forbidden", Expected("blocked"), FORBIDDEN, counts=PASSED),
    Case("blocked-dead", Expected("blocked"), DEAD, (("verdict", "blocked", "error"),), NO_ANSWER),
    Case("rule", Expected("blocked", "acao-present"), CLOSED, counts=PASSED),
    Case("rule-alone", Expected(rule="acao-present"), CLOSED, counts=PASSED),
    Case(
        "rule-other", Expected("blocked", "acac-true"), CLOSED, (("rule", "acac-true", "acao-present"),),
        after=Expected("blocked", "acao-present"),
    ),
    Case(
        "rule-none", Expected(rule="acac-true"), OPEN, (("rule", "acac-true", "none (allowed)"),),
        after=Expected("allowed"),
    ),
    Case("readable", Expected(readable=("X-Total",)), EXPOSED, counts=PASSED),
    Case("readable-case", Expected(readable=("x-TOTAL",)), EXPOSED, counts=PASSED),
    Case(
        "readable-no", Expected("allowed", readable=("X-Total", "ETag")), EXPOSED,
        (("readable", "ETag", "x-total"),), after=Expected("allowed", readable=("X-Total",)),
    ),
    Case("readable-none", Expected(readable=("X-Total",)), OPEN, (("readable", "X-Total", "no header"),), after=Expected("allowed")),
    Case("readable-withheld", Expected(readable=("X-Total",)), WITHHELD, counts=UNSENT),
    Case("preflight", Expected(preflight=True), WITHHELD, counts=PASSED),
    Case(
        "preflight-no", Expected(preflight=True), OPEN, (("preflight", "a preflight", "no preflight"),),
        after=Expected(preflight=False),
    ),
    Case("no-preflight", Expected(preflight=False), OPEN, counts=PASSED),
    Case(
        "no-preflight-no", Expected(preflight=False), WITHHELD, (("preflight", "no preflight", "a preflight"),),
        after=Expected(preflight=True),
    ),
    Case("preflight-dead", Expected(preflight=True), answered(PUT, GONE), (("verdict", "an answer", "error"),), NO_ANSWER),
    Case("max-age", Expected(max_age=600), AGED, counts=PASSED),
    Case("max-age-less", Expected(max_age=601), AGED, (("max-age", "at least 601", "600"),), after=Expected(max_age=600)),
    Case("max-age-missing", Expected(max_age=1), WITHHELD, (("max-age", "at least 1", "0"),), after=Expected(max_age=0)),
    Case("max-age-none", Expected(max_age=1), OPEN, (("max-age", "at least 1", "no preflight"),), after=Expected("allowed")),
    Case("nothing", Expected(), CLOSED, counts=PASSED),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_each_expectation(case: Case) -> None:
    mismatches = judge(case.expected, case.diagnoses)
    assert tuple((m.what, m.expected, m.got) for m in mismatches if m.profile is STANDARD) == case.wrong
    assert len(mismatches) == len(case.wrong) * len(BROWSERS)
    assert all(m.step == d.failure for m in mismatches for d in case.diagnoses if d.profile is m.profile)
    assert outcome(Judged(case.expected, mismatches), case.diagnoses) is case.counts


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_what_was_observed_passes(case: Case) -> None:
    true = observed(case.expected, case.diagnoses)
    if case.counts is NO_ANSWER:
        assert true is None
        return
    assert true == (case.after or case.expected)
    assert not judge(true, case.diagnoses)


def test_the_rule_goes_where_browsers_name_several() -> None:
    credentials = Scenario(GET.url, APP, credentials=Credentials.INCLUDE)
    several = (*CLOSED[:2], *came(credentials, ALLOW)[2:])
    assert observed(Expected("blocked", "acac-true"), several) == Expected("blocked")


def test_no_expectation_holds_where_browsers_disagree() -> None:
    assert verdict_of(SPLIT) is None
    assert observed(Expected("allowed"), SPLIT) is None


def test_a_preflight_of_some_browsers_is_none_to_expect() -> None:
    some = (*came(PUT, ALLOW, LETS_PUT)[:2], *OPEN[2:])
    assert observed(Expected("allowed", preflight=False), some) == Expected("allowed")
    assert observed(Expected("allowed", max_age=9), some) == Expected("allowed")


@pytest.mark.parametrize(
    ("diagnoses", "known", "counts"),
    [
        (CLOSED, None, CaseOutcome.FAILED),
        (CLOSED, "ticket 1", CaseOutcome.KNOWN),
        (OPEN, "ticket 1", CaseOutcome.PASSED),
        (WITHHELD, "ticket 1", CaseOutcome.UNSENT),
        (DEAD, "ticket 1", CaseOutcome.NO_ANSWER),
        (SPLIT, "ticket 1", CaseOutcome.KNOWN),
        ((*CLOSED[:1], *DEAD[1:]), None, CaseOutcome.NO_ANSWER),
    ],
)
def test_a_known_failure_counts_apart_but_not_without_an_answer(
    diagnoses: tuple[Diagnosis, ...], known: str | None, counts: CaseOutcome
) -> None:
    expected = Expected("allowed")
    assert outcome(Judged(expected, judge(expected, diagnoses), known), diagnoses) is counts


@pytest.mark.parametrize(
    ("until", "today", "holds"),
    [
        (None, date(2100, 1, 1), True),
        (date(2026, 3, 1), date(2026, 2, 28), True),
        (date(2026, 3, 1), date(2026, 3, 1), True),
        (date(2026, 3, 1), date(2026, 3, 2), False),
    ],
)
def test_a_known_failure_holds_to_the_end_of_its_day(until: date | None, today: date, holds: bool) -> None:
    assert Known("ticket 1", until).holds(today) is holds


def test_judged_passes_without_a_mismatch() -> None:
    assert Judged(Expected("allowed"), ()).passed
    assert not Judged(Expected("allowed"), judge(Expected("allowed"), CLOSED)).passed


def test_the_mismatches_stand_in_the_browsers_order() -> None:
    assert [m.profile for m in judge(Expected("blocked", "acac-true"), OPEN)][::2] == [d.profile for d in OPEN]
    assert {CHROMIUM, WEBKIT} < {m.profile for m in judge(Expected("allowed"), CLOSED)}
    assert all(d.verdict is Verdict.BLOCKED for d in CLOSED)
