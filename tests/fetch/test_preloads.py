"""Preloads: which request they answer, and what is said where they do not fit."""

from __future__ import annotations

from typing import Any

import pytest

from corsdoctor.browsers import CHROMIUM, FIREFOX, STANDARD, WEBKIT, Profile
from corsdoctor.fetch.preloads import PRELOAD_FITS
from corsdoctor.flow.read import read_flow
from corsdoctor.flow.result import StepResult
from corsdoctor.flow.run import run_flow
from corsdoctor.rule import Field, Outcome
from corsdoctor.wire import Headers, Kind, Response, WireRequest

URL = "https://cdn.example/a"
CORS = {"mode": "cors"}


def answer(_kind: Kind, request: WireRequest) -> Response:
    if request.url.endswith("/moved"):
        return Response(302, Headers((("Location", "/a"), ("Access-Control-Allow-Origin", "*"))))
    origin = request.headers.get("Origin") or "*"
    lines = (
        ("Access-Control-Allow-Origin", origin),
        ("Access-Control-Allow-Credentials", "true"),
        ("Content-Type", "text/css"),
    )
    return Response(200, Headers(lines))


def used(preload: dict[str, Any], *requests: dict[str, Any], profile: Profile = STANDARD) -> list[StepResult]:
    given = [{"url": URL, "api": "preload", **preload}, *({"url": URL, **request} for request in requests)]
    [result] = run_flow(
        read_flow({"visits": [{"page": "https://app.example/", "requests": given}]}), (profile,), answer
    )
    return list(result.steps[1:])


def noted(step: StepResult) -> list[str]:
    steps = step.diagnosis.steps
    return [dict(s.evidence)[Field.WANTED] for s in steps if s.rule is PRELOAD_FITS and s.outcome is Outcome.NOTE]


@pytest.mark.parametrize(
    ("preload", "request_", "verdict"),
    [
        ({"as": "fetch", **CORS}, {"api": "fetch"}, "allowed"),
        ({"as": "fetch", **CORS}, {"api": "xhr"}, "allowed"),
        ({"as": "fetch", **CORS}, {"api": "fetch", "headers": {"Accept": "a/b"}}, "allowed"),
        ({"as": "style"}, {"api": "stylesheet"}, "opaque"),
        ({"as": "style", **CORS}, {"api": "stylesheet", **CORS}, "allowed"),
        ({"as": "font", **CORS}, {"api": "font"}, "allowed"),
        ({"api": "modulepreload"}, {"api": "module"}, "blocked"),  # the response is a style sheet
    ],
)
def test_what_a_preload_answers(preload: dict[str, Any], request_: dict[str, Any], verdict: str) -> None:
    [first] = used(preload, request_)
    assert (first.from_cache, first.verdict, noted(first)) == (True, verdict, [])


@pytest.mark.parametrize(
    ("preload", "request_", "differs"),
    [
        ({"as": "fetch"}, {"api": "fetch"}, ["credentials mode"]),
        ({"as": "fetch", **CORS}, {"api": "fetch", "credentials": "include"}, ["credentials mode"]),
        ({"as": "style", "credentials": "include", **CORS}, {"api": "stylesheet"}, ["mode"]),
        ({"as": "image"}, {"api": "stylesheet"}, []),
        ({"as": "fetch", **CORS}, {"api": "eventsource"}, []),
        ({"as": "fetch", **CORS}, {"api": "fetch", "method": "POST"}, []),
        ({"as": "fetch", **CORS}, {"api": "fetch", "cache": "reload"}, []),
        ({"as": "fetch", **CORS}, {"api": "fetch", "url": f"{URL}?b"}, []),
        ({"as": "fetch", **CORS}, {"api": "fetch", "worker": "classic"}, []),
        ({"as": "fetch", **CORS}, {"api": "fetch", "frame": {"url": "about:srcdoc"}}, []),
        ({"api": "modulepreload"}, {"api": "script", **CORS}, []),
    ],
)
def test_what_it_does_not_answer(preload: dict[str, Any], request_: dict[str, Any], differs: list[str]) -> None:
    [first] = used(preload, request_)
    assert not first.from_cache
    assert noted(first) == differs


def test_a_preload_is_used_once_and_a_module_stays() -> None:
    assert [step.from_cache for step in used({"as": "fetch", **CORS}, {}, {})] == [True, False]
    module = {"api": "module"}
    assert [step.from_cache for step in used({"api": "modulepreload"}, module, module)] == [True, True]


def test_webkit_uses_a_preload_with_cors_without_it() -> None:
    given = ({"as": "style", **CORS}, {"api": "stylesheet"})
    assert [used(*given, profile=profile)[0].from_cache for profile in (CHROMIUM, FIREFOX, WEBKIT)] == [
        False,
        False,
        True,
    ]


def test_what_chromium_prints() -> None:
    [first] = used({"as": "fetch"}, {}, profile=CHROMIUM)
    assert first.diagnosis.console == (
        f"A preload for '{URL}' is found, but is not used because the request credentials mode does not match. Consider taking "
        "a look at crossorigin attribute.",
    )


def test_a_preload_that_was_redirected() -> None:
    moved = "https://cdn.example/moved"
    [first] = used({"as": "fetch", "url": moved, **CORS}, {"url": moved})
    assert (first.from_cache, first.verdict) == (True, "allowed")
    assert first.diagnosis.exchanges[-1].request.url == URL


def test_firefox_uses_no_preload_for_a_module() -> None:
    given = ({"as": "script", **CORS}, {"api": "module"})
    assert [used(*given, profile=profile)[0].from_cache for profile in (CHROMIUM, FIREFOX, WEBKIT)] == [
        True,
        False,
        True,
    ]


def test_webkit_needs_a_preload_without_cors_for_fetch() -> None:
    [first] = used({"as": "fetch", **CORS}, {"mode": "no-cors"}, profile=WEBKIT)
    assert not first.from_cache


@pytest.mark.parametrize(
    ("first", "then", "reused"),
    [
        ("webgl", "image", True), ("image", "webgl", True), ("svg-image", "css-image", True),
        ("css-mask", "css-shape", True), ("css-mask", "image", False), ("css-cursor", "stylesheet", False),
    ],
)  # fmt: skip
@pytest.mark.parametrize("profile", [CHROMIUM, FIREFOX, WEBKIT], ids=lambda profile: profile.name)
def test_a_document_requests_an_image_once(profile: Profile, first: str, then: str, reused: bool) -> None:
    image = Response(200, Headers((("Access-Control-Allow-Origin", "*"), ("Content-Type", "image/png"))))
    requests = [{"url": URL, "api": first}, {"url": URL, "api": then}]
    flow = read_flow({"visits": [{"page": "https://app.example/", "requests": requests}]})
    [result] = run_flow(flow, (profile,), lambda *_: image)
    assert result.steps[1].from_cache is reused
