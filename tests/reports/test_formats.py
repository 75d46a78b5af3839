"""The formats for pipelines: golden files, what each says of an item, and what holds whatever anybody sends."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from importlib.resources import files
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corsdoctor.browsers import BROWSERS, CHROMIUM, FIREFOX
from corsdoctor.diagnose import diagnose_all
from corsdoctor.levels import counts_as
from corsdoctor.report import Item, Problem, Report
from corsdoctor.reports import FORMATS, write
from corsdoctor.reports.csv_ import COLUMNS
from corsdoctor.reports.faults import faults, headline, message, name, remarks
from corsdoctor.reports.fingerprints import fingerprint
from corsdoctor.reports.github import LONGEST, command
from corsdoctor.reports.markdown import LONGEST as LONGEST_COMMENT
from corsdoctor.reports.requirements import REQUIREMENTS
from corsdoctor.reports.secrets import mask_report
from corsdoctor.reports.writer import Style
from corsdoctor.scenario import Credentials, Mode, Redirect, Scenario
from corsdoctor.suite.judge import Judged, judge
from corsdoctor.suite.outcome import CaseOutcome
from corsdoctor.url import Origin
from corsdoctor.visible import shows
from corsdoctor.wire import Answer, FailureKind, Headers, Kind, NoAnswer, Response, WireRequest
from tests.reports.cases import APP, CASES, ITEMS
from tests.reports.runs import (
    AGAIN,
    ALLOWED,
    ASKED,
    BATCH,
    BLOCKED,
    CHECK,
    INTERNAL,
    RUNS,
    TEST,
    TIMED_OUT,
    checked,
    judged,
    line,
)
from tests.test_visible import SIGNS

Golden = Callable[[str, str], None]
PIPELINES = ("markdown", "junit", "sarif", "github", "gitlab", "tap", "csv")
DIAGRAMS = ("mermaid", "dot")
PEOPLE = ("html", *DIAGRAMS)
SUFFIXES = {
    "markdown": "md",
    "junit": "xml",
    "sarif": "sarif",
    "github": "github.txt",
    "gitlab": "gitlab.json",
    "tap": "tap",
    "csv": "csv",
    "mermaid": "mmd",
    "dot": "dot",
}


def written(format_: str, items: Iterable[Item]) -> str:
    return write(format_, items, Style(), several=True)


def test_the_formats() -> None:
    assert list(FORMATS) == ["text", "json", "jsonl", *PIPELINES, *PEOPLE]


@pytest.mark.parametrize("run", RUNS)
@pytest.mark.parametrize("format_", [*PIPELINES, *DIAGRAMS])
def test_golden(format_: str, run: str, golden: Golden) -> None:
    text = written(format_, RUNS[run]).replace("\r\n", "\n")
    text = text.replace('" />', '"/>')  # lxml, where it is installed, writes XML for junitparser a little otherwise
    text = re.sub(r'"semanticVersion": "[0-9.]+"', '"semanticVersion": "0"', text)
    golden(f"{run}.{SUFFIXES[format_]}", text.removesuffix("\n"))


@pytest.mark.parametrize("format_", PIPELINES)
def test_nothing_depends_on_the_terminal(format_: str) -> None:
    loud = write(format_, BATCH, Style(40, color=True, verbosity=2), several=True)
    assert loud == written(format_, BATCH) == write(format_, BATCH, Style(200, verbosity=-1), several=False)


# -- how items count


@pytest.mark.parametrize(
    ("item", "became"),
    [
        (checked("allowed"), CaseOutcome.PASSED),
        (checked("opaque"), CaseOutcome.PASSED),
        (checked("planned"), CaseOutcome.PASSED),
        (checked("trailing-slash"), CaseOutcome.FAILED),
        (checked("disagree"), CaseOutcome.FAILED),
        (checked("planned-never"), CaseOutcome.FAILED),
        (checked("refused"), CaseOutcome.NO_ANSWER),
        (checked("unsent"), CaseOutcome.UNSENT),
        (Problem(3, "why"), CaseOutcome.NO_ANSWER),
        (judged("a", "trailing-slash", BLOCKED, 1), CaseOutcome.PASSED),
        (judged("a", "trailing-slash", ALLOWED, 1), CaseOutcome.FAILED),
        (judged("a", "trailing-slash", ALLOWED, 1, known="why"), CaseOutcome.KNOWN),
        (judged("a", "unsent", ALLOWED, 1), CaseOutcome.UNSENT),
        (judged("a", "refused", BLOCKED, 1), CaseOutcome.NO_ANSWER),
    ],
)
def test_counts_as(item: Item, became: CaseOutcome) -> None:
    assert counts_as(item) is became
    assert bool(faults(item)) is (became is not CaseOutcome.PASSED)
    (row, *_) = csv.DictReader(io.StringIO(written("csv", [item])))
    assert row["outcome"] == str(became)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_what_does_not_pass_has_a_fault_with_a_next_step(case: object) -> None:
    report = case.report()  # type: ignore[attr-defined]
    found = faults(report)
    assert bool(found) is (counts_as(report) is not CaseOutcome.PASSED)
    assert len({fault.id for fault in found}) == len(found)
    for fault in found:
        assert fault.entries[-1][0] == "next"
        assert fault.first("next") in message(report, fault)
        assert (fault.step is None) is (fault.id in REQUIREMENTS)


def test_headlines() -> None:
    told = {item.id: headline(item) for item in TEST}
    assert told["others stay out"] == "Expected blocked, got allowed in Chromium, Firefox and WebKit"
    assert told["shop may write"].startswith(
        "Known failure: the gateway answers OPTIONS from May on. The status code of the preflight response is 405"
    )
    assert told["evil stays out"].endswith(", on try 2")
    assert told["shop sees the tag"].count("expected") + told["shop sees the tag"].count("Expected") == 2
    late = judged("a", "trailing-slash", ALLOWED, 1, expired="until March")
    assert headline(late).endswith(". The known failure has expired: until March")
    unneeded = judged("a", "allowed", ALLOWED, 1, known="why")
    assert headline(unneeded).endswith("; the known failure is no longer needed: why")


def test_names() -> None:
    assert name(checked("allowed")) == f"GET {ITEMS} from https://app.example"
    assert name(line(2, "allowed", "seven")) == "seven"
    assert name(Problem(3, "why")) == "line 3"
    assert name(Problem(3, "why", id=0)) == "0"
    assert len(name(line(1, "allowed")._replace(id="x" * 10_000))) == 200


# -- why there is no report


@pytest.mark.parametrize(
    ("item", "id", "step", "called"),
    [
        (Problem(3, "why"), "line-understood", "Correct the line.", "line 3: why"),
        (TIMED_OUT, "done-in-time", "Increase --timeout.", "a/PUT: not finished within --timeout (1 s)"),
        (INTERNAL, "no-internal-error", "Report it as a bug.", f"PUT {ITEMS}: internal error"),
    ],
)
def test_a_problem_is_reported_by_its_kind(item: Problem, id: str, step: str, called: str) -> None:
    (fault,) = faults(item)
    assert (fault.id, fault.first("next"), counts_as(item)) == (id, step, CaseOutcome.NO_ANSWER)
    assert write("text", [item], Style()).startswith(f"✗ {called}")
    (row,) = csv.DictReader(io.StringIO(written("csv", [item])))
    assert (row["rule"], row["next"], row["error"]) == (id, step, item.reason)
    assert (row["method"], row["url"], row["origin"]) == (
        ("", "", "") if item.scenario is None else ("PUT", ITEMS, str(APP))
    )
    assert row["expected"] == ("" if item.expected is None else "allowed")
    assert f'classname="{"corsdoctor" if item.scenario is None else "api.example"}"' in written("junit", [item])
    assert json.loads(written("sarif", [item]))["runs"][0]["results"][0]["ruleId"] == id


# -- fingerprints


def prints(item: Item) -> list[str]:
    return [fingerprint(item, fault) for fault in faults(item)]


def test_a_fingerprint_stays_while_the_fault_does() -> None:
    report = line(2, "trailing-slash", "slash")
    assert prints(report) == prints(report._replace(line=90))
    assert prints(report) == prints(report._replace(source="elsewhere"))
    assert prints(report) == prints(report._replace(diagnoses=report.diagnoses[:2]))
    assert prints(report) == ["752cb262df2e19c604ee06006e3515c7"]  # a change here reopens what users have closed


def test_a_fingerprint_distinguishes_faults() -> None:
    different: list[Item] = [
        line(1, "trailing-slash"),
        line(1, "trailing-slash", "slash"),
        line(1, "acao-missing"),
        line(1, "blocked-two-ways"),
        Problem(1, "why"),
        Problem(1, "why else"),
    ]
    found = [fingerprint for item in different for fingerprint in prints(item)]
    assert len(set(found)) == len(found) == 7


@pytest.mark.parametrize(
    "other",
    [
        {"headers": (("X-A", "1"),)},
        {"headers": (("X-B", "1"),)},
        {"credentials": Credentials.INCLUDE},
        {"mode": Mode.NO_CORS},
        {"redirect": Redirect.ERROR},
        {"body": b""},
        {"cookie": "a=b"},
        {"upload_listener": True},
    ],
)
def test_a_fingerprint_distinguishes_requests(other: dict[str, Any]) -> None:
    found: list[str] = []
    for fields in ({}, {"headers": (("X-A", "1"),)}, other):
        scenario = ASKED._replace(**fields)
        item = TIMED_OUT._replace(id=None, scenario=scenario)
        found += prints(item)
    assert len(set(found)) == (2 if other == {"headers": (("X-A", "1"),)} else 3)
    secret = ASKED._replace(headers=(("x-a", "another"),))
    assert prints(TIMED_OUT._replace(id=None, scenario=secret)) == [found[1]]


def test_equal_faults_keep_their_order() -> None:
    """No fault is lost, and GitLab takes no fingerprint twice."""
    alike: list[Item] = [
        line(1, "trailing-slash"),
        line(2, "trailing-slash"),
        Problem(3, "why"),
        Problem(4, "why"),
        Problem(5, "why"),
    ]
    issues = json.loads(written("gitlab", alike))
    assert [issue["location"]["lines"]["begin"] for issue in issues] == [1, 2, 1, 1, 1]
    found = [issue["fingerprint"] for issue in issues]
    assert len(set(found)) == 5
    assert found[0] == fingerprint(alike[0], faults(alike[0])[0])
    results = json.loads(written("sarif", alike))["runs"][0]["results"]
    assert [result["partialFingerprints"]["corsdoctor/v1"] for result in results] == found
    assert written("gitlab", alike) == written("gitlab", alike)


# -- what is worth knowing besides


def test_a_retry_and_notes_are_reported_in_every_format() -> None:
    told = [(remark.id, remark.first("note")) for remark in remarks(AGAIN)]
    assert told[:2] == [
        ("passes-at-first", "passed on try 2; before: expected allowed, got blocked (acao-matches-origin)"),
        ("answers-without-wait", f"the server returned 429 to GET {ITEMS}; the request was sent again after 2 s"),
    ]
    assert "max-age-below-cap" in dict(told)
    assert faults(AGAIN) == []
    for format_ in PIPELINES:
        text = written(format_, [AGAIN])
        for id, note in told:
            assert (id if format_ in ("csv", "markdown") else note) in text, (format_, note)


def test_what_formats_make_of_remarks() -> None:
    count = len(remarks(AGAIN))
    results = json.loads(written("sarif", [AGAIN]))["runs"][0]["results"]
    assert [(result["kind"], result["level"]) for result in results] == [("fail", "note")] * count
    assert [issue["severity"] for issue in json.loads(written("gitlab", [AGAIN]))] == ["info"] * count
    assert written("junit", [AGAIN]).count("\nnote      ") == count
    notices = written("github", [AGAIN]).splitlines()
    assert notices[0].startswith("::notice title=too busy,file=cors.toml,line=40::note  passed on try 2; before: ")
    assert notices[-1].endswith("::1 checked: 1 passed, 1 of them only when retried, 1 with a note")
    known = judged("a", "two-values", ALLOWED, 1, known="why")._replace()
    levels_ = [result["level"] for result in json.loads(written("sarif", [known]))["runs"][0]["results"]]
    assert levels_ == ["error", "note"]


def test_a_note_of_many_is_written_once() -> None:
    """A server on localhost has one for every case, and readers would show each as something to mend."""
    many = [checked("preflighted-allowed")._replace(id=f"n{n}", line=n + 1) for n in range(40)]
    (result,) = json.loads(written("sarif", many))["runs"][0]["results"]
    (issue,) = json.loads(written("gitlab", many))
    assert result["message"]["text"] == issue["description"]
    assert issue["description"].startswith("n0: The request is cross-site")
    assert issue["description"].endswith(" 39 more have a note of this rule.")
    (later,) = json.loads(written("gitlab", many[7:]))
    assert issue["fingerprint"] == later["fingerprint"] == result["partialFingerprints"]["corsdoctor/v1"]
    notices = written("github", [checked("two-values")._replace(id=f"n{n}") for n in range(40)]).splitlines()[1:]
    assert len(notices) == 2
    assert notices[0].startswith(
        "::notice title=acao-one-line::note  Access-Control-Allow-Origin was sent more than once: `*, https://app.example`%0Anext"
    )
    assert notices[0].endswith("%0Aof    n0 and 39 more")


def test_github_shows_the_summary_whatever_else_there_is() -> None:
    notices = written("github", [AGAIN._replace(id=f"n{n}") for n in range(30)]).splitlines()
    assert [number for number, told in enumerate(notices) if told.startswith("::notice title=corsdoctor::30 ch")] == [9]
    assert len(notices) > 60


def test_a_passed_case_takes_little_room() -> None:
    """Readers of JUnit XML take some MB, and a policy may have 10,000 cases."""
    assert len(written("junit", [line(1, "allowed")])) < 600
    assert "&gt; GET /items" in written("junit", [line(1, "trailing-slash")])


# -- GitHub's workflow commands


def test_a_command_is_escaped() -> None:
    told = command("error", "50% ::a,b\r\nc", title="a:b,c%\n::")
    assert told == "::error title=a%3Ab%2Cc%25%0A%3A%3A::50%25 ::a,b\\r%0Ac\n"


def test_a_command_is_cut() -> None:
    told = command("error", "x" * 5_000)
    assert told == f"::error ::{'x' * (LONGEST - 1)}…\n"


def test_github_has_one_annotation_a_failure_and_a_summary() -> None:
    kinds = [re.match(r"::(\w+) ", told) for told in written("github", TEST).splitlines()]
    assert [kind[1] for kind in kinds if kind] == ["error"] * 4 + ["warning"] + ["notice"] * 3
    assert written("github", TEST).endswith(
        "::notice title=corsdoctor::8 checked: 3 failed, 1 without a response, 1 not sent, 1 known to fail, 2 passed, "
        "1 of them only when retried, 1 with a note\n"
    )
    assert "::error title=line 6,file=requests.jsonl,line=6::" in written("github", BATCH)
    assert "file=" not in written("github", CHECK)
    assert written("github", []) == "::notice title=corsdoctor::nothing was checked\n"


# -- CSV


@pytest.mark.parametrize("value", ["=1+1", "+1", "-1", "@SUM(A1)"])
def test_no_cell_is_a_formula(value: str) -> None:
    (row, *_) = csv.DictReader(io.StringIO(written("csv", [checked("allowed")._replace(id=value)])))
    assert row["id"] == f"'{value}"


def test_csv_is_rfc_4180() -> None:
    text = written("csv", [checked("allowed")._replace(id='a"b,c'), Problem(3, "why", id=-7)])
    lines = text.split("\r\n")
    assert lines[0] == ",".join(COLUMNS)
    assert lines[-1] == ""
    assert "\n" not in "".join(lines)
    assert lines[1].startswith('passed,"a""b,c",,,GET,')
    assert [row["browser"] for row in csv.DictReader(io.StringIO(text))] == [
        "standard",
        "chromium",
        "firefox",
        "webkit",
        "",
    ]
    assert lines[5].startswith("no answer,-7,,3,")


def test_columns_are_public() -> None:
    assert COLUMNS == (
        "outcome", "id", "file", "line", "method", "url", "origin", "api", "browser", "verdict", "rule", "cause", "got",
        "wanted", "preflight", "status", "readable", "expected", "came", "known", "tries", "seconds", "next", "error",
        "notes", "failure",
    )  # fmt: skip


# -- Markdown fits a comment


def test_a_thousand_failures_fit_a_comment() -> None:
    many = [
        item._replace(id=f"{number} {item.id}") for number in range(250) for item in TEST if isinstance(item, Report)
    ]
    text = written("markdown", many)
    assert len(text) <= LONGEST_COMMENT
    assert "2000 checked: 750 failed" in text.split("\n")[0]
    assert len(re.findall(r"… and \d+ more, which do not fit into a comment", text)) == 3


def test_a_long_detail_leaves_room_for_the_next() -> None:
    headers = Headers(tuple((f"Access-Control-X-{n}", "v" * 200) for n in range(300)))
    long = Report(diagnose_all(Scenario(ITEMS, APP), BROWSERS, lambda _kind, _request: Response(200, headers)))
    text = written("markdown", [long, checked("trailing-slash")])
    assert text.count("<details>") == 2
    assert len(text) <= LONGEST_COMMENT


def test_many_that_passed_are_folded() -> None:
    few, many = (written("markdown", [checked("allowed")] * count) for count in (10, 11))
    assert "<details>" not in few
    assert "<details><summary>11 passed</summary>" in many


# -- JSON


def test_json_of_a_case() -> None:
    schema = json.loads((files("corsdoctor.reports") / "schema.json").read_text(encoding="utf-8"))
    validator = jsonschema.Draft202012Validator(schema)
    objects = json.loads(written("json", TEST))
    for found, item in zip(objects, TEST, strict=True):
        validator.validate(found)
        assert (found["file"], found["line"], found["case"]["outcome"]) == (
            "cors.toml",
            item.line,
            str(counts_as(item)),
        )
    assert schema["$defs"]["case"]["properties"]["outcome"]["enum"] == [str(became) for became in CaseOutcome]
    failed = objects[1]["case"]
    assert failed["expected"] == {
        "verdict": "blocked",
        "rule": None,
        "readable": [],
        "max_age": None,
        "preflight": None,
    }
    assert failed["unmet"][0] == {"browser": "standard", "what": "verdict", "expected": "blocked", "came": "allowed"}
    assert "case" not in json.loads(write("json", CHECK, Style()))


# -- secrets


@pytest.mark.parametrize("format_", [*PIPELINES, *DIAGRAMS])
def test_secrets_stay_masked(format_: str) -> None:
    reports = [mask_report(checked("method-not-listed")), mask_report(judged("a", "method-not-listed", ALLOWED, 1))]
    assert "t0ps3cret" not in written(format_, reports)


# -- whatever comes

texts = st.text(st.characters(min_codepoint=0, max_codepoint=0x10FFFF), max_size=30) | st.sampled_from(
    [
        "]]>", "<![CDATA[", "\x1b[31m", "\ufffe\uffff", "\ud800", "\u202e", "--><script>", "`|`", "\\|", "```", "| a | b |",
        "# SKIP", " # todo x", "{", "a {", "::error::x", "%0A", "=cmd|' /C calc'!A0", "'", '"', "\r\n", "\n...\n", "@team",
        "</details>", "x" * 3_000, *SIGNS, "\xad\u200b\ufe0f\U000e0041", "1..0", "Bail out!", "not ok 1", "\u2028", "&amp;", "- ", "---", "...",
    ]
)  # fmt: skip
received = texts.map(lambda text: text.encode("latin-1", "replace").decode("latin-1"))


@st.composite
def items(draw: st.DrawFn) -> Item:
    """Any item, with anything that a server, a line or a policy might bring."""
    id = draw(st.none() | st.integers() | texts)
    source, number = draw(st.none() | texts), draw(st.integers(1, 10**9))
    if draw(st.integers(0, 4)) == 0:
        return Problem(number, draw(texts.filter(bool)), id, source)
    headers = Headers((("Access-Control-Allow-Origin", draw(received)), (draw(received), draw(received))))
    answers: list[Answer] = [Response(200, headers, draw(received)), NoAnswer(FailureKind.DNS, draw(texts))]
    answer = draw(st.sampled_from(answers))

    def send(_kind: Kind, _request: WireRequest) -> Answer:
        return answer

    scenario = Scenario(
        draw(st.sampled_from([ITEMS, f"{ITEMS}?q="])) + draw(texts), draw(st.sampled_from([APP, Origin("", label="file:")])),
        draw(st.sampled_from(["GET", "PUT"])), ((draw(texts), draw(texts)),),
    )  # fmt: skip
    report = Report(diagnose_all(scenario, BROWSERS, send), id, line=number, source=source)
    if draw(st.booleans()):
        return report
    expected = draw(st.sampled_from([ALLOWED, BLOCKED, replace(ALLOWED, readable=(draw(texts),), rule="acao-present")]))
    known = draw(st.none() | texts)
    return report._replace(
        judged=Judged(expected, judge(expected, report.diagnoses), known, tries=draw(st.integers(1, 3)))
    )


@pytest.mark.exhaustive
@pytest.mark.parametrize("format_", [*PIPELINES, *PEOPLE, "json", "jsonl"])
@given(found=st.lists(items(), max_size=3))
@settings(max_examples=40)
def test_whatever_comes_is_plain_text(format_: str, found: list[Item]) -> None:
    text = written(format_, found)
    text.encode("utf-8")
    allowed = {"junit": "\n\t", "csv": "\r\n"}.get(format_, "\n")
    assert all(shows(c) or c in allowed for c in text.replace("⚠️", ""))
    assert not any(sign in text for sign in SIGNS)
    assert format_ == "github" or not re.search(r"^\s*::", text, re.M)
    assert len(text) < 120_000 * (len(found) + 1)
    for item in found:
        assert bool(faults(item)) is (counts_as(item) is not CaseOutcome.PASSED)


@pytest.mark.parametrize("format_", ["github", "gitlab", "sarif", "markdown", "tap", "junit"])
def test_what_each_browser_lacks_is_kept(format_: str) -> None:
    """Chromium needs no permission for DPR, Firefox does."""
    headers = (("DPR", "1"), ("X-A", "1"))
    preflight = Response(204, Headers((("Access-Control-Allow-Origin", str(APP)),)))
    diagnoses = diagnose_all(Scenario(ITEMS, APP, headers=headers), (CHROMIUM, FIREFOX), lambda *_: preflight)
    text = written(format_, [Report(diagnoses)])
    assert "request header x-a is not allowed (Chromium)" in text
    assert "request headers dpr and x-a are not allowed (Firefox)" in text
