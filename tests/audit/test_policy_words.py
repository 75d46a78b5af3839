"""How the words of a policy say that preflight responses, and responses to requests without Origin, differ from the others."""

from __future__ import annotations

import pytest

from corsdoctor.audit.explore import explore
from corsdoctor.audit.explored import Explored, Target
from corsdoctor.audit.policy_words import policy_words
from corsdoctor.scenario import Scenario
from corsdoctor.url import OPAQUE, parse, parse_origin
from corsdoctor.wire import Answer, FailureKind, Headers, Kind, NoAnswer, Response, WireRequest
from tests.audit.estate import APP, URL
from tests.audit.test_estate import OF, explored

STRANGER = "https://stranger.example"


@pytest.mark.parametrize(
    ("id", "preflight", "without"),
    [
        ("exact", "", ""),
        ("login-for-preflights", f"does not allow {APP}, which responses to GET do", ""),
        ("private-preflight", f"allows {STRANGER}, which responses to GET do not", ""),
        ("public-or-trusted", "", "Access-Control-Allow-Origin: *"),
        ("public-if-asked", "", "not allowed"),
    ],
)
def test_differences(id: str, preflight: str, without: str) -> None:
    words = dict(policy_words(explored(OF[id])))
    assert (words.get("preflight", ""), words.get("without Origin", "")) == (preflight, without)


def answered(kind_that_fails: Kind | None = None, *, fails_without: bool = False) -> Explored:
    """A server that allows APP, and drops some requests."""
    url, trusted = parse(URL), parse_origin(APP)
    assert url is not None
    assert trusted is not None

    def send(kind: Kind, request: WireRequest) -> Answer:
        origin = request.headers.get("Origin")
        if kind is kind_that_fails or (fails_without and origin is None):
            return NoAnswer(FailureKind.RESET, "the connection was closed")
        return Response(200, Headers((("Access-Control-Allow-Origin", APP),) if origin == APP else ()))

    return explore(Target(url, (trusted,)), Scenario(URL, OPAQUE), send)


def test_a_trusted_origin_that_is_refused_is_named() -> None:
    assert "refused" not in dict(policy_words(explored(OF["exact"])))
    refused = dict(policy_words(explored(OF["null-alone"])))["refused"]
    assert refused == f"{APP}, which should be allowed: 'corsdoctor check' shows why"


def test_requests_without_a_response_tell_nothing() -> None:
    for seen in (answered(Kind.PREFLIGHT), answered(fails_without=True)):
        words = dict(policy_words(seen))
        assert "origins" in words
        assert not words.keys() & {"preflight", "without Origin"}
    unasked = answered()._replace(plain=None)
    assert "without Origin" not in dict(policy_words(unasked))
    untried = unasked._replace(tried=tuple(one for one in unasked.tried if str(one.candidate.origin) != STRANGER))
    assert "preflight" not in dict(policy_words(untried))


def test_an_endpoint_that_takes_only_post() -> None:
    """GET shows nothing of its policy, preflight responses do."""
    words = dict(policy_words(explored(OF["graphql-ends-with"])))
    assert "no POST" in words["POST"]
    assert (words["credentials"], words["origins"]) == ("allowed", "none of those tried")
    assert "https://corsdoctorexample.com, which responses to GET do not" in words["preflight"]
    assert "refused" not in words
    public = dict(policy_words(explored(OF["graphql-public"])))
    assert (public["credentials"], "refused" in public) == ("not allowed", False)
    assert "POST" not in dict(policy_words(explored(OF["exact"])))


def test_origins_that_are_refused_without_cookies() -> None:
    assert dict(policy_words(explored(OF["only-cookies-exact"])))["without cookies"] == f"{APP} refused"
