"""Reports: data in, text out. Nothing here decides anything; a new format is a file and a line in `FORMATS`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from corsdoctor.cure import Cure
    from corsdoctor.diagnose import Diagnosis, Verdict
    from corsdoctor.recipes.prescription import Prescription


@dataclass(frozen=True, slots=True)
class Report:
    """One request, as each browser asked for took it: all that a writer ever sees.

    `id` is the batch line's own id. `planned` says that nothing was sent: the responses are those that the server
    would have to give. `cure` is what helps, `prescription` the same as a server's configuration, and `command` what
    checks it; None where nobody asked.
    """

    diagnoses: tuple[Diagnosis, ...]
    id: str | int | None = None
    planned: bool = False
    cure: Cure | None = None
    prescription: Prescription | None = None
    command: str | None = None

    @property
    def verdict(self) -> Verdict:
        """The worst of the browsers' verdicts."""
        from corsdoctor.diagnose import overall  # so that commands without a diagnosis need not load it

        return overall(d.verdict for d in self.diagnoses)


@dataclass(frozen=True, slots=True)
class Style:
    """How a report is to look: columns, ANSI colours or none, and how much (-1 quiet, 0, 1 every step, ...)."""

    width: int = 80
    color: bool = False
    verbosity: int = 0


Render = Callable[[Report, Style], str]


def _text(report: Report, style: Style) -> str:
    from corsdoctor.reports.text import render

    return render(report, style)


def _json(report: Report, style: Style) -> str:
    from corsdoctor.reports.json_ import render

    return render(report, style)


def _jsonl(report: Report, style: Style) -> str:
    from corsdoctor.reports.jsonl import render

    return render(report, style)


FORMATS: dict[str, Render] = {"text": _text, "json": _json, "jsonl": _jsonl}  # a writer is imported when it is called
