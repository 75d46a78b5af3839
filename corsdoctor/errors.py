"""What can go wrong that is not a diagnosis. A blocked request is a result, never an exception."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing the user typed that can't be meant.

    `field` is the flag or key as the user knows it, `value` what was given, `reason` what would be right.
    """

    field: str
    value: str
    reason: str

    def __str__(self) -> str:
        return f"{self.field} {self.value!r}: {self.reason}" if self.value else f"{self.field}: {self.reason}"


class CorsDoctorError(Exception):
    """Base of every error that corsdoctor raises on purpose; `str()` is one line for the user."""


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
        super().__init__(f"{where}: {what} can't be written: {reason}")
        self.where = where
        self.reason = reason
