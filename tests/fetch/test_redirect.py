"""HTTP-redirect fetch: where it leads, what it changes, what it refuses."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from corsdoctor.browsers import BROWSERS, CHROMIUM, FIREFOX, STANDARD, WEBKIT, Profile
from corsdoctor.diagnose import Verdict
from corsdoctor.fetch.redirect import RULES, is_redirect
from corsdoctor.rule import Outcome
from corsdoctor.scenario import Api, Credentials, Mode, Redirect, Scenario
from corsdoctor.url import OPAQUE
from corsdoctor.wire import Headers, Kind, Response
from tests.fetch.asking import (
    ALLOW,
    ANY,
    API,
    APP,
    GRANTS,
    HOME,
    OTHER,
    Lines,
    answer,
    ask,
    ask_granted,
    blamed,
    causes_of,
    hop,
    ids,
)

YES = answer(200, *GRANTS)
SIMPLE = Scenario(API, APP)
NO_CORS = Scenario(API, APP, mode=Mode.NO_CORS)


def test_no_rule_here_names_causes() -> None:
    assert causes_of(RULES) == set()


def test_redirect_statuses() -> None:
    located = Headers((("Location", "/"),))
    always = {301, 302, 303, 307, 308}
    for profile in BROWSERS:
        more = set(range(309, 400)) if profile is WEBKIT else set()
        assert {
            status for status in range(100, 600) if is_redirect(Response(status, located), profile)
        } == always | more


@dataclass(frozen=True)
class Refused:
    id: str
    to: str
    rule: str | None
    scenario: Scenario = SIMPLE
    status: int = 302


STREAMED = Scenario(API, APP, "POST", body=b"x", streamed=True)
REFUSED = (
    Refused("elsewhere", OTHER, None),
    Refused("home", HOME, None),
    Refused("relative", "b?c", None),
    Refused("bad host", "http://[bad", "location-parses"),
    Refused("ftp", "ftp://files.example/", "location-is-http"),
    Refused("data", "data:,x", "location-is-http"),
    Refused("file", "file:///x", "location-is-http"),
    Refused("data in no-cors", "data:,x", "location-is-http", NO_CORS),
    Refused("data at home", "data:,x", "location-is-http", Scenario("/a", APP)),
    Refused("user, elsewhere", "https://u@other.example/", "location-without-userinfo"),
    Refused("password alone, elsewhere", "https://:p@other.example/", "location-without-userinfo"),
    Refused("empty userinfo", "https://@other.example/", None),
    Refused("user, from elsewhere to home", "https://u@app.example/", "location-without-userinfo"),
    Refused("user, from home to elsewhere", "https://u@api.example/", "location-without-userinfo", Scenario("/a", APP)),
    Refused("user, at home", "https://u@app.example/", None, Scenario("/a", APP)),
    Refused("user, in no-cors", "https://u@other.example/", None, NO_CORS),
    Refused("stream and 302", "/b", "redirected-body-replays", STREAMED),
    Refused("stream and 308", "/b", "redirected-body-replays", STREAMED, 308),
    Refused("stream and 303", "/b", None, STREAMED, 303),
    Refused("body and 307", "/b", None, Scenario(API, APP, "POST", body=b"x"), 307),
)


@pytest.mark.parametrize("case", REFUSED, ids=lambda c: c.id)
def test_what_is_not_followed(case: Refused) -> None:
    diagnosis = ask_granted(case.scenario, hop(case.to, case.status), YES)
    assert blamed(diagnosis.failure) == (None if case.rule is None else (case.rule, None))
    assert (diagnosis.verdict is Verdict.BLOCKED) is (case.rule is not None)
    assert ("location-is-http" in ids(diagnosis, Outcome.PASS)) is (case.rule is None)


@pytest.mark.parametrize("scenario", [SIMPLE, NO_CORS, Scenario("/a", APP), Scenario("/a", APP, mode=Mode.NO_CORS)])
@pytest.mark.parametrize("to", ["ftp://files.example/", "data:,x", "file:///x", "blob:https://app.example/x", "app:x"])
def test_no_browser_follows_to_another_scheme(scenario: Scenario, to: str) -> None:
    for profile in BROWSERS:
        diagnosis = ask(scenario, hop(to), YES, profile=profile)
        assert blamed(diagnosis.failure) == ("location-is-http", None)
        assert len(diagnosis.exchanges) == 1


@pytest.mark.parametrize(("hops", "allowed"), [(1, True), (19, True), (20, True), (21, False)])
def test_twenty_redirects_and_no_more(hops: int, allowed: bool) -> None:
    for profile in BROWSERS:
        diagnosis = ask(SIMPLE, *(hop(f"/{n}") for n in range(hops)), YES, profile=profile)
        assert blamed(diagnosis.failure) == (None if allowed else ("redirect-limit", None))
        assert len(diagnosis.exchanges) == min(hops, 20) + 1


@pytest.mark.parametrize("profile", BROWSERS, ids=lambda p: p.name)
def test_a_loop_ends(profile: Profile) -> None:
    diagnosis = ask_granted(Scenario(API, APP, "PUT"), hop(API, 307), profile=profile)
    repeats = profile.preflight_repeats_after_redirect
    assert blamed(diagnosis.failure) == ("redirect-limit", None)
    assert len(diagnosis.exchanges) == (42 if repeats else 22)


@dataclass(frozen=True)
class Changed:
    method: str
    status: int
    wanted: str
    body: bool

    @property
    def id(self) -> str:
        return f"{self.method} {self.status}"


CHANGED = (
    *(Changed("POST", status, "GET", False) for status in (301, 302, 303)),
    *(Changed("POST", status, "POST", True) for status in (307, 308)),
    *(Changed("PUT", status, "PUT", True) for status in (301, 302, 307, 308)),
    *(Changed(method, 303, "GET", False) for method in ("PUT", "DELETE", "PATCH", "OPTIONS", "get!")),
)


@pytest.mark.parametrize("case", CHANGED, ids=lambda c: c.id)
def test_methods_and_bodies(case: Changed) -> None:
    lines = (("Content-Type", "a/b"), ("Content-Language", "de"), ("content-location", "/"), ("X-A", "1"))
    diagnosis = ask(Scenario("/a", APP, case.method, lines, body=b"x"), hop("/b", case.status), answer(200))
    first, second = (e.request for e in diagnosis.exchanges)
    assert (first.method, first.body) == (case.method, b"x")
    assert (second.method, second.body) == (case.wanted, b"x" if case.body else None)
    kept = {name for name in ("Content-Type", "Content-Language", "Content-Location", "X-A") if name in second.headers}
    assert kept == ({"Content-Type", "Content-Language", "Content-Location", "X-A"} if case.body else {"X-A"})
    assert ("redirect-keeps-method" in ids(diagnosis, Outcome.NOTE)) is (case.method != case.wanted)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_get_and_head_stay(method: str, status: int) -> None:
    diagnosis = ask(Scenario(API, APP, method), hop(OTHER, status), answer(200, *ANY))
    assert [e.request.method for e in diagnosis.exchanges] == [method, method]


@dataclass(frozen=True)
class Authorized:
    id: str
    hops: tuple[str, ...]
    sends: dict[str, list[bool]]


def everywhere(*sends: bool) -> dict[str, list[bool]]:
    return {profile.name: list(sends) for profile in BROWSERS}


AUTHORIZED = (
    Authorized("same origin", ("/b",), everywhere(True, True)),
    Authorized("other origin", (OTHER,), everywhere(True, False)),
    Authorized("other port", ("https://api.example:8443/",), everywhere(True, False)),
    Authorized(
        "there and back", (OTHER, API), {**everywhere(True, False, False), "firefox": [True, False, False]},
    ),
    Authorized(
        "two hops there", (OTHER, f"{OTHER}b"), {**everywhere(True, False, False), "firefox": [True, False, True]},
    ),
)  # fmt: skip


@pytest.mark.parametrize("case", AUTHORIZED, ids=lambda c: c.id)
def test_authorization(case: Authorized) -> None:
    scenario = Scenario(API, APP, headers=(("Authorization", "x"),))
    for profile in BROWSERS:
        diagnosis = ask_granted(scenario, *map(hop, case.hops), YES, profile=profile)
        sends = ["Authorization" in e.request.headers for e in diagnosis.exchanges if e.kind is Kind.ACTUAL]
        assert sends == case.sends[profile.name], profile.name
        assert ("redirect-keeps-authorization" in ids(diagnosis, Outcome.NOTE)) is (not all(sends))


def test_one_browser_sends_the_headers_of_a_body_again() -> None:
    scenario = Scenario("/a", APP, "POST", (("Content-Type", "text/plain"),), body=b"x")
    for profile in BROWSERS:
        diagnosis = ask(scenario, hop("/b"), hop("/c"), answer(200), profile=profile)
        sends = ["Content-Type" in e.request.headers for e in diagnosis.exchanges]
        assert sends == [True, False, profile is WEBKIT]


def test_one_browser_turns_delete_into_get_across_origins() -> None:
    for profile in BROWSERS:
        for to, changes in (("/b", False), (OTHER, profile is WEBKIT)):
            diagnosis = ask_granted(Scenario(API, APP, "DELETE", body=b"x"), hop(to, 307), YES, profile=profile)
            last = diagnosis.exchanges[-1].request
            assert (last.method, last.body) == (("GET", None) if changes else ("DELETE", b"x"))
            assert "Content-Type" in last.headers


@dataclass(frozen=True)
class Tainted:
    id: str
    url: str
    hops: tuple[str, ...]
    origins: list[str | None]


PAGE = "https://app.example"
TAINTED = (
    Tainted("home to elsewhere", "/a", (API,), [None, PAGE]),
    Tainted("elsewhere to the same", API, ("/b",), [PAGE, PAGE]),
    Tainted("elsewhere to a third", API, (OTHER,), [PAGE, "null"]),
    Tainted("elsewhere to another port", API, ("https://api.example:8443/",), [PAGE, "null"]),
    Tainted("elsewhere to home", API, (HOME,), [PAGE, "null"]),
    Tainted("elsewhere and home and elsewhere", API, (HOME, API), [PAGE, "null", "null"]),
    Tainted("home, elsewhere, same", "/a", (API, "/b"), [None, PAGE, PAGE]),
)


@pytest.mark.parametrize("case", TAINTED, ids=lambda c: c.id)
def test_the_origin_is_tainted(case: Tainted) -> None:
    for profile in BROWSERS:
        diagnosis = ask(
            Scenario(case.url, APP, credentials=Credentials.OMIT), *map(hop, case.hops), YES, profile=profile
        )
        assert [e.request.headers.get("Origin") for e in diagnosis.exchanges] == case.origins
        assert ids(diagnosis, Outcome.NOTE).count("redirect-keeps-origin") == ("null" in case.origins)


def test_an_opaque_page_says_null_all_the_way() -> None:
    diagnosis = ask(Scenario(API, OPAQUE), hop("/b"), answer(200, *ANY))
    assert [e.request.headers.get("Origin") for e in diagnosis.exchanges] == ["null", "null"]


def test_a_preflighted_request_is_followed_with_a_note() -> None:
    for scenario, notes in ((SIMPLE, 0), (Scenario(API, APP, "PUT"), 1)):
        diagnosis = ask_granted(scenario, hop("/b", 307), YES)
        assert diagnosis.verdict is Verdict.ALLOWED
        assert ids(diagnosis, Outcome.NOTE).count("preflighted-request-not-redirected") == notes


@dataclass(frozen=True)
class Located:
    """Where the second request goes, None where there is none."""

    id: str
    lines: Lines
    to: dict[str, str | None]
    url: str = API


def to_all(url: str | None, **others: str | None) -> dict[str, str | None]:
    return {profile.name: others.get(profile.name, url) for profile in BROWSERS}


LOCATED = (
    Located("absent", (), to_all(None)),
    Located("empty", (("Location", ""),), to_all(API, chromium=None, webkit=None)),
    Located("relative", (("location", "b"),), to_all("https://api.example/b")),
    Located("fragment alone", (("Location", "#x"),), to_all(API)),
    Located("query alone", (("Location", "?x"),), to_all(f"{API}?x"), f"{API}?y#z"),
    Located("UTF-8", (("Location", "/\xc3\xa9"),), to_all("https://api.example/%C3%A9", webkit="https://api.example/%C3%83%C2%A9")),
    Located("latin-1", (("Location", "/\xe9"),), to_all("https://api.example/%E9", webkit="https://api.example/%C3%AF%C2%BF%C2%BD")),
    Located("pipe", (("Location", "/a|b"),), to_all("https://api.example/a|b", chromium="https://api.example/a%7Cb")),
)  # fmt: skip


@pytest.mark.parametrize("case", LOCATED, ids=lambda c: c.id)
def test_location(case: Located) -> None:
    for profile in BROWSERS:
        diagnosis = ask(Scenario(case.url, APP), answer(302, *ALLOW, *case.lines), YES, profile=profile)
        fails = profile.empty_location_fails and case.id == "empty"
        assert diagnosis.verdict is (Verdict.BLOCKED if fails else Verdict.ALLOWED)
        urls = [e.request.url for e in diagnosis.exchanges[1:]]
        wanted = case.to[profile.name]
        assert urls == ([] if wanted is None else [wanted]), profile.name


def test_two_locations_are_none() -> None:
    diagnosis = ask(SIMPLE, answer(302, *ANY, ("Location", "/b"), ("Location", "/c")), YES)
    assert blamed(diagnosis.failure) == ("location-parses", None)
    assert diagnosis.failure is not None
    assert diagnosis.failure.evidence == (("Location", "/b, /c"),)


@dataclass(frozen=True)
class Moded:
    id: str
    redirect: Redirect
    location: str | None
    verdicts: dict[str, str]
    status: int = 302


def verdicts(verdict: str, **others: str) -> dict[str, str]:
    return {profile.name: others.get(profile.name, verdict) for profile in BROWSERS}


MODED = (
    Moded("follow", Redirect.FOLLOW, "/b", verdicts("allowed")),
    Moded("follow 300", Redirect.FOLLOW, "/b", verdicts("allowed"), 300),
    Moded("follow 310", Redirect.FOLLOW, "/b", verdicts("allowed"), 310),
    Moded("error", Redirect.ERROR, "/b", verdicts("blocked")),
    Moded("error without a Location", Redirect.ERROR, None, verdicts("blocked", chromium="allowed", webkit="allowed")),
    Moded("error, empty Location", Redirect.ERROR, "", verdicts("blocked", chromium="allowed", webkit="allowed")),
    Moded("error with 304", Redirect.ERROR, "/b", verdicts("allowed"), 304),
    Moded("error with 310", Redirect.ERROR, "/b", verdicts("allowed", webkit="blocked"), 310),
    Moded("manual", Redirect.MANUAL, "/b", verdicts("opaque")),
    Moded("manual, bad Location", Redirect.MANUAL, "http://[bad", verdicts("opaque", chromium="blocked")),
    Moded("manual without a Location", Redirect.MANUAL, None, verdicts("opaque")),
    Moded("manual with 200", Redirect.MANUAL, "/b", verdicts("allowed"), 200),
)


@pytest.mark.parametrize("case", MODED, ids=lambda c: c.id)
def test_redirect_modes(case: Moded) -> None:
    lines = (*ANY, *(() if case.location is None else (("Location", case.location),)))
    for profile in BROWSERS:
        diagnosis = ask(Scenario(API, APP, redirect=case.redirect), answer(case.status, *lines), YES, profile=profile)
        assert diagnosis.verdict == case.verdicts[profile.name], profile.name
        if diagnosis.verdict is Verdict.OPAQUE:
            assert diagnosis.readable == ()
        if case.redirect is not Redirect.FOLLOW:
            assert len(diagnosis.exchanges) == 1


def test_no_cors_must_follow() -> None:
    for redirect in (Redirect.ERROR, Redirect.MANUAL):
        diagnosis = ask(Scenario(API, APP, mode=Mode.NO_CORS, redirect=redirect), YES)
        assert (blamed(diagnosis.failure), diagnosis.exchanges) == (("no-cors-follows-redirects", None), ())
        assert ask(Scenario("/a", APP, mode=Mode.NO_CORS, redirect=redirect), YES).verdict is Verdict.ALLOWED


@dataclass(frozen=True)
class Own:
    """A redirect from the page's own origin over another one, with what that one grants."""

    id: str
    scenario: Scenario
    lines: Lines
    blocked: bool
    kinds: str


