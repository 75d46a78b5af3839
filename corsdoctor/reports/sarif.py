"""The report as SARIF 2.1.0, for code scanning and its viewers: rules from the catalogue, a result for each fault.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from __future__ import annotations

from pathlib import PurePosixPath, PureWindowsPath
from typing import Any, Final
from urllib.parse import quote

from corsdoctor.reports import Item
from corsdoctor.reports.faults import (
    REQUIREMENTS,
    Fault,
    Requirement,
    faults,
    fingerprint,
    headline,
    message,
    name,
    place,
)
from corsdoctor.reports.json_ import dumps
from corsdoctor.reports.layout import cut, visible
from corsdoctor.reports.levels import counts_as
from corsdoctor.rule import Rule
from corsdoctor.suite.outcome import CaseOutcome
from corsdoctor.version import __version__

SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
ABOUT: Final = "https://fetch.spec.whatwg.org/#http-cors-protocol"
_URL_CELLS: Final = 2_000
_FINGERPRINT: Final = "corsdoctor/v1"
_LEVELS: Final = {
    CaseOutcome.FAILED: "error", CaseOutcome.KNOWN: "error", CaseOutcome.NO_ANSWER: "warning", CaseOutcome.UNSENT: "none",
}  # fmt: skip


class Sarif:
    """Streams: the results come first, then the tool with the rules that they used."""

    def __init__(self) -> None:
        self._rules: dict[str, dict[str, Any]] = {}
        self._index: dict[str, int] = {}
        self._count = 0

    def begin(self) -> str:
        return (
            f'{{"$schema": "{SCHEMA}", "version": "2.1.0", "runs": [{{"columnKind": "unicodeCodePoints", "results": ['
        )

    def add(self, item: Item) -> str:
        text = ""
        for fault in faults(item):
            self._rules.setdefault(fault.id, _rule(fault))
            self._index.setdefault(fault.id, len(self._index))
            text += ("," if self._count else "") + "\n" + dumps(_result(item, fault, self._index[fault.id]))
            self._count += 1
        return text

    def end(self) -> str:
        driver = {
            "name": "corsdoctor", "semanticVersion": __version__, "informationUri": ABOUT,
            "rules": list(self._rules.values()),
        }  # fmt: skip
        tool = dumps({"driver": driver}, indent=1)
        return f'\n], "tool": {tool}}}]}}\n'


def _rule(fault: Fault) -> dict[str, Any]:
    if fault.step is None:
        return _required(REQUIREMENTS[fault.id])
    rule = fault.step.rule
    step = f", step {rule.step}" if rule.step else ""
    return {
        **_described(rule),
        "helpUri": rule.spec,
        "help": {
            "text": "\n\n".join((rule.what, rule.why, f"Fix: {rule.fix}", f"Standard: {rule.spec}{step}")),
            "markdown": "\n\n".join((
                rule.what, rule.why, f"**Fix:** {rule.fix}", f"Wrong:\n\n{_fenced(rule.bad)}", f"Right:\n\n{_fenced(rule.good)}",
                f"[The Standard{step}]({rule.spec})",
            )),
        },
        "properties": {"tags": ["cors", "fetch-standard"]},
    }  # fmt: skip


def _required(requirement: Requirement) -> dict[str, Any]:
    text = f"{requirement.what}\n\nFix: {requirement.fix}"
    return {
        **_described(requirement),
        "help": {"text": text, "markdown": text.replace("Fix:", "**Fix:**")},
        "properties": {"tags": ["cors"]},
    }


def _described(rule: Rule | Requirement) -> dict[str, Any]:
    return {
        "id": rule.id,
        "name": "".join(word.capitalize() for word in rule.id.split("-")),
        "shortDescription": {"text": f"{rule.title}."},
        "fullDescription": {"text": rule.what},
    }


def _fenced(lines: str) -> str:
    return f"```http\n{lines}\n```"


def _result(item: Item, fault: Fault, index: int) -> dict[str, Any]:
    became = counts_as(item)
    result: dict[str, Any] = {
        "ruleId": fault.id, "ruleIndex": index, "kind": "open" if became is CaseOutcome.UNSENT else "fail",
        "level": _LEVELS[became], "message": {"text": message(item, fault)},
        "locations": [_location(item)], "partialFingerprints": {_FINGERPRINT: fingerprint(item, fault)},
    }  # fmt: skip
    if became is CaseOutcome.KNOWN:
        result["suppressions"] = [{"kind": "external", "status": "accepted", "justification": headline(item)}]
    return result


def _location(item: Item) -> dict[str, Any]:
    """The file and line where known, and the URL."""
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
