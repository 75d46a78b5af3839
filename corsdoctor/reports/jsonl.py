"""The report for programs that read many: the object of json_.py on one line."""

from __future__ import annotations

from corsdoctor.reports import Report, Style
from corsdoctor.reports.json_ import as_object, dumps


def render(report: Report, style: Style) -> str:  # noqa: ARG001 (JSON looks alike everywhere)
    """The report as JSON on one line, without a line feed."""
    return dumps(as_object(report))
