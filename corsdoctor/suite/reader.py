"""Reads values of a policy, each kind in a method. Mistakes are collected with path and line, and reading continues."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Final, TypeVar

from corsdoctor.reading_cookies import BadJar
from corsdoctor.scenario import HeldCookie
from corsdoctor.suite.mistakes import InvalidPolicy, PolicyMistake
from corsdoctor.suite.variables import Text, expand
from corsdoctor.value_path import Path, Where
from corsdoctor.visible import shows
from corsdoctor.wrong_input import closest, nearest, shown, shown_name

_Read = TypeVar("_Read")
_Choice = TypeVar("_Choice", bound=StrEnum)
MOST_MISTAKES: Final = 100
MOST_STEPS: Final = 20_000_000  # characters, members of groups, cells that an exception may pick
_NO_ID: Final = "an id must be the same in every environment: it cannot contain a variable"
_KINDS: Final[tuple[tuple[type, str], ...]] = (
    (bool, "true or false"), (str, "a string"), (int, "a whole number"), (float, "a decimal number"), (list, "a list"),
    (bytes, "binary data"),
)  # fmt: skip
_KINDS_OF_TIME: Final = {"datetime": "a date with a time", "date": "a date", "time": "a time"}
_OF_ORIGINS: Final = ("origin", "origins", "allow", "deny")


@dataclass(frozen=True, slots=True)
class Terms:
    """The words of a format for keys with values: one table, and several."""

    one: str
    several: str


TABLES: Final = Terms("a table", "tables")
JarOf = Callable[[str], tuple[tuple[HeldCookie, bool], ...]]
"""Each cookie in the jar with this name, and whether it has expired; raises BadJar."""


def no_jar(_name: str) -> tuple[tuple[HeldCookie, bool], ...]:
    """For a policy that is not in a file."""
    raise BadJar("this policy is not in a file, so it cannot name one")


class Reader:
    """What all reading shares: the environment, the lines of the file, and the mistakes found so far.

    With `keep_unset`, a variable that is not set is a mistake only if its value is needed. `jar_of` reads a cookie jar.
    """

    def __init__(
        self,
        environment: Mapping[str, str],
        where: Where,
        *,
        keep_unset: bool = False,
        terms: Terms = TABLES,
        jar_of: JarOf = no_jar,
    ) -> None:
        self.environment = environment
        self.keep_unset = keep_unset
        self.where = where
        self.terms = terms
        self.jar_of = jar_of
        self.misspelt: set[Path] = set()
        """The paths of expected keys that are present under a misspelt name."""
        self.found: list[PolicyMistake] = []
        self._steps = 0

    def wrong(self, path: Path, reason: str, value: str = "") -> None:
        """Adds a mistake; `value` is the text in the file and must not be a secret. Raises InvalidPolicy if there are too many."""
        self.found.append(PolicyMistake(path, reason, shown(value), self.line(path)))
        if len(self.found) >= MOST_MISTAKES:
            self.raise_if_any()

    def spend(self, steps: int) -> None:
        """Counts the steps of reading, which names that expand to much can make many. Raises InvalidPolicy at the limit."""
        self._steps += steps
        if self._steps > MOST_STEPS:
            self.wrong(
                (), "the policy is too large once its bases, groups and patterns are expanded; use fewer of them"
            )
            self.raise_if_any()

    def line(self, path: Path) -> int | None:
        """The line of `path`, or else of the innermost value around it."""
        for end in range(len(path), 0, -1):
            line = self.where(path[:end])
            if line is not None:
                return line
        return None

    def raise_if_any(self) -> None:
        """Raises InvalidPolicy if there is a mistake, with all of them in the order of the file."""
        if self.found:
            raise InvalidPolicy(*sorted(dict.fromkeys(self.found), key=lambda mistake: mistake.line or 0))

    def unlike(self, path: Path, value: object, wanted: str) -> None:
        """Adds the mistake that `value` is of the wrong kind."""
        if value is None:
            meant = ', or "null" in quotes for an opaque origin' if _is_origin(path) else ""
            self.wrong(path, f"is empty; write {wanted}{meant}, or remove the key")
            return
        kinds = ((dict, self.terms.one), *_KINDS)
        named = type(value).__name__  # this room imports nothing that has a clock
        kind = next((name for kind, name in kinds if isinstance(value, kind)), _KINDS_OF_TIME.get(named, f"a {named}"))
        hint = "; put it in quotes" if wanted == "a string" and not isinstance(value, (list, dict)) else ""
        self.wrong(path, f"must be {wanted}, not {kind}{hint}")

    def table(self, value: object, path: Path, keys: Iterable[str] | None = None) -> dict[str, Any]:
        """The valid entries of the table `value`; with `keys`, no others are allowed."""
        if not isinstance(value, dict):
            self.unlike(path, value, self.terms.one)
            return {}
        good: dict[str, Any] = {}
        known = None if keys is None else tuple(keys)
        for key, inner in value.items():
            if not isinstance(key, str):
                self.wrong(path, f"the key {shown_name(str(key))} is not a string; put it in quotes")
            elif known is not None and key not in known:
                hint, near = nearest(key, known), closest(key, known)
                if near is not None:
                    self.misspelt.add((*path, near))
                self.wrong((*path, key), f"unknown key; {hint}")
            else:
                good[key] = inner
        return good

    def list_(self, value: object, path: Path, of: str) -> list[Any]:
        """The list `value`, which must not be empty; `of` names its items."""
        if not isinstance(value, list):
            self.unlike(path, value, f"a list of {of}")
            return []
        if not value:
            self.wrong(path, f"is an empty list; add {of}, or remove the key")
        return value

    def one_or_more(self, value: object, path: Path, of: str) -> list[tuple[Path, object]]:
        """(path, value) of each item of the list `value`, or of `value` itself if it is a string."""
        if isinstance(value, str):
            return [(path, value)]
        if not isinstance(value, list):
            self.unlike(path, value, f"a string, or a list of {of}")
            return []
        return [((*path, i), inner) for i, inner in enumerate(self.list_(value, path, of))]

    def text(
        self, value: object, path: Path, bases: Mapping[str, Text] | None = None, *, show: bool = True
    ) -> Text | None:
        """The string `value` with its variables expanded; None if there is a mistake. Without `show` it is a secret."""
        if not isinstance(value, str):
            self.unlike(path, value, "a string")
            return None
        try:
            text = expand(value, self.environment, bases, keep_unset=self.keep_unset)
        except ValueError as e:
            self.wrong(path, str(e), value if show else "")
            return None
        self.spend(len(text.value))
        return text

    def parsed(self, value: object, path: Path, read: Callable[[str], _Read], what: str) -> _Read | None:
        """The result of `read(value)`, or None after adding a mistake; `what` is expected."""
        text = self.text(value, path)
        return None if text is None else self.made(text, path, read, what)

    def made(
        self, text: Text, path: Path, read: Callable[[str], _Read], what: str, *, show: bool = True
    ) -> _Read | None:
        """The result of `read(text)`, or None after adding a mistake. Without `show` it is a secret."""
        self.spend(len(text.value))
        try:
            return read(text.value)
        except ValueError as e:
            hidden = f"with its variables expanded, this is not {what}; the value is not shown"
            self.wrong(path, text.unset or (hidden if text.secret else str(e)), text.raw if show else "")
            return None

    def choice(self, value: object, path: Path, kind: type[_Choice]) -> _Choice | None:
        """The member of `kind` that `value` names."""

        def read(text: str) -> _Choice:
            if text not in list(kind):
                raise ValueError(f"is unknown; {nearest(text, list(kind))}")
            return kind(text)

        return self.parsed(value, path, read, f"one of {', '.join(kind)}")

    def flag(self, value: object, path: Path) -> bool | None:
        """True or false."""
        if isinstance(value, bool):
            return value
        self.unlike(path, value, "true or false")
        return None

    def id_(self, value: object, path: Path) -> str | None:
        """An id: a string of one line that is the same in every environment."""
        if not isinstance(value, str):
            self.unlike(path, value, "a string")
        elif "${" in value:
            self.wrong(path, _NO_ID, value)
        elif not value.strip() or not all(map(shows, value)):
            self.wrong(path, "an id must have at least one character, and only visible ones", value)
        else:
            return value
        return None

    def day(self, value: object, path: Path) -> date | None:
        """A date, or a string with one."""
        if type(value) is date:
            return value
        if isinstance(value, str):
            return self.parsed(value, path, _iso_date, "a date such as 2026-12-31")
        without = ", without a time" if isinstance(value, date) else ""
        self.unlike(path, value, f"a date such as 2026-12-31{without}")
        return None


def _iso_date(text: str) -> date:
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text) is None:
        raise ValueError("is not a date; write it like 2026-12-31")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError("this date does not exist") from None


def _is_origin(path: Path) -> bool:
    """Whether the value at `path` is an origin or a list of origins."""
    keys = [key for key in path if isinstance(key, str)]
    return len(path) > 1 and (keys[0] == "origins" or keys[-1] in _OF_ORIGINS)
