"""What elements make of a response that Fetch has allowed: status, content, type, cleanness."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from corsdoctor.browsers import BROWSERS, CHROMIUM, FIREFOX, STANDARD, WEBKIT, Profile
from corsdoctor.diagnose import Verdict
from corsdoctor.fetch.element import RULES, needed_type
from corsdoctor.fetch.opaque_response_blocking import JAVASCRIPT_TYPES, NEVER_SNIFFED_TYPES
from corsdoctor.rule import Outcome
from corsdoctor.scenario import Api, Credentials, Mode, PreloadAs, Scenario
from corsdoctor.wire import FailureKind, Headers, NoAnswer, Response
from tests.fetch.asking import ANY, API, APP, Lines, answer, ask, blamed, causes_of, ids

CORS, NO_CORS = Mode.CORS, Mode.NO_CORS
FITTING = {
    Api.EVENTSOURCE: "text/event-stream", Api.MODULE: "text/javascript", Api.SCRIPT: "text/javascript",
    Api.STYLESHEET: "text/css", Api.FONT: "font/woff2", Api.MEDIA: "video/mp4", Api.IMAGE: "image/png",
    Api.SHAPE: "image/png", Api.WEBGL: "image/png", Api.FETCH: "text/html", Api.XHR: "text/html",
}  # fmt: skip
NOSNIFF = ("X-Content-Type-Options", "nosniff")


def test_causes() -> None:
    assert causes_of(RULES) == {("opaque-response-not-blocked", "data-body"), ("element-has-content", "text-body")}


@pytest.mark.parametrize("api", [Api.IMAGE, Api.FONT, Api.SHAPE, Api.WEBGL])
@pytest.mark.parametrize(
    ("body", "blocked"),
    [
        (b"ok", True), (b'{"error": 1}\n', True), (b'<svg xmlns="http://www.w3.org/2000/svg"/>', False),
        (b'<ns0:svg xmlns:ns0="http://www.w3.org/2000/svg"/>', False), (b"\x89PNG\r\n", False),
        (b"GIF89a\x01", False), (b"", False),
    ],
)  # fmt: skip
def test_text_is_neither_an_image_nor_a_font(api: Api, body: bytes, blocked: bool) -> None:
    """types/text/001, mixed/initiator/015"""
    for types in ((), (("Content-Type", "application/octet-stream"),)):
        diagnosis = ask(Scenario(API, APP, api=api, mode=CORS), Response(200, Headers((*ANY, *types)), body=body))
        assert diagnosis.verdict is (Verdict.BLOCKED if blocked else Verdict.ALLOWED)
        assert (blamed(diagnosis.failure) == ("element-has-content", "text-body")) is blocked
    said = Response(200, Headers((*ANY, ("Content-Type", FITTING[api]))), body=body)
    assert ask(Scenario(API, APP, api=api, mode=CORS), said).verdict is Verdict.ALLOWED


@pytest.mark.parametrize(("destination", "blocked"), [(PreloadAs.FONT, False), (PreloadAs.IMAGE, True)])
def test_the_preload_of_a_font_does_not_read_it(destination: PreloadAs, blocked: bool) -> None:
    """mixed/initiator/015, and Chromium 156: the load event of a font that is text, the error event of such an image"""
    asked = Scenario(API, APP, api=Api.PRELOAD, mode=CORS, preload_as=destination)
    diagnosis = ask(asked, Response(200, Headers(ANY), body=b"ok"))
    assert (blamed(diagnosis.failure) == ("element-has-content", "text-body")) is blocked


def test_there_are_sixteen_javascript_types() -> None:
    assert len(JAVASCRIPT_TYPES) == 16
    assert {"text/javascript", "text/javascript1.5", "application/x-ecmascript", "text/livescript"} <= JAVASCRIPT_TYPES
    assert not {"application/json", "text/javascript1.6", "application/jscript"} & JAVASCRIPT_TYPES


@dataclass(frozen=True)
class Status:
    api: Api
    status: int
    takes: tuple[Profile, ...]
    mode: Mode = CORS

    @property
    def id(self) -> str:
        return f"{self.api} {self.mode} {self.status}"


NONE: tuple[Profile, ...] = ()
NOT_CHROMIUM = (STANDARD, FIREFOX, WEBKIT)
STATUSES = (
    *(Status(api, status, BROWSERS) for api in (Api.FETCH, Api.XHR) for status in (199, 200, 204, 404, 599)),
    *(Status(Api.IMAGE, status, BROWSERS) for status in (200, 404, 500)),
    Status(Api.IMAGE, 204, NONE),
    Status(Api.IMAGE, 205, (WEBKIT,)),
    Status(Api.IMAGE, 304, NONE),
    Status(Api.EVENTSOURCE, 200, BROWSERS),
    Status(Api.EVENTSOURCE, 201, NONE),
    Status(Api.EVENTSOURCE, 204, NONE),
    Status(Api.FONT, 200, (STANDARD, CHROMIUM, FIREFOX, WEBKIT)),
    Status(Api.FONT, 299, BROWSERS),
    Status(Api.FONT, 300, (CHROMIUM, WEBKIT)),
    Status(Api.FONT, 204, NONE),
    *(Status(api, 200, BROWSERS) for api in (Api.SCRIPT, Api.MODULE, Api.STYLESHEET, Api.MEDIA)),
    *(Status(api, 204, BROWSERS) for api in (Api.SCRIPT, Api.MODULE, Api.STYLESHEET)),
    *(Status(api, 299, BROWSERS) for api in (Api.SCRIPT, Api.MODULE, Api.STYLESHEET)),
    *(Status(Api.SCRIPT, status, (CHROMIUM, WEBKIT)) for status in (300, 399)),
    *(Status(Api.MODULE, status, (WEBKIT,)) for status in (300, 399)),
    *(Status(api, 400, NONE) for api in (Api.SCRIPT, Api.MODULE, Api.STYLESHEET, Api.MEDIA, Api.FONT)),
    Status(Api.STYLESHEET, 300, (CHROMIUM,)),
    Status(Api.MEDIA, 201, NOT_CHROMIUM),
    Status(Api.MEDIA, 206, NOT_CHROMIUM),
    Status(Api.MEDIA, 300, (WEBKIT,)),
    Status(Api.MEDIA, 201, (STANDARD, WEBKIT), NO_CORS),
    Status(Api.MEDIA, 206, (STANDARD, WEBKIT), NO_CORS),
)


@pytest.mark.parametrize("case", STATUSES, ids=lambda c: c.id)
def test_statuses(case: Status) -> None:
    response = answer(case.status, *ANY, ("Content-Type", FITTING[case.api]))
    taking = []
    for profile in BROWSERS:
        diagnosis = ask(Scenario(API, APP, mode=case.mode, api=case.api), response, profile=profile)
        assert diagnosis.failure is None or diagnosis.failure.rule.id in (
            "element-status-ok",
            "element-has-content",
            ORB,
        )
        assert (diagnosis.verdict is Verdict.BLOCKED) is (diagnosis.failure is not None)
        if diagnosis.failure is None:
            taking.append(profile)
    assert tuple(taking) == case.takes


@pytest.mark.parametrize("api", FITTING)
def test_an_empty_body_shows_nothing(api: Api) -> None:
    needs = api in (Api.IMAGE, Api.FONT, Api.MEDIA, Api.SHAPE, Api.WEBGL)
    for length, blocked in (("0", needs), ("1", False)):
        lines = (*ANY, ("Content-Type", FITTING[api]), ("Content-Length", length))
        diagnosis = ask(Scenario(API, APP, mode=CORS, api=api), answer(200, *lines))
        assert blamed(diagnosis.failure) == (("element-has-content", None) if blocked else None)


@dataclass(frozen=True)
class Typed:
    id: str
    api: Api
    lines: Lines
    rules: dict[str, str | None]
    mode: Mode = CORS
    url: str = API


def rules(rule: str | None, **others: str | None) -> dict[str, str | None]:
    return {profile.name: others.get(profile.name, rule) for profile in BROWSERS}


def kind(value: str) -> Lines:
    return (("Content-Type", value),)


FITS, SNIFF, ORB = "element-type-fits", "nosniff-type-fits", "opaque-response-not-blocked"
OWN = "/own"
TYPED = (
    Typed("module", Api.MODULE, kind("Text/JavaScript; charset=utf-8"), rules(None)),
    Typed("module of the last of two types", Api.MODULE, kind("text/plain, text/javascript"), rules(None, webkit=FITS)),
    Typed("module of text", Api.MODULE, kind("text/plain"), rules(FITS)),
    Typed("module without a type", Api.MODULE, (), rules(FITS)),
    Typed("module of text with nosniff", Api.MODULE, (*kind("text/plain"), NOSNIFF), rules(FITS)),
    Typed("script of text", Api.SCRIPT, kind("text/plain"), rules(None)),
    Typed("script without a type", Api.SCRIPT, (), rules(None)),
    Typed("script of CSV", Api.SCRIPT, kind("text/csv"), rules(FITS)),
    Typed("script of an image", Api.SCRIPT, kind("image/png"), rules(FITS)),
    Typed("script of audio", Api.SCRIPT, kind("audio/x"), rules(FITS)),
    Typed("script of video", Api.SCRIPT, kind("video/x"), rules(FITS)),
    Typed("script of JSON", Api.SCRIPT, kind("application/json"), rules(None)),
    Typed("script with nosniff", Api.SCRIPT, (*kind("application/ecmascript"), NOSNIFF), rules(None)),
    Typed("script of text with nosniff", Api.SCRIPT, (*kind("text/plain"), NOSNIFF), rules(SNIFF)),
    Typed("script without a type with nosniff", Api.SCRIPT, (NOSNIFF,), rules(SNIFF)),
    Typed("script, NOSNIFF first", Api.SCRIPT, (("X-Content-Type-Options", " NoSniff ,x"),), rules(SNIFF)),
    Typed("script, nosniff second", Api.SCRIPT, (("X-Content-Type-Options", "x, nosniff"),), rules(None)),
    Typed("style sheet", Api.STYLESHEET, kind("TEXT/CSS"), rules(None)),
    Typed("style sheet without a type", Api.STYLESHEET, (), rules(None)),
    Typed("style sheet of text", Api.STYLESHEET, kind("text/plain"), rules(FITS, chromium=None)),
    Typed("style sheet of text at home", Api.STYLESHEET, kind("text/plain"), rules(FITS, chromium=None), url=OWN),
    Typed("style sheet of text without CORS", Api.STYLESHEET, kind("text/plain"), rules(FITS, chromium=None), NO_CORS),
    Typed("style sheet of garbage", Api.STYLESHEET, kind("css"), rules(None)),
    Typed("style sheet of text with nosniff", Api.STYLESHEET, (*kind("text/plain"), NOSNIFF), rules(SNIFF)),
    Typed("style sheet without a type with nosniff", Api.STYLESHEET, (NOSNIFF,), rules(SNIFF)),
    Typed("style sheet with nosniff", Api.STYLESHEET, (*kind("text/css"), NOSNIFF), rules(None)),
    Typed("EventSource", Api.EVENTSOURCE, kind("text/event-stream;charset=UTF-8"), rules(None)),
    Typed("EventSource in latin-1", Api.EVENTSOURCE, kind("text/event-stream;charset=x"), rules(None, chromium=FITS)),
    Typed("EventSource of text", Api.EVENTSOURCE, kind("text/plain"), rules(FITS)),
    Typed("EventSource without a type", Api.EVENTSOURCE, (), rules(FITS)),
    Typed("image of HTML", Api.IMAGE, kind("text/html"), rules(None), NO_CORS),
    Typed("image of HTML with nosniff", Api.IMAGE, (*kind("text/html"), NOSNIFF), rules(None, chromium=ORB, firefox=ORB), NO_CORS),
    Typed("image of JSON with nosniff", Api.IMAGE, (*kind("a/b+json"), NOSNIFF), rules(None, chromium=ORB, firefox=ORB), NO_CORS),
    Typed("image of XML with nosniff", Api.IMAGE, (*kind("text/xml"), NOSNIFF), rules(None, chromium=ORB, firefox=ORB), NO_CORS),
    Typed("image of HTML with nosniff and CORS", Api.IMAGE, (*kind("text/html"), NOSNIFF), rules(None)),
    Typed("image of HTML with nosniff at home", Api.IMAGE, (*kind("text/html"), NOSNIFF), rules(None), NO_CORS, OWN),
    Typed("image of nothing with nosniff", Api.IMAGE, (NOSNIFF,), rules(None), NO_CORS),
    Typed("image of PDF", Api.IMAGE, kind("application/pdf"), rules(None, chromium=ORB, firefox=ORB, webkit=FITS), NO_CORS),
    Typed("image of PDF with CORS", Api.IMAGE, kind("application/pdf"), rules(None, webkit=FITS)),
    Typed("image of video", Api.IMAGE, kind("video/mp4"), rules(None, webkit=FITS)),
    Typed("image of SVG with nosniff", Api.IMAGE, (*kind("image/svg+xml"), NOSNIFF), rules(None), NO_CORS),
    Typed("image of text with nosniff", Api.IMAGE, (*kind("text/plain"), NOSNIFF), rules(None, chromium=ORB), NO_CORS),
    Typed("module of a type and a word", Api.MODULE, kind("text/javascript x"), rules(FITS, chromium=None, firefox=None)),
    Typed("module of a type and a slash", Api.MODULE, (*kind("text/javascript"), *kind("x/")), rules(FITS, standard=None, firefox=None)),
    Typed("module of two lines", Api.MODULE, (*kind("image/png"), *kind("text/javascript")), rules(None)),
    Typed("script of two lines", Api.SCRIPT, (*kind("text/css"), *kind("image/png")), rules(FITS, webkit=None)),
    Typed("style sheet in quotation marks", Api.STYLESHEET, kind('"text/css"'), rules(None, firefox=FITS)),
    Typed("style sheet of two lines", Api.STYLESHEET, (*kind("image/png"), *kind("text/css")), rules(None, webkit=FITS)),
    Typed("style sheet and a comment with nosniff", Api.STYLESHEET, (*kind("text/css(x)"), NOSNIFF), rules(SNIFF, chromium=None)),
    Typed("EventSource of two lines", Api.EVENTSOURCE, (*kind("text/event-stream"), *kind("text/event-stream")), rules(None)),
)  # fmt: skip


@pytest.mark.parametrize("case", TYPED, ids=lambda c: c.id)
def test_types(case: Typed) -> None:
    for profile in BROWSERS:
        scenario = Scenario(case.url, APP, mode=case.mode, api=case.api)
        diagnosis = ask(scenario, answer(200, *ANY, *case.lines), profile=profile)
        failed = None if diagnosis.failure is None else diagnosis.failure.rule.id
        assert failed == case.rules[profile.name], profile.name


@pytest.mark.parametrize("essence", sorted(NEVER_SNIFFED_TYPES))
def test_what_is_never_sniffed_is_no_image(essence: str) -> None:
    for profile in BROWSERS:
        diagnosis = ask(Scenario(API, APP, api=Api.IMAGE), answer(200, *kind(essence)), profile=profile)
        blocking = (CHROMIUM, FIREFOX, WEBKIT) if essence == "application/pdf" else (CHROMIUM, FIREFOX)
        assert (diagnosis.verdict is Verdict.BLOCKED) is (profile in blocking)


@pytest.mark.parametrize("value", ["text/javascript, garbage", "text/javascript, */*", 'text/javascript;a=",x/y"'])
def test_the_last_type_that_can_be_parsed_counts(value: str) -> None:
    assert ask(Scenario(API, APP, api=Api.MODULE), answer(200, *ANY, *kind(value))).verdict is Verdict.ALLOWED


@dataclass(frozen=True)
class Clean:
    id: str
    api: Api
    url: str
    mode: Mode | None
    outcome: Outcome | None


CLEAN = (
    Clean("image elsewhere", Api.IMAGE, API, None, Outcome.NOTE),
    Clean("image elsewhere with CORS", Api.IMAGE, API, CORS, None),
    Clean("image at home", Api.IMAGE, OWN, None, None),
    Clean("shape", Api.SHAPE, API, None, None),
    Clean("texture elsewhere", Api.WEBGL, API, None, Outcome.FAIL),
    Clean("texture elsewhere with CORS", Api.WEBGL, API, CORS, None),
    Clean("texture at home", Api.WEBGL, OWN, None, None),
    Clean("script elsewhere", Api.SCRIPT, API, None, None),
)


@pytest.mark.parametrize("case", CLEAN, ids=lambda c: c.id)
def test_canvases(case: Clean) -> None:
    for profile in BROWSERS:
        diagnosis = ask(Scenario(case.url, APP, mode=case.mode, api=case.api), answer(200, *ANY), profile=profile)
        found = {
            (s.rule.id, s.outcome) for s in diagnosis.steps if s.rule.id in ("canvas-stays-clean", "texture-is-cors")
        }
        wanted = {(("texture-is-cors" if case.api is Api.WEBGL else "canvas-stays-clean"), case.outcome)}
        assert found == (wanted if case.outcome else set())
        assert (diagnosis.verdict is Verdict.BLOCKED) is (case.outcome is Outcome.FAIL)


@pytest.mark.parametrize("api", [Api.IMAGE, Api.WEBGL])
def test_the_image_of_a_data_url_is_clean(api: Api) -> None:
    diagnosis = ask(Scenario("data:image/png;base64,iVBORw0KGgo=", APP, api=api), answer(500))
    assert [s.rule.id for s in diagnosis.steps] == []


def test_no_answer_is_nothing_to_judge() -> None:
    diagnosis = ask(Scenario(API, APP, api=Api.MODULE), NoAnswer(FailureKind.TIMEOUT, "30 s"))
    assert ids(diagnosis, Outcome.FAIL) == ["actual-answered"]


def test_an_element_with_credentials_needs_permission_for_them() -> None:
    scenario = Scenario(API, APP, mode=CORS, credentials=Credentials.INCLUDE, api=Api.IMAGE)
    assert blamed(ask(scenario, answer(200, *ANY)).failure) == ("acao-not-wildcard-with-credentials", None)


def test_which_preloads_need_a_type() -> None:
    """preload/type/001, elements/type/002"""
    needed = {profile.name: needed_type(Api.MODULEPRELOAD, profile) for profile in (CHROMIUM, FIREFOX, WEBKIT)}
    assert needed == {"chromium": "text/javascript", "firefox": "text/javascript", "webkit": None}
