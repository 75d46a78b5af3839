"""Each format read back by what reads it elsewhere: parsers, schemas, a validator, a renderer.

The parsers on Node.js and the SARIF schema come from npm: see tests/reports/node/package.json.
"""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
from collections.abc import Iterable, Sequence
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from junitparser import Error, Failure, JUnitXml, Skipped
from markdown_it import MarkdownIt
from tap.parser import Parser  # type: ignore[import-untyped]

from corsdoctor.browsers import BROWSERS
from corsdoctor.catalogue import RULES, by_id
from corsdoctor.diagnose import diagnose_all, overall
from corsdoctor.fetch.headers import ACAO
from corsdoctor.levels import counts_as
from corsdoctor.report import Item, Problem, Report
from corsdoctor.reports.faults import Fault, console, faults, headline, name, remarks
from corsdoctor.reports.gitlab import SEVERITIES
from corsdoctor.reports.markdown import fenced
from corsdoctor.reports.requirements import REQUIREMENTS
from corsdoctor.reports.sarif import SCHEMA, plain_text
from corsdoctor.scenario import Scenario
from corsdoctor.suite.judge import Expected
from corsdoctor.suite.outcome import CaseOutcome
from corsdoctor.wire import Headers, Response
from tests.recipes.contract import need
from tests.reports.cases import APP, ITEMS
from tests.reports.runs import ALLOWED, BATCH, CHECK, RUNS, TEST, checked, judged, line
from tests.reports.test_formats import items, written

HERE = Path(__file__).parent
MODULES = HERE / "node" / "node_modules"
MULTITOOL = MODULES / "@microsoft" / "sarif-multitool-linux"
EVERYTHING: Sequence[Item] = (*CHECK, *BATCH, *TEST)
PASSED, UNSENT, KNOWN, FAILED, NO_ANSWER = CaseOutcome
hostile = st.lists(items(), max_size=3)


def told(found: Iterable[Item]) -> list[tuple[Item, Fault]]:
    """What is reported: faults and remarks item by item, then a note for each rule."""
    notes: dict[str, tuple[Item, Fault]] = {}
    own = []
    for item in found:
        own += [(item, fault) for fault in faults(item)]
        for remark in remarks(item):
            if remark.step is None:
                own.append((item, remark))
            else:
                notes.setdefault(remark.id, (item, remark))
    return [*own, *notes.values()]


# -- JUnit


def read_junit(found: Iterable[Item]) -> list[Any]:
    """The testcases, as junitparser reads them."""
    text = written("junit", found)
    (suite,) = JUnitXml.fromstring(text.encode())
    return list(suite)


def test_junit() -> None:
    cases = read_junit(EVERYTHING)
    for case, item in zip(cases, EVERYTHING, strict=True):
        assert (case.name, case.classname) == (name(item), "corsdoctor" if isinstance(item, Problem) else "api.example")
        wanted = {FAILED: [Failure], NO_ANSWER: [Error], UNSENT: [Skipped], KNOWN: [Skipped], PASSED: []}[
            counts_as(item)
        ]
        assert [type(result) for result in case.result] == wanted
        for result in case.result:
            assert result.message == headline(item)
            assert result.type == ", ".join(fault.id for fault in faults(item))
        failed = counts_as(item) not in (PASSED, UNSENT)
        assert (case.system_err or "").split("\n") == ((console(item) if failed else []) or [""])
        assert ("> Origin: " in case.system_out) is (failed and isinstance(item, Report))
    failure = next(case for case in cases if case.name == "shop may list").result[0]
    assert failure.text.startswith("expected  allowed\nactual    blocked in Chromium")
    assert "\nnext      Send exactly" in failure.text
    assert "WebKit: Fetch API cannot load" in failure.text
    assert "✗ Access-Control-Allow-Origin: https://app.example/  ends with a slash" in cases[0].system_out


def test_junit_counts() -> None:
    root = JUnitXml.fromstring(written("junit", TEST).encode())
    (suite,) = root
    assert (root.tests, root.failures, root.errors, root.time) == (8, 3, 1, 2.0)
    assert (suite.tests, suite.failures, suite.errors, suite.skipped, suite.time) == (8, 3, 1, 2, 2.0)
    assert read_junit([]) == []


