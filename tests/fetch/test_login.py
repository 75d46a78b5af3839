"""HTTP logins in flows: which are sent, what answers a challenge, and when the browser asks the user."""

from __future__ import annotations

from typing import Any

import pytest

from corsdoctor.browsers import CHROMIUM, FIREFOX, STANDARD, WEBKIT, Profile
from corsdoctor.diagnose import Diagnosis, Verdict, diagnose
from corsdoctor.flow.read import read_flow
from corsdoctor.flow.result import BrowserResult
from corsdoctor.flow.run import run_flow
from corsdoctor.scenario import Api, Credentials, Scenario
from corsdoctor.url import Origin
from corsdoctor.wire import Answer, Headers, Kind, Response, WireRequest

PAGE, API = "https://app.example/", "https://api.example/a/items"
ALLOWED = (("Access-Control-Allow-Origin", PAGE.rstrip("/")), ("Access-Control-Allow-Credentials", "true"))
LOGIN = {"api": "xhr", "url": "https://api.example/a/login", "username": "u", "password": "p"}
SENT = "Basic dTpw"


def server(scheme: str = "Basic realm=r", accepts: str = SENT) -> Any:
    def send(_kind: Kind, request: WireRequest) -> Answer:
        if request.headers.get("Authorization") == accepts:
            return Response(200, Headers((*ALLOWED, ("Content-Type", "image/png"))))
        return Response(401, Headers((*ALLOWED, ("WWW-Authenticate", scheme), ("Content-Type", "image/png"))))

    return send


def lived(
    profile: Profile, *requests: dict[str, Any], send: Any = None, first: tuple[dict[str, Any], ...] = ()
) -> BrowserResult:
    visits = [{"page": "https://api.example/", "requests": list(first)}, {"page": PAGE, "requests": list(requests)}]
    [result] = run_flow(read_flow({"visits": visits}), (profile,), send or server())
    return result


def logins(result: BrowserResult, step: int = -1) -> list[str | None]:
    return [e.request.headers.get("Authorization") for e in result.steps[step].diagnosis.exchanges]


def test_a_script_logs_in() -> None:
    result = lived(CHROMIUM, first=(LOGIN,))
    assert (logins(result), result.verdict) == ([None, SENT], Verdict.ALLOWED)


@pytest.mark.parametrize(
    ("profile", "url", "sent"),
    [
        (CHROMIUM, API, True), (FIREFOX, API, False), (WEBKIT, API, True),
        (CHROMIUM, "https://api.example/b", False), (WEBKIT, "https://api.example/b", True),
        (CHROMIUM, "https://other.example/a/b", False),
    ],
)  # fmt: skip
def test_a_login_is_sent_again(profile: Profile, url: str, sent: bool) -> None:
    result = lived(profile, {"url": url, "credentials": "include"}, first=(LOGIN,))
    assert logins(result)[0] == (SENT if sent else None)


def test_a_login_is_not_sent_without_credentials_or_beside_the_scripts_own() -> None:
    assert logins(lived(CHROMIUM, {"url": API}, first=(LOGIN,))) == [None]
    own = {"url": "/a/x", "api": "xhr", "headers": {"Authorization": "Basic x"}}
    visits = [{"page": "https://api.example/", "requests": [LOGIN, own]}]
    [result] = run_flow(read_flow({"visits": visits}), (CHROMIUM,), server())
    assert logins(result) == ["Basic x"]


@pytest.mark.parametrize(("profile", "sent"), [(CHROMIUM, [None]), (FIREFOX, [None, SENT]), (WEBKIT, [None])])
@pytest.mark.parametrize("credentials", ["same-origin", "include"])
def test_open_has_a_login_for_another_origin(profile: Profile, sent: list[str | None], credentials: str) -> None:
    """auth/userpass/001, auth/userpass/003"""
    login = {**LOGIN, "credentials": credentials}
    assert logins(lived(profile, login)) == sent


def test_a_wrong_login_is_not_kept() -> None:
    wrong = {**LOGIN, "password": None}
    result = lived(CHROMIUM, {"url": API, "credentials": "include"}, first=(wrong,))
    assert logins(result, 0) == [None, "Basic dTo="]
    assert result.steps[0].verdict is Verdict.PENDING
    assert logins(result)[0] is None


