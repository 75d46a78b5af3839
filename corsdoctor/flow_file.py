"""Reads a flow from a file in TOML, JSON or YAML. flow/read.py decides what may be in it."""

from __future__ import annotations

from typing import Final

from corsdoctor.errors import InvalidScenario, Mistake, Place
from corsdoctor.flow.read import InvalidFlow, read_flow
from corsdoctor.flow.story import Flow
from corsdoctor.structured_file import DEEP, Source, check_numbers, parsed, read_text
from corsdoctor.value_path import dotted

_FLOW: Final = "a flow"


def load_flow(path: str) -> Flow:
    """The flow in the file `path`, or on standard input for "-", which is TOML, JSON or YAML by its beginning.

    Raises UnreadableInput if it cannot be opened. Raises InvalidScenario if it cannot be parsed, with line and column,
    and if it is invalid, with all mistakes and their lines.
    """
    text = read_text(Source(path, _FLOW))
    source = Source("standard input" if path == "-" else path, _FLOW)
    try:
        data, where = parsed(source, text, _kind(text) if path == "-" else None)
        check_numbers(source, data, where)
        return read_flow(data)
    except RecursionError as e:
        raise source.broken(DEEP) from e
    except InvalidFlow as e:
        mistakes = [
            Mistake(dotted(at), "", why, Place(source.path, where(at) or where(at[:-1]))) for at, why in e.mistakes
        ]
        raise InvalidScenario(*mistakes) from e


def _kind(text: str) -> str:
    """The suffix of the format in which `text` is written."""
    first = next((line for line in map(str.strip, text.splitlines()) if line and not line.startswith("#")), "")
    if first.startswith("{"):
        return ".json"
    return ".toml" if first.startswith("[") or "=" in first.partition(":")[0] else ".yaml"
