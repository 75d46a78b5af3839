"""Finds a value that lost its quotes: `-H Authorization: Bearer x`. Its rest would be read as URLs, which errors repeat."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable
from typing import Final

from corsdoctor.pattern import Pattern

_TAKE_TEXT: Final = frozenset({"--header", "--data", "--cookie", "--user-agent"})
_SHORT: Final = ("H", "d", "A")
"""The short names of the same options."""
_FLAGS: Final = "kvq"
_HEADER_NAME: Final = Pattern(r"[A-Za-z][\w-]*:")
_SPACE: Final = Pattern(r"\s")


def missing_quotes(args: Iterable[str], options: Collection[str]) -> str | None:
    """What is wrong where a word seems to be the rest of a value, else None. `options` are those that the command has."""
    if "--header" not in options:
        return None
    name = value = None
    is_next = after_option = False
    for word in args:
        if is_next:
            value, is_next = word, False
        elif word.startswith("-"):
            name, value = _option_with_text(word)
            is_next = name is not None and value is None
        elif not after_option and word.endswith(":") and _HEADER_NAME.compiled.fullmatch(word):
            return f"{word} is a header: write -H '{word} VALUE', in quotes"
        elif name is not None and not (_SPACE.compiled.search(value or "") or "://" in word or os.path.exists(word)):  # noqa: PTH110
            return f"{name}: put a value that has spaces in quotes; the next word is neither a URL with a scheme nor a file"
        after_option = word.startswith("-")
    return None


def _option_with_text(word: str) -> tuple[str | None, str | None]:
    """The name of the option in `word`, if its value may have spaces, and the value, if it stands in the same word."""
    name, _, value = word.partition("=")
    if name in _TAKE_TEXT:
        return name, value or None
    short = word[1:].lstrip(_FLAGS)
    return (f"-{short[0]}", short[1:] or None) if short.startswith(_SHORT) else (None, None)
