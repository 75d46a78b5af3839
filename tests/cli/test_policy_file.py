"""Policy files: TOML, JSON and YAML say the same; what can't be read or meant is told with its line, and nothing else happens."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corsdoctor.cli.policy_file import NAMES, find, load, read_text
from corsdoctor.errors import InvalidScenario, UnreadableInput
from corsdoctor.scenario import Scenario
from tests.suite.policies import ENVIRONMENT, RIGHT
from tests.suite.test_read import plain, suite, whole

POLICY = """
case:
  - id: c
    url: https://x.example
    origin: 'null'
    expect: blocked
"""


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty current directory, and the environment of the table."""
    monkeypatch.chdir(tmp_path)
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    return tmp_path


def told(name: str, text: str | bytes) -> list[str]:
    """The lines that the user sees."""
    Path(name).write_bytes(text.encode() if isinstance(text, str) else text)
    with pytest.raises(InvalidScenario) as caught:
        load(name)
    return [str(one) for one in caught.value.mistakes]


def scenarios(path: str) -> list[tuple[str, Scenario]]:
    return [(one.id, one.scenario) for one in load(path).cases]


@pytest.mark.parametrize("policy", RIGHT, ids=lambda policy: policy.id)
def test_three_formats_say_the_same(policy: object) -> None:
    text = whole(policy)  # type: ignore[arg-type]
    Path("cors.toml").write_text(text, encoding="utf-8")
    Path("cors.json").write_text(json.dumps(plain(text), indent="\t"), encoding="utf-8")
    Path("cors.yaml").write_text(yaml.safe_dump(plain(text)), encoding="utf-8")
    expected = [(one.id, one.scenario) for one in suite(text).cases]
    assert [scenarios(f"cors.{kind}") for kind in ("toml", "json", "yaml")] == [expected] * 3


@pytest.mark.parametrize("name", NAMES)
def test_a_policy_is_found_by_its_name(name: str, here: Path) -> None:
    assert find() is None
    (here / "cors.yml").mkdir(exist_ok=True)
    assert find() is None
    (here / "cors.yml").rmdir()
    Path(name).touch()
    assert find() == name


def test_the_first_name_is_found_first() -> None:
    for name in NAMES:
        Path(name).touch()
    assert find() == "cors.toml"


MISTAKES = {
    "toml": '# one\n[[case]]\nid = "c"\nurl = "https://x.example"\norgin = "null"\nexpect = "${NOPE}"\n',
    "json": '\n{"case":\n\t[{"id": "c",\n"url": "https://x.example", "\\u006frgin":\n"null"\n, "expect": "${NOPE}"}]}',
    "yaml": "%YAML 1.1\n---\n# three\ncase:\n- {id: c, url: 'https://x.example',\n  orgin: 'null'}\n",
}


@pytest.mark.parametrize(("kind", "lines"), [("toml", (5, 6)), ("json", (4, 6)), ("yaml", (5, 6))])
def test_mistakes_have_lines(kind: str, lines: tuple[int, int]) -> None:
    name = f"a b.{kind}"
    assert sorted(told(name, MISTAKES[kind])) == sorted([
        f"{name}, line {lines[0] if kind != 'yaml' else lines[1]}: case[0].orgin: unknown key; did you mean `origin`?",
        f"{name}, line {lines[1]}: case[0].expect '${{NOPE}}': the variable NOPE is not set; set it, or write ${{NOPE:-default}}"
        if kind != "yaml" else
        f'{name}, line {lines[0]}: case[0]: has no `expect`; it is "allowed", "blocked" or a mapping',
    ])  # fmt: skip


def test_a_mistake_of_the_whole_has_no_line() -> None:
    assert told("cors.toml", "") == [
        "cors.toml: there is nothing to test; add a `case` with id, url, origin and expect"
    ]


def test_nothing_secret_is_told() -> None:
    text = '[[case]]\nid = "c"\nurl = "https://u:pw0rd@x y/?t=t0ken"\norigin = "${BAD}"\nexpect = "allowed"\n[case.headers]\nA = "h3ad\\n"\nB = "b3ad${"\n'
    lines = told("cors.toml", text)
    assert len(lines) == 4
    assert not any(
        secret in line for line in lines for secret in ("pw0rd", "t0ken", "S3CRET", "s3cret", "h3ad", "b3ad")
    )


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A file that can't be read: its name, its bytes, and what is said."""

    name: str
    data: bytes
    told: str


