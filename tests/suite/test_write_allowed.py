"""A first policy from requests that were allowed: it says what they were, in few matrices, and no secret."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest

from corsdoctor.scenario import Api, Credentials, Mode, PreloadAs, Scenario
from corsdoctor.suite import write_allowed
from corsdoctor.suite.read import read
from corsdoctor.suite.write_allowed import policy_of
from corsdoctor.url import OPAQUE, Origin

PAGE, OTHER = Origin("https", "app.example"), Origin("https", "app.example", 8443)
API = "https://api.example"


def matrices(*scenarios: Scenario, browsers: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    policy = policy_of((scenario, list(browsers)) for scenario in scenarios)
    variables = {"TOKEN": "t", "AUTHORIZATION": "a"}
    suite = read(tomllib.loads(policy.text), variables, lambda _: None)
    assert len(suite.cases) == policy.requests
    found: list[dict[str, Any]] = tomllib.loads(policy.text)["matrix"]
    return found


def test_the_paths_of_one_kind_are_one_matrix() -> None:
    assert matrices(Scenario(f"{API}/a", PAGE), Scenario(f"{API}/b?x=1", PAGE), Scenario(f"{API}/a?again", PAGE)) == [
        {"id": "GET api from app", "base": "api", "paths": ["/a", "/b?x=1"], "methods": ["GET"], "allow": ["app"]}
    ]


def test_the_pages_of_the_same_requests_are_one_matrix() -> None:
    [one] = matrices(Scenario(f"{API}/a", PAGE), Scenario(f"{API}/a", OTHER), Scenario(f"{API}/a", OPAQUE))
    assert (one["allow"], one["id"]) == (["app", "app-example", "null"], "GET api from app, app-example, null")


def test_other_requests_are_other_matrices() -> None:
    found = matrices(
        Scenario(f"{API}/a", PAGE, "PUT", (("X-A", "1"), ("Authorization", "Bearer SEKRIT"))),
        Scenario(f"{API}/a", PAGE, "PUT", credentials=Credentials.INCLUDE),
        Scenario("http://api.example:81/a?token=SEKRIT", PAGE, api=Api.IMAGE, mode=Mode.CORS),
        Scenario(f"{API}/a", PAGE, "POST", api=Api.XHR, upload_listener=True),
        Scenario(f"{API}/a", PAGE, api=Api.PRELOAD, preload_as=PreloadAs.FONT),
    )
    assert [one["id"] for one in found] == [
        "PUT api from app",
        "PUT api from app 2",
        "GET api-example from app",
        "POST api from app",
        "GET api from app",
    ]
    assert found[0]["headers"] == [["X-A", "1"], ["Authorization", "Bearer ${AUTHORIZATION}"]]
    assert found[1]["credentials"] == "include"
    assert (found[2]["mode"], found[2]["as"], found[2]["paths"]) == ("cors", "image", ["/a?token=${TOKEN}"])
    assert (found[3]["as"], found[3]["upload-listener"]) == ("xhr", True)
    assert (found[4]["as"], found[4]["as-preload"]) == ("preload", "font")


def test_the_browsers_that_allow_it() -> None:
    [one] = matrices(Scenario(f"{API}/a", PAGE), browsers=("chromium", "firefox"))
    assert one["browsers"] == ["chromium", "firefox"]


def test_many_paths(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(write_allowed, "MOST_PATHS", 2)
    policy = policy_of((Scenario(f"{API}/{n}", PAGE), []) for n in range(5))
    assert (policy.requests, policy.left_out) == (2, 3)


def test_only_opaque_pages() -> None:
    assert "[origins]" not in policy_of([(Scenario(f"{API}/a", OPAQUE), [])]).text
