"""What real browsers did, for programs."""

from __future__ import annotations

from typing import Any

from corsdoctor.levels import compared
from corsdoctor.observed import Difference, verdict_seen
from corsdoctor.report import Report
from corsdoctor.reports.json_objects import exchange_object


def observations_object(report: Report) -> list[dict[str, Any]]:
    """One object for each browser, in the order of --in."""
    found = []
    for seen, predicted, different in compared(report):
        browser: dict[str, Any] = {"browser": seen.browser, "product": seen.product, "version": seen.version}
        if seen.missing is not None:
            found.append({**browser, "missing": seen.missing})
            continue
        found.append(
            {
                **browser,
                **({"cured": True} if seen.cured else {}),
                "page": seen.page,
                "seconds": round(seen.seconds, 3),
                "as_predicted": not different,
                "differences": list(map(_difference, different)),
                "verdict": str(verdict_seen(seen, predicted)),
                "end": str(seen.end),
                "response_type": seen.type,
                "readable": seen.readable,
                "exchanges": [exchange_object(exchange) for exchange in seen.exchanges],
                "console": seen.console,
            }
        )
    return found


def _difference(one: Difference) -> dict[str, Any]:
    return {"what": str(one.aspect), "predicted": one.predicted, "observed": one.observed}
