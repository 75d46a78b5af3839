"""Generates docs/formats.md: what each format is for, with an example from its writer. Run `python -m docs.generate`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from textwrap import fill
from typing import Final

from corsdoctor.browsers import CHROMIUM
from corsdoctor.diagnose import diagnose_all
from corsdoctor.report import Item, Report
from corsdoctor.reports import FORMATS, write
from corsdoctor.reports.markdown import fenced
from corsdoctor.reports.requirements import REQUIREMENTS
from corsdoctor.reports.writer import Style
from corsdoctor.scenario import Scenario
from corsdoctor.suite.judge import Expected, Judged, judge
from corsdoctor.url import Origin
from corsdoctor.wire import Headers, Kind, Response, WireRequest

PAGE: Final = Path(__file__).parent / "formats.md"
INTRODUCTION: Final = """\
# Report formats

`--format X` writes a report to standard output, and `--format X=FILE` to a file. Repeat it for more reports; all but one
must name a file. `check`, `plan`, `preflight`, `batch`, `test` and `replay` support every format. The default is `text`, and `jsonl`
for `batch`. In a GitHub Actions workflow (`GITHUB_ACTIONS=true`) the default is `github` instead of `text`, unless standard
output is a terminal. An explicit `--format` always takes precedence.

```sh
corsdoctor test --format text --format junit=cors.xml --format sarif=cors.sarif
```

