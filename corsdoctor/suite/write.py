"""Writes a first policy in TOML, from what a server did, as suite/read.py reads it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import tomlkit
from tomlkit import TOMLDocument
from tomlkit.items import Table

from corsdoctor.diagnose import Diagnosis, Verdict
from corsdoctor.masking import MASK, mask_header, mask_url
from corsdoctor.scenario import Scenario
from corsdoctor.suite.read import VERSION
from corsdoctor.url import URL, Origin, parse
from corsdoctor.visible import visible

_ALLOWED: Final = (Verdict.ALLOWED, Verdict.OPAQUE, Verdict.UNSENT)  # a withheld request counts as allowed
_HEAD: Final = """\
What the server does today: which origins may read its responses, and which may not.
Check that this is what you want, add the origins, paths and methods that matter,
and run `corsdoctor test`. docs/policy.md describes what else can be expected."""


@dataclass(frozen=True, slots=True)
class Trial:
    """The result of one request in each browser: at least one diagnosis, all of the same Scenario.

    A first policy uses the origin, the method, the credentials and the headers of the Scenario.
    """

    diagnoses: tuple[Diagnosis, ...]

    @property
    def scenario(self) -> Scenario:
        """What was asked."""
        return self.diagnoses[0].scenario


def first(url: str, trials: Sequence[Trial], notes: Iterable[str] = ()) -> str:
    """A policy for `url` that expects what was observed. Raises ValueError if there was no response.

    Logins, and the secrets in the path and the query, are written as variables, and `notes` as comments.
    """
    names = origin_names(trial.scenario.origin for trial in trials)
    parsed = parse(url)
    assert parsed is not None  # it was requested
    document = begun(_HEAD, {"server": server_text(parsed)} if parsed.is_http else {}, names, notes)
    matrices, cases = tomlkit.aot(), tomlkit.aot()
    for id, there, asked, group in _groups(parsed, trials):
        sides = _sides(group)
        given = {side: [names[origin] for origin in origins] for side, origins in sides.items() if origins}
        based = there.is_http and there.origin == parsed.origin
        written = _with_variables(there.href, mask_url(there.href), "SECRET", {})
        target = {"base": "server", "paths": [path_text(there)]} if based else {"urls": [written]}
        if given:
            matrices.append(table({"id": id, **target, **asked, **given}))
        whole = "{server}" + path_text(there, bases=True) if based else written
        for trial in group:
            cases.extend(_divided(id, whole, asked, trial, names[trial.scenario.origin]))
    if not matrices and not cases:
        raise ValueError("no response arrived, so there is nothing to write")
    for key, entries in (("matrix", matrices), ("case", cases)):
        if entries:
            document.add(key, entries)
    return tomlkit.dumps(document)


def begun(head: str, bases: Mapping[str, str], names: Mapping[Origin, str], notes: Iterable[str] = ()) -> TOMLDocument:
    """A policy with its comments, its version, the servers and the origins; what is expected of them is still to be added."""
    document = tomlkit.document()
    for line in head.splitlines():
        document.add(tomlkit.comment(line))
    document.add(tomlkit.nl())
    for note in notes:
        document.add(tomlkit.comment(f"Look: {visible(note)}."))
        document.add(tomlkit.nl())
    document.add("version", tomlkit.item(VERSION))
    named = {name: str(origin) for origin, name in names.items() if name != opaque_name(origin)}
    for key, values in (("base", bases), ("origins", named)):
        if values:
            document.add(key, table(values))
    return document


def _groups(url: URL, trials: Sequence[Trial]) -> Iterator[tuple[str, URL, dict[str, Any], list[Trial]]]:
    """(id, URL, fields of the request, trials) of the trials that differ only in the origin, those of `url` first.

    Methods with the same results are in one group. Browsers that differ are separate.
    """
    by_url: dict[URL, list[Trial]] = {}
    for trial in trials:
        by_url.setdefault(parse(trial.scenario.url) or url, []).append(trial)
    for there, group in by_url.items():
        words = re.findall(r"[A-Za-z0-9_-]+", mask_url(there.path)) or ["root"]
        name = words[-1] if there.origin == url.origin else f"{there.scheme} {words[-1]}"
        for id, asked, alike in _groups_at(name if there.path == url.path else " ".join(words), group):
            yield id, there, asked, alike


def _groups_at(name: str, trials: Sequence[Trial]) -> Iterator[tuple[str, dict[str, Any], list[Trial]]]:
    """The same for one URL, whose ids begin with `name`."""
    alike: dict[tuple[str, str | None], list[Trial]] = {}
    for trial in trials:
        scenario = trial.scenario
        alike.setdefault((scenario.method, scenario.credentials), []).append(trial)
    groups: dict[tuple[object, ...], tuple[list[str], str | None, list[Trial]]] = {}
    for (method, credentials), group in alike.items():
        outcomes = tuple((one.scenario.origin, tuple(side_of(d) for d in one.diagnoses)) for one in group)
        methods, _, _ = groups.setdefault((credentials, outcomes), ([], credentials, group))
        methods.append(method)
    kinds = Counter(credentials for _, credentials, _ in groups.values())
    for methods, credentials, group in groups.values():
        parts = [name]
        parts += methods if kinds[credentials] > 1 else []
        parts += [str(credentials)] if credentials is not None and len(kinds) > 1 else []
        asked: dict[str, Any] = {"methods": [literal(method, bases=False) for method in methods]}
        if credentials is not None:
            asked["credentials"] = str(credentials)
        if headers := group[0].scenario.headers:
            asked["headers"] = header_texts(headers)
        yield " ".join(parts), asked, group


def side_of(diagnosis: Diagnosis) -> str | None:
    """Whether a browser allows the origin ("allow") or not ("deny"), None if there was no response."""
    if diagnosis.verdict in _ALLOWED:
        return "allow"
    return "deny" if diagnosis.verdict is Verdict.BLOCKED else None


def _sides(group: Iterable[Trial]) -> dict[str, list[Origin]]:
    """The origins that every browser allows, and those that every browser blocks."""
    sides: dict[str, list[Origin]] = {"allow": [], "deny": []}
    for trial in group:
        found = {side_of(diagnosis) for diagnosis in trial.diagnoses}
        for side, origins in sides.items():
            if found == {side}:
                origins.append(trial.scenario.origin)
    return sides


def _divided(id: str, url: str, asked: dict[str, Any], trial: Trial, origin: str) -> Iterator[Table]:
    """Two cases for each method on which browsers disagree, none if they agree or if one has no response."""
    if {side_of(diagnosis) for diagnosis in trial.diagnoses} != {"allow", "deny"}:
        return
    rest = {key: value for key, value in asked.items() if key != "methods"}
    for method in asked["methods"]:
        for side, verdict in (("allow", "allowed"), ("deny", "blocked")):
            browsers = [d.profile.name for d in trial.diagnoses if side_of(d) == side]
            yield table({
                "id": f"{id}: {method} from {origin} in {', '.join(browsers)}", "url": url, "origin": origin,
                "method": method, **rest, "browsers": browsers, "expect": verdict,
            })  # fmt: skip


def origin_names(origins: Iterable[Origin]) -> dict[Origin, str]:
    """A name for each origin, made from its host. An opaque origin is its own name."""
    names: dict[Origin, str] = {}
    for origin in dict.fromkeys(origins):
        words = [word for word in re.findall(r"[A-Za-z0-9_-]+", origin.host) if word != "www"]
        short = words[0] if words else "origin"
        whole = "-".join(words) or "origin"
        tried = [short, whole, f"{whole}-{origin.port or origin.scheme}"]
        usable = [f"host-{name}" if name[0] in "-0123456789" or name == "null" else name for name in tried]
        usable += [f"{usable[-1]}-{n}" for n in range(2, len(names) + 3)]
        names[origin] = opaque_name(origin) or next(name for name in usable if name not in names.values())
    return names


def opaque_name(origin: Origin) -> str:
    """The notation of an opaque origin, "" for any other."""
    return (origin.label if origin.label.endswith(":") else "null") if origin.opaque else ""


def server_text(url: URL) -> str:
    login = "${LOGIN}@" if url.includes_credentials else ""
    port = f":{url.port}" if url.port is not None else ""
    return f"{url.scheme}://{login}{url.host}{port}"


def path_text(url: URL, *, bases: bool = False) -> str:
    """Path and query, with variables in place of their secrets; with `bases`, for a URL in which bases are expanded."""
    variables: dict[str, str] = {}
    start, ask = "https://h", "https://h/?"
    path = _with_variables(url.path, mask_url(start + url.path)[len(start) :], "TOKEN", variables, bases=bases)
    query = [
        _with_variables(part, mask_url(ask + part)[len(ask) :], _variable(part), variables, bases=bases)
        for part in url.query.split("&")
    ]
    return path + ("?" + "&".join(query) if url.query else "")


def header_texts(headers: Iterable[tuple[str, str]]) -> list[list[str]]:
    """The headers as the policy has them, with variables in place of their secrets."""
    variables: dict[str, str] = {}
    return [
        [name, _with_variables(value, mask_header(name, value), _variable(f"{name}="), variables, bases=False)]
        for name, value in headers
    ]


def _variable(part: str) -> str:
    """The variable with the name of the parameter `part`."""
    name, equals, _ = part.partition("=")
    variable = re.sub(r"[^A-Z0-9]+", "_", name.upper()).strip("_") if equals else ""
    return variable if variable[:1].isalpha() else "SECRET"


def _with_variables(text: str, masked: str, name: str, variables: dict[str, str], *, bases: bool = True) -> str:
    """`text` with a variable in place of each mask of `masked`: `name`, or `name_2` and so on for other values.

    `variables` holds those that are in use, by their values. What stands between two masks is in `text` too, and all else
    of `text` is in a variable.
    """
    first, *rest = masked.split(MASK)
    written, done = literal(first, bases=bases), len(first)
    for i, piece in enumerate(rest, 1):
        end = len(text) - len(piece) if i == len(rest) else text.index(piece, done)
        taken = variables.values()
        free = next(one for one in (name, *(f"{name}_{n}" for n in range(2, len(taken) + 3))) if one not in taken)
        written += f"${{{variables.setdefault(text[done:end], free)}}}{literal(piece, bases=bases)}"
        done = end + len(piece)
    return written


def literal(text: str, *, bases: bool = True) -> str:
    """`text`, escaped so that nothing in it is a variable or, in a URL, a base."""
    pattern = r"\$\{|\{([A-Za-z_][A-Za-z0-9_-]*)\}" if bases else r"\$\{"
    return re.sub(pattern, lambda match: "$${" if match[0] == "${" else "{" + match[0] + "}", text)


def table(values: Mapping[str, Any]) -> Table:
    table = tomlkit.table()
    for key, value in values.items():
        table.append(key, value)
    return table
