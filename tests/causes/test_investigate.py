"""Which cause is named, how certain it is, and what is asked to find it."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from corsdoctor.browsers import BROWSERS
from corsdoctor.causes.by_value import is_open, with_values
from corsdoctor.causes.investigate import explained
from corsdoctor.causes.probe import AUTO, NO_PROBES, Probing
from corsdoctor.diagnose import diagnose
from corsdoctor.report import Report, report_on
from corsdoctor.scenario import Scenario
from corsdoctor.url import Origin
from corsdoctor.wire import Answer, Kind, WireRequest
from tests.causes.scripted import Rule, Servers
from tests.conformance.replay import HERE, load, scenario_of, sender_of

APP = Origin("https", "app.example")
URL = "https://api.example/items"
GET = Scenario(URL, APP)
PUT = Scenario(URL, APP, "PUT")
GATEWAY = "<html><head><title>502 Bad Gateway</title></head><body><hr><center>nginx/1.22.1</center></body></html>"


@dataclass(frozen=True)
class Case:
    id: str
    scenario: Scenario
    rules: tuple[Rule, ...]
    cause: str | None
    certainty: str = "certain"
    probes: int = 0


CASES = (
    Case("gateway", GET, (Rule(502, (("Content-Type", "text/html"),), GATEWAY),), "gateway-error"),
    Case("not found", GET, (Rule(404),), "not-found"),
    Case("no OPTIONS", PUT, (Rule(405, method="OPTIONS"), Rule()), "no-options", probes=1),
    Case("403 with Origin only", GET, (Rule(200, origin=None), Rule(403)), "origin-refused", probes=2),
    Case("403 for everybody", GET, (Rule(403),), "forbidden", probes=1),
)


def cause_of(report: Report) -> tuple[str, str] | None:
    failure = report.diagnoses[0].failure
    return None if failure is None or failure.cause is None else (failure.cause.id, str(failure.cause.certainty))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_the_cause(case: Case) -> None:
    report = Servers(case.rules).report(case.scenario, AUTO)
    assert cause_of(report) == (None if case.cause is None else (case.cause, case.certainty))
    assert len(report.probes) == case.probes


ALLOWED = (("Access-Control-Allow-Origin", "https://app.example"),)
ECHO = (("Access-Control-Allow-Origin", "{origin}"),)


@pytest.mark.parametrize(
    ("scenario", "first", "later", "cause"),
    [
        (GET, Rule(), Rule(200, ECHO), ("not-configured", "likely")),
        (PUT, Rule(204), Rule(204, (*ECHO, ("Access-Control-Allow-Methods", "PUT"))), ("not-configured", "likely")),
        (PUT, Rule(403), Rule(204, ALLOWED), ("not-configured", "likely")),
        (PUT, Rule(404), Rule(204, ALLOWED), ("not-configured", "likely")),
        (GET, Rule(403), Rule(200), ("forbidden", "likely")),
        (GET, Rule(), Rule(429), ("not-configured", "likely")),
    ],
)
def test_one_of_two_servers_behind_an_address_shows_nothing_for_certain(
    scenario: Scenario, first: Rule, later: Rule, cause: tuple[str, str]
) -> None:
    """The first response is that of a server without the configuration, and every other one of a server that has it."""
    servers = Servers((later,))

    def send(kind: Kind, request: WireRequest) -> Answer:
        answer = servers.send(kind, request)
        return first.answer(request) if len(servers.requests) == 1 else answer

    report = report_on(scenario, BROWSERS, send, AUTO)
    assert cause_of(report) == cause
    assert len(report.probes) <= 4


@pytest.mark.parametrize(("probing", "most"), [(NO_PROBES, 0), (Probing(1), 1), (AUTO, 4)])
def test_no_more_probes_are_sent_than_allowed(probing: Probing, most: int) -> None:
    servers = Servers((Rule(200),))
    report = servers.report(PUT, probing)
    assert len(report.probes) <= most
    assert len(servers.requests) == 1 + len(report.probes)


def test_a_request_that_passes_is_not_probed() -> None:
    servers = Servers((Rule(200, (("Access-Control-Allow-Origin", "*"),)),))
    assert servers.report(GET).probes == ()
    assert len(servers.requests) == 1


def test_where_nothing_is_open_the_values_alone_give_the_same() -> None:
    """Of every recorded case: a check that passes need not load what weighs evidence."""
    closed = [
        diagnosis
        for case in load(HERE / "cases.jsonl").values()
        for profile in BROWSERS
        if not is_open(diagnosis := diagnose(scenario_of(case), profile, sender_of(case)))
    ]
    assert any(note.cause for diagnosis in closed for note in diagnosis.notes)
    assert tuple(map(with_values, closed)) == explained(closed)
