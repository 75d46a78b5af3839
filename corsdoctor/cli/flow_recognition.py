"""Recognizes a flow by its name and its beginning, without loading what reads one."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from corsdoctor.opening import opened

_KEY: Final = re.compile(
    r"""^[ \t]*(?:\[\[?[ \t]*)?["']?visits\b["']?[ \t]*(?:\]|=|:)|[{,]\s*"visits"\s*:""", re.MULTILINE
)
_START: Final = 20_000
SUFFIXES: Final = (".toml", ".json", ".yaml", ".yml")


def is_flow(text: str) -> bool:
    """Whether the beginning of a file has the key of a flow."""
    return _KEY.search(text) is not None


def is_flow_file(path: str) -> bool:
    """Whether the file `path` is a flow, by its name and its beginning; False if it cannot be read."""
    if Path(path).suffix.lower() not in SUFFIXES:
        return False
    try:
        with opened(path) as stream:
            return is_flow(stream.read(_START).decode("utf-8", "replace"))
    except (OSError, ValueError):
        return False
