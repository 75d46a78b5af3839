"""Harmless values in place of secrets, of the same shape, so that what rests on the shape stays the same.

Letters become letters, digits become digits, and the rest stays. Equal secrets get equal values, others get others.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import unquote

from corsdoctor.masking import mask_header, mask_text, mask_url
from corsdoctor.url import percent_decode

_MOST: Final = 50_000
"""The secrets that are remembered, at least; older ones get another value when they come again."""
_MOST_REPEATED: Final = 200_000
_LONG: Final = re.compile(r"[A-Za-z0-9]{8,}")
_RUNS: Final = re.compile(rf"%[0-9A-Fa-f]{{2}}|\\u[0-9a-f]{{4}}|{_LONG.pattern}")
_ESCAPES: Final = re.compile(r"((?:%[0-9A-Fa-f]{2})+)")
_RUN: Final = re.compile(r"%[0-9A-Fa-f]{2}|[A-Za-z0-9_-]{16,}|[A-Za-z0-9+/]{32,}={0,2}")
_HEX: Final = re.compile(r"[0-9a-f-]+|[0-9A-F-]+")
_WORDS: Final = re.compile(r"[A-Z]?[a-z]{3,}|[A-Z]{3,}|[0-9]{1,4}|[_-]")
_AUTHORITY: Final = re.compile(r"(?:[a-z][a-z0-9+.-]*:)?//[^/?#]*", re.IGNORECASE)
_URLS: Final = frozenset({"location", "content-location", "referer", ":path", "x-forwarded-uri", "x-original-url"})
_KEPT: Final = frozenset(
    {"origin", "host", ":authority", ":scheme", ":method", ":status", "vary", "date", "user-agent"}
)
"""Headers whose values show no more than what is in the file anyway, and that verdicts rest on."""


class Harmless:
    """Replaces the secrets of one capture. `count` is how many different ones there were."""

    def __init__(self) -> None:
        self._now: dict[str, int] = {}
        self._before: dict[str, int] = {}
        self._repeated: dict[str, str] = {}
        self.count = 0

    def secret(self, text: str) -> str:
        """A value of the same shape."""
        decoded = unquote(text)  # a Location and the URL of the next request may differ in their escapes
        number = self._now.get(decoded) or self._before.get(decoded)
        if number is None:
            self.count += 1
            number = self.count
        if len(self._now) >= _MOST:
            self._before, self._now = self._now, {}
        self._now[decoded] = number
        for run in _LONG.findall(decoded):
            if len(self._repeated) < _MOST_REPEATED and any(map(str.isdigit, run)):
                self._repeated.setdefault(run, _shaped(run, number))
        return _shaped(text, number)

    def again(self, text: str) -> str:
        """`text` without what was a secret elsewhere: long parts of secrets that have a digit."""
        return _RUNS.sub(lambda found: self._repeated.get(found[0], found[0]), text)

    def url(self, url: str) -> str:
        """A URL, absolute or relative, without secrets and without what looks random; its host stays."""
        if url[:5].lower() == "data:":
            return "data:,"
        masked = mask_url(url, self.secret)
        authority = _AUTHORITY.match(masked)
        start = authority.end() if authority is not None else 0
        return masked[:start] + self._without_random(masked[start:])

    def header(self, name: str, value: str) -> str:
        """The value of a header."""
        lower = name.lower()
        if lower in _URLS:
            return self.url(value)
        masked = mask_header(name, value, self.secret)
        kept = lower in _KEPT or lower.startswith(("access-control-", "sec-"))
        return masked if kept else self._without_random(masked)

    def text(self, text: str) -> str:
        """Free text, such as a title."""
        return self._without_random(mask_text(text))

    def _without_random(self, text: str) -> str:
        return _RUN.sub(lambda found: self.secret(found[0]) if _is_random(found[0]) else found[0], text)


def _is_random(run: str) -> bool:
    """Whether no one would write such a word: an identifier of a session, a hash, a number of an account."""
    digits = sum(map(str.isdigit, run))
    if digits >= 16 or (_HEX.fullmatch(run) and digits >= 6):
        return True
    if not digits and (run.islower() or run.isupper()):
        return False
    return len(set(run)) >= 8 and len(_WORDS.sub("", run)) * 3 >= len(run)


def _shaped(text: str, number: int) -> str:
    """A text of the shape of `text`, which ends with `number`; what is percent-encoded stays so."""
    made = ""
    for piece in reversed(_ESCAPES.split(text)):
        escaped = _ESCAPES.fullmatch(piece) is not None
        for letter in reversed(percent_decode(piece).decode("utf-8", "replace") if escaped else piece):
            replaced, number = _letter(letter, number)
            made = (_escaped(replaced) if escaped else replaced) + made
    return made


def _escaped(letter: str) -> str:
    return "".join(f"%{byte:02X}" for byte in letter.encode("utf-8", "replace"))


def _letter(letter: str, number: int) -> tuple[str, int]:
    """What stands for a letter, and what is left of `number`."""
    if not letter.isalnum():
        return letter, number
    if not letter.isascii():
        return {2: "\u00e9", 3: "\u4e00"}.get(len(letter.encode("utf-8", "replace")), "\U00010348"), number
    if letter.isdigit():
        return str(number % 10), number // 10
    made = chr(ord("a") + (number + 23) % 26 if number else ord("x"))
    return made.upper() if letter.isupper() else made, number // 26
