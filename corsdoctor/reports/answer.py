"""The first and the last lines of a report for people: the verdict, why and what to do; then notes and the rule."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

from corsdoctor.browsers import STANDARD
from corsdoctor.diagnose import Diagnosis, Verdict
from corsdoctor.fetch.headers import STATUS
from corsdoctor.findings import Finding, blockers
from corsdoctor.report import Report
from corsdoctor.reports.content import Content, Entry, Role
from corsdoctor.reports.replay import mark
from corsdoctor.reports.wording import (
    capital,
    following,
    masked_in,
    name,
    noted,
    readable_sentence,
    readable_text,
    remedy_line,
    verdict,
    waits,
    withheld,
)
from corsdoctor.reports.writer import Style
from corsdoctor.rule import Field, Step, next_step
from corsdoctor.step_sentences import listed
from corsdoctor.wire import Kind, NoAnswer

if TYPE_CHECKING:
    from corsdoctor.cure import Change
    from corsdoctor.quirk import Quirk

NOTES: Final = 3
_SAID: Final = frozenset({"no-header", "not-in-csp", "not-listed", "wildcard"})
"""Causes that the failure sentence covers completely."""


def add_answer(report: Report, main: Diagnosis, style: Style, shown: Content, *, named: bool) -> None:
    """The verdict, the reason, and the next step. `main` is the diagnosis that stands for most browsers."""
    faults = blockers(report.diagnoses)
    first = _first_line(report)
    shown.marked(*mark(report), f"{name(report)}: {first[:1].lower()}{first[1:]}" if named else first)
    for text in _explained(report, main, faults):
        shown.marked(" ", Role.PLAIN, text)
    entries = [*causes(faults, style.verbosity), *_fix(report, faults, style)]
    unknown = report.find_out if not any(entry.label == "Cause" for entry in entries) else None
    if unknown is not None:
        entries.insert(
            0,
            Entry(
                "Cause", f"Unknown: to find out, {unknown.text}{'.' if unknown.command is None else ':'}", whole=True
            ),
        )
        if unknown.command is not None:
            shown.labelled(entries[:1])
            shown.verbatim(f"  $ {unknown.command}")
            del entries[0]
    if entries:
        shown.labelled(entries)
    if faults and report.fix_command is not None:
        shown.verbatim(f"  $ {report.fix_command}")
        if masked := masked_in([report.fix_command]):
            shown.marked(" ", Role.FAINT, masked)


def add_notes(report: Report, style: Style, shown: Content) -> None:
    """The notes, and the rules that decided."""
    faults = blockers(report.diagnoses)
    entries = [Entry("Note", f"{capital(waited)}.") for waited in waits(report)]
    entries += [Entry("Note", f"{note}.") for note in _notes(report, style.verbosity)]
    for fault in faults:
        entries += [Entry("Note", _instead(other)) for other in fault if other.step.rule is not fault[0].step.rule]
    entries += _quirks(report)
    if report.capture is not None:
        from corsdoctor.reports.capture_text import capture_entries  # what a plain check need not load

        entries += capture_entries(report, report.capture)
    entries += _console(report, style.verbosity)
    for rule in dict.fromkeys(fault[0].step.rule for fault in faults):
        entries.append(Entry("Rule", f"{rule.id}: {rule.spec}{f' step {rule.step}' if rule.step else ''}", whole=True))
        if style.verbosity > 0:
            entries += [Entry("", rule.what, whole=True), Entry("", rule.why, whole=True)]
    if entries:
        shown.blank()
        shown.labelled(entries)


def _first_line(report: Report) -> str:
    if report.verdict is Verdict.ERROR and all(d.verdict is Verdict.ERROR for d in report.diagnoses):
        answers = (e.answer for d in report.diagnoses for e in d.exchanges)
        detail = next((a.detail for a in answers if isinstance(a, NoAnswer)), "")
        return f"No response. {detail}".strip()
    return verdict(report)


def _explained(report: Report, main: Diagnosis, faults: list[list[Finding]]) -> Iterator[str]:
    """What the verdict means: a fact about the server, or what the script can do."""
    if all(d.verdict is Verdict.ERROR for d in report.diagnoses):
        yield "This is not a CORS problem, although the page's script sees the same error."
        return
    sentences = [readable_sentence(fault[0].step, fault[0].exchanges) for fault in faults]
    several = len(set(sentences)) > 1
    for fault, text in zip(faults if several else faults[:1], sentences, strict=False):
        yield f"{_browsers(fault) if several else ''}{text}."
    if faults:
        return
    if report.verdict is Verdict.UNKNOWN:
        yield (report.capture and report.capture.missing) or ""
    elif report.planned:
        yield "Nothing was sent."
    elif report.verdict is Verdict.UNSENT:
        yield from _undetermined(report)
    elif report.verdict is Verdict.ALLOWED:
        yield from _readable(main)


def _undetermined(report: Report) -> Iterator[str]:
    held = withheld(report.diagnoses)
    preflights = [e for d in report.diagnoses for e in d.exchanges if e.is_preflight]
    if held is not None and preflights:
        yield f"The preflight response allows the {held[0]}, but its own response may still be blocked."


def _readable(diagnosis: Diagnosis) -> Iterator[str]:
    if diagnosis.readable is None:
        return
    if diagnosis.readable:
        yield f"The script can read the response and these headers: {', '.join(diagnosis.readable)}."
    else:
        yield "The script can read the response, but none of its headers."
    for step in diagnosis.notes:
        hidden = dict(step.evidence).get(Field.NOT_READABLE)
        if hidden is not None:
            yield (
                f"Not readable: {hidden}. If the script needs {'them' if ',' in hidden else 'it'}, add "
                f"{'them' if ',' in hidden else 'it'} to Access-Control-Expose-Headers."
            )


def causes(faults: list[list[Finding]], verbosity: int) -> list[Entry]:
    """Why each fault exists; with -v, what shows that."""
    texts: dict[str, list[Finding]] = {}
    for fault in faults:
        step = fault[0].step
        if step.cause is not None and step.cause.id not in _SAID:
            texts.setdefault(readable_text(step.cause.text), []).extend(fault)
    several = len(texts) > 1
    entries: list[Entry] = []
    for text, of in texts.items():
        entries.append(Entry("" if entries else "Cause", f"{_browsers(of) if several else ''}{text}", whole=True))
        cause = of[0].step.cause
        if verbosity > 0 and cause is not None and cause.evidence:
            shown = "; ".join(map(readable_text, cause.evidence))
            entries.append(Entry("", f"Evidence ({cause.certainty}): {shown}.", whole=True))
    return entries


def _fix(report: Report, faults: list[list[Finding]], style: Style) -> list[Entry]:
    """What to change, where, and the lines themselves."""
    texts = list(dict.fromkeys(readable_text(next_step(fault[0].step)) for fault in faults))
    label = "Fix" if any(d.verdict is Verdict.BLOCKED for d in report.diagnoses) else "Next"
    if not texts:
        after = following(report, style)
        return [Entry("Next", after, Role.STRONG, whole=True)] if after else []
    entries = [Entry("" if i else label, text, Role.STRONG, whole=True) for i, text in enumerate(texts)]
    if report.cure is not None:
        return entries  # the lines follow
    entries += _needed(report) if report.changes else _remedies(faults)
    if report.fix_command is not None:
        entries.append(Entry("", "As configuration for your server:", whole=True))
    return entries


def _needed(report: Report) -> Iterator[Entry]:
    """The lines that each response must have."""
    asked = report.scenario.parsed_url
    several = len({*(change.url for change in report.changes), "" if asked is None else asked.on_the_wire}) > 1
    shown: set[tuple[str, str]] = set()
    for change in report.changes:
        if change.response is None and shown.issuperset(change.lines):
            names = listed(name for name, _ in change.lines)
            yield Entry("", f"{place(change, with_url=several)} the same {names}.", whole=True)
            continue
        shown.update(change.lines)
        yield Entry("", f"{place(change, with_url=several)}:", whole=True)
        for line in change.lines:
            yield Entry("", remedy_line(line), Role.GOOD, whole=True, code=True)


def _remedies(faults: list[list[Finding]]) -> Iterator[Entry]:
    from corsdoctor.causes.before_headers import (  # what a report without a fault need not load
        comes_first,
        response_headers,
    )
    from corsdoctor.causes.cors_layers import REFUSED
    from corsdoctor.causes.investigate import causes_of

    if response_headers(faults[0][0].diagnoses[0].scenario):
        return  # the script must not send them, so nothing is to allow them
    lines: dict[tuple[str, str], None] = {}
    for fault in faults:
        if comes_first(causes_of(fault[0].step, fault[0].diagnoses[0]), fault[0].exchange):
            continue  # headers would only make the error readable
        cause = fault[0].step.cause
        if cause is not None and (cause.id == "cross-origin-redirect" or cause.id in REFUSED):
            continue  # the fix is another URL, headers of two servers, or a setting of a service
        lines |= dict.fromkeys(line for finding in fault for line in finding.step.remedy)
    if lines:
        yield Entry("", "The response needs:", whole=True)
    for line in sorted(lines, key=lambda line: line[0] != STATUS):
        yield Entry("", remedy_line(line), Role.GOOD, whole=True, code=True)


def place(change: Change, *, with_url: bool) -> str:
    """Which response must change."""
    what = "The preflight response" if change.kind is Kind.PREFLIGHT else f"The response to the {change.method}"
    at = f" from {change.url}" if with_url else ""
    return f"{what}{at} needs" if change.response is not None else f"{what}{at}, which was not sent, needs"


def _instead(finding: Finding) -> str:
    """Which other rule some browsers report for the same fault."""
    browsers, rule = [d.profile.title for d in finding.diagnoses], finding.step.rule
    verb = "report" if len(browsers) > 1 else "reports"
    return (
        f"{capital(listed(browsers))} {verb} {rule.id} instead: {readable_sentence(finding.step, finding.exchanges)}."
    )


def _quirks(report: Report) -> Iterator[Entry]:
    """Why browsers differ, with the recorded case that shows it."""
    by_field: dict[str, list[Quirk]] = {}
    for quirk in report.quirks:
        by_field.setdefault(quirk.field, []).append(quirk)
    for alike in by_field.values():
        text = alike[0].sentence([quirk.browser for quirk in alike])
        case = f" (recorded case {alike[0].case})" if alike[0].case else ""
        yield Entry("Note", f"{capital(text)}{case}.", whole=True)


def _console(report: Report, verbosity: int) -> list[Entry]:
    """What the browsers' consoles say: of one browser always, of several where all is shown."""
    browsers = [d for d in report.diagnoses if d.profile is not STANDARD]
    if report.planned or (verbosity <= 0 and len(browsers) != 1):
        return []
    return [
        Entry("Console", f"{d.profile.title}: {line}" if len(browsers) > 1 else line, whole=True)
        for d in browsers
        for message in d.console
        for line in message.split("\n")
    ]


