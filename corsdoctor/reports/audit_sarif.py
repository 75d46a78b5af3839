"""A weakness as a result of SARIF 2.1.0, with its number in the Common Weakness Enumeration and a security-severity."""

from __future__ import annotations

from typing import Any, Final

from corsdoctor.audit.weaknesses import Weakness
from corsdoctor.audit.weigh import Severity, Weighed
from corsdoctor.reports.fingerprints import digits
from corsdoctor.reports.layout import cut
from corsdoctor.visible import visible

LEVELS: Final = {Severity.HIGH: "error", Severity.MEDIUM: "error", Severity.LOW: "warning", Severity.INFO: "note"}
_SCORES: Final = {Severity.HIGH: "8.0", Severity.MEDIUM: "5.5", Severity.LOW: "3.0", Severity.INFO: "0.0"}
_CELLS: Final = 2_000


def rule_object(weakness: Weakness, severity: Severity) -> dict[str, Any]:
    """The description of a weakness; code scanning reads the score of a finding from its rule."""
    return {
        "id": weakness.id,
        "name": "".join(word.capitalize() for word in weakness.id.split("-")),
        "shortDescription": {"text": f"{weakness.title}."},
        "fullDescription": {"text": weakness.what},
        "help": {
            "text": f"{weakness.what}\n\nFix: {weakness.fix}", "markdown": f"{weakness.what}\n\n**Fix:** {weakness.fix}",
        },
        "helpUri": f"https://cwe.mitre.org/data/definitions/{weakness.cwe}.html",
        "properties": {
            "tags": ["security", "cors", f"external/cwe/cwe-{weakness.cwe}"], "security-severity": _SCORES[severity],
        },
    }  # fmt: skip


def message(finding: Weighed, url: str) -> str:
    """What was found, in one line."""
    at = f" Origin: {finding.origin}." if finding.origin else ""
    accepted = (
        f"known, {finding.known}: "
        if finding.known
        else f"no longer known, {finding.expired}: "
        if finding.expired
        else ""
    )
    return visible(f"{url}: {accepted}{finding.what} {finding.impact}{at} {finding.weakness.fix}")


def location(url: str) -> dict[str, Any]:
    """The URL as a resource."""
    return {"logicalLocations": [{"fullyQualifiedName": cut(visible(url), _CELLS), "kind": "resource"}]}


def fingerprint(id: str, url: str) -> str:
    """32 hexadecimal digits that stay the same while the URL and the weakness do."""
    return digits(["audit", url, id])
