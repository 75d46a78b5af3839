"""Reads a policy file in TOML, JSON or YAML, and the environment. suite/read.py decides what may be in it."""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections.abc import Mapping
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from corsdoctor.errors import InvalidScenario, Mistake, Place, UnreadableInput
from corsdoctor.opening import TooLarge, read_whole
from corsdoctor.reading import shown
from corsdoctor.suite.lines import json_lines, string_end, toml_lines
from corsdoctor.suite.mistakes import InvalidPolicy, PolicyMistake, Where, dotted
from corsdoctor.suite.mistakes import Path as Keys
from corsdoctor.suite.read import read
from corsdoctor.suite.reader import MOST_MISTAKES, TABLES, Terms

if TYPE_CHECKING:
    import yaml

    from corsdoctor.suite.case import Suite

_TERMS: Final = {
    ".json": Terms("an object", "objects"),
    ".yaml": Terms("a mapping", "mappings"),
    ".yml": Terms("a mapping", "mappings"),
}
MOST_BYTES: Final = 5_000_000
_MOST_YAML: Final = 2_000_000  # characters; its parser takes seconds for them
NAMES: Final = ("cors.toml", "cors.json", "cors.yaml", "cors.yml")
_MOST_VALUES: Final = 100_000  # with YAML's aliases expanded; in a matrix, few values make many cases
_DEEPEST: Final = 20  # a value that refers to itself never ends; a policy is five levels deep
_LONGEST: Final = 300
_MOST_DIGITS: Final = 100
_TOML_TOKEN: Final = re.compile(r"""#[^\n]*|["']|[\w+-]+""")
_TOML_DOT: Final = re.compile(r"""[ \t]*+\.[ \t]*+(?=[\w+"'-])""")
_YAML_NUMBERS: Final = ("tag:yaml.org,2002:int", "tag:yaml.org,2002:float")
_NOT_OF_ITS_TYPE: Final = (ValueError, LookupError, AttributeError, TypeError, OverflowError)
"""What PyYAML raises for `2026-02-31`, `!!bool x`, `!!timestamp x`, `!!int ''` and the like."""
_LONG_NUMBER: Final = "a number does not fit into 64 bits"
_DEEP: Final = f"it is nested more than {_DEEPEST} levels deep"
_MANY: Final = f"a policy can have at most {_MOST_VALUES} values, and this one has more"
_AT: Final = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")


def find() -> str | None:
    """The policy in the current directory, found by its name; None if there is none."""
    return next((name for name in NAMES if Path(name).is_file()), None)


def load(path: str, *, keep_unset: bool = False) -> Suite:
    """The suite of the policy in the file `path`; with `keep_unset`, variables that are not set stand for themselves.

    Raises UnreadableInput if it cannot be opened. Raises InvalidScenario if it cannot be parsed, with line and column,
    and if it is invalid, with all mistakes and their lines.
    """
    text = read_text(path)
    try:
        data, where = _parsed(path, text)
        _check_numbers(path, data, where)
        terms = _TERMS.get(Path(path).suffix.lower(), TABLES)
        return read(data, os.environ, where, keep_unset=keep_unset, terms=terms)
    except RecursionError as e:
        raise _broken(path, _DEEP) from e
    except InvalidPolicy as e:
        mistakes = [_placed(path, mistake) for mistake in e.mistakes]
        if len(mistakes) >= MOST_MISTAKES:
            mistakes.append(Mistake("", "", "there may be more mistakes; fix these first", Place(path)))
        raise InvalidScenario(*mistakes) from e


def read_text(path: str) -> str:
    """The text of the file `path`; raises UnreadableInput if there is none, InvalidScenario if it is not UTF-8."""
    try:
        data = read_whole(path, MOST_BYTES)
    except OSError as e:
        raise UnreadableInput(path, e.strerror or str(e)) from e
    except TooLarge as e:
        raise _broken(path, f"a policy has at most {MOST_BYTES // 1_000_000} MB, and this file has more") from e
    except ValueError as e:  # a NUL in the name
        raise UnreadableInput(path, f"this is not a valid file name: {e}") from e
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as e:
        line = data.count(b"\n", 0, e.start) + 1
        column = e.start - data.rfind(b"\n", 0, e.start)
        raise _broken(path, f"byte 0x{data[e.start]:02X} is not UTF-8", line, column) from e


