"""Flows in browsers, without a network. What browsers do with whole flows is in tests/conformance/world."""

from __future__ import annotations

import itertools
import sys
from typing import Any

import pytest

from corsdoctor.browsers import CHROMIUM, FIREFOX, WEBKIT
from corsdoctor.diagnose import Verdict
from corsdoctor.flow.read import read_flow
from corsdoctor.flow.result import BrowserResult
from corsdoctor.flow.run import run_flow
from corsdoctor.report import FlowReport
from corsdoctor.scenario import HeldCookie
from corsdoctor.wire import Answer, Headers, Kind, Response, WireRequest

PAGE, API = "https://app.example/", "https://api.example/items"
ALLOWED = (("Access-Control-Allow-Origin", "https://app.example"), ("Access-Control-Allow-Credentials", "true"))


class Recorder:
    """Answers alike, and remembers what was requested."""

    def __init__(self, *headers: tuple[str, str], status: int = 200) -> None:
        self.requests: list[WireRequest] = []
        self._answer = Response(status, Headers((*ALLOWED, *headers)))

    def send(self, _kind: Kind, request: WireRequest) -> Answer:
        self.requests.append(request)
        return self._answer


def run(send: Recorder, *visits: dict[str, Any], **more: Any) -> tuple[BrowserResult, ...]:
    return run_flow(read_flow({"visits": list(visits), **more}), (CHROMIUM, FIREFOX, WEBKIT), send.send)


def test_a_request_that_browsers_send_alike_is_sent_once() -> None:
    server = Recorder()
    visit = {"page": PAGE, "requests": [{"url": API, "cookie": None}, {"url": API}]}
    results = run(server, visit)
    assert {result.verdict for result in results} == {Verdict.ALLOWED}
    assert 2 <= len(server.requests) < 6


def test_a_step_counts_with_what_its_answer_leads_to() -> None:
    class Sheet(Recorder):
        def send(self, kind: Kind, request: WireRequest) -> Answer:
            super().send(kind, request)
            return Response(200, Headers((("Content-Type", "text/css"), ("Set-Cookie", f"n{len(self.requests)}=1"))))

    font = {"url": "/font", "api": "font"}
    sheet = {
        "url": "/a.css",
        "api": "stylesheet",
        "subresources": [{"url": "//cdn.example/a.css", "api": "css-import"}, font],
    }
    chromium, *_ = run(Sheet(), {"page": PAGE, "requests": [sheet, {"url": "/b"}]})
    step, plain = chromium.steps
    assert [e.request.url.rpartition("/")[2] for e in step.whole.exchanges] == ["a.css", "a.css", "font"]
    assert {s.exchange for s in step.whole.steps} == {1}
    assert step.whole.verdict is step.verdict
    assert plain.whole is plain.diagnosis
    assert len(step.all_cookies.stored) > len(step.cookies.stored)


def test_a_cookie_of_an_answer_goes_with_the_next_request() -> None:
    server = Recorder(("Set-Cookie", "sid=1; SameSite=None; Secure"), ("Set-Cookie", "lax=1; SameSite=Lax"))
    request = {"url": API, "credentials": "include"}
    chromium, firefox, webkit = run(server, {"page": PAGE, "requests": [request, request]})
    first, second = chromium.steps
    assert first.cookies.stored == ("sid",)
    assert first.cookies.refused == (("lax", "strict-or-lax"),)
    assert second.cookies.sent == ("sid",)
    assert second.diagnosis.exchanges[0].request.headers.get("Cookie") == "sid=1"
    assert firefox.steps[1].cookies.sent == ("sid",)
    assert webkit.steps[1].cookies.sent == ()
    assert chromium.cookies == (("api.example", "sid=1"),)


def test_a_request_without_credentials_names_what_it_leaves() -> None:
    server = Recorder(("Set-Cookie", "new=1"))
    login = {"page": "https://api.example/", "headers": [["Set-Cookie", "sid=1; SameSite=None; Secure"]]}
    chromium, *_ = run(server, login, {"page": PAGE, "requests": [{"url": API}]})
    assert chromium.pages[0].cookies.stored == ("sid",)
    assert chromium.steps[0].cookies.refused == (("sid", "not-kept"), ("new", "not-kept"))


