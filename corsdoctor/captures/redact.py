"""Writes a HAR without its secrets: what remains is what rules of CORS ask for, and what the format requires.

Only what is listed here is written. URLs and header values keep their shape, names and hosts stay, bodies are left out.
"""

from __future__ import annotations

import json
from collections.abc import Container, Iterable, Iterator
from typing import Any, Final
from urllib.parse import unquote

from corsdoctor.captures.entry import read_entry
from corsdoctor.captures.har import begin
from corsdoctor.captures.harmless import Harmless
from corsdoctor.captures.json_stream import Malformed, Reader
from corsdoctor.captures.told import TOLD, read_told

_HUGE: Final = 1e300  # NaN is not below it either
_ENTRY: Final = (
    "startedDateTime",
    "time",
    "pageref",
    "serverIPAddress",
    "connection",
    "_resourceType",
    "_priority",
    "_fetchType",
    "_serverPort",
)
_REQUEST: Final = ("httpVersion", "headersSize", "bodySize")
_RESPONSE: Final = (
    "status",
    "statusText",
    "httpVersion",
    "headersSize",
    "bodySize",
    "_transferSize",
    "_error",
    "_failureText",
)
_CONTENT: Final = ("size", "mimeType")
_COOKIE: Final = ("path", "domain", "expires", "httpOnly", "secure", "sameSite")
_PAGE: Final = ("startedDateTime", "id", "title")
_PAGE_TIMINGS: Final = ("onContentLoad", "onLoad")
_TIMINGS: Final = ("blocked", "dns", "connect", "ssl", "send", "wait", "receive")


