"""The WebSocket handshake: what is sent, which response opens it, and what is said where it stays closed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from corsdoctor.browsers import BROWSERS, CHROMIUM, FIREFOX, STANDARD, WEBKIT, Profile
from corsdoctor.diagnose import Verdict, diagnose_all
from corsdoctor.fetch.before_sending import NOT_MIXED_CONTENT
from corsdoctor.fetch.websocket import ACCEPT, KEY, WEBSOCKET_ACCEPTED, WEBSOCKET_STAYS_OPEN
from corsdoctor.request_fields import refused, with_url
from corsdoctor.rule import MISSING
from corsdoctor.scenario import Api, Credentials, Mode, Redirect, Scenario
from corsdoctor.url import OPAQUE, Origin
from corsdoctor.wire import Answer, Certificate, FailureKind, Headers, Kind, NoAnswer, Response, WireRequest, Withheld
from tests.fetch.asking import ask, blamed, causes_of

APP = Origin("https", "app.example")
OWN = (("Upgrade", "WebSocket"), ("Connection", "keep-alive, Upgrade"), ("Sec-WebSocket-Accept", ACCEPT))
CHAT = (("Sec-WebSocket-Protocol", "chat, chat2"),)


def opened(url: str = "wss://api.example/ws", origin: Origin = APP, **fields: object) -> Scenario:
    return Scenario(url, origin, api=Api.WEBSOCKET, **fields)  # type: ignore[arg-type]


def answer(status: int, *lines: tuple[str, str]) -> Response:
    return Response(status, Headers(lines))


@pytest.mark.parametrize(
    ("url", "requested"),
    [
        ("wss://api.example/ws?a=b#c", "https://api.example/ws?a=b"),
        ("ws://api.example:8080/", "http://api.example:8080/"),
        ("WS://api.example", "http://api.example/"),
        ("https://api.example/ws", "https://api.example/ws"),
    ],
)
def test_the_handshake_request(url: str, requested: str) -> None:
    origin = Origin("http", "app.example")
    request = (
        ask(opened(url, origin, cookie="a=b", user_agent="x", headers=CHAT), answer(101, *OWN)).exchanges[0].request
    )
    assert (request.method, request.url, request.body) == ("GET", requested, None)
    expected = {
        "Upgrade": "websocket", "Connection": "Upgrade", "Origin": "http://app.example", "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": KEY, "Sec-WebSocket-Protocol": "chat, chat2", "Cookie": "a=b", "User-Agent": "x",
    }  # fmt: skip
    assert {name: request.headers.values(name) for name in expected} == {n: (v,) for n, v in expected.items()}


def test_only_subprotocols_are_sent_of_the_scripts_headers() -> None:
    given = (("X-A", "1"), ("Origin", "https://other.example"), ("sec-websocket-protocol", "a"), (CHAT[0][0], "\u0100"))
    headers = ask(opened(headers=given), answer(101, *OWN)).exchanges[0].request.headers
    assert headers.values("Sec-WebSocket-Protocol") == ("a",)
    assert headers.values("Origin") == ("https://app.example",)
    assert "X-A" not in headers


def test_an_opaque_page_and_no_cookie() -> None:
    headers = ask(opened(origin=OPAQUE), answer(403)).exchanges[0].request.headers
    assert headers.get("Origin") == "null"
    assert "Cookie" not in headers


@dataclass(frozen=True)
class Case:
    id: str
    answer: Answer
    blamed: tuple[str, str | None] | None
    verdict: Verdict = Verdict.BLOCKED
    headers: tuple[tuple[str, str], ...] = ()


ACCEPTED, COMPLETE = "websocket-accepted", ("websocket-handshake-complete", None)


def closed(status: int, cause: str | None) -> Case:
    return Case(str(status), answer(status, ("Location", "/")), (ACCEPTED, cause))


CASES = (
    Case("open", answer(101, *OWN), None, Verdict.ALLOWED),
    Case("subprotocol", answer(101, *OWN, ("Sec-WebSocket-Protocol", "chat2")), None, Verdict.ALLOWED, CHAT),
    closed(200, "not-upgraded"), closed(204, "not-upgraded"), closed(400, "not-upgraded"), closed(405, "not-upgraded"),
    closed(426, "not-upgraded"), closed(401, "authentication"),
    closed(403, "origin-refused"), closed(404, "not-found"), closed(410, "not-found"), closed(429, "rate-limited"),
    closed(500, "server-error"), closed(502, "gateway-error"), closed(503, "gateway-error"), closed(504, "gateway-error"),
    closed(418, None), closed(199, None),
    Case("no-upgrade", answer(101, *OWN[1:]), COMPLETE),
    Case("other-upgrade", answer(101, ("Upgrade", "h2c"), *OWN[1:]), COMPLETE),
    Case("no-connection", answer(101, OWN[0], OWN[2]), COMPLETE),
    Case("other-connection", answer(101, OWN[0], ("Connection", "close"), OWN[2]), COMPLETE),
    Case("no-accept", answer(101, *OWN[:2]), COMPLETE),
    Case("other-accept", answer(101, *OWN[:2], ("Sec-WebSocket-Accept", "x")), COMPLETE),
    Case("deflated", answer(101, *OWN, ("Sec-WebSocket-Extensions", "permessage-deflate; server_no_context_takeover")), None, Verdict.ALLOWED),
    Case("other-extension", answer(101, *OWN, ("Sec-WebSocket-Extensions", "permessage-deflate, x-mux")), COMPLETE),
    Case("no-subprotocol", answer(101, *OWN), COMPLETE, headers=CHAT),
    Case("other-subprotocol", answer(101, *OWN, ("Sec-WebSocket-Protocol", "cha")), COMPLETE, headers=CHAT),
    Case("unasked-subprotocol", answer(101, *OWN, ("Sec-WebSocket-Protocol", "chat")), COMPLETE),
    Case("refused", NoAnswer(FailureKind.REFUSED, "Nothing listens."), ("actual-answered", "refused"), Verdict.ERROR),
    Case("withheld", Withheld("not now"), None, Verdict.UNSENT),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_what_opens_it(case: Case) -> None:
    for profile in BROWSERS:
        diagnosis = ask(opened(headers=case.headers), case.answer, profile=profile)
        assert blamed(diagnosis.failure) == case.blamed
        assert (diagnosis.verdict, diagnosis.readable, diagnosis.console) == (case.verdict, None, ())
        assert len(diagnosis.exchanges) == 1


@pytest.mark.parametrize("profile", [STANDARD, CHROMIUM, FIREFOX], ids=lambda profile: profile.name)
@pytest.mark.parametrize("status", [301, 307])
def test_a_redirect_that_is_not_followed(profile: Profile, status: int) -> None:
    diagnosis = ask(opened(), answer(status, ("Location", "/")), answer(101, *OWN), profile=profile)
    assert (blamed(diagnosis.failure), len(diagnosis.exchanges)) == ((ACCEPTED, "redirect"), 1)


@pytest.mark.parametrize(
    ("location", "requested", "cookie"),
    [
        ("/b", "https://api.example/b", "a=b"),
        ("wss://other.example/", "https://other.example/", None),
        ("http://api.example/", "http://api.example/", None),
        ("file:///etc/hosts", None, None),
        ("data:,x", None, None),
        ("https://[", None, None),
    ],
)
def test_webkit_follows_a_redirect_to_http_and_https(location: str, requested: str | None, cookie: str | None) -> None:
    """websocket/redirect/001"""
    redirect, asked = answer(302, ("Location", location)), opened(cookie="a=b")
    diagnosis = ask(asked, redirect, answer(101, *OWN), profile=WEBKIT)
    if requested is None:
        assert (blamed(diagnosis.failure), len(diagnosis.exchanges)) == ((ACCEPTED, None), 1)
        return
    assert diagnosis.verdict is Verdict.ALLOWED
    last = diagnosis.exchanges[1].request
    assert (last.url, last.headers.get("Cookie")) == (requested, cookie)


def test_webkit_does_not_follow_redirects_for_ever() -> None:
    diagnosis = ask(opened(), answer(302, ("Location", "/ws")), profile=WEBKIT)
    assert (blamed(diagnosis.failure), len(diagnosis.exchanges)) == ((ACCEPTED, None), 21)


INCOMPLETE: tuple[tuple[tuple[tuple[str, str], ...], str, str, str], ...] = (
    (OWN[:2], "Sec-WebSocket-Accept", MISSING, "is missing"),
    ((*OWN[:2], ("Sec-WebSocket-Accept", "x")), "Sec-WebSocket-Accept", "x", "does not belong"),
    ((OWN[0], ("Connection", "close"), OWN[2]), "Connection", "close", "is not Upgrade"),
    ((*OWN, ("Sec-WebSocket-Extensions", "x-mux")), "Sec-WebSocket-Extensions", "x-mux", "permessage-deflate"),
)


@pytest.mark.parametrize(("lines", "name", "value", "why"), INCOMPLETE, ids=[case[3] for case in INCOMPLETE])
def test_the_line_that_is_wrong_is_named(lines: tuple[tuple[str, str], ...], name: str, value: str, why: str) -> None:
    failure = ask(opened(), answer(101, *lines)).failure
    assert failure is not None
    assert failure.evidence[0] == (name, value)
    assert why in dict(failure.evidence)["error"]


def close_frame(payload: bytes) -> bytes:
    return b"\x88" + bytes([len(payload)]) + payload


HELLO, LONG = b"\xc1\x05hello", b"\x82\x7e\x01\x00" + b"x" * 256
CLOSED = (
    (b"", None),
    (HELLO, None),
    (b"\x88", None),
    (b"HTTP/1.1 400 Bad Request\r\n\r\n", None),
    (close_frame(b""), None),
    (close_frame((1000).to_bytes(2)), None),
    (close_frame((1001).to_bytes(2) + b"restart"), None),
    (close_frame((1011).to_bytes(2)), "1011"),
    (close_frame((1008).to_bytes(2) + b"origin not allowed"), "1008: origin not allowed"),
    (HELLO + LONG + close_frame((4403).to_bytes(2) + b"\xc3\xa9\xff"), "4403: é\ufffd"),
    (b"\x82\x7f" + (1 << 20).to_bytes(8) + close_frame((1008).to_bytes(2)), None),
)


@pytest.mark.parametrize(("frames", "noted"), CLOSED, ids=range(len(CLOSED)))
def test_a_server_that_closes_what_it_accepted(frames: bytes, noted: str | None) -> None:
    for profile in BROWSERS:
        diagnosis = ask(opened(), answer(101, *OWN)._replace(body=frames), profile=profile)
        assert diagnosis.verdict is Verdict.ALLOWED
        notes = [dict(step.evidence)["error"] for step in diagnosis.notes if step.rule is WEBSOCKET_STAYS_OPEN]
        assert notes == ([] if noted is None else [noted])


REACHED = {case.blamed for case in CASES if case.blamed and case.blamed[0] == ACCEPTED and case.blamed[1]} | {
    ("not-mixed-content", "websocket"), (ACCEPTED, "redirect"),
}  # fmt: skip


def test_every_cause_is_reached() -> None:
    """test_mixed_content.py reaches the one about this machine."""
    assert causes_of((WEBSOCKET_ACCEPTED, NOT_MIXED_CONTENT)) == REACHED | {("not-mixed-content", "loopback")}


def test_an_invalid_url() -> None:
    assert blamed(ask(opened("wss://[")).failure) == ("url-parses", None)


@dataclass(frozen=True)
class Mixed:
    id: str
    url: str
    page: Origin
    blocked: frozenset[str]


EVERYWHERE, NOWHERE = frozenset(p.name for p in BROWSERS), frozenset[str]()
MIXED = (
    Mixed("secure", "wss://api.example/", APP, NOWHERE),
    Mixed("not-secure", "ws://api.example/", APP, EVERYWHERE),
    Mixed("http-page", "ws://api.example/", Origin("http", "app.example"), NOWHERE),
    Mixed("loopback", "ws://127.0.0.1/", APP, frozenset({WEBKIT.name})),  # mixed/loopback/033
    Mixed("localhost", "ws://localhost/", APP, frozenset({WEBKIT.name})),  # mixed/loopback/034
    Mixed("secure-loopback", "wss://localhost/", APP, NOWHERE),
    Mixed("http-page-and-loopback", "ws://localhost/", Origin("http", "app.example"), NOWHERE),
)


@pytest.mark.parametrize("case", MIXED, ids=lambda case: case.id)
def test_mixed_content(case: Mixed) -> None:
    found = set()
    for profile in BROWSERS:
        diagnosis = ask(opened(case.url, case.page), answer(101, *OWN), profile=profile)
        if diagnosis.failure is not None:
            assert blamed(diagnosis.failure) == ("not-mixed-content", "websocket")
            assert ("URL", case.url) in diagnosis.failure.evidence
            assert not diagnosis.exchanges
            found.add(profile.name)
    assert found == case.blocked


def test_a_port_that_browsers_block() -> None:
    assert blamed(ask(opened("wss://api.example:6000/")).failure) == ("port-not-blocked", None)


def test_one_handshake_for_all_browsers() -> None:
    """It may show the client certificate: the origin of a wss: URL is the named one."""
    sent: list[WireRequest] = []

    def send(_: Kind, request: WireRequest) -> Answer:
        sent.append(request)
        return answer(101, *OWN)

    asked = opened()._replace(certificate=True)
    assert {d.verdict for d in diagnose_all(asked, BROWSERS, send)} == {Verdict.ALLOWED}
    assert [request.certificate for request in sent] == [Certificate.SHOWN]


def test_with_url() -> None:
    asked = Scenario("about:blank", APP)
    assert with_url(asked, "wss://a.example/").api is Api.WEBSOCKET
    assert with_url(asked, " WS://a.example/").api is Api.WEBSOCKET
    assert with_url(asked, "https://ws.example/").api is Api.FETCH
    xhr = Scenario("about:blank", APP, api=Api.XHR)
    assert with_url(xhr, "ws://a.example/").api is Api.XHR


WRONG: dict[str, dict[str, Any]] = {
    "method": {"method": "PUT"},
    "headers": {"headers": (("X-A", "1"), *CHAT)},
    "body": {"body": b""},
    "credentials": {"credentials": Credentials.OMIT},
    "mode": {"mode": Mode.NO_CORS},
    "redirect": {"redirect": Redirect.MANUAL},
    "upload_listener": {"upload_listener": True},
}


@pytest.mark.parametrize("field", WRONG)
def test_what_a_websocket_cannot_set(field: str) -> None:
    assert [found.name for found, *_ in refused(opened(**WRONG[field]))] == [field]


def test_what_a_websocket_can_set() -> None:
    assert not list(refused(opened(headers=CHAT, credentials=Credentials.INCLUDE, cookie="a=b", user_agent="x")))
    assert not list(refused(opened(method="POST"), names_method=False))
