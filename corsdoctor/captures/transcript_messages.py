"""The messages of a transcript: their start lines and header lines, and the requests of commands that stand above them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from corsdoctor.captures.entry import Lines
from corsdoctor.captures.transcript_lines import Sign
from corsdoctor.record import Record

LONGEST: Final = 16_384  # characters of a start line
REQUEST: Final = re.compile(r"([!#$%&'*+.^_`|~\w-]+) (\S+) HTTP/(\d(?:\.\d)?)\s*")
STATUS: Final = re.compile(r"HTTP/(\d(?:\.\d)?) ([1-9]\d\d)(?: (.*))?")
FIELD: Final = re.compile(r"([!#$%&'*+.^_`|~\w-]+) ?: ?(.*)", re.DOTALL)


class Head(Record):
    """The start line of a message and the lines below it. `indent` is how far they are indented."""

    sign: Sign
    start: str
    lines: list[str]
    indent: int

    def fields(self) -> Lines:
        """The header lines. A line that is indented continues the one before."""
        found: list[tuple[str, str]] = []
        for line in self.lines:
            field = FIELD.fullmatch(line)
            if line[:1] in (" ", "\t") and found:
                found[-1] = found[-1][0], f"{found[-1][1]} {line.strip()}".lstrip()
            elif field is not None:
                found.append((field[1], field[2].strip(" \t")))
        return tuple(found)


class Sent(Record):
    """A request that waits for its response; `body` is None if it is not known."""

    method: str
    href: str
    fields: Lines
    body: bytes | None = b""


def requested(command: str) -> Iterator[Sent]:
    """What a command requests, as far as it can be read."""
    from corsdoctor.captures.commands.read import requests  # what a transcript without a command need not load

    for one in requests(words_of(command), lambda _: None):
        if one.url is not None and one.error is None:
            cookie = () if one.cookies is None else (("Cookie", one.cookies),)
            yield Sent(one.method, one.url, (*one.headers, *cookie), None if one.reads else one.body or b"")


def starts(sign: Sign, text: str) -> bool:
    """Whether a message starts with this line."""
    if len(text) > LONGEST or "HTTP/" not in text:
        return False
    patterns = {Sign.SENT: (REQUEST,), Sign.RECEIVED: (STATUS,)}.get(sign, (REQUEST, STATUS))
    return any(pattern.fullmatch(text) for pattern in patterns)


def words_of(text: str) -> str:
    """`text` as it was written, from one character for each byte."""
    return text.encode("latin-1", "replace").decode("utf-8", "replace")