class Redaction:
    """Redacts one HAR, in two passes: `lines` of the HAR, then `again` of its lines.

    Once it is written, `harmless` counts its secrets, and `ends` says why it ends early, if it does.
    With `only_cors`, the entries that CORS does not concern are left out, as far as each shows it by itself.
    """

    def __init__(self, *, only_cors: bool = False) -> None:
        self.harmless = Harmless()
        self.ends: str | None = None
        self._only_cors = only_cors

    def lines(self, chunks: Iterable[bytes]) -> Iterator[str]:
        """The redacted HAR, each entry in a line. Raises NotHar if nothing of it can be used."""
        reader = Reader(chunks)
        begin(reader)
        rest: dict[str, Any] = {}
        yield from separated(self._lines(reader, rest))

    def again(self, lines: Iterable[str], wanted: Container[int] | None) -> Iterator[str]:
        """The lines without what is a secret elsewhere, with those of its entries whose index is `wanted`, or with all."""
        bare = (line.rstrip(",\n") for line in lines)
        yield from separated(
            self.harmless.again(line)
            for index, line in enumerate(bare, -1)
            if wanted is None or index < 0 or line.startswith("]") or index in wanted
        )

    def _lines(self, reader: Reader, rest: dict[str, Any]) -> Iterator[str]:
        yield '{"log": {"version": "1.2", "entries": ['
        try:
            for value in self._entries(reader, rest):
                if not self._only_cors or _concerns_cors(value):
                    yield self._entry(value)
        except Malformed as error:
            self.ends = str(error)
        more = "".join(f", {_json(name)}: {_json(value)}" for name, value in rest.items())
        yield f"]{more}}}}}"

    def _entries(self, reader: Reader, rest: dict[str, Any]) -> Iterator[Any]:
        """The elements of log.entries. What is kept of the other members of `log` is added to `rest`."""
        for name in reader.members():
            if name != "log" or reader.peek() != "{":
                reader.value()
                continue
            for member in reader.members():
                if member == "entries" and reader.peek() == "[":
                    yield from (reader.value() for _ in reader.elements())
                else:
                    self._member(member, reader.value(), rest)

    def _member(self, name: str, value: Any, rest: dict[str, Any]) -> None:
        if name in ("creator", "browser") and isinstance(value, dict):
            rest[name] = {key: self._scalar(value.get(key)) or "" for key in ("name", "version")}
        elif name == "pages" and isinstance(value, list):
            rest[name] = [self._page(page) for page in value if isinstance(page, dict)]

    def _page(self, page: dict[str, Any]) -> dict[str, Any]:
        timings = page.get("pageTimings")
        return {
            **self._kept(page, _PAGE),
            "pageTimings": self._kept(timings, _PAGE_TIMINGS) if isinstance(timings, dict) else {},
        }

    def _entry(self, value: Any) -> str:
        if not isinstance(value, dict):
            return "null"
        entry = self._kept(value, _ENTRY)
        if isinstance(value.get("_initiator"), dict):
            entry["_initiator"] = self._kept(value["_initiator"], ("type",))
        if read_told(value.get(TOLD)) is not None:
            entry[TOLD] = self._told(value[TOLD])
        if isinstance(value.get("request"), dict):
            entry["request"] = self._request(value["request"])
        if isinstance(value.get("response"), dict):
            entry["response"] = self._response(value["response"])
        entry["cache"] = {}
        entry["timings"] = self._kept(value["timings"], _TIMINGS) if isinstance(value.get("timings"), dict) else {}
        return _json(entry)

    def _told(self, told: dict[str, Any]) -> dict[str, Any]:
        """The request of the script, where corsdoctor wrote the file."""
        request = told["request"]
        headers = [[name, self.harmless.header(name, value)] for name, value in request["headers"]]
        sent_by = self._kept(told["sent_by"], told["sent_by"])
        return {
            **self._kept(told, ("number",)),
            "browsers": [self._scalar(name) for name in told["browsers"]],
            "sent_by": sent_by,
            "request": {**self._kept(request, request), "url": self.harmless.url(request["url"]), "headers": headers},
        }

    def _request(self, request: dict[str, Any]) -> dict[str, Any]:
        url = request.get("url")
        made: dict[str, Any] = {"method": self._scalar(request.get("method"))}
        if isinstance(url, str):
            made["url"] = self.harmless.url(url)
            made["queryString"] = _query(made["url"])
        made |= self._kept(request, _REQUEST) | self._message(request)
        if isinstance(request.get("postData"), dict):
            made["postData"] = {"mimeType": self._scalar(request["postData"].get("mimeType")) or ""}
        return made

    def _response(self, response: dict[str, Any]) -> dict[str, Any]:
        content, target = response.get("content"), response.get("redirectURL")
        return {
            **self._kept(response, _RESPONSE),
            **self._message(response),
            "content": self._kept(content, _CONTENT) if isinstance(content, dict) else {},
            "redirectURL": self.harmless.url(target) if isinstance(target, str) else "",
        }

    def _message(self, message: dict[str, Any]) -> dict[str, Any]:
        """The headers and the cookies of a request or a response."""
        headers, cookies = message.get("headers"), message.get("cookies")
        if isinstance(headers, dict):
            headers = [{"name": name, "value": value} for name, value in headers.items()]
        return {
            "headers": [self._header(one) for one in _dicts(headers)],
            "cookies": [
                {
                    "name": self._scalar(one.get("name")),
                    "value": self._secret(one.get("value")),
                    **self._kept(one, _COOKIE),
                }
                for one in _dicts(cookies)
            ],
        }

    def _header(self, header: dict[str, Any]) -> dict[str, Any]:
        name, value = header.get("name"), header.get("value")
        if not isinstance(name, str) or not isinstance(value, str):
            return {"name": self._scalar(name), "value": None}
        return {"name": name, "value": "\n".join(self.harmless.header(name, line) for line in value.split("\n"))}

    def _secret(self, value: Any) -> Any:
        return self.harmless.secret(value) if isinstance(value, str) else None

    def _kept(self, value: dict[str, Any], names: Iterable[str]) -> dict[str, Any]:
        return {name: self._scalar(value[name]) for name in names if name in value}

    def _scalar(self, value: Any) -> Any:
        """A value that is neither a list nor an object; NaN and infinities, which are not JSON, are left out."""
        if isinstance(value, str):
            return self.harmless.text(value)
        if isinstance(value, float):
            return int(value) if value.is_integer() else value if abs(value) < _HUGE else None
        return value if isinstance(value, bool) else None


def _concerns_cors(value: Any) -> bool:
    """Whether CORS may concern the entry that `value` is."""
    try:
        return read_entry(value, 0, {}) is not None
    except (TypeError, ValueError, AttributeError):
        return False


def separated(lines: Iterable[str]) -> Iterator[str]:
    """`lines` with a comma behind each entry but the last."""
    before = ""
    for line in lines:
        if before:
            yield before + ("\n" if before.endswith("[") or line.startswith("]") else ",\n")
        before = line
    yield f"{before}\n"


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _query(url: str) -> list[dict[str, str]]:
    """The parameters of a URL that has been redacted."""
    parts = url.partition("#")[0].partition("?")[2].split("&")
    pairs = (part.partition("=") for part in parts if part)
    return [{"name": unquote(name), "value": unquote(value.replace("+", " "))} for name, _, value in pairs]


def _json(value: Any) -> str:
    return json.dumps(value)
