"""Flow files: TOML, JSON and YAML are equivalent; mistakes are reported with their lines."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from corsdoctor.errors import InvalidScenario, UnreadableInput
from corsdoctor.flow_file import load_flow
from corsdoctor.scenario import FromEnvironment

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
        ("A.JSON", "[]", ["A.JSON: a flow must be an object"]),
        ("a.json", f"[{'1,' * 100_000}1]", ["a.json: a flow can have at most 100000 values, and this one has more"]),
        ("a.json", "[]", ["a.json: a flow must be an object"]),
        ("a.json", '{"visits": [{"page": "https://app.example/"}], "id": []}', ["a.json, line 1: id: must be a string or an integer"]),
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


def test_variables_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKEN", "s3cret")
    request = {
        "url": "${API:-https://api.example}/items?key=${TOKEN}&n=1", "method": "POST", "body": "t=${TOKEN}",
        "headers": [["X-A", "${TOKEN}"], ["X-B", "$${TOKEN}"]],
        "subresources": [{"url": "/x", "headers": {"X-C": "a ${TOKEN}"}}],
    }  # fmt: skip
    Path("a.json").write_text(
        json.dumps({"visits": [{"page": "https://app.example/", "requests": [request]}]}), encoding="utf-8"
    )
    [found] = load_flow("a.json").visits[0].requests
    asked, below = found.scenario, found.subresources[0].scenario
    assert (asked.url, asked.body) == ("https://api.example/items?key=s3cret&n=1", b"t=s3cret")
    assert asked.headers == (("X-A", "s3cret"), ("X-B", "${TOKEN}"))
    assert asked.from_environment == FromEnvironment(frozenset({"x-a"}), frozenset({"key"}), body=True)
    assert below.from_environment == FromEnvironment(frozenset({"x-c"}))


def test_mistakes_in_variables_show_no_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKEN", "s3cret")
    text = TOML.replace("https://app.example/", "${NONE}/").replace('"/items"', '"/items"\ncache = "${TOKEN}"')
    Path("a.toml").write_text(text.replace("2", "-1"), encoding="utf-8")
    with pytest.raises(InvalidScenario) as e:
        load_flow("a.toml")
    hidden = "with its variables expanded, this is not valid; the value is not shown"
    assert [str(mistake) for mistake in e.value.mistakes] == [
        "a.toml, line 4: visits[0].page: the variable NONE is not set; set it, or write ${NONE:-default}",
    ]
    Path("a.toml").write_text(text.replace("${NONE}", "https://app.example").replace("2", "-1"), encoding="utf-8")
    with pytest.raises(InvalidScenario) as e:
        load_flow("a.toml")
    assert [str(mistake) for mistake in e.value.mistakes] == [
        f"a.toml, line 7: visits[0].requests[0].cache: {hidden}",
        "a.toml, line 8: visits[0].requests[0].wait: must be a number of seconds",
    ]


def test_variables_that_expand_to_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BIG", "x" * 60_000)
    Path("a.json").write_text(json.dumps({"visits": ["${BIG}"] * 400}), encoding="utf-8")
    with pytest.raises(InvalidScenario, match="with its variables expanded, it has more than 20000000 characters"):
        load_flow("a.json")


def test_deep_nesting() -> None:
    Path("a.json").write_text("[" * 100_000, encoding="utf-8")
    with pytest.raises(InvalidScenario):
        load_flow("a.json")


def test_a_file_that_is_not_there() -> None:
    with pytest.raises(UnreadableInput):
        load_flow("none.toml")
