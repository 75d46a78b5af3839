"""Reads one [[case]] or [[matrix]] of a policy as a Grid."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from corsdoctor.fetch.presets import PRESETS
from corsdoctor.reading import read_url
from corsdoctor.request_fields import InvalidPage, read_page, with_url
from corsdoctor.suite import request_spec
from corsdoctor.suite.excepted import NOT_SCRIPTED, Exceptions
from corsdoctor.suite.expectation import read_expected, read_known
from corsdoctor.suite.grid import MOST_CELLS, Cell, Grid, Target
from corsdoctor.suite.judge import Expected
from corsdoctor.suite.names import Asking, Origins, read_url_text
from corsdoctor.suite.reader import Reader
from corsdoctor.suite.request_spec import RequestSpec, check_api, read_method, read_spec
from corsdoctor.suite.variables import NAME, Text, parameters
from corsdoctor.url import URL
from corsdoctor.value_path import Path
from corsdoctor.wrong_input import nearest, shown

CASE_KEYS: Final = ("id", "url", "origin", "origins", "page", *request_spec.KEYS, "expect", "except", "known")
MATRIX_KEYS: Final = (
    "id", "base", "paths", "urls", "methods", "origins", "allow", "deny",
    *(key for key in request_spec.KEYS if key != "method"), "expect", "except", "known",
)  # fmt: skip
_SIDES: Final = {"allow": Expected("allowed"), "deny": Expected("blocked")}
_Rows = list[tuple[Asking, Cell]]
FlowOf = Callable[[str], object]
"""What is in the file of a flow with this name; raises UnreadableInput if there is none."""


@dataclass(frozen=True, slots=True)
class Context:
    """The values that all entries share."""

    reader: Reader
    bases: Mapping[str, Text]
    origins: Origins
    defaults: RequestSpec
    flow_of: FlowOf


def read_case(context: Context, value: object, path: Path) -> Grid | None:
    """The cells of a case; None if there is a mistake."""
    reader = context.reader
    before = len(reader.found)
    given = reader.table(value, path, CASE_KEYS)
    if not isinstance(value, dict):
        return None
    asks = read_spec(reader, given, path, context.defaults)
    url = needed(reader, given, path, "url", "give the URL to request")
    text = None if url is None else read_url_text(reader, url, (*path, "url"), context.bases)
    targets = [] if text is None else [Target(text.raw, text.value, parameters=parameters(text))]
    several = "origins" in given
    if several and "origin" in given:
        reader.wrong((*path, "origins"), "give `origin` or `origins`, not both")
    if not several and "except" in given:
        reader.wrong((*path, "except"), "a case with one `origin` cannot have exceptions; change its `expect`")
    key = "origins" if several else "origin"
    cell = _cell(reader, given, path, _expected(reader, given, path))
    page = _page(context, given["page"], (*path, "page")) if "page" in given else None
    if page is not None and not several:
        asks = replace(asks, page={**asks.page, "page": page})
    if several and "page" in given:
        reader.wrong((*path, "page"), "give `page` or `origins`, not both")
    if "page" in given and not several and "origin" not in given:
        rows = [] if page is None else [(Asking(str(page.origin), page.origin), cell)]
    else:
        origins = needed(
            reader, given, path, key, "give the origin of the page, several as `origins`, or its URL as `page`"
        )
        rows = [] if origins is None else _rows(context, origins, (*path, key), cell)
    if not several and len(rows) > 1:
        reader.wrong((*path, key), f"is a group of {len(rows)} origins; use the key `origins`", str(origins))
    grid = Grid(read_id(reader, given, path), path, reader.line(path), asks, targets, [asks.method], rows, key)
    return _checked(context, given, grid, before)


def read_matrix(context: Context, value: object, path: Path) -> Grid | None:
    """The cells of a matrix; None if there is a mistake."""
    reader = context.reader
    before = len(reader.found)
    given = reader.table(value, path, MATRIX_KEYS)
    if not isinstance(value, dict):
        return None
    asks = read_spec(reader, given, path, context.defaults)
    targets = _targets(context, given, path)
    methods = _methods(reader, given["methods"], (*path, "methods")) if "methods" in given else [asks.method]
    rows: _Rows = []
    if not _SIDES.keys() & given.keys():
        hint = "give the origins of the pages (or `allow` for those that must be allowed, and `deny` for those that must not)"
        origins = needed(reader, given, path, "origins", hint)
        cell = _cell(reader, given, path, _expected(reader, given, path))
        rows += [] if origins is None else _rows(context, origins, (*path, "origins"), cell)
    for key in ("origins", "expect") if _SIDES.keys() & given.keys() else ():
        if key in given:
            reader.wrong((*path, key), "give `origins` and `expect`, or `allow` and `deny`, not both")
    for side in [side for side in _SIDES if side in given]:
        more = _rows(context, given[side], (*path, side), _cell(reader, given, path, _SIDES[side]))
        twice = {asking.origin for asking, _ in more} & {asking.origin for asking, _ in rows}
        for asking, _ in rows:
            if asking.origin in twice:
                reader.wrong((*path, side), f"{asking.label} is in both `allow` and `deny`; remove it from one")
        rows += more
    grid = Grid(read_id(reader, given, path), path, reader.line(path), asks, targets, methods, rows, "matrix")
    return _checked(context, given, grid, before)


def read_id(reader: Reader, given: dict[str, Any], path: Path) -> str:
    """The id of an entry, "" if there is a mistake."""
    id = needed(reader, given, path, "id", "give one, because reports refer to it")
    return (None if id is None else reader.id_(id, (*path, "id"))) or ""


def _checked(context: Context, given: dict[str, Any], grid: Grid, before: int) -> Grid | None:
    """`grid` with its exceptions; None if the entry has a mistake, which are those after the first `before`."""
    reader, path = context.reader, grid.path
    if grid.size > MOST_CELLS:
        counts = f"{len(grid.targets)} URLs x {len(grid.methods)} methods x {len(grid.rows)} origins"
        reader.wrong(path, f"has {grid.size} cells ({counts}); the maximum is {MOST_CELLS}")
    for method in grid.methods:
        said = grid.asked.said_method or "methods" in given
        asked = [with_url(grid.asked.scenario(method), target.url) for target in grid.targets]
        for scenario in {scenario.api: scenario for scenario in asked}.values():
            for key, reason, value in check_api(scenario, given, said_method=said):
                reader.wrong((*path, key), reason, value)
    for asking, _ in grid.rows:
        try:
            grid.asked.on_page(grid.asked.scenario("GET"), asking.origin)
        except InvalidPage as e:
            where = "" if e.field.key in given else " (set in `defaults`)"
            reader.wrong((*path, e.field.key), f"{e}{where}", e.value)
    preset = PRESETS[grid.asked.api]
    if not preset.scripted and any(cell.expected.readable for _, cell in grid.rows):
        reader.wrong((*path, "expect", "readable"), NOT_SCRIPTED.format(what=preset.what))
    if "except" in given:
        sound = len(reader.found) == before
        Exceptions(reader, grid, context.bases, context.origins, pick=sound).read(given["except"], (*path, "except"))
    return grid if len(reader.found) == before else None


def needed(reader: Reader, given: dict[str, Any], path: Path, key: str, why: str) -> object:
    """The value of `key`. If it is missing and not just misspelt: None, after adding a mistake."""
    if key not in given and (*path, key) not in reader.misspelt:
        reader.wrong(path, f"has no `{key}`; {why}")
    elif key in given and given[key] is None:
        reader.unlike((*path, key), None, "a value")
    return given.get(key)


def _expected(reader: Reader, given: dict[str, Any], path: Path) -> Expected:
    value = needed(reader, given, path, "expect", f'give "allowed", "blocked" or {reader.terms.one}')
    return (None if value is None else read_expected(reader, value, (*path, "expect"))) or Expected()


def _cell(reader: Reader, given: dict[str, Any], path: Path, expected: Expected) -> Cell:
    return Cell(expected, read_known(reader, given["known"], (*path, "known")) if "known" in given else None)


def _rows(context: Context, value: object, path: Path, cell: Cell) -> _Rows:
    return [(asking, cell) for asking in context.origins.read(value, path)]


def _methods(reader: Reader, value: object, path: Path) -> list[str]:
    read = [read_method(reader, inner, where) for where, inner in reader.one_or_more(value, path, "methods")]
    methods = [method for method in read if method is not None]
    _once(reader, methods, path)
    return methods


def _targets(context: Context, given: dict[str, Any], path: Path) -> list[Target]:
    reader = context.reader
    if "urls" in given:
        for key in ("base", "paths"):
            if key in given:
                reader.wrong((*path, key), "give `urls`, or `base` and `paths`, not both")
        inner = reader.one_or_more(given["urls"], (*path, "urls"), "URLs")
        texts = [read_url_text(reader, value, where, context.bases) for where, value in inner]
        targets = [Target(text.raw, text.value, parameters=parameters(text)) for text in texts if text is not None]
        _once(reader, [target.label for target in targets], (*path, "urls"))
        return targets
    if "base" not in given and "paths" not in given:
        reader.wrong(path, "has no `urls`; give the URLs to request, or a `base` and `paths`")
        return []
    base = needed(reader, given, path, "base", "give the URL that the `paths` follow")
    paths = needed(reader, given, path, "paths", "give the paths that follow the `base`")
    base_url = None if base is None else _base(context, base, (*path, "base"))
    inner = [] if paths is None else reader.one_or_more(paths, (*path, "paths"), "paths")
    made = [_target(reader, value, where, base_url) for where, value in inner]
    targets = [target for target in made if target is not None]
    _once(reader, [target.label for target in targets], (*path, "paths"))
    return targets


def _base(context: Context, value: object, path: Path) -> Text | None:
    """The base that `value` names, or `value` itself with its bases expanded."""
    if isinstance(value, str) and NAME.fullmatch(value):
        if value in context.bases:
            return context.bases[value]
        hint = nearest(value, context.bases) if context.bases else "this policy has no `base`"
        context.reader.wrong(path, f"unknown base; {hint}", value)
        return None
    return read_url_text(context.reader, value, path, context.bases)


def _target(reader: Reader, value: object, path: Path, base: Text | None) -> Target | None:
    text = reader.text(value, path)
    if text is None:
        return None
    if not text.value.startswith(("/", "?")):
        right = "" if text.secret else f"; did you mean `/{shown(text.raw)}`?"
        reader.wrong(path, text.unset or f"a path starts with / (or with ?){right}", text.raw)
        return None
    if base is None:
        return Target(text.raw, "about:blank", text.value, parameters(text))
    joined = base.value.removesuffix("/") + text.value if text.value.startswith("/") else base.value + text.value
    whole = Text(text.raw, joined, text.secret or base.secret, text.unset or base.unset)
    url = reader.made(whole, path, lambda url: read_url(url, None), "the path of a URL")
    return None if url is None else Target(text.raw, url, text.value, parameters(text))


def _page(context: Context, value: object, path: Path) -> URL | None:
    text = read_url_text(context.reader, value, path, context.bases)
    return None if text is None else context.reader.made(text, path, read_page, "the URL of a page")


def _once(reader: Reader, labels: list[str], path: Path) -> None:
    for label in [label for label, times in Counter(labels).items() if times > 1]:
        reader.wrong(path, "is given twice; remove one", label)
