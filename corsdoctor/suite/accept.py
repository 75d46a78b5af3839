"""Changes what a policy in TOML expects, in place. The library keeps comments and layout."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

import tomlkit
from tomlkit.items import AoT, Array, InlineTable, Item, Table

from corsdoctor.suite.excepted import SELECTORS

_identity: Final = id  # here, `id` belongs to a case


def accept(text: str, changes: Mapping[str, Mapping[str, Any]]) -> tuple[str, tuple[str, ...]]:
    """The policy `text` with changed expectations, and the ids of the cases that were left unchanged.

    `changes` has the new table `expect` by the id of a case. A cell of a matrix becomes an entry of its `except`; cells
    with the same result that differ in only one selector are joined. A case is left unchanged if the environment
    determines what is expected. Raises KeyError for an id that the policy does not have. `text` is TOML that `read`
    accepts; comments, layout and line ends are kept.
    """
    crlf = 0 < text.count("\r\n") == text.count("\n")
    document = tomlkit.parse(text.replace("\r\n", "\n") if crlf else text)
    index = _Index(document)
    left = []
    cells: dict[int, tuple[Table, list[_Change]]] = {}
    for id, expect in changes.items():
        entry, picked = index.find(id)
        if picked:
            cells.setdefault(_identity(entry), (entry, []))[1].append(_Change(id, picked, expect))
        elif _from_environment(entry["expect"]):
            left.append(id)
        else:
            _put(entry, expect)
    for entry, wanted in cells.values():
        left += _Exceptions(entry, document.get("origins", {})).change(wanted)
    written = tomlkit.dumps(document)
    return written.replace("\n", "\r\n") if crlf else written, tuple(left)


@dataclass(frozen=True, slots=True)
class _Change:
    """A cell, the selectors that select only it, and its new expectation."""

    id: str
    picked: dict[str, str]
    expect: Mapping[str, Any]


class _Index:
    """Finds the entry of a policy that a case comes from."""

    def __init__(self, document: tomlkit.TOMLDocument) -> None:
        self._alone: dict[str, Table] = {}
        self._several: dict[str, list[tuple[Table, frozenset[str]]]] = {}  # with the labels of its paths or URLs
        for case in document.get("case", ()):
            if "origins" in case:
                self._several.setdefault(str(case["id"]), []).append((case, frozenset()))
            else:
                self._alone.setdefault(str(case["id"]), case)
        for matrix in document.get("matrix", ()):
            labels = matrix["urls" if "urls" in matrix else "paths"]
            known = frozenset([str(labels)] if isinstance(labels, str) else map(str, labels))
            self._several.setdefault(str(matrix["id"]), []).append((matrix, known))

    def find(self, id: str) -> tuple[Table, dict[str, str]]:
        """The entry that the case `id` comes from, and its selectors there; none if it is the only case."""
        if id in self._alone:
            return self._alone[id], {}
        found: list[tuple[int, Table, dict[str, str]]] = []
        for name, rest in _divisions(id):
            for entry, labels in self._several.get(name, ()):
                if not labels:
                    found.append((len(name), entry, {"origin": rest}))
                    continue
                method, _, behind = rest.partition(" ")
                for label, origin in _divisions(behind):
                    if label in labels:
                        key = "url" if "urls" in entry else "path"
                        found.append((len(name) + len(label), entry, {"origin": origin, key: label, "method": method}))
        if not found:
            raise KeyError(id)
        _, entry, picked = max(found, key=lambda one: one[0])
        return entry, picked


def _divisions(text: str) -> Iterator[tuple[str, str]]:
    """`text` divided at each of its slashes."""
    for match in re.finditer("/", text):
        yield text[: match.start()], text[match.end() :]


class _Exceptions:
    """The exceptions of one entry, and their changes."""

    def __init__(self, entry: Table, origins: Mapping[str, Any]) -> None:
        self._entry, self._origins = entry, origins
        of_matrix = ("origin", "url" if "urls" in entry else "path", "method")
        self._keys = ("origin",) if "url" in entry else of_matrix
        self._old: list[dict[str, Any]] = [one.unwrap() for one in entry.get("except", ())]
        self._variable = [one for one in self._old if _from_environment(one.get("expect"))]
        self._narrow: dict[object, int] = {}  # by the only cell that it selects
        self._wide: list[int] = []
        for i, one in enumerate(self._old):
            cell = self._cell(one)
            if cell is None:
                self._wide.append(i)
            else:
                self._narrow[cell] = i

    def change(self, wanted: Sequence[_Change]) -> list[str]:
        """Changes the expectations. Returns the ids of the cells whose expectation the environment determines."""
        left, fresh = [], []
        for one in wanted:
            place = self._place(one.picked)
            if self._is_from_environment(one.picked, place):
                left.append(one.id)
            elif place is not None:
                _put(self._entry["except"][place], one.expect)
            else:
                fresh.append(one)
        if fresh:
            self._add(fresh)
        return left

    def _add(self, fresh: Sequence[_Change]) -> None:
        if "except" not in self._entry:
            self._entry["except"] = tomlkit.array()
            cast(Array, self._entry["except"]).multiline(True)
        exceptions = cast("AoT | Array", self._entry["except"])
        for picks, expect in _joined(fresh):
            table: Table | InlineTable = tomlkit.table() if isinstance(exceptions, AoT) else tomlkit.inline_table()
            for key, values in picks.items():
                table.append(key, values[0] if len(values) == 1 else list(values))
            table.append("expect", _expect(expect))
            exceptions.append(table)

    def _place(self, picked: Mapping[str, str]) -> int | None:
        """The exception that applies only to this cell; None if there is none, or if a later one selects it too."""
        place = self._narrow.get(self._cell(picked))
        if place is None or {key: self._old[place].get(key) for key in picked} != picked:
            return None
        later = (self._old[i] for i in self._wide if i > place)
        return None if any(_may_pick(one, picked, self._origins) for one in later) else place

    def _cell(self, exception: Mapping[str, Any]) -> object:
        """The only cell that `exception` selects; None if it may select several."""
        texts = [exception.get(key) for key in self._keys]
        if not all(isinstance(text, str) for text in texts) or exception.keys() & set(SELECTORS) != set(self._keys):
            return None
        origin = _plain(exception["origin"], self._origins)
        return None if origin is None else (origin, *texts[1:])

    def _is_from_environment(self, picked: Mapping[str, str], place: int | None) -> bool:
        if place is not None and "expect" in self._old[place]:
            return _from_environment(self._old[place]["expect"])
        given = any(_may_pick(one, picked, self._origins) for one in self._variable)
        return given or _from_environment(self._entry.get("expect"))


_Group = tuple[dict[str, tuple[str, ...]], Mapping[str, Any]]


def _joined(changes: Iterable[_Change]) -> list[_Group]:
    """Selectors and expectations of the cells. Those that differ in only one selector are joined."""
    groups: list[_Group] = [({key: (value,) for key, value in one.picked.items()}, one.expect) for one in changes]
    for key in ("origin", "method", "path", "url"):
        joined: dict[object, _Group] = {}
        for picks, expect in groups:
            alike = (tuple((k, v) for k, v in picks.items() if k != key), repr(expect))
            if key in picks and alike in joined:
                joined[alike][0][key] += picks[key]
            else:
                joined[alike] = (picks, expect)
        groups = list(joined.values())
    return groups


def _from_environment(expect: Any) -> bool:
    """Whether a variable determines what is expected."""
    if isinstance(expect, Mapping):
        return any(map(_from_environment, expect.values()))
    if isinstance(expect, (list, tuple)):
        return any(map(_from_environment, expect))
    return isinstance(expect, str) and "${" in expect.replace("$${", "")


def _may_pick(exception: Mapping[str, Any], picked: Mapping[str, str], origins: Mapping[str, Any]) -> bool:
    """Whether `exception` may select the cell too."""
    for key, value in picked.items():
        wanted = exception.get(key, value)
        texts = [wanted] if isinstance(wanted, str) else wanted
        if key == "origin":
            if all(_plain(text, origins) not in (None, _plain(value, origins)) for text in texts):
                return False
        elif value not in texts:
            return False
    return True


def _plain(name: str, origins: Mapping[str, Any]) -> str | None:
    """The origin that a name stands for, as written in the file; None if it is a group or another name."""
    text = origins.get(name, name)
    return text if isinstance(text, str) and (text == name or text not in origins) else None


def _put(entry: Any, expect: Mapping[str, Any]) -> None:
    """Sets what `entry` expects. Comments in a table with its own header are kept."""
    old = entry.get("expect")
    entry["expect"] = (
        _rewritten(old, expect) if isinstance(old, Table) and old.display_name is not None else _expect(expect)
    )


def _rewritten(old: Table, expect: Mapping[str, Any]) -> Table:
    """Changes the keys of the table `old`; a new key takes the place of a removed one."""
    left = dict(expect)
    new = tomlkit.table()
    last = max(i for i, (key, _) in enumerate(old.value.body) if key is not None)
    for i, (key, item) in enumerate(old.value.body):
        if key is None:
            new.add(cast(Any, item))
        else:
            name = key.key if key.key in left else next((name for name in left if name not in old), None)
            if name is not None:
                value = tomlkit.item(left.pop(name))
                _dress(value, item)
                new.add(name, value)
        if i == last:
            for name in list(left):
                new.add(name, left.pop(name))
    _dress(new, old)
    return new


def _dress(new: Item, old: Item) -> None:
    """Gives `new` the indentation and the comment of `old`."""
    for part in ("indent", "comment_ws", "comment", "trail"):
        setattr(new.trivia, part, getattr(old.trivia, part))


def _expect(expect: Mapping[str, Any]) -> Any:
    if list(expect) == ["verdict"]:
        return tomlkit.item(expect["verdict"])
    table = tomlkit.inline_table()
    table.update(expect)
    return table
