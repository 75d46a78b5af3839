"""One report for all URLs of an origin whose audits showed the same policy and the same findings."""

from __future__ import annotations

from collections.abc import Hashable, Iterable

from corsdoctor.audit.policy_words import policy_words
from corsdoctor.batch.rendered import Rendered
from corsdoctor.batch.work import Result
from corsdoctor.cli.printing import Printer
from corsdoctor.cli.progress import Progress
from corsdoctor.report import AuditReport
from corsdoctor.url import Origin


class Groups:
    """Writes reports, which come sorted by origin, to `printer`. Those of one origin wait for the last of them."""

    def __init__(self, printer: Printer, progress: Progress) -> None:
        self._printer, self._progress = printer, progress
        self._origin: Origin | None = None
        self._alike: dict[Hashable, tuple[AuditReport, list[str]]] = {}
        self.first: AuditReport | None = None
        self.entries: set[str] = set()
        """The entries of known findings that were found."""

    def show(self, report: Result) -> None:
        """Takes the next report."""
        assert isinstance(report, AuditReport)
        self.first = self.first or report
        with self._progress.aside():
            self._printer.show_url(report._replace(line=None))
        self.entries |= {finding.entry for finding in report.findings}
        origin = report.explored.target.url.origin
        if origin != self._origin:
            self.end()
            self._origin = origin
        first, others = self._alike.setdefault(_outcome(report), (report, []))
        if first is not report:
            others.append(report.asked.url)

    def write(self, lines: Iterable[Rendered]) -> None:
        """Writes reports that are JSON lines already."""
        self._printer.write(lines)

    def end(self) -> None:
        """Writes the reports that wait."""
        with self._progress.aside():
            for report, others in self._alike.values():
                self._printer.show(report._replace(line=None, others=tuple(others)))
        self._alike.clear()


def _outcome(report: AuditReport) -> Hashable:
    """What two audits have in common where they showed the same."""
    explored = report.explored
    return (
        report.error,
        explored.answered,
        tuple(policy_words(explored)),
        frozenset((one.candidate.origin, one.readers, one.with_credentials) for one in explored.tried),
        frozenset(
            (one.place, one.tried.status, one.tried.candidate.origin, one.tried.with_credentials)
            for one in explored.looks
        ),
        frozenset((one.candidate.origin, one.method, one.passed) for one in explored.asked),
        frozenset(
            (one.weakness.id, one.severity, one.origin, one.browsers, one.known, one.place) for one in report.findings
        ),
    )
