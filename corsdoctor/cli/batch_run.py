"""One run of a batch: lines in, answers out, in order, on this machine or on a cluster; and how it ended."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING

from corsdoctor.batch.in_order import InOrder, in_order
from corsdoctor.batch.lanes import SLOW
from corsdoctor.batch.line import Line
from corsdoctor.batch.rendered import Rendered, rendered
from corsdoctor.batch.work import Work, Worker, internal_error
from corsdoctor.cli.interrupt import on_interrupt
from corsdoctor.cli.printing import Printer
from corsdoctor.errors import InvalidScenario, Mistake
from corsdoctor.reports import Item
from corsdoctor.reports.levels import levels

if TYPE_CHECKING:
    from corsdoctor.batch.on_dask import OnDask

_Answer = Item | Rendered


@dataclass(slots=True)
class BatchRun:
    """`worker` does the `work` on lines, `jobs` at a time, or those of the Dask cluster at the address `dask` do.

    With `lines_only`, answers become JSON lines where they are made. `until` is when it ends at the latest, as
    time.monotonic() has it, and `timeout` what the user called that. What came of it stands in the last three.
    """

    work: Work
    worker: Worker
    jobs: int
    dask: str | None
    lines_only: bool
    show_secrets: bool
    timeout: float | None
    until: float | None
    interrupted: bool = False
    unanswered: int = 0
    cut: bool = False

    def write(self, lines: Iterable[Line], printer: Printer) -> set[str]:
        """Writes an answer to each of `lines`, and returns the levels that the answers have.

        Ctrl-C ends it, with the answers that are there. InvalidScenario where `dask` can't be meant, UnreadableInput
        where the cluster or the lines are not to be had.
        """
        seen: set[str] = set()
        with closing(self._results(lines)) as results, on_interrupt(results.stop):
            for answer in chain(results, results.done()):
                if isinstance(answer, Rendered):
                    printer.write(answer.text)
                    seen |= answer.levels
                else:
                    printer.show(answer)
                    seen |= levels(answer)
        self.interrupted, self.cut = results.stopped, results.cut
        return seen

    def _results(self, lines: Iterable[Line]) -> InOrder[Line, _Answer] | OnDask:
        host = self.worker.host
        if self.dask is not None:
            on_dask = _on_dask(self.dask)
            return on_dask(
                lines, self.work, self.dask, self.jobs, host=host, finish=self._finish, until=self.until, late=self._late
            )  # fmt: skip
        return in_order(
            lines, self._answer, self.jobs, host=host, size=_size, gate=self.worker.pace,
            slow=min(SLOW, self.work.options.max_time / 2), until=self.until, late=self._late,
        )  # fmt: skip

    @property
    def _finish(self) -> Callable[[Item], _Answer]:
        return partial(rendered, show_secrets=self.show_secrets) if self.lines_only else as_it_is

    def _answer(self, line: Line) -> _Answer:
        try:
            return self._finish(self.worker.answer(line))
        except Exception as e:
            return self._finish(internal_error(line, e))

    def _late(self, line: Line) -> _Answer:
        self.unanswered += 1
        reason = f"no time was left for it: the {self.timeout:g} s of --timeout were over"
        return self._finish(self.worker.problem(line, reason))


def as_it_is(item: Item) -> Item:
    """The item itself: for writers that must see all items, one after the other."""
    return item


def _on_dask(address: str) -> type[OnDask]:
    """Loads what --dask needs. InvalidScenario where that is not installed."""
    try:
        from corsdoctor.batch.on_dask import OnDask
    except ModuleNotFoundError as e:
        if e.name not in ("dask", "distributed"):
            raise
        reason = "needs the package distributed: pip install 'corsdoctor[dask]'"
        raise InvalidScenario(Mistake("--dask", address, reason)) from e
    return OnDask


def _size(line: Line) -> int:
    return len(line.data)
