"""Policy files: TOML, JSON and YAML are equivalent; mistakes are reported with their lines, and nothing else happens."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corsdoctor import structured_file
from corsdoctor.errors import InvalidScenario, UnreadableInput
from corsdoctor.policy_file import NAMES, find, load, read_text
from corsdoctor.scenario import Scenario
from corsdoctor.suite import reader
from corsdoctor.suite.reader import MOST_MISTAKES
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
        f'{name}, line {lines[0]}: case[0]: has no `expect`; give "allowed", "blocked" or a mapping',
    ])  # fmt: skip


def test_a_mistake_of_the_whole_has_no_line() -> None:
    assert told("cors.toml", "") == [
        "cors.toml: there is nothing to test; add a `case` with id, url, origin and expect"
    ]


def test_no_secret_is_reported() -> None:
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


LONG = "a number does not fit into 64 bits"
DEEP = "it is nested more than 20 levels deep"
MANY = "a policy can have at most 100000 values, and this one has more"
UNREADABLE = (
    Unreadable("a.toml", b"x = \n", "a.toml, line 1, column 5: this is not valid TOML: "),
    Unreadable("a.toml", b"\nx = 1\nx = 2\n", "a.toml, line 3, column 6: this is not valid TOML: "),
    Unreadable("a.toml", b'x = 1\ny = """', "a.toml, line 2, column 8: this is not valid TOML: "),
    *(Unreadable("a.toml", b"x = " + sign + b"1" * 5000, f"a.toml, line 1: {LONG}") for sign in (b"", b"-", b"+", b"1.")),
    Unreadable("a.toml", b"x = " + b"[" * 100_000, "a.toml: it is nested more than 20 levels deep"),
    Unreadable("a.toml", b"x = 1\ny = '\xe4'", "a.toml, line 2, column 6: byte 0xE4 is not UTF-8"),
    Unreadable("a.json", b'{"a": 1,\n}', "a.json, line 2, column 1: this is not valid JSON: "),
    Unreadable("a.json", b"", "a.json, line 1, column 1: this is not valid JSON: "),
    Unreadable("a.json", b'{"a": NaN}', "a.json: this is not valid JSON: NaN is not valid JSON"),
    Unreadable("a.json", b'{"a": ' + b"1" * 6000 + b"}", "a.json: a number does not fit into 64 bits"),
    Unreadable("a.yaml", b"a: " + b"1" * 6000, f"a.yaml, line 1: {LONG}"),
    Unreadable("a.json", b'{"a": {\n"b": 1, "b": 2}}', "a.json, line 2: a.b is given twice; remove one"),
    Unreadable("a.json", b'{"token=s3cret": 1,\n"token=s3cret": 2}', "a.json, line 2: token... is given twice; remove one"),
    Unreadable("a.yaml", b"token=s3cret: 1\ntoken=s3cret: 2\n", "a.yaml, line 2: token... is given twice; remove one"),
    Unreadable("a.json", b"[" * 100_000, "a.json: it is nested more than 20 levels deep"),
    Unreadable("a.yaml", b"a: [1,\nb: 2\n", "a.yaml, line 3, column 1: this is not valid YAML: "),
    Unreadable("a.yaml", b"a: 1\nb: 1\na: 2\n", "a.yaml, line 3: a is given twice; remove one"),
    Unreadable("a.yaml", b"a: *b\n", "a.yaml, line 1, column 4: this is not valid YAML: found undefined alias"),
    Unreadable("a.yml", b"a: 1\n---\nb: 1\n", "a.yml, line 2, column 1: this is not valid YAML: "),
    Unreadable("a.yaml", b"a: !!python/name:os.system x\n", "a.yaml, line 1, column 4: this is not valid YAML: "),
    Unreadable("a.yaml", b"? [1]\n: 2\n", "a.yaml, line 1, column 3: this is not valid YAML: "),
    Unreadable("a.yaml", b"? [1]\n: 2\n? [3]\n: 4\n", "a.yaml, line 1, column 3: this is not valid YAML: "),
    Unreadable("a.yaml", b"a: 2026-02-31\n", "a.yaml: this is not valid YAML: a value does not fit its type"),
    Unreadable("a.yaml", b"a: !!bool x\n", "a.yaml: this is not valid YAML: a value does not fit its type"),
    Unreadable("a.yaml", b"a: !!timestamp x\n", "a.yaml: this is not valid YAML: a value does not fit its type"),
    *(Unreadable("a.yaml", b"a: " + value, "a.yaml: this is not valid YAML: a value does not fit its type")
      for value in (b"!!int ''", b"!!float '-'", b"!!int '+'", b"!!float ''")),
    Unreadable("a.yaml", b"\na: '\x01'\n", "a.yaml, line 2: this is not valid YAML: "),
    Unreadable("a.yaml", b"[" * 100_000, "a.yaml: it is nested more than 20 levels deep"),
    Unreadable("a.yaml", b"a: &a [*a]\n", "a.yaml, line 1: it is nested more than 20 levels deep"),
    Unreadable("a.yaml", b"a0: &a0 [1]\n" + b"".join(b"a%d: &a%d [%s]\n" % (i, i, b",".join([b"*a%d" % (i - 1)] * 9)) for i in range(1, 9)),
               "a.yaml: a policy can have at most 100000 values, and this one has more"),
    *(Unreadable(f"a.{kind}", text.replace(b"#", number), f"a.{kind}, line 2: {LONG}")
      for kind, text, numbers in (
          ("toml", b"\nversion = #\n", (b"0x" + b"f" * 4000, b"9223372036854775808", b"-9223372036854775809", b"0b1" + b"0" * 63)),
          ("json", b'{"a":\n[#]}', (b"9" * 4000, b"9223372036854775808")),
          ("yaml", b"\nversion: #\n", (b"0x" + b"f" * 99, b"1" + b":59" * 90_000, b"1" + b":59" * 90_000 + b".5", b"!!int '0x" + b"f" * 4000 + b"'")),
          ("yaml", b"a: 1\n? #\n: 1\n", (b"0x" + b"f" * 4000, b"1" + b":59" * 90_000)),
      ) for number in numbers),
    *(Unreadable("a.toml", text, f"a.toml, line 2: {DEEP}")
      for text in (b"\n" + b"a." * 20 + b"a = 1", b"\n[" + b'"a" . ' * 20 + b"a]", b"\nx = 1." + b"a." * 2_000_000)),
    *(Unreadable(name, text, f"{name}: {DEEP}") for name, text in (
        ("a.toml", b"a = " + b"[" * 21 + b"]" * 21), ("a.json", b'{"a":' * 21 + b"1" + b"}" * 21), 
    )),
    *(Unreadable(name, text, f"{name}: {MANY}") for name, text in (
        ("a.toml", b"".join(b"[k%d]\n" % i for i in range(210_000))), ("a.toml", b"a = [" + b"[]," * 100_001 + b"]"),
        ("a.json", b'{"a":[' + b"1," * 100_000 + b"1]}"), ("a.json", b"[" + b"{}," * 100_000 + b"1]"),
    )),
    Unreadable("a.toml", b"#" * 5_000_001, "a.toml: a policy has at most 5 MB, and this file has more"),
    Unreadable("a.yaml", b"#" * 2_000_001, "a.yaml: a policy in YAML has at most 2 MB, and this file has more"),
    Unreadable("a.ini", b"", "a.ini: the name of a policy must end in .toml, .json, .yaml or .yml, not in '.ini'"),
    Unreadable("cors", b"", "cors: the name of a policy must end in .toml, .json, .yaml or .yml, not in ''"),
)  # fmt: skip


