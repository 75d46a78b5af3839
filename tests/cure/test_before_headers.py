"""What no CORS header helps against is an obstacle, and never verified as a cure."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from corsdoctor.browsers import BROWSERS
from corsdoctor.causes.before_headers import comes_first
from corsdoctor.causes.probe import AUTO
from corsdoctor.cure import Cure, cure, through_a_proxy
from corsdoctor.diagnose import diagnose_all, withholding
from corsdoctor.policy import Policy
from corsdoctor.recipes import RECIPES
from corsdoctor.recipes.prescription import prescribe
from corsdoctor.report import report_on
from corsdoctor.reports.cure_text import render
from corsdoctor.reports.writer import Style
from corsdoctor.rule import Cause, Certainty, Outcome
from corsdoctor.scenario import Api, Mode, Scenario
from corsdoctor.url import Origin, parse
from corsdoctor.wire import Answer, Exchange, FailureKind, Headers, Kind, NoAnswer, Response, WireRequest

PAGE = Origin("https", "app.example")
URL = "https://api.example/items"
GET = Scenario(URL, PAGE)
WITH_HEADER = GET._replace(headers=(("X-A", "1"),))
ME = ("Access-Control-Allow-Origin", "https://app.example")
BARE = Response(200, Headers())


def cure_of(scenario: Scenario, actual: Response, preflight: Response = BARE) -> Cure:
    def send(kind: Kind, _: WireRequest) -> Answer:
        return preflight if kind is Kind.PREFLIGHT else actual

    return cure(diagnose_all(scenario, BROWSERS, send), ask=send)


@dataclass(frozen=True)
class Case:
    """`actual` and `preflight` are statuses; `first` is the cause that comes first, and `verified` whether there is a proof."""

    id: str
    actual: int
    preflight: int = 200
    scenario: Scenario = WITH_HEADER
    first: str | None = None
    verified: bool = False


CASES = (
    Case("ok", 200, verified=True),
    Case("not-found", 404, first="not-found"),
    Case("gone", 410, first="not-found"),
    Case("not-found-without-a-preflight", 404, scenario=GET, first="not-found"),
    Case("too-large", 413, first="too-large"),
    Case("rate-limited", 429, first="rate-limited"),
    Case("server-error", 500, first="server-error"),
    Case("not-implemented", 501, first="method-not-allowed"),
    Case("not-allowed-without-a-preflight", 405, scenario=GET, first="method-not-allowed"),
    Case("bad-gateway", 502, first="gateway-error"),
    Case("cloudflare-cannot-connect", 522, first="gateway-error"),
    Case("bad-gateway-for-options", 200, 502, first="gateway-error"),
    Case("rate-limited-options", 200, 429, first="rate-limited"),
    Case("no-handler-of-options", 200, 404, verified=True),
    Case("method-not-allowed-for-options", 200, 405, verified=True),
    Case("not-implemented-for-options", 200, 501, verified=True),
    Case("options-fails", 200, 500, verified=True),
    Case("login-for-options", 200, 401, verified=True),
    Case("login", 401),
    Case("forbidden", 403),
    Case("bad-request", 400),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_an_error_page_is_never_made_readable_and_called_verified(case: Case) -> None:
    found = cure_of(case.scenario, Response(case.actual, Headers()), Response(case.preflight, Headers()))
    assert (found.obstacle.first if found.obstacle is not None else None) == case.first
    assert bool(found.proof) is case.verified
    if case.first is not None:
        assert (found.policy, found.changes, found.alternatives) == (None, (), ())
        assert found.obstacle is not None
        assert found.obstacle.step.cause is not None
        assert found.obstacle.step.cause.id == case.first
        assert found.obstacle.next == found.obstacle.step.cause.fix
    else:
        assert found.policy is not None
        assert found.error_status == (None if case.verified else case.actual)


@pytest.mark.parametrize(
    ("status", "first"), [(200, None), (401, None), (502, "gateway-error"), (500, "gateway-error")]
)
def test_a_gateway_may_refuse_options_alone(status: int, first: str | None) -> None:
    """A GET shows that there is an application behind it, and headers then help."""

    def send(kind: Kind, _: WireRequest) -> Answer:
        return Response(503 if kind is Kind.PREFLIGHT else status, Headers())

    report = report_on(GET._replace(method="PUT"), BROWSERS, withholding(send), AUTO)
    found = cure(report.diagnoses, ask=withholding(send), probes=report.probes)
    assert (found.obstacle.first if found.obstacle is not None else None) == first
    assert (found.policy is None) is (first is not None)
    assert [change.kind for change in found.changes][:1] == ([] if first is not None else [Kind.PREFLIGHT])


@pytest.mark.parametrize(
    "refused", [Response(200, Headers((("Vary", "Origin"),))), Response(400, Headers(), body=b"Disallowed CORS origin")]
)
def test_a_url_may_be_missing_only_for_an_origin_that_is_refused(refused: Response) -> None:
    def send(kind: Kind, _: WireRequest) -> Answer:
        return refused if kind is Kind.PREFLIGHT else Response(404, Headers())

    report = report_on(WITH_HEADER, BROWSERS, withholding(send), AUTO)
    found = cure(report.diagnoses, ask=withholding(send), probes=report.probes)
    assert (found.obstacle, found.error_status, found.proof) == (None, 404, ())
    assert found.policy is not None


def test_no_header_of_the_user_helps_where_a_service_refuses_the_origin() -> None:
    body = b'{"error_description": "AADSTS9002326: Cross-origin token redemption is permitted only for ..."}'
    found = cure_of(GET, Response(400, Headers(JSON), body=body))
    assert found.obstacle is not None
    assert found.obstacle.first == "origin-refused"
    assert "single-page application" in found.obstacle.next


def test_an_error_that_scripts_can_read_is_no_obstacle() -> None:
    found = cure_of(GET, Response(404, Headers((ME, ("Vary", "Origin")))))
    assert (found.obstacle, found.changes, found.error_status) == (None, (), None)


PREFLIGHT = Exchange(Kind.PREFLIGHT, WireRequest("OPTIONS", URL, Headers()), BARE)
ACTUAL = Exchange(Kind.ACTUAL, WireRequest("GET", URL, Headers()), BARE)
ERROR = ACTUAL._replace(answer=Response(403, Headers()))


@pytest.mark.parametrize(
    "id", ["bot-challenge", "client-certificate", "login-redirect", "wrong-service", "https-downgrade-redirect"]
)
def test_a_cause_that_headers_do_not_remove_comes_first_whatever_the_status(id: str) -> None:
    cause = Cause(id, "")
    assert [comes_first([cause], judged) for judged in (ACTUAL, ERROR, PREFLIGHT, None)] == [cause] * 4


@pytest.mark.parametrize("id", ["not-found", "server-error", "too-large"])
def test_a_status_of_options_alone_says_little(id: str) -> None:
    cause = Cause(id, "", certainty=Certainty.LIKELY)
    assert [comes_first([cause], judged) for judged in (ACTUAL, ERROR, PREFLIGHT)] == [cause, cause, None]


def test_where_a_get_shows_that_the_url_does_not_exist_headers_come_second() -> None:
    cause = Cause("not-found", "")
    assert comes_first([cause], PREFLIGHT) is cause


@pytest.mark.parametrize("id", ["authentication", "forbidden"])
def test_a_refusal_comes_first_where_the_status_hides_it(id: str) -> None:
    cause = Cause(id, "")
    assert [comes_first([cause], judged) for judged in (ACTUAL, ERROR, PREFLIGHT)] == [cause, None, None]


@pytest.mark.parametrize(("status", "first"), [(502, "gateway-error"), (429, "rate-limited"), (500, "server-error")])
def test_the_status_counts_whatever_rule_failed(status: int, first: str) -> None:
    other = ("Access-Control-Allow-Origin", "https://other.example")
    found = cure_of(GET, Response(status, Headers((other,))))
    assert found.obstacle is not None
    assert (found.obstacle.first, found.proof) == (first, ())


# --- pages that the script did not ask for

HTML = (("Content-Type", "text/html"),)
JSON = (("Content-Type", "application/json"),)


def page(text: str, *lines: tuple[str, str]) -> Response:
    return Response(200, Headers((*HTML, *lines)), body=text.encode())


LOGIN = page('<html><title>Anmelden</title><form><input type="password"></form></html>')
SIGN_IN = page("<html><title>Sign in</title><h1>Sign in</h1></html>")
ERROR_PAGE = page("<html><title>Error</title><h1>An error occurred</h1></html>")
CHALLENGE = page(
    '<html><title>Loading</title><script src="https://challenges.cloudflare.com/turnstile/v0/api.js"></script>'
)


@pytest.mark.parametrize(
    ("actual", "preflight", "scenario", "first"),
    [
        (LOGIN, 200, GET, "authentication"),
        (LOGIN, 401, WITH_HEADER, "authentication"),
        (LOGIN._replace(headers=Headers((*HTML, ME, ("Vary", "Origin")))), 401, WITH_HEADER, "authentication"),
        (SIGN_IN, 200, GET, "authentication"),
        (SIGN_IN, 401, WITH_HEADER, "authentication"),
        (ERROR_PAGE, 200, GET, None),
        (CHALLENGE, 200, GET, None),
        (page(""), 200, GET, None),
    ],
)
def test_a_page_that_the_script_did_not_ask_for_is_never_verified(
    actual: Response, preflight: int, scenario: Scenario, first: str | None
) -> None:
    found = cure_of(scenario, actual, Response(preflight, Headers()))
    assert found.proof == ()
    assert (None if found.obstacle is None else found.obstacle.first) == first
    assert found.unasked_page is (first is None)
    if first is not None:
        assert found.obstacle is not None
        assert found.obstacle.step.cause is not None
        assert found.obstacle.step.cause.id == first


@pytest.mark.parametrize(
    ("scenario", "actual"),
    [
        (GET._replace(headers=(("Accept", "text/html"),)), ERROR_PAGE),
        (GET._replace(url="https://api.example/part.html"), ERROR_PAGE),
        (GET, page("ok")),  # Flask says text/html of every string
        (GET, Response(200, Headers(JSON), body=b"<b>")),
        (GET._replace(api=Api.SCRIPT, mode=Mode.CORS), Response(200, Headers((("Content-Type", "text/javascript"),)))),
    ],
)
def test_what_the_script_asked_for_is_verified(scenario: Scenario, actual: Response) -> None:
    found = cure_of(scenario, actual)
    assert found.unasked_page is False
    assert found.proof


def test_the_page_that_a_redirect_leads_to_is_not_verified() -> None:
    def send(_: Kind, request: WireRequest) -> Answer:
        return Response(302, Headers((("Location", "/error?code=500"),))) if request.url == URL else ERROR_PAGE

    found = cure(diagnose_all(GET, BROWSERS, send), ask=send)
    assert (found.proof, found.unasked_page) == ((), True)


def test_a_page_that_scripts_can_read_already_needs_nothing() -> None:
    found = cure_of(GET, page("<html><title>Sign in</title>", ME, ("Vary", "Origin")))
    assert (found.changes, found.unasked_page, found.obstacle) == ((), False, None)


def test_a_cause_that_a_probe_showed_holds_in_the_search_too() -> None:
    diagnoses = diagnose_all(GET, BROWSERS, lambda _kind, _request: BARE)
    shown = Cause("wrong-service", "Another service responds.", "Correct the port.", evidence=("a page",))
    named = tuple(
        d._replace(steps=tuple(s._replace(cause=shown) if s.outcome is Outcome.FAIL else s for s in d.steps))
        for d in diagnoses
    )
    found = cure(named)
    assert found.obstacle is not None
    assert (found.obstacle.first, found.obstacle.next) == ("wrong-service", "Correct the port.")


# --- response headers that the script sets

MISTAKEN = GET._replace(headers=(("access-control-allow-origin", "*"), ("X-A", "1")))


def test_only_the_script_has_to_change() -> None:
    preflight = Response(204, Headers((ME, ("Access-Control-Allow-Headers", "x-a"), ("Vary", "Origin"))))
    found = cure_of(MISTAKEN, Response(200, Headers((ME, ("Vary", "Origin")))), preflight)
    assert found.obstacle is not None
    assert found.obstacle.first == "response-header-in-request"
    assert "Do not set access-control-allow-origin" in found.obstacle.next
    assert found.policy is None


@pytest.mark.parametrize(
    "name", ["Access-Control-Allow-Methods", "access-control-expose-headers", "Access-Control-Max-Age"]
)
def test_a_response_header_is_never_allowed_as_a_request_header(name: str) -> None:
    listed = Response(204, Headers((("Access-Control-Allow-Headers", f"{name}, X-B"),)))
    found = cure_of(GET._replace(headers=((name, "*"), ("X-A", "1"))), BARE, listed)
    assert found.policy is not None
    assert found.policy.headers == ("X-A", "X-B")
    assert found.warnings == (
        f"Do not set {name} in the script: it is a response header, which only the server sends.",
    )
    assert {d.scenario.headers for d in found.proof} == {(("X-A", "1"),)}


def test_what_is_allowed_as_it_is_needs_no_advice() -> None:
    preflight = Response(204, Headers((ME, ("Access-Control-Allow-Headers", "*, x-a"), ("Vary", "Origin"))))
    found = cure_of(MISTAKEN, Response(200, Headers((ME, ("Vary", "Origin")))), preflight)
    assert (found.obstacle, found.warnings, found.changes) == (None, (), ())


def test_behind_a_proxy_of_the_page_the_server_needs_nothing() -> None:
    proxied = through_a_proxy(cure_of(WITH_HEADER, BARE))
    assert (proxied.proxied, proxied.changes, proxied.policy, proxied.obstacle) == (True, (), None, None)
    dead = cure_of(WITH_HEADER, Response(502, Headers()))
    assert through_a_proxy(dead) is dead


@pytest.mark.parametrize(
    ("origin", "id"),
    [
        (Origin("chrome-extension", "abcdefgh"), "host-permissions"),
        (Origin("moz-extension", "abcdefgh"), "host-permissions"),
        (Origin("capacitor", "localhost"), "native-http"),
        (Origin("ionic", "localhost"), "native-http"),
        (Origin("tauri", "localhost"), "native-http"),
        (Origin("app", "-"), "native-http"),
        (Origin("http", "localhost"), "native-http"),
        (Origin("https", "localhost"), "native-http"),
        (Origin("http", "tauri.localhost"), "native-http"),
        (Origin("https", "tauri.localhost"), "native-http"),
        (Origin("http", "localhost", 5173), None),
        (Origin("https", "app.localhost"), None),
        (Origin("https", "abcdefgh"), None),
    ],
    ids=str,
)
def test_pages_of_apps_and_extensions_can_ask_without_cors(origin: Origin, id: str | None) -> None:
    page = GET._replace(origin=origin)
    found = [way for way in cure_of(page, BARE).alternatives if way.id in ("host-permissions", "native-http")]
    assert [way.id for way in found] == ([] if id is None else [id])
    assert all(not way.tried for way in found)
    image = page._replace(api=Api.IMAGE, mode=Mode.CORS)
    forbidden = page._replace(url="http://api.example:9/")  # no browser sends a request to this port
    assert not {way.id for way in cure_of(forbidden, BARE).alternatives} & {"host-permissions", "native-http"}
    assert not {way.id for way in cure_of(image, BARE).alternatives} & {"host-permissions", "native-http"}


# --- refusals by CORS, which end with the cure


@pytest.mark.parametrize(
    ("status", "body", "proved"), [(403, b"Invalid CORS request", True), (403, b"no", False), (401, b"no", False)]
)
def test_the_refusal_of_a_cors_layer_ends_with_the_cure(status: int, body: bytes, proved: bool) -> None:
    report = report_on(GET, BROWSERS, lambda *_: Response(status, Headers(), body=body))
    found = cure(report.diagnoses)
    assert bool(found.proof) is proved
    assert found.error_status == (None if proved else status)
    assert [(one.method, one.refused) for one in found.not_tried] == ([("GET", True)] if proved else [])
    assert ("Not verified" in text_of(found)) is not proved


@pytest.mark.parametrize(("body", "kind"), [(b"Invalid CORS request", Kind.PREFLIGHT), (b"", Kind.ACTUAL)])
def test_an_error_behind_the_refusal_of_a_preflight_stays_an_error(body: bytes, kind: Kind) -> None:
    def send(asked: Kind, _: WireRequest) -> Answer:
        return Response(403, Headers(), body=body if asked is kind else b"no")

    found = cure(report_on(WITH_HEADER, BROWSERS, send).diagnoses, ask=send)
    assert (found.error_status, found.proof) == (403, ())


# --- what the text says of it


def text_of(found: Cure) -> str:
    report = report_on(GET, BROWSERS, lambda *_: BARE)
    return render([report._replace(cure=found)], Style(200))


@pytest.mark.parametrize(
    ("actual", "headline"),
    [
        (LOGIN, "Fix this first; CORS headers would not help:"),
        (Response(404, Headers()), "Fix this first; CORS headers would not help:"),
        (Response(502, Headers()), "Fix this first:"),
        (Response(500, Headers()), "Fix this first:"),
        (Response(429, Headers()), "Fix this first:"),
    ],
)
def test_the_headline_of_an_obstacle_says_whether_headers_come_second(actual: Response, headline: str) -> None:
    assert headline in text_of(cure_of(GET, actual)).splitlines()


def test_a_page_that_was_not_asked_for_is_named_where_the_proof_would_be() -> None:
    assert "the response is an HTML page" in text_of(cure_of(GET, ERROR_PAGE))


@pytest.mark.parametrize(
    ("preflight", "said"), [(405, "✓ Verified for the preflight"), (None, "✓ The request succeeds")]
)
def test_nothing_is_verified_that_was_not_sent(preflight: int | None, said: str) -> None:
    post = GET._replace(method="POST", headers=(("X-A", "1"),) if preflight else ())
    answer = Response(preflight or 204, Headers())
    reached = diagnose_all(post, BROWSERS, withholding(lambda *_: answer))
    shown = text_of(cure(reached, ask=withholding(lambda *_: answer)))
    assert said in shown
    assert "the POST was not sent" in shown


def test_where_to_paste_is_never_cut() -> None:
    report = report_on(GET, BROWSERS, lambda *_: BARE)._replace(cure=cure_of(GET, BARE))
    url = parse(URL)
    assert url is not None
    for recipe in RECIPES:
        shown = render(
            [report._replace(prescription=prescribe(Policy(("*",), ("PUT",)), url, [], recipe.id))], Style(80)
        )
        assert "…" not in shown.replace("...", ""), recipe.id


def test_a_server_that_allows_every_website_should_allow_fewer() -> None:
    def send(_: Kind, request: WireRequest) -> Answer:
        origin = request.headers.get("Origin") or ""
        return Response(
            200, Headers(((ME[0], origin), ("Access-Control-Allow-Credentials", "true"), ("Vary", "Origin")))
        )

    shown = text_of(cure(diagnose_all(GET, BROWSERS, send), ask=send))
    assert "restrict the origins" in shown
    assert "Nothing needs to change" not in shown


def test_patch_is_to_be_written_in_upper_case_before_anything_else() -> None:
    [first, *_] = cure_of(GET._replace(method="patch"), BARE).alternatives
    assert first.id == "upper-case"


@pytest.mark.parametrize(("status", "offered"), [(401, False), (200, True)])
def test_a_credential_is_removed_only_if_the_server_does_not_need_it(status: int, offered: bool) -> None:
    def send(kind: Kind, request: WireRequest) -> Answer:
        known = kind is Kind.PREFLIGHT or "Authorization" in request.headers
        return Response(200 if known else status, Headers((ME, ("Vary", "Origin"))))

    secret = GET._replace(headers=(("Authorization", "Bearer 1"),))
    ways = [
        way for way in cure(diagnose_all(secret, BROWSERS, send), ask=send).alternatives if way.id == "no-preflight"
    ]
    assert bool(ways) is offered
    assert all("if the server does not need it" in way.text for way in ways)


@pytest.mark.parametrize(("allowed", "scenario"), [(True, GET), (False, GET), (True, GET._replace(method="PUT"))])
def test_a_url_that_works_in_another_spelling_needs_no_configuration(allowed: bool, scenario: Scenario) -> None:
    lines = (ME, ("Access-Control-Allow-Methods", "PUT"), ("Vary", "Origin")) if allowed else ()

    def send(_: Kind, request: WireRequest) -> Answer:
        there = request.url.endswith("/")
        return Response(200, Headers(lines)) if there else Response(301, Headers((("Location", "/items/"),)))

    found = cure(report_on(scenario, BROWSERS, send).diagnoses, ask=send)
    assert (found.obstacle is not None) is allowed
    assert (found.policy is None) is allowed
    if found.obstacle is not None:
        assert found.obstacle.first == "slash-redirect"
        assert f"Request {URL}/" in text_of(found)


def test_the_page_of_a_refused_preflight_is_not_that_of_the_cure() -> None:
    page = b"<html><title>401 Authorization Required</title></html>"
    refused = Response(401, Headers((("Content-Type", "text/html"),)), body=page)
    found = cure_of(WITH_HEADER._replace(url="https://api.example/v1/orders"), BARE, refused)
    assert found.obstacle is None
    assert found.proof


def test_nothing_else_helps_without_a_connection() -> None:
    def ways(kind: FailureKind) -> tuple[str, ...]:
        no_answer = NoAnswer(kind, "no answer")
        found = cure(diagnose_all(WITH_HEADER, BROWSERS, lambda *_: no_answer))
        return tuple(way.id for way in found.alternatives)

    assert ways(FailureKind.ONLY_HTTP2) == ()
    assert "no-preflight" in ways(FailureKind.TIMEOUT)
