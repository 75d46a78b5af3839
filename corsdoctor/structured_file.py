"""Parses a file that people write in TOML, JSON or YAML, with the line of each value.

A file is bounded in bytes, in values and in depth, and is always read to its end.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from corsdoctor.errors import InvalidScenario, Mistake, Place, UnreadableInput
from corsdoctor.opening import TooLarge, read_whole
from corsdoctor.record import Record
from corsdoctor.suite.lines import json_lines, string_end, toml_lines
from corsdoctor.value_path import Path as Keys
from corsdoctor.value_path import Where, dotted
from corsdoctor.wrong_input import shown

if TYPE_CHECKING:
    import yaml

MOST_BYTES: Final = 5_000_000
_MOST_YAML: Final = 2_000_000  # characters; its parser takes seconds for them
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
DEEP: Final = f"it is nested more than {_DEEPEST} levels deep"
_AT: Final = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")


class Source(Record):
    """A file: its path, and what it holds, as in "a policy"."""

    path: str
    what: str

    def broken(self, reason: str, line: int | None = None, column: int | None = None) -> InvalidScenario:
        """A mistake of the whole text. `reason` is cut, because a parser's own words may repeat the file."""
        short = reason if len(reason) <= _LONGEST else f"{reason[:_LONGEST]}..."
        return InvalidScenario(Mistake("", "", short, Place(self.path, line, column)))

    @property
    def many(self) -> str:
        """What is wrong with a file of too many values."""
        return f"{self.what} can have at most {_MOST_VALUES} values, and this one has more"


def read_text(source: Source) -> str:
    """The text of the file; raises UnreadableInput if there is none, InvalidScenario if it is not UTF-8."""
    try:
        data = read_whole(source.path, MOST_BYTES)
    except OSError as e:
        raise UnreadableInput(source.path, e.strerror or str(e)) from e
    except TooLarge as e:
        raise source.broken(f"{source.what} has at most {MOST_BYTES // 1_000_000} MB, and this file has more") from e
    except ValueError as e:  # a NUL in the name
        raise UnreadableInput(source.path, f"this is not a valid file name: {e}") from e
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as e:
        line = data.count(b"\n", 0, e.start) + 1
        column = e.start - data.rfind(b"\n", 0, e.start)
        raise source.broken(f"byte 0x{data[e.start]:02X} is not UTF-8", line, column) from e


def parsed(source: Source, text: str, suffix: str | None = None) -> tuple[Mapping[str, Any], Where]:
    """The parsed file, and the line of each value; `suffix` is the format if the name does not tell."""
    match suffix or Path(source.path).suffix.lower():
        case ".toml":
            return _toml(source, text)
        case ".json":
            return _json(source, text)
        case ".yaml" | ".yml":
            return _yaml(source, text)
        case other:
            raise source.broken(
                f"the name of {source.what} must end in .toml, .json, .yaml or .yml, not in {shown(other)!r}"
            )


def _toml(source: Source, text: str) -> tuple[Mapping[str, Any], Where]:
    _check_keys(source, text)
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as e:
        message = str(e)
        at = _AT.search(message)
        place = () if at is None else (int(at[1]), int(at[2])) if at[1] else _end(text)
        raise source.broken(f"this is not valid TOML: {_AT.sub('', message)}", *place) from e
    _check_size(source, data)
    return data, toml_lines(text).get


def _check_keys(source: Source, text: str) -> None:
    """Raises InvalidScenario for too many keys, for one with too many parts, and for a long number.

    tomllib needs quadratic time and memory for keys, and Python refuses numbers of thousands of digits.
    """
    words = parts = pos = 0
    while token := _TOML_TOKEN.search(text, pos):
        pos = token.end()
        if token[0].startswith("#"):
            continue
        if token[0] in "\"'":
            pos = string_end(text, token.start())
        elif pos - token.start() > _LONGEST and token[0][0] in "+-0123456789":
            raise source.broken(_LONG_NUMBER, text.count("\n", 0, pos) + 1)
        dot = _TOML_DOT.match(text, pos)
        parts = 0 if dot is None else parts + 1
        if parts >= _DEEPEST:
            raise source.broken(DEEP, text.count("\n", 0, pos) + 1)
        words += 1
        if words > 2 * _MOST_VALUES:  # keys and values
            raise source.broken(source.many)
        pos = pos if dot is None else dot.end()


