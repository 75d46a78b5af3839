"""The CORS check: every outcome, every cause, both sides of each edge."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from corsdoctor.browsers import BROWSERS, CHROMIUM, FIREFOX, STANDARD, WEBKIT, Profile
from corsdoctor.diagnose import Verdict
from corsdoctor.fetch.cors_check import RULES, cors_check
from corsdoctor.rule import Outcome
from corsdoctor.scenario import Api, Credentials, Scenario
from corsdoctor.url import OPAQUE, Origin
from corsdoctor.wire import Kind
from tests.fetch.asking import (
    ALLOW,
    ALLOW_CREDENTIALS,
    API,
    APP,
    GRANTS,
    OTHER,
    Lines,
    answer,
    ask,
    blamed,
    causes_of,
    hop,
    ids,
    params_for,
    request_for,
)

ACAO, ACAC = "Access-Control-Allow-Origin", "Access-Control-Allow-Credentials"
MATCHES, WILDCARD = "acao-matches-origin", "acao-not-wildcard-with-credentials"
SENT = "https://app.example"


@dataclass(frozen=True)
class Allowed:
    id: str
    lines: Lines
    include: bool = False
    page: Origin = APP


ALLOWED = (
    Allowed("wildcard", ((ACAO, "*"),)),
    Allowed("the origin", ((ACAO, SENT),)),
    Allowed("name in another case", ((ACAO.lower(), SENT),)),
    Allowed("null for an opaque page", ((ACAO, "null"),), page=OPAQUE),
    Allowed("wildcard for an opaque page", ((ACAO, "*"),), page=OPAQUE),
    Allowed("wrong ACAC without credentials", ((ACAO, SENT), (ACAC, "no"))),
    Allowed("credentials", ((ACAO, SENT), (ACAC, "true")), include=True),
    Allowed("credentials for an opaque page", ((ACAO, "null"), (ACAC, "true")), include=True, page=OPAQUE),
    Allowed("other origin of a port", ((ACAO, "http://localhost:3000"),), page=Origin("http", "localhost", 3000)),
)


@pytest.mark.parametrize("case", ALLOWED, ids=lambda c: c.id)
def test_what_it_allows(case: Allowed) -> None:
    credentials = Credentials.INCLUDE if case.include else Credentials.SAME_ORIGIN
    url = "http://api.example/" if case.page.scheme == "http" else API
    for profile in BROWSERS:
        diagnosis = ask(Scenario(url, case.page, credentials=credentials), answer(200, *case.lines), profile=profile)
        wanted = ["acao-present", MATCHES, *(["acac-true"] if case.include else [])]
        assert (diagnosis.verdict, ids(diagnosis, Outcome.PASS)) == (Verdict.ALLOWED, wanted)


@dataclass(frozen=True)
class Case:
    id: str
    lines: Lines
    rule: str
    cause: str | None = None
    include: bool = False
    page: Origin = APP
    url: str = API
    status: int = 200
    hops: tuple[str, ...] = ()
    method: str = "GET"


def acao(name: str, value: str, cause: str | None, page: Origin = APP) -> Case:
    return Case(name, ((ACAO, value),), MATCHES, cause, page=page)


CASES = (
    Case("absent", (), "acao-present", None),
    Case("absent with status 399", (), "acao-present", None, status=399),
    Case("absent with status 400", (), "acao-present", None, status=400),
    Case("absent with status 500", (), "acao-present", None, status=500),
    Case("absent after a redirect", (), "acao-present", None, hops=("https://api.example/b",)),
    Case("absent on an error after a redirect", (), "acao-present", None, status=404, hops=("/b",)),
    Case("absent on a login page", (), "acao-present", None, hops=("https://api.example/Login",)),
    Case("absent on a failing login page", (), "acao-present", None, status=403, hops=("/sso/x",)),
    Case("absent on a login page asked directly", (), "acao-present", None, url="https://api.example/login"),
    Case("absent on a host that only sounds so", (), "acao-present", "tainted", hops=("https://authors.example/",)),
    Case("absent on a login host", (), "acao-present", "tainted", hops=("https://auth.other.example/",)),
    Case("absent on what only sounds so", (), "acao-present", None, hops=("/lessons/authors?login",)),
    Case("absent and tainted", (), "acao-present", "tainted", hops=(OTHER,)),
    Case("absent on an error and tainted", (), "acao-present", "tainted", status=404, hops=(OTHER,)),
    *(
        Case(f"absent from a preflight with {status}", (), "acao-present", cause, status=status, method="PUT")
        for status, cause in (
            (200, None), (204, None), (302, None), (400, None),
            (401, None), (403, None), (404, None), (405, None),
            (500, None), (501, None),
        )
    ),
    Case("a redirect", (("Location", "/b"),), "acao-present", None, status=302),
    *(
        Case(f"{status} with a Location", (("Location", "/b"),), "acao-present", None, status=status)
        for status in (200, 201, 300, 304, 399)
    ),
    Case("an error with a Location", (("Location", "/b"),), "acao-present", None, status=400),
    Case("another header", ((ACAC, "true"),), "acao-present", None),
    acao("wildcard twice in a line", "*, *", "two-layers"),
    acao("two origins without a space", f"{SENT},https://b.example", "two-layers"),
    acao("the origin twice", f"{SENT}, {SENT}", "two-layers"),
    acao("two origins with a space", f"{SENT} https://b.example", "two-layers"),
    Case("two lines", ((ACAO, SENT), (ACAO, SENT)), MATCHES, "two-layers"),
    Case("two lines, one empty", ((ACAO, SENT), (ACAO, "")), MATCHES, "two-layers"),
    acao("empty", "", "empty"),
    acao("quoted", f'"{SENT}"', "quoted"),
    acao("quoted at one end", f"{SENT}'", "quoted"),
    acao("quoted wildcard", '"*"', "quoted"),
    acao("pattern", "https://*.example", "pattern"),
    acao("two stars", "**", "pattern"),
    acao("null", "null", "null-value"),
    acao("Null", "Null", "null-value"),
    acao("slash", f"{SENT}/", "trailing-slash"),
    acao("path", f"{SENT}/items", "has-path"),
    acao("case of the host", "https://App.example", "wrong-case"),
    acao("case of the scheme", "HTTPS://app.example", "wrong-case"),
    acao("case and slash", "https://App.example/", "has-path"),
    acao("no scheme", "app.example", "no-scheme"),
    acao("no scheme but a slash", "app.example/", "no-scheme"),
    acao("default port", f"{SENT}:443", "other-spelling"),
    acao("default port and a path", f"{SENT}:443/x", "has-path"),
    acao("user name", "https://me@app.example", "other-spelling"),
    acao("query", f"{SENT}?x", "has-path"),
    acao("scheme", "http://app.example", "wrong-scheme"),
    acao("scheme and port", "http://app.example:8080", "wrong-scheme"),
    acao("port", "https://app.example:8443", "wrong-port"),
    acao("www added", "https://www.app.example", "www"),
    acao("www missing", SENT, "www", Origin("https", "www.app.example")),
    acao("own origin", "https://api.example", "own-origin"),
    acao("own origin with a slash", "https://api.example/", "own-origin"),
    acao("another origin", "https://b.example", "other-origin"),
    acao("another host and scheme", "http://b.example", "other-origin"),
    acao("another host and port", "https://b.example:8443", "other-origin"),
    acao("www and another scheme", "http://www.app.example", "www"),
    acao("own host with another scheme", "http://api.example", "other-origin"),
    acao("what can't be parsed", "https://[bad", "other-origin"),
    acao("an opaque page by its URL", "file://", "opaque-page", OPAQUE),
    acao("an opaque page, some origin", SENT, "opaque-page", OPAQUE),
    acao("an opaque page, NULL", "NULL", "opaque-page", OPAQUE),
    Case("tainted", ALLOW, MATCHES, "tainted", hops=(OTHER,)),
    Case("tainted, and a slash", ((ACAO, f"{SENT}/"),), MATCHES, "trailing-slash", hops=(OTHER,)),
    Case("redirected, but not tainted", ((ACAO, "https://b.example"),), MATCHES, "other-origin", hops=("/b",)),
    Case("wildcard with credentials", ((ACAO, "*"), (ACAC, "true")), WILDCARD, include=True),
    Case("wildcard with credentials, opaque page", ((ACAO, "*"), (ACAC, "true")), WILDCARD, include=True, page=OPAQUE),
    Case("ACAC absent", ALLOW, "acac-true", include=True),
    Case("ACAC True", (*ALLOW, (ACAC, "True")), "acac-true", "case", include=True),
    Case("ACAC TRUE", (*ALLOW, (ACAC, "TRUE")), "acac-true", "case", include=True),
    Case("ACAC twice", (*ALLOW, (ACAC, "true"), (ACAC, "true")), "acac-true", "two-layers", include=True),
    Case("ACAC 1", (*ALLOW, (ACAC, "1")), "acac-true", include=True),
    Case("ACAC false", (*ALLOW, (ACAC, "false")), "acac-true", include=True),
    Case("ACAC empty", (*ALLOW, (ACAC, "")), "acac-true", include=True),
    Case("ACAC quoted", (*ALLOW, (ACAC, '"true"')), "acac-true", include=True),
    Case("ACAO before ACAC", ((ACAO, "https://b.example"),), MATCHES, "other-origin", include=True),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.id)
def test_what_it_refuses(case: Case) -> None:
    credentials = Credentials.INCLUDE if case.include else Credentials.OMIT
    scenario = Scenario(case.url, case.page, case.method, credentials=credentials)
    answers = (*(hop(to) for to in case.hops), answer(case.status, *case.lines))
    diagnosis = ask(scenario, *answers)
    assert blamed(diagnosis.failure) == (case.rule, case.cause)
    assert diagnosis.verdict is Verdict.BLOCKED
    assert diagnosis.readable is None
    assert len(diagnosis.exchanges) == len(answers)
    assert diagnosis.failure is not None
    assert diagnosis.failure.exchange == len(answers) - 1


BEACONS: tuple[tuple[Lines, str], ...] = ((((ACAO, "*"), (ACAC, "true")), WILDCARD), (ALLOW, "acac-true"))


@pytest.mark.parametrize(("lines", "rule"), BEACONS)
def test_a_beacon_always_has_credentials(lines: Lines, rule: str) -> None:
    json = (("Content-Type", "application/json"),)
    scenario = Scenario(API, APP, "POST", json, credentials=Credentials.INCLUDE, api=Api.BEACON)
    assert blamed(ask(scenario, answer(204, *lines)).failure) == (rule, "beacon")


def test_every_cause_is_reached() -> None:
    by_beacons = {(rule, "beacon") for _, rule in BEACONS}
    assert causes_of(RULES) == {*by_beacons, *((case.rule, case.cause) for case in CASES if case.cause is not None)}


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.id)
def test_the_remedies_cure(case: Case) -> None:
    """The remedy's lines in place of the received ones, as often as there is another one, end in green."""
    credentials = Credentials.INCLUDE if case.include else Credentials.OMIT
    lines = {name.lower(): (name, value) for name, value in case.lines}
    for _ in range(3):
        answers = (*(hop(to) for to in case.hops), answer(200, *lines.values()))
        diagnosis = ask(Scenario(case.url, case.page, case.method, credentials=credentials), *answers)
        if diagnosis.failure is None or not diagnosis.failure.remedy:
            break
        lines.update({name.lower(): (name, value) for name, value in diagnosis.failure.remedy})
    to_null = diagnosis.exchanges[-1].request.headers.get("Origin") == "null"
    assert diagnosis.verdict is (Verdict.BLOCKED if to_null else Verdict.ALLOWED)


