"""The cells of a case or a matrix: URLs x methods x origins, less those that are skipped.

A case with one origin is a grid of one cell, which is called as the case is. Any other cell's id says what makes it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from corsdoctor.scenario import Scenario
from corsdoctor.suite.case import Case, Known, Skipped
from corsdoctor.suite.judge import Expected
from corsdoctor.suite.mistakes import Path
from corsdoctor.suite.names import Asking
from corsdoctor.suite.request_spec import RequestSpec

MOST_CELLS: Final = 100_000


@dataclass(frozen=True, slots=True)
class Target:
    """A URL that is asked for. Cells are called after `label`, which is the path or URL as the file has it.

    `path` is what was put behind a base, None where the URL is given as a whole. `parameters` are the names of those whose
    values came from the environment.
    """

    label: str
    url: str
    path: str | None = None
    parameters: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Cell:
    """What is expected of a cell, and whether its failure is known. With `skip` it is skipped, for that reason."""

    expected: Expected
    known: Known | None = None
    skip: str | None = None


@dataclass(slots=True)
class Grid:
    """The cells of one entry of the policy, which stands at `path` and starts in `line`.

    `rows` are the origins that ask, each with what is expected of it; `exceptions` are by the numbers of target, method
    and row. `form` says how cells are called: "origin" (there is one) is the entry's id alone, "origins" that and the
    origin, "matrix" all that makes the cell.
    """

    id: str
    path: Path
    line: int | None
    asked: RequestSpec
    targets: Sequence[Target]
    methods: Sequence[str]
    rows: Sequence[tuple[Asking, Cell]]
    form: str
    exceptions: dict[tuple[int, int, int], Cell] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """How many cells there are, skipped ones among them."""
        return len(self.targets) * len(self.methods) * len(self.rows)

    def cells(self) -> Iterator[Case | Skipped]:
        """The cells: URL by URL, of each method by method, of each origin by origin."""
        for t, target in enumerate(self.targets):
            for m, method in enumerate(self.methods):
                asked = self.asked.scenario(method)
                hidden = asked.from_environment._replace(parameters=target.parameters)
                scenario = replace(asked, url=target.url, from_environment=hidden)
                for o, (asking, usual) in enumerate(self.rows):
                    id = self._id(f"{method} {target.label}", asking)
                    yield self._made(id, replace(scenario, origin=asking.origin), self.exceptions.get((t, m, o), usual))

    def _id(self, request: str, asking: Asking) -> str:
        match self.form:
            case "origin":
                return self.id
            case "origins":
                return f"{self.id}/{asking.label}"
            case _:
                return f"{self.id}/{request}/{asking.label}"

    def _made(self, id: str, scenario: Scenario, cell: Cell) -> Case | Skipped:
        if cell.skip is not None:
            return Skipped(id, cell.skip)
        return Case(id, scenario, self.asked.browsers, cell.expected, cell.known, self.line)
