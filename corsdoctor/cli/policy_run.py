"""Runs a policy for the command line: prints the reports, shows the progress, and can be interrupted."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field

from corsdoctor.cli import exit_status
from corsdoctor.cli.exit_status import Counting, ExitStatus
from corsdoctor.cli.interrupt import on_interrupt
from corsdoctor.cli.messages import print_message
from corsdoctor.cli.printing import Printer
from corsdoctor.cli.progress import Progress
from corsdoctor.cli.report_options import OutputFlags
from corsdoctor.cli.witnessing import Observed, unobserved
from corsdoctor.levels import levels
from corsdoctor.policy_run import PolicyRun, RunOptions, outcome_of
from corsdoctor.report import Item, Report
from corsdoctor.suite.case import Suite
from corsdoctor.suite.outcome import CaseOutcome
from corsdoctor.wire import Send


@dataclass(slots=True)
class Ended:
    """How a run ended: how many cases finished, and their levels; with `keep`, also the reports of those that failed."""

    keep: bool = False
    done: int = 0
    seen: set[str] = field(default_factory=set)
    unlike: list[Report] = field(default_factory=list)
    broken: bool = False
    interrupted: ExitStatus | None = None

    def count(self, item: Item) -> None:
        """Counts a finished case."""
        self.done += 1
        self.seen |= levels(item)
        if self.keep and isinstance(item, Report) and outcome_of(item) is CaseOutcome.FAILED:
            self.unlike.append(item)

    def status(self, counting: Counting) -> ExitStatus:
        """The exit status. An interruption and an internal error always count: they are not results."""
        if self.interrupted is not None:
            return self.interrupted
        return ExitStatus.INTERNAL if self.broken else exit_status.status(self.seen, counting)


def run_suite(
    suite: Suite,
    sending: Send,
    options: RunOptions,
    output: OutputFlags,
    reads: Sequence[str],
    *,
    keep: bool = False,
    observed: Observed = unobserved,
) -> Ended:
    """Runs the cases and writes the report on each, in order; standard error names the skipped cells.

    `reads` are the files that no report may overwrite. With `keep`, the reports of the cases that failed are kept.
    `observed` adds to a report what real browsers did.
    """
    ended, total = Ended(keep), len(suite.cases)
    if suite.skipped and not output.quiet:
        count = f"{len(suite.skipped)} {'cell' if len(suite.skipped) == 1 else 'cells'}"
        print_message(f"{options.source} skips {count}; --list shows them with the reasons")
    with Printer(output, several=True, reads=reads) as printer, Progress(total) as progress:
        run = PolicyRun(suite.cases, sending, options, progress)
        with closing(run), on_interrupt(run.stop) as came:
            for item in map(observed, run.results()):
                ended.count(item)
                with progress.aside():
                    printer.show(item)
        ended.interrupted, ended.broken = came.status if run.interrupted else None, run.broken
        printer.add_not_run(total - ended.done)
    if ended.done < total:
        why = "interrupted" if ended.interrupted is not None else "--fail-fast" if options.fail_fast else "--timeout"
        print_message(f"{why}: {total - ended.done} of {total} cases did not finish")
    return ended
