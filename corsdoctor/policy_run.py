"""Runs the cases of a policy: how often each is tried, the verdict on it, and when the run stops."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain, groupby
from math import inf
from time import monotonic
from typing import Protocol

from corsdoctor.batch.in_order import in_order
from corsdoctor.batch.rate import NO_LIMIT, Pace, Rate
from corsdoctor.batch.retry_after import paced
from corsdoctor.batch.shared_pages import SharedPages
from corsdoctor.batch.work import internal_error
from corsdoctor.causes.probe import NO_PROBES, Probing
from corsdoctor.command_line import Reaching
from corsdoctor.diagnose import Verdict, withholding
from corsdoctor.errors import InvalidScenario, UnreadableInput
from corsdoctor.hints import command_of, with_hints
from corsdoctor.report import Item, Problem, ProblemKind, Report, Retried, report_on
from corsdoctor.suite.case import Case, Known
from corsdoctor.suite.judge import Judged, Mismatch, judge
from corsdoctor.suite.outcome import FAILURES, CaseOutcome, outcome
from corsdoctor.wire import Send

Unit = tuple[Case, ...]
"""What runs at once: one case, or all selected ones of a flow."""


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
        self._pages = SharedPages(paced(sending, self._pace, options.retry_after, lambda _: None))
        until = None if options.timeout is None else monotonic() + options.timeout
        self._results = in_order(
            enumerate(units(cases), 1),
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
        for items in chain(self._results, self._results.held_back()):
            yield from items or ()

    def stop(self) -> None:
        """Starts no more cases, and waits for none. May be called at any time, also by a signal handler."""
        self.interrupted, self._begins = True, False
        self._results.stop()

    def close(self) -> None:
        """Lets the threads end, each after the case that it runs now."""
        self._results.close()

    def _work(self, numbered: tuple[int, Unit]) -> list[Item]:
        if not self._begins:
            return []
        _, unit = numbered
        if self._progress is not None:
            for case in unit:
                self._progress.started(case.id)
        try:
            again = list[Retried]()
            sending = paced(self._sending, self._pace, self._options.retry_after, again.append)
            unit = tuple(replace(case, scenario=self._pages.with_page(case.scenario)) for case in unit)
            first, *others = run_cases(unit, sending, self._options)
            items: list[Item] = [first._replace(retried=tuple(again)), *others]
            failed = any(outcome_of(report) in FAILURES for report in (first, *others))
        except (InvalidScenario, UnreadableInput) as e:  # the page of a case
            items, failed = self._problems(numbered, str(e), ProblemKind.NOT_UNDERSTOOD), True
        except Exception as e:
            items = self._problems(numbered, internal_error(e), ProblemKind.INTERNAL)
            failed = self.broken = True
        if failed and self._options.fail_fast:
            self._begins = False
        if self._progress is not None:
            for case in unit:
                self._progress.finished(case.id)
        return items

    def _late(self, numbered: tuple[int, Unit]) -> list[Item]:
        """The results of cases that were not finished in time."""
        if not self._begins:
            return []
        return self._problems(
            numbered,
            f"not finished within --timeout ({self._options.timeout:g} s)",
            ProblemKind.TIMED_OUT,
        )

    def _problems(self, numbered: tuple[int, Unit], reason: str, kind: ProblemKind) -> list[Item]:
        number, unit = numbered
        return [
            Problem(case.line or number, reason, case.id, self._options.source, kind, case.scenario, case.expected)
            for case in unit
        ]


def units(cases: Iterable[Case]) -> Iterator[Unit]:
    """The cases, those of a flow together."""
    for _, unit in groupby(cases, lambda case: case.id if case.step is None else case.step.entry):
        yield tuple(unit)


def run_cases(unit: Unit, sending: Send, options: RunOptions) -> list[Report]:
    """Runs one case, or those of a flow. Each report is on the first run that failed, otherwise on the one that took the
    most tries.
    """
    sending = sending if options.send else withholding(sending)
    start = monotonic()
    chosen: list[Report] = []
    for run in range(1, options.repeat + 1):
        reports = _tried(unit, sending, options, run)
        chosen = [_worse(*pair) for pair in zip(chosen or reports, reports, strict=True)]
        if any(map(_ended, reports)):
            break
    seconds = (monotonic() - start) / len(unit)
    return [
        _with_commands(report._replace(judged=replace(_judged(report), seconds=seconds)), case, options)
        for report, case in zip(chosen, unit, strict=True)
    ]


def _worse(old: Report, new: Report) -> Report:
    return new if _ended(new) or _judged(new).tries > _judged(old).tries else old


def _ended(report: Report) -> bool:
    """Whether no further run can change how the case counts."""
    return outcome_of(report) in (*FAILURES, CaseOutcome.KNOWN)


def _with_commands(report: Report, case: Case, options: RunOptions) -> Report:
    """The report of a failed case with the commands that repeat and fix it. A request of a flow cannot be repeated alone."""
    if case.step is not None or not _judged(report).mismatches:
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


def _tried(unit: Unit, sending: Send, options: RunOptions, run: int) -> tuple[Report, ...]:
    """One run: tried until it passes, or until no tries are left."""
    earlier: list[tuple[Mismatch, ...]] = [()] * len(unit)
    failed = [0] * len(unit)
    for left in range(options.retry, -1, -1):
        reports = []
        found = zip(unit, _reported(unit, sending, options), strict=True)
        for i, (case, (report, incomplete)) in enumerate(found):
            known, expired = _accepted(case.known, options.today)
            entry = None if case.known is None else case.known.entry
            mismatches = () if incomplete else judge(case.expected, report.diagnoses, report.cookies)
            judged = Judged(
                case.expected, mismatches, known, 0.0, failed[i] + 1, expired, earlier[i], run, options.repeat, entry,
                incomplete,
            )  # fmt: skip
            reports.append(report._replace(id=case.id, line=case.line, judged=judged, source=options.source))
        bad = [outcome_of(report) in FAILURES for report in reports]
        if not any(bad) or not left:
            break
        failed = [count + one for count, one in zip(failed, bad, strict=True)]
        earlier = [
            (*before, *_judged(report).mismatches) if one else before
            for before, report, one in zip(earlier, reports, bad, strict=True)
        ]
    return tuple(reports)


def _reported(unit: Unit, sending: Send, options: RunOptions) -> Iterator[tuple[Report, bool]]:
    """The report on each case, and whether an earlier request of its flow was withheld."""
    first = unit[0]
    if first.step is None:
        scenario = first.scenario._replace(certificate=options.certificate)
        yield report_on(scenario, first.profiles, sending, options.probing), False
        return
    from corsdoctor.causes.investigate import explained  # what a policy without flows need not load
    from corsdoctor.flow.run import run_flow

    profiles = dict.fromkeys(profile for case in unit for profile in case.profiles)
    lives = {life.profile.name: life.steps for life in run_flow(first.step.flow, profiles, sending)}
    for case in unit:
        index = 0 if case.step is None else case.step.number
        lived = [lives[profile.name] for profile in case.profiles]
        steps = [life[index] for life in lived]
        incomplete = any(step.verdict is Verdict.UNSENT for life in lived for step in life[:index])
        diagnoses = explained(step.whole for step in steps)
        yield Report(diagnoses, cookies=tuple(step.all_cookies for step in steps)), incomplete


def _host(numbered: tuple[int, Unit]) -> str:
    """The host of the first URL, "" if it has none: a slow host delays only its own cases."""
    scenario = numbered[1][0].scenario
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
