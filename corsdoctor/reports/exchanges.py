"""The exchanges of a report: what several browsers send alike, and is answered once, is one."""

from __future__ import annotations

from corsdoctor.report import Report
from corsdoctor.wire import Exchange


def exchanges_of(report: Report) -> list[tuple[Exchange, dict[str, int]]]:
    """Each exchange, with the names of the browsers that have it, and its place among the exchanges of each."""
    found: dict[tuple[object, ...], tuple[Exchange, dict[str, int]]] = {}
    for diagnosis in report.diagnoses:
        for place, exchange in enumerate(diagnosis.exchanges):
            same = exchange.kind, exchange.request, None if report.planned else id(exchange.answer)
            found.setdefault(same, (exchange, {}))[1][diagnosis.profile.name] = place
    return list(found.values())
