"""Notes about caches, `null` and cookies: they can't change a verdict."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from corsdoctor.browsers import BROWSERS
from corsdoctor.diagnose import Verdict
from corsdoctor.fetch.advice import COOKIE_CARRIED, RULES
from corsdoctor.rule import Outcome
from corsdoctor.scenario import Api, Credentials, Mode, Scenario
from corsdoctor.url import OPAQUE, Origin
from corsdoctor.wire import FailureKind, NoAnswer
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
)

SHOP = Origin("https", "app.shop.example")
SAME_SITE = "https://api.shop.example/"
INCLUDE = Credentials.INCLUDE
STORED, SENT = "cookie-stored", "cookie-sent-cross-site"


def notes(scenario: Scenario, *lines: tuple[str, str]) -> set[tuple[str, str | None]]:
    """The advice, the same in every browser."""
    ids = {rule.id for rule in RULES}
    found = []
    for profile in BROWSERS:
        steps = ask(scenario, answer(200, *lines), profile=profile).steps
        assert {s.outcome for s in steps if s.rule.id in ids} <= {Outcome.NOTE}
        found.append({b for s in steps if s.rule.id in ids and (b := blamed(s)) is not None})
    assert all(one == found[0] for one in found)
    return found[0]


@dataclass(frozen=True)
class Vary:
    id: str
    lines: Lines
    noted: bool
    method: str = "GET"


NAMED: Lines = (*ALLOW, ("Access-Control-Allow-Methods", "PUT"))
VARY = (
    Vary("named, no Vary", ALLOW, True),
    Vary("named, Vary: Origin", (*ALLOW, ("Vary", "Origin")), False),
    Vary("named, Vary: origin among others", (*ALLOW, ("Vary", "Accept, oRIGIN")), False),
    Vary("named, on a second line", (*ALLOW, ("Vary", "Accept"), ("Vary", "Origin")), False),
    Vary("named, Vary: *", (*ALLOW, ("Vary", "*")), False),
    Vary("named, Vary: Accept", (*ALLOW, ("Vary", "Accept")), True),
    Vary("named, Vary: X-Origin", (*ALLOW, ("Vary", "X-Origin")), True),
    Vary("named, empty Vary", (*ALLOW, ("Vary", "")), True),
    Vary("named, no-store", (*ALLOW, ("Cache-Control", "No-Store")), False),
    Vary("named, no-cache", (*ALLOW, ("Cache-Control", "no-cache")), True),
    Vary("wildcard", ANY, False),
    Vary("HEAD", NAMED, True, "HEAD"),
    Vary("POST", NAMED, False, "POST"),
    Vary("PUT", NAMED, False, "PUT"),
    Vary("refused", (("Access-Control-Allow-Origin", "https://b.example"),), False),
)


@pytest.mark.parametrize("case", VARY, ids=lambda c: c.id)
def test_vary(case: Vary) -> None:
    assert (("vary-origin", None) in notes(Scenario(API, APP, case.method), *case.lines)) is case.noted


def test_vary_is_not_asked_of_what_cors_does_not_judge() -> None:
    assert notes(Scenario("/a", APP), *ALLOW) == notes(Scenario(API, APP, mode=Mode.NO_CORS), *ALLOW) == set()


@pytest.mark.parametrize(
    ("status", "noted"), [(200, False), (401, False), (404, True), (410, True), (418, False), (500, True), (503, True)]
)
def test_an_error_that_the_script_can_read(status: int, noted: bool) -> None:
    found = ask(Scenario(API, APP), answer(status, *ANY)).notes
    assert ("status-is-not-an-error" in {step.rule.id for step in found}) is noted


def test_an_error_that_is_blocked_is_not_readable() -> None:
    assert "status-is-not-an-error" not in {step.rule.id for step in ask(Scenario(API, APP), answer(500)).notes}


def test_null_and_several_lines() -> None:
    null = ("Access-Control-Allow-Origin", "null")
    assert notes(Scenario(API, OPAQUE), null, ("Vary", "Origin")) == {("acao-not-null", None)}
    assert notes(Scenario(API, APP), null) == {("acao-not-null", None)}
    assert notes(Scenario(API, APP), *ANY, *ANY) == {("acao-one-line", None)}
    assert notes(Scenario(API, APP), *ANY) == set()


@dataclass(frozen=True)
class Case:
    """`causes` are why Chromium, Firefox and WebKit do not store the cookie; one value stands for all three."""

    set: str
    causes: tuple[str | None, ...]
    credentials: Credentials = INCLUDE
    page: Origin = APP
    url: str = API
    date: str | None = None

    @property
    def id(self) -> str:
        return f"{self.set} {self.credentials} {self.url}"


HOME = f"{SHOP}/"
AT_HOME: dict[str, Any] = {"page": SHOP, "url": HOME}
SAME: dict[str, Any] = {"page": SHOP, "url": SAME_SITE}
LOCAL: dict[str, Any] = {"page": Origin("http", "localhost", 3000), "url": "http://localhost:8000/"}
IN_CLEAR: dict[str, Any] = {"page": Origin("http", "app.shop.example"), "url": "http://api.shop.example/"}
UPGRADED: dict[str, Any] = {"page": Origin("http", "app.shop.example"), "url": SAME_SITE}
LONG_AGO = "Thu, 01 Jan 1970 00:00:00 GMT"
TODAY = "Sun, 29 Nov 2026 10:00:00 GMT"
NONE = (None,)
CASES = (
    Case("a=b", ("not-kept",), Credentials.OMIT),
    Case("a=b", ("not-kept",), Credentials.SAME_ORIGIN),
    Case("a=b", NONE, Credentials.SAME_ORIGIN, **AT_HOME),
    Case("a=b", ("not-kept",), Credentials.OMIT, **AT_HOME),
    Case("a=b", ("lax-by-default", None, "third-party")),
    Case("a=b; Path=/; Secure", ("lax-by-default", None, "third-party")),
    Case("a=b; SameSite=Lax", ("strict-or-lax", "strict-or-lax", "third-party")),
    Case("a=b; samesite = STRICT", ("strict-or-lax", "strict-or-lax", "third-party")),
    Case("a=b; SameSite=", ("lax-by-default", None, "third-party")),
    Case("a=b; SameSite=Lax; SameSite=None; Secure", (None, None, "third-party")),
    Case("a=b; SameSite=None", ("not-secure", "not-secure", "third-party")),
    Case("a=b; SameSite=None; Secure", (None, None, "third-party")),
    Case("a=b;SAMESITE=none;SECURE", (None, None, "third-party")),
    Case("a=b", NONE, **SAME),
    Case("a=b; SameSite=Strict", NONE, **SAME),
    Case("a=b; SameSite=None", ("not-secure", "not-secure", None), **SAME),
    Case("a=b; Partitioned", ("partition-not-secure", "partition-not-secure", None), **SAME),
    Case("a=b; Domain=shop.example", NONE, **SAME),
    Case("a=b; Domain=.API.shop.example", NONE, **SAME),
    Case("a=b; Domain=", NONE, **SAME),
    Case("=", ("invalid",), **SAME),
    Case("a=b; Domain=app.shop.example", ("wrong-domain",), **SAME),
    Case("a=b; Domain=op.example", ("wrong-domain",), **SAME),
    Case("a=b; Domain=example", ("wrong-domain",), **SAME),
    Case("__Secure-a=b", ("wrong-prefix", "wrong-prefix", None), **SAME),
    Case("__Secure-a=b; Secure", NONE, **SAME),
    Case("__Host-a=b; Secure; Path=/", NONE, **SAME),
    Case("__Host-a=b; Secure; Path=/a", ("wrong-prefix", "wrong-prefix", None), **SAME),
    Case("__Host-a=b; Secure; Path=/; Domain=api.shop.example", ("wrong-prefix", "wrong-prefix", None), **SAME),
    Case("__Host-a=b; Path=/", ("wrong-prefix", "wrong-prefix", None), **SAME),
    Case("a=b; Secure", ("not-over-https",), **IN_CLEAR),
    Case("a=b; Secure", (None, None, "not-over-https"), **LOCAL),
    Case("a=b; SameSite=Strict", ("strict-or-lax", None, None), **UPGRADED),
    Case("a=b; Max-Age=0", ("deleted",), **SAME),
    Case("a=b; Max-Age=-1", ("deleted",), **SAME),
    Case(f"a=b; Max-Age=9; Expires={LONG_AGO}", NONE, **SAME),
    Case(f"a=b; Max-Age=x; Expires={LONG_AGO}", ("deleted",), **SAME),
    Case(f"a=b; Expires={TODAY}", NONE, **SAME),
    Case(f"a=b; Expires={TODAY}", ("deleted",), date=TODAY, **SAME),
    Case("a=b; Expires=soon", NONE, **SAME),
)


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.id)
def test_cookies_that_are_set(case: Case) -> None:
    lines = (
        ("Access-Control-Allow-Origin", str(case.page)), *ALLOW_CREDENTIALS[1:], ("Vary", "Origin"), ("Set-Cookie", case.set),
        *((("Date", case.date),) if case.date else ()),
    )  # fmt: skip
    scenario = Scenario(case.url, case.page, credentials=case.credentials)
    causes = case.causes * (3 // len(case.causes))
    for profile, cause in zip(BROWSERS, (causes[0], *causes), strict=True):
        steps = ask(scenario, answer(200, *lines), profile=profile).notes
        found = [step.cause.id for step in steps if step.rule.id == STORED and step.cause is not None]
        assert found == ([cause] if cause else []), profile.name


def test_each_cookie_has_its_own_note() -> None:
    lines = (*ALLOW_CREDENTIALS, ("Vary", "Origin"), ("Set-Cookie", "a=b"), ("Set-Cookie", "c=d; SameSite=None"))
    found = {blamed(step) for step in ask(Scenario(API, APP, credentials=INCLUDE), answer(200, *lines)).notes}
    assert found >= {(STORED, "lax-by-default"), (STORED, "not-secure")}


REACHED = {*((STORED, cause) for case in CASES for cause in case.causes if cause), (SENT, "third-party")}


def test_every_cause_is_reached() -> None:
    assert (
        causes_of(tuple(rule for rule in RULES if rule is not COOKIE_CARRIED)) <= REACHED
    )  # test_held_cookies.py has its


@pytest.mark.parametrize(
    ("page", "url", "credentials", "cookie", "noted"),
    [
        (APP, API, INCLUDE, "a=b", True),
        (APP, API, INCLUDE, None, False),
        (APP, API, Credentials.OMIT, "a=b", False),
        (SHOP, SAME_SITE, INCLUDE, "a=b", False),
        (APP, "/a", INCLUDE, "a=b", False),
        (APP, "data:,x", INCLUDE, "a=b", False),
        (OPAQUE, API, INCLUDE, "a=b", True),
    ],
)
def test_cookies_that_are_sent(
    page: Origin, url: str, credentials: Credentials, cookie: str | None, noted: bool
) -> None:
    lines = (("Access-Control-Allow-Origin", str(page)), *ALLOW_CREDENTIALS[1:], ("Vary", "Origin"))
    found = notes(Scenario(url, page, credentials=credentials, cookie=cookie), *lines)
    assert ((SENT, "third-party") in found) is noted


def test_a_cookie_is_noted_though_no_answer_came() -> None:
    scenario = Scenario(API, APP, api=Api.IMAGE, cookie="a=b")
    diagnosis = ask(scenario, NoAnswer(FailureKind.TIMEOUT, "30 s"))
    assert (diagnosis.verdict, blamed(diagnosis.steps[-1])) == (Verdict.ERROR, (SENT, "third-party"))


def test_a_cookie_that_went_to_the_first_host_is_noted() -> None:
    scenario = Scenario(API, APP, mode=Mode.NO_CORS, credentials=INCLUDE, cookie="a=b")
    assert (SENT, "third-party") in {blamed(s) for s in ask(scenario, hop(OTHER), answer(200)).steps}


def test_a_preflight_that_fails_gets_no_advice() -> None:
    assert notes(Scenario(API, APP, "PUT"), ("Access-Control-Allow-Origin", "null"), ("Set-Cookie", "a=b")) == set()
