"""What can go wrong that is not a diagnosis. A blocked request is a result, never an exception."""

from __future__ import annotations

from corsdoctor.record import Record
from corsdoctor.visible import visible


class Place(Record):
    """A place in a file; `line` and `column` count from 1 and are None if they are not known."""

    file: str
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        line = "" if self.line is None else f", line {self.line}"
        return f"{self.file}{line}" if self.column is None else f"{self.file}{line}, column {self.column}"


class Mistake(Record):
    """One thing in the user's input that is not valid.

    `field` is the flag or key as the user knows it, `value` what was given, `reason` what would be right. `place` is set
    for a mistake in a file.
    """

    field: str
    value: str
    reason: str
    place: Place | None = None

    def __str__(self) -> str:
        place = "" if self.place is None else str(self.place)
        return ": ".join(part for part in (place, self.without_place) if part)

    @property
    def without_place(self) -> str:
        """The mistake in words, for a reader who sees it at its place."""
        what = f"{self.field} {self.value!r}" if self.value else self.field
        separator = " " if self.reason.startswith("is missing") else ": "
        return separator.join(part for part in (what, self.reason) if part)


class CorsDoctorError(Exception):
    """Base of every error that corsdoctor raises on purpose; `str()` is one line for the user, and safe in a log."""

    def __str__(self) -> str:
        return visible(super().__str__())


class InvalidScenario(CorsDoctorError):
    """The flags or keys don't describe a request; `mistakes` holds all of them, at least one."""

    def __init__(self, *mistakes: Mistake) -> None:
        super().__init__("; ".join(map(str, mistakes)))
        self.mistakes = mistakes


class UnreadableInput(CorsDoctorError):
    """A file that isn't there, can't be read or isn't what it should be; `where` says which and where in it."""

    def __init__(self, where: str, reason: str) -> None:
        super().__init__(f"{where}: {reason}")
        self.where = where
        self.reason = reason


class UnwritableOutput(CorsDoctorError):
    """A file that can't be written to: `where` says which, and `what` what was to be in it."""

    def __init__(self, where: str, reason: str, what: str = "the report") -> None:
        super().__init__(f"{where}: cannot write {what}: {reason}")
        self.where = where
        self.reason = reason
        self.what = what
