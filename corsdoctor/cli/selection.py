"""-m EXPR selects cases by words in their ids, with `and`, `or`, `not` and parentheses, as in pytest."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

Selects = Callable[[str], bool]
_WORD: Final = re.compile(r"""\s*(?:(?P<sign>[()])|"(?P<quoted>[^"]*)"|'(?P<single>[^']*)'|(?P<bare>[^\s()"']+))""")
_DEEPEST: Final = 50


def selection(text: str) -> Selects:
    """A function that returns whether an id is selected, ignoring case; an empty text selects all.

    A word in quotes may contain spaces, parentheses, or one of the three words. Raises ValueError if `text` is invalid.
    """
    words = _words(text)
    if not words:
        return lambda _: True
    found = _either(words, 0)
    if words:
        what = f"{words[0][0]!r} is unexpected" if words[0][1] else "two words stand side by side"
        raise ValueError(f"{what}: put `and` or `or` between two words, or quotes around them")
    return lambda id: found(id.lower())


def _words(text: str) -> list[tuple[str, bool]]:
    """(word, whether it is a sign of the language) of each word."""
    words, at = [], 0
    text = text.rstrip()
    while at < len(text):
        match = _WORD.match(text, at)
        if match is None:
            raise ValueError(f"the quote at column {at + len(text[at:]) - len(text[at:].lstrip()) + 1} is never closed")
        at = match.end()
        word = next(group for group in match.groups() if group is not None)
        words.append((word, bool(match["sign"]) or (match["bare"] is not None and word in ("and", "or", "not"))))
    return words


def _either(words: list[tuple[str, bool]], depth: int) -> Selects:
    sides = [_both(words, depth)]
    while words and words[0] == ("or", True):
        words.pop(0)
        sides.append(_both(words, depth))
    return lambda id: any(side(id) for side in sides)


def _both(words: list[tuple[str, bool]], depth: int) -> Selects:
    sides = [_one(words, depth)]
    while words and words[0] == ("and", True):
        words.pop(0)
        sides.append(_one(words, depth))
    return lambda id: all(side(id) for side in sides)


def _one(words: list[tuple[str, bool]], depth: int) -> Selects:
    if depth > _DEEPEST:
        raise ValueError(f"it is nested more than {_DEEPEST} levels deep")
    word, is_sign = words.pop(0) if words else ("", True)
    if not is_sign:
        wanted = word.lower()
        return lambda id: wanted in id
    if word == "not":
        inner = _one(words, depth + 1)
        return lambda id: not inner(id)
    if word != "(":
        raise ValueError(f"a word is missing {f'before {word!r}' if word else 'at the end'}")
    inner = _either(words, depth + 1)
    if not words or words.pop(0) != (")", True):
        raise ValueError("a parenthesis is never closed")
    return inner
