"""The exchanges of a report: what several browsers send alike, and is answered once, is one.

What was sent for several browsers is one exchange also where they differ in Referer or Sec-Fetch-*.
"""

from __future__ import annotations

from corsdoctor.diagnose import as_all_browsers_say
from corsdoctor.report import Report
from corsdoctor.wire import Exchange


def exchanges_of(report: Report) -> list[tuple[Exchange, dict[str, int]]]:
    """Each exchange as it was sent, with the names of the browsers that have it, and its place among the exchanges of each."""
    found: dict[tuple[object, ...], tuple[Exchange, dict[str, int]]] = {}
    for diagnosis in report.diagnoses:
        for place, exchange in enumerate(diagnosis.exchanges):
            same: tuple[object, ...] = exchange.kind, exchange.request
            if not report.planned:
                same = *as_all_browsers_say(exchange.kind, exchange.request), id(exchange.answer)
            found.setdefault(same, (exchange, {}))[1][diagnosis.profile.name] = place
    return list(found.values())
