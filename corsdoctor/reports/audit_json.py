"""An audit for programs: one JSON object, as schema.json beside this file describes it."""

from __future__ import annotations

from typing import Any

from corsdoctor.audit.explored import Asked, Tried
from corsdoctor.audit.policy_words import policy_words
from corsdoctor.audit.weigh import Weighed
from corsdoctor.report import AuditReport
from corsdoctor.reports.json_objects import SCHEMA_VERSION, exchange_object


def audit_object(report: AuditReport) -> dict[str, Any]:
    """The audit as dicts, lists, strings, numbers, True, False and None."""
    explored = report.explored
    return {
        "schema_version": SCHEMA_VERSION,
        **({} if report.line is None else {"id": None, "line": report.line}),
        "audit": report.asked.url,
        "trusted": list(map(str, explored.target.trusted)),
        "severity": None if report.severity is None else str(report.severity),
        "answered": explored.answered,
        **({} if report.error is None else {"failure": report.error}),
        "policy": dict(policy_words(explored)),
        "findings": [_finding(finding) for finding in report.findings],
        "origins": [_tried(tried) for tried in explored.tried],
        "cookieless": [_tried(tried) for tried in explored.cookieless],
        "elsewhere": [{"place": str(look.place), **_tried(look.tried)} for look in explored.looks],
        "preflights": [_asked(asked) for asked in explored.asked],
        "requests": report.explored.sent,
        "left": explored.left,
        "stalled": explored.stalled,
    }


def _finding(finding: Weighed) -> dict[str, Any]:
    weakness = finding.weakness
    return {
        "id": weakness.id,
        "severity": str(finding.severity),
        "cwe": weakness.cwe,
        "what": finding.what,
        "impact": finding.impact,
        "fix": weakness.fix,
        "origin": finding.origin or None,
        "place": None if finding.place is None else str(finding.place),
        "credentials": finding.credentials,
        "browsers": list(finding.browsers),
        "command": finding.command or None,
        "known": finding.known or None,
        "expired": finding.expired or None,
        "exchange": exchange_object(finding.exchange),
    }


def _tried(tried: Tried) -> dict[str, Any]:
    return {
        "origin": str(tried.candidate.origin),
        "trick": str(tried.candidate.trick),
        "of": tried.candidate.base or None,
        "readers": list(tried.readers),
        "with_credentials": list(tried.with_credentials),
        "command": tried.command,
        "exchange": exchange_object(tried.exchange),
    }


def _asked(asked: Asked) -> dict[str, Any]:
    return {
        "origin": str(asked.candidate.origin),
        "passed": list(asked.passed),
        "command": asked.command,
        "exchange": exchange_object(asked.exchange),
    }
