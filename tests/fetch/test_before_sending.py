"""Bad ports, mixed content and the local network: looked at before anything is sent, at every hop."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from corsdoctor.browsers import BROWSERS, CHROMIUM
from corsdoctor.fetch.before_sending import BAD_PORTS, RULES
from corsdoctor.fetch.local_network_access import NOT_OVER_HTTPS
from corsdoctor.rule import Cause, Outcome
from corsdoctor.scenario import Api, Mode, Scenario
from corsdoctor.url import Origin, parse_origin
from tests.fetch.asking import ALLOW, ANY, API, APP, answer, ask, blamed, causes_of, hop, ids

INSECURE = Origin("http", "app.example")
PAGES = {"https": APP, "http": INSECURE, "file": Origin("", label="file:"), "app": Origin("capacitor", "localhost")}


def test_the_causes() -> None:
    """test_websocket.py reaches the one about WebSockets, test_mixed_content.py the one about this machine."""
    assert causes_of(RULES) == {("not-mixed-content", "websocket"), ("not-mixed-content", "loopback")}


@pytest.mark.parametrize(
    ("port", "blocked"),
    [
        (0, True), (1, True), (2, False), (7, True), (22, True), (25, True), (24, False), (80, False), (443, False),
        (6000, True), (5999, False), (6001, False), (6669, True), (6670, False), (10080, True), (10081, False),
        (65535, False),
    ],
)  # fmt: skip
def test_bad_ports(port: int, blocked: bool) -> None:
    diagnosis = ask(Scenario(f"http://api.example:{port}/", INSECURE), answer(200, *ANY))
    assert (blamed(diagnosis.failure) == ("port-not-blocked", None)) is blocked
    assert bool(diagnosis.exchanges) is not blocked
    assert (port in BAD_PORTS) is blocked


def test_the_standard_lists_83_ports() -> None:
    assert len(BAD_PORTS) == 83


def test_the_ports_of_other_schemes_are_not_looked_at() -> None:
    assert blamed(ask(Scenario("ftp://api.example/", INSECURE), answer(200)).failure) == ("scheme-is-http", None)


def test_a_redirect_to_a_bad_port_is_blocked() -> None:
    diagnosis = ask(Scenario(API, APP), hop("https://api.example:6000/"))
    assert blamed(diagnosis.failure) == ("port-not-blocked", None)
    assert len(diagnosis.exchanges) == 1


@dataclass(frozen=True)
class Mixed:
    id: str
    page: str
    url: str
    blocked: bool


MIXED = (
    Mixed("https to https", "https", "https://api.example/", False),
    Mixed("https to http", "https", "http://api.example/", True),
    Mixed("https to this machine by name", "https", "http://localhost:8080/", False),
    Mixed("https to this machine by address", "https", "http://127.0.0.1/", False),
    Mixed("https to this machine by IPv6", "https", "http://[::1]/", False),
    Mixed("https to the local network", "https", "http://192.168.1.1/", True),
    Mixed("http to http", "http", "http://api.example/", False),
    Mixed("file to http", "file", "http://api.example/", False),
    Mixed("app to http", "app", "http://api.example/", False),
)


@pytest.mark.parametrize("case", MIXED, ids=lambda c: c.id)
def test_mixed_content(case: Mixed) -> None:
    diagnosis = ask(Scenario(case.url, PAGES[case.page]), answer(200, *ANY))
    assert blamed(diagnosis.failure) == (("not-mixed-content", None) if case.blocked else None)
    assert bool(diagnosis.exchanges) is not case.blocked


def test_a_redirect_to_http_is_mixed_content() -> None:
    diagnosis = ask(Scenario(API, APP), hop("http://api.example/items"))
    assert blamed(diagnosis.failure) == ("not-mixed-content", None)
    assert len(diagnosis.exchanges) == 1


@dataclass(frozen=True)
class Upgraded:
    id: str
    api: Api
    url: str
    asked: str | None
    page: Origin = APP


UPGRADED = (
    Upgraded("image", Api.IMAGE, "http://cdn.example/a", "https://cdn.example/a"),
    Upgraded("image on another port", Api.IMAGE, "http://cdn.example:8080/a", "https://cdn.example:8080/a"),
    Upgraded("media", Api.MEDIA, "http://cdn.example/a", "https://cdn.example/a"),
    Upgraded("script", Api.SCRIPT, "http://cdn.example/a", None),
    Upgraded("fetch", Api.FETCH, "http://cdn.example/a", None),
    Upgraded("image of an address", Api.IMAGE, "http://192.0.2.1/a", None),
    Upgraded("image of this machine", Api.IMAGE, "http://localhost/a", "http://localhost/a"),
    Upgraded("image of https", Api.IMAGE, "https://cdn.example/a", "https://cdn.example/a"),
    Upgraded("image of an http page", Api.IMAGE, "http://cdn.example/a", "http://cdn.example/a", INSECURE),
)


@pytest.mark.parametrize("case", UPGRADED, ids=lambda c: c.id)
def test_mixed_content_is_upgraded(case: Upgraded) -> None:
    diagnosis = ask(Scenario(case.url, case.page, api=case.api), answer(200, *ANY))
    assert [e.request.url for e in diagnosis.exchanges] == ([] if case.asked is None else [case.asked])
    assert ("mixed-content-upgraded" in ids(diagnosis, Outcome.NOTE)) is (case.asked not in (None, case.url))
    assert (blamed(diagnosis.failure) == ("not-mixed-content", None)) is (case.asked is None)


def test_a_redirect_of_an_image_is_upgraded_too() -> None:
    diagnosis = ask(Scenario("https://cdn.example/a", APP, api=Api.IMAGE), hop("http://cdn.example/b"), answer(200))
    assert [e.request.url for e in diagnosis.exchanges] == ["https://cdn.example/a", "https://cdn.example/b"]


@dataclass(frozen=True)
class Local:
    id: str
    page: str
    url: str
    noted: bool


LOCAL = (
    Local("public page, public server", "https://app.example", "https://api.example/", False),
    Local("public page, this machine", "http://app.example", "http://localhost/", True),
    Local("public page, local network", "http://app.example", "http://192.168.1.1/", True),
    Local("public page, printer", "https://app.example", "https://printer.local/", True),
    Local("page of this machine", "http://localhost:3000", "http://localhost:8080/", False),
    Local("page of the local network", "http://10.0.0.1", "http://192.168.1.1/", False),
    Local("opaque page", "null", "http://localhost/", False),
    Local("file", "file:", "http://localhost/", False),
    Local("app", "capacitor://app", "http://localhost/", False),
    Local("other scheme", "http://app.example", "ftp://localhost/", False),
)


@pytest.mark.parametrize("case", LOCAL, ids=lambda c: c.id)
def test_local_network(case: Local) -> None:
    page = parse_origin(case.page)
    assert page is not None
    diagnosis = ask(Scenario(case.url, page), answer(200, *ANY))
    assert ("local-network-access-granted" in ids(diagnosis, Outcome.NOTE)) is case.noted


@pytest.mark.parametrize(("page", "cause"), [("http://app.example", NOT_OVER_HTTPS), ("https://app.example", None)])
def test_why_local_network(page: str, cause: Cause | None) -> None:
    origin = parse_origin(page)
    assert origin is not None
    diagnosis = ask(Scenario("https://192.168.1.1/", origin), answer(200, *ANY))
    [note] = [step for step in diagnosis.steps if step.rule.id == "local-network-access-granted"]
    assert note.cause is cause


@dataclass(frozen=True)
class Userinfo:
    id: str
    scenario: Scenario
    refused: bool


WITH_USER = "https://user:pw@api.example/"
USERINFO = (
    Userinfo("XMLHttpRequest", Scenario(WITH_USER, APP, api=Api.XHR), False),
    Userinfo("EventSource", Scenario(WITH_USER, APP, api=Api.EVENTSOURCE), True),
    Userinfo("image", Scenario(WITH_USER, APP, api=Api.IMAGE), True),
    Userinfo("image with CORS", Scenario(WITH_USER, APP, api=Api.IMAGE, mode=Mode.CORS), False),
)


@pytest.mark.parametrize("case", USERINFO, ids=lambda c: c.id)
def test_userinfo_of_elements(case: Userinfo) -> None:
    for profile in BROWSERS:
        diagnosis = ask(case.scenario, answer(200, *ALLOW), profile=profile)
        refused = case.refused and profile is CHROMIUM
        assert (blamed(diagnosis.failure) == ("url-without-userinfo", None)) is refused, profile.name
        assert bool(diagnosis.exchanges) is not refused


def test_userinfo_after_a_redirect_to_the_own_origin() -> None:
    for profile in BROWSERS:
        diagnosis = ask(Scenario("/a", APP), hop("https://u@app.example/b"), answer(200), profile=profile)
        assert blamed(diagnosis.failure) == (("url-without-userinfo", None) if profile is CHROMIUM else None)
