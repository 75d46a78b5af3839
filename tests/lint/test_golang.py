"""The rules for Go."""

from __future__ import annotations

import pytest

from corsdoctor.lint_file import lint_file
from tests.lint.cases import Case, named
from tests.lint.golang_cases import CASES, CLEAN
from tests.lint.writing import Write

FILE = 'package app\n\nimport (\n\t"net/http"\n\t%s\n)\n\nvar settings = %s{%s}\nvar other = []cors.Options{}\n'


def program(id: str, settings: str) -> str:
    if id.startswith("gin"):
        return FILE % ('"github.com/gin-contrib/cors"', "cors.Config", settings)
    return FILE % ('named "github.com/rs/cors"', "named.Options", settings)


@pytest.mark.parametrize("case", CASES, ids=named)
def test_what_is_found(case: Case, write: Write) -> None:
    found = lint_file(write("bad.go", program(case.id, case.bad))).findings
    assert tuple(one.weakness.id for one in found) == case.found
    assert lint_file(write("good.go", program(case.id, case.good))).findings == ()


@pytest.mark.parametrize("settings", CLEAN)
def test_what_is_not_found(settings: str, write: Write) -> None:
    assert lint_file(write("app.go", program("rs", settings))).findings == ()
