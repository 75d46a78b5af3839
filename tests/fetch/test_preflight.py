"""CORS-preflight fetch: what is asked, how the answer is judged, every cause."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass

import pytest

from corsdoctor.browsers import BROWSERS, CHROMIUM, FIREFOX, STANDARD, WEBKIT, Profile
from corsdoctor.diagnose import Verdict
from corsdoctor.fetch.no_answer import NO_ANSWER_CAUSES
from corsdoctor.fetch.preflight import RULES
from corsdoctor.fetch.preflight_cache import PreflightCache
from corsdoctor.rule import Outcome
from corsdoctor.scenario import Api, Credentials, Mode, Scenario
from corsdoctor.wire import Answer, FailureKind, Kind, NoAnswer, Withheld
from tests.fetch.asking import (
    ALLOW,
    ALLOW_CREDENTIALS,
    ANY,
    API,
    APP,
    OTHER,
    Lines,
    answer,
    ask,
    blamed,
    causes_of,
    hop,
    ids,
)

ACAM, ACAH, ACMA = "Access-Control-Allow-Methods", "Access-Control-Allow-Headers", "Access-Control-Max-Age"
OK, PARSES_M, PARSES_H = "preflight-status-ok", "acam-parses", "acah-parses"
METHOD, AUTH, NAMES = "acam-lists-method", "acah-lists-authorization", "acah-lists-headers"
INCLUDE = Credentials.INCLUDE


def with_headers(*names: str, credentials: Credentials = Credentials.OMIT) -> Scenario:
    return Scenario(API, APP, headers=tuple((name, "1") for name in names), credentials=credentials)


def with_method(method: str, credentials: Credentials = Credentials.OMIT) -> Scenario:
    return Scenario(API, APP, method, credentials=credentials)


PUT, PATCH, X_A, SIGNED = with_method("PUT"), with_method("patch"), with_headers("X-A"), with_headers("Authorization")


@dataclass(frozen=True)
class Case:
    """`preflight` answers the preflight alone; `rule` is None where it is passed."""

    id: str
    scenario: Scenario
    preflight: Answer
    rule: str | None = None
    cause: str | None = None


def method(name: str, scenario: Scenario, lines: Lines, cause: str | None) -> Case:
    allow = ALLOW_CREDENTIALS if scenario.credentials is INCLUDE else ALLOW
    return Case(name, scenario, answer(204, *allow, *lines), None if cause is None else METHOD, cause)


def names(name: str, scenario: Scenario, listed: str | None, cause: str | None, rule: str = NAMES) -> Case:
    allow = ALLOW_CREDENTIALS if scenario.credentials is INCLUDE else ALLOW
    lines = () if listed is None else ((ACAH, listed),)
    return Case(name, scenario, answer(204, *allow, *lines), None if cause is None else rule, cause)


def status(code: int, cause: str | None) -> Case:
    return Case(f"status {code}", PUT, answer(code, *ALLOW, (ACAM, "PUT")), OK, cause)


CASES = (
    *(
        Case(f"no answer: {kind}", PUT, NoAnswer(kind, "gone"), "preflight-answered", NO_ANSWER_CAUSES[kind].id)
        for kind in FailureKind
    ),
    Case("no ACAO", PUT, answer(204, (ACAM, "PUT")), "acao-present", None),
    Case("wrong ACAO", PUT, answer(204, ("Access-Control-Allow-Origin", "https://b.example")), "acao-matches-origin", "other-origin"),
    Case("no ACAC", with_method("PUT", INCLUDE), answer(204, *ALLOW, (ACAM, "PUT")), "acac-true"),
    Case("no ACAO and 404", PUT, answer(404), "acao-present", None),
    Case("status 200", PUT, answer(200, *ALLOW, (ACAM, "PUT"))),
    Case("status 299", PUT, answer(299, *ALLOW, (ACAM, "PUT"))),
    status(199, None),
    status(300, None),
    status(304, None),
    status(302, "redirected"),
    status(308, "redirected"),
    status(399, None),
    status(400, None),
    status(401, None),
    status(403, None),
    status(404, None),
    status(405, None),
    status(407, None),
    status(418, None),
    status(499, None),
    status(500, None),
    status(501, None),
    status(503, None),
    Case("methods with semicolons", PUT, answer(204, *ALLOW, (ACAM, "GET; PUT")), PARSES_M),
    Case("methods in quotes", X_A, answer(204, *ALLOW, (ACAM, '"GET"'), (ACAH, "*")), PARSES_M),
    Case("names with spaces", X_A, answer(204, *ALLOW, (ACAH, "X-A X-B")), PARSES_H),
    Case("names that nobody asked for", PUT, answer(204, *ALLOW, (ACAM, "PUT"), (ACAH, "a b")), PARSES_H),
    Case("method first, then names", PUT, answer(204, *ALLOW, (ACAM, "PUT"), (ACAH, ""))),
    method("listed", PUT, ((ACAM, "GET, PUT"),), None),
    method("listed on a second line", PUT, ((ACAM, "GET"), (ACAM, "PUT")), None),
    method("wildcard", PUT, ((ACAM, "*"),), None),
    method("put becomes PUT", with_method("put"), ((ACAM, "PUT"),), None),
    method("safelisted methods need no listing", with_headers(), (), None),
    method("absent", PUT, (), "no-header"),
    method("empty", PUT, ((ACAM, ""),), "not-listed"),
    method("not listed", PUT, ((ACAM, "GET, POST"),), "not-listed"),
    method("case", PUT, ((ACAM, "put"),), "case"),
    method("patch", PATCH, ((ACAM, "PATCH"),), "patch"),
    method("patch in another case", PATCH, ((ACAM, "Patch"),), "patch"),
    method("no method for patch", PATCH, (), "patch"),
    method("PATCH for patch", with_method("PATCH"), ((ACAM, "patch"),), "case"),
    method("patch itself", PATCH, ((ACAM, "patch"),), None),
    method("wildcard with credentials", with_method("PUT", INCLUDE), ((ACAM, "*"),), "wildcard-with-credentials"),
    method("listed with credentials", with_method("PUT", INCLUDE), ((ACAM, "*, PUT"),), None),
    method("a method called *", with_method("*", INCLUDE), ((ACAM, "*"),), None),
    names("name listed", X_A, "X-B, x-a", None),
    names("name wildcard", X_A, "*", None),
    names("names absent", X_A, None, "no-header"),
    names("names empty", X_A, "", "not-listed"),
    names("name not listed", X_A, "X-B", "not-listed"),
    names("one of two not listed", with_headers("X-A", "X-B"), "X-B", "not-listed"),
    names("wildcard for names with credentials", with_headers("X-A", credentials=INCLUDE), "*", "wildcard-with-credentials"),
    names("a header called *", with_headers("*", credentials=INCLUDE), "*", None),
    names("Authorization listed", SIGNED, "AUTHORIZATION", None),
    names("Authorization beside a wildcard", SIGNED, "*, Authorization", None),
    names("Authorization by wildcard", SIGNED, "*", "wildcard", AUTH),
    names("Authorization not listed", SIGNED, "X-A", "not-listed", AUTH),
    names("Authorization, names absent", SIGNED, None, "no-header", AUTH),
    names(
        "Authorization by wildcard with credentials", with_headers("Authorization", credentials=INCLUDE), "*",
        "wildcard-with-credentials", AUTH,
    ),
    names("Authorization before others", with_headers("X-A", "Authorization"), "X-B", "not-listed", AUTH),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.id)
def test_how_it_is_judged(case: Case) -> None:
    allow = ALLOW_CREDENTIALS if case.scenario.credentials is INCLUDE else ALLOW
    diagnosis = ask(case.scenario, case.preflight, answer(200, *allow))
    assert blamed(diagnosis.failure) == (None if case.rule is None else (case.rule, case.cause))
    if case.rule is None:
        assert diagnosis.verdict is Verdict.ALLOWED
    else:
        assert [e.kind for e in diagnosis.exchanges] == [Kind.PREFLIGHT]
        assert diagnosis.verdict is (Verdict.ERROR if case.rule == "preflight-answered" else Verdict.BLOCKED)
        assert ids(diagnosis, Outcome.FAIL) == [case.rule]


def test_every_cause_is_reached() -> None:
    reached = {(case.rule, case.cause) for case in CASES if case.cause is not None}
    assert causes_of(RULES) <= reached


@pytest.mark.parametrize(
    "case", [c for c in CASES if c.rule in (METHOD, AUTH, NAMES) and c.cause != "patch"], ids=lambda c: c.id
)
def test_the_remedies_cure(case: Case) -> None:
    allow = ALLOW_CREDENTIALS if case.scenario.credentials is INCLUDE else ALLOW
    lines: dict[str, str] = {}
    for _ in range(3):
        diagnosis = ask(case.scenario, answer(204, *allow, *lines.items()), answer(200, *allow))
        if diagnosis.failure is None:
            break
        for name, value in diagnosis.failure.remedy:
            lines[name] = f"{lines[name]}, {value}" if name in lines else value
    assert diagnosis.verdict is Verdict.ALLOWED


def test_no_header_is_the_remedy_for_a_method_that_no_server_handles() -> None:
    failure = ask(PATCH, answer(204, *ALLOW, (ACAM, "PATCH")), answer(200, *ALLOW)).failure
    assert failure is not None
    assert failure.remedy == ()
    assert failure.cause is not None
    assert failure.cause.fix.startswith('Write `method: "PATCH"` in the script')


def test_what_it_asks() -> None:
    scenario = Scenario(API, APP, "PUT", (("X-A", "1"), ("Authorization", "s")), INCLUDE, body=b"x", cookie="a=b")
    preflight = ask(scenario, answer(404)).exchanges[0].request
    assert (preflight.method, preflight.url, preflight.body) == ("OPTIONS", API, None)
    assert preflight.headers.pairs[:3] == (
        ("Accept", "*/*"),
        ("Access-Control-Request-Method", "PUT"),
        ("Access-Control-Request-Headers", "authorization,x-a"),
    )
    for name in ("Cookie", "Authorization", "X-A", "Content-Type", "Content-Length"):
        assert name not in preflight.headers
    assert preflight.headers.get("Sec-Fetch-Mode") == "cors"


def test_a_preflight_that_is_withheld_leaves_all_open() -> None:
    diagnosis = ask(PUT, Withheld("nothing is sent"))
    assert (diagnosis.verdict, diagnosis.failure, len(diagnosis.exchanges)) == (Verdict.UNSENT, None, 1)


@dataclass(frozen=True)
class Order:
    """Which rule fails first, where several would."""

    id: str
    preflight: Answer
    rules: dict[str, str]


def everywhere(rule: str, **others: str) -> dict[str, str]:
    return {profile.name: others.get(profile.name, rule) for profile in BROWSERS}


ORDERS = (
    Order("404 without ACAO", answer(404), everywhere("acao-present", webkit=OK)),
    Order("redirect without ACAO", answer(302, ("Location", "/b")), everywhere("acao-present", chromium=OK, webkit=OK)),
    Order("302 without ACAO and Location", answer(302), everywhere("acao-present", webkit=OK)),
    Order("304 without ACAO", answer(304, ("Location", "/b")), everywhere("acao-present", webkit=OK)),
    Order("302 with ACAO", answer(302, *ANY, ("Location", "/b")), everywhere(OK)),
    Order("407", answer(407, *ANY), everywhere(OK, chromium="status-not-407")),
    Order(
        "method not listed, names garbled", answer(204, *ANY, (ACAM, "GET"), (ACAH, "a b")),
        everywhere(PARSES_H, firefox=METHOD),
    ),
    Order("methods garbled, names garbled", answer(204, *ANY, (ACAM, "a b"), (ACAH, "a b")), everywhere(PARSES_M)),
    Order("method listed, names garbled", answer(204, *ANY, (ACAM, "PUT"), (ACAH, "a b")), everywhere(PARSES_H)),
)  # fmt: skip


@pytest.mark.parametrize("case", ORDERS, ids=lambda c: c.id)
def test_what_fails_first(case: Order) -> None:
    for profile in BROWSERS:
        failure = ask(PUT, case.preflight, profile=profile).failure
        assert failure is not None
        assert failure.rule.id == case.rules[profile.name], profile.name


@dataclass(frozen=True)
class Authorized:
    id: str
    listed: str | None
    credentials: Credentials
    rules: dict[str, str | None]


AUTHORIZED = (
    Authorized(
        "wildcard", "*", Credentials.OMIT,
        {"standard": AUTH, "chromium": None, "firefox": None, "webkit": None},
    ),
    Authorized("wildcard with credentials", "*", INCLUDE, {**everywhere(NAMES), "standard": AUTH}),
    Authorized("not listed", "X-A", Credentials.OMIT, {**everywhere(NAMES), "standard": AUTH}),
    Authorized("absent", None, Credentials.OMIT, {**everywhere(NAMES), "standard": AUTH}),
    Authorized("listed", "authorization", INCLUDE, dict.fromkeys(p.name for p in BROWSERS)),
)  # fmt: skip


@pytest.mark.parametrize("case", AUTHORIZED, ids=lambda c: c.id)
def test_authorization_in_each_browser(case: Authorized) -> None:
    lines = (*ALLOW_CREDENTIALS, *(() if case.listed is None else ((ACAH, case.listed),)))
    for profile in BROWSERS:
        scenario = with_headers("Authorization", credentials=case.credentials)
        diagnosis = ask(scenario, answer(200, *lines), profile=profile)
        failed = None if diagnosis.failure is None else diagnosis.failure.rule.id
        assert failed == case.rules[profile.name], profile.name
        covered = case.id == "wildcard" and profile is not STANDARD
        assert (AUTH in ids(diagnosis, Outcome.NOTE)) is covered


@pytest.mark.parametrize("profile", BROWSERS[1:], ids=lambda p: p.name)
@pytest.mark.parametrize("others", [("X-B",), ("X-B", "X-C", "X-D")], ids=["two", "four"])
def test_each_browser_says_something_of_a_name_that_is_not_listed(profile: Profile, others: tuple[str, ...]) -> None:
    diagnosis = ask(with_headers("X-A", *others), answer(200, *ANY), profile=profile)
    assert blamed(diagnosis.failure) == (NAMES, "no-header")
    assert diagnosis.console


LISTENED = Scenario(API, APP, "PUT", api=Api.XHR, upload_listener=True, body=b"x")


def test_an_upload_listener_grants_its_method_by_the_standard_alone() -> None:
    for profile in BROWSERS:
        diagnosis = ask(LISTENED, answer(200, *ANY, (ACAH, "*")), profile=profile)
        assert blamed(diagnosis.failure) == (None if profile is STANDARD else (METHOD, "no-header"))
    assert blamed(ask(LISTENED, answer(200, *ANY, (ACAM, "GET"))).failure) == (METHOD, "not-listed")


def test_the_preflight_of_a_posts_listener_is_remembered() -> None:
    cache = PreflightCache()
    scenario = Scenario(API, APP, "POST", api=Api.XHR, upload_listener=True, body=b"x")
    first, second = (ask(scenario, answer(200, *ANY), cache=cache) for _ in range(2))
    assert (len(first.exchanges), len(second.exchanges)) == (2, 1)


def test_one_browser_names_the_page_in_a_tainted_preflight() -> None:
    """Its preflight says the page's origin where the request itself says null."""
    first = (answer(204, *ANY, (ACAH, "*")), hop(OTHER))
    for profile in BROWSERS:
        diagnosis = ask(X_A, *first, answer(204, *ANY, (ACAH, "*")), profile=profile)
        origins = [e.request.headers.get("Origin") for e in diagnosis.exchanges[2:]]
        assert origins == ["https://app.example" if profile is FIREFOX else "null", "null"]


