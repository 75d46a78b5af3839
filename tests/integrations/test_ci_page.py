"""docs/ci.md: each of its files fits the schema of its CI, and each of its commands runs."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from corsdoctor.cli import COMMANDS
from corsdoctor.cli.exit_status import ExitStatus
from corsdoctor.lab.server import Lab
from corsdoctor.reports import FORMATS
from tests.integrations.conftest import ROOT, has
from tests.integrations.test_action import ACTION, INPUTS
from tests.integrations.test_pre_commit import HOOKS
from tests.recipes.contract import need
from tests.test_docs import command, shell_commands

TEXT: Final = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
BLOCKS: Final = re.findall(r"^```(\w+)\n(.*?)^```", TEXT, re.M | re.S)
FILES: Final = [block for language, block in BLOCKS if language == "yaml"]
KINDS: Final = (
    "vendor.github-workflows", "vendor.gitlab-ci", "vendor.azure-pipelines", "vendor.gitlab-ci",
    "vendor.github-workflows", "pre-commit", "part of it",
)  # fmt: skip
POLICY: Final = """
[[case]]
id = "allowed"
url = "{url}/allowed"
origin = "http://localhost:3000"
expect = "allowed"
"""


@pytest.mark.parametrize(("text", "kind"), list(zip(FILES, KINDS, strict=True)))
def test_each_file_fits_its_schema(text: str, kind: str, tmp_path: Path) -> None:
    file = tmp_path / "file.yml"
    file.write_text(text, encoding="utf-8")
    if kind == "part of it":
        assert set(yaml.safe_load(text)[0]) <= set(next(iter(HOOKS.values()))) | {"args"}
        return
    if kind == "pre-commit":
        need(has("pre_commit"), "pre-commit, from PyPI")
        check = [sys.executable, "-m", "pre_commit", "validate-config", str(file)]
    else:
        need(has("check_jsonschema"), "check-jsonschema, from PyPI")
        check = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", kind, str(file)]
    done = subprocess.run(check, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_action_gets_inputs_that_it_has() -> None:
    [step] = [step for step in yaml.safe_load(FILES[0])["jobs"]["cors"]["steps"] if "corsdoctor" in step["uses"]]
    assert set(step["with"]) <= set(INPUTS)
    assert "exit-status" in ACTION["outputs"]


def test_the_hooks_are_those_of_the_manifest() -> None:
    [repo] = yaml.safe_load(FILES[5])["repos"]
    assert [hook["id"] for hook in repo["hooks"]] == list(HOOKS)


def test_the_statuses_and_formats_are_all_there() -> None:
    statuses = re.findall(r"^\| (\d+) \|", TEXT, re.M)
    assert statuses == ["0", "1", "2", "3", "4", "130"]
    assert set(map(int, statuses)) <= set(ExitStatus)
    [listed] = re.findall(r"without a file goes to the log: (.*?)\. ", TEXT, re.S)
    assert set(re.findall(r"`(\w+)`", listed)) == set(FORMATS)


def lines_of(value: Any) -> Iterator[str]:
    """The lines of shell in a CI's file."""
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
        if key in ("script", "run"):
            yield from [inner] if isinstance(inner, str) else inner
        elif isinstance(inner, (dict, list)):
            yield from lines_of(inner)


SHELL: Final = [
    line
    for block in (
        *(line for text in FILES for line in lines_of(yaml.safe_load(text))),
        *(block for language, block in BLOCKS if language == "sh"),
        *(found for language, block in BLOCKS if language == "groovy" for found in re.findall("sh '(.*)'", block)),
    )
    for line in block.splitlines()
    if "corsdoctor " in line
]


@pytest.mark.parametrize("line", SHELL)
def test_each_command_runs(line: str, lab: Lab, tmp_path: Path) -> None:
    """With a policy that holds, a batch of one line, and the lab's URL for the page's."""
    (tmp_path / "cors.toml").write_text(POLICY.replace("{url}", lab.origin))
    (tmp_path / "urls.jsonl").write_text(f"{lab.origin}/allowed\n")
    if "--init" in line:
        (tmp_path / "cors.toml").unlink()
    script = line.replace("https://api.example/items", f"{lab.origin}/allowed").replace("${{ matrix.shard }}", "2")
    script = script.replace("https://app.example", "http://localhost:3000").replace("pip install corsdoctor", "true")
    script = re.sub(r"\bcorsdoctor (?=test|batch)", f"'{sys.executable}' -m corsdoctor ", script)
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "CI_NODE_INDEX": "1", "CI_NODE_TOTAL": "4"}
    shell = shutil.which("bash")
    assert shell is not None
    done = subprocess.run(
        [shell, "-e", "-o", "pipefail", "-c", script], cwd=tmp_path, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    for name in re.findall(r"--format \w+=(\S+)", line):
        assert (tmp_path / name.replace("$CI_NODE_INDEX", "1")).is_file()


@pytest.mark.parametrize("text", [FILES[1], FILES[3]])
def test_the_artifacts_are_what_the_script_writes(text: str) -> None:
    job = yaml.safe_load(text)["cors"]
    written = re.findall(r"--format \w+=(\S+)", " ".join(job["script"]))
    kept = list(job["artifacts"].get("reports", {}).values()) + job["artifacts"].get("paths", [])
    assert [name.replace("$CI_NODE_INDEX", "*") for name in written] == kept


def test_the_commands_of_the_shell_are_there() -> None:
    found = [words[1] for words in shell_commands(TEXT)]
    assert set(found) == {"test"}
    assert set(found) <= set(COMMANDS)
    assert all(command(name).params for name in found)
