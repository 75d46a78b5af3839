"""Which response headers a script may read."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from corsdoctor.browsers import BROWSERS, FIREFOX, STANDARD, Profile
from corsdoctor.fetch.exposure import RULES, SAFELISTED_RESPONSE_NAMES
from corsdoctor.rule import MISSING, Outcome
from corsdoctor.scenario import Api, Credentials, Mode, Redirect, Scenario
from tests.fetch.asking import ALLOW_CREDENTIALS, ANY, API, APP, Lines, answer, ask, causes_of, hop

ACEH = "Access-Control-Expose-Headers"
SAFELISTED = (
    "Cache-Control",
    "Content-Language",
    "Content-Length",
    "Content-Type",
    "Expires",
    "Last-Modified",
    "Pragma",
)
SENT: Lines = (("X-A", "1"), ("X-B", "1"), ("Set-Cookie", "a=b"), ("Content-Type", "a/b"), ("Date", "today"))


def test_no_rule_here_names_causes() -> None:
    assert causes_of(RULES) == set()


def test_seven_headers_are_always_readable() -> None:
    diagnosis = ask(Scenario(API, APP), answer(200, *ANY, *((name, "1") for name in SAFELISTED)))
    assert (
        diagnosis.readable
        == tuple(sorted(name.lower() for name in SAFELISTED))
        == tuple(sorted(SAFELISTED_RESPONSE_NAMES))
    )
    assert diagnosis.notes == ()


@dataclass(frozen=True)
class Case:
    id: str
    exposed: tuple[str, ...]
    readable: str
    include: bool = False
    profile: Profile = STANDARD
    api: Api = Api.FETCH


ALL = "access-control-allow-origin access-control-expose-headers content-type date x-a x-b"
CASES = (
    Case("absent", (), "content-type"),
    Case("empty", ("",), "content-type"),
    Case("one", ("x-A",), "content-type x-a"),
    Case("two lines", ("X-A", "X-B"), "content-type x-a x-b"),
    Case("not sent", ("X-C",), "content-type"),
    Case("Set-Cookie", ("Set-Cookie, X-A",), "content-type x-a"),
    Case("wildcard", ("*",), ALL),
    Case("wildcard among others", ("X-A, *",), ALL),
    Case("wildcard with credentials", ("*",), "content-type", include=True),
    Case("named with credentials", ("*, X-A",), "content-type x-a", include=True),
    Case("garbage", ("X-A, X B",), "content-type"),
    Case("wildcard, then garbage", ("*, X B",), "content-type"),
    Case("wildcard, then garbage, in Firefox", ("*, X B",), ALL, profile=FIREFOX),
    Case("wildcard after empty elements, then garbage, in Firefox", (", X-A,*, X B",), ALL, profile=FIREFOX),
    Case("wildcard after garbage in Firefox", ("X B, *",), "content-type", profile=FIREFOX),
    Case("wildcard, then garbage, with credentials, in Firefox", ("*, X B",), "content-type", include=True, profile=FIREFOX),
    Case("wildcard, then garbage, for Firefox's XMLHttpRequest", ("*, X B",), "content-type", profile=FIREFOX, api=Api.XHR),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.id)
def test_across_origins(case: Case) -> None:
    allow = ALLOW_CREDENTIALS if case.include else ANY
    lines = (*allow, *SENT, *((ACEH, line) for line in case.exposed))
    credentials = Credentials.INCLUDE if case.include else Credentials.SAME_ORIGIN
    diagnosis = ask(
        Scenario(API, APP, credentials=credentials, api=case.api), answer(200, *lines), profile=case.profile
    )
    assert diagnosis.readable == tuple(case.readable.split())
    noted = {label: value for step in diagnosis.notes for label, value in step.evidence}
    hidden = {"x-a", "x-b"} - set(diagnosis.readable or ())
    assert set(noted.get("not readable", "").split(", ")) - {""} == hidden
    assert "Set-Cookie" in noted


def test_the_remedy_exposes_what_is_hidden() -> None:
    note = next(s for s in ask(Scenario(API, APP), answer(200, *ANY, *SENT)).notes if s.remedy)
    assert note.remedy == ((ACEH, "x-a, x-b"),)
    diagnosis = ask(Scenario(API, APP), answer(200, *ANY, *SENT, *note.remedy))
    assert {"x-a", "x-b"} <= set(diagnosis.readable or ())


@pytest.mark.parametrize(("lines", "value"), [((), MISSING), (((ACEH, "X-C"),), "X-C")])
def test_the_note_shows_what_the_server_exposes(lines: Lines, value: str) -> None:
    (note,) = ask(Scenario(API, APP), answer(200, *ANY, *lines, ("X-A", "1"))).notes
    assert note.evidence == ((ACEH, value), ("not readable", "x-a"))


def test_housekeeping_is_not_worth_a_note() -> None:
    lines = (("Server", "nginx"), ("Vary", "Origin"), ("Date", "today"), ("Access-Control-Max-Age", "1"))
    diagnosis = ask(Scenario(API, APP), answer(200, *ANY, *lines))
    assert (diagnosis.readable, diagnosis.notes) == ((), ())


def test_set_cookie_alone_is_noted() -> None:
    diagnosis = ask(Scenario(API, APP), answer(200, *ANY, ("Set-Cookie", "a=b")))
    assert "response-header-exposed" in {s.rule.id for s in diagnosis.notes}


def test_at_home_all_but_cookies_are_readable() -> None:
    lines = (*SENT, ("Set-Cookie2", "a=b"))
    for profile in BROWSERS:
        assert ask(Scenario("/a", APP), answer(200, *lines), profile=profile).readable == (
            "content-type",
            "date",
            "x-a",
            "x-b",
        )


def test_what_is_opaque_shows_nothing() -> None:
    assert ask(Scenario(API, APP, mode=Mode.NO_CORS), answer(200, *SENT)).readable == ()
    assert ask(Scenario("/a", APP, redirect=Redirect.MANUAL), hop("/b")).readable == ()


TYPES = {
    Api.EVENTSOURCE: "text/event-stream", Api.STYLESHEET: "text/css", Api.CSS_IMPORT: "text/css",
    **dict.fromkeys((Api.MODULE, Api.MODULEPRELOAD, Api.IMPORT, Api.IMPORT_SCRIPTS), "text/javascript"),
    **dict.fromkeys((Api.WORKER, Api.MODULE_WORKER, Api.SW_SCRIPT), "text/javascript"),
}  # fmt: skip
NOT_LOADED = (Api.IMPORTMAP,)
"""What browsers never request."""


@pytest.mark.parametrize(
    "api", [api for api in Api if api not in (Api.FETCH, Api.KEEPALIVE, Api.XHR, Api.WEBSOCKET, *NOT_LOADED)]
)
def test_elements_show_no_headers(api: Api) -> None:
    diagnosis = ask(Scenario("/a", APP, api=api), answer(200, ("Content-Type", TYPES.get(api, "x/y"))))
    assert (diagnosis.verdict, diagnosis.readable) == ("allowed", None)


@pytest.mark.parametrize("scenario", [Scenario(API, APP), *(Scenario("/a", APP, api=api) for api in NOT_LOADED)])
def test_what_is_blocked_shows_nothing(scenario: Scenario) -> None:
    diagnosis = ask(scenario, answer(200, *SENT))
    assert (diagnosis.verdict, diagnosis.readable) == ("blocked", None)
    assert [s for s in diagnosis.steps if s.outcome is Outcome.NOTE and s.rule.id == "response-header-exposed"] == []
