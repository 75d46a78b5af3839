"""When a preflight goes out, in each browser, also after redirects, and for which names."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from corsdoctor.browsers import BROWSERS, CHROMIUM, FIREFOX, STANDARD, WEBKIT, Profile
from corsdoctor.diagnose import Diagnosis
from corsdoctor.fetch.preflight_due import RULES
from corsdoctor.rule import Outcome
from corsdoctor.scenario import Api, Mode, Scenario
from corsdoctor.wire import Kind
from tests.fetch.asking import API, APP, GRANTS, OTHER, answer, ask, ask_granted, causes_of, hop, ids

YES = answer(200, *GRANTS)
NOT_CHROMIUM = (STANDARD, FIREFOX, WEBKIT)


def preflights(diagnosis: Diagnosis) -> list[str | None]:
    """What each preflight asks for in Access-Control-Request-Headers."""
    asked = [e.request.headers for e in diagnosis.exchanges if e.kind is Kind.PREFLIGHT]
    return [headers.get("Access-Control-Request-Headers") for headers in asked]


@dataclass(frozen=True)
class Case:
    id: str
    scenario: Scenario
    asks: tuple[Profile, ...]


LISTENED = Scenario(API, APP, "POST", api=Api.XHR, upload_listener=True)
CASES = (
    Case("GET", Scenario(API, APP), ()),
    Case("post", Scenario(API, APP, "post"), ()),
    Case("POST with text", Scenario(API, APP, "POST", body=b"x"), ()),
    Case("put", Scenario(API, APP, "put"), BROWSERS),
    Case("PUT at home", Scenario("/a", APP, "PUT"), ()),
    Case("PUT of a data: URL", Scenario("data:,", APP, "PUT"), ()),
    Case("safelisted header", Scenario(API, APP, headers=(("Accept", "a"),)), ()),
    Case("other header", Scenario(API, APP, headers=(("X-A", ""),)), BROWSERS),
    Case("other header in no-cors", Scenario(API, APP, mode=Mode.NO_CORS, headers=(("X-A", "1"),)), ()),
    Case("forbidden header", Scenario(API, APP, headers=(("Cookie", "a=b"),)), ()),
    Case("User-Agent", Scenario(API, APP, headers=(("User-Agent", "a"),)), NOT_CHROMIUM),
    Case("JSON", Scenario(API, APP, "POST", (("Content-Type", "application/json"),), body=b"1"), BROWSERS),
    Case("upload listener", LISTENED, NOT_CHROMIUM),
    Case("stream", Scenario(API, APP, "POST", body=b"x", streamed=True), BROWSERS),
    Case("long value", Scenario(API, APP, headers=(("Accept", "a" * 129),)), BROWSERS),
)


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.id)
def test_when_it_is_due(case: Case) -> None:
    for profile in BROWSERS:
        diagnosis = ask(case.scenario, YES, profile=profile)
        due = profile in case.asks
        assert [e.kind for e in diagnosis.exchanges if e.kind is Kind.PREFLIGHT] == [Kind.PREFLIGHT] * due
        assert ("preflight-needed" in ids(diagnosis, Outcome.NOTE)) is due
        assert diagnosis.verdict in ("allowed", "opaque")


def test_each_reason_is_reported() -> None:
    scenario = Scenario(API, APP, "PUT", (("X-B", "1"), ("X-A", "1")), body=b"x", streamed=True)
    note = next(s for s in ask(scenario, YES).steps if s.rule.id == "preflight-needed")
    assert [label for label, _ in note.evidence] == ["method", "x-a", "x-b", "body"]
    note = next(s for s in ask(LISTENED, YES).steps if s.rule.id == "preflight-needed")
    assert [label for label, _ in note.evidence] == ["upload"]


def test_names_are_sorted_lower_case_and_joined_by_commas() -> None:
    scenario = Scenario(API, APP, headers=(("X-b", "1"), ("x-C", "1"), ("Authorization", "x"), ("Accept", "a")))
    for profile in BROWSERS:
        assert preflights(ask(scenario, YES, profile=profile)) == ["authorization,x-b,x-c"]


def test_one_browser_names_a_header_as_often_as_it_is_set() -> None:
    scenario = Scenario(API, APP, headers=(("X-B", "1"), ("X-A", "1"), ("x-a", "2"), ("Accept", "a"), ("Accept", "(")))
    for profile in BROWSERS:
        wanted = "accept,x-a,x-a,x-b" if profile is FIREFOX else "accept,x-a,x-b"
        assert preflights(ask(scenario, YES, profile=profile)) == [wanted]


@dataclass(frozen=True)
class Redirected:
    """What the preflights ask for, where the first hop redirects to `to`."""

    id: str
    scenario: Scenario
    to: str
    status: int
    asks: dict[str, list[str | None]]


POSTED = Scenario(API, APP, "POST", (("Content-Type", "a/b"), ("X-A", "1")), body=b"x")
TYPED = Scenario(API, APP, "POST", (("Content-Type", "a/b"),), body=b"x")
SIGNED = Scenario(API, APP, headers=(("Authorization", "x"),))
REDIRECTED = (
    Redirected("nothing to ask", Scenario(API, APP), OTHER, 302, {p.name: [] for p in BROWSERS}),
    Redirected(
        "header that stays", Scenario(API, APP, headers=(("X-A", "1"),)), OTHER, 302,
        {p.name: ["x-a", "x-a"] for p in BROWSERS},
    ),
    Redirected(
        "method that changes", Scenario(API, APP, "PUT"), "/b", 303,
        {"standard": [None], "chromium": [None], "firefox": [None, None], "webkit": [None, None]},
    ),
    Redirected(
        "body's header that is dropped, beside another", POSTED, "/b", 302,
        {
            "standard": ["content-type,x-a", "x-a"], "chromium": ["content-type,x-a", "x-a"],
            "firefox": ["content-type,x-a", "x-a"], "webkit": ["content-type,x-a", "content-type,x-a"],
        },
    ),
    Redirected(
        "body's header that is dropped, alone", TYPED, "/b", 302,
        {
            "standard": ["content-type"], "chromium": ["content-type"], "firefox": ["content-type", None],
            "webkit": ["content-type", "content-type"],
        },
    ),
    Redirected(
        "Authorization that is dropped", SIGNED, OTHER, 302,
        {
            "standard": ["authorization"], "chromium": ["authorization"], "firefox": ["authorization", None],
            "webkit": ["authorization", "authorization"],
        },
    ),
    Redirected(
        "Authorization that is dropped by the first preflightless hop",
        Scenario("/a", APP, headers=(("Authorization", "x"),)), API, 302,
        {"standard": [], "chromium": [], "firefox": [None], "webkit": ["authorization"]},
    ),
)  # fmt: skip


@pytest.mark.parametrize("case", REDIRECTED, ids=lambda c: c.id)
def test_after_a_redirect(case: Redirected) -> None:
    for profile in BROWSERS:
        diagnosis = ask_granted(case.scenario, hop(case.to, case.status), YES, profile=profile)
        assert diagnosis.verdict == "allowed", profile.name
        assert preflights(diagnosis) == case.asks[profile.name], profile.name


def test_no_rule_here_names_causes() -> None:
    assert causes_of(RULES) == set()


def test_chromium_is_not_asked_about_what_it_never_asks() -> None:
    assert preflights(ask(Scenario(API, APP, headers=(("Save-Data", "on"),)), YES, profile=CHROMIUM)) == []


@pytest.mark.parametrize("profile", [FIREFOX, WEBKIT], ids=lambda p: p.name)
@pytest.mark.parametrize(
    ("scenario", "reasons"),
    [
        (Scenario(API, APP, "PUT"), [{"method": "PUT"}, {"method": "PUT"}]),
        (Scenario(API, APP, headers=(("X-A", "1"),)), [{"x-a": "1"}, {"x-a": "1"}]),
        (Scenario(API, APP, "POST", body=b"x", headers=(("Content-Type", "text/x"),)), [{"content-type": "text/x"}]),
    ],
)
def test_the_redirect_is_the_reason_only_if_nothing_else_is(
    profile: Profile, scenario: Scenario, reasons: list[dict[str, str]]
) -> None:
    diagnosis = ask_granted(scenario, hop("/b", 302), YES, profile=profile)
    told = [dict(step.evidence) for step in diagnosis.notes if step.rule.id == "preflight-needed"]
    assert told[: len(reasons)] == reasons