@pytest.mark.parametrize(
    ("profile", "request_", "verdict"),
    [
        (CHROMIUM, {"url": API, "credentials": "include"}, Verdict.PENDING),
        (CHROMIUM, {"url": API}, Verdict.ALLOWED),
        (CHROMIUM, {"url": "https://u:p@api.example/", "api": "xhr", "credentials": "include"}, Verdict.ALLOWED),
        (STANDARD, {"url": API, "credentials": "include"}, Verdict.ALLOWED),
        (STANDARD, {"url": API, "api": "image"}, Verdict.PENDING),
        (FIREFOX, {"url": API, "api": "image"}, Verdict.OPAQUE),
        (FIREFOX, {"url": "/r", "api": "image"}, Verdict.PENDING),
        (FIREFOX, {"url": "https://u:p@api.example/", "api": "xhr"}, Verdict.ALLOWED),
        (WEBKIT, {"url": API, "api": "image"}, Verdict.OPAQUE),
    ],
)
def test_when_the_user_is_asked(profile: Profile, request_: dict[str, Any], verdict: Verdict) -> None:
    assert lived(profile, request_).verdict is verdict


@pytest.mark.parametrize("scheme", ["Bearer", "Negotiate", 'Bearer realm="basic"'])
def test_what_asks_for_no_login(scheme: str) -> None:
    assert lived(CHROMIUM, {"url": API, "credentials": "include"}, send=server(scheme)).verdict is Verdict.ALLOWED


@pytest.mark.parametrize(
    ("profile", "api", "sent"),
    [
        (CHROMIUM, "xhr", None),
        (FIREFOX, "image", SENT),
        (FIREFOX, "xhr", SENT),
        (WEBKIT, "image", SENT),
        (WEBKIT, "xhr", None),
    ],
)
def test_where_the_login_of_the_url_is_sent(profile: Profile, api: str, sent: str | None) -> None:
    assert logins(lived(profile, {"url": "https://u:p@api.example/a/x", "api": api}))[-1] == sent


def test_a_401_without_a_challenge_asks_nobody() -> None:
    def bare(_kind: Kind, _request: WireRequest) -> Answer:
        return Response(401, Headers(ALLOWED))

    assert lived(CHROMIUM, {"url": API, "credentials": "include"}, send=bare).verdict is Verdict.ALLOWED


@pytest.mark.parametrize(("profile", "causes"), [(CHROMIUM, []), (WEBKIT, ["foreign"])])
def test_only_some_browsers_refuse_the_dialog_of_another_origin(profile: Profile, causes: list[str]) -> None:
    [step] = lived(profile, {"url": API, "api": "image", "mode": "cors"}).steps
    notes = [note for note in step.diagnosis.notes if note.rule.id == "login-is-known"]
    assert [note.cause.id for note in notes if note.cause is not None] == causes


def test_digest_asks_the_user() -> None:
    assert lived(CHROMIUM, first=(LOGIN,), send=server("Digest nonce=1")).verdict is Verdict.PENDING


def test_webkit_names_what_it_refuses() -> None:
    [step] = lived(WEBKIT, {"url": API, "api": "image"}).steps
    assert (
        f"Blocked {API} from asking for credentials because it is a cross-origin request." in step.diagnosis.console[0]
    )


def plain(profile: Profile, url: str = API, scheme: str = "Basic realm=r", **changes: Any) -> Diagnosis:
    """A request of a plain check, which knows no page but its origin."""
    scenario = Scenario(url, Origin("https", "app.example"), **changes)
    return diagnose(scenario, profile, server(scheme))


@pytest.mark.parametrize(
    ("profile", "credentials", "noted"),
    [(CHROMIUM, Credentials.INCLUDE, True), (CHROMIUM, Credentials.OMIT, False), (WEBKIT, Credentials.INCLUDE, False)],
)
def test_a_check_notes_the_dialog_and_predicts_no_message(
    profile: Profile, credentials: Credentials, noted: bool
) -> None:
    diagnosis = plain(profile, "https://api.example/", credentials=credentials)
    assert ("login-is-known" in [step.rule.id for step in diagnosis.notes]) is noted
    refused = diagnose(
        Scenario(API, Origin("https", "app.example"), credentials=credentials),
        profile,
        lambda *_: Response(401, Headers((("WWW-Authenticate", "Basic realm=r"),))),
    )
    assert (refused.console == ()) is noted


