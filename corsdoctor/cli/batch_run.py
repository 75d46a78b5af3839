"""One run of a batch: reads lines, writes results in order, on this machine or on a cluster, and reports how it ended."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from math import inf
from typing import TYPE_CHECKING, Protocol

from corsdoctor.batch.host_queues import SLOW
from corsdoctor.batch.in_order import InOrder, in_order
from corsdoctor.batch.line import Line
from corsdoctor.batch.rendered import Rendered, rendered
from corsdoctor.batch.work import Result, Work, Worker, result_of
from corsdoctor.cli.exit_status import ExitStatus
from corsdoctor.cli.interrupt import on_interrupt
from corsdoctor.cli.messages import print_message
from corsdoctor.cli.progress import Progress
from corsdoctor.errors import InvalidScenario, Mistake
from corsdoctor.wrong_input import shown

if TYPE_CHECKING:
    from corsdoctor.batch.on_dask import OnDask

_Answer = Result | Rendered


class Shows(Protocol):
    """What writes results, as a Printer does."""

    def show(self, item: Result) -> None:
        """Writes one."""

    def write(self, lines: Iterable[Rendered]) -> None:
        """Writes some that were rendered elsewhere."""


_PATIENCE = 1.0  # seconds that a result may wait for an earlier one if a later run can continue: a kill loses less
_GARBAGE = 10_000  # new objects until Python collects garbage, which connections leave behind


@dataclass(slots=True)
class BatchRun:
    """`worker` does the `work` on lines, `jobs` at a time; or the workers of the Dask cluster at the address `dask` do it.

    With `lines_only`, results become JSON lines where they are made. The run ends at the time `until` of
    time.monotonic() at the latest; `timeout` is the number of seconds that the user gave. With `resuming`, the same
    command can continue later: lines that are not done have no result, and a result waits at most a second for an
    earlier one, so that a kill loses little.
    """

    work: Work
    worker: Worker
    jobs: int
    dask: str | None
    lines_only: bool
    show_secrets: bool
    timeout: float | None
    until: float | None
    resuming: bool
    progress: Progress
    _interrupted: ExitStatus | None = None
    _cut: bool = False
    _unanswered: int = 0

    def write(self, lines: Iterable[Line], printer: Shows) -> None:
        """Writes a result for each of `lines`. Afterwards, `ended` has the outcome.

        Ctrl-C, SIGTERM and SIGHUP end it; results that are ready are still written. Raises InvalidScenario if `dask` is
        invalid, UnreadableInput if the cluster or the lines cannot be reached.
        """
        _look_for_garbage_less_often()
        with closing(self._results(lines)) as results, on_interrupt(results.stop) as came:
            for answers in results.groups():
                self._write(answers, printer)
            for answer in results.held_back():
                self._write([answer], printer)
        self._cut = results.cut
        if results.stopped:
            self._interrupted = came.status

    def _write(self, answers: list[_Answer | None], printer: Shows) -> None:
        """Writes the results; those that are rendered already in one call."""
        lines = [answer for answer in answers if isinstance(answer, Rendered)]
        if lines:
            printer.write(lines)
        for answer in answers:
            if answer is not None and not isinstance(answer, Rendered):
                printer.show(answer)
        self.progress.advance(len(answers))

    def ended(self) -> ExitStatus | None:
        """The exit status if it ended before all lines had a result, which standard error says; None if all have one."""
        if self._interrupted is not None:
            how = "what is done is written"
            if self.resuming:
                how = "the same command continues it"
            elif self.lines_only:
                how = "to continue, add --resume and the file with these JSON lines"
            print_message(f"interrupted; {how}")
            return self._interrupted
        what = [f"lines without a result: {self._unanswered}"] if self._unanswered else []
        what += ["the input was not read to its end"] if self._cut else []
        if not what:
            return None
        how = "the same command continues it" if self.resuming else "give it more time, or --shard"
        print_message(f"the {self.timeout:g} s of --timeout have passed; {'; '.join(what)}; {how}")
        return ExitStatus.NO_ANSWER

    def _results(self, lines: Iterable[Line]) -> InOrder[Line, _Answer | None] | OnDask:
        host, patience = self.worker.host, _PATIENCE if self.resuming else inf
        if self.dask is not None:
            on_dask = _on_dask(self.dask)
            return on_dask(
                lines, self.work, self.dask, self.jobs, host=host, finish=self._finish, until=self.until, late=self._late,
                patience=patience,
            )  # fmt: skip
        return in_order(
            lines, self._answer, self.jobs, host=host, size=_size, gate=self.worker.pace,
            slow=min(SLOW, self.work.options.max_time / 2), until=self.until, late=self._late,
            patience=patience,
        )  # fmt: skip

    @property
    def _finish(self) -> Callable[[Result], _Answer]:
        return partial(rendered, show_secrets=self.show_secrets) if self.lines_only else as_it_is

    def _answer(self, line: Line) -> _Answer | None:
        return result_of(line, self.worker, self._finish)

    def _late(self, line: Line) -> _Answer | None:
        self._unanswered += 1
        if self.resuming:
            return None
        reason = f"not finished within --timeout ({self.timeout:g} s)"
        return self._finish(self.worker.late(line, reason))


def as_it_is(item: Result) -> Result:
    """The item itself, for writers that need each item."""
    return item


def _look_for_garbage_less_often() -> None:
    gc.freeze()  # loaded modules are never garbage
    gc.set_threshold(_GARBAGE)


def _on_dask(address: str) -> type[OnDask]:
    """Loads what --dask needs. Raises InvalidScenario if it is not installed."""
    try:
        from corsdoctor.batch.on_dask import OnDask
    except ModuleNotFoundError as e:
        if e.name not in ("dask", "distributed"):
            raise
        reason = "requires the package distributed: pip install 'corsdoctor[dask]'"
        raise InvalidScenario(Mistake("--dask", shown(address), reason)) from e
    return OnDask


def _size(line: Line) -> int:
    return len(line.data)