def _check_size(source: Source, data: object) -> None:
    """Raises InvalidScenario if there are too many values, or too deep ones, to find the line of each."""
    level, count = [data], 0
    for _ in range(_DEEPEST + 1):
        count += len(level)
        if count > _MOST_VALUES:
            raise source.broken(source.many)
        tables = (one.values() if isinstance(one, dict) else one for one in level if isinstance(one, (dict, list)))
        level = list(chain.from_iterable(tables))
        if not level:
            return
    raise source.broken(DEEP)


def check_numbers(source: Source, data: object, where: Where) -> None:
    """Raises InvalidScenario for a number that other programs cannot read and that Python cannot always write."""
    left: list[tuple[Keys, object]] = [((), data)]
    while left:
        keys, value = left.pop()
        if isinstance(value, int) and not -(2**63) <= value < 2**63:
            line = where(keys)
            raise source.broken(_LONG_NUMBER, line)
        if isinstance(value, dict):
            left += [(keys, key) for key in value]
            left += [((*keys, key), inner) for key, inner in value.items()]
        elif isinstance(value, list):
            left += [((*keys, i), inner) for i, inner in enumerate(value)]


def _end(text: str) -> tuple[int, int]:
    """Line and column of the end of `text`."""
    return text.count("\n") + 1, len(text) - text.rfind("\n")


def _json(source: Source, text: str) -> tuple[Mapping[str, Any], Where]:
    try:
        data = json.loads(text, parse_constant=_no_constant)
    except json.JSONDecodeError as e:
        raise source.broken(f"this is not valid JSON: {e.msg}", e.lineno, e.colno) from e
    except ValueError as e:  # NaN, or a number of so many digits that Python refuses it with a message for programmers
        reason = _LONG_NUMBER if "int_max_str_digits" in str(e) else f"this is not valid JSON: {e}"
        raise source.broken(reason) from e
    _check_size(source, data)
    lines, twice = json_lines(text)
    if twice is not None:
        raise source.broken(f"{shown(dotted(twice[0]))} is given twice; remove one", twice[1])
    return data, lines.get


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not valid JSON")


def _yaml(source: Source, text: str) -> tuple[Mapping[str, Any], Where]:
    import yaml  # 15 ms to load: only where the file is YAML

    if len(text) > _MOST_YAML:
        reason = f"{source.what} in YAML has at most {_MOST_YAML // 1_000_000} MB, and this file has more; write it in TOML or JSON"
        raise source.broken(reason)

    class Loader(yaml.SafeLoader):  # the one in C crashes on deep nesting
        """Stops at too many values, because each takes time."""

        nodes = 0

        def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
            self.nodes += 1
            if self.nodes > 2 * _MOST_VALUES:  # keys and values
                raise source.broken(source.many)
            return super().compose_node(parent, index)

    try:
        loader = Loader(text)
        root = loader.get_single_node()
        lines = {} if root is None else _yaml_lines(source, root)
        return {} if root is None else loader.construct_document(root), lines.get
    except yaml.MarkedYAMLError as e:
        mark = e.problem_mark or e.context_mark
        place = (mark.line + 1, mark.column + 1) if mark else ()
        raise source.broken(f"this is not valid YAML: {e.problem}", *place) from e
    except yaml.reader.ReaderError as e:
        line = text.count("\n", 0, e.position) + 1
        raise source.broken("this is not valid YAML: it contains a character that YAML does not allow", line) from e
    except _NOT_OF_ITS_TYPE as e:
        reason = "this is not valid YAML: a value does not fit its type, such as a date that does not exist"
        raise source.broken(reason) from e


def _yaml_lines(source: Source, root: yaml.Node) -> dict[Keys, int]:
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
            raise source.broken(DEEP, line)
        _check_digits(source, node)
        if node.id == "sequence":
            left += [((*keys, i), inner) for i, inner in enumerate(node.value)]
        elif node.id == "mapping":
            for key, inner in node.value:
                _check_digits(source, key)
                inside = (*keys, str(key.value) if key.id == "scalar" else "")
                if inside in lines and "" not in inside and "<<" not in inside:  # what is merged may come twice
                    raise source.broken(f"{shown(dotted(inside))} is given twice; remove one", key.start_mark.line + 1)
                lines[inside] = key.start_mark.line + 1
                left.append((inside, inner))
    raise source.broken(source.many)


def _check_digits(source: Source, node: yaml.Node) -> None:
    """Raises InvalidScenario for a number that is too long: 1:59:59:59... takes quadratic time."""
    if node.tag in _YAML_NUMBERS and len(node.value) > _MOST_DIGITS:
        raise source.broken(_LONG_NUMBER, node.start_mark.line + 1)
