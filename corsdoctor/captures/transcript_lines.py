"""The lines of a transcript, without what tools and logs write in front of them: who sent each, and its text.

curl marks what it sends with `>`, what it receives with `<`, and its own remarks with `*`; its traces are dumps with
offsets, of text or of bytes. Others write the messages as they are. Text is latin-1: one character for one byte.
"""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Iterable, Iterator
from enum import StrEnum
from html import unescape
from itertools import chain
from typing import Final

from corsdoctor.record import Record

COLORS: Final = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)")
STAMP: Final = re.compile(
    r"(?:[\w.-]{1,64} +\| )?\[?(?:\d{4}-\d\d-\d\d[T ])?\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?\]?[ \t]"
)
"""What `--trace-time`, containers and CI systems write before a line."""
_METER: Final = re.compile(
    r".*--:--:-- +\d+[kMGTP]?(?=[*<>{}=] ?)|.*(?:\d\d|--):(?:\d\d|--):(?:\d\d|--) +\d+[kMGTP]?(?=[*<>] )"
)
"""curl's progress meter, which has no line of its own."""
_METERED: Final = 120  # characters
_MARKED: Final = re.compile(r"([<>*])(?: (.*))?", re.DOTALL)
_COUNTED: Final = re.compile(r"[{}] \[\d+ bytes data\]")
_INFO: Final = re.compile(r"== Info: (.*)")
_BLOCK: Final = re.compile(r"(=>|<=) (?:Send|Recv) ([\w ]+), \d+ bytes? \(0x[0-9a-f]+\)")
_DUMP: Final = re.compile(r"([0-9a-f]{4,8}): (.*)")
_HEX: Final = re.compile(r"((?:[0-9a-f]{2} ){1,16})")
_PARTS: Final = {name: re.compile(rf'<{name}(?: base64="(true|false)")?>') for name in ("url", "request", "response")}
BURP: Final = re.compile(r"(?:<\?xml[^>]*>\s*)?(?:<!DOCTYPE items \[.*?\]>\s*)?<items\b[^>]*\bburpVersion=", re.DOTALL)
"""The beginning of what Burp saves."""


class Sign(StrEnum):
    """Who a line is from, as far as it says so."""

    SENT = ">"
    RECEIVED = "<"
    REMARK = "*"  # of the tool
    DATA = "data"  # of a body
    NONE = ""


class Line(Record):
    """A line of a transcript."""

    sign: Sign
    text: str


def lines_of(text: str) -> Iterator[Line]:
    """The lines of a transcript; those that dump bytes become what they dump."""
    if BURP.match(text):
        yield from _burp(text)
        return
    yield from _undumped(_bare(text))


def _bare(text: str) -> Iterator[str]:
    for whole in text.split("\n"):
        line = COLORS.sub("", whole) if "\x1b" in whole else whole
        line = line.removesuffix("\r")
        if "\r" in line:  # what a terminal shows in one line
            line = line.rpartition("\r")[2]
        stamp = STAMP.match(line)
        if stamp is not None:
            line = line[stamp.end() :]
        meter = _METER.match(line[:_METERED]) if ":--" in line or " --" in line else None
        yield line if meter is None else line[meter.end() :]


def _undumped(lines: Iterable[str]) -> Iterator[Line]:
    """The lines, and in place of a dump those that it shows."""
    block: _Dump | None = None
    for line in chain(lines, ("== Info: ",)):
        begins, info = _BLOCK.fullmatch(line), _INFO.fullmatch(line)
        if block is not None:
            if begins is None and info is None and block.add(line):
                continue
            yield from block.lines()
            block = None
        if begins is not None:
            block = _Dump(begins[1], begins[2])
        elif info is not None:
            yield Line(Sign.REMARK, info[1])
        elif not _COUNTED.fullmatch(line):
            marked = _MARKED.fullmatch(line)
            yield Line(Sign.NONE, line) if marked is None else Line(Sign(marked[1]), marked[2] or "")


class _Dump:
    """A block of a trace: `=> Send header, 85 bytes (0x55)` and the lines below it."""

    def __init__(self, arrow: str, what: str) -> None:
        self._what = what
        self._sign = Sign.SENT if arrow == "=>" else Sign.RECEIVED
        self._text, self._end = "", 0

    def add(self, line: str) -> bool:
        """Adds a line of the dump; False if it is none.

        In a trace of bytes a line begins with them. In one of text it ends where the dump is 64 characters wide or, if
        the next offset says so, with a line feed, which is left out.
        """
        found = _DUMP.fullmatch(line)
        if found is None:
            return False
        offset, shown = int(found[1], 16), found[2]
        data = _HEX.match(shown) if len(shown) > 48 else None
        if data is not None:
            self._text += bytes.fromhex(data[1]).decode("latin-1")
            self._end = offset + len(data[1]) // 3
            return True
        if offset > self._end:
            self._text += "\r\n"
        self._text += shown
        self._end = offset + len(shown)
        return True

    def lines(self) -> Iterator[Line]:
        """The lines that it shows."""
        if "header" not in self._what:
            if self._what == "data" and self._sign is Sign.RECEIVED:
                yield Line(Sign.DATA, self._text)
            return
        text = self._text.removesuffix("\r\n")
        for line in text.split("\r\n") if text else ("",):
            yield Line(self._sign, line)
        if self._sign is Sign.SENT:
            yield Line(self._sign, "")


def _burp(text: str) -> Iterator[Line]:
    """The messages of what Burp saved, each request below its URL."""
    for item in text.split("<item>")[1:]:
        yield Line(Sign.REMARK, f"URL: {_part(item, 'url')}")
        for name, sign in (("request", Sign.SENT), ("response", Sign.RECEIVED)):
            head, _, body = _part(item, name).replace("\r\n", "\n").partition("\n\n")
            for line in head.split("\n") if head.strip() else ():
                yield Line(sign, line)
            yield Line(sign, "")
            if sign is Sign.RECEIVED and body:
                yield Line(Sign.DATA, body)


def _part(item: str, name: str) -> str:
    """The content of the element `name`, decoded; "" if there is none that can be read."""
    found = _PARTS[name].search(item)
    if found is None:
        return ""
    content = item[found.end() : max(0, item.find(f"</{name}>", found.end()))].strip()
    text = content[9:-3] if content.startswith("<![CDATA[") else unescape(content)
    try:
        return b64decode(text).decode("latin-1") if found[1] == "true" else text
    except ValueError:
        return ""
