"""The items of an HTTPie command, such as name=value, and the JSON that they make. https://httpie.io/docs/cli/request-items"""

from __future__ import annotations

import re
from typing import Any, Final

from corsdoctor.captures.commands.parsed import NotUnderstood, decimal
from corsdoctor.captures.commands.words import Word
from corsdoctor.record import Record

DATA: Final = frozenset({"=", ":=", "@"})
"""The separators of items that are a part of the body."""
_SEPARATORS: Final = ("==@", ":=@", "=@", ":@", ":=", "==", "=", "@", ":", ";")
_KEY: Final = re.compile(r"^((?:\\.|[^\[\\])*)|\[((?:\\.|[^\]\\])*)\]", re.DOTALL)
_LONGEST: Final = 1000


class Item(Record):
    """A request item: NAME SEPARATOR VALUE."""

    name: str
    separator: str
    value: str
    word: Word


def item_of(word: Word) -> Item | None:
    """The item in an argument: split at the first separator that no backslash escapes; None if there is none."""
    text, at, name = word.text, 0, ""
    while at < len(text):
        if text[at] == "\\" and at + 1 < len(text):
            name += text[at + 1] if text[at + 1] in "=:@;\\" else text[at : at + 2]
            at += 2
            continue
        found = next((one for one in _SEPARATORS if text.startswith(one, at)), None)
        if found == ";" and at != len(text) - 1:
            found = None
        if found is not None:
            return Item(name, found, re.sub(r"\\([=:@;])", r"\1", text[at + len(found) :]), word)
        name += text[at]
        at += 1
    return None


def nested(made: Any, item: Item, value: Any) -> Any:
    """`made` with `value` where a name such as a[b][] says. https://httpie.io/docs/cli/nested-json"""
    keys = [
        (found[1] if found[1] is not None else found[2], found[2] is not None) for found in _KEY.finditer(item.name)
    ]
    keys = [key for at, key in enumerate(keys) if at or key[0] or len(keys) == 1]
    return _put(made, keys, value, item)


def _put(made: Any, keys: list[tuple[str, bool]], value: Any, item: Item) -> Any:
    if not keys:
        return value
    (key, bracketed), *rest = keys
    index = decimal(key)
    if bracketed and (key == "" or index is not None):
        made = [] if made is None else made
        if not isinstance(made, list):
            raise NotUnderstood(f"{item.name} is both an object and a list", item.word.spot)
        at = len(made) if index is None else index
        if at > _LONGEST:
            raise NotUnderstood(f"the list {item.name} is too long", item.word.spot)
        made += [None] * (at + 1 - len(made))
        made[at] = _put(made[at], rest, value, item)
        return made
    made = {} if made is None else made
    if not isinstance(made, dict):
        raise NotUnderstood(f"{item.name} is both an object and a list", item.word.spot)
    made[key] = _put(made.get(key) if rest else None, rest, value, item)
    return made
