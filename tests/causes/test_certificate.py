"""Servers that demand a client certificate: what each browser's cause says, and what the probes show of the certificate."""

from __future__ import annotations

import pytest

from corsdoctor.browsers import BROWSERS
from corsdoctor.causes.known import fix_of
from corsdoctor.causes.probe import AUTO
from corsdoctor.cure import cure
from corsdoctor.diagnose import Verdict
from corsdoctor.report import Report, report_on
from corsdoctor.reports.text import render
from corsdoctor.reports.writer import Style
from corsdoctor.rule import Cause
from corsdoctor.scenario import Credentials, Scenario
from corsdoctor.url import Origin
from corsdoctor.wire import Answer, Certificate, FailureKind, Headers, Kind, NoAnswer, Response, WireRequest

APP = Origin("https", "app.example")
GET = Scenario("https://api.example/a", APP)
PUT = GET._replace(method="PUT", credentials=Credentials.INCLUDE)
GRANTS = Headers(
    (
        ("Access-Control-Allow-Origin", str(APP)),
        ("Access-Control-Allow-Credentials", "true"),
        ("Access-Control-Allow-Methods", "PUT"),
        ("Vary", "Origin"),
    )
)
REFUSED = Response(
    400,
    Headers((("Content-Type", "text/html"),)),
    body=b"<html><title>400 No required SSL certificate was sent</title>",
)
ALERT = NoAnswer(FailureKind.CLIENT_CERTIFICATE, "api.example:443 requires a client certificate.")


class Demanding:
    """A server that gives `without` to a request that shows no certificate, and `with_` to one that does."""

    def __init__(self, without: Answer, with_: Answer | None = None) -> None:
        self.requests: list[WireRequest] = []
        self.without, self.with_ = without, with_ or Response(200, GRANTS)

    def __call__(self, _: Kind, request: WireRequest) -> Answer:
        self.requests.append(request)
        return self.with_ if request.certificate is Certificate.SHOWN else self.without

    def report(self, scenario: Scenario) -> Report:
        return report_on(scenario, BROWSERS, self, AUTO)


def causes(report: Report) -> dict[str, Cause]:
    """The cause by browser, where the request failed."""
    failures = {d.profile.name: d.failure for d in report.diagnoses}
    return {name: step.cause for name, step in failures.items() if step is not None and step.cause is not None}


@pytest.mark.parametrize("without", [REFUSED, Response(496, Headers()), ALERT], ids=["page", "status", "alert"])
def test_browsers_without_a_certificate_in_the_preflight_are_refused(without: Answer) -> None:
    report = Demanding(without).report(PUT._replace(certificate=True))
    assert {d.profile.name for d in report.diagnoses if d.verdict is Verdict.ALLOWED} == {"chromium", "webkit"}
    found = causes(report)
    assert found.keys() == {"standard", "firefox"}
    for cause in found.values():
        assert (cause.id, cause.fix) == ("client-certificate", fix_of("client-certificate"))
        assert "a preflight request carries none" in cause.text
        assert "--cert" not in cause.text
        assert cause.evidence


@pytest.mark.parametrize("without", [REFUSED, ALERT], ids=["page", "alert"])
def test_who_has_no_certificate_hears_that_other_browsers_would_show_it(without: Answer) -> None:
    found = causes(Demanding(without).report(PUT))
    assert found.keys() == {"standard", "chromium", "firefox", "webkit"}
    assert all("Chromium and WebKit show one" in cause.text for cause in found.values())


def test_a_request_without_credentials_needs_them() -> None:
    found = causes(Demanding(REFUSED).report(GET._replace(certificate=True)))
    assert found.keys() == {"standard", "firefox"}
    assert all("Firefox shows none" in cause.fix for cause in found.values())


def test_a_certificate_that_is_not_accepted() -> None:
    found = causes(Demanding(REFUSED, REFUSED).report(GET._replace(certificate=True, credentials=Credentials.INCLUDE)))
    assert found.keys() == {"standard", "chromium", "firefox", "webkit"}
    assert all("does not accept" in cause.text and "authority" in cause.fix for cause in found.values())


def test_probes_show_the_certificate_as_the_browser_does() -> None:
    """The preflight fails by itself, and the probes ask for both halves; the first browser decides, which is the Standard."""
    server = Demanding(Response(403, Headers()), Response(200, GRANTS))
    report = server.report(PUT._replace(certificate=True))
    assert {(probe.exchange.request.method, probe.exchange.request.certificate) for probe in report.probes} == {
        ("GET", Certificate.SHOWN),
        ("OPTIONS", Certificate.ABSENT),
    }


def test_a_cure_asks_what_is_granted_as_the_browser_that_may_see_it() -> None:
    """Without a preflight in the replay, one with the certificate shows what the server allows."""
    server = Demanding(REFUSED, Response(200, Headers()))
    asked = GET._replace(certificate=True, credentials=Credentials.INCLUDE)
    cure(report_on(asked, BROWSERS, server).diagnoses, ask=server)
    assert {r.certificate for r in server.requests if r.method == "OPTIONS"} == {Certificate.SHOWN}


def test_no_header_helps_before_the_server_spares_options() -> None:
    found = cure(Demanding(REFUSED).report(PUT._replace(certificate=True)).diagnoses)
    assert found.obstacle is not None
    assert (found.obstacle.first, found.proof) == ("client-certificate", ())


def test_the_report_says_which_request_shows_it() -> None:
    text = render(Demanding(REFUSED).report(PUT._replace(certificate=True)), Style(200))
    allowed, _, different = text.partition("Different in Firefox and by the Standard")
    assert allowed.count("> (with the client certificate)") == 2
    assert different.count("> (without the client certificate)") == 1
    assert "certificate)" not in render(Demanding(REFUSED).report(PUT), Style(200))
