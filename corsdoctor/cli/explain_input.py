"""What `corsdoctor explain` is given: a text, a file or standard input, with messages or with a transcript."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING, BinaryIO, Final

from corsdoctor.errors import UnreadableInput
from corsdoctor.pattern import Pattern

if TYPE_CHECKING:
    from corsdoctor.message import Message
    from corsdoctor.opening import Kept

_FILE: Final = Pattern(
    r"[^\s'\"]+\.(?:log|txt|jsonl?|ndjson|har|html?|md|out)|[^\s'\"]*[./\\][^\s'\"]*\.\w{2,5}|\.{0,2}/[^\s'\"]+"
)


class Given:
    """The text, the file or standard input that the words name; a file is read in parts."""

    def __init__(self, words: tuple[str, ...], stack: ExitStack) -> None:
        self._stack = stack
        self._text = " ".join(words)
        self._is_input = not words or words == ("-",)
        self._is_file = self._is_input or (len(words) == 1 and is_file(words[0]))
        self._kept: Kept | None = None

    def messages(self) -> Iterator[Message]:
        """The messages in it, in order."""
        if self._is_file:
            return self._of_file("-" if self._is_input else self._text)
        from corsdoctor.console.stream import messages

        return messages([self._text])

    def _of_file(self, path: str) -> Iterator[Message]:
        from corsdoctor.console.stream import read_messages
        from corsdoctor.opening import opened

        try:
            stream = self._stack.enter_context(opened(path))
            yield from read_messages(self._keeping(stream) if self._is_input else stream)
        except OSError as e:
            raise UnreadableInput("standard input" if self._is_input else path, e.strerror or str(e)) from None

    def _keeping(self, stream: BinaryIO) -> Kept:
        from corsdoctor.cli.explain_transcript import is_transcript_beginning  # what a file need not load
        from corsdoctor.opening import Kept

        self._kept = Kept(stream, is_transcript_beginning)
        return self._kept

    def transcript(self) -> str | None:
        """The transcript, or the name of its file; None if the input is not a transcript."""
        if self._is_input:
            return self._kept.data.decode("utf-8", "replace") if self._kept is not None and self._kept.data else None
        from corsdoctor.captures.transcript_recognition import is_transcript  # what a message need not load
        from corsdoctor.cli.explain_transcript import is_transcript_file

        is_one = is_transcript_file(self._text) if self._is_file else "\n" in self._text and is_transcript(self._text)
        return self._text if is_one else None


def is_file(word: str) -> bool:
    """Whether a word names a file: an existing one, or a word that can be nothing else."""
    return exists(word) or ("://" not in word and _FILE.compiled.fullmatch(word) is not None)


def exists(name: str) -> bool:
    """Whether there is a file of that name."""
    return os.path.exists(name)  # noqa: PTH110 (pathlib takes 3 ms to load, which is much for one message)
