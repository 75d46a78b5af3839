"""Reads a flow whose strings have variables of the environment, whose values no error shows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from corsdoctor.flow.read import InvalidFlow, read_flow
from corsdoctor.flow.story import Flow, FlowRequest
from corsdoctor.scenario import FromEnvironment
from corsdoctor.suite.variables import Text, parameters
from corsdoctor.value_path import Path

_HIDDEN: Final = "with its variables expanded, this is not valid; the value is not shown"
_TextOf = Callable[[str, Path], Text | None]


def read_expanded(given: object, text_of: _TextOf) -> Flow:
    """The flow that `given` describes. Raises InvalidFlow with all its mistakes.

    `text_of` expands the variables of a string, given its place in the flow. Where it returns None, it has reported why, and
    nothing else is a mistake there.
    """
    texts: dict[Path, Text | None] = {}
    try:
        flow = read_flow(_expanded(given, (), text_of, texts))
    except InvalidFlow as e:
        raise InvalidFlow(*(mistake for at, why in e.mistakes for mistake in _without_values(at, why, texts))) from e
    visits = (
        visit._replace(
            requests=tuple(_hiding(one, ("visits", v, "requests", r), texts) for r, one in enumerate(visit.requests))
        )
        for v, visit in enumerate(flow.visits)
    )
    return flow._replace(visits=tuple(visits))


def _without_values(at: Path, why: str, texts: Mapping[Path, Text | None]) -> Iterator[tuple[Path, str]]:
    """The mistake at `at`, without a value of the environment that may be in it; none if another is reported there."""
    within = [text for place, text in texts.items() if place[: len(at)] == at]
    if None not in within:
        yield at, next((text.unset or _HIDDEN for text in within if text is not None), why)


def _expanded(value: object, at: Path, text_of: _TextOf, texts: dict[Path, Text | None]) -> object:
    """`value` with the variables of its strings expanded.

    `texts` gets those that hold a value of the environment, or lack it, by their place in the flow; None for one that
    `text_of` refuses.
    """
    if isinstance(value, dict):
        return {key: _expanded(one, (*at, str(key)), text_of, texts) for key, one in value.items()}
    if isinstance(value, list):
        return [_expanded(one, (*at, i), text_of, texts) for i, one in enumerate(value)]
    if not isinstance(value, str):
        return value
    text = text_of(value, at)
    if text is None or text.secret or text.unset:
        texts[at] = text
    return value if text is None else text.value


def _hiding(request: FlowRequest, path: Path, texts: Mapping[Path, Text | None]) -> FlowRequest:
    """`request`, which knows what of it came from the environment."""
    own = {at[len(path) :]: text for at, text in texts.items() if at[: len(path)] == path and text is not None}
    own = {at: text for at, text in own.items() if text.secret}
    lines = request.scenario.headers
    names = (lines[key[1]][0] if isinstance(key[1], int) else key[1] for key in own if key[0] == "headers")
    hidden = FromEnvironment(
        frozenset(name.lower() for name in names),
        parameters(own["url",]) if ("url",) in own else frozenset(),
        ("body",) in own,
    )
    below = (_hiding(one, (*path, "subresources", i), texts) for i, one in enumerate(request.subresources))
    scenario = request.scenario._replace(from_environment=hidden)
    return request._replace(scenario=scenario, subresources=tuple(below))
