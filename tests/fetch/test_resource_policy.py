"""Cross-Origin-Resource-Policy, for what CORS does not judge."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from corsdoctor.browsers import BROWSERS, CHROMIUM, Profile
from corsdoctor.fetch.resource_policy import RULES
from corsdoctor.rule import Outcome
from corsdoctor.scenario import Api, Mode, Scenario
from corsdoctor.url import Origin, parse_origin
from tests.fetch.asking import ANY, API, APP, Lines, answer, ask, blamed, causes_of, hop, ids

CORP = "Cross-Origin-Resource-Policy"


@dataclass(frozen=True)
class Case:
    id: str
    lines: tuple[str, ...]
    blocked: bool
    page: str = "https://app.shop.example"
    url: str = "https://cdn.shop.example/a"
    cause: str | None = None
    chromium_alone: bool = False

    @property
    def rule(self) -> str:
        return "corp-allows"


CASES = (
    Case("absent", (), False),
    Case("cross-origin", ("cross-origin",), False),
    Case("empty", ("",), False),
    Case("upper case", ("Same-Origin",), False),
    Case("two lines", ("same-origin", "same-origin"), False),
    Case("unknown", ("none",), False),
    Case("same-origin", ("same-origin",), True),
    Case("same-origin, another port", ("same-origin",), True, url="https://app.shop.example:8443/"),
    Case("same-site, own site", ("same-site",), False),
    Case("same-site, another port", ("same-site",), False, url="https://app.shop.example:8443/"),
    Case("same-site, another site", ("same-site",), True, url="https://api.example/"),
    Case("same-site, public suffix", ("same-site",), True, "https://a.github.io", "https://b.github.io/"),
    Case("same-site, both http", ("same-site",), False, "http://app.shop.example", "http://cdn.shop.example/a"),
    Case("same-site, ports of an address", ("same-site",), True, "http://127.0.0.1", "http://127.0.0.1:8080/", "address", True),
    Case("same-site, ports of a bare name", ("same-site",), True, "http://localhost", "http://localhost:8080/", "address", True),
    Case("same-origin, opaque page", ("same-origin",), True, "null"),
    Case("same-site, opaque page", ("same-site",), True, "null"),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.id)
def test_resource_policy(case: Case) -> None:
    page = parse_origin(case.page)
    assert page is not None
    for profile in BROWSERS:
        blocked = case.blocked and (not case.chromium_alone or profile is CHROMIUM)
        lines: Lines = tuple((CORP, value) for value in case.lines)
        diagnosis = ask(Scenario(case.url, page, mode=Mode.NO_CORS), answer(200, *lines), profile=profile)
        assert blamed(diagnosis.failure) == ((case.rule, case.cause) if blocked else None)
        assert diagnosis.verdict == ("blocked" if blocked else "opaque")
        counted = case.lines in (("same-origin",), ("same-site",))
        assert ("corp-allows" in ids(diagnosis, Outcome.PASS)) is (counted and not blocked)


@pytest.mark.parametrize("profile", BROWSERS, ids=lambda p: p.name)
def test_a_page_of_https_and_this_machine(profile: Profile) -> None:
    page = parse_origin("https://app.example")
    assert page is not None
    scenario = Scenario("http://localhost/", page, api=Api.IMAGE)
    assert blamed(ask(scenario, answer(200, (CORP, "same-site")), profile=profile).failure) == ("corp-allows", None)


def test_every_cause_is_reached() -> None:
    assert causes_of(RULES) == {(case.rule, case.cause) for case in CASES if case.cause is not None}


HTTP_PAGE = Scenario("https://cdn.shop.example/a", Origin("http", "app.shop.example"), mode=Mode.NO_CORS)


def test_same_site_wants_a_page_of_https_for_a_response_over_https() -> None:
    for profile in BROWSERS:
        failure = ask(HTTP_PAGE, answer(200, (CORP, "same-site")), profile=profile).failure
        assert failure is not None
        assert failure.rule.id == "corp-allows"


def test_a_scheme_is_no_address() -> None:
    assert blamed(ask(HTTP_PAGE, answer(200, (CORP, "same-site"))).failure) == ("corp-allows", None)


def test_cors_and_the_own_origin_do_not_ask_for_it() -> None:
    lines = (*ANY, (CORP, "same-origin"))
    assert ask(Scenario(API, APP), answer(200, *lines)).verdict == "allowed"
    assert ask(Scenario("/a", APP, mode=Mode.NO_CORS), answer(200, *lines)).verdict == "allowed"


def test_what_came_home_is_of_the_own_origin() -> None:
    diagnosis = ask(
        Scenario(API, APP, mode=Mode.NO_CORS), hop("https://app.example/"), answer(200, (CORP, "same-origin"))
    )
    assert (diagnosis.verdict, "corp-allows" in ids(diagnosis, Outcome.PASS)) == ("opaque", True)


def test_the_answer_that_redirects_is_checked_too() -> None:
    diagnosis = ask(Scenario(API, APP, mode=Mode.NO_CORS), hop("/b", lines=((CORP, "same-origin"),)), answer(200))
    assert (blamed(diagnosis.failure), len(diagnosis.exchanges)) == (("corp-allows", None), 1)
