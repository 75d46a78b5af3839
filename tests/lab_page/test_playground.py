"""The playground: what it answers to a form, and what the lab then answers to a browser."""

from __future__ import annotations

import http.client
import shlex
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from corsdoctor.cli.exit_status import ExitStatus
from corsdoctor.lab.server import Lab
from corsdoctor.lab_page.playground import played
from corsdoctor.scenario import Api
from corsdoctor.url import Origin
from tests.lab.test_server import run

PAGE = Origin("http", "localhost", 3000)
ALLOW = f"Access-Control-Allow-Origin: {PAGE}"


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    with Lab() as running:
        yield running


def form(lab: Lab, request: dict[str, Any] | None = None, **responses: Any) -> dict[str, Any]:
    given = {"preflight": [204, ALLOW], "response": [200, ALLOW], "redirected": [200, ALLOW], **responses}
    return {
        "request": {"url": f"{lab.origin}/play/items", "origin": str(PAGE), **(request or {})},
        "responses": {name: {"status": status, "headers": headers} for name, (status, headers) in given.items()},
    }


def verdicts(answer: dict[str, Any]) -> dict[str, str]:
    return {browser["name"]: browser["verdict"] for browser in answer["browsers"]}


def get(origin: str, path: str, method: str = "GET") -> tuple[int, str | None]:
    with closing(http.client.HTTPConnection(origin.removeprefix("http://"), timeout=60)) as connection:
        connection.request(method, path)
        answer = connection.getresponse()
        return answer.status, answer.getheader("Access-Control-Allow-Origin")


def test_a_form_becomes_verdicts_with_steps_and_messages(lab: Lab) -> None:
    answer = played(form(lab, {"method": "PUT"}), lab)
    assert set(verdicts(answer).values()) == {"blocked"}
    chromium = answer["browsers"][1]
    assert chromium["rule"] == "acam-lists-method"
    assert "Method PUT is not allowed" in chromium["console"][0]
    assert {step["rule"] for browser in answer["browsers"] for step in browser["steps"]} == set(answer["specs"])
    assert [exchange["kind"] for exchange in chromium["exchanges"]] == ["preflight"]


def test_the_lab_gives_the_responses_of_the_form(lab: Lab) -> None:
    allowed = form(lab, {"method": "PUT"}, preflight=[204, f"{ALLOW}\n\nAccess-Control-Allow-Methods: PUT"])
    answer = played(allowed, lab)
    assert set(verdicts(answer).values()) == {"allowed"}
    assert get(lab.origin, "/play/items", "OPTIONS") == (204, str(PAGE))
    assert get(lab.origin, "/play/items") == (200, str(PAGE))
    assert answer["why_not"] is None
    assert answer["run"]["requests"][0]["method"] == "PUT"
    words = shlex.split(answer["commands"]["check"])[1:]
    assert run(*words, "--quiet").exit_code == ExitStatus.OK
    played(form(lab, response=[500, ""]), lab)
    assert get(lab.origin, "/play/items") == (500, None)


def test_a_redirect_leads_to_the_third_response(lab: Lab) -> None:
    moved = [302, f"{ALLOW}\nLocation: {lab.other}/play/end"]
    answer = played(form(lab, response=moved, redirected=[200, "Access-Control-Allow-Origin: *"]), lab)
    assert set(verdicts(answer).values()) == {"allowed"}
    assert get(lab.other, "/play/end") == (200, "*")


def test_a_secret_follows_a_redirect_that_nothing_leaves_by(lab: Lab) -> None:
    moved = [302, f"{ALLOW}\nLocation: {lab.other}/play/end"]
    granting = [204, "Access-Control-Allow-Origin: *\nAccess-Control-Allow-Headers: x-api-key"]
    keyed = form(lab, {"headers": {"X-Api-Key": "s3cret"}}, preflight=granting, response=moved)
    keyed["responses"]["redirected"]["headers"] = "Access-Control-Allow-Origin: *"
    assert set(verdicts(played(keyed, lab)).values()) == {"allowed"}


@pytest.mark.parametrize(
    "location", ["https://elsewhere.example/play/end", "http://[bad", "/cors/missing", "/play/items"]
)
def test_no_other_location_is_answered(location: str, lab: Lab) -> None:
    played(form(lab, response=[302, f"{ALLOW}\nLocation: {location}"]), lab)
    assert get(lab.origin, "/cors/missing") == (200, None)
    assert get(lab.origin, "/play/items") == (302, str(PAGE))


@pytest.mark.parametrize(
    ("request_", "reason"),
    [
        ({"url": "https://api.example/items"}, "only a URL that begins with http://127.0.0.1:"),
        ({"url": "{LAB}/cors/missing"}, "only a URL that begins with http://127.0.0.1:"),
        ({"url": "http://[bad"}, "only a URL that begins with http://127.0.0.1:"),
        ({"origin": "https://app.example"}, "the page of the lab is on http://localhost:3000"),
        ({"api": Api.ICON}, "the browser requests the icon of a tab"),
    ],
)
def test_what_cannot_be_run_is_judged_and_says_why(request_: dict[str, Any], reason: str, lab: Lab) -> None:
    given = {name: value.replace("{LAB}", lab.origin) for name, value in request_.items()}
    answer = played(form(lab, given), lab)
    assert answer["why_not"].startswith(reason)
    assert answer["run"] is None
    assert len(answer["browsers"]) == 4


@pytest.mark.parametrize("api", Api)
def test_every_api_can_be_chosen(api: Api, lab: Lab) -> None:
    method = {"method": "POST"} if api in (Api.BEACON, Api.FORM) else {}
    answer = played(form(lab, {"api": api, "headers": [], **method}), lab)
    assert len(answer["browsers"]) == 4
    assert answer["commands"]["code"]


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ({}, "request: must be an object"),
        ({"request": {"visits": []}}, "request: must be an object that describes one request"),
        ({"request": {"url": 1}}, "url: must be a string"),
        ({"request": {"url": "http://a.example/", "methods": "GET"}}, "unknown key"),
        ({"request": {"url": "http://a.example/", "api": "image", "method": "PUT"}}, "method: <img> cannot set it"),
        ({"request": {"url": "http://a.example/"}}, "responses: must be an object"),
        ({"request": {"url": "http://a.example/"}, "responses": {}}, "preflight: the status must be"),
    ],
)
def test_a_form_that_is_wrong_says_why(asked: dict[str, Any], why: str, lab: Lab) -> None:
    with pytest.raises(ValueError, match=f"^{why}|; {why}"):
        played(asked, lab)


@pytest.mark.parametrize(
    ("status", "headers", "why"),
    [
        (101, "", "the status must be a number from 200 to 599"),
        (600, "", "the status must be a number"),
        ("200", "", "the status must be a number"),
        (200, ["A: 1"], "the headers must be text"),
        (200, "no colon", "'no colon' is not a header line"),
        (200, "A B: 1", "'A B: ...' is not a header line"),
        (200, ": 1", "is not a header line"),
        (200, "A: \0", "A: a header value cannot contain a line break or NUL"),
        (200, "A: \u20ac", "A: a header value cannot contain"),
        (200, "content-length: 9", "the lab sets content-length itself"),
        (200, "A: 1\n" * 101, "must have at most 100 headers"),
    ],
)
def test_a_response_that_is_wrong_says_why(status: object, headers: object, why: str, lab: Lab) -> None:
    with pytest.raises(ValueError, match=r"^response: ") as caught:
        played(form(lab, response=[status, headers]), lab)
    assert why in str(caught.value)
