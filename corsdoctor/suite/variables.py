"""Strings of a policy: `${NAME}` is taken from the environment, `{name}` in a URL is a named base.

A value from the environment may be a secret. A Text knows which parts of it are such values: no error shows them, and no
report shows them in a place for secrets, such as a header's value.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

from corsdoctor.url import PARAMETER
from corsdoctor.wrong_input import nearest

NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_VARIABLE: Final = r"\$\$\{|\$\{(?P<variable>[^}]*)(?P<closed>\}?)"
_BASE: Final = r"\{\{(?P<literal>[A-Za-z_][A-Za-z0-9_-]*)\}\}|\{(?P<base>[A-Za-z_][A-Za-z0-9_-]*)\}"
_PLAIN: Final = re.compile(_VARIABLE)
_WITH_BASES: Final = re.compile(f"{_VARIABLE}|{_BASE}")
LONGEST: Final = 1_000_000
_NAMED: Final = re.compile(r"(?P<name>[A-Za-z_][A-Za-z0-9_]*)(?::-(?P<default>.*))?", re.S)


@dataclass(frozen=True, slots=True)
class Text:
    """A string of the policy: `raw` as in the file, `value` with variables and bases expanded.

    `secret` is true if a part of the value came from the environment, so that no error shows it. `spans` are the places
    of those parts in the value, except for parts of a base. `unset` names the variables that are missing or empty, whose
    ${NAME} is kept in the value.
    """

    raw: str
    value: str
    secret: bool = False
    unset: str = ""
    spans: tuple[tuple[int, int], ...] = ()

    def is_secret(self, start: int, end: int) -> bool:
        """Whether anything between `start` and `end` came from the environment."""
        return any(first < end and start < last for first, last in self.spans)


def expand(
    raw: str, environment: Mapping[str, str], bases: Mapping[str, Text] | None = None, *, keep_unset: bool = False
) -> Text:
    """`raw` with its variables expanded, and with its bases, which are given if it is a URL. Raises ValueError.

    The value of a variable is not expanded again: a `${` in it is not a variable. With `keep_unset`, the reference to a
    variable that is not set or is empty is kept. The last slash of a base is dropped if another slash follows.
    """
    secret, unset, wrong = False, list[str](), list[str]()
    value, at, spans = "", 0, list[tuple[int, int]]()
    for match in (_PLAIN if bases is None else _WITH_BASES).finditer(raw):
        if len(value) > len(raw) + LONGEST:
            wrong.append(f"with its variables and bases expanded, it has more than {LONGEST} characters")
            break
        value += raw[at : match.start()]
        at = match.end()
        found = match.groupdict()
        if found.get("literal") is not None:
            value += "{" + match["literal"] + "}"
        elif found.get("base") is not None:
            assert bases is not None
            base = bases.get(match["base"])
            if base is None:
                wrong.append(_no_base(match["base"], bases))
                continue
            secret = secret or base.secret
            unset.extend([base.unset] if base.unset else [])
            value += base.value.removesuffix("/") if raw.startswith("/", match.end()) else base.value
        elif match["variable"] is None:
            value += "${"
        else:
            try:
                put_in, from_environment = _variable(match, environment)
            except ValueError as e:
                wrong.append(str(e))
            except KeyError as e:
                unset.append(e.args[0])
                value += match[0]
            else:
                if from_environment:
                    secret = True
                    spans.append((len(value), len(value) + len(put_in)))
                value += put_in
    value += raw[at:]
    if wrong or (unset and not keep_unset):
        raise ValueError("; ".join(dict.fromkeys(wrong + unset)))
    return Text(raw, value, secret, "; ".join(dict.fromkeys(unset)), tuple(spans))


def parameters(text: Text) -> frozenset[str]:
    """The names of the URL's parameters whose values came from the environment, "" for a value without a name."""
    found = PARAMETER.compiled.finditer(text.value)
    return frozenset(
        unquote(match["name"]) if match["value"] is not None else ""
        for match in found
        if text.is_secret(*match.span("name" if match["value"] is None else "value"))
    )


def _variable(match: re.Match[str], environment: Mapping[str, str]) -> tuple[str, bool]:
    """The value of `match`, and whether it is from the environment. Raises ValueError if it is wrong, KeyError if the
    variable is missing or empty.
    """
    if "${" in match["variable"]:
        raise ValueError("a default cannot contain a variable: ${NAME:-${OTHER}} is not supported; use one variable")
    named = _NAMED.fullmatch(match["variable"])
    if named is None or not match["closed"]:
        raise ValueError("`${` starts a variable: write ${NAME} or ${NAME:-default}; write a literal `${` as `$${`")
    value = environment.get(named["name"])
    if value:
        return value, True
    if named["default"] is not None:  # as in a shell, where `:-` also applies to an empty variable
        return named["default"], False
    raise KeyError(_missing(named["name"], value))  # also an empty one: CI systems pass a missing secret like that


def _missing(name: str, value: str | None) -> str:
    if value is None:
        return f"the variable {name} is not set; set it, or write ${{{name}:-default}}"
    return f"the variable {name} is empty; give it a value, or write ${{{name}:-}} to allow that"


def bases_in(raw: str) -> tuple[str, ...]:
    """The names of the bases that `raw` uses."""
    return tuple(match["base"] for match in _WITH_BASES.finditer(raw) if match["base"] is not None)


def _no_base(name: str, bases: Mapping[str, Text]) -> str:
    hint = nearest(name, bases) if bases else "this policy has no `base`"
    return f"unknown base {name!a}; {hint} (write a literal as {{{{{name}}}}})"
