"""What is masked, and what must not be."""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Callable, Iterator

import pytest

from corsdoctor import masking
from corsdoctor.audit.explored import Explored, Target
from corsdoctor.browsers import BROWSERS, CHROMIUM, WEBKIT
from corsdoctor.causes.probe import AUTO
from corsdoctor.diagnose import diagnose_all
from corsdoctor.masking.spans import Span
from corsdoctor.report import AuditReport, Report, report_on
from corsdoctor.reports import write
from corsdoctor.reports.secrets import mask_audit, mask_report, masker
from corsdoctor.reports.writer import Style
from corsdoctor.scenario import Credentials, Redirect, Scenario
from corsdoctor.sentence import Sentence
from corsdoctor.step_sentences import sentence
from corsdoctor.url import parse
from corsdoctor.wire import Answer, Exchange, FailureKind, Headers, Kind, NoAnswer, Response, WireRequest, Withheld
from tests.reports.cases import APP, CASES, ITEMS, Case, answer

BY_ID = {case.id: case for case in CASES}
ALLOW = (("Access-Control-Allow-Origin", "*"), ("Access-Control-Allow-Headers", "*, authorization"))


def ask(scenario: Scenario, reply: Answer) -> Report:
    return report_on(scenario, (CHROMIUM,), lambda _kind, _request: reply, AUTO)


def sent(report: Report) -> Headers:
    return report.diagnoses[0].exchanges[-1].request.headers


_requests = [
    ("Authorization", "Bearer abc", "Bearer ***"),
    ("Authorization", "abcdef", "***"),
    ("authorization", "Token a b c", "Token ***"),
    ("Authorization", "Basic no-base64!", "Basic ***"),
    ("X-Api-Key", "k", "***"),
    ("X-Auth-Token", "k", "***"),
    ("X-CSRF-Token", "k", "***"),
    ("X-Auth", "k", "***"),
    ("My-Secret-Thing", "k", "***"),
    ("X-User-Password", "k", "***"),
    ("apikey", "k", "***"),
    ("X-Session-Id", "k", "***"),
    ("X-Api-Key", "", ""),
    ("X-Auth-Key", "k", "***"),
    ("Ocp-Apim-Subscription-Key", "k", "***"),
    ("X-Functions-Key", "k", "***"),
    ("Idempotency-Key", "k", "k"),
    ("X-Cache-Key", "k", "k"),
    ("X-Tokens", "k", "k"),
    ("X-Author", "k", "k"),
    ("X-Request-Id", "7f3a", "7f3a"),
    ("X-Callback", "https://u:hunter2@a.example/?token=t&x=1", "https://***@a.example/?token=***&x=1"),
]


@pytest.mark.parametrize(("name", "value", "wanted"), _requests)
def test_request_headers(name: str, value: str, wanted: str) -> None:
    report = mask_report(ask(Scenario(ITEMS, APP, headers=((name, value),)), answer(200, "OK", *ALLOW)))
    assert report.diagnoses[0].scenario.headers == ((name, wanted),)
    assert sent(report).get(name) == wanted


def test_cookies_keep_their_names() -> None:
    scenario = Scenario(ITEMS, APP, credentials=Credentials.INCLUDE, cookie="a=1; theme=dark; bare")
    lines = (("Set-Cookie", "sid=s3; Path=/; HttpOnly"), ("Set-Cookie", "flag"), ("Set-Cookie", "x=y=z;Secure"))
    report = mask_report(ask(scenario, answer(200, "OK", *lines)))
    assert report.diagnoses[0].scenario.cookie == "a=***; theme=***; ***"
    assert sent(report).get("Cookie") == "a=***; theme=***; ***"
    response = report.diagnoses[0].exchanges[0].response
    assert response is not None
    assert response.headers.values("Set-Cookie") == ("sid=***; Path=/; HttpOnly", "***", "x=***;Secure")


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("https://api.example/?token=abc", "https://api.example/?token=***"),
        ("https://api.example/?a=1&API_KEY=abc&b=2#f", "https://api.example/?a=1&API_KEY=***&b=2#f"),
        ("https://api.example/#access_token=abc&state=1", "https://api.example/#access_token=***&state=1"),
        ("https://api.example/?code=1;sig=2", "https://api.example/?code=***"),
        ("https://user:p%40ss@api.example/", "https://***@api.example/"),
        ("https://:p@a@api.example/", "https://***@api.example/"),
        ("https://api.example:8443/@x?tokens=1&zip-code=2", "https://api.example:8443/@x?tokens=1&zip-code=2"),
        ("https://u:pa ss@api.example/", "https://***@api.example/"),
        ("https://u:p@a b@api.example/", "https://***@api.example/"),
        (
            "https://a.example/?X-Amz-Signature=a&refreshToken=b&otp=c",
            "https://a.example/?X-Amz-Signature=***&refreshToken=***&otp=***",
        ),
        ("https://a.example/?pass%77ord=a&author=b", "https://a.example/?pass%77ord=***&author=b"),
        (
            "https://a.example/?pwd=a&pass=b&pin=c&sas=d&hmac=e",
            "https://a.example/?pwd=***&pass=***&pin=***&sas=***&hmac=***",
        ),
        (
            "https://a.example/?access_key_id=a&compass=b&keyword=c",
            "https://a.example/?access_key_id=***&compass=b&keyword=c",
        ),
        ("https://ghp_0123456789@api.example/x", "https://***@api.example/x"),
        ("https://api.example/?token=&x", "https://api.example/?token=&x"),
    ],
)
def test_urls(url: str, wanted: str) -> None:
    reply = Response(302, Headers((("Access-Control-Allow-Origin", "*"), ("Location", url))), "Found")
    report = mask_report(ask(Scenario(url, APP, redirect=Redirect.MANUAL), reply))
    diagnosis = report.diagnoses[0]
    assert diagnosis.scenario.url == wanted
    if diagnosis.exchanges:  # fetch() refuses a URL with a password
        assert diagnosis.exchanges[0].response is not None
        assert diagnosis.exchanges[0].response.headers.get("Location") == wanted
    else:
        assert diagnosis.steps[0].evidence == (("URL", wanted),)


