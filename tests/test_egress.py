"""Which secrets of the user a request may carry, and to which origin."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from corsdoctor.browsers import BROWSERS
from corsdoctor.cure import cure
from corsdoctor.diagnose import Verdict, diagnose_all, withholding
from corsdoctor.egress import Ask, is_named, probed, replayed, tried
from corsdoctor.scenario import Credentials, HeldCookie, Scenario
from corsdoctor.url import OPAQUE, Origin
from corsdoctor.wire import (
    Answer,
    Certificate,
    FailureKind,
    Headers,
    Hold,
    Kind,
    NoAnswer,
    Response,
    WireRequest,
    Withheld,
)

PAGE = Origin("https", "app.example")
URL, OTHER = "https://api.example/items", "https://other.example/items"
ASKED = Scenario(
    URL, PAGE, headers=(("Authorization", "Bearer s"), ("X-Key", "s"), ("Accept", "s")), body=b"s", certificate=True
)
OWN = (
    ("Accept-Language", "en"),
    ("Origin", str(PAGE)),
    ("User-Agent", "u"),
    ("Access-Control-Request-Headers", "x-key"),
    ("Access-Control-Request-Method", "PUT"),
)
NAMED = (
    ("https://api.example/", True),
    ("https://API.example:443/other?x", True),
    ("https://api.example./", False),
    ("https://api.example:8443/", False),
    ("http://api.example/", False),
    ("https://x.api.example/", False),
    ("https://app.example/", False),
    ("http://[bad/", False),
)


@pytest.mark.parametrize(("url", "named"), NAMED)
def test_the_origin_that_the_user_named(url: str, named: bool) -> None:
    assert is_named(url, ASKED) is named


def test_a_relative_url_names_the_origin_of_the_page() -> None:
    assert is_named("https://app.example/b", Scenario("/a", PAGE))
    assert not is_named("https://app.example/b", Scenario("/a", OPAQUE))


@pytest.mark.parametrize("cookies", ["sid=1", "a=b; sid=1", "a=b;sid=1 ; c=d"])
def test_a_held_cookie_stays_with_the_named_origin(cookies: str) -> None:
    request = WireRequest("GET", OTHER, Headers((("Cookie", cookies),)))
    left = Headers(tuple(("Cookie", value) for value in left_of(cookies)))
    for asked in (ASKED._replace(held=(HeldCookie("sid = 1; Domain=example"),)), ASKED._replace(cookie="x=y; sid=1")):
        assert replayed(request, asked) == request._replace(headers=left)
    assert replayed(request, ASKED) is request


def left_of(cookies: str) -> list[str]:
    """The cookies of a server in `cookies`."""
    return ["; ".join(others)] if (others := [one.strip() for one in cookies.split(";") if "sid" not in one]) else []


def test_a_held_cookie_of_any_scenario_and_in_any_line_stays() -> None:
    asked = ASKED._replace(held=(HeldCookie("sid=1"),))
    request = WireRequest("GET", OTHER, Headers((("Cookie", "a=b"), ("Cookie", "sid=1"))))
    assert replayed(request, ASKED, asked) == request._replace(headers=Headers((("Cookie", "a=b"),)))


def test_a_server_that_gives_no_answer_without_the_cookie_is_as_any_other() -> None:
    """Nothing is noted about the cookie: the connection failed before a request was sent."""
    asked = Scenario("https://api.example/", PAGE, credentials=Credentials.INCLUDE, cookie="sid=1")
    sent = []

    def send(_kind: Kind, request: WireRequest) -> Answer:
        sent.append(request.headers.get("Cookie"))
        return MOVED if len(sent) == 1 else NoAnswer(FailureKind.REFUSED, "Connection refused.")

    [diagnosis] = diagnose_all(asked, BROWSERS[:1], send)
    assert sent == ["sid=1", None]
    assert "cookie-follows-redirect" not in {step.rule.id for step in diagnosis.notes}


def test_a_secret_that_a_redirect_asks_for_leaves_the_verdict_open() -> None:
    granting = Headers((("Access-Control-Allow-Origin", "*"), ("Access-Control-Allow-Headers", "x-key")))

    def send(kind: Kind, request: WireRequest) -> Answer:
        moved = kind is Kind.ACTUAL and request.url == "https://api.example/"
        return Response(302 if moved else 204, granting.append("Location", OTHER) if moved else granting)

    for diagnosis in diagnose_all(Scenario("https://api.example/", PAGE, headers=(("X-Key", "s"),)), BROWSERS, send):
        assert diagnosis.verdict is Verdict.UNSENT
        assert isinstance(diagnosis.exchanges[-1].answer, Withheld)


MOVED = Response(
    302,
    Headers(
        (
            ("Location", "https://api.example:8443/"),
            ("Access-Control-Allow-Origin", str(PAGE)),
            ("Access-Control-Allow-Credentials", "true"),
        )
    ),
)


@pytest.mark.parametrize(
    ("line", "body", "why"),
    [
        (("authorization", "Basic s"), None, "the browser would send authorization to an origin that you did not name"),
        (("X-Key", "s"), b"a=b", "the browser would send X-Key to an origin that you did not name"),
        (
            ("X-Id", "7"),
            b"password=s",
            "the browser would send a secret in the body to an origin that you did not name",
        ),
    ],
)
def test_why_a_request_is_withheld(line: tuple[str, str], body: bytes | None, why: str) -> None:
    request = WireRequest("PUT", OTHER, Headers((line,)), body)
    assert replayed(request, ASKED) == Withheld(why, Hold.SECRETS_ELSEWHERE)
    assert replayed(request._replace(url=URL), ASKED) == request._replace(url=URL)


KEPT_BACK = {Certificate.SHOWN: Certificate.WITHHELD, Certificate.ABSENT: Certificate.ABSENT}


@dataclass(frozen=True)
class Case:
    """A request to another origin: whether it may be tried, and the names that a probe is left with."""

    id: str
    line: tuple[str, str] | None = None
    method: str = "GET"
    body: bytes | None = None
    replays: bool = True
    tries: bool = False
    probes: bool = True


CASES = (
    Case("bare", tries=True),
    Case("HEAD", method="HEAD", tries=True),
    Case("OPTIONS", method="OPTIONS", tries=True),
    Case("authorization", ("authorization", "Basic s"), replays=False),
    Case("cookie", ("Cookie", "s")),
    Case("a secret of the script", ("x-key", "s"), replays=False),
    Case("a header of the script", ("x-id", "7")),
    Case("a header of the script that the browser has too", ("Accept", "s")),
    Case("a header of nobody", ("Proxy-Authorization", "s"), replays=False),
    Case("a type of a body", ("Content-Type", "s")),
    Case("a body", body=b"s"),
    Case("POST", method="POST", probes=False),
    Case("get", method="get", probes=False),
    Case("PUT with a body", method="PUT", body=b"s", probes=False),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_a_request_to_another_origin(case: Case) -> None:
    request = WireRequest(case.method, OTHER, Headers((*OWN, *([case.line] if case.line else []))), case.body)
    assert replayed(request, ASKED) == request if case.replays else isinstance(replayed(request, ASKED), Withheld)
    assert tried(request, ASKED) == request if case.tries else isinstance(tried(request, ASKED), Withheld)
    probe = probed(request, ASKED)
    assert probe == WireRequest(case.method, OTHER, Headers(OWN)) if case.probes else isinstance(probe, Withheld)


@pytest.mark.parametrize(
    "name",
    [
        "Accept", "Accept-Encoding", "Accept-Language", "Access-Control-Request-Headers", "Access-Control-Request-Method",
        "Connection", "Origin", "Referer", "Sec-Fetch-Dest", "Sec-Fetch-Mode", "Sec-Fetch-Site", "User-Agent",
    ],
)  # fmt: skip
def test_a_probe_keeps_what_the_browser_itself_says(name: str) -> None:
    """A server that looks at it would answer a probe without it in another way than the browser."""
    asked = ASKED._replace(headers=())
    request = WireRequest("GET", OTHER, Headers(((name, "x"),)))
    assert probed(request, asked) == tried(request, asked) == request
    assert probed(request, ASKED._replace(headers=((name, "x"),))) == request._replace(headers=Headers())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_a_request_to_the_named_origin(case: Case) -> None:
    request = WireRequest(case.method, URL, Headers((*OWN, *([case.line] if case.line else []))), case.body)
    assert replayed(request, ASKED) == tried(request, ASKED) == request
    assert probed(request, ASKED) == request if case.probes else isinstance(probed(request, ASKED), Withheld)


@pytest.mark.parametrize("certificate", [Certificate.SHOWN, Certificate.ABSENT])
def test_a_certificate_is_for_the_named_origin_alone(certificate: Certificate) -> None:
    for url, left in ((URL, certificate), (OTHER, KEPT_BACK[certificate])):
        request = WireRequest("GET", url, Headers(OWN), certificate=certificate)
        cleared = [clear(request, ASKED) for clear in (replayed, tried, probed)]
        assert cleared == [request._replace(certificate=left)] * 3


class Sent:
    """A `send` that keeps what it gets. The named URL redirects to the other one; nothing allows the page."""

    def __init__(self, *lines: tuple[str, str], status: int = 307) -> None:
        self.requests: list[WireRequest] = []
        self.redirect = Response(status, Headers((("Location", OTHER), *lines)))

    def __call__(self, kind: Kind, request: WireRequest) -> Answer:
        self.requests.append(request)
        return self.redirect if request.url == URL and kind is Kind.ACTUAL else Response(200, Headers())


SECRETS = (
    ASKED._replace(body=None),
    ASKED._replace(headers=(("X-Key", "s"),), body=None),
    ASKED._replace(headers=(), body=None, credentials=Credentials.INCLUDE, cookie="s"),
    ASKED._replace(headers=(("Content-Type", "text/plain"),), method="POST", body=b"s"),
    ASKED._replace(headers=(), method="PUT", body=b"s"),
    ASKED._replace(headers=(("X-Key", "s"), ("Authorization", "s")), method="DELETE", body=None),
)


@pytest.mark.parametrize("sends", [True, False])
@pytest.mark.parametrize("asked", SECRETS, ids=lambda s: f"{s.method} {[n for n, _ in s.headers]} {s.cookie}")
def test_a_fix_tries_nothing_with_secrets_elsewhere(asked: Scenario, sends: bool) -> None:
    send = Sent()
    sending = send if sends else withholding(send)
    found = cure(diagnose_all(asked, BROWSERS, sending), ask=sending)
    elsewhere = [request for request in send.requests if request.url == OTHER]
    for request in elsewhere:
        assert request.method in ("GET", "HEAD", "OPTIONS")
        assert not {"authorization", "cookie", "x-key", "content-type"} & {n.lower() for n, _ in request.headers}
        assert (request.body, request.certificate is Certificate.SHOWN) == (None, False)
    assert any(request.certificate is Certificate.SHOWN for request in send.requests if request.url == URL)
    assert not any(way.tried for way in found.alternatives if way.id == "final-url")
    assert found.not_tried or found.obstacle is not None


def test_a_fix_tries_the_final_url_where_there_is_no_secret() -> None:
    send = Sent()
    found = cure(diagnose_all(Scenario(URL, PAGE), BROWSERS, send), ask=send)
    assert OTHER in [request.url for request in send.requests]
    assert [way.tried for way in found.alternatives if way.id == "final-url"] == [True]
    assert found.not_tried == ()


def test_a_probe_repeats_nothing_that_may_change_data() -> None:
    sent: list[WireRequest] = []

    def send(_kind: Kind, request: WireRequest) -> Answer:
        sent.append(request)
        return Response(200, Headers((("Access-Control-Allow-Origin", request.headers.get("Origin") or ""),)))

    asked = Scenario(URL, PAGE, "POST", body=b"s")
    cure(diagnose_all(asked, BROWSERS, send), ask=send)
    assert [request.headers.get("Origin") for request in sent] == [str(PAGE)]


def test_a_probe_goes_out_without_secrets_elsewhere() -> None:
    send = Sent()
    ask = Ask(ASKED, send)
    request = WireRequest("GET", OTHER, Headers((*OWN, ("X-Key", "s"))))
    assert isinstance(ask.probe(Kind.ACTUAL, request), Response)
    assert isinstance(ask.attempt(Kind.ACTUAL, request), Withheld)
    assert send.requests == [request._replace(headers=Headers(OWN))]
