"""The examples of README and docs fail when the server blocks, is down, or when no origin is named: read out of the pages."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from tests.cli.conftest import ANSWERS, PAGE, Server, dead
from tests.integrations.conftest import ROOT, Run
from tests.integrations.test_action import Runner, runner
from tests.integrations.test_pre_commit import HOOKS
from tests.recipes.contract import need

__all__ = ["dead", "runner"]  # fixtures
pytest_plugins = ["pytester"]
PAGES: Final = ("README.md", "docs/ci.md", "docs/scale.md", "docs/formats.md", "docs/policy.md", "docs/python.md")
JUDGES: Final = re.compile(r"\bcorsdoctor (?:check|batch|test)\b(?!.* --init)")
STUBS: Final = {
    "corsdoctor": f'exec {shlex.quote(sys.executable)} -m corsdoctor "$@"', "zstd": "exec cat", "pip": "", "dask": "", "sleep": "",
}  # fmt: skip
STATES: Final = ("allowed", "blocked", "dead", "no origin")


def scripts(text: str) -> Iterator[str]:
    """The shell commands of a page that judge something, each as it is pasted or run by a CI."""
    for language, block in re.findall(r"^```(\w*)\n(.*?)^```", text, re.M | re.S):
        if language == "sh":
            first = "set -o pipefail; " if "set -o pipefail" in block else ""
            joined = re.sub(r"(\\|\|)\n\s*", lambda m: " " if m[1] == "\\" else "| ", block)
            yield from (first + line for line in joined.splitlines())
        elif language == "yaml":
            yield from of_ci(yaml.safe_load(block))
        elif language == "groovy":
            yield from re.findall("^sh '(.*)'", block, re.M)
    outside = re.sub(r"^```.*?^```", "", text, flags=re.M | re.S)
    yield from ("".join(block) for block in re.findall(r"(?:^    .*\n)+", outside, re.M))


def of_ci(value: Any) -> Iterator[str]:
    """The scripts in the file of a CI."""
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
        if key in ("script", "run"):
            yield from [inner] if isinstance(inner, str) else inner
        elif isinstance(inner, (dict, list)):
            yield from of_ci(inner)


EXAMPLES: Final = [
    (page, script.strip())
    for page in PAGES
    for script in scripts((ROOT / page).read_text(encoding="utf-8"))
    if JUDGES.search(script)
]


def written(directory: Path, url: str, state: str) -> None:
    """The files that the examples read."""
    origin = {} if state == "no origin" else {"origin": PAGE}
    case = {"id": "items and more", "url": url, **origin, "expect": "allowed"}
    (directory / "cors.toml").write_text("[[case]]\n" + "".join(f"{k} = {json.dumps(v)}\n" for k, v in case.items()))
    for name in ("urls.jsonl", "urls.txt"):
        (directory / name).write_text(f"{url}\n", encoding="utf-8")
    lines = [] if state == "no origin" else [("Origin", PAGE)]
    command = ["curl", url, *(part for name, value in lines for part in ("-H", f"{name}: {value}"))]
    (directory / "request.sh").write_text(f"{shlex.join(command)}\n", encoding="utf-8")
    headers = [{"name": name, "value": value} for name, value in lines]
    entry = {
        "request": {"method": "GET", "url": url, "headers": headers},
        "response": {"status": 200, "headers": [{"name": "Access-Control-Allow-Origin", "value": "*"}]},
    }
    (directory / "capture.har").write_text(json.dumps({"log": {"entries": [entry]}}), encoding="utf-8")


def target(server: Server, dead: str, state: str) -> str:
    return {"blocked": f"{server.url}/none", "dead": f"{dead}/"}.get(state, f"{server.url}/any")


@pytest.fixture
def path(tmp_path: Path) -> str:
    """A PATH with corsdoctor, and with what else the examples call."""
    stubs = tmp_path / "bin"
    stubs.mkdir()
    for name, script in STUBS.items():
        (stubs / name).write_text(f"#!/bin/sh\n{script}\n")
        (stubs / name).chmod(0o755)
    return f"{stubs}{os.pathsep}{os.environ['PATH']}"


@pytest.fixture(autouse=True)
def _any(monkeypatch: pytest.MonkeyPatch) -> None:
    """/any lets each request of the examples pass."""
    allowed = (
        ("Access-Control-Allow-Origin", PAGE), ("Access-Control-Allow-Credentials", "true"), ("Vary", "Origin"),
        ("Access-Control-Allow-Methods", "PUT"), ("Access-Control-Allow-Headers", "Authorization, Content-Type"),
    )  # fmt: skip
    monkeypatch.setitem(ANSWERS, "/any", allowed)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))


def test_there_are_examples_of_each_page() -> None:
    found = [page for page, _ in EXAMPLES]
    assert {page: found.count(page) for page in ("README.md", "docs/ci.md", "docs/scale.md")} == {
        "README.md": 10, "docs/ci.md": 8, "docs/scale.md": 6,
    }  # fmt: skip


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("number", range(len(EXAMPLES)))
def test_an_example(number: int, state: str, server: Server, dead: str, path: str, tmp_path: Path) -> None:
    _, script = EXAMPLES[number]
    if "jq" in script:
        need("jq", "jq")
    url = target(server, dead, state)
    written(tmp_path, url, state)
    script = re.sub(r"https://(?:api\.example/items|cdn\.example/a\.woff2)\S*?(?=[\s\"'])", url, script)
    script = re.sub(r"\$\{\{ matrix\.\w+ \}\}", "1", script)
    script = re.sub(r"--dask \S+", "", re.sub(r"(/|TOTAL=)[48]\b", r"\g<1>1", script))
    if state == "no origin":
        script = re.sub(r'--origin \S+|"origin": "[^"]*", ', "", script)
    environment = {"PATH": path, "PYTHONPATH": str(ROOT)} | dict.fromkeys(
        ("CI_NODE_INDEX", "CI_NODE_TOTAL", "SLURM_ARRAY_TASK_ID"), "1"
    )
    done = subprocess.run(
        ["bash", "-e", "-c", script], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60
    )
    told = f"{script}\n{done.stdout}{done.stderr}"
    if state == "allowed" and "--as font" in script:
        assert done.returncode == 1, told  # the server has no font
    elif state == "allowed":
        assert done.returncode in ((4,) if " -X " in script else (0,)), told
    else:
        assert done.returncode not in (0, 4), told


@pytest.mark.parametrize("state", STATES)
def test_the_action(state: str, server: Server, dead: str, runner: Runner, tmp_path: Path) -> None:
    written(tmp_path, target(server, dead, state), state)
    assert runner.run("test", tmp_path).status == {"allowed": 0, "blocked": 1, "dead": 3, "no origin": 2}[state]


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("name", HOOKS)
def test_the_hooks(name: str, state: str, server: Server, dead: str, path: str, tmp_path: Path) -> None:
    """`corsdoctor-policy` sends nothing: of a server it can say nothing."""
    written(tmp_path, target(server, dead, state), state)
    environment = {"PATH": path, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(shlex.split(HOOKS[name]["entry"]), cwd=tmp_path, env=environment, capture_output=True)
    wanted = {"allowed": 0, "blocked": 1, "dead": 3, "no origin": 2}
    assert done.returncode == (wanted[state] if name == "corsdoctor-test" or state == "no origin" else 0)


@pytest.mark.parametrize("state", STATES)
def test_the_tests_in_pytest(state: str, server: Server, dead: str, run: Run) -> None:
    text = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")
    [block] = re.findall(r"^```python\n([^`]*def test_[^`]*)^```", text, re.M)
    block = block.replace("https://api.example/items", target(server, dead, state))
    if state == "no origin":
        block = re.sub(r', origin=("[^"]*"|origin)', "", block)
    found = run(block).parseoutcomes()
    failed = {"allowed": 0, "blocked": 1, "dead": 4, "no origin": 4}[state]
    assert found == {name: n for name, n in {"passed": 4 - failed, "failed": failed}.items() if n}