@pytest.mark.parametrize("file", UNREADABLE, ids=lambda file: f"{file.name}-{file.data[:20]!r}-{len(file.data)}")
def test_unreadable(file: Unreadable) -> None:
    (line,) = told(file.name, file.data)
    assert line.startswith(file.told)
    assert len(line) < 500
    assert "(at " not in line
    assert "\n" not in line


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.toml", "a = " + "[" * 20 + "]" * 20), ("a.toml", "a" + ".a" * 19 + " = 1"), ("a.json", '{"a":' + "[" * 20 + "]" * 20 + "}"),
        ("a.yaml", "a: " + "[" * 20 + "]" * 20), ("a.toml", "".join(f"base.a{i} = 1\n" for i in range(30))),
        ("a.toml", "a" * 400 + " = 1"), ("a.toml", "".join(f"a{i} = 1\n" for i in range(199))), ("a.toml", "# a\n" * 500),
        *((name, text % number) for number in (2**63 - 1, -(2**63))
          for name, text in (("a.toml", "version = %d"), ("a.json", '{"version": %d}'), ("a.yaml", "version: %d"))),
    ],
    ids=lambda text: text[:20],
)  # fmt: skip
def test_what_keeps_within_the_limits(monkeypatch: pytest.MonkeyPatch, name: str, text: str) -> None:
    """It is read, although it is not a policy."""
    monkeypatch.setattr(structured_file, "_MOST_VALUES", 200)
    lines = told(name, text)
    assert not [line for line in lines if any(limit in line for limit in (LONG, DEEP, "can have at most", "not valid"))]


