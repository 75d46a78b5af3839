"""Where the URL is spelled wrongly, the cure is for the right spelling: one action, or two in order."""

from __future__ import annotations

import pytest

from corsdoctor.causes.probe import AUTO, NO_PROBES, Probing
from corsdoctor.cure import Cure, cure
from corsdoctor.diagnose import Verdict
from corsdoctor.hints import with_hints
from corsdoctor.report import Report
from corsdoctor.reports.cure_text import render
from corsdoctor.reports.writer import Style
from corsdoctor.scenario import Scenario
from tests.causes.scripted import Rule, Servers
from tests.causes.test_final_url import GET, GRANTED, GRANTS, LOGIN, PAGE, PLAIN, POST, PUT, THERE, URL, moved

ALLOWED = (moved(status=308), Rule(204, GRANTS, method="OPTIONS"), Rule(200, GRANTED))
BLOCKED = (moved(), Rule(204, method="OPTIONS"), Rule(200))


def cure_by(servers: Servers, scenario: Scenario, probing: Probing = AUTO) -> Cure:
    report = servers.report(scenario, probing)
    return cure(report.diagnoses, ask=servers.send, probes=report.probes)


@pytest.mark.parametrize("probing", [AUTO, NO_PROBES])
@pytest.mark.parametrize("scenario", [GET, PUT])
def test_only_the_url_has_to_change(scenario: Scenario, probing: Probing) -> None:
    servers = Servers(ALLOWED)
    found = cure_by(servers, scenario, probing)
    assert found.obstacle is not None
    assert (found.obstacle.first, found.url) == ("slash-redirect", THERE)
    assert (found.changes, found.proof, found.policy, found.alternatives) == ((), (), None, ())
    assert found.obstacle.next.startswith(f"Request {THERE}, exactly as spelled here: the")
    assert len({(request.method, request.url) for request in servers.requests}) == len(servers.requests)
    assert "PUT" not in {request.method for request in servers.requests}


@pytest.mark.parametrize("scenario", [GET, PUT])
def test_first_the_url_and_then_the_headers_there(scenario: Scenario) -> None:
    found = cure_by(Servers(BLOCKED), scenario)
    assert found.obstacle is None
    assert found.url == THERE
    assert {change.url for change in found.changes} == {THERE}
    assert {d.verdict for d in found.proof} == {Verdict.ALLOWED}
    report = Servers(BLOCKED).report(scenario)._replace(cure=found)
    shown = render([report], Style(80))
    assert f"First, request {THERE} instead" in shown
    assert shown.index("First, request") < shown.index("needs")


def test_a_final_url_that_answers_with_a_login_gets_no_configuration() -> None:
    found = cure_by(Servers((moved(), Rule(200, PAGE, LOGIN))), GET)
    assert (found.changes, found.policy) == ((), None)
    assert found.obstacle is not None
    assert "That is not enough" in found.obstacle.next


def test_a_final_url_with_another_obstacle_gets_no_configuration() -> None:
    found = cure_by(Servers((moved(), Rule(502))), GET)
    assert (found.changes, found.policy) == ((), None)
    assert found.obstacle is not None
    assert found.obstacle.first == "slash-redirect"
    assert "That is not enough" in found.obstacle.next


def test_https_that_nobody_answered_is_only_named() -> None:
    to_https = Rule(301, (("Location", URL),), path="^http:")
    found = cure(Servers((to_https,)).report(PLAIN, NO_PROBES).diagnoses)
    assert found.obstacle is not None
    assert (found.obstacle.first, found.url, found.changes) == ("https-upgrade-redirect", None, ())


def test_what_check_shows_is_about_the_final_url() -> None:
    def shown(rules: tuple[Rule, ...]) -> Report:
        return next(with_hints([Servers(rules).report(GET)]))

    allowed, blocked = shown(ALLOWED), shown(BLOCKED)
    assert (allowed.changes, allowed.fix_command) == ((), None)
    assert [change.url for change in blocked.changes] == [THERE]


def test_a_redirect_that_loses_the_method_is_never_verified() -> None:
    def by(status: int) -> Cure:
        servers = Servers((moved("/new", status=status), Rule(200)))
        return cure(servers.report(POST).diagnoses, ask=servers.send)

    assert [by(status).lost_method for status in (301, 303, 307)] == [("301", "POST"), None, None]
    assert (by(301).proof, bool(by(307).proof)) == ((), True)
    report = Servers((moved("/new"), Rule(200))).report(POST)._replace(cure=by(301))
    assert "browsers send GET instead of POST" in " ".join(render([report], Style(80)).split())


def test_an_obstacle_is_of_all_browsers_in_which_it_comes_first() -> None:
    found = cure_by(Servers(ALLOWED), PUT)
    assert found.obstacle is not None
    assert len({d.failure.rule.id for d in found.obstacle.diagnoses if d.failure is not None}) == 2


def test_nothing_but_harmless_requests_reach_the_final_url() -> None:
    servers = Servers((moved(), Rule(200)))
    found = cure(servers.report(POST).diagnoses, ask=servers.send)
    assert {request.method for request in servers.requests if request.url == THERE} <= {"GET", "HEAD", "OPTIONS"}
    assert found.obstacle is not None
