"""The text report of a policy's cases: each failure, what is worth knowing besides, then the summary."""

from __future__ import annotations

from collections import Counter
from typing import Final

from corsdoctor.levels import compared
from corsdoctor.report import Item, Problem, Report
from corsdoctor.reports.alike import Alike, Reasons
from corsdoctor.reports.content import Entry, Role
from corsdoctor.reports.faults import faults, headline
from corsdoctor.reports.layout import Page
from corsdoctor.reports.problem_text import problem
from corsdoctor.reports.replay import FAIL_MARK, PASS_MARK
from corsdoctor.reports.unmet import briefly, preflighted, unmet, why_no_response
from corsdoctor.reports.wording import (
    INCOMPLETE,
    blocked_by_error,
    capital,
    masked_in,
    short_verdict,
    waits,
    who,
    withheld,
)
from corsdoctor.reports.writer import Style
from corsdoctor.suite.judge import Judged
from corsdoctor.suite.outcome import FAILURES, CaseOutcome, outcome
from corsdoctor.suite.server_errors import blocking_status

_NOTE: Final = "-"


class SuiteText:
    """Writes each failed case, what else is worth knowing, and a summary; with -v every case, with -q only the summary."""

    def __init__(self, style: Style, errors: int = 0) -> None:
        """`errors` is the number of Problems before the first case."""
        self._style = style
        self._counts: Counter[CaseOutcome] = Counter()
        self._errors = errors
        self._late = self._unneeded = self._unasked = self._incomplete = 0
        self.not_run = 0
        """How many cases did not finish."""
        self._statuses: Counter[int] = Counter()  # by status
        self._passed_of: Counter[str] = Counter()  # of each entry of `known`, how many cases passed
        self._observed: dict[str, list[bool]] = {}  # by browser, whether each case went as predicted
        self._failed, self._unheard = Reasons(), Reasons()
        self._block = False  # whether the last thing written was more than a line
        self._any = errors > 0

    def add(self, item: Item) -> str:
        """The text on a case with its line feeds, "" if there is nothing to report."""
        page = Page(self._style)
        if isinstance(item, Problem):
            self._errors += 1
            return self._written(problem(item, self._style), block=False)
        judged = item.judged
        assert judged is not None  # every case of a policy is judged
        became = outcome(judged, item.diagnoses)
        self._counts[became] += 1
        self._late += judged.passed and judged.tries > 1
        unneeded = self._no_longer(judged, became)
        self._unneeded += bool(unneeded)
        status = blocking_status(judged, item.diagnoses)
        self._statuses.update([] if status is None else [status])
        unsent = became is CaseOutcome.UNSENT and not judged.incomplete
        self._incomplete += became is CaseOutcome.UNSENT and judged.incomplete
        self._unasked += unsent and not any(map(preflighted, item.diagnoses))
        block = became in (CaseOutcome.FAILED, CaseOutcome.NO_ANSWER)
        differs = self._as_observed(item, page) if item.observations else False
        if became is CaseOutcome.NO_ANSWER and self._style.verbosity <= 0:
            self._unheard.add(item)  # a dead server is stated once, at the end
            return ""
        if (
            became is CaseOutcome.FAILED
            and self._failed.add(item).count > 1
            and self._style.verbosity <= 0
            and not differs
        ):
            return ""
        if block:
            _failure(item, judged, page)
        else:
            self._line(item, judged, became, page, unneeded)
        return self._written(str(page), block=block or differs)

    def _as_observed(self, report: Report, page: Page) -> bool:
        """Counts what real browsers did with a case, and writes where they differ. Returns whether one does."""
        from corsdoctor.reports.observed_text import observed_sentences  # what a run without browsers need not load

        bad = False
        for seen, _, different in compared(report):
            self._observed.setdefault(seen.title, []).append(not different and seen.missing is None)
            bad = bad or bool(different) or seen.missing is not None
        for text, role in observed_sentences(report) if bad else ():
            page.marked(FAIL_MARK, role, f"{report.id}: {text}")
        return bad

    def end(self, seconds: float) -> str:
        """The summary; `seconds` is how long it all took."""
        shared = [*map(self._shared, self._failed), *map(self._no_response, self._unheard)]
        page = Page(self._style)
        counts, bad = self._counts, self._errors
        shown = [(counts[CaseOutcome.FAILED], "failed"), (counts[CaseOutcome.NO_ANSWER], "without a response")]
        shown += [(self._errors, "not judged")]
        bad += sum(counts[became] for became in FAILURES)
        shown += [(counts[CaseOutcome.PASSED], "passed"), (counts[CaseOutcome.UNSENT], "not sent")]
        shown += [(counts[CaseOutcome.KNOWN], _known_failures(counts[CaseOutcome.KNOWN]))]
        shown += [(self.not_run, "not run")]
        parts = [f"{count} {what}" for count, what in shown if count]
        sign, role = (_NOTE, Role.UNSURE) if self.not_run else (PASS_MARK, Role.GOOD)
        sign, role = (FAIL_MARK, Role.BAD) if bad else (sign, role)
        page.marked(sign, role, f"{', '.join(parts)} in {seconds:.1f} s")
        more = self._remarks()
        if more:
            page.marked(" ", Role.PLAIN, capital("; ".join(more)))
        for title, agreed in self._observed.items():
            role = Role.GOOD if all(agreed) else Role.BAD
            page.marked(" ", role, f"{title}: {sum(agreed)} of {len(agreed)} as predicted")
        blank = "\n" if self._any and self._style.verbosity >= 0 else ""
        return f"{''.join(shared)}{blank}{page}\n"

    def _shared(self, alike: Alike) -> str:
        """The sentence that more cases failed like one that was shown."""
        if alike.count == 1 or self._style.verbosity > 0:
            return ""
        page = Page(self._style)
        failures = list(dict.fromkeys(fault.failure for fault in faults(alike.first) if fault.failure))
        page.marked(
            FAIL_MARK, Role.BAD, f"{alike.count} cases share one cause: {'. '.join(failures) or headline(alike.first)}"
        )
        page.marked(" ", Role.PLAIN, alike.named)
        return self._written(str(page), block=True)

    def _no_response(self, alike: Alike) -> str:
        """Why there was no response, and for which cases."""
        page, first = Page(self._style), alike.first
        what = alike.named if alike.count == 1 else f"{alike.count} cases"
        assert isinstance(first, Report)  # only a report has a request
        page.marked(FAIL_MARK, Role.BAD, f"{what}: no response. {why_no_response(first)}")
        if alike.count > 1:
            page.marked(" ", Role.PLAIN, alike.named)
        elif first.command is not None:
            page.verbatim(f"  $ {first.command}")
        return self._written(str(page), block=True)

    def _remarks(self) -> list[str]:
        unsent = self._counts[CaseOutcome.UNSENT] - self._incomplete
        remarks = []
        if unsent:
            remarks.append(
                f"{unsent} not sent, because {'it' if unsent == 1 else 'they'} may change data; to send {'it' if unsent == 1 else 'them'}, add --send"
            )
        if self._unasked:
            them = "it" if self._unasked == 1 else "them"
            remarks.append(f"{self._unasked} of these required no preflight, so nothing is known about {them}")
        if self._incomplete:
            them = "its flow" if self._incomplete == 1 else "their flows"
            remarks.append(f"{self._incomplete} not judged, because an earlier request of {them} was not sent")
        if self._late:
            remarks.append(f"{self._late} passed only when retried")
        if self._unneeded:
            remarks.append(f"{self._unneeded} {_known_failures(self._unneeded)} no longer needed")
        if self._statuses:
            remarks.append(f"{self._statuses.total()} {blocked_by_error(sorted(self._statuses))}")
        return remarks

    def _no_longer(self, judged: Judged, became: CaseOutcome) -> str:
        """The remark that a known failure is no longer needed, "" if it is needed or if that is not known yet.

        An entry for several cases is reported with the last of them, if all passed.
        """
        reason = judged.known or judged.expired
        if reason is None or became is not CaseOutcome.PASSED:
            return ""
        entry = judged.entry
        if entry is None or entry.cases == 1:
            return f"passed; the known failure is no longer needed: {reason}"
        self._passed_of[entry.where] += 1
        if self._passed_of[entry.where] < entry.cases:
            return ""
        return f"passed, as all {entry.cases} cases of a known failure; it is no longer needed: {reason}"

    def _written(self, text: str, *, block: bool) -> str:
        """`text`, with empty lines around it if it has several lines."""
        if not text or self._style.verbosity < 0:
            return ""
        before = "\n" if self._any and (block or self._block) else ""
        self._any, self._block = True, block
        return f"{before}{text}\n"

    def _line(self, report: Report, judged: Judged, became: CaseOutcome, page: Page, unneeded: str) -> None:
        """A case in one line, if there is anything to report."""
        status = blocking_status(judged, report.diagnoses)
        if became is CaseOutcome.KNOWN:
            page.marked(_NOTE, Role.UNSURE, f"{report.id}: known failure: {judged.known}; {briefly(judged.mismatches)}")
        elif judged.tries > 1:
            tries = f"passed on try {judged.tries}{_run(judged)}; before: {briefly(judged.earlier)}"
            page.marked(_NOTE, Role.UNSURE, f"{report.id}: {tries}")
        if report.retried:
            page.marked(_NOTE, Role.UNSURE, f"{report.id}: {'; '.join(waits(report))}")
        if unneeded:
            page.marked(_NOTE, Role.UNSURE, f"{report.id}: {unneeded}")
        if status is not None:
            page.marked(_NOTE, Role.UNSURE, f"{report.id}: {blocked_by_error([status])}")
        if page.style.verbosity > 0 and judged.passed and judged.tries == 1 and not unneeded and status is None:
            sign, role = (_NOTE, Role.UNSURE) if became is CaseOutcome.UNSENT else (PASS_MARK, Role.GOOD)
            held = withheld(report.diagnoses) if became is CaseOutcome.UNSENT else None
            result = short_verdict(report) if held is None else f"not sent: {held[1].why}"
            result = INCOMPLETE if judged.incomplete else result
            page.marked(sign, role, f"{report.id}: {result} ({judged.seconds:.2f} s)")


