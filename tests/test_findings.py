"""What browsers report alike is one finding; what blames one cause at one response is fixed by one change."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from corsdoctor.browsers import BROWSERS, CHROMIUM, FIREFOX, Profile
from corsdoctor.causes.investigate import explained
from corsdoctor.diagnose import diagnose_all
from corsdoctor.findings import blockers, failures, notes
from corsdoctor.scenario import Scenario
from corsdoctor.url import Origin
from corsdoctor.wire import FailureKind, Headers, NoAnswer, Response

APP = Origin("https", "app.example")
URL = "https://api.example/items"
ALLOW = ("Access-Control-Allow-Origin", "https://app.example")


@dataclass(frozen=True)
class Case:
    """`groups` are the rules of each group of blockers, `alike` the browsers of each finding that is an error."""

    id: str
    scenario: Scenario
    answer: Response | NoAnswer
    groups: list[list[str]]
    alike: list[list[str]]
    notes: tuple[str, ...] = ()
    profiles: tuple[Profile, ...] = BROWSERS


def answer(status: int, *lines: tuple[str, str]) -> Response:
    return Response(status, Headers(lines))


ALL = ["standard", "chromium", "firefox", "webkit"]
FIRST = ["standard", "chromium", "firefox"]
CASES = (
    Case("allowed", Scenario(URL, APP), answer(200, ALLOW, ("Vary", "Origin")), [], []),
    Case("note", Scenario(URL, APP), answer(200, ALLOW), [], [], ("vary-origin",)),
    Case("same", Scenario(URL, APP), answer(200), [["acao-present"]], [ALL]),
    Case("no-answer", Scenario(URL, APP), NoAnswer(FailureKind.REFUSED, "refused"), [["actual-answered"]], [ALL]),
    Case(
        "before-sending", Scenario("http://api.example:25/", Origin("http", "app.example")), answer(200),
        [["port-not-blocked"]], [ALL],
    ),
    Case(
        "one-cause", Scenario(URL, APP, "PUT"), answer(405),
        [["acao-present", "preflight-status-ok"]], [FIRST, ["webkit"]],
    ),
    Case(
        "the-other-has-no-cause", Scenario(URL, APP, "PUT"), answer(418),
        [["acao-present", "preflight-status-ok"]], [FIRST, ["webkit"]],
    ),
    Case(
        "two-faults", Scenario(URL, APP, "PUT"), answer(405, ("Access-Control-Allow-Origin", "https://app.example/")),
        [["acao-matches-origin"], ["preflight-status-ok"]], [FIRST, ["webkit"]],
    ),
    Case(
        "other-evidence", Scenario(URL, APP, headers=(("DPR", "1"), ("X-A", "1"))), answer(204, ALLOW),
        [["acah-lists-headers"], ["acah-lists-headers"]], [["chromium"], ["firefox"]], profiles=(CHROMIUM, FIREFOX),
    ),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_findings(case: Case) -> None:
    diagnoses = explained(diagnose_all(case.scenario, case.profiles, lambda *_: case.answer))
    assert [[d.profile.name for d in f.diagnoses] for f in failures(diagnoses)] == case.alike
    assert tuple(f.step.rule.id for f in notes(diagnoses)) == case.notes
    assert [[f.step.rule.id for f in group] for group in blockers(diagnoses)] == case.groups


def test_another_cause_is_another_group() -> None:
    """Firefox reads the list of methods before that of headers."""
    preflight = answer(204, ALLOW, ("Access-Control-Allow-Methods", "GET"), ("Access-Control-Allow-Headers", '"'))
    diagnoses = diagnose_all(Scenario(URL, APP, "PUT", (("X-A", "1"),)), (CHROMIUM, FIREFOX), lambda *_: preflight)
    assert [[f.step.rule.id for f in group] for group in blockers(diagnoses)] == [
        ["acah-parses"],
        ["acam-lists-method"],
    ]


def test_without_a_cause_nothing_says_that_two_faults_are_one() -> None:
    diagnoses = diagnose_all(Scenario(URL, APP, "PUT"), BROWSERS, lambda *_: answer(405))
    unexplained = tuple(
        d._replace(steps=tuple(step._replace(cause=None, evidence=(("X", "1"), ("wanted", "1"))) for step in d.steps))
        for d in diagnoses
    )
    assert [len(group) for group in blockers(diagnoses)] == [2]
    assert [len(group) for group in blockers(unexplained)] == [1, 1]