def test_a_page_gets_its_cookies_and_refuses_some() -> None:
    page = {"page": PAGE, "headers": {"Set-Cookie": "a=1; SameSite=Strict"}}
    refused = {"page": PAGE, "headers": [["Set-Cookie", "b=1; SameSite=None"]]}
    chromium, *_ = run(Recorder(), page, refused, {"page": "file:///tmp/a.html", "headers": [["Set-Cookie", "c=1"]]})
    assert [found.cookie for found in chromium.pages] == [None, "a=1", None]
    assert chromium.pages[1].cookies.refused == (("b", "not-secure"),)


def test_a_script_sets_a_cookie() -> None:
    sets = {"api": "cookie", "cookie": "a=1"}
    chromium, *_ = run(
        Recorder(), {"page": PAGE, "requests": [sets, {"url": "/r"}, {**sets, "frame": {"url": "data:"}}]},
    )  # fmt: skip
    first, second, third = chromium.steps
    assert (first.verdict, first.cookies.stored, third.cookies.stored) == (Verdict.ALLOWED, ("a",), ())
    assert second.cookies.sent == ("a",)


def test_time_passes() -> None:
    server = Recorder(("Set-Cookie", "sid=1; SameSite=None; Secure; Max-Age=10"))
    request = {"url": API, "credentials": "include"}
    results = run(server, {"page": PAGE, "requests": [request, {**request, "wait": 5}, {**request, "wait": 20}]})
    assert [step.cookies.sent for step in results[0].steps] == [(), ("sid",), ()]


FRAMED = {"url": "https://framed.example/", "headers": [["Cross-Origin-Resource-Policy", "cross-origin"]]}
SPACES = {"app.example": "public", "framed.example": "loopback", "api.example": "public"}


def _near(permission: str) -> dict[str, Any]:
    return {"address_spaces": SPACES, "permissions": {"https://app.example": {"loopback-network": permission}}}


@pytest.mark.parametrize(
    ("headers", "more", "wanted"),
    [
        ([], {}, [("opaque", None)] * 3),
        ([["Cross-Origin-Embedder-Policy", "require-corp"]], {}, [("error", "framed-page-has-coep")] * 3),
        ([["Content-Security-Policy", "frame-src 'self'"]], {}, [("error", "csp-allows")] * 3),
        ([], _near("denied"), [("error", "local-network-access-granted")] * 2 + [("opaque", None)]),
        ([], _near("granted"), [("opaque", None)] * 3),
    ],
)
def test_nothing_in_a_frame_that_is_not_loaded_makes_a_request(
    headers: list[list[str]], more: dict[str, Any], wanted: list[tuple[str, str | None]]
) -> None:
    """frames/refused-coep/001, frames/refused-csp/001, frames/refused-lna/001"""
    server = Recorder()
    requests = [{"url": API, "mode": "no-cors", "frame": FRAMED}, {"api": "cookie", "cookie": "a=1", "frame": FRAMED}]
    results = run(server, {"page": PAGE, "headers": headers, "requests": requests}, **more)
    for result, (verdict, rule) in zip(results, wanted, strict=True):
        first, second = result.steps
        assert first.verdict == verdict
        assert (first.diagnosis.failure and first.diagnosis.failure.rule.id) == rule
        assert all(exchange.from_cache for exchange in first.diagnosis.exchanges) is (rule is not None)
        assert second.verdict == (verdict if rule else "allowed")
        assert not second.diagnosis.console
    assert bool(server.requests) is (("opaque", None) in wanted)


@pytest.mark.parametrize(("url", "made"), [("data:", 0), ("blob:", 1), ("about:srcdoc", 1)])
def test_a_policy_keeps_data_out_of_frames(url: str, made: int) -> None:
    """frames/refused-csp/004"""
    server = Recorder()
    page = {"page": PAGE, "headers": [["Content-Security-Policy", "frame-src 'self'"]]}
    run(server, {**page, "requests": [{"url": API, "frame": {"url": url}}]})
    assert len(server.requests) == made
    run(server, {"page": PAGE, "requests": [{"url": API, "frame": {"url": "data:"}}]})
    assert len(server.requests) == made + 1


