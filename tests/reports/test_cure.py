"""The cure for people, against golden files, and for programs, by the schema; no secret in either."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from corsdoctor.browsers import BROWSERS
from corsdoctor.cure import cure
from corsdoctor.policy import Policy, merged
from corsdoctor.recipes.prescription import prescribe
from corsdoctor.report import Report, report_on
from corsdoctor.reports import write
from corsdoctor.reports.cure_text import render
from corsdoctor.reports.secrets import mask_report
from corsdoctor.reports.writer import Style
from corsdoctor.scenario import Scenario
from corsdoctor.url import Origin, parse
from corsdoctor.wire import Headers, Response
from tests.reports.cases import CASES
from tests.reports.test_json import VALIDATOR

Golden = Callable[[str, str], None]
BY_ID = {case.id: case for case in CASES}
SHOWN = {
    "trailing-slash": None, "preflight-405": "nginx", "blocked-two-ways": None, "disagree": None, "unsent": None,
    "redirect-to-null": None, "refused": None, "planned-never": None, "mode-same-origin": None,
}  # fmt: skip


def report(case_id: str, server: str | None = None, origins: tuple[Origin, ...] = ()) -> list[Report]:
    """The case from its own origin, or from each of several, with cures and one prescription."""
    case = replace(BY_ID[case_id], planned=False)
    cases = [replace(case, scenario=case.scenario._replace(origin=o)) for o in origins] or [case]
    reports = [c.report() for c in cases]
    cures = [cure(r.diagnoses) for r in reports]
    policies = [c.policy for c in cures if c.policy is not None]
    url = parse(case.scenario.url)
    assert url is not None
    answers = [e.response for d in reports[0].diagnoses for e in d.exchanges if e.response is not None]
    written = prescribe(merged(policies), url, answers, server) if policies else None
    return [
        r._replace(cure=c, prescription=written, command="corsdoctor check ...")
        for r, c in zip(reports, cures, strict=True)
    ]


@pytest.mark.parametrize("width", [80, 40])
@pytest.mark.parametrize("case_id", SHOWN)
def test_golden(case_id: str, width: int, golden: Golden) -> None:
    golden(f"cure-{case_id}.{width}.txt", render(report(case_id, SHOWN[case_id]), Style(width)))


def test_golden_of_two_origins(golden: Golden) -> None:
    origins = (Origin("https", "app.example"), Origin("http", "localhost", 3000))
    golden("cure-two-origins.80.txt", render(report("acao-missing", "caddy", origins), Style(80)))


def test_golden_after_a_check(golden: Golden) -> None:
    [with_cure] = report("trailing-slash")
    golden("cure-after-check.80.txt", write("text", [with_cure], Style(80)).rstrip("\n"))


def test_golden_in_colour(golden: Golden) -> None:
    golden("cure-preflight-405.color.txt", render(report("preflight-405", "nginx"), Style(80, color=True)))


@pytest.mark.parametrize(("status", "server", "shown"), [(403, "Google Frontend", True), (405, "nginx", False)])
def test_what_refuses_a_preflight_before_the_application_is_named(status: int, server: str, shown: bool) -> None:
    """The application never sees that request, so its configuration alone changes nothing."""
    refused = b"<title>403 Forbidden</title><h2>Your client does not have permission to get URL <code>/x</code> from this server.</h2>"
    answer = Response(status, Headers((("Server", server), ("Content-Type", "text/html"))), body=refused)
    asked = Scenario("https://api.example/x", Origin("https", "app.example"), headers=(("Authorization", "x"),))
    plain = report_on(asked, BROWSERS, lambda *_: answer)
    text = " ".join(render([plain._replace(cure=cure(plain.diagnoses))], Style(80)).split())
    assert ("Cause" in text, "--no-invoker-iam-check" in text) == (shown, shown)
    assert "status 204" in text


@pytest.mark.exhaustive
@pytest.mark.parametrize("case_id", BY_ID)
def test_every_cure_is_valid_json(case_id: str) -> None:
    case = replace(BY_ID[case_id], planned=False)
    plain = case.report()
    found = plain._replace(cure=cure(plain.diagnoses))
    for shown in (found, mask_report(found)):
        VALIDATOR.validate(json.loads(write("json", [shown], Style())))
        for width in (40, 80):
            lines = render([shown], Style(width)).split("\n")
            assert all(line == line.rstrip() for line in lines)


def test_a_prescription_is_valid_json() -> None:
    for server in ("nginx", None):
        [found] = report("preflight-405", server)
        VALIDATOR.validate(json.loads(write("jsonl", [found], Style())))


def test_a_configuration_is_not_wrapped() -> None:
    long = Policy((f"https://{'a' * 60}.example",), ("PUT",), tuple(f"X-Header-{i}" for i in range(20)))
    url = parse("https://api.example/")
    assert url is not None
    [found] = report("preflight-405", "nginx")
    written = prescribe(long, url, [Response(200, Headers())], "nginx")
    assert written is not None
    shown = render([found._replace(prescription=written)], Style(40))
    assert written.written.text in shown


def test_no_secret_is_shown() -> None:
    case = BY_ID["preflight-405"]
    scenario = case.scenario._replace(url=case.scenario.url + "?access_token=hunter2hunter2", credentials=None)
    plain = replace(case, scenario=scenario).report()
    found = mask_report(plain._replace(cure=cure(plain.diagnoses)))
    for text in (render([found], Style(200)), write("json", [found], Style())):
        assert "hunter2" not in text
