"""The text report: the verdict and what to do about it, then the exchange that shows why, then notes.

The sentences are those of the rules and of wording.py; layout.py formats them. This file decides what is shown, and in
which order. The exchange is written by replay_text.py.
"""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, Final

from corsdoctor.browsers import STANDARD
from corsdoctor.diagnose import Diagnosis, Verdict
from corsdoctor.record import Record
from corsdoctor.report import AuditReport, FlowReport, Item, Problem, Report
from corsdoctor.reports.answer import add_answer, add_notes
from corsdoctor.reports.content import Content, Role, joined
from corsdoctor.reports.layout import UNCUT, page
from corsdoctor.reports.problem_text import problem
from corsdoctor.reports.replay import mark, reasons
from corsdoctor.reports.replay_text import Group, add_difference, add_probes, add_replay
from corsdoctor.reports.wording import capital, noted, policies, readable_sentence, requested, short_verdict, who
from corsdoctor.reports.writer import Signs, Style
from corsdoctor.scenario import Api, Mode
from corsdoctor.url import URL, parse, same_origin

if TYPE_CHECKING:
    from corsdoctor.captures.summary import Summary
    from corsdoctor.lint.found import Linted
    from corsdoctor.reports.capture_text import CaptureText
    from corsdoctor.reports.suite_text import SuiteText

MOST_REASONS: Final = 10_000  # remembered for a long list


class Text:
    """Writes each report; those of a policy's cases with suite_text.

    Of several, one line each, and the whole report on what is blocked or has no response, where the reason is a new one;
    with -v all whole reports.
    """

    def __init__(self, style: Style, *, several: bool) -> None:
        self._style = style
        self._several = several
        self._count = 0
        self._after_line = False  # whether the item before was one line
        self._reasons: set[object] = set()
        self._suite: SuiteText | None = None
        self._capture: CaptureText | None = None
        self._begun = monotonic()

    def begin(self) -> str:
        return ""

    def add(self, item: Item) -> str:
        if self._suite is None and isinstance(item, Report) and item.judged is not None:
            from corsdoctor.reports.suite_text import SuiteText  # what a plain check need not load

            self._suite = SuiteText(self._style, self._count)
        if self._suite is not None:
            return self._suite.add(item)
        self._count += 1
        if isinstance(item, Report) and item.capture is not None:
            return self._captured(item)
        if isinstance(item, Problem):
            text, one_line = problem(item, self._style), True
        else:
            one_line = self._style.verbosity < 0 or (self._several and not self._is_new_reason(item))
            text = render(item, self._style._replace(verbosity=-1) if one_line else self._style, named=self._several)
        apart = self._count > 1 and self._style.verbosity >= 0 and not (one_line and self._after_line)
        self._after_line = one_line and self._several
        return "\n" * apart + f"{text}\n"

    def _apart(self) -> str:
        """The empty line before an item that is not the first."""
        self._count += 1
        return "\n" if self._count > 1 and self._style.verbosity >= 0 else ""

    def _captured(self, report: Report) -> str:
        """Collects a request of a capture; all of it is written at the end."""
        from corsdoctor.reports.capture_text import CaptureText  # what a plain check need not load

        self._capture = self._capture or CaptureText(self._style)
        unknown = report.verdict is Verdict.UNKNOWN and self._style.verbosity > 0
        whole = self._style.verbosity >= 0 and (unknown or self._is_new_reason(report))
        self._capture.add(report, render(report, self._style, named=True) if whole else None)
        return ""

    def add_flow(self, report: FlowReport) -> str:
        """A flow, as a timeline."""
        from corsdoctor.reports.flow_text import render_flow  # what a plain check need not load

        return f"{self._apart()}{render_flow(report, self._style)}\n"

    def add_capture(self, found: Summary) -> str:
        """What a capture holds beside the requests."""
        from corsdoctor.reports.capture_text import CaptureText

        self._capture = self._capture or CaptureText(self._style)
        self._capture.add_capture(found)
        return ""

    def _is_new_reason(self, report: Report) -> bool:
        """Whether to show the whole report although there are several: its reason was not shown yet. It is from now on."""
        if self._style.verbosity > 0 or report.planned or report.cure is not None:
            return True
        failures = {readable_sentence(d.failure, d.exchanges) for d in report.diagnoses if d.failure is not None}
        if not failures:
            return False
        url = parse(report.scenario.url)
        reason = (None if url is None else url.origin, report.scenario.origin, *sorted(failures))
        if reason in self._reasons:
            return False
        if len(self._reasons) >= MOST_REASONS:
            self._reasons.clear()
        self._reasons.add(reason)
        return True

    def add_not_run(self, cases: int) -> None:
        """Counts cases of a policy that did not finish, for which no item is added."""
        if self._suite is not None:
            self._suite.not_run = cases

    def add_audit(self, report: AuditReport) -> str:
        """An audit, below an empty line if something precedes it."""
        from corsdoctor.reports.audit_text import render_audit  # what a plain check need not load

        return f"{self._apart()}{render_audit(report, self._style)}\n"

    def add_lint(self, linted: Linted) -> str:
        """What lint found in a file; of several files, nothing of those without findings."""
        from corsdoctor.reports.lint_text import render_lint  # what a plain check need not load

        if self._several and not linted.findings and self._style.verbosity <= 0:
            return ""
        return f"{self._apart()}{render_lint(linted, self._style)}\n"

    def end(self) -> str:
        if self._capture is not None:
            return self._capture.end()
        return "" if self._suite is None else self._suite.end(monotonic() - self._begun)