def test_a_table_of_many_keys_is_not_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    """tomllib would take minutes."""
    monkeypatch.setattr(tomllib, "loads", lambda _: pytest.fail("it was parsed"))
    assert told("a.toml", "[a]\n" * 200_001) == [f"a.toml: {MANY}"]


@pytest.mark.parametrize(
    ("path", "reason"),
    [("no.toml", "No such file"), (".", "Is a directory"), ("a\0b", "this is not a valid file name")],
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
        + "  - &second\n    id: d\n    <<: *first\n    known: {reason: r, until: 2026-12-31}\n"
        + "  - <<: *second\n    <<: *first\n    id: e\n"
    )
    Path("a.yaml").write_text(text, encoding="utf-8")
    assert [(one.id, one.line) for one in load("a.yaml").cases] == [("c", 3), ("d", 8), ("e", 12)]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", "a.yaml: there is nothing to test; add a `case` with id, url, origin and expect"),
        ("- a\n", "a.yaml: must be a mapping, not a list"),
        ("known: yes\n" + POLICY, "a.yaml, line 1: known: must be a list of mappings, not true or false"),
        (POLICY.replace("origin", "on"), "a.yaml, line 3: case[0]: the key True is not a string; put it in quotes"),
        (
            POLICY.replace("url: ", "url: #"),
            "a.yaml, line 4: case[0].url: is empty; write a value, or remove the key",
        ),
        (
            POLICY.replace("'null'", "null"),
            'a.yaml, line 5: case[0].origin: is empty; write a value, or "null" in quotes for an opaque origin, or remove the key',
        ),
        (
            POLICY.replace("blocked", "[a]"),
            "a.yaml, line 6: case[0].expect: must be allowed, blocked or a mapping, not a list",
        ),
    ],
)
def test_yaml_that_means_something_else(text: str, line: str) -> None:
    assert line in told("a.yaml", text)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(["toml", "json", "yaml"]), st.text("a1:-[]{}\"'#=,.&*!|>%@\\ \n\t\x00\ufeff", max_size=30))
def test_any_text_is_a_policy_or_a_reported_mistake(kind: str, text: str) -> None:
    assert told(f"x.{kind}", text)


CASE: Final = {"id": "c", "url": "https://x.example/", "origin": "null", "expect": "allowed"}
TOO_LARGE: Final[dict[str, dict[str, object]]] = {
    "bases": {
        "base": {"b0": "https://x.example/" + "x" * 90, **{f"b{i}": f"{{b{i - 1}}}" + f"/{{b{i - 1}}}" * 9 for i in range(1, 9)}},
        "case": [CASE],
    },
    "base, often": {
        "base": {"b": "https://x.example/" + "x" * 9_000},
        "matrix": [{"id": "m", "base": "b", "paths": [f"/{i}" for i in range(300)], "allow": ["null"]}],
    },
    "groups": {
        "origins": {
            "all": [f"https://x{i}.example" for i in range(1_000)], **{f"g{i}": ["all"] for i in range(201)},
        },
        "case": [CASE],
    },
    "exceptions": {
        "matrix": [
            {
                "id": "m", "urls": [f"https://x.example/{i}" for i in range(1_000)], "allow": ["null"],
                "except": [{"url": "https://x.example/1", "expect": "blocked"}] * 201,
            }
        ]
    },
    "patterns": {
        "matrix": [{"id": "m", "urls": [f"https://x.example/{i}" for i in range(1_000)], "allow": ["null"]}],
        "known": [{"id": "*x*", "reason": "x"}] * 201,
    },
}  # fmt: skip
"""What a small file makes much of: more than 200,000 steps."""


