"""Proves the floors of the house: imports go down only, third parties are fenced, what is pure stays pure."""

from __future__ import annotations

import ast
import re
import socket
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import corsdoctor

PACKAGE = Path(__file__).parent.parent / "corsdoctor"
ROOM = re.compile(r"^ {4}(?P<floor>\d*) +(?P<name>\w+) {2,}\S", re.M)
PURE = re.compile(r"^Floors 0 to (\d+) know no clock", re.M)


def floors(text: str) -> dict[str, int]:
    """Room -> floor, as the map in corsdoctor/__init__.py has them: a room without a number is on the floor above it."""
    read: dict[str, int] = {}
    floor = 0
    for room in ROOM.finditer(text):
        floor = int(room["floor"] or floor)
        assert room["name"] not in read
        read[room["name"]] = floor
    return read


MAP = corsdoctor.__doc__ or ""
FLOOR = floors(MAP)
[_last] = PURE.findall(MAP)
PURE_UP_TO = int(_last)
FENCES = {
    "can_ada": ("url",),
    "publicsuffixlist": ("host",),
    "requests": ("transport/live", "transport/proxy"),
    "urllib3": ("transport/live", "transport/connection", "transport/proxy", "transport/socks_proxy"),
    "socks": ("transport/socks_proxy",),
    "h2": ("transport/http2",),
    "jinja2": ("recipes/recipe", "reports/html/pages", "lab_page/page"),
    "markupsafe": ("reports/html/pages",),
    "msgspec": ("captures/skim",),
    "tomlkit": ("suite/write", "suite/write_allowed", "suite/accept"),
    "yaml": ("structured_file",),
    "junitparser": ("reports",),
    "tabulate": ("reports",),
    "colorama": ("reports", "cli"),
    "click": ("cli",),
    **dict.fromkeys(
        (
            "tree_sitter",
            "tree_sitter_bash",
            "tree_sitter_c_sharp",
            "tree_sitter_go",
            "tree_sitter_java",
            "tree_sitter_java",
            "tree_sitter_javascript",
            "tree_sitter_php",
            "tree_sitter_php",
            "tree_sitter_powershell",
            "tree_sitter_regex",
            "tree_sitter_ruby",
            "tree_sitter_typescript",
        ),
        ("captures/commands/grammar",),
    ),
    "crossplane": ("lint_file",),
    "re2": ("lint/patterns",),
    "distributed": ("batch/on_dask", "batch/dask_worker", "batch/dask_scheduler"),
    "tqdm": ("cli/progress",),
    **dict.fromkeys(("anyio", "jsonschema", "mcp"), ("cli/mcp_tools",)),
    **dict.fromkeys(("cryptography", "trustme"), ("witness/authority",)),
    "pytest": ("pytest_plugin",),
}
PURE_STDLIB = {
    "__future__", "array", "ast", "base64", "bisect", "calendar.timegm", "codecs", "collections", "contextlib", "dataclasses", "datetime.date", "difflib", "enum", "email.utils.parsedate_to_datetime", "functools", "hashlib", "html.escape", "html.parser.HTMLParser", "html.unescape",
    "importlib", "ipaddress", "itertools", "json", "math", "operator", "re", "string", "tomllib", "types", "typing",
    "urllib.parse.quote", "urllib.parse.unquote", "urllib.parse.unquote_to_bytes",
}  # fmt: skip
IMPURE_CALLS = {"open", "print", "input", "exec", "eval", "__import__"}
COMPILES = ("record",)
"""What may call eval(), with words of its own."""
FILES = sorted(PACKAGE.rglob("*.py"))


def name_of(path: Path) -> str:
    return path.relative_to(PACKAGE).with_suffix("").as_posix()


def imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            assert node.module is not None
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_floors_fences_and_purity(path: Path) -> None:
    tree, name = tree_of(path), name_of(path)
    room = name.split("/")[0]
    pure = FLOOR[room] <= PURE_UP_TO
    for module in imports(tree):
        top, *rest = module.split(".")
        if top == "corsdoctor":
            assert rest[0] in FLOOR, f"{name} imports {module}: no such room"
            assert rest[0] == room or FLOOR[rest[0]] < FLOOR[room], f"{name} imports {module}, which is not below it"
        elif top in FENCES:
            assert any(name == fence or room == fence for fence in FENCES[top]), f"{name} imports {module}"
        else:
            assert top in sys.stdlib_module_names, f"{name} imports {module}, which nothing allows"
            assert not pure or {top, module} & PURE_STDLIB, f"{name} imports {module}, but it is to be pure"
    called = {n.func.id for n in ast.walk(tree) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)}
    called -= {"eval"} if name in COMPILES else set()
    assert not pure or not called & IMPURE_CALLS, f"{name} calls {called & IMPURE_CALLS}"


