"""Reads what a policy expects (Expected), and which failures are known (Known)."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, Final

from corsdoctor.catalogue import RULES, by_id
from corsdoctor.fetch.headers import is_header_name
from corsdoctor.suite.case import Known
from corsdoctor.suite.judge import Expected, KnownEntry
from corsdoctor.suite.reader import Reader
from corsdoctor.value_path import Path, dotted
from corsdoctor.wrong_input import closest, did_you_mean, nearest

VERDICTS: Final = ("allowed", "blocked")
UNANSWERED: Final = frozenset({"preflight-answered", "actual-answered"})
"""Rules that decide only if there was no response, which shows nothing about the server."""
_NEVER_READABLE: Final = ("set-cookie", "set-cookie2")
_KEYS: Final = ("verdict", "rule", "readable", "max-age", "preflight")
_OF_FLOWS: Final = ("cookies-sent", "cookies-stored")


def read_expected(reader: Reader, value: object, path: Path, *, of_flow: bool = False) -> Expected | None:
    """The expectation in `value`, a verdict or a table; None if there is a mistake. Only a request of a flow has cookies."""
    before = len(reader.found)
    if isinstance(value, str):
        verdict = reader.parsed(value, path, _verdict, "allowed or blocked")
        return None if verdict is None else Expected(verdict)
    if not isinstance(value, dict):
        reader.unlike(path, value, f"allowed, blocked or {reader.terms.one}")
        return None
    given = reader.table(value, path, (*_KEYS, *_OF_FLOWS) if of_flow else _KEYS)
    verdict = (
        reader.parsed(given["verdict"], (*path, "verdict"), _verdict, "allowed or blocked")
        if "verdict" in given
        else None
    )
    expected = Expected(
        verdict,
        reader.parsed(given["rule"], (*path, "rule"), _rule, "the id of a rule") if "rule" in given else None,
        _names(reader, given, path, "readable", "header", _header_name),
        _max_age(reader, given["max-age"], (*path, "max-age")) if "max-age" in given else None,
        reader.flag(given["preflight"], (*path, "preflight")) if "preflight" in given else None,
        *(_names(reader, given, path, key, "cookie", _cookie_name) for key in _OF_FLOWS),
    )
    if len(reader.found) == before:
        _contradictions(reader, expected, path)
    return expected if len(reader.found) == before else None


def read_known(reader: Reader, value: object, path: Path, *more: str) -> Known | None:
    """The reason and the last day of a known failure; `more` are further keys of the table."""
    given = reader.table(value, path, (*more, "reason", "until"))
    reason = _words(reader, given, path, "reason", "why this failure is accepted") if isinstance(value, dict) else None
    until = reader.day(given["until"], (*path, "until")) if "until" in given else None
    wrong = reason is None or ("until" in given and until is None)
    return None if wrong or reason is None else Known(reason, until, KnownEntry(dotted(path)))


def read_words(reader: Reader, value: object, path: Path, what: str) -> str | None:
    """A text for people, which must not be empty; `what` names its content."""

    def read(text: str) -> str:
        if not text.strip():
            raise ValueError(f"is empty; write {what}")
        return text

    return reader.parsed(value, path, read, "a text")


def _words(reader: Reader, given: dict[str, Any], path: Path, key: str, what: str) -> str | None:
    if key not in given:
        reader.wrong(path, f"has no `{key}`; write {what}")
        return None
    return read_words(reader, given[key], (*path, key), what)


def _contradictions(reader: Reader, expected: Expected, path: Path) -> None:
    if expected == Expected():
        reader.wrong(path, f"is empty; add one or more of {', '.join(_KEYS)}")
    if expected.verdict == "allowed" and expected.rule is not None:
        reader.wrong((*path, "rule"), "a rule blocks the request, so the verdict cannot be allowed; remove one of them")
    if expected.readable and (expected.verdict == "blocked" or expected.rule is not None):
        reader.wrong((*path, "readable"), "scripts cannot read a blocked response; remove one of them")
    if expected.max_age is not None and expected.preflight is False:
        reader.wrong((*path, "max-age"), "only a preflight response has a max-age; remove one of them")


def _verdict(text: str) -> str:
    if text in VERDICTS:
        return text
    if text in _rule_ids():
        raise ValueError("is a rule; use the key `rule`")
    raise ValueError(f"is unknown; {nearest(text, VERDICTS)}")


def _rule(text: str) -> str:
    try:
        rule = by_id(text)
    except KeyError:
        near = closest(text, _rule_ids())
        hint = "`corsdoctor rules` lists all rules" if near is None else did_you_mean(near)
        raise ValueError(f"unknown rule; {hint}") from None
    if not rule.blocks:
        raise ValueError("this rule only adds notes and blocks nothing, so it cannot be expected")
    if text in UNANSWERED:
        raise ValueError("this rule decides only if no response arrives, and such a case never passes")
    return text


@cache
def _rule_ids() -> tuple[str, ...]:
    return tuple(rule.id for rule in RULES)


def _names(
    reader: Reader, given: dict[str, Any], path: Path, key: str, what: str, name: Callable[[str], str]
) -> tuple[str, ...]:
    """The names in the list `key`; `what` is named: a header or a cookie."""
    if key not in given:
        return ()
    path = (*path, key)
    named = reader.list_(given[key], path, f"names of {what}s")
    read = [reader.parsed(one, (*path, i), name, f"the name of a {what}") for i, one in enumerate(named)]
    return tuple(name for name in read if name is not None)


def _cookie_name(text: str) -> str:
    if not text.strip() or "=" in text or ";" in text:
        raise ValueError("is not the name of a cookie; write it without its value")
    return text


def _header_name(text: str) -> str:
    if not is_header_name(text):
        raise ValueError("is not a header name; write one such as X-Total")
    if text.lower() in _NEVER_READABLE:
        raise ValueError("scripts can never read this header, whatever the server exposes")
    return text


def _max_age(reader: Reader, value: object, path: Path) -> int | None:
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        reader.wrong(path, "must be a number of seconds, 0 or more")
    else:
        reader.unlike(path, value, "a whole number of seconds, such as 600")
    return None
