"""Every server of the estate gets exactly the findings that an expert would name, with their severities."""

from __future__ import annotations

from functools import cache

import pytest

from corsdoctor.audit.explore import BUDGET, explore
from corsdoctor.audit.explored import Explored, Target
from corsdoctor.audit.weaknesses import WEAKNESSES
from corsdoctor.audit.weigh import Severity, Weighed, findings
from corsdoctor.levels import JUDGED, levels
from corsdoctor.report import AuditReport
from corsdoctor.scenario import Scenario
from corsdoctor.url import OPAQUE, parse, parse_origin
from corsdoctor.wire import Answer, FailureKind, Kind, NoAnswer, WireRequest
from tests.audit.estate import APP, ESTATE, RIGHT, URL, Server, answering, dynamic, matches
from tests.audit.estate.deployed import RARE

OF = {server.id: server for server in ESTATE}


@cache
def explored(server: Server, budget: int = BUDGET) -> Explored:
    """What the experiment shows of a server."""
    url = parse(server.url)
    assert url is not None
    trusted = tuple(origin for text in server.trusted if (origin := parse_origin(text)) is not None)
    return explore(Target(url, trusted), Scenario(server.url, OPAQUE), answering(server), budget=budget)


def named(found: tuple[Weighed, ...]) -> set[str]:
    """The findings as the labels of the estate have them."""
    return {f"{one.weakness.id}:{one.severity}" for one in found if one.severity > Severity.INFO}


@pytest.mark.parametrize("server", ESTATE, ids=lambda server: server.id)
def test_finds_what_is_wrong_and_nothing_else(server: Server) -> None:
    assert named(findings(explored(server))) == server.expected


@pytest.mark.parametrize(
    ("allowed", "expected"),
    [
        ("http://localhost:8000", {"localhost-allowed:low"}),
        ("http://127.0.0.1:5500", {"localhost-allowed:low"}),
        ("https://app.example.com_.", {"origin-character-allowed:high"}),
        ("https://corsdoctor.ngrok-free.app", {"hosting-origin-allowed:high"}),
        ("https://corsdoctor.azurewebsites.net", {"hosting-origin-allowed:high"}),
        ("moz-extension:", {"extension-origin-allowed:low"}),
        ("http://10.", {"private-address-allowed:low", "origin-prefix-allowed:high"}),
    ],
)
def test_a_larger_budget_tries_rarer_origins(allowed: str, expected: set[str]) -> None:
    server = Server("rarer", dynamic(lambda o: o == APP or o.startswith(allowed)))
    assert named(findings(explored(server))) == set()
    assert named(findings(explored(server, 80))) >= expected


@pytest.mark.parametrize("server", RARE, ids=lambda server: server.id)
def test_finds_rare_mistakes_with_a_larger_budget(server: Server) -> None:
    assert named(findings(explored(server))) < server.expected
    assert named(findings(explored(server, 80))) == server.expected


def test_an_address_that_is_trusted_shows_whether_any_is_allowed() -> None:
    pattern, trusted = r"^http://\d+\.\d+\.\d+\.\d+:3000$", ("http://192.168.1.10:3000",)
    server = Server("devices", dynamic(matches(pattern)), trusted=trusted)
    assert named(findings(explored(server))) == {"ip-address-allowed:high"}
    exact = Server("one-device", dynamic(lambda o: o in trusted), trusted=trusted)
    assert named(findings(explored(exact))) == set()


def test_findings_of_one_severity_are_in_the_order_of_the_tries() -> None:
    either = dynamic(lambda o: o in (APP, "null") or o.endswith(".vercel.app") or o.startswith(f"{APP}."))
    found = explored(Server("several", either))
    tried = [str(one.candidate.origin) for one in found.tried]
    high = [one.origin for one in findings(found) if one.severity is Severity.HIGH]
    assert len(high) == 3
    assert high == sorted(high, key=tried.index)


def test_a_hosting_service_hides_no_other_weakness() -> None:
    either = dynamic(lambda o: o.endswith(("example.com", ".vercel.app")))
    assert named(findings(explored(Server("either", either)))) >= {
        "hosting-origin-allowed:high",
        "origin-suffix-allowed:high",
    }


def test_a_name_under_an_allowed_top_level_domain_is_not_another_weakness() -> None:
    """herokuapp.com and jsbin.com end with .com."""
    assert named(findings(explored(OF["any-com"], 80))) == OF["any-com"].expected


def test_a_small_budget_gives_no_wrong_findings() -> None:
    """What is left out may keep two weaknesses from being told apart, but nothing is found where nothing is wrong."""
    for server in RIGHT:
        if "cookie" not in server.id:  # one response with a cookie is what tells them apart
            for budget in (1, 5, 10, 20, 80):
                assert named(findings(explored(server, budget))) == set(), (server.id, budget)


def test_a_dot_within_the_subdomain() -> None:
    """The estate does not include this server, because WebKit was not recorded with it. Chromium and Firefox read it as expected."""
    trusted = "https://v1.app.example.com"
    policy = dynamic(matches(r"^https://v1.app\.example\.com$"))
    found = findings(explored(Server("dot-within-the-subdomain", policy, trusted=(trusted,))))
    assert named(found) == {"subdomain-dot-unescaped:low"}
    assert found[0].origin == "https://v1xapp.example.com"


def test_a_report_is_as_severe_as_its_worst_finding() -> None:
    server = next(one for one in ESTATE if one.expected)
    report = AuditReport(explored(server), findings(explored(server)), Scenario(server.url, OPAQUE))
    assert report.severity is report.findings[0].severity
    assert report.name == server.url
    assert report._replace(others=("a",)).name == f"{server.url} and 1 other URL"
    assert report._replace(others=("a", "b")).name == f"{server.url} and 2 other URLs"
    assert not report.good
    assert levels(report) == {JUDGED, str(report.severity)}
    assert report._replace(findings=()).severity is None
    assert levels(report._replace(findings=())) == {JUDGED}
    assert levels(report._replace(explored=Explored(report.explored.target))) == {"error"}
    assert report._replace(findings=()).good


def test_a_server_that_answers_only_some_requests() -> None:
    """What was not answered proves nothing."""

    def send(kind: Kind, request: WireRequest) -> Answer:
        asked = request.headers.get("Origin")
        return answering(OF["exact"])(kind, request) if asked == APP else NoAnswer(FailureKind.TIMEOUT, "nothing came")

    url = parse(URL)
    assert url is not None
    trusted = parse_origin(APP)
    assert trusted is not None
    first = explore(Target(url, (trusted,)), Scenario(URL, OPAQUE), send)
    assert (first.sent, findings(first)) == (6, ())

    def later(kind: Kind, request: WireRequest) -> Answer:
        asked = request.headers.get("Origin")
        if kind is Kind.ACTUAL and asked in (APP, "https://stranger.example"):
            return answering(OF["exact"])(kind, request)
        return NoAnswer(FailureKind.TIMEOUT, "nothing came")

    assert findings(explore(Target(url, (trusted,)), Scenario(URL, OPAQUE), later)) == ()


def test_ids_and_texts_of_weaknesses() -> None:
    assert len({one.id for one in WEAKNESSES}) == len(WEAKNESSES)
    for one in WEAKNESSES:
        for text in (one.what, one.impact, one.fix):
            assert text.endswith((".", "$."))
        assert not one.title.endswith(".")


def test_the_worst_comes_first() -> None:
    found = [one.severity for one in findings(explored(OF["ends-with"]))]
    assert found == sorted(found, reverse=True)
    assert len(found) > 1
