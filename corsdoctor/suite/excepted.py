"""The exceptions of a case or a matrix: cells selected by origin, url, path and method, and what is expected of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import product
from typing import Any, Final

from corsdoctor.fetch.presets import PRESETS
from corsdoctor.suite.expectation import read_expected, read_known, read_words
from corsdoctor.suite.grid import Cell, Grid
from corsdoctor.suite.names import Origins, read_url_text
from corsdoctor.suite.reader import Reader
from corsdoctor.suite.request_spec import read_method
from corsdoctor.suite.variables import Text
from corsdoctor.value_path import Path

SELECTORS: Final = ("origin", "url", "path", "method")
_KEYS: Final = (*SELECTORS, "expect", "skip", "known")
NOT_SCRIPTED: Final = "{what} does not show headers to scripts; only fetch() and XMLHttpRequest do"
_Read = Callable[[object, Path], Iterable[object]]


class Exceptions:
    """Reads the exceptions of one entry. If `pick` is false, the entry has mistakes and its cells are unknown."""

    def __init__(self, reader: Reader, grid: Grid, bases: Mapping[str, Text], origins: Origins, *, pick: bool) -> None:
        self._reader = reader
        self._grid = grid
        self._bases = bases
        self._origins = origins
        self._pick = pick

    def read(self, value: object, path: Path) -> None:
        """Adds the exceptions in the list `value` to the grid. If several select a cell, the last one applies.

        An exception with only `known` keeps what is expected; one with an expectation drops an earlier `known`.
        """
        for i, entry in enumerate(self._reader.list_(value, path, self._reader.terms.several)):
            self._one(entry, (*path, i))

    def _one(self, value: object, path: Path) -> None:
        reader = self._reader
        before = len(reader.found)
        given = reader.table(value, path, _KEYS)
        reader.spend(self._grid.size)
        cells = self._cells(given, path)
        expected = read_expected(reader, given["expect"], (*path, "expect")) if "expect" in given else None
        known = read_known(reader, given["known"], (*path, "known")) if "known" in given else None
        skip = read_words(reader, given["skip"], (*path, "skip"), "why it is skipped") if "skip" in given else None
        said = [key for key in given if key not in SELECTORS]
        whole = isinstance(value, dict) and len(given) == len(value)  # nothing in it is misspelt
        if whole and not given.keys() & set(SELECTORS):
            reader.wrong(path, f"selects every cell; add one or more of {', '.join(SELECTORS)}")
        if whole and not said:
            reader.wrong(
                path, "does not say what changes for the cells that it selects; add `expect`, `skip` or `known`"
            )
        preset = PRESETS[self._grid.asked.api]
        if expected is not None and expected.readable and not preset.scripted:
            reader.wrong((*path, "expect", "readable"), NOT_SCRIPTED.format(what=preset.what))
        if "skip" in said and len(said) > 1:
            reader.wrong((*path, "skip"), "cannot be combined with `expect` or `known`; keep one of them")
        if len(reader.found) == before and self._pick:
            for cell in cells:
                usual = self._grid.exceptions.get(cell, self._grid.rows[cell[2]][1])
                put_up_with = known or (None if expected else usual.known)
                self._grid.exceptions[cell] = Cell(expected or usual.expected, put_up_with, skip)

    def _cells(self, given: dict[str, Any], path: Path) -> Iterable[tuple[int, int, int]]:
        """The numbers of target, method and row of each selected cell."""
        grid = self._grid
        targets = self._targets(given, path)
        methods = self._numbers(given, path, "method", grid.methods, self._method)
        asking = [asking.origin for asking, _ in grid.rows]
        rows = self._numbers(given, path, "origin", asking, self._origin)
        return product(targets, methods, rows)

    def _targets(self, given: dict[str, Any], path: Path) -> Iterable[int]:
        urls, paths = [target.url for target in self._grid.targets], [target.path for target in self._grid.targets]
        by_path = "path" in given and (not self._pick or None not in paths)
        if "path" in given and not by_path:
            self._reader.wrong((*path, "path"), "this matrix has no `paths`; select by `url`")
        picked = set(self._numbers(given, path, "url", urls, self._url))
        if by_path:
            picked &= set(self._numbers(given, path, "path", paths, self._path))
        return sorted(picked)

    def _numbers(
        self, given: dict[str, Any], path: Path, key: str, there: Sequence[object], read: _Read
    ) -> Iterable[int]:
        """The indices in `there` that `key` selects; all if it is not given."""
        if key not in given:
            return range(len(there))
        found: list[int] = []
        for inner_path, inner in self._reader.one_or_more(given[key], (*path, key), f"{key}s"):
            for wanted in read(inner, inner_path):
                places = [i for i, one in enumerate(there) if one == wanted]
                found += places
                if self._pick and not places:
                    self._reader.wrong(inner_path, f"no cell has this {key}", str(inner))
        return dict.fromkeys(found)

    def _origin(self, value: object, path: Path) -> Iterable[object]:
        return [asking.origin for asking in self._origins.read(value, path)]

    def _url(self, value: object, path: Path) -> Iterable[object]:
        text = read_url_text(self._reader, value, path, self._bases)
        return [] if text is None else [text.value]

    def _path(self, value: object, path: Path) -> Iterable[object]:
        text = self._reader.text(value, path)
        return [] if text is None else [text.value]

    def _method(self, value: object, path: Path) -> Iterable[object]:
        method = read_method(self._reader, value, path)
        return [] if method is None else [method]
