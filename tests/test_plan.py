"""A plan is allowed, or blocked by what no server can change; and it asks the server for nothing that isn't needed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from corsdoctor.browsers import BROWSERS, STANDARD, Profile
from corsdoctor.diagnose import Verdict, diagnose
from corsdoctor.plan import plan
from corsdoctor.scenario import Api, Credentials, Mode, Scenario
from corsdoctor.url import OPAQUE, Origin
from corsdoctor.wire import Answer, Headers, Kind, Response, Send

PAGE = Origin("https", "app.example")
BASE = Scenario("https://api.example/x", PAGE)
AT_HOME = (Api.WORKER, Api.MODULE_WORKER, Api.SW_SCRIPT, Api.SVG_USE)
"""What loads nothing of another origin in any browser."""
GRANTABLE: dict[str, Scenario] = {
    "simple": BASE,
    "credentials": BASE._replace(credentials=Credentials.INCLUDE),
    "method": BASE._replace(method="PUT"),
    "odd-method": BASE._replace(method="patch", credentials=Credentials.INCLUDE),
    "headers": BASE._replace(headers=(("X-A", "1"), ("Authorization", "x"), ("content-type", "application/json"))),
    "everything": BASE._replace(method="PUT", headers=(("X-A", "1"),), credentials=Credentials.INCLUDE, body=b"x"),
    "opaque-page": BASE._replace(origin=OPAQUE, method="DELETE"),
    "listener": BASE._replace(method="POST", body=b"x", api=Api.XHR, upload_listener=True),
    "streamed": BASE._replace(method="POST", body=b"x", streamed=True),
    "beacon-json": BASE._replace(api=Api.BEACON, headers=(("Content-Type", "application/json"),), body=b"{}"),
    "no-cors": BASE._replace(mode=Mode.NO_CORS, method="POST"),
    "same-origin": BASE._replace(url="https://app.example/x", method="PUT"),
    "same-origin-mode": BASE._replace(url="https://app.example/x", mode=Mode.SAME_ORIGIN),
    **{
        api: BASE._replace(api=api)
        for api in Api
        if api not in (Api.WEBGL, Api.WEBSOCKET, Api.IMPORTMAP, Api.TRACK, *AT_HOME)
    },
    **{api: BASE._replace(url="https://app.example/x", api=api) for api in (Api.TRACK, *AT_HOME)},
    "track-cors": BASE._replace(api=Api.TRACK, mode=Mode.CORS),
    **{f"{api}-cors": BASE._replace(api=api, mode=Mode.CORS) for api in (Api.IMAGE, Api.SCRIPT, Api.WEBGL, Api.MEDIA)},
}
REFUSED: dict[str, Scenario] = {
    "forbidden-method": BASE._replace(method="TRACE"),
    "userinfo": BASE._replace(url="https://u:p@api.example/"),
    "unparsable": BASE._replace(url="https://[/"),
    "mixed-content": BASE._replace(url="http://api.example/"),
    "same-origin-mode": BASE._replace(mode=Mode.SAME_ORIGIN),
    "port": BASE._replace(url="https://api.example:25/"),
    "scheme": BASE._replace(url="ftp://api.example/"),
    **{api: BASE._replace(api=api) for api in (Api.IMPORTMAP, *AT_HOME)},
}


@pytest.mark.parametrize("name", GRANTABLE)
def test_the_planned_answers_are_enough(name: str) -> None:
    for diagnosis in plan(GRANTABLE[name], BROWSERS):
        assert diagnosis.verdict in (Verdict.ALLOWED, Verdict.OPAQUE), diagnosis.failure


@pytest.mark.parametrize("profile", BROWSERS, ids=lambda profile: profile.name)
@pytest.mark.parametrize("name", GRANTABLE)
def test_no_planned_line_can_be_left_out(name: str, profile: Profile) -> None:
    (planned,) = plan(GRANTABLE[name], [profile])
    for poorer in without_one_line([exchange.response for exchange in planned.exchanges if exchange.response]):
        again = diagnose(GRANTABLE[name], profile, answering(poorer))
        assert again.verdict is Verdict.BLOCKED, poorer


def answering(answers: list[Answer]) -> Send:
    """A `send` that gives the answers in order."""
    left = iter(answers)
    return lambda _kind, _request: next(left)


def without_one_line(responses: list[Response]) -> Iterator[list[Answer]]:
    """The responses again and again, each time without one line that decides something."""
    for i, response in enumerate(responses):
        for line in response.headers:
            if line[0] != "Vary":
                left = Headers(tuple(other for other in response.headers if other != line))
                yield [*responses[:i], response._replace(headers=left), *responses[i + 1 :]]


@pytest.mark.parametrize("name", REFUSED)
def test_what_no_server_can_grant_is_refused_before_sending(name: str) -> None:
    for diagnosis in plan(REFUSED[name], BROWSERS):
        assert diagnosis.verdict is Verdict.BLOCKED
        assert diagnosis.failure is not None
        assert diagnosis.exchanges == ()


def test_a_track_without_cors_stays_at_home_where_the_browser_says_so() -> None:
    for diagnosis in plan(BASE._replace(api=Api.TRACK), BROWSERS):
        stays = diagnosis.profile.tracks_stay_at_home
        assert diagnosis.verdict is (Verdict.BLOCKED if stays else Verdict.OPAQUE)
        assert (diagnosis.exchanges == ()) is stays


def test_a_texture_needs_the_page_to_change() -> None:
    (diagnosis,) = plan(BASE._replace(api=Api.WEBGL), [STANDARD])
    assert diagnosis.failure is not None
    assert diagnosis.failure.rule.id == "texture-is-cors"


def test_no_cors_asks_for_nothing() -> None:
    for diagnosis in plan(GRANTABLE["no-cors"], BROWSERS):
        assert [len(exchange.response.headers) for exchange in diagnosis.exchanges if exchange.response] == [0]


def test_the_lines_of_a_preflight() -> None:
    (diagnosis,) = plan(GRANTABLE["everything"], [STANDARD])
    preflight, actual = diagnosis.exchanges
    assert (preflight.kind, actual.kind) == (Kind.PREFLIGHT, Kind.ACTUAL)
    assert preflight.response is not None
    assert preflight.response.headers.pairs == (
        ("Access-Control-Allow-Origin", "https://app.example"),
        ("Access-Control-Allow-Credentials", "true"),
        ("Access-Control-Allow-Methods", "PUT"),
        ("Access-Control-Allow-Headers", "x-a"),
        ("Vary", "Origin, Access-Control-Request-Method, Access-Control-Request-Headers"),
    )
    assert actual.response is not None
    assert [name for name, _ in actual.response.headers] == [
        "Access-Control-Allow-Origin",
        "Access-Control-Allow-Credentials",
        "Vary",
    ]
