"""The rules for JavaScript and TypeScript."""

from __future__ import annotations

import pytest

from corsdoctor.lint_file import lint_file
from tests.lint.cases import Case, named
from tests.lint.javascript_cases import CASES, CLEAN, FOUND
from tests.lint.writing import Write


@pytest.mark.parametrize("suffix", ["mjs", "ts", "tsx"])
@pytest.mark.parametrize("case", CASES, ids=named)
def test_what_is_found(case: Case, suffix: str, write: Write) -> None:
    found = lint_file(write(f"bad.{suffix}", case.bad)).findings
    assert tuple(one.weakness.id for one in found) == case.found
    assert lint_file(write(f"good.{suffix}", case.good)).findings == ()


@pytest.mark.parametrize(("text", "count"), FOUND)
def test_other_ways_to_write_it(text: str, count: int, write: Write) -> None:
    assert len(lint_file(write("app.js", text)).findings) == count


@pytest.mark.parametrize("text", CLEAN)
def test_what_is_not_found(text: str, write: Write) -> None:
    assert lint_file(write("app.js", text)).findings == ()
