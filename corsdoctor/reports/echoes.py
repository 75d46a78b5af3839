"""Finds a user's secrets again in other values, such as a header or a Location in which a server sends them back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final
from urllib.parse import quote, unquote

from corsdoctor.masking.spans import MASK, Span, masked
from corsdoctor.pattern import Pattern

_SHORTEST: Final = 7
_REMEMBERED: Final = 2048  # characters, as in masking
_NO_ORDINARY_WORD: Final = Pattern(
    r"[A-Za-z][0-9]|[0-9][A-Za-z]|[A-Z]{8}|[A-Za-z0-9]{16}|[^A-Za-z0-9 ,;:=./_-]|.{20}", re.DOTALL
)


def is_distinctive(secret: str) -> bool:
    """Whether `secret` can be searched for in other values, because no ordinary value is or contains the same.

    It has at least 7 characters, and one of: a letter next to a digit, 8 capital letters in a row, 16 letters in a row, a
    sign that is unusual in header values, 20 characters in all. So `hunter2` is distinctive, while `password`, `include`
    and `application/json` are not.
    """
    return len(secret) >= _SHORTEST and _NO_ORDINARY_WORD.compiled.search(secret) is not None


class Echoes:
    """The distinctive ones of `secrets`, as they are and percent-encoded; not those that are part of a `public` text."""

    def __init__(self, secrets: Iterable[str], public: Iterable[str] = ()) -> None:
        open_ = "\n".join(public).lower()
        self._secrets = frozenset(
            secret for secret in secrets if is_distinctive(secret) and secret.lower() not in open_
        )
        self._spellings = frozenset[str]().union(*map(_spellings, self._secrets))

    def masked(self, value: str) -> str:
        """`value` without the secrets."""
        if not self._spellings:
            return value
        lower = _lower(value)
        return masked(value, [span for spelling in self._spellings for span in _places(spelling, lower)])

    def masked_ends(self, text: str) -> str:
        """`text` without the beginning of a secret before `...`, and without the end of one after it."""
        if "..." not in text:
            return text
        for secret in self._secrets:
            for length in range(min(len(secret) - 1, len(text)), _SHORTEST - 2, -1):
                text = text.replace(f"{secret[:length]}...", f"{MASK}...")
                text = text.replace(f"...{secret[-length:]}", f"...{MASK}")
        return text


def _spellings(secret: str) -> frozenset[str]:
    """`secret` in lower case, as it is and with and without percent-encoding."""
    return (_spellings_once if len(secret) <= _REMEMBERED else _spellings_once.__wrapped__)(secret)


@lru_cache(maxsize=1024)
def _spellings_once(secret: str) -> frozenset[str]:
    spelled = (secret, unquote(secret), quote(secret, safe=""))
    return frozenset(_lower(one) for one in spelled if is_distinctive(one))


def _lower(text: str) -> str:
    """`text` in lower case, of the same length: one letter becomes two."""
    return text.replace("\u0130", "i").lower()


def _places(spelling: str, lower: str) -> Iterator[Span]:
    start = lower.find(spelling)
    while start >= 0:
        yield Span(start, start + len(spelling))
        start = lower.find(spelling, start + len(spelling))
