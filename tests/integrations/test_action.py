"""action.yml: against GitHub's schema, and each of its scripts in bash as a runner calls it."""

from __future__ import annotations

import json
import os
import re
import stat
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from junitparser import JUnitXml

from tests.integrations.conftest import ROOT, has, offline, plant
from tests.recipes.contract import need

ACTION: Final = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
STEPS: Final = {step["id"]: step for step in ACTION["runs"]["steps"]}
SCRIPTS: Final = [name for name, step in STEPS.items() if "run" in step]
INPUTS: Final = {name: given["default"] for name, given in ACTION["inputs"].items()}
EXPRESSION: Final = re.compile(r"\$\{\{\s*(.*?)\s*\}\}")
Policy = Callable[[bool], Path]


@dataclass
class Ran:
    """How a script ended, what it printed, and what it wrote for later steps and for people."""

    status: int
    printed: str
    outputs: dict[str, str]
    summary: str


@dataclass
class Runner:
    """Does what GitHub's runner does with a step of a composite action: expressions, variables, files, bash."""

    home: Path
    values: dict[str, str] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)

    def run(self, id: str, directory: Path, **inputs: str) -> Ran:
        """Runs the script of the step `id` in `directory`; its outputs are known to later steps."""
        step = STEPS[id]
        known = self.values | {f"inputs.{name.replace('_', '-')}": text for name, text in (INPUTS | inputs).items()}
        files = {name: self.home / name for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
        for file in files.values():
            file.write_text("")
        script = self.home / "script.sh"
        script.write_text(step["run"], encoding="utf-8")
        environment = {
            **{name: os.environ[name] for name in os.environ if name.startswith(("PIP_", "SSL_", "HTTP", "http"))},
            **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}, **self.environment,
            "GITHUB_ACTIONS": "true", "CI": "true", "RUNNER_TEMP": str(self.home),
            **{name: str(file) for name, file in files.items()},
            **{name: EXPRESSION.sub(lambda match: known[match[1]], text) for name, text in step["env"].items()},
        }  # fmt: skip
        command = ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", str(script)]
        done = subprocess.run(
            command, cwd=directory, env=environment, capture_output=True, text=True, encoding="utf-8", timeout=3600
        )
        lines = files["GITHUB_OUTPUT"].read_text(encoding="utf-8").splitlines()
        outputs = dict(line.split("=", 1) for line in lines)
        self.values |= {f"steps.{id}.outputs.{name}": text for name, text in outputs.items()}
        return Ran(done.returncode, done.stdout + done.stderr, outputs, files["GITHUB_STEP_SUMMARY"].read_text("utf-8"))


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    """A runner on which corsdoctor is installed already: this checkout."""
    home = tmp_path / "runner's home"
    home.mkdir()
    return Runner(home, {"steps.install.outputs.python": sys.executable})


def test_it_fits_the_schema() -> None:
    need(has("check_jsonschema"), "check-jsonschema, from PyPI")
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-actions", "action.yml"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_no_input_is_put_into_a_script() -> None:
    """They come as variables, so that the shell takes none for code."""
    for name in SCRIPTS:
        assert "${{" not in STEPS[name]["run"]
        assert STEPS[name]["shell"] == "bash"
        assert not [variable for variable in STEPS[name]["env"] if variable.startswith("CORSDOCTOR_")]


def test_each_input_is_used_and_each_used_is_there() -> None:
    used = set(re.findall(r"inputs\.([\w-]+)", json.dumps(ACTION["runs"])))
    assert used == set(INPUTS)
    assert all(isinstance(default, str) for default in INPUTS.values())


def test_a_policy_that_holds(runner: Runner, policy: Policy) -> None:
    ran = runner.run("test", policy(True))
    assert (ran.status, ran.outputs) == (0, {"exit-status": "0"}), ran.printed
    assert "::error" not in ran.printed
    assert "2 passed" in ran.summary


