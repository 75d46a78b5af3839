"""docs/formats.md is made of what the writers write, and says what is true."""

from __future__ import annotations

import re
from pathlib import Path
from textwrap import fill

import pytest
from click import Context

from corsdoctor.cli import corsdoctor
from corsdoctor.levels import LEVELS, counts_as
from corsdoctor.reports import FORMATS
from corsdoctor.reports.gitlab import SEVERITIES
from corsdoctor.suite.outcome import CaseOutcome
from docs.formats import NOTES, PAGE, example, page
from tests.reports.runs import BATCH, TEST
from tests.reports.test_formats import written


def test_the_page_is_fresh() -> None:
    """Where this fails: python -m docs.generate"""
    assert PAGE.read_text(encoding="utf-8") == page()


@pytest.mark.parametrize("name", FORMATS)
def test_each_format_has_an_example(name: str) -> None:
    text = page()
    assert f'### <a id="{name}"></a>`{name}`\n\n{fill(NOTES[name], 125)}\n\n```' in text
    assert f"\n{example(name)}\n```" in text
    assert f"](#{name})" in text
    assert "shop reads orders" in example(name)


def test_the_page_names_all_outcomes_and_levels() -> None:
    rows = dict(
        re.findall(
            r"^\| `([a-z ]+)` \|(.*)\|$", page().partition("## How an item")[2].partition("What decides")[0], re.M
        )
    )
    assert set(rows) == {str(became) for became in CaseOutcome}
    for became, severity in SEVERITIES.items():
        assert f"`{severity}`" in rows[str(became)]
    for level in LEVELS:
        assert f"`{level}`" in page().partition("## The exit status")[2].partition("## Examples")[0]


def test_the_table_of_outcomes_is_true() -> None:
    rows = dict(re.findall(r"^\| `([a-z ]+)` \|(.*)\|$", page().partition("## How an item")[2], re.M))
    for item in (*BATCH, *TEST):
        _, junit, sarif, github, _, tap = (
            cell.strip().replace("`", "") for cell in rows[str(counts_as(item))].split("|")
        )
        if junit != "testcase":
            assert f"<{junit} " in written("junit", [item])
        if sarif not in ("", "suppressed"):
            assert f'"{sarif}"' in written("sarif", [item])
        assert ('"suppressions"' in written("sarif", [item])) is (sarif == "suppressed")
        assert written("github", [item]).startswith(f"::{github} " if github else "::notice ")
        ok, _, directive = tap.partition(", ")
        point = written("tap", [item]).split("\n")[1]
        assert point.startswith(f"{ok} 1 - ")
        assert f"# {directive} " in point if directive else "# " not in point


def test_who_has_the_formats() -> None:
    """The page says which commands have them, and what counts by default."""
    for name in ("check", "plan", "preflight", "batch", "test"):
        command = corsdoctor.get_command(Context(corsdoctor), name)
        assert command is not None
        options = {opt: param for param in command.params for opt in param.opts}
        assert {"--format", "--fail-on", "--exit-zero"} <= options.keys()
        usual = {"batch": "none", "preflight": "blocked,error", "test": "blocked,error"}.get(
            name, "blocked,error,unsent"
        )
        assert f"[{usual}]" in str(getattr(options["--fail-on"], "help", ""))


def test_links_lead_somewhere() -> None:
    for target in re.findall(r"\]\((?!#|https:)([^)]+)\)", page()):
        assert (PAGE.parent / Path(target)).exists(), target
