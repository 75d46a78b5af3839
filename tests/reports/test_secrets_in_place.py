"""Each place that a secret can stand in, times each format: the secret is not there, and nothing but the secret is masked.

Both are proved at once: with an ordinary word as the secret the report is, letter for letter, the one with another value
of the same length. A word that were looked for in the text, or that got out, would make the two differ.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import pytest

from corsdoctor.browsers import BROWSERS
from corsdoctor.causes.probe import AUTO
from corsdoctor.command_line import command_line
from corsdoctor.cure import cure
from corsdoctor.report import Item, Problem, ProblemKind, Report, Retried, report_on
from corsdoctor.reports import FORMATS, text, write
from corsdoctor.reports.cure_text import render
from corsdoctor.reports.echoes import is_distinctive
from corsdoctor.reports.secrets import mask_report, mask_scenario
from corsdoctor.reports.writer import Style
from corsdoctor.scenario import Api, Credentials, FromEnvironment, Mode, Redirect, Scenario
from corsdoctor.sentence import Sentence
from corsdoctor.step_sentences import explained
from corsdoctor.suite.judge import Expected, Judged, judge
from corsdoctor.url import Origin
from corsdoctor.wire import Answer, Exchange, FailureKind, Headers, Kind, NoAnswer, Response, WireRequest

PAGE = Origin("https", "app.example")
URL = "https://api.example/items"
WORDS = (
    "true", "false", "null", "none", "origin", "origins", "password", "username", "user", "token", "secret", "json", "text",
    "html", "application", "application/json", "text/plain", "header", "headers", "method", "methods", "include", "omit",
    "same-origin", "cors", "no-cors", "credentials", "credential", "preflight", "request", "response", "browser", "browsers",
    "chromium", "firefox", "webkit", "standard", "allow", "allowed", "blocked", "block", "server", "page", "script", "rule",
    "cause", "fix", "next", "spec", "step", "wanted", "got", "missing", "value", "url", "status", "error", "redirect",
    "location", "cookie", "cookies", "vary", "accept", "content-type", "content", "type", "authorization", "access-control",
    "access", "control", "expose", "max-age", "max", "age", "keep-alive", "gzip", "https", "http", "get", "put", "the", "and",
    "is", "a", "in", "not", "no", "it", "of", "kind", "exchange", "verdict", "evidence", "console", "notes", "fetch",
)  # fmt: skip
Made = tuple[Scenario, Callable[[Kind, WireRequest], Answer]]


def _answering(*lines: tuple[str, str], status: int = 200, reason: str = "OK") -> Callable[[Kind, WireRequest], Answer]:
    allow = (("Access-Control-Allow-Origin", str(PAGE)), ("Access-Control-Allow-Credentials", "true"))
    own = {name.lower() for name, _ in lines}
    usual = tuple(line for line in (*allow, ("Content-Type", "application/json")) if line[0].lower() not in own)
    return lambda _kind, _request: Response(status, Headers((*usual, *lines)), reason)


def _broken(_kind: Kind, _request: WireRequest) -> Answer:
    return Response(500, Headers((("Content-Type", "text/html"),)), "Internal Server Error")


def _redirected(location: str) -> Callable[[Kind, WireRequest], Answer]:
    moved = _answering(("Location", location), status=302, reason="Found")
    return lambda kind, request: moved(kind, request) if request.url == URL else _broken(kind, request)


def _asking(**fields: object) -> Scenario:
    return Scenario(URL, PAGE, credentials=Credentials.INCLUDE)._replace(**fields)  # type: ignore[arg-type]


def _header(name: str, value: str, **fields: object) -> Scenario:
    return _asking(headers=((name, value),), **fields)


# Each takes the secret; every request is answered without CORS where nothing else is said, so that there is much to tell.
PLACES: dict[str, Callable[[str], Made]] = {
    "userinfo": lambda s: (_asking(url=f"https://bob:{s}@api.example/items"), _broken),
    "userinfo of an element": lambda s: (
        _asking(url=f"https://bob:{s}@api.example/items", api=Api.IMAGE, mode=Mode.CORS), _broken,
    ),
    "userinfo in no-cors": lambda s: (
        _asking(url=f"https://bob:{s}@api.example/items", api=Api.IMAGE, mode=Mode.NO_CORS), _broken,
    ),
    "query": lambda s: (_asking(url=f"{URL}?a=1&token={s}&b=2"), _broken),
    "fragment": lambda s: (_asking(url=f"{URL}#access_token={s}&state=1"), _broken),
    "query of a bad URL": lambda s: (_asking(url=f"https://api.exa mple/?token={s}"), _broken),
    "query of a bad scheme": lambda s: (_asking(url=f"ftp://api.example/?token={s}"), _broken),
    "Authorization": lambda s: (_header("Authorization", f"Bearer {s}"), _broken),
    "Authorization without a scheme": lambda s: (_header("Authorization", s), _broken),
    "Authorization, allowed": lambda s: (
        _header("Authorization", f"Bearer {s}"), _answering(("Access-Control-Allow-Headers", "authorization, x-total")),
    ),
    "a header": lambda s: (_header("X-Api-Key", s), _broken),
    "a header that is not allowed": lambda s: (_header("X-Api-Key", s), _answering()),
    "a header of no-cors": lambda s: (_header("X-Api-Key", s, mode=Mode.NO_CORS), _broken),
    "a header that only browsers set": lambda s: (_header("Cookie", f"sid={s}"), _broken),
    "cookie": lambda s: (_asking(cookie=f"sid={s}; theme={s}"), _broken),
    "cookie that goes": lambda s: (_asking(cookie=f"sid={s}"), _answering()),
    "cookie without a name": lambda s: (_asking(cookie=s), _answering()),
    "body": lambda s: (_asking(method="POST", body=f"password={s}&x=1".encode()), _broken),
    "environment: header": lambda s: (
        _header("X-Tenant", s, from_environment=FromEnvironment(headers=frozenset({"x-tenant"}))), _broken,
    ),
    "environment: safelisted header": lambda s: (
        _header("Content-Language", f"{s}*", from_environment=FromEnvironment(headers=frozenset({"content-language"}))),
        _broken,
    ),
    "environment: Content-Type": lambda s: (
        _header("Content-Type", f"x/{s.replace('/', '-')}", method="POST", body=b"x",
                from_environment=FromEnvironment(headers=frozenset({"content-type"}))), _broken,
    ),
    "environment: query": lambda s: (
        _asking(url=f"{URL}?page={s}&b=2", from_environment=FromEnvironment(parameters=frozenset({"page"}))), _broken,
    ),
    "environment: query without a name": lambda s: (
        _asking(url=f"{URL}?{s}", from_environment=FromEnvironment(parameters=frozenset({""}))), _broken,
    ),
    "environment: body": lambda s: (
        _asking(method="POST", body=s.encode(), from_environment=FromEnvironment(body=True)), _broken,
    ),
    "environment: User-Agent": lambda s: (
        _asking(user_agent=s, from_environment=FromEnvironment(headers=frozenset({"user-agent"}))), _broken,
    ),
    "Set-Cookie": lambda s: (_asking(), _answering(("Set-Cookie", f"sid={s}; Path=/"))),
    "Set-Cookie without a name": lambda s: (_asking(), _answering(("Set-Cookie", s))),
    "a response header": lambda s: (_asking(), _answering(("X-Auth-Token", s))),
    "Location": lambda s: (_asking(), _redirected(f"https://other.example/?token={s}")),
    "Location with userinfo": lambda s: (_asking(), _redirected(f"https://bob:{s}@other.example/x")),
    "Location that is not followed": lambda s: (
        _asking(redirect=Redirect.MANUAL), _redirected(f"https://other.example/?token={s}"),
    ),
    "JSON body": lambda s: (
        _header("Content-Type", "application/json", method="POST", body=f'{{"password":"{s}"}}'.encode()), _broken,
    ),
    "Location with userinfo, relative": lambda s: (_asking(), _redirected(f"//bob:{s}@other.example/x")),
    "userinfo without //": lambda s: (_asking(url=f"bob:{s}@api.example/x"), _broken),
    "Location with another scheme": lambda s: (_asking(), _redirected(f"myapp://other.example/?token={s}")),
}  # fmt: skip


def _report(place: str, secret: str) -> Report:
    scenario, send = PLACES[place](secret)
    return report_on(scenario, BROWSERS, send, AUTO)


def _helped(report: Report) -> Report:
    return report._replace(cure=cure(report.diagnoses), command=command_line(mask_scenario(report.scenario)))


def _all_of(report: Report, secret: str) -> Iterator[Item]:
    """The report as the commands make it, and with it what else is said of the request."""
    yield report
    scenario, known = report.scenario, f"see http://x/?token={secret}"
    yield report._replace(
        id="case",
        judged=Judged(Expected("allowed"), judge(Expected("allowed"), report.diagnoses), known=known),
        retried=(Retried(Kind.ACTUAL, "GET", scenario.url, 1.0),),
        source="cors.toml",
        line=3,
    )
    yield _helped(report)
    reason = Sentence("internal error: {text}", text=f"http://x/?token={secret}")
    yield Problem(1, reason, kind=ProblemKind.INTERNAL, scenario=scenario)


@pytest.fixture(autouse=True)
def _no_time_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    """A summary says how long it took, which is not the same each time."""
    monkeypatch.setattr(text, "monotonic", lambda: 0.0)


def _written(item: Item, formats: Iterable[str]) -> str:
    shown = mask_report(item)
    texts = [write(name, [shown], Style(120, verbosity=1)) for name in formats]
    if isinstance(shown, Report) and shown.cure is not None:
        texts += [render([shown], Style(120)), shown.command or ""]
    return "\n".join(texts)


@pytest.mark.exhaustive
@pytest.mark.parametrize("place", PLACES)
def test_a_secret_is_in_no_format_and_masks_nothing_else(place: str) -> None:
    secret, other = "s3cr3tValue", "0th3rV4lue1"
    assert secret in repr(_report(place, secret)).replace("s3cr3tvalue", secret)
    items, others = _all_of(_report(place, secret), secret), _all_of(_report(place, other), other)
    for item, same in zip(items, others, strict=True):
        shown = _written(item, FORMATS)
        assert secret.lower() not in shown.lower()
        assert shown == _written(same, FORMATS)


@pytest.mark.exhaustive
@pytest.mark.parametrize("place", PLACES)
def test_an_ordinary_word_as_a_secret_masks_no_word_of_ours(place: str) -> None:
    """Tried for each word in our own text: the report on a value that cannot be mistaken for a word contains it."""
    formats = ("text", "jsonl")
    lengths = {len(word) for word in WORDS}
    others = {length: _written(_report(place, "q" * length), formats) for length in lengths}
    ours = [word for word in WORDS if word in others[len(word)].lower()]
    assert ours
    for word in ours:
        if "/" in word and ("userinfo" in place or "safelisted" in place):
            continue  # there the slash changes what is asked
        assert _written(_report(place, word), formats) == others[len(word)], word


def test_no_word_is_distinctive() -> None:
    assert not [word for word in WORDS if is_distinctive(word)]


ECHOES: dict[str, Callable[[str], Callable[[Kind, WireRequest], Answer]]] = {
    "a header": lambda s: _answering(("X-Echo", f"you sent {s}!")),
    "Access-Control-Allow-Origin": lambda s: _answering(("Access-Control-Allow-Origin", f"https://{s}.example")),
    "an invalid Access-Control-Allow-Origin": lambda s: _answering(("Access-Control-Allow-Origin", s)),
    "Access-Control-Allow-Credentials": lambda s: _answering(("Access-Control-Allow-Credentials", s)),
    "Access-Control-Allow-Headers": lambda s: _answering(("Access-Control-Allow-Headers", f"{s} x")),
    "Access-Control-Allow-Methods": lambda s: _answering(
        ("Access-Control-Allow-Headers", "x-api-key"), ("Access-Control-Allow-Methods", f"{s} x"),
    ),
    "more methods and names than needed": lambda s: _answering(
        ("Access-Control-Allow-Headers", f"x-api-key, {s}"), ("Access-Control-Allow-Methods", f"PUT, {s}"),
        ("Access-Control-Expose-Headers", s),
    ),
    "Access-Control-Max-Age": lambda s: _answering(
        ("Access-Control-Allow-Headers", "x-api-key"), ("Access-Control-Allow-Methods", "PUT"), ("Access-Control-Max-Age", s),
    ),
    "Content-Length": lambda s: _answering(("Content-Length", f"{s} bytes"), ("Content-Length", "7")),
    "Content-Type": lambda s: _answering(("Content-Type", f"text/{s}")),
    "Server": lambda s: _answering(("Server", f"nginx {s}")),
    "WWW-Authenticate": lambda s: _answering(("WWW-Authenticate", f'Bearer realm="{s}"'), status=401, reason="No"),
    "the reason": lambda s: _answering(status=404, reason=f"Not for {s}"),
    "Location's host": lambda s: _redirected(f"https://{s}.example/"),
    "Location's path": lambda s: _redirected(f"https://other.example/{s}/x"),
    "Location's query": lambda s: _redirected(f"https://other.example/?x={s}"),
    "an escaped Location": lambda s: _redirected(f"https://other.example/?x={s.replace('1', '%31')}"),
    "a bad Location": lambda s: _redirected(f"https://exa mple/{s}"),
    "a Location with another scheme": lambda s: _redirected(f"myapp://{s}/"),
    "what is not HTTP": lambda s: lambda _kind, _request: NoAnswer(
        FailureKind.NOT_HTTP, Sentence("It starts with {text!a}.", text=f"SSH {s}"),
    ),
}  # fmt: skip


@pytest.mark.exhaustive
@pytest.mark.parametrize("echo", ECHOES)
@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_a_server_cannot_send_a_secret_back_into_the_report(echo: str, method: str) -> None:
    """The secret of the user returns in a place that does not look secret."""
    secret = "s3cr3t1value"
    scenario = _header("X-Api-Key", secret, method=method)
    for api in (Api.FETCH, Api.XHR):
        report = report_on(scenario._replace(api=api), BROWSERS, ECHOES[echo](secret), AUTO)
        for item in _all_of(report, secret):
            for name in FORMATS:
                assert secret not in write(name, [mask_report(item)], Style(200, verbosity=1)).lower(), name
            assert secret in write("json", [item], Style())


def test_a_host_a_path_and_an_origin_that_the_user_named_are_public() -> None:
    scenario = Scenario("https://s3cr3t-host.example/x", Origin("https", "h0st-of-page.example"), headers=(
        ("X-Api-Key", "s3cr3t-host"), ("X-Auth-Token", "h0st-of-page"), ("X-T0ken-Name", "1"), ("X-Secret", "x-t0ken-name"),
    ))  # fmt: skip
    shown = mask_report(report_on(scenario, BROWSERS, _answering(), AUTO))
    asked = shown.diagnoses[0].exchanges[0].request
    assert asked.url == scenario.url
    assert asked.headers.get("Origin") == "https://h0st-of-page.example"
    assert "x-t0ken-name" in (asked.headers.get("Access-Control-Request-Headers") or "")


def test_a_concealed_report_holds_no_secret_at_all() -> None:
    for place in PLACES:
        for item in _all_of(_report(place, "s3cr3tValue"), "s3cr3tValue"):
            assert "s3cr3tvalue" not in repr(mask_report(item)).lower(), place


def test_the_reason_for_a_preflight_is_a_sentence_even_if_its_header_has_a_secret_name() -> None:
    shown, plain = mask_report(_report("a header", "is not")), _report("a header", "is not")
    of_shown, of_plain = (
        next(s for s in r.diagnoses[0].steps if s.rule.id == "preflight-needed") for r in (shown, plain)
    )
    assert dict(of_shown.evidence)["x-api-key"] == "***"
    assert explained(of_shown) == explained(of_plain)


def test_an_exchange_without_anything_to_mask_is_kept() -> None:
    exchange = Exchange(Kind.ACTUAL, WireRequest("GET", URL, Headers(), b"\xff"), Response(200, Headers()))
    report = _report("body", "x")
    (first, *_) = report.diagnoses
    shown = mask_report(report._replace(diagnoses=(first._replace(exchanges=(exchange,)),)))
    assert shown.diagnoses[0].exchanges[0] is exchange
