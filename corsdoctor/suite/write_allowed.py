"""Writes a first policy in TOML from requests that were allowed, such as those of a capture, to many URLs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import tomlkit

from corsdoctor.record import Record
from corsdoctor.scenario import Api, Scenario
from corsdoctor.suite.write import begun, header_texts, literal, origin_names, path_text, server_text, table
from corsdoctor.url import Origin, parse

_HEAD: Final = """\
The cross-origin requests that browsers allowed in a capture.
Check that this is what you want, add the origins that must be blocked as `deny`,
and run `corsdoctor test`. docs/policy.md describes what else can be expected."""
MOST_PATHS: Final = 100
"""The most paths of one kind of request."""


class _Kind(Record):
    """What the requests of a matrix have in common."""

    server: str
    method: str
    fields: tuple[tuple[str, Any], ...]


class Allowed(Record):
    """A policy, with how many requests it has and how many more paths were left out of it."""

    text: str
    requests: int
    left_out: int


def policy_of(requests: Iterable[tuple[Scenario, list[str]]]) -> Allowed:
    """A policy that expects each of `requests` to be allowed, in the named browsers or, if there are none, in all.

    A path that was requested several times is in it once.

    Logins and secrets in paths, queries and headers are written as variables.
    """
    paths: dict[tuple[_Kind, Origin], dict[str, str]] = {}
    servers: dict[str, Origin] = {}
    for scenario, browsers in requests:
        url = parse(scenario.url)
        assert url is not None  # a browser requested it
        kind = _Kind(server_text(url), scenario.method, _fields(scenario, browsers))
        servers[kind.server] = url.origin
        paths.setdefault((kind, scenario.origin), {}).setdefault(url.path, path_text(url))
    matrices: dict[tuple[_Kind, tuple[str, ...]], list[Origin]] = {}
    left_out = 0
    for (kind, origin), found in paths.items():
        kept = tuple(found.values())[:MOST_PATHS]
        left_out += len(found) - len(kept)
        matrices.setdefault((kind, kept), []).append(origin)
    names = origin_names(origin for _, origin in paths)
    server_names = origin_names(servers.values())
    bases = {server: server_names[origin] for server, origin in servers.items()}
    document = begun(_HEAD, {name: server for server, name in bases.items()}, names)
    entries, ids = tomlkit.aot(), set[str]()
    for (kind, kept), origins in matrices.items():
        id = _unique(f"{kind.method} {bases[kind.server]} from {', '.join(names[one] for one in origins)}", ids)
        entries.append(table({
            "id": id, "base": bases[kind.server], "paths": list(kept), "methods": [literal(kind.method, bases=False)],
            **_asked(kind.fields), "allow": [names[one] for one in origins],
        }))  # fmt: skip
    document.add("matrix", entries)
    return Allowed(tomlkit.dumps(document), sum(len(kept) * len(of) for (_, kept), of in matrices.items()), left_out)


def _fields(scenario: Scenario, browsers: list[str]) -> tuple[tuple[str, Any], ...]:
    """What a request has beside its URL, its origin and its method, in the words of a policy."""
    fields: dict[str, Any] = {}
    if scenario.headers:
        fields["headers"] = tuple(map(tuple, header_texts(scenario.headers)))
    if scenario.credentials is not None:
        fields["credentials"] = str(scenario.credentials)
    if scenario.mode is not None:
        fields["mode"] = str(scenario.mode)
    if scenario.api is not Api.FETCH:
        fields["as"] = str(scenario.api)
    if scenario.preload_as is not None:
        fields["as-preload"] = str(scenario.preload_as)
    if scenario.upload_listener:
        fields["upload-listener"] = True
    if browsers:
        fields["browsers"] = tuple(browsers)
    return tuple(fields.items())


def _asked(fields: tuple[tuple[str, Any], ...]) -> dict[str, Any]:
    """The same as TOML has them, with lists in place of tuples."""
    made: dict[str, Any] = {}
    for name, value in fields:
        made[name] = [list(one) if name == "headers" else one for one in value] if isinstance(value, tuple) else value
    return made


def _unique(name: str, taken: set[str]) -> str:
    """`name`, or with a number behind it if it is `taken`; adds it to those."""
    found = next(one for one in (name, *(f"{name} {n}" for n in range(2, len(taken) + 3))) if one not in taken)
    taken.add(found)
    return found
