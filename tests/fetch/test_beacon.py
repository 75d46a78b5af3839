"""navigator.sendBeacon(): what it sends, in which mode, and what nobody can set."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from corsdoctor.browsers import CHROMIUM, FIREFOX, STANDARD, WEBKIT
from corsdoctor.diagnose import Verdict
from corsdoctor.fetch.cors_check import ACAO_NOT_WILDCARD, ACAO_PRESENT
from corsdoctor.fetch.main_fetch import SCHEME_HTTP
from corsdoctor.fetch.request_constructor import URL_PARSES
from corsdoctor.request_fields import refused, with_url
from corsdoctor.rule import Rule
from corsdoctor.scenario import Api, Credentials, Init, Mode, Redirect, Scenario
from corsdoctor.wire import Kind
from tests.fetch.asking import ALLOW_CREDENTIALS, ANY, API, APP, HOME, Lines, answer, ask


def beacon(url: str = API, **fields: Any) -> Scenario:
    return Scenario(url, APP, "POST", api=Api.BEACON, **fields)


@dataclass(frozen=True, slots=True)
class Case:
    id: str
    scenario: Scenario
    sent: str | None  # the Content-Type
    with_preflight: bool = False


CASES = (
    Case("a text", beacon(body=b"x"), "text/plain;charset=UTF-8"),
    Case("nothing", beacon(), None),
    Case("a Blob that is a text", beacon(body=b"x", init=Init(body_type="text/plain")), "text/plain"),
    Case("a Blob in upper case", beacon(body=b"x", init=Init(body_type="Text/PLAIN")), "text/plain"),
    Case("a Blob without a type", beacon(body=b"x", init=Init(body_type="")), None),
    Case("a Blob whose type is not ASCII", beacon(body=b"x", init=Init(body_type="text/\xe9")), None),
    Case("a form", beacon(body=b"x", headers=(("Content-Type", "multipart/form-data"),)), "multipart/form-data"),
    Case("JSON", beacon(body=b"{}", init=Init(body_type="application/json")), "application/json", True),
    Case("JSON by a header", beacon(body=b"{}", headers=(("content-type", "application/json"),)), "application/json", True),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_the_body_determines_the_mode(case: Case) -> None:
    allowing = (*ALLOW_CREDENTIALS, ("Access-Control-Allow-Headers", "content-type"))
    diagnosis = ask(case.scenario, answer(200, *allowing))
    [*preflights, post] = diagnosis.exchanges
    assert [exchange.kind for exchange in preflights] == [Kind.PREFLIGHT] * case.with_preflight
    assert post.request.method == "POST"
    assert post.request.headers.get("Content-Type") == case.sent
    assert post.request.headers.get("Origin") == str(APP)
    assert post.request.headers.get("Sec-Fetch-Mode") == ("cors" if case.with_preflight else "no-cors")
    assert diagnosis.verdict is (Verdict.ALLOWED if case.with_preflight else Verdict.OPAQUE)


@pytest.mark.parametrize(("lines", "rule"), [((), ACAO_PRESENT), (ANY, ACAO_NOT_WILDCARD)])
@pytest.mark.parametrize("profile", [STANDARD, CHROMIUM, FIREFOX, WEBKIT], ids=lambda profile: profile.name)
def test_it_always_has_credentials(lines: Lines, rule: Rule, profile: Any) -> None:
    asked = beacon(body=b"{}", init=Init(body_type="application/json"))
    failure = ask(asked, answer(200, *lines), profile=profile).failure
    assert failure is not None
    assert failure.rule is rule


def test_its_cookie_goes_along() -> None:
    [exchange] = ask(beacon(body=b"x", cookie="a=b"), answer(200)).exchanges
    assert exchange.request.headers.get("Cookie") == "a=b"
    assert exchange.request.headers.get("Content-Length") == "1"


def test_a_pipe_in_the_path() -> None:
    urls = [ask(beacon(f"{API}|"), answer(200), profile=p).exchanges[0].request.url for p in (CHROMIUM, FIREFOX)]
    assert sorted(urls) == [f"{API}%7C", f"{API}|"]


@pytest.mark.parametrize(
    ("url", "rule"), [("https://[/", URL_PARSES), ("data:,a", SCHEME_HTTP), ("ftp://a.example/", SCHEME_HTTP)]
)
def test_urls_that_it_refuses(url: str, rule: Rule) -> None:
    failure = ask(beacon(url), answer(200)).failure
    assert failure is not None
    assert failure.rule is rule


def test_a_relative_url_is_the_pages() -> None:
    [exchange] = ask(beacon("/log"), answer(200)).exchanges
    assert exchange.request.url == f"{HOME}log"


@pytest.mark.parametrize(
    ("scenario", "field"),
    [
        (beacon(headers=(("X-A", "1"),)), "headers"),
        (beacon(credentials=Credentials.OMIT), "credentials"),
        (beacon(mode=Mode.CORS), "mode"),
        (beacon(redirect=Redirect.ERROR), "redirect"),
        (beacon(upload_listener=True), "upload_listener"),
        (beacon()._replace(method="PUT"), "method"),
    ],
)
def test_what_it_cannot_set(scenario: Scenario, field: str) -> None:
    [(refused_field, _, _)] = refused(scenario)
    assert refused_field.name == field


def test_its_method_is_post() -> None:
    assert with_url(Scenario("about:blank", APP, api=Api.BEACON), API).method == "POST"
    assert with_url(beacon()._replace(method="PUT"), API).method == "PUT"
    assert not list(refused(beacon(body=b"x", credentials=Credentials.INCLUDE)))
    assert not list(refused(Scenario(API, APP, api=Api.BEACON), names_method=False))


def test_the_origin_of_a_beacon_without_a_known_page_is_the_one_that_is_given() -> None:
    for profile in (CHROMIUM, WEBKIT):
        exchange = ask(beacon(), answer(200), profile=profile).exchanges[0]
        assert exchange.request.headers.values("Origin") == (str(APP),)
