"""Opaque response blocking by the body: pages and data in place of a script, a style sheet or an image."""

from __future__ import annotations

import pytest

from corsdoctor.browsers import CHROMIUM, FIREFOX, WEBKIT, Profile
from corsdoctor.diagnose import Verdict
from corsdoctor.fetch.opaque_response_blocking import DATA_BODY, ORB_ALLOWS, is_json
from corsdoctor.fetch.orb_sniffing import is_page_or_data
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
    ("body", "expected"),
    [
        (b"<!doctype html>", True), (b"\r\n\t <DIV>", True), (b"\xef\xbb\xbf<p>", True), (b"<h2>", False), (b" \xef\xbb\xbf<p>", False),
        (b'<?xml version="1.0"?>', True), (b"<?XML", False), (b'{ "a\\"b" : 1}', True), (b'{"a"}', False), (b"{a: 1}", False),
        (b")]}'\n[1]", True), (b" )]}'", False), (b"{} && x", True), (b"for(;;);", True), (b"while (1);", True),
        (b"<!-- a --> b\n<!-- c -->\xe2\x80\xa8<html>", True), (b"<!-- a --><html>", False), (b"<!-- a <html>\n<html>", False),
        (b"<!-->\n<html>", False), (b" " * 1024 + b"<html>", False), (b"", False),
    ],
)  # fmt: skip
def test_what_looks_like_a_page_or_data(body: bytes, expected: bool) -> None:
    assert is_page_or_data(body) is expected


def test_many_comments_take_linear_time() -> None:
    assert is_page_or_data(b"<!---->\n" * 127 + b"<html>") is True
    assert is_page_or_data(b"<!---->\n" * 127 + b"x") is False


@pytest.mark.parametrize(
    ("profile", "kind", "body", "more", "blocked"),
    [
        (FIREFOX, "text/plain", b"1", (), True), (FIREFOX, "application/json", b'{"a": 1}', (), True),
        (FIREFOX, "text/plain", b"x = 1", (), False), (FIREFOX, "text/javascript", b"1", (), False),
        (FIREFOX, "text/plain", b"1", (("Content-Length", "9"),), False), (FIREFOX, "", b"1", (), False),
        (FIREFOX, "text/html", b"<h2>", (), True), (FIREFOX, "text/html", b"<!-- a", (), False), (FIREFOX, "text/css", b"<p>", (), False),
        (CHROMIUM, "text/plain", b"1", (), False), (CHROMIUM, "text/javascript", b"<p>", (), True), (CHROMIUM, "", b"<p>", (), False),
        (CHROMIUM, "text/css", b"<p>", (), False), (CHROMIUM, "text/html", b"<h2>", (), False), (WEBKIT, "text/html", b"<p>", (), False),
    ],
)  # fmt: skip
def test_a_script_of_another_site_that_is_a_page_or_data(
    profile: Profile, kind: str, body: bytes, more: tuple[tuple[str, str], ...], blocked: bool
) -> None:
    lines = (("Content-Type", kind), *more) if kind else more
    diagnosis = ask(Scenario(API, APP, api=Api.SCRIPT), Response(200, Headers(lines), body=body), profile=profile)
    failure = diagnosis.failure
    assert diagnosis.verdict is (Verdict.BLOCKED if blocked else Verdict.OPAQUE)
    assert (failure is not None and (failure.rule, failure.cause) == (ORB_ALLOWS, DATA_BODY)) is blocked


@pytest.mark.parametrize(
    "lines", [(("Content-Type", "image/png"),), (("Content-Type", "text/html"), ("X-Content-Type-Options", "nosniff"))]
)
def test_the_type_comes_before_the_body(lines: tuple[tuple[str, str], ...]) -> None:
    failure = ask(Scenario(API, APP, api=Api.SCRIPT), Response(200, Headers(lines), body=b"1"), profile=FIREFOX).failure
    assert failure is not None
    assert failure.cause is not DATA_BODY


def test_the_pages_own_scripts_are_not_read() -> None:
    response = Response(200, Headers((("Content-Type", "text/plain"),)), body=b"1")
    assert ask(Scenario(f"{HOME}a", APP, api=Api.SCRIPT), response, profile=FIREFOX).verdict is Verdict.ALLOWED
