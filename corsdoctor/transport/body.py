"""The start of a response's body, decoded as Content-Encoding says. What can't be decoded counts as empty."""

from __future__ import annotations

import zlib
from importlib import import_module
from typing import Final

from corsdoctor.wire import Headers

MOST: Final = 64 * 1024  # bytes that are kept


def decoded(coded: bytes, headers: Headers) -> bytes:
    """The first 64 KiB of the body whose first bytes are `coded`."""
    codings = [part.strip().lower() for part in (headers.get("Content-Encoding") or "").split(",")]
    for coding in reversed(codings):
        match coding:
            case "" | "identity":
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
    """With the library `brotli`, where it is installed: pip install brotli."""
    try:
        brotli = import_module("brotli")
    except ImportError:
        return b""
    found = bytearray()
    try:
        decompressor = brotli.Decompressor()
        for start in range(0, len(coded), 256):  # a small piece bounds what comes out of it, unless it is a bomb
            found += decompressor.process(coded[start : start + 256])
            if len(found) >= MOST:
                break
    except brotli.error:
        pass
    return bytes(found)
