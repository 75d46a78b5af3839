"""The named values of a policy: base URLs, and origins with their groups. A name must not refer to itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, Final

from corsdoctor.reading import read_origin, read_url
from corsdoctor.suite.reader import Reader
from corsdoctor.suite.variables import NAME, Text, bases_in, expand
from corsdoctor.url import Origin
from corsdoctor.value_path import Path
from corsdoctor.wrong_input import closest, nearest, shown

_BROKEN: Final = Text("", "https://base.invalid")
"""Stands for a base with a mistake, so that it is reported only once."""


@dataclass(frozen=True, slots=True)
class Asking:
    """An origin, and its part in the ids of cells: its name, or itself if it has none."""

    label: str
    origin: Origin


def read_bases(reader: Reader, value: object) -> dict[str, Text]:
    """The base URLs by name, each with the bases that it uses expanded."""
    given = _named(reader, value, "base")
    order, circular = _in_order(reader, "base", given, lambda name: bases_in(given[name]))
    bases: dict[str, Text] = dict.fromkeys(given, _BROKEN)
    for name in order:
        if name not in circular:
            text = reader.text(given[name], ("base", name), bases)
            url = None if text is None else _read_url(reader, text, ("base", name), bases, _base_url)
            if text is not None and url is not None:
                bases[name] = replace(text, value=url)
    return bases


def read_url_text(reader: Reader, value: object, path: Path, bases: Mapping[str, Text]) -> Text | None:
    """The URL in the string `value`, with its variables and bases expanded; None if there is a mistake."""
    text = reader.text(value, path, bases)
    return None if text is None or _read_url(reader, text, path, bases, _url) is None else text


class Origins:
    """The origins by name. Groups are lists of names and origins."""

    def __init__(self, reader: Reader, value: object) -> None:
        self._reader = reader
        given = _named(reader, value, "origins")
        self._members: dict[str, tuple[Asking, ...]] = dict.fromkeys(given, ())
        order, circular = _in_order(reader, "origins", given, lambda name: self._used(given[name]))
        for name in order:
            if name not in circular:
                found = self.read(given[name], ("origins", name))
                alone = isinstance(given[name], str) and len(found) == 1
                self._members[name] = (Asking(name, found[0].origin),) if alone else found

    def read(self, value: object, path: Path) -> tuple[Asking, ...]:
        """The origins that a name, an origin or a list of both stand for, each once. Mistakes are added."""
        found: dict[Origin, Asking] = {}
        for inner_path, inner in self._reader.one_or_more(value, path, "names or origins"):
            members = self._one(inner, inner_path)
            self._reader.spend(len(members))
            for asking in members:
                found.setdefault(asking.origin, asking)
        return tuple(found.values())

    def _one(self, value: object, path: Path) -> tuple[Asking, ...]:
        text = self._reader.text(value, path)
        if text is None:
            return ()
        if text.value in self._members:
            return self._members[text.value]
        origin = self._reader.made(text, path, self._origin, "an origin, scheme://host[:port]")
        return () if origin is None else (Asking(text.raw, origin),)

    def _origin(self, text: str) -> Origin:
        try:
            return read_origin(text)
        except ValueError:
            if NAME.fullmatch(text) or closest(text, self._members) is not None:
                hint = nearest(text, self._members) if self._members else "this policy has no `origins`"
                raise ValueError(f"is neither an origin nor a name in `origins`; {hint}") from None
            raise

    def _used(self, value: object) -> Iterable[str]:
        for inner in value if isinstance(value, list) else [value]:
            with suppress(ValueError):  # reported where the value is read
                yield expand(inner, self._reader.environment).value if isinstance(inner, str) else ""


def _named(reader: Reader, value: object, table: str) -> dict[str, Any]:
    """The entries of the table `table` that have a usable name and are a string or a list of strings."""
    good: dict[str, Any] = {}
    for name, inner in reader.table(value, (table,)).items():
        if NAME.fullmatch(name) is None or name == "null":
            reader.wrong(
                (table, name),
                "a name must consist of letters, digits, - and _, must not start with a digit or -, and must not be null",
            )
        elif isinstance(inner, str) or (table == "origins" and isinstance(inner, list)):
            good[name] = inner
        else:
            reader.unlike(
                (table, name), inner, "a string" if table == "base" else "an origin, or a list of origins and names"
            )
    return good


def _in_order(
    reader: Reader, table: str, names: Mapping[str, Any], used: Callable[[str], Iterable[str]]
) -> tuple[list[str], set[str]]:
    """`names`, each after those that it uses, and those that refer to themselves, for which mistakes are added."""
    order: dict[str, None] = {}
    circular: set[str] = set()
    for start in names:
        trail = {} if start in order else {start: iter(used(start))}
        while trail:
            last = next(reversed(trail))
            step = next((name for name in trail[last] if name in names and name not in order), None)
            if step is None:
                del trail[last]
                order[last] = None
            elif step in trail:
                circle = list(trail)[list(trail).index(step) :]
                circular.update(circle)
                reader.wrong((table, step), f"refers to itself: {' -> '.join([*circle, step])}")
            else:
                trail[step] = iter(used(step))
    return list(order), circular


def _read_url(
    reader: Reader, text: Text, path: Path, bases: Mapping[str, Text], read: Callable[[str], str]
) -> str | None:
    if text.value.startswith(("/", "?")) and not text.secret:
        base = f"a base, as in `{{{next(iter(bases))}}}{shown(text.raw)}`" if bases else "a name from `base`"
        reader.wrong(path, f"a URL must start with a scheme or with {base}", text.raw)
        return None
    return reader.made(text, path, read, "a URL")


def _url(text: str) -> str:
    return read_url(text, None)


def _base_url(text: str) -> str:
    if "?" in text or "#" in text:
        raise ValueError("a base cannot have a query or a fragment; write them in the url of a case")
    return _url(text)
