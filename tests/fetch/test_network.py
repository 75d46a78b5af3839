"""With which headers a request leaves, and what comes back where nothing does."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from corsdoctor.browsers import BROWSERS, CHROMIUM, FIREFOX, STANDARD, WEBKIT, Profile
from corsdoctor.diagnose import Diagnosis, Verdict
from corsdoctor.fetch.network import CERTIFICATE_FOLLOWS, COOKIE_FOLLOWS, DEFAULT_USER_AGENT, RULES
from corsdoctor.fetch.no_answer import NO_ANSWER_CAUSES
from corsdoctor.fetch.referrer import determine_referrer
from corsdoctor.scenario import Api, Credentials, Mode, Scenario
from corsdoctor.url import OPAQUE, Origin, parse
from corsdoctor.wire import FailureKind, Headers, Kind, NoAnswer, Response, Withheld
from tests.fetch.asking import ALLOW, ANY, API, APP, GRANTS, OTHER, answer, ask, blamed, causes_of, hop, request_for

INSECURE = Origin("http", "app.example")
SHOP = Origin("https", "app.shop.example")
NO_CORS = Mode.NO_CORS


def sent(diagnosis: Diagnosis, index: int = -1) -> Headers:
    return diagnosis.exchanges[index].request.headers


@pytest.mark.parametrize("kind", FailureKind)
def test_no_answer(kind: FailureKind) -> None:
    diagnosis = ask(Scenario(API, APP), NoAnswer(kind, "so it is"))
    assert blamed(diagnosis.failure) == ("actual-answered", NO_ANSWER_CAUSES[kind].id)
    assert diagnosis.failure is not None
    assert diagnosis.failure.evidence == (("error", "so it is"),)
    assert (diagnosis.verdict, diagnosis.readable) == (Verdict.ERROR, None)


def test_every_cause_is_reached() -> None:
    assert causes_of(RULES) == REACHED | {("actual-answered", NO_ANSWER_CAUSES[kind].id) for kind in FailureKind}


def test_what_is_withheld_is_no_failure() -> None:
    diagnosis = ask(Scenario(API, APP), Withheld("it is a DELETE"))
    assert (diagnosis.verdict, diagnosis.failure, len(diagnosis.exchanges)) == (Verdict.UNSENT, None, 1)


@pytest.mark.parametrize(("value", "blocked"), [("a\0b", True), ("\0", True), ("a\x01b", False)])
def test_a_nul_byte_is_no_http(value: str, blocked: bool) -> None:
    diagnosis = ask(Scenario(API, APP), answer(200, *ALLOW, ("X-A", value)))
    assert blamed(diagnosis.failure) == (("actual-answered", "not-http") if blocked else None)
    assert (diagnosis.exchanges[0].response is None) is blocked


def test_the_headers_of_a_simple_request() -> None:
    request = ask(Scenario(API, APP), answer(200, *ALLOW)).exchanges[0].request
    assert (request.method, request.url, request.body) == ("GET", API, None)
    assert request.headers.pairs == (
        ("Accept", "*/*"),
        ("Accept-Language", "en-US,en;q=0.9"),
        ("Referer", "https://app.example/"),
        ("Origin", "https://app.example"),
        ("Sec-Fetch-Dest", "empty"),
        ("Sec-Fetch-Mode", "cors"),
        ("Sec-Fetch-Site", "cross-site"),
        ("User-Agent", DEFAULT_USER_AGENT),
        ("Accept-Encoding", "gzip, deflate, br"),
        ("Connection", "keep-alive"),
    )


def test_what_the_script_sets_is_not_set_again() -> None:
    lines = (("accept", "a"), ("accept-language", "de"), ("user-agent", "mine"))
    headers = sent(ask(Scenario(API, APP, headers=lines), answer(200, *ALLOW, ("Access-Control-Allow-Headers", "*"))))
    assert [headers.values(name) for name, _ in lines] == [("a",), ("de",), ("mine",)]


def test_the_users_user_agent() -> None:
    diagnosis = ask(Scenario(API, APP, user_agent="theirs"), answer(200, *ALLOW))
    assert sent(diagnosis).get("User-Agent") == "theirs"


def test_a_range_is_asked_for_without_encoding() -> None:
    diagnosis = ask(Scenario(API, APP, headers=(("Range", "bytes=0-1"),)), answer(200, *ALLOW))
    assert sent(diagnosis).get("Accept-Encoding") == "identity"


@pytest.mark.parametrize(
    ("method", "body", "streamed", "length"),
    [
        ("GET", None, False, None), ("POST", None, False, "0"), ("PUT", None, False, "0"), ("PATCH", None, False, None),
        ("DELETE", None, False, None), ("POST", b"", False, "0"), ("POST", b"abc", False, "3"), ("PATCH", b"\xc3\xa9", False, "2"),
        ("POST", b"abc", True, None),
    ],
)  # fmt: skip
def test_content_length(method: str, body: bytes | None, streamed: bool, length: str | None) -> None:
    lines = (*ALLOW, ("Access-Control-Allow-Methods", "*"), ("Access-Control-Allow-Headers", "*"))
    diagnosis = ask(Scenario(API, APP, method, body=body, streamed=streamed), answer(200, *lines))
    assert sent(diagnosis).get("Content-Length") == length
    assert diagnosis.exchanges[-1].request.body == body


@dataclass(frozen=True)
class Referred:
    id: str
    page: Origin
    url: str
    wanted: str | None


REFERRED = (
    Referred("https to https", APP, API, "https://app.example/"),
    Referred("http to https", INSECURE, API, "http://app.example/"),
    Referred("http to http", INSECURE, "http://api.example/", "http://app.example/"),
    Referred("opaque page", OPAQUE, API, None),
    Referred("app", Origin("capacitor", "localhost"), API, None),
)


@pytest.mark.parametrize("case", REFERRED, ids=lambda c: c.id)
def test_referer(case: Referred) -> None:
    assert sent(ask(Scenario(case.url, case.page), answer(200, *ANY))).get("Referer") == case.wanted


def test_no_referer_to_an_image_after_a_downgrade() -> None:
    """An address is not upgraded, so nothing is sent; localhost is asked over http."""
    diagnosis = ask(Scenario("http://localhost/a", APP, api=Api.IMAGE), answer(200))
    assert sent(diagnosis).get("Sec-Fetch-Site") == "cross-site"


def test_no_referer_from_https_to_http() -> None:
    """No browser gets so far: mixed content comes first."""
    url = parse("http://api.example/")
    assert url is not None
    request = request_for(Scenario(API, APP))._replace(url_list=(url,))
    assert determine_referrer(request, STANDARD) is None


def test_a_referer_goes_to_localhost() -> None:
    diagnosis = ask(Scenario("http://localhost/a", APP), answer(200, *ANY))
    assert sent(diagnosis).get("Referer") == "https://app.example/"


@dataclass(frozen=True)
class Site:
    id: str
    url: str
    hops: tuple[str, ...]
    wanted: str | None
    page: Origin = SHOP


SITES = (
    Site("own origin", "https://app.shop.example/", (), "same-origin"),
    Site("own site", "https://api.shop.example/", (), "same-site"),
    Site("another site", "https://api.example/", (), "cross-site"),
    Site("own origin, over its own site", "https://api.shop.example/", ("https://app.shop.example/",), "same-site"),
    Site("own origin, over another site", "https://api.example/", ("https://app.shop.example/",), "cross-site"),
    Site("opaque page", "https://api.example/", (), "cross-site", OPAQUE),
    Site("not trustworthy", "http://api.example/", (), None, INSECURE),
    Site("this machine", "http://127.0.0.1:8080/", (), "cross-site", INSECURE),
    Site("this machine to itself", "http://127.0.0.1:8080/", (), "same-site", Origin("http", "127.0.0.1")),
)


@pytest.mark.parametrize("case", SITES, ids=lambda c: c.id)
def test_fetch_metadata(case: Site) -> None:
    diagnosis = ask(Scenario(case.url, case.page), *(hop(to) for to in case.hops), answer(200, *ANY))
    assert sent(diagnosis).get("Sec-Fetch-Site") == case.wanted
    assert ("Sec-Fetch-Dest" in sent(diagnosis)) is (case.wanted is not None)


@pytest.mark.parametrize(
    ("api", "dest", "mode", "accept"),
    [
        (Api.FETCH, "empty", "cors", "*/*"), (Api.EVENTSOURCE, "empty", "cors", "text/event-stream"),
        (Api.IMAGE, "image", "no-cors", "image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5"),
        (Api.SCRIPT, "script", "no-cors", "*/*"), (Api.MODULE, "script", "cors", "*/*"),
        (Api.STYLESHEET, "style", "no-cors", "text/css,*/*;q=0.1"), (Api.FONT, "font", "cors", "*/*"),
        (Api.MEDIA, "audio", "no-cors", "*/*"),
    ],
)  # fmt: skip
def test_the_destination_shows(api: Api, dest: str, mode: str, accept: str) -> None:
    headers = sent(ask(Scenario(API, APP, api=api), answer(200, *ALLOW)))
    assert [headers.get(n) for n in ("Sec-Fetch-Dest", "Sec-Fetch-Mode", "Accept")] == [dest, mode, accept]


@dataclass(frozen=True)
class Sent:
    """Which browsers send which Origin header; the last hop counts."""

    id: str
    scenario: Scenario
    wanted: dict[str | None, tuple[Profile, ...]]
    hops: tuple[tuple[str, int], ...] = ()


HERE, NULL = "https://app.example", "null"
OWN = "/own"
ORIGINS = (
    Sent("own origin, GET", Scenario(OWN, APP), {None: BROWSERS}),
    Sent("own origin, HEAD", Scenario(OWN, APP, "HEAD"), {None: BROWSERS}),
    Sent("own origin, POST", Scenario(OWN, APP, "POST"), {HERE: BROWSERS}),
    Sent("another origin, GET", Scenario(API, APP), {HERE: BROWSERS}),
    Sent("opaque page", Scenario(API, OPAQUE), {NULL: BROWSERS}),
    Sent("no-cors, GET", Scenario(API, APP, mode=NO_CORS), {None: BROWSERS}),
    Sent("no-cors, POST", Scenario(API, APP, "POST", mode=NO_CORS), {HERE: BROWSERS}),
    Sent(
        "no-cors, POST, no downgrade of an http page",
        Scenario("http://localhost/", INSECURE, "POST", mode=NO_CORS), {"http://app.example": BROWSERS},
    ),
    Sent(
        "no-cors, POST, redirected within an origin",
        Scenario(API, APP, "POST", mode=NO_CORS), {HERE: BROWSERS}, (("/b", 307),),
    ),
    Sent(
        "no-cors, POST, redirected from the own origin to another",
        Scenario(OWN, APP, "POST", mode=NO_CORS), {NULL: (CHROMIUM,), HERE: (STANDARD, FIREFOX, WEBKIT)}, ((API, 307),),
    ),
    Sent(
        "no-cors, POST, tainted", Scenario(API, APP, "POST", mode=NO_CORS), {NULL: BROWSERS}, ((OTHER, 307),),
    ),
    Sent(
        "POST that becomes a GET at home",
        Scenario(OWN, APP, "POST"), {HERE: (WEBKIT,), None: (STANDARD, CHROMIUM, FIREFOX)}, ((OWN, 303),),
    ),
    Sent("image", Scenario(OWN, APP, api=Api.IMAGE), {None: BROWSERS}),
    Sent(
        "image with CORS at home",
        Scenario(OWN, APP, api=Api.IMAGE, mode=Mode.CORS), {HERE: (CHROMIUM, WEBKIT), None: (STANDARD, FIREFOX)},
    ),
    Sent(
        "image on an opaque page",
        Scenario(API, OPAQUE, api=Api.IMAGE), {NULL: (CHROMIUM, FIREFOX), None: (STANDARD, WEBKIT)},
    ),
    Sent(
        "image on an opaque page, redirected within an origin",
        Scenario(API, OPAQUE, api=Api.IMAGE), {NULL: (CHROMIUM, FIREFOX), None: (STANDARD, WEBKIT)}, (("/b", 302),),
    ),
    Sent(
        "image on an opaque page, redirected to another origin",
        Scenario(API, OPAQUE, api=Api.IMAGE), {NULL: (CHROMIUM,), None: (STANDARD, FIREFOX, WEBKIT)}, ((OTHER, 302),),
    ),
    Sent("no-cors of a script on an opaque page", Scenario(API, OPAQUE, mode=NO_CORS), {None: BROWSERS}),
)  # fmt: skip


@pytest.mark.parametrize("case", ORIGINS, ids=lambda c: c.id)
def test_origin(case: Sent) -> None:
    answers = (*(hop(to, status) for to, status in case.hops), answer(200, *ANY))
    for wanted, profiles in case.wanted.items():
        for profile in profiles:
            diagnosis = ask(case.scenario, *answers, profile=profile)
            assert len(diagnosis.exchanges) == len(answers)
            assert sent(diagnosis).get("Origin") == wanted, profile.name
    assert sum(len(profiles) for profiles in case.wanted.values()) == len(BROWSERS)


@pytest.mark.parametrize("profile", [STANDARD, CHROMIUM, FIREFOX], ids=lambda p: p.name)
def test_origin_after_a_downgrade(profile: Profile) -> None:
    """WebKit sends nothing from https to http."""
    scenario = Scenario("http://localhost/", APP, "POST", mode=NO_CORS)
    origin = "null" if profile.loopback_hides_origin else str(APP)
    assert sent(ask(scenario, answer(200, *ANY), profile=profile)).get("Origin") == origin


@dataclass(frozen=True)
class Cookie:
    id: str
    url: str
    credentials: Credentials
    sent: bool
    mode: Mode = Mode.CORS


COOKIES = (
    Cookie("omit at home", OWN, Credentials.OMIT, False),
    Cookie("same-origin at home", OWN, Credentials.SAME_ORIGIN, True),
    Cookie("include at home", OWN, Credentials.INCLUDE, True),
    Cookie("omit elsewhere", API, Credentials.OMIT, False),
    Cookie("same-origin elsewhere", API, Credentials.SAME_ORIGIN, False),
    Cookie("include elsewhere", API, Credentials.INCLUDE, True),
    Cookie("same-origin elsewhere in no-cors", API, Credentials.SAME_ORIGIN, False, NO_CORS),
    Cookie("include elsewhere in no-cors", API, Credentials.INCLUDE, True, NO_CORS),
)


@pytest.mark.parametrize("case", COOKIES, ids=lambda c: c.id)
def test_cookies(case: Cookie) -> None:
    for profile in BROWSERS:
        scenario = Scenario(case.url, APP, mode=case.mode, credentials=case.credentials, cookie="a=b")
        headers = sent(ask(scenario, answer(200, *ALLOW), profile=profile))
        assert headers.get("Cookie") == ("a=b" if case.sent else None)


def test_a_preflight_carries_no_cookie() -> None:
    lines = (*ALLOW, ("Access-Control-Allow-Credentials", "true"), ("Access-Control-Allow-Methods", "PUT"))
    diagnosis = ask(Scenario(API, APP, "PUT", credentials=Credentials.INCLUDE, cookie="a=b"), answer(200, *lines))
    assert [e.kind for e in diagnosis.exchanges] == [Kind.PREFLIGHT, Kind.ACTUAL]
    assert ["Cookie" in e.request.headers for e in diagnosis.exchanges] == [False, True]


@pytest.mark.parametrize(
    ("hops", "sends"),
    [
        (("/b",), [True, True]),
        (("https://api.example:8443/b",), [True, True]),
        ((OTHER,), [True, False]),
    ],
)
def test_a_cookie_is_for_its_host(hops: tuple[str, ...], sends: list[bool]) -> None:
    lines = (("Access-Control-Allow-Origin", "https://app.example"), ("Access-Control-Allow-Credentials", "true"))
    scenario = Scenario(API, APP, credentials=Credentials.INCLUDE, cookie="a=b")
    diagnosis = ask(scenario, *(hop(to, lines=lines) for to in hops), answer(200, *lines))
    assert ["Cookie" in e.request.headers for e in diagnosis.exchanges] == sends


REACHED = {
    ("cookie-follows-redirect", "other-host"),
    ("cookie-follows-redirect", "not-secure"),
    ("cookie-follows-redirect", "not-named"),
}


@pytest.mark.parametrize(
    ("url", "to", "cause"),
    [
        ("https://a.example/", "https://a.example:8443/", None),
        ("http://a.example/", "https://a.example/", None),
        ("http://a.example/", "http://a.example:8080/", None),
        ("https://a.example/", "http://a.example/", "not-secure"),
        ("https://a.example/", "http://a.example:8080/", "not-secure"),
        ("https://localhost/", "http://localhost/", "not-secure"),
        ("https://a.example/", "https://b.example/", "other-host"),
        ("https://a.example/", "https://a.example./", "other-host"),
        ("https://a.example/", "https://x.a.example/", "other-host"),
        ("https://a.example/", "http://b.example/", "other-host"),
        ("https://a.example/", "https://A.EXAMPLE/", None),
    ],
)
def test_a_cookie_that_stays_behind_is_noted(url: str, to: str, cause: str | None) -> None:
    lines = (("Access-Control-Allow-Origin", "http://app.example"), ("Access-Control-Allow-Credentials", "true"))
    null = (("Access-Control-Allow-Origin", "null"), ("Access-Control-Allow-Credentials", "true"))
    scenario = Scenario(url, INSECURE, credentials=Credentials.INCLUDE, cookie="a=b")
    for profile in BROWSERS:
        diagnosis = ask(scenario, hop(to, lines=lines), answer(200, *null), profile=profile)
        noted = [(s.exchange, *(blamed(s) or ())) for s in diagnosis.notes if s.rule is COOKIE_FOLLOWS]
        assert noted == ([] if cause is None else [(1, "cookie-follows-redirect", cause)])
        assert ["Cookie" in e.request.headers for e in diagnosis.exchanges] == [True, cause is None]
        assert cause is None or (COOKIE_FOLLOWS.id, cause) in REACHED


def test_a_cookie_that_was_kept_from_an_origin_is_noted() -> None:
    scenario = Scenario(API, APP, credentials=Credentials.INCLUDE, cookie="a=b")
    lines = (("Access-Control-Allow-Origin", "https://app.example"), ("Access-Control-Allow-Credentials", "true"))
    kept = answer(200, *lines)._replace(cookie_withheld=True)
    for profile in BROWSERS:
        notes = ask(scenario, hop("https://api.example:8443/", lines=lines), kept, profile=profile).notes
        assert [blamed(step) for step in notes if step.rule is COOKIE_FOLLOWS] == [
            ("cookie-follows-redirect", "not-named")
        ]


def withheld(response: Response) -> Response:
    return response._replace(certificate_withheld=True)


HIDDEN, PREFLIGHT = withheld(answer(200, *GRANTS)), answer(204, *GRANTS)


@pytest.mark.parametrize(
    ("method", "answers", "noted"),
    [
        ("GET", (hop(OTHER), answer(200, *ANY)), []),
        ("GET", (hop(OTHER), HIDDEN), [(1, "https://other.example")]),
        ("GET", (hop(OTHER), withheld(answer(400))), [(1, "https://other.example")]),
        ("GET", (hop(OTHER), withheld(answer(403, *ANY))), [(1, "https://other.example")]),
        ("GET", (hop(OTHER), withheld(answer(200, ("Content-Length", "x"), *ANY))), [(1, "https://other.example")]),
        ("GET", (hop(OTHER), withheld(hop("/b")), HIDDEN), [(1, "https://other.example")]),
        ("GET", (hop(OTHER), withheld(hop(API)), answer(200, *ANY)), [(1, "https://other.example")]),
        (
            "GET",
            (hop(OTHER), withheld(hop("https://third.example:8443/")), HIDDEN),
            [(1, "https://other.example"), (2, "https://third.example:8443")],
        ),
        ("PUT", (PREFLIGHT, hop(OTHER, 307), HIDDEN, HIDDEN), [(2, "https://other.example")]),
    ],
)
def test_a_certificate_that_is_withheld_is_noted_once_for_each_origin(
    method: str, answers: tuple[Response, ...], noted: list[tuple[int, str]]
) -> None:
    for profile in BROWSERS:
        notes = ask(Scenario(API, APP, method), *answers, profile=profile).notes
        assert [(s.exchange, dict(s.evidence)["URL"]) for s in notes if s.rule is CERTIFICATE_FOLLOWS] == noted


@pytest.mark.parametrize("cookie", [None, "a=b"])
def test_no_note_where_no_cookie_could_go(cookie: str | None) -> None:
    credentials = Credentials.INCLUDE if cookie is None else Credentials.OMIT
    scenario = Scenario(API, APP, credentials=credentials, cookie=cookie)
    diagnosis = ask(scenario, hop(OTHER), answer(200, *ANY))
    assert not [s for s in diagnosis.notes if s.rule is COOKIE_FOLLOWS]


def test_a_cookie_comes_back_with_its_host() -> None:
    scenario = Scenario("/a", APP, mode=Mode.NO_CORS, credentials=Credentials.INCLUDE, cookie="a=b")
    diagnosis = ask(scenario, hop(API), hop("https://app.example/b"), answer(200))
    assert ["Cookie" in e.request.headers for e in diagnosis.exchanges] == [True, False, True]


def test_percent_encoding_is_normalized_by_one_browser() -> None:
    for profile in BROWSERS:
        diagnosis = ask(Scenario("https://api.example/%41%c3?%7e#x", APP), answer(200, *ALLOW), profile=profile)
        wanted = "https://api.example/A%C3?~" if profile is WEBKIT else "https://api.example/%41%c3?%7e"
        assert diagnosis.exchanges[0].request.url == wanted


@pytest.mark.parametrize(
    ("profile", "size", "taken"),
    [
        (CHROMIUM, 255, True), (CHROMIUM, 256, False), (FIREFOX, 383, True), (FIREFOX, 384, False), (WEBKIT, 63, True),
        (WEBKIT, 64, False),
    ],
)  # fmt: skip
def test_how_large_the_headers_may_be(profile: Profile, size: int, taken: bool) -> None:
    found = ask(Scenario(API, APP), answer(200, *ANY, ("X-Big", "x" * (size * 1024))), profile=profile)
    assert found.verdict is (Verdict.ALLOWED if taken else Verdict.ERROR)


@pytest.mark.parametrize("space", [" ", "\t"])
@pytest.mark.parametrize(("profile", "counts"), [(CHROMIUM, True), (FIREFOX, False), (WEBKIT, False)])
def test_a_space_before_the_colon(profile: Profile, counts: bool, space: str) -> None:
    found = ask(Scenario(API, APP), answer(200, (f"Access-Control-Allow-Origin{space}", "*")), profile=profile)
    assert (found.verdict is Verdict.ALLOWED) is counts
    two = ask(Scenario(API, APP), answer(200, (f"X-Y{space}", "1"), *ANY), profile=profile)
    assert two.verdict is Verdict.ALLOWED


def test_firefox_counts_lines_by_their_exact_spelling() -> None:
    exact = ("Access-Control-Allow-Origin", "*")
    [multiple] = ask(Scenario(API, APP), answer(200, exact, exact), profile=FIREFOX).console
    assert "Multiple CORS header" in multiple
    [joined] = ask(Scenario(API, APP), answer(200, exact, (exact[0].lower(), "*")), profile=FIREFOX).console
    assert "does not match ‘*, *’" in joined
