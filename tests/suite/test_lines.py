"""The line of each key and item, in TOML and in JSON."""

from __future__ import annotations

import json
import tomllib
from typing import Any

import pytest
import tomlkit
from hypothesis import given
from hypothesis import strategies as st

from corsdoctor.suite.lines import json_lines, toml_lines
from corsdoctor.value_path import Path

KEY = st.text("ab-_ .\"'\\#=[]ä\n", max_size=3)
VALUE = st.recursive(
    st.booleans() | st.integers(-5, 5) | st.text("ab\"'\\#,]}\n\t", max_size=4) | st.dates() | st.datetimes(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEY, inner, max_size=3),
    max_leaves=12,
)


def paths(value: Any, path: Path = ()) -> set[Path]:
    """The path of each key and item in `value`."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return {p for key, inner in pairs for p in ((*path, key), *paths(inner, (*path, key)))}


@given(st.dictionaries(KEY, VALUE, max_size=4))
def test_each_path_of_a_toml_text_has_a_line(data: dict[str, Any]) -> None:
    text = tomlkit.dumps(data)
    lines = toml_lines(text)
    assert lines.keys() == paths(tomllib.loads(text))
    assert all(1 <= line <= text.count("\n") + 1 for line in lines.values())


@given(VALUE, st.sampled_from([None, 1, "\t"]))
def test_each_path_of_a_json_text_has_a_line(value: Any, indent: int | str | None) -> None:
    text = json.dumps(value, indent=indent, default=str)
    lines, twice = json_lines(text)
    assert lines.keys() == paths(json.loads(text))
    assert twice is None
    if indent is None:
        assert set(lines.values()) <= {1}


@given(st.dictionaries(KEY, st.lists(st.integers(), min_size=1, max_size=3), max_size=4))
def test_with_a_line_for_each_value_the_lines_are_those(data: dict[str, list[int]]) -> None:
    text = json.dumps(data, indent=1)
    lines, _ = json_lines(text)
    written = text.split("\n")
    for path, line in lines.items():
        wanted = f"{json.dumps(path[0])}: [" if len(path) == 1 else str(data[str(path[0])][int(path[1])])
        assert written[line - 1].strip().rstrip(",") == wanted


TOML = '''\
# a comment with [a.header]
"$schema" = "x" # y = 1

[base]
api = "https://x" # "
'v 2' = """
a = 1
"quoted\\""""
raw = \'\'\'
[no]
\'\'\'\'
dated = 2026-12-31 10:00:00 # with a space

[[case]]
id = "a"
headers.X-A . "b\\u0041" = 1
list = [ # one
  1,
  { a = 1, b = [2] },

  [3,
   4],
]
[case.expect]
rule = 1
[[case]]
  [[case.except]]
  skip = true
  [[case.except]]
[ other . deep ]
x=inf
'''


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_lines_of_toml(newline: str) -> None:
    lines = toml_lines(TOML.replace("\n", newline))
    assert lines == {
        ("$schema",): 2,
        ("base",): 4, ("base", "api"): 5, ("base", "v 2"): 6, ("base", "raw"): 9, ("base", "dated"): 12,
        ("case",): 14, ("case", 0): 14, ("case", 0, "id"): 15,
        ("case", 0, "headers"): 16, ("case", 0, "headers", "X-A"): 16, ("case", 0, "headers", "X-A", "bA"): 16,
        ("case", 0, "list"): 17, ("case", 0, "list", 0): 18, ("case", 0, "list", 1): 19,
        ("case", 0, "list", 1, "a"): 19, ("case", 0, "list", 1, "b"): 19, ("case", 0, "list", 1, "b", 0): 19,
        ("case", 0, "list", 2): 21, ("case", 0, "list", 2, 0): 21, ("case", 0, "list", 2, 1): 22,
        ("case", 0, "expect"): 24, ("case", 0, "expect", "rule"): 25,
        ("case", 1): 26, ("case", 1, "except"): 27, ("case", 1, "except", 0): 27, ("case", 1, "except", 0, "skip"): 28,
        ("case", 1, "except", 1): 29,
        ("other",): 30, ("other", "deep"): 30, ("other", "deep", "x"): 31,
    }  # fmt: skip
    assert lines.keys() == paths(tomllib.loads(TOML))


def test_a_key_of_json_that_is_there_twice() -> None:
    text = '{\n "a": {"b": 1,\n  "b": 2},\n "a": 3}'
    assert json_lines(text)[1] == (("a", "b"), 3)
