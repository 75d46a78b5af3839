"""Runs the cases of a policy: how often each is tried, the verdict on it, and when the run stops."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain
from math import inf
from time import monotonic
from typing import Protocol

from corsdoctor.batch.in_order import in_order
from corsdoctor.batch.rate import NO_LIMIT, Pace, Rate
from corsdoctor.batch.retry_after import paced
from corsdoctor.causes.probe import NO_PROBES, Probing
from corsdoctor.command_line import Reaching
from corsdoctor.diagnose import withholding
from corsdoctor.hints import command_of, with_hints
from corsdoctor.report import Item, Problem, ProblemKind, Report, Retried, report_on
from corsdoctor.sentence import Sentence
from corsdoctor.suite.case import Case, Known
from corsdoctor.suite.judge import Judged, Mismatch, judge
from corsdoctor.suite.outcome import CaseOutcome, outcome
from corsdoctor.wire import Send

BAD = (CaseOutcome.FAILED, CaseOutcome.NO_ANSWER)


@dataclass(frozen=True, slots=True)
class RunOptions:
    """How cases are run. With `send`, methods that may change data are sent too.

    Each case has to pass `repeat` times, and each time it may be tried `retry` times more. With `fail_fast`, no case is
    started after one has failed. `today` decides which known failures have expired, `source` is the policy's file. A
    request with the status 429 is sent again if its Retry-After is at most `retry_after` seconds; the whole run may take
    `timeout` seconds. `transport` is how the servers are reached, for the commands that repeat a case. `certificate`
    says whether there is a client certificate to show.
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
    transport: Reaching | None = None
    probing: Probing = NO_PROBES
    certificate: bool = False


class Watcher(Protocol):
    """Sees each case start and finish; both are called by several threads."""

    def started(self, name: str, /) -> None: ...

    def finished(self, name: str, /) -> None: ...


class PolicyRun:
    """One run over some cases; `sending` leads to the network."""

    def __init__(
        self, cases: Sequence[Case], sending: Send, options: RunOptions, progress: Watcher | None = None
    ) -> None:
        self._sending, self._options, self._progress = sending, options, progress
        self.interrupted = False
        """Whether `stop` was called."""
        self._begins = True  # more cases
        self.broken = False
        """Whether there was an internal error."""
        self._pace = Pace(options.rate)
        until = None if options.timeout is None else monotonic() + options.timeout
        self._results = in_order(
            enumerate(cases, 1),
            self._work,
            options.jobs,
            host=_host,
            gate=self._pace,
            until=until,
            late=self._late,
            grace=inf,  # the cases are all there: each is reported
        )

    def results(self) -> Iterator[Item]:
        """The result of each case that was run, in order, each as soon as it and those before it are finished.

        After a stop, only of those that are finished by then.
        """
        for item in chain(self._results, self._results.done()):
            if item is not None:
                yield item

    def stop(self) -> None:
        """Starts no more cases, and waits for none. May be called at any time, also by a signal handler."""
        self.interrupted, self._begins = True, False
        self._results.stop()

    def close(self) -> None:
        """Lets the threads end, each after the case that it runs now."""
        self._results.close()

    def _work(self, numbered: tuple[int, Case]) -> Item | None:
        if not self._begins:
            return None
        _, case = numbered
        if self._progress is not None:
            self._progress.started(case.id)
        try:
            again = list[Retried]()
            sending = paced(self._sending, self._pace, self._options.retry_after, again.append)
            report = run_case(case, sending, self._options)
            item: Item = report._replace(retried=tuple(again))
            failed = outcome_of(report) in BAD
        except Exception as e:
            reason = Sentence("internal error: {type}: {text}; please report it", type=type(e).__name__, text=str(e))
            item = self._problem(numbered, reason, ProblemKind.INTERNAL)
            failed = self.broken = True
        if failed and self._options.fail_fast:
            self._begins = False
        if self._progress is not None:
            self._progress.finished(case.id)
        return item

    def _late(self, numbered: tuple[int, Case]) -> Item | None:
        """The result of a case that was not finished in time."""
        if not self._begins:
            return None
        return self._problem(
            numbered,
            f"not finished within --timeout ({self._options.timeout:g} s)",
            ProblemKind.TIMED_OUT,
        )

    def _problem(self, numbered: tuple[int, Case], reason: str, kind: ProblemKind) -> Problem:
        number, case = numbered
        return Problem(case.line or number, reason, case.id, self._options.source, kind, case.scenario, case.expected)


def run_case(case: Case, sending: Send, options: RunOptions) -> Report:
    """Runs one case. The report is on the first run that failed, otherwise on the one that took the most tries."""
    sending = sending if options.send else withholding(sending)
    start = monotonic()
    chosen: Report | None = None
    for run in range(1, options.repeat + 1):
        report = _tried(case, sending, options, run)
        ended = outcome_of(report) in (*BAD, CaseOutcome.KNOWN)
        if chosen is None or ended or _judged(report).tries > _judged(chosen).tries:
            chosen = report
        if ended:
            break
    assert chosen is not None  # `repeat` is at least 1
    judged = replace(_judged(chosen), seconds=monotonic() - start)
    report = chosen._replace(judged=judged)
    if not judged.mismatches:
        return report
    transport, show_secrets, send = options.transport, options.show_secrets, options.send
    command = command_of(report, "check", transport=transport, show_secrets=show_secrets, send=send)
    report = report._replace(command=command)
    if case.expected.verdict != "allowed":
        return report
    return next(with_hints([report], transport=transport, show_secrets=show_secrets, send=send))


def outcome_of(report: Report) -> CaseOutcome:
    """How the report of a case counts."""
    return outcome(_judged(report), report.diagnoses)


def _tried(case: Case, sending: Send, options: RunOptions, run: int) -> Report:
    """One run: tried until it passes, or until no tries are left."""
    known, expired = _accepted(case.known, options.today)
    scenario = case.scenario._replace(certificate=options.certificate)
    earlier: tuple[Mismatch, ...] = ()
    tries = 0
    while True:
        tries += 1
        report = report_on(scenario, case.profiles, sending, options.probing)
        diagnoses = report.diagnoses
        mismatches = judge(case.expected, diagnoses)
        entry = None if case.known is None else case.known.entry
        judged = Judged(case.expected, mismatches, known, 0.0, tries, expired, earlier, run, options.repeat, entry)
        if outcome(judged, diagnoses) not in BAD or tries > options.retry:
            return report._replace(id=case.id, line=case.line, judged=judged, source=options.source)
        earlier += mismatches


def _host(numbered: tuple[int, Case]) -> str:
    """The host of a case's URL, "" if it has none: a slow host delays only its own cases."""
    scenario = numbered[1].scenario
    url = scenario.parsed_url
    return "" if url is None else url.host


def _accepted(known: Known | None, today: date) -> tuple[str | None, str | None]:
    """(why a failure is accepted, why it was accepted until it expired)."""
    if known is None:
        return None, None
    reason = known.reason if known.until is None else f"{known.reason} (until {known.until})"
    return (reason, None) if known.holds(today) else (None, reason)


def _judged(report: Report) -> Judged:
    assert report.judged is not None  # run_case put it there
    return report.judged
