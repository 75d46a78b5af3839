"""The driver: verdicts, the memo of several browsers, what is withheld; and laws that hold for any scenario and any answers."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corsdoctor import __version__
from corsdoctor.browsers import BROWSERS, CHROMIUM, FIREFOX, STANDARD, WEBKIT, Profile
from corsdoctor.diagnose import Diagnosis, Verdict, diagnose, diagnose_all, overall, withholding
from corsdoctor.fetch.preflight_cache import PreflightCache
from corsdoctor.fetch.request import Tainting
from corsdoctor.rule import FETCH, Cause, Failure, Outcome, Rule, Step, Trace, next_step
from corsdoctor.scenario import Api, Credentials, Mode, Redirect, Scenario
from corsdoctor.url import OPAQUE, Origin, parse, same_origin
from corsdoctor.wire import (
    Answer,
    Exchange,
    FailureKind,
    Headers,
    Kind,
    NoAnswer,
    Response,
    Send,
    WireRequest,
    Withheld,
)

APP = Origin("https", "app.example")
API = "https://api.example/items"
ANY = ("Access-Control-Allow-Origin", "*")
GONE = NoAnswer(FailureKind.RESET, "gone")


def always(answer: Answer) -> Send:
    return lambda _kind, _request: answer


def answer(status: int, *lines: tuple[str, str]) -> Response:
    return Response(status, Headers(lines))


@dataclass(frozen=True)
class Case:
    id: str
    scenario: Scenario
    answer: Answer
    verdict: Verdict
    readable: tuple[str, ...] | None = None


CASES = (
    Case("basic", Scenario("/a", APP), answer(200), Verdict.ALLOWED, ()),
    Case("cors", Scenario(API, APP), answer(200, ANY), Verdict.ALLOWED, ()),
    Case("opaque", Scenario(API, APP, mode=Mode.NO_CORS), answer(200), Verdict.OPAQUE, ()),
    Case("opaque redirect", Scenario("/a", APP, redirect=Redirect.MANUAL), answer(302), Verdict.OPAQUE, ()),
    Case("network error", Scenario(API, APP), answer(200), Verdict.BLOCKED),
    Case("thrown", Scenario(API, APP, "TRACE"), answer(200), Verdict.BLOCKED),
    Case("no answer", Scenario(API, APP), GONE, Verdict.ERROR),
    Case("no answer to the preflight", Scenario(API, APP, "PUT"), GONE, Verdict.ERROR),
    Case("withheld", Scenario(API, APP), Withheld("no"), Verdict.UNSENT),
    Case("withheld preflight", Scenario(API, APP, "PUT"), Withheld("no"), Verdict.UNSENT),
    Case("element that loads", Scenario(API, APP, api=Api.IMAGE), answer(200), Verdict.OPAQUE),
    Case("element that refuses", Scenario("/a", APP, api=Api.MODULE), answer(200), Verdict.BLOCKED),
)


@pytest.mark.parametrize(
    ("scenario", "profile", "chosen"),
    [
        (Scenario(API, APP), CHROMIUM, (Mode.CORS, Credentials.SAME_ORIGIN, Tainting.CORS)),
        (Scenario(API, APP, "PUT"), CHROMIUM, (Mode.CORS, Credentials.SAME_ORIGIN, Tainting.CORS)),
        (Scenario("/a", APP), CHROMIUM, (Mode.CORS, Credentials.SAME_ORIGIN, Tainting.BASIC)),
        (Scenario("/a", OPAQUE, mode=Mode.SAME_ORIGIN), CHROMIUM, None),
        (Scenario(API, APP, mode=Mode.SAME_ORIGIN), CHROMIUM, (Mode.SAME_ORIGIN, Credentials.SAME_ORIGIN, Tainting.BASIC)),
        (Scenario(API, APP, mode=Mode.NO_CORS), CHROMIUM, (Mode.NO_CORS, Credentials.SAME_ORIGIN, Tainting.OPAQUE)),
        (Scenario(API, APP, api=Api.IMAGE), CHROMIUM, (Mode.NO_CORS, Credentials.INCLUDE, Tainting.OPAQUE)),
        (Scenario("data:,x", APP, api=Api.IMAGE), CHROMIUM, (Mode.NO_CORS, Credentials.INCLUDE, Tainting.BASIC)),
        (Scenario(API, APP, api=Api.FONT), CHROMIUM, (Mode.CORS, Credentials.SAME_ORIGIN, Tainting.CORS)),
        (Scenario(API, APP, api=Api.FONT), WEBKIT, (Mode.NO_CORS, Credentials.INCLUDE, Tainting.OPAQUE)),
        (Scenario(API, APP, "TRACE"), CHROMIUM, None),
    ],
)  # fmt: skip
def test_a_diagnosis_keeps_what_the_request_was(
    scenario: Scenario, profile: Profile, chosen: tuple[Mode, Credentials, Tainting] | None
) -> None:
    request = diagnose(scenario, profile, always(answer(200))).request
    assert (None if request is None else (request.mode, request.credentials, request.tainting)) == chosen


def test_the_request_that_is_kept_is_that_of_the_last_hop() -> None:
    away = answer(302, ("Location", API))
    request = diagnose(Scenario("/a", APP), CHROMIUM, lambda _, sent: away if sent.url != API else answer(200)).request
    assert request is not None
    assert request.tainting is Tainting.CORS
    assert [url.href for url in request.url_list] == ["https://app.example/a", API]


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.id)
def test_verdicts(case: Case) -> None:
    for profile in BROWSERS:
        diagnosis = diagnose(case.scenario, profile, always(case.answer))
        assert (diagnosis.verdict, diagnosis.readable) == (case.verdict, case.readable)
        assert (diagnosis.scenario, diagnosis.profile) == (case.scenario, profile)
        assert (diagnosis.failure is None) is (case.verdict not in (Verdict.BLOCKED, Verdict.ERROR))


def test_failure_and_notes() -> None:
    diagnosis = diagnose(Scenario(API, APP, "PUT", (("Cookie", "a=b"),)), STANDARD, always(answer(500)))
    assert diagnosis.failure is not None
    assert diagnosis.failure.rule.id == "acao-present"
    assert [step.rule.id for step in diagnosis.notes] == ["request-header-not-forbidden", "preflight-needed"]


def test_a_cache_is_used_and_filled() -> None:
    lines = (ANY, ("Access-Control-Allow-Methods", "PUT"), ("Access-Control-Max-Age", "60"))
    cache, send = PreflightCache(), always(answer(200, *lines))
    for now, exchanges in ((0.0, 2), (59.0, 1), (60.0, 2)):
        assert len(diagnose(Scenario(API, APP, "PUT"), STANDARD, send, cache=cache, now=now).exchanges) == exchanges
    assert len(diagnose(Scenario(API, APP, "PUT"), STANDARD, send).exchanges) == 2


def recording(answer: Answer, log: list[tuple[Kind, WireRequest]]) -> Send:
    def send(kind: Kind, request: WireRequest) -> Answer:
        log.append((kind, request))
        return answer

    return send


def test_a_request_is_not_sent_twice_for_a_referer_alone() -> None:
    """Browsers differ in whether a page over https sends one to http on this machine."""
    sent: list[WireRequest] = []

    def send(_: Kind, request: WireRequest) -> Answer:
        sent.append(request)
        return GONE

    scenario = Scenario("http://127.0.0.1/items", APP, "POST", body=b"x")
    diagnoses = diagnose_all(scenario, BROWSERS, send)
    assert len({"Referer" in d.exchanges[0].request.headers for d in diagnoses}) == 2
    assert [request.method for request in sent] == ["POST"]


def test_what_browsers_send_alike_goes_out_once() -> None:
    log: list[tuple[Kind, WireRequest]] = []
    diagnoses = diagnose_all(Scenario(API, APP), BROWSERS, recording(answer(200, ANY), log))
    assert [d.profile for d in diagnoses] == list(BROWSERS)
    assert {d.verdict for d in diagnoses} == {Verdict.ALLOWED}
    assert len(log) == 1


def test_requests_that_differ_are_sent_for_each_browser() -> None:
    log: list[tuple[Kind, WireRequest]] = []
    lines = (("X-A", "1"), ("X-A", "2"))
    diagnose_all(Scenario(API, APP, headers=lines), (CHROMIUM, FIREFOX), recording(answer(500, ANY), log))
    assert [request.headers.get("Access-Control-Request-Headers") for _, request in log] == ["x-a", "x-a,x-a"]


def test_the_second_time_round_is_another_request() -> None:
    log: list[tuple[Kind, WireRequest]] = []
    redirecting = recording(answer(302, ANY, ("Location", API)), log)
    diagnoses = diagnose_all(Scenario(API, APP), (STANDARD, CHROMIUM), redirecting)
    assert [len(d.exchanges) for d in diagnoses] == [21, 21]
    assert len(log) == 21


@pytest.mark.parametrize(
    ("kind", "method", "preflight_only", "sends"),
    [
        (Kind.ACTUAL, "GET", False, True), (Kind.ACTUAL, "HEAD", False, True), (Kind.ACTUAL, "OPTIONS", False, True),
        (Kind.ACTUAL, "POST", False, False), (Kind.ACTUAL, "PUT", False, False), (Kind.ACTUAL, "get", False, False),
        (Kind.PREFLIGHT, "OPTIONS", False, True), (Kind.PREFLIGHT, "OPTIONS", True, True),
        (Kind.ACTUAL, "GET", True, False), (Kind.ACTUAL, "POST", True, False),
    ],
)  # fmt: skip
def test_withholding(kind: Kind, method: str, preflight_only: bool, sends: bool) -> None:
    send = withholding(always(GONE), preflight_only=preflight_only)
    answer = send(kind, WireRequest(method, API, Headers()))
    assert answer == GONE if sends else isinstance(answer, Withheld)


def test_a_withheld_request_is_unsent() -> None:
    lines = (ANY, ("Access-Control-Allow-Methods", "*"))
    diagnosis = diagnose(Scenario(API, APP, "DELETE"), STANDARD, withholding(always(answer(204, *lines))))
    assert diagnosis.verdict is Verdict.UNSENT
    assert [isinstance(e.answer, Withheld) for e in diagnosis.exchanges] == [False, True]


@pytest.mark.parametrize("worst", Verdict)
def test_the_worst_verdict_counts(worst: Verdict) -> None:
    order = [
        Verdict.ALLOWED, Verdict.OPAQUE, Verdict.UNKNOWN, Verdict.UNSENT, Verdict.PENDING, Verdict.ERROR, Verdict.BLOCKED,
    ]  # fmt: skip
    better = order[: order.index(worst) + 1]
    assert overall(better) is overall(reversed(better)) is worst


RULE = Rule(
    "id", "title", Failure("it failed"), FETCH, "1", "What.", "Why.", "The rule's.", "bad", "good", (Cause("a", "A."),)
)


def test_a_trace_gives_each_step_its_exchange() -> None:
    trace = Trace()
    trace.note(RULE)
    trace.exchanged(Exchange(Kind.ACTUAL, WireRequest("GET", API, Headers()), GONE))
    trace.passed(RULE)
    trace.failed(RULE, cause=RULE.causes[0])
    assert [(s.outcome, s.exchange, s.cause) for s in trace.steps] == [
        (Outcome.NOTE, None, None), (Outcome.PASS, 0, None), (Outcome.FAIL, 0, RULE.causes[0]),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("cause", "wanted"),
    [(None, "The rule's."), (Cause("a", "A."), "The rule's."), (Cause("a", "A.", "The cause's."), "The cause's.")],
)
def test_a_causes_next_step_comes_first(cause: Cause | None, wanted: str) -> None:
    assert next_step(Step(RULE, Outcome.FAIL, cause=cause)) == wanted


def test_there_is_a_version() -> None:
    assert [part.isdecimal() for part in __version__.split(".")[:2]] == [True, True]


# --- any scenario, any answers

ORIGINS = (
    APP,
    Origin("http", "localhost", 3000),
    OPAQUE,
    Origin("", label="file:"),
    Origin("capacitor", "localhost"),
    Origin("https", "app.shop.co.uk"),
)
URLS = (
    API, "https://app.example/a", "/a", "http://localhost:8080/", "http://api.example/", "https://api.example:6000/",
    "https://u:p@api.example/", "data:text/plain,x", "about:blank", "file:///x", "https://[bad/", "", "?x#y",
    "https://api.shop.co.uk/|%41%c3",
)  # fmt: skip
TEXT = st.text(st.characters(exclude_categories=()), max_size=12)
LATIN_1 = st.text(st.characters(max_codepoint=0xFF), max_size=12)
METHODS = st.sampled_from(["GET", "HEAD", "POST", "PUT", "DELETE", "patch", "OPTIONS", "TRACE"]) | TEXT
REQUEST_NAMES = st.sampled_from(
    [
        "Accept",
        "Accept-Language",
        "Content-Type",
        "Range",
        "Authorization",
        "X-A",
        "x-a",
        "Cookie",
        "X-HTTP-Method",
        "DPR",
    ]
)
REQUEST_VALUES = st.sampled_from(
    ["", "a", "text/plain", "application/json;charset=x", "bytes=0-1", "a" * 129, "TRACE", "\xff", "(", "Basic YQ=="]
)
RESPONSE_NAMES = st.sampled_from(
    [
        "Access-Control-Allow-Origin", "Access-Control-Allow-Credentials", "Access-Control-Allow-Methods",
        "Access-Control-Allow-Headers", "Access-Control-Expose-Headers", "Access-Control-Max-Age", "Location", "Vary",
        "Content-Type", "Content-Length", "X-Content-Type-Options", "Cross-Origin-Resource-Policy", "Set-Cookie", "X-A",
    ]
)  # fmt: skip
RESPONSE_VALUES = st.sampled_from(
    [
        "", "*", "null", "https://app.example", "https://app.example/", "http://localhost:3000", "true", "True", "PUT, patch",
        "x-a, authorization, content-type", "600", "1 day", "/b", "https://other.example/", "https://app.example/b",
        "https://u@app.example/", "http://[bad", "ftp://x/", "data:,x", "text/css", "text/html, */*", "nosniff", "same-site",
        "same-origin", "0", "a=b; SameSite=None", "Origin", "\xe9|", "a\0b",
    ]
)  # fmt: skip
STATUSES = st.sampled_from([200, 204, 206, 301, 302, 303, 304, 307, 308, 310, 401, 404, 407, 500]) | st.integers(
    100, 999
)
SCENARIOS = st.builds(
    lambda **given: Scenario(**given),  # of a named tuple, hypothesis would choose the other fields too
    url=st.sampled_from(URLS) | TEXT,
    origin=st.sampled_from(ORIGINS),
    method=METHODS,
    headers=st.lists(st.tuples(REQUEST_NAMES | TEXT, REQUEST_VALUES | TEXT), max_size=4).map(tuple),
    credentials=st.none() | st.sampled_from(Credentials),
    mode=st.none() | st.sampled_from(Mode),
    redirect=st.sampled_from(Redirect),
    body=st.none() | st.binary(max_size=4),
    api=st.sampled_from(Api),
    upload_listener=st.booleans(),
    streamed=st.booleans(),
    cookie=st.none() | st.just("a=b"),
)
ORDINARY = st.builds(
    lambda **given: Scenario(**given),  # of a named tuple, hypothesis would choose the other fields too
    url=st.sampled_from([API, "/a"]),
    origin=st.sampled_from(ORIGINS),
    method=st.sampled_from(["GET", "POST", "PUT", "DELETE"]),
    headers=st.lists(
        st.tuples(st.sampled_from(["Authorization", "X-A", "Content-Type"]), st.just("a")), max_size=3
    ).map(tuple),
    credentials=st.none() | st.sampled_from(Credentials),
    cookie=st.just("a=b"),
)
PAIRS = st.lists(st.tuples(RESPONSE_NAMES | LATIN_1, RESPONSE_VALUES | LATIN_1), max_size=6)
RESPONSES = st.builds(lambda status, pairs: answer(status, *pairs), STATUSES, PAIRS)
GRANTING = st.builds(
    lambda status, origin, location: answer(
        status, ("Access-Control-Allow-Origin", origin), ("Access-Control-Allow-Credentials", "true"),
        ("Access-Control-Allow-Methods", "*, PUT, DELETE"), ("Access-Control-Allow-Headers", "x-a, authorization, content-type"),
        *([("Location", location)] if status >= 300 else []),
    ),
    st.sampled_from([200, 200, 200, 302, 307, 308]),
    st.sampled_from(["*", "null", *map(str, ORIGINS)]),
    st.sampled_from(["/b", "https://other.example/", "https://app.example/b", "https://api.example/c"]),
)  # fmt: skip
NO_ANSWERS = st.builds(NoAnswer, st.sampled_from(FailureKind), st.just("gone")) | st.just(Withheld("no"))
ANSWERS = st.lists(RESPONSES | GRANTING | NO_ANSWERS, min_size=1, max_size=8)


def in_turn(answers: list[Answer]) -> Send:
    """Gives these answers one after the other, for ever."""
    given: list[WireRequest] = []

    def send(_kind: Kind, request: WireRequest) -> Answer:
        given.append(request)
        return answers[(len(given) - 1) % len(answers)]

    return send


@given(SCENARIOS, ANSWERS, st.sampled_from(BROWSERS))
@settings(max_examples=600)
def test_any_scenario_and_any_answers(scenario: Scenario, answers: list[Answer], profile: Profile) -> None:
    holds(diagnose(scenario, profile, in_turn(answers)))


@given(ORDINARY, st.lists(GRANTING, min_size=1, max_size=30), st.sampled_from(BROWSERS))
@settings(max_examples=300)
def test_any_chain_of_redirects(scenario: Scenario, answers: list[Answer], profile: Profile) -> None:
    holds(diagnose(scenario, profile, in_turn(answers)))


def holds(diagnosis: Diagnosis) -> None:
    """What is true of every diagnosis."""
    scenario, exchanges, steps = diagnosis.scenario, diagnosis.exchanges, diagnosis.steps
    failures = [step for step in steps if step.outcome is Outcome.FAIL]
    assert len(exchanges) <= 2 * 21 + 2
    assert bool(failures) is (diagnosis.verdict in (Verdict.BLOCKED, Verdict.ERROR))
    assert diagnosis.failure == (failures[0] if failures else None)
    assert (diagnosis.readable is None) or diagnosis.verdict in (Verdict.ALLOWED, Verdict.OPAQUE)
    for step in steps:
        assert step.cause is None or step.cause in step.rule.causes
        assert step.exchange is None or step.exchange < len(exchanges)
    for exchange in exchanges:
        headers, kind = exchange.request.headers, exchange.kind
        assert all(ord(c) <= 0xFF for name, value in headers for c in name + value)
        assert "#" not in exchange.request.url
        if kind is Kind.PREFLIGHT:
            holds_for_preflight(exchange.request)
        elif "Cookie" in headers:
            url = parse(exchange.request.url)
            assert url is not None
            at_home = same_origin(url.origin, scenario.origin)
            element = scenario.api not in (Api.FETCH, Api.XHR, Api.EVENTSOURCE)
            assert scenario.credentials is Credentials.INCLUDE or element or at_home
            assert scenario.credentials is not Credentials.OMIT or scenario.api is not Api.FETCH


def holds_for_preflight(request: WireRequest) -> None:
    headers = request.headers
    assert (request.method, request.body) == ("OPTIONS", None)
    assert not {"cookie", "authorization", "content-type", "content-length"} & {name.lower() for name, _ in headers}
    assert headers.get("Access-Control-Request-Method")
    assert headers.get("Origin")
    asked = headers.get("Access-Control-Request-Headers")
    if asked is not None:
        names = asked.split(",")
        assert asked
        assert names == sorted(names)
        assert asked == asked.lower()
