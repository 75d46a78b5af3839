"""Where the secrets stand in a value, and how they are taken out of it."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Final, Literal

from corsdoctor.pattern import Pattern
from corsdoctor.record import Record

MASK: Final = "***"
LAYERS: Final = 4
"""How many times a value is percent-decoded; what is encoded still more often can't be read, and is masked."""
_ESCAPE: Final = Pattern(
    r"%([0-7][0-9A-Fa-f])|\\u00([0-7][0-9A-Fa-f])|&#[xX]0{0,4}([2-7][0-9A-Fa-f]);|&(#0{0,4}(?:[3-9][0-9]|1[0-2][0-9])|amp|apos|gt|lt|quot);"
)
_SIGNS: Final = ("%", "\\u00", "&")
"""Each escape begins with one of these, which are looked for in a tenth of the time."""
_ENTITIES: Final = {"amp": "&", "apos": "'", "gt": ">", "lt": "<", "quot": '"'}
_ENCODED: Final = Pattern(r"[^\s&?#=/]+")


class Span(Record):
    """A secret from `start` to `end`; `secret` is what another value may repeat of it (None: all of it)."""

    start: int
    end: int
    secret: str | None = None


Find = Callable[[str], Iterable[Span]]
Grammar = Literal["query", "path", "form", "code", "prose"]
"""The kinds of text in which names and values stand in ways of their own; pairs.py knows them."""


def masked(text: str, spans: Collection[Span], replace: Callable[[str], str] | None = None) -> str:
    """`text` with a mask in place of each span, or with what `replace` makes of it."""
    if not spans:
        return text
    pieces: list[str] = []
    done = 0
    for start, end in _joined(spans):
        pieces += text[done:start], MASK if replace is None else replace(text[start:end])
        done = end
    return "".join((*pieces, text[done:]))


def secrets(text: str, spans: Collection[Span]) -> tuple[str, ...]:
    """What the spans hide, as it is spelled in `text` and percent-decoded."""
    if not spans:
        return ()
    from urllib.parse import unquote  # 1 ms, where nothing is secret in vain

    spelled = [text[start:end] if secret is None else secret for start, end, secret in _in_order(spans)]
    found = dict.fromkeys(form for secret in spelled for form in (secret, unquote(secret)))
    return tuple(secret for secret in found if secret not in ("", MASK))


def within(text: str, start: int, end: int, find: Find) -> Iterator[Span]:
    """The spans that `find` finds in a part of `text`."""
    for span in find(text[start:end]):
        yield Span(span.start + start, span.end + start, span.secret)


def in_layers(text: str, find: Find) -> Iterator[Span]:
    """The spans that `find` finds in `text`, and in `text` decoded once, twice and so on."""
    yield from find(text)
    maps: list[Decoded] = []
    for _ in range(LAYERS):
        if not any(sign in text for sign in _SIGNS):
            return
        layer = Decoded(text, _ESCAPE.compiled, _unescape)
        if layer.text == text:
            return
        maps.insert(0, layer)
        text = layer.text
        for span in find(text):
            yield _outward(span, maps)
    for run in _ENCODED.compiled.finditer(text):
        if _ESCAPE.compiled.search(run[0]):
            yield _outward(Span(*run.span()), maps)


class Decoded:
    """A text without its escapes, and where each part of it comes from."""

    def __init__(self, source: str, escape: re.Pattern[str], unescape: Callable[[re.Match[str]], str]) -> None:
        pieces: list[str] = []
        done = length = 0
        # positions in the text after an escape, and the same places in the source, in a third of the memory of lists
        self._after, self._sources = array("q", [0]), array("q", [0])
        for match in escape.finditer(source):
            character = unescape(match)
            pieces += source[done : match.start()], character
            length += match.start() - done + len(character)
            done = match.end()
            self._after.append(length)
            self._sources.append(done)
        pieces.append(source[done:])
        self.text = "".join(pieces)

    def outward(self, span: Span) -> Span:
        """A span of the text as a span of the source."""
        return Span(self._source(span.start), self._source(span.end), span.secret)

    def _source(self, position: int) -> int:
        """The place in the source where what precedes `position` ends."""
        index = bisect_right(self._after, position) - 1
        return self._sources[index] + position - self._after[index]


def _outward(span: Span, maps: Iterable[Decoded]) -> Span:
    for layer in maps:
        span = layer.outward(span)
    return span


def _unescape(match: re.Match[str]) -> str:
    entity = match[4]
    if entity is None:
        return chr(int(match[1] or match[2] or match[3], 16))
    return _ENTITIES[entity] if entity in _ENTITIES else chr(int(entity[1:]))


def _in_order(spans: Iterable[Span]) -> list[Span]:
    return sorted(spans, key=lambda span: (span.start, -span.end))


def _joined(spans: Iterable[Span]) -> list[tuple[int, int]]:
    """The spans in order; those that overlap or touch as one."""
    joined: list[tuple[int, int]] = []
    for start, end, _ in _in_order(spans):
        if start == end:
            continue
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined
