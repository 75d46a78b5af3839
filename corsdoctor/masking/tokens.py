"""Tokens that are known by their shape, whatever name they stand under: JSON Web Tokens and what is signed like them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from corsdoctor.masking.spans import Span
from corsdoctor.pattern import Pattern

_EYJ: Final = Pattern(r"(?<![A-Za-z0-9/])eyJ[\w.+~/-]+|(?<![A-Za-z0-9])eyJ[\w.+~-]+", re.ASCII)
"""The base64 of `{"`; a `/` may be part of it, unless it is a part of a path."""
_PRIVATE_KEY: Final = Pattern(r"-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----")
_KEY_BEGIN: Final = "-----BEGIN "
_KEY_END: Final = "-----END"
_DOTTED: Final = Pattern(r"(?<!%)[\w.-]+|(?<=%)[\w.-]{2}", re.ASCII)
_PART: Final = 6  # characters at least, of each part of a token
_WORDS: Final = Pattern(r"[A-Z]?[a-z]{3,}|[A-Z]{3,}|[0-9]+|[_-]")


def tokens(text: str) -> Iterator[Span]:
    """What starts as base64 of JSON does, three base64url strings with dots between them, and private keys."""
    if "eyJ" in text:
        for match in _EYJ.compiled.finditer(text):
            yield Span(*match.span())
    if _KEY_BEGIN in text:
        yield from _private_keys(text)
    if text.count(".") >= 2:
        for match in _DOTTED.compiled.finditer(text):
            if match[0].count(".") >= 2:
                yield from _signed(match[0], match.start())


def _private_keys(text: str) -> Iterator[Span]:
    position = 0
    while (begin := _PRIVATE_KEY.compiled.search(text, position)) is not None:
        position = text.find(_KEY_END, begin.end())
        position = len(text) if position < 0 else position
        yield Span(begin.end(), position)


def _signed(dotted: str, position: int) -> Iterator[Span]:
    """Three or more long parts in a row that look random, of what has dots; it stands at `position`."""
    run: list[str] = []
    for part in (*dotted.split("."), ""):
        if len(part) >= _PART:
            run.append(part)
        else:
            token = ".".join(run)
            if len(run) >= 3 and _is_random(token):
                yield Span(position - len(token) - 1, position - 1)
            run = []
        position += len(part) + 1


def _is_random(text: str) -> bool:
    """Whether `text` is no name made of words and numbers, such as `Company2.Product.Service`."""
    return (
        not text.islower()
        and not text.isupper()
        and len(_WORDS.compiled.sub("", text).replace(".", "")) * 3 >= len(text)
    )
