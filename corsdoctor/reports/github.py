"""The report for a workflow of GitHub Actions: an annotation for each failure, notices of what is worth knowing, a summary.

https://docs.github.com/actions/reference/workflow-commands-for-github-actions
GitHub shows ten errors, ten warnings and ten notices of a step; the others are in its log.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from corsdoctor.report import Item
from corsdoctor.reports.alike import Alike, Reasons
from corsdoctor.reports.faults import faults, headline, name, place
from corsdoctor.reports.layout import cut
from corsdoctor.reports.notes import Notes
from corsdoctor.reports.tally import Tally
from corsdoctor.suite.outcome import CaseOutcome
from corsdoctor.visible import visible

if TYPE_CHECKING:
    from corsdoctor.lint.found import Linted

SHOWN: Final = 10  # the most notices of a step that are shown, the summary among them
LONGEST: Final = 4_000  # the runner cuts a message at 4,096 characters
_COMMANDS: Final = {CaseOutcome.FAILED: "error", CaseOutcome.NO_ANSWER: "error", CaseOutcome.UNSENT: "warning"}


class GitHub:
    """Writes the annotations at the end, one for several items with the same reason. Known failures are only counted."""

    def __init__(self) -> None:
        self._tally = Tally()
        self._notices: list[str] = []
        self._notes = Notes()
        self._lints = False
        self._failed = {outcome: Reasons() for outcome in _COMMANDS}

    def begin(self) -> str:
        return ""

    def add(self, item: Item) -> str:
        became = self._tally.add(item)
        own = (command("notice", remark.text, title=name(item), **_where(item)) for remark in self._notes.add(item))
        self._notices.extend(own)
        if became in _COMMANDS:
            self._failed[became].add(item)
        return ""

    def add_lint(self, linted: Linted) -> str:
        """An annotation for each finding in a file, and no summary."""
        from corsdoctor.reports.severities import ANNOTATIONS  # what a check need not load

        self._lints = True
        return "".join(
            command(
                ANNOTATIONS[found.severity], f"{found.what}\n{found.impact}\nfix  {found.fix}", title=found.weakness.id,
                file=linted.file, line=str(found.line), **({} if found.column is None else {"col": str(found.column)}),
            )
            for found in linted.findings
        )  # fmt: skip

    def end(self) -> str:
        if self._lints:
            return ""
        failed = "".join(
            _annotation(_COMMANDS[became], alike) for became in _COMMANDS for alike in self._failed[became]
        )
        for note in self._notes:
            text = f"{note.remark.text}\nof    {note.about}"
            self._notices.append(command("notice", text, title=note.remark.id, **_where(note.item)))
        summary = command("notice", str(self._tally), title="corsdoctor")
        return "".join((failed, *self._notices[: SHOWN - 1], summary, *self._notices[SHOWN - 1 :]))


def _annotation(kind: str, alike: Alike) -> str:
    """One annotation for all items with the same reason, at the place of the first."""
    first = alike.first
    lines = [headline(first), *(fault.text for fault in faults(first))]
    title = name(first)
    if alike.count > 1:
        title = f"{alike.count} cases share one cause"
        lines.append(f"cases  {alike.named}")
    return command(kind, "\n".join(lines), title=title, **_where(first))


def _where(item: Item) -> dict[str, str]:
    file, line = place(item) or (None, None)
    return {key: str(value) for key, value in (("file", file), ("line", line)) if value is not None}


def command(kind: str, message: str, **properties: str) -> str:
    """A command for the runner: `::error title=...::...`; `message` may have several lines, and is cut if it is too long."""
    fields = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    return f"::{kind} {fields}::{_data(cut(message, LONGEST))}\n"


def _data(text: str) -> str:
    return "\n".join(map(visible, text.split("\n"))).replace("%", "%25").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
