"""Each mistake that lint finds in nginx's configuration is one: nginx runs with it, and without it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.lint.cases import Case, named
from tests.lint.nginx_cases import CASES
from tests.lint_run.reading import reads
from tests.recipes.nginx_server import nginx


@contextmanager
def serving(directory: Path, text: str) -> Iterator[str]:
    """Starts nginx with the text of a case, and a file to request."""
    before, _, inside = text.partition("---\n")
    (directory / "index.html").write_text("hello")
    (directory / "x").mkdir(exist_ok=True)
    (directory / "x" / "index.html").write_text("hello")
    with nginx(directory, before, f"root {directory};\n{inside}") as url:
        yield url


@pytest.mark.parametrize("case", CASES, ids=named)
def test_the_mistake_is_one(case: Case, tmp_path: Path) -> None:
    directory = tmp_path / "bad"
    directory.mkdir(mode=0o755)
    tmp_path.chmod(0o755)
    with serving(directory, case.bad) as url:
        assert reads(url, case) is case.reads
    with serving(directory, case.good) as url:
        assert reads(url, case) is not case.reads
