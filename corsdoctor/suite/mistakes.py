"""What is wrong with a policy: each mistake with its place, all of them reported at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from corsdoctor.errors import CorsDoctorError
from corsdoctor.reading import shown_name

Path = tuple[str | int, ...]
"""The way to a value: keys of tables and indices of lists, such as ("case", 3, "origin")."""
Where = Callable[[Path], int | None]
"""The line of the file, from 1 on, in which the value of a path starts; None where it isn't known."""


@dataclass(frozen=True, slots=True)
class PolicyMistake:
    """One thing in a policy that can't be meant.

    `value` is what the file says there, "" if that is secret or not worth showing. `reason` says
    what would be right. `line` is the line of the file, None where it isn't known.
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
    """A policy that can't be meant; `mistakes` holds all that is wrong, in the file's order, at least one."""

    def __init__(self, *mistakes: PolicyMistake) -> None:
        super().__init__("; ".join(map(str, mistakes)))
        self.mistakes = mistakes


def dotted(path: Path) -> str:
    """`path` as people write it. A key that should be a name may hold a header's value."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{shown_name(part)}" if text else shown_name(part)
    return text
