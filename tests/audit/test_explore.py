"""The experiment: what is sent, in which order, and what is left out."""

from __future__ import annotations

import pytest

from corsdoctor.audit.candidates import STRANGER, Trick
from corsdoctor.audit.explore import explore, planned
from corsdoctor.audit.explored import Explored, Target
from corsdoctor.audit.policy_words import policy_words
from corsdoctor.audit.requests_of_pages import plain_request
from corsdoctor.audit.weigh import findings
from corsdoctor.report import AuditReport
from corsdoctor.reports.audit_text import render_audit
from corsdoctor.reports.writer import Style
from corsdoctor.scenario import Scenario
from corsdoctor.url import OPAQUE, parse, parse_origin
from corsdoctor.wire import Answer, FailureKind, Headers, Kind, NoAnswer, Response, WireRequest
from tests.audit.estate import ACAC, ACAO, APP, ESTATE, URL, answering, dynamic, fixed, question
from tests.audit.test_estate import explored

OF = {server.id: server for server in ESTATE}


def target(url: str = URL, *trusted: str) -> Target:
    found = parse(url)
    assert found is not None
    return Target(found, tuple(one for text in trusted if (one := parse_origin(text)) is not None))


def sent(answer: Answer, *trusted: str, url: str = URL) -> list[WireRequest]:
    """The requests to a server that always answers so."""
    requests: list[WireRequest] = []

    def send(_: Kind, request: WireRequest) -> Answer:
        requests.append(request)
        return answer

    explore(target(url, *trusted), Scenario(url, OPAQUE), send)
    return requests


def text_of(found: Explored) -> str:
    """What the report says, with all that was tried."""
    return render_audit(AuditReport(found, (), Scenario(URL, OPAQUE)), Style(120, verbosity=1))


def origins(requests: list[WireRequest]) -> list[str | None]:
    return [request.headers.get("Origin") for request in requests]


def test_stops_at_once_where_nothing_answers() -> None:
    assert origins(sent(NoAnswer(FailureKind.REFUSED, "nothing listens"), APP)) == ["https://stranger.example"]


def test_tries_no_imitations_where_any_origin_is_allowed_or_none() -> None:
    controls = [
        "https://stranger.example",
        "https://api.example.com",
        APP,
        None,
        "http://stranger.example",
        APP,
        "null",
    ]
    assert origins(sent(Response(200, Headers()), APP))[:7] == controls
    for answer in (
        Response(200, Headers(((ACAO, "*"),))),
        Response(200, Headers(((ACAO, APP),))),
        Response(200, Headers(((ACAO, f"{APP}, {APP}"),))),
    ):
        assert len(sent(answer, APP)) <= 13
    assert len(sent(Response(200, Headers()), APP)) <= 19


def test_the_stranger_may_be_the_users_own() -> None:
    stranger = str(STRANGER.origin)
    allows_all = Response(200, Headers(((ACAO, "*"),)))
    assert origins(sent(allows_all, stranger)).count(stranger) > 0
    assert origins(sent(allows_all, url=f"{stranger}/items")).count(stranger) > 0


def test_a_firewall_that_drops_strangers_does_not_hide_the_server() -> None:
    def send(kind: Kind, request: WireRequest) -> Answer:
        if request.headers.get("Origin") in (None, APP) or "stranger.example" not in str(request.headers.get("Origin")):
            return answering(OF["any-port"])(kind, request)
        return NoAnswer(FailureKind.RESET, "the connection was closed")

    found = explore(target(URL, APP), Scenario(URL, OPAQUE), send)
    assert found.answered
    assert [one.weakness.id for one in findings(found)] == ["port-ignored"]


@pytest.mark.parametrize(("kind", "requests"), [(FailureKind.RESET, 3), (FailureKind.TIMEOUT, 3), (FailureKind.DNS, 1)])
def test_a_server_that_drops_everything_is_given_up(kind: FailureKind, requests: int) -> None:
    assert len(sent(NoAnswer(kind, "nothing came"), APP, "https://admin.example.com")) == requests
    own = str(target().url.origin)
    assert len(sent(NoAnswer(kind, "nothing came"), own)) == min(2, requests)


def test_a_server_that_stalls_is_given_up() -> None:
    def send(kind: Kind, request: WireRequest) -> Answer:
        if request.headers.get("Origin") == APP:
            return answering(OF["exact"])(kind, request)
        return NoAnswer(FailureKind.TIMEOUT, "nothing came")

    found = explore(target(URL, APP), Scenario(URL, OPAQUE), send)
    assert found.sent <= 6
    assert found.stalled
    assert "Further ones were not tried: the server stopped responding." in text_of(found)


