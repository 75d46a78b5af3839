"""The Referer header, and what a referrer policy does to the Origin header."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest

from corsdoctor.browsers import CHROMIUM, FIREFOX, STANDARD, WEBKIT, Profile
from corsdoctor.fetch.referrer import determine_referrer, referrer_policy
from corsdoctor.flow.read import read_flow
from corsdoctor.flow.run import run_flow
from corsdoctor.scenario import Scenario
from corsdoctor.wire import Headers, Response
from tests.fetch.asking import request_for

PAGE = "https://app.example/a/page?q#f"


def asked(profile: Profile = STANDARD, of_the_visit: dict[str, Any] | None = None, **request: Any) -> Headers:
    """The headers with which a request of a flow leaves."""
    flow = read_flow({"visits": [{"page": PAGE, **(of_the_visit or {}), "requests": [{"url": "/r", **request}]}]})
    [result] = run_flow(flow, (profile,), lambda *_: Response(200, Headers()))
    return result.steps[0].diagnosis.exchanges[-1].request.headers


def scenario_of(**visit: Any) -> Scenario:
    return read_flow({"visits": [{"page": PAGE, "requests": [{"url": "/r"}], **visit}]}).visits[0].requests[0].scenario


class Referred(NamedTuple):
    policy: str
    url: str
    wanted: str | None


OWN, OTHER, PLAIN = "https://app.example/r", "https://api.example/r", "http://api.example/r"
WHOLE, ORIGIN = "https://app.example/a/page?q", "https://app.example/"


@pytest.mark.parametrize(
    "case",
    [
        Referred("", OWN, WHOLE), Referred("", OTHER, ORIGIN), Referred("", PLAIN, None),
        Referred("no-referrer", OWN, None),
        Referred("origin", PLAIN, ORIGIN),
        Referred("unsafe-url", PLAIN, WHOLE),
        Referred("strict-origin", OTHER, ORIGIN), Referred("strict-origin", PLAIN, None),
        Referred("same-origin", OWN, WHOLE), Referred("same-origin", OTHER, None),
        Referred("origin-when-cross-origin", OWN, WHOLE), Referred("origin-when-cross-origin", PLAIN, ORIGIN),
        Referred("no-referrer-when-downgrade", OTHER, WHOLE), Referred("no-referrer-when-downgrade", PLAIN, None),
    ],
    ids=str,
)  # fmt: skip
def test_policies(case: Referred) -> None:
    scenario = scenario_of()._replace(url=case.url)
    scenario = scenario._replace(init=scenario.init._replace(referrer_policy=case.policy))
    assert determine_referrer(request_for(scenario), STANDARD) == case.wanted


@pytest.mark.parametrize(
    ("visit", "policy"),
    [
        ({}, "strict-origin-when-cross-origin"),
        ({"headers": {"Referrer-Policy": "origin, unknown"}}, "origin"),
        ({"headers": {"Referrer-Policy": "origin"}, "head": '<meta name="referrer" content="unsafe-url">'}, "unsafe-url"),
        ({"headers": {"Referrer-Policy": "origin"}, "frame": {"url": "about:srcdoc"}}, "origin"),
        ({"headers": {"Referrer-Policy": "origin"}, "frame": {"url": "/f"}}, "strict-origin-when-cross-origin"),
    ],
)  # fmt: skip
def test_where_the_policy_comes_from(visit: dict[str, Any], policy: str) -> None:
    assert referrer_policy(request_for(scenario_of(**visit))) == policy


@pytest.mark.parametrize(
    ("profile", "request_", "wanted"),
    [
        (STANDARD, {"frame": {"url": "about:srcdoc"}}, WHOLE),
        (WEBKIT, {"frame": {"url": "about:srcdoc"}}, None),
        (STANDARD, {"frame": {"url": "data:"}}, None),
        (FIREFOX, {"frame": {"url": "/f", "sandbox": ""}}, None),
        (FIREFOX, {"frame": {"url": "/f", "sandbox": ""}, "api": "image"}, "https://app.example/f"),
        (CHROMIUM, {"frame": {"url": "/f", "sandbox": ""}, "api": "image"}, None),
        (WEBKIT, {"frame": {"url": "/f", "sandbox": ""}}, "https://app.example/f"),
        (FIREFOX, {"worker": "classic"}, ORIGIN),
        (CHROMIUM, {"worker": "classic"}, None),
    ],
)
def test_frames_and_workers(profile: Profile, request_: dict[str, Any], wanted: str | None) -> None:
    assert asked(profile, **request_).get("Referer") == wanted


@pytest.mark.parametrize(
    ("profile", "policy", "url", "origin"),
    [
        (STANDARD, "no-referrer", OTHER, "null"), (CHROMIUM, "no-referrer", OTHER, "https://app.example"),
        (STANDARD, "same-origin", OTHER, "null"), (STANDARD, "same-origin", OWN, "https://app.example"),
        (STANDARD, "origin", OTHER, "https://app.example"),
    ],
)  # fmt: skip
def test_what_a_policy_does_to_the_origin(profile: Profile, policy: str, url: str, origin: str) -> None:
    headers = asked(profile, url=url, referrer_policy=policy, method="POST", mode="no-cors")
    assert headers.get("Origin") == origin


def test_storage_access() -> None:
    name = "Sec-Fetch-Storage-Access"
    assert asked(CHROMIUM, url=OTHER, credentials="include").get(name) == "active"
    assert asked(FIREFOX, url=OTHER, credentials="include").get(name) == "none"
    assert asked(WEBKIT, url=OTHER, credentials="include").get(name) is None
    assert asked(CHROMIUM, url=OTHER).get(name) is None
    assert asked(CHROMIUM, url=OWN).get(name) is None
