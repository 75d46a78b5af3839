"""The URL as the server spells it is tried without side effects, and the report says whether the page is allowed there."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from corsdoctor.browsers import BROWSERS
from corsdoctor.causes.probe import AUTO, NO_PROBES, ProbeKind
from corsdoctor.report import Report, report_on
from corsdoctor.scenario import Credentials, Scenario
from corsdoctor.url import Origin
from corsdoctor.wire import Answer, FailureKind, Kind, NoAnswer, WireRequest
from tests.causes.scripted import Lines, Rule, Servers

APP = Origin("https", "app.example")
URL = "https://api.example/items"
THERE = f"{URL}/"
GET = Scenario(URL, APP)
POST = GET._replace(method="POST")
PUT = GET._replace(method="PUT")
GRANTS: Lines = (
    ("Access-Control-Allow-Origin", "{origin}"),
    ("Access-Control-Allow-Methods", "{acrm}"),
    ("Vary", "Origin"),
)
GRANTED: Lines = (("Access-Control-Allow-Origin", "https://app.example"), ("Vary", "Origin"))
PAGE: Lines = (("Content-Type", "text/html"), *GRANTED)
LOGIN = '<!doctype html><title>Log in</title><form><input type="password" name="p"></form>'
TLS_PORT = "<html><head><title>400 The plain HTTP request was sent to HTTPS port</title></head><hr><center>nginx</center></html>"
DOWN = GET._replace(url="https://api.example:8443/items")
PLAIN = GET._replace(url="http://api.example/items", origin=Origin("http", "app.example"))


def moved(location: str = "/items/", status: int = 301) -> Rule:
    return Rule(status, (("Location", location),), path="/items$")


def fix_of(report: Report) -> str:
    step = report.diagnoses[0].failure
    assert step is not None
    assert step.cause is not None
    return step.cause.fix


@dataclass(frozen=True)
class Case:
    """`fix` is a part of what the cause's fix says, and `sent` are the requests to the final URL."""

    id: str
    scenario: Scenario
    rules: tuple[Rule, ...]
    fix: str
    sent: tuple[str, ...] = ("GET",)


