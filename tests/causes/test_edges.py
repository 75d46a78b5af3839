"""Both sides of the edges of what counts as evidence, and the probes that were asked for by name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from time import process_time

import pytest

from corsdoctor.browsers import BROWSERS, STANDARD
from corsdoctor.causes.by_cache import cache_hit
from corsdoctor.causes.investigate import explained
from corsdoctor.causes.login_urls import is_login
from corsdoctor.causes.phrases import text_of
from corsdoctor.causes.probe import AUTO, NO_PROBES, Probing, read_probing
from corsdoctor.causes.situation import is_presigned
from corsdoctor.diagnose import diagnose, withholding
from corsdoctor.fetch.advice import ORIGIN_NOT_REFLECTED
from corsdoctor.report import Report, report_on
from corsdoctor.request_fields import with_url
from corsdoctor.rule import Cause
from corsdoctor.scenario import Credentials, Scenario
from corsdoctor.url import Origin
from corsdoctor.wire import Answer, FailureKind, Headers, NoAnswer, Response
from tests.causes.scripted import Lines, Rule, Servers

APP = Origin("https", "app.example")
URL = "https://api.example/items"
ACAO, ANY = ("Access-Control-Allow-Origin", "{origin}"), ("Access-Control-Allow-Origin", "*")
JSON, HTML = ("Content-Type", "application/json"), ("Content-Type", "text/html")
XML = ("Content-Type", "application/xml")
PREFLIGHT = Rule(204, (ACAO, ("Access-Control-Allow-Headers", "{acrh}")), method="OPTIONS")
GRANTS = (ACAO, ("Access-Control-Allow-Methods", "GET, PUT"), ("Access-Control-Allow-Headers", "{acrh}"))


def causes_of(report: Report) -> list[tuple[str, str]]:
    """All causes of the Standard's failure, or of its notes."""
    standard = report.diagnoses[0]
    steps = [standard.failure] if standard.failure is not None else list(standard.notes)
    found: list[Cause | None] = [cause for step in steps for cause in (step.cause, *step.other_causes)]
    return [(cause.id, str(cause.certainty)) for cause in found if cause is not None]


def ask(*rules: Rule, method: str = "GET", headers: Lines = (), url: str = URL, probing: Probing = AUTO) -> Report:
    return Servers(rules).report(Scenario(url, APP, method, headers), probing)


@pytest.mark.parametrize(
    ("lines", "hit"),
    [
        ((("X-Cache", "HIT"),), True), ((("X-Cache", "MISS"),), False), ((("X-Cache", "MISS, HIT"),), True),
        ((("X-Cache", "HIT, MISS"),), False), ((("X-Cache", "TCP_MISS from a"),), False), ((("X-Cache", "TCP_HIT from a"),), True),
        ((("X-Cache", "RefreshHit from cloudfront"),), True), ((("CF-Cache-Status", "DYNAMIC"),), False),
        ((("CF-Cache-Status", "STALE"),), True), ((("Cache-Status", "a; fwd=stale"),), False), ((("Age", "0"),), False),
        ((("Age", "1"),), True), ((("Age", "x"),), False), ((("X-Cache-Hits", "0, 2"),), True), ((("X-Cache-Hits", "2, 0"),), False),
        ((("Age", "9" * 5000),), True), ((("Age", "0" * 5000),), False), ((("X-Cache-Hits", "9" * 5000),), True),
        ((("X-Cache", "hit miss, hit from b"),), True), ((("X-Cache", "hit, a miss from b"),), False),
        ((("Server-Timing", "db;desc=hit"),), False), ((("Server-Timing", "cdn-cache; desc=HIT, edge; dur=1"),), True),
        ((("X-Varnish", "1 2"),), True), ((("X-Varnish", "1"),), False), ((), False),
    ],
)  # fmt: skip
def test_a_cache_hit(lines: Lines, hit: bool) -> None:
    assert (cache_hit(Response(200, Headers(lines))) is not None) is hit


@pytest.mark.parametrize(
    ("query", "presigned"),
    [
        ("?X-Amz-Signature=1", True),
        ("?a=1&sig=x", True),
        ("?Signature=1&Expires=2", True),
        ("?%58-Amz-Signature=1", True),
        ("?hmac=1", True),
        ("?hdnts=exp", True),
        ("?hdnea=exp", True),
        ("?auth_key=1", True),
        ("?Policy=1", True),
        ("?token=1", False),
        ("?design=1", False),
        ("", False),
    ],
)
def test_a_presigned_url(query: str, presigned: bool) -> None:
    assert is_presigned(URL + query) is presigned


def test_the_token_of_an_upload_is_a_signature() -> None:
    assert is_presigned("https://a.example/storage/v1/object/upload/sign/b/c?token=1")


@pytest.mark.parametrize("text", ["auto", "always", "0", "4", " AUTO "])
def test_how_many_probes(text: str) -> None:
    assert read_probing(text) in (AUTO, NO_PROBES, Probing(4), Probing(always=True))


@pytest.mark.parametrize("text", ["", "5", "-1", "some"])
def test_no_such_number_of_probes(text: str) -> None:
    with pytest.raises(ValueError, match="from 0 to 4"):
        read_probing(text)