def test_a_secret_is_masked_wherever_it_turns_up() -> None:
    secret = "s3cr3t-t0ken/with+signs"
    basic = base64.b64encode(b"joe:correct-h0rse").decode()
    scenario = Scenario(
        f"{ITEMS}?token={secret.replace('/', '%2F').replace('+', '%2B')}", APP,
        headers=(("Authorization", f"Basic {basic}"), ("Cookie", "a=c00kie-monster"), ("X-Note", "correct-h0rse")),
        credentials=Credentials.INCLUDE,
    )  # fmt: skip
    preflighted = answer(
        200, "OK", ("Access-Control-Allow-Origin", "https://app.example"), ("X-Echo", f"got:{secret}"),
        ("Access-Control-Allow-Credentials", "true"), ("Access-Control-Allow-Headers", "authorization, x-note"),
    )  # fmt: skip

    def send(kind: Kind, _request: WireRequest) -> Answer:
        cut = NoAnswer(FailureKind.RESET, Sentence("It closed after {text}.", text=f"{secret} and c00kie-monster"))
        return preflighted if kind is Kind.PREFLIGHT else cut

    report = report_on(scenario, (CHROMIUM,), send, AUTO)
    for format_ in ("text", "json", "jsonl"):
        before, after = (write(format_, [r], Style(2000, verbosity=1)) for r in (report, mask_report(report)))
        for part in ("with+signs", basic, "c00kie-monster", "correct-h0rse"):
            assert part in before
            assert part not in after
        assert "authorization" in after


def test_cors_headers_are_never_masked() -> None:
    scenario = Scenario(
        ITEMS, APP, headers=(("Authorization", "Bearer authorization"), ("X-Auth-Token", "x-auth-token"))
    )
    reply = answer(200, "OK", *ALLOW, ("Access-Control-Allow-Headers", "authorization, x-auth-token"))
    before, after = ask(scenario, reply), mask_report(ask(scenario, reply))
    for mine, theirs in zip(before.diagnoses[0].exchanges, after.diagnoses[0].exchanges, strict=True):
        for name in ("Access-Control-Request-Headers", "Origin"):
            assert mine.request.headers.get(name) == theirs.request.headers.get(name)
        assert mine.answer == theirs.answer
    needed = [s for s in after.diagnoses[0].steps if s.rule.id == "preflight-needed"]
    assert dict(needed[0].evidence)["x-auth-token"] == "***"
    assert "x-auth-token" in sentence(needed[0], after.diagnoses[0].exchanges)


def test_a_secret_that_the_server_sends_back_in_a_cors_header_is_masked() -> None:
    scenario = Scenario(ITEMS, APP, headers=(("Authorization", "Bearer abcdefghijkl1"),))
    reply = answer(200, "OK", ("Access-Control-Allow-Origin", "https://x/abcdefghijkl11"), *ALLOW[1:])
    before, after = (
        write("text", [r], Style(500, verbosity=2)) for r in (ask(scenario, reply), mask_report(ask(scenario, reply)))
    )
    assert "https://x/abcdefghijkl11" in before
    assert "abcdefghijkl1" not in after
    assert "https://x/***" in after


