"""The text report on a capture: a summary of all its requests, then the details of what is blocked or not known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

from corsdoctor.captures.judge import Judgement, Outcome
from corsdoctor.captures.live import changes
from corsdoctor.captures.summary import Summary
from corsdoctor.diagnose import Diagnosis, Verdict
from corsdoctor.record import Record
from corsdoctor.report import Report
from corsdoctor.reports.content import Content, Entry, Role
from corsdoctor.reports.layout import page
from corsdoctor.reports.replay import mark
from corsdoctor.reports.wording import capital, following, readable_sentence, withheld
from corsdoctor.reports.writer import Style
from corsdoctor.wire import Kind

MOST_ALLOWED: Final = 10  # requests that are allowed are listed up to this many


class _Row(Record):
    """What requests that have one line in the summary have in common."""

    mark: tuple[str, Role]
    text: str
    why: tuple[str, ...]
    verdict: Verdict


class CaptureText:
    """Collects what is written about the requests of a capture: the summary comes first, and needs all of them."""

    def __init__(self, style: Style) -> None:
        self._style = style
        self._rows: Counter[_Row] = Counter()
        self._details: list[str] = []
        self._found: Summary | None = None
        self._again = ""

    def add(self, report: Report, details: str | None) -> None:
        """Counts a request; `details` is the whole report on it, None if that is not to be shown."""
        capture = report.capture
        assert capture is not None  # this is the writer of captures
        url = report.scenario.url.partition("?")[0]
        failure = next((d for d in report.diagnoses if d.failure is not None), None)
        text = f"{report.scenario.method} {url}"
        if capture.live:
            self._again = ", sent again"
            text += "" if capture.verdict is report.verdict else f" ({_WORDS[capture.verdict]} in the capture)"
        why = (*_reason(report, failure, self._style), *_changed_responses(report))
        self._rows[_Row(mark(report), text, why, report.verdict)] += 1
        if details is not None:
            self._details.append(details)

    def add_capture(self, found: Summary) -> None:
        """What the capture holds beside the requests."""
        self._found = found

    def end(self) -> str:
        """The whole text."""
        shown = Content()
        self._add_summary(shown)
        text = page(shown.blocks, self._style)
        return "\n\n".join([text, *(self._details if self._style.verbosity >= 0 else [])]) + "\n"

    def _add_summary(self, shown: Content) -> None:
        by_verdict = Counter[Verdict]()
        for row, count in self._rows.items():
            by_verdict[row.verdict] += count
        order = sorted(by_verdict, key=list(Verdict).index, reverse=True)
        counts = ", ".join(f"{by_verdict[verdict]:,} {_WORDS[verdict]}" for verdict in order)
        total = by_verdict.total()
        what = f"{total:,} cross-origin request{'s' * (total != 1)}{self._again}"
        shown.text(f"{what}: {counts}" if total else "No cross-origin request that CORS concerns", Role.STRONG)
        left = MOST_ALLOWED if self._style.verbosity <= 0 else total
        rows = sorted(self._rows.items(), key=lambda one: -list(Verdict).index(one[0].verdict))
        hidden = 0
        for row, count in rows:
            if row.verdict in (Verdict.ALLOWED, Verdict.OPAQUE):
                left -= 1
                if left < 0:
                    hidden += count
                    continue
            shown.marked(*row.mark, f"{row.text}{f' ({count:,} times)' if count > 1 else ''}")
            for line in row.why:
                shown.marked(" ", Role.PLAIN, line)
        if hidden:
            shown.marked(" ", Role.FAINT, f"{hidden:,} more that are allowed; -v lists them")
        for text in _beside(self._found):
            shown.blank()
            shown.text(text)


_WORDS: Final = {
    Verdict.ALLOWED: "allowed",
    Verdict.OPAQUE: "loaded without CORS",
    Verdict.UNKNOWN: "unknown",
    Verdict.UNSENT: "not sent",
    Verdict.ERROR: "without a response",
    Verdict.BLOCKED: "blocked",
}


def _reason(report: Report, failed: Diagnosis | None, style: Style) -> Iterator[str]:
    """Why a request has its verdict, where that is to know at once; `failed` is a diagnosis with a failure."""
    if failed is not None and failed.failure is not None and report.verdict is Verdict.BLOCKED:
        yield f"{readable_sentence(failed.failure, failed.exchanges)}."
    elif report.verdict is Verdict.UNSENT:
        held = withheld(report.diagnoses)
        why = "" if held is None else f"The {held[0]} was not sent, because {held[1].why}. "
        yield why + following(report, style)
    elif report.capture is not None and report.capture.missing is not None:
        yield report.capture.missing


def _beside(found: Summary | None) -> Iterator[str]:
    """What else is to know of a capture."""
    if found is None:
        return
    if found.not_cors:
        are = "is" if found.not_cors == 1 else "are"
        yield f"{found.not_cors:,} of the {found.entries:,} entries in the file {are} not about CORS."
    if not found.entries:
        yield "The file has no entries."
    if found.hides is not None:
        yield f"{found.hides} To see them, record the page in Chrome or Firefox, or run corsdoctor check."
    for one in found.unreadable:
        yield f"{'The rest of the file' if one.entry is None else f'Entry {one.entry}'} could not be read: {one.reason}."


def changes_since(report: Report) -> list[str]:
    """What changed since the capture, a sentence for the verdict and for each response; empty if it was not sent again."""
    capture = report.capture
    if capture is None or not capture.live:
        return []
    if capture.verdict is report.verdict:
        return list(_changed_responses(report))
    was, now = _WORDS[capture.verdict], _WORDS[report.verdict]
    return [f"The request is {was} in the capture, and {now} now.", *_changed_responses(report)]


def _changed_responses(report: Report) -> Iterator[str]:
    capture = report.capture
    if capture is None or not capture.live:
        return
    by_response: dict[tuple[Kind, str, str], list[str]] = {}
    for kind, method, url, name, before, now in changes(capture.diagnoses, report.diagnoses):
        nothing = "missing" if name else "none"
        text = f"{name or 'status'} {before or nothing} before, {now or nothing} now"
        by_response.setdefault((kind, method, url), []).append(text)
    for (kind, method, url), texts in by_response.items():
        what = "preflight response" if kind is Kind.PREFLIGHT else f"response to {method}"
        yield f"The {what} has changed ({url}): {'; '.join(texts)}."


def capture_entries(report: Report, capture: Judgement) -> Iterator[Entry]:
    """The lines of a report that say what of the capture it rests on, and what changed since."""
    if capture.live:
        texts = changes_since(report) or ["Nothing that decides has changed since the capture."]
        yield from (Entry("" if index else "Changed", text, whole=True) for index, text in enumerate(texts))
    indices = [f"entry {capture.entry}"]
    preflights = tuple(index for index in capture.preflight_entries if index != capture.entry)
    for what, more in (("redirect", capture.redirect_entries), ("preflight", preflights)):
        if more:
            indices.append(f"{what}{'s' * (len(more) > 1)} {', '.join(map(str, more))}")
    yield Entry("Capture", f"{capital(', '.join(indices))}.", whole=True)
    if capture.mode is not None:
        yield Entry("", f"Credentials mode {capture.mode}: {capture.because}", whole=True)
    if capture.noted is not None:
        yield Entry("", capture.noted, whole=True)
    if capture.agrees is False:
        failed = capture.outcome is Outcome.FAILED
        yield Entry(
            "Note",
            f"The browser {'failed' if failed else 'did not fail'} this request, which CORS does not explain. "
            + (
                "Candidates: a browser extension, Content-Security-Policy, local network access, or an aborted request."
                if failed
                else "Candidates: a browser extension that changes responses, or a browser started without web security."
            ),
            whole=True,
        )
