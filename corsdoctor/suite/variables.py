"""Strings of a policy: `${NAME}` is taken from the environment, `{name}` in a URL is a named base.

What came from the environment may be a secret, so a Text remembers it: no error shows its value.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from corsdoctor.reading import nearest

NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_VARIABLE: Final = r"\$\$\{|\$\{(?P<variable>[^}]*)(?P<closed>\}?)"
_BASE: Final = r"\{\{(?P<literal>[A-Za-z_][A-Za-z0-9_-]*)\}\}|\{(?P<base>[A-Za-z_][A-Za-z0-9_-]*)\}"
_PLAIN: Final = re.compile(_VARIABLE)
_WITH_BASES: Final = re.compile(f"{_VARIABLE}|{_BASE}")
_NAMED: Final = re.compile(r"(?P<name>[A-Za-z_][A-Za-z0-9_]*)(?::-(?P<default>.*))?", re.S)


@dataclass(frozen=True, slots=True)
class Text:
    """A string of the policy: `raw` as the file has it, `value` with variables and bases put in.

    `secrets` are the parts of the value that came from the environment, so that they must not be shown. `unset` says which
    variables are missing or empty, whose ${NAME} stands in the value.
    """

    raw: str
    value: str
    secrets: tuple[str, ...] = ()
    unset: str = ""

    @property
    def secret(self) -> bool:
        """Whether a part of the value must not be shown."""
        return bool(self.secrets)


def expand(
    raw: str, environment: Mapping[str, str], bases: Mapping[str, Text] | None = None, *, keep_unset: bool = False
) -> Text:
    """`raw` with what it stands for; `bases` are given where it is a URL. ValueError says all that is wrong.

    What is put in is not looked at again: a `${` in a variable's value is no variable. With `keep_unset` a variable that
    is not set, or is empty, is nothing wrong, and left as it is. A base's last slash goes where a slash follows.
    """
    secrets, unset, wrong = list[str](), list[str](), list[str]()

    def put_in(match: re.Match[str]) -> str:
        found = match.groupdict()
        if found.get("literal") is not None:
            return "{" + match["literal"] + "}"
        if found.get("base") is not None:
            assert bases is not None
            base = bases.get(match["base"])
            if base is None:
                wrong.append(_no_base(match["base"], bases))
                return ""
            secrets.extend(base.secrets)
            unset.extend([base.unset] if base.unset else [])
            return base.value.removesuffix("/") if raw.startswith("/", match.end()) else base.value
        if match["variable"] is None:
            return "${"
        if "${" in match["variable"]:
            wrong.append("a default holds no variable: ${NAME:-${OTHER}} is not known; write one variable")
            return ""
        named = _NAMED.fullmatch(match["variable"])
        if named is None or not match["closed"]:
            wrong.append("`${` starts a variable, written ${NAME} or ${NAME:-default}; a literal `${` is written `$${`")
            return ""
        value = environment.get(named["name"])
        if named["default"] is not None and not value:  # as in a shell, where `:-` looks for an empty one, too
            return named["default"]
        if not value:  # an empty one as well: so comes a secret that a CI doesn't have
            unset.append(_missing(named["name"], value))
            return match[0]
        secrets.append(value)
        return value

    value = (_PLAIN if bases is None else _WITH_BASES).sub(put_in, raw)
    if wrong or (unset and not keep_unset):
        raise ValueError("; ".join(dict.fromkeys(wrong + unset)))
    return Text(raw, value, tuple(secrets), "; ".join(dict.fromkeys(unset)))


def _missing(name: str, value: str | None) -> str:
    if value is None:
        return f"the variable {name} is not set; set it, or write ${{{name}:-default}}"
    return f"the variable {name} is empty; give it a value, or write ${{{name}:-}} where it may be empty"


def bases_in(raw: str) -> tuple[str, ...]:
    """The names of the bases that `raw` uses."""
    return tuple(match["base"] for match in _WITH_BASES.finditer(raw) if match["base"] is not None)


def _no_base(name: str, bases: Mapping[str, Text]) -> str:
    hint = nearest(name, bases) if bases else "there is no `base` in this policy"
    return f"no base is called {name!a}; {hint} (a literal is written {{{{{name}}}}})"
