"""Cookies that the user says the browser holds: which browser sends them, and why the others do not."""

from __future__ import annotations

import pytest

from corsdoctor.browsers import BROWSERS, by_name
from corsdoctor.cure.cookies import lost_cookies
from corsdoctor.diagnose import Diagnosis, Verdict, diagnose_all
from corsdoctor.fetch.advice import COOKIE_CARRIED, COOKIE_SENT, COOKIE_STORED
from corsdoctor.fetch.cookies import UNSENT
from corsdoctor.fetch.network import COOKIE_FOLLOWS
from corsdoctor.flow.read import read_flow
from corsdoctor.flow.run import run_flow
from corsdoctor.scenario import Credentials, HeldCookie, Scenario
from corsdoctor.url import OPAQUE, Origin
from corsdoctor.wire import Answer, Headers, Kind, Response, WireRequest

APP, API = Origin("https", "app.example"), "https://api.example/items"
OWN = "https://api.app.example/items"
NAMES = ("standard", "chromium", "firefox", "webkit")


def answer(_kind: Kind, request: WireRequest) -> Answer:
    origin = (
        ("Access-Control-Allow-Origin", request.headers.get("Origin") or "*"),
        ("Access-Control-Allow-Credentials", "true"),
    )
    allowed = (("Access-Control-Allow-Methods", "PUT"), *origin)
    if request.url.endswith("/moved"):
        return Response(302, Headers((*allowed, ("Location", "https://other.example/"))))
    if request.url.endswith("/clear"):
        return Response(302, Headers((*allowed, ("Location", "http://api.app.example/"))))
    if request.url.endswith("/port"):
        return Response(302, Headers((*allowed, ("Location", "https://api.app.example:8443/"))))
    if request.url.endswith("/sets"):
        return Response(
            200,
            Headers((*allowed, ("Set-Cookie", "lax=1; SameSite=Lax"), ("Set-Cookie", "ok=1; SameSite=None; Secure"))),
        )
    if request.url.endswith("/login"):
        return Response(401, Headers((*allowed, ("WWW-Authenticate", "Basic"))))
    return Response(200, Headers(allowed))


def asked(
    url: str, *lines: str, origin: Origin = APP, credentials: Credentials = Credentials.INCLUDE, method: str = "GET"
) -> tuple[Diagnosis, ...]:
    held = tuple(HeldCookie(line) for line in lines)
    return diagnose_all(Scenario(url, origin, method, credentials=credentials, held=held), BROWSERS, answer)


def sent(diagnosis: Diagnosis) -> str | None:
    return diagnosis.exchanges[-1].request.headers.get("Cookie")


def reasons(diagnosis: Diagnosis) -> list[tuple[str, str]]:
    return [
        (step.rule.id, step.cause.id)
        for step in diagnosis.notes
        if step.rule in (COOKIE_CARRIED, COOKIE_STORED) and step.cause
    ]


CARRIED, STORED = COOKIE_CARRIED.id, COOKIE_STORED.id
REACHED = {
    (CARRIED, cause)
    for cause in ("lax-by-default", "not-kept", "other-partition", "secure-only", "strict-or-lax", "third-party")
}


@pytest.mark.parametrize(
    ("url", "line", "unsent"),
    [
        (API, "a=1; SameSite=None; Secure", {"firefox": (CARRIED, "other-partition")}),
        (API, "a=1; SameSite=None; Secure; Partitioned", {"webkit": (STORED, "third-party")}),
        (API, "a=1; SameSite=Lax; Secure", {
            **dict.fromkeys(("standard", "chromium", "webkit"), (CARRIED, "strict-or-lax")), "firefox": (CARRIED, "other-partition"),
        }),
        (API, "a=1; Secure", {
            **dict.fromkeys(("standard", "chromium"), (CARRIED, "lax-by-default")), "firefox": (CARRIED, "other-partition"),
        }),
        (API, "a=1; SameSite=None", {
            **dict.fromkeys(("standard", "chromium", "firefox"), (STORED, "not-secure")),
        }),
        (API, "__Host-a=1; Path=/x; Secure; SameSite=None", {
            **dict.fromkeys(("standard", "chromium", "firefox"), (STORED, "wrong-prefix")),
        }),
        (OWN, "a=1; SameSite=Strict; Secure; Domain=app.example", {}),
        (OWN, "a=1; Domain=other.example", dict.fromkeys(NAMES, (STORED, "wrong-domain"))),
        ("http://api.app.example/items", "a=1; Secure", dict.fromkeys(NAMES, (STORED, "not-over-https"))),
    ],
)  # fmt: skip
def test_who_sends_it(url: str, line: str, unsent: dict[str, tuple[str, str]]) -> None:
    origin = Origin("http", "app.example") if url.startswith("http:") else APP
    for diagnosis in asked(url, line, origin=origin):
        why = unsent.get(diagnosis.profile.name)
        assert reasons(diagnosis) == ([] if why is None else [why]), diagnosis.profile.name
        assert sent(diagnosis) == (line.partition(";")[0] if why is None and "/x" not in line else None)


def test_without_credentials_no_cookie_goes() -> None:
    for diagnosis in asked(OWN, "a=1", credentials=Credentials.SAME_ORIGIN):
        assert (sent(diagnosis), reasons(diagnosis)) == (None, [(CARRIED, "not-kept")])

    for diagnosis in asked(API, "a=1; SameSite=Lax; Secure", credentials=Credentials.OMIT):
        assert reasons(diagnosis) == [(CARRIED, "not-kept")]


