"""The CORS-preflight cache: what matches, what expires, what is forgotten. Time is an argument."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corsdoctor.browsers import CHROMIUM, FIREFOX, STANDARD, WEBKIT
from corsdoctor.fetch.preflight_cache import PreflightCache
from corsdoctor.scenario import Credentials, Init, Scenario
from corsdoctor.wire import FailureKind, Kind, NoAnswer, Response, Withheld
from tests.fetch.asking import ALLOW, ALLOW_CREDENTIALS, API, APP, Lines, answer, ask, blamed, hop

PAGE = "https://app.example"


def cached(*methods: str, names: tuple[str, ...] = (), credentials: bool = False) -> PreflightCache:
    cache = PreflightCache()
    cache.create(PAGE, API, credentials, 10.0, methods, names)
    return cache


@dataclass(frozen=True)
class Case:
    id: str
    cache: PreflightCache
    matches: bool
    method: str = ""
    name: str = ""
    origin: str = PAGE
    url: str = API
    include: bool = False
    now: float = 0.0


CASES = (
    Case("method", cached("PUT"), True, "PUT"),
    Case("method in another case", cached("put"), False, "PUT"),
    Case("another method", cached("PUT"), False, "DELETE"),
    Case("any method", cached("*"), True, "PUT"),
    Case("no method but a name", cached(names=("*",)), False, "PUT"),
    Case("just before it expires", cached("PUT"), True, "PUT", now=9.9),
    Case("when it expires", cached("PUT"), False, "PUT", now=10.0),
    Case("another origin", cached("PUT"), False, "PUT", origin="null"),
    Case("another URL", cached("PUT"), False, "PUT", url=f"{API}/"),
    Case("without credentials for with", cached("PUT"), False, "PUT", include=True),
    Case("with credentials for with", cached("PUT", credentials=True), True, "PUT", include=True),
    Case("with credentials for without", cached("PUT", credentials=True), True, "PUT"),
    Case("name", cached(names=("X-A",)), True, name="x-a"),
    Case("another name", cached(names=("X-A",)), False, name="x-b"),
    Case("any name", cached(names=("*",)), True, name="x-b"),
    Case("any name but Authorization", cached(names=("*",)), False, name="authorization"),
    Case("Authorization by name", cached(names=("*", "Authorization")), True, name="authorization"),
    Case("no name but a method", cached("*"), False, name="x-a"),
)


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.id)
def test_matches(case: Case) -> None:
    key = (case.origin, case.url, case.include, case.now)
    found = case.cache.method_match(case.method, *key) if case.method else case.cache.header_name_match(case.name, *key)
    assert found is case.matches


def test_a_later_entry_takes_the_place_of_the_same() -> None:
    cache = cached("PUT", "DELETE", names=("X-A",))
    cache.create(PAGE, API, False, 20.0, ("PUT",), ("x-a",))
    assert sorted((e.method or e.header_name, e.expires) for e in cache.entries) == [
        ("DELETE", 10.0), ("PUT", 20.0), ("x-a", 20.0),
    ]  # fmt: skip


def test_entries_of_others_stay() -> None:
    cache = cached("PUT")
    cache.create("null", API, False, 20.0, ("PUT",), ())
    cache.create(PAGE, f"{API}/", False, 20.0, ("PUT",), ())
    cache.create(PAGE, API, True, 20.0, ("PUT",), ())
    assert len(cache.entries) == 4
    cache.clear(PAGE, API)
    assert {(e.origin, e.url) for e in cache.entries} == {("null", API), (PAGE, f"{API}/")}


@given(st.lists(st.sampled_from(["PUT", "DELETE", "*"])), st.lists(st.sampled_from(["x-a", "X-A", "*"])))
def test_each_thing_stands_once(methods: list[str], names: list[str]) -> None:
    cache = PreflightCache()
    for _ in range(2):
        cache.create(PAGE, API, False, 10.0, tuple(methods), tuple(names))
    assert len({(e.method, e.header_name) for e in cache.entries}) == len(cache.entries)
    assert all(cache.method_match(method, PAGE, API, False, 9.0) for method in methods)
    assert all(cache.header_name_match(name.lower(), PAGE, API, False, 9.0) for name in names)
    assert all((entry.method is None) is not (entry.header_name is None) for entry in cache.entries)


def test_every_entry_that_matches_is_renewed() -> None:
    cache = PreflightCache()
    cache.create(PAGE, API, True, 10.0, ("PUT", "DELETE"), ("x-a",))
    cache.create(PAGE, API, False, 20.0, ("PUT",), ("X-A", "x-b"), now=5.0)
    assert {(e.method or e.header_name, e.credentials, e.expires) for e in cache.entries} == {
        ("PUT", True, 20.0), ("DELETE", True, 10.0), ("x-a", True, 20.0), ("x-b", False, 20.0),
    }  # fmt: skip


def test_a_wildcard_is_renewed_in_place_of_a_new_entry() -> None:
    cache = PreflightCache()
    cache.create(PAGE, API, False, 10.0, ("*",), ("*",))
    cache.create(PAGE, API, False, 20.0, ("PUT",), ("authorization",))
    assert {(e.method or e.header_name, e.expires) for e in cache.entries} == {
        ("*", 20.0), ("*", 10.0), ("authorization", 20.0),
    }  # fmt: skip


def test_what_has_expired_is_not_renewed() -> None:
    cache = PreflightCache()
    cache.create(PAGE, API, True, 10.0, ("PUT",), ())
    cache.create(PAGE, API, False, 20.0, ("PUT",), (), now=10.0)
    assert [(e.credentials, e.expires) for e in cache.entries] == [(False, 20.0)]


PUT = Scenario(API, APP, "PUT", (("X-A", "1"),))
GRANTS: Lines = (
    *ALLOW, ("Access-Control-Allow-Methods", "PUT"), ("Access-Control-Allow-Headers", "x-a"),
    ("Access-Control-Max-Age", "60"),
)  # fmt: skip
YES = answer(200, *GRANTS)


def kinds(scenario: Scenario, cache: PreflightCache, now: float = 0.0) -> list[Kind]:
    return [e.kind for e in ask(scenario, YES, cache=cache, now=now).exchanges]


ASKED, SPARED = [Kind.PREFLIGHT, Kind.ACTUAL], [Kind.ACTUAL]


def test_a_second_run_is_spared_the_preflight() -> None:
    cache = PreflightCache()
    assert kinds(PUT, cache) == ASKED
    assert kinds(PUT, cache, 59.9) == SPARED
    assert kinds(PUT, cache, 60) == ASKED


@pytest.mark.parametrize(
    ("scenario", "wanted"),
    [
        (Scenario(API, APP, "PUT"), SPARED),
        (Scenario(API, APP, "GET", (("X-A", "2"),)), SPARED),
        (Scenario(API, APP, "DELETE"), ASKED[:1]),
        (Scenario(API, APP, "PUT", (("X-A", "1"), ("X-B", "1"))), ASKED[:1]),
        (Scenario(f"{API}/", APP, "PUT"), ASKED),
        (Scenario(API, APP, "PUT", credentials=Credentials.INCLUDE), ASKED[:1]),
    ],
)
def test_what_else_is_spared_it(scenario: Scenario, wanted: list[Kind]) -> None:
    cache = PreflightCache()
    kinds(PUT, cache)
    assert kinds(scenario, cache) == wanted


def test_what_was_granted_with_credentials_holds_without() -> None:
    cache = PreflightCache()
    scenario = Scenario(API, APP, "PUT", credentials=Credentials.INCLUDE)
    ask(scenario, answer(200, *ALLOW_CREDENTIALS, ("Access-Control-Allow-Methods", "PUT")), cache=cache)
    assert kinds(Scenario(API, APP, "PUT"), cache) == SPARED


def test_a_preflight_that_fails_is_remembered_as_nothing() -> None:
    cache = PreflightCache()
    kinds(PUT, cache)
    ask(Scenario(API, APP, "DELETE"), answer(500), cache=cache)
    assert cache.entries == ()


def test_one_browser_remembers_a_preflight_that_refuses_its_request() -> None:
    """cache/refused-method/001, cache/refused-headers/001"""
    others = (Scenario(API, APP, "DELETE"), Scenario(API, APP, "PUT", (("X-B", "1"),)))
    for profile, wanted in ((STANDARD, ASKED), (WEBKIT, SPARED)):
        for other in others:
            cache = PreflightCache()
            assert [e.kind for e in ask(other, YES, profile=profile, cache=cache).exchanges] == ASKED[:1]
            assert [e.kind for e in ask(PUT, YES, YES, profile=profile, cache=cache).exchanges] == wanted


ANY_METHOD = Scenario(API, APP, "DELETE", init=Init(cache="reload"))
NARROWER = answer(204, *ALLOW, ("Access-Control-Allow-Methods", "DELETE"), ("Access-Control-Max-Age", "60"))
GONE = answer(204, *ALLOW, ("Access-Control-Allow-Methods", "DELETE"), ("Access-Control-Max-Age", "0"))


@pytest.mark.parametrize(
    ("between", "preflight", "wanted"),
    [
        (Scenario(API, APP, "PATCH"), answer(204, *ALLOW), ASKED),  # cache/insufficient/001
        (ANY_METHOD, NARROWER, ASKED),  # cache/insufficient/005
        (ANY_METHOD, GONE, SPARED),  # cache/insufficient/009
    ],
)
def test_a_browser_that_remembers_one_preflight(between: Scenario, preflight: Response, wanted: list[Kind]) -> None:
    for profile, second in (
        (CHROMIUM, wanted), (CHROMIUM._replace(remembers_one_preflight=False), SPARED),
    ):  # fmt: skip
        cache = PreflightCache()
        ask(PUT, YES, YES, profile=profile, cache=cache)
        ask(between, preflight, YES, profile=profile, cache=cache)
        assert [e.kind for e in ask(PUT, YES, YES, profile=profile, cache=cache).exchanges] == second


def test_an_actual_request_that_fails_clears_the_cache_too() -> None:
    cache = PreflightCache()
    ask(PUT, YES, answer(200), cache=cache)
    assert cache.entries == ()


def test_a_request_that_is_merely_withheld_clears_nothing() -> None:
    cache = PreflightCache()
    ask(PUT, YES, YES, cache=cache)
    known = cache.entries
    assert known
    ask(Scenario(API, APP, "DELETE", (("X-B", "1"),)), Withheld("not asked"), cache=cache)
    ask(PUT, Withheld("not asked"), cache=cache)
    assert cache.entries == known


def test_no_answer_clears_what_the_cache_spared() -> None:
    cache = PreflightCache()
    ask(PUT, YES, YES, cache=cache)
    assert len(ask(PUT, NoAnswer(FailureKind.RESET, "gone"), cache=cache).exchanges) == 1
    assert cache.entries == ()


def test_a_simple_request_that_fails_clears_nothing() -> None:
    cache = PreflightCache()
    ask(PUT, YES, YES, cache=cache)
    assert blamed(ask(Scenario(API, APP), answer(200), cache=cache).failure) == ("acao-present", None)
    assert cache.entries


def test_some_browsers_ask_again_after_a_redirect_whatever_they_remember() -> None:
    first = (YES, hop("/b", 307, GRANTS))
    for profile, wanted in ((STANDARD, 3), (FIREFOX, 4), (WEBKIT, 4)):
        cache = PreflightCache()
        cache.create(PAGE, "https://api.example/b", False, 60.0, ("PUT",), ("x-a",))
        assert len(ask(PUT, *first, YES, profile=profile, cache=cache).exchanges) == wanted


def test_thousands_of_names_are_remembered() -> None:
    """Each is looked up by itself: 20,000 would take minutes if all were looked through for each."""
    names = tuple(f"x-{i}" for i in range(20_000))
    cache = cached(names=names)
    cache.create(PAGE, API, False, 20.0, (), names[::-1], now=1.0)
    assert len(cache.entries) == 20_000
    assert {entry.expires for entry in cache.entries} == {20.0}
    assert cache.header_name_match("x-19999", PAGE, API, False, 2.0)


def test_where_credentials_are_kept_apart() -> None:
    for apart in (False, True):
        cache = PreflightCache(separates_credentials=apart)
        cache.create("https://a", "https://b/", include=True, expires=9.0, methods=("PUT",), names=("x-a",))
        matches = [cache.method_match("PUT", "https://a", "https://b/", include, 0.0) for include in (True, False)]
        assert matches == [True, not apart]