def _broken(path: str, reason: str, line: int | None = None, column: int | None = None) -> InvalidScenario:
    """A mistake of the whole text. `reason` is cut, because a parser's own words may repeat the file."""
    short = reason if len(reason) <= _LONGEST else f"{reason[:_LONGEST]}..."
    return InvalidScenario(Mistake("", "", short, Place(path, line, column)))


def _placed(path: str, mistake: PolicyMistake) -> Mistake:
    return Mistake(mistake.key, mistake.value, mistake.reason, Place(path, mistake.line))


def _parsed(path: str, text: str) -> tuple[Mapping[str, Any], Where]:
    """The parsed file, and the line of each value."""
    match Path(path).suffix.lower():
        case ".toml":
            return _toml(path, text)
        case ".json":
            return _json(path, text)
        case ".yaml" | ".yml":
            return _yaml(path, text)
        case suffix:
            raise _broken(
                path, f"the name of a policy must end in .toml, .json, .yaml or .yml, not in {shown(suffix)!r}"
            )


def _toml(path: str, text: str) -> tuple[Mapping[str, Any], Where]:
    _check_keys(path, text)
    try:
        data = tomllib.loads(text)
    except ValueError as e:  # TOMLDecodeError, or a number of thousands of digits
        message = str(e)
        at = _AT.search(message)
        place = () if at is None else (int(at[1]), int(at[2])) if at[1] else _end(text)
        reason = _LONG_NUMBER if _is_long_number(e) else f"this is not valid TOML: {_AT.sub('', message)}"
        raise _broken(path, reason, *place) from e
    _check_size(path, data)
    return data, toml_lines(text).get


def _check_keys(path: str, text: str) -> None:
    """Raises InvalidScenario for too many keys, or for one with too many parts: tomllib needs quadratic time and memory."""
    words = parts = pos = 0
    while token := _TOML_TOKEN.search(text, pos):
        pos = token.end()
        if token[0].startswith("#"):
            continue
        if token[0] in "\"'":
            pos = string_end(text, token.start())
        elif pos - token.start() > _LONGEST and token[0][0] in "+-0123456789":
            raise _broken(path, _LONG_NUMBER, text.count("\n", 0, pos) + 1)
        dot = _TOML_DOT.match(text, pos)
        parts = 0 if dot is None else parts + 1
        if parts >= _DEEPEST:
            raise _broken(path, _DEEP, text.count("\n", 0, pos) + 1)
        words += 1
        if words > 2 * _MOST_VALUES:  # keys and values
            raise _broken(path, _MANY)
        pos = pos if dot is None else dot.end()


def _check_size(path: str, data: object) -> None:
    """Raises InvalidScenario if there are too many values, or too deep ones, to find the line of each."""
    level, count = [data], 0
    for _ in range(_DEEPEST + 1):
        count += len(level)
        if count > _MOST_VALUES:
            raise _broken(path, _MANY)
        tables = (one.values() if isinstance(one, dict) else one for one in level if isinstance(one, (dict, list)))
        level = list(islice(chain.from_iterable(tables), _MOST_VALUES))
        if not level:
            return
    raise _broken(path, _DEEP)


def _check_numbers(path: str, data: object, where: Where) -> None:
    """Raises InvalidScenario for a number that other programs cannot read and that Python cannot always write."""
    left: list[tuple[Keys, object]] = [((), data)]
    while left:
        keys, value = left.pop()
        if isinstance(value, int) and not -(2**63) <= value < 2**63:
            line = where(keys)
            raise _broken(path, _LONG_NUMBER, line)
        if isinstance(value, dict):
            left += [(keys, key) for key in value]
            left += [((*keys, key), inner) for key, inner in value.items()]
        elif isinstance(value, list):
            left += [((*keys, i), inner) for i, inner in enumerate(value)]


