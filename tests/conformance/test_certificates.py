"""To which requests browsers show a client certificate: the recordings in certificates/."""

from __future__ import annotations

import json
from typing import NamedTuple

import pytest

from corsdoctor.browsers import BROWSERS, CHROMIUM, STANDARD, WEBKIT, Profile
from corsdoctor.diagnose import Verdict, diagnose, diagnose_all
from corsdoctor.scenario import Api, Credentials, Mode, Scenario
from corsdoctor.url import Origin
from corsdoctor.wire import Answer, Certificate, FailureKind, Headers, Kind, NoAnswer, Response, WireRequest
from tests.conformance.certificates.cases import CASES, Case, Server, Step
from tests.conformance.certificates.record import FOLDER


class Seen(NamedTuple):
    """What the page saw of its requests, and (method, which request, whether a certificate was shown) of what arrived."""

    page: tuple[str, ...]
    wire: tuple[tuple[str, str, bool], ...]


def _seen(outcome: dict[str, list[str]]) -> Seen:
    words = [line.split() for line in outcome["wire"]]
    wire = ((method, number, shown == "shown") for _, method, number, shown in words if number != "frame")
    return Seen(tuple(outcome["page"]), tuple(wire))


KNOWN: dict[str, Case] = {case.id: case for case in CASES}
RECORDED = {
    profile.name: {
        row["id"]: {_seen(outcome) for outcome in row["outcomes"]}
        for row in map(json.loads, (FOLDER / f"{profile.name}.jsonl").read_text().splitlines())
    }
    for profile in BROWSERS[1:]
}


def test_every_case_is_recorded_and_always_ends_alike() -> None:
    for rows in RECORDED.values():
        assert {name: len(seen) for name, seen in rows.items()} == dict.fromkeys(KNOWN, 1)


HOST = "https://127.0.0.1:8443"
PAGES = {
    "same-site": Origin("https", "127.0.0.1", 3000),
    "cross-site": Origin("https", "localhost", 3000),
    "same-origin": Origin("https", "127.0.0.1", 8443),
}


def _response(server: Server, page: Origin, kind: Kind, request: WireRequest) -> Answer:
    shown = request.certificate is Certificate.SHOWN
    if server is Server.REQUIRED and not shown:
        return NoAnswer(FailureKind.TLS, "it requires a client certificate")
    spared = server is Server.OPTIONAL or (server is Server.EXEMPT and kind is Kind.PREFLIGHT)
    lines = (
        ("Access-Control-Allow-Origin", str(page)),
        ("Access-Control-Allow-Credentials", "true"),
        ("Access-Control-Allow-Methods", "PUT, DELETE"),
        ("Content-Type", "image/png"),
    )
    return Response(200 if shown or spared else 403 if server is Server.EXEMPT else 400, Headers(lines))


def _scenario(page: Origin, step: Step) -> Scenario:
    mode, credentials = None, None if step.credentials == "no-cors" else Credentials(step.credentials)
    if step.api == "image" and credentials is not None:
        mode = Mode.CORS
    return Scenario(f"{HOST}/", page, step.method, (), credentials, mode, api=Api(step.api), certificate=True)


def _replayed(case: Case, profile: Profile) -> Seen:
    page, wire, seen = PAGES[case.page], list[tuple[str, str, bool]](), list[str]()
    for number, step in enumerate(case.steps):

        def send(kind: Kind, request: WireRequest, number: int = number) -> Answer:
            answer = _response(case.server, page, kind, request)
            if isinstance(answer, Response):
                wire.append((request.method, str(number), request.certificate is Certificate.SHOWN))
            return answer

        diagnosis = diagnose(_scenario(page, step), profile, send)
        loaded = diagnosis.verdict in (Verdict.ALLOWED, Verdict.OPAQUE)
        response = diagnosis.exchanges[-1].response
        seen.append(str(response.status) if loaded and response is not None else "rejected")
    return Seen(tuple(seen), tuple(wire))


CHOSEN_BEFORE = {"chromium": {"websocket/first"}, "webkit": {"websocket/first"}}
"""Where the replay differs: it takes for granted that the user chose the certificate before."""


@pytest.mark.parametrize("profile", BROWSERS[1:], ids=lambda profile: profile.name)
def test_the_replay_shows_it_where_the_browser_does(profile: Profile) -> None:
    other = {name for name, case in KNOWN.items() if {_replayed(case, profile)} != RECORDED[profile.name][name]}
    assert other == CHOSEN_BEFORE.get(profile.name, set())


@pytest.mark.parametrize("profile", [CHROMIUM, WEBKIT], ids=lambda profile: profile.name)
def test_the_quirk_is_shown_by_the_cases_that_it_names(profile: Profile) -> None:
    """Without the quirk, a case comes out wrong wherever the request has no credentials or a preflight."""
    without = profile._replace(certificate_ignores_credentials=STANDARD.certificate_ignores_credentials)
    named = [case for name, case in KNOWN.items() if name.startswith("fetch/cross-site")]
    wrong = [case.id for case in named if {_replayed(case, without)} != RECORDED[profile.name][case.id]]
    assert wrong == [case.id for case in named if case.id != "fetch/cross-site/simple/include"]


@pytest.mark.parametrize(("certificate", "sent"), [(True, 2), (False, 1)])
def test_a_request_with_a_certificate_and_one_without_are_two(certificate: bool, sent: int) -> None:
    """Browsers share the answer to a request that they send alike, and without a certificate they do."""
    page, came = PAGES["cross-site"], list[tuple[Kind, Certificate]]()

    def send(kind: Kind, request: WireRequest) -> Answer:
        came.append((kind, request.certificate))
        return _response(Server.NGINX, page, kind, request)

    asked = _scenario(page, Step("PUT", "include"))._replace(certificate=certificate)
    verdicts = {d.profile.name: d.verdict for d in diagnose_all(asked, BROWSERS, send)}
    assert (
        [kind for kind, _ in came].count(Kind.PREFLIGHT)
        == sent
        == len(set(came) & {(Kind.PREFLIGHT, c) for c in Certificate})
    )
    blocked = {name for name, verdict in verdicts.items() if verdict is Verdict.BLOCKED}
    assert blocked == ({"standard", "firefox"} if certificate else {"standard", "chromium", "firefox", "webkit"})


def test_a_connection_without_tls_shows_none() -> None:
    asked = _scenario(PAGES["cross-site"], Step())._replace(url="http://127.0.0.1:8080/")
    [diagnosis] = diagnose_all(asked, [CHROMIUM], lambda *_: Response(200, Headers()))
    assert [exchange.request.certificate for exchange in diagnosis.exchanges] == [Certificate.ABSENT]
