"""The start of a file or of standard input, which is still read from its start later."""

from __future__ import annotations

import io
import os
import select
import stat
import sys
from typing import Any, BinaryIO, Final, cast

import click

from corsdoctor.cli.kinds_of_input import SAMPLE, Given
from corsdoctor.cli.messages import print_message
from corsdoctor.opening import opened

_SECONDS: Final = 2.0  # seconds until a line reports what corsdoctor waits for


def sampled_file(path: str) -> Given | None:
    """The start of the file at `path`; None if there is none."""
    try:
        found = os.stat(path)  # noqa: PTH116 (a message is too long for a path, which pathlib does not expect)
        if stat.S_ISFIFO(found.st_mode):
            raise click.UsageError(f"{path} is a pipe, which can be read only once: name the command, such as explain")
        if stat.S_ISDIR(found.st_mode):
            return None
        with opened(path) as stream:
            return Given("file", _decoded(stream.read(SAMPLE)), path)
    except (OSError, ValueError):
        return None


def sampled_input(*, wanted: bool) -> str:
    """The start of standard input, which is still read from its start later; "" on a terminal unless `wanted`."""
    if sys.stdin is None or (sys.stdin.isatty() and not wanted):
        return ""
    try:
        mode = os.fstat(sys.stdin.fileno()).st_mode
    except (OSError, ValueError):  # a stand-in for stdin
        mode = stat.S_IFIFO
    if not (wanted or stat.S_ISFIFO(mode) or stat.S_ISREG(mode)):
        return ""
    try:
        with opened("-") as stream:
            if stat.S_ISREG(mode):
                start = stream.tell()
                sample = stream.read(SAMPLE)
                stream.seek(start)
                return _decoded(sample)
            _tell_of_waiting(stream)
            sample = stream.read(SAMPLE)
            chained = io.BufferedReader(cast("Any", _Chained(sample, sys.stdin.buffer)))
            sys.stdin = io.TextIOWrapper(chained, encoding="utf-8", errors="surrogateescape")
            return _decoded(sample)
    except OSError:
        return ""


def _tell_of_waiting(stream: BinaryIO) -> None:
    """Prints that standard input is still empty, on systems that can tell."""
    try:
        if not select.select([stream], [], [], _SECONDS)[0]:
            print_message(
                "waiting for standard input: console messages or URLs; 'corsdoctor --help' shows the commands"
            )
    except (OSError, ValueError, TypeError):  # a stand-in, or Windows
        return


class _Chained(io.RawIOBase):
    """Standard input from its start: first the bytes that were read already, then the others."""

    def __init__(self, sample: bytes, rest: Any) -> None:
        self._sample, self._rest = sample, rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        data = self._sample[: len(buffer)] or self._rest.read1(len(buffer))
        self._sample = self._sample[len(buffer) :]
        buffer[: len(data)] = data
        return len(data)


def _decoded(data: bytes) -> str:
    """The text of a sample, in which only what is recognized matters."""
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    return data.decode(encoding, "replace")
