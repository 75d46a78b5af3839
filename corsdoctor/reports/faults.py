"""What every format for pipelines reports on an item: its name, its outcome, and each fault.

Every text here is one line that any terminal, file or page can show: received values are escaped with `visible`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from corsdoctor.diagnose import Diagnosis
from corsdoctor.findings import Finding, failures
from corsdoctor.levels import blocked_by_status, compared, predicted_outcome
from corsdoctor.report import Item, Problem, ProblemKind, Report
from corsdoctor.reports.content import Entry
from corsdoctor.reports.layout import cut
from corsdoctor.reports.requirements import (
    EXPECTED,
    FIRST_TRY,
    IN_TIME,
    NO_ERROR,
    NO_WAIT,
    PREDICTED,
    REQUIREMENTS,
    SEEN,
    SENT,
    UNCHANGED,
    UNDERSTOOD,
    WELL,
    Requirement,
)
from corsdoctor.reports.wording import (
    INCOMPLETE,
    VALUE_CELLS,
    blocked_by_error,
    capital,
    following,
    noted,
    readable_sentence,
    verdict,
    waits,
    withheld,
)
from corsdoctor.reports.writer import Style
from corsdoctor.rule import Step, next_step
from corsdoctor.step_sentences import listed
from corsdoctor.suite.outcome import CaseOutcome
from corsdoctor.visible import visible

WHOLE_CELLS: Final = 1_000  # the most of one of our own texts, which may contain such values
NAME_CELLS: Final = 200  # the most of an item's name
REPORT: Final = Style(width=100)  # the style of a text report inside another format


_UNMET_BY_PROBLEM: Final = {
    ProblemKind.NOT_UNDERSTOOD: UNDERSTOOD,
    ProblemKind.TIMED_OUT: IN_TIME,
    ProblemKind.INTERNAL: NO_ERROR,
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One reason why an item has not passed, or a remark on it.

    `id` is that of the rule that decided, or of a requirement. `entries` are what there is to say, label by label, the
    next step last. `step` is the step that decided, None if none did, and `failure` says what failed.
    """

    id: str
    entries: tuple[tuple[str, str], ...]
    step: Step | None = None
    failure: str = ""

    @property
    def text(self) -> str:
        """All of it in lines, each with its label."""
        width = max(len(label) for label, _ in self.entries) + 2
        return "\n".join(f"{label.ljust(width)}{text}" for label, text in self.entries)

    def all(self, label: str) -> list[str]:
        """The texts with that label, each once."""
        return list(dict.fromkeys(text for label_, text in self.entries if label_ == label))

    def first(self, label: str) -> str:
        """The first text with that label, "" if there is none."""
        return next(iter(self.all(label)), "")


def name(item: Item) -> str:
    """The name of an item: its id, or else its request."""
    if item.id is not None:
        return cut(visible(str(item.id)), NAME_CELLS)
    scenario = item.scenario
    if scenario is None:
        return f"line {item.line}"
    return cut(visible(f"{scenario.method} {scenario.url}"), NAME_CELLS) + f" from {visible(str(scenario.origin))}"


def headline(item: Item) -> str:
    """The result of an item in one line without a full stop; what was expected, if it was something else."""
    if isinstance(item, Problem):
        return cut(visible(item.reason), VALUE_CELLS)
    text, judged = visible(verdict(item)), item.judged
    if judged is None:
        return ". ".join([*(fault.failure for fault in faults(item) if fault.failure), text])
    if judged.incomplete:
        return capital(INCOMPLETE)
    known = judged.known if judged.known is not None else judged.expired
    because = "" if known is None else cut(visible(known), VALUE_CELLS)
    if judged.passed:
        text = ". ".join([*(fault.failure for fault in faults(item) if fault.failure), text])
        text += f", on try {judged.tries}" if judged.tries > 1 else ""
        return f"{text}; the known failure is no longer needed: {because}" if because else text
    unmet = ((fault.entries[i : i + 2]) for fault in faults(item) for i in range(len(fault.entries)))
    text = "; ".join(f"expected {pair[0][1]}, got {pair[1][1]}" for pair in unmet if pair[0][0] == "expected")
    text = ". ".join([*(fault.failure for fault in faults(item) if fault.failure), capital(text)])
    if judged.known is not None:
        return f"Known failure: {because}. {text}"
    return f"{text}. The known failure has expired: {because}" if because else text


