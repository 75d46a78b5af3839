"""Flows as cases of a policy: which cells they have, what is expected of each, and what stays hidden."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest

from corsdoctor.browsers import CHROMIUM, FIREFOX, STANDARD, WEBKIT
from corsdoctor.diagnose import Diagnosis, Verdict
from corsdoctor.errors import UnreadableInput
from corsdoctor.flow.result import CookieResult
from corsdoctor.scenario import FromEnvironment
from corsdoctor.suite.case import Case
from corsdoctor.suite.judge import Expected, Judged, judge
from corsdoctor.suite.mistakes import InvalidPolicy
from corsdoctor.suite.outcome import CaseOutcome, outcome
from corsdoctor.suite.read import read
from tests.suite.policies import HEAD, INLINE, flow

ENVIRONMENT = {"TOKEN": "s3cret"}


def cells(text: str, **more: Any) -> dict[str, Case]:
    suite = read(tomllib.loads(HEAD + text), ENVIRONMENT, lambda _: None, **more)
    return {case.id: case for case in suite.cases}


def test_each_request_is_a_case_of_the_whole_flow() -> None:
    first, second = cells(flow(expect='["allowed", { verdict = "allowed", cookies-sent = ["sid"] }]')).values()
    assert (first.scenario.method, first.scenario.url) == ("POST", "https://api.example/login")
    assert second.scenario.url == "https://app.example/me"
    assert first.step is not None
    assert second.step is not None
    assert (first.step.flow, first.step.entry) == (second.step.flow, second.step.entry)
    assert (first.step.number, second.step.number) == (0, 1)
    assert (first.expected, second.expected) == (Expected("allowed"), Expected("allowed", cookies_sent=("sid",)))
    assert first.profiles == (STANDARD, CHROMIUM, FIREFOX, WEBKIT)


def test_the_browsers_of_the_defaults_count() -> None:
    found = cells('[defaults]\nbrowsers = "firefox"\nheaders = { A = "1" }\n' + flow())
    assert found["f/1"].profiles == (FIREFOX,)
    assert found["f/1"].scenario.headers == ()


def test_a_browser_that_an_exception_names_has_a_case_of_its_own() -> None:
    found = cells(
        flow('browsers = ["chromium", "webkit"]', 'except = [{ step = 2, browser = "webkit", expect = "blocked" }]')
    )
    assert {id: (case.profiles, case.expected.verdict) for id, case in found.items()} == {
        "f/1": ((CHROMIUM, WEBKIT), "allowed"), "f/2": ((CHROMIUM,), "allowed"), "f/2/webkit": ((WEBKIT,), "blocked"),
    }  # fmt: skip


def test_the_last_exception_takes_precedence() -> None:
    """One without a browser holds for those that were named before, too. One with only `known` keeps what is expected."""
    found = cells(
        flow(
            'known = { reason = "all" }',
            'except = [{ step = 1, browser = "webkit", expect = "blocked" }, { browser = "webkit", known = { reason = "k" } }, '
            '{ step = 2, expect = { rule = "acao-present" } }]',
        )
    )
    said = {id: (one.expected.verdict, one.expected.rule, one.known and one.known.reason) for id, one in found.items()}
    assert said == {
        "f/1": ("allowed", None, "all"), "f/1/webkit": ("blocked", None, "k"),
        "f/2": (None, "acao-present", None), "f/2/webkit": (None, "acao-present", None),
    }  # fmt: skip


def test_a_flow_in_a_file_has_variables_and_no_bases() -> None:
    asked = {"url": "https://api.example/{api}?k=${TOKEN}", "method": "POST", "body": "p=${TOKEN}"}
    under = {"url": "/font", "headers": {"X-B": "${TOKEN}"}}
    more = {"headers": [["X-A", "${TOKEN}"], ["X-C", "1"]], "url": "https://api.example/", "subresources": [under]}
    file = {"visits": [{"page": "https://app.example/", "requests": [asked, more]}]}
    found = cells(flow(flow='"login.json"'), flow_of={"login.json": file}.__getitem__)
    first, second = found["f/1"].scenario, found["f/2"]
    assert first.url == "https://api.example/%7Bapi%7D?k=s3cret"
    assert (first.body, first.from_environment) == (
        b"p=s3cret",
        FromEnvironment(parameters=frozenset({"k"}), body=True),
    )
    assert second.scenario.from_environment == FromEnvironment(frozenset({"x-a"}))
    assert second.step is not None
    (of_sheet,) = second.step.flow.visits[0].requests[1].subresources
    assert of_sheet.scenario.from_environment == FromEnvironment(frozenset({"x-b"}))


def test_a_file_that_cannot_be_read_is_a_mistake_of_the_policy() -> None:
    def missing(name: str) -> object:
        raise UnreadableInput(name, "No such file")

    with pytest.raises(InvalidPolicy, match=r"case\[0\].flow: login.json: No such file"):
        cells(flow(flow='"login.json"'), flow_of=missing)


def test_a_variable_that_is_not_set_may_be_kept_in_a_list() -> None:
    text = flow(flow=INLINE.replace('"POST"', '"POST", body = "${NOPE}"'))
    assert cells(text, keep_unset=True)["f/1"].scenario.body == b"${NOPE}"
    with pytest.raises(InvalidPolicy, match="the variable NOPE is not set"):
        cells(flow(flow=INLINE.replace("https://app.example/", "${NOPE}")), keep_unset=True)


def judged_as(verdict: Verdict, sent: tuple[str, ...], stored: tuple[str, ...]) -> list[tuple[str, str, str]]:
    scenario = cells(flow())["f/1"].scenario
    expected = Expected(cookies_sent=("sid", "a"), cookies_stored=("b",))
    diagnoses = (Diagnosis(scenario, CHROMIUM, (), (), verdict, None),)
    return [(m.what, m.expected, m.got) for m in judge(expected, diagnoses, (CookieResult(sent, stored),))]


def test_cookies_are_judged() -> None:
    assert judged_as(Verdict.ALLOWED, ("a", "sid"), ("b", "c")) == []
    assert judged_as(Verdict.ALLOWED, ("a",), ()) == [
        ("cookies-sent", "sid", "a"),
        ("cookies-stored", "b", "no cookie"),
    ]
    assert judged_as(Verdict.UNSENT, (), ()) == []


def test_what_follows_a_request_that_was_withheld_counts_as_not_sent() -> None:
    scenario = cells(flow())["f/1"].scenario
    judged = Judged(Expected("blocked"), (), incomplete=True)
    for verdict, became in ((Verdict.BLOCKED, CaseOutcome.UNSENT), (Verdict.ERROR, CaseOutcome.NO_ANSWER)):
        assert outcome(judged, [Diagnosis(scenario, CHROMIUM, (), (), verdict, None)]) is became
