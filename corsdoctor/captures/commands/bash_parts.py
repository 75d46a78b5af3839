"""Cuts a long text of bash into parts that the grammar reads in a bounded time, and finds quotes without an end.

The grammar looks for the end of some words up to the end of its text, which takes time with the square of the text's length:
16 kB of `a?b&c=d` take a second. What is quoted, and here-documents, take time with their length.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from corsdoctor.captures.commands.parsed import Lines, NotUnderstood
from corsdoctor.record import Record

LONGEST: Final = 6_000
"""The most characters of one command outside of quotation marks; a text with fewer is one part."""
_ENOUGH: Final = 2_000  # outside of quotation marks, in a part of a longer text
_TOKEN: Final = re.compile(
    r"(?P<quoted>\$'(?:\\.|[^'\\])*(?P<ansi>'?)|'[^']*(?P<single>'?)|\"(?:\\.|[^\"\\])*(?P<double>\"?))"
    r"|(?P<comment>(?<!\S)#[^\n]*)|<<<|<<(?P<tabs>-?)[ \t]*['\"\\]?(?P<document>[^\W\d]\w*)['\"]?|(?P<end>\n)|\\.|[^'\"\\$#<\n]+|.",
    re.DOTALL,
)


class Part(Record):
    """Some whole lines of a text, the first of which is the line `line`."""

    text: str
    line: int


class _Statement(Record):
    """The lines up to the next line break outside of quotation marks and here-documents."""

    start: int
    unquoted: int


def parts(text: str) -> Iterator[Part]:
    """The text in parts. Raises NotUnderstood if a command is too long."""
    statements = list(_statements(text))
    if sum(one.unquoted for one in statements) <= LONGEST:
        yield Part(text, 1)
        return
    start = unquoted = 0
    line = 1
    for one in statements:
        if one.unquoted > LONGEST:
            reason = f"this command has more than {LONGEST} characters outside of quotation marks"
            raise NotUnderstood(reason, Lines(text).spot(one.start))
        if unquoted and unquoted + one.unquoted > _ENOUGH:
            yield Part(text[start : one.start], line)
            line += text.count("\n", start, one.start)
            start, unquoted = one.start, 0
        unquoted += one.unquoted
    yield Part(text[start:], line)


def unclosed(text: str) -> tuple[str, int] | None:
    """The quotation mark that has no end, and where it is; None if all have one."""
    for found in _TOKEN.finditer(text):
        if found["quoted"] and not (found["ansi"] or found["single"] or found["double"]):
            return found["quoted"].removeprefix("$")[0], found.start()
    return None


def _statements(text: str) -> Iterator[_Statement]:
    start = at = unquoted = 0
    documents: list[str] = []
    while at < len(text):
        found = _TOKEN.match(text, at)
        assert found is not None  # the last alternative is any character
        at = found.end()
        if found["quoted"] is None and found["comment"] is None:
            unquoted += at - found.start()
        if found["document"] is not None:
            documents.append(("\\t*" if found["tabs"] else "") + found["document"])
        if found["end"] is not None:
            for name in documents:
                body = re.compile(f"^{name}$", re.MULTILINE).search(text, at)
                unquoted += len(text) - at if body is None else 0  # `<<` may also be a shift
                at = len(text) if body is None else min(body.end() + 1, len(text))
            documents = []
            yield _Statement(start, unquoted)
            start, unquoted = at, 0
    yield _Statement(start, unquoted)