@pytest.mark.parametrize(
    ("profile", "lines", "cause"),
    [
        (STANDARD, (), "tainted"), (FIREFOX, (), None), (STANDARD, ((ACAO, SENT),), "tainted"),
        (FIREFOX, ((ACAO, "null"),), "null-value"), (FIREFOX, ((ACAO, "https://b.example"),), "other-origin"),
    ],
)  # fmt: skip
def test_a_tainted_preflight(profile: Profile, lines: Lines, cause: str | None) -> None:
    """One browser's preflight names the page, so no taint is to blame there."""
    granted = answer(204, *GRANTS)
    diagnosis = ask(Scenario(API, APP, "PUT"), granted, hop(OTHER, 307), answer(204, *lines), profile=profile)
    assert diagnosis.failure is not None
    assert (diagnosis.exchanges[2].kind, diagnosis.failure.exchange) == (Kind.PREFLIGHT, 2)
    assert (diagnosis.failure.cause and diagnosis.failure.cause.id) == cause


@pytest.mark.parametrize(
    ("vary", "missing"), [("X-Origin", True), ("origin-a, b", True), ("ORIGIN", False), ("*", False)]
)
def test_vary_is_read_as_a_list(vary: str, missing: bool) -> None:
    failure = ask(Scenario(API, APP), answer(200, ("Vary", vary))).failure
    assert failure is not None
    assert (("Vary", "Origin") in failure.remedy) is missing


