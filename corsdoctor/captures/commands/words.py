"""A command of a shell as words."""

from __future__ import annotations

from collections.abc import Iterator

from corsdoctor.captures.commands.parsed import NotUnderstood, Spot
from corsdoctor.record import Record


class Word(Record):
    """An argument as the program gets it; `unresolved` are the variables and commands in it, which keep their text.

    A byte that is not UTF-8 is a surrogate, as in os.fsdecode().
    """

    text: str
    spot: Spot
    unresolved: tuple[str, ...] = ()

    def rest(self, start: int) -> Word:
        """The word from the character `start` on."""
        return self._replace(text=self.text[start:], spot=self.spot._replace(column=self.spot.column + start))

    @property
    def data(self) -> bytes:
        """The bytes that the program gets."""
        return self.text.encode("utf-8", "surrogateescape")


def value_of(option: str, word: Word, left: Iterator[Word]) -> Word:
    """The next word, which is the value of `option` (such as "curl's option -X") in `word`. NotUnderstood if there is none."""
    value = next(left, None)
    if value is None:
        raise NotUnderstood(f"{option} has no value", word.spot)
    return value


class Call(Record):
    """A program with its arguments. `stdin` is text that the shell passes to it, or the name of the file that it reads.

    `piped` says that another command's output is passed to it.
    """

    program: str
    arguments: tuple[Word, ...]
    spot: Spot
    stdin: bytes | str = "-"
    piped: bool = False

    @property
    def unresolved(self) -> tuple[str, ...]:
        """All that is unresolved in the arguments, once each."""
        return tuple(dict.fromkeys(one for word in self.arguments for one in word.unresolved))


def name_of(program: str) -> str:
    """The name of a program without its folder and `.exe`, in lower case."""
    return program.replace("\\", "/").rpartition("/")[2].lower().removesuffix(".exe")