@pytest.mark.parametrize(
    ("body", "kind", "phrases"),
    [
        (b"Gr\xfc\xdfe", "text/plain; charset=iso-8859-1", ("Grüße",)),
        (b"abc", "text/plain; charset=nonsense", ("abc",)),
        (b'{"a": {"message": "no"}, "errors": [{"message": "yes"}, 1]}', "application/json", ("yes",)),
        (b'{"error": {"error": {"error": {"error": {"error": {"error": "deep"}}}}}}', "application/json", ()),
        (b"{", "application/json", ()),
        (b"<Error><Code>A</Code></Error>", "application/xml", ("A",)),
        (b"<p>hi</p><p>a whole sentence</p><h1>x</h1>", "text/html", ("a whole sentence", "x")),
        (b"x" * 401, "text/plain", ()),
        (b"a +2AA- b", "text/plain; charset=utf-7", ("a +2AA- b",)),
        (b"a \\ud800 b", "text/plain; charset=unicode_escape", ("a \\ud800 b",)),
        (b"a", "text/plain; charset=iso-8859-99", ("a",)),
        (b'{"message": "a \\ud800 b"}', "application/json", ("a ? b",)),
        ("\u043d\u0435\u0442".encode("windows-1251"), "text/plain; charset=windows-1251", ("\u043d\u0435\u0442",)),
        (b"<html><a>first<h1>seen</h1><a>hidden<h1>too</h1></a><link><h2>last</h2>", "text/html", ("seen", "last")),
        (b"<html><nav><nav><h1>in</h1></nav><h1>out</h1></nav></a><h1>seen</h1>", "text/html", ("seen",)),
        (b"", "", ()),
    ],
)
def test_phrases(body: bytes, kind: str, phrases: tuple[str, ...]) -> None:
    assert text_of(Response(200, Headers((("Content-Type", kind),)), body=body)).phrases == phrases


