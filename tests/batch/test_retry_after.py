"""429 with Retry-After: once more, after as long as the server says."""

from __future__ import annotations

import time
from dataclasses import dataclass

import pytest

from corsdoctor.batch.rate import NO_LIMIT, Pace
from corsdoctor.batch.retry_after import paced, retry_after
from corsdoctor.report import Retried
from corsdoctor.wire import Answer, FailureKind, Headers, Kind, NoAnswer, Response, WireRequest

NOW = 1_000_000_000.0  # Sun, 09 Sep 2001 01:46:40 GMT
WAIT = Response(429, Headers((("Retry-After", "0"),)))
OK = Response(200, Headers())


@dataclass(frozen=True)
class Asked:
    headers: tuple[tuple[str, str], ...]
    seconds: float | None


@pytest.mark.parametrize(
    "asked",
    [
        Asked((), None),
        Asked((("Retry-After", ""),), None),
        Asked((("Retry-After", "0"),), 0),
        Asked((("retry-after", " 17 "),), 17),
        Asked((("Retry-After", "999999999"),), 999999999),
        Asked((("Retry-After", "9999999999"),), None),
        Asked((("Retry-After", "1.5"),), None),
        Asked((("Retry-After", "-1"),), None),
        Asked((("Retry-After", "soon"),), None),
        Asked((("Retry-After", "٣"),), None),
        Asked((("Retry-After", "5"), ("Retry-After", "5")), 5),
        Asked((("Retry-After", "5"), ("Retry-After", "6")), None),
        Asked((("Retry-After", "Sun, 09 Sep 2001 01:46:45 GMT"),), 5),
        Asked((("Retry-After", "Sun, 09 Sep 2001 01:46:35 GMT"),), 0),
        Asked((("Retry-After", "Sun, 09 Sep 2001 99:99:99 GMT"),), None),
        Asked((("Retry-After", "Sun, 09 Sep 2001 01:46:45 GMT"), ("Date", "Sun, 09 Sep 2001 01:46:42 GMT")), 3),
        Asked((("Retry-After", "Sun, 09 Sep 2001 01:46:45 GMT"), ("Date", "yesterday")), 5),
    ],
)
def test_what_is_asked_for(asked: Asked) -> None:
    assert retry_after(Headers(asked.headers), NOW) == asked.seconds


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="Unix has it")
@pytest.mark.parametrize("zone", ["Asia/Tokyo", "XYZ+11", "UTC0"])
@pytest.mark.parametrize(
    "text", ["Sun, 09 Sep 2001 01:46:45 GMT", "Sunday, 09-Sep-01 01:46:45 GMT", "Sun Sep  9 01:46:45 2001"]
)
def test_each_form_of_a_date_is_in_utc(monkeypatch: pytest.MonkeyPatch, zone: str, text: str) -> None:
    with monkeypatch.context() as patch:
        patch.setenv("TZ", zone)
        time.tzset()
        found = retry_after(Headers((("Retry-After", text),)), NOW)
    time.tzset()
    assert found == 5


@dataclass(frozen=True)
class Case:
    id: str
    method: str
    answers: tuple[Answer, ...]
    sent: int
    longest: float = 60


@pytest.mark.parametrize(
    "case",
    [
        Case("not-busy", "GET", (OK,), 1),
        Case("once", "GET", (WAIT, OK), 2),
        Case("head", "HEAD", (WAIT, OK), 2),
        Case("options", "OPTIONS", (WAIT, OK), 2),
        Case("only-once", "GET", (WAIT, WAIT), 2),
        Case("then-gone", "GET", (WAIT, NoAnswer(FailureKind.RESET, "x")), 2),
        Case("may-change-data", "POST", (WAIT,), 1),
        Case("put", "PUT", (WAIT,), 1),
        Case("patch", "patch", (WAIT,), 1),
        Case("no-header", "GET", (Response(429, Headers()),), 1),
        Case("too-long", "GET", (Response(429, Headers((("Retry-After", "61"),))),), 1),
        Case("never", "GET", (Response(429, Headers((("Retry-After", "1"),))),), 1, longest=0),
        Case("never-even-without-a-wait", "GET", (WAIT,), 1, longest=0),
        Case("other-status", "GET", (Response(503, Headers((("Retry-After", "0"),))),), 1),
        Case("no-answer", "GET", (NoAnswer(FailureKind.RESET, "x"),), 1),
    ],
    ids=lambda case: case.id,
)
def test_what_is_sent_again(case: Case) -> None:
    told: list[Retried] = []
    left = list(case.answers)
    sending = paced(lambda _kind, _request: left.pop(0), Pace(NO_LIMIT), case.longest, told.append)
    request = WireRequest(case.method, "https://a.example/x", Headers())
    assert sending(Kind.ACTUAL, request) == case.answers[-1]
    assert left == []
    again = Retried(Kind.ACTUAL, case.method, "https://a.example/x", 0.0)
    assert told == [again] * (case.sent - 1)


class Recording(Pace):
    """Notes what is asked of it, and never waits."""

    def __init__(self) -> None:
        super().__init__(NO_LIMIT)
        self.asked: list[tuple[str, str, float]] = []

    def wait(self, host: str, delay: float = 0.0) -> None:
        self.asked.append(("wait", host, delay))

    def hold(self, host: str, seconds: float) -> None:
        self.asked.append(("hold", host, seconds))


def test_it_is_waited_before_it_is_sent_again() -> None:
    pace = Recording()

    def send(_kind: Kind, request: WireRequest) -> Answer:
        pace.asked.append(("send", request.url, 0))
        return Response(429, Headers((("Retry-After", "17"),)))

    url = "https://A.example:8443/x"
    paced(send, pace, 17, lambda _: None)(Kind.ACTUAL, WireRequest("GET", url, Headers()))
    assert pace.asked == [
        ("wait", "a.example", 0),
        ("send", url, 0),
        ("hold", "a.example", 17),
        ("wait", "a.example", 17),
        ("send", url, 0),
    ]
