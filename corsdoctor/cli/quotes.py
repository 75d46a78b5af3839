"""Finds a value that lost its quotes: `-H Authorization: Bearer x`. Its rest would be read as URLs, which errors repeat."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterable
from typing import Final

from corsdoctor.pattern import Pattern

_MAY_HAVE_SPACES: Final = Pattern(r"(--header|--data|--cookie|--user-agent)(?:=(.*))?|-[kvq]*([HdA])(.+)?", re.DOTALL)
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
            option = _MAY_HAVE_SPACES.compiled.fullmatch(word)
            name = None if option is None else option[1] or f"-{option[3]}"
            value = None if option is None else option[2] or option[4]
            is_next = name is not None and value is None
        elif not after_option and _HEADER_NAME.compiled.fullmatch(word):
            return f"{word} is a header: write -H '{word} VALUE', in quotes"
        elif name is not None and not (_SPACE.compiled.search(value or "") or "://" in word or os.path.exists(word)):  # noqa: PTH110
            return f"{name}: put a value that has spaces in quotes; the next word is neither a URL with a scheme nor a file"
        after_option = word.startswith("-")
    return None
