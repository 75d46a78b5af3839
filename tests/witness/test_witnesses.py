"""How a browser is asked, with a driver in place of one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from corsdoctor.browsers import CHROMIUM
from corsdoctor.diagnose import Diagnosis, diagnose
from corsdoctor.observed import End, Observation
from corsdoctor.scenario import Api, Scenario
from corsdoctor.url import Origin
from corsdoctor.wire import Answer, Headers, Kind, Response, WireRequest
from corsdoctor.witness import witnesses
from corsdoctor.witness.programs import Program

SCENARIO = Scenario("http://api.example/", Origin("https", "app.example"), api=Api.CSS_IMAGE)


def send(_kind: Kind, _request: WireRequest) -> Answer:
    return Response(200, Headers())


class Driven:
    """A browser that gives `values`, one for each evaluation."""

    version = "156.0"
    values: Iterator[tuple[str, tuple[str, ...]]]
    profile: Path

    def __init__(self, _program: str, profile: Path, *_: object, **_sandbox: bool) -> None:
        Driven.profile = profile

    def forget(self, *, everything: bool) -> None: ...

    def show(self, key: str) -> bool:
        return key == "open"

    def open(self, url: str) -> None: ...

    def evaluate(self, _expression: str) -> tuple[str, tuple[str, ...]]:
        return next(Driven.values)

    def end(self) -> None: ...


@pytest.fixture(autouse=True)
def driven(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(witnesses._DRIVERS, "chromium", Driven)
    monkeypatch.setattr(witnesses, "_LATE_SECONDS", 0.05)


def observed(*values: tuple[str, tuple[str, ...]], **changed: Any) -> Observation:
    Driven.values = iter(values)
    predicted: Diagnosis = diagnose(SCENARIO, CHROMIUM, send)._replace(**changed)
    with witnesses.Witnesses([Program("chromium", "Chromium", "chromium")], sandbox=False) as running:
        [seen] = running.observe(SCENARIO, send, {"chromium": predicted})
    return seen


@pytest.mark.parametrize(
    "text",
    [
        "None", "5", "[]", '"', '{"outcome": "resolved"}', '{"outcome": "x", "origin": "https://app.example"}',
        '{"outcome": "resolved", "origin": "https://app.example", "headers": 5}',
    ],
)  # fmt: skip
def test_a_script_of_a_server_that_replaces_the_result(text: str) -> None:
    assert observed((text, ())).missing == "the page gives no result"


def test_a_response_type_is_text_whatever_the_page_says() -> None:
    assert observed(('{"outcome": "resolved", "origin": "https://app.example", "type": [1]}', ())).type == "[1]"


def test_requests_and_messages_that_come_late_are_waited_for() -> None:
    unseen = '{"outcome": "unseen", "origin": "https://app.example"}'
    seen = observed((unseen, ("early",)), ("", ("late",)))
    assert (seen.end, seen.console) == (End.UNSEEN, ("early", "late"))
    seen = observed((unseen, ()), ("", ("late",)), exchanges=(), console=("late",))
    assert seen.console == ("late",)
    assert observed((unseen, ("early",)), exchanges=()).console == ("early",)


def test_the_profile_is_removed() -> None:
    observed(("None", ()))
    assert not Driven.profile.exists()
