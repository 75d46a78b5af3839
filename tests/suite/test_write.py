"""A first policy is read again, and holds for what was observed."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest

from corsdoctor.browsers import BROWSERS
from corsdoctor.diagnose import Diagnosis, Verdict, diagnose_all
from corsdoctor.scenario import Credentials, Scenario
from corsdoctor.suite.case import Suite
from corsdoctor.suite.judge import judge
from corsdoctor.suite.read import read
from corsdoctor.suite.write import Trial, first
from corsdoctor.url import parse_origin
from corsdoctor.wire import Answer, FailureKind, Headers, Kind, NoAnswer, Response, WireRequest
from tests.suite.policies import ENVIRONMENT

URL = "https://api.example/v1/items"
ORIGINS = ("https://app.example", "https://evil.example")


def server(kind: Kind, request: WireRequest) -> Answer:  # noqa: ARG001
    """Lets in everybody whose origin has no "evil" in it."""
    if "down" in request.url:
        return NoAnswer(FailureKind.REFUSED, "nothing listens")
    origin = dict(request.headers).get("Origin", "")
    lines = (("Access-Control-Allow-Origin", origin), ("Access-Control-Allow-Credentials", "true"))
    return Response(200, Headers(() if "evil" in origin else lines))


def ask(url: str, origin: str, **more: Any) -> Trial:
    page = parse_origin(origin)
    assert page is not None
    return Trial(diagnose_all(Scenario(url, page, **more), BROWSERS, server))


JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJlc2lnbmF0dXJl"


def suite(text: str, environment: dict[str, str] = ENVIRONMENT) -> Suite:
    return read(tomllib.loads(text), environment, lambda _: None)


def mixed(trial: Trial, *verdicts: Verdict) -> Trial:
    """The same with other verdicts, browser by browser."""
    found: list[Diagnosis] = [d._replace(verdict=v) for d, v in zip(trial.diagnoses, verdicts, strict=True)]
    return Trial(tuple(found))


# -- a first policy


@pytest.mark.parametrize(
    ("url", "environment"),
    [
        (URL, {}),
        ("http://127.0.0.1:8080", {}),
        ("https://api.example/?a={b}&c=${d}&e={{f}}&g=$${h}", {}),
        ("https://api.example/{a}/${b}", {}),
        ("https://api.example/x?token=t&plain=1&1key=2", {"TOKEN": "t", "SECRET": "2"}),
        (
            f"https://api.example/a/{JWT}/b/{JWT}x/c?q={JWT}&token=t",
            {"TOKEN": JWT, "TOKEN_2": f"{JWT}x", "TOKEN_3": "t"},
        ),
        (f"https://api.example/{JWT}", {"TOKEN": JWT}),
        (
            "https://api.example/?next=http%3A%2F%2Fbob%3Ap%40h%2F&token=a&token=b",
            {"NEXT": "bob%3Ap", "TOKEN": "a", "TOKEN_2": "b"},
        ),
        (f"https://api.example/?{JWT}", {"SECRET": JWT}),
    ],
)
def test_a_first_policy_holds(url: str, environment: dict[str, str]) -> None:
    trials = [ask(url, origin) for origin in (*ORIGINS, "null", "file:", "http://localhost:3000")]
    text = first(url, trials)
    found = suite(text, environment)
    by_origin = {one.scenario.origin: one for one in found.cases}
    assert len(by_origin) == len(trials) == len(found.cases)
    for trial in trials:
        one = by_origin[trial.scenario.origin]
        assert one.expected.verdict is not None
        came = diagnose_all(one.scenario, one.profiles, server)
        assert judge(one.expected, came) == ()
        assert [e.request.url for e in came[0].exchanges] == [e.request.url for e in trial.diagnoses[0].exchanges]


def test_a_first_policy_looks_so() -> None:
    text = first(URL, [ask(URL, origin) for origin in ORIGINS])
    assert (
        text.partition("\n\n")[2]
        == """\
version = 1

[base]
server = "https://api.example"

[origins]
app = "https://app.example"
evil = "https://evil.example"

