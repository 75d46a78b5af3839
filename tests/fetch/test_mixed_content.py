"""Mixed content: what browsers block, upgrade and load, and what they print in a flow. Recorded flows are in conformance/world."""

from __future__ import annotations

from typing import Any

import pytest

from corsdoctor.browsers import BROWSERS, CHROMIUM, FIREFOX, STANDARD, WEBKIT, Profile
from corsdoctor.diagnose import Verdict
from corsdoctor.fetch.before_sending import MIXED_LOOPBACK
from corsdoctor.flow.read import read_flow
from corsdoctor.flow.result import StepResult
from corsdoctor.flow.run import run_flow
from corsdoctor.scenario import Api, Mode, Scenario
from corsdoctor.url import Origin
from corsdoctor.wire import Answer, Headers, Kind, Response, WireRequest
from tests.fetch.asking import ANY, APP, answer, ask

PAGE = "https://app.example/page"


def step(profile: Profile, url: str, visit: dict[str, Any] | None = None, **request: Any) -> StepResult:
    def send(_kind: Kind, asked: WireRequest) -> Answer:
        if asked.url.endswith("/moved"):
            lines = (("Location", "http://other.example/z"), ("Access-Control-Allow-Origin", "*"))
            return Response(302, Headers(lines))
        return Response(200, Headers((("Access-Control-Allow-Origin", "*"), ("Content-Type", "image/png"))))

    flow = read_flow({"visits": [{"page": PAGE, "requests": [{"url": url, **request}], **(visit or {})}]})
    [result] = run_flow(flow, (profile,), send)
    return result.steps[0]


@pytest.mark.parametrize(
    ("api", "mode", "url", "blocked"),
    [
        (Api.FETCH, None, "http://127.0.0.1/", True), (Api.XHR, None, "http://app.localhost/", True),
        (Api.SCRIPT, None, "http://localhost/", True), (Api.MEDIA, None, "http://localhost/", False),
        (Api.IMAGE, None, "http://localhost/", False), (Api.IMAGE, None, "http://127.0.0.1/", False),
        (Api.IMAGE, None, "http://[::1]/", True), (Api.IMAGE, Mode.CORS, "http://localhost/", False),
        (Api.MEDIA, Mode.CORS, "http://127.0.0.1/", False),
    ],
)  # fmt: skip
def test_webkit_makes_no_exception_for_this_machine(api: Api, mode: Mode | None, url: str, blocked: bool) -> None:
    found = step(WEBKIT, url, api=str(api), mode=None if mode is None else str(mode))
    assert (found.verdict is Verdict.BLOCKED) is blocked
    assert ask(Scenario(url, APP), answer(200, *ANY), profile=WEBKIT).verdict is Verdict.ALLOWED


@pytest.mark.parametrize(
    ("profile", "url", "asked"),
    [
        (CHROMIUM, "http://localhost/moved", "http://other.example/z"),
        (CHROMIUM, "https://api.example/moved", "https://other.example/z"),
        (STANDARD, "http://localhost/moved", "https://other.example/z"),
    ],
)
def test_chromium_follows_a_redirect_of_an_http_image_over_http(profile: Profile, url: str, asked: str) -> None:
    found = step(profile, url, {"page": "https://localhost/page"}, api="image").diagnosis
    assert found.exchanges[-1].request.url == asked
    assert any("requested an insecure image" in line for line in found.console) is asked.startswith("http:")


@pytest.mark.parametrize("profile", [STANDARD, CHROMIUM, FIREFOX], ids=lambda p: p.name)
def test_the_others_do(profile: Profile) -> None:
    assert ask(Scenario("http://127.0.0.1/", APP), answer(200, *ANY), profile=profile).verdict is Verdict.ALLOWED


@pytest.mark.parametrize("profile", BROWSERS, ids=lambda p: p.name)
def test_an_http_page_has_none(profile: Profile) -> None:
    page = Origin("http", "app.example")
    assert ask(Scenario("http://api.example/", page), answer(200, *ANY), profile=profile).verdict is Verdict.ALLOWED


@pytest.mark.parametrize("profile", BROWSERS, ids=lambda p: p.name)
def test_a_page_that_upgrades(profile: Profile) -> None:
    visit = {"headers": {"Content-Security-Policy": "upgrade-insecure-requests"}}
    found = step(profile, "http://api.example/", visit).diagnosis
    assert (found.verdict, found.exchanges[0].request.url) == (Verdict.ALLOWED, "https://api.example/")


@pytest.mark.parametrize("profile", BROWSERS, ids=lambda p: p.name)
def test_a_policy_that_only_reports_upgrades_nothing(profile: Profile) -> None:
    visit = {"headers": {"Content-Security-Policy-Report-Only": "upgrade-insecure-requests"}}
    found = step(profile, "http://api.example/", visit).diagnosis
    assert (found.verdict, found.exchanges) == (Verdict.BLOCKED, ())


def test_a_policy_that_only_reports_blocks_no_mixed_content() -> None:
    policy = "block-all-mixed-content"
    plain, reported, enforced = (
        step(FIREFOX, "http://api.example/", {"headers": headers}).diagnosis.console[0]
        for headers in ({}, {"Content-Security-Policy-Report-Only": policy}, {"Content-Security-Policy": policy})
    )
    assert plain == reported != enforced


