"""The rules for PHP."""

from __future__ import annotations

import pytest

from corsdoctor.audit.weigh import Severity
from corsdoctor.lint_file import lint_file
from tests.lint.cases import Case, named
from tests.lint.php_cases import CASES, CLEAN, LARAVEL, LARAVEL_CLEAN
from tests.lint.writing import Write

FILE = "<?php\n\n%s\n"


@pytest.mark.parametrize("case", [*CASES, *LARAVEL], ids=named)
def test_what_is_found(case: Case, write: Write) -> None:
    [found] = lint_file(write("bad.php", FILE % case.bad)).findings
    severity = Severity.HIGH if case.reads else Severity.LOW
    assert (found.weakness.id, found.severity, found.line) == (*case.found, severity, 3)
    assert lint_file(write("good.php", FILE % case.good)).findings == ()


@pytest.mark.parametrize("text", [*CLEAN, *LARAVEL_CLEAN])
def test_what_is_not_found(text: str, write: Write) -> None:
    assert lint_file(write("app.php", FILE % text)).findings == ()