@given(found=hostile)
@settings(max_examples=40)
def test_junit_of_anything(found: list[Item]) -> None:
    cases = read_junit(found)
    assert [case.name for case in cases] == [" ".join(name(item).split("\n")) for item in found]
    for case, item in zip(cases, found, strict=True):
        assert [result.message for result in case.result] == ([headline(item)] if faults(item) else [])


# -- SARIF


@cache
def sarif_schema() -> Any:
    path = MULTITOOL / "sarif-2.1.0.json"
    need(path.exists(), "npm's @microsoft/sarif-multitool, see tests/reports/node/package.json")
    schema = json.loads(path.read_text(encoding="utf-8-sig"))
    return jsonschema.validators.validator_for(schema)(schema)


def read_sarif(found: Iterable[Item]) -> Any:
    """The one run of a document that the schema allows."""
    log = json.loads(written("sarif", found))
    sarif_schema().validate(log)
    (run,) = log["runs"]
    assert log["$schema"] == SCHEMA
    return run


@pytest.mark.parametrize("run", RUNS)
def test_sarif(run: str) -> None:
    found = read_sarif(RUNS[run])
    wanted = told(RUNS[run])
    rules = found["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == list(dict.fromkeys(fault.id for _, fault in wanted))
    for result, (item, fault) in zip(found["results"], wanted, strict=True):
        assert result["ruleId"] == rules[result["ruleIndex"]]["id"] == fault.id
        level = {FAILED: "error", KNOWN: "error", NO_ANSWER: "warning", UNSENT: "none", PASSED: "note"}[counts_as(item)]
        noted = bool(fault.first("note"))
        level = "note" if noted else level
        assert (result["level"], result["kind"]) == (level, "open" if level == "none" else "fail")
        assert ("suppressions" in result) is (counts_as(item) is KNOWN and not noted)
        assert re.fullmatch("[0-9a-f]{32}", result["partialFingerprints"]["corsdoctor/v1"])
        (place,) = result["locations"]
        if item.source is None:
            assert "physicalLocation" not in place
        else:
            physical = {"artifactLocation": {"uri": item.source}, "region": {"startLine": item.line}}
            assert place["physicalLocation"] == physical
        if isinstance(item, Report):
            assert [logical["fullyQualifiedName"] for logical in place["logicalLocations"]] == [
                "https://api.example/items"
            ]


def test_sarif_rules_are_those_of_the_catalogue() -> None:
    for rule in read_sarif(EVERYTHING)["tool"]["driver"]["rules"]:
        if rule["id"] in REQUIREMENTS:
            assert "helpUri" not in rule
            continue
        known = by_id(rule["id"])
        assert rule["helpUri"] == known.spec
        for part in (known.what, known.why, known.fix):
            assert part in rule["help"]["text"]
            assert part in rule["help"]["markdown"]
    assert not set(REQUIREMENTS) & {rule.id for rule in RULES}


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        ("a b/c#d.toml", "a%20b/c%23d.toml"),
        ("/srv/cors.toml", "file:///srv/cors.toml"),
        ("C:\\a b\\cors.toml", "file:///C:/a%20b/cors.toml"),
        ("sub\\cors.toml", "sub/cors.toml"),
        ("./cors.toml", "cors.toml"),
    ],
)
def test_sarif_paths(path: str, uri: str) -> None:
    (result,) = read_sarif([checked("trailing-slash")._replace(source=path)])["results"]
    physical = {"artifactLocation": {"uri": uri}, "region": {"startLine": 1}}
    assert result["locations"][0]["physicalLocation"] == physical