def test_no_files_import_each_other_in_a_circle() -> None:
    """Neither at once nor later, when a function runs. Types may, and a room's __init__ has the names that its files share."""
    names = {name_of(path) for path in FILES} - {name_of(path) for path in FILES if path.name == "__init__.py"}
    imported = {name: _files_that_run(PACKAGE / f"{name}.py") & names for name in names}
    assert "cli/reading" in imported["cli/flags"]
    TopologicalSorter(imported).prepare()  # CycleError names the files


def _files_that_run(path: Path) -> set[str]:
    """The files that `path` imports, but for those that only its types are of."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    tree.body = [
        node for node in tree.body if not (isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING")
    ]
    names = {module.removeprefix("corsdoctor.").replace(".", "/") for module in imports(tree)}
    return names | {name.rpartition("/")[0] for name in names}


@pytest.mark.parametrize("path", [p for p in FILES if name_of(p) != "record"], ids=name_of)
def test_records_are_those_that_are_defined_fast(path: Path) -> None:
    imported = {*imports(tree_of(path))}
    assert "typing.NamedTuple" not in imported, "the base of a record is corsdoctor.record.Record"
    if "corsdoctor.record.Record" in imported:
        assert "__future__.annotations" in imported, "without it, Python 3.14 tells a record no annotations"


FOLDERS = sorted({path.parent for path in FILES} - {PACKAGE})


@pytest.mark.parametrize("folder", FOLDERS, ids=name_of)
def test_a_room_names_its_files(folder: Path) -> None:
    """Who looks for something finds its file in what the room says of itself. A file of recipes stands in the table."""
    said = ast.get_docstring(tree_of(folder / "__init__.py")) or ""
    files = {path.stem for path in folder.glob("*.py") if not RECIPE.search(path.read_text(encoding="utf-8"))}
    assert files - {"__init__"} == {name for name in files if re.search(rf"\b{name}\b", said)}
    assert not {name for name in re.findall(r"(?<![/*\w])(\w+)\.py\b", said) if not any(p.stem == name for p in FILES)}


RECIPE = re.compile(r"^RECIPES?\b", re.M)


@pytest.mark.parametrize("path", [p for p in FILES if name_of(p).startswith("fetch/")], ids=name_of)
def test_a_browser_is_data(path: Path) -> None:
    """No algorithm asks which browser it runs for."""
    for node in ast.walk(tree_of(path)):
        match node:
            case ast.Compare(left=left, comparators=others):
                sides = [ast.unparse(side) for side in (left, *others)]
            case ast.Match(subject=subject):
                sides = [ast.unparse(subject)]
            case ast.Subscript(slice=key):
                sides = [ast.unparse(key)]
            case _:
                continue
        assert not any(side.endswith("profile.name") for side in sides), f"{ast.unparse(node)}, line {node.lineno}"


SENDERS = {
    "egress": {"self.send"},  # an Ask, after it has decided
    "diagnose": {
        "send",
        "fetching.send",
    },  # the latter is a generator's; after egress.replayed() in diagnose_all, and withholding()
    "captures/live": {"send"},  # what came through diagnose_all, if nothing of it is lacking
    "causes/final_url": {"sending"},  # makes the `send` of a replay on recorded answers, or on those of an Ask
    "cli/real_time": {"self._send"},  # what came through sharing(), when its time has come
    "witness/proxy": {"self._send"},  # what came through sharing(): a browser's request in place of a replay's
    "batch/retry_after": {"send"},  # what came through diagnose_all, when its time has come
}
"""Who may call a `send`: by file, as which names. Others pass it to diagnose_all, or make an Ask of it."""
UNCLEARED = {
    "diagnose": 1, "quirk": 1, "flow/frame": 1, "flow/icon": 1, "plan": 1, "cure/search": 1, "results_file": 1, "captures/judge": 1,
    "causes/final_url": 1, "flow/run": 1, "audit/requests_of_pages": 1, "audit/sender": 2, "suite/write_audited": 1,
    "lab_page/playground": 1,
}  # fmt: skip
"""Who may call diagnose(), which clears nothing: diagnose_all, those who run it on answers of their own, flow/run, whose
`send` comes from sharing(), which clears, and audit, whose requests all go through an Ask."""


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_whatever_is_sent_has_passed_egress(path: Path) -> None:
    """A sender that decides for itself what goes where fails here: only what egress.py clears leaves."""
    tree, name = tree_of(path), name_of(path)
    called = [ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)]
    assert called.count("diagnose") == UNCLEARED.get(name, 0), f"{name} calls diagnose(): use diagnose_all()"
    if name.split("/")[0] in ("transport", "fetch", "lab"):  # below a request, or on the server's side of it
        return
    sends = {
        node.arg
        for node in ast.walk(tree)
        if isinstance(node, ast.arg) and node.annotation is not None and "Send" in _names(node.annotation)
    }
    direct = {name for name in called if name in sends or name.rpartition(".")[2] in ("send", "_send", "_sending")}
    assert direct <= SENDERS.get(name, set()), (
        f"{name} sends by {direct}: pass it to diagnose_all, or make an Ask of it"
    )


def _names(annotation: ast.AST) -> set[str]:
    return {node.id for node in ast.walk(annotation) if isinstance(node, ast.Name)}


def test_the_certificate_is_shown_where_the_algorithm_and_egress_say_so() -> None:
    """One function lets a request show it. Others only compare, and egress takes it back."""
    making = set()
    for path in FILES:
        tree = tree_of(path)
        compared = {operand for node in ast.walk(tree) if isinstance(node, ast.Compare) for operand in node.comparators}
        shown = {
            node
            for node in ast.walk(tree)
            if isinstance(node, ast.Attribute) and node.attr == "SHOWN" and ast.unparse(node) == "Certificate.SHOWN"
        }
        making |= {name_of(path)} if shown - compared else set()
    assert making == {"fetch/network"}


def test_the_map_has_every_room_and_each_floor_in_order() -> None:
    assert {name_of(path).split("/")[0] for path in FILES} == FLOOR.keys()
    assert list(dict.fromkeys(FLOOR.values())) == list(reversed(range(max(FLOOR.values()) + 1)))


def test_a_room_without_a_number_is_on_the_floor_of_the_one_before() -> None:
    assert floors("    2  b  of b\n       c  of c\n    0  a   of a\n") == {"b": 2, "c": 2, "a": 0}


def test_what_is_pure_is_what_coverage_measures() -> None:
    project = tomllib.loads((PACKAGE.parent / "pyproject.toml").read_text(encoding="utf-8"))
    patterns = project["tool"]["coverage"]["report"]["include"]
    rooms = {Path(pattern).with_suffix("").parts[1] for pattern in patterns}
    assert rooms == {room for room, number in FLOOR.items() if number <= PURE_UP_TO}


def test_a_test_of_the_core_is_pure() -> None:
    with socket.socket() as sock:
        for act in (
            lambda: subprocess.run([sys.executable, "--version"], check=True),
            lambda: socket.getaddrinfo("localhost", 80),
            lambda: sock.connect(("127.0.0.1", 9)),
            lambda: sock.bind(("127.0.0.1", 0)),
        ):
            with pytest.raises(AssertionError, match="a test of the core"):
                act()


def test_the_picture_of_the_floors_is_the_map() -> None:
    page = (PACKAGE.parent / "docs" / "architecture.md").read_text(encoding="utf-8")
    drawn = {room: int(n) for n, rooms in re.findall(r"^ *(\d+)  (.+)$", page, re.M) for room in rooms.split()}
    assert drawn == FLOOR
    below = page.partition("pure from here down")[2]
    assert max(map(int, re.findall(r"^ *(\d+)  ", below, re.M))) == PURE_UP_TO


def test_the_index_of_the_docs_is_complete() -> None:
    docs = PACKAGE.parent / "docs"
    pages = {path.name for path in docs.glob("*.md")} - {"README.md"}
    assert set(re.findall(r"\]\((\w+\.md)\)", (docs / "README.md").read_text(encoding="utf-8"))) == pages


POSSESSIVE_GROUP = re.compile(r"\)(?:[*+?]|\{\d*,?\d*\})\+|\(\?>")


def test_no_group_is_possessive() -> None:
    """Python matches too little by such a group before 3.11.5 (https://github.com/python/cpython/issues/106052)."""
    found = {path: POSSESSIVE_GROUP.findall(path.read_text(encoding="utf-8")) for path in PACKAGE.rglob("*.py")}
    assert {path: groups for path, groups in found.items() if groups} == {}


@pytest.mark.parametrize("pattern", [r"(?:ab)*+", r"(a|b)++", r"(?:a)?+", r"(?:a){2,3}+", r"(?>ab)"])
def test_a_possessive_group_is_seen(pattern: str) -> None:
    assert POSSESSIVE_GROUP.search(pattern)
