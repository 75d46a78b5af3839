"""The cells of a case or a matrix: URLs x methods x origins, without those that are skipped.

A case with one origin is a grid of one cell, which has the id of the case. The id of any other cell names its parts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from corsdoctor.reading_cookies import with_jar
from corsdoctor.request_fields import with_url
from corsdoctor.scenario import Scenario
from corsdoctor.suite.case import Case, Known, Skipped
from corsdoctor.suite.judge import Expected
from corsdoctor.suite.names import Asking
from corsdoctor.suite.request_spec import RequestSpec
from corsdoctor.value_path import Path

MOST_CELLS: Final = 100_000


@dataclass(frozen=True, slots=True)
class Target:
    """A requested URL. The ids of its cells contain `label`, which is the path or URL as written in the file.

    `path` is the part behind a base, None if the URL is given as a whole. `parameters` are the names of the URL's
    parameters with values from the environment.
    """

    label: str
    url: str
    path: str | None = None
    parameters: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Cell:
    """What is expected of a cell, and whether its failure is known. `skip` is the reason for skipping it, if any."""

    expected: Expected
    known: Known | None = None
    skip: str | None = None


@dataclass(slots=True)
class Grid:
    """The cells of one entry of the policy, which is at `path` and starts in `line`.

    `rows` are the origins, each with what is expected; `exceptions` are by the numbers of target, method and row. `form`
    decides about the ids of cells: "origin" (there is one) is the id of the entry, "origins" adds the origin, "matrix"
    all parts of the cell.
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
        """The number of cells, including skipped ones."""
        return len(self.targets) * len(self.methods) * len(self.rows)

    def cells(self) -> Iterator[Case | Skipped]:
        """The cells, in the order of URLs, then methods, then origins."""
        for t, target in enumerate(self.targets):
            for m, method in enumerate(self.methods):
                asked = self.asked.scenario(method)
                hidden = asked.from_environment._replace(parameters=target.parameters)
                scenario = with_jar(with_url(asked, target.url)._replace(from_environment=hidden), self.asked.jar)
                for o, (asking, usual) in enumerate(self.rows):
                    id = self._id(f"{method} {target.label}", asking)
                    yield self._made(
                        id, self.asked.on_page(scenario, asking.origin), self.exceptions.get((t, m, o), usual)
                    )

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