def test_a_rate_limit_is_no_weakness() -> None:
    """Its responses have no Vary, and no cache may store them."""
    count = 0

    def send(kind: Kind, request: WireRequest) -> Answer:
        nonlocal count
        count += 1
        return answering(OF["exact"])(kind, request) if count < 10 else Response(429, Headers())

    assert findings(explore(target(URL, APP), Scenario(URL, OPAQUE), send)) == ()


def test_a_page_of_another_origin_says_so() -> None:
    of = {request.headers.get("Origin"): request.headers for request in sent(Response(200, Headers()), APP)}
    assert of["https://stranger.example"].get("Sec-Fetch-Site") == "cross-site"
    assert of["https://stranger.example"].get("Referer") == "https://stranger.example/"
    assert of[APP].get("Sec-Fetch-Site") == "same-site"
    assert of["https://api.example.com"].get("Sec-Fetch-Site") == "same-origin"
    assert of["null"].get("Referer") is None


def test_a_cookie_of_the_user_is_kept_where_one_is_tried() -> None:
    requests: list[WireRequest] = []

    def send(_: Kind, request: WireRequest) -> Answer:
        requests.append(request)
        return Response(200, Headers(((ACAO, "*"), (ACAC, "true"))))

    asked = Scenario(URL, OPAQUE, cookie="sid=1")
    explore(target(URL, APP), asked, send, secrets_for_all=True)
    assert {request.headers.get("Cookie") for request in requests if request.headers.get("Origin")} == {"sid=1", None}


def test_sends_get_and_options_only_to_the_named_origin() -> None:
    requests = planned(target(URL, APP), Scenario(URL, OPAQUE))
    assert {request.method for request in requests} == {"GET", "OPTIONS"}
    assert {request.url for request in requests} == {
        URL, f"{URL}/corsdoctor-no-such-page", "https://api.example.com/corsdoctor-no-such-page", "http://api.example.com/items",
    }  # fmt: skip
    assert len(requests) == len({(r.method, r.url, r.headers) for r in requests})


def test_keeps_scheme_and_port() -> None:
    for url in ("http://api.example.com:443/items?a=1", "https://api.example.com:8443/items", "http://127.0.0.1:8080/"):
        begins = {
            request.url.partition("/items")[0].partition("/corsdoctor")[0]
            for request in sent(Response(200, Headers(((ACAO, "*"),))), APP, url=url)
        }
        assert all(url.startswith(one) for one in begins)


def test_follows_redirects_only_where_the_user_pointed() -> None:
    away = Response(302, Headers((("Location", "https://login.example.net/"), (ACAO, "*"))))
    assert {request.url.partition("://")[2].partition("/")[0] for request in sent(away, APP)} == {"api.example.com"}
    assert OF["redirects-away"].expected == frozenset()
    here = Response(302, Headers((("Location", "/login"), (ACAO, "*"))))
    assert {request.url for request in sent(here, APP)} >= {URL, "https://api.example.com/login"}


def test_browsers_send_nothing_to_a_bad_port() -> None:
    assert plain_request(Scenario(URL, OPAQUE), "http://a.example:25/") is None


def test_the_budget_is_kept_and_what_is_left_is_counted() -> None:
    for budget in (1, 3, 7, 12):
        found = explored(OF["exact"], budget)
        assert found.sent == budget
    few = explored(OF["exact"], 12)
    assert few.left > 0
    assert f"{few.left} rarer ones were not tried: --budget was reached." in text_of(few)
    assert explored(OF["exact"], 70).left == 0


@pytest.mark.parametrize("for_all", [False, True])
def test_secrets_go_with_trusted_origins_only(*, for_all: bool) -> None:
    requests: list[WireRequest] = []

    def send(kind: Kind, request: WireRequest) -> Answer:
        requests.append(request)
        return answering(OF["exact"])(kind, request)

    asked = Scenario(URL, OPAQUE, headers=(("Authorization", "Bearer SECRET"),), cookie="sid=SECRET", certificate=True)
    explore(target(URL, APP), asked, send, secrets_for_all=for_all)
    having = {request.headers.get("Origin") for request in requests if "SECRET" in str(request.headers.pairs)}
    assert {"https://api.example.com", APP} <= having
    assert ("https://stranger.example" in having) is for_all


def test_a_login_that_preflights_do_not_allow_is_no_permission() -> None:
    """With Authorization, a page needs a preflight response too."""
    asked = Scenario(URL, OPAQUE, headers=(("Authorization", "Bearer x"),))
    found = explore(target(URL, APP), asked, lambda _, request: fixed((ACAO, APP), (ACAC, "true"))(question(request)))
    [trusted] = found.of(Trick.TRUSTED)
    assert trusted.readers == ()


def words(found: Explored) -> dict[str, str]:
    return dict(policy_words(found))


def with_headers(*pairs: tuple[str, str]) -> Explored:
    url = target(URL, APP)
    return explore(url, Scenario(URL, OPAQUE), lambda _, request: fixed((ACAO, "*"), *pairs)(question(request)))


