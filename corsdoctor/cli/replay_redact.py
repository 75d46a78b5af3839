"""replay --redact: a HAR without its secrets, to share."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Final

from corsdoctor.capture_file import har_only, opened_capture
from corsdoctor.captures.group import grouped
from corsdoctor.captures.har import Har, read_har
from corsdoctor.captures.redact import Redaction
from corsdoctor.cli.messages import print_message
from corsdoctor.errors import UnwritableOutput
from corsdoctor.wrong_input import shown_path

_CHUNK: Final = 1 << 20


def write_redacted(file: str, out: str, read: Callable[[int], object], *, only_cors: bool) -> Har:
    """Writes the HAR in `file`, redacted, to `out`, and returns what `out` holds.

    With `only_cors`, the entries that CORS does not concern are left out. `read` is that of opened_capture(). Raises
    OSError if `file` cannot be read, NotHar if it is not a HAR, and UnwritableOutput. `out` is whole or as it was before.
    """
    redaction = Redaction(only_cors=only_cors)
    begun = [Path(f"{out}.part"), Path(f"{out}.part2")]
    try:
        with opened_capture(file, read) as chunks:
            _write(begun[0], redaction.lines(har_only(chunks)), out)
        wanted = None
        if only_cors:
            har = _read(begun[0])
            wanted = {index for one in grouped(har) for index in one.entries}
        with begun[0].open(encoding="utf-8") as lines:
            _write(begun[1], redaction.again(lines, wanted), out)
        har = _read(begun[1])
        try:
            begun[1].replace(out)
        except OSError as error:
            raise _unwritable(out, error) from None
    finally:
        for path in begun:
            with suppress(OSError):
                path.unlink()
    secrets = redaction.harmless.count
    print_message(
        f"wrote {shown_path(out)}: {har.count:,} {'entry' if har.count == 1 else 'entries'}, "
        f"{secrets:,} {'secret' if secrets == 1 else 'secrets'} replaced, bodies left out"
    )
    if redaction.ends is not None:
        print_message(f"the rest of the file could not be read: {redaction.ends}")
    return har


def _write(path: Path, lines: Iterable[str], out: str) -> None:
    try:
        target = path.open("w", encoding="utf-8", newline="\n")
    except OSError as error:
        raise _unwritable(out, error) from None
    with target:
        for line in lines:
            try:
                target.write(line)
            except OSError as error:
                raise _unwritable(out, error) from None


def _read(path: Path) -> Har:
    with path.open("rb") as stream:
        return read_har(iter(lambda: stream.read(_CHUNK), b""))


def _unwritable(out: str, error: OSError) -> UnwritableOutput:
    return UnwritableOutput(out, error.strerror or str(error), "the redacted capture")
