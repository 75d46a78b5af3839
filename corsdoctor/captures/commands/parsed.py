"""A request as a command or a call describes it, and what is needed to read one."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from typing import Final

from corsdoctor.record import Record
from corsdoctor.scenario import Api, Credentials, Mode, Redirect

ReadFile = Callable[[str], bytes | None]
"""The content of a file, None if it is not to be read."""
_PLAIN: Final = re.compile(r"[$%{}\w.]{1,60}")
_MOST_DIGITS: Final = 18
_LARGEST: Final = 5_000_000
Option = bool | str | tuple[str, ...]


class Spot(Record):
    """A place in a text; both count from 1, the column in characters."""

    line: int
    column: int


def decimal(text: str) -> int | None:
    """The number that `text` writes in ASCII digits; None for another text, and for a number beyond 64 bits."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS else None


class Lines:
    """Finds the places in a text."""

    def __init__(self, text: str) -> None:
        self._starts = [0, *(found.end() for found in re.finditer("\n", text))]

    def spot(self, at: int) -> Spot:
        """The place of a character."""
        line = bisect_right(self._starts, at)
        return Spot(line, at - self._starts[line - 1] + 1)


class NotUnderstood(ValueError):
    """What cannot be read in a text, in one sentence, and its place."""

    def __init__(self, reason: str, spot: Spot | None) -> None:
        super().__init__(reason)
        self.spot = spot


def checked_size(size: int) -> None:
    """Raises NotUnderstood if a value of `size` bytes is too large: a few lines can double one until it fills the memory."""
    if size > _LARGEST:
        raise NotUnderstood("the text makes a value larger than 5 MB, which corsdoctor does not read", None)


def unresolved_url(sources: Sequence[str], what: str) -> str:
    """Why no request can be made of a URL that contains `sources`; `what` is what does not happen to them."""
    shown = sources[0] if _PLAIN.fullmatch(sources[0]) else "an expression"
    return f"the URL contains {shown}, which is not {what}: write its value"


class Parsed(Record):
    """A request as a tool would send it, without what the tool adds by itself.

    `line` is where the command begins. Header values have one character a byte. `cookies` is the value of the Cookie header;
    `origin` is the page's, `credentials` and `mode` are those that the text states; all are None if it does not.
    `options` are those that concern the connection, `reads` the files that the text names ("-" is standard input), and
    `unresolved` the variables and commands in it, as they stand: none is read or run. `dropped` are the names of headers that
    no script set. `scripted` says that a script is the text. `error` is why no request can be made of it, and `spot` where.
    """

    line: int
    url: str | None = None
    method: str = "GET"
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None
    cookies: str | None = None
    origin: str | None = None
    credentials: Credentials | None = None
    mode: Mode | None = None
    redirect: Redirect | None = None
    api: Api = Api.FETCH
    upload_listener: bool = False
    options: tuple[tuple[str, Option], ...] = ()
    reads: tuple[str, ...] = ()
    unresolved: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    scripted: bool = False
    error: str | None = None
    spot: Spot | None = None

    @property
    def size(self) -> int:
        """How many bytes the request has, about."""
        return len(self.url or "") + len(self.body or b"") + sum(len(name) + len(value) for name, value in self.headers)


class Files:
    """The files that one command names. Those that may be read are read by `read`."""

    def __init__(self, read: ReadFile, stdin: bytes | str = "-") -> None:
        """`stdin` is what stands in the text itself, or the name of the file that standard input comes from."""
        self._read, self._stdin = read, stdin
        self.named: list[str] = []

    def content(self, name: str) -> bytes | None:
        """The bytes of the file `name`, None if they are not known."""
        if name == "-" and isinstance(self._stdin, bytes):
            return self._stdin
        name = self._stdin if name == "-" and isinstance(self._stdin, str) else name
        if name not in self.named:
            self.named.append(name)
        return self._read(name)
