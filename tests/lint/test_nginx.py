"""The rules for nginx, on what crossplane reads."""

from __future__ import annotations

import pytest

from corsdoctor.audit.weigh import Severity
from corsdoctor.lint_file import lint_file
from tests.lint.cases import Case, named
from tests.lint.nginx_cases import CASES, CLEAN
from tests.lint.writing import Write


def whole(text: str) -> str:
    """A file of two parts as one block each."""
    before, _, inside = text.partition("---\n")
    return f"http {{\n{before}\nserver {{\n{inside}\n}}\n}}\n"


@pytest.mark.parametrize("case", CASES, ids=named)
def test_what_is_found(case: Case, write: Write) -> None:
    found = lint_file(write("bad.conf", whole(case.bad)), "nginx").findings
    assert tuple(one.weakness.id for one in found) == case.found
    assert lint_file(write("good.conf", whole(case.good)), "nginx").findings == ()


@pytest.mark.parametrize("text", CLEAN)
def test_what_is_not_found(text: str, write: Write) -> None:
    assert lint_file(write("nginx.conf", whole(text)), "nginx").findings == ()


def test_the_place_is_that_of_the_line(write: Write) -> None:
    text = "server {\n\n  add_header\n  Access-Control-Allow-Origin 'null' always;\n}\n"
    linted = lint_file(write("nginx.conf", text))
    assert linted.severity is Severity.LOW
    [found] = linted.findings
    assert (found.line, found.column, str(found.severity)) == (3, None, "low")