def test_a_policy_that_fails(runner: Runner, policy: Policy) -> None:
    directory = policy(False)
    ran = runner.run("test", directory, junit="out put.xml", sarif="cors.sarif", policy="cors.toml")
    assert (ran.status, ran.outputs) == (1, {"exit-status": "1"}), ran.printed
    [error] = re.findall(r"^::error (.*?)::", ran.printed, re.M)
    assert "file=cors.toml,line=" in error
    assert "| ❌ failed |" in ran.summary
    assert sum(suite.failures for suite in JUnitXml.fromfile(str(directory / "out put.xml"))) == 1
    sarif = json.loads((directory / "cors.sarif").read_text(encoding="utf-8"))
    failed = [result for result in sarif["runs"][0]["results"] if result["level"] != "note"]
    assert [result["ruleId"] for result in failed] == ["acao-matches-origin"]


@pytest.mark.parametrize(
    ("args", "status", "words"),
    [
        ("-k 'items and not slash'", 0, "2 passed"),
        ("--jobs 2\n-k\nslash", 1, "1 failed"),
        ('--match "slash and localhost" --retry 1', 1, "1 failed"),
        ("--format csv=cors.csv", 1, "1 failed"),
        ("-k nothing-fits", 2, "matches none o"),
        ("-k '' --jobs 2", 1, "1 failed"),
        ("-k 'items and \"trailing-slash\"'", 1, "1 failed"),
        ("-k items\\ and\\ localhost", 1, "1 failed"),
        ("--format 'csv=ä ö.csv'", 1, "1 failed"),
        ("--no-such-option", 2, "has no option"),
    ],
)
def test_arguments(runner: Runner, policy: Policy, args: str, status: int, words: str) -> None:
    ran = runner.run("test", policy(False), args=args)
    assert (ran.status, ran.outputs["exit-status"]) == (status, str(status)), ran.printed
    assert words in ran.printed + ran.summary


@pytest.mark.parametrize(
    ("args", "told"), [("-k 'items", "args: no closing quotation"), ("-k items\\", "args: no escaped character")]
)
def test_args_that_no_shell_could_split_are_wrong_usage(runner: Runner, policy: Policy, args: str, told: str) -> None:
    ran = runner.run("test", policy(True), args=args)
    assert (ran.status, ran.outputs, ran.summary) == (2, {"exit-status": "2"}, ""), ran.printed
    assert ran.printed == f"::error title=corsdoctor::{told}\n"


def test_a_module_of_the_repository_does_not_split_them(runner: Runner, policy: Policy) -> None:
    directory = policy(True)
    (directory / "shlex.py").write_text("raise SystemExit(1)")
    assert runner.run("test", directory, args="-k items").status == 0


def test_a_mistake_in_the_policy_is_annotated_at_its_line(runner: Runner, policy: Policy) -> None:
    directory = policy(True)
    with (directory / "cors.toml").open("a", encoding="utf-8") as file:
        file.write('wrong = 1\nexpect: "100%"\n')
    ran = runner.run("test", directory)
    assert (ran.status, ran.outputs) == (2, {"exit-status": "2"}), ran.printed
    [told] = re.findall(r"^::error (.*)", ran.printed, re.M)
    assert told.startswith("title=corsdoctor,file=cors.toml,line=9,col=7::this is not valid TOML"), told
    text = (directory / "cors.toml").read_text(encoding="utf-8")
    (directory / "cors.toml").write_text(text.replace('expect: "100%"\n', 'allow2 = ["100%"]\n'), encoding="utf-8")
    ran = runner.run("test", directory)
    assert (ran.status, ran.outputs) == (2, {"exit-status": "2"}), ran.printed
    told = re.findall(r"^::error (.*)", ran.printed, re.M)
    assert [line.partition("::")[0] for line in told] == [
        "title=corsdoctor,file=cors.toml,line=8", "title=corsdoctor,file=cors.toml,line=9",
    ]  # fmt: skip
    assert "corsdoctor: cors.toml, line 8: " in ran.printed


def test_no_summary_where_none_is_asked_for(runner: Runner, policy: Policy) -> None:
    assert runner.run("test", policy(True), summary="false").summary == ""


