"""Opens a capture: a HAR, compressed with gzip or not, or the first HAR in a ZIP archive. Nothing is unpacked to disk."""

from __future__ import annotations

import codecs
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from io import BytesIO
from itertools import chain
from typing import BinaryIO, Final

from corsdoctor.captures.har import Har, NotHar, read_har
from corsdoctor.opening import opened

MOST_BYTES: Final = 8_000_000_000
"""The most bytes of a capture, unpacked."""
MOST_ARCHIVE: Final = 500_000_000
"""The most bytes of an archive on standard input, which has to be read whole."""
_CHUNK: Final = 1 << 18
_FREED: Final = 4_000_000
"""How many bytes are freed once. glibc then keeps pieces of that size instead of giving each back to the kernel."""
_BEGINNING: Final = 65_536
"""The number of bytes that show whether a file is a transcript or a HAR."""
_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

_DAMAGED: tuple[type[Exception], ...] = (zlib.error, zipfile.BadZipFile, EOFError)
"""What reading a damaged archive raises."""
with suppress(ImportError):  # a Python may be built without it
    from lzma import LZMAError

    _DAMAGED += (LZMAError,)


@contextmanager
def opened_capture(path: str, read: Callable[[int], object] = int) -> Iterator[Iterator[bytes]]:
    """The capture in `path`, "-" for standard input, as chunks of UTF-8 without a byte order mark.

    `read` is called with the size of each chunk that was read of the file. Raises OSError, and NotHar if the file is not
    a HAR or an archive of one, or has more than MOST_BYTES.
    """
    with opened(path) as stream, decoded_capture(stream, read) as chunks:
        yield chunks


@contextmanager
def decoded_capture(stream: BinaryIO, read: Callable[[int], object] = int) -> Iterator[Iterator[bytes]]:
    """The same, of a file that is open."""
    bytes(_FREED)
    first = stream.read(4)
    if first.startswith(b"PK\x03\x04"):
        with _member(_seekable(stream, first)) as member:
            yield _decoded(_chunks(member, b"", read))
    else:
        raw = _chunks(stream, first, read)
        yield _decoded(_inflated(raw) if first.startswith(b"\x1f\x8b") else raw)


def read_capture(chunks: Iterator[bytes], *, bodies: bool = False) -> Har:
    """The HAR or the transcript in `chunks` of UTF-8, recognized by how they begin. Raises NotHar.

    With `bodies`, entries of a HAR have those of the requests.
    """
    transcript, chunks = _told(chunks)
    if not transcript:
        return read_har(chunks, bodies=bodies)
    from corsdoctor.captures.transcript import MOST_BYTES as MOST_TRANSCRIPT  # what a HAR need not load
    from corsdoctor.captures.transcript import read_transcript

    data = bytearray()
    for chunk in chunks:
        data += chunk
        if len(data) > MOST_TRANSCRIPT:
            raise NotHar(f"is larger than {MOST_TRANSCRIPT // 1_000_000} MB, which is the limit for a transcript")
    return read_transcript(bytes(data))


def har_only(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The same chunks. Raises NotHar if they are a transcript."""
    transcript, chunks = _told(chunks)
    if transcript:
        raise NotHar("is a transcript; --redact writes HAR files")
    return chunks


def _told(chunks: Iterator[bytes]) -> tuple[bool, Iterator[bytes]]:
    """Whether the text in `chunks` is a transcript, and all of the text."""
    first = b""
    for chunk in chunks:
        first += chunk
        if len(first) >= _BEGINNING or first.lstrip().startswith(b"{"):
            break
    whole = chain([first], chunks)
    if first.lstrip().startswith(b"{"):
        return False, whole
    from corsdoctor.captures.transcript_recognition import is_transcript  # what a HAR need not load

    return is_transcript(first[:_BEGINNING].decode("latin-1")), whole


def _chunks(stream: BinaryIO, first: bytes, read: Callable[[int], object]) -> Iterator[bytes]:
    total = 0
    try:
        chunk = first or stream.read(_CHUNK)
        while chunk:
            total += len(chunk)
            read(len(chunk))
            if total > MOST_BYTES:
                raise NotHar(f"is larger than {MOST_BYTES // 1_000_000_000} GB")
            yield chunk
            chunk = stream.read(_CHUNK)
    except _DAMAGED:  # it ends here, which the reader of what it holds reports with the place
        if not total:
            raise NotHar("is a ZIP archive that cannot be unpacked") from None


def _inflated(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """What gzip made `chunks` of. Where it is damaged, it ends; raises NotHar if it is from the start."""
    total, inflate = 0, zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        for data in chunks:
            rest = data
            while rest:
                piece = inflate.decompress(rest, _CHUNK)
                rest = inflate.unconsumed_tail or inflate.unused_data
                total += len(piece)
                if total > MOST_BYTES:
                    raise NotHar(f"is larger than {MOST_BYTES // 1_000_000_000} GB when unpacked")
                yield piece
                if inflate.eof:
                    inflate = zlib.decompressobj(zlib.MAX_WBITS | 16)
    except zlib.error:
        pass
    if not total:
        raise NotHar("is a gzip file that cannot be unpacked")


def _decoded(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """`chunks` in UTF-8, whatever their byte order mark says."""
    start = b""
    for chunk in chunks:
        start += chunk
        if len(start) >= len(codecs.BOM_UTF32_LE):
            break
    mark, encoding = next(((mark, name) for mark, name in _BOMS if start.startswith(mark)), (b"", ""))
    if not mark and b"\0" in start[:4]:
        encoding = "utf-16-le" if start[1:2] == b"\0" else "utf-16-be"
    start = start[len(mark) :]
    if encoding in ("", "utf-8"):
        yield start
        yield from chunks
        return
    decode = codecs.getincrementaldecoder(encoding)("replace")
    yield decode.decode(start).encode("utf-8", "replace")
    for chunk in chunks:
        yield decode.decode(chunk).encode("utf-8", "replace")


def _seekable(stream: BinaryIO, first: bytes) -> BinaryIO:
    """`stream` from its start; read whole if it is a pipe."""
    if stream.seekable():
        stream.seek(0)
        return stream
    data = first + stream.read(MOST_ARCHIVE)
    if len(data) > MOST_ARCHIVE:
        raise NotHar(
            f"is larger than {MOST_ARCHIVE // 1_000_000} MB, which is the limit for an archive on standard input"
        )
    return BytesIO(data)


@contextmanager
def _member(stream: BinaryIO) -> Iterator[BinaryIO]:
    """The first HAR of an archive."""
    try:
        archive = zipfile.ZipFile(stream)
        names = [name for name in archive.namelist() if name.lower().endswith(".har")]
        if not names:
            raise NotHar("is a ZIP archive without a .har file")
        member = archive.open(names[0])
    except NotHar:
        raise
    except (zipfile.BadZipFile, RuntimeError, ValueError) as error:  # of an unknown method, a damaged name or place
        why = "is encrypted" if isinstance(error, RuntimeError) and "password" in str(error) else "cannot be unpacked"
        raise NotHar(f"is a ZIP archive that {why}") from None
    with archive, member:
        yield member  # type: ignore[misc]  # an IO[bytes] that is read only