def _is_long_number(error: ValueError) -> bool:
    """Whether Python refused a number for its length, with a message for programmers."""
    return "int_max_str_digits" in str(error)


def _end(text: str) -> tuple[int, int]:
    """Line and column of the end of `text`."""
    return text.count("\n") + 1, len(text) - text.rfind("\n")


def _json(path: str, text: str) -> tuple[Mapping[str, Any], Where]:
    try:
        data = json.loads(text, parse_constant=_no_constant)
    except json.JSONDecodeError as e:
        raise _broken(path, f"this is not valid JSON: {e.msg}", e.lineno, e.colno) from e
    except ValueError as e:  # NaN, a number of thousands of digits
        raise _broken(path, _LONG_NUMBER if _is_long_number(e) else f"this is not valid JSON: {e}") from e
    _check_size(path, data)
    lines, twice = json_lines(text)
    if twice is not None:
        raise _broken(path, f"{shown(dotted(twice[0]))} is given twice; remove one", twice[1])
    return data, lines.get


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not valid JSON")


def _yaml(path: str, text: str) -> tuple[Mapping[str, Any], Where]:
    import yaml  # 15 ms to load: only where a policy is YAML

    if len(text) > _MOST_YAML:
        reason = f"a policy in YAML has at most {_MOST_YAML // 1_000_000} MB, and this file has more; write it in TOML or JSON"
        raise _broken(path, reason)

    class Loader(yaml.SafeLoader):  # the one in C crashes on deep nesting
        """Stops at too many values, because each takes time."""

        nodes = 0

        def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
            self.nodes += 1
            if self.nodes > 2 * _MOST_VALUES:  # keys and values
                raise _broken(path, _MANY)
            return super().compose_node(parent, index)

    try:
        loader = Loader(text)
        root = loader.get_single_node()
        lines = {} if root is None else _yaml_lines(path, root)
        return {} if root is None else loader.construct_document(root), lines.get
    except yaml.MarkedYAMLError as e:
        mark = e.problem_mark or e.context_mark
        place = (mark.line + 1, mark.column + 1) if mark else ()
        raise _broken(path, f"this is not valid YAML: {e.problem}", *place) from e
    except yaml.reader.ReaderError as e:
        line = text.count("\n", 0, e.position) + 1
        raise _broken(path, "this is not valid YAML: it contains a character that YAML does not allow", line) from e
    except _NOT_OF_ITS_TYPE as e:
        long = isinstance(e, ValueError) and _is_long_number(e)
        reason = "this is not valid YAML: a value does not fit its type, such as a date that does not exist"
        raise _broken(path, _LONG_NUMBER if long else reason) from e


def _yaml_lines(path: str, root: yaml.Node) -> dict[Keys, int]:
    """The line of each path. Raises InvalidScenario for a duplicate key and for endless aliases."""
    lines: dict[Keys, int] = {}
    left: list[tuple[Keys, Any]] = [((), root)]
    for _ in range(_MOST_VALUES):
        if not left:
            return lines
        keys, node = left.pop()
        line = node.start_mark.line + 1
        lines.setdefault(keys, line)
        if len(keys) > _DEEPEST:
            raise _broken(path, _DEEP, line)
        _check_digits(path, node)
        if node.id == "sequence":
            left += [((*keys, i), inner) for i, inner in enumerate(node.value)]
        elif node.id == "mapping":
            for key, inner in node.value:
                _check_digits(path, key)
                inside = (*keys, str(key.value) if key.id == "scalar" else "")
                if inside in lines and inside[-1] not in ("", "<<"):
                    raise _broken(path, f"{shown(dotted(inside))} is given twice; remove one", key.start_mark.line + 1)
                lines[inside] = key.start_mark.line + 1
                left.append((inside, inner))
    raise _broken(path, _MANY)


def _check_digits(path: str, node: yaml.Node) -> None:
    """Raises InvalidScenario for a number that is too long: 1:59:59:59... takes quadratic time."""
    if node.tag in _YAML_NUMBERS and len(node.value) > _MOST_DIGITS:
        raise _broken(path, _LONG_NUMBER, node.start_mark.line + 1)
