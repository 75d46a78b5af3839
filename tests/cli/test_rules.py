"""rules: the list of all rules and kinds."""

from __future__ import annotations

import json

import pytest

from corsdoctor.catalogue import RULES
from corsdoctor.kinds.table import KINDS
from tests.cli.conftest import Run


@pytest.mark.parametrize("columns", ["200", "80"])
def test_lists_all_in_order(run: Run, columns: str) -> None:
    result = run("rules", COLUMNS=columns)
    assert (result.exit_code, result.stderr) == (0, "")
    listed = [line.split()[0] for line in result.stdout.splitlines() if line[:2] == "  " != line[1:3]]
    assert listed == [*(rule.id for rule in RULES), *(kind.id for kind in KINDS)]


def test_json_holds_every_page(run: Run) -> None:
    pages = json.loads(run("rules", "--format", "json").stdout)
    assert [(page["type"], page["id"]) for page in pages] == [
        *(("rule", rule.id) for rule in RULES),
        *(("kind", kind.id) for kind in KINDS),
    ]
    for page in (pages[0], pages[-1]):
        assert json.loads(run("explain", page["id"], "--format", "json").stdout) == page


@pytest.mark.parametrize("args", [("--format", "xml"), ("acao-present",)])
def test_wrong_usage(run: Run, args: tuple[str, ...]) -> None:
    result = run("rules", *args)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.count("\n") == 1


def test_a_header_in_place_of_a_rule(run: Run) -> None:
    assert "did you mean `acac-true`?" in run("explain", "Access-Control-Allow-Credentials").stderr
    assert "`acao-present`, `acao-" in run("explain", "Access-Control-Allow-Origin").stderr
    assert "'corsdoctor rules' lists all" in run("explain", "x-nothing-like-it").stderr