def test_a_frame_that_waits_for_the_user_makes_no_request() -> None:
    server = Recorder()
    visit = {"page": PAGE, "requests": [{"url": API, "frame": FRAMED}]}
    chromium, firefox, _ = run(server, visit, **_near("prompt"))
    assert [chromium.verdict, firefox.verdict] == [Verdict.ERROR, Verdict.PENDING]


def test_what_a_sheet_asks_for() -> None:
    sheet = {"url": API, "api": "stylesheet", "subresources": [{"url": "/font", "api": "font"}]}
    chromium, *_ = run(Recorder(("Content-Type", "text/css")), {"page": PAGE, "requests": [sheet]})
    [step] = chromium.steps
    assert [one.diagnosis.scenario.url for one in step.all()] == [API, "https://api.example/font"]
    assert step.verdict is Verdict.OPAQUE
    [failed] = run(Recorder(status=500), {"page": PAGE, "requests": [sheet]})[0].steps
    assert (failed.verdict, failed.subresources) == (Verdict.BLOCKED, ())


def test_a_flow_can_be_shown_request_by_request() -> None:
    flow = read_flow({"id": "x", "visits": [{"page": PAGE, "requests": [{"url": API}, {"url": API, "method": "PUT"}]}]})
    report = FlowReport(flow, run_flow(flow, (CHROMIUM, WEBKIT), Recorder().send), line=3)
    assert (report.verdict, report.id, len(report.diagnoses)) == (Verdict.BLOCKED, "x", 4)
    assert [(one.id, one.line, len(one.diagnoses)) for one in report.reports()] == [("x#1", 3, 2), ("x#2", 3, 2)]


def test_a_page_that_requests_nothing_is_allowed() -> None:
    flow = read_flow({"visits": [{"page": PAGE}]})
    assert FlowReport(flow, run_flow(flow, (CHROMIUM,), Recorder().send)).verdict is Verdict.ALLOWED


def test_the_browsers_make_each_request_in_turn() -> None:
    """And what is told of each has the time."""
    held = (HeldCookie("a=1"), HeldCookie("b=1; Domain=other.example"))
    flow = read_flow(
        {"visits": [{"page": "https://app.example/", "requests": [{"url": "/a"}, {"url": "/b", "wait": 5}]}]}
    )
    [visit] = flow.visits
    requests = tuple(one._replace(scenario=one.scenario._replace(held=held)) for one in visit.requests)
    told: list[tuple[str, str, float]] = []
    results = run_flow(
        flow._replace(visits=(visit._replace(requests=requests),)),
        (CHROMIUM, WEBKIT),
        lambda _kind, _request: Response(200, Headers()),
        lambda asked, profile, now: told.append((asked.url[-1], profile.name, now)),
    )
    assert told == [("a", "chromium", 0), ("a", "webkit", 0), ("b", "chromium", 5), ("b", "webkit", 5)]
    assert [step.cookies.sent for result in results for step in result.steps] == [("a",)] * 4


@pytest.mark.parametrize("api", ["fetch", "image"])
def test_the_steps_are_linear_in_the_number_of_requests(api: str) -> None:
    """Counted in calls and resumed generators, which no other work on the machine changes."""

    def calls(count: int) -> int:
        visit = {"page": PAGE, "requests": [{"url": f"{API}/{number}", "api": api} for number in range(count)]}
        flow, server = read_flow({"visits": [visit]}), Recorder(("Content-Type", "image/png"))
        counted = itertools.count()
        sys.setprofile(lambda *_: next(counted) and None)
        try:
            run_flow(flow, (CHROMIUM,), server.send)
        finally:
            sys.setprofile(None)
        return next(counted)

    calls(2)  # what is loaded at first use
    assert calls(800) < 5 * calls(200)
