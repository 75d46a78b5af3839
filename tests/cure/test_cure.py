"""What a cure consists of, for the problems that people have; and what is reported if there is none."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from corsdoctor.browsers import BROWSERS, STANDARD, WEBKIT
from corsdoctor.cure import Cure, cure
from corsdoctor.diagnose import Verdict, diagnose_all
from corsdoctor.policy import Policy, merged
from corsdoctor.scenario import Api, Credentials, Mode, Redirect, Scenario
from corsdoctor.url import OPAQUE, Origin
from corsdoctor.wire import Answer, FailureKind, Headers, Kind, NoAnswer, Response, WireRequest, Withheld

PAGE = Origin("https", "app.example")
URL, ELSEWHERE = "https://api.example/items", "https://other.example/items"
GET = Scenario(URL, PAGE)
PUT = GET._replace(method="PUT", headers=(("X-Api-Key", "1"),))
ME = ("Access-Control-Allow-Origin", "https://app.example")
ANY = ("Access-Control-Allow-Origin", "*")
TRUE = ("Access-Control-Allow-Credentials", "true")
VARY = ("Vary", "Origin")
AGE = ("Access-Control-Max-Age", "7200")
NO_CONTENT = (":status", "204")


def methods(value: str) -> tuple[str, str]:
    return "Access-Control-Allow-Methods", value


def names(value: str) -> tuple[str, str]:
    return "Access-Control-Allow-Headers", value


def answer(status: int, *lines: tuple[str, str]) -> Response:
    return Response(status, Headers(lines))


BARE = answer(200)
THEN = (ME, VARY)  # what an answer needs that was never asked for, because the preflight failed


def cure_for(
    scenario: Scenario,
    actual: Answer = BARE,
    preflight: Answer = BARE,
    *,
    elsewhere: Answer = BARE,
    expose: tuple[str, ...] = (),
    public: bool = False,
) -> Cure:
    def send(kind: Kind, request: WireRequest) -> Answer:
        if request.url.startswith(ELSEWHERE):
            return elsewhere
        return preflight if kind is Kind.PREFLIGHT else actual

    return cure(diagnose_all(scenario, BROWSERS, send), expose, public=public)


@dataclass(frozen=True)
class Case:
    """`lines` are what the cure wants of the preflight's answer and of the actual one."""

    id: str
    scenario: Scenario
    actual: Response = BARE
    preflight: Response = BARE
    lines: tuple[tuple[tuple[str, str], ...], ...] = ()