def test_one_browser_does_not_judge_the_origin_of_a_preflight_at_home() -> None:
    first = (answer(204, *ANY, (ACAH, "*")), hop("https://app.example/b"))
    for profile in BROWSERS:
        diagnosis = ask(X_A, *first, answer(204, (ACAH, "*")), answer(200, *ANY), profile=profile)
        assert diagnosis.verdict is (Verdict.ALLOWED if profile is FIREFOX else Verdict.BLOCKED)


@dataclass(frozen=True)
class Age:
    """For how long a preflight spares the next one, in each browser."""

    id: str
    given: str | None
    seconds: dict[str, int]


def ages(standard: int, chromium: int, firefox: int, webkit: int) -> dict[str, int]:
    return {"standard": standard, "chromium": chromium, "firefox": firefox, "webkit": webkit}


AGES = (
    Age("absent", None, ages(5, 5, 5, 5)),
    Age("zero", "0", ages(0, 0, 0, 0)),
    Age("600", "600", ages(600, 600, 600, 600)),
    Age("601", "601", ages(601, 601, 601, 600)),
    Age("7200", "7200", ages(7200, 7200, 7200, 600)),
    Age("7201", "7201", ages(7201, 7200, 7201, 600)),
    Age("86400", "86400", ages(86400, 7200, 86400, 600)),
    Age("86401", "86401", ages(86401, 7200, 86400, 600)),
    Age("garbage", "1 day", ages(5, 5, 0, 5)),
    Age("empty", "", ages(5, 5, 5, 5)),
    Age("negative", "-1", ages(5, 0, 0, 0)),
)


