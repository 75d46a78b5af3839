"""The Referer header, and what a referrer policy does to the Origin header."""

from __future__ import annotations

import itertools
from typing import Any, NamedTuple

import pytest

from corsdoctor.browsers import CHROMIUM, FIREFOX, STANDARD, WEBKIT, Profile
from corsdoctor.fetch.referrer import determine_referrer, referrer_policy
from corsdoctor.flow.read import read_flow
from corsdoctor.flow.run import run_flow
from corsdoctor.scenario import Scenario
from corsdoctor.wire import Headers, Kind, Response, WireRequest
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
    assert referrer_policy(request_for(scenario_of(**visit)), STANDARD) == policy


@pytest.mark.parametrize(
    ("profile", "request_", "wanted"),
    [
        (STANDARD, {"frame": {"url": "about:srcdoc"}}, WHOLE),
        (WEBKIT, {"frame": {"url": "about:srcdoc"}}, None),
        (STANDARD, {"frame": {"url": "data:"}}, None),
        (FIREFOX, {"frame": {"url": "/f", "sandbox": ""}}, None),
        (FIREFOX, {"frame": {"url": "/f", "sandbox": ""}, "api": "image"}, ORIGIN),
        (CHROMIUM, {"frame": {"url": "/f", "sandbox": ""}, "api": "image"}, None),
        (WEBKIT, {"frame": {"url": "/f", "sandbox": ""}}, "https://app.example/f"),
        (WEBKIT, {"frame": {"url": "about:srcdoc"}, "api": "image"}, WHOLE),
        (FIREFOX, {"frame": {"url": "about:srcdoc"}, "api": "font"}, None),
        (FIREFOX, {"frame": {"url": "about:srcdoc"}, "api": "css-image"}, None),
        (CHROMIUM, {"frame": {"url": "about:srcdoc"}, "api": "css-image"}, WHOLE),
        (CHROMIUM, {"frame": {"url": "/f", "sandbox": ""}, "api": "import"}, "https://app.example/f"),
        (CHROMIUM, {"frame": {"url": "data:"}, "api": "import"}, None),
        (FIREFOX, {"frame": {"url": "blob:"}}, ORIGIN),
        (CHROMIUM, {"frame": {"url": "blob:"}}, None),
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


def hops(profile: Profile, *urls: str, page: str = PAGE, **request: Any) -> list[str | None]:
    """The Referer of each request of a chain of redirects."""
    targets = dict(itertools.pairwise(urls))

    def send(_kind: Kind, wire: WireRequest) -> Response:
        target = targets.get(wire.url)
        return Response(200, Headers()) if target is None else Response(302, Headers((("Location", target),)))

    flow = read_flow({"visits": [{"page": page, "requests": [{"url": urls[0], "api": "image", **request}]}]})
    [result] = run_flow(flow, (profile,), send)
    return [exchange.request.headers.get("Referer") for exchange in result.steps[0].diagnosis.exchanges]


def test_a_redirect_back_home_does_not_bring_the_path_back() -> None:
    assert hops(STANDARD, OWN, OTHER, "https://app.example/z") == [WHOLE, ORIGIN, ORIGIN]


def test_a_referrer_that_a_hop_left_out_stays_away() -> None:
    http = {"page": "http://localhost:3000/p", "referrer_policy": "same-origin"}
    assert hops(STANDARD, "http://localhost:3000/a", "http://a.example/", "http://localhost:3000/b", **http) == [
        "http://localhost:3000/p", None, None,
    ]  # fmt: skip


def test_a_page_that_a_policy_sandboxes_has_no_referrer() -> None:
    visit = {"headers": {"Content-Security-Policy": "sandbox allow-scripts"}}
    assert asked(CHROMIUM, visit, api="image").get("Referer") is None


@pytest.mark.parametrize(
    ("profile", "url", "wanted"),
    [
        (STANDARD, "http://app.localhost/", ORIGIN), (WEBKIT, "http://app.localhost/", None),
        (WEBKIT, "http://localhost/", None), (FIREFOX, "http://localhost/", None), (WEBKIT, PLAIN, None),
    ],
)  # fmt: skip
def test_from_https_to_this_machine(profile: Profile, url: str, wanted: str | None) -> None:
    assert determine_referrer(request_for(scenario_of()._replace(url=url)), profile) == wanted


@pytest.mark.parametrize(
    ("profile", "api", "wanted"),
    [
        (WEBKIT, "font", WHOLE),
        (WEBKIT, "image", "https://app.example/s.css"),
        (STANDARD, "font", "https://app.example/s.css"),
    ],
)
def test_whom_a_style_sheet_names(profile: Profile, api: str, wanted: str) -> None:
    under = [{"url": "/r", "api": api}]
    flow = read_flow(
        {"visits": [{"page": PAGE, "requests": [{"url": "/s.css", "api": "stylesheet", "subresources": under}]}]}
    )
    [result] = run_flow(flow, (profile,), lambda *_: Response(200, Headers((("Content-Type", "text/css"),))))
    [step] = result.steps[0].subresources
    assert step.diagnosis.exchanges[0].request.headers.get("Referer") == wanted


@pytest.mark.parametrize(("profile", "wanted"), [(STANDARD, None), (FIREFOX, None), (CHROMIUM, WHOLE)])
def test_images_of_styles_ignore_the_policy_in_chromium(profile: Profile, wanted: str | None) -> None:
    visit = {"headers": {"Referrer-Policy": "no-referrer"}}
    assert asked(profile, visit, api="css-mask").get("Referer") == wanted
    assert asked(profile, visit, api="css-import").get("Referer") is None


def test_a_redirect_may_set_the_policy_of_the_hops_behind_it() -> None:
    stated = {OTHER: (("Location", f"{OTHER}2"), ("Referrer-Policy", "no-referrer"))}

    def send(_kind: Kind, wire: WireRequest) -> Response:
        lines = stated.get(wire.url, ())
        return Response(302 if lines else 200, Headers(lines))

    flow = read_flow({"visits": [{"page": PAGE, "requests": [{"url": OTHER, "api": "image"}]}]})
    [result] = run_flow(flow, (STANDARD,), send)
    said = [exchange.request.headers.get("Referer") for exchange in result.steps[0].diagnosis.exchanges]
    assert said == [ORIGIN, None]


@pytest.mark.parametrize(("profile", "wanted"), [(STANDARD, WHOLE), (CHROMIUM, WHOLE), (FIREFOX, ORIGIN)])
def test_a_policy_that_tells_another_site_more(profile: Profile, wanted: str) -> None:
    cross_site = "https://other.example.net/r"
    assert asked(profile, url=cross_site, referrer_policy="unsafe-url").get("Referer") == wanted
    assert asked(profile, url=OWN, referrer_policy="unsafe-url").get("Referer") == WHOLE


def test_firefox_says_that_it_ignores_such_a_policy() -> None:
    request = {"url": "https://other.example.net/r", "referrer_policy": "unsafe-url", "api": "image"}
    flow = read_flow({"visits": [{"page": PAGE, "requests": [request]}]})
    [result] = run_flow(flow, (FIREFOX,), lambda *_: Response(200, Headers((("Content-Type", "image/png"),))))
    assert "Ignoring the less restricted referrer policy “unsafe-url”" in result.steps[0].diagnosis.console[0]


@pytest.mark.parametrize(
    ("policy", "url", "lines", "named"),
    [
        ("unsafe-url", "https://third.example.com/", (), 2), ("unsafe-url", "http://third.example.com/", (), 2),
        ("unsafe-url", "https://third.example.com/", (("Referrer-Policy", "origin"),), 1),
        ("unsafe-url", "ftp://third.example.com/", (), 1),
    ],
)  # fmt: skip
def test_firefox_names_a_redirect_that_it_does_not_follow(
    policy: str, url: str, lines: tuple[tuple[str, str], ...], named: int
) -> None:
    flow = read_flow(
        {"visits": [{"page": PAGE, "requests": [{"url": "https://b.example.net/r", "referrer_policy": policy}]}]}
    )
    [result] = run_flow(flow, (FIREFOX,), lambda *_: Response(302, Headers((("Location", url), *lines))))
    console = result.steps[0].diagnosis.console
    assert sum("Ignoring the less restricted referrer policy" in message for message in console) == named


def test_firefox_does_not_name_what_follows_a_request_without_a_referer() -> None:
    frame = {"url": "about:srcdoc"}
    request = {"url": "https://b.example.net/r", "api": "css-image", "referrer_policy": "unsafe-url", "frame": frame}
    flow = read_flow({"visits": [{"page": PAGE, "requests": [request]}]})

    def send(_kind: Kind, wire: WireRequest) -> Response:
        moved = wire.url.endswith("/r")
        return Response(302 if moved else 200, Headers((("Location", "/z"), ("Content-Type", "image/png"))))

    [result] = run_flow(flow, (FIREFOX,), send)
    [message] = result.steps[0].diagnosis.console
    assert message.endswith("https://b.example.net/r")


def test_an_unknown_policy_in_the_markup_does_not_count() -> None:
    visit = {"headers": {"Referrer-Policy": "origin"}, "head": '<meta name="referrer" content="foo">'}
    assert referrer_policy(request_for(scenario_of(**visit)), STANDARD) == "origin"
