"""The report for people: the request replayed line by line, then the verdict, why, and what to do.

What is said stands in the rules and in wording.py, how it is set in layout.py. Here: what comes, and in which order.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from time import monotonic
from typing import TYPE_CHECKING, Final

from corsdoctor.browsers import STANDARD
from corsdoctor.diagnose import Diagnosis, Verdict
from corsdoctor.fetch.request import PRESETS
from corsdoctor.report import Item, Problem, Report
from corsdoctor.reports.conclusion import conclusion
from corsdoctor.reports.layout import Page, Role, Row, cut
from corsdoctor.reports.problem_text import problem
from corsdoctor.reports.replay import FAIL_MARK, PASS_MARK, Block, blocks, mark, reasons
from corsdoctor.reports.wording import (
    noted,
    readable_sentence,
    short_verdict,
    verdict,
    where,
    who,
)
from corsdoctor.reports.writer import Style
from corsdoctor.rule import Outcome, Step
from corsdoctor.scenario import Mode
from corsdoctor.url import URL, parse, same_origin
from corsdoctor.visible import visible
from corsdoctor.wire import Kind

if TYPE_CHECKING:
    from corsdoctor.reports.suite_text import SuiteText

FULL_REPLAYS: Final = 3  # of more exchanges than these, passed ones take one line each ...
FULL_ROWS: Final = 12  # ... and where one failed, of more lines than these
BRIEF_LINES: Final = 6
UNCUT: Final = 1_000_000  # scripts want the one line of a quiet report whole

Group = tuple[Diagnosis, ...]


class Text:
    """Each report, with an empty line between two but where they are quiet; of a policy's cases, what suite_text makes."""

    def __init__(self, style: Style, *, several: bool) -> None:  # noqa: ARG002 (several look as one does)
        self._style = style
        self._count = 0
        self._suite: SuiteText | None = None
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
        before = "\n" if self._count > 1 and self._style.verbosity >= 0 else ""
        return f"{before}{problem(item, self._style) if isinstance(item, Problem) else render(item, self._style)}\n"

    def left_out(self, cases: int) -> None:
        """So many cases of a policy were not run to their end, and no item will come of them."""
        if self._suite is not None:
            self._suite.not_run = cases

    def end(self) -> str:
        return "" if self._suite is None else self._suite.end(monotonic() - self._begun)


def render(report: Report, style: Style) -> str:
    """The report as text, without a line feed at its end."""
    page = Page(style)
    if style.verbosity < 0:
        return _one_line(report, Page(replace(style, width=UNCUT)))
    groups = _alike(report.diagnoses)
    main = max(groups, key=lambda group: sum(d.profile.name != STANDARD.name for d in group))
    others = [group for group in groups if group is not main]
    _heading(report, main[0], page)
    _replay(report, main, page, named=bool(others) and style.verbosity > 0)
    for group in others:
        if style.verbosity > 0:
            _replay(report, group, page, named=True)
        else:
            _difference(report, main, group, page)
    for again in report.retried:
        page.blank()
        page.text(
            f"The server first returned 429 to {again.method} {again.url}. The request was sent again after "
            f"{again.seconds:g} s, as Retry-After says."
        )
    page.blank()
    page.marked(*mark(report), verdict(report))
    for entries in conclusion(report, main[0], style):
        page.blank()
        page.labelled(entries)
    if report.cure is not None:
        from corsdoctor.reports.cure_text import (  # what a plain check need not load
            add_besides,
            add_cure,
            add_prescription,
        )

        for add in (add_cure, add_prescription, add_besides):
            add(report, page)
    return str(page)


def _one_line(report: Report, page: Page) -> str:
    scenario = report.diagnoses[0].scenario
    name = f"{scenario.method} {scenario.url}" if report.id is None else str(report.id)
    decided = report.verdict in (Verdict.BLOCKED, Verdict.ERROR)  # else a note may be what --fail-on counts
    rules = {} if decided else dict.fromkeys(step.rule.id for step, _ in noted(report))
    notes = f", with {'a note' if len(rules) == 1 else 'notes'} ({', '.join(rules)})" if rules else ""
    page.marked(*mark(report), visible(f"{short_verdict(report)}{notes}: {name}"))
    return str(page)


def _alike(diagnoses: Group) -> list[Group]:
    """The diagnoses in groups with the same exchanges, the same deciding rule and the same verdict."""
    groups: dict[object, list[Diagnosis]] = {}
    for d in diagnoses:
        decided = None if d.failure is None else (d.failure.rule.id, d.failure.exchange)
        groups.setdefault((d.exchanges, decided, d.verdict), []).append(d)
    return [tuple(group) for group in groups.values()]


# --- the request


