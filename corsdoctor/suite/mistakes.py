"""What is wrong with a policy: each mistake with its place, all of them reported at once."""

from __future__ import annotations

from dataclasses import dataclass

from corsdoctor.errors import CorsDoctorError
from corsdoctor.value_path import Path, dotted


@dataclass(frozen=True, slots=True)
class PolicyMistake:
    """One mistake in a policy.

    `value` is the text in the file, "" if it is secret or not worth showing. `reason` describes what would be right.
    `line` is the line of the file, None if it is unknown.
    """

    path: Path
    reason: str
    value: str = ""
    line: int | None = None

    @property
    def key(self) -> str:
        """The path as people write it: `case[3].origin`; "" for the whole policy."""
        return dotted(self.path)

    def __str__(self) -> str:
        place = f"line {self.line}" if self.line else ""
        what = f"{self.key} {self.value!r}" if self.value else self.key
        return ": ".join(part for part in (place, what, self.reason) if part)


class InvalidPolicy(CorsDoctorError):
    """A policy with mistakes: at least one, in the order of the file."""

    def __init__(self, *mistakes: PolicyMistake) -> None:
        super().__init__("; ".join(map(str, mistakes)))
        self.mistakes = mistakes
