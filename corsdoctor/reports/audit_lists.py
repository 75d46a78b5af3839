"""What audits found, in the formats that list what is wrong: those of pipelines, and tables.

All of them stream except JUnit and Markdown, which begin with the number of their items.
"""

from __future__ import annotations

from typing import Final

from corsdoctor.audit.weigh import Severity, Weighed
from corsdoctor.report import AuditReport
from corsdoctor.reports import gitlab, tap
from corsdoctor.reports.audit_sarif import fingerprint, message
from corsdoctor.reports.audit_text import headline
from corsdoctor.reports.csv_ import row
from corsdoctor.reports.github import command
from corsdoctor.reports.layout import cut
from corsdoctor.reports.markdown import code, prose
from corsdoctor.reports.severities import ANNOTATIONS
from corsdoctor.visible import visible

_CELLS: Final = 500
_NO_RESPONSE: Final = "no-response"
_ISSUES: Final = {Severity.HIGH: "critical", Severity.MEDIUM: "major", Severity.LOW: "minor", Severity.INFO: "info"}
_MARKS: Final = {Severity.HIGH: "❌ high", Severity.MEDIUM: "❌ medium", Severity.LOW: "⚠️ low", Severity.INFO: "info"}
_MOST_ROWS: Final = 200
COLUMNS: Final = (
    "url", "severity", "id", "cwe", "origin", "credentials", "browsers", "what", "impact", "fix", "command", "error", "others", "known",
)  # fmt: skip


class GitHub:
    """An annotation for each finding. https://docs.github.com/actions/reference/workflow-commands-for-github-actions"""

    def __init__(self) -> None:
        self._urls = self._found = 0

    def begin(self) -> str:
        return ""

    def add_audit(self, report: AuditReport) -> str:
        self._urls += 1 + len(report.others)
        self._found += len(report.findings)
        url = report.name
        if not report.explored.answered:
            return command("error", f"{url}: {headline(report)}", title=_NO_RESPONSE)
        return "".join(
            command(
                "notice" if finding.known else ANNOTATIONS[finding.severity],
                message(finding, url),
                title=_title(finding),
            )
            for finding in report.findings
        )

    def end(self) -> str:
        return command("notice", _counted(self._urls, self._found), title="corsdoctor")


class GitLab(gitlab.GitLab):
    """An issue for each finding, at the URL in place of a file."""

    def add_audit(self, report: AuditReport) -> str:
        url = report.asked.url
        path = cut(visible(url), _CELLS)
        if not report.explored.answered:
            text = visible(f"{url}: {headline(report)}")
            return self._written(_NO_RESPONSE, text, "major", fingerprint(_NO_RESPONSE, url), path)
        return "".join(
            self._written(
                one.weakness.id,
                message(one, report.name),
                "info" if one.known else _ISSUES[one.severity],
                fingerprint(one.weakness.id, url),
                path,
            )
            for one in report.findings
        )


class Tap(tap.Tap):
    """A line for each URL."""

    def add_audit(self, report: AuditReport) -> str:
        self._count += 1
        name = tap.plain(cut(visible(report.name), _CELLS))
        lines = [f"{'ok' if report.good else 'not ok'} {self._count} - {name}"]
        if not report.good or report.findings:
            lines += ["  ---", f"  message: {tap.quoted(headline(report))}"]
            lines += ["  findings: |"] if report.findings else []
            lines += [f"    {one.severity}: {message(one, report.name)}" for one in report.findings]
            lines.append("  ...")
        return "".join(f"{line}\n" for line in lines)


class Csv:
    """A row for each finding, and one for each URL without any. New columns are added only at the end."""

    def begin(self) -> str:
        return row({column: column for column in COLUMNS}, COLUMNS)

    def add_audit(self, report: AuditReport) -> str:
        url = report.asked.url
        if not report.findings:
            error = None if report.explored.answered else headline(report)
            return row({"url": url, "error": error, "others": " ".join(report.others)}, COLUMNS)
        return "".join(
            row({
                "url": url, "severity": str(one.severity), "id": one.weakness.id, "cwe": one.weakness.cwe, "origin": one.origin,
                "credentials": "yes" if one.credentials else "no", "browsers": ", ".join(one.browsers), "what": one.what,
                "impact": one.impact, "fix": one.weakness.fix, "command": one.command,
                "others": " ".join(report.others), "known": one.known,
            }, COLUMNS)
            for one in report.findings
        )  # fmt: skip

    def end(self) -> str:
        return ""


class Junit:
    """A testcase for each URL, which fails if it has a finding that is more than info."""

    def __init__(self) -> None:
        self._reports: list[tuple[str, bool, bool, str, str]] = []

    def begin(self) -> str:
        return ""

    def add_audit(self, report: AuditReport) -> str:
        url = report.name
        found = "\n".join(f"{one.severity}: {message(one, url)}" for one in report.findings)
        kind = ", ".join(one.weakness.id for one in report.findings)
        text = found or visible(headline(report))
        self._reports.append((visible(url), report.good, report.explored.answered, kind or _NO_RESPONSE, text))
        return ""

    def end(self) -> str:
        from junitparser import Error, Failure, JUnitXml, TestCase, TestSuite

        root, suite = JUnitXml("corsdoctor"), TestSuite("corsdoctor")
        for url, good, answered, kind, text in self._reports:
            case = TestCase(url, "corsdoctor audit")
            if not good:
                result = (Failure if answered else Error)(text.partition("\n")[0], kind)
                result.text = text
                case.result = [result]
            suite.add_testcase(case)
        root.add_testsuite(suite)
        root.update_statistics()  # type: ignore[no-untyped-call]
        xml: bytes = root.tostring()  # type: ignore[no-untyped-call]
        return f'<?xml version="1.0" encoding="utf-8"?>\n{xml.decode()}\n'


class Markdown:
    """A table for a comment on a pull request."""

    def __init__(self) -> None:
        self._rows: list[str] = []
        self._urls = self._found = self._left = 0
        self._good = True

    def begin(self) -> str:
        return ""

    def add_audit(self, report: AuditReport) -> str:
        more = f" and {len(report.others)} more" if report.others else ""
        url = code(cut(visible(report.asked.url), _CELLS)) + more
        self._urls += 1 + len(report.others)
        self._found += len(report.findings)
        self._good &= report.good
        if not report.explored.answered:
            self._add(f"| {url} | ❌ | {prose(visible(headline(report)))} | |\n")
        for one in report.findings:
            what = f"[{code(one.weakness.id)}](https://cwe.mitre.org/data/definitions/{one.weakness.cwe}.html): {prose(visible(one.impact))}"
            self._add(
                f"| {url} | {'known' if one.known else _MARKS[one.severity]} | {what} | {code(visible(one.origin))} |\n"
            )
        return ""

    def end(self) -> str:
        head = f"### {'✅' if self._good else '❌'} corsdoctor: {_counted(self._urls, self._found)}\n"
        if not self._rows:
            return head
        more = f"\n… and {self._left} more, which do not fit into a comment.\n" if self._left else ""
        return f"{head}\n| URL | | Finding | Origin |\n| --- | --- | --- | --- |\n{''.join(self._rows)}{more}"

    def _add(self, row: str) -> None:
        if len(self._rows) < _MOST_ROWS:
            self._rows.append(row)
        else:
            self._left += 1


def _title(finding: Weighed) -> str:
    return f"{finding.weakness.id} (CWE-{finding.weakness.cwe})"


def _counted(urls: int, found: int) -> str:
    return f"{urls} URL{'s' if urls != 1 else ''} audited, {found} finding{'s' if found != 1 else ''}"