def test_a_check_of_an_element_answers_with_the_login_of_its_url() -> None:
    url = "https://u:p@api.example/a.png"
    assert plain(FIREFOX, url, api=Api.IMAGE).verdict is Verdict.OPAQUE
    sent = [e.request.headers.get("Authorization") for e in plain(WEBKIT, url, api=Api.IMAGE).exchanges]
    assert sent == [None, SENT]
    assert plain(CHROMIUM, url, api=Api.IMAGE).verdict is Verdict.BLOCKED


def test_a_check_of_an_element_in_webkit_names_the_login_that_it_does_not_ask_for() -> None:
    diagnosis = plain(WEBKIT, api=Api.IMAGE)
    assert any("from asking for credentials" in message for message in diagnosis.console)


@pytest.mark.parametrize(("profile", "sent"), [(CHROMIUM, "Basic x"), (FIREFOX, "Basic x"), (WEBKIT, SENT)])
def test_a_known_login_replaces_the_scripts_own_in_webkit(profile: Profile, sent: str) -> None:
    own = {"url": "/a/x", "headers": {"Authorization": "Basic x"}}
    visits = [{"page": "https://api.example/", "requests": [LOGIN, own]}]
    [result] = run_flow(read_flow({"visits": visits}), (profile,), server())
    assert logins(result)[0] == sent


@pytest.mark.parametrize(
    ("profile", "verdict"), [(CHROMIUM, Verdict.PENDING), (FIREFOX, Verdict.ALLOWED), (WEBKIT, Verdict.ALLOWED)]
)
def test_a_dialog_opens_after_the_scripts_own_login_in_chromium(profile: Profile, verdict: Verdict) -> None:
    own = {"url": "/a/x", "headers": {"Authorization": "Basic x"}}
    visits = [{"page": "https://api.example/", "requests": [own]}]
    [result] = run_flow(read_flow({"visits": visits}), (profile,), server())
    assert result.steps[0].verdict is verdict


@pytest.mark.parametrize(("profile", "waits"), [(CHROMIUM, True), (FIREFOX, False), (WEBKIT, True)])
def test_a_frame_of_another_origin_asks_for_a_login(profile: Profile, waits: bool) -> None:
    assert (lived(profile, {"api": "iframe", "url": API}).steps[0].verdict is Verdict.PENDING) is waits


@pytest.mark.parametrize(
    ("request_", "refused"),
    [
        ({"url": API, "credentials": "include"}, True),
        ({"url": API, "api": "script"}, True),
        ({"url": API, "api": "image"}, False),
    ],
)
def test_a_dialog_of_firefox_for_another_origin_counts_as_refused(request_: dict[str, Any], refused: bool) -> None:
    """auth/dialog/001, auth/dialog/002, auth/dialog/003"""
    diagnosis = lived(FIREFOX, request_).steps[0].diagnosis
    assert diagnosis.verdict is not Verdict.PENDING
    causes = [step.cause.id for step in diagnosis.steps if step.rule.id == "login-is-known" and step.cause is not None]
    assert causes == (["refused"] if refused else [])


def test_webkit_says_nothing_of_an_eventsource_that_requires_a_login() -> None:
    result = lived(WEBKIT, {"api": "eventsource", "url": API, "credentials": "include"})
    assert not any("asking for credentials" in message for message in result.steps[0].diagnosis.console)


@pytest.mark.parametrize(("profile", "sent"), [(CHROMIUM, SENT), (WEBKIT, None)])
def test_a_beacon_carries_no_known_login_in_webkit(profile: Profile, sent: str | None) -> None:
    visits = [{"page": "https://api.example/", "requests": [LOGIN, {"api": "beacon", "url": "/a/x", "body": "x"}]}]
    [result] = run_flow(read_flow({"visits": visits}), (profile,), server())
    assert logins(result)[0] == sent
