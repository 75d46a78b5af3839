"""How an observation of a real browser is compared with its prediction."""

from __future__ import annotations

import pytest

from corsdoctor.browsers import CHROMIUM, FIREFOX
from corsdoctor.diagnose import Diagnosis, Verdict, diagnose
from corsdoctor.observed import Aspect, End, Observation, differences, requests, unreadable_body, verdict_seen
from corsdoctor.scenario import Api, Scenario
from corsdoctor.url import Origin
from corsdoctor.wire import (
    Answer,
    BodyEnd,
    Exchange,
    FailureKind,
    Framing,
    Headers,
    Kind,
    NoAnswer,
    Response,
    WireRequest,
    Withheld,
)

PAGE = Origin("https", "app.example")
SCENARIO = Scenario("https://api.example/", PAGE, headers=(("X-Foo", "1"), ("User-Agent", "me")))
GOOD = Response(
    200, Headers((("Access-Control-Allow-Origin", "*"), ("Access-Control-Allow-Headers", "*"), ("Content-Type", "a/b")))
)
RESET = NoAnswer(FailureKind.RESET, "it was reset")


def predicted(answer: Answer = GOOD, scenario: Scenario = SCENARIO) -> Diagnosis:
    return diagnose(scenario, CHROMIUM, lambda _kind, _request: answer)


def seen(diagnosis: Diagnosis, end: End = End.RESOLVED, type: str | None = "cors") -> Observation:
    """What a browser does that does all as predicted."""
    return Observation(
        "chromium", "Chromium", "156.0.1", end, type, diagnosis.readable, diagnosis.exchanges, diagnosis.console
    )


def test_a_browser_that_does_what_was_predicted() -> None:
    assert differences(predicted(), seen(predicted())) == ()
    blocked = predicted(Response(200, Headers()))
    assert differences(blocked, seen(blocked, End.REJECTED, None)) == ()


def test_a_browser_that_shows_nothing_does_not_differ() -> None:
    assert differences(predicted(), Observation("chromium", "Chromium", missing="it has ended")) == ()


def test_another_verdict_comes_first_and_without_the_console_that_follows_from_it() -> None:
    blocked = predicted(Response(200, Headers()))
    [verdict] = differences(blocked, seen(blocked)._replace(console=()))
    assert verdict == (Aspect.VERDICT, ("blocked",), ("allowed",))


def test_other_requests_headers_and_messages() -> None:
    good = predicted()
    _, actual = good.exchanges
    other = seen(good)._replace(exchanges=(actual,), readable=(), console=("x blocked by CORS policy", "unrelated"))
    sent, readable, console = differences(good, other)
    assert sent.aspect is Aspect.REQUESTS
    assert [line.split(" ")[0] for line in sent.predicted] == ["OPTIONS", "GET"]
    assert sent.observed == ("GET https://api.example/; origin: https://app.example; x-foo: 1",)
    assert readable == (Aspect.READABLE, ("content-type",), ())
    assert console == (Aspect.CONSOLE, (), ("x blocked by CORS policy",))


def test_headers_of_a_browser_that_no_script_set_are_not_compared() -> None:
    exchange = Exchange(Kind.ACTUAL, WireRequest("GET", "https://api.example/", Headers((("Accept", "a"),))), GOOD)
    assert requests([exchange], SCENARIO) == ("GET https://api.example/",)


def test_a_repeated_request_counts_once_and_one_from_the_cache_not_at_all() -> None:
    exchange = Exchange(Kind.ACTUAL, WireRequest("GET", "https://api.example/", Headers()), RESET)
    cached = exchange._replace(from_cache=True)
    assert requests([exchange, exchange, cached], SCENARIO) == ("GET https://api.example/",)


@pytest.mark.parametrize(
    ("end", "type", "answers", "foretold", "verdict"),
    [
        (End.RESOLVED, "cors", (GOOD,), Verdict.BLOCKED, Verdict.ALLOWED),
        (End.RESOLVED, "opaqueredirect", (GOOD,), Verdict.ALLOWED, Verdict.OPAQUE),
        (End.RESOLVED, None, (GOOD,), Verdict.OPAQUE, Verdict.OPAQUE),
        (End.RESOLVED, None, (GOOD,), Verdict.BLOCKED, Verdict.ALLOWED),
        (End.UNSEEN, None, (GOOD,), Verdict.BLOCKED, Verdict.BLOCKED),
        (End.REJECTED, None, (GOOD,), Verdict.ALLOWED, Verdict.BLOCKED),
        (End.REJECTED, None, (GOOD, RESET), Verdict.ALLOWED, Verdict.ERROR),
        (End.THREW, None, (), Verdict.ALLOWED, Verdict.BLOCKED),
        (End.TIMEOUT, None, (), Verdict.PENDING, Verdict.PENDING),
        (End.TIMEOUT, None, (), Verdict.ALLOWED, Verdict.ERROR),
        (End.REJECTED, None, (GOOD, Withheld("POST may change data")), Verdict.ALLOWED, Verdict.UNSENT),
    ],
)
def test_the_verdict_that_an_observation_shows(
    end: End, type: str | None, answers: tuple[Answer, ...], foretold: Verdict, verdict: Verdict
) -> None:
    request = WireRequest("GET", "https://api.example/", Headers())
    exchanges = tuple(Exchange(Kind.ACTUAL, request, answer) for answer in answers)
    observation = Observation("chromium", "Chromium", end=end, type=type, exchanges=exchanges)
    assert verdict_seen(observation, foretold) is verdict


def test_an_element_needs_its_whole_body_and_fetch_does_not() -> None:
    part = GOOD._replace(framing=Framing(end=BodyEnd.UNREAD))
    exchange = Exchange(Kind.ACTUAL, WireRequest("GET", "https://api.example/", Headers()), part)
    image = SCENARIO._replace(api=Api.IMAGE)
    assert unreadable_body(image, [exchange])
    assert not unreadable_body(image, [exchange._replace(answer=GOOD), exchange._replace(answer=RESET)])
    assert not unreadable_body(SCENARIO, [exchange])


def test_the_title_has_the_number_that_people_know() -> None:
    assert Observation("firefox", "Firefox", "153.8.0").title == "Firefox 153"
    assert Observation("webkit", "WebKitGTK", "2.50.1").title == "WebKitGTK 2.50"
    assert Observation("chromium", "Chromium").title == "Chromium"


def test_only_messages_about_cors_are_compared() -> None:
    other = diagnose(SCENARIO, FIREFOX, lambda _kind, _request: GOOD)
    said = seen(other)._replace(browser="firefox", console=("Content-Security-Policy: …",))
    assert differences(other, said) == ()