def test_a_secure_cookie_stays_off_http() -> None:
    for diagnosis in asked("https://api.app.example/clear", "a=1; Secure", origin=Origin("http", "app.example")):
        assert (CARRIED, "secure-only") in reasons(diagnosis)


def test_third_party_cookies_are_blocked_where_the_user_says_so() -> None:
    page = {"page": "https://api.example/", "headers": {"Set-Cookie": "a=1; SameSite=None; Secure"}}
    asking = {"page": "https://app.example/", "requests": [{"url": API, "credentials": "include"}]}
    flow = read_flow({"visits": [page, asking], "third_party_cookies": "blocked"})
    [chromium] = run_flow(flow, [by_name("chromium")], answer)
    assert reasons(chromium.steps[0].diagnosis) == [(CARRIED, "third-party")]


@pytest.mark.parametrize(
    ("name", "refused"), [("chromium", [(CARRIED, "strict-or-lax")]), ("firefox", []), ("webkit", [])]
)
def test_a_frame_over_https_in_a_page_over_http(name: str, refused: list[tuple[str, str]]) -> None:
    frame = "https://api.app.example/"
    page = {"page": frame, "headers": {"Set-Cookie": "a=1; SameSite=Strict; Secure"}}
    asking = {"page": "http://app.example/", "frame": {"url": frame}, "requests": [{"url": OWN}]}
    [result] = run_flow(read_flow({"visits": [page, asking]}), [by_name(name)], answer)
    assert reasons(result.steps[0].diagnosis) == refused


@pytest.mark.parametrize(("name", "refused"), [("chromium", [(CARRIED, "strict-or-lax")]), ("firefox", [])])
def test_a_frame_over_https_that_requests_http(name: str, refused: list[tuple[str, str]]) -> None:
    page = {"page": "http://localhost/", "headers": {"Set-Cookie": "a=1; SameSite=Strict"}}
    request = {"url": "http://localhost/x", "credentials": "include"}
    asking = {"page": "http://localhost/", "frame": {"url": "https://localhost/"}, "requests": [request]}
    [result] = run_flow(read_flow({"visits": [page, asking]}), [by_name(name)], answer)
    assert reasons(result.steps[0].diagnosis) == refused


def test_a_preflight_request_carries_none_and_needs_no_note() -> None:
    for diagnosis in asked(OWN, "a=1", method="PUT"):
        assert ["Cookie" in e.request.headers for e in diagnosis.exchanges] == [False, True]
        assert reasons(diagnosis) == []


def test_a_page_with_an_opaque_origin_is_of_another_site() -> None:
    for diagnosis in asked(API, "a=1; SameSite=Lax; Secure", origin=OPAQUE):
        assert (sent(diagnosis), len(reasons(diagnosis))) == (None, 1)


def test_the_response_sets_others() -> None:
    found = {d.profile.name: reasons(d) for d in asked("https://api.example/sets", "a=1; SameSite=None; Secure")}
    assert found["chromium"] == [(STORED, "strict-or-lax")]
    assert (STORED, "third-party") in found["webkit"]


def test_safari_is_not_webkitgtk() -> None:
    noted = {
        d.profile.name
        for d in asked(API, "a=1; SameSite=None; Secure")
        if COOKIE_SENT in {step.rule for step in d.notes}
    }
    assert noted == {"webkit"}


def test_a_login_of_a_page_that_only_its_origin_names() -> None:
    verdicts = {d.profile.name: d.verdict for d in asked("https://api.example/login", "a=1; SameSite=None; Secure")}
    assert verdicts["chromium"] is Verdict.PENDING


@pytest.mark.parametrize(
    ("pair", "carried"),
    [("a=1", "a=1"), (" a = 1 ", "a=1"), ("a\t=\t=", "a=="), ("=a=1", "a=1"), ("a", "a"), ("= =b", "=b")],
)
def test_a_cookie_goes_to_no_origin_that_was_not_named(pair: str, carried: str) -> None:
    for diagnosis in asked("https://api.app.example/port", f"{pair}; Domain=app.example; Secure"):
        last = diagnosis.exchanges[-1]
        assert last.request.headers.get("Cookie") == carried
        assert isinstance(last.answer, Response)
        assert last.answer.cookie_withheld
        assert diagnosis.verdict is Verdict.ALLOWED
        assert {step.cause.id for step in diagnosis.notes if step.rule is COOKIE_FOLLOWS and step.cause} == {
            "not-named"
        }
    for diagnosis in asked("https://api.app.example/moved", "a=1; Domain=app.example; Secure"):
        assert diagnosis.verdict is Verdict.ALLOWED


def test_an_odd_url_holds_no_cookie() -> None:
    held = (HeldCookie("a=1"), HeldCookie("b=1", "http://["))
    assert {d.verdict for d in diagnose_all(Scenario("http://[", APP, held=held), BROWSERS, answer)} == {
        Verdict.BLOCKED
    }


def test_the_cure_names_it() -> None:
    [lost] = lost_cookies(asked(API, "a=1; SameSite=Lax; Secure"))
    assert (lost.name, lost.stored, lost.attributes_help) == ("a", False, True)
    assert lost.actions[0] == "Set the cookie with SameSite=None; Secure; Partitioned."


def test_every_reason_has_its_words() -> None:
    assert {cause.id for cause in COOKIE_CARRIED.causes} == UNSENT.keys()
