"""Why a WebSocket stays closed: what real servers say where they refuse an origin, and what others say."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from corsdoctor.causes.by_websocket import REFUSALS
from corsdoctor.rule import Cause, Certainty
from corsdoctor.scenario import Api, Scenario
from corsdoctor.url import Origin
from tests.causes.scripted import Lines, Rule, Servers

CERTAIN, LIKELY = Certainty.CERTAIN, Certainty.LIKELY


@dataclass(frozen=True)
class Case:
    id: str
    status: int
    headers: Lines
    body: str
    cause: str | None
    certainty: Certainty = CERTAIN
    fix: str = ""


HTML = (("Content-Type", "text/html"),)
DAPHNE, COWBOY = (("Server", "daphne"),), (("server", "Cowboy"),)
CASES = (
    Case("gorilla", 403, (), "websocket: request origin not allowed by Upgrader.CheckOrigin\n", "origin-refused", fix="CheckOrigin"),
    Case("coder", 403, (), 'request Origin "https://app.example" is not authorized for Host "a.example"\n', "origin-refused", fix="OriginPatterns"),
    Case("tornado", 403, (), "Cross origin websockets not allowed", "origin-refused", fix="check_origin()"),
    Case("tornado-without-words", 403, (("Server", "TornadoServer/6.4"),), "", "origin-refused", LIKELY, "check_origin()"),
    Case("python-socketio", 400, (), '"Not an accepted origin."', "origin-refused", fix="cors_allowed_origins"),
    Case("socket.io", 403, (), '{"code":4,"message":"Forbidden"}', "origin-refused", fix="allowRequest"),
    Case("websockets", 403, (), "Failed to open a WebSocket connection: invalid Origin header: https://app.example.\n", "origin-refused", fix="`origins`"),
    Case("spring", 403, (), "Invalid CORS request", "origin-refused", fix="setAllowedOrigins"),
    Case("channels", 403, DAPHNE, "Access denied", "origin-refused", LIKELY, "ALLOWED_HOSTS"),
    Case("phoenix", 403, COWBOY, "", "origin-refused", LIKELY, "check_origin of the endpoint"),
    Case("kestrel", 403, (("Server", "Kestrel"),), "", "origin-refused", LIKELY, "WebSocketOptions"),
    Case("action-cable", 404, (("X-Runtime", "0.01"),), "Page not found", "origin-refused", LIKELY, "allowed_request_origins"),
    Case("challenge", 403, (*HTML, ("cf-mitigated", "challenge")), "<html></html>", "bot-challenge"),
    Case("challenge-of-an-asp-site", 403, (*HTML, ("Server", "Kestrel")), "<html><title>Just a moment...</title></html>", "bot-challenge"),
    Case("login-page", 403, HTML, '<html><title>Sign in</title><input type="password"></html>', "authentication", LIKELY, "Log in before"),
    Case("login-page-behind-daphne", 403, (*HTML, *DAPHNE), '<html><input type="password"></html>', "authentication", LIKELY, "Log in before"),
    Case("another-404", 404, (), "Page not found", "not-found", LIKELY),
    Case("a-longer-404-of-rails", 404, (("X-Runtime", "0.01"),), "The page not found", "not-found", LIKELY),
    Case("404-of-channels", 404, DAPHNE, "", "not-found", LIKELY),
    Case("another-403", 403, (), "", "origin-refused", LIKELY, "Django Channels"),
    Case("400-of-socket.io", 400, (), '{"code":0,"message":"Transport unknown"}', "not-upgraded", LIKELY),
    Case("502", 502, (), "", "gateway-error"),
    Case("418", 418, (), "", None),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_the_cause(case: Case) -> None:
    servers = Servers([Rule(case.status, case.headers, case.body)])
    report = servers.report(Scenario("wss://api.example/ws", Origin("https", "app.example"), api=Api.WEBSOCKET))
    assert len(servers.requests) == 1
    for diagnosis in report.diagnoses:
        assert diagnosis.failure is not None
        cause = diagnosis.failure.cause
        if case.cause is None:
            assert cause is None
            continue
        assert isinstance(cause, Cause)
        assert (cause.id, cause.certainty) == (case.cause, case.certainty)
        assert case.fix in cause.fix
        assert cause.evidence[0].startswith(f"status {case.status}")
        assert cause.text.startswith("Probably ") is (case.certainty is LIKELY)


def test_every_refusal_is_shown() -> None:
    fixes = {c.fix for case in CASES for c in causes(case)}
    assert {refusal.fix for refusal in REFUSALS} <= fixes


def causes(case: Case) -> list[Cause]:
    servers = Servers([Rule(case.status, case.headers, case.body)])
    report = servers.report(Scenario("wss://api.example/ws", Origin("https", "app.example"), api=Api.WEBSOCKET))
    return [d.failure.cause for d in report.diagnoses if d.failure is not None and d.failure.cause is not None]
