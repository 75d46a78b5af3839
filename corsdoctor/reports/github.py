"""The report for a workflow of GitHub Actions: an annotation for each failure, and one with the summary.

https://docs.github.com/actions/reference/workflow-commands-for-github-actions
GitHub shows ten errors, ten warnings and ten notices of a step; the others are in its log.
"""

from __future__ import annotations

from typing import Final

from corsdoctor.reports import Item
from corsdoctor.reports.faults import Tally, faults, headline, name, place
from corsdoctor.reports.layout import cut
from corsdoctor.suite.outcome import CaseOutcome

LONGEST: Final = 4_000  # the runner cuts a message at 4,096 characters
_COMMANDS: Final = {CaseOutcome.FAILED: "error", CaseOutcome.NO_ANSWER: "error", CaseOutcome.UNSENT: "warning"}


class GitHub:
    """Streams; known failures are counted only."""

    def __init__(self) -> None:
        self._tally = Tally()

    def begin(self) -> str:
        return ""

    def add(self, item: Item) -> str:
        became = self._tally.add(item)
        if became not in _COMMANDS:
            return ""
        file, line = place(item) or (None, None)
        where = {key: str(value) for key, value in (("file", file), ("line", line)) if value is not None}
        message = "\n".join((headline(item), *(fault.text for fault in faults(item))))
        return command(_COMMANDS[became], message, title=name(item), **where)

    def end(self) -> str:
        return command("notice", str(self._tally), title="corsdoctor")


def command(kind: str, message: str, **properties: str) -> str:
    """A line that the runner obeys: `::error title=...::...`; `message` may have several lines, and is cut where long."""
    told = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    return f"::{kind} {told}::{_data(cut(message, LONGEST))}\n"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
