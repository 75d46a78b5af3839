"""Makes HARs for tests."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from corsdoctor.captures.har import Har, read_har

PAGE, API = "https://app.example", "https://api.example/items"
GRANT = {"Access-Control-Allow-Origin": PAGE}


def entry(
    method: str = "GET",
    url: str = API,
    asked: Mapping[str, str] | None = None,
    status: object = 200,
    answered: Mapping[str, str] | None = None,
    **more: Any,
) -> dict[str, Any]:
    """An entry of a HAR: request headers `asked` (an Origin by default), and the response with headers `answered`.

    `more` are further members of the entry; `error` is that of the response.
    """
    error = more.pop("error", None)
    return {
        "request": {"method": method, "url": url, "headers": lines({"Origin": PAGE} if asked is None else asked)},
        "response": {"status": status, "headers": lines(answered or {})} | ({"_error": error} if error else {}),
        **more,
    }


def preflight(method: str, names: str = "", url: str = API, status: int = 204, **answered: str) -> dict[str, Any]:
    """A preflight request for `method` and the header `names`; `answered` has _ in place of -."""
    asked = {"Origin": PAGE, "Access-Control-Request-Method": method}
    if names:
        asked["Access-Control-Request-Headers"] = names
    headers = {name.replace("_", "-"): value for name, value in answered.items()}
    return entry("OPTIONS", url, asked, status, headers)


def lines(headers: Mapping[str, str]) -> list[dict[str, str]]:
    """Header lines as a HAR has them."""
    return [{"name": name, "value": value} for name, value in headers.items()]


def text(*entries: Any, creator: str = "WebInspector", **more: Any) -> bytes:
    """A HAR of `entries`; `more` are further members of log."""
    return json.dumps({"log": {"version": "1.2", "creator": {"name": creator}, **more, "entries": entries}}).encode()


def read(*entries: Any, creator: str = "WebInspector", **more: Any) -> Har:
    """The same, read."""
    return read_har([text(*entries, creator=creator, **more)])


def pieces(data: bytes, size: int) -> Iterator[bytes]:
    """`data` in pieces of `size` bytes."""
    return (data[start : start + size] for start in range(0, len(data), size))
