"""What to do about two layers and about a cache names the software that the response shows."""

from __future__ import annotations

import pytest

from corsdoctor.browsers import BROWSERS
from corsdoctor.causes.probe import AUTO
from corsdoctor.fixing import fixed
from corsdoctor.report import Report, report_on
from corsdoctor.reports.cure_text import render
from corsdoctor.reports.writer import Style
from corsdoctor.rule import Cause
from corsdoctor.scenario import Credentials, Scenario
from corsdoctor.url import Origin
from tests.causes.scripted import Lines, Rule, Servers

APP = Origin("https", "app.example")
GET = Scenario("https://api.example/a.json", APP)
ACAO, ANY = ("Access-Control-Allow-Origin", "{origin}"), ("Access-Control-Allow-Origin", "*")
S3 = ("Server", "AmazonS3")


def cause_of(report: Report) -> Cause:
    failure = report.diagnoses[0].failure
    assert failure is not None
    assert failure.cause is not None
    return failure.cause


def ask(*rules: Rule, scenario: Scenario = GET) -> Report:
    return report_on(scenario, BROWSERS, Servers(rules).send, AUTO)


@pytest.mark.parametrize(
    ("lines", "fix"),
    [
        ((("Server", "nginx"), ACAO, ANY), "add `proxy_hide_header Access-Control-Allow-Origin;` to the location with proxy_pass."),
        ((("Server", "Apache/2.4"), ANY, ACAO), "add `Header unset Access-Control-Allow-Origin` before its `Header always set` line."),
        ((("Via", "1.1 Caddy"), ANY, ACAO), "add `header_down -Access-Control-Allow-Origin` to its reverse_proxy block."),
        ((("Server", "uvicorn"), ANY, ACAO), "Let only one of the two layers add the header."),
        ((("Server", "nginx"), ("Access-Control-Allow-Origin", "https://a.example, https://app.example")), "choose it from your list"),
        ((("Server", "nginx"), ("Access-Control-Allow-Origin", "*, https://app.example")), "Let only one of the two layers add the header."),
    ],
)  # fmt: skip
def test_the_proxy_that_adds_a_second_header_is_named(lines: Lines, fix: str) -> None:
    cause = cause_of(ask(Rule(200, lines)))
    assert cause.id == "two-layers"
    assert fix in cause.fix
    assert cause.evidence


def test_a_second_line_of_another_header() -> None:
    credentials = ("Access-Control-Allow-Credentials", "true")
    scenario = GET._replace(credentials=Credentials.INCLUDE)
    twice = ask(Rule(200, (("Server", "nginx"), ACAO, credentials, credentials)), scenario=scenario)
    assert "`proxy_hide_header Access-Control-Allow-Credentials;`" in cause_of(twice).fix
    listed = ask(Rule(200, (ACAO, ("Access-Control-Allow-Credentials", "true, true"))), scenario=scenario)
    assert cause_of(listed).fix == "Let only one of the two layers add the header."


def cached(*who: tuple[str, str], status: int = 200) -> Report:
    return ask(Rule(status, (*who, ("Age", "9")), path="json$"), Rule(200, (ANY,)))


@pytest.mark.parametrize(
    ("report", "text", "fix"),
    [
        (cached(S3, ("X-Cache", "Hit from cloudfront"), ("X-Amz-Cf-Id", "x")), "CloudFront returned a cached response", "In CloudFront, add the header Origin to the cache policy"),
        (cached(("Server", "cloudflare")), "Cloudflare returned a cached response", "Purge the URL in Cloudflare."),
        (cached(("X-Served-By", "cache-fra-1")), "Fastly returned a cached response", "Send Vary: Origin on every response"),
        (cached(), "A cache returned a response", "Send Vary: Origin on every response"),
    ],
)  # fmt: skip
def test_the_cache_that_answered_is_named(report: Report, text: str, fix: str) -> None:
    cause = cause_of(report)
    assert cause.id == "cached-for-other"
    assert cause.text.startswith(text)
    assert cause.fix.startswith(fix)


def test_the_configuration_is_that_of_the_cache_and_not_of_the_store_behind_it() -> None:
    shown = " ".join(render(fixed([cached(S3, ("X-Amz-Cf-Id", "x"))], None), Style(80)).split())
    assert "Amazon CloudFront, identified by X-Amz-Cf-Id: x ! In CloudFront, add the header Origin" in shown
    assert "or in aws-s3 (Server: AmazonS3), but only in one of them" in shown


def test_the_advice_on_a_cache_stands_beside_the_server_that_was_named() -> None:
    shown = " ".join(render(fixed([cached(("Server", "cloudflare"))], "nginx"), Style(80)).split())
    assert "! Purge the URL in Cloudflare." in shown
    assert "Purge" not in render(fixed([ask(Rule(200, (("Server", "cloudflare"),)))], "nginx"), Style(80))


@pytest.mark.parametrize(
    ("report", "advice"),
    [
        (ask(Rule(200, (("Server", "cloudflare"), ("CF-Ray", "1")))), ""),
        (cached(("Server", "cloudflare")), "Purge the URL in Cloudflare."),
    ],
)
def test_cloudflare_alone_does_not_show_which_server_it_is(report: Report, advice: str) -> None:
    [shown] = fixed([report], None)
    assert shown.prescription is None
    assert shown.no_recipe is not None
    assert shown.no_recipe.startswith(advice or "The responses name only Cloudflare")
    assert "--server cloudflare-workers" in shown.no_recipe
    [named] = fixed([report], "nginx")
    assert named.prescription is not None
    assert not any("look like" in warning for warning in named.prescription.warnings)
