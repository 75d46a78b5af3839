"""Opens the files that lint reads, recognizes their language, and parses them. lint/ finds what is wrong."""

from __future__ import annotations

import ast
import os
import re
import warnings
from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from corsdoctor.captures.commands.grammar import Tree, broken
from corsdoctor.errors import CorsDoctorError, UnreadableInput
from corsdoctor.lint import csharp, golang, java, javascript, nginx, php, python, ruby
from corsdoctor.lint.found import Found, Linted
from corsdoctor.opening import TooLarge, read_whole
from corsdoctor.structured_file import Source

MOST_BYTES: Final = 1_000_000
_SUFFIXES: Final = {".conf": "nginx", ".nginx": "nginx", ".py": "python",
    **dict.fromkeys((".js", ".mjs", ".cjs", ".jsx"), "javascript"), **dict.fromkeys((".ts", ".mts", ".cts"), "typescript"),
    ".tsx": "tsx", ".go": "go", ".rb": "ruby", ".ru": "ruby", ".java": "java", ".php": "php", ".cs": "csharp",
}  # fmt: skip
LANGUAGES: Final = tuple(dict.fromkeys(_SUFFIXES.values()))
_NGINX: Final = re.compile(
    r"^[ \t]*(?:add_header[ \t]+\S+[ \t]|map[ \t]+\$\w+[ \t]+\$\w+[ \t]*\{|(?:server|http)[ \t]*\{|location[ \t][^{};\n]*\{)",
    re.MULTILINE,
)
_IGNORED: Final = re.compile(r"corsdoctor: ignore\[([\w, -]{1,1000})\]")
_NOT_ENTERED: Final = frozenset({"node_modules", "__pycache__", "site-packages", "venv", "vendor"})
MOST_FINDINGS: Final = 1_000
_DEEPEST: Final = 100


class NoParser(UnreadableInput):
    """What reads a file of this language is not installed."""


class NotForLint(CorsDoctorError):
    """A file in a language that lint does not read."""


def files_in(path: str) -> Iterator[str]:
    """`path`, or of a directory the files in it whose names lint knows, except in hidden folders and those of packages."""
    if not os.path.isdir(path):  # noqa: PTH112 (unlike Path.is_dir, it never raises)
        yield path
        return
    for folder, folders, names in os.walk(path):
        folders[:] = sorted(one for one in folders if not one.startswith(".") and one not in _NOT_ENTERED)
        yield from (str(Path(folder, name)) for name in sorted(names) if Path(name).suffix.lower() in _SUFFIXES)


def lint_file(path: str, language: str | None = None) -> Linted:
    """What is wrong in the file `path`, or on standard input for "-". Without `language`, the name and the content decide it.

    Raises UnreadableInput if it cannot be opened, NotForLint if it has no known language, InvalidScenario if its syntax is broken.
    """
    name = "standard input" if path == "-" else path
    text = _text(path)
    language = language or language_of(path, text)
    if language is None:
        raise NotForLint(f"{name}: skipped, because this is not a language that lint reads: {', '.join(LANGUAGES)}")
    source = Source(name, f"a file for {language}")
    needed, findings = _READERS[language]
    for module in (*needed, "re2", "tree_sitter_regex"):
        _extra(module, name)
    found = list(islice(findings(source, text, language), MOST_FINDINGS + 1))
    ignored = _ignored(text)
    kept = [one for one in found[:MOST_FINDINGS] if one.weakness.id not in ignored.get(one.line, ())]
    by_line = sorted(kept, key=lambda one: (one.line, one.column or 0))
    return Linted(name, language, tuple(by_line), cut=len(found) > MOST_FINDINGS)


def _text(path: str) -> str:
    try:
        data = read_whole(path, MOST_BYTES)
    except OSError as e:
        raise UnreadableInput(path, e.strerror or str(e)) from e
    except TooLarge as e:
        raise UnreadableInput(path, f"skipped, because it is larger than {MOST_BYTES // 1_000_000} MB") from e
    except ValueError as e:  # a NUL in the name
        raise UnreadableInput(path, f"this is not a valid file name: {e}") from e
    if b"\0" in data:
        raise NotForLint(f"{path}: skipped, because it is a binary file")
    return data.decode("utf-8-sig", "replace").replace("\r\n", "\n").replace("\r", "\n")


