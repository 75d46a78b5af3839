"""The HTTP cache of a flow: what is kept, what answers without the server, and what a conditional request changes."""

from __future__ import annotations

from typing import Any

import pytest

from corsdoctor.browsers import CHROMIUM, FIREFOX, WEBKIT, Profile
from corsdoctor.diagnose import Verdict
from corsdoctor.flow.read import read_flow
from corsdoctor.flow.result import StepResult
from corsdoctor.flow.run import run_flow
from corsdoctor.wire import Answer, Headers, Kind, Response, WireRequest

PAGE, API = "https://app.example/", "https://api.example/items"
FRESH = ("Cache-Control", "max-age=60")


def steps(
    lines: tuple[tuple[str, str], ...],
    *requests: dict[str, Any],
    profile: Profile = CHROMIUM,
    pages: tuple[str, ...] = (PAGE,),
    on_304: tuple[tuple[str, str], ...] = (),
) -> list[StepResult]:
    def answer(_kind: Kind, request: WireRequest) -> Answer:
        if "If-None-Match" in request.headers or "If-Modified-Since" in request.headers:
            return Response(304, Headers((*on_304, ("Content-Length", "0"))))
        origin = request.headers.get("Origin")
        allowed = () if origin is None else (("Access-Control-Allow-Origin", origin),)
        return Response(200, Headers((*allowed, ("Content-Type", "image/png"), *lines)))

    asked = [{"url": API, **request} for request in requests]
    flow = read_flow({"visits": [{"page": page, "requests": asked} for page in pages]})
    [result] = run_flow(flow, (profile,), answer)
    return list(result.steps)


@pytest.mark.parametrize(
    ("lines", "second", "cached"),
    [
        ((FRESH,), {}, True),
        ((FRESH,), {"wait": 59}, True),
        ((FRESH,), {"wait": 60}, False),
        ((FRESH,), {"wait": 60, "cache": "force-cache"}, True),
        ((FRESH,), {"cache": "no-cache"}, False),
        ((FRESH,), {"cache": "reload"}, False),
        ((FRESH,), {"cache": "no-store"}, False),
        ((FRESH,), {"method": "POST"}, False),
        ((), {}, False),
        ((), {"cache": "force-cache"}, True),
        ((("Cache-Control", "no-store"),), {"cache": "force-cache"}, False),
        ((("Cache-Control", "no-store"), ("ETag", '"e"')), {"cache": "force-cache"}, False),
        ((("Cache-Control", "no-cache"),), {}, False),
        ((("Cache-Control", "no-cache"),), {"cache": "force-cache"}, True),
        ((("Cache-Control", "max-age=x"),), {}, False),
        ((("Cache-Control", "max-age=" + "9" * 5000),), {}, True),
        ((("Expires", "Fri, 01 Jan 2100 00:00:00 GMT"),), {}, True),
        ((("Expires", "Fri, 01 Jan 2100 00:00:00 GMT"), ("Date", "Fri, 01 Jan 2100 00:00:00 GMT")), {}, False),
        ((("Expires", "Fri, 01 Jan 2100 00:00:09 GMT"), ("Date", "Fri, 01 Jan 2100 00:00:00 GMT")), {"wait": 8}, True),
        ((("Expires", "Fri, 01 Jan 2100 00:00:00 GMT"), ("Cache-Control", "max-age=1")), {"wait": 1}, False),
        ((("Expires", "0"),), {}, False),
        ((("Last-Modified", "Mon, 01 Jan 2001 00:00:00 GMT"),), {"wait": 9}, True),
        ((("Last-Modified", "x"),), {}, False),
        (
            (("Last-Modified", "Fri, 01 Jan 2100 00:00:00 GMT"), ("Date", "Fri, 01 Jan 2100 00:00:20 GMT")),
            {"wait": 1},
            True,
        ),
        (
            (("Last-Modified", "Fri, 01 Jan 2100 00:00:00 GMT"), ("Date", "Fri, 01 Jan 2100 00:00:20 GMT")),
            {"wait": 2},
            False,
        ),
        ((("ETag", '"e"'),), {}, False),
        ((("Expires", "Fri, 01 Jan 2100 00:00:00 GMT"), ("Pragma", "no-cache")), {}, False),
        ((FRESH, ("Pragma", "no-cache")), {}, True),
        ((FRESH, ("Age", "59")), {}, True),
        ((FRESH, ("Age", "60")), {}, False),
        ((FRESH, ("Age", "x")), {}, True),
        ((FRESH, ("Vary", "Origin")), {}, True),
        ((FRESH, ("Vary", "Accept, X-A,")), {}, True),
        ((FRESH, ("Vary", "Accept")), {"api": "image", "mode": "cors"}, False),
        ((FRESH, ("Vary", "*")), {}, False),
    ],
)
def test_what_answers_again(lines: tuple[tuple[str, str], ...], second: dict[str, Any], cached: bool) -> None:
    assert steps(lines, {}, second)[1].from_cache is cached


