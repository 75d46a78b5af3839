"""Flow files: TOML, JSON and YAML are equivalent; mistakes are reported with their lines."""

from __future__ import annotations

from pathlib import Path

import pytest

from corsdoctor.errors import InvalidScenario, UnreadableInput
from corsdoctor.flow_file import load_flow

TOML = """
id = 7
[[visits]]
page = "https://app.example/"
[[visits.requests]]
url = "/items"
wait = 2
"""
JSON = '{"id": 7, "visits": [{"page": "https://app.example/", "requests": [{"url": "/items", "wait": 2}]}]}'
YAML = """
id: 7
visits:
  - page: https://app.example/
    requests:
      - url: /items
        wait: 2
"""


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(("name", "text"), [("a.toml", TOML), ("a.json", JSON), ("a.yaml", YAML), ("a.yml", YAML)])
def test_three_formats_say_the_same(name: str, text: str) -> None:
    Path(name).write_text(text, encoding="utf-8")
    flow = load_flow(name)
    [request] = flow.visits[0].requests
    assert (flow.id, request.scenario.url, request.wait) == (7, "https://app.example/items", 2.0)


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("a.toml", TOML.replace("wait", "weight"), ["a.toml, line 7: visits[0].requests[0].weight: unknown key"]),
        ("a.toml", TOML.replace("2", "'2'").replace('"/items"', '5'), ["a.toml, line 6: visits", "a.toml, line 7: visits"]),
        ("a.json", JSON.replace("page", "pages"), ["a.json, line 1: visits[0].pages: unknown key", "a.json, line 1: visits[0].page is missing"]),
        ("a.yaml", YAML.replace("2", "soon"), ["a.yaml, line 7: visits[0].requests[0].wait: must be a number of seconds"]),
        ("a.toml", "[", ["a.toml, line 1"]),
        ("a.txt", TOML, ["a.txt: the name of a flow must end in .toml, .json, .yaml or .yml"]),
        ("a.json", "[]", ["a.json: a flow must be an object"]),
        ("a.json", '{"visits": [], "id": []}', ["a.json, line 1: id: must be a string or an integer"]),
        ("a.toml", "visits = []\nid = 99999999999999999999999999", ["a.toml"]),
    ],
)  # fmt: skip
def test_mistakes_have_lines(name: str, text: str, told: list[str]) -> None:
    Path(name).write_text(text, encoding="utf-8")
    with pytest.raises(InvalidScenario) as e:
        load_flow(name)
    lines = [str(mistake) for mistake in e.value.mistakes]
    assert len(lines) == len(told)
    assert all(line.startswith(start) for line, start in zip(lines, told, strict=True)), lines


def test_deep_nesting() -> None:
    Path("a.json").write_text("[" * 100_000, encoding="utf-8")
    with pytest.raises(InvalidScenario):
        load_flow("a.json")


def test_a_file_that_is_not_there() -> None:
    with pytest.raises(UnreadableInput):
        load_flow("none.toml")
