"""Makes a Suite of the parsed contents of a policy file, or reports all its mistakes. docs/policy.md describes the file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from difflib import get_close_matches
from itertools import islice
from typing import Any, Final

from corsdoctor.errors import UnreadableInput
from corsdoctor.reading import matches
from corsdoctor.suite import request_spec
from corsdoctor.suite.case import Case, Known, Skipped, Suite
from corsdoctor.suite.entries import Context, FlowOf, read_case, read_matrix
from corsdoctor.suite.expectation import read_known
from corsdoctor.suite.flow_case import FlowGrid, read_flow_case
from corsdoctor.suite.grid import MOST_CELLS, Grid
from corsdoctor.suite.judge import KnownEntry
from corsdoctor.suite.names import Origins, read_bases
from corsdoctor.suite.reader import TABLES, JarOf, Reader, Terms, no_jar
from corsdoctor.suite.request_spec import RequestSpec, read_spec
from corsdoctor.value_path import Path, Where, dotted
from corsdoctor.wrong_input import MOST_COMPARED, shown

VERSION: Final = 1
KEYS: Final = ("$schema", "version", "base", "origins", "defaults", "case", "matrix", "known")


def _no_file(name: str) -> object:
    raise UnreadableInput(shown(name), "this policy is not in a file, so it cannot name one")


def read(
    data: Mapping[str, Any],
    environment: Mapping[str, str],
    where: Where,
    *,
    keep_unset: bool = False,
    terms: Terms = TABLES,
    flow_of: FlowOf = _no_file,
    jar_of: JarOf = no_jar,
) -> Suite:
    """The suite that the policy `data` describes. Raises InvalidPolicy with all mistakes if it is invalid.

    `environment` has the variables for `${NAME}`; with `keep_unset`, the reference to a missing one is kept as it is
    where the policy stays valid. `where` returns the line of the file in which a value starts, `terms` has the
    words of the file's format for a table, `flow_of` reads the file of a flow, and `jar_of` a cookie jar.
    """
    reader = Reader(environment, where, keep_unset=keep_unset, terms=terms, jar_of=jar_of)
    given = reader.table(data, (), KEYS)
    _version(reader, given)
    context = Context(
        reader,
        read_bases(reader, given.get("base", {})),
        Origins(reader, given.get("origins", {})),
        _defaults(reader, given.get("defaults", {})),
        flow_of,
    )
    single = [
        read_flow_case(context, entry, path)
        if isinstance(entry, dict) and "flow" in entry
        else read_case(context, entry, path)
        for path, entry in _entries(reader, given, "case")
    ]
    matrices = [read_matrix(context, entry, path) for path, entry in _entries(reader, given, "matrix")]
    known = [_known(reader, entry, path) for path, entry in _entries(reader, given, "known")]
    if "case" not in given and "matrix" not in given and isinstance(data, dict):
        reader.wrong((), "there is nothing to test; add a `case` with id, url, origin and expect")
    reader.raise_if_any()
    made = _cells(reader, [grid for grid in (*single, *matrices) if grid is not None])
    reader.raise_if_any()
    cases = [cell for cell in made if isinstance(cell, Case)]
    suite = Suite(
        tuple(_counted(_with_known(reader, cases, [one for one in known if one]))),
        tuple(cell for cell in made if isinstance(cell, Skipped)),
    )
    if not suite.cases:
        reader.wrong((), "there is nothing to test; every cell is skipped")
    reader.raise_if_any()
    return suite


def _version(reader: Reader, given: dict[str, Any]) -> None:
    if "$schema" in given and not isinstance(given["$schema"], str):
        reader.unlike(("$schema",), given["$schema"], "a string")
    version = given.get("version", VERSION)
    if not isinstance(version, int) or isinstance(version, bool):
        reader.unlike(("version",), version, f"the number {VERSION}")
    elif version != VERSION:
        reader.wrong(("version",), f"this corsdoctor reads version {VERSION}", str(version))


def _defaults(reader: Reader, value: object) -> RequestSpec:
    path: Path = ("defaults",)
    given = reader.table(value, path, request_spec.KEYS)
    return read_spec(reader, given, path, RequestSpec())


def _entries(reader: Reader, given: dict[str, Any], key: str) -> list[tuple[Path, object]]:
    """(path, value) of each [[case]], [[matrix]] or [[known]]."""
    value = given.get(key)
    if isinstance(value, dict):
        reader.wrong((key,), f"must be a list of {reader.terms.several} (in TOML, [[{key}]])")
        return []
    entries = reader.list_(value, (key,), reader.terms.several) if key in given else []
    return [((key, i), entry) for i, entry in enumerate(entries)]


def _cells(reader: Reader, grids: list[Grid | FlowGrid]) -> list[Case | Skipped]:
    """All cells. Their ids are unique."""
    total = sum(grid.size for grid in grids)
    if total > MOST_CELLS:
        reader.wrong((), f"has {total} cases; the maximum is {MOST_CELLS}")
        return []
    entries: dict[str, Grid | FlowGrid] = {}
    made: dict[str, Case | Skipped] = {}
    for grid in grids:
        first = entries.setdefault(grid.id, grid)
        if first is not grid:
            reader.wrong((*grid.path, "id"), f"is also the id of {dotted(first.path)}; give each its own", grid.id)
            continue
        for cell in grid.cells():
            if cell.id in made:
                reader.wrong((*grid.path, "id"), f"gives two cases the id {shown(cell.id)!r}; change it", grid.id)
            made[cell.id] = cell
    return list(made.values())


def _known(reader: Reader, value: object, path: Path) -> tuple[Path, str, Known] | None:
    """(path, id or pattern, known failure) of an entry; None if there is a mistake."""
    given = reader.table(value, path)
    if "id" not in given and isinstance(value, dict):
        reader.wrong(path, "has no `id`; give the id of a case, or a pattern such as items/*")
    id = reader.id_(given["id"], (*path, "id")) if "id" in given else None
    known = read_known(reader, value, path, "id")
    return None if id is None or known is None else (path, id, known)


def _with_known(reader: Reader, cases: list[Case], known: list[tuple[Path, str, Known]]) -> list[Case]:
    """`cases` with the entries of [[known]] that name them. A case's own `known` comes first, then the first entry."""
    own: dict[str, Known] = {}
    ids = {case.id: None for case in cases}
    for path, id, entry in known:
        reader.spend(len(ids) if "*" in id else 1)
        named = [one for one in ids if matches(id.split("*"), one)] if "*" in id else [id] if id in ids else []
        if not named:
            near = get_close_matches(id, islice(ids, MOST_COMPARED), n=1)
            hint = f"did you mean `{shown(near[0])}`?" if near else "remove it if its case was removed"
            reader.wrong((*path, "id"), f"matches no case; {hint}", id)
        for one in named:
            own.setdefault(one, entry)
    return [case if case.known or case.id not in own else replace(case, known=own[case.id]) for case in cases]


def _counted(cases: list[Case]) -> list[Case]:
    """`cases`, where each entry of `known` has the number of cases that it applies to."""
    entries = Counter(case.known.entry.where for case in cases if case.known and case.known.entry)
    counted: dict[str, Known] = {}
    for case in cases:
        entry = case.known and case.known.entry
        if case.known and entry and entries[entry.where] > 1:
            more = KnownEntry(entry.where, entries[entry.where])
            counted.setdefault(entry.where, replace(case.known, entry=more))
    return [
        replace(case, known=counted[case.known.entry.where])
        if case.known and case.known.entry and case.known.entry.where in counted
        else case
        for case in cases
    ]
