"""Same-site or cross-site: what the frame and the host of a request in a flow make of its cookies."""

from __future__ import annotations

from typing import Any

import pytest

from corsdoctor.browsers import CHROMIUM, FIREFOX, WEBKIT, Profile
from corsdoctor.flow.read import read_flow
from corsdoctor.flow.result import BrowserResult
from corsdoctor.flow.run import run_flow
from corsdoctor.wire import Answer, Headers, Kind, Response, WireRequest

APP, API = "https://app.example/", "https://api.app.example/items"


def lived(profile: Profile, page: str, server: str, **request: Any) -> BrowserResult:
    def send(_kind: Kind, sent: WireRequest) -> Answer:
        allowed = (("Access-Control-Allow-Origin", sent.headers.get("Origin") or "*"), ("Set-Cookie", "new=1"))
        return Response(200, Headers((*allowed, ("Access-Control-Allow-Credentials", "true"))))

    first = {
        "page": server,
        "headers": [["Set-Cookie", "lax=1; SameSite=Lax"], ["Set-Cookie", "old=1"]],
        "requests": [],
    }
    asked = {"url": server, **({} if "api" in request else {"credentials": "include"}), **request}
    [result] = run_flow(read_flow({"visits": [first, {"page": page, "requests": [asked]}]}), (profile,), send)
    return result


def sent(result: BrowserResult) -> tuple[str, ...]:
    return result.steps[0].cookies.sent


@pytest.mark.parametrize(
    ("url", "sandbox", "server", "same"),
    [
        (APP, None, API, True), (APP, "allow-scripts", API, True), ("about:srcdoc", "allow-scripts", API, True),
        ("https://other.example/_f", None, API, False), ("data:", None, API, False), ("blob:", None, API, False),
        ("https://other.example/_f", None, APP, True), ("data:", None, APP, True), ("blob:", None, APP, True),
        ("https://other.example/_f", None, "https://other.example/", False),
    ],
)  # fmt: skip
def test_webkit_looks_at_the_url_of_a_frame(url: str, sandbox: str | None, server: str, same: bool) -> None:
    result = lived(WEBKIT, APP, server, frame={"url": url, "sandbox": sandbox})
    assert ("lax" in sent(result)) is same
    assert result.steps[0].cookies.stored == (("new",) if "other" not in server else ())


@pytest.mark.parametrize("profile", [CHROMIUM, FIREFOX], ids=lambda p: p.name)
@pytest.mark.parametrize(
    ("url", "sandbox", "same"), [(APP, None, True), (APP, "allow-scripts", False), ("data:", None, False)]
)
def test_the_others_look_at_its_origin(profile: Profile, url: str, sandbox: str | None, same: bool) -> None:
    assert ("lax" in sent(lived(profile, APP, API, frame={"url": url, "sandbox": sandbox}))) is same


@pytest.mark.parametrize(
    ("page", "api", "one"),
    [
        ("http://localhost:3000/", "http://app.localhost:8080/items", True),
        ("http://app.localhost/", "http://localhost/items", True),
        ("http://localhost/", "http://localhost.example/items", False),
    ],
)
def test_localhost_is_one_site_in_webkit(page: str, api: str, one: bool) -> None:
    assert ("lax" in sent(lived(WEBKIT, page, api))) is one
    assert "lax" not in sent(lived(CHROMIUM, page, api))


@pytest.mark.parametrize("profile", [CHROMIUM, FIREFOX, WEBKIT], ids=lambda p: p.name)
def test_a_websocket_has_cookies(profile: Profile) -> None:
    result = lived(profile, APP, API, url="wss://api.app.example/items", api="websocket")
    assert sent(result) == ("lax", "old")
    assert result.steps[0].diagnosis.exchanges[0].request.headers.get("Cookie") == "lax=1; old=1"
    assert result.steps[0].cookies.stored == ("new",)


def test_a_websocket_without_cookies() -> None:
    result = lived(CHROMIUM, APP, "https://other.example/", url="wss://third.example/", api="websocket")
    assert "Cookie" not in result.steps[0].diagnosis.exchanges[0].request.headers
