"""Runs the cases of a policy: how often each is tried, what was judged of it, and when the run stops."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import chain
from math import inf
from time import monotonic

from corsdoctor.batch.in_order import in_order
from corsdoctor.batch.rate import NO_LIMIT, Pace, Rate
from corsdoctor.batch.retry_after import paced
from corsdoctor.browsers import BROWSERS
from corsdoctor.cli import exit_status
from corsdoctor.cli.command_line import command_line
from corsdoctor.cli.exit_status import Counting, ExitStatus
from corsdoctor.cli.hints import with_hints
from corsdoctor.cli.interrupt import on_interrupt
from corsdoctor.cli.options import OutputFlags, TransportFlags
from corsdoctor.cli.printing import Printer
from corsdoctor.cli.progress import Progress
from corsdoctor.cli.telling import tell
from corsdoctor.diagnose import diagnose_all, withholding
from corsdoctor.report import Item, Problem, ProblemKind, Report, Retried
from corsdoctor.reports.levels import levels
from corsdoctor.reports.secrets import conceal_scenario
from corsdoctor.sentence import Sentence
from corsdoctor.suite.case import Case, Known, Suite
from corsdoctor.suite.judge import Judged, Mismatch, judge
from corsdoctor.suite.outcome import CaseOutcome, outcome
from corsdoctor.wire import Send

BAD = (CaseOutcome.FAILED, CaseOutcome.NO_ANSWER)


@dataclass(frozen=True, slots=True)
class Manner:
    """How cases are run. `send` says that methods that may change data are sent too.

    Each case has to pass `repeat` times, and each time it may be tried `retry` times more. With `fail_fast` no case is
    begun after one has failed. `today` is the day by which known failures expire, `source` the policy's file. A 429 is
    waited out if its Retry-After is at most `retry_after` seconds; the whole run may take `timeout` seconds.
    `transport` is how the servers are reached, for the commands that repeat a case.
    """

    today: date
    send: bool = False
    repeat: int = 1
    retry: int = 0
    jobs: int = 8
    fail_fast: bool = False
    show_secrets: bool = False
    source: str | None = None
    rate: Rate = NO_LIMIT
    retry_after: float = 0.0
    timeout: float | None = None
    transport: TransportFlags | None = None


class Run:
    """One run over some cases; `sending` leads to the network."""

    def __init__(self, cases: Sequence[Case], sending: Send, manner: Manner, progress: Progress) -> None:
        self._sending, self._manner, self._progress = sending, manner, progress
        self.interrupted = False
        """Whether `stop` was called."""
        self._begins = True  # more cases
        self.broken = False
        """Whether there was an internal error."""
        self._pace = Pace(manner.rate)
        until = None if manner.timeout is None else monotonic() + manner.timeout
        self._results = in_order(
            enumerate(cases, 1),
            self._work,
            manner.jobs,
            host=_host,
            gate=self._pace,
            until=until,
            late=self._late,
            grace=inf,  # the cases are all there: each is told
        )

    def results(self) -> Iterator[Item]:
        """What became of each case that was run, in order, each as soon as it and those before it are done.

        After a stop: of those only that are done by then.
        """
        for item in chain(self._results, self._results.done()):
            if item is not None:
                yield item

    def stop(self) -> None:
        """Begins no more cases, and waits for none. May be called at any time, by a signal handler too."""
        self.interrupted, self._begins = True, False
        self._results.stop()

    def close(self) -> None:
        """Lets the threads end, each after what it does now."""
        self._results.close()

    def _work(self, numbered: tuple[int, Case]) -> Item | None:
        if not self._begins:
            return None
        _, case = numbered
        self._progress.started(case.id)
        try:
            again = list[Retried]()
            sending = paced(self._sending, self._pace, self._manner.retry_after, again.append)
            report = run_case(case, sending, self._manner)
            item: Item = replace(report, retried=tuple(again))
            failed = outcome_of(report) in BAD
        except Exception as e:
            reason = Sentence("internal error: {type}: {text}; please report it", type=type(e).__name__, text=str(e))
            item = self._problem(numbered, reason, ProblemKind.INTERNAL)
            failed = self.broken = True
        if failed and self._manner.fail_fast:
            self._begins = False
        self._progress.finished(case.id)
        return item

    def _late(self, numbered: tuple[int, Case]) -> Item | None:
        """What to say of a case that was not done in time."""
        if not self._begins:
            return None
        return self._problem(
            numbered,
            f"no time was left for it: the {self._manner.timeout:g} s of --timeout were over",
            ProblemKind.NO_TIME,
        )

    def _problem(self, numbered: tuple[int, Case], reason: str, kind: ProblemKind) -> Problem:
        number, case = numbered
        return Problem(case.line or number, reason, case.id, self._manner.source, kind, case.scenario, case.expected)


@dataclass(slots=True)
class Ended:
    """How a run ended: how many cases are done, which levels they have; with `keep`, the reports of those that failed."""

    keep: bool = False
    done: int = 0
    seen: set[str] = field(default_factory=set)
    unlike: list[Report] = field(default_factory=list)
    broken: bool = False
    interrupted: ExitStatus | None = None

    def count(self, item: Item) -> None:
        """One more case is done."""
        self.done += 1
        self.seen |= levels(item)
        if self.keep and isinstance(item, Report) and outcome_of(item) is CaseOutcome.FAILED:
            self.unlike.append(item)

    def status(self, counting: Counting) -> ExitStatus:
        """The exit status; an interruption and an internal error are no results, so they count always."""
        if self.interrupted is not None:
            return self.interrupted
        return ExitStatus.INTERNAL if self.broken else exit_status.status(self.seen, counting)


def run_suite(
    suite: Suite, sending: Send, manner: Manner, output: OutputFlags, reads: Sequence[str], *, keep: bool = False
) -> Ended:
    """Runs the cases and writes the report on each, in order; says on stderr what was left out.

    `reads` are the files that no report may be written over. With `keep`, the reports of the cases that failed are kept.
    """
    ended, total = Ended(keep), len(suite.cases)
    if suite.skipped and not output.quiet:
        count = f"{len(suite.skipped)} {'cell' if len(suite.skipped) == 1 else 'cells'}"
        tell(f"{manner.source} skips {count}; --list says which, and why")
    with Printer(output, several=True, reads=reads) as printer, Progress(total) as progress:
        run = Run(suite.cases, sending, manner, progress)
        with closing(run), on_interrupt(run.stop) as came:
            for item in run.results():
                ended.count(item)
                with progress.aside():
                    printer.show(item)
        ended.interrupted, ended.broken = came.status if run.interrupted else None, run.broken
        printer.left_out(total - ended.done)
    if ended.done < total:
        why = "interrupted" if ended.interrupted is not None else "--fail-fast" if manner.fail_fast else "--timeout"
        tell(f"{why}: {total - ended.done} of {total} cases were not run to their end")
    return ended


def run_case(case: Case, sending: Send, manner: Manner) -> Report:
    """Holds the server against one case; the report tells of the first run that failed, or that took most tries."""
    sending = sending if manner.send else withholding(sending)
    start = monotonic()
    told: Report | None = None
    for run in range(1, manner.repeat + 1):
        report = _tried(case, sending, manner, run)
        ended = outcome_of(report) in (*BAD, CaseOutcome.KNOWN)
        if told is None or ended or _judged(report).tries > _judged(told).tries:
            told = report
        if ended:
            break
    assert told is not None  # `repeat` is at least 1
    judged = replace(_judged(told), seconds=monotonic() - start)
    report = replace(told, judged=judged)
    if not judged.mismatches:
        return report
    report = replace(report, command=_command(report, manner))
    if case.expected.verdict != "allowed":
        return report
    return next(with_hints([report], transport=manner.transport, show_secrets=manner.show_secrets, send=manner.send))


def outcome_of(report: Report) -> CaseOutcome:
    """How the report of a case counts."""
    return outcome(_judged(report), report.diagnoses)


def _tried(case: Case, sending: Send, manner: Manner, run: int) -> Report:
    """One run: tried until it is not bad, or until there are no tries left."""
    known, expired = _put_up_with(case.known, manner.today)
    earlier: tuple[Mismatch, ...] = ()
    tries = 0
    while True:
        tries += 1
        diagnoses = diagnose_all(case.scenario, case.profiles, sending)
        mismatches = judge(case.expected, diagnoses)
        entry = None if case.known is None else case.known.entry
        judged = Judged(case.expected, mismatches, known, 0.0, tries, expired, earlier, run, manner.repeat, entry)
        if outcome(judged, diagnoses) not in BAD or tries > manner.retry:
            return Report(diagnoses, id=case.id, line=case.line, judged=judged, source=manner.source)
        earlier += mismatches


def _host(numbered: tuple[int, Case]) -> str:
    """The host that a case asks first, "" where it asks none: a slow one is to hold up its own cases only."""
    scenario = numbered[1].scenario
    url = scenario.parsed_url
    return "" if url is None else url.host


def _put_up_with(known: Known | None, today: date) -> tuple[str | None, str | None]:
    """(why a failure is put up with, why it was until its day was over)."""
    if known is None:
        return None, None
    reason = known.reason if known.until is None else f"{known.reason} (until {known.until})"
    return (reason, None) if known.holds(today) else (None, reason)


def _command(report: Report, manner: Manner) -> str | None:
    """The command that repeats the request, without secrets unless they are to be shown."""
    profiles = tuple(d.profile for d in report.diagnoses)
    browsers = None if profiles == BROWSERS else ",".join(profile.name for profile in profiles)
    return command_line(
        report.scenario if manner.show_secrets else conceal_scenario(report.scenario),
        browsers,
        send=manner.send,
        transport=manner.transport,
        show_secrets=manner.show_secrets,
    )


def _judged(report: Report) -> Judged:
    assert report.judged is not None  # run_case put it there
    return report.judged