UNREADABLE = (
    Unreadable("a.toml", b"x = \n", "a.toml, line 1, column 5: this is no TOML: "),
    Unreadable("a.toml", b"\nx = 1\nx = 2\n", "a.toml, line 3, column 6: this is no TOML: "),
    Unreadable("a.toml", b'x = 1\ny = """', "a.toml, line 2, column 8: this is no TOML: "),
    Unreadable("a.toml", b"x = " + b"1" * 5000, "a.toml: a number has thousands of digits"),
    Unreadable("a.toml", b"x = " + b"[" * 100_000, "a.toml: it is nested too deeply"),
    Unreadable("a.toml", b"x = 1\ny = '\xe4'", "a.toml, line 2, column 6: byte 0xE4 is no UTF-8"),
    Unreadable("a.json", b'{"a": 1,\n}', "a.json, line 2, column 1: this is no JSON: "),
    Unreadable("a.json", b"", "a.json, line 1, column 1: this is no JSON: "),
    Unreadable("a.json", b'{"a": NaN}', "a.json: this is no JSON: NaN is no JSON"),
    Unreadable("a.json", b'{"a": ' + b"1" * 6000 + b"}", "a.json: a number has thousands of digits"),
    Unreadable("a.yaml", b"a: " + b"1" * 6000, "a.yaml: a number has thousands of digits"),
    Unreadable("a.json", b'{"a": {\n"b": 1, "b": 2}}', "a.json, line 2: a.b is there twice; take one out"),
    Unreadable("a.json", b"[" * 100_000, "a.json: it is nested too deeply"),
    Unreadable("a.yaml", b"a: [1,\nb: 2\n", "a.yaml, line 3, column 1: this is no YAML: "),
    Unreadable("a.yaml", b"a: 1\nb: 1\na: 2\n", "a.yaml, line 3: a is there twice; take one out"),
    Unreadable("a.yaml", b"a: *b\n", "a.yaml, line 1, column 4: this is no YAML: found undefined alias"),
    Unreadable("a.yml", b"a: 1\n---\nb: 1\n", "a.yml, line 2, column 1: this is no YAML: "),
    Unreadable("a.yaml", b"a: !!python/name:os.system x\n", "a.yaml, line 1, column 4: this is no YAML: "),
    Unreadable("a.yaml", b"? [1]\n: 2\n", "a.yaml, line 1, column 3: this is no YAML: "),
    Unreadable("a.yaml", b"a: 2026-02-31\n", "a.yaml: this is no YAML: a value is none of its type"),
    Unreadable("a.yaml", b"a: !!bool x\n", "a.yaml: this is no YAML: a value is none of its type"),
    Unreadable("a.yaml", b"a: !!timestamp x\n", "a.yaml: this is no YAML: a value is none of its type"),
    Unreadable("a.yaml", b"\na: '\x01'\n", "a.yaml, line 2: this is no YAML: "),
    Unreadable("a.yaml", b"[" * 100_000, "a.yaml: it is nested too deeply"),
    Unreadable("a.yaml", b"a: &a [*a]\n", "a.yaml, line 1: it is nested too deeply"),
    Unreadable("a.yaml", b"a0: &a0 [1]\n" + b"".join(b"a%d: &a%d [%s]\n" % (i, i, b",".join([b"*a%d" % (i - 1)] * 9)) for i in range(1, 9)),
               "a.yaml: with its aliases put in, it has more than 1000000 values"),
    Unreadable("a.ini", b"", "a.ini: a policy's name ends in .toml, .json, .yaml or .yml, not in '.ini'"),
    Unreadable("cors", b"", "cors: a policy's name ends in .toml, .json, .yaml or .yml, not in ''"),
)  # fmt: skip


@pytest.mark.parametrize("file", UNREADABLE, ids=lambda file: f"{file.name}-{file.data[:20]!r}")
def test_unreadable(file: Unreadable) -> None:
    (line,) = told(file.name, file.data)
    assert line.startswith(file.told)
    assert "\n" not in line


@pytest.mark.parametrize(
    ("path", "reason"), [("no.toml", "No such file"), (".", "Is a directory"), ("a\0b", "no file can have this name")]
)
def test_what_is_no_file(path: str, reason: str) -> None:
    with pytest.raises(UnreadableInput, match=reason):
        load(path)


def test_a_byte_order_mark_is_no_part_of_the_text() -> None:
    Path("a.yaml").write_bytes(b"\xef\xbb\xbf" + POLICY.encode())
    assert read_text("a.yaml") == POLICY
    assert [one.id for one in load("a.yaml").cases] == ["c"]


def test_yaml_may_say_things_once() -> None:
    text = (
        POLICY.replace("- id: c", "- &first\n    id: c")
        + "  - <<: *first\n    id: d\n    known: {reason: r, until: 2026-12-31}\n"
    )
    Path("a.yaml").write_text(text, encoding="utf-8")
    assert [(one.id, one.line) for one in load("a.yaml").cases] == [("c", 3), ("d", 8)]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", "a.yaml: there is nothing to test; add a `case` with id, url, origin and expect"),
        ("- a\n", "a.yaml: should be a mapping, and is a list"),
        ("known: yes\n" + POLICY, "a.yaml, line 1: known: should be a list of mappings, and is true or false"),
        (POLICY.replace("origin", "on"), "a.yaml, line 3: case[0]: the key True is no string; put it in quotes"),
        (
            POLICY.replace("url: ", "url: #"),
            "a.yaml, line 4: case[0].url: is empty; write a value, or take the key out",
        ),
        (
            POLICY.replace("'null'", "null"),
            'a.yaml, line 5: case[0].origin: is empty; write a value, or "null" in quotes for an opaque origin, or take the key out',
        ),
        (
            POLICY.replace("blocked", "[a]"),
            "a.yaml, line 6: case[0].expect: should be allowed, blocked or a mapping, and is a list",
        ),
    ],
)
def test_yaml_that_means_something_else(text: str, line: str) -> None:
    assert line in told("a.yaml", text)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(["toml", "json", "yaml"]), st.text("a1:-[]{}\"'#=,.&*!|>%@\\ \n\t\x00\ufeff", max_size=30))
def test_any_text_is_a_policy_or_told(kind: str, text: str) -> None:
    assert told(f"x.{kind}", text)