def message(item: Item, fault: Fault) -> str:
    """A fault in one line: the item, what was received, what is required, and what to do."""
    if fault.first("note"):
        return _sentences(f"{name(item)}: {fault.first('note')}", fault.first("next"))
    parts = [f"{name(item)}: {headline(item)}"]
    if fault.id not in REQUIREMENTS or fault.id == EXPECTED.id:
        values = ((label, fault.all(label)) for label in ("got", "wanted"))
        parts.append(capital(", ".join(f"{label} {' or '.join(found)}" for label, found in values if found)))
    return _sentences(*parts, fault.first("cause"), fault.first("next"))


def seconds(item: Item) -> float:
    """How long an item took: as measured, or else the time until its responses arrived."""
    if isinstance(item, Problem):
        return 0.0
    if item.judged is not None:
        return item.judged.seconds
    longest = 0.0
    for diagnosis in item.diagnoses:
        responses = (exchange.response for exchange in diagnosis.exchanges)
        longest = max(longest, sum(r.elapsed or 0.0 for r in responses if r is not None))
    return longest


def host(item: Item) -> str:
    """The host of the request, "corsdoctor" if there is none."""
    scenario = item.scenario
    if scenario is None:
        return "corsdoctor"
    url = scenario.parsed_url
    return (url.origin.host if url is not None else "") or "corsdoctor"


def console(item: Item) -> list[str]:
    """The lines of each browser's console, each with the browser's name in front."""
    if isinstance(item, Problem):
        return []
    return [
        f"{diagnosis.profile.title}: {visible(line)}"
        for diagnosis in item.diagnoses
        for message in diagnosis.console
        for line in message.split("\n")
    ]


def faults(item: Item) -> list[Fault]:
    """The reasons why an item has not passed; equal ones of several browsers are one."""
    if isinstance(item, Problem):
        return [_required(_UNMET_BY_PROBLEM[item.kind], [("got", headline(item))])]
    return [*_faults_of_prediction(item), *(_faults_of_browsers(item) if item.observations else ())]


def _faults_of_prediction(item: Report) -> list[Fault]:
    if item.judged is not None and item.judged.mismatches:
        return list(_unexpected(item))
    unsent = predicted_outcome(item) is CaseOutcome.UNSENT
    if item.judged is not None or unsent:
        return [_unsent(item)] if unsent else []
    return list(_broken(item.diagnoses))


def _faults_of_browsers(report: Report) -> Iterator[Fault]:
    """Where real browsers differ from the prediction, and where they show nothing."""
    from corsdoctor.reports.observed_text import observed_briefly  # what a run without browsers need not load

    both = [(seen, different) for seen, _, different in compared(report)]
    for requirement, chosen in (
        (PREDICTED, [(seen, different) for seen, different in both if different]),
        (SEEN, [(seen, ()) for seen, _ in both if seen.missing is not None]),
    ):
        entries = [
            (f"{side} {one.aspect} in {seen.title}", cut(visible("; ".join(lines) or "none"), WHOLE_CELLS))
            for seen, different in chosen
            for one in different
            for side, lines in (("predicted", one.predicted), ("observed", one.observed))
        ]
        if chosen:
            told = cut(visible(" ".join(observed_briefly(report, [seen for seen, _ in chosen]))), WHOLE_CELLS)
            yield replace(_required(requirement, entries), failure=told.removesuffix("."))


def remarks(item: Item) -> list[Fault]:
    """What is worth knowing of an item although it fails nothing: each remark has a "note" and the next step.

    An item that passed only on a later try, a 429 or an error response, and the notes that --fail-on note counts: one
    remark for each rule.
    """
    if isinstance(item, Problem):
        return []
    found = []
    if late(item):
        found.append(_remark(FIRST_TRY, _tried_again(item)))
    if item.retried:
        found.append(_remark(NO_WAIT, "; ".join(waits(item))))
    if item.capture is not None and item.capture.live:
        from corsdoctor.reports.capture_text import changes_since  # what a plain check need not load

        changed = changes_since(item)
        found += [_remark(UNCHANGED, " ".join(changed))] if changed else []
    status = blocked_by_status(item)
    if status is not None:
        found.append(_remark(WELL, blocked_by_error([status])))
    by_rule: dict[str, list[tuple[Step, str]]] = {}
    for step, text in noted(item):
        by_rule.setdefault(step.rule.id, []).append((step, text))
    for id, alike in by_rule.items():
        step, text = alike[0][0], "; ".join(text for _, text in alike)
        entries = (("note", cut(visible(text), WHOLE_CELLS)), ("next", visible(next_step(step))))
        found.append(Fault(id, entries, step))
    return found


