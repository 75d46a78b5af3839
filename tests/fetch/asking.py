"""Scenarios and answers in few words, for the tables of this room. There are no mocks: a `send` is a row of answers."""

from __future__ import annotations

from corsdoctor.browsers import STANDARD, Profile
from corsdoctor.diagnose import Diagnosis, diagnose
from corsdoctor.fetch.preflight_cache import PreflightCache
from corsdoctor.fetch.request import FetchParams, Request
from corsdoctor.fetch.request_constructor import request_constructor
from corsdoctor.rule import Outcome, Rule, Step, Trace
from corsdoctor.scenario import Scenario
from corsdoctor.url import Origin
from corsdoctor.wire import Answer, Headers, Kind, Response, Send, WireRequest

Lines = tuple[tuple[str, str], ...]

APP = Origin("https", "app.example")
HOME = "https://app.example/"
API = "https://api.example/items"
OTHER = "https://other.example/"
ANY: Lines = (("Access-Control-Allow-Origin", "*"),)
ALLOW: Lines = (("Access-Control-Allow-Origin", "https://app.example"),)
ALLOW_CREDENTIALS: Lines = (*ALLOW, ("Access-Control-Allow-Credentials", "true"))
GRANTS: Lines = (*ANY, ("Access-Control-Allow-Methods", "*"), ("Access-Control-Allow-Headers", "*, authorization"))


def answer(status: int, *lines: tuple[str, str]) -> Response:
    return Response(status, Headers(lines))


def hop(to: str, status: int = 302, lines: Lines = ANY) -> Response:
    return answer(status, ("Location", to), *lines)


def in_turn(*answers: Answer) -> Send:
    """A `send` that gives these answers one after the other, and then the last one for ever."""
    given: list[WireRequest] = []

    def send(_kind: Kind, request: WireRequest) -> Answer:
        given.append(request)
        return answers[min(len(given), len(answers)) - 1]

    return send


def ask(
    scenario: Scenario,
    *answers: Answer,
    profile: Profile = STANDARD,
    cache: PreflightCache | None = None,
    now: float = 0.0,
) -> Diagnosis:
    return diagnose(scenario, profile, in_turn(*answers), cache=cache, now=now)


def ask_granted(scenario: Scenario, *answers: Answer, profile: Profile = STANDARD) -> Diagnosis:
    """As `ask`, but every preflight is granted, and the answers are those to the actual requests."""
    send = in_turn(*answers)

    def granting(kind: Kind, request: WireRequest) -> Answer:
        return answer(204, *GRANTS) if kind is Kind.PREFLIGHT else send(kind, request)

    return diagnose(scenario, profile, granting)


def params_for(profile: Profile = STANDARD) -> FetchParams:
    return FetchParams(profile, Trace(), PreflightCache())


def request_for(scenario: Scenario, profile: Profile = STANDARD) -> Request:
    request = request_constructor(scenario, params_for(profile))
    assert request is not None
    return request


def blamed(step: Step | None) -> tuple[str, str | None] | None:
    """(rule, cause) of a step, by their ids."""
    return None if step is None else (step.rule.id, None if step.cause is None else step.cause.id)


def ids(diagnosis: Diagnosis, outcome: Outcome) -> list[str]:
    return [step.rule.id for step in diagnosis.steps if step.outcome is outcome]


def causes_of(rules: tuple[Rule, ...]) -> set[tuple[str, str]]:
    """All (rule, cause) that these rules can name."""
    return {(rule.id, cause.id) for rule in rules for cause in rule.causes}