HOSTILE: Final = (
    "$(touch pwned)",
    "`touch pwned`",
    "a; touch pwned #",
    '" && touch pwned && "',
    "*",
    "a | touch pwned",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_no_input_is_run(runner: Runner, policy: Policy, text: str) -> None:
    directory = policy(True)
    named = dict.fromkeys(("args", "policy", "junit", "sarif", "summary"), text)
    ran = runner.run("test", directory, **named)
    assert not (directory / "pwned").exists(), ran.printed
    assert ran.status != 0


@pytest.mark.parametrize("name", ["the policy.toml", "*.toml", "-k.toml", "$(touch pwned).toml"])
def test_a_policy_of_any_name(runner: Runner, policy: Policy, name: str) -> None:
    directory = policy(False)
    (directory / "cors.toml").rename(directory / name)
    ran = runner.run("test", directory, policy=name)
    assert ran.status == 1, ran.printed
    assert "1 failed" in ran.printed


def stub(directory: Path) -> Path:
    """A python that writes down its arguments, one a line; of `-I -m venv DIR` it makes what the script looks for."""
    log, python = directory / "log", directory / "stub python"
    python.write_text(
        f"""#!/bin/sh
for arg; do printf '%s\\n' "$arg" >> '{log}'; done
if [ "$3" = venv ]; then mkdir -p "$4/bin" && cp "$0" "$4/bin/python"; fi
"""
    )
    python.chmod(python.stat().st_mode | stat.S_IXUSR)
    return python


@pytest.mark.parametrize(
    ("version", "installed"),
    [("", "/the action"), ("1.2.3", "corsdoctor==1.2.3"), ("$(touch pwned)", "corsdoctor==$(touch pwned)")],
)
def test_what_is_installed(tmp_path: Path, version: str, installed: str) -> None:
    runner = Runner(tmp_path, {"github.action_path": "/the action"})
    runner.values["steps.python.outputs.python-path"] = str(stub(tmp_path))
    ran = runner.run("install", tmp_path, version=version)
    assert ran.status == 0, ran.printed
    assert (tmp_path / "log").read_text().splitlines()[-1] == installed
    assert Path(ran.outputs["python"]).is_file()
    assert not (tmp_path / "pwned").exists()


def test_all_of_it_from_a_checkout(tmp_path: Path, policy: Policy, sources: Path) -> None:
    """Installs the action's own version with pip, and runs it. No file of the repository is run, even on PYTHONPATH."""
    runner = Runner(tmp_path, {"github.action_path": str(sources), "steps.python.outputs.python-path": sys.executable})
    directory = policy(False)
    pwned = plant(directory)
    runner.environment = {
        "PYTHONPATH": f".{os.pathsep}{directory}",
        "PYTHONSTARTUP": "os.py",
        "PYTHONUSERBASE": str(directory),
    }
    subprocess.run([sys.executable, "-m", "venv"], cwd=directory, env=os.environ | runner.environment, check=False)
    assert pwned.exists(), "without -I they would be run"
    pwned.unlink()
    ran = runner.run("install", directory)
    assert not pwned.exists(), pwned.read_text()
    need(not offline(ran.printed), "a package index that pip reaches")
    assert ran.status == 0, ran.printed
    assert str(tmp_path) in ran.outputs["python"]
    ran = runner.run("test", directory, junit="cors.xml", args="-k items")
    assert (ran.status, ran.outputs) == (1, {"exit-status": "1"}), ran.printed
    assert not pwned.exists(), pwned.read_text()


@pytest.mark.parametrize("name", SCRIPTS)
def test_each_python_is_isolated(name: str) -> None:
    calls = re.findall(r'"\$(?:INTERPRETER|bin/python)" (?!>)(\S+)', STEPS[name]["run"])
    assert calls
    assert set(calls) == {"-I"}


def unknown(step: dict[str, Any]) -> list[str]:
    """The expressions of a step that this file's runner would not know."""
    named = EXPRESSION.findall(json.dumps(step))
    return [
        name
        for name in named
        if not re.fullmatch(r"inputs\.[\w-]+|steps\.\w+\.outputs\.[\w-]+|github\.action_path", name)
    ]


def test_steps_and_outputs_name_what_is_there() -> None:
    assert [unknown(step) for step in STEPS.values()] == [[], [], []]
    written = {f"{id}.{name}" for id in SCRIPTS for name in re.findall(r'echo "([\w-]+)=', STEPS[id]["run"])}
    read = set(re.findall(r"steps\.(\w+)\.outputs\.([\w-]+)", json.dumps(ACTION)))
    assert {f"{id}.{name}" for id, name in read} == written | {"python.python-path"}
