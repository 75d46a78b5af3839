"""The code that the page shows for a request."""

from __future__ import annotations

from typing import Any

import pytest

from corsdoctor.lab_page.code import code
from corsdoctor.scenario import Api, Credentials, Mode, PreloadAs, Redirect, Scenario
from corsdoctor.url import Origin

URL = "https://api.example/x"
PAGE = Origin("https", "app.example")


def written(**fields: Any) -> str:
    return code(Scenario(URL, PAGE, **fields))


@pytest.mark.parametrize("api", Api)
def test_every_api_has_code_with_the_url(api: Api) -> None:
    assert URL in written(api=api, body=b"x")


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, 'await fetch("https://api.example/x");'),
        (
            {"method": "PUT", "headers": (("A", "1"), ("B", "2")), "credentials": Credentials.INCLUDE, "body": b"x"},
            'await fetch("https://api.example/x", {\n  method: "PUT",\n  credentials: "include",\n'
            '  headers: {"A": "1", "B": "2"},\n  body: "x",\n});',
        ),
        (
            {"headers": (("A", "1"), ("A", "2")), "mode": Mode.NO_CORS, "redirect": Redirect.ERROR},
            'await fetch("https://api.example/x", {\n  mode: "no-cors",\n  redirect: "error",\n  headers: [["A", "1"], ["A", "2"]],\n});',
        ),
        (
            {"method": "POST", "body": b"x", "streamed": True},
            'await fetch("https://api.example/x", {\n  method: "POST",\n  body: new Blob(["x"]).stream(),\n  duplex: "half",\n});',
        ),
        (
            {"method": "POST", "body": b"x" * 100, "api": Api.KEEPALIVE},
            'await fetch("https://api.example/x", {\n  method: "POST",\n  keepalive: true,\n  body: "x".repeat(100),\n});',
        ),
        (
            {"api": Api.XHR, "headers": (("A", "1"),), "credentials": Credentials.INCLUDE, "upload_listener": True},
            'const xhr = new XMLHttpRequest();\nxhr.open("GET", "https://api.example/x");\nxhr.setRequestHeader("A", "1");\n'
            'xhr.withCredentials = true;\nxhr.upload.addEventListener("progress", console.log);\nxhr.send();',
        ),
        (
            {"api": Api.BEACON, "headers": (("Content-Type", "application/json"),), "body": b"{}"},
            'navigator.sendBeacon("https://api.example/x", new Blob(["{}"], {type: "application/json"}));',
        ),
        ({"api": Api.IMAGE}, '<img src="https://api.example/x">'),
        (
            {"api": Api.IMAGE, "mode": Mode.CORS, "credentials": Credentials.INCLUDE},
            '<img src="https://api.example/x" crossorigin="use-credentials">',
        ),
        (
            {"api": Api.PRELOAD, "preload_as": PreloadAs.FONT, "mode": Mode.CORS},
            '<link rel="preload" as="font" href="https://api.example/x" crossorigin="anonymous">',
        ),
        (
            {"api": Api.EVENTSOURCE, "credentials": Credentials.INCLUDE},
            'new EventSource("https://api.example/x", {withCredentials: true});',
        ),
        ({"api": Api.CSS_IMPORT}, '@import url("https://api.example/x");'),
    ],
)  # fmt: skip
def test_the_code_is_what_a_page_would_contain(fields: dict[str, Any], expected: str) -> None:
    assert written(**fields) == expected


def test_further_options_of_fetch_are_shown() -> None:
    shown = code(Scenario(URL, PAGE), {"url": URL, "cache": "only-if-cached", "mode": "navigate", "body": "x"})
    assert shown == 'await fetch("https://api.example/x", {\n  mode: "navigate",\n  cache: "only-if-cached",\n});'


def test_a_url_cannot_leave_its_attribute() -> None:
    assert code(Scenario('https://a.example/"><script>', PAGE, api=Api.IMAGE)) == (
        '<img src="https://a.example/&quot;&gt;&lt;script&gt;">'
    )
