"""What lint found in a file, for programs: one JSON object, as schema.json beside this file describes it."""

from __future__ import annotations

from typing import Any

from corsdoctor.lint.found import Found, Linted
from corsdoctor.reports.json_objects import SCHEMA_VERSION


def lint_object(linted: Linted) -> dict[str, Any]:
    """The findings of a file as dicts, lists, strings, numbers and None."""
    return {
        "schema_version": SCHEMA_VERSION,
        "lint": linted.file,
        "language": linted.language,
        "severity": None if linted.severity is None else str(linted.severity),
        "findings": [_finding(found) for found in linted.findings],
        **({"cut": True} if linted.cut else {}),
    }


def _finding(found: Found) -> dict[str, Any]:
    return {
        "id": found.weakness.id,
        "severity": str(found.severity),
        "cwe": found.weakness.cwe,
        "line": found.line,
        "column": found.column,
        "what": found.what,
        "impact": found.impact,
        "fix": found.fix,
    }