def test_sarif_passes_the_validator(tmp_path: Path) -> None:
    program = MULTITOOL / "Sarif.Multitool"
    need(program.exists(), "npm's @microsoft/sarif-multitool, see tests/reports/node/package.json")
    (tmp_path / "all.sarif").write_text(written("sarif", (*BATCH, *TEST)), encoding="utf-8")
    (tmp_path / "none.sarif").write_text(written("sarif", []), encoding="utf-8")
    command = [str(program), "validate", "all.sarif", "none.sarif"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout
    assert not re.findall(r"^.*: (?:error|warning) .*$", done.stdout, re.M)
    assert "2 files scanned" in done.stdout


def test_sarif_keeps_the_markup_of_others_out() -> None:
    """Sections 3.11.5 and 3.11.6: braces are doubled, and a server's brackets make no link."""
    value = "[click](https://evil.example/x) {0} [::1] \\"
    item = Report(diagnose_all(Scenario(ITEMS, APP), BROWSERS, lambda *_: Response(200, Headers(((ACAO, value),)))))
    (result,) = read_sarif([item])["results"]
    text = result["message"]["text"]
    assert "\\[click\\](https://evil.example/x) {{0}} \\[::1\\] \\\\" in text
    assert "[::1]" in plain_text("http://[::1]/")
    for rule in read_sarif(EVERYTHING)["tool"]["driver"]["rules"]:
        assert not re.search(r"(?<!\{)\{(?!\{)", rule["fullDescription"]["text"])


@given(found=hostile)
@settings(max_examples=15)
def test_sarif_of_anything(found: list[Item]) -> None:
    assert len(read_sarif(found)["results"]) == len(told(found))


# -- GitLab: no schema is published; this is what its documentation says.

ISSUES = jsonschema.Draft202012Validator(
    {
        "type": "array",
        "items": {
            "type": "object",
            "required": ["description", "check_name", "fingerprint", "severity", "location"],
            "additionalProperties": False,
            "properties": {
                "description": {"type": "string", "minLength": 1},
                "check_name": {"type": "string", "minLength": 1},
                "fingerprint": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
                "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
                "location": {
                    "type": "object",
                    "required": ["path", "lines"],
                    "additionalProperties": False,
                    "properties": {
                        "path": {"type": "string"},
                        "lines": {
                            "type": "object",
                            "required": ["begin"],
                            "additionalProperties": False,
                            "properties": {"begin": {"type": "integer", "minimum": 1}},
                        },
                    },
                },
            },
        },
    }
)


def read_gitlab(found: Iterable[Item]) -> Any:
    text = written("gitlab", found)
    assert not text.startswith("\ufeff")
    issues = json.loads(text)
    ISSUES.validate(issues)
    assert len({issue["fingerprint"] for issue in issues}) == len(issues)
    return issues


def test_gitlab() -> None:
    issues = read_gitlab(TEST)
    wanted = told(TEST)
    for issue, (item, fault) in zip(issues, wanted, strict=True):
        assert issue["check_name"] == fault.id
        assert issue["severity"] == ("info" if fault.first("note") else SEVERITIES[counts_as(item)])
        assert issue["location"] == {"path": "cors.toml", "lines": {"begin": item.line}}
        assert issue["description"].startswith(f"{item.id}: ")
    assert read_gitlab(CHECK)[0]["location"] == {"path": "https://api.example/items", "lines": {"begin": 1}}
    assert read_gitlab([]) == read_gitlab([line(1, "allowed")]) == []


@given(found=hostile)
@settings(max_examples=40)
def test_gitlab_of_anything(found: list[Item]) -> None:
    read_gitlab(found)


# -- TAP


def flags(item: Item) -> tuple[bool, bool, bool]:
    """(ok, todo, skip)"""
    became = counts_as(item)
    return became in (PASSED, UNSENT), became is KNOWN, became is UNSENT


def read_tap(found: Sequence[Item]) -> list[Any]:
    """The test points, as tap.py reads them."""
    lines = list(Parser().parse_text(written("tap", found)))
    assert [read.category for read in lines] == ["version", *["test"] * len(found), "plan"]
    assert lines[-1].expected_tests == len(found)
    return lines[1:-1]


def test_tap() -> None:
    for read, item in zip(read_tap(EVERYTHING), EVERYTHING, strict=True):
        assert (read.ok, read.todo, read.skip) == flags(item)
        assert read.description == f"- {name(item)}"
        if counts_as(item) is not PASSED:
            assert read.yaml_block["message"] == headline(item)
            assert read.yaml_block["rule"] == faults(item)[0].id
            assert read.yaml_block.get("file") == item.source
            assert read.yaml_block["why"] == "\n".join(fault.text for fault in faults(item)) + "\n"
        elif isinstance(item, Report) and item.judged is not None:
            assert read.yaml_block["duration_ms"] == 250.0
    passed_late = read_tap([item for item in TEST if item.id == "evil stays out"])[0]
    assert passed_late.yaml_block["message"].endswith("on try 2")


@given(found=hostile)
@settings(max_examples=60)
def test_tap_of_anything(found: list[Item]) -> None:
    for read, item in zip(read_tap(found), found, strict=True):
        assert (read.ok, read.todo, read.skip) == flags(item)
        if counts_as(item) is not PASSED:
            assert read.yaml_block["message"] == headline(item)


NASTY: Sequence[Item] = (
    *EVERYTHING,
    checked("trailing-slash")._replace(id="a # SKIP not really"),
    checked("trailing-slash")._replace(id="a # TODO {"),
    checked("allowed")._replace(id="a {"),
    checked("allowed")._replace(id="\\# \\"),
    judged("it's", "trailing-slash", ALLOWED, 1, known="it's # {"),
    Problem(3, "\x00\ud800 'quoted' \\ \"twice\" # {"),
)
PERL = """
use TAP::Parser;
my $text = do { local $/; <STDIN> };
my $parser = TAP::Parser->new({ tap => $text });
while (my $r = $parser->next) {
  if ($r->is_test) { print join("\\t", $r->is_actual_ok ? 1 : 0, $r->has_todo ? 1 : 0, $r->has_skip ? 1 : 0), "\\n" }
  if ($r->is_yaml) { print "yaml ", exists $r->data->{duration_ms} || $r->data->{message} ? 1 : 0, "\\n" }
}
die join("; ", $parser->parse_errors) if $parser->parse_errors;
"""


def test_tap_for_perl() -> None:
    need("perl", "Perl")
    text = written("tap", NASTY)
    done = subprocess.run(["perl", "-e", PERL], input=text, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    points = [line for line in done.stdout.splitlines() if not line.startswith("yaml")]
    assert points == ["\t".join(str(int(flag)) for flag in flags(item)) for item in NASTY]
    assert set(re.findall("yaml .", done.stdout)) == {"yaml 1"}


def test_tap_for_node() -> None:
    program = MODULES / "tap-parser" / "bin" / "cmd.cjs"
    need("node", "Node.js")
    need(program.exists(), "npm's tap-parser, see tests/reports/node/package.json")
    command = ["node", str(program), "--json=0"]
    text = written("tap", NASTY)
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=False, timeout=60)
    events = json.loads(done.stdout)
    points = [event[1] for event in events if event[0] == "assert"]
    assert [(p["ok"], bool(p["todo"]), bool(p["skip"])) for p in points] == [flags(item) for item in NASTY]
    assert [event for event in events if event[0] in ("extra", "child", "bailout")] == []
    assert not any(point["buffered"] for point in points), "no test point is taken for the start of a subtest"
    (end,) = [event[1] for event in events if event[0] == "complete"]
    assert (end["count"], [f for f in end["failures"] if f.get("tapError")]) == (len(NASTY), [])
    for point, item in zip(points, NASTY, strict=True):
        if counts_as(item) is not PASSED:
            assert point["diag"]["message"] == headline(item)


# -- CSV


def read_csv(found: Iterable[Item]) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(written("csv", found), newline=""), strict=True))


