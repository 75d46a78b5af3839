"""The replay of a text report: each exchange with its marks, the probes, and what is different in other browsers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from corsdoctor.diagnose import Diagnosis
from corsdoctor.report import Report
from corsdoctor.reports.content import Content, Role, Row
from corsdoctor.reports.replay import FAIL_MARK, PASS_MARK, Block, blocks, reasons
from corsdoctor.reports.wording import probed, readable_sentence, where
from corsdoctor.rule import Outcome, Step
from corsdoctor.wire import Kind

FULL_REPLAYS: Final = 3  # if there are more exchanges, passed ones take one line each ...
FULL_ROWS: Final = 12  # ... and if one failed, the middle of more lines than these is left out
BRIEF_LINES: Final = 6
_TABLE: Final = "replay"
Group = tuple[Diagnosis, ...]


def add_replay(report: Report, group: Group, shown: Content, *, everything: bool, named: bool) -> None:
    """The exchanges of a group; with `everything`, each step too; with `named`, below the names of its browsers."""
    made = blocks(group[0], planned=report.planned, everything=everything)
    if named:
        shown.blank()
        shown.text(f"Replay {where(group)}", Role.STRONG)
    if everything:
        before = [s for s in group[0].steps if s.exchange is None]
        if before:
            shown.blank()
            shown.text("Before sending", Role.STRONG)
            _steps(before, group[0], shown, 0)
    if not everything and (len(made) > FULL_REPLAYS or sum(len(b.rows) for b in made) > FULL_ROWS):
        made = _shortened(made, shown)
    for block in made:
        shown.blank()
        shown.text(_title(block, reasons(group[0], 0)), Role.STRONG)
        shown.rows(block.rows, _TABLE)
        if everything:
            _steps(block.steps, group[0], shown, 2)


def add_probes(report: Report, shown: Content) -> None:
    """What was asked besides, to find the cause."""
    if report.probes:
        shown.blank()
        count = len(report.probes)
        why = "to find the cause" if any(d.failure for d in report.diagnoses) else "to see what other requests get"
        title = f"Probes: {count} further request{'s' if count > 1 else ''}, {why}"
        shown.text(title, Role.STRONG)
        shown.rows([Row("-", probed(probe)) for probe in report.probes])


def _title(block: Block, said: str) -> str:
    """A block's title, with why there is a preflight request if the report has not said so yet."""
    return block.title if block.why in ("", said) else f"{block.title}: {block.why}"


def _shortened(made: list[Block], shown: Content) -> list[Block]:
    """Shows in one line each what passed before the last exchange or the failed one, and returns what is left."""
    if len(made) <= FULL_REPLAYS and not any(b.failed for b in made):
        return made
    passed = [b for b in made[:-1] if not b.failed]
    brief = [b.brief for b in passed if b.brief is not None]
    hidden = len(brief) - BRIEF_LINES
    if hidden > 1:
        half = BRIEF_LINES // 2
        brief = [*brief[:half], Row(" ", f"… and {hidden} more"), *brief[-half:]]
    if brief:
        shown.blank()
    shown.rows(brief)
    return [b for b in made if b not in passed]


def _steps(steps: Iterable[Step], diagnosis: Diagnosis, shown: Content, indent: int) -> None:
    marks = {
        Outcome.PASS: (PASS_MARK, Role.GOOD),
        Outcome.FAIL: (FAIL_MARK, Role.BAD),
        Outcome.NOTE: ("-", Role.UNSURE),
    }
    texts = [(f"{s.rule.id}: {readable_sentence(s, diagnosis.exchanges)}", *marks[s.outcome]) for s in steps]
    shown.rows([Row(mark, text, role=role) for text, mark, role in texts], indent=indent)


def add_difference(report: Report, main: Group, group: Group, shown: Content) -> None:
    """The parts of a group's replay that are not in the main one; nothing where only request headers not shown differ."""
    known = {b.key: b for b in blocks(main[0], planned=report.planned, everything=False)}
    made = blocks(group[0], planned=report.planned, everything=False)
    found = Content()
    for block in made:
        same = known[block.key].rows if block.key in known else ()
        rows = [row for row in block.rows if row not in same]
        if rows:
            found.text(_title(block, reasons(main[0], 0)), Role.STRONG)
            found.rows(rows, f"{where(group)} {block.title}")
    if not any(b.key[0] == Kind.PREFLIGHT for b in made) and any(k[0] == Kind.PREFLIGHT for k in known):
        found.rows([Row("-", "no preflight request")])
    if not found.blocks and group[0].verdict != main[0].verdict:
        found.rows([Row("-", "the same exchanges, but a different verdict")])
    if found.blocks:
        shown.blank()
        shown.text(f"Different {where(group)}:", Role.STRONG)
        shown.blocks += found.blocks
