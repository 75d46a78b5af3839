"""A cause without evidence is not named: the report says what would show it."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from corsdoctor.causes.probe import AUTO, NO_PROBES, Probing
from corsdoctor.hints import with_hints
from corsdoctor.report import FindOut, Report
from corsdoctor.reports.json_ import as_object
from corsdoctor.reports.text import render
from corsdoctor.reports.writer import Style
from corsdoctor.scenario import Scenario
from corsdoctor.url import Origin
from tests.causes.scripted import Lines, Rule, Servers

APP = Origin("https", "app.example")
URL = "https://api.example/items"
ANY = ("Access-Control-Allow-Origin", "*")
GRANTS = (ANY, ("Access-Control-Allow-Methods", "GET, PUT"), ("Access-Control-Allow-Headers", "{acrh}"))
PROBES = "run this command, which sends further requests without side effects"
READ = "read the body of the response to the preflight request, and the server's log"


@dataclass
class Flags:
    """How the server was reached."""

    insecure: bool = True
    cacert: str | None = None
    cert: str | None = None
    key: str | None = None
    proxy: str | None = None
    resolve: tuple[str, ...] = ()
    http2: bool = False
    connect_timeout: float | None = None
    max_time: float | None = None


def ask(
    *rules: Rule, method: str = "GET", headers: Lines = (), probing: Probing = AUTO, insecure: bool = False
) -> Report:
    report = Servers(rules).report(Scenario(URL, APP, method, headers), probing)
    return next(with_hints([report], transport=Flags() if insecure else None))


@pytest.mark.parametrize(
    ("report", "wanted"),
    [
        (ask(Rule(200), probing=NO_PROBES), (PROBES, f"corsdoctor check {URL} --origin {APP}")),
        (ask(Rule(403), probing=NO_PROBES), (PROBES, f"corsdoctor check {URL} --origin {APP}")),
        (ask(Rule(200), method="PUT", probing=Probing(1)), (PROBES, f"corsdoctor check {URL} --origin {APP} -X PUT")),
        (
            ask(Rule(400, GRANTS), method="PUT", insecure=True),
            (READ, f"curl -i -X OPTIONS {URL} -H 'Access-Control-Request-Method: PUT' -H 'Origin: {APP}' --insecure"),
        ),
        (ask(Rule(302, (*GRANTS, ("Location", "/c")), method="GET"), Rule(204, GRANTS, path="/items"), Rule(400, GRANTS), headers=(("X-A", "1"),)), (READ, None)),
        (ask(Rule(200)), None),
        (ask(Rule(429), probing=NO_PROBES), None),
        (ask(Rule(200, (ANY,))), None),
        (ask(Rule(204, (ANY,)), method="DELETE"), None),
    ],
)  # fmt: skip
def test_what_would_show_the_cause(report: Report, wanted: tuple[str, str | None] | None) -> None:
    assert report.find_out == (None if wanted is None else FindOut(*wanted))
    failures = [diagnosis.failure for diagnosis in report.diagnoses if diagnosis.failure is not None]
    if wanted is not None:
        assert any(failure.cause is None for failure in failures)
        assert f"Unknown: to find out, {wanted[0]}" in render(report, Style(2000))
        assert as_object(report)["find_out"] == {"text": wanted[0], "command": wanted[1]}
    else:
        assert "find_out" not in as_object(report)
        assert "Unknown" not in render(report, Style(2000))


def test_no_command_is_shown_that_prints_no_configuration() -> None:
    report = Servers((Rule(200),)).report(Scenario(URL, Origin("file", "")), NO_PROBES)
    shown = next(with_hints([report]))
    assert shown.changes
    assert shown.fix_command is None
    assert "As configuration" not in render(shown, Style(80))


def test_a_page_that_is_a_file_gets_an_origin_first() -> None:
    report = Servers((Rule(200, (("Vary", "Origin"),)),)).report(Scenario(URL, Origin("file", "")), NO_PROBES)
    failure = report.diagnoses[0].failure
    assert failure is not None
    assert failure.cause is not None
    assert failure.cause.fix.startswith("Browsers send the origin null, not file://")


def test_the_commands_hold_no_secret() -> None:
    secret = (("Authorization", "Bearer SEKRIT"),)
    for report in (
        ask(Rule(200), headers=secret, probing=NO_PROBES),
        ask(Rule(400, GRANTS), headers=secret),
    ):
        assert report.find_out is not None
        assert "SEKRIT" not in str(report.find_out)