@pytest.mark.parametrize("profile", BROWSERS, ids=lambda p: p.name)
def test_a_document_of_an_https_page_is_as_secure(profile: Profile) -> None:
    found = step(profile, "http://api.example/", frame={"url": "data:"}).diagnosis
    assert found.failure is not None
    assert found.failure.rule.id == "not-mixed-content"


START = f"Mixed Content: The page at '{PAGE}' was loaded over HTTPS, but"
INSECURE = f"The page at {PAGE} requested insecure content from"


@pytest.mark.parametrize(
    ("profile", "url", "request_", "lines"),
    [
        (CHROMIUM, "http://b.example/", {}, [f"{START} requested an insecure resource 'http://b.example/'. This request has been blocked; the content must be served over HTTPS."]),
        (CHROMIUM, "http://127.0.0.1/", {"api": "image"}, [f"{START} requested an insecure element 'http://127.0.0.1/'. This request was not upgraded to HTTPS because its URL's host is an IP address."]),
        (CHROMIUM, "http://localhost/", {"api": "image"}, [f"{START} requested an insecure element 'http://localhost/'. This request was not upgraded to HTTPS because it is a local network request."]),
        (CHROMIUM, "https://b.example/moved", {"api": "image"}, []),
        (CHROMIUM, "ws://b.example/", {"api": "websocket"}, [f"{START} attempted to connect to the insecure WebSocket endpoint 'ws://b.example/'. This request has been blocked; this endpoint must be available over WSS."]),
        (FIREFOX, "http://b.example/", {"api": "image"}, ["Mixed Content: Upgrading insecure display request ‘http://b.example/’ to use ‘https’"]),
        (FIREFOX, "http://127.0.0.1/", {"api": "image"}, []),
        (WEBKIT, "http://b.example/", {"api": "script"}, [f"[blocked] {INSECURE} http://b.example/. This content was blocked and must be served over HTTPS."]),
        (WEBKIT, "http://localhost/", {}, [f"[blocked] {INSECURE} http://localhost/. This content was blocked and must", "Not allowed to request resource", "Fetch API cannot load http://localhost/ due to access control checks."]),
        (WEBKIT, "https://b.example/moved", {}, [f"[blocked] {INSECURE} http://other.example/z. This content was blocked and must be served over HTTPS.", "Fetch API cannot load https://b.example/moved due to access control checks."]),
        (WEBKIT, "https://b.example/moved", {"api": "font"}, [f"{INSECURE} http://other.example/z. This content was blocked and must be served over HTTPS."]),
    ],
)  # fmt: skip
def test_consoles(profile: Profile, url: str, request_: dict[str, Any], lines: list[str]) -> None:
    printed = [line for message in step(profile, url, **request_).diagnosis.console for line in message.split("\n")]
    assert [line for line in printed if "canvas" not in line][: len(lines)] == [
        line if request_ != {"api": "font"} else f"[blocked] {line}" for line in lines
    ]


def test_firefox_reports_a_blocked_redirect_twice() -> None:
    first, second = step(FIREFOX, "https://b.example/moved").diagnosis.console
    assert first == "Blocked loading mixed active content “http://other.example/z”"
    assert "did not succeed" in second


@pytest.mark.parametrize(
    ("profile", "url", "api", "noted"),
    [
        (WEBKIT, "http://localhost:8080/", Api.FETCH, True), (WEBKIT, "http://127.0.0.1/", Api.IMAGE, False),
        (WEBKIT, "https://localhost:8080/", Api.FETCH, False), (CHROMIUM, "http://localhost:8080/", Api.FETCH, False),
    ],
)  # fmt: skip
def test_a_check_of_a_server_on_this_machine_notes_that_webkit_blocks_it(
    profile: Profile, url: str, api: Api, noted: bool
) -> None:
    diagnosis = ask(Scenario(url, APP, api=api), answer(200, *ANY, ("Content-Type", "image/png")), profile=profile)
    assert diagnosis.verdict in (Verdict.ALLOWED, Verdict.OPAQUE)
    assert (MIXED_LOOPBACK in [step.cause for step in diagnosis.notes]) is noted


@pytest.mark.parametrize(("profile", "said"), [(CHROMIUM, True), (FIREFOX, True), (WEBKIT, False)])
def test_whether_upgraded_audio_has_a_referrer(profile: Profile, said: bool) -> None:
    for api, referrer in (("media", said), ("image", True)):
        request = step(profile, "http://b.example/", api=api).diagnosis.exchanges[0].request
        assert (request.url, "Referer" in request.headers) == ("https://b.example/", referrer)


@pytest.mark.parametrize("profile", [CHROMIUM, FIREFOX, WEBKIT], ids=lambda p: p.name)
def test_mixed_content_comes_before_a_blocked_port(profile: Profile) -> None:
    for url, rule in (("http://b.example:25/", "not-mixed-content"), ("https://b.example:25/", "port-not-blocked")):
        failure = step(profile, url).diagnosis.failure
        assert failure is not None
        assert failure.rule.id == rule
