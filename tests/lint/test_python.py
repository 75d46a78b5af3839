"""The rules for Python."""

from __future__ import annotations

import pytest

from corsdoctor.lint_file import lint_file
from tests.lint.cases import STRANGER, Case, named
from tests.lint.python_cases import CASES, CLEAN
from tests.lint.writing import Write


@pytest.mark.parametrize("case", CASES, ids=named)
def test_what_is_found(case: Case, write: Write) -> None:
    found = lint_file(write("bad.py", case.bad)).findings
    assert tuple(one.weakness.id for one in found) == case.found
    assert case.origin in (STRANGER, "null") or case.origin in found[0].what
    assert lint_file(write("good.py", case.good)).findings == ()


@pytest.mark.parametrize("text", CLEAN)
def test_what_is_not_found(text: str, write: Write) -> None:
    assert lint_file(write("app.py", text)).findings == ()


def test_flask_cors_with_null(write: Write) -> None:
    found = lint_file(
        write("app.py", "from flask_cors import cross_origin\n@cross_origin(origins=['null'])\ndef f(): ...\n")
    ).findings
    assert [(one.weakness.id, str(one.severity)) for one in found] == [("null-origin-allowed", "low")]


def test_the_place_counts_characters(write: Write) -> None:
    [found] = lint_file(
        write("app.py", "x = 'é'; CORSMiddleware(a, allow_origins='*', allow_credentials=True)")
    ).findings
    assert (found.line, found.column) == (1, 42)


def test_a_very_long_line_has_no_columns(write: Write) -> None:
    text = "CORSMiddleware(a, allow_origins='*', allow_credentials=True);" * 200
    assert {one.column for one in lint_file(write("app.py", text)).findings} == {None}