@pytest.mark.parametrize(
    ("server", "what", "which"),
    [
        ("exact", "origins", APP),
        ("exact", "credentials", "allowed"),
        ("exact", "methods", "GET, HEAD and POST, which need no preflight; also PUT and DELETE"),
        ("exact", "headers", "any that is asked for"),
        ("exact", "unknown pages", "have the same headers (status 200)"),
        ("exact-without-credentials", "credentials", "not allowed"),
        ("public", "origins", "any (*)"),
        ("public", "methods", "GET, HEAD and POST, which need no preflight"),
        ("public", "headers", "only those that need no preflight"),
        ("reflects", "origins", "any: the Origin header is sent back"),
        ("no-cors", "origins", "none of those tried"),
        ("public-or-trusted", "origins", f"any (*), and by name {APP}"),
        ("public-or-trusted", "credentials", "allowed to those that are named"),
        ("own-origin-static", "origins", "https://api.example.com, whoever asks"),
    ],
)
def test_the_policy_in_words(server: str, what: str, which: str) -> None:
    assert words(explored(OF[server]))[what] == which


def test_a_star_is_shown_once_beside_the_origins_that_are_named() -> None:
    found = explored(OF["public-or-trusted"])
    text = render_audit(AuditReport(found, (), Scenario(URL, OPAQUE)), Style(80))
    _, _, rows = text.partition("Origins that can read the response\n")
    assert rows.splitlines()[:2] == [
        "  - https://stranger.example (any other website, without credentials)",
        f"  - {APP} (trusted, with credentials, also PUT and DELETE)",
    ]
    assert rows.count("  - ") == 2
    assert list(policy_words(found)).count(("unknown pages", "have the same headers (status 200)")) == 1


def test_headers_of_the_policy_in_words() -> None:
    every = with_headers(("Access-Control-Allow-Methods", "*"), ("Access-Control-Allow-Headers", "*"))
    assert (words(every)["methods"], words(every)["headers"]) == ("any (*)", "any (*)")
    some = with_headers(
        ("Access-Control-Allow-Headers", "X-A, X-B"), ("Access-Control-Expose-Headers", "ETag"), ("Access-Control-Max-Age", "600"),
    )  # fmt: skip
    found = words(some)
    assert (found["headers"], found["exposed"], found["max age"]) == ("X-A and X-B", "ETag", "600 s")
    assert words(with_headers(("Access-Control-Expose-Headers", "a b"))).get("exposed") is None


def test_a_server_that_allows_whatever_method_is_asked_for() -> None:
    def policy(_: Kind, request: WireRequest) -> Answer:
        method = request.headers.get("Access-Control-Request-Method") or ""
        return fixed(
            (ACAO, request.headers.get("Origin") or "*"), ("Access-Control-Allow-Methods", method), (ACAC, "true")
        )(question(request))

    assert words(explore(target(URL, APP), Scenario(URL, OPAQUE), policy))["methods"] == "any that is asked for"


def test_errors_without_the_headers() -> None:
    exact = dynamic(lambda origin: origin == APP)

    def policy(_: Kind, request: WireRequest) -> Answer:
        return exact(question(request)) if request.url == URL else Response(404, Headers())

    assert words(explore(target(URL, APP), Scenario(URL, OPAQUE), policy))["errors"].startswith("lack these headers")


def test_what_the_budget_leaves_out_is_not_in_the_words() -> None:
    assert "errors" not in words(explored(OF["exact"], 8))


def test_an_endpoint_that_takes_only_post_gets_no_post() -> None:
    requests: list[WireRequest] = []

    def send(kind: Kind, request: WireRequest) -> Answer:
        requests.append(request)
        return answering(OF["graphql-starts-with"])(kind, request)

    explore(target("https://api.example.com/graphql", APP), Scenario("https://api.example.com/graphql", OPAQUE), send)
    assert {request.method for request in requests} == {"GET", "OPTIONS"}
    posts = [one for one in requests if one.headers.get("Access-Control-Request-Method") == "POST"]
    assert {one.headers.get("Access-Control-Request-Headers") for one in posts} == {"content-type"}


def test_preflight_requests_that_time_out_end_the_audit() -> None:
    def send(kind: Kind, request: WireRequest) -> Answer:
        if kind is Kind.PREFLIGHT and request.headers.get("Origin") != APP:
            return NoAnswer(FailureKind.TIMEOUT, "nothing came")
        return answering(OF["graphql-exact"])(kind, request)

    found = explore(target("https://api.example.com/graphql", APP), Scenario(URL, OPAQUE), send)
    assert found.stalled
    assert len([one for one in found.asked if one.exchange.response is None]) == 4


def test_a_post_endpoint_without_a_mistake_says_what_was_seen() -> None:
    assert "nothing wrong was found in preflight responses" in text_of(explored(OF["graphql-exact"]))
