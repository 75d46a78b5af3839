"""What a script's wish becomes before anything is sent, or why it throws."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from corsdoctor.browsers import BROWSERS, CHROMIUM, FIREFOX, STANDARD, WEBKIT, Profile
from corsdoctor.diagnose import Diagnosis
from corsdoctor.fetch.presets import PRESETS
from corsdoctor.fetch.request_constructor import RULES, request_constructor
from corsdoctor.flow.read import read_flow
from corsdoctor.flow.run import run_flow
from corsdoctor.rule import Outcome
from corsdoctor.scenario import Api, Credentials, Mode, Redirect, Scenario
from corsdoctor.url import OPAQUE
from corsdoctor.wire import Headers, Response
from tests.fetch.asking import ALLOW, API, APP, Lines, answer, ask, causes_of, params_for, request_for

NO_CORS = Mode.NO_CORS


@dataclass(frozen=True)
class Thrown:
    id: str
    scenario: Scenario
    rule: str | None


THROWN = (
    Thrown("absolute URL", Scenario(API, APP), None),
    Thrown("relative URL", Scenario("/items", APP), None),
    Thrown("relative URL on an opaque page", Scenario("/items", OPAQUE), "url-parses"),
    Thrown("bad host", Scenario("https://[bad/", APP), "url-parses"),
    Thrown("userinfo", Scenario("https://user@api.example/", APP), "url-without-userinfo"),
    Thrown("empty userinfo", Scenario("https://@api.example/", APP), None),
    Thrown("userinfo for XMLHttpRequest", Scenario("https://user@api.example/", APP, api=Api.XHR), None),
    Thrown("empty method", Scenario(API, APP, ""), "method-is-token"),
    Thrown("method with a space", Scenario(API, APP, "GET /"), "method-is-token"),
    Thrown("method that is not ASCII", Scenario(API, APP, "po\u017ft"), "method-is-token"),
    Thrown("forbidden method", Scenario(API, APP, "TrAcE"), "method-not-forbidden"),
    Thrown("method that is nearly forbidden", Scenario(API, APP, "TRACES"), None),
    Thrown("no-cors and GET", Scenario(API, APP, mode=NO_CORS), None),
    Thrown("no-cors and post", Scenario(API, APP, "post", mode=NO_CORS), None),
    Thrown("no-cors and PUT", Scenario(API, APP, "PUT", mode=NO_CORS), "no-cors-method-safelisted"),
    Thrown("same-origin and PUT", Scenario(API, APP, "PUT", mode=Mode.SAME_ORIGIN), None),
    Thrown("bad name", Scenario(API, APP, headers=(("X A", "1"),)), "request-header-valid"),
    Thrown("empty name", Scenario(API, APP, headers=(("", "1"),)), "request-header-valid"),
    Thrown("line break inside", Scenario(API, APP, headers=(("X-A", "a\nb"),)), "request-header-valid"),
    Thrown("line break at the end", Scenario(API, APP, headers=(("X-A", "a\r\n"),)), None),
    Thrown("latin-1 value", Scenario(API, APP, headers=(("X-A", "\xff"),)), None),
    Thrown("value beyond latin-1", Scenario(API, APP, headers=(("X-A", "\u0100"),)), "request-header-valid"),
    Thrown("forbidden but invalid", Scenario(API, APP, headers=(("Cookie", "a\0"),)), "request-header-valid"),
    Thrown("GET with a body", Scenario(API, APP, body=b"x"), "get-without-body"),
    Thrown("head with an empty body", Scenario(API, APP, "head", body=b""), "get-without-body"),
    Thrown("POST with an empty body", Scenario(API, APP, "POST", body=b""), None),
    Thrown("stream in no-cors", Scenario(API, APP, "POST", mode=NO_CORS, body=b"", streamed=True), "stream-needs-cors"),
    Thrown("stream in cors", Scenario(API, APP, "POST", body=b"", streamed=True), None),
    Thrown("stream without a body in no-cors", Scenario(API, APP, "POST", mode=NO_CORS, streamed=True), None),
)


@pytest.mark.parametrize("case", THROWN, ids=lambda c: c.id)
def test_what_throws(case: Thrown) -> None:
    params = params_for()
    request = request_constructor(case.scenario, params)
    failed = [step.rule.id for step in params.trace.steps if step.outcome is Outcome.FAIL]
    assert (request is None) is (case.rule is not None)
    assert failed == ([] if case.rule is None else [case.rule])
    assert all(step.exchange is None for step in params.trace.steps)


def test_the_only_cause_of_these_rules_is_known() -> None:
    assert causes_of(RULES) == {("stream-can-be-sent", "http1")}


def test_nothing_is_sent_where_it_throws() -> None:
    diagnosis = ask(Scenario("https://[bad/", APP), answer(200))
    assert (diagnosis.verdict, diagnosis.exchanges, diagnosis.readable, diagnosis.console) == ("blocked", (), None, ())


@dataclass(frozen=True)
class Kept:
    id: str
    scenario: Scenario
    headers: Lines
    notes: tuple[str, ...] = ()
    profile: Profile = STANDARD


TWICE: Lines = (("X-A", "1"), ("x-a", "2"))
TEXT = ("Content-Type", "text/plain;charset=UTF-8")
KEPT = (
    Kept("none", Scenario(API, APP), ()),
    Kept("value is normalized", Scenario(API, APP, headers=(("X-A", "\r\n a b\t "),)), (("X-A", "a b"),)),
    Kept("empty value", Scenario(API, APP, headers=(("X-A", ""),)), (("X-A", ""),)),
    Kept("twice", Scenario(API, APP, headers=TWICE), (("X-A", "1"), ("X-A", "2"))),
    Kept("twice in Firefox", Scenario(API, APP, headers=TWICE), (("X-A", "1"), ("X-A", "2")), profile=FIREFOX),
    Kept("twice in Chromium", Scenario(API, APP, headers=TWICE), (("X-A", "1, 2"),), profile=CHROMIUM),
    Kept("twice in WebKit", Scenario(API, APP, headers=TWICE), (("X-A", "1, 2"),), profile=WEBKIT),
    Kept("twice with XMLHttpRequest", Scenario(API, APP, headers=TWICE, api=Api.XHR), (("X-A", "1, 2"),)),
    Kept(
        "forbidden ones are dropped",
        Scenario(API, APP, headers=(("Cookie", "a=b"), ("X-A", "1"), ("Sec-A", "1"))),
        (("X-A", "1"),),
        ("request-header-not-forbidden", "request-header-not-forbidden"),
    ),
    Kept(
        "method override", Scenario(API, APP, headers=(("X-HTTP-Method", "TRACE"), ("X-Method-Override", "PUT"))),
        (("X-Method-Override", "PUT"),), ("request-header-not-forbidden",),
    ),
    Kept(
        "no-cors drops what is not safelisted",
        Scenario(API, APP, mode=NO_CORS, headers=(("X-A", "1"), ("Accept", "a"), ("Range", "bytes=0-"))),
        (("Accept", "a"),),
        ("no-cors-header-safelisted", "no-cors-header-safelisted"),
    ),
    Kept(
        "no-cors: 128 bytes together",
        Scenario(API, APP, mode=NO_CORS, headers=(("Accept", "a" * 63), ("accept", "b" * 63))),
        (("Accept", "a" * 63), ("Accept", "b" * 63)),
    ),
    Kept(
        "no-cors: 129 bytes together",
        Scenario(API, APP, mode=NO_CORS, headers=(("Accept", "a" * 63), ("accept", "b" * 64))),
        (("Accept", "a" * 63),),
        ("no-cors-header-safelisted",),
    ),
    Kept("body brings its type", Scenario(API, APP, "POST", body=b"x"), (TEXT,), ("body-brings-content-type",)),
    Kept("body with a type", Scenario(API, APP, "POST", (("content-type", "a/b"),), body=b"x"), (("content-type", "a/b"),)),
    Kept("stream brings no type", Scenario(API, APP, "POST", body=b"x", streamed=True), ()),
    Kept("no body", Scenario(API, APP, "POST"), ()),
    Kept("XMLHttpRequest drops the body of a GET", Scenario(API, APP, api=Api.XHR, body=b"x"), (), ("get-without-body",)),
    Kept(
        "XMLHttpRequest corrects the charset",
        Scenario(API, APP, "POST", (("content-type", 'a/b; x="y z";charset=x'),), api=Api.XHR, body=b"x"),
        (("Content-Type", 'a/b;x="y z";charset=UTF-8'),),
    ),
    Kept(
        "XMLHttpRequest keeps utf-8 as it is",
        Scenario(API, APP, "POST", (("content-type", "a/b; charset=utf-8"),), api=Api.XHR, body=b"x"),
        (("content-type", "a/b; charset=utf-8"),),
    ),
    Kept(
        "XMLHttpRequest keeps a type without a charset",
        Scenario(API, APP, "POST", (("content-type", "a/b; c=d"),), api=Api.XHR, body=b"x"),
        (("content-type", "a/b; c=d"),),
    ),
    Kept(
        "XMLHttpRequest keeps what is no type",
        Scenario(API, APP, "POST", (("content-type", "text;charset=x"),), api=Api.XHR, body=b"x"),
        (("content-type", "text;charset=x"),),
    ),
    Kept(
        "XMLHttpRequest brings a type",
        Scenario(API, APP, "POST", api=Api.XHR, body=b"x"), (TEXT,), ("body-brings-content-type",),
    ),
    Kept(
        "Chromium's XMLHttpRequest leaves the charset",
        Scenario(API, APP, "POST", (("content-type", "a/b;charset=x"),), api=Api.XHR, body=b"x"),
        (("content-type", "a/b;charset=x"),),
        profile=CHROMIUM,
    ),
    Kept(
        "fetch() leaves the charset",
        Scenario(API, APP, "POST", (("content-type", "a/b;charset=x"),), body=b"x"), (("content-type", "a/b;charset=x"),),
    ),
)  # fmt: skip


@pytest.mark.parametrize("case", KEPT, ids=lambda c: c.id)
def test_which_headers_stay(case: Kept) -> None:
    params = params_for(case.profile)
    request = request_constructor(case.scenario, params)
    assert request is not None
    assert request.headers.pairs == case.headers
    assert request.first_headers == request.headers
    assert tuple(step.rule.id for step in params.trace.steps) == case.notes
    assert {step.outcome for step in params.trace.steps} <= {Outcome.NOTE}


def test_xhr_sends_no_body_with_a_get() -> None:
    assert request_for(Scenario(API, APP, api=Api.XHR, body=b"x")).body is None


@pytest.mark.parametrize(
    ("method", "wanted"), [("get", "GET"), ("put", "PUT"), ("patch", "patch"), ("PATCH", "PATCH"), ("x", "x")]
)
def test_methods_are_normalized(method: str, wanted: str) -> None:
    assert request_for(Scenario(API, APP, method)).method == wanted


@dataclass(frozen=True)
class Preset:
    id: str
    api: Api
    mode: Mode | None
    credentials: Credentials | None
    wanted: tuple[Mode, Credentials]
    profile: Profile = STANDARD


OMIT, SAME, INCLUDE = Credentials.OMIT, Credentials.SAME_ORIGIN, Credentials.INCLUDE
PRESET = (
    Preset("fetch", Api.FETCH, None, None, (Mode.CORS, SAME)),
    Preset("fetch as wished", Api.FETCH, Mode.SAME_ORIGIN, OMIT, (Mode.SAME_ORIGIN, OMIT)),
    Preset("fetch no-cors", Api.FETCH, Mode.NO_CORS, OMIT, (Mode.NO_CORS, OMIT)),
    Preset("xhr", Api.XHR, None, None, (Mode.CORS, SAME)),
    Preset("xhr with credentials", Api.XHR, Mode.NO_CORS, INCLUDE, (Mode.CORS, INCLUDE)),
    Preset("xhr can't omit", Api.XHR, None, OMIT, (Mode.CORS, SAME)),
    Preset("img", Api.IMAGE, None, None, (Mode.NO_CORS, INCLUDE)),
    Preset("img whatever the credentials", Api.IMAGE, None, OMIT, (Mode.NO_CORS, INCLUDE)),
    Preset("img crossorigin", Api.IMAGE, Mode.CORS, None, (Mode.CORS, SAME)),
    Preset("img crossorigin=use-credentials", Api.IMAGE, Mode.CORS, INCLUDE, (Mode.CORS, INCLUDE)),
    Preset("module", Api.MODULE, Mode.NO_CORS, None, (Mode.CORS, SAME)),
    Preset("font", Api.FONT, None, INCLUDE, (Mode.CORS, SAME)),
    Preset("font in WebKit", Api.FONT, None, None, (Mode.NO_CORS, INCLUDE), WEBKIT),
    Preset("shape", Api.SHAPE, Mode.NO_CORS, INCLUDE, (Mode.CORS, SAME)),
    Preset("EventSource", Api.EVENTSOURCE, None, INCLUDE, (Mode.CORS, INCLUDE)),
)


@pytest.mark.parametrize("case", PRESET, ids=lambda c: c.id)
def test_modes_and_credentials(case: Preset) -> None:
    scenario = Scenario(API, APP, mode=case.mode, credentials=case.credentials, api=case.api)
    request = request_for(scenario, case.profile)
    assert (request.mode, request.credentials) == case.wanted


def test_every_api_has_a_preset_with_an_accept_header() -> None:
    assert set(PRESETS) == set(Api)
    assert all(preset.modes and preset.credentials and preset.accept and preset.what for preset in PRESETS.values())


@pytest.mark.parametrize("redirect", Redirect)
@pytest.mark.parametrize("api", Api)
def test_only_fetch_has_a_redirect_mode(api: Api, redirect: Redirect) -> None:
    """The script of a service worker has the mode that its specification sets, whatever the scenario says."""
    request = request_for(Scenario(API, APP, api=api, redirect=redirect))
    assert request.redirect is {Api.FETCH: redirect, Api.KEEPALIVE: redirect, Api.SW_SCRIPT: Redirect.ERROR}.get(
        api, Redirect.FOLLOW
    )


@dataclass(frozen=True)
class Asked:
    id: str
    scenario: Scenario
    asks: tuple[Profile, ...]
    streamed: bool = False


ASKED = (
    Asked("plain", Scenario(API, APP, "POST", body=b"x"), ()),
    Asked("listener with a body", Scenario(API, APP, "POST", body=b"x", api=Api.XHR, upload_listener=True), BROWSERS),
    Asked(
        "listener without a body", Scenario(API, APP, "POST", api=Api.XHR, upload_listener=True),
        (STANDARD, FIREFOX, WEBKIT),
    ),
    Asked("listener of fetch()", Scenario(API, APP, "POST", body=b"x", upload_listener=True), ()),
    Asked("stream", Scenario(API, APP, "POST", body=b"x", streamed=True), BROWSERS, streamed=True),
    Asked("stream without a body", Scenario(API, APP, "POST", streamed=True), ()),
)  # fmt: skip


@pytest.mark.parametrize("case", ASKED, ids=lambda c: c.id)
def test_use_cors_preflight(case: Asked) -> None:
    requests = {profile.name: request_for(case.scenario, profile) for profile in BROWSERS}
    assert tuple(p for p in BROWSERS if requests[p.name].use_cors_preflight) == case.asks
    assert {r.streamed for r in requests.values()} == {case.streamed}


def test_a_pipe_is_escaped_by_one_browser() -> None:
    sent = {p.name: request_for(Scenario("https://api.example/a|b?|", APP), p).url.href for p in BROWSERS}
    assert sent.pop("chromium") == "https://api.example/a%7Cb?|"
    assert set(sent.values()) == {"https://api.example/a|b?|"}


def test_a_relative_url_is_of_the_page() -> None:
    diagnosis = ask(Scenario("items?x", APP), answer(200, *ALLOW))
    assert diagnosis.exchanges[0].request.url == "https://app.example/items?x"


def in_a_flow(profile: Profile, **request: Any) -> Diagnosis:
    given = {"url": "https://api.example/r", "method": "POST", "body": "x", **request}
    flow = read_flow({"visits": [{"page": "https://app.example/", "requests": [given]}]})
    allowed = Headers((("Access-Control-Allow-Origin", "*"),))
    [result] = run_flow(flow, (profile,), lambda *_: Response(200, allowed))
    return result.steps[0].diagnosis


@pytest.mark.parametrize(
    ("profile", "sent", "rule"),
    [
        (CHROMIUM, [(b"", "OPTIONS")], "stream-can-be-sent"),
        (FIREFOX, [(b"[object ReadableStream]", "POST")], None),
        (WEBKIT, [], "stream-can-be-sent"),
    ],
)  # fmt: skip
def test_what_becomes_of_a_stream(profile: Profile, sent: list[tuple[bytes, str]], rule: str | None) -> None:
    diagnosis = in_a_flow(profile, stream=True)
    assert [(e.request.body or b"", e.request.method) for e in diagnosis.exchanges] == sent
    assert (diagnosis.failure and diagnosis.failure.rule.id) == rule


@pytest.mark.parametrize(
    ("kind", "content_type", "methods"),
    [
        (None, "text/plain;charset=UTF-8", ["POST"]),
        ("", None, ["POST"]),
        ("application/json", "application/json", ["OPTIONS", "POST"]),
    ],
)
def test_a_blob_brings_its_type(kind: str | None, content_type: str | None, methods: list[str]) -> None:
    lines = Headers((("Access-Control-Allow-Origin", "*"), ("Access-Control-Allow-Headers", "*")))
    given = {"url": "https://api.example/r", "method": "POST", "body": "x", "body_type": kind}
    flow = read_flow({"visits": [{"page": "https://app.example/", "requests": [given]}]})
    [result] = run_flow(flow, (STANDARD,), lambda *_: Response(200, lines))
    exchanges = result.steps[0].diagnosis.exchanges
    assert [e.request.method for e in exchanges] == methods
    assert exchanges[-1].request.headers.get("Content-Type") == content_type


@pytest.mark.parametrize("mode", ["navigate", "websocket"])
def test_a_mode_that_only_the_browser_sets(mode: str) -> None:
    diagnosis = in_a_flow(STANDARD, mode=mode)
    assert diagnosis.failure is not None
    assert (diagnosis.failure.rule.id, diagnosis.exchanges) == ("mode-can-be-set", ())
