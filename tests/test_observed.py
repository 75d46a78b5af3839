"""How an observation of a real browser is compared with its prediction."""

from __future__ import annotations

import json
from typing import Any

import pytest

from corsdoctor.browsers import CHROMIUM, FIREFOX
from corsdoctor.capture_file import read_capture
from corsdoctor.captures.group import grouped
from corsdoctor.captures.judge import judge
from corsdoctor.cure import cure
from corsdoctor.diagnose import Diagnosis, Verdict, diagnose
from corsdoctor.levels import compared, levels
from corsdoctor.observed import (
    Aspect,
    End,
    Observation,
    differences,
    read_observation,
    requests,
    unreadable_body,
    verdict_seen,
)
from corsdoctor.report import Report
from corsdoctor.reports import write
from corsdoctor.reports.har import Har
from corsdoctor.reports.observed_json import observations_object
from corsdoctor.reports.writer import Style
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
from tests.reports.test_json import VALIDATOR

PAGE = Origin("https", "app.example")
SCENARIO = Scenario("https://api.example/", PAGE, headers=(("X-Foo", "1"), ("User-Agent", "me")))
GOOD = Response(
    200, Headers((("Access-Control-Allow-Origin", "*"), ("Access-Control-Allow-Headers", "*"), ("Content-Type", "a/b")))
)
RESET = NoAnswer(FailureKind.RESET, "it was reset")


def predicted(answer: Answer = GOOD) -> Diagnosis:
    return diagnose(SCENARIO, CHROMIUM, lambda _kind, _request: answer)


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


def test_headers_that_a_browser_adds_to_a_preflight_are_not_those_of_the_script() -> None:
    preflight = Exchange(
        Kind.PREFLIGHT, WireRequest("OPTIONS", "https://api.example/", Headers((("X-Foo", "2"),))), GOOD
    )
    assert requests([preflight], SCENARIO) == ("OPTIONS https://api.example/",)


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
        (End.REJECTED, None, (GOOD,), Verdict.ERROR, Verdict.ERROR),
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
    diagnosis = predicted()._replace(verdict=foretold)
    assert verdict_seen(observation, diagnosis) is verdict


def test_an_image_without_cors_is_blocked_as_a_texture() -> None:
    diagnosis = diagnose(SCENARIO._replace(headers=(), api=Api.WEBGL), CHROMIUM, lambda *_: GOOD)
    observation = Observation("chromium", "Chromium", end=End.RESOLVED, type="opaque")
    assert verdict_seen(observation, diagnosis._replace(verdict=Verdict.ALLOWED)) is Verdict.BLOCKED


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


def as_saved(seen: Observation, diagnosis: Diagnosis) -> Any:
    """The observation as JSON has it."""
    report = Report((diagnosis,), observations=(seen,))
    VALIDATOR.validate(json.loads(write("json", [report], Style())))
    [saved] = observations_object(report)
    return json.loads(json.dumps(saved))


def test_an_observation_is_read_back_as_it_was_saved() -> None:
    for answer in (GOOD, RESET, Withheld("GET may change data")):
        diagnosis = predicted(answer)
        observation = seen(diagnosis)._replace(page="https://app.example/", seconds=0.5)
        read = read_observation(as_saved(observation, diagnosis))
        assert read == observation._replace(readable=diagnosis.readable)
    silent = seen(predicted())._replace(type=None, readable=None, console=None)
    assert read_observation(as_saved(silent, predicted())) == silent
    missing = Observation("chromium", "Chromium", "156.0", missing="it has ended")
    assert read_observation(as_saved(missing, predicted())) == missing


def test_what_is_no_observation_is_refused() -> None:
    with pytest.raises(ValueError, match="opera"):
        read_observation({"browser": "opera", "product": "Opera", "version": "1"})


def test_what_a_capture_lacks_does_not_differ_from_what_was_withheld() -> None:
    exchange = Exchange(Kind.ACTUAL, WireRequest("PUT", "https://api.example/", Headers()), Withheld("PUT"))
    observation = Observation("chromium", "Chromium", exchanges=(exchange,))
    foretold = predicted()._replace(verdict=Verdict.UNKNOWN)
    assert verdict_seen(observation, foretold) is Verdict.UNKNOWN


def test_a_report_in_which_a_browser_differs_or_shows_nothing_counts_as_such() -> None:
    good = predicted()
    assert levels(Report((good,), observations=(seen(good),))) == {"judged"}
    other = seen(good, End.REJECTED, None)
    assert "blocked" in levels(Report((good,), observations=(other,)))
    missing = Observation("chromium", "Chromium", missing="it has ended")
    assert "error" in levels(Report((good,), observations=(missing,)))


def test_an_observation_of_a_cure_is_compared_with_its_proof() -> None:
    blocked = predicted(Response(200, Headers()))
    helps = cure((blocked,))
    [proof] = helps.proof
    [(_, foretold, different)] = compared(
        Report((blocked,), cure=helps, observations=(seen(proof)._replace(cured=True),))
    )
    assert (foretold, different) == (proof, ())


def test_a_har_of_our_own_has_what_browsers_did() -> None:
    good = predicted()
    writer = Har(show_secrets=False)
    report = Report((good,), observations=(seen(good)._replace(browser="chromium"),))
    text = "".join((writer.begin(), writer.add(report), writer.end()))
    har = read_capture(iter([text.encode()]))
    [captured] = grouped(har)
    [observation] = judge(captured, har, None, ()).observed
    assert [exchange.request for exchange in observation.exchanges] == [exchange.request for exchange in good.exchanges]
    assert judge(captured, har, None, (FIREFOX,)).observed == ()