| format | for | stable |
| --- | --- | --- |
| [`text`](#text) | people at a terminal | no |
| [`json`](#json), [`jsonl`](#jsonl) | programs; has all details | yes: `schema_version`, and [a schema](../corsdoctor/reports/schema.json) that ships with the package |
| [`markdown`](#markdown) | a comment on a pull request, or a job summary | no |
| [`junit`](#junit) | the test report of Jenkins, GitLab and most others | yes: JUnit XML as in Jenkins' `junit-10.xsd` |
| [`sarif`](#sarif) | code scanning, and SARIF viewers in editors | yes: SARIF 2.1.0 |
| [`github`](#github) | annotations in GitHub Actions | no |
| [`gitlab`](#gitlab) | the Code Quality report of GitLab | yes: as documented by GitLab |
| [`tap`](#tap) | test harnesses that read TAP | yes: TAP version 13 |
| [`csv`](#csv) | spreadsheets and databases | yes: RFC 4180; columns are only added, at the end |
| [`html`](#html) | a page for people, in one file | no |
| [`mermaid`](#mermaid) | a sequence diagram in a wiki, an issue or a README | no |
| [`dot`](#dot) | the same as a picture, drawn by Graphviz | no |

Stable means: no field is renamed, moved or removed without a new `schema_version`, or a new major version of corsdoctor;
fields may be added. The sentences in a report are for people and may change in all formats, so use the ids. Rule ids are
permanent, and so are fingerprints (`corsdoctor/v1` in SARIF): they depend on the id of the item, the request (method, URL,
page, credentials, mode and the like, and the names of its headers) and the rule, but not on the line, the exact header
values of the server or the browsers. If you change the id of a case, its failure counts as new. Items that are equal in all
of this are distinguished by their order.

Passwords, tokens and cookies are masked in every format unless `--show-secrets` is given: each value is masked where it stands,
and names and sentences are left alone. If a server sends a secret of the request back somewhere else, it is masked there too,
unless it could be an ordinary word. Control characters, and characters that a
format does not allow, are escaped (`\\x1b`), so that a server cannot inject anything into a terminal, a page or a spreadsheet.

## How an item counts

An item is a request that was checked: a URL of `check`, a line of a batch, or a case of a policy.

| outcome | when | junit | sarif | github | gitlab | tap |
| --- | --- | --- | --- | --- | --- | --- |
| `passed` | allowed; in a policy: as expected | testcase | | | | `ok` |
| `failed` | blocked in a browser; in a policy: not as expected | `failure` | `error` | `error` | `critical` | `not ok` |
| `no answer` | no response, no time left, or an invalid line | `error` | `warning` | `error` | `major` | `not ok` |
| `not sent` | not determined: the request was not sent, because it may change data | `skipped` | `open` | `warning` | `minor` | `ok`, `SKIP` |
| `known` | a known failure of the policy | `skipped` | suppressed | | `info` | `not ok`, `TODO` |

Anything else that is worth knowing is reported separately, whatever the outcome of the item: as a `note` in SARIF, a
`notice` in GitHub, an `info` in GitLab (in these three once per rule, at the first item that has it, because a server on
localhost has one for every case), as `notes` in TAP and CSV, and in the `system-out` of JUnit. These are the notes that
`--fail-on note` counts, and two that never count: a case that passed only on a retry (`--retry`), and a response that
arrived only after a 429 (`--retry-after`).

The cause of a failure is the id of a rule (`corsdoctor rules` lists them), or one of these:
"""
EXIT_STATUS: Final = """\
## The exit status

`--fail-on LEVEL` selects what makes the exit status differ from 0: `blocked` (1), `error` (3: no response, a
capture that lacks what decides, or invalid input), `unsent` (4), `note` (1: worth knowing, but blocks nothing). Separate several levels with commas, or repeat the
option; 1 takes precedence over 3, and 3 over 4. The default is all but `note` for `check` and `plan`, `blocked` and `error`
for `preflight`, `test` and `replay`, and none for `batch`.

Status 0 means that something was judged. A run in which nothing was judged, because no server responded or no line could be
read, exits with 3 whatever `--fail-on` is, and with 4 if no request was sent at all (a method that may change data, without
`--send` and without a preflight request). This is the same for `check`, `preflight`, `batch` and `test`. In detail:

| run | exit status |
| --- | --- |
| `batch` of an empty file, or of comments only | 3 |
| `batch` where neither `--origin` nor any line names an origin | 2, before anything is sent or written |
| `batch --shard I/N` where other parts have all the lines | 0: those parts judge them; for an empty file each part exits with 3 |
| `batch --resume FILE` with nothing left to do | that of the results in FILE |
| `check -` without a URL, `test` where `-m` selects no case, a policy without cases or with skipped ones only | 2 |
| `test` where each case has no response, or is blocked only by a 404, a 429 or a 5xx | 3 |
| `preflight` where no preflight request is needed | 0 |
| `replay` of a file in which CORS concerns no request | 0; 3 if it has no entries at all |

With `--exit-zero` the status is 0 whatever the result is, even if nothing was judged. Wrong usage still exits with 2.
"""
NOTES: Final = {
    "text": (
        "The verdict, what failed, the cause and the fix, then the requests and responses line by line. With `test`: the failures "
        "and a summary; `-v` shows all cases."
    ),
    "json": (
        "One object, as here for the second case, or an array if there can be several items. Only `test` writes `case`, and only `replay` `entry` and `summary`. An invalid item "
        'is `{"schema_version": 1, "id": ..., "line": ..., "error": ...}`.'
    ),
    "jsonl": "The same objects, one per line, each written as soon as it is known.",
    "markdown": (
        "A summary, a table of what did not pass, and the rest folded. It has at most 65,000 characters, because a "
        "comment on GitHub is limited to 65,536. What does not fit is counted."
    ),
    "junit": (
        "One testsuite with a testcase for each item, named by its id or its request, with the host as class. `system-out` has "
        "the report as in `text`, and `system-err` the console messages of the browsers; for what passed, only what was judged. It is "
        "written at the end, because the counts come first."
    ),
    "sarif": (
        "One run with a result for each failure, located in the policy or the batch if it comes from one, and at its "
        "URL. GitHub code scanning accepts only results in a file, such as those of `test` or of a batch. Paths are relative to "
        "the working directory. (Indented here.)"
    ),
    "github": (
        "One annotation for each failure, at its line if it has one, and a notice with the summary. GitHub shows the first ten "
        "errors, ten warnings and ten notices of a step, and cuts a message at 4,096 characters; the others are in the log."
    ),
    "gitlab": (
        "An array of the failures. GitLab compares the fingerprints of two runs: a merge request shows what is new and what is "
        "fixed. If a request does not come from a file, its URL is the path. Paths are relative to the working directory: run "
        "the command at the root of the repository."
    ),
    "tap": (
        "A line for each item, with a YAML block for details. It is version 13 because not all readers support 14. `#` "
        "in a name is written as a wide `＃`, because `#` starts a directive."
    ),
    "html": (
        "One file that needs nothing else, for a browser: the verdicts, the reason and the fix, a sequence diagram, the annotated "
        "headers, every step, the console messages and the configuration to copy. Of several items, a table that filters and "
        "sorts, a matrix of origins and requests, and the whole report of each item. Only the script of the file itself can run. "
        "(The beginning of one item here.)"
    ),
    "mermaid": (
        "The requests and responses as a sequence diagram of Mermaid, which GitHub, GitLab and most wikis draw: the headers that "
        "matter, and the rule that failed. Of several items, each stands in a frame with its name."
    ),
    "dot": (
        "The same as a graph of Graphviz with numbered arrows. Each item is a graph of its own: `dot -Tsvg -O FILE` draws a file "
        "for each."
    ),
    "csv": (
        "A row of column names, then a row for each item and browser; lines end in CR LF. A text that a spreadsheet would read as a "
        "formula (it starts with `=`, `+`, `-` or `@`) gets an apostrophe. A field is empty if it is unknown or does not apply."
    ),
}
_LANGUAGES: Final = {
    "text": "text", "json": "json", "jsonl": "json", "markdown": "markdown", "junit": "xml", "sarif": "json", "github": "text",
    "gitlab": "json", "tap": "text", "csv": "text", "html": "html", "mermaid": "mermaid", "dot": "dot",
}  # fmt: skip


def page() -> str:
    """The whole page."""
    return "\n".join(_lines())


def _lines() -> Iterator[str]:
    yield INTRODUCTION
    yield "| id | what it requires | next step |"
    yield "| --- | --- | --- |"
    yield from (f"| `{r.id}` | {r.title} | {r.fix} |" for r in REQUIREMENTS.values())
    yield ""
    yield EXIT_STATUS
    yield "## Examples"
    yield ""
    yield "Two cases of a policy, in Chromium alone: the shop may read one URL, as expected, but not the other."
    yield ""
    for name in FORMATS:
        yield f'### <a id="{name}"></a>`{name}`'
        yield ""
        yield fill(NOTES[name], 125)
        yield ""
        yield fenced(example(name)).replace("text\n", f"{_LANGUAGES[name]}\n", 1)
    yield "Generated by docs/formats.py: run `python -m docs.generate` after changing the writers.\n"


def example(name: str) -> str:
    """What the writer of that format makes of the cases, without its last line feed."""
    cases = _cases()[1:] if name in ("json", "html") else _cases()  # one of these is long enough
    text = write(name, cases, Style(), several=len(cases) > 1).replace("\r\n", "\n").removesuffix("\n")
    if name == "sarif":
        return re.sub(r'"semanticVersion": ".*"', '"semanticVersion": "..."', json.dumps(json.loads(text), indent=2))
    if name == "html":
        return text[text.index("<article>") : text.index("<section>")].rstrip()
    return re.sub(r" in [0-9.]+ s$", " in 0.1 s", text)


def _cases() -> tuple[Item, Item]:
    shop = "https://shop.example"
    return (
        _case("shop reads prices", 6, "https://api.example/prices", shop, shop),
        _case("shop reads orders", 11, "https://api.example/orders", shop, f"{shop}/"),
    )


def _case(id: str, line: int, url: str, page: str, allows: str) -> Report:
    headers = Headers((("Access-Control-Allow-Origin", allows), ("Vary", "Origin")))

    def send(_kind: Kind, _request: WireRequest) -> Response:
        return Response(200, headers, "OK")

    scheme, _, host = page.partition("://")
    scenario = Scenario(url, Origin(scheme, host), user_agent="Mozilla/5.0")  # the usual one names our version
    diagnoses = diagnose_all(scenario, (CHROMIUM,), send)
    expected = Expected("allowed")
    judged = Judged(expected, judge(expected, diagnoses), seconds=0.041)
    return Report(diagnoses, id=id, line=line, judged=judged, source="cors.toml")


def write_page() -> None:
    """Writes the page."""
    PAGE.write_text(page(), encoding="utf-8")