def test_csv() -> None:
    rows = read_csv(EVERYTHING)
    wanted = [
        (item, diagnosis)
        for item in EVERYTHING
        for diagnosis in (item.diagnoses if isinstance(item, Report) else [None])
    ]
    for row, (item, diagnosis) in zip(rows, wanted, strict=True):
        assert None not in row
        assert (row["outcome"], row["id"]) == (str(counts_as(item)), "" if item.id is None else str(item.id))
        assert row["line"] == ("" if item.line is None else str(item.line))
        if diagnosis is not None:
            rule = "" if diagnosis.failure is None else diagnosis.failure.rule.id
            assert (row["browser"], row["verdict"], row["rule"]) == (
                diagnosis.profile.name,
                str(diagnosis.verdict),
                rule,
            )
            assert bool(row["next"]) is (bool(rule) and counts_as(item) is not PASSED)
    by_id_ = {row["id"]: row for row in rows}
    assert by_id_["slash"]["got"] == "Access-Control-Allow-Origin: https://app.example/"
    assert by_id_["slash"]["wanted"] == "https://app.example"
    assert by_id_["others stay out"]["expected"] == "blocked"
    assert by_id_["shop sees the tag"]["expected"] == "allowed; a preflight; readable ETag"
    by_rule = judged("a", "trailing-slash", Expected(rule="acao-matches-origin"), 1)
    assert read_csv([by_rule])[0]["expected"] == "blocked by acao-matches-origin"
    assert by_id_["others stay out"]["came"] == "verdict: allowed"
    assert by_id_["shop may read"]["expected"] == "allowed"
    assert by_id_["shop may write"]["known"] == "the gateway answers OPTIONS from May on"
    assert (by_id_["shop may list"]["tries"], by_id_["shop may list"]["seconds"]) == ("2", "0.250")


