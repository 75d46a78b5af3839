"""Reports: data in, text out. Nothing here decides anything; a new format is a file and a line in `FORMATS`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from corsdoctor.cure import Cure
    from corsdoctor.diagnose import Diagnosis, Verdict
    from corsdoctor.recipes.prescription import Prescription
    from corsdoctor.scenario import Scenario
    from corsdoctor.suite.judge import Expected, Judged
    from corsdoctor.wire import Kind


@dataclass(frozen=True, slots=True)
class Retried:
    """A request that the server answered with 429 and Retry-After, and that was sent again after that many seconds."""

    kind: Kind
    method: str
    url: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Report:
    """One request, as each browser asked for took it: all that a writer ever sees.

    `id` is the batch line's own id. `planned` says that nothing was sent: the responses are those that the server
    would have to give. `cure` is what helps, `prescription` the same as a server's configuration, and `command` what
    checks it; None where nobody asked. `no_recipe` says why there is no configuration where one was to be expected.
    `source` is the file that the request stands in, from the working directory where it is below it, and `line` the number
    of its line there. `judged` is what a policy expects of it. `retried` are the requests that had to be sent again.
    """

    diagnoses: tuple[Diagnosis, ...]
    id: str | int | None = None
    planned: bool = False
    cure: Cure | None = None
    prescription: Prescription | None = None
    command: str | None = None
    no_recipe: str | None = None
    line: int | None = None
    judged: Judged | None = None
    source: str | None = None
    retried: tuple[Retried, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """The worst of the browsers' verdicts."""
        from corsdoctor.diagnose import overall  # so that commands without a diagnosis need not load it

        return overall(d.verdict for d in self.diagnoses)

    @property
    def scenario(self) -> Scenario:
        """What was asked."""
        return self.diagnoses[0].scenario


@dataclass(frozen=True, slots=True)
class Style:
    """How a report is to look: columns, ANSI colours or none, and how much (-1 quiet, 0, 1 every step, ...).

    `sending` is how its reader has a request sent that may change data, as a sentence begins.
    """

    width: int = 80
    color: bool = False
    verbosity: int = 0
    sending: str = "Add --send"


class Trouble(StrEnum):
    """Why there is no report on an item: it can't be understood, no time was left for it, or corsdoctor failed at it."""

    NOT_UNDERSTOOD = "not understood"
    NO_TIME = "no time left"
    INTERNAL = "internal error"


@dataclass(frozen=True, slots=True)
class Problem:
    """A line of a batch, or a case of a policy, on which there is no report: its number, why, its own id, and the file.

    `scenario` is what was to be asked, and `expected` what a policy expects of it; None where
    nobody knows.
    """

    line: int
    reason: str
    id: str | int | None = None
    source: str | None = None
    kind: Trouble = Trouble.NOT_UNDERSTOOD
    scenario: Scenario | None = None
    expected: Expected | None = None


Item = Report | Problem


class Writer(Protocol):
    """Turns items into text as they come. Each method returns what is to be written at once, line feeds and all.

    `begin` is called first, `add` for each item, `end` once at last, where nothing went wrong.
    """

    def begin(self) -> str: ...

    def add(self, item: Item) -> str: ...

    def end(self) -> str: ...


def _text(style: Style, several: bool) -> Writer:
    from corsdoctor.reports.text import Text

    return Text(style, several=several)


def _json(style: Style, several: bool) -> Writer:  # noqa: ARG001 (JSON looks alike everywhere)
    from corsdoctor.reports.json_ import Json

    return Json(several=several)


def _jsonl(style: Style, several: bool) -> Writer:  # noqa: ARG001
    from corsdoctor.reports.jsonl import JsonLines

    return JsonLines()


def _markdown(style: Style, several: bool) -> Writer:  # noqa: ARG001
    from corsdoctor.reports.markdown import Markdown

    return Markdown()


def _junit(style: Style, several: bool) -> Writer:  # noqa: ARG001
    from corsdoctor.reports.junit import Junit

    return Junit()


def _sarif(style: Style, several: bool) -> Writer:  # noqa: ARG001
    from corsdoctor.reports.sarif import Sarif

    return Sarif()


def _github(style: Style, several: bool) -> Writer:  # noqa: ARG001
    from corsdoctor.reports.github import GitHub

    return GitHub()


def _gitlab(style: Style, several: bool) -> Writer:  # noqa: ARG001
    from corsdoctor.reports.gitlab import GitLab

    return GitLab()


def _tap(style: Style, several: bool) -> Writer:  # noqa: ARG001
    from corsdoctor.reports.tap import Tap

    return Tap()


def _csv(style: Style, several: bool) -> Writer:  # noqa: ARG001
    from corsdoctor.reports.csv_ import Csv

    return Csv()


MakeWriter = Callable[[Style, bool], Writer]
FORMATS: dict[str, MakeWriter] = {
    "text": _text, "json": _json, "jsonl": _jsonl, "markdown": _markdown, "junit": _junit, "sarif": _sarif,
    "github": _github, "gitlab": _gitlab, "tap": _tap, "csv": _csv,
}  # fmt: skip
"""By name: how to make a writer for one run; the bool says that more than one item may come. Imported when called."""


def write(format_: str, items: Iterable[Item], style: Style, *, several: bool = False) -> str:
    """All that a writer makes of `items`."""
    writer = FORMATS[format_](style, several)
    return "".join([writer.begin(), *(writer.add(item) for item in items), writer.end()])
