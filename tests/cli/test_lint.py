"""corsdoctor lint: wiring and exit statuses."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Run

BAD = "server {\n  add_header Access-Control-Allow-Origin $http_origin always;\n  add_header Access-Control-Allow-Credentials true;\n}\n"
GOOD = "server {\n  listen 80;\n}\n"


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "bad.conf").write_text(BAD)
    (tmp_path / "good.conf").write_text(GOOD)
    (tmp_path / "broken.conf").write_text("server {\n")
    return tmp_path


@pytest.mark.parametrize(
    ("args", "status"),
    [
        (("bad.conf",), 1), (("good.conf",), 0), (("bad.conf", "--fail-on", "none"), 0), (("bad.conf", "--exit-zero"), 0),
        (("broken.conf",), 3), (("broken.conf", "--exit-zero"), 0), (("broken.conf", "bad.conf"), 1), (("none.conf",), 3), ((".",), 1),
        ((), 2), (("bad.conf", "--format", "tap"), 2), (("good.conf", "--language", "cobol"), 2),
    ],
)  # fmt: skip
def test_statuses(run: Run, files: Path, monkeypatch: pytest.MonkeyPatch, args: tuple[str, ...], status: int) -> None:
    monkeypatch.chdir(files)
    assert run("lint", *args).exit_code == status


def test_the_report(run: Run, files: Path) -> None:
    result = run("lint", str(files / "bad.conf"))
    assert result.stdout.startswith(f"✗ {files / 'bad.conf'}: 1 high\n")
    assert "line 2: high: any-origin-allowed (CWE-942)" in result.stdout
    several = run("lint", str(files))
    assert "good.conf" not in several.output
    assert f"{files / 'broken.conf'}, line 1: unexpected end of file" in several.stderr
    assert "good.conf: nothing" in run("lint", str(files), "-v").stdout
    assert run("lint", str(files / "good.conf"), "-q").stdout == f"✓ {files / 'good.conf'}: nothing wrong was found\n"


def test_standard_input(run: Run) -> None:
    result = run("lint", "-", input=BAD)
    assert (result.exit_code, "standard input: 1 high" in result.stdout) == (1, True)


def test_a_file_that_lint_does_not_read(run: Run, files: Path) -> None:
    (files / "notes.txt").write_text("hello")
    result = run("lint", str(files / "notes.txt"))
    assert (result.exit_code, "notes.txt: skipped" in result.stderr) == (3, True)


def test_severity(run: Run, files: Path) -> None:
    (files / "bad.conf").write_text(BAD.replace(" always", ""))
    path = str(files / "bad.conf")
    assert "1 high and 1 low" in run("lint", path).stdout
    assert run("lint", path, "--severity", "high").stdout.startswith(f"✗ {path}: 1 high\n")


def test_secrets_are_masked(run: Run, files: Path) -> None:
    value = "https://a.example, https://user:abcdefgh12345678@b.example"
    (files / "bad.conf").write_text(f'server {{ add_header Access-Control-Allow-Origin "{value}" always; }}')
    path = str(files / "bad.conf")
    assert "abcdefgh12345678" not in run("lint", path).output
    assert "abcdefgh12345678" in run("lint", path, "--show-secrets").output
