"""Reports: data in, text out. Writers decide nothing; a new format is a file and a line in `FORMATS`.

for people        text, with answer, replay_text, cure_text, prescription_text, problem_text, suite_text, summary;
                  for the other kinds of reports audit_text, flow_text, capture_text, lint_text, observed_text;
                  html/
pages             explanation of a message, rule_page, kind_page, proof_page
for programs      json_ and jsonl, with json_objects, audit_json, flow_json, capture_json, lint_json,
                  observed_json, cure_json, parsed_json; csv_, har
for pipelines     github, gitlab, junit, markdown, sarif, tap; audit_lists and audit_sarif for audits; what they
                  share is in faults, requirements, fingerprints, tally
diagrams          sequence.py has what a diagram shows: terminal_diagram.py draws it for the terminal, html/svg.py
                  for a page, mermaid.py and dot.py for other tools
what is said      wording, messages, refused, replay, evidence, unmet, severities
what is alike     alike, notes, exchanges
what is masked    secrets, masks, cure_masks, echoes, changing
how it is set     content.py is what a text report consists of, layout.py makes lines of it; tables, writer
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from corsdoctor.reports.writer import Style, Writer

if TYPE_CHECKING:
    from corsdoctor.report import Item


def _text(style: Style, several: bool) -> Writer:
    from corsdoctor.reports.text import Text

    return Text(style, several=several)


def _json(style: Style, several: bool) -> Writer:  # noqa: ARG001 (JSON looks alike everywhere)
    from corsdoctor.reports.json_ import Json

    return Json(several=several)


def _jsonl(style: Style, several: bool) -> Writer:  # noqa: ARG001
    from corsdoctor.reports.jsonl import JsonLines

    return JsonLines()


def _markdown(style: Style, several: bool) -> Writer:  # noqa: ARG001
    from corsdoctor.reports.markdown import Markdown

    return Markdown()


def _junit(style: Style, several: bool) -> Writer:  # noqa: ARG001
    from corsdoctor.reports.junit import Junit

    return Junit()


def _sarif(style: Style, several: bool) -> Writer:  # noqa: ARG001
    from corsdoctor.reports.sarif import Sarif

    return Sarif()


def _github(style: Style, several: bool) -> Writer:  # noqa: ARG001
    from corsdoctor.reports.github import GitHub

    return GitHub()


def _gitlab(style: Style, several: bool) -> Writer:  # noqa: ARG001
    from corsdoctor.reports.gitlab import GitLab

    return GitLab()


def _tap(style: Style, several: bool) -> Writer:  # noqa: ARG001
    from corsdoctor.reports.tap import Tap

    return Tap()


def _csv(style: Style, several: bool) -> Writer:  # noqa: ARG001
    from corsdoctor.reports.csv_ import Csv

    return Csv()


def _mermaid(style: Style, several: bool) -> Writer:
    from corsdoctor.reports.mermaid import Mermaid

    return Mermaid(style, several=several)


def _dot(style: Style, several: bool) -> Writer:  # noqa: ARG001
    from corsdoctor.reports.dot import Dot

    return Dot(style)


def _html(style: Style, several: bool) -> Writer:
    from corsdoctor.reports.html.writer import Html

    return Html(style, several=several)


MakeWriter = Callable[[Style, bool], Writer]
FORMATS: dict[str, MakeWriter] = {
    "text": _text, "json": _json, "jsonl": _jsonl, "markdown": _markdown, "junit": _junit, "sarif": _sarif,
    "github": _github, "gitlab": _gitlab, "tap": _tap, "csv": _csv,
    "html": _html, "mermaid": _mermaid, "dot": _dot,
}  # fmt: skip
"""By name, what makes a writer for one run; its bool is true if there may be several items. Imported when called."""

LINT_FORMATS = ("text", "json", "jsonl", "sarif", "github")
"""The formats whose writers have what lint finds."""


def _of_audits(name: str) -> Callable[[Style, bool], Any]:
    def made(style: Style, several: bool) -> Any:  # noqa: ARG001
        from corsdoctor.reports import audit_lists

        return getattr(audit_lists, name)()

    return made


AUDIT_FORMATS: dict[str, Callable[[Style, bool], Any]] = {
    **{name: FORMATS[name] for name in ("text", "json", "jsonl", "sarif", "html")},
    "markdown": _of_audits("Markdown"), "junit": _of_audits("Junit"), "github": _of_audits("GitHub"),
    "gitlab": _of_audits("GitLab"), "tap": _of_audits("Tap"), "csv": _of_audits("Csv"),
}  # fmt: skip
"""By name, what makes a writer for the audits of one run, which has `add_audit`."""


def write(format_: str, items: Iterable[Item], style: Style, *, several: bool = False) -> str:
    """The whole text of a writer for `items`."""
    writer = FORMATS[format_](style, several)
    return "".join([writer.begin(), *(writer.add(item) for item in items), writer.end()])
