"""rules: the list of all rules."""

from __future__ import annotations

import json

import pytest

from corsdoctor.catalogue import RULES
from tests.cli.conftest import Run


def test_lists_all_rules_in_order(run: Run) -> None:
    result = run("rules", COLUMNS="200")
    assert (result.exit_code, result.stderr) == (0, "")
    assert [line.split()[0] for line in result.stdout.splitlines() if line.strip()] == [rule.id for rule in RULES]


def test_json_holds_every_page(run: Run) -> None:
    pages = json.loads(run("rules", "--format", "json").stdout)
    assert [page["id"] for page in pages] == [rule.id for rule in RULES]
    for page in (pages[0], pages[-1]):
        assert json.loads(run("explain", page["id"], "--format", "json").stdout) == page


@pytest.mark.parametrize("args", [("--format", "xml"), ("acao-present",)])
def test_wrong_usage(run: Run, args: tuple[str, ...]) -> None:
    result = run("rules", *args)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.count("\n") == 1
