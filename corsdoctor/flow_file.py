"""Reads a flow from a file in TOML, JSON or YAML, and the environment. flow/read.py decides what may be in it."""

from __future__ import annotations

import os
from typing import Final

from corsdoctor.errors import InvalidScenario, Mistake, Place
from corsdoctor.flow.read import InvalidFlow
from corsdoctor.flow.story import Flow
from corsdoctor.structured_file import DEEP, Source, check_numbers, parsed, read_text
from corsdoctor.suite.flow_variables import read_expanded
from corsdoctor.suite.variables import Text, expand
from corsdoctor.value_path import Path, dotted

_FLOW: Final = "a flow"
_MOST_CHARACTERS: Final = 20_000_000


def load_flow(path: str) -> Flow:
    """The flow in the file `path`, or on standard input for "-", which is TOML, JSON or YAML by its beginning. Variables
    `${NAME}` are expanded, as in a policy.

    Raises UnreadableInput if it cannot be opened. Raises InvalidScenario if it cannot be parsed, with line and column,
    and if it is invalid, with all mistakes and their lines.
    """
    text = read_text(Source(path, _FLOW))
    source = Source("standard input" if path == "-" else path, _FLOW)
    variables = _Variables(source)
    try:
        data, where = parsed(source, text, _kind(text) if path == "-" else None)
        check_numbers(source, data, where)
        flow = read_expanded(data, variables.text)
        if variables.wrong:
            raise InvalidFlow
        return flow
    except RecursionError as e:
        raise source.broken(DEEP) from e
    except InvalidFlow as e:
        mistakes = [
            Mistake(dotted(at), "", why, Place(source.path, where(at) or where(at[:-1])))
            for at, why in (*variables.wrong, *e.mistakes)
        ]
        raise InvalidScenario(*mistakes) from e


class _Variables:
    """Expands the variables of a file; `wrong` are those that cannot be, each with its place."""

    def __init__(self, source: Source) -> None:
        self.wrong: list[tuple[Path, str]] = []
        self._source, self._characters = source, 0

    def text(self, raw: str, at: Path) -> Text | None:
        """`raw` with its variables expanded; None after adding a mistake."""
        try:
            text = expand(raw, os.environ)
        except ValueError as e:
            self.wrong.append((at, str(e)))
            return None
        self._characters += len(text.value)
        if self._characters > _MOST_CHARACTERS:
            raise self._source.broken(f"with its variables expanded, it has more than {_MOST_CHARACTERS} characters")
        return text


def _kind(text: str) -> str:
    """The suffix of the format in which `text` is written."""
    first = next((line for line in map(str.strip, text.splitlines()) if line and not line.startswith("#")), "")
    if first.startswith("{"):
        return ".json"
    return ".toml" if first.startswith("[") or "=" in first.partition(":")[0] else ".yaml"