def _heading(report: Report, main: Diagnosis, page: Page) -> None:
    scenario = main.scenario
    url = parse(scenario.url, None if scenario.origin.opaque else f"{scenario.origin}/")
    name = "" if report.id is None else f"[{report.id}] "
    asked = f"{name}{'Plan for ' if report.planned else ''}{scenario.method} {scenario.url if url is None else url.href.split('#', 1)[0]}"
    asker = who(scenario)
    if len(visible(f"{asked} {asker}")) <= page.width:
        page.text(f"{asked} {asker}", Role.STRONG)
    else:
        page.text(asked, Role.STRONG)
        page.text(asker)
    told = ["Nothing was sent."] if report.planned else []
    told += [_relation(url, main)] if url is not None else []
    if told:
        page.text(" ".join(told))


def _relation(url: URL, main: Diagnosis) -> str:
    """Whether it is cross-origin, and whether that asks for a preflight."""
    scenario = main.scenario
    if url.scheme == "data":
        return "A data: URL, which involves no server."
    if same_origin(url.origin, scenario.origin):
        later = [e for e in main.exchanges if "Origin" in e.request.headers and e.request.method in ("GET", "HEAD")]
        return (
            "Same-origin until a redirect leads to another origin." if later else "Same-origin, so CORS does not apply."
        )
    modes = PRESETS[scenario.api].modes
    mode = scenario.mode if scenario.mode in modes else modes[0]
    if mode is Mode.NO_CORS:
        return "Cross-origin in mode no-cors: no script can read the response."
    if mode is Mode.SAME_ORIGIN:
        return "Cross-origin, which mode same-origin does not allow."
    if not main.exchanges:
        return "Cross-origin."
    if main.exchanges[0].is_preflight:
        return f"Cross-origin. The browser sends a preflight request first, because {reasons(main, 0)}."
    return "Cross-origin. No preflight request is required."


# --- the replay


def _replay(report: Report, group: Group, page: Page, *, named: bool) -> None:
    everything = page.style.verbosity > 0
    made = blocks(group[0], planned=report.planned, everything=everything)
    if named:
        page.blank()
        page.text(f"Replay {where(group)}", Role.STRONG)
    if everything:
        before = [s for s in group[0].steps if s.exchange is None]
        if before:
            page.blank()
            page.text("Before sending", Role.STRONG)
            _steps(before, group[0], page, 0)
    if not everything and (len(made) > FULL_REPLAYS or sum(len(b.rows) for b in made) > FULL_ROWS):
        made = _shortened(made, page)
    column = page.remark_column([row for block in made for row in block.rows])
    for block in made:
        page.blank()
        page.text(_title(block, reasons(group[0], 0)), Role.STRONG)
        page.rows(block.rows, column)
        if everything:
            _steps(block.steps, group[0], page, 2)


def _title(block: Block, told: str) -> str:
    """A block's title, with why there is a preflight request if the report has not said so yet."""
    return block.title if block.why in ("", told) else f"{block.title}: {block.why}"


def _shortened(made: list[Block], page: Page) -> list[Block]:
    """Prints in one line each what passed before the last exchange or the failed one, and returns what is left."""
    if len(made) <= FULL_REPLAYS and not any(b.failed for b in made):
        return made
    passed = [b for b in made[:-1] if not b.failed]
    brief = [b.brief for b in passed if b.brief is not None]
    left_out = len(brief) - BRIEF_LINES
    if left_out > 1:
        half = BRIEF_LINES // 2
        brief = [*brief[:half], Row(" ", f"… and {left_out} more"), *brief[-half:]]
    if brief:
        page.blank()
    page.rows([Row(r.mark, cut(visible(r.text), page.width - 4), role=r.role) for r in brief])
    return [b for b in made if b not in passed]


def _steps(steps: Iterable[Step], diagnosis: Diagnosis, page: Page, indent: int) -> None:
    marks = {
        Outcome.PASS: (PASS_MARK, Role.GOOD),
        Outcome.FAIL: (FAIL_MARK, Role.BAD),
        Outcome.NOTE: ("-", Role.UNSURE),
    }
    told = [(f"{s.rule.id}: {readable_sentence(s, diagnosis.exchanges)}", *marks[s.outcome]) for s in steps]
    page.rows([Row(mark, text, role=role) for text, mark, role in told], indent=indent)


def _difference(report: Report, main: Group, group: Group, page: Page) -> None:
    """What of a group's replay is not in the main one."""
    known = {b.key: b for b in blocks(main[0], planned=report.planned, everything=False)}
    made = blocks(group[0], planned=report.planned, everything=False)
    page.blank()
    page.text(f"Different {where(group)}:", Role.STRONG)
    shown = False
    for block in made:
        same = known[block.key].rows if block.key in known else ()
        rows = [row for row in block.rows if row not in same]
        if rows:
            page.text(_title(block, reasons(main[0], 0)), Role.STRONG)
            page.rows(rows, page.remark_column(rows))
            shown = True
    if not any(b.key[0] == Kind.PREFLIGHT for b in made) and any(k[0] == Kind.PREFLIGHT for k in known):
        page.rows([Row("-", "no preflight request")])
        shown = True
    if not shown:
        page.rows([Row("-", "the same exchanges, but a different verdict")])
