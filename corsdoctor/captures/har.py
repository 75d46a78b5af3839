"""Reads HAR 1.2 files of browsers, proxies and test tools, as far as CORS concerns what is in them.

http://www.softwareishard.com/blog/har-12-spec/. Whatever is missing or of another type than it should be is read as
far as it goes: a file of a developer is never refused for a detail that no rule of CORS asks for.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from corsdoctor.captures.json_stream import KEPT, Malformed, Reader
from corsdoctor.url import URL, parse
from corsdoctor.wire import MAX_HEAD, MAX_LINES, Headers, Response, ascii_lower

if TYPE_CHECKING:
    from corsdoctor.captures.skim import Skimmed

_LONGEST_ESCAPE: Final = 14  # bytes that a cut may take off, with the quotation marks
_ACRM: Final = "access-control-request-method"
_HARP: Final = re.compile(r"[A-Za-z_$][\w$.]*\s*\(")
_HARP_END: Final = re.compile(r"[)\s;]*")
_STATUS: Final = re.compile(r"[1-9][0-9]{2}")
NO_CORS: Final = frozenset({"navigate", "no-cors", "same-origin", "websocket", "nested-navigate"})
_NEVER_CORS: Final = frozenset({"document", "websocket", "webtransport", "ping", "cspreport", "csp-violation-report"})
_ELEMENTS: Final = frozenset({"image", "script", "stylesheet", "media", "other"})
"""Resource types whose mode is no-cors, unless an attribute changes it."""
_FEW: Final = 100
"""Entries that are read before msgspec is worth loading."""
_ENGINES: Final = (
    (re.compile(r"firefox", re.I), "firefox"),
    (re.compile(r"webinspector|chrom|edge|edg/|opr/", re.I), "chromium"),
    (re.compile(r"webkit web inspector|safari|applewebkit|^webkit$", re.I), "webkit"),
)
_AGENTS: Final = (("Firefox/", "firefox"), ("Chrome/", "chromium"), ("AppleWebKit/", "webkit"))


class NotHar(ValueError):
    """The text is not a HAR; the message is the end of a sentence that begins with the file's name."""


Lines = tuple[tuple[str, str], ...]


class Answer(NamedTuple):
    """The response of an entry; `body` is its beginning."""

    status: int
    lines: Lines
    reason: str
    http_version: str
    body: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One request of a capture, with its answer.

    `index` is that in log.entries. `answer` is None if the capture has none, and `error` what the browser says of
    that ("net::ERR_FAILED"), or "". `resource_type` is Chromium's, in lower case, or "". `body` is that of the request, None
    if the capture does not have all of it; it is read if the Har keeps bodies. There may be a million entries, so what can
    be made of these is made when it is needed.
    """

    index: int
    method: str
    href: str
    lines: Lines
    answer: Answer | None
    error: str
    resource_type: str
    body: bytes | None = b""

    @property
    def url(self) -> URL:
        """The URL of the request."""
        url = parse(self.href)
        assert url is not None  # or there would be no entry
        return url

    @property
    def headers(self) -> Headers:
        """The header lines of the request."""
        return Headers(self.lines)

    @property
    def response(self) -> Response | None:
        """The response, None if the capture has none."""
        if self.answer is None:
            return None
        status, lines, reason, version, body = self.answer
        return Response(status, Headers(lines), reason, version, body=body.encode("utf-8", "replace"))

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing but a URL: WebKit begins the load of media with such an entry."""
        return self.answer is None and not self.lines

    @property
    def is_preflight(self) -> bool:
        """Whether this is a CORS-preflight request."""
        return self.method == "OPTIONS" and any(ascii_lower(name) == _ACRM for name, _ in self.lines)


class Unreadable(NamedTuple):
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
    wrapped = _begin(reader)
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


def _begin(reader: Reader) -> bool:
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
            setattr(har, name, _text(value.get("name")) if isinstance(value, dict) else "")
        else:
            reader.value()


def _read_entries(reader: Reader, har: Har) -> None:
    """Reads the entries; of many, a number at a time."""
    shared: dict[tuple[str, str], tuple[str, str]] = {}
    slowly = _FEW
    for _ in reader.elements():
        text = "" if slowly or har.keeps_bodies else reader.ahead()
        entries = _skimmed(text) if text else None
        if entries is None:
            slowly = max(1, slowly, text.count('"request"')) - 1  # of these elements, one or more is unusual
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
        entry = _entry(value, index, shared)
        if begun is not None and value["request"]["url"] == begun.href:
            har.entries.pop()  # the same load once more
    except (TypeError, ValueError, AttributeError) as error:
        reason = str(error) if isinstance(error, _Wrong) else "it is not a HAR entry"
        har.unreadable.append(Unreadable(index, reason))
        return
    if entry is not None:
        har.entries.append(replace(entry, body=_body(value["request"], entry)) if har.keeps_bodies else entry)


