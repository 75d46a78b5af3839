"""One entry of a HAR, as far as CORS concerns it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from corsdoctor.captures.json_stream import KEPT
from corsdoctor.captures.told import TOLD, Told, read_told
from corsdoctor.fetch.headers import TOKEN
from corsdoctor.record import Record
from corsdoctor.url import URL, parse
from corsdoctor.wire import MAX_HEAD, MAX_LINES, Headers, Response, ascii_lower

_LONGEST_ESCAPE: Final = 14  # bytes that a cut may take off, with the quotation marks
_ACRM: Final = "access-control-request-method"
_STATUS: Final = re.compile(r"[1-9][0-9]{2}")
NO_CORS: Final = frozenset({"navigate", "no-cors", "same-origin", "websocket", "nested-navigate"})
_NEVER_CORS: Final = frozenset({"document", "websocket", "webtransport", "ping", "cspreport", "csp-violation-report"})
_ELEMENTS: Final = frozenset({"image", "script", "stylesheet", "media", "other"})
"""Resource types whose mode is no-cors, unless an attribute changes it."""

Lines = tuple[tuple[str, str], ...]


class Answer(Record):
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
    if the capture does not have all of it; it is read if the Har keeps bodies. `told` is what corsdoctor wrote down of the
    request, in a file of its own. There may be a million entries, so what can be made of these is made when it is needed.
    """

    index: int
    method: str
    href: str
    lines: Lines
    answer: Answer | None
    error: str
    resource_type: str
    body: bytes | None = b""
    told: Told | None = None

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


class WrongEntry(ValueError):
    """The entry cannot be read; the message says why."""


def read_entry(value: Any, index: int, shared: dict[tuple[str, str], tuple[str, str]]) -> Entry | None:
    """The entry, or None if no rule of CORS concerns it. `shared` has each header line once. Raises WrongEntry."""
    if not isinstance(value, dict) or not isinstance(value.get("request"), dict):
        raise WrongEntry("it has no `request` object")
    request, response = value["request"], value.get("response")
    href, method = request.get("url"), request.get("method")
    if not isinstance(href, str) or not isinstance(method, str):
        raise WrongEntry("its request has no `url` or no `method`")
    if TOKEN.fullmatch(method) is None:
        raise WrongEntry("its `method` is not an HTTP method")
    resource_type = text_of(value.get("_resourceType")).lower()
    headers = _pairs(request.get("headers"))
    response = response if isinstance(response, dict) else {}
    status = _status(response.get("status"))
    error = text_of(response.get("_error")) or text_of(response.get("_failureText"))
    told = read_told(value.get(TOLD))
    if told is None and not _may_be_cors(resource_type, headers, status, error):
        return None
    url = parse(href)
    if url is None or not url.is_http:
        return None
    answer = None
    if status is not None:
        content = response.get("content")
        body = text_of(content.get("text"))[:KEPT] if isinstance(content, dict) and not content.get("encoding") else ""
        version = text_of(response.get("httpVersion")).lower().removeprefix("http/") or "1.1"
        answered = _lines(_pairs(response.get("headers")), shared)
        answer = Answer(status, answered, _latin1(text_of(response.get("statusText"))), version, body)
    entry = Entry(index, method, url.href, _lines(headers, shared), answer, error, resource_type, told=told)
    check_size(entry)
    return entry


def check_size(entry: Entry) -> None:
    """Raises WrongEntry for more than a browser takes: the time and memory of a report would have no limit."""
    if len(entry.href) > MAX_HEAD:
        raise WrongEntry(f"its URL is longer than {MAX_HEAD // 1024} KiB")
    for lines in (entry.lines, entry.answer.lines if entry.answer else ()):
        if len(lines) > MAX_LINES or sum(len(name) + len(value) for name, value in lines) > MAX_HEAD:
            raise WrongEntry(f"it has more than {MAX_LINES:,} header lines or {MAX_HEAD // 1024} KiB of them")


def _may_be_cors(resource_type: str, headers: Iterable[tuple[Any, Any]], status: int | None, error: str) -> bool:
    """Whether the entry may be of a request with mode cors to another origin."""
    by_name = {name.lower(): text for name, text in headers if isinstance(name, str)}
    if text_of(by_name.get("sec-fetch-mode")).lower() in NO_CORS or resource_type in _NEVER_CORS:
        return False
    if status is None:  # without header lines, the mode of an element is unknown; CORS ends a request with ERR_FAILED
        return resource_type not in _ELEMENTS or error in ("", "net::ERR_FAILED")
    return status != 101 and ("origin" in by_name or 300 <= status < 400)  # with mode cors it is sent with an Origin


def body_of(request: dict[str, Any], entry: Entry) -> bytes | None:
    """The body of a request, None if the capture does not have all of it."""
    data, size = request.get("postData"), request.get("bodySize")
    length = entry.headers.get("Content-Length") or ""
    if not isinstance(data, dict):
        expects = length.strip("0 ") or (isinstance(size, float) and size > 0)
        return None if expects else b""
    text = text_of(data.get("text"))
    body = text.encode("utf-8", "replace")
    cut = len(json.dumps(text)) > KEPT - _LONGEST_ESCAPE or (length.isdecimal() and float(length) != len(body))
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

    Pseudo-headers of HTTP/2 are not headers. `shared` has each line once, so that equal lines are one object.
    """
    lines = []
    for name, text in pairs:
        if isinstance(name, str) and name and not name.startswith(":"):
            for line in text_of(text).split("\n"):
                pair = _latin1(name), _latin1(line).strip("\r\t ")
                lines.append(shared.setdefault(pair, pair))
    return tuple(lines)


def _status(value: Any) -> int | None:
    """The status code, None if there was no response."""
    if isinstance(value, str):
        return int(value) if _STATUS.fullmatch(value.strip()) else None
    if isinstance(value, float) and 100 <= value <= 999:
        return int(value)
    return None


def text_of(value: Any) -> str:
    """`value` if it is a string, otherwise ""."""
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
