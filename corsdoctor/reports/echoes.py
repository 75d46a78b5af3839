"""Finds a user's secrets again in other values, such as a header or a Location in which a server sends them back."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final
from urllib.parse import quote, unquote

from corsdoctor.masking import MASK

_SHORTEST: Final = 7
_NO_ORDINARY_WORD: Final = re.compile(
    r"[A-Za-z][0-9]|[0-9][A-Za-z]|[A-Z]{8}|[A-Za-z0-9]{16}|[^A-Za-z0-9 ,;:=./_-]|.{20}", re.DOTALL
)


def is_distinctive(secret: str) -> bool:
    """Whether `secret` can be searched for in other values, because no ordinary value is or contains the same.

    It has at least 7 characters, and one of: a letter next to a digit, 8 capital letters in a row, 16 letters in a row, a
    sign that is unusual in header values, 20 characters in all. So `hunter2` is distinctive, while `password`, `include`
    and `application/json` are not.
    """
    return len(secret) >= _SHORTEST and _NO_ORDINARY_WORD.search(secret) is not None


class Echoes:
    """The distinctive ones of `secrets`, as they are and percent-encoded; not those that are part of a `public` text."""

    def __init__(self, secrets: Iterable[str], public: Iterable[str] = ()) -> None:
        open_ = "\n".join(public).lower()
        self._secrets = frozenset(
            secret for secret in secrets if is_distinctive(secret) and secret.lower() not in open_
        )
        self._pattern = _compiled(self._secrets) if self._secrets else None

    def masked(self, value: str) -> str:
        """`value` without the secrets."""
        return value if self._pattern is None else self._pattern.sub(MASK, value)

    def masked_ends(self, text: str) -> str:
        """`text` without the beginning of a secret before `...`, and without the end of one after it."""
        if "..." not in text:
            return text
        for secret in self._secrets:
            for length in range(len(secret) - 1, _SHORTEST - 2, -1):
                text = text.replace(f"{secret[:length]}...", f"{MASK}...")
                text = text.replace(f"...{secret[-length:]}", f"...{MASK}")
        return text


@lru_cache(maxsize=64)
def _compiled(secrets: frozenset[str]) -> re.Pattern[str]:
    spellings = {spelling for s in secrets for spelling in (s, unquote(s), quote(s, safe=""))}
    longest_first = sorted(filter(is_distinctive, spellings), key=lambda s: (-len(s), s))
    return re.compile("|".join(map(re.escape, longest_first)), re.IGNORECASE)
