"""The start of a body is kept, decoded, and never more of it than 64 KiB."""

from __future__ import annotations

import gzip
import sys
import tracemalloc
import zlib
from functools import partial
from types import ModuleType

import pytest

from corsdoctor.transport.body import MOST, decoded
from corsdoctor.wire import Headers
from tests.transport.conftest import answering_once
from tests.transport.test_live import Serve, get, response

TEXT = b"Disallowed CORS origin"
gzipped = partial(gzip.compress, mtime=0)  # the names of the tests are the same in every run
RAW = zlib.compressobj(wbits=-zlib.MAX_WBITS)
RAW_DEFLATE = RAW.compress(TEXT) + RAW.flush()


@pytest.mark.parametrize(
    ("coding", "coded", "text"),
    [
        ("", TEXT, TEXT),
        ("identity", TEXT, TEXT),
        ("gzip", gzipped(TEXT), TEXT),
        ("X-GZip", gzipped(TEXT), TEXT),
        ("deflate", zlib.compress(TEXT), TEXT),
        ("deflate", RAW_DEFLATE, TEXT),
        ("gzip, gzip", gzipped(gzipped(TEXT)), TEXT),
        ("gzip", gzipped(TEXT * 100)[:40], None),
        ("gzip", b"no gzip", b""),
        ("zstd", TEXT, b""),
        ("", b"x" * (MOST + 1), b"x" * MOST),
        ("gzip", gzipped(b"x" * 10_000_000), b"x" * MOST),
    ],
)
def test_a_coding(coding: str, coded: bytes, text: bytes | None) -> None:
    found = decoded(coded, Headers((("Content-Encoding", coding),)) if coding else Headers())
    assert found == text if text is not None else (TEXT * 100).startswith(found)


def test_brotli_without_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "brotli", None)
    assert decoded(b"x", Headers((("Content-Encoding", "br"),))) == b""


class BrotliError(Exception):
    """What the library raises."""


class Decompressor:
    """A stand-in for the library's, with the part of its interface that is used."""

    def process(self, data: bytes, output_buffer_limit: int) -> bytes:
        if data.startswith(b"bad"):
            raise BrotliError
        return (data * 1_000_000)[: output_buffer_limit + 1000]  # its last buffer may exceed the limit


class OldDecompressor:
    """The same before version 1.2: nothing limits what it returns."""

    def process(self, data: bytes) -> bytes:
        return data * 1_000_000


@pytest.mark.parametrize(
    ("decompressor", "coded", "text"),
    [
        (Decompressor, b"x", b"x" * MOST),
        (Decompressor, b"bad", b""),
        (OldDecompressor, b"x", b""),
    ],
)
def test_brotli_with_the_library(
    decompressor: type, coded: bytes, text: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = ModuleType("brotli")
    vars(library).update(error=BrotliError, Decompressor=decompressor)
    monkeypatch.setitem(sys.modules, "brotli", library)
    assert decoded(coded, Headers((("Content-Encoding", "br"),))) == text


@pytest.mark.parametrize(
    ("raw", "body"),
    [
        (b"HTTP/1.1 200 x\r\nContent-Length: 3\r\n\r\nabc", b"abc"),
        (b"HTTP/1.1 404 x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", b"abcde"),
        (b"HTTP/1.1 500 x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nzz\r\n", b"abc"),
        (b"HTTP/1.1 500 x\r\nContent-Length: 9\r\n\r\nabc", b"abc"),
        (b"HTTP/1.1 500 x\r\n\r\nuntil the end", b"until the end"),
        (b"HTTP/1.1 200 x\r\nContent-Type: text/html\r\n\r\n<html>", b"<html>"),
        (b"HTTP/1.1 200 x\r\nContent-Type: text/event-stream\r\n\r\ndata: 1", b""),
        (b"HTTP/1.1 502 x\r\nContent-Length: 99999\r\n\r\n" + b"x" * 99999, b"x" * MOST),
        (b"HTTP/1.1 200 x\r\nContent-Length: 99999\r\n\r\n" + b"x" * 99999, b""),
    ],
)
def test_what_is_kept_of_a_body(serve: Serve, raw: bytes, body: bytes) -> None:
    server = serve(answering_once(raw))
    assert response(get(server.url())).body == body


def test_the_codings_are_undone_from_the_last_to_the_first() -> None:
    coded = zlib.compress(gzip.compress(b"hello"))
    assert decoded(coded, Headers((("Content-Encoding", "gzip, deflate"),))) == b"hello"


def test_a_bomb_is_decoded_no_further_than_what_is_kept() -> None:
    bomb = gzip.compress(bytes(50_000_000))
    tracemalloc.start()
    try:
        assert len(decoded(bomb, Headers((("Content-Encoding", "gzip"),)))) == MOST
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()