@pytest.mark.parametrize("name", TOO_LARGE)
def test_little_that_means_much(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(reader, "MOST_STEPS", 200_000)
    lines = told("cors.json", json.dumps(TOO_LARGE[name]))
    assert any(
        "the policy is too large once its bases, groups and patterns are expanded; use fewer of them" in line
        or "characters" in line
        for line in lines
    )
    assert len(lines) < 110


def test_strings_of_any_kind_take_memory_for_their_length() -> None:
    """Five times the file's size and more were taken before; what Python needs by itself is left out."""
    whole = 4_900_000
    for name, text in (
        ("a.json", '{"a":"' + "x" * whole + '"}'), ("a.json", '{"' + "\\n" * (whole // 2) + '":1}'),
        ("a.toml", 'a="' + "\\n" * (whole // 2) + '"'), ("a.toml", 'a="""' + '""x' * (whole // 3) + '"""'),
        ("a.toml", "#" + "x" * whole), ("a.toml", '"' * whole), ("a.toml", "a = " + "1_" * (whole // 2)),
        ("a.toml", "a = [" + '\\"' * (whole // 2)),
    ):  # fmt: skip
        Path(name).write_text(text, encoding="utf-8")
        program = (
            "import resource, sys; from corsdoctor.policy_file import load; from corsdoctor.errors import InvalidScenario\n"
            "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
            f"try: load({name!r})\nexcept InvalidScenario: print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)"
        )
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
        assert int(done.stdout) < 20 * whole / 1024, (name, text[:20])


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="needs /dev/zero")
def test_a_file_without_an_end() -> None:
    for name in ("cors.toml", "cors.json", "cors.yaml"):
        Path(name).symlink_to("/dev/zero")
        with pytest.raises(UnreadableInput, match="it is a device"):
            load(name)


def test_the_number_of_reported_mistakes_is_limited() -> None:
    lines = told("cors.json", json.dumps({"case": [{f"k{i}": 1 for i in range(10_000)}]}))
    assert len(lines) == MOST_MISTAKES + 1
    assert lines[-1] == "cors.json: there may be more mistakes; fix these first"


def test_yaml_is_read_no_further_than_it_may_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(structured_file, "_MOST_VALUES", 100)
    assert told("a.yaml", "a:\n" + "- 1\n" * 201 + "] broken") == [f"a.yaml: {MANY.replace('100000', '100')}"]


def test_a_key_may_be_too_large_a_number() -> None:
    assert told("a.yaml", f"a: 1\n? 0x{'f' * 60}\n: 1\n") == [f"a.yaml, line 1: {LONG}"]


def test_a_group_may_be_used_again_and_again() -> None:
    """The limit is far from what anybody writes."""
    origins = {"all": [f"https://x{i}.example" for i in range(500)], **{f"g{i}": ["all"] for i in range(500)}}
    Path("cors.json").write_text(json.dumps({"origins": origins, "case": [CASE]}), encoding="utf-8")
    assert len(load("cors.json").cases) == 1


def test_a_toml_of_too_many_words_is_not_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "corsdoctor.structured_file.tomllib.loads", None
    )  # it would need memory for each part of each key
    [line] = told("many.toml", "".join(f"a{n}.b.c.d.e = 1\n" for n in range(60_000)))
    assert "at most 100000 values" in line


def test_what_a_parser_says_of_a_long_text_is_cut() -> None:
    [line] = told("long.yaml", f"a: !{'x' * 5000} 1\n")
    assert len(line) < 500
    assert "(at " not in line