def render(report: Report, style: Style, *, named: bool = False) -> str:
    """The report as text, without a line feed at its end. With `named`, its first line has its name."""
    if style.verbosity < 0:
        return page(_one_line(report).blocks, style._replace(width=UNCUT))
    return page(content(report, style, named=named).blocks, style)


class Parts(Record):
    """The parts of a report: the verdict and what to do, what was asked, the exchanges, what real browsers and probes showed
    besides, the notes, and the cure.
    """

    answer: Content
    request: Content
    exchanges: Content
    besides: Content
    notes: Content
    cure: Content


def content(report: Report, style: Style, *, named: bool = False) -> Content:
    """The whole report, as detailed as `style` says."""
    found = parts(report, style, named=named)
    if style.diagram is not Signs.NONE:
        from corsdoctor.reports.terminal_diagram import diagrams  # what a plain check need not load

        more = found.exchanges.blocks if style.verbosity > 0 else []
        found = found._replace(exchanges=joined(diagrams(report, style), Content(more)))
    return joined(*found)


def parts(report: Report, style: Style, *, named: bool = False) -> Parts:
    """The parts of a report, as detailed as `style` says. With `named`, the first line has its name."""
    found = Parts(*(Content() for _ in Parts._fields))
    groups = _alike(report.diagnoses)
    main = max(groups, key=lambda group: sum(d.profile.name != STANDARD.name for d in group))
    others = [group for group in groups if group is not main]
    add_answer(report, main[0], style, found.answer, named=named)
    _heading(report, main[0], found.request)
    everything = style.verbosity > 0
    add_replay(report, main, found.exchanges, everything=everything, named=bool(others) and everything)
    for group in others:
        if everything:
            add_replay(report, group, found.exchanges, everything=True, named=True)
        else:
            add_difference(report, main, group, found.exchanges)
    if report.observations:
        from corsdoctor.reports.observed_text import (  # what a plain check need not load
            add_observations,
            observed_entries,
        )

        found.answer.labelled(observed_entries(report))
        add_observations(report, found.besides, everything=everything)
    add_probes(report, found.besides)
    add_notes(report, style, found.notes)
    if report.cure is not None:
        from corsdoctor.reports.cure_text import add_whole_cure  # what a plain check need not load

        add_whole_cure(report, style, found.cure)
    return found


def _one_line(report: Report) -> Content:
    scenario = report.diagnoses[0].scenario
    name = f"{scenario.method} {scenario.url}" if report.id is None else str(report.id)
    decided = report.verdict in (Verdict.BLOCKED, Verdict.ERROR)  # otherwise a note may be what --fail-on counts
    rules = {} if decided else dict.fromkeys(step.rule.id for step, _ in noted(report))
    notes = f", with {'a note' if len(rules) == 1 else 'notes'} ({', '.join(rules)})" if rules else ""
    shown = Content()
    shown.marked(*mark(report), f"{short_verdict(report)}{notes}: {name}")
    return shown


def _alike(diagnoses: Group) -> list[Group]:
    """The diagnoses in groups with the same exchanges, the same deciding rule and the same verdict."""
    groups: dict[object, list[Diagnosis]] = {}
    for d in diagnoses:
        decided = None if d.failure is None else (d.failure.rule.id, d.failure.exchange)
        groups.setdefault((d.exchanges, decided, d.verdict), []).append(d)
    return [tuple(group) for group in groups.values()]


# --- the request


def _heading(report: Report, main: Diagnosis, shown: Content) -> None:
    scenario = main.scenario
    url = scenario.parsed_url
    shown.text(requested(report), Role.STRONG)
    shown.text(f"{capital(who(scenario))}.{'' if url is None else f' {_relation(url, main)}'}")
    if scenario.client is not None and scenario.client.page.requested:
        shown.text(policies(scenario.client.page))


def _relation(url: URL, main: Diagnosis) -> str:
    """Whether it is cross-origin, and whether that requires a preflight."""
    scenario = main.scenario
    if url.scheme == "data":
        return "A data: URL, which involves no server."
    if scenario.api is Api.WEBSOCKET:
        return "CORS does not apply to a WebSocket: the server decides by the Origin header of the handshake."
    if same_origin(url.origin, scenario.origin):
        asked = [parse(exchange.request.url) for exchange in main.exchanges]
        leaves = any(at is not None and not same_origin(at.origin, scenario.origin) for at in asked)
        return (
            "Same-origin until a redirect leads to another origin."
            if leaves
            else "Same-origin, so CORS does not apply."
        )
    if main.request is not None and main.request.mode is Mode.NAVIGATE:
        return "Cross-origin. CORS does not apply to frames and forms, and no script of the page can read the document."
    if main.request is not None and main.request.mode is Mode.NO_CORS:
        return "Cross-origin in mode no-cors: no script can read the response."
    if main.request is not None and main.request.mode is Mode.SAME_ORIGIN:
        return "Cross-origin, which mode same-origin does not allow."
    if not main.exchanges:
        return "Cross-origin."
    if main.exchanges[0].is_preflight:
        return f"Cross-origin. The browser sends a preflight request first, because {reasons(main, 0)}."
    return "Cross-origin. No preflight request is required."
