"""When a preflight goes out, in each browser, also after redirects, and for which names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from corsdoctor.browsers import BROWSERS, CHROMIUM, FIREFOX, STANDARD, WEBKIT, Profile
from corsdoctor.diagnose import Diagnosis
from corsdoctor.fetch.preflight_due import RULES
from corsdoctor.flow.read import read_flow
from corsdoctor.flow.run import run_flow
from corsdoctor.rule import Outcome
from corsdoctor.scenario import Api, Mode, Scenario
from corsdoctor.wire import Answer, Headers, Kind, Response, WireRequest
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


def kinds(profile: Profile, *requests: dict[str, Any], lists: str = "PUT", names: str = "x-a") -> list[str]:
    """The methods that reach the server with the last of `requests`."""

    def send(_kind: Kind, request: WireRequest) -> Answer:
        lines = [("Access-Control-Allow-Origin", request.headers.get("Origin") or "*")]
        lines += [("Access-Control-Allow-Methods", lists), ("Access-Control-Allow-Headers", names)]
        lines += [("Access-Control-Max-Age", "60")]
        if request.url.endswith("/moved") and request.method != "OPTIONS":
            return Response(307, Headers((*lines, ("Location", "https://third.example/"))))
        return Response(200, Headers(tuple(lines)))

    asked = [{"url": "https://api.example/", "method": "PUT", **request} for request in requests]
    [result] = run_flow(read_flow({"visits": [{"page": "https://app.example/", "requests": asked}]}), (profile,), send)
    return [exchange.request.method for exchange in result.steps[-1].diagnosis.exchanges]


@pytest.mark.parametrize(
    ("profile", "again"),
    [(CHROMIUM, {"no-cache", "no-store", "reload"}), (FIREFOX, {"no-store", "reload"}), (WEBKIT, set())],
)
def test_some_values_of_the_option_cache_send_the_preflight_again(profile: Profile, again: set[str]) -> None:
    values = ("default", "no-cache", "no-store", "reload", "force-cache")
    assert {v for v in values if kinds(profile, {}, {"cache": v}) == ["OPTIONS", "PUT"]} == again


@pytest.mark.parametrize(
    ("profile", "sent"), [(CHROMIUM, ["HEAD"]), (FIREFOX, ["OPTIONS", "HEAD"]), (WEBKIT, ["HEAD"])]
)
def test_head_is_looked_for_by_name_in_firefox(profile: Profile, sent: list[str]) -> None:
    headers = {"X-A": "1"}
    assert kinds(profile, {"headers": headers}, {"method": "HEAD", "headers": headers}) == sent


@pytest.mark.parametrize(("profile", "remembered"), [(CHROMIUM, False), (FIREFOX, True), (WEBKIT, False)])
def test_a_preflight_with_origin_null_after_a_redirect(profile: Profile, remembered: bool) -> None:
    moved = {"url": "https://api.example/moved"}
    assert kinds(profile, moved, moved) == ["PUT", *([] if remembered else ["OPTIONS"]), "PUT"]


@pytest.mark.parametrize(("profile", "spared"), [(CHROMIUM, False), (FIREFOX, False), (WEBKIT, True)])
def test_a_remembered_wildcard_covers_authorization_in_webkit(profile: Profile, spared: bool) -> None:
    first, second = {"headers": {"X-A": "1"}}, {"headers": {"Authorization": "x"}}
    assert (kinds(profile, first, second, names="*")[0] != "OPTIONS") is spared


@pytest.mark.parametrize(("profile", "spared"), [(CHROMIUM, False), (FIREFOX, True), (WEBKIT, True)])
def test_a_sandboxed_frame_repeats_its_preflights_in_chromium(profile: Profile, spared: bool) -> None:
    request = {"frame": {"url": "https://app.example/frame", "sandbox": "allow-scripts"}}
    assert kinds(profile, request, request) == (["PUT"] if spared else ["OPTIONS", "PUT"])