[[matrix]]
id = "items"
base = "server"
paths = ["/v1/items"]
methods = ["GET"]
allow = ["app"]
deny = ["evil"]
"""
    )
    assert all(line.startswith("# ") for line in text.partition("\n\n")[0].splitlines())


def test_a_first_policy_holds_no_secret() -> None:
    url = "https://user:pa55word@api.example/x?access_token=t0ken&a=b"
    text = first(url, [ask(url, ORIGINS[0])])
    assert "pa55word" not in text
    assert "t0ken" not in text
    (found,) = suite(text, {"LOGIN": "user:pa55word", "ACCESS_TOKEN": "t0ken"}).cases
    assert found.scenario.url == url


@pytest.mark.parametrize(
    "url",
    [
        f"https://api.example/{JWT}", f"https://api.example/x?page={JWT}#{JWT}", f"https://api.example/x?{JWT}",
        "https://api.example/x?next=https://bob:s3cret@other.example/", "bob:s3cret@api.example/x", "myapp://bob:s3cret@x/",
        f"data:,{JWT}",
    ],
)  # fmt: skip
def test_a_first_policy_holds_no_secret_by_value(url: str) -> None:
    text = first(url, [ask(url, origin) for origin in ORIGINS])
    assert "s3cret" not in text
    assert not any(part in text for part in JWT.split("."))


def test_the_headers_of_the_script_are_written_without_their_secrets() -> None:
    headers = (("Authorization", "Bearer sesame-1"), ("X-Kind", "a ${b}"))
    text = first(URL, [ask(URL, "https://app.example", headers=headers)])
    assert 'headers = [["Authorization", "Bearer ${AUTHORIZATION}"], ["X-Kind", "a $${b}"]]' in text
    assert "sesame" not in text


def test_requests_of_several_kinds_are_several_matrices() -> None:
    kinds: list[dict[str, Any]] = [{}, {"method": "HEAD"}, {"credentials": Credentials.INCLUDE}, {"method": "PUT"}]
    cases = suite(first(URL, [ask(URL, origin, **kind) for origin in ORIGINS for kind in kinds])).cases
    asked = [(one.id, one.scenario.credentials, one.expected.verdict) for one in cases]
    assert asked == [
        ("items GET HEAD/GET /v1/items/app", None, "allowed"),
        ("items GET HEAD/GET /v1/items/evil", None, "blocked"),
        ("items GET HEAD/HEAD /v1/items/app", None, "allowed"),
        ("items GET HEAD/HEAD /v1/items/evil", None, "blocked"),
        ("items include/GET /v1/items/app", Credentials.INCLUDE, "allowed"),
        ("items include/GET /v1/items/evil", Credentials.INCLUDE, "blocked"),
        ("items PUT/PUT /v1/items/app", None, "blocked"),
        ("items PUT/PUT /v1/items/evil", None, "blocked"),
    ]


def test_where_browsers_differ_there_are_two_cases() -> None:
    allowed, blocked = Verdict.ALLOWED, Verdict.BLOCKED
    divided = mixed(ask(URL, ORIGINS[0]), allowed, blocked, allowed, blocked)
    text = first(URL, [divided, ask(URL, ORIGINS[1])])
    cases = suite(text).cases
    assert [(one.id, [p.name for p in one.profiles], one.expected.verdict) for one in cases] == [
        ("items: GET from app in standard, firefox", ["standard", "firefox"], "allowed"),
        ("items: GET from app in chromium, webkit", ["chromium", "webkit"], "blocked"),
        ("items/GET /v1/items/evil", [p.name for p in BROWSERS], "blocked"),
    ]
    assert cases[0].scenario.url == URL
    assert suite(first(URL, [divided])).cases == cases[:2]


def test_what_was_withheld_is_as_good_as_allowed() -> None:
    unsent = mixed(ask(URL, ORIGINS[0]), *[Verdict.UNSENT] * 4)
    assert [one.expected.verdict for one in suite(first(URL, [unsent])).cases] == ["allowed"]


@pytest.mark.parametrize(
    "verdicts", [[Verdict.ERROR] * 4, [Verdict.ERROR, Verdict.ALLOWED, Verdict.BLOCKED, Verdict.BLOCKED]]
)
def test_without_an_answer_nothing_is_written(verdicts: list[Verdict]) -> None:
    silent = mixed(ask(URL, ORIGINS[0]), *verdicts)
    with pytest.raises(ValueError, match="no response arrived"):
        first(URL, [silent])
    assert len(suite(first(URL, [silent, ask(URL, ORIGINS[1])])).cases) == 1


def test_an_url_that_is_not_http_is_kept_whole() -> None:
    text = first("data:,x", [ask("data:,x", "null")])
    assert [one.scenario.url for one in suite(text).cases] == ["data:,x"]
    divided = mixed(ask("data:,x", "null"), *[Verdict.ALLOWED, Verdict.BLOCKED] * 2)
    assert [one.scenario.url for one in suite(first("data:,x", [divided])).cases] == ["data:,x"] * 2


def test_each_origin_has_a_name_of_its_own() -> None:
    origins = [
        "https://www.example", "http://www.example", "https://example", "https://a.example", "https://a.other", "https://null.example",
        "https://a.example:8443", "http://a.example:8443", "http://127.0.0.1", "https://1.example", "app://a.example", "x://...",
        "y://...", "https://-.example", "https://a.example:444", "capacitor://a.example", "http://[::1]:1",
    ]  # fmt: skip
    cases = suite(first(URL, [ask(URL, origin) for origin in origins])).cases
    assert sorted(str(one.scenario.origin) for one in cases) == sorted(origins)
