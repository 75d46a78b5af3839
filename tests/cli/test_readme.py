"""The examples of the README that ask the lab print what they print there."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from corsdoctor.lab.server import Lab
from tests.cli.conftest import Run

_LAB = "http://127.0.0.1:8765"
_TEXT = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
EXAMPLES = [
    (command, shown)
    for command, shown in re.findall(r"^```console\n\$ corsdoctor ([^\n]*)\n(.*?)^```", _TEXT, re.MULTILINE | re.DOTALL)
    if _LAB in command
]


@pytest.mark.parametrize(("command", "shown"), EXAMPLES, ids=[command.split()[0] for command, _ in EXAMPLES])
def test_an_example_prints_what_the_readme_shows(run: Run, command: str, shown: str) -> None:
    with Lab() as lab:
        printed = run(*shlex.split(command.replace(_LAB, lab.origin)), COLUMNS="80").stdout
        assert printed.replace(lab.origin, _LAB).startswith(shown)


def test_there_are_examples() -> None:
    assert len(EXAMPLES) == 2
