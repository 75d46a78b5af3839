"""Each mistake that lint finds in PHP's own header() is one: PHP's server runs with it, and without it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.lint.cases import Case, named
from tests.lint.php_cases import CASES
from tests.lint_run.reading import reads
from tests.recipes.contract import free_port, need, running


@pytest.mark.parametrize("case", CASES, ids=named)
def test_the_mistake_is_one(case: Case, tmp_path: Path) -> None:
    need("php", "Debian's php-cli")
    for text, expected in ((case.bad, case.reads), (case.good, not case.reads)):
        (tmp_path / "index.php").write_text(f"<?php\n{text}\necho 'hello';\n")
        port = free_port()
        with running(["php", "-S", f"127.0.0.1:{port}", "-t", str(tmp_path)], port, tmp_path) as url:
            assert reads(url, case) is expected