def _notes(report: Report, verbosity: int) -> list[str]:
    """The notes, shortened if there are many, without those that say what the failure or a quirk says."""
    failed = [d.failure for d in report.diagnoses if d.failure is not None]
    by_quirk = {quirk.rule for quirk in report.quirks}
    notes = [
        _with_fix(step, text)
        for step, text in noted(report)
        if step.rule.id not in by_quirk and not any(_is_said_by(failure, step) for failure in failed)
    ]
    hidden = len(notes) - NOTES
    if verbosity <= 0 and hidden > 1:
        notes = [*notes[:NOTES], f"{hidden} more with -v"]
    return notes


def _is_said_by(failure: Step, note: Step) -> bool:
    """Whether the sentence about `failure` has all that `note` shows of the same response."""
    return bool(note.evidence) and note.exchange == failure.exchange and set(note.evidence) <= set(failure.evidence)


def _with_fix(step: Step, text: str) -> str:
    """The note; if it is about a cookie that is lost, with what to do."""
    lost = step.rule.id in ("cookie-carried", "cookie-stored") and step.cause is not None and step.cause.id != "deleted"
    return f"{text}. {next_step(step).rstrip('.')}" if lost else text


def _browsers(fault: Iterable[Finding]) -> str:
    """`Chromium and Firefox: `."""
    titles = dict.fromkeys(d.profile.title for finding in fault for d in finding.diagnoses)
    return f"{capital(listed(titles))}: "
