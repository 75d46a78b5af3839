"""The lines of a batch, as they are in its file: `read_line` reads what they ask for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from corsdoctor.record import Record

MAX_LINE = 1024 * 1024


class Line(Record):
    """A line that asks for something: its number, its bytes, and whether it was too long to be kept.

    `wrong` says why a request of a capture or of another tool, of which the line was made, cannot be sent.
    """

    number: int
    data: bytes
    too_long: bool = False
    wrong: str = ""


def lines(stream: BinaryIO) -> Iterator[Line]:
    """The lines of `stream` without empty ones and comments, never more than MAX_LINE bytes of one in memory."""
    number = 0
    while data := stream.readline(MAX_LINE + 1):
        number += 1
        rest, more = data, False
        while not rest.endswith(b"\n") and len(rest) > MAX_LINE:
            rest = stream.readline(MAX_LINE + 1)
            more = more or rest not in (b"", b"\n")
        too_long = more or len(data.removesuffix(b"\n").removesuffix(b"\r")) > MAX_LINE
        if number == 1:
            data = data.removeprefix(b"\xef\xbb\xbf")
        data = data.strip()
        if data and not data.startswith(b"#"):
            yield Line(number, b"" if too_long else data, too_long)
