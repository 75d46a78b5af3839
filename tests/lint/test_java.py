"""The rules for Java."""

from __future__ import annotations

import pytest

from corsdoctor.audit.weigh import Severity
from corsdoctor.lint_file import lint_file
from tests.lint.cases import Case, named
from tests.lint.java_cases import ANNOTATIONS, CASES, CLEAN, READ
from tests.lint.writing import Write

FILE = """\
package app;

class Config {
    Config() { super(); }

    void made() {
        CorsConfiguration config = new CorsConfiguration();
        %s
    }
}
"""
CLASS = "package app;\n\n%s\nclass Items {\n    int field = 1;\n}\n"


@pytest.mark.parametrize("case", [*CASES, *READ], ids=named)
def test_what_is_found(case: Case, write: Write) -> None:
    [found] = lint_file(write("Bad.java", FILE % case.bad)).findings
    assert (found.weakness.id, found.severity, found.line) == (*case.found, Severity.HIGH, 8)
    assert lint_file(write("Good.java", FILE % case.good)).findings == ()


@pytest.mark.parametrize("body", CLEAN)
def test_what_is_not_found(body: str, write: Write) -> None:
    assert lint_file(write("App.java", FILE % body)).findings == ()


@pytest.mark.parametrize(("annotation", "expected"), ANNOTATIONS)
def test_annotations(annotation: str, expected: str | None, write: Write) -> None:
    found = [one.weakness.id for one in lint_file(write("Items.java", CLASS % annotation)).findings]
    assert found == ([] if expected is None else [expected])


def test_a_configuration_that_somebody_else_made(write: Write) -> None:
    text = FILE.replace("new CorsConfiguration()", "given()") % CASES[0].bad
    assert lint_file(write("App.java", text)).findings == ()
    text = FILE.replace("new CorsConfiguration()", "new Other()") % CASES[0].bad
    assert lint_file(write("App.java", text)).findings == ()
