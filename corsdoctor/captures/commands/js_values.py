"""Values of JavaScript that a text states without running it: literals, and what browsers make of them.

What is not a constant keeps its source text, which a `Text` remembers. https://tc39.es/ecma262/
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from math import isfinite
from typing import Any, Final

from corsdoctor.captures.commands.form_data import Part, encoded, url_encoded
from corsdoctor.captures.commands.parsed import checked_size
from corsdoctor.record import Record

_OF_A_PART: Final = 32  # bytes


class Text(str):
    """A string that contains source text of a script: `sources` are those parts of it."""

    __slots__ = ("sources",)
    sources: tuple[str, ...]

    def __new__(cls, text: str, sources: Iterable[str]) -> Text:
        made = super().__new__(cls, text)
        made.sources = tuple(dict.fromkeys(sources))
        return made


class Undefined:
    """The value of what is missing."""


class Function:
    """A function; what it does is not looked at."""


class Headers:
    """https://fetch.spec.whatwg.org/#headers-class"""

    def __init__(self, pairs: Iterable[tuple[str, Any]] = ()) -> None:
        self._pairs: list[tuple[str, str]] = []
        for name, value in pairs:
            self.append(name, value)

    def append(self, name: str, value: Any) -> None:
        """Adds a line."""
        self._pairs.append((name.lower(), text_of(value)))

    def set(self, name: str, value: Any) -> None:
        """Replaces the lines of a name."""
        self._pairs = [pair for pair in self._pairs if pair[0] != name.lower()]
        self.append(name, value)

    def lines(self) -> list[tuple[str, str]]:
        """The lines, sorted and combined as a script gets them."""
        names = sorted({name for name, _ in self._pairs})
        return [(name, joined(", ", [value for one, value in self._pairs if one == name])) for name in names]


class Params:
    """https://url.spec.whatwg.org/#interface-urlsearchparams"""

    def __init__(self, pairs: Iterable[tuple[str, Any]] = ()) -> None:
        self.pairs = [(name, text_of(value)) for name, value in pairs]

    def append(self, name: str, value: Any) -> None:
        """Adds a pair."""
        self.pairs.append((name, text_of(value)))

    def set(self, name: str, value: Any) -> None:
        """Replaces the pairs of a name."""
        self.pairs = [pair for pair in self.pairs if pair[0] != name]
        self.append(name, value)

    def text(self) -> str:
        """The serialization."""
        sources = sources_in([value for _, value in self.pairs])
        return Text(url_encoded(self.pairs), sources)


class Form:
    """https://xhr.spec.whatwg.org/#interface-formdata"""

    def __init__(self) -> None:
        self.parts: list[Part] = []

    def append(self, name: str, value: Any, filename: Any = None) -> None:
        """Adds a field; a Blob is a file."""
        if isinstance(value, Blob):
            named = "blob" if not isinstance(filename, str) else str(filename)
            self.parts.append(Part(name, value.data, named, value.type or "application/octet-stream"))
        else:
            self.parts.append(Part(name, encoded(text_of(value))))

    def set(self, name: str, value: Any, filename: Any = None) -> None:
        """Replaces the fields of a name."""
        self.parts = [part for part in self.parts if part.name != name]
        self.append(name, value, filename)


class Blob(Record):
    """Bytes with a type. `data` is b"" where the text does not state them."""

    data: bytes
    type: str = ""


def unknown(source: str) -> Text:
    """The value of an expression that is not a constant."""
    return Text(source, (source,))


def sources_in(value: Any) -> tuple[str, ...]:
    """The source texts in a value, once each. Raises NotUnderstood if the value is too large."""
    found: dict[str, None] = {}
    for part in _parts(value):
        if isinstance(part, Text):
            found.update(dict.fromkeys(part.sources))
    return tuple(found)


def check_whole(value: Any) -> None:
    """Raises NotUnderstood if the value, with all that it contains, is too large."""
    for _ in _parts(value):
        pass


def _parts(value: Any) -> Iterator[Any]:
    """`value` and what it contains, in order; what it contains several times, as often. Raises NotUnderstood if it is too large."""
    left, size = [value], 0
    while left:
        part = left.pop()
        size += _OF_A_PART + (len(part) if isinstance(part, str | bytes) else 0)
        checked_size(size)
        yield part
        if isinstance(part, dict):
            left += (one for pair in reversed(part.items()) for one in reversed(pair))
        elif isinstance(part, list | tuple):
            left += reversed(part)


def joined(separator: str, texts: Iterable[str]) -> str:
    """The texts as one, with all of their sources. Raises NotUnderstood if that is too large."""
    texts = list(texts)
    sources = sources_in(texts)
    made = separator.join(texts)
    return Text(made, sources) if sources else made


def text_of(value: Any) -> str:
    """The value as a string. https://tc39.es/ecma262/#sec-tostring Raises NotUnderstood if it is too large."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        if value.is_integer() and abs(value) < 1e21:
            return str(int(value))
        return repr(value).replace("inf", "Infinity").replace("nan", "NaN")
    if isinstance(value, Undefined):
        return "undefined"
    if isinstance(value, list):
        check_whole(value)
        return joined(",", ["" if one is None or isinstance(one, Undefined) else text_of(one) for one in value])
    if isinstance(value, Params):
        return value.text()
    return "null" if value is None else "[object Object]"


def as_json(value: Any, indent: Any = None) -> str:
    """JSON.stringify(value, null, indent), which indents by at most ten. https://tc39.es/ecma262/#sec-json.stringify"""
    spaces: int | str | None = None
    if isinstance(indent, float):
        spaces = int(min(10.0, max(0.0, indent)))
    elif isinstance(indent, str):
        spaces = indent[:10]
    separators = (",", ":") if not spaces else (",", ": ")
    sources = sources_in(value)
    made = json.dumps(_plain(value), ensure_ascii=False, separators=separators, indent=spaces or None)
    return Text(made, sources) if sources else made


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        kept = {name: one for name, one in value.items() if not isinstance(one, Undefined | Function)}
        return {text_of(name): _plain(one) for name, one in kept.items()}
    if isinstance(value, list):
        return [None if isinstance(one, Undefined | Function) else _plain(one) for one in value]
    if isinstance(value, float):
        if not isfinite(value):
            return None
        return int(value) if value.is_integer() and abs(value) < 1e21 else value
    return value if value is None or isinstance(value, str | bool) else {}


def pairs_of(value: Any) -> list[tuple[str, Any]]:
    """The pairs of an object, or of a list of them, as the constructors of Headers and URLSearchParams take them."""
    if isinstance(value, dict):
        return list(value.items())
    if isinstance(value, Headers):
        return list(value.lines())
    if isinstance(value, Params):
        return list(value.pairs)
    if isinstance(value, list):
        return [(text_of(one[0]), one[1]) for one in value if isinstance(one, list) and len(one) == 2]
    return []


UNDEFINED: Final = Undefined()
FUNCTION: Final = Function()
