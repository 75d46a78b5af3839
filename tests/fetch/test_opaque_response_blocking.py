"""Opaque response blocking by the body: Firefox withholds scripts that are JSON."""

from __future__ import annotations

import pytest

from corsdoctor.browsers import CHROMIUM, FIREFOX, Profile
from corsdoctor.diagnose import Verdict
from corsdoctor.fetch.opaque_response_blocking import JSON_BODY, ORB_ALLOWS, is_json
from corsdoctor.scenario import Api, Scenario
from corsdoctor.wire import Headers, Response
from tests.fetch.asking import API, APP, HOME, ask


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"a": 1}', True), (b"1", True), (b' [null]\n', True),
        (b"", False), (b"x = 1", False), (b"NaN", False), (b"\xff", False), (b"[" * 100_000, False),
    ],
)  # fmt: skip
def test_what_is_json(body: bytes, expected: bool) -> None:
    assert is_json(body) is expected


@pytest.mark.parametrize(
    ("profile", "kind", "body", "more", "blocked"),
    [
        (FIREFOX, "text/plain", b"1", (), True), (FIREFOX, "application/json", b'{"a": 1}', (), True),
        (FIREFOX, "text/plain", b"x = 1", (), False), (FIREFOX, "text/javascript", b"1", (), False),
        (FIREFOX, "text/plain", b"1", (("Content-Length", "9"),), False), (FIREFOX, "", b"1", (), False),
        (CHROMIUM, "text/plain", b"1", (), False),
    ],
)  # fmt: skip
def test_a_script_of_another_site_that_is_json(
    profile: Profile, kind: str, body: bytes, more: tuple[tuple[str, str], ...], blocked: bool
) -> None:
    lines = (("Content-Type", kind), *more) if kind else more
    diagnosis = ask(Scenario(API, APP, api=Api.SCRIPT), Response(200, Headers(lines), body=body), profile=profile)
    failure = diagnosis.failure
    assert diagnosis.verdict is (Verdict.BLOCKED if blocked else Verdict.OPAQUE)
    assert (failure is not None and (failure.rule, failure.cause) == (ORB_ALLOWS, JSON_BODY)) is blocked


@pytest.mark.parametrize(
    "lines", [(("Content-Type", "image/png"),), (("Content-Type", "text/html"), ("X-Content-Type-Options", "nosniff"))]
)
def test_the_type_comes_before_the_body(lines: tuple[tuple[str, str], ...]) -> None:
    failure = ask(Scenario(API, APP, api=Api.SCRIPT), Response(200, Headers(lines), body=b"1"), profile=FIREFOX).failure
    assert failure is not None
    assert failure.cause is not JSON_BODY


def test_the_pages_own_scripts_are_not_read() -> None:
    response = Response(200, Headers((("Content-Type", "text/plain"),)), body=b"1")
    assert ask(Scenario(f"{HOME}a", APP, api=Api.SCRIPT), response, profile=FIREFOX).verdict is Verdict.ALLOWED
