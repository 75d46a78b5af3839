"""Looks for many words in a text at once, in linear time."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from corsdoctor.lazy import lazy

_SHORT: Final = (
    500  # characters; in a shorter text, looking for one word after the other takes less than the expression
)
_RARE: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ-_<[|:('\"")  # characters that logs have few of
_LENGTH: Final = 3  # characters of a word that are looked for by the expression


class Words:
    """Words that are looked for together: by three characters of each, of which the first is rare in logs.

    One expression finds the three characters of all words. That takes as long as looking for a few words one by one. A word
    without a rare character is looked for by itself, since an expression would stop at every other character for it.
    """

    def __init__(self, words: Iterable[str]) -> None:
        self.words: Final = tuple(words)

    def places(self, text: str) -> Iterator[int]:
        """Where the words begin in `text`, in no order. Words that begin at the same place may have it twice."""
        if len(text) < _SHORT:
            for word in self.words:
                if word in text:
                    yield from places(text, word)
            return
        match = self._expression.search(text)
        while match is not None:
            at = match.start()
            for word, before in self._by_characters[match[0]]:
                if at >= before and text.startswith(word, at - before):
                    yield at - before
            match = self._expression.search(text, at + 1)
        for word in self._without_rare:
            yield from places(text, word)

    def any_in(self, text: str) -> bool:
        """Whether `text` has one of them."""
        return next(self.places(text), None) is not None

    @lazy
    def _by_characters(self) -> dict[str, list[tuple[str, int]]]:
        """Each word and how many characters it has before its rare one, by the three characters from there on."""
        found: dict[str, list[tuple[str, int]]] = {}
        for word in self.words:
            at = _rare(word)
            if at is not None:
                found.setdefault(word[at : at + _LENGTH], []).append((word, at))
        return found

    @lazy
    def _without_rare(self) -> tuple[str, ...]:
        return tuple(word for word in self.words if _rare(word) is None)

    @lazy
    def _expression(self) -> re.Pattern[str]:
        rests: dict[str, list[str]] = {}
        for three in sorted(self._by_characters):
            rests.setdefault(re.escape(three[0]), []).append(re.escape(three[1:]))
        return re.compile("|".join(f"{first}(?:{'|'.join(of_one)})" for first, of_one in rests.items()) or "(?!)")


def _rare(word: str) -> int | None:
    """Where the first rare character is that has two others behind it; None if there is none."""
    return next((i for i, character in enumerate(word[: 1 - _LENGTH]) if character in _RARE), None)


def places(text: str, word: str) -> Iterator[int]:
    """Where `word` begins in `text`, each time."""
    at = text.find(word)
    while at >= 0:
        yield at
        at = text.find(word, at + 1)
