"""What is requested beside the audited URL, and how the policy in words and the findings tell about it."""

from __future__ import annotations

import json
import re
from importlib.resources import files

import pytest

from corsdoctor.audit.elsewhere import other_scheme, redirected_to, url_at
from corsdoctor.audit.explore import explore
from corsdoctor.audit.explored import Explored, LookAt, Target
from corsdoctor.audit.policy_words import policy_words
from corsdoctor.audit.weigh import findings, place_words
from corsdoctor.scenario import Scenario
from corsdoctor.url import OPAQUE, URL, parse
from corsdoctor.wire import Answer, Certificate, FailureKind, Headers, Kind, NoAnswer, Response, WireRequest
from tests.audit.estate import APP, RIGHT, WRONG, Question, Server, answering, dynamic, question
from tests.audit.estate import URL as ITEMS
from tests.audit.test_estate import OF, explored
from tests.audit.test_explore import target


def url(text: str) -> URL:
    found = parse(text)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("text", "below", "root", "other"),
    [
        ("https://a.example/x?q=1", "https://a.example/x/corsdoctor-no-such-page", True, "http://a.example/x?q=1"),
        ("http://a.example/x/", "http://a.example/x/corsdoctor-no-such-page", True, "https://a.example/x/"),
        ("https://a.example/", "https://a.example/corsdoctor-no-such-page", False, "http://a.example/"),
        ("https://a.example:8443/x", "https://a.example:8443/x/corsdoctor-no-such-page", True, None),
        ("http://a.example:443/x", "http://a.example:443/x/corsdoctor-no-such-page", True, None),
    ],
)
def test_places(text: str, below: str, *, root: bool, other: str | None) -> None:
    asked = url(text)
    found = Explored(Target(asked))
    assert url_at(LookAt.BELOW, found) == below
    assert url_at(LookAt.ROOT, found) == (f"{asked.origin}/corsdoctor-no-such-page" if root else None)
    assert url_at(LookAt.OTHER_SCHEME, found) == other_scheme(asked) == other
    assert url_at(LookAt.WITHOUT_LOGIN, found) == text
    assert url_at(LookAt.REDIRECT, found) is None


@pytest.mark.parametrize(
    ("status", "location", "to"),
    [
        (301, "/items/", "https://api.example.com/items/"),
        (308, "?page=1", "https://api.example.com/items?page=1"),
        (302, "https://login.example.net/", None),
        (301, "http://api.example.com/items", None),
        (301, "/items", None),
        (301, "https://a b/", None),
        (304, "/items/", None),
    ],
)
def test_a_redirect_leads_to_another_url_of_the_origin(status: int, location: str, to: str | None) -> None:
    answer = Response(status, Headers((("Location", location),)))
    assert redirected_to(explore(target(ITEMS, APP), Scenario(ITEMS, OPAQUE), lambda *_: answer)) == to


def test_a_redirect_is_looked_at_with_an_imitation_of_a_trusted_origin() -> None:
    """What the redirect allows says nothing of the URL to which it leads."""

    def policy(asked: Question) -> Response:
        if asked.path == "/items":
            return Response(301, Headers((("Location", "/items/"),)))
        return dynamic(lambda o: o.startswith(APP))(asked) if asked.path == "/items/" else Response(404, Headers())

    [found] = [one for one in findings(explored(Server("behind", policy))) if one.severity]
    assert (found.weakness.id, found.place) == ("origin-prefix-allowed", LookAt.REDIRECT)
    assert found.what.endswith("for the URL to which it redirects (status 200), not for the URL itself.")


@pytest.mark.parametrize("place", LookAt)
def test_each_place_has_words(place: LookAt) -> None:
    assert place_words(place, url(ITEMS))
    assert place_words(LookAt.OTHER_SCHEME, url("http://a.example/")) == "with https"


def test_the_schema_lists_each_place() -> None:
    schema = files("corsdoctor").joinpath("reports/schema.json").read_text("utf-8")
    listed = [set(json.loads(f"[{one}]")) for one in re.findall(r'"place": {[^}]*"enum": \[([^\]]*)\]', schema)]
    assert listed == [{*LookAt, None}, set(LookAt)]


def words(found: Explored) -> dict[str, str]:
    return dict(policy_words(found))


@pytest.mark.parametrize(
    ("id", "what", "which"),
    [
        ("errors-without-headers", "errors", "lack these headers, so that pages cannot read them (status 404)"),
        ("errors-exact", "errors", "have the same headers (status 404)"),
        ("errors-public", "other paths", "allow any origin (*), which the URL does not"),
        ("errors-reflect", "other paths", "allow https://stranger.example with credentials, which the URL does not"),
        ("errors-reflect-without-credentials", "other paths", "allow https://app.example.com.corsdoctorexample.com, which the URL does not"),
        ("by-path", "other paths", "allow any origin (*), which the URL does not"),
        ("http-reflects", "http", "allows http://stranger.example with credentials (status 200)"),
        ("http-redirects", "http", "redirected to https://api.example.com/items"),
        ("http-refused", "http", "does not allow http://stranger.example (status 403)"),
        ("https-public", "https", "allows any origin (*) (status 200)"),
        ("reflects-only-without-a-cookie", "without cookies", "any: the Origin header is sent back"),
        ("firewall", "statuses", "403 for https://stranger.example and 200 for https://app.example.com"),
        ("error", "statuses", "500 for every origin"),
        ("redirect-to-slash", "redirects", "to https://api.example.com/items/, which may have another policy"),
        ("redirect-to-slash", "other paths", "allow https://stranger.example with credentials, which the URL does not"),
        ("404-null", "other paths", "allow null with credentials, which the URL does not"),
    ],
)  # fmt: skip
def test_differences_in_words(id: str, what: str, which: str) -> None:
    assert words(explored(OF[id]))[what] == which


