"""Finds and reads a policy file, and the environment. suite/read.py decides what may be in it."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from corsdoctor.cookie_file import cookies_in
from corsdoctor.errors import InvalidScenario, Mistake, Place
from corsdoctor.structured_file import DEEP, Source, check_numbers, parsed
from corsdoctor.structured_file import read_text as read_source
from corsdoctor.suite.mistakes import InvalidPolicy, PolicyMistake
from corsdoctor.suite.read import read
from corsdoctor.suite.reader import MOST_MISTAKES, TABLES, JarOf, Terms

if TYPE_CHECKING:
    from corsdoctor.suite.case import Suite
    from corsdoctor.suite.known_findings import KnownFinding
    from corsdoctor.value_path import Where

_Made = TypeVar("_Made")

_TERMS: Final = {
    ".json": Terms("an object", "objects"),
    ".yaml": Terms("a mapping", "mappings"),
    ".yml": Terms("a mapping", "mappings"),
}
NAMES: Final = ("cors.toml", "cors.json", "cors.yaml", "cors.yml")
_POLICY: Final = "a policy"


def find() -> str | None:
    """The policy in the current directory, found by its name; None if there is none."""
    return next((name for name in NAMES if Path(name).is_file()), None)


def load(path: str, *, keep_unset: bool = False, text: str | None = None) -> Suite:
    """The suite of the policy in the file `path`; with `keep_unset`, variables that are not set stand for themselves.

    `text` is a policy in TOML that was made of the file, if it is not one itself.

    Raises UnreadableInput if it cannot be opened. Raises InvalidScenario if it cannot be parsed, with line and column,
    and if it is invalid, with all mistakes and their lines.
    """

    def made(data: Any, environment: Mapping[str, str], where: Where, *, terms: Terms) -> Suite:
        return read(
            data, environment, where, keep_unset=keep_unset, terms=terms, flow_of=_flow_beside(path), jar_of=_jar_beside(path)
        )  # fmt: skip

    return _read(path, _POLICY, made, text)


def load_known(path: str) -> tuple[KnownFinding, ...]:
    """The known findings of an audit in the file `path`. Raises as `load` does."""
    from corsdoctor.suite.known_findings import read_known_findings  # what a test need not load

    return _read(path, "a list of known findings", read_known_findings)


def _read(path: str, what: str, read: Callable[..., _Made], text: str | None = None) -> _Made:
    """What `read` makes of the file `path`."""
    source = Source(path, what)
    suffix = None if text is None else ".toml"
    try:
        data, where = parsed(source, read_source(source) if text is None else text, suffix)
        check_numbers(source, data, where)
        return read(data, os.environ, where, terms=_TERMS.get(Path(path).suffix.lower(), TABLES))
    except RecursionError as e:
        raise source.broken(DEEP) from e
    except InvalidPolicy as e:
        mistakes = [_placed(path, mistake) for mistake in e.mistakes]
        if len(mistakes) >= MOST_MISTAKES:
            mistakes.append(Mistake("", "", "there may be more mistakes; fix these first", Place(path)))
        raise InvalidScenario(*mistakes) from e


def _flow_beside(policy: str) -> Callable[[str], object]:
    """Reads the file of a flow, whose name is relative to the policy."""

    def read(name: str) -> object:
        source = Source(str(Path(policy).parent / name), "a flow")
        data, where = parsed(source, read_source(source))
        check_numbers(source, data, where)
        return data

    return read


def _jar_beside(policy: str) -> JarOf:
    """Reads a cookie jar, whose name is relative to the policy; each once."""
    return cache(lambda name: cookies_in(str(Path(policy).parent / name)))


def read_text(path: str) -> str:
    """The text of the file `path`; raises UnreadableInput if there is none, InvalidScenario if it is not UTF-8."""
    return read_source(Source(path, _POLICY))


def _placed(path: str, mistake: PolicyMistake) -> Mistake:
    return Mistake(mistake.key, mistake.value, mistake.reason, Place(path, mistake.line))
