"""What a capture shows of a request, and what else it holds, for programs."""

from __future__ import annotations

from typing import Any

from corsdoctor.captures.judge import Judgement
from corsdoctor.captures.summary import Summary
from corsdoctor.reports.json_ import SCHEMA_VERSION


def capture_object(judged: Judgement) -> dict[str, Any]:
    """The fields of a request that stands in a capture."""
    by_mode = judged.by_credentials
    return {
        "entry": judged.entry,
        "redirect_entries": list(judged.redirect_entries),
        "preflight_entries": list(judged.preflight_entries),
        "recorded_by": judged.recorded_by,
        "recorded_outcome": str(judged.outcome),
        "agrees": judged.agrees,
        "credentials": {"mode": str(judged.mode or "unknown"), "because": judged.because},
        "by_credentials": None if by_mode is None else {str(mode): str(verdict) for mode, verdict in by_mode.items()},
        "missing": judged.missing,
        "not_recorded": judged.noted,
    }


def summary_object(found: Summary) -> dict[str, Any]:
    """The object that follows the requests of a capture."""
    return {
        "schema_version": SCHEMA_VERSION,
        "summary": {
            "entries": found.entries,
            "judged": found.judged,
            "not_cors": found.not_cors,
            "unreadable": [{"entry": one.entry, "reason": one.reason} for one in found.unreadable],
            "hides": found.hides,
        },
    }