def _failure(report: Report, judged: Judged, page: Page) -> None:
    """A failed case: the request, what was expected, what happened, why, and what to do."""
    scenario = report.diagnoses[0].scenario
    page.marked(FAIL_MARK, Role.BAD, f"{report.id}{_run(judged)}{_tries(judged)}")
    entries = [Entry("request", f"{scenario.method} {scenario.url}"), Entry("", who(scenario), whole=True)]
    entries += [Entry("again", "; ".join(waits(report)), whole=True)] if report.retried else []
    if judged.expired is not None:
        entries.append(Entry("known", f"expired: {judged.expired}", whole=True))
    for number, (_, found) in enumerate(unmet(report, judged, page.style.verbosity)):
        if number:
            page.labelled(entries)
            page.blank()
            entries = []
        entries += found
    page.labelled(entries)
    commands = [command for command in (report.command, report.fix_command) if command is not None]
    if commands:
        page.blank()
        page.verbatim("\n".join(f"  $ {command}" for command in commands))
        if masked := masked_in(commands):
            page.marked(" ", Role.FAINT, masked)


def _run(judged: Judged) -> str:
    return f" (run {judged.run} of {judged.runs})" if judged.runs > 1 else ""


def _tries(judged: Judged) -> str:
    return f" (tried {judged.tries} times)" if judged.tries > 1 else ""


def _known_failures(count: int) -> str:
    return "known failure" if count == 1 else "known failures"