def late(item: Item) -> bool:
    """Whether an item passed only on a later try."""
    return isinstance(item, Report) and item.judged is not None and item.judged.passed and item.judged.tries > 1


def place(item: Item) -> tuple[str, int | None] | None:
    """The file and, if known, the line that an item comes from; None if there is no file."""
    return None if item.source is None else (visible(item.source), item.line)


def _broken(diagnoses: Iterable[Diagnosis]) -> Iterator[Fault]:
    """One fault for each rule, with the evidence of every browser."""
    from corsdoctor.reports.evidence import explanation  # not loaded if nothing fails

    blocking = failures(diagnoses)
    by_rule: dict[str, list[Finding]] = {}
    for finding in blocking:
        by_rule.setdefault(finding.step.rule.id, []).append(finding)
    for id, alike in by_rule.items():
        entries: list[tuple[str, str]] = []
        sentences = []
        for finding in alike:
            titles = listed(d.profile.title for d in finding.diagnoses)
            failure = readable_sentence(finding.step, finding.exchanges)
            entries += [("for", titles)] if len(blocking) > 1 else []
            entries += _pairs(explanation(finding.step, finding.exchanges, 0))
            sentences.append(f"{failure} ({titles})" if len(blocking) > 1 else failure)
        step = alike[0].step
        yield Fault(id, (*entries, ("next", visible(next_step(step)))), step, ". ".join(sentences))


def _unexpected(report: Report) -> Iterator[Fault]:
    from corsdoctor.reports.unmet import unmet  # what a plain check need not load

    assert report.judged is not None
    by_id: dict[str, Fault] = {}
    exchanges = {d.profile.name: d.exchanges for d in report.diagnoses}
    for mismatch, found in unmet(report, report.judged):
        entries = tuple(_pairs(found))
        step = mismatch.step
        if step is not None:
            fault = Fault(step.rule.id, entries, step, readable_sentence(step, exchanges[mismatch.profile.name]))
        else:
            fault = Fault(EXPECTED.id, entries)
        earlier = by_id.get(fault.id)
        by_id[fault.id] = fault if earlier is None else replace(earlier, entries=earlier.entries + entries)
    yield from by_id.values()


def _unsent(report: Report) -> Fault:
    held = withheld(report.diagnoses)
    got = [] if held is None else [("got", f"the {visible(held[0])} was not sent: {visible(held[1].why)}")]
    if report.judged is not None and report.judged.incomplete:
        got = [("got", INCOMPLETE)]
    return _required(SENT, got, following(report, REPORT))


def _required(requirement: Requirement, entries: list[tuple[str, str]], after: str = "") -> Fault:
    return Fault(requirement.id, (*entries, ("next", after or requirement.fix)))


def _remark(requirement: Requirement, text: str) -> Fault:
    entries = (("note", cut(visible(text), WHOLE_CELLS)), ("next", requirement.fix))
    return Fault(requirement.id, entries)


def _tried_again(report: Report) -> str:
    from corsdoctor.reports.unmet import briefly  # what a plain check need not load

    assert report.judged is not None
    before = briefly(report.judged.earlier)
    return f"passed on try {report.judged.tries}" + (f"; before: {before}" if before else "")


def _pairs(entries: Iterable[Entry]) -> Iterator[tuple[str, str]]:
    for entry in entries:
        yield entry.label, cut(visible(entry.text), WHOLE_CELLS if entry.whole else VALUE_CELLS)


def _sentences(*parts: str) -> str:
    """`parts` as sentences, each with a full stop."""
    return " ".join(part if part.endswith((".", "…", "!", "?")) else f"{part}." for part in parts if part)
