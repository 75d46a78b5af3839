"""Makes docs/formats.md: what each format is for, and an example that the writers made. `python -m docs.generate` writes it."""

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

`--format X` writes a report to standard output, `--format X=FILE` into a file; repeat it for more, each but one into a file.
`check`, `plan`, `preflight`, `batch` and `test` have them all. Without it they write `text`, and `batch` writes `jsonl`. In a
workflow of GitHub Actions (`GITHUB_ACTIONS=true`) that is `github` instead of `text`, unless standard output is a terminal.
What was asked for always wins.

```sh
corsdoctor test --format text --format junit=cors.xml --format sarif=cors.sarif
```

| format | for | stable |
| --- | --- | --- |
| [`text`](#text) | people at a terminal | no |
| [`json`](#json), [`jsonl`](#jsonl) | programs; all there is to know | yes: `schema_version`, and [a schema](../corsdoctor/reports/schema.json) that ships with the package |
| [`markdown`](#markdown) | a comment on a pull request, a job's summary | no |
| [`junit`](#junit) | the test report of Jenkins, GitLab and most others | yes: JUnit XML as Jenkins' `junit-10.xsd` has it |
| [`sarif`](#sarif) | code scanning, and viewers of SARIF in editors | yes: SARIF 2.1.0 |
| [`github`](#github) | annotations of a workflow of GitHub Actions | no |
| [`gitlab`](#gitlab) | the Code Quality report of GitLab | yes: as GitLab documents it |
| [`tap`](#tap) | test harnesses that read TAP | yes: TAP version 13 |
| [`csv`](#csv) | spreadsheets and databases | yes: RFC 4180; columns are only added, at the end |

Stable means: what is there is not renamed, moved or removed without a new `schema_version`, or a new major version of
corsdoctor; fields may be added. The sentences in a report are for people and may change in all formats: go by ids. Ids of rules
are permanent, and so are fingerprints (`corsdoctor/v1` in SARIF): they follow from the item's id, the request (method, URL, page,
credentials, mode and the like, the names of its headers) and the rule, not from the line, the server's exact words or the
browsers. Give a case another id, and what is wrong with it is new. Items that are alike in all this are told apart by their
order.

Passwords, tokens and cookies are masked in every format unless `--show-secrets` is given: each value is masked where it stands,
and names and sentences are left alone. If a server sends a secret of the request back somewhere else, it is masked there too,
unless it could be an ordinary word. Control characters, and what a
format does not allow, are escaped (`\\x1b`), so that no server can write to a terminal, a page or a spreadsheet.

## How an item counts

An item is a request that was checked: a URL of `check`, a line of a batch, a case of a policy.

| outcome | when | junit | sarif | github | gitlab | tap |
| --- | --- | --- | --- | --- | --- | --- |
| `passed` | allowed; of a policy: as expected | testcase | | | | `ok` |
| `failed` | blocked in a browser; of a policy: something came otherwise | `failure` | `error` | `error` | `critical` | `not ok` |
| `no answer` | no answer came, no time was left, or a line can't be understood | `error` | `warning` | `error` | `major` | `not ok` |
| `not sent` | nothing said no, but the request may change data | `skipped` | `open` | `warning` | `minor` | `ok`, `SKIP` |
| `known` | it failed, which the policy puts up with | `skipped` | suppressed | | `info` | `not ok`, `TODO` |

What is worth knowing besides, whatever became of the item, is told as what it is: a `note` of SARIF, a `notice` of GitHub, an
`info` of GitLab (in these three one for each rule, at the first item that has it, since a server on localhost has one for every
case), `notes` of TAP and CSV, and in the `system-out` of JUnit. These are the notes that `--fail-on note` counts, and also what does not count at all: a case that passed only when it was tried again
(`--retry`), and an answer that came only after a 429 (`--retry-after`).

What decides is named by the id of a rule (`corsdoctor rules` lists them), or by one of these:
"""
EXIT_STATUS: Final = """\
## The exit status

`--fail-on LEVEL` says for what a command ends with another status than 0: `blocked` (1), `error` (3: no answer, or what can't be
understood), `unsent` (4), `note` (1: something worth knowing that blocks nothing). Several go by commas or by repeating; 1 comes
before 3 before 4. Without it these are all but `note` for `check` and `plan`, `blocked` and `error` for `preflight` and `test`,
and none for `batch`.

Status 0 means that something was judged. A run in which nothing was judged, because no server answered or no line could be read,
ends with 3 whatever `--fail-on` says, and with 4 if no request was sent at all (a method that may change data, without `--send`
and without a preflight request). That holds for `check`, `preflight`, `batch` and `test`. In detail:

| run | exit status |
| --- | --- |
| `batch` of an empty file, or of comments only | 3 |
| `batch` where neither `--origin` nor any line names an origin | 2, before anything is sent or written |
| `batch --shard I/N` where other parts have all the lines | 0: those parts judge them, and an empty file is 3 in each part |
| `batch --resume FILE` with nothing left to do | that of the answers in FILE |
| `check -` without a URL, `test` where `-k` selects no case, a policy without cases or with skipped ones only | 2 |
| `test` where each case has no answer, or is blocked only by a 404, a 429 or a 5xx | 3 |
| `preflight` where no preflight request is needed | 0 |

`--exit-zero` ends with 0 whatever the report says, even if nothing was judged; wrong usage is still 2.
"""
NOTES: Final = {
    "text": (
        "What was asked and answered, line by line, then the verdict, why, and the next step. With `test`: the failures and a "
        "summary; `-v` shows all cases."
    ),
    "json": (
        "One object, as here for the second case; an array where several items may come. `case` is there with `test` only. An item that can't be understood "
        'is `{"schema_version": 1, "id": ..., "line": ..., "error": ...}`.'
    ),
    "jsonl": "The same objects, one a line, each written as soon as it is known.",
    "markdown": (
        "A summary, a table of what did not pass, and the rest folded. It never has more than 65,000 characters, because a "
        "comment on GitHub takes 65,536: what there is no room for is counted."
    ),
    "junit": (
        "One testsuite with a testcase for each item, named by its id or by what it asks, with the host as class. `system-out` has "
        "the report as `text` shows it, `system-err` what the browsers' consoles say; of what passed only what was judged. It is written at the end, since the counts "
        "come first."
    ),
    "sarif": (
        "One run with a result for each thing that is wrong, located in the policy or the batch where it comes from one, and at its "
        "URL. GitHub's code scanning takes only results in a file: give it those of `test` or of a batch. Paths are relative to where the command runs. (Indented here.)"
    ),
    "github": (
        "One annotation for each failure, at its line where there is one, and a notice with the summary. GitHub shows the first ten "
        "errors, ten warnings and ten notices of a step, and cuts a message at 4,096 characters; the others are in the log."
    ),
    "gitlab": (
        "An array of what is wrong. GitLab compares the fingerprints of two runs: a merge request shows what is new and what is "
        "fixed. Where a request comes from no file, its URL stands for the path. Paths are relative to where the command runs: run it where "
        "the repository begins."
    ),
    "tap": (
        "A line for each item, with a YAML block where there is more to say. It is version 13 because not all readers take 14. `#` "
        "in a name is written as a wide `＃`, since it starts a directive."
    ),
    "csv": (
        "A row for each item and browser under a row of names; lines end in CR LF. A text that a spreadsheet would take for a "
        "formula (`=`, `+`, `-`, `@` in front) gets an apostrophe. Empty is what is not known or does not apply."
    ),
}
_LANGUAGES: Final = {
    "text": "text", "json": "json", "jsonl": "json", "markdown": "markdown", "junit": "xml", "sarif": "json", "github": "text",
    "gitlab": "json", "tap": "text", "csv": "text",
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
    yield "Made by docs/formats.py: run `python -m docs.generate` after a change of the writers.\n"


def example(name: str) -> str:
    """What the writer of that format makes of the cases, without its last line feed."""
    cases = _cases()[1:] if name == "json" else _cases()  # one object is long enough
    text = write(name, cases, Style(), several=len(cases) > 1).replace("\r\n", "\n").removesuffix("\n")
    if name == "sarif":
        return re.sub(r'"semanticVersion": ".*"', '"semanticVersion": "..."', json.dumps(json.loads(text), indent=2))
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
