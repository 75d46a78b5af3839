"""The servers that the integrations are tried on, all on loopback, and a pytest that has the plugin."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import pytest

from corsdoctor.lab.server import Lab
from tests.cli.conftest import PAGE, Server
from tests.cli.conftest import server as server

ROOT: Final = Path(__file__).parent.parent.parent
ENTRY: Final = {"corsdoctor": "corsdoctor.pytest_plugin"}
Run = Callable[..., pytest.RunResult]
SOURCES: Final = ("pyproject.toml", "README.md", "LICENSE", "action.yml", ".pre-commit-hooks.yaml", "corsdoctor", "man")
OFFLINE: Final = ("No matching distribution", "NewConnectionError", "Temporary failure in name resolution")


def has(module: str) -> bool:
    """Whether a module of Python is installed."""
    return find_spec(module) is not None


def offline(output: str) -> bool:
    """Whether pip said that it reached no package index."""
    return any(sign in output for sign in OFFLINE)


MODULES: Final = (
    "venv", "pip", "ensurepip", "logging", "shlex", "os", "subprocess", "json", "click", "hatchling", "setuptools", "runpy",
    "sitecustomize", "usercustomize", "corsdoctor/__init__", "corsdoctor/__main__", "venv/__main__", "pip/__main__",
)  # fmt: skip


def plant(directory: Path) -> Path:
    """Puts modules into `directory` that any Python would import that looks there, and the like; the file they would write."""
    pwned = directory / "pwned"
    for name in MODULES:
        file = directory / f"{name}.py"
        file.parent.mkdir(exist_ok=True)
        file.write_text(f"open({str(pwned)!r}, 'a').write({name!r})\n")
    for name in ("pip.conf", "pip.ini", "setup.cfg", ".pydistutils.cfg"):
        (directory / name).write_text(
            "[global]\nindex-url = http://127.0.0.1:9/\n[easy_install]\nindex_url = http://127.0.0.1:9/\n"
        )
    (directory / "setup.py").write_text(f"open({str(pwned)!r}, 'a')\n")
    (directory / "pyvenv.cfg").write_text("home = .\n")
    return pwned


@pytest.fixture(scope="session")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of all that is installed from a checkout, so that building leaves nothing in this one."""
    copy = tmp_path_factory.mktemp("sources") / "corsdoctor"
    copy.mkdir()
    for name in SOURCES:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, copy / name)
    return copy


@pytest.fixture(scope="session")
def lab() -> Iterator[Lab]:
    """The lab; its page is http://localhost:3000."""
    with Lab() as running:
        yield running


@pytest.fixture
def policy(lab: Lab, tmp_path: Path) -> Callable[[bool], Path]:
    """Writes cors.toml into a directory of its own, which it returns: all holds, or a case does not."""

    def write(holds: bool) -> Path:
        directory = tmp_path / "work space"
        directory.mkdir()
        paths = ["/allowed"] if holds else ["/allowed", "/cors/trailing-slash"]
        (directory / "cors.toml").write_text(
            f'''base.api = "{lab.origin}"\n[[matrix]]\nid = "items"\nbase = "api"\npaths = {paths}\n'''
            """allow = ["http://localhost:3000"]\ndeny = ["https://evil.example"]\n"""
        )
        return directory

    return write


@pytest.fixture
def run(pytester: pytest.Pytester, server: Server, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs pytest with arguments on a test file's text, in which URL and PAGE are the server and an origin.

    The plugin is there as if corsdoctor were installed: by its entry point. Warnings are errors.
    """
    installed = pytester.mkdir("installed")
    metadata = installed / "corsdoctor_entry-0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: corsdoctor-entry\nVersion: 0\n")
    lines = [f"{name} = {module}\n" for name, module in ENTRY.items()]
    (metadata / "entry_points.txt").write_text("".join(["[pytest11]\n", *lines]))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(installed), str(ROOT)]))
    for name in ("CI", "BUILD_NUMBER", "PYTEST_ADDOPTS", "NO_COLOR", "FORCE_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)

    def run(source: str, *args: str) -> pytest.RunResult:
        pytester.makepyfile(test_it=f"import pytest\nURL = {server.url!r}\nPAGE = {PAGE!r}\n{source}")
        return pytester.runpytest_subprocess("-W", "error", "-p", "no:cacheprovider", *args)

    return run
