"""Reads a [[case]] with a flow: its cells are the requests of the flow, each in all browsers of the case.

A browser that an exception names has a cell of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from corsdoctor.browsers.profile import Profile
from corsdoctor.errors import UnreadableInput
from corsdoctor.flow.read import InvalidFlow
from corsdoctor.flow.story import Flow, FlowRequest
from corsdoctor.suite.case import Case, StepOf
from corsdoctor.suite.entries import Context, needed, read_id
from corsdoctor.suite.expectation import read_expected, read_known
from corsdoctor.suite.flow_variables import read_expanded
from corsdoctor.suite.grid import Cell
from corsdoctor.suite.judge import Expected
from corsdoctor.suite.reader import Reader
from corsdoctor.suite.request_spec import read_browsers
from corsdoctor.suite.variables import Text
from corsdoctor.value_path import Path

KEYS: Final = ("id", "flow", "browsers", "expect", "except", "known")
_EXCEPTION: Final = ("step", "browser", "expect", "known")
_URLS: Final = ("page", "url")


@dataclass(slots=True)
class FlowGrid:
    """The cells of one entry of the policy. `usual` has one for each request; `exceptions` are by request and browser."""

    id: str
    path: Path
    line: int | None
    flow: Flow
    profiles: tuple[Profile, ...]
    usual: list[Cell]
    exceptions: dict[tuple[int, str | None], Cell] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """The most cells that there can be."""
        return len(self.usual) * len(self.profiles)

    def cells(self) -> Iterator[Case]:
        """The cells of each request in order, first that of the browsers without a cell of their own."""
        for index, (request, usual) in enumerate(zip(_requests(self.flow), self.usual, strict=True)):
            apart = [profile for profile in self.profiles if (index, profile.name) in self.exceptions]
            together = tuple(profile for profile in self.profiles if profile not in apart)
            id, step = f"{self.id}/{index + 1}", StepOf(self.flow, self.id, index)
            if together:
                cell = self.exceptions.get((index, None), usual)
                yield Case(id, request.scenario, together, cell.expected, cell.known, self.line, step)
            for profile in apart:
                cell = self.exceptions[index, profile.name]
                name = f"{id}/{profile.name}"
                yield Case(name, request.scenario, (profile,), cell.expected, cell.known, self.line, step)


def read_flow_case(context: Context, value: dict[str, Any], path: Path) -> FlowGrid | None:
    """The cells of a case with a flow; None if there is a mistake."""
    reader = context.reader
    before = len(reader.found)
    given = reader.table(value, path, KEYS)
    id = read_id(reader, given, path)
    flow = _flow(context, given["flow"], (*path, "flow"))
    there = None if flow is None else len(_requests(flow))
    if there == 0:
        reader.wrong((*path, "flow"), "has no request, so there is nothing to test")
    own = read_browsers(reader, given["browsers"], (*path, "browsers")) if "browsers" in given else ()
    known = read_known(reader, given["known"], (*path, "known")) if "known" in given else None
    usual = [Cell(expected, known) for expected in _expected(reader, given, path, there)]
    profiles = own or context.defaults.browsers
    grid = FlowGrid(id, path, reader.line(path), flow or Flow(()), profiles, usual)
    if "except" in given:
        inner = reader.list_(given["except"], (*path, "except"), reader.terms.several)
        for i, one in enumerate(inner):
            _except(reader, grid, one, (*path, "except", i))
    return grid if len(reader.found) == before else None


def _requests(flow: Flow) -> tuple[FlowRequest, ...]:
    return tuple(request for visit in flow.visits for request in visit.requests)


def _flow(context: Context, value: object, path: Path) -> Flow | None:
    """The flow in `value`, or in the file that it names."""
    reader, bases = context.reader, context.bases
    if isinstance(value, str):
        try:
            value, bases = context.flow_of(value), {}
        except UnreadableInput as e:
            reader.wrong(path, str(e))
            return None

    def text_of(raw: str, at: Path) -> Text | None:
        return reader.text(raw, (*path, *at), bases if bases and at[-1] in _URLS else None, show=False)

    try:
        return read_expanded(value, text_of)
    except InvalidFlow as e:
        for at, why in e.mistakes:
            reader.wrong((*path, *at), why)
        return None


def _expected(reader: Reader, given: dict[str, Any], path: Path, requests: int | None) -> list[Expected]:
    """What is expected of each request."""
    hint = f'give "allowed", "blocked" or {reader.terms.one} for all requests of the flow, or a list with one for each'
    value, path = needed(reader, given, path, "expect", hint), (*path, "expect")
    if value is None:
        return []
    if not isinstance(value, list):
        return [read_expected(reader, value, path, of_flow=True) or Expected()] * (requests or 1)
    if requests is not None and len(value) != requests:
        reader.wrong(path, f"has {len(value)} entries, and the flow has {requests} requests; give one for each")
    read = (read_expected(reader, one, (*path, i), of_flow=True) for i, one in enumerate(value))
    return [expected or Expected() for expected in read]


def _except(reader: Reader, grid: FlowGrid, value: object, path: Path) -> None:
    """Adds an exception to the grid; a later one takes precedence."""
    before = len(reader.found)
    given = reader.table(value, path, _EXCEPTION)
    steps = _steps(reader, given["step"], (*path, "step"), len(grid.usual)) if "step" in given else None
    profiles = read_browsers(reader, given["browser"], (*path, "browser")) if "browser" in given else ()
    for profile in profiles:
        if profile not in grid.profiles:
            reader.wrong((*path, "browser"), f"{profile.title} is not one of the `browsers` of this case")
    expected = read_expected(reader, given["expect"], (*path, "expect"), of_flow=True) if "expect" in given else None
    known = read_known(reader, given["known"], (*path, "known")) if "known" in given else None
    if len(reader.found) == before and not given.keys() & {"step", "browser"}:
        reader.wrong(path, "selects every request; add `step` (a number), `browser`, or both")
    if len(reader.found) == before and not given.keys() & {"expect", "known"}:
        reader.wrong(path, "does not say what changes for the requests that it selects; add `expect` or `known`")
    if len(reader.found) > before:
        return
    names: list[str | None] = [profile.name for profile in profiles] or [None]
    for index in range(len(grid.usual)) if steps is None else steps:
        own = [name for step, name in grid.exceptions if step == index and name is not None and not profiles]
        for name in (*names, *own):
            general = grid.exceptions.get((index, None), grid.usual[index])
            old = grid.exceptions.get((index, name), general)
            grid.exceptions[index, name] = Cell(expected or old.expected, known or (None if expected else old.known))


def _steps(reader: Reader, value: object, path: Path, requests: int) -> list[int]:
    """The indices of the requests with these numbers, which are counted from 1."""
    found = []
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, bool) or not isinstance(one, int):
            reader.unlike(path, one, "the number of a request, or a list of them")
        elif not 1 <= one <= requests:
            reader.wrong(path, f"the flow has no request with this number; it has {requests}", str(one)[:10])
        else:
            found.append(one - 1)
    return found