def test_a_secret_that_the_server_sets_is_masked_in_an_audit() -> None:
    url = parse(ITEMS)
    assert url is not None
    lines = Headers((("Set-Cookie", "sid=abcdefghijkl1"), ("X-Session", "abcdefghijkl1")))
    exchange = Exchange(Kind.ACTUAL, WireRequest("GET", ITEMS, Headers()), Response(200, lines))
    report = AuditReport(Explored(Target(url), plain=exchange), (), Scenario(ITEMS, APP))
    assert "abcdefghijkl1" not in str(mask_audit(report).explored.exchanges)


def test_a_masker_knows_the_secrets_of_several_reports() -> None:
    reports = [
        ask(Scenario(ITEMS, APP, headers=(("Authorization", f"Bearer {s * 16}"),)), answer(200, "OK", *ALLOW))
        for s in "ab"
    ]
    assert masker(*reports)(" ".join(s * 16 for s in "abc")) == f"*** *** {16 * 'c'}"


def test_a_secret_that_is_part_of_an_origin_is_no_reason_to_mask_the_origin() -> None:
    report = mask_report(ask(Scenario("https://example.example/?key=example", APP), answer(200, "OK", *ALLOW)))
    diagnosis = report.diagnoses[0]
    assert diagnosis.scenario.url == "https://example.example/?key=***"
    assert "Referer" in diagnosis.exchanges[0].request.headers
    assert diagnosis.exchanges[0].request.headers.get("Referer") == "https://app.example/"


@pytest.mark.parametrize("password", ["p", "password", "redirection", "correct-h0rse"])
def test_a_console_message_is_kept_word_for_word_but_for_secrets(password: str) -> None:
    lines = Headers((*ALLOW, ("Location", f"https://u:{password}@other.example/z")))
    report = Report(diagnose_all(Scenario(ITEMS, APP), (WEBKIT,), lambda _kind, _request: Response(302, lines)))
    (message,) = mask_report(report).diagnoses[0].console
    assert "redirection URL https://***@other.example/z has credentials" in message


def test_a_withheld_request_keeps_its_reason() -> None:
    report = mask_report(ask(Scenario(ITEMS, APP, headers=(("Accept", "a?token=b"),)), Withheld("why")))
    assert report.diagnoses[0].exchanges[0].answer == Withheld("why")


@pytest.mark.parametrize("search", ["in_url", "in_header"])
def test_each_value_is_searched_once_for_all_browsers(search: str, monkeypatch: pytest.MonkeyPatch) -> None:
    searched: Counter[tuple[str, ...]] = Counter()
    original: Callable[..., Iterator[Span]] = getattr(masking, search)

    def counting(*value: str) -> Iterator[Span]:
        searched[value] += 1
        return original(*value)

    monkeypatch.setattr(masking, search, counting)
    scenario = Scenario(f"{ITEMS}?searched={search}", APP, headers=(("X-Searched", search),))
    mask_report(Report(diagnose_all(scenario, BROWSERS, lambda _kind, _request: answer(200, "OK", *ALLOW))))
    assert set(searched.values()) == {1}


@pytest.mark.parametrize("case_id", ["allowed", "trailing-slash", "bad-url", "hostile", "redirect-chain"])
def test_a_report_without_secrets_is_returned_itself(case_id: str) -> None:
    report = BY_ID[case_id].report()
    assert mask_report(report) is report


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_concealing_changes_no_verdict_and_twice_is_once(case: Case) -> None:
    report = case.report()
    once = mask_report(report)
    assert [(d.verdict, len(d.steps), len(d.exchanges)) for d in once.diagnoses] == [
        (d.verdict, len(d.steps), len(d.exchanges)) for d in report.diagnoses
    ]
    assert mask_report(once) == once
    assert "t0ps3cret" not in write("json", [once], Style())


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("it is abcdefghijklmnop.", "it is ***."),
        ("'abcdefghij...ijklmnop'", "'***...***'"),
        ("abcdef... and ...klmnop", "***... and ...***"),
        ("abcde... and ...lmnop", "abcde... and ...lmnop"),  # too short to be told from chance
        ("abcdefghijklmno", "abcdefghijklmno"),  # no secret, and nothing says that it was cut
        ("https://api.example/?token=another", "https://api.example/?token=***"),
        ("https://app.example said nothing", "https://app.example said nothing"),
    ],
)
def test_secrets_are_masked_in_other_texts_cut_ones_too(text: str, masked: str) -> None:
    asked = Scenario(ITEMS, APP, headers=(("Authorization", "Bearer abcdefghijklmnop"),))
    assert masker(ask(asked, answer(200, "OK")))(text) == masked
