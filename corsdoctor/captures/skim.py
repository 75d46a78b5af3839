"""Reads entries of a HAR as far as it takes to see that CORS does not concern them, which is true of nearly all in most files.

msgspec checks that the rest is JSON, and makes objects of nothing that no one asks for.
"""

from __future__ import annotations

from json import JSONDecoder
from typing import Any, Final

from msgspec import DecodeError, Raw, Struct, field
from msgspec.json import Decoder, decode

from corsdoctor.captures.told import TOLD

_NOTHING: Final = Raw(b"null")
_read_json: Final = JSONDecoder(parse_int=float).decode  # as captures.json_stream reads it


class _Request(Struct, gc=False):
    url: str
    method: str
    headers: Raw = _NOTHING


class _Response(Struct, gc=False):
    status: int
    headers: Raw = _NOTHING
    content: Raw = _NOTHING
    version: Raw = field(default=_NOTHING, name="httpVersion")
    reason: Raw = field(default=_NOTHING, name="statusText")
    error: Raw = field(default=_NOTHING, name="_error")
    failure: Raw = field(default=_NOTHING, name="_failureText")


class Skimmed(Struct, gc=False):
    """An entry, of which only what decides was read."""

    request: _Request
    response: _Response
    resource_type: Raw = field(default=_NOTHING, name="_resourceType")
    told: Raw = field(default=_NOTHING, name=TOLD)

    @property
    def is_unconcerned(self) -> bool:
        """Whether captures.har would leave it out, because its response is not a redirect and it has no Origin."""
        status, headers = self.response.status, bytes(self.request.headers).lower()
        final = 100 <= status < 300 or 400 <= status <= 999
        return final and b'"origin"' not in headers and b"\\u" not in headers and bytes(self.told) == b"null"

    def value(self) -> Any:
        """The JSON value of the entry, as far as captures.har reads it."""
        request, response = self.request, self.response
        return {
            "request": {"url": request.url, "method": request.method, "headers": _value(request.headers)},
            "response": {
                "status": float(response.status),
                "headers": _value(response.headers),
                "content": _value(response.content),
                "httpVersion": _value(response.version),
                "statusText": _value(response.reason),
                "_error": _value(response.error),
                "_failureText": _value(response.failure),
            },
            "_resourceType": _value(self.resource_type),
            TOLD: _value(self.told),
        }


_decode: Final = Decoder(list[Skimmed]).decode


def skimmed(text: str) -> list[Skimmed] | None:
    """The entries in `text`, which is a JSON array without its brackets.

    None if it is not JSON, or an entry lacks something or has a value of another type than usual.
    """
    try:
        return _decode(f"[{text}]")
    except (DecodeError, RecursionError):
        return None


def _value(raw: Raw) -> Any:
    """The value of a member; msgspec refuses surrogates, and numbers that JSON has not."""
    try:
        return decode(raw)
    except DecodeError:
        return _read_json(str(raw, "utf-8"))
