"""The report for programs that read many: the object of json_.py on one line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from corsdoctor.report import AuditReport, FlowReport, Item
from corsdoctor.reports.json_ import as_object, dumps

if TYPE_CHECKING:
    from corsdoctor.captures.summary import Summary
    from corsdoctor.lint.found import Linted


class JsonLines:
    """One line for each item."""

    each_url = True
    """Whether audits are written each for itself, also of URLs with the same policy."""

    def begin(self) -> str:
        return ""

    def add(self, item: Item) -> str:
        return f"{dumps(as_object(item))}\n"

    def add_flow(self, report: FlowReport) -> str:
        """One line for a flow."""
        from corsdoctor.reports.flow_json import flow_object

        return f"{dumps(flow_object(report))}\n"

    def add_audit(self, report: AuditReport) -> str:
        """One line for an audit."""
        from corsdoctor.reports.audit_json import audit_object

        return f"{dumps(audit_object(report))}\n"

    def add_lint(self, linted: Linted) -> str:
        """One line for a file that lint read."""
        from corsdoctor.reports.lint_json import lint_object

        return f"{dumps(lint_object(linted))}\n"

    def add_capture(self, found: Summary) -> str:
        """What a capture holds beside the requests, as the last line."""
        from corsdoctor.reports.capture_json import summary_object

        return f"{dumps(summary_object(found))}\n"

    def end(self) -> str:
        return ""
