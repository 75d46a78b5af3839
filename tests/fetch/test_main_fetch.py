"""Main fetch, scheme fetch and HTTP fetch: which way a request takes, and how it ends."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from corsdoctor import catalogue
from corsdoctor.browsers import BROWSERS, CHROMIUM, STANDARD
from corsdoctor.diagnose import Verdict
from corsdoctor.fetch.main_fetch import RULES
from corsdoctor.fetch.no_answer import NO_ANSWER_CAUSES
from corsdoctor.fetch.request import Request, Tainting
from corsdoctor.rule import Outcome
from corsdoctor.scenario import Api, Mode, Redirect, Scenario
from corsdoctor.url import OPAQUE, Origin
from corsdoctor.wire import Answer, Kind, Withheld
from tests.fetch import (
    test_advice,
    test_cors_check,
    test_held_cookies,
    test_local_network_access,
    test_network,
    test_preflight,
    test_resource_policy,
    test_websocket,
    test_worker,
)
from tests.fetch.asking import (
    ALLOW,
    ANY,
    API,
    APP,
    OTHER,
    answer,
    ask,
    ask_granted,
    blamed,
    causes_of,
    hop,
    ids,
    request_for,
)

NO_CORS, SAME = Mode.NO_CORS, Mode.SAME_ORIGIN


@dataclass(frozen=True)
class Case:
    id: str
    scenario: Scenario
    rule: str | None
    verdict: str = "blocked"
    sent: int = 0


CASES = (
    Case("cors, own origin", Scenario("/a", APP), None, "allowed", 1),
    Case("cors, another", Scenario(API, APP), None, "allowed", 1),
    Case("cors, another port", Scenario("https://app.example:8443/", APP), None, "allowed", 1),
    Case("same-origin, own", Scenario("/a", APP, mode=SAME), None, "allowed", 1),
    Case("same-origin, another", Scenario(API, APP, mode=SAME), "same-origin-mode"),
    Case("same-origin, opaque page", Scenario(API, OPAQUE, mode=SAME), "same-origin-mode"),
    Case("no-cors, own", Scenario("/a", APP, mode=NO_CORS), None, "allowed", 1),
    Case("no-cors, another", Scenario(API, APP, mode=NO_CORS), None, "opaque", 1),
    Case(
        "no-cors, error, another",
        Scenario(API, APP, mode=NO_CORS, redirect=Redirect.ERROR),
        "no-cors-follows-redirects",
    ),
    Case("file", Scenario("file:///x", APP), "scheme-is-http"),
    Case("file of a file", Scenario("file:///x", Origin("", label="file:")), "scheme-is-http"),
    Case("ftp", Scenario("ftp://api.example/", APP), "scheme-is-http"),
    Case("ws", Scenario("wss://api.example/", APP), "scheme-is-http"),
    Case("unknown scheme", Scenario("app:x", APP), "scheme-is-http"),
    Case("about:blank", Scenario("about:blank", APP), "scheme-is-http"),
    Case("about:config in no-cors", Scenario("about:config", APP, mode=NO_CORS), "scheme-is-fetchable"),
    Case("ftp in no-cors", Scenario("ftp://api.example/", APP, mode=NO_CORS), "scheme-is-fetchable"),
    Case("image of a file", Scenario("file:///x", APP, api=Api.IMAGE), "scheme-is-fetchable"),
    Case("ftp of its own page", Scenario("ftp://a.example/", Origin("ftp", "a.example")), "scheme-is-fetchable"),
    Case("data", Scenario("data:,x", APP), None, "allowed"),
    Case("data in same-origin", Scenario("data:,x", APP, mode=SAME), None, "allowed"),
    Case("bad data", Scenario("data:x", APP), "data-url-parses"),
)


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.id)
def test_which_way(case: Case) -> None:
    for profile in BROWSERS:
        diagnosis = ask(case.scenario, answer(200, *ANY, ("Content-Length", "1")), profile=profile)
        assert blamed(diagnosis.failure) == (None if case.rule is None else (case.rule, None))
        assert (diagnosis.verdict, len(diagnosis.exchanges)) == (case.verdict, case.sent)


AT_HOME = ("same-origin-mode", "only-own-origin")


@pytest.mark.parametrize("api", [Api.SVG_USE, Api.TRACK])
@pytest.mark.parametrize(
    "answers", [(answer(200, *ANY),), (hop(API), answer(200, *ANY))], ids=["at once", "redirected"]
)
def test_some_elements_load_only_files_of_the_page_s_origin(api: Api, answers: tuple[Answer, ...]) -> None:
    for profile in BROWSERS:
        url = "/a" if len(answers) > 1 else API
        diagnosis = ask(Scenario(url, APP, api=api), *answers, profile=profile)
        stays = api is Api.SVG_USE or profile.tracks_stay_at_home
        assert blamed(diagnosis.failure) == (AT_HOME if stays else None), profile.name


def test_one_rule_here_names_causes() -> None:
    assert causes_of(RULES) == {*test_worker.REACHED, AT_HOME}


@dataclass(frozen=True)
class Hopped:
    id: str
    url: str
    to: str
    rule: str | None
    mode: Mode = Mode.CORS


HOPPED = (
    Hopped("same-origin that leaves", "/a", API, "same-origin-mode", SAME),
    Hopped("same-origin that stays", "/a", "/b", None, SAME),
    Hopped("cors that leaves and gets no permission", "/a", API, "acao-present"),
    Hopped("cors that comes home is still cors", API, "https://app.example/", "acao-present"),
    Hopped("no-cors that leaves", "/a", API, None, NO_CORS),
)


@pytest.mark.parametrize("case", HOPPED, ids=lambda c: c.id)
def test_a_redirect_goes_through_main_fetch_again(case: Hopped) -> None:
    failure = ask(Scenario(case.url, APP, mode=case.mode), hop(case.to), answer(200)).failure
    assert (None if failure is None else failure.rule.id) == case.rule


def test_no_cors_that_comes_home_stays_opaque() -> None:
    assert ask(Scenario(API, APP, mode=NO_CORS), hop("https://app.example/"), answer(200)).verdict is Verdict.OPAQUE


def test_the_check_comes_before_the_redirect() -> None:
    diagnosis = ask(Scenario(API, APP), hop(OTHER, lines=()), answer(200, *ANY))
    assert (blamed(diagnosis.failure), len(diagnosis.exchanges)) == (("acao-present", None), 1)


@pytest.mark.parametrize(("status", "verdict"), [(406, "allowed"), (407, "blocked"), (408, "allowed")])
def test_one_browser_takes_407_for_an_error(status: int, verdict: str) -> None:
    for profile in BROWSERS:
        for scenario in (Scenario(API, APP), Scenario("/a", APP)):
            diagnosis = ask(scenario, answer(status, *ANY), profile=profile)
            refused = verdict == "blocked" and profile is CHROMIUM
            assert blamed(diagnosis.failure) == (("status-not-407", None) if refused else None)
            assert diagnosis.verdict == ("blocked" if refused else "allowed")


@pytest.mark.parametrize("status", [200, 204, 304, 404, 500, 599])
def test_any_status_may_be_read(status: int) -> None:
    assert ask(Scenario(API, APP), answer(status, *ALLOW)).verdict is Verdict.ALLOWED


def test_steps_belong_to_their_exchange() -> None:
    diagnosis = ask_granted(Scenario(API, APP, "PUT", (("Cookie", "a=b"),)), answer(200, *ANY))
    at = {(step.rule.id, step.exchange) for step in diagnosis.steps}
    assert {("request-header-not-forbidden", None), ("preflight-needed", None)} <= at
    assert {("acao-present", 0), ("preflight-status-ok", 0), ("acam-lists-method", 0), ("acao-present", 1)} <= at


def test_nothing_is_sent_after_a_withheld_preflight() -> None:
    diagnosis = ask(Scenario(API, APP, "PUT"), Withheld("nothing is sent"))
    assert [e.kind for e in diagnosis.exchanges] == [Kind.PREFLIGHT]
    assert diagnosis.verdict is Verdict.UNSENT


def test_what_the_request_says_of_itself() -> None:
    request: Request = request_for(Scenario(API, APP, api=Api.STYLESHEET))
    assert (request.url.href, request.destination, request.tainting) == (API, "style", Tainting.BASIC)
    assert (request.redirect_tainted, request.serialized_origin) == (False, "https://app.example")


def test_about_blank_in_no_cors() -> None:
    assert ask(Scenario("about:blank", APP, mode=NO_CORS), answer(500)).verdict is Verdict.OPAQUE
    for url in ("about:srcdoc", "about:config", "blob:https://api.example/x"):
        diagnosis = ask(Scenario(url, APP, mode=NO_CORS), answer(500))
        assert blamed(diagnosis.failure) == ("scheme-is-fetchable", None)


def test_every_cause_of_every_rule_is_reached_by_some_table() -> None:
    """Those tables assert that their rows end as they say."""
    reached = {
        *((case.rule, case.cause) for case in test_cors_check.CASES),
        *((rule, "beacon") for _, rule in test_cors_check.BEACONS),
        *((case.rule, case.cause) for case in test_preflight.CASES),
        *((case.rule, case.cause) for case in test_resource_policy.CASES),
        *(("actual-answered", cause.id) for cause in NO_ANSWER_CAUSES.values()),
        *test_advice.REACHED,
        *test_held_cookies.REACHED,
        *test_local_network_access.REACHED,
        *test_network.REACHED,
        ("element-has-content", "text-body"),  # in test_element.py
        ("opaque-response-not-blocked", "data-body"),  # in test_opaque_response_blocking.py
        ("csp-allows", "not-in-csp"),  # in test_content_security_policy.py
        ("integrity-matches", "not-readable"),  # in test_integrity.py
        ("integrity-policy-allows", "without-cors"),  # in test_integrity_policy.py
        ("login-is-known", "foreign"),  # in test_login.py
        ("login-is-known", "refused"),  # the same
        ("integrity-signature-present", "not-usable"),  # in test_signature_integrity.py
        ("not-mixed-content", "loopback"),  # in test_mixed_content.py
        ("stream-can-be-sent", "http1"),  # in test_request_constructor.py
        *test_websocket.REACHED,
        *test_worker.REACHED,
        AT_HOME,
    }
    assert causes_of(catalogue.RULES) - reached == set()


def test_a_failure_is_blamed_once_by_the_standard() -> None:
    for case in test_cors_check.CASES:
        diagnosis = ask(Scenario(case.url, case.page), answer(case.status, *case.lines), profile=STANDARD)
        assert len(ids(diagnosis, Outcome.FAIL)) <= 1