CASES = (
    Case("allowed", GET, (moved(), Rule(200, GRANTED)), f"Request {THERE}, exactly as spelled here: the server already"),
    Case("preflight allowed", PUT, (moved(status=308), Rule(204, GRANTS)), "the preflight response there already allows the PUT", ("OPTIONS",)),
    Case("preflight and GET", GET._replace(headers=(("X-A", "1"),)), (moved(), Rule(204, (*GRANTED, ("Access-Control-Allow-Headers", "*")))), "the server already allows", ("OPTIONS", "GET")),
    Case("POST, as a preflight shows", POST, (moved(), Rule(204, GRANTS, method="OPTIONS")), "the preflight response there already allows the POST", ("OPTIONS",)),
    Case("POST, not known", POST, (moved(), Rule(405, method="OPTIONS")), f"Request {THERE}, exactly as the redirect spells it.", ("OPTIONS",)),
    Case("not allowed", GET, (moved(), Rule(200)), f"First request {THERE}, exactly as spelled here. Then allow the page there"),
    Case("preflight not allowed", PUT, (moved(), Rule(204)), "Then allow the page there", ("OPTIONS",)),
    Case("two spellings", PLAIN, (Rule(301, (("Location", URL),), path="^http:"), moved(), Rule(200, (("Access-Control-Allow-Origin", "*"),))), f"Request {THERE}, exactly as spelled here: the server already"),
    Case("a page", GET, (moved(), Rule(200, PAGE, "<!doctype html><title>Shop</title>")), f"Correct the URL: as the server spells it, {THERE}, it returns an HTML page"),
    Case("a login page", GET, (moved(), Rule(200, PAGE, LOGIN)), "That is not enough: "),
    Case("to a login", GET, (moved(), Rule(302, (*GRANTED, ("Location", "/login?next=/items/")), path="example/items/$"), Rule(200, PAGE, LOGIN)), "That is not enough: The server redirects to a login"),
    Case("not found", GET, (moved(), Rule(404, GRANTED)), "That is not enough: The server has nothing at this URL (404)"),
    Case("downgrade", DOWN, (moved("http://api.example/items/"), Rule(200, GRANTED)), "Request https://api.example:8443/items/, exactly as spelled here: the server already allows the page there. To correct the redirect, make"),
    Case("TLS port", PLAIN, (Rule(400, (("Content-Type", "text/html"),), TLS_PORT, path="^http:"), Rule(200, (("Access-Control-Allow-Origin", "*"),))), f"Request {URL}, exactly as spelled here: the server already"),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_the_final_url_is_tried(case: Case) -> None:
    servers = Servers(case.rules)
    report = servers.report(case.scenario)
    assert case.fix in fix_of(report)
    tried = [probe.exchange.request.method for probe in report.probes if probe.kind is ProbeKind.FINAL_URL]
    assert tuple(tried[-len(case.sent) :]) == case.sent
    assert [request.method for request in servers.requests].count(case.scenario.method) <= 4


def test_without_probes_only_the_spelling_is_named() -> None:
    servers = Servers((moved(), Rule(200, GRANTED)))
    assert fix_of(servers.report(GET, NO_PROBES)) == f"Request {THERE}, exactly as the redirect spells it."
    assert {request.url for request in servers.requests} == {URL}


@pytest.mark.parametrize("location", [THERE.upper(), "/items/"])
def test_a_circle_of_spellings_ends(location: str) -> None:
    back = Rule(301, (("Location", "/items"),), path="(?i)items/$")
    servers = Servers((moved(location), back))
    assert len(servers.report(GET).probes) <= 4
    assert fix_of(servers.report(GET)).startswith("Request ")


def test_no_secret_is_sent_to_the_other_scheme() -> None:
    secret = PLAIN._replace(credentials=Credentials.INCLUDE, cookie="s=1", headers=(("Accept", "a/b"),))
    servers = Servers((Rule(301, (("Location", URL),), path="^http:"), Rule(200, GRANTED)))
    report = servers.report(secret)
    assert fix_of(report) == f"Request {URL} directly."
    assert not [request for request in servers.requests if request.url == URL]


def test_a_final_url_without_an_answer_is_not_judged() -> None:
    servers = Servers((moved(),))

    def send(kind: Kind, request: WireRequest) -> Answer:
        return NoAnswer(FailureKind.RESET, "reset") if request.url == THERE else servers.send(kind, request)

    report = report_on(GET, BROWSERS, send, AUTO)
    assert fix_of(report) == f"Request {THERE}, exactly as the redirect spells it."


def test_a_final_url_that_browsers_block_unsent_is_not_judged() -> None:
    report = Servers((Rule(301, (("Location", "https://api.example:6000/items"),)),)).report(PLAIN)
    assert fix_of(report) == "Request https://api.example:6000/items directly."
    assert report.probes == ()


@pytest.mark.parametrize(
    ("scenario", "words"), [(GET, "a GET"), (GET._replace(method="HEAD"), "a HEAD"), (PUT, "a preflight request")]
)
def test_a_try_is_named_by_what_it_sends(scenario: Scenario, words: str) -> None:
    [probe] = Servers((moved(), Rule(200))).report(scenario).probes
    assert probe.words == f"{words} to the URL as the server spells it"


@pytest.mark.parametrize(("status", "said"), [(301, True), (302, True), (307, False), (308, False)])
def test_a_redirect_that_loses_the_method_is_named(status: int, said: bool) -> None:
    step = Servers((moved(status=status), Rule(204, GRANTS))).report(POST).diagnoses[0].failure
    assert step is not None
    assert step.cause is not None
    assert ("GET instead of POST" in step.cause.text) is said