@given(found=hostile)
@settings(max_examples=40)
def test_csv_of_anything(found: list[Item]) -> None:
    rows = read_csv(found)
    assert len(rows) == sum(len(item.diagnoses) if isinstance(item, Report) else 1 for item in found)
    for row in rows:
        assert None not in row
        assert None not in row.values()
        for column, value in row.items():
            assert not value.startswith(("=", "+", "-", "@")) or (column == "id" and value[1:].isdigit())


# -- Markdown


def rendered(found: Iterable[Item]) -> str:
    html: str = MarkdownIt("gfm-like", {"linkify": False}).render(written("markdown", found))
    return html


def cells(html: str) -> list[list[str]]:
    """The rows of all tables, without their heads."""
    rows = re.findall(r"<tr>\n(.*?)</tr>", html, re.S)
    return [re.findall(r"<td>(.*?)</td>", row, re.S) for row in rows if "<td>" in row]


def plain(html: str) -> str:
    return unescape(re.sub(r"</?code>", "", html))


@pytest.mark.parametrize("run", RUNS)
def test_markdown(run: str) -> None:
    found = RUNS[run]
    html = rendered(found)
    ordered = sorted(found, key=lambda item: counts_as(item) is PASSED)
    for row, item in zip(cells(html), ordered, strict=True):
        assert len(row) == (5 if run == "test" else 4)
        assert row[0].endswith(str(counts_as(item)))
        assert plain(row[1]) == name(item)
        assert [fault.id for fault in faults(item)] == re.findall(r"<code>([^<]*)</code>", row[-1])
    assert html.count("<details>") == html.count("</details>")
    failures = [item for item in found if counts_as(item) is not PASSED]
    assert html.count('<pre><code class="language-text">') == len(failures)


def test_markdown_of_nothing() -> None:
    assert rendered([]) == "<h3>✅ corsdoctor: nothing was checked</h3>\n"


def test_no_value_ends_a_summary_or_a_block() -> None:
    nasty = "</code></summary></details><script>alert(1)</script> @team"
    html = rendered([checked("trailing-slash")._replace(id=nasty)])
    assert "<script>" not in html
    assert (html.count("<details>"), html.count("</details>"), html.count("</summary>")) == (1, 1, 1)
    block = MarkdownIt().render(fenced("a\n````\n<b>\n```\n"))
    assert block == '<pre><code class="language-text">a\n````\n&lt;b&gt;\n```\n\n</code></pre>\n'


@given(found=hostile)
@settings(max_examples=60)
def test_markdown_of_anything(found: list[Item]) -> None:
    html = rendered(found)
    rows = cells(html)
    policy = any(isinstance(item, Report) and item.judged is not None for item in found)
    assert len(rows) == len(found)
    for row, item in zip(rows, sorted(found, key=lambda item: counts_as(item) is PASSED), strict=True):
        assert len(row) == (5 if policy else 4)
        assert plain(row[1]) == name(item)
        tags = set(re.findall(r"<(/?\w+)", "".join(row)))
        assert tags <= {"code", "/code", "a", "/a"}
    told = sum(counts_as(item) is not PASSED for item in found)
    assert html.count("<pre>") == told
    inside = re.sub(r"<pre>.*?</pre>|<summary>.*?</summary>|<td>.*?</td>", "", html, flags=re.S)
    assert not re.search(r"<(?:script|img|a|h[124-6]|ul|ol|blockquote|hr)\b", inside)


def test_the_worst_verdict_counts() -> None:
    """What counts as failed is what check exits with 1 for."""
    for case in ("disagree", "blocked-two-ways", "allowed"):
        report = checked(case)
        assert (counts_as(report) is FAILED) is (overall(d.verdict for d in report.diagnoses) == "blocked")
