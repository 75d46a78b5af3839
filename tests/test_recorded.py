"""Recorded answers: what is found for a request, and that a run can be repeated from its record."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corsdoctor.browsers import BROWSERS, Profile
from corsdoctor.diagnose import diagnose
from corsdoctor.recorded import NotRecorded, Recorded, key_of, record
from corsdoctor.scenario import Scenario
from corsdoctor.wire import Answer, Exchange, FailureKind, Headers, Kind, NoAnswer, Response, WireRequest, Withheld
from tests.test_diagnose import ANSWERS, SCENARIOS, in_turn

URL = "https://api.example/items"
PLAIN = WireRequest("GET", URL, Headers())
KEYED = PLAIN._replace(headers=Headers((("X-Key", "1"),)))
POSTED = PLAIN._replace(method="POST", body=b"1")
OK, GONE, SEEN = Response(200, Headers()), Response(410, Headers()), Response(304, Headers())
REFUSED = NoAnswer(FailureKind.REFUSED, "refused")
NOWHERE = NotRecorded()


def actual(request: WireRequest, answer: Answer) -> Exchange:
    return Exchange(Kind.ACTUAL, request, answer)


@dataclass(frozen=True)
class Case:
    """What is found for `request`: exactly, and by its kind, method and URL."""

    id: str
    exchanges: tuple[Exchange, ...]
    request: WireRequest = PLAIN
    kind: Kind = Kind.ACTUAL
    nth: int = 0
    exact: Answer | NotRecorded = NOWHERE
    similar: Answer | NotRecorded = NOWHERE


CASES = (
    Case("nothing-recorded", ()),
    Case("same-request", (actual(PLAIN, OK),), exact=OK, similar=OK),
    Case("no-response-is-an-answer", (actual(PLAIN, REFUSED),), exact=REFUSED, similar=REFUSED),
    Case("withheld-is-not", (actual(PLAIN, Withheld("no")),)),
    Case("other-headers", (actual(KEYED, OK),), similar=OK),
    Case("other-method", (actual(POSTED, OK),)),
    Case("other-body", (actual(POSTED, OK),), request=POSTED._replace(body=b"2"), similar=OK),
    Case("other-url", (actual(PLAIN._replace(url=f"{URL}?a"), OK),)),
    Case("other-kind", (actual(PLAIN, OK),), kind=Kind.PREFLIGHT),
    Case("exact-beside-similar", (actual(KEYED, GONE), actual(PLAIN, OK)), exact=OK, similar=GONE),
    Case("first-of-two", (actual(PLAIN, OK), actual(PLAIN, GONE)), exact=OK, similar=OK),
    Case("second-of-two", (actual(PLAIN, OK), actual(PLAIN, GONE)), nth=1, exact=GONE, similar=GONE),
    Case("third-of-two", (actual(PLAIN, OK), actual(PLAIN, GONE)), nth=2, exact=GONE, similar=GONE),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_lookup(case: Case) -> None:
    recorded = Recorded(case.exchanges)
    assert recorded.answer(case.kind, case.request, case.nth) == case.exact
    assert recorded.similar(key_of(case.kind, case.request), case.nth) == case.similar


def test_an_exchange_can_be_added() -> None:
    before = Recorded((actual(PLAIN, OK),))
    after = before.plus(actual(KEYED, GONE))
    assert isinstance(before.answer(Kind.ACTUAL, KEYED), NotRecorded)
    assert after.answer(Kind.ACTUAL, KEYED) == GONE
    assert after.answer(Kind.ACTUAL, PLAIN) == OK
    assert after == Recorded((actual(PLAIN, OK), actual(KEYED, GONE)))


def test_a_request_that_runs_share_is_recorded_once() -> None:
    runs = (
        [actual(PLAIN, OK)],
        [actual(PLAIN, OK), actual(KEYED, GONE), actual(PLAIN, SEEN)],
        [actual(PLAIN, Withheld("no")), actual(KEYED, GONE)],
    )
    assert record(runs) == Recorded((actual(PLAIN, OK), actual(KEYED, GONE), actual(PLAIN, SEEN)))


def test_an_answer_takes_the_place_of_a_request_that_an_earlier_run_withheld() -> None:
    assert record([[actual(PLAIN, Withheld("no"))], [actual(PLAIN, OK)]]) == Recorded((actual(PLAIN, OK),))


@given(SCENARIOS, ANSWERS, st.sampled_from(BROWSERS))
def test_a_run_is_repeated_from_its_record(scenario: Scenario, answers: list[Answer], profile: Profile) -> None:
    first = diagnose(scenario, profile, in_turn(answers))
    recorded, asked = Recorded(first.exchanges), list[tuple[Kind, WireRequest]]()

    def send(kind: Kind, request: WireRequest) -> Answer:
        asked.append((kind, request))
        answer = recorded.answer(kind, request, asked.count((kind, request)) - 1)
        return Withheld("not recorded") if isinstance(answer, NotRecorded) else answer

    again = diagnose(scenario, profile, send)
    assert (again.verdict, again.steps, again.readable) == (first.verdict, first.steps, first.readable)
