"""Reads HAR 1.2 files of browsers, proxies and test tools, as far as CORS concerns what is in them.

http://www.softwareishard.com/blog/har-12-spec/. Whatever is missing or of another type than it should be is read as
far as it goes: a file of a developer is never refused for a detail that no rule of CORS asks for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from corsdoctor.captures.entry import Entry, WrongEntry, body_of, read_entry, text_of
from corsdoctor.captures.json_stream import Malformed, Reader
from corsdoctor.record import Record

if TYPE_CHECKING:
    from corsdoctor.captures.skim import Skimmed

_HARP: Final = re.compile(r"[A-Za-z_$][\w$.]*\s*\(")
_HARP_END: Final = re.compile(r"[)\s;]*")
_SMALL: Final = 1_000_000
"""How many bytes are read before msgspec is worth loading."""
_ENGINES: Final = (
    (re.compile(r"firefox", re.I), "firefox"),
    (re.compile(r"webinspector|chrom|edge|edg/|opr/", re.I), "chromium"),
    (re.compile(r"webkit web inspector|safari|applewebkit|^webkit$", re.I), "webkit"),
)
_AGENTS: Final = (("Firefox/", "firefox"), ("Chrome/", "chromium"), ("AppleWebKit/", "webkit"))


class NotHar(ValueError):
    """The text is not a HAR; the message is the end of a sentence that begins with the file's name."""


class Unreadable(Record):
    """An entry that could not be read; `entry` is None for the rest of the file."""

    entry: int | None
    reason: str


@dataclass(slots=True)
class Har:
    """What a file holds: `entries` are those that CORS may concern, of `count` in all.

    `creator` and `browser` are the names that the file gives. With `transcript` no browser made the requests, but a tool.
    With `keeps_bodies` the entries have the bodies of the requests.
    """

    creator: str = ""
    browser: str = ""
    count: int = 0
    entries: list[Entry] = field(default_factory=list)
    unreadable: list[Unreadable] = field(default_factory=list)
    transcript: bool = False
    keeps_bodies: bool = False

    @property
    def begun(self) -> Entry | None:
        """The latest entry if it has nothing but a URL: the next one may be the same load."""
        last = self.entries[-1] if self.entries else None
        return last if last is not None and last.is_empty and last.index == self.count - 1 else None

    @property
    def recorder(self) -> str:
        """The name of the engine in whose developer tools the file was written, "" if others wrote it."""
        return next((engine for pattern, engine in _ENGINES if pattern.search(self.creator)), "")

    @property
    def preflight_first(self) -> bool:
        """Whether a preflight request stands before the request that it is for, as in what proxies record."""
        return not self.recorder

    @property
    def shows_failures(self) -> bool:
        """Whether the recorder writes down which requests the browser failed."""
        return self.creator.lower() in ("webinspector", "playwright")

    @property
    def hides(self) -> str | None:
        """What this recorder leaves out, in a sentence, None if nothing."""
        if self.recorder == "webkit":
            return "Safari's network panel saves no failed requests and no preflight requests."
        if self.creator.lower() == "playwright":
            return "Playwright saves no preflight requests, and no responses to requests that failed."
        return None

    def engine(self, entry: Entry) -> str | None:
        """The engine that made a request: by the file's own words, otherwise by the User-Agent."""
        for text in (self.browser, self.creator):
            for pattern, engine in _ENGINES:
                if pattern.search(text):
                    return engine
        agent = entry.headers.get("User-Agent") or ""
        return next((engine for sign, engine in _AGENTS if sign in agent), None)


def read_har(chunks: Iterable[bytes], *, bodies: bool = False) -> Har:
    """Reads a HAR, or what harviewer makes of one (`onInputData({...})`), from UTF-8 without a byte order mark.

    With `bodies`, entries have those of the requests.

    Raises NotHar if nothing of it can be used; where it ends early, what stands before is read, and `unreadable` says so.
    """
    reader, har = Reader(chunks), Har(keeps_bodies=bodies)
    wrapped = begin(reader)
    seen = False
    try:
        for name in reader.members():
            if name == "log" and reader.peek() == "{" and not seen:
                seen = True
                _read_log(reader, har)
            else:
                reader.value()
        if wrapped:
            reader.skip(_HARP_END)
        if reader.peek():
            what = "a second JSON value" if reader.peek() in "{[" else "what follows"
            rest = reader.malformed(f"the HAR ends before the end of the file; {what} was not read")
            har.unreadable.append(Unreadable(None, str(rest)))
    except Malformed as error:
        if not har.count:
            raise NotHar(f"is not a readable HAR: {error}") from None
        har.unreadable.append(Unreadable(None, str(error)))
    if not seen:
        raise NotHar("is not a HAR: it has no `log`")
    return har


def begin(reader: Reader) -> bool:
    """Passes what harviewer writes before the object; whether there is such. Raises NotHar where nothing is an object."""
    first = reader.peek()
    if not first:
        raise NotHar("is empty")
    if first == "<":
        raise NotHar("is HTML or XML, not a HAR")
    if first == "[":
        raise NotHar("is not a HAR: it is a JSON array, and a HAR is an object with `log`")
    wrapped = first != "{" and reader.skip(_HARP)
    if reader.peek() != "{":
        raise NotHar("is not a HAR, which begins with `{`, and contains no HTTP message")
    return wrapped


def _read_log(reader: Reader, har: Har) -> None:
    for name in reader.members():
        if name == "entries" and reader.peek() == "[":
            _read_entries(reader, har)
        elif name in ("creator", "browser"):
            value = reader.value()
            setattr(har, name, text_of(value.get("name")) if isinstance(value, dict) else "")
        else:
            reader.value()


def _read_entries(reader: Reader, har: Har) -> None:
    """Reads the entries; of many, a number at a time."""
    shared: dict[tuple[str, str], tuple[str, str]] = {}
    slowly = 0
    for _ in reader.elements():
        quickly = not slowly and not har.keeps_bodies and reader.passed >= _SMALL
        text = reader.ahead() if quickly else ""
        entries = _skimmed(text) if text else None
        if entries is None:
            slowly = max(slowly, text.count('"request"'), 1) - 1  # of these elements, one or more is unusual
            _add(reader.value(), har, shared)
            continue
        reader.pass_over(text)
        for entry in entries:
            if har.begun is None and entry.is_unconcerned:
                har.count += 1
            else:
                _add(entry.value(), har, shared)


def _skimmed(text: str) -> list[Skimmed] | None:
    from corsdoctor.captures.skim import skimmed  # what a small file need not load

    return skimmed(text)


def _add(value: Any, har: Har, shared: dict[tuple[str, str], tuple[str, str]]) -> None:
    begun, index = har.begun, har.count
    har.count += 1
    try:
        entry = read_entry(value, index, shared)
        if begun is not None and value["request"]["url"] == begun.href:
            har.entries.pop()  # the same load once more
    except (TypeError, ValueError, AttributeError) as error:
        reason = str(error) if isinstance(error, WrongEntry) else "it is not a HAR entry"
        har.unreadable.append(Unreadable(index, reason))
        return
    if entry is not None:
        har.entries.append(replace(entry, body=body_of(value["request"], entry)) if har.keeps_bodies else entry)
