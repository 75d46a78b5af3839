"""The start of a response's body, decoded as Content-Encoding says. What can't be decoded counts as empty."""

from __future__ import annotations

import zlib
from importlib import import_module
from typing import Final

from corsdoctor.wire import Headers

MOST: Final = 64 * 1024  # bytes that are kept


def decoded(coded: bytes, headers: Headers) -> bytes:
    """The first 64 KiB of the body whose first bytes are `coded`."""
    for coding in reversed(headers.elements("Content-Encoding")):
        match coding.lower():
            case "identity":
                continue
            case "gzip" | "x-gzip":
                coded = _inflated(coded, zlib.MAX_WBITS | 16)
            case "deflate":  # with or without a zlib header: servers send both
                coded = _inflated(coded, zlib.MAX_WBITS) or _inflated(coded, -zlib.MAX_WBITS)
            case "br":
                coded = _unbrotlied(coded)
            case _:
                return b""
    return bytes(coded[:MOST])


def _inflated(coded: bytes, window: int) -> bytes:
    try:
        return zlib.decompressobj(window).decompress(coded, MOST)
    except zlib.error:
        return b""


def _unbrotlied(coded: bytes) -> bytes:
    """With the library `brotli`, version 1.2 or later, where it is installed: pip install brotli."""
    try:
        brotli = import_module("brotli")
    except ImportError:
        return b""
    try:
        found: bytes = brotli.Decompressor().process(coded, output_buffer_limit=MOST)
    except TypeError:  # an older version cannot limit its output, and a few bytes can grow to gigabytes
        return b""
    except brotli.error:
        return b""
    return found
