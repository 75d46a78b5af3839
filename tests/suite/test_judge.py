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
from corsdoctor.suite.server_errors import blocking_status
from corsdoctor.url import Origin
from corsdoctor.wire import Answer, FailureKind, Headers, Kind, NoAnswer, Response, WireRequest

APP = Origin("https", "app.example")
GET = Scenario("https://api.example/items", APP)
PUT = Scenario("https://api.example/items", APP, "PUT")
POST = Scenario("https://api.example/items", APP, "POST")
ALLOW = ("Access-Control-Allow-Origin", "https://app.example")
LETS_PUT = ("Access-Control-Allow-Methods", "PUT")
TOTAL = ("X-Total", "1")
GONE = NoAnswer(FailureKind.REFUSED, "nothing listens at api.example:443")


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
REFUSED = came(PUT, ALLOW, ("Access-Control-Max-Age", "600"))
NOTHING = Expected()  # as `after`: there is none to write
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
    Case("blocked-withheld", Expected("blocked"), WITHHELD, (("verdict", "blocked", "unsent"),), after=NOTHING),
    Case("blocked-blind", Expected("blocked"), BLIND, (("verdict", "blocked", "unsent"),), after=NOTHING),
    Case("rule-blind", Expected(rule="acao-present"), BLIND, (("rule", "acao-present", "none (unsent)"),), after=NOTHING),
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
    Case("max-age-less", Expected(max_age=601), AGED, (("max-age", "max-age at least 601", "max-age 600"),), after=Expected(max_age=600)),
    Case("max-age-missing", Expected(max_age=5), WITHHELD, counts=PASSED),
    Case("max-age-missing-no", Expected(max_age=6), WITHHELD, (("max-age", "max-age at least 6", "max-age 5"),), after=Expected(max_age=5)),
    Case("max-age-failed", Expected(max_age=1), REFUSED, (("max-age", "max-age at least 1", "max-age 0"),), after=Expected(max_age=0)),
    Case("max-age-none", Expected(max_age=1), OPEN, (("max-age", "max-age at least 1", "no preflight"),), after=Expected("allowed")),
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
    if case.counts is NO_ANSWER or case.after == NOTHING:
        assert true is None
        return
    assert true == (case.after or case.expected)
    assert not judge(true, case.diagnoses)


def test_an_unknown_verdict_is_no_expected_one() -> None:
    unknown = tuple(diagnosis._replace(verdict=Verdict.UNKNOWN) for diagnosis in CLOSED)
    for verdict in ("allowed", "blocked"):
        assert [m.got for m in judge(Expected(verdict), unknown)] == ["unknown"] * len(BROWSERS)


@pytest.mark.parametrize("expected", [Expected(cookies_sent=("a",)), Expected(cookies_stored=("a",))])
def test_cookies_of_a_request_that_was_withheld_are_not_missing(expected: Expected) -> None:
    assert [m.names for m in judge(expected, OPEN)] == [("a",)] * len(BROWSERS)
    assert judge(expected, WITHHELD) == ()


def test_of_several_preflight_responses_the_shortest_max_age_counts() -> None:
    def send(kind: Kind, request: WireRequest) -> Answer:
        moves = request.url == PUT.url
        if kind is Kind.PREFLIGHT:
            return Response(200, Headers((ALLOW, LETS_PUT, ("Access-Control-Max-Age", "60" if moves else "50"))))
        return Response(307, Headers((ALLOW, ("Location", "/moved")))) if moves else Response(200, Headers((ALLOW,)))

    diagnoses = diagnose_all(PUT, BROWSERS, send)
    assert judge(Expected("allowed", max_age=50), diagnoses) == ()
    assert {m.got for m in judge(Expected(max_age=51), diagnoses)} == {"max-age 50"}


@pytest.mark.parametrize(
    ("given", "wanted", "seconds"),
    [
        ("86400", 86400, {"chromium": 7200, "webkit": 600}),
        ("86401", 86401, {"chromium": 7200, "firefox": 86400, "webkit": 600}),
        ("600", 600, {}),
        ("601", 601, {"webkit": 600}),
        ("7200", 7200, {"webkit": 600}),
        ("soon", 5, {"firefox": 0}),
        ("soon", 6, {"standard": 5, "chromium": 5, "firefox": 0, "webkit": 5}),
    ],
)
def test_max_age_is_what_the_browser_remembers(given: str, wanted: int, seconds: dict[str, int]) -> None:
    diagnoses = came(PUT, ALLOW, LETS_PUT, ("Access-Control-Max-Age", given))
    mismatches = judge(Expected(max_age=wanted), diagnoses)
    assert {m.profile.name: m.got for m in mismatches} == {name: f"max-age {age}" for name, age in seconds.items()}
    after = observed(Expected(max_age=wanted), diagnoses)
    assert after is not None
    assert not judge(after, diagnoses)
    assert after.max_age == min(seconds.values(), default=wanted)


@pytest.mark.parametrize(
    ("status", "lines", "expected", "sick"),
    [
        (503, (), Expected("blocked"), True),
        (503, (), Expected(rule="acao-present"), True),
        (500, (), Expected("blocked"), True),
        (499, (), Expected("blocked"), False),
        (429, (), Expected("blocked"), True),
        (404, (), Expected("blocked"), True),
        (403, (), Expected("blocked"), False),
        (200, (), Expected("blocked"), False),
        (503, (("Access-Control-Allow-Origin", "https://other.example"),), Expected("blocked"), False),
        (503, (), Expected("allowed"), False),
        (503, (ALLOW,), Expected("allowed"), False),
    ],
)
def test_an_error_response_does_not_show_who_is_allowed(
    status: int, lines: tuple[tuple[str, str], ...], expected: Expected, sick: bool
) -> None:
    for scenario in (GET, PUT) if expected.rule is None else (GET,):
        diagnoses = answered(scenario, Response(status, Headers(lines)))
        found = blocking_status(Judged(expected, judge(expected, diagnoses)), diagnoses)
        assert found == (status if sick else None)


@pytest.mark.parametrize(
    ("expected", "sick"), [(Expected("blocked"), True), (Expected(rule="preflight-status-ok"), False)]
)
def test_a_preflight_that_lets_the_origin_in_but_has_a_bad_status(expected: Expected, sick: bool) -> None:
    diagnoses = answered(PUT, Response(503, Headers((ALLOW, LETS_PUT))))
    assert blocking_status(Judged(expected, judge(expected, diagnoses)), diagnoses) == (503 if sick else None)


def test_what_was_blocked_without_an_answer_is_not_the_server_s_fault() -> None:
    for scenario in (Scenario("https://user:pw@api.example/", APP), Scenario("ftp://api.example/", APP)):
        diagnoses = came(scenario)
        assert blocking_status(Judged(Expected("blocked"), ()), diagnoses) is None


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
