"""The report as SARIF 2.1.0, for code scanning and its viewers: rules from the catalogue, a result for each fault.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from corsdoctor.levels import counts_as
from corsdoctor.report import AuditReport, Item
from corsdoctor.reports.faults import Fault, faults, headline, message, name, place
from corsdoctor.reports.fingerprints import Fingerprints, digits
from corsdoctor.reports.json_ import dumps
from corsdoctor.reports.layout import cut
from corsdoctor.reports.notes import Notes
from corsdoctor.reports.requirements import REQUIREMENTS, Requirement
from corsdoctor.rule import Rule
from corsdoctor.suite.outcome import CaseOutcome
from corsdoctor.version import __version__
from corsdoctor.visible import visible

if TYPE_CHECKING:
    from types import ModuleType

    from corsdoctor.audit.weaknesses import Weakness
    from corsdoctor.audit.weigh import Severity, Weighed
    from corsdoctor.lint.found import Linted

SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
ABOUT: Final = "https://fetch.spec.whatwg.org/#http-cors-protocol"
_LINK_SIGNS: Final = re.compile(r"[\\\[\]]")
_URL_CELLS: Final = 2_000
_MOST_PLACES: Final = 100  # of one finding of an audit
_FINGERPRINT: Final = "corsdoctor/v1"
_LEVELS: Final = {
    CaseOutcome.FAILED: "error", CaseOutcome.KNOWN: "error", CaseOutcome.NO_ANSWER: "warning", CaseOutcome.UNSENT: "none",
}  # fmt: skip


class Sarif:
    """Streams: first the results, then the tool with the rules that they use."""

    def __init__(self) -> None:
        self._rules: dict[str, dict[str, Any]] = {}
        self._index: dict[str, int] = {}
        self._worst: dict[str, Severity] = {}
        self._count = 0
        self._fingerprints = Fingerprints()
        self._notes = Notes()

    def begin(self) -> str:
        return (
            f'{{"$schema": "{SCHEMA}", "version": "2.1.0", "runs": [{{"columnKind": "unicodeCodePoints", "results": ['
        )

    def add(self, item: Item) -> str:
        became = counts_as(item)
        found = [(fault, became) for fault in faults(item)]
        return "".join(
            self._result(item, fault, of, message(item, fault))
            for fault, of in (*found, *((remark, None) for remark in self._notes.add(item)))
        )

    def _result(self, item: Item, fault: Fault, became: CaseOutcome | None, text: str) -> str:
        """A result, with the comma before it; `became` is the outcome of the item, None for a remark."""
        self._rules.setdefault(fault.id, _rule(fault))
        self._index.setdefault(fault.id, len(self._index))
        result: dict[str, Any] = {
            "ruleId": fault.id, "ruleIndex": self._index[fault.id], "kind": "open" if became is CaseOutcome.UNSENT else "fail",
            "level": "note" if became is None else _LEVELS[became], "message": {"text": plain_text(text)},
            "locations": [_location(item)], "partialFingerprints": {_FINGERPRINT: self._fingerprints.of(item, fault)},
        }  # fmt: skip
        if became is CaseOutcome.KNOWN:
            result["suppressions"] = [{"kind": "external", "status": "accepted", "justification": headline(item)}]
        return self._added(result)

    def add_audit(self, report: AuditReport) -> str:
        """A result for each weakness that an audit found."""
        from corsdoctor.reports import audit_sarif as audit  # what a plain check need not load

        return "".join(self._weakness(finding, report, audit) for finding in report.findings)

    def add_lint(self, linted: Linted) -> str:
        """A result for each finding in a file."""
        from corsdoctor.reports import audit_sarif as audit

        seen: Counter[str] = Counter()
        written = []
        for found in linted.findings:
            id = found.weakness.id
            seen[id] += 1
            self._described_as(found.weakness, found.severity, audit)
            region = {"startLine": found.line, **({} if found.column is None else {"startColumn": found.column})}
            written.append(self._added({
                "ruleId": id, "ruleIndex": self._index[id], "kind": "fail", "level": audit.LEVELS[found.severity],
                "message": {"text": plain_text(visible(f"{found.what} {found.impact} {found.fix}"))},
                "locations": [{"physicalLocation": {"artifactLocation": {"uri": _uri(linted.file)}, "region": region}}],
                "partialFingerprints": {_FINGERPRINT: digits(["lint", linted.file, id, str(seen[id])])},
            }))  # fmt: skip
        return "".join(written)

    def _described_as(self, weakness: Weakness, severity: Severity, audit: ModuleType) -> None:
        """Adds the description of a weakness, with the worst severity that it has in this run."""
        worst = max(severity, self._worst.get(weakness.id, severity))
        self._worst[weakness.id] = worst
        self._rules[weakness.id] = audit.rule_object(weakness, worst)
        self._index.setdefault(weakness.id, len(self._index))

    def _weakness(self, finding: Weighed, report: AuditReport, audit: ModuleType) -> str:
        id = finding.weakness.id
        self._described_as(finding.weakness, finding.severity, audit)
        accepted = {"kind": "external", "status": "accepted", "justification": finding.known}
        return self._added({
            "ruleId": id, "ruleIndex": self._index[id], "kind": "fail", "level": audit.LEVELS[finding.severity],
            **({"suppressions": [accepted]} if finding.known else {}),
            "message": {"text": plain_text(audit.message(finding, report.name))},
            "locations": [audit.location(url) for url in (report.asked.url, *report.others[:_MOST_PLACES])],
            "partialFingerprints": {_FINGERPRINT: audit.fingerprint(id, report.asked.url)},
        })  # fmt: skip

    def _added(self, result: dict[str, Any]) -> str:
        """A result, with the comma before it."""
        self._count += 1
        return ("," if self._count > 1 else "") + "\n" + dumps(result)

    def end(self) -> str:
        notes = "".join(self._result(note.item, note.remark, None, note.message) for note in self._notes)
        driver = {
            "name": "corsdoctor", "semanticVersion": __version__, "informationUri": ABOUT,
            "rules": list(self._rules.values()),
        }  # fmt: skip
        tool = dumps({"driver": driver}, indent=1)
        return f'{notes}\n], "tool": {tool}}}]}}\n'


def plain_text(text: str) -> str:
    """`text` as a plain text message that has no placeholder and no link, as sections 3.11.5 and 3.11.6 of SARIF want it.

    Brackets mean something only where they would be a link.
    """
    text = text.replace("{", "{{").replace("}", "}}")
    return _LINK_SIGNS.sub(r"\\\g<0>", text) if "](" in text else text


def _rule(fault: Fault) -> dict[str, Any]:
    if fault.step is None:
        return _required(REQUIREMENTS[fault.id])
    rule = fault.step.rule
    step = f", step {rule.step}" if rule.step else ""
    return {
        **_described(rule),
        "helpUri": rule.spec,
        "help": {
            "text": plain_text("\n\n".join((rule.what, rule.why, f"Fix: {rule.fix}", f"Standard: {rule.spec}{step}"))),
            "markdown": "\n\n".join((
                rule.what, rule.why, f"**Fix:** {rule.fix}", f"Wrong:\n\n{_fenced(rule.bad)}", f"Right:\n\n{_fenced(rule.good)}",
                f"[The Standard{step}]({rule.spec})",
            )),
        },
        "properties": {"tags": ["cors", "fetch-standard"]},
    }  # fmt: skip


def _required(requirement: Requirement) -> dict[str, Any]:
    return {
        **_described(requirement),
        "help": {
            "text": f"{requirement.what}\n\nFix: {requirement.fix}",
            "markdown": f"{requirement.what}\n\n**Fix:** {requirement.fix}",
        },
        "properties": {"tags": ["cors"]},
    }


def _described(rule: Rule | Requirement) -> dict[str, Any]:
    return {
        "id": rule.id,
        "name": "".join(word.capitalize() for word in rule.id.split("-")),
        "shortDescription": {"text": plain_text(f"{rule.title}.")},
        "fullDescription": {"text": plain_text(rule.what)},
    }


def _fenced(lines: str) -> str:
    return f"```http\n{lines}\n```"


def _location(item: Item) -> dict[str, Any]:
    """The file and line, if known, and the URL."""
    location: dict[str, Any] = {}
    at = place(item)
    if at is not None:
        location["physicalLocation"] = {"artifactLocation": {"uri": _uri(at[0])}, "region": {"startLine": at[1] or 1}}
    if item.scenario is not None:
        url = cut(visible(item.scenario.url), _URL_CELLS)
        location["logicalLocations"] = [{"fullyQualifiedName": url, "kind": "resource"}]
    return location or {"logicalLocations": [{"fullyQualifiedName": name(item), "kind": "resource"}]}


def _uri(path: str) -> str:
    """A path as a URI: relative where it is relative."""
    windows = PureWindowsPath(path)
    if windows.drive or "\\" in path:
        return windows.as_uri() if windows.is_absolute() else quote(windows.as_posix())
    posix = PurePosixPath(path)
    return posix.as_uri() if posix.is_absolute() else quote(str(posix))