def language_of(path: str, text: str) -> str | None:
    """The language of a file by its name; several programs have files named .conf, so these and others also by their content."""
    named = _SUFFIXES.get(Path(path).suffix.lower())
    if named in (None, "nginx"):
        return "nginx" if _NGINX.search(text) else None
    return named


def _nginx(source: Source, text: str, _: str) -> Iterator[Found]:
    import crossplane

    _check_depth(source, text)
    with TemporaryDirectory() as folder:  # crossplane reads files only
        copy = Path(folder, "nginx.conf")
        copy.write_text(text, encoding="utf-8", newline="")
        [parsed] = crossplane.parse(str(copy), single=True, check_ctx=False, check_args=False)["config"]
    for error in parsed["errors"]:
        reason = error["error"].partition(" in ")[0] or "the file ends inside a directive"
        raise source.broken(reason, error["line"])
    return nginx.findings(nginx.directives(parsed["parsed"]))


def _python(source: Source, text: str, _: str) -> list[Found]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of "\.", which is what many expressions have
            tree = ast.parse(text)
        return list(python.findings(tree, text))
    except SyntaxError as e:
        raise source.broken(e.msg, e.lineno, e.offset) from e
    except (RecursionError, MemoryError) as e:
        raise source.broken("it is nested too deeply") from e


_TREES: Final[dict[str, Callable[[Tree], Iterator[Found]]]] = {
    "go": golang.findings, "ruby": ruby.findings, "java": java.findings, "php": php.findings, "csharp": csharp.findings,
}  # fmt: skip


def _with_grammar(source: Source, text: str, language: str) -> Iterator[Found]:
    tree = Tree(language, text)
    wrong = broken(tree.root)
    if wrong is not None:
        raise source.broken(f"this is not valid in {language}", *tree.spot(wrong.start_byte))
    find = _TREES.get(language, javascript.findings)
    return find(tree)


_READERS: Final[dict[str, tuple[tuple[str, ...], Callable[[Source, str, str], Iterable[Found]]]]] = {
    "nginx": (("crossplane",), _nginx), "python": ((), _python), "javascript": ((), _with_grammar),
    "typescript": (("tree_sitter_typescript",), _with_grammar), "tsx": (("tree_sitter_typescript",), _with_grammar),
    "go": (("tree_sitter_go",), _with_grammar), "ruby": (("tree_sitter_ruby",), _with_grammar),
    "java": (("tree_sitter_java",), _with_grammar), "php": (("tree_sitter_php",), _with_grammar),
    "csharp": (("tree_sitter_c_sharp",), _with_grammar),
}  # fmt: skip
"""By language, the packages that are installed on request only, and what finds the mistakes in a file."""


def _check_depth(source: Source, text: str) -> None:
    """Raises InvalidScenario for more braces than crossplane, which is recursive, can read."""
    depth = 0
    for brace in re.finditer(r"[{}]", text):
        depth += 1 if brace[0] == "{" else -1
        if depth > _DEEPEST:
            raise source.broken(
                f"it is nested more than {_DEEPEST} levels deep", text.count("\n", 0, brace.start()) + 1
            )


def _extra(module: str, path: str) -> None:
    """Loads what is installed on request only."""
    try:
        import_module(module)
    except ImportError as e:
        raise NoParser(path, "to read it, install the parsers: pip install 'corsdoctor[lint]'") from e


def _ignored(text: str) -> dict[int, list[str]]:
    """The ids that a comment names, by line."""
    return {
        number: [id for found in _IGNORED.findall(line) for id in re.split(r"[, ]+", found)]
        for number, line in enumerate(text.split("\n"), 1)
        if "corsdoctor: ignore" in line
    }