def test_what_is_requested_without_storing() -> None:
    assert not steps((FRESH,), {"cache": "no-store"}, {})[1].from_cache


def test_the_response_to_another_method_is_not_stored() -> None:
    assert not steps((FRESH,), {"method": "POST"}, {})[1].from_cache


@pytest.mark.parametrize(
    ("first", "second", "cached"),
    [
        ({"api": "image"}, {"credentials": "include"}, False), ({"api": "image"}, {"api": "media"}, True),
        ({"api": "image"}, {"api": "script"}, True), ({"api": "script"}, {"api": "image"}, False),
    ],
)  # fmt: skip
def test_firefox_keeps_responses_of_other_sites_apart_by_destination(
    first: dict[str, Any], second: dict[str, Any], cached: bool
) -> None:
    """http-cache/destinations/001, http-cache/scripts/007, http-cache/scripts/010"""
    assert steps((FRESH,), first, second, profile=FIREFOX)[1].from_cache is cached


@pytest.mark.parametrize(("profile", "cached"), [(CHROMIUM, False), (FIREFOX, False), (WEBKIT, True)])
def test_pages_of_other_sites(profile: Profile, cached: bool) -> None:
    found = steps((FRESH,), {}, profile=profile, pages=(PAGE, "https://other.example/"))
    assert found[1].from_cache is cached


@pytest.mark.parametrize(("profile", "verdict"), [(CHROMIUM, Verdict.BLOCKED), (FIREFOX, Verdict.ALLOWED)])
def test_an_image_comes_first(profile: Profile, verdict: Verdict) -> None:
    """Without Vary: Origin, its response has no CORS headers."""
    assert steps((FRESH,), {"api": "image"}, {}, profile=profile)[1].verdict is verdict


def test_a_newer_response_replaces_the_older_one() -> None:
    vary = (FRESH, ("Vary", "Accept"))
    found = steps(vary, {}, {"api": "image", "mode": "cors"}, {}, {"cache": "reload"}, {})
    assert [step.from_cache for step in found] == [False, False, True, False, True]


@pytest.mark.parametrize("validator", [("ETag", '"e"'), ("Last-Modified", "Fri, 21 Oct 2050 07:28:00 GMT")])
def test_a_conditional_request(validator: tuple[str, str]) -> None:
    _, second = steps((("Cache-Control", "no-cache"), validator), {}, {})
    [exchange] = second.diagnosis.exchanges
    assert (second.from_cache, exchange.response and exchange.response.status) == (False, 304)
    assert second.verdict is Verdict.ALLOWED


def test_a_304_replaces_headers() -> None:
    other = (("Access-Control-Allow-Origin", "https://other.example"),)
    _, second = steps((("ETag", '"e"'),), {}, {}, on_304=other)
    assert second.verdict is Verdict.BLOCKED


def test_only_if_cached() -> None:
    [step] = steps((FRESH,), {"cache": "only-if-cached"})
    assert step.diagnosis.failure is not None
    assert step.diagnosis.failure.rule.id == "only-if-cached-is-same-origin"
    first, second = steps((FRESH,), {"url": "/own"}, {"url": "/own", "cache": "only-if-cached", "mode": "same-origin"})
    assert (first.from_cache, second.from_cache) == (False, True)


def test_firefox_keeps_what_scripts_and_elements_with_cors_store_apart() -> None:
    allowed = (FRESH,)
    image = {"api": "image", "mode": "cors"}
    for first, second, cached in (({}, image, False), (image, {}, False), (image, image, True), ({}, {}, True)):
        *_, last = steps(allowed, first, second, profile=FIREFOX)
        assert last.from_cache is cached
    assert steps(allowed, {}, image, profile=CHROMIUM)[-1].from_cache


@pytest.mark.parametrize(("profile", "cached"), [(CHROMIUM, False), (FIREFOX, True), (WEBKIT, True)])
def test_must_revalidate_without_max_age(profile: Profile, cached: bool) -> None:
    lines = (("Cache-Control", "must-revalidate"), ("Last-Modified", "Mon, 01 Jan 2001 00:00:00 GMT"))
    assert steps(lines, {}, {}, profile=profile)[1].from_cache is cached


@pytest.mark.parametrize(
    ("profile", "kept"),
    [(CHROMIUM, {301, 308}), (FIREFOX, set()), (WEBKIT, {301})],
    ids=["chromium", "firefox", "webkit"],
)
def test_redirects_that_are_cached_for_good(profile: Profile, kept: set[int]) -> None:
    def answer(_kind: Kind, request: WireRequest) -> Answer:
        moved = request.url.rpartition("/")[2]
        lines = (("Access-Control-Allow-Origin", "*"), *((("Location", "/to"),) if moved != "to" else ()))
        return Response(int(moved) if moved != "to" else 200, Headers(lines))

    asked = [{"url": f"https://api.example/{status}"} for status in (301, 302, 307, 308) for _ in range(2)]
    [result] = run_flow(read_flow({"visits": [{"page": PAGE, "requests": asked}]}), (profile,), answer)
    seconds = {status: result.steps[2 * i + 1] for i, status in enumerate((301, 302, 307, 308))}
    assert {status for status, step in seconds.items() if step.diagnosis.exchanges[0].from_cache} == kept


