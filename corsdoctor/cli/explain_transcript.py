"""Text that has no message, but HTTP messages as tools print them: `corsdoctor explain` judges those as `corsdoctor replay` does."""

from __future__ import annotations

from typing import Final

from corsdoctor.captures.transcript_recognition import is_transcript
from corsdoctor.errors import UnreadableInput
from corsdoctor.opening import opened

_BEGINNING: Final = 65_536  # bytes of a file that show whether it is a transcript


def is_transcript_file(path: str) -> bool:
    """Whether a file begins as a transcript does. Raises UnreadableInput."""
    try:
        with opened(path) as stream:
            return is_transcript_beginning(stream.read(_BEGINNING))
    except OSError as e:
        raise UnreadableInput(path, e.strerror or str(e)) from None


def is_transcript_beginning(block: bytes) -> bool:
    """Whether bytes begin as a transcript does."""
    return is_transcript(block[:_BEGINNING].decode("latin-1"))


def judge(transcript: str, origin: str | None, form: str, color: str | None, *, show_secrets: bool) -> None:
    """Prints what `corsdoctor replay` says of a transcript, which is a text or the name of a file."""
    from corsdoctor.cli.replay import replay  # it loads most of corsdoctor

    given = {"--origin": origin, "--color": color}
    flags = [f"{name}={value}" for name, value in given.items() if value is not None]
    flags += ["--show-secrets"] if show_secrets else []
    replay.main(["--format", form, *flags, "--", transcript], standalone_mode=False)
