"""Real servers get exactly the findings that their settings deserve, over loopback and through the command."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from corsdoctor.cli import corsdoctor
from tests.audit.estate import APP
from tests.cli.real_servers import SERVERS


@pytest.mark.parametrize("id", SERVERS)
def test_finds_what_is_wrong_and_nothing_else(id: str, tmp_path: Path) -> None:
    real = SERVERS[id]
    with real.start(tmp_path) as url:
        found = {path: audited(url, path) for path in real.expected}
    assert {path: sorted(labels) for path, labels in found.items()} == {p: sorted(e) for p, e in real.expected.items()}


def audited(url: str, path: str) -> frozenset[str]:
    """The findings at a path, as the labels have them."""
    port = url.rpartition(":")[2]
    arguments = (
        f"http://api.example.com:{port}{path}", "--resolve", f"api.example.com:{port}:127.0.0.1", "--origin", APP,
        "--format", "json", "--severity", "low", "--fail-on", "none",
    )  # fmt: skip
    result = CliRunner().invoke(corsdoctor, ["audit", *arguments])
    assert result.exit_code == 0, result.output
    return frozenset(f"{one['id']}:{one['severity']}" for one in json.loads(result.stdout)["findings"])
