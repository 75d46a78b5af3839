"""How an item counts: as the outcome of a policy's case, and by the levels that --fail-on can name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from typing import TYPE_CHECKING, Final

from corsdoctor.diagnose import Diagnosis, Verdict
from corsdoctor.report import AuditReport, FlowReport, Item, Problem, Report

if TYPE_CHECKING:
    from corsdoctor.observed import Difference, Observation
    from corsdoctor.suite.outcome import CaseOutcome

LEVELS: Final = ("blocked", "error", "unsent", "note")
"""A request that is blocked or has another result than expected; no response, or an invalid line; a request that was not
sent; and a note, which blocks nothing."""
JUDGED: Final = "judged"
"""Stands beside the levels of an item that shows how a server, or a browser before it sends anything, treats a request."""


def counts_as(item: Item) -> CaseOutcome:
    """The outcome of an item: of a policy's case by what is expected, of any other by its verdict.

    If a real browser differs from the prediction, the item has failed; if it shows nothing, the item has no answer.
    """
    from corsdoctor.suite.outcome import CaseOutcome  # what `check --help` need not load

    became = predicted_outcome(item)
    if isinstance(item, Problem) or not item.observations or became in (CaseOutcome.FAILED, CaseOutcome.NO_ANSWER):
        return became
    seen = compared(item)
    if any(different for _, _, different in seen):
        return CaseOutcome.FAILED
    return CaseOutcome.NO_ANSWER if any(one.missing is not None for one, _, _ in seen) else became


def predicted_outcome(item: Item) -> CaseOutcome:
    """The outcome of an item without what real browsers did."""
    from corsdoctor.suite.outcome import CaseOutcome, outcome  # what `check --help` need not load

    if isinstance(item, Problem):
        return CaseOutcome.NO_ANSWER
    if item.judged is not None:
        return outcome(item.judged, item.diagnoses)
    match item.verdict:
        case Verdict.BLOCKED:
            return CaseOutcome.FAILED
        case Verdict.ERROR | Verdict.PENDING | Verdict.UNKNOWN:
            return CaseOutcome.NO_ANSWER
        case Verdict.UNSENT:
            return CaseOutcome.UNSENT
        case _:
            return CaseOutcome.PASSED


def levels(item: Item | FlowReport | AuditReport) -> frozenset[str]:
    """Which of LEVELS an item has, and whether it is JUDGED. An audit with findings has the worst severity as its level.

    A policy's case is not "blocked" if its result is the expected one, or a known failure. What a real browser treats in
    another way than predicted is "blocked", and "error" if the browser shows nothing.
    """
    from corsdoctor.suite.outcome import CaseOutcome

    if isinstance(item, AuditReport):
        worst = item.severity
        return frozenset(
            {"error"} if not item.explored.answered else {JUDGED} if worst is None else {JUDGED, str(worst)}
        )
    if isinstance(item, FlowReport):
        return _levels_of_flow(item)
    of = {CaseOutcome.FAILED: "blocked", CaseOutcome.NO_ANSWER: "error", CaseOutcome.UNSENT: "unsent"}
    found = {of[became]} if (became := predicted_outcome(item)) in of else set[str]()
    noted = not isinstance(item, Problem) and any(diagnosis.notable for diagnosis in item.diagnoses)
    unrelated = blocked_by_status(item) is not None
    if noted or unrelated:
        found.add("note")
    if not isinstance(item, Problem) and item.observations:
        seen = compared(item)
        found |= {"blocked"} if any(different for _, _, different in seen) else set()
        found |= {"error"} if any(one.missing is not None for one, _, _ in seen) else set()
    if (
        not isinstance(item, Problem)
        and not unrelated
        and not _is_incomplete(item)
        and any(map(_is_judged, item.diagnoses))
    ):
        found.add(JUDGED)
    return frozenset(found)


def compared(report: Report) -> list[tuple[Observation, Diagnosis, tuple[Difference, ...]]]:
    """What each real browser did, with the prediction for it, and how they differ."""
    from corsdoctor.observed import differences  # what a request without a real browser need not load

    found = []
    for seen in report.observations:
        diagnoses = report.cure.proof if seen.cured and report.cure is not None else report.diagnoses
        predicted = next(diagnosis for diagnosis in diagnoses if diagnosis.profile.name == seen.browser)
        found.append((seen, predicted, differences(predicted, seen)))
    return found


def _levels_of_flow(report: FlowReport) -> frozenset[str]:
    of = {
        Verdict.BLOCKED: "blocked", Verdict.ERROR: "error", Verdict.PENDING: "error", Verdict.UNSENT: "unsent",
    }  # fmt: skip
    found = {of[report.verdict]} if report.verdict in of else set[str]()
    if any(diagnosis.notable for diagnosis in report.diagnoses):
        found.add("note")
    if not report.diagnoses or any(map(_is_judged, report.diagnoses)):
        found.add(JUDGED)
    return frozenset(found)


def _is_incomplete(report: Report) -> bool:
    """Whether an earlier request of a flow was not sent, so that nothing that follows it shows how the server answers."""
    return report.judged is not None and report.judged.incomplete


def _is_judged(diagnosis: Diagnosis) -> bool:
    """Whether a browser's verdict is known, or at least the server's answer to a preflight request."""
    if diagnosis.verdict is Verdict.UNSENT:
        return any(exchange.response is not None for exchange in diagnosis.exchanges)
    return diagnosis.verdict not in (Verdict.ERROR, Verdict.UNKNOWN)


def blocked_by_status(item: Item) -> int | None:
    """The status code that blocked a policy's case as expected without showing whom the server allows, or None."""
    if isinstance(item, Problem) or item.judged is None:
        return None
    from corsdoctor.suite.server_errors import blocking_status  # what a plain check need not load

    return blocking_status(item.judged, item.diagnoses)


class Counts:
    """How many items were checked, and how many of them have which level."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()

    def add(self, levels: Collection[str]) -> None:
        """Counts one item with these levels."""
        decided = next((level for level in ("blocked", "error", "unsent") if level in levels), "passed")
        self._counts.update([decided, "note"] if "note" in levels else [decided])

    def __str__(self) -> str:
        """`60 checked: 2 blocked, 58 passed, 3 with a note`; "" if nothing was checked."""
        words = {
            "blocked": "blocked", "error": "without a result", "unsent": "not sent", "passed": "passed",
            "note": "with a note",
        }  # fmt: skip
        parts = [f"{self._counts[level]:,} {word}" for level, word in words.items() if self._counts[level]]
        checked = self._counts.total() - self._counts["note"]
        return f"{checked:,} checked: {', '.join(parts)}" if checked else ""