def test_a_remedy_holds_only_what_is_missing() -> None:
    scenario = Scenario(API, APP, credentials=Credentials.INCLUDE)
    there = (("Vary", "Accept, Origin"), (ACAC, "true"))
    for lines, wanted in ((there, {ACAO}), (there[:1], {ACAO, ACAC}), (there[1:], {ACAO, "Vary"})):
        failure = ask(scenario, answer(200, *lines)).failure
        assert failure is not None
        assert {name for name, _ in failure.remedy} == wanted


@dataclass(frozen=True)
class Emptied:
    id: str
    values: tuple[str, ...]
    allowed: tuple[Profile, ...]


EMPTIED = (
    Emptied("once", ("true",), BROWSERS),
    Emptied("an empty line before", ("", "true"), (FIREFOX,)),
    Emptied("an empty line after", ("true", ""), (FIREFOX,)),
    Emptied("empty lines alone", ("", ""), ()),
    Emptied("twice and empty", ("true", "", "true"), ()),
)


@pytest.mark.parametrize("case", EMPTIED, ids=lambda c: c.id)
def test_empty_lines_vanish_in_one_browser(case: Emptied) -> None:
    lines = (*ALLOW, *((ACAC, value) for value in case.values))
    scenario = Scenario(API, APP, credentials=Credentials.INCLUDE)
    verdicts = {p: ask(scenario, answer(200, *lines), profile=p).verdict for p in BROWSERS}
    assert tuple(p for p in BROWSERS if verdicts[p] is Verdict.ALLOWED) == case.allowed


