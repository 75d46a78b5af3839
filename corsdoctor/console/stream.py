"""A log of any size -> its messages, in bounded memory: only the lines around a marker word are looked at closely.

Messages of gateways are looked for only in a text that is read as a whole: each further marker word takes time in every line.
Messages that somebody retyped, translated or took apart are looked for in the first parts of a log that name CORS and contain no
message about it.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator
from typing import Final, Protocol

from corsdoctor.console.recognize import MAX_MESSAGE, messages_in, recognize
from corsdoctor.console.starts import marks
from corsdoctor.message import Message
from corsdoctor.pattern import Pattern

BLOCK: Final = 1 << 20  # bytes read at once
SMALL: Final = 64 * 1024  # characters; a shorter text is looked at as a whole
BEFORE: Final = 300  # characters before a marker word where its message may begin
AFTER: Final = 400  # characters after it where its message may go on
NEAR: Final = 200  # characters at the end of a part in which a marker word makes it longer
RETYPED: Final = 200  # parts of a log that are searched for retyped messages: that takes longer, and few logs have any
_LONGEST: Final = 8192  # characters of such a part
_NAMES_CORS: Final = Pattern(r"(?i)\bcors\b|access-control-allow-|cross-origin request")
_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


class Readable(Protocol):
    """What has bytes to read."""

    def read(self, size: int, /) -> bytes: ...


def read_messages(stream: Readable) -> Iterator[Message]:
    """The messages in a file of any encoding and size, in order. OSError where it can't be read."""
    return messages(_decoded(stream))


def messages(blocks: Iterable[str]) -> Iterator[Message]:
    """The messages in a text that comes in blocks, wherever these are cut."""
    rest, tries = "", iter(range(RETYPED))
    for block in blocks:
        text = rest + block
        if len(text) < SMALL:
            rest = text
            continue
        safe = _line_before(text, len(text) - MAX_MESSAGE)
        if safe <= 0:
            rest = text
            if len(text) < BLOCK + 2 * MAX_MESSAGE:
                continue
            safe = len(text) - MAX_MESSAGE  # a line without an end
        yield from _scan(text[:safe], tries)
        rest = text[safe:]
    yield from _scan(rest, tries) if len(rest) >= SMALL else recognize(rest)


def _decoded(stream: Readable) -> Iterator[str]:
    block = stream.read(BLOCK)
    encoding = next((name for bom, name in _BOMS if block.startswith(bom)), "utf-8")
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    while block:
        yield decoder.decode(block)
        block = stream.read(BLOCK)
    yield decoder.decode(b"", final=True)


def _scan(text: str, tries: Iterator[int]) -> Iterator[Message]:
    for begin, end in _windows(text):
        part = text[begin:end]
        found = messages_in(part)
        if not any(message.cors for message in found) and _may_be_retyped(part) and next(tries, None) is not None:
            found = recognize(part)
        yield from found


def _may_be_retyped(part: str) -> bool:
    return len(part) <= _LONGEST and _NAMES_CORS.compiled.search(part) is not None


def _windows(text: str) -> Iterator[tuple[int, int]]:
    """The parts of `text` around marker words, on lines of their own, none overlapping."""
    begin = end = -1
    for at in marks(text):
        if at < end - NEAR:
            continue
        first, last = _line_before(text, max(end, at - BEFORE, 0)), _line_after(text, at + AFTER)
        if first <= end:
            end = max(end, last)
            continue
        if end > 0:
            yield begin, end
        begin, end = first, last
    if end > 0:
        yield begin, end


def _line_before(text: str, at: int) -> int:
    """Where the line that `at` is in begins; `at` itself where that is too far away."""
    if at <= 0:
        return 0
    found = text.rfind("\n", max(0, at - MAX_MESSAGE), at)
    return found + 1 if found >= 0 else at


def _line_after(text: str, at: int) -> int:
    found = text.find("\n", at, at + MAX_MESSAGE)
    return found if found >= 0 else min(len(text), at + MAX_MESSAGE)
