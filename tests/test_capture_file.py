"""Captures in files and pipes, packed and not: how much of one is read at most, and what is said of more."""

from __future__ import annotations

import codecs
import gzip
import zipfile
from collections.abc import Callable, Iterator
from io import BytesIO

import pytest

from corsdoctor import capture_file
from corsdoctor.capture_file import decoded_capture, har_only, read_capture
from corsdoctor.captures import transcript
from corsdoctor.captures.har import NotHar
from tests.captures.hars import entry, text

HAR = text(*[entry()] * 40)
TRANSCRIPT = b"> GET /x HTTP/1.1\n> Host: api.example\n> Origin: https://app.example\n>\n< HTTP/1.1 200 OK\n<\n"


class Pipe(BytesIO):
    """Can be read once only."""

    def seekable(self) -> bool:
        return False


def zipped(data: bytes, *names: str, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """An archive of files that all hold `data`."""
    file = BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name in names or ("a.har",):
            archive.writestr(name, data)
    return file.getvalue()


def entries(data: bytes) -> int:
    with decoded_capture(BytesIO(data)) as chunks:
        return read_capture(chunks).count


def told(data: bytes, kind: Callable[[bytes], BytesIO] = BytesIO) -> str:
    with pytest.raises(NotHar) as caught, decoded_capture(kind(data)) as chunks:
        read_capture(chunks)
    return str(caught.value)


@pytest.mark.parametrize("chunk", [7, 1 << 18])
@pytest.mark.parametrize(
    ("pack", "where"), [(bytes, ""), (gzip.compress, " when unpacked"), (zipped, "")], ids=["plain", "gzip", "zip"]
)
def test_a_capture_has_a_limit_however_it_is_packed(
    monkeypatch: pytest.MonkeyPatch, chunk: int, pack: Callable[[bytes], bytes], where: str
) -> None:
    monkeypatch.setattr(capture_file, "_CHUNK", chunk)
    monkeypatch.setattr(capture_file, "MOST_BYTES", len(HAR))
    assert entries(pack(HAR)) == 40
    monkeypatch.setattr(capture_file, "MOST_BYTES", len(HAR) - 1)
    assert told(pack(HAR)) == f"is larger than 0 GB{where}"


def test_an_archive_in_a_pipe_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is read whole, because the list of its files stands at its end."""
    archive = zipped(HAR)
    monkeypatch.setattr(capture_file, "MOST_ARCHIVE", len(archive))
    with decoded_capture(Pipe(archive)) as chunks:
        assert read_capture(chunks).count == 40
    monkeypatch.setattr(capture_file, "MOST_ARCHIVE", len(archive) - 1)
    assert told(archive, Pipe) == "is larger than 0 MB, which is the limit for an archive on standard input"


def test_a_transcript_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transcript, "MOST_BYTES", len(TRANSCRIPT))
    assert entries(TRANSCRIPT) == 1
    monkeypatch.setattr(transcript, "MOST_BYTES", len(TRANSCRIPT) - 1)
    assert told(TRANSCRIPT) == "is larger than 0 MB, which is the limit for a transcript"


def test_the_size_of_what_is_read_is_reported() -> None:
    """It moves the bar that shows the progress, which knows the size of the file, not of what is in it."""
    packed = gzip.compress(HAR)
    read: list[int] = []
    with decoded_capture(BytesIO(packed), read.append) as chunks:
        assert b"".join(chunks) == HAR
    assert sum(read) == len(packed)


@pytest.mark.parametrize(
    "data",
    [
        HAR.decode().encode(encoding)
        for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-32", "utf-16-le", "utf-16-be")
    ] + [codecs.BOM_UTF16_BE + HAR.decode().encode("utf-16-be"), codecs.BOM_UTF32_BE + HAR.decode().encode("utf-32-be")],
)  # fmt: skip
@pytest.mark.parametrize("chunk", [1, 5])
def test_text_in_any_encoding(monkeypatch: pytest.MonkeyPatch, data: bytes, chunk: int) -> None:
    monkeypatch.setattr(capture_file, "_CHUNK", chunk)
    with decoded_capture(BytesIO(data)) as chunks:
        assert b"".join(chunks) == HAR


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-32-le"])
@pytest.mark.parametrize("chunk", [9, 1 << 18])
def test_what_the_encoding_does_not_allow_is_replaced(
    monkeypatch: pytest.MonkeyPatch, encoding: str, chunk: int
) -> None:
    monkeypatch.setattr(capture_file, "_CHUNK", chunk)
    half = "\ufeff\ud800" + text(entry(url="https://api.example/\ud800")).decode()  # half of a character
    with decoded_capture(BytesIO(half.encode(encoding, "surrogatepass") + b"\x01")) as chunks:
        assert b"".join(chunks).decode().replace("\ufffd", "") == half[2:].replace("\ud800", "")


def test_the_first_har_of_an_archive_is_read() -> None:
    file = BytesIO(zipped(HAR, "a.txt", "B.HAR"))
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr("a.har", text())
    assert entries(file.getvalue()) == 40
    assert told(zipped(HAR, "a.txt", "har")) == "is a ZIP archive without a .har file"


@pytest.mark.parametrize(
    ("flag", "method", "why"), [(1, 8, "is encrypted"), (0, 99, "cannot be unpacked")], ids=["encrypted", "unknown"]
)
def test_an_archive_that_cannot_be_unpacked(flag: int, method: int, why: str) -> None:
    data = bytearray(zipped(HAR))
    central = data.index(b"PK\x01\x02")
    for at in (6, central + 8):
        data[at] |= flag
    for at in (8, central + 10):
        data[at] = method
    assert told(bytes(data)) == f"is a ZIP archive that {why}"


VARIED = text(*(entry(url=f"https://api.example/{i * i * 7919}") for i in range(400)))


def parts(data: bytes) -> bytes:
    """A file of gzip in two parts, as a log has them that is written to twice."""
    return gzip.compress(data[:9_999]) + gzip.compress(data[9_999:])


@pytest.mark.parametrize("pack", [gzip.compress, parts, zipped])
def test_of_a_damaged_file_what_stands_before_the_damage_is_read(
    monkeypatch: pytest.MonkeyPatch, pack: Callable[[bytes], bytes]
) -> None:
    monkeypatch.setattr(capture_file, "_CHUNK", 500)
    packed = pack(VARIED)
    assert entries(packed) == 400
    middle = len(packed) * 3 // 4
    damaged = [packed[:middle] + b"\xff" * 99 + packed[middle + 99 :]]
    damaged += [] if pack is zipped else [packed[:middle]]  # an archive has its list of files at its end
    for data in damaged:
        with decoded_capture(BytesIO(data)) as chunks:
            har = read_capture(chunks)
        assert 10 < har.count < 400
        assert len(har.unreadable) == 1


def wrong_checksum(archive: bytes) -> bytes:
    data = bytearray(archive)
    data[data.index(b"PK\x01\x02") + 16] ^= 1
    return bytes(data)


def wrong_place(archive: bytes) -> bytes:
    """With a list of files that begins elsewhere, so that the place of the file is negative."""
    at = archive.index(b"PK\x05\x06") + 16
    return archive[: at + 3] + b"\xff" + archive[at + 4 :]


def wrong_name(archive: bytes) -> bytes:
    at = archive.index(b"password")
    return archive[:at] + b"P" + archive[at + 1 :]


def wrong_data(archive: bytes) -> bytes:
    return archive[:50] + b"\xff" * 50 + archive[100:]


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"\x1f\x8bxxxxxxx", "gzip file"),
        (zipped(HAR)[:60], "ZIP archive"),
        (wrong_checksum(zipped(HAR)), "ZIP archive"),
        (wrong_data(zipped(HAR)), "ZIP archive"),
        (wrong_data(zipped(HAR, method=zipfile.ZIP_LZMA)), "ZIP archive"),
        (zipped(HAR, "\u00e4.har").replace(b"\xa4.har", b"\xff.har"), "ZIP archive"),
        (wrong_place(zipped(HAR)), "ZIP archive"),
        (wrong_name(zipped(HAR, "password.har")), "ZIP archive"),
    ],
    ids=[
        "gzip",
        "half an archive",
        "a wrong checksum",
        "wrong data",
        "wrong data of LZMA",
        "a name that is not UTF-8",
        "a wrong place",
        "two names",
    ],
)
def test_what_is_damaged_from_the_start_is_refused(data: bytes, kind: str) -> None:
    assert told(data) == f"is a {kind} that cannot be unpacked"


def test_a_file_without_an_end_is_not_read_whole() -> None:
    """A HAR is known by its first character, and other text by its beginning."""

    def endless(chunk: bytes) -> Iterator[bytes]:
        while True:
            read.append(len(chunk))
            yield chunk

    read: list[int] = []
    for chunk, most in ((b'{"log":', 7), (b' {"log":', 8), (b" " * 64, 65_536), (b"\n" * 4_096, 65_536)):
        read.clear()
        har_only(endless(chunk))
        assert sum(read) == most
    read.clear()
    with pytest.raises(NotHar, match="is a transcript"):
        har_only(endless(TRANSCRIPT * 100))
    assert sum(read) < 65_536 + len(TRANSCRIPT * 100)


def test_only_the_first_bytes_are_held_back_for_the_encoding() -> None:
    class Slow(BytesIO):
        def read(self, _size: int | None = -1) -> bytes:
            return super().read(4)

    read: list[int] = []
    with decoded_capture(Slow(HAR), read.append) as chunks:
        assert next(chunks) == HAR[:4]
    assert read == [4]


def test_entries_have_the_bodies_that_are_asked_for() -> None:
    post = entry("POST")
    post["request"]["postData"] = {"mimeType": "text/plain", "text": "x"}
    for bodies in (True, False):
        [read] = read_capture(iter([text(post)]), bodies=bodies).entries
        assert read.body == (b"x" if bodies else b"")


def test_a_transcript_cannot_be_redacted() -> None:
    with decoded_capture(BytesIO(HAR)) as chunks:
        assert b"".join(har_only(chunks)) == HAR
    with (
        pytest.raises(NotHar, match="is a transcript; --redact writes HAR files"),
        decoded_capture(BytesIO(TRANSCRIPT)) as chunks,
    ):
        har_only(chunks)


@pytest.mark.parametrize("data", [b" \n" * 9 + HAR, b" " * 70_000 + HAR])
def test_a_har_may_begin_with_spaces(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    monkeypatch.setattr(capture_file, "_CHUNK", 4_000)
    assert entries(data) == 40


def test_a_transcript_may_begin_with_other_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    """As far as the beginning goes that is looked at."""
    for chunk in (100, 1 << 18):
        monkeypatch.setattr(capture_file, "_CHUNK", chunk)
        assert entries(b"* x\n" * 10_000 + TRANSCRIPT) == 1
        assert "is not a HAR" in told(b"* x\n" * 20_000 + TRANSCRIPT)
