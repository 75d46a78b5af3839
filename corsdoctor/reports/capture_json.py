"""What a capture shows of a request, and what else it holds, for programs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from corsdoctor.captures.judge import Judgement
from corsdoctor.captures.summary import Summary
from corsdoctor.diagnose import Diagnosis, overall
from corsdoctor.reports.json_objects import SCHEMA_VERSION


def capture_object(judged: Judgement, now: Sequence[Diagnosis]) -> dict[str, Any]:
    """The fields of a request that stands in a capture; `now` are the diagnoses of the report."""
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
        **({"since_capture": _since(judged, now)} if judged.live else {}),
    }


def _since(judged: Judgement, now: Sequence[Diagnosis]) -> dict[str, Any]:
    """What changed since the capture."""
    from corsdoctor.captures.live import changes  # what a replay of the file alone need not load

    return {
        "verdict": {"before": str(judged.verdict), "now": str(overall(d.verdict for d in now))},
        "changes": [
            {
                "kind": str(one.kind), "method": one.method, "url": one.url, "what": one.name or "status",
                "before": one.before, "now": one.now,
            }
            for one in changes(judged.diagnoses, now)
        ],
    }  # fmt: skip


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