@pytest.mark.parametrize(("profile", "conditional"), [(CHROMIUM, False), (FIREFOX, True), (WEBKIT, False)])
def test_a_response_that_fails_the_cors_check_is_kept_in_firefox(profile: Profile, conditional: bool) -> None:
    def answer(_kind: Kind, request: WireRequest) -> Answer:
        if "If-None-Match" in request.headers:
            return Response(304, Headers((("Access-Control-Allow-Origin", "*"),)))
        return Response(200, Headers((("Cache-Control", "no-cache"), ("ETag", '"e"'))))

    flow = read_flow({"visits": [{"page": PAGE, "requests": [{"url": API}, {"url": API}]}]})
    [result] = run_flow(flow, (profile,), answer)
    assert "If-None-Match" not in result.steps[0].diagnosis.exchanges[0].request.headers
    assert ("If-None-Match" in result.steps[1].diagnosis.exchanges[0].request.headers) is conditional


@pytest.mark.parametrize(
    ("profile", "status", "validator"),
    [
        *((profile, 304, '"1"') for profile in (CHROMIUM, FIREFOX, WEBKIT)),
        (CHROMIUM, 200, None), (FIREFOX, 200, '"2"'), (WEBKIT, 200, '"1"'),
    ],
)  # fmt: skip
def test_what_is_kept_after_a_request_with_a_validator_is_refused(
    profile: Profile, status: int, validator: str | None
) -> None:
    def answer(_kind: Kind, request: WireRequest) -> Answer:
        again = "If-None-Match" in request.headers
        lines = (("Access-Control-Allow-Origin", "https://other.example" if again else "*"),)
        if again and status == 304:
            return Response(304, Headers(lines))
        return Response(200, Headers((*lines, ("Cache-Control", "no-cache"), ("ETag", '"2"' if again else '"1"'))))

    flow = read_flow({"visits": [{"page": PAGE, "requests": [{"url": API}] * 3}]})
    [result] = run_flow(flow, (profile,), answer)
    assert result.steps[1].verdict is Verdict.BLOCKED
    assert result.steps[2].diagnosis.exchanges[0].request.headers.get("If-None-Match") == validator


def test_a_refused_response_from_the_cache_stays_there() -> None:
    lines = (("Access-Control-Allow-Origin", "https://app.example"), FRESH)

    def answer(_kind: Kind, _request: WireRequest) -> Answer:
        return Response(200, Headers(lines))

    visits = [{"page": page, "requests": [{"url": API}]} for page in (PAGE, "https://www.app.example/", PAGE)]
    [result] = run_flow(read_flow({"visits": visits}), (CHROMIUM,), answer)
    assert [step.verdict for step in result.steps] == [Verdict.ALLOWED, Verdict.BLOCKED, Verdict.ALLOWED]
    assert [step.from_cache for step in result.steps] == [False, True, True]


@pytest.mark.parametrize(("profile", "cached"), [(CHROMIUM, True), (WEBKIT, False)])
def test_audio_is_not_cached_in_webkit(profile: Profile, cached: bool) -> None:
    [first, again] = steps((FRESH,), {"api": "media"}, {"api": "media"}, profile=profile)
    assert (first.from_cache, again.from_cache) == (False, cached)


@pytest.mark.parametrize(("status", "cached"), [(307, True), (308, False)])
def test_webkit_does_not_cache_status_308(status: int, cached: bool) -> None:
    def answer(_kind: Kind, request: WireRequest) -> Answer:
        allowed = ("Access-Control-Allow-Origin", "*")
        if request.url == API:
            return Response(status, Headers((allowed, FRESH, ("Location", "/other"))))
        return Response(200, Headers((allowed,)))

    flow = read_flow({"visits": [{"page": PAGE, "requests": [{"url": API}, {"url": API}]}]})
    [result] = run_flow(flow, (WEBKIT,), answer)
    assert result.steps[1].diagnosis.exchanges[0].from_cache is cached


@pytest.mark.parametrize("profile", [FIREFOX, WEBKIT], ids=lambda p: p.name)
def test_a_message_names_the_status_of_the_cached_response(profile: Profile) -> None:
    def answer(_kind: Kind, request: WireRequest) -> Answer:
        lines = (("Cache-Control", "no-cache"), ("ETag", '"e"'))
        if "If-None-Match" in request.headers:
            return Response(304, Headers((("Access-Control-Allow-Origin", ""), *lines)))
        return Response(200, Headers((("Access-Control-Allow-Origin", "*"), *lines)))

    flow = read_flow({"visits": [{"page": PAGE, "requests": [{"url": API}, {"url": API}]}]})
    [result] = run_flow(flow, (profile,), answer)
    assert result.steps[1].verdict is Verdict.BLOCKED
    assert not any("304" in message for message in result.steps[1].diagnosis.console)
