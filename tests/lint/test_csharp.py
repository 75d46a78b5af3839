"""The rules for C#."""

from __future__ import annotations

import pytest

from corsdoctor.audit.weigh import Severity
from corsdoctor.lint_file import lint_file
from tests.lint.cases import Case, named
from tests.lint.csharp_cases import CASES, CLEAN
from tests.lint.writing import Write

FILE = 'builder.Services.AddCors(options =>\n{\n    options.AddPolicy("app", policy => %s);\n});\n'


@pytest.mark.parametrize("case", CASES, ids=named)
def test_what_is_found(case: Case, write: Write) -> None:
    found = lint_file(write("Bad.cs", FILE % case.bad)).findings
    assert case.found[0] in {one.weakness.id for one in found}
    assert {(one.severity, one.line) for one in found} == {(Severity.HIGH if case.reads else Severity.LOW, 3)}
    assert lint_file(write("Good.cs", FILE % case.good)).findings == ()


@pytest.mark.parametrize("policy", CLEAN)
def test_what_is_not_found(policy: str, write: Write) -> None:
    assert lint_file(write("App.cs", FILE % policy)).findings == ()


def test_statements_of_a_block_are_about_one_policy(write: Write) -> None:
    block = "{ policy.AllowAnyOrigin(); policy.AllowCredentials(); }"
    [found] = lint_file(write("App.cs", FILE % block)).findings
    assert (found.weakness.id, found.impact) == (
        "wildcard-with-credentials",
        "The application throws an exception where it uses this policy.",
    )
    two = "{ a.AllowAnyOrigin(); b.AllowCredentials(); }"
    assert lint_file(write("App.cs", FILE % two)).findings == ()