@pytest.mark.parametrize("tag", ["<nav>", "<a ", "<a>", "<link ", "<title ", "<pre>", "<header></nav>", "</a "])
def test_a_page_of_many_tags_takes_no_longer_than_its_length(tag: str) -> None:
    """An expression that starts over at each tag takes minutes here."""
    page = "<html>" + tag * (2**16 // len(tag))
    text = text_of(Response(404, Headers((HTML,)), body=page.encode()))
    started = process_time()
    assert len(text.without_links) <= len(page)
    assert text.phrases == ()
    assert text.title == ""
    assert process_time() - started < 5


def test_a_line_of_many_misses_takes_no_longer_than_its_length() -> None:
    started = process_time()
    assert cache_hit(Response(200, Headers((("X-Cache", "hit " + "miss " * 20_000 + ","),)))) is not None
    assert process_time() - started < 5


def test_without_a_response_the_error_is_the_evidence() -> None:
    refused = NoAnswer(FailureKind.REFUSED, "The connection was refused.")
    report = report_on(Scenario(URL, APP), BROWSERS, lambda *_: refused, AUTO)
    assert causes_of(report) == [("refused", "certain")]
    failure = report.diagnoses[0].failure
    assert failure is not None
    assert failure.cause is not None
    assert failure.cause.evidence == ("The connection was refused.",)
    assert report.probes == ()


def test_a_step_that_was_judged_before_sending_has_no_cause() -> None:
    assert causes_of(ask(Rule(200), url="https://user:secret@api.example/")) == []


def test_a_diagnosis_without_a_failure_stays_as_it_is() -> None:
    passed = diagnose(Scenario(URL, APP), STANDARD, lambda *_: Response(200, Headers((ANY, ("Vary", "Origin")))))
    assert explained((passed,))[0] is passed


@pytest.mark.parametrize(
    ("rules", "causes"),
    [
        ((Rule(200, (ACAO,), origin=str(APP)), Rule(200)), [("vary-missing", "certain")]),
        ((Rule(200, (ACAO,)),), [("vary-missing", "certain")]),
        ((Rule(200, (("Access-Control-Allow-Origin", str(APP)),)),), []),
        ((Rule(200, (ACAO,), origin=str(APP)), Rule(500)), [("vary-missing", "likely")]),
    ],
)
def test_always_shows_by_experiment_whether_vary_is_missing(
    rules: tuple[Rule, ...], causes: list[tuple[str, str]]
) -> None:
    assert causes_of(ask(*rules, probing=Probing(always=True))) == causes
    assert causes_of(ask(*rules)) == [("vary-missing", "likely")]


WITH_COOKIES, VARY = ("Access-Control-Allow-Credentials", "true"), ("Vary", "Origin")
LISTED = ("Access-Control-Allow-Origin", str(APP))


@pytest.mark.parametrize(
    ("rules", "noted"),
    [
        ((Rule(200, (ACAO, WITH_COOKIES)),), True),
        ((Rule(200, (ACAO, WITH_COOKIES, VARY)),), True),
        ((Rule(200, (ACAO, VARY)),), False),
        ((Rule(200, (ACAO,)),), False),
        ((Rule(200, (LISTED, WITH_COOKIES, VARY)),), False),
        ((Rule(200, (ANY,)),), False),
        ((Rule(200, (ACAO, WITH_COOKIES), origin=str(APP)), Rule(500, (ACAO, WITH_COOKIES))), True),
    ],
)
def test_a_server_that_allows_every_origin_with_credentials_is_noted(rules: tuple[Rule, ...], noted: bool) -> None:
    for probing, expected in ((Probing(always=True), noted), (AUTO, False)):
        for diagnosis in ask(*rules, probing=probing).diagnoses:
            assert diagnosis.failure is None
            assert [step.rule is ORIGIN_NOT_REFLECTED for step in diagnosis.notes][:1] == [True] or not expected
            assert any(step.rule is ORIGIN_NOT_REFLECTED for step in diagnosis.notes) == expected


def test_no_note_where_nothing_was_requested_or_the_request_is_blocked() -> None:
    refused_to_connect = NoAnswer(FailureKind.REFUSED, "The connection was refused.")
    local = report_on(Scenario("data:,x", APP), BROWSERS, lambda *_: refused_to_connect, Probing(always=True))
    assert local.probes == ()
    refused = ask(Rule(200, (LISTED, WITH_COOKIES), origin=None), probing=Probing(always=True))
    assert {step.rule.id for d in refused.diagnoses for step in d.notes} == set()


def test_a_presigned_url_is_probed_with_its_own_method_and_options() -> None:
    for method in ("GET", "PUT"):
        servers = Servers((Rule(403), Rule(200)))
        servers.report(Scenario(f"{URL}?X-Amz-Signature=0", APP, method), AUTO)
        assert {request.method for request in servers.requests} <= {method, "OPTIONS"}
        assert {request.url for request in servers.requests} == {f"{URL}?X-Amz-Signature=0"}


def test_after_a_redirect_nothing_is_probed() -> None:
    servers = Servers((Rule(302, (ANY, ("Location", "/b")), path="items$"), Rule(200)))
    report = servers.report(Scenario(URL, APP), AUTO)
    assert report.probes == ()
    assert causes_of(report) == [("after-redirect", "likely")]


def test_what_a_probe_sends() -> None:
    """A GET has the script's headers and the cookie; without Origin there is nothing that names the page."""
    servers = Servers((Rule(403, method="OPTIONS"), Rule(400)))
    scenario = Scenario(
        URL, APP, "POST", (("X-A", "1"), ("Content-Type", "application/json")), Credentials.INCLUDE, body=b"{}", cookie="a=b",
    )  # fmt: skip
    report = servers.report(scenario, AUTO)
    by_kind = {str(probe.kind): probe.exchange.request for probe in report.probes}
    get, bare = by_kind["get"], by_kind["no-origin"]
    assert (get.method, get.body, get.headers.get("X-A"), get.headers.get("Cookie")) == ("GET", None, "1", "a=b")
    assert (get.headers.get("Origin"), get.headers.get("Content-Type")) == (str(APP), None)
    assert {name.lower() for name, _ in bare.headers} & {"origin", "referer", "sec-fetch-site"} == set()
    assert "Access-Control-Request-Headers" not in by_kind["preflight-without-headers"].headers
    assert by_kind["preflight-for-get"].headers.get("Access-Control-Request-Method") == "GET"


def test_a_simple_get_is_probed_with_a_preflight_request() -> None:
    report = ask(Rule(200), headers=(("Accept", "text/plain"),))
    [preflight] = [probe.exchange.request for probe in report.probes if probe.kind == "preflight"]
    assert (preflight.method, preflight.headers.get("Access-Control-Request-Method")) == ("OPTIONS", "GET")
    assert "Cookie" not in preflight.headers


def test_a_head_is_probed_with_head() -> None:
    servers = Servers((Rule(403),))
    servers.report(Scenario(URL, APP, "HEAD", (("X-A", "1"),)), AUTO)
    assert {request.method for request in servers.requests} == {"HEAD", "OPTIONS"}


def test_nothing_goes_out_that_is_withheld() -> None:
    servers = Servers((Rule(200, GRANTS, method="OPTIONS"),))
    report = report_on(Scenario(URL, APP, "PUT"), BROWSERS, withholding(servers.send), AUTO)
    assert (report.probes, len(servers.requests)) == ((), 1)


CASES = {
    "a header beside the refused one": (
        ask(Rule(204, (ACAO, ("Access-Control-Allow-Headers", "access-control-allow-origin"))), headers=(("X-A", "1"), ("Access-Control-Allow-Origin", "*"))),
        [("not-listed", "certain")],
    ),
    "Express has neither": (ask(Rule(404, (HTML,), "<html><pre>Cannot OPTIONS /items</pre></html>", "OPTIONS"), method="PUT"), [("no-options", "likely")]),
    "neither, for PUT": (ask(method="PUT"), [("not-found", "likely")]),
    "404 without probes": (ask(method="PUT", probing=NO_PROBES), [("no-options", "likely")]),
    "ngrok's 404": (ask(Rule(404, (("ngrok-error-code", "ERR_NGROK_3200"),)), method="PUT"), [("wrong-service", "certain")]),
    "a bucket's 404": (ask(Rule(404, (XML,), "<Error><Code>NoSuchBucket</Code></Error>"), method="PUT"), [("not-found", "certain")]),
    "API Gateway's 403 to a GET": (ask(Rule(403, (JSON,), '{"message": "Missing Authentication Token"}')), [("not-found", "certain")]),
    "400 that asks for a token": (ask(Rule(400, (JSON,), '{"error": "missing token"}')), [("authentication", "likely")]),
    "401 of a store": (ask(Rule(401, (XML,), "<E><Code>SignatureDoesNotMatch</Code></E>"), url=f"{URL}?sig=1"), [("request-signature", "certain")]),
    "a limit at a gateway": (ask(Rule(503, (JSON,), '{"message": "Too many requests"}')), [("rate-limited", "certain")]),
    "a preflight with 502 and all headers": (ask(Rule(502, (*GRANTS,)), method="PUT"), [("gateway-error", "certain")]),
    "a preflight with 502, and a GET with 504": (ask(Rule(502, (), "", "OPTIONS"), Rule(504), method="PUT"), [("gateway-error", "certain")]),
    "a preflight with 503 alone": (ask(Rule(503, (), "", "OPTIONS"), Rule(401), method="PUT"), [("no-options", "likely")]),
    "a preflight with 503, and a GET with 500": (ask(Rule(503, (), "", "OPTIONS"), Rule(500), method="PUT"), [("gateway-error", "certain")]),
    "a preflight with 503 without probes": (ask(Rule(503, (), "", "OPTIONS"), Rule(200), method="PUT", probing=NO_PROBES), [("gateway-error", "certain")]),
    "500 with all headers": (ask(Rule(500, GRANTS), method="PUT"), [("server-error", "certain")]),
    "words to a probe": (ask(Rule(400, (("Vary", "Origin"),), "Disallowed CORS origin", "OPTIONS"), Rule(200, (JSON,))), [("origin-refused", "certain")]),
    "405 to a GET": (ask(Rule(405)), [("method-not-allowed", "certain")]),
    "405 to a GET, and a page of another service": (ask(Rule(405, (HTML,), "<html><title>Welcome to nginx!</title></html>")), [("wrong-service", "certain")]),
    "415 to a POST": (ask(Rule(415), method="POST"), [("request-rejected", "certain")]),
    "406 to a preflight request": (ask(Rule(406, method="OPTIONS"), Rule(200, (JSON,)), method="PUT"), [("not-configured", "likely")]),
    "401 to this origin alone": (ask(Rule(401, origin="https://app.example"), Rule(403)), [("origin-refused", "certain")]),
    "401 to everybody": (ask(Rule(401)), [("authentication", "certain")]),
    "401 with a scheme to this origin alone": (ask(Rule(401, (("WWW-Authenticate", "Basic"),), origin="https://app.example"), Rule(403)), [("authentication", "certain")]),
    "401 to the preflight request of this origin": (ask(Rule(401, origin="https://app.example"), Rule(403), method="PUT"), [("origin-refused", "certain")]),
    "401 to the preflight request alone": (ask(Rule(401, method="OPTIONS"), Rule(200, (JSON,)), method="PUT"), [("authentication", "certain")]),
    "a slash and the port behind a proxy": (ask(Rule(301, (("Location", "https://api.example:8443/items/"),))), [("slash-redirect", "certain")]),
    "a slash and the host behind a proxy": (ask(Rule(301, (("Location", "http://backend:8080/items/"),))), [("slash-redirect", "certain")]),
    "a slash and another public host": (ask(Rule(301, (("Location", "https://www.example/items/"),))), [("cross-origin-redirect", "certain")]),
    "another port alone": (ask(Rule(301, (("Location", "https://api.example:8443/items"),))), [("cross-origin-redirect", "certain")]),
    "an authorization endpoint that redirects": (ask(Rule(302, (("Location", "/login"),)), url="https://t.auth0.com/authorize?client_id=a"), [("login-redirect", "certain")]),
    "an authorization endpoint without OPTIONS": (ask(Rule(405), url="https://a.example/connect/authorize", method="PUT"), [("login-page", "certain")]),
    "an authorization endpoint with a page": (ask(Rule(200, (HTML,)), url="https://a.example/go?client_id=a&response_type=code"), [("authentication", "certain")]),
    "a token endpoint": (ask(Rule(200, (JSON,)), url="https://a.example/token?client_id=a&response_type=b"), [("not-configured", "likely")]),
    "403 with grants that fit": (ask(Rule(403, GRANTS, method="OPTIONS"), Rule(200, (ACAO,)), method="PUT"), [("forbidden", "likely")]),
    "400 with grants that fit": (ask(Rule(400, GRANTS, method="OPTIONS"), Rule(200, (ACAO,)), method="PUT"), [("no-options", "likely")]),
    "400 with grants, for GET too": (ask(Rule(400, GRANTS), method="PUT"), []),
    "403 with a list for others": (ask(Rule(403, (("Access-Control-Allow-Methods", "GET"),), method="OPTIONS"), Rule(404), method="PUT"), [("origin-refused", "likely")]),
    "418 with all headers": (ask(Rule(418, GRANTS), method="PUT", headers=(("X-A", "1"),), probing=NO_PROBES), []),
    "a redirect that leads nowhere": (ask(Rule(302, (("Location", "http://["),))), []),
    "a preflight to elsewhere": (ask(Rule(302, (("Location", "/b"),)), method="PUT"), [("redirected", "certain")]),
    "SAML": (ask(Rule(302, (("Location", "/x?SAMLRequest=1"),))), [("login-redirect", "certain")]),
    "https to http elsewhere": (ask(Rule(302, (("Location", "http://api.example/b"),))), [("https-downgrade-redirect", "certain")]),
    "the same path at another port": (ask(Rule(302, (("Location", "https://api.example:8443/items"),))), [("cross-origin-redirect", "certain")]),
    "a cached response of two": (ask(Rule(200, (("Age", "1"),), path="items$"), Rule(404)), [("cached-for-other", "likely")]),
    "a login page after a redirect": (
        ask(Rule(302, (ANY, ("Location", "/login")), path="items$"), Rule(403)),
        [("login-redirect", "certain")],
    ),
    "a cached response of an error": (ask(Rule(404, (("Age", "1"),))), [("not-found", "certain")]),
    "another origin, not from a cache": (
        ask(Rule(200, (("Access-Control-Allow-Origin", "https://b.example"),))),
        [("other-origin", "likely")],
    ),
    "300 without a Location": (ask(Rule(300)), [("not-configured", "likely")]),
    "HTML of a server": (ask(Rule(200, (HTML,), "<html><body>Hello</body></html>")), [("not-configured", "likely")]),
    "OPTIONS knows of CORS": (ask(Rule(200, (("Vary", "Origin"),), method="OPTIONS"), Rule(200)), [("origin-refused", "likely")]),
    "own origin at the preflight": (ask(Rule(204, GRANTS, method="OPTIONS", origin="https://api.example"), Rule(200), method="PUT"), [("origin-refused", "certain")]),
    "a POST that CSRF protection refuses": (ask(Rule(403, method="POST"), Rule(200, (JSON,), "{}"), method="POST"), [("forbidden", "likely")]),
    "a POST that is refused with Origin only": (ask(Rule(200, method="GET", origin=None), Rule(403), method="POST"), [("origin-refused", "certain")]),
    "a POST that is refused to everybody": (ask(Rule(403), method="POST"), [("forbidden", "certain")]),
    "a POST to a URL that does not support GET": (ask(Rule(403, method="POST"), Rule(405), method="POST"), [("forbidden", "likely")]),
    "a POST where GET is free": (ask(Rule(200, method="POST"), Rule(200, (ACAO,), method="GET"), Rule(405), method="POST"), [("not-configured", "likely")]),
    "a POST where the own origin is let in": (ask(Rule(200, (ACAO,), origin="https://api.example"), Rule(200), method="POST"), [("origin-refused", "certain")]),
    "a preflight that passes before 403 with Origin": (
        ask(Rule(204, GRANTS, method="OPTIONS"), Rule(200, origin=None), Rule(403), headers=(("X-A", "1"),)), [("forbidden", "likely")],
    ),
    "a preflight that passes before Vary": (
        ask(Rule(204, GRANTS, method="OPTIONS"), Rule(422, (("Vary", "Origin"),)), headers=(("X-A", "1"),)), [("error-page", "likely")],
    ),
    "a hit where nothing else is known": (ask(Rule(200, (("Age", "5"),)), probing=NO_PROBES), []),
    "a hit that names another origin": (
        ask(Rule(200, (("Age", "5"), ("Access-Control-Allow-Origin", "https://b.example"))), probing=NO_PROBES), [("cached-for-other", "likely")],
    ),
    "a hit beside a preflight that allows": (
        ask(Rule(204, GRANTS, method="OPTIONS"), Rule(200, (("Age", "5"),)), headers=(("X-A", "1"),), probing=NO_PROBES), [("preflight-only", "certain")],
    ),
    "API Gateway has no route": (ask(Rule(403, (JSON,), '{"message": "Missing Authentication Token"}'), headers=(("X-A", "1"),)), [("not-found", "certain")]),
    "API Gateway has no route for GET": (ask(Rule(403, (JSON,), '{"message": "Missing Authentication Token"}'), method="PUT"), [("not-found", "likely")]),
    "API Gateway has no OPTIONS": (
        ask(Rule(403, (JSON,), '{"message": "Missing Authentication Token"}', "OPTIONS"), Rule(200), method="PUT"), [("no-options", "certain")],
    ),
    "the query's own login": (ask(Rule(302, (("Location", "/documentation?topic=login"),)), url=f"{URL}?topic=login"), [("bare-redirect", "certain")]),
    "the query's own client": (
        ask(Rule(302, (("Location", "/b?client_id=1&redirect_uri=2"),)), url=f"{URL}?client_id=1&redirect_uri=2"), [("bare-redirect", "certain")],
    ),
    "a login in a new query": (ask(Rule(302, (("Location", "/b?topic=login"),))), [("login-redirect", "certain")]),
    "a host that starts with auth": (ask(Rule(302, (("Location", "https://auth.example/v2/items"),))), [("login-redirect", "likely")]),
    "a host and a return address": (ask(Rule(302, (("Location", "https://sso.example/v2?return_to=x"),))), [("login-redirect", "certain")]),
    "204 before JSON": (ask(Rule(204, method="OPTIONS"), Rule(200, (JSON,), "{}"), method="PUT"), [("not-configured", "likely")]),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_an_edge(name: str) -> None:
    report, causes = CASES[name]
    assert causes_of(report)[:1] == causes[:1]
    assert len(report.probes) <= 4


def text_of_cause(report: Report) -> str:
    failure = report.diagnoses[0].failure
    assert failure is not None
    assert failure.cause is not None
    return failure.cause.text


@pytest.mark.parametrize(
    ("report", "said"),
    [
        (ask(Rule(418, (("Vary", "Origin"),))), "although it has Vary"),
        (ask(Rule(200, method="POST"), Rule(200, (ACAO,), method="GET"), method="POST"), "although the response to a GET from the page's origin has"),
        (
            ask(Rule(403, (XML,), "<E><Code>X</Code><Message>CORSResponse: CORS is not enabled for this bucket.</Message></E>"), method="PUT"),
            "CORS is not configured for this bucket.",
        ),
        (ask(Rule(200)), "CORS is not configured for this URL: no response has a trace of it"),
        (ask(Rule(302, (ANY, ("Location", "/b")), path="/items"), Rule(400)), "no response has a trace of it"),
        (ask(Rule(403)), "with and without Origin"),
        (ask(Rule(404, (("Access-Control-Allow-Methods", "GET"),))), "The server has nothing at this URL (404)."),
        (ask(Rule(405, (("Allow", "GET, HEAD"), ("Server", "nginx"))), method="POST"), "does not accept the method POST at this URL, only GET, HEAD (405)"),
        (ask(Rule(415), method="POST", headers=(("Content-Type", "text/plain"),)), "does not accept the Content-Type of the request (415)."),
        (ask(Rule(302, (("Location", "/u/login"),)), url="https://login.microsoftonline.com/common/oauth2/v2.0/authorize?client_id=a"), "authorization endpoint of Microsoft Entra ID"),
        (ask(Rule(302, (("Location", "/u/login"),)), url="https://id.example/realms/a/protocol/openid-connect/auth"), "authorization endpoint of Keycloak"),
        (ask(Rule(302, (("Location", "/u/login"),)), url="https://id.example/oauth2/authorize"), "authorization endpoint of a login service"),
        (ask(Rule(200, (ACAO,), method="GET"), Rule(403, (*GRANTS, ("Server", "a"))), method="PUT"), "OPTIONS gets status 403"),
        (ask(Rule(200, (HTML,), "<html></html>"), url="https://api.example/api/x"), "Probably another service than the API responds at this URL: the response is an HTML page."),
        (ask(Rule(200, (HTML,), "<html><title>Shop</title></html>"), url="https://api.example/api/x"), "HTML page (the title of the page is “Shop”)."),
    ],
)  # fmt: skip
def test_no_sentence_contradicts_the_headers(report: Report, said: str) -> None:
    assert said in text_of_cause(report)
    assert "has no CORS headers" not in text_of_cause(report)


def test_a_probe_is_named_by_its_method() -> None:
    report = ask(Rule(200, origin=None), Rule(403), method="HEAD")
    assert [probe.words for probe in report.probes] == ["a HEAD without Origin", "a HEAD from the page's origin"]


@pytest.mark.parametrize(
    ("values", "listed"),
    [
        (("https://app.example, https://b.example",), True), (("https://app.example https://b.example",), True),
        (("https://app.example,https://b.example,https://app.example",), True), (("https://app.example, https://app.example",), False),
        (("*, https://app.example",), False), (("https://app.example", "https://b.example"), False), (("*", "*"), False),
    ],
)  # fmt: skip
def test_one_line_of_several_origins_is_a_list(values: tuple[str, ...], listed: bool) -> None:
    failure = ask(Rule(200, tuple(("Access-Control-Allow-Origin", value) for value in values))).diagnoses[0].failure
    assert failure is not None
    assert failure.cause is not None
    assert failure.cause.id == "two-layers"
    assert ("choose it from your list" in failure.cause.fix) is listed
    assert failure.cause.failure.sentence


def test_a_report_names_who_answered() -> None:
    page = "<html><head><title>502 Bad Gateway</title></head><hr><center>nginx</center></html>"
    failure = ask(Rule(502, (HTML,), page)).diagnoses[0].failure
    assert failure is not None
    assert failure.cause is not None
    assert "This 502 comes from nginx, not from your application." in failure.cause.text


def test_a_probe_without_a_response_proves_nothing() -> None:
    answers: Iterator[Answer] = iter([Response(200, Headers()), *[NoAnswer(FailureKind.RESET, "It was closed.")] * 4])
    report = report_on(Scenario(URL, APP), (STANDARD,), lambda *_: next(answers), AUTO)
    assert causes_of(report) == [("not-configured", "likely")]
    assert len(report.probes) == 2


@pytest.mark.parametrize("lines", [(), (("Vary", "Origin"),)], ids=["not-configured", "origin-refused"])
@pytest.mark.parametrize(("page", "warned"), [(Origin("", label="file:"), True), (Origin(""), True), (APP, False)])
def test_no_fix_allows_the_origin_null(lines: Lines, page: Origin, warned: bool) -> None:
    report = report_on(
        Scenario(URL, page), (STANDARD,), lambda *_: Response(200, Headers(lines)), NO_PROBES if warned else AUTO
    )
    failure = report.diagnoses[0].failure
    assert failure is not None
    assert failure.cause is not None
    assert failure.cause.fix.startswith("Do not allow the origin null") is warned


def test_the_other_fixes_of_a_page_without_an_origin_stay() -> None:
    report = report_on(Scenario(URL, Origin("")), (STANDARD,), lambda *_: Response(502, Headers()))
    failure = report.diagnoses[0].failure
    assert failure is not None
    assert failure.cause is not None
    assert failure.cause.id == "gateway-error"
    assert "null" not in failure.cause.fix


def test_evidence_quotes_no_secret() -> None:
    """What a response repeats of the request's secrets is masked where it is quoted."""
    from corsdoctor.reports.json_ import render
    from corsdoctor.reports.secrets import mask_report
    from corsdoctor.reports.writer import Style

    secret = "sk-live-51H8x0AbCdEfGhIjKl"
    servers = Servers((Rule(403, (JSON,), f'{{"message": "Invalid token {secret}"}}'),))
    report = servers.report(Scenario(URL, APP, "GET", (("Authorization", f"Bearer {secret}"),)), AUTO)
    assert secret not in re.sub(r"\s", "", render(mask_report(report._replace()), Style(80)))


@pytest.mark.parametrize(
    ("first", "last", "login"),
    [
        ("https://api.example/me", "https://login.microsoftonline.com/common/oauth2/v2.0/authorize", True),
        ("https://api.example/me", "https://x.okta.com/", True),
        ("https://api.example/me", "https://api.example/login?next=/me", True),
        ("https://api.example/login", "https://api.example/login/", False),
        ("https://api.example/me", "https://cdn.example/me", False),
        ("https://api.example/me", "https://id.example/me", False),  # not certain
        ("me", "https://login.example/", False),
        ("https://api.example/me", "login", False),
    ],
)
def test_a_redirect_to_a_login(first: str, last: str, login: bool) -> None:
    assert is_login(first, last) is login


@pytest.mark.parametrize(
    ("server", "settings"),
    [
        ("uvicorn", ["uvicorn"]),
        ("Kestrel", ["Core"]),
        ("Apache", ["uvicorn", "gunicorn", "Django", "Rails", "Express", "Flask", "Boot", "Laravel", "Core"]),
    ],
)
def test_how_the_application_that_redirects_to_http_learns_of_https(server: str, settings: list[str]) -> None:
    report = ask(Rule(307, (("Server", server), ("Location", "http://api.example/items/"), ACAO)))
    failure = report.diagnoses[0].failure
    assert failure is not None
    assert failure.cause is not None
    assert failure.cause.fix.startswith("Request https://api.example/items/. ")
    assert re.findall(r"(\w+) with `", failure.cause.fix) == settings


_CONDITIONS = "Invalid CORS request"
_AUTH = (("Authorization", "Bearer 1"),)


@pytest.mark.parametrize(
    ("report", "fix"),
    [
        (ask(Rule(403, body="Origin is not allowed by CORS")), "Add https://app.example to the allowlist"),
        (ask(Rule(400, (ANY,), "Disallowed CORS method"), method="PUT"), "Add PUT to the allowed methods"),
        (ask(Rule(400, (ANY,), "Disallowed CORS headers"), headers=(("X-A", "1"), ("X-B", "2"))), "Add x-a and x-b to the allowed headers"),
        (ask(Rule(400, (ANY,), "Disallowed CORS headers"), headers=(("X-A", "1"),)), "or do not send it."),
        (ask(Rule(403, body="Unsupported request header")), "Add the header to the allowed headers"),
        (ask(Rule(403, body=_CONDITIONS)), "Add https://app.example to the allowlist"),
        (ask(Rule(403, body=_CONDITIONS), method="PUT", headers=(("X-A", "1"),)), "allow the origin https://app.example, the method PUT and the request header x-a."),
        (ask(Rule(403, (ANY,), _CONDITIONS), method="PUT", headers=(("X-A", "1"), ("X-B", "1"))), "allow the method PUT and the request headers x-a and x-b."),
        (ask(Rule(302, (("Location", URL), ("Set-Cookie", "a=1")))), "Exempt the API's path from this check"),
        (ask(Rule(302, (("Location", "/login"),)), method="PUT"), "Answer OPTIONS with 204"),
        (ask(Rule(505)), "--http2"),
        (ask(Rule(400, body="An HTTP/1.x request was sent to an HTTP/2 only endpoint."), url="http://127.0.0.1/x"), "Put a proxy in front"),
        (ask(Rule(403, (JSON,), '{"message": "CSRF token missing"}'), method="PUT"), "Exempt OPTIONS from that protection"),
        (ask(Rule(400, (HTML,), "<title>400 Request Header Or Cookie Too Large</title>")), "often cookies have grown"),
        (ask(Rule(401, (JSON,), '{"message": "No API key found"}'), headers=_AUTH), "Answer OPTIONS"),
        (ask(PREFLIGHT, Rule(401, (JSON,), '{"message": "No API key found in request"}'), headers=_AUTH), "Send what the response asks for."),
        (ask(Rule(401, (JSON,), '{"message": "Invalid credentials"}')), "Send valid credentials."),
        (ask(Rule(200, (("Server", "AmazonS3"),))), "Add a CORS rule to the bucket"),
        (ask(Rule(413, (("X-Powered-By", "Express"),))), "(in Express: `limit` of express.json())"),
        (ask(Rule(414)), "Send the data in the body of a POST"),
        (ask(Rule(431)), "often cookies have grown"),
        (ask(Rule(413)), "client_max_body_size"),
        (ask(Rule(410)), "Request the URL that replaces it"),
        (ask(Rule(410), method="PUT"), "Request the URL that replaces it"),
        (ask(Rule(404)), "Correct the URL"),
        (ask(Rule(401)), "Send a token"),
        (ask(Rule(204, GRANTS, method="OPTIONS"), Rule(401), headers=_AUTH), "Send valid credentials."),
        (ask(Rule(401), headers=_AUTH), "Answer OPTIONS with 204"),
        (ask(Rule(496)), "Install the certificate in the browser"),
        (ask(Rule(496), method="PUT"), "Exempt OPTIONS from the client certificate"),
        (ask(Rule(200, (HTML,), '<form><input type="password"></form>'), url="https://api.example/api/x"), "Log in first"),
    ],
)  # fmt: skip
def test_a_fix_names_what_this_request_needs(report: Report, fix: str) -> None:
    failure = report.diagnoses[0].failure
    assert failure is not None
    assert failure.cause is not None
    assert fix in failure.cause.fix


def test_what_is_left_where_the_page_is_allowed() -> None:
    assert causes_of(ask(Rule(403, (ANY,), _CONDITIONS), method="PUT"))[0] == ("method-refused", "likely")
    assert causes_of(ask(Rule(403, body=_CONDITIONS), method="PUT")) == [("origin-refused", "likely")]


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://api.example/", "Put a proxy"),
        ("https://api.example/", "with --http2"),
        ("ws://api.example/", "Put a proxy"),
        ("WSS://api.example/", "offer HTTP/1.1"),
    ],
)
def test_what_to_do_about_a_server_without_http1_depends_on_the_scheme(url: str, words: str) -> None:
    asked = with_url(Scenario(url, Origin("http", "app.example")), url)
    report = report_on(asked, [STANDARD], lambda *_: NoAnswer(FailureKind.ONLY_HTTP2, "It has none."))
    failure = report.diagnoses[0].failure
    assert failure is not None
    assert failure.cause is not None
    assert words in failure.cause.fix
    assert ("--http2" in failure.cause.text + failure.cause.fix) is url.startswith("https:")