CASES = (
    Case("nothing", GET, answer(200, ME, VARY)),
    Case("wildcard-is-enough", GET, answer(200, ANY)),
    Case("bare", GET, lines=((ME, VARY),)),
    Case("trailing-slash", GET, answer(200, ("Access-Control-Allow-Origin", "https://app.example/"), VARY), lines=((ME,),)),
    Case("two-values", GET, answer(200, ANY, ANY), lines=((ME, VARY),)),
    Case("credentials", GET._replace(credentials=Credentials.INCLUDE), answer(200, ANY), lines=((ME, TRUE, VARY),)),
    Case("true", GET._replace(credentials=Credentials.INCLUDE), answer(200, ME, ("Access-Control-Allow-Credentials", "True")), lines=((TRUE,),)),
    Case("proxy-status", GET, answer(407, ME), lines=(((":status", "401"),),)),
    Case(
        "everything-at-once", PUT._replace(credentials=Credentials.INCLUDE), answer(200, ANY), answer(405, ANY),
        ((NO_CONTENT, ME, TRUE, methods("PUT"), names("X-Api-Key"), AGE, VARY), (ME, TRUE, VARY)),
    ),
    Case(
        "what-was-granted-stays", PUT, answer(200, ANY), answer(204, ANY, methods("GET, DELETE"), names("X-Trace"), AGE),
        ((methods("GET, DELETE, PUT"), names("X-Trace, X-Api-Key")), THEN),
    ),
    Case(
        "a-wildcard-is-none-with-credentials", PUT._replace(credentials=Credentials.INCLUDE), answer(200, ME, TRUE),
        answer(204, ME, TRUE, methods("*"), names("*")), ((methods("PUT"), names("X-Api-Key"), AGE), (ME, TRUE, VARY)),
    ),
    Case("unparsable", PUT, answer(200, ANY), answer(204, ANY, methods("GET; PUT"), names('"X-Api-Key"'), AGE), ((methods("GET, PUT"), names("X-Api-Key")), THEN)),
    Case("unparsable-without-names", GET._replace(headers=(("X-A", "1"),)), answer(200, ANY), answer(204, ANY, names("@"), AGE), ((names("X-A"),), THEN)),
    Case(
        "authorization", GET._replace(headers=(("Authorization", "Bearer 1"),)), answer(200, ANY),
        answer(204, ANY, names("*"), AGE), ((names("*, Authorization"),),),
    ),
    Case("redirected-preflight", PUT, answer(200, ANY), answer(301, ANY, methods("PUT"), names("X-Api-Key"), AGE, ("Location", "/")), ((NO_CONTENT,), THEN)),
    Case("bad-max-age", PUT, answer(200, ANY), answer(204, ANY, methods("PUT"), ("Access-Control-Max-Age", "1 day")), ((names("X-Api-Key"), AGE), THEN)),
    Case("embedding", GET._replace(api=Api.IMAGE), answer(200, ("Cross-Origin-Resource-Policy", "same-origin")), lines=((("Cross-Origin-Resource-Policy", "cross-origin"),),)),
    Case("embedding-in-the-same-site", GET._replace(api=Api.IMAGE, origin=Origin("https", "www.api.example")), answer(200, ("Cross-Origin-Resource-Policy", "same-origin")), lines=((("Cross-Origin-Resource-Policy", "same-site"),),)),
    Case("names-in-another-case", GET._replace(headers=(("x-a", "1"),)), answer(200, ANY), answer(204, ANY, names("X-A; X-B"), AGE), ((names("X-A, X-B"),), THEN)),
    Case("style-sheet", GET._replace(api=Api.STYLESHEET), answer(200, ("Content-Type", "text/html")), lines=((("Content-Type", "text/css"),),)),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_the_changes(case: Case) -> None:
    found = cure_for(case.scenario, case.actual, case.preflight)
    assert found.obstacle is None
    assert tuple(change.lines for change in found.changes) == case.lines
    assert {d.verdict for d in found.proof} <= {Verdict.ALLOWED, Verdict.OPAQUE}
    assert found.needed is bool(case.lines)


NO_CURE: dict[str, tuple[Scenario, Answer, str]] = {
    "forbidden-method": (GET._replace(method="TRACE"), BARE, "method-not-forbidden"),
    "forbidden-header": (GET._replace(headers=(("X A", "1"),)), BARE, "request-header-valid"),
    "mixed-content": (GET._replace(url="http://api.example/items"), BARE, "not-mixed-content"),
    "userinfo": (GET, answer(302, ANY, ("Location", "https://u:p@other.example/items")), "location-without-userinfo"),
    "other-scheme": (GET, answer(302, ANY, ("Location", "ftp://other.example/items")), "location-is-http"),
    "redirect-mode": (GET._replace(redirect=Redirect.ERROR), answer(302, ANY, ("Location", "/")), "redirect-mode-allows"),
    "same-origin-mode": (GET._replace(mode=Mode.SAME_ORIGIN), BARE, "same-origin-mode"),
    "opaque-page": (GET._replace(origin=OPAQUE), BARE, "acao-present"),
    "opaque-page-other": (GET._replace(origin=OPAQUE), answer(200, ME), "acao-matches-origin"),
    "tainted": (GET, answer(302, ANY, ("Location", ELSEWHERE)), "acao-present"),
    "no-answer": (GET, NoAnswer(FailureKind.REFUSED, "connection refused"), "actual-answered"),
    "data": (GET._replace(url="data:nonsense", api=Api.SCRIPT), BARE, "data-url-parses"),
}  # fmt: skip


@pytest.mark.parametrize("name", NO_CURE)
def test_where_no_header_helps(name: str) -> None:
    scenario, actual, rule = NO_CURE[name]
    found = cure_for(scenario, actual)
    assert found.obstacle is not None
    assert found.obstacle.step.rule.id == rule
    assert found.needed
    assert (found.changes, found.proof, found.policy) == ((), (), None)


def test_an_assumed_response_differs_from_a_received_one() -> None:
    blocked = cure_for(PUT, answer(200, ME), answer(405))
    preflight, actual = blocked.changes
    assert preflight.response == answer(405)
    assert actual.response is None
    assert (actual.kind, actual.method, actual.url) == (Kind.ACTUAL, "PUT", URL)


def test_what_was_held_back_is_not_needed_yet() -> None:
    granted = answer(204, ME, VARY, methods("PUT"), names("X-Api-Key"), AGE)
    found = cure_for(PUT, Withheld("PUT may change data"), granted)
    assert [change.response for change in found.changes] == [None]
    assert not found.needed


def test_each_hop_of_a_redirect() -> None:
    found = cure_for(GET._replace(url=URL), answer(302, ("Location", "/items/2")))
    assert [change.url for change in found.changes] == [URL, f"{URL}/2"]
    assert all(change.lines == (ME, VARY) for change in found.changes)


def test_browsers_that_ask_differently_get_one_answer() -> None:
    """WebKit's preflight names other headers after a redirect: what is granted serves all."""
    scenario = GET._replace(headers=(("Authorization", "x"), ("X-A", "1")), method="PUT")
    found = cure_for(scenario, answer(307, ME, VARY, ("Location", "/items/")), answer(204, ME, VARY))
    assert found.obstacle is None
    assert {d.profile for d in found.proof} == set(BROWSERS)
    assert found.policy == Policy((str(PAGE),), ("PUT",), ("Authorization", "X-A"))


def test_the_policy() -> None:
    scenario = PUT._replace(credentials=Credentials.INCLUDE, body=b"{}", headers=(("x-api-key", "1"), ("Content-Type", "application/json")))  # fmt: skip
    found = cure_for(scenario, answer(200), answer(404), expose=("X-Total-Count",))
    assert found.policy == Policy((str(PAGE),), ("PUT",), ("Content-Type", "x-api-key"), True, ("X-Total-Count",))


def test_where_cors_decides_nothing_there_is_no_policy() -> None:
    assert cure_for(GET._replace(url="https://app.example/x")).policy is None
    assert (
        cure_for(GET._replace(api=Api.IMAGE), answer(200, ("Cross-Origin-Resource-Policy", "same-origin"))).policy
        is None
    )


def test_everybody_may_read_where_that_is_asked_for() -> None:
    found = cure_for(PUT, answer(200, ME, VARY), answer(405), public=True)
    assert [change.lines for change in found.changes] == [
        (NO_CONTENT, ANY, methods("PUT"), names("X-Api-Key"), AGE),
        (ANY,),
    ]
    assert found.policy == Policy(("*",), ("PUT",), ("X-Api-Key",))
    assert cure_for(GET, answer(302, ANY, ("Location", ELSEWHERE)), public=True).obstacle is None


def expose_lines(*lines: tuple[str, str], scenario: Scenario = GET) -> list[tuple[tuple[str, str], ...]]:
    found = cure_for(scenario, answer(200, *lines, ("X-Total-Count", "42")), expose=("X-Total-Count", "ETag"))
    return [change.lines for change in found.changes]


def test_expose() -> None:
    name = "Access-Control-Expose-Headers"
    assert expose_lines(ANY) == [((name, "X-Total-Count, ETag"),)]
    assert expose_lines(ANY, (name, "*")) == []
    assert expose_lines(ANY, (name, "etag")) == [((name, "etag, X-Total-Count"),)]
    assert expose_lines(ANY, (name, "x-total-count, etag")) == []
    assert expose_lines(ANY, (name, "X A")) == [((name, "X-Total-Count, ETag"),)]
    with_cookies = GET._replace(credentials=Credentials.INCLUDE)
    assert expose_lines(ME, VARY, TRUE, (name, "*"), scenario=with_cookies) == [((name, "X-Total-Count, ETag"),)]
    assert cure_for(GET._replace(url="data:,x"), expose=("ETag",)).changes == ()
    readable = cure_for(GET, answer(200, ANY, ("ETag", "1")), expose=("ETag",)).proof[0].readable
    assert readable is not None
    assert "etag" in readable


def ways(found: Cure) -> dict[str, list[str]]:
    return {way.id: [name for change in way.changes for name, _ in change.lines] for way in found.alternatives}


def test_the_page_can_do_without_credentials() -> None:
    found = cure_for(GET._replace(credentials=Credentials.INCLUDE), answer(200, ANY))
    assert ways(found) == {"no-credentials": [], "same-origin-proxy": []}
    assert [way.tried for way in found.alternatives] == [True, False]


def test_the_page_can_do_without_a_preflight() -> None:
    scenario = GET._replace(method="POST", headers=(("X-A", "1"), ("Content-Type", "application/json")), body=b"{}")
    found = cure_for(scenario, answer(200, ANY), answer(405))
    [simple] = [way for way in found.alternatives if way.id == "no-preflight"]
    assert simple.text.startswith("Remove X-A and send the body as `Content-Type: text/plain`")
    assert simple.scenario.headers == (("Content-Type", "text/plain;charset=UTF-8"),)
    assert [line[0] for change in simple.changes for line in change.lines] == ["Access-Control-Allow-Origin", "Vary"]
    only_type = cure_for(scenario._replace(headers=scenario.headers[1:]), answer(200, ANY), answer(405))
    assert any(way.text.startswith("Send the body as") for way in only_type.alternatives)
    assert "no-preflight" not in ways(cure_for(PUT, answer(200, ANY), answer(405)))


def test_the_page_can_make_another_request() -> None:
    assert "mode-cors" in ways(cure_for(GET._replace(mode=Mode.NO_CORS)))
    assert "mode-cors" in ways(cure_for(GET._replace(mode=Mode.SAME_ORIGIN), answer(200, ANY)))
    assert "follow-redirects" in ways(
        cure_for(GET._replace(redirect=Redirect.ERROR), answer(302, ANY, ("Location", "/x")))
    )
    assert "https" in ways(cure_for(GET._replace(url="http://api.example/items")))
    assert "no-userinfo" in ways(cure_for(GET._replace(url="https://u:p@api.example/items"), answer(200, ANY)))
    misspelled = cure_for(GET._replace(method="patch"), answer(200, ANY), answer(204, ANY))
    assert "upper-case" in ways(misspelled)
    assert misspelled.obstacle is not None  # no server handles `patch`
    assert misspelled.obstacle.next.startswith('Write `method: "PATCH"`')
    texture = cure_for(GET._replace(api=Api.WEBGL), answer(200, ANY))
    assert [way.text.split(":")[0] for way in texture.alternatives] == [
        'Set crossorigin="anonymous" on the <img> that becomes the texture, so that it is loaded with CORS.'
    ]
    embedded = GET._replace(api=Api.IMAGE)
    assert "crossorigin" in ways(cure_for(embedded, answer(200, ("Cross-Origin-Resource-Policy", "same-origin"), ANY)))
    tainted = cure_for(GET, answer(302, ANY, ("Location", ELSEWHERE)), elsewhere=answer(200, ANY, ME))
    [final] = [way for way in tainted.alternatives if way.id == "final-url"]
    assert final.scenario.url == ELSEWHERE


def test_no_alternative_if_none_is_needed_or_none_helps() -> None:
    assert cure_for(GET, answer(200, ANY)).alternatives == ()
    assert cure_for(GET._replace(mode=Mode.NO_CORS, url="https://app.example/x")).alternatives == ()
    assert cure_for(GET._replace(method="TRACE")).alternatives == ()
    assert cure_for(GET, NoAnswer(FailureKind.DNS, "no such host")).alternatives == ()
    assert "same-origin-proxy" not in ways(cure_for(GET._replace(origin=OPAQUE)))


def test_what_is_granted_without_need() -> None:
    preflight = answer(204, ANY, TRUE, methods("GET, PUT, DELETE"), names("X-Api-Key, X-Trace"))
    found = cure_for(PUT, answer(200, ANY, TRUE, ("Access-Control-Expose-Headers", "ETag, X-Id, Pragma")), preflight, expose=("etag",))  # fmt: skip
    assert {(s.name, s.text) for s in found.excess_grants} == {
        (
            "Access-Control-Allow-Origin",
            "lets every site read the response; this request needs only https://app.example",
        ),
        ("Access-Control-Allow-Methods", "allows DELETE, which this request does not need"),
        ("Access-Control-Allow-Headers", "allows X-Trace, which this request does not need"),
        ("Access-Control-Expose-Headers", "lets scripts read X-Id; name what they need with --expose"),
    }
    assert cure_for(GET, answer(200, ME, VARY)).excess_grants == ()
    [cookies, _] = cure_for(GET, answer(200, ME, TRUE, VARY, ("Access-Control-Expose-Headers", "X-Id"))).excess_grants
    assert cookies.text == "allows cookies; this request has none"
    assert cure_for(GET, answer(200, ANY), public=True).excess_grants == ()
    wild = cure_for(PUT, answer(200, ME), answer(204, ME, methods("*"), names("*")))
    assert {s.text for s in wild.excess_grants} == {
        "allows every method, which this request does not need",
        "allows every header, which this request does not need",
    }
    [sandboxed] = cure_for(GET, answer(200, ("Access-Control-Allow-Origin", "null"))).excess_grants
    assert "sandboxed" in sandboxed.text


def asked_of(
    *lines: tuple[str, str], scenario: Scenario = GET, ask: Answer | None = None
) -> tuple[Cure, list[WireRequest]]:
    """The cure of a GET with this answer, and the requests that were sent for it besides; their answer is `ask`."""
    sent: list[WireRequest] = []

    def asking(_kind: Kind, request: WireRequest) -> Answer:
        sent.append(request)
        return ask or answer(200, ("Access-Control-Allow-Origin", request.headers.get("Origin") or ""), TRUE)

    diagnoses = diagnose_all(scenario, BROWSERS, lambda _kind, _request: answer(200, *lines))
    return cure(diagnoses, ask=asking), sent


def test_a_server_that_allows_every_origin_is_found() -> None:
    secret = GET._replace(credentials=Credentials.INCLUDE, cookie="sid=1")
    found, sent = asked_of(ME, TRUE, VARY, scenario=secret)
    assert [s.text for s in found.excess_grants] == [
        "was the response to https://stranger.example: every site may read it, with cookies"
    ]
    assert [request.headers.get("Origin") for request in sent] == ["https://stranger.example"]
    assert "Cookie" not in sent[0].headers
    found, _ = asked_of(ME, VARY, ask=answer(200, ("Access-Control-Allow-Origin", "https://stranger.example")))
    assert [s.text for s in found.excess_grants] == [
        "was the response to https://stranger.example: every site may read it"
    ]
    assert asked_of(ME, VARY, ask=answer(200, ME))[0].excess_grants == ()
    assert asked_of(ME, VARY, ask=Withheld("not now"))[0].excess_grants == ()
    assert asked_of(ANY)[1] == []
    assert asked_of(scenario=GET._replace(url="data:,x"))[1] == []


def test_what_browsers_would_ask_next_is_asked() -> None:
    """The answer to a GET after a preflight that failed: a browser has not seen it, but it changes nobody's data."""
    sent: list[tuple[Kind, str]] = []

    def ask(kind: Kind, request: WireRequest) -> Answer:
        sent.append((kind, request.method))
        return answer(200, ME, VARY)

    diagnoses = diagnose_all(GET._replace(headers=(("X-A", "1"),)), BROWSERS, lambda _kind, _request: answer(405))
    found = cure(diagnoses, ask=ask)
    assert [change.kind for change in found.changes] == [Kind.PREFLIGHT]
    assert (Kind.ACTUAL, "GET") in sent
    refused = cure(diagnoses, ask=lambda _kind, _request: NoAnswer(FailureKind.RESET, "reset"))
    assert refused.obstacle is not None
    assert refused.obstacle.step.rule.id == "actual-answered"


def test_lines_that_cors_knows_nothing_of() -> None:
    both = cure_for(GET._replace(api=Api.MODULE), answer(200, ("Content-Type", "text/plain")))
    assert both.lines_outside_policy == (("Content-Type", "text/javascript"),)
    assert both.policy == Policy((str(PAGE),))
    only = cure_for(GET._replace(api=Api.MODULE), answer(200, ANY, ("Content-Type", "text/plain")))
    assert only.lines_outside_policy == (("Content-Type", "text/javascript"),)
    assert only.policy is None


def test_where_a_preflight_is_redirected() -> None:
    found = cure_for(PUT, answer(200, ANY), answer(301, ("Location", "/items/2")))
    assert "final-url" in ways(found)
    nowhere = cure_for(PUT, answer(200, ANY), answer(301, ("Location", "ftp://a.example/")))
    assert "final-url" not in ways(nowhere)


def test_a_proxy_does_not_fix_a_redirect() -> None:
    assert "same-origin-proxy" not in ways(cure_for(GET, answer(302, ANY, ("Location", "ftp://other.example/items"))))


def test_the_same_url_may_return_another_response_the_second_time() -> None:
    answers = iter([answer(302, ANY, ("Location", URL)), answer(200, ANY)])
    found = cure(diagnose_all(GET, [STANDARD, WEBKIT], lambda _kind, _request: next(answers)))
    assert found.changes == ()
    assert [len(d.exchanges) for d in found.proof] == [2, 2]


def test_policies_are_merged() -> None:
    one = Policy(("https://a.example",), ("PUT",), ("X-A",), True, ("ETag",), 600)
    two = Policy(("https://b.example",), ("PUT", "DELETE"), ("x-a", "X-B"))
    assert merged([one]) == one
    assert merged([one, two]) == Policy(
        ("https://a.example", "https://b.example"), ("PUT", "DELETE"), ("X-A", "X-B"), True, ("ETag",), 7200
    )
    everyone, everyone_put = Policy(("*",), expose=("ETag",)), Policy(("*",), ("PUT",), expose=("ETag",))
    assert merged([everyone, replace(everyone_put, origins=("https://a.example",))]) == everyone_put
    assert merged([everyone, one]).origins == ("https://a.example",)