def test_what_does_not_differ_is_not_in_the_words() -> None:
    assert not words(explored(OF["exact"])).keys() & {"errors", "other paths", "without cookies", "statuses", "https"}
    assert "http" not in words(explored(OF["http-never-used"]))


def test_a_finding_names_the_place() -> None:
    [found] = [one for one in findings(explored(OF["errors-reflect-below"])) if one.severity]
    assert found.place is LookAt.BELOW
    assert found.what.endswith(
        "The server does this for a page below the URL that does not exist (status 404), not for the URL itself."
    )
    assert {one.place for one in findings(explored(OF["http-reflects"])) if one.severity} == {LookAt.OTHER_SCHEME}
    assert {one.place for one in findings(explored(OF["reflects"]))} == {None}


def test_no_response_with_the_other_scheme() -> None:
    def send(kind: Kind, request: WireRequest) -> Answer:
        if request.url.startswith("http:"):
            return NoAnswer(FailureKind.REFUSED, "nothing listens")
        return answering(OF["exact"])(kind, request)

    found = explore(target(ITEMS, APP), Scenario(ITEMS, OPAQUE), send)
    assert words(found)["http"] == "no response"
    assert not any(one.severity for one in findings(found))


def test_a_page_that_does_not_answer_is_not_in_the_words() -> None:
    def send(kind: Kind, request: WireRequest) -> Answer:
        if "no-such-page" in request.url:
            return NoAnswer(FailureKind.RESET, "the connection was closed")
        return answering(OF["exact"])(kind, request)

    assert not words(explore(target(ITEMS, APP), Scenario(ITEMS, OPAQUE), send)).keys() & {"errors", "unknown pages"}


def test_statuses_of_the_requests_that_were_answered() -> None:
    def send(kind: Kind, request: WireRequest) -> Answer:
        if request.headers.get("Origin") == "https://stranger.example":
            return NoAnswer(FailureKind.RESET, "the connection was closed")
        return answering(OF["error"])(kind, request)

    assert words(explore(target(ITEMS, APP), Scenario(ITEMS, OPAQUE), send))["statuses"] == "500 for every origin"


def test_secrets_stay_with_the_origin_that_the_user_named() -> None:
    """With a login, one more request shows what a page gets without it."""
    requests: list[WireRequest] = []

    def send(_: Kind, request: WireRequest) -> Answer:
        requests.append(request)
        login = "Authorization" in request.headers or request.method == "OPTIONS"
        return dynamic(lambda o: o == APP)(question(request)) if login else Response(401, Headers())

    asked = Scenario(
        ITEMS, OPAQUE, headers=(("Authorization", "Bearer SECRET"),), cookie="sid=SECRET", certificate=True
    )
    found = explore(target(ITEMS, APP), asked, send)
    assert words(found)["without login"] == "lack these headers, so that pages cannot read them (status 401)"
    http = [request for request in requests if request.url.startswith("http:")]
    assert http
    assert not any("SECRET" in str(one.headers.pairs) or one.certificate is Certificate.SHOWN for one in http)


def test_what_other_comparisons_cost() -> None:
    """A server with one policy everywhere gets five requests beside its URL, and a server that allows anybody gets one."""
    assert [look.place for look in explored(OF["exact"]).looks] == [
        LookAt.BELOW, LookAt.BELOW, LookAt.ROOT, LookAt.BELOW, LookAt.OTHER_SCHEME,
    ]  # fmt: skip
    assert [look.place for look in explored(OF["reflects"]).looks] == [LookAt.BELOW]
    assert len(explored(OF["other-paths-no-end"]).looks) == 7


@pytest.mark.parametrize(
    "trusted", ["https://192.0.2.7", "https://shop.github.io"], ids=["an address", "a customer of a hosting service"]
)
def test_origins_that_cannot_be_imitated_at_both_ends(trusted: str) -> None:
    server = Server("one", dynamic(lambda o: o == trusted), trusted=(trusted,))
    asked = [str(look.tried.candidate.origin) for look in explored(server).at(LookAt.ROOT)]
    assert asked == ["https://stranger.example"]


def test_a_sloppy_url_needs_no_imitation_elsewhere() -> None:
    asked = [str(look.tried.candidate.origin) for look in explored(OF["starts-with"]).at(LookAt.ROOT)]
    assert asked == ["https://stranger.example"]


def test_the_estate_has_servers_that_differ() -> None:
    places = {one.place for server in WRONG for one in findings(explored(server)) if one.place is not None}
    assert places == {LookAt.BELOW, LookAt.ROOT, LookAt.OTHER_SCHEME, LookAt.REDIRECT}
    assert not [one for server in RIGHT for one in findings(explored(server)) if one.place is not None and one.severity]
