"""Completion: by click's protocol, as the scripts for the shells speak it, and in bash itself."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from corsdoctor.browsers import BROWSERS
from corsdoctor.catalogue import RULES
from corsdoctor.cli import COMMANDS
from corsdoctor.cli.completion import SHELLS
from corsdoctor.kinds.table import KINDS
from corsdoctor.levels import LEVELS
from corsdoctor.recipes import RECIPES
from corsdoctor.reports import FORMATS
from corsdoctor.scenario import Api
from tests.cli.conftest import Run

Complete = Callable[[str], list[tuple[str, str]]]


@pytest.fixture
def complete(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Complete:
    """What is offered for a command line that ends where the cursor is, as (type, value)."""
    monkeypatch.chdir(tmp_path)
    for name in ("cors.toml", "other.yaml", "notes.txt", ".hidden.json"):
        (tmp_path / name).touch()
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "a.json").touch()

    def offered(line: str) -> list[tuple[str, str]]:
        words = line.split(" ")
        result = run(_CORSDOCTOR_COMPLETE="bash_complete", COMP_WORDS=line, COMP_CWORD=str(len(words) - 1))
        assert result.stderr == ""
        return [
            (kind, value) for kind, _, value in (item.partition(",") for item in result.stdout.splitlines() if item)
        ]

    return offered


@pytest.mark.parametrize(
    ("line", "values"),
    [
        ("corsdoctor ", list(COMMANDS)),
        ("corsdoctor pr", ["preflight"]),
        ("corsdoctor fix URL --server ", [name for recipe in RECIPES for name in (recipe.id, *recipe.aliases)]),
        ("corsdoctor fix URL --server hap", ["haproxy"]),
        ("corsdoctor check URL --format ", list(FORMATS)),
        ("corsdoctor batch --format js", ["json", "jsonl"]),
        ("corsdoctor check --browser fire", ["firefox"]),
        ("corsdoctor check --browser firefox,we", ["firefox,webkit"]),
        ("corsdoctor check --browser firefox,fire", []),
        ("corsdoctor test --fail-on ", list(LEVELS)),
        ("corsdoctor check --as ", list(Api)),
        ("corsdoctor check --mode no", ["no-cors"]),
        ("corsdoctor explain ", [*(rule.id for rule in RULES), *(kind.id for kind in KINDS)]),
        ("corsdoctor explain acao-pre", ["acao-present"]),
        ("corsdoctor test ", ["cors.toml", "other.yaml", "policies/"]),
        ("corsdoctor test policies/", ["policies/a.json"]),
        ("corsdoctor test .hid", [".hidden.json"]),
        ("corsdoctor test nowhere/", []),
        ("corsdoctor completion ", list(SHELLS)),
        ("corsdoctor check --origin", ["--origin"]),
        ("corsdoctor check --help", ["--help", "--help-all"]),
    ],
)
def test_values_are_offered(complete: Complete, line: str, values: list[str]) -> None:
    assert complete(line) == [("plain", value) for value in values]


@pytest.mark.parametrize(
    "line",
    [
        "corsdoctor check --cacert ca",
        "corsdoctor test -o po",
        "corsdoctor batch re",
        "corsdoctor explain console.l",
        "corsdoctor cors.to",
    ],
)
def test_the_shell_offers_files(complete: Complete, line: str) -> None:
    assert complete(line) == [("file", line.split(" ")[-1])]


def test_each_browser_is_offered(complete: Complete) -> None:
    assert {profile.name for profile in BROWSERS} < {value for _, value in complete("corsdoctor check --browser ")}


@pytest.mark.parametrize("shell", SHELLS)
def test_the_script_calls_corsdoctor_back(run: Run, shell: str) -> None:
    result = run("completion", shell)
    assert result.exit_code == 0
    assert f"_CORSDOCTOR_COMPLETE={shell}_complete" in result.stdout


def test_another_shell_is_one_line(run: Run) -> None:
    result = run("completion", "powershell")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.count("\n") == 1


@pytest.mark.skipif(shutil.which("bash") is None or os.name == "nt", reason="needs bash")
def test_in_bash(tmp_path: Path) -> None:
    program = tmp_path / "corsdoctor"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m corsdoctor "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    script = """
        eval "$(corsdoctor completion bash)"
        COMP_WORDS=(corsdoctor check --browser fire) COMP_CWORD=3
        _corsdoctor_completion corsdoctor
        echo "${COMPREPLY[@]}"
    """
    path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "--norc", "-c", script], capture_output=True, text=True, check=True, env={**os.environ, "PATH": path}
    )
    assert (done.stdout, done.stderr) == ("firefox\n", "")
