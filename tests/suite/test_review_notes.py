"""Each thing to review in a first policy is one line; a server without errors has none."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest

from corsdoctor.browsers import BROWSERS
from corsdoctor.diagnose import diagnose_all
from corsdoctor.scenario import Credentials, Scenario
from corsdoctor.suite.read import read
from corsdoctor.suite.review_notes import review_notes
from corsdoctor.suite.write import Trial, first
from corsdoctor.url import Origin, parse_origin
from corsdoctor.wire import Answer, FailureKind, Headers, Kind, NoAnswer, Response, WireRequest

URL = "https://api.example/v1/items"


def origin(text: str) -> Origin:
    found = parse_origin(text)
    assert found is not None
    return found


APP, STRANGER = origin("https://app.example"), origin("https://stranger.example")


def ask(page: Origin, *, let_in: bool, status: int = 200, url: str = URL, **more: Any) -> Trial:
    """A server that lets everybody in, or nobody, and answers the actual request with `status`."""

    def server(kind: Kind, request: WireRequest) -> Answer:  # noqa: ARG001
        lines = (
            ("Access-Control-Allow-Origin", str(page)),
            ("Access-Control-Allow-Credentials", "true"),
            ("Access-Control-Allow-Methods", "PUT"),
        )
        return Response(204 if kind is Kind.PREFLIGHT else status, Headers(lines if let_in else ()))

    return Trial(diagnose_all(Scenario(url, page, **more), BROWSERS, server))


def test_a_healthy_server_is_not_doubted() -> None:
    observations = [ask(APP, let_in=True), ask(STRANGER, let_in=False), ask(STRANGER, let_in=True)]
    assert list(review_notes(observations, [APP])) == []  # without credentials anybody may read what is public


@pytest.mark.parametrize("let_in", [True, False])
def test_the_origin_that_was_named_is_doubted_when_blocked(let_in: bool) -> None:
    observations = [
        ask(APP, let_in=let_in),
        ask(APP, let_in=let_in, method="PUT", credentials=Credentials.INCLUDE),
        ask(APP, let_in=let_in, headers=(("X-A", "1"),) if not let_in else ()),
    ]
    expected = "https://app.example is blocked today (GET, PUT with cookies), and the policy expects that: change the policy if it must be allowed"
    assert list(review_notes(observations, [APP])) == ([] if let_in else [expected])


def test_an_unnamed_origin_that_is_allowed_with_credentials_is_reported() -> None:
    observations = [
        ask(APP, let_in=True, credentials=Credentials.INCLUDE),
        ask(STRANGER, let_in=True),
        ask(STRANGER, let_in=True, credentials=Credentials.INCLUDE),
    ]
    assert list(review_notes(observations, [APP])) == [
        "https://stranger.example, which is not listed, is allowed today (GET with cookies), and the policy expects that: "
        "change the policy if it must be blocked"
    ]


def test_statuses_that_say_little_are_doubted() -> None:
    observations = [ask(APP, let_in=True, status=status) for status in (200, 503, 404, 503)]
    assert list(review_notes(observations, [APP])) == [
        "3 of 4 requests got status 404 or 503, which says little about who is allowed: "
        "check that the URL is correct and the server works"
    ]


def test_if_nothing_was_sent_only_that_is_reported() -> None:
    (doubt,) = review_notes([ask(APP, let_in=True, url="ftp://api.example/")], [APP])
    assert doubt.startswith("no request was sent, so nothing is known about the server: ")
    assert not doubt.endswith(".")
    assert "\n" not in doubt


def test_where_nothing_was_sent_and_nothing_failed_no_reason_is_made_up() -> None:
    observation = ask(APP, let_in=True, url="data:text/plain,a")
    assert list(review_notes([observation], [APP])) == ["no request was sent, so nothing is known about the server"]


def test_a_server_that_does_not_answer_is_no_doubt() -> None:
    """Then there is no policy, which is reported as an error."""

    def server(kind: Kind, request: WireRequest) -> Answer:  # noqa: ARG001
        return NoAnswer(FailureKind.REFUSED, "nothing listens")

    assert list(review_notes([Trial(diagnose_all(Scenario(URL, APP), BROWSERS, server))], [APP])) == []


def test_doubts_are_comments_of_the_policy() -> None:
    observations = [ask(APP, let_in=False)]
    text = first(URL, observations, review_notes(observations, [APP]))
    assert "\n# Look: https://app.example is blocked today (GET), and the policy expects that: " in text
    assert read(tomllib.loads(text), {}, lambda _: None).cases
