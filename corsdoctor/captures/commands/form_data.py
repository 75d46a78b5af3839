"""Bodies of forms, byte for byte as tools write them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final
from urllib.parse import quote

from corsdoctor.captures.commands.parsed import checked_size
from corsdoctor.record import Record

BOUNDARY: Final = "------------------------corsdoctor000000"
"""Stands for the boundary that a tool makes up, with the length of curl's."""


class Part(Record):
    """One field of a multipart form. `content` is None if it comes from a file that is not read."""

    name: str
    content: bytes | None
    filename: str | None = None
    content_type: str | None = None
    headers: tuple[str, ...] = ()


def escaped(data: bytes) -> str:
    """`data` with all but unreserved characters as %XX."""
    return quote(data, safe="")


def encoded(text: str) -> bytes:
    """`text` in UTF-8; half a pair of surrogates becomes U+FFFD, as in a browser."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").encode()


def url_encoded(pairs: Iterable[tuple[str, str]]) -> str:
    """`pairs` as application/x-www-form-urlencoded. https://url.spec.whatwg.org/#urlencoded-serializing"""
    return "&".join(f"{_url_encoded(name)}={_url_encoded(value)}" for name, value in pairs)


def _url_encoded(text: str) -> str:
    return quote(encoded(text), safe="* ").replace("~", "%7E").replace(" ", "+")


def multipart(parts: Iterable[Part], boundary: str = BOUNDARY) -> bytes:
    """`parts` as multipart/form-data. https://html.spec.whatwg.org/#multipart-form-data Raises NotUnderstood if it is too large."""
    pieces: list[bytes] = []
    size = 0
    for part in parts:
        disposition = f'form-data; name="{_quoted(part.name)}"' if part.name else "form-data"
        if part.filename is not None:
            disposition += f'; filename="{_quoted(part.filename)}"'
        lines = [f"--{boundary}", f"Content-Disposition: {disposition}"]
        lines += [f"Content-Type: {part.content_type}"] if part.content_type else []
        head = "\r\n".join([*lines, *part.headers]) + "\r\n\r\n"
        pieces += _bytes(head), part.content or b"", b"\r\n"
        size += sum(map(len, pieces[-3:]))
        checked_size(size)
    return b"".join((*pieces, f"--{boundary}--\r\n".encode()))


def _bytes(text: str) -> bytes:
    """`text` in UTF-8; a byte that is not UTF-8 stays as it is, and half a pair of surrogates becomes `?`."""
    escaped_only = all(not "\ud800" <= char <= "\udfff" or "\udc80" <= char <= "\udcff" for char in text)
    return text.encode("utf-8", "surrogateescape" if escaped_only else "replace")


def _quoted(text: str) -> str:
    return text.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
