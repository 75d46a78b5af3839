"""The text report of a policy's cases, held against golden files; and what it counts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from corsdoctor.browsers import BROWSERS
from corsdoctor.diagnose import diagnose_all, withholding
from corsdoctor.levels import levels
from corsdoctor.report import Item, Problem, Report
from corsdoctor.reports import write
from corsdoctor.reports.alike import Alike, Reasons
from corsdoctor.reports.secrets import mask_report
from corsdoctor.reports.suite_text import SuiteText
from corsdoctor.reports.unmet import expectation, unmet
from corsdoctor.reports.writer import Style
from corsdoctor.scenario import Scenario
from corsdoctor.suite.judge import Expected, Judged, KnownEntry, judge
from corsdoctor.url import Origin
from corsdoctor.wire import FailureKind, Headers, NoAnswer, Response
from tests.reports.cases import CASES, Case
from tests.reports.cases import ITEMS as URL
from tests.reports.test_text import fits

BY_ID = {case.id: case for case in CASES}
ALLOWED, BLOCKED = Expected("allowed"), Expected("blocked")
COMMAND = "corsdoctor check https://api.example/items --origin https://app.example"


def judged(
    id: str, case: str | Case, expected: Expected, earlier: bool = False, command: str | None = None, **how: object
) -> Report:
    """A report as test makes it; `how` are fields of Judged, and with `earlier` the same came on the tries before."""
    report = (BY_ID[case] if isinstance(case, str) else case).report()
    mismatches = judge(expected, report.diagnoses)
    if earlier:
        how["earlier"] = judge(Expected("allowed"), BY_ID["acao-missing"].report().diagnoses)
    found = Judged(expected, mismatches, **{"seconds": 0.25, **how})  # type: ignore[arg-type]
    return report._replace(id=id, judged=found, command=command)


ITEMS: Sequence[Item] = (
    judged("items/GET/app", "allowed", ALLOWED),
    judged("items/GET/evil", "allowed", BLOCKED, command=COMMAND),
    judged("items/PUT/app", "preflight-405", ALLOWED, known="ticket 7 (until 2030-01-01)"),
    judged("slash/GET/app", "trailing-slash", ALLOWED, command=COMMAND, tries=3, expired="ticket 8 (until 2020-01-01)"),
    judged("slash/GET/evil", "trailing-slash", BLOCKED, earlier=True, tries=2),
    judged("slash/GET/other", "trailing-slash", BLOCKED, earlier=True, tries=2, run=2, runs=5, known="ticket 9"),
    judged("save/PUT/app", "unsent", ALLOWED),
    judged("save/PUT/evil", "unsent", BLOCKED, run=1, runs=5),
    judged("down/GET/app", "refused", BLOCKED),
    judged("down/GET/evil", "refused", BLOCKED),
    Problem(17, "internal error: RuntimeError: x; please report it", "items/GET/null"),
    judged("items/tag", "allowed", Expected("allowed", readable=("ETag", "X-A"), preflight=True, max_age=600), command=COMMAND),
    judged("items/rule", "trailing-slash", Expected("blocked", "acac-true")),
    judged("own/GET", "same-origin", BLOCKED),
    judged("image", "opaque-image", BLOCKED),
    judged("data", "data-url", BLOCKED),
    judged("items/age", "unsent", Expected(max_age=9999)),
    judged("two-ways", "disagree", ALLOWED),
)  # fmt: skip


def text(items: Sequence[Item], style: Style) -> str:
    writer = SuiteText(style)
    return "".join([*map(writer.add, items), writer.end(1.26)])


@pytest.mark.parametrize("width", [40, 80])
def test_golden(width: int, golden: Callable[[str, str], None]) -> None:
    shown = text(ITEMS, Style(width))
    golden(f"suite.{width}.txt", shown.removesuffix("\n"))
    lines = [line for line in shown.splitlines() if not line.startswith("  $ ")]
    assert all(fits(line, width) for line in lines)


def test_golden_verbose(golden: Callable[[str, str], None]) -> None:
    golden("suite.verbose.txt", text(ITEMS, Style(80, verbosity=1)).removesuffix("\n"))


def test_golden_colors(golden: Callable[[str, str], None]) -> None:
    golden("suite.color.txt", text(ITEMS, Style(80, color=True)).removesuffix("\n"))


def test_quiet_is_the_summary() -> None:
    assert text(ITEMS, Style(200, verbosity=-1)) == (
        "✗ 10 failed, 2 without a response, 1 not judged, 3 passed, 1 not sent, 1 known failure in 1.3 s\n"
        "  1 not sent, because it may change data; to send it, add --send; 2 passed only when retried; 1 known failure no "
        "longer needed\n"
    )


@pytest.mark.parametrize("style", [Style(), Style(verbosity=1), Style(verbosity=-1)])
def test_the_text_format_knows_a_policy_s_case(style: Style) -> None:
    """Whether the first item is a case or a Problem."""
    for items in (ITEMS, (ITEMS[10], *ITEMS[:10], *ITEMS[11:])):
        last = write("text", items, style, several=True).splitlines()
        summary = next(line for line in last if line.startswith("✗ 10 failed"))
        assert "1 not judged" in summary.replace("\n", " ")


def test_all_is_well() -> None:
    assert text(ITEMS[:1], Style()) == "✓ 1 passed in 1.3 s\n"
    assert text(ITEMS[:1], Style(verbosity=1)).startswith("✓ items/GET/app: allowed in ")


@pytest.mark.parametrize(
    ("expected", "words"),
    [
        (Expected(), "a response"),
        (ALLOWED, "allowed"),
        (Expected("blocked", "acac-true"), "blocked by acac-true"),
        (Expected(rule="acac-true"), "blocked by acac-true"),
        (Expected(preflight=True), "a preflight"),
        (
            Expected("allowed", None, ("X-A", "X-B"), 60, False),
            "allowed; no preflight; readable X-A, X-B; max-age at least 60",
        ),
    ],
)
def test_what_is_expected_in_words(expected: Expected, words: str) -> None:
    assert expectation(expected) == words


def answer(
    expected: Expected, scenario: Scenario, *, status: int = 200, send: bool = True, lines: dict[str, str] | None = None
) -> Report:
    """A report of `scenario`, all of whose requests are answered by `status` and the header lines `lines`."""
    response = Response(status, Headers(tuple((lines or {}).items())))
    sending = lambda _kind, _request: response  # noqa: E731
    diagnoses = diagnose_all(scenario, BROWSERS, sending if send else withholding(sending))
    return Report(diagnoses, id="a", judged=Judged(expected, judge(expected, diagnoses)))


def told(report: Report) -> list[dict[str, str]]:
    """The tables of what did not hold."""
    assert report.judged is not None
    return [{entry.label: entry.text for entry in entries} for _, entries in unmet(report, report.judged)]


APP = Origin("https", "app.example")
GET = Scenario("https://api.example/x", APP)
OWN = Scenario("https://app.example/x", APP)
PUT = Scenario("https://api.example/x", APP, "PUT")
POST = Scenario("https://api.example/x", APP, "POST")
ALLOW = {"Access-Control-Allow-Origin": "https://app.example"}


@pytest.mark.parametrize(
    ("scenario", "lines", "names", "after"),
    [
        (GET, {"X-A": "1"}, ("X-A",), "List X-A in Access-Control-Expose-Headers."),
        (GET, {}, ("Content-Type",), "Make the server send Content-Type."),
        (
            GET,
            {},
            ("X-A",),
            "Make the server send X-A. Then list X-A in Access-Control-Expose-Headers.",
        ),
        (GET, {"Access-Control-Expose-Headers": "x-b, X-A"}, ("X-A",), "Make the server send X-A."),
        (GET, {"Access-Control-Expose-Headers": "*"}, ("X-A",), "Make the server send X-A."),
        (OWN, {}, ("X-A",), "Make the server send X-A."),
    ],
)
def test_what_makes_a_header_readable(
    scenario: Scenario, lines: dict[str, str], names: tuple[str, ...], after: str
) -> None:
    (table,) = told(answer(Expected(readable=names), scenario, lines={**ALLOW, **lines}))
    assert table["next"] == after


def test_a_rule_that_did_not_decide_says_what_to_do() -> None:
    rule = Expected(rule="acao-present")
    (table,) = told(answer(rule, GET, lines=ALLOW))
    assert table["actual"].startswith("allowed in Chromium")
    assert table["next"].startswith("If https://app.example must be blocked")
    (table,) = told(answer(rule, POST, send=False, lines=ALLOW))
    assert (table["actual"], table["next"]) == (
        "not determined; the POST was not sent",
        "Add --send to send the POST too: its response may still be blocked.",
    )


def test_a_browser_that_remembers_no_longer_is_named() -> None:
    lines = {**ALLOW, "Access-Control-Allow-Methods": "PUT"}
    tables = told(answer(Expected(max_age=86400), PUT, lines={**lines, "Access-Control-Max-Age": "86400"}))
    assert [(table["actual"], table["next"].partition(":")[0]) for table in tables] == [
        ("max-age 7200 (Chromium)", "Chromium caches a preflight for at most 7200 seconds"),
        ("max-age 600 (WebKit)", "WebKit caches a preflight for at most 600 seconds"),
    ]
    (table,) = told(answer(Expected(max_age=600), PUT, lines=lines))
    assert table["next"] == "Send Access-Control-Max-Age: 600 with the preflight response."


def test_a_server_error_is_reported_and_counted() -> None:
    items = [answer(BLOCKED, GET, status=status) for status in (503, 403, 503, 404)]
    assert text(items, Style(200)) == (
        "- a: blocked by a response with status code 503, which does not show whom the server allows\n"
        * 2
        + "- a: blocked by a response with status code 404, which does not show whom the server allows\n"
        "\n✓ 4 passed in 1.3 s\n"
        "  3 blocked by a response with status code 404 or 503, which does not show whom the server allows\n"
    )
    assert [sorted(levels(item)) for item in items] == [["note"], ["judged"], ["note"], ["note"]]


def known(case: str, expected: Expected, cases: int = 3) -> Report:
    return judged(case, case, expected, known="ticket 7", entry=KnownEntry("known[0]", cases))


@pytest.mark.parametrize(
    ("items", "words", "count"),
    [
        (
            [known("allowed", ALLOWED)] * 3,
            "passed, as all 3 cases of a known failure; it is no longer needed: ticket 7",
            1,
        ),
        ([known("allowed", ALLOWED)] * 2, "", 0),
        ([known("allowed", ALLOWED), known("allowed", BLOCKED), known("allowed", ALLOWED)], "", 0),
        ([known("allowed", ALLOWED), known("unsent", ALLOWED), known("allowed", ALLOWED)], "", 0),
        ([known("allowed", ALLOWED, 1)], "passed; the known failure is no longer needed: ticket 7", 1),
        ([known("unsent", ALLOWED, 1)], "", 0),
    ],
)
def test_a_known_failure_is_needed_as_long_as_one_of_its_cases_fails(items: list[Item], words: str, count: int) -> None:
    shown = text(items, Style(200))
    assert shown.count("no longer needed") == 2 * count  # in the summary, too
    assert words in shown
    verbose = text(items, Style(200, verbosity=1))
    assert verbose.count("\n- unsent: not sent") + verbose.startswith("- unsent: not sent") == ("1 not sent" in shown)


def test_what_was_not_run_stands_in_the_summary() -> None:
    writer = SuiteText(Style())
    writer.add(ITEMS[0])
    writer.not_run = 2
    assert writer.end(1.26) == "- 1 passed, 2 not run in 1.3 s\n"


def test_another_verdict_makes_rule_and_headers_redundant() -> None:
    report = judged("a", "trailing-slash", Expected("allowed", readable=("ETag",)))
    assert report.judged is not None
    assert [mismatch.what for mismatch, _ in unmet(report, report.judged)] == ["verdict"]
    report = judged("a", "allowed", Expected("blocked", "acac-true"))
    assert report.judged is not None
    assert [mismatch.what for mismatch, _ in unmet(report, report.judged)] == ["verdict"]


def test_what_did_not_hold_is_concealed_too() -> None:
    scenario = BY_ID["allowed"].scenario._replace(headers=(("Authorization", "Bearer open-sesame-1"),))
    moved = Response(
        302,
        Headers((("Location", "https://api.example/?token=open-sesame-1"), ("Access-Control-Allow-Origin", "*"))),
        "Found",
    )
    diagnoses = diagnose_all(scenario, BY_ID["allowed"].profiles, lambda _kind, _request: moved)
    mismatches = judge(ALLOWED, diagnoses)
    whole = Report(diagnoses, id="a", judged=Judged(ALLOWED, mismatches, earlier=mismatches))
    shown = mask_report(whole).judged
    assert shown is not None
    assert "open-sesame-1" in repr(whole.diagnoses)
    assert "open-sesame-1" not in repr(shown)
    assert [m.what for m in shown.mismatches] == [m.what for m in mismatches]


def grid(count: int, case: str) -> list[Report]:
    return [judged(f"case {n}", case, ALLOWED) for n in range(1, count + 1)]


def reasons(items: Sequence[Item]) -> list[Alike]:
    found = Reasons()
    for item in items:
        found.add(item)
    return list(found)


@pytest.mark.parametrize("detail", ["refused.", "The connection was refused: nothing listens at 127.0.0.1:9000."])
def test_a_dead_server_is_five_lines(detail: str) -> None:
    case = replace(BY_ID["refused"], answers={f"GET {URL}": NoAnswer(FailureKind.REFUSED, detail)})
    lines = text([judged(f"case {n}", case, ALLOWED) for n in range(1, 601)], Style(80)).splitlines()
    assert len(lines) <= 5
    assert lines[0].startswith("✗ 600 cases: no response. ")
    assert "  case 1, case 2, case 3 and 597 more" in lines


@pytest.mark.parametrize(
    ("items", "groups"),
    [
        (grid(6, "preflight-405"), ["6 cases share one cause"]),
        ([*grid(2, "preflight-405"), *grid(2, "trailing-slash")], ["2 cases share one cause"] * 2),
        ([*grid(1, "preflight-405"), *grid(1, "trailing-slash"), *grid(1, "acao-missing")], []),
        ([*grid(1, "method-not-listed"), *grid(1, "blocked-two-ways")], []),
        ([judged("a", "same-origin", BLOCKED), judged("b", "data-url", BLOCKED)], []),
        ([judged("a", "allowed", BLOCKED), judged("b", "allowed", BLOCKED)], ["2 cases share one cause"]),
    ],
)
def test_what_failed_alike_is_stated_once(items: list[Item], groups: list[str]) -> None:
    shown = text(items, Style(80))
    assert shown.count(" cases share one cause") == len(groups)
    assert all(f"✗ {group}" in shown for group in groups)
    assert shown.count("\n  request ") == len(reasons(items))
    annotations = [line for line in write("github", items, Style()).splitlines() if line.startswith("::error")]
    assert len(annotations) == len(reasons(items))
    assert sum("cases share one cause" in line for line in annotations) == len(groups)


def test_with_verbose_each_failure_is_shown() -> None:
    assert text(grid(6, "preflight-405"), Style(80, verbosity=1)).count("  expected ") == 6
