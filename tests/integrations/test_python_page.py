"""docs/python.md says what is so: its examples run, against a server that answers as they expect."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pytest

from corsdoctor.api import Result
from corsdoctor.browsers import BROWSERS
from corsdoctor.diagnose import diagnose_all
from corsdoctor.scenario import Scenario
from corsdoctor.url import parse_origin
from corsdoctor.wire import Headers, Response
from tests.cli.conftest import ANSWERS, PAGE, Server
from tests.integrations.conftest import ROOT, Run

pytest_plugins = ["pytester"]

PAGE_TEXT: Final = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")
BLOCKS: Final = re.findall(r"^```(\w+)\n(.*?)^```", PAGE_TEXT, re.M | re.S)
PYTHON: Final = [block for language, block in BLOCKS if language == "python"]
OUTPUT: Final = [block for language, block in BLOCKS if language == "text"]
API: Final = "https://api.example"


@pytest.fixture
def answering(server: Server, monkeypatch: pytest.MonkeyPatch) -> Server:
    """The server with /items for the app alone, and /news."""
    allowed = (
        ("Access-Control-Allow-Origin", PAGE), ("Access-Control-Allow-Credentials", "true"), ("Vary", "Origin"),
        ("Access-Control-Allow-Methods", "PUT"), ("Access-Control-Allow-Headers", "Content-Type"),
        ("Access-Control-Expose-Headers", "X-Total-Count"), ("X-Total-Count", "42"),
    )  # fmt: skip
    for path in ("/items", "/news"):
        monkeypatch.setitem(ANSWERS, path, allowed)
    return server


@pytest.mark.parametrize("number", [n for n, block in enumerate(PYTHON) if "pytest" not in block])
def test_examples(
    number: int, answering: Server, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = f'[[case]]\nid = "a"\nurl = "{answering.url}/items"\norigin = "{PAGE}"\nexpect = "allowed"\n'
    (tmp_path / "cors.toml").write_text(case, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    for block in (PYTHON[0], PYTHON[number]):  # the first one has the import
        exec(block.replace(API, answering.url), names)
    if "for mistake in" in PYTHON[number]:
        assert capsys.readouterr().out == OUTPUT[0]


def test_the_tests_of_the_page_pass(answering: Server, run: Run) -> None:
    [block] = [block for block in PYTHON if "def test_" in block]
    result = run(block.replace(API, answering.url))
    result.assert_outcomes(passed=4)


def test_the_output_shown_is_what_comes() -> None:
    evil = parse_origin("https://evil.example")
    assert evil is not None
    answer = Response(200, Headers((("Access-Control-Allow-Origin", "*"), ("Content-Length", "0"))), "OK")
    diagnoses = diagnose_all(Scenario(f"{API}/news", evil), BROWSERS, lambda *_: answer)
    assert f" corsdoctor {'_' * 34}\n{Result(diagnoses).report}\n====" in OUTPUT[1]


def test_the_fixture_to_override_is_the_plugin_s(pytester: pytest.Pytester, run: Run) -> None:
    [block] = [block for block in PYTHON if "def cors_session_args" in block]
    pytester.makeconftest(block)
    result = run("def test_args(cors_session_args):\n    assert cors_session_args['resolve']\n", "--setup-show")
    result.assert_outcomes(passed=1)