class _Wrong(ValueError):
    """What is wrong with an entry."""


def _entry(value: Any, index: int, shared: dict[tuple[str, str], tuple[str, str]]) -> Entry | None:
    """The entry, or None if no rule of CORS concerns it. `shared` has each header line once."""
    if not isinstance(value, dict) or not isinstance(value.get("request"), dict):
        raise _Wrong("it has no `request` object")
    request, response = value["request"], value.get("response")
    href, method = request.get("url"), request.get("method")
    if not isinstance(href, str) or not isinstance(method, str):
        raise _Wrong("its request has no `url` or no `method`")
    resource_type = _text(value.get("_resourceType")).lower()
    headers = _pairs(request.get("headers"))
    by_name = {name.lower(): text for name, text in headers if isinstance(name, str)}
    if _text(by_name.get("sec-fetch-mode")).lower() in NO_CORS or resource_type in _NEVER_CORS:
        return None
    response = response if isinstance(response, dict) else {}
    status = _status(response.get("status"))
    redirects = status is not None and 300 <= status < 400
    if "origin" not in by_name and status is not None and not redirects:
        return None  # it was sent without an Origin, so it was not a request with mode cors to another origin
    url = parse(href)
    if url is None or not url.is_http or status == 101:
        return None
    if len(href) > MAX_HEAD:
        raise _Wrong(f"its URL is longer than {MAX_HEAD // 1024} KiB")
    answer = None
    if status is not None:
        content = response.get("content")
        body = _text(content.get("text"))[:KEPT] if isinstance(content, dict) and not content.get("encoding") else ""
        version = _text(response.get("httpVersion")).lower().removeprefix("http/") or "1.1"
        answered = _lines(_pairs(response.get("headers")), shared)
        answer = Answer(status, answered, _latin1(_text(response.get("statusText"))), version, body)
    error = _text(response.get("_error")) or _text(response.get("_failureText"))
    if resource_type in _ELEMENTS and answer is None and error not in ("", "net::ERR_FAILED"):
        return None  # without header lines its mode is unknown, and it was not CORS that ended it
    return Entry(index, method, url.href, _lines(headers, shared), answer, error, resource_type)


def _body(request: dict[str, Any], entry: Entry) -> bytes | None:
    """The body of a request, None if the capture does not have all of it."""
    data, size = request.get("postData"), request.get("bodySize")
    length = entry.headers.get("Content-Length") or ""
    if not isinstance(data, dict):
        expects = length.strip("0 ") or (isinstance(size, float) and size > 0)
        return None if expects else b""
    text = _text(data.get("text"))
    body = text.encode("utf-8", "replace")
    cut = len(json.dumps(text)) > KEPT - _LONGEST_ESCAPE or (length.isdigit() and int(length) != len(body))
    return None if cut or (not text and data.get("params")) else body


def _pairs(value: Any) -> list[tuple[Any, Any]]:
    """The names and values of a list of {name, value}, or of an object, as they stand in the file."""
    if isinstance(value, dict):
        return list(value.items())
    if isinstance(value, list):
        return [(one.get("name"), one.get("value")) for one in value if isinstance(one, dict)]
    return []


def _lines(pairs: Iterable[tuple[Any, Any]], shared: dict[tuple[str, str], tuple[str, str]]) -> Lines:
    """The header lines; repeated ones that were joined by a line feed are apart.

    Pseudo-headers of HTTP/2 are not headers. `shared` has each line once, so that equal lines are one object. Raises
    _Wrong for more than a browser takes: time and memory would have no limit.
    """
    lines, size = [], 0
    for name, text in pairs:
        if isinstance(name, str) and name and not name.startswith(":"):
            for line in _text(text).split("\n"):
                pair = _latin1(name), _latin1(line).strip("\r\t ")
                lines.append(shared.setdefault(pair, pair))
                size += len(pair[0]) + len(pair[1])
    if len(lines) > MAX_LINES or size > MAX_HEAD:
        raise _Wrong(f"it has more than {MAX_LINES:,} header lines or {MAX_HEAD // 1024} KiB of them")
    return tuple(lines)


def _status(value: Any) -> int | None:
    """The status code, None if there was no response."""
    if isinstance(value, str):
        return int(value) if _STATUS.fullmatch(value.strip()) else None
    if isinstance(value, float) and 100 <= value <= 999:
        return int(value)
    return None


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _latin1(text: str) -> str:
    """`text` with one character for each byte, as corsdoctor.wire has it."""
    if text.isascii():
        return text
    try:
        text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode("latin-1")
    return text