AT_HOME = Scenario("/a", APP)
WITH_PUT = Scenario("/a", APP, "PUT")
CREDENTIALED: Lines = (*ALLOW, ("Access-Control-Allow-Credentials", "true"))
OWN = (
    Own("wildcard", AT_HOME, ANY, True, "aa"),
    Own("no credentials allowed", AT_HOME, ALLOW, True, "aa"),
    Own("credentials allowed", AT_HOME, CREDENTIALED, False, "aaa"),
    Own("omit", Scenario("/a", APP, credentials=Credentials.OMIT), ANY, False, "aaa"),
    Own("a preflight goes out all the same", WITH_PUT, ANY, True, "apap"),
    Own("image", Scenario("/a", APP, api=Api.IMAGE), (), False, "aaa"),
    Own("from elsewhere", SIMPLE, ANY, False, "aaa"),
)


@pytest.mark.parametrize("case", OWN, ids=lambda c: c.id)
def test_redirects_of_the_own_origin_need_credentials_in_one_browser(case: Own) -> None:
    answers = (hop(API, 307), hop("/b", 307, case.lines), YES)
    for profile in (WEBKIT, STANDARD, CHROMIUM, FIREFOX):
        diagnosis = ask_granted(case.scenario, *answers, profile=profile)
        blocked = case.blocked and profile is WEBKIT
        assert (diagnosis.verdict is Verdict.BLOCKED) is blocked, profile.name
        if profile is WEBKIT:
            assert "".join(e.kind[0] for e in diagnosis.exchanges) == case.kinds
