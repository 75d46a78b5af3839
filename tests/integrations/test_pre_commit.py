""".pre-commit-hooks.yaml, as pre-commit itself reads it, installs it and runs it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from corsdoctor.policy_file import NAMES
from tests.integrations.conftest import ROOT, has, offline, plant
from tests.recipes.contract import need

MANIFEST: Final = ROOT / ".pre-commit-hooks.yaml"
HOOKS: Final[dict[str, dict[str, Any]]] = {
    hook["id"]: hook for hook in yaml.safe_load(MANIFEST.read_text(encoding="utf-8"))
}
AUTHOR: Final = ("-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "init.defaultBranch=main")
Hook = Callable[..., tuple[int, str]]


@pytest.mark.parametrize(
    ("validate", "path"), [("validate-manifest", MANIFEST), ("validate-config", ROOT / ".pre-commit-config.yaml")]
)
def test_pre_commit_accepts_the_file(validate: str, path: Path) -> None:
    need(has("pre_commit"), "pre-commit, from PyPI")
    command = [sys.executable, "-m", "pre_commit", validate, str(path)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", ["cors.toml", "cors.json", "cors.yaml", "cors.yml"])
def test_the_policy_is_read_where_it_changes(name: str) -> None:
    pattern = HOOKS["corsdoctor-policy"]["files"]
    assert name in NAMES
    assert re.search(pattern, name)
    assert not re.search(pattern, f"other/{name}")
    assert not re.search(pattern, name.replace(".", "x", 1))


def git(directory: Path, *args: str) -> None:
    subprocess.run(["git", *AUTHOR, *args], cwd=directory, check=True, capture_output=True)


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where pre-commit keeps what it installs: once for all tests."""
    return tmp_path_factory.mktemp("pre-commit")


@pytest.fixture(scope="session")
def repository(sources: Path) -> Path:
    """The sources as a repository of git."""
    need("git", "git")
    need(has("pre_commit"), "pre-commit, from PyPI")
    git(sources, "init", "-q")
    git(sources, "add", "-A")
    git(sources, "commit", "-q", "-m", "all", "--no-verify")
    return sources


@pytest.fixture
def hook(repository: Path, store: Path, policy: Callable[[bool], Path]) -> Hook:
    """Runs a hook, or all where its id is empty, in a repository that has a policy with `more` at its end.

    Gives the status and the output.
    """
    directory = policy(False)
    git(directory, "init", "-q")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHONPATH", "GIT_"))}
    environment |= {"PRE_COMMIT_HOME": str(store), "PRE_COMMIT_COLOR": "never"}
    head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=repository, check=True, capture_output=True, text=True)
    hooks = [{"id": id} for id in HOOKS]
    repos = [{"repo": str(repository), "rev": head.stdout.strip(), "hooks": hooks}]
    (directory / ".pre-commit-config.yaml").write_text(yaml.safe_dump({"repos": repos}))

    def run(id: str, more: str = "", stage: str = "pre-commit") -> tuple[int, str]:
        with (directory / "cors.toml").open("a") as file:
            file.write(more)
        git(directory, "add", "-A")
        command = [sys.executable, "-P", "-m", "pre_commit", "run", *id.split(), "--hook-stage", stage, "--verbose"]
        done = subprocess.run(command, cwd=directory, env=environment, capture_output=True, text=True, encoding="utf-8")
        need(not offline(done.stdout + done.stderr), "a package index that pip reaches")
        return done.returncode, done.stdout + done.stderr

    return run


def test_a_policy_that_can_be_read_passes(hook: Hook) -> None:
    status, output = hook("corsdoctor-policy")
    assert status == 0, output
    assert "items/GET /allowed/" in output


def test_no_module_of_the_repository_is_run(hook: Hook, tmp_path: Path) -> None:
    pwned = plant(tmp_path / "work space")
    status, output = hook("corsdoctor-policy")
    assert status == 0, output
    assert not pwned.exists(), pwned.read_text()


def test_a_mistake_in_the_policy_is_reported(hook: Hook) -> None:
    status, output = hook(
        "corsdoctor-policy", '\n[[case]]\nid = "a"\nurl = "{apo}/x"\norigin = "null"\nexpect = "alowed"\n'
    )
    assert status == 1, output
    assert "exit code: 2" in output
    assert "cors.toml, line " in output
    assert "`allowed`" in output


@pytest.mark.parametrize(
    ("id", "case", "status"),
    [
        (
            "corsdoctor-policy",
            'url = "https://api.example/"\nheaders = { Authorization = "Bearer ${NO_SUCH_TOKEN}" }',
            0,
        ),
        ("corsdoctor-policy", 'url = "${NO_SUCH_URL}"', 2),
        ("corsdoctor-test", 'url = "https://api.example/"\nheaders = { Authorization = "Bearer ${NO_SUCH_TOKEN}" }', 2),
    ],
)
def test_what_a_hook_needs_of_the_environment(tmp_path: Path, id: str, case: str, status: int) -> None:
    """As docs/ci.md says it."""
    policy = f'[[case]]\nid = "a"\norigin = "https://app.example"\nexpect = "allowed"\n{case}\n'
    (tmp_path / "cors.toml").write_text(policy)
    words = [sys.executable, "-m", *HOOKS[id]["entry"].split()]
    done = subprocess.run(words, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True)
    assert done.returncode == status, done.stderr


def test_before_a_push_the_servers_are_asked(hook: Hook) -> None:
    status, output = hook("corsdoctor-test", stage="pre-push")
    assert status == 1, output
    assert "exit code: 1" in output
    assert "acao-matches-origin" in output
    status, output = hook("")  # all hooks of a commit
    assert status == 0, output
    assert "hook id: corsdoctor-policy" in output
    assert "corsdoctor-test" not in output