def test_only_a_server_of_websockets_asks_for_them() -> None:
    assert causes_of(ask(Rule(426, (("Upgrade", "websocket"),)))) == [("wrong-service", "certain")]
    assert causes_of(ask(Rule(426, (("Upgrade", "TLS/1.3"),)))) == [("not-configured", "likely")]


@pytest.mark.parametrize(
    ("body", "fix"),
    [
        ("Invalid Host header", "Add api.example to its list of allowed hosts"),
        ("Blocked hosts: api.example", "Add api.example to config.hosts of Rails."),
        ("Host not allowed: api.example", "Add api.example to play.filters.hosts.allowed of Play."),
    ],
)
def test_a_host_that_is_not_served(body: str, fix: str) -> None:
    failure = ask(Rule(403, body=body)).diagnoses[0].failure
    assert failure is not None
    assert failure.cause is not None
    assert (failure.cause.id, fix in failure.cause.fix) == ("forbidden", True)


def test_a_page_about_hosts_is_not_a_refusal() -> None:
    page = "<html><p>Invalid host header: what Rails says, and why</p>" + "<p>a long article about it</p>" * 20
    assert causes_of(ask(Rule(200, (HTML,), page))) == [("not-configured", "likely")]


@pytest.mark.parametrize(
    ("body", "whose"),
    [
        (
            "Disallowed CORS method",
            "The CORS configuration of Starlette's CORSMiddleware does not allow the method PUT.",
        ),
        (
            "Invalid CORS request",
            "Probably the CORS configuration of Spring refuses the origin https://app.example or the method PUT.",
        ),
        (
            "CORSResponse: This CORS request is not allowed.",
            "Probably the bucket's CORS configuration refuses the origin https://app.example or the method PUT.",
        ),
        (
            "CORS error",
            "Probably the server's CORS configuration refuses the origin https://app.example or the method PUT.",
        ),
    ],
)
def test_the_cause_says_whose_configuration_refuses(body: str, whose: str) -> None:
    assert text_of_cause(ask(Rule(403, body=body), method="PUT")) == whose
