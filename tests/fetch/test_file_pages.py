"""Pages from a file: URL, and types that do not fit. Recorded in conformance/world, origins/file."""

from __future__ import annotations

from typing import Any

import pytest

from corsdoctor.browsers import BROWSERS, CHROMIUM, FIREFOX, STANDARD, WEBKIT, Profile
from corsdoctor.diagnose import Diagnosis, Verdict
from corsdoctor.flow.read import read_flow
from corsdoctor.flow.run import run_flow
from corsdoctor.wire import Headers, Response

IMAGE = Response(200, Headers((("Content-Type", "image/png"),)))


def asked(profile: Profile, url: str, page: str = "file:///home/me/page.html", **request: Any) -> Diagnosis:
    flow = read_flow({"visits": [{"page": page, "requests": [{"url": url, **request}]}]})
    [result] = run_flow(flow, (profile,), lambda *_: IMAGE)
    return result.steps[0].diagnosis


@pytest.mark.parametrize("profile", BROWSERS, ids=lambda profile: profile.name)
def test_a_file_loads_scripts_and_does_not_read_files(profile: Profile) -> None:
    assert asked(profile, "other.js", api="script").verdict is Verdict.OPAQUE
    assert asked(profile, "other.txt").verdict is Verdict.BLOCKED


def test_a_page_of_a_server_does_not_load_files() -> None:
    page = "https://app.example/"
    assert asked(STANDARD, "file:///home/me/other.js", page, api="script").verdict is Verdict.BLOCKED


def test_webkit_names_the_file_with_a_beacon() -> None:
    beacon = {"api": "beacon", "method": "POST", "body": "a"}
    origins = [
        asked(profile, "http://api.example/", **beacon).exchanges[0].request.headers.get("Origin")
        for profile in (WEBKIT, FIREFOX)
    ]
    assert origins == ["file://", "null"]


@pytest.mark.parametrize(("profile", "origin"), [(CHROMIUM, None), (WEBKIT, None), (FIREFOX, None)])
def test_the_origin_of_an_image(profile: Profile, origin: str | None) -> None:
    [exchange] = asked(profile, "http://images.example/a.png", api="image").exchanges
    assert exchange.request.headers.get("Origin") == origin


@pytest.mark.parametrize(
    ("profile", "url", "wanted"),
    [
        (FIREFOX, "http://images.example/a.png", "https://images.example/a.png"),
        (FIREFOX, "https://images.example/a.png", "https://images.example/a.png"),
        (FIREFOX, "http://127.0.0.1/a.png", "http://127.0.0.1/a.png"),
        (CHROMIUM, "http://images.example/a.png", "http://images.example/a.png"),
    ],
)
def test_what_is_upgraded(profile: Profile, url: str, wanted: str) -> None:
    [exchange] = asked(profile, url, api="image").exchanges
    assert exchange.request.url == wanted


@pytest.mark.parametrize(
    ("profile", "url", "request_", "words"),
    [
        (CHROMIUM, "other.txt", {}, "only supported for protocol schemes"),
        (FIREFOX, "other.txt", {"api": "xhr"}, "CORS request not http"),
    ],
)
def test_words(profile: Profile, url: str, request_: dict[str, Any], words: str) -> None:
    [message] = asked(profile, url, **request_).console
    assert words in message


@pytest.mark.parametrize(
    ("profile", "words"),
    [
        (FIREFOX, ["Security Error: Content at https://app.example/ may not load data from https://api.example/r."]),
        (CHROMIUM, None),
    ],
)
def test_another_origin_in_mode_same_origin(profile: Profile, words: list[str] | None) -> None:
    console = asked(profile, "https://api.example/r", "https://app.example/", mode="same-origin").console
    assert words is None or list(console) == words


@pytest.mark.parametrize(
    ("api", "lines", "words"),
    [
        ("module", {"Access-Control-Allow-Origin": "*", "Content-Type": "text/plain"}, "Loading module from"),
        ("script", {"Content-Type": "image/png"}, "Script from"),
        (
            "script",
            {"Content-Type": "text/html", "X-Content-Type-Options": "nosniff"},
            "X-Content-Type-Options: nosniff",
        ),
        ("stylesheet", {"Content-Type": "text/plain"}, "Javascript validation failed"),
        ("stylesheet", {"Content-Type": "image/png"}, "but sniffing fails"),
        ("image", {"Content-Type": "text/html", "X-Content-Type-Options": "nosniff"}, "nosniff is true"),
        ("script", {"Content-Type": "text/html"}, "was loaded even though"),
        ("stylesheet", {"X-Content-Type-Options": "nosniff"}, "“”"),
    ],
)
def test_firefox_names_a_type_that_does_not_fit(api: str, lines: dict[str, str], words: str) -> None:
    assert any(words in message for message in loaded(FIREFOX, api, lines).console)


def loaded(profile: Profile, api: str, lines: dict[str, str], url: str = "https://cdn.example/r") -> Diagnosis:
    given = {"url": url, "api": api, **({"mode": "cors"} if "Access-Control-Allow-Origin" in lines else {})}
    flow = read_flow({"visits": [{"page": "https://app.example/", "requests": [given]}]})
    [result] = run_flow(flow, (profile,), lambda *_: Response(200, Headers(tuple(lines.items())), body=b"a"))
    return result.steps[0].diagnosis


def test_firefox_names_the_type_of_a_style_sheet_with_cors() -> None:
    lines = {"Content-Type": "text/plain", "Access-Control-Allow-Origin": "*"}
    assert any("is not “text/css”" in message for message in loaded(FIREFOX, "stylesheet", lines).console)
    own = loaded(FIREFOX, "stylesheet", {"Content-Type": "text/plain"}, "/r.css")
    assert any("is not “text/css”" in message for message in own.console)


@pytest.mark.parametrize(
    ("api", "lines", "words"),
    [
        ("script", {"Content-Type": "image/png"}, "is not executable."),
        ("script", {"X-Content-Type-Options": "nosniff"}, "strict MIME type checking"),
        (
            "stylesheet",
            {"Content-Type": "image/png", "X-Content-Type-Options": "nosniff"},
            "not a supported stylesheet",
        ),
        ("eventsource", {"Content-Type": "text/html", "Access-Control-Allow-Origin": "*"}, "Aborting the connection"),
    ],
)
def test_chromium_names_a_type_that_does_not_fit(api: str, lines: dict[str, str], words: str) -> None:
    assert any(words in message for message in loaded(CHROMIUM, api, lines).console)