@pytest.mark.parametrize("case", AGES, ids=lambda c: c.id)
@pytest.mark.parametrize("profile", BROWSERS, ids=lambda p: p.name)
def test_max_age(case: Age, profile: Profile) -> None:
    seconds = case.seconds[profile.name]
    lines = (*ALLOW, (ACAM, "PUT"), *(() if case.given is None else ((ACMA, case.given),)))
    cache = PreflightCache()
    first = ask(PUT, answer(204, *lines), answer(200, *ALLOW), profile=profile, cache=cache, now=100)
    assert {entry.expires for entry in cache.entries if entry.expires > 100} == ({100 + seconds} if seconds else set())
    garbled = case.given is not None and not case.given.isdecimal()
    capped = case.given is not None and case.given.isdecimal() and int(case.given) > seconds
    assert ("max-age-below-cap" in ids(first, Outcome.NOTE)) is (garbled or capped)
    for later, exchanges in ((seconds - 0.5, 1), (seconds, 2)):
        if later >= 0:
            again = ask(PUT, answer(204, *lines[:2]), answer(200, *ALLOW), profile=profile,
                        cache=copy(cache), now=100 + later)  # fmt: skip
            assert len(again.exchanges) == exchanges


def test_the_preflight_of_an_element_is_that_of_its_mode() -> None:
    """Elements set no headers; a font's request in mode cors is simple."""
    for profile in (STANDARD, CHROMIUM, WEBKIT):
        diagnosis = ask(Scenario(API, APP, api=Api.FONT, mode=Mode.CORS), answer(200, *ANY), profile=profile)
        assert [e.kind for e in diagnosis.exchanges] == [Kind.ACTUAL]


@pytest.mark.parametrize(
    ("headers", "lines", "passed"),
    [
        ((), (("Access-Control-Allow-Methods", "PUT"),), ["acam-parses", "acam-lists-method"]),
        ((("X-A", "1"),), (("Access-Control-Allow-Methods", "PUT"), ("Access-Control-Allow-Headers", "x-a")),
         ["acam-parses", "acah-parses", "acam-lists-method", "acah-lists-headers"]),
    ],
)  # fmt: skip
def test_what_a_preflight_passes(
    headers: tuple[tuple[str, str], ...], lines: tuple[tuple[str, str], ...], passed: list[str]
) -> None:
    diagnosis = ask(Scenario(API, APP, "PUT", headers), answer(200, *ALLOW, *lines))
    steps = [s for s in diagnosis.steps if s.outcome is Outcome.PASS and s.rule.id.startswith(("acam-", "acah-"))]
    assert [s.rule.id for s in steps] == passed
    assert [s.text for s in steps] == [""] * len(passed)
