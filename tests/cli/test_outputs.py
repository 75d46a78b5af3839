"""--format X=FILE: no two formats into one file."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.cli.conftest import PAGE, Run

PLAN = ("plan", "https://api.example/", "--origin", PAGE)


@pytest.mark.parametrize("other", ["o.txt", "./o.txt", "down/../o.txt", "link.txt", "hard.txt", "up/here/o.txt"])
@pytest.mark.parametrize("there", [True, False])
def test_one_file_by_two_names(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, other: str, there: bool
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("down").mkdir()
    Path("up").mkdir()
    Path("up/here").symlink_to(tmp_path, target_is_directory=True)
    Path("link.txt").symlink_to("o.txt")
    if there:
        Path("o.txt").write_text("before")
        os.link("o.txt", "hard.txt")
    elif other == "hard.txt":
        return  # a second name of nothing
    result = run(*PLAN, "--format", "json=o.txt", "--format", f"csv={other}")
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"--format 'csv': two reports would be written to {other}: use X=FILE" in result.stderr
    assert Path("o.txt").exists() is there
    assert not there or Path("o.txt").read_text() == "before"


@pytest.mark.parametrize("other", ["p.txt", "down/o.txt"])
def test_two_files(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, other: str) -> None:
    monkeypatch.chdir(tmp_path)
    Path("down").mkdir()
    assert run(*PLAN, "--format", "json=o.txt", "--format", f"csv={other}").exit_code in (0, 4)
    assert Path("o.txt").read_text().startswith("{")
    assert "api.example" in Path(other).read_text()
