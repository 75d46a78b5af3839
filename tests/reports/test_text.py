"""The report for people, over the table of cases, against golden files; and what must hold whatever a server sends."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corsdoctor.browsers import BROWSERS, CHROMIUM, FIREFOX, STANDARD, WEBKIT, Profile
from corsdoctor.causes.probe import Probing
from corsdoctor.diagnose import Verdict, diagnose_all
from corsdoctor.hints import with_hints
from corsdoctor.plan import plan
from corsdoctor.report import Problem, Report, report_on
from corsdoctor.reports import FORMATS, write
from corsdoctor.reports.content import Entry, Role, Row, Rows
from corsdoctor.reports.layout import Page, cells, cut, page, wrap
from corsdoctor.reports.text import render
from corsdoctor.reports.wording import noted, readable_sentence, verdict
from corsdoctor.reports.writer import Style
from corsdoctor.scenario import Api, Credentials, Scenario
from corsdoctor.url import OPAQUE
from corsdoctor.visible import visible
from corsdoctor.wire import Answer, Headers, Hold, Kind, Response, WireRequest, Withheld
from tests.reports.cases import APP, CASES, ITEMS, Case

Golden = Callable[[str, str], None]
ANSI = re.compile(r"\x1b\[[0-9]+m")
BY_ID = {case.id: case for case in CASES}


def columns(line: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 0 if unicodedata.combining(c) else 1 for c in line)


def fits(line: str, width: int) -> bool:
    """Only a word that is too long makes a line too long, and but for a mark or a label it has the line to itself."""
    return columns(line) <= width or len(line.split()) <= 2 or line.startswith("  $ ")


@pytest.mark.parametrize("width", [80, 40])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_golden(case: Case, width: int, golden: Golden) -> None:
    golden(f"{case.id}.{width}.txt", render(case.report(), Style(width)))


@pytest.mark.parametrize("case_id", ["trailing-slash", "disagree", "unsent"])
def test_golden_in_colour(case_id: str, golden: Golden) -> None:
    golden(f"{case_id}.color.txt", render(BY_ID[case_id].report(), Style(80, color=True)))


@pytest.mark.parametrize("case_id", ["preflight-405", "disagree", "redirect-to-null", "long-values"])
def test_golden_verbose(case_id: str, golden: Golden) -> None:
    case = BY_ID[case_id]
    case = replace(case, scenario=case.scenario._replace(user_agent="Mozilla/5.0"))  # the default names our version
    golden(f"{case_id}.verbose.txt", render(case.report(), Style(80, verbosity=1)))


def test_golden_quiet(golden: Golden) -> None:
    golden("quiet.txt", "\n".join(render(case.report(), Style(80, verbosity=-1)) for case in CASES))


@pytest.mark.parametrize(
    ("method", "status", "target", "said"),
    [
        ("GET", 302, ITEMS, "Same-origin until a redirect leads to another origin."),
        ("POST", 307, ITEMS, "Same-origin until a redirect leads to another origin."),
        ("POST", 307, "/b", "Same-origin, so CORS does not apply."),
        ("POST", 200, "", "Same-origin, so CORS does not apply."),
    ],
)
def test_a_redirect_ends_what_is_same_origin(method: str, status: int, target: str, said: str) -> None:
    def send(_kind: Kind, request: WireRequest) -> Answer:
        at_once = request.url.endswith("/a")
        return Response(status, Headers((("Location", target),))) if at_once and target else Response(200, Headers(()))

    report = report_on(Scenario("/a", APP, method), BROWSERS, send)
    assert said in render(report, Style(120))


@pytest.mark.exhaustive
@pytest.mark.parametrize("verbosity", [-1, 0, 1])
@pytest.mark.parametrize("width", [10, 40, 53, 80, 200])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_lines_fit_and_hold_no_controls(case: Case, width: int, verbosity: int) -> None:
    text = render(case.report(), Style(width, verbosity=verbosity))
    assert all(line.isprintable() and line == line.rstrip() for line in text.split("\n"))
    if verbosity < 0:  # one line, and scripts want it whole
        assert "\n" not in text
    else:
        assert all(fits(line, max(width, 40)) for line in text.split("\n"))


@pytest.mark.parametrize("verbosity", [-1, 0, 1])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_colour_adds_nothing_but_colour(case: Case, verbosity: int) -> None:
    report = case.report()
    plain = render(report, Style(80, verbosity=verbosity))
    assert ANSI.sub("", render(report, Style(80, color=True, verbosity=verbosity))) == plain


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_an_ordinary_report_fits_a_screen(case: Case) -> None:
    assert len(render(case.report(), Style(80)).split("\n")) <= 40


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_a_failure_is_stated_with_its_cause_and_its_rule(case: Case) -> None:
    report = case.report()
    text = render(report, Style(2000))
    for step, exchanges in [(d.failure, d.exchanges) for d in report.diagnoses if d.failure is not None]:
        if report.verdict is not Verdict.ERROR:
            assert readable_sentence(step, exchanges) in text
        assert step.rule.id in text
        assert step.cause is None or step.cause.text in text or step.cause.id in ("no-header", "not-listed", "wildcard")
    rules = [line for line in text.split("\n") if line.startswith("  Rule  ")]
    assert all("https://" in line for line in rules)
    assert bool(rules) is any(d.failure is not None for d in report.diagnoses)


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_the_first_lines_are_enough_to_act(case: Case, width: int) -> None:
    """What failed stands in the second line, and what to do begins in the fifth at the latest, in the sixth at 80 columns."""
    report = case.report()
    if all(d.failure is None for d in report.diagnoses) or case.id in ("hostile", "long-values"):
        return  # what a server sends may be longer
    lines = render(report, Style(width)).split("\n")
    begins = next(i for i, line in enumerate(lines, 1) if line.startswith(("  Fix ", "  Next ")))
    assert begins <= (5 if width == 120 else 6), lines[:8]
    assert "" not in lines[:begins]


_verdicts = {
    "allowed": "Allowed in Chromium, Firefox and WebKit",
    "trailing-slash": "Blocked in Chromium, Firefox and WebKit",
    "disagree": "Allowed in Chromium, Firefox and WebKit, but blocked by the Standard",
    "disagree-on-preflight": "Browsers disagree: allowed in Chromium and WebKit and by the Standard, no response in Firefox",
    "unsent": "Not determined in Chromium, Firefox and WebKit: the PUT was not sent",
    "refused": "No response: this is not a CORS problem, although a script sees the same error",
    "planned": "Allowed in Chromium, Firefox and WebKit, if the server responds like this",
    "planned-never": "Blocked in Chromium, Firefox and WebKit, whatever the server responds",
    "opaque": "Loaded without CORS in Chromium, Firefox and WebKit: scripts cannot read the response",
    "one-browser": "Blocked in Chromium",
}


@pytest.mark.parametrize(("case_id", "wanted"), _verdicts.items())
def test_verdict(case_id: str, wanted: str) -> None:
    assert verdict(BY_ID[case_id].report()) == wanted


@pytest.mark.parametrize(
    ("profiles", "wanted"),
    [
        ((STANDARD,), "Blocked by the Standard"),
        ((CHROMIUM,), "Allowed in Chromium"),
        ((CHROMIUM, WEBKIT), "Allowed in Chromium and WebKit"),
        ((STANDARD, FIREFOX), "Allowed in Firefox, but blocked by the Standard"),
    ],
)
def test_verdict_of_some_browsers(profiles: tuple[Profile, ...], wanted: str) -> None:
    assert verdict(replace(BY_ID["disagree"], profiles=profiles).report()) == wanted


def test_browsers_that_disagree_among_themselves() -> None:
    diagnoses = BY_ID["disagree"].report().diagnoses
    firefox = diagnoses[2]._replace(verdict=Verdict.BLOCKED)
    report = Report((diagnoses[0], diagnoses[1], firefox, diagnoses[3]))
    assert (
        verdict(report) == "Browsers disagree: allowed in Chromium and WebKit, blocked in Firefox and by the Standard"
    )
    assert "the same exchanges, but a different verdict" in render(report, Style(80))


def test_request_headers_that_are_not_shown_make_no_difference() -> None:
    chromium, webkit = BY_ID["unsent"].report().diagnoses[1::2]
    preflight = webkit.exchanges[0]
    headers = Headers((*preflight.request.headers.pairs, ("Referer", "https://app.example/")))
    other = webkit._replace(exchanges=(preflight._replace(request=preflight.request._replace(headers=headers)),))
    assert chromium.exchanges != other.exchanges
    assert "Different" not in render(Report((chromium, other)), Style(80))


def test_the_same_replay_is_shown_once() -> None:
    text = render(BY_ID["allowed"].report(), Style(80))
    assert text.count("> GET /items") == 1
    assert "otherwise" not in text


def test_preflight_alone_leads_to_check() -> None:
    def held(_kind: Kind, _request: WireRequest) -> Answer:
        return Withheld("only the preflight was requested", Hold.ONLY_PREFLIGHT)

    for method, wanted in (("GET", "corsdoctor check sends"), ("POST", "corsdoctor check --send sends")):
        assert wanted in render(Report(diagnose_all(Scenario(ITEMS, APP, method), BROWSERS, held)), Style(80))


def test_verbose_shows_time_console_and_steps() -> None:
    report = BY_ID["one-browser"].report()
    exchange = report.diagnoses[0].exchanges[0]
    timed = exchange._replace(answer=Response(200, Headers(), "", "2", 0.0123))
    report = report._replace(
        diagnoses=(report.diagnoses[0]._replace(exchanges=(timed,), console=("Access to fetch ...",)),)
    )
    text = render(report, Style(80, verbosity=1))
    assert "  < HTTP/2 200 (12 ms)\n" in text
    assert "  Console  Access to fetch ...\n" in text
    assert "    ✗ acao-present: The response (200) has no" in text
    assert "Console" in render(report, Style(80)), "where one browser was asked for, its words are shown"


def test_formats_are_lazy_and_callable() -> None:
    report = BY_ID["allowed"].report()
    assert list(FORMATS)[:3] == ["text", "json", "jsonl"]
    assert write("text", [report], Style()) == render(report, Style()) + "\n"
    assert write("text", [report, Problem(3, "bad"), Problem(4, "worse", "x")], Style()) == (
        f"{render(report, Style())}\n\n✗ line 3: bad\n\n✗ line 4 [x]: worse\n"
    )


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("Origin: https://app.example.com", ["    Origin:", "      https://app.example.com"]),
        ("not sent: it may change the data", ["    not sent:", "      it may change the data"]),
        ("POST https://app.example.com/", ["    POST", "      https://app.example.com/"]),
    ],
)
def test_a_value_that_does_not_fit_beside_its_name_stays_whole(text: str, lines: list[str]) -> None:
    assert page([Rows((Row(" ", f"{text}{'x' * 8}"),))], Style(40)).split("\n") == [*lines[:1], f"{lines[1]}{'x' * 8}"]


def test_cut_and_wrap() -> None:
    assert cut("abc", 3) == "abc"
    assert cut("abcd", 3) == "ab…"
    assert cut("日本語", 5) == "日本…"
    assert wrap("one two three", 7) == ["one two", "three"]
    assert wrap("one two three four", 7, 2) == ["one two", "three…"]
    url = "https://a.example/a,b?c=d&e-f/" + "g" * 60
    assert wrap(f"GET {url} from here", 20) == ["GET", url, "from here"]  # it can be copied
    assert wrap(f"GET {url} from here", 20, 5) == ["GET", cut(url, 80)]
    assert wrap(f"GET {url} from here", 20, 6) == ["GET", url + "…"]
    assert wrap(f"GET {url} from here", 20, 7) == ["GET", url, "from here"]
    assert wrap("x" * 20 + " y", 20, 1) == ["x" * 19 + "…"]
    assert wrap("one two", 3, hang=2) == ["one", "two"]


@given(st.text(), st.integers(2, 30), st.none() | st.integers(1, 4), st.integers(0, 2))
def test_wrap_loses_nothing(text: str, width: int, limit: int | None, hang: int) -> None:
    text = visible(text)
    lines = wrap(text, width + hang, limit, hang)
    assert all(cells(line) <= width + hang or " " not in line for line in lines)
    if limit is None:
        assert " ".join(lines).split() == text.split()
    else:
        assert sum(max(1, -(-cells(line) // (width + hang))) for line in lines) <= limit


@pytest.mark.parametrize("width", [40, 80])
@pytest.mark.parametrize("verbosity", [-1, 0, 1])
def test_no_line_is_a_command_to_a_runner(width: int, verbosity: int) -> None:
    """GitHub Actions obeys lines of a log that begin with `::`, blanks aside; `##vso[` and its kin are obeyed anywhere."""
    for length in range(1, 90):
        value = "a" * length + " ::stop-commands::x ##[add-mask]y##vso[x]"
        headers = Headers((("Access-Control-Allow-Origin", value), ("Access-Control-Allow-Headers", value)))
        for browsers in ((CHROMIUM,), BROWSERS):
            report = Report(diagnose_all(Scenario(ITEMS, APP), browsers, lambda *_, h=headers: Response(200, h)))
            text = render(report, Style(width, verbosity=verbosity))
            assert not re.search(r"^\s*::", text, re.M)
            assert not re.search(r"##\w*\[", text)
            assert ":stop-commands::x" in "".join(text.split()) or verbosity < 0
    page = Page(Style(80))
    page.verbatim("::1\n  ::x\n:x")
    assert str(page) == "\\x3a:1\n  \\x3a:x\n:x"


def test_a_remark_that_fits_nowhere_is_left_out() -> None:
    page = Page(Style(40))
    rows = [Row("✓", "x" * 30, "is much too long to stand here", Role.GOOD)]
    page.rows(rows, page.remark_column(rows))
    page.labelled([Entry("got", "日本語 " * 200)])
    assert str(page).split("\n")[0] == "  ✓ " + "x" * 30
    assert len(page.lines) == 1 + 6


_bytes = st.text(st.characters(max_codepoint=0xFF), max_size=120)
_names = st.sampled_from(
    ["Access-Control-Allow-Origin", "Access-Control-Allow-Methods", "Access-Control-Allow-Headers", "Location", "Vary",
     "Access-Control-Max-Age", "Access-Control-Expose-Headers", "Set-Cookie", "status", "wanted"]
) | _bytes  # fmt: skip
_good = st.sampled_from(["https://app.example", "*", "PUT", "x-a", "/next", "true"])
_responses = st.builds(
    lambda *given: Response(*given),  # of a named tuple, hypothesis would choose the other fields too
    st.sampled_from([200, 204, 302, 307, 404, 500]),
    st.lists(st.tuples(_names, _good | _bytes), max_size=8).map(lambda pairs: Headers(tuple(pairs))),
    _bytes,
    _bytes,
)


@pytest.mark.exhaustive
@settings(max_examples=150)
@given(
    st.lists(_responses, min_size=1, max_size=4),
    st.text(max_size=60).map(lambda path: f"https://api.example/{path}") | st.text(max_size=60),
    st.sampled_from(["GET", "PUT", "patch", "\x1b[0m"]),
    st.sampled_from([(), (("X-A", "1"),), (("Authorization", "\x1b]0;x\x07"),), (("\ud800", "日本"),)]),
    st.sampled_from(list(Credentials)),
    st.sampled_from([40, 61, 80]),
    st.sampled_from([-1, 0, 1]),
    st.none() | st.text(max_size=50),
)
def test_nothing_that_a_server_sends_breaks_a_report(
    responses: list[Response],
    url: str,
    method: str,
    headers: tuple[tuple[str, str], ...],
    credentials: Credentials,
    width: int,
    verbosity: int,
    name: str | None,
) -> None:
    counter = iter(range(10**6))

    def send(_kind: Kind, _request: WireRequest) -> Response:
        return responses[next(counter) % len(responses)]

    scenario = Scenario(url, APP, method, headers, credentials)
    report = Report(diagnose_all(scenario, BROWSERS, send), name)
    text = render(report, Style(width, verbosity=verbosity))
    assert all(line.isprintable() for line in text.split("\n"))
    assert verbosity < 0 or all(fits(line, width) for line in text.split("\n"))
    coloured = render(report, Style(width, color=True, verbosity=verbosity))
    assert ANSI.sub("", coloured) == text
    for format_ in FORMATS:
        write(format_, [report], Style()).encode("utf-8")


def test_probes_of_a_request_that_passes_are_not_for_a_cause() -> None:
    def shown(*lines: tuple[str, str]) -> str:
        def send(_kind: Kind, _request: WireRequest) -> Answer:
            return Response(200, Headers(lines))

        return render(report_on(Scenario(ITEMS, APP), (CHROMIUM,), send, Probing(always=True)), Style(80))

    assert "further requests, to see what other requests get\n" in shown(("Access-Control-Allow-Origin", str(APP)))
    assert "further requests, to find the cause\n" in shown()


def test_a_rule_that_several_browsers_break_in_their_own_way_is_named_once() -> None:
    def send(kind: Kind, request: WireRequest) -> Answer:
        if not request.url.startswith(ITEMS):
            return Response(200, Headers())
        granted = (("Access-Control-Allow-Origin", "*"), ("Access-Control-Allow-Headers", "Authorization"))
        to = (("Location", "https://cdn.example/items"),)
        return Response(
            204 if kind is Kind.PREFLIGHT else 302, Headers(granted if kind is Kind.PREFLIGHT else granted + to)
        )

    text = render(report_on(Scenario(ITEMS, APP, headers=(("Authorization", "x"),)), BROWSERS, send), Style(80))
    assert "Different in Firefox:" in text
    assert text.count("  Rule  ") == 1


def test_no_header_is_asked_for_where_another_url_is_the_fix() -> None:
    to = (("Access-Control-Allow-Origin", "*"), ("Location", "https://cdn.example/items"))

    def send(_kind: Kind, request: WireRequest) -> Answer:
        return Response(302, Headers(to)) if request.url == ITEMS else Response(200, Headers())

    text = render(next(with_hints([report_on(Scenario(ITEMS, APP), (CHROMIUM,), send)])), Style(2000))
    assert "redirects to another origin" in text
    assert "needs" not in text
    assert "$ corsdoctor fix" not in text


@pytest.mark.parametrize("api", [Api.MODULE, Api.EVENTSOURCE, Api.WORKER])
def test_a_plan_shows_the_type_that_the_response_needs(api: Api) -> None:
    found = plan(Scenario("https://app.example/a", APP, api=api), BROWSERS)
    text = render(Report(found, planned=True), Style())
    assert "< Content-Type: text/" in text


ANY = ("Access-Control-Allow-Origin", "*")
NULL = (("Access-Control-Allow-Origin", "null"), ("Vary", "Origin"))


@pytest.mark.parametrize("browsers", [BROWSERS, (CHROMIUM,)], ids=["all", "chromium"])
def test_what_a_quirk_says_is_not_a_note_too(browsers: tuple[Profile, ...]) -> None:
    def send(_kind: Kind, _request: WireRequest) -> Answer:
        return Response(200, Headers((ANY, ("Access-Control-Allow-Headers", "*"))))

    report = report_on(Scenario(ITEMS, APP, headers=(("Authorization", "x"),)), browsers, send)
    text = render(next(with_hints([report])), Style(2000))
    assert text.count("  Note  ") == 1
    assert "(recorded case headers/053)" in text


@pytest.mark.parametrize(("lines", "notes"), [((ANY, ANY), 0), (NULL, 1)])
def test_what_the_failure_says_is_not_a_note_too(lines: tuple[tuple[str, str], ...], notes: int) -> None:
    def send(_kind: Kind, _request: WireRequest) -> Answer:
        return Response(200, Headers(lines))

    report = report_on(Scenario(ITEMS, OPAQUE, credentials=Credentials.INCLUDE), BROWSERS, send)
    assert report.verdict is Verdict.BLOCKED
    assert len(noted(report)) == 1
    assert render(report, Style(2000)).count("  Note  ") == notes
