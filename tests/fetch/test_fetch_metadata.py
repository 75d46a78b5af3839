"""Sec-Fetch-* of a request."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from corsdoctor.browsers import CHROMIUM, FIREFOX, STANDARD, WEBKIT, Profile
from corsdoctor.flow.read import read_flow
from corsdoctor.flow.run import run_flow
from corsdoctor.wire import Headers, Kind, Response, WireRequest

OWN, OTHER, THIRD = "https://app.example/r", "https://api.example.net/r", "https://third.example.org/r"
SITE, STORAGE = "Sec-Fetch-Site", "Sec-Fetch-Storage-Access"


def sent(
    profile: Profile, *urls: str, page: str = "https://app.example/", policy: str = "", third: str = "default",
    **request: Any,
) -> list[Headers]:  # fmt: skip
    """The headers of each request of a chain of redirects; every response allows everything."""
    targets = dict(itertools.pairwise(urls))

    def send(_kind: Kind, wire: WireRequest) -> Response:
        origin = wire.headers.get("Origin") or "*"
        lines = [("Access-Control-Allow-Origin", origin), ("Access-Control-Allow-Credentials", "true")]
        lines += [("Access-Control-Allow-Methods", "PUT"), ("Access-Control-Max-Age", "0")]
        target = targets.get(wire.url) if wire.method != "OPTIONS" else None
        return Response(307 if target else 200, Headers((*lines, *([("Location", target)] if target else []))))

    headers = {"Content-Security-Policy": policy} if policy else {}
    visit = {"page": page, "headers": headers, "requests": [{"url": urls[0], **request}]}
    given = {"visits": [visit], "third_party_cookies": third}
    [result] = run_flow(read_flow(given), (profile,), send)
    return [exchange.request.headers for exchange in result.steps[0].diagnosis.exchanges]


@pytest.mark.parametrize(
    ("page", "urls", "site"),
    [
        ("https://app.example/", (OWN,), "same-origin"),
        ("https://app.example/", ("https://api.app.example/",), "same-site"),
        ("https://app.example/", (OTHER,), "cross-site"),
        ("https://app.example/", (OTHER, OWN), "cross-site"),
        ("http://localhost:3000/", ("https://localhost/",), "cross-site"),
    ],
)
def test_site(page: str, urls: tuple[str, ...], site: str) -> None:
    assert sent(STANDARD, *urls, page=page)[-1].get(SITE) == site


def test_one_browser_counts_http_and_https_of_this_machine_as_one_site() -> None:
    assert sent(FIREFOX, "https://localhost/", page="http://localhost:3000/")[-1].get(SITE) == "same-site"


def test_a_url_that_anybody_could_read_gets_none() -> None:
    [preflight, actual] = sent(CHROMIUM, "http://a.example/", page="http://b.example/", method="PUT")
    assert [preflight.get("Sec-Fetch-Mode"), preflight.get(SITE), actual.get("Sec-Fetch-Mode")] == ["cors", None, None]
    assert sent(FIREFOX, "http://a.example/", page="http://b.example/", method="PUT")[0].get("Sec-Fetch-Mode") is None


def test_after_a_redirect_to_another_origin() -> None:
    assert [SITE in headers for headers in sent(WEBKIT, OTHER, THIRD)] == [True, False]
    assert [SITE in headers for headers in sent(WEBKIT, OTHER, f"{OTHER}2")] == [True, True]
    assert [SITE in headers for headers in sent(WEBKIT, OTHER, THIRD, api="image")] == [True, True]
    assert [SITE in headers for headers in sent(CHROMIUM, OTHER, THIRD)] == [True, True]


@pytest.mark.parametrize(("profile", "destination"), [(FIREFOX, "empty"), (WEBKIT, "websocket"), (CHROMIUM, None)])
def test_a_websocket(profile: Profile, destination: str | None) -> None:
    [headers] = sent(profile, "wss://api.example.net/", api="websocket")
    assert headers.get("Sec-Fetch-Dest") == destination
    assert headers.get("Sec-Fetch-Mode") == (destination and "websocket")


def test_storage_access() -> None:
    def last(profile: Profile, *urls: str, **request: Any) -> str | None:
        return sent(profile, *urls, **{"credentials": "include", **request})[-1].get(STORAGE)

    assert last(CHROMIUM, OTHER) == "active"
    assert last(CHROMIUM, OTHER, third="blocked") == "none"
    assert last(FIREFOX, OTHER) == "none"
    assert last(WEBKIT, OTHER) is None
    assert last(CHROMIUM, OTHER, credentials="same-origin") is None
    assert last(CHROMIUM, OWN) is None
    assert last(CHROMIUM, "http://api.example.net/", page="http://app.example/") is None
    assert last(FIREFOX, OTHER, worker="classic") is None
    assert last(CHROMIUM, OTHER, worker="classic") == "active"
    assert last(FIREFOX, OWN, frame={"url": "data:"}) == "inactive"
    assert last(FIREFOX, OWN, policy="sandbox allow-scripts") == "none"


def test_storage_access_after_redirects() -> None:
    assert [headers.get(STORAGE) for headers in sent(FIREFOX, OTHER, THIRD, credentials="include")] == ["none", None]
    assert [headers.get(STORAGE) for headers in sent(FIREFOX, OWN, THIRD, credentials="include")] == [None, "none"]
    assert [headers.get(STORAGE) for headers in sent(CHROMIUM, OTHER, THIRD, credentials="include")] == ["active"] * 2


def test_storage_access_of_a_preflight() -> None:
    assert [headers.get(STORAGE) for headers in sent(FIREFOX, OTHER, method="PUT", credentials="include")] == [
        "none"
    ] * 2
    assert [headers.get(STORAGE) for headers in sent(CHROMIUM, OTHER, method="PUT", credentials="include")] == [
        None,
        "active",
    ]