def test_credentials_can_count_against_the_requests_mode() -> None:
    """As WebKit has it for redirects of its own origin; no step depends on who asks."""
    request, params = request_for(Scenario(API, APP)), params_for()
    assert cors_check(request, SENT, answer(200, (ACAO, "*")), params)
    assert not cors_check(request, SENT, answer(200, (ACAO, "*")), params, include=True)
    assert not cors_check(request, SENT, answer(200, *ALLOW), params, include=True)
    assert cors_check(request, SENT, answer(200, *ALLOW_CREDENTIALS), params, include=True)
    included = request._replace(credentials=Credentials.INCLUDE)
    assert cors_check(included, SENT, answer(200, (ACAO, "*")), params, include=False)


def test_the_remedy_names_credentials_where_they_count() -> None:
    request, params = request_for(Scenario(API, APP)), params_for()
    assert not cors_check(request, SENT, answer(200, (ACAO, "*")), params, include=True)
    assert (ACAC, "true") in params.trace.steps[-1].remedy


@pytest.mark.parametrize("profile", [STANDARD, CHROMIUM, FIREFOX, WEBKIT], ids=lambda p: p.name)
def test_a_tainted_request_may_be_allowed(profile: Profile) -> None:
    diagnosis = ask(Scenario(API, APP), hop(OTHER), answer(200, (ACAO, "null")), profile=profile)
    assert diagnosis.verdict is Verdict.ALLOWED
    assert diagnosis.exchanges[-1].request.headers.get("Origin") == "null"


def test_a_default_port_is_no_path() -> None:
    diagnosis = ask(Scenario(API, APP), answer(200, (ACAO, f"{SENT}:443")))
    assert blamed(diagnosis.failure) != (MATCHES, "has-path")


@pytest.mark.parametrize("profile", BROWSERS, ids=lambda p: p.name)
@pytest.mark.parametrize(("lines", "shown"), [((), "(missing)"), (((ACAC, "no"),), "no")])
def test_the_evidence_has_acac_as_received(profile: Profile, lines: Lines, shown: str) -> None:
    scenario = Scenario(API, APP, credentials=Credentials.INCLUDE)
    failure = ask(scenario, answer(200, (ACAO, SENT), *lines), profile=profile).failure
    assert failure is not None
    assert failure.evidence == ((ACAC, shown), ("wanted", "true"))


@pytest.mark.parametrize("credentials", Credentials)
def test_the_remedy_allows_credentials_only_if_they_are_included(credentials: Credentials) -> None:
    failure = ask(Scenario(API, APP, credentials=credentials), answer(200)).failure
    assert failure is not None
    assert ((ACAC, "true") in failure.remedy) is (credentials is Credentials.INCLUDE)


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("https://b\xc3\xbccher.example", "that is not equal"),  # UTF-8, as origins/acao-idn/001
        ("https://b\xfccher.example", "contains the invalid value"),
        ("https://b\u20accher.example", "contains the invalid value"),
        ("nothing", "contains the invalid value"),
    ],
)
def test_which_values_chromium_calls_invalid(value: str, says: str) -> None:
    found = ask(
        Scenario("https://api.example/", APP), answer(200, ("Access-Control-Allow-Origin", value)), profile=CHROMIUM
    )
    assert says in found.console[0]
