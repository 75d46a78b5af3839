"""What is done with each line: `Work` describes it and can be sent to another process; `Worker` does it.

`checks` and `audits` are the two kinds. Order, threads and files are not their business.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol, Self, TypeVar

from corsdoctor.report import AuditReport, FlowReport, Item
from corsdoctor.sentence import Sentence

if TYPE_CHECKING:
    from corsdoctor.batch.answer import Answer
    from corsdoctor.batch.line import Line
    from corsdoctor.batch.rate import Pace, Rate
    from corsdoctor.transport.options import TransportOptions

Result = Item | FlowReport | AuditReport
Finish = Callable[[Result], object]
"""What converts a Result before it is handed out."""
_Finished = TypeVar("_Finished")


class Work(Protocol):
    """How lines are answered. It can be pickled; connections are made by `open`."""

    @property
    def options(self) -> TransportOptions:
        """How servers are reached."""

    @property
    def rate(self) -> Rate:
        """The limits, for one process."""

    def at(self, rate: Rate) -> Self:
        """The same at another rate."""

    def open(self) -> Worker:
        """A Worker with its own connections. Raises InvalidScenario and UnreadableInput as Live does."""

    def failed(self, line: Line, reason: str) -> Result:
        """The result of a `line` for which this program failed."""

    def misfit(self, answer: Answer, line: Line) -> str | None:
        """How `answer`, in which secrets are masked, differs from an answer to `line`, "" in general; None if it is one."""


class Worker(Protocol):
    """Answers lines. Several threads may use one; they share its connections and its pace."""

    pace: Pace
    """When the next request may go to a host."""

    @property
    def work(self) -> Work:
        """What it does."""

    def answer(self, line: Line) -> Result:
        """The result of `line`."""

    def late(self, line: Line, reason: str) -> Result:
        """The result of a `line` for which no time was left."""

    def host(self, line: Line) -> str:
        """The host that `line` requests, "" if it requests none."""

    def close(self) -> None:
        """Closes the connections."""


def result_of(line: Line, worker: Worker, finish: Callable[[Result], _Finished]) -> _Finished:
    """What `finish` makes of the answer to `line`, or of the result for a failure of this program."""
    try:
        return finish(worker.answer(line))
    except Exception as e:
        return finish(worker.work.failed(line, internal_error(e)))


def internal_error(e: Exception) -> Sentence:
    """Why a line has no result if this program failed."""
    return Sentence("internal error: {type}: {text}; please report it", type=type(e).__name__, text=str(e))
