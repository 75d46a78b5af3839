"""The report for programs: one JSON object, as schema.json beside this file describes it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from corsdoctor.report import AuditReport, FlowReport, Item, Problem, Report, Retried
from corsdoctor.reports.json_objects import SCHEMA_VERSION, browser_object, exchange_object, request_object
from corsdoctor.reports.writer import Style
from corsdoctor.visible import visible_json

if TYPE_CHECKING:
    from corsdoctor.captures.summary import Summary
    from corsdoctor.causes.probe import Probe
    from corsdoctor.lint.found import Linted

_LINE: Final = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":"))


def render(report: Report, style: Style) -> str:  # noqa: ARG001 (JSON looks alike everywhere)
    """The report as JSON, indented by two."""
    return dumps(as_object(report), indent=2)


class Json:
    """One object, or an array if there may be several."""

    each_url = True
    """Whether audits are written each for itself, also of URLs with the same policy."""

    def __init__(self, *, several: bool) -> None:
        self._several = several
        self._count = 0

    def begin(self) -> str:
        return ""

    def add(self, item: Item) -> str:
        return self._added(as_object(item))

    def add_flow(self, report: FlowReport) -> str:
        """A flow, as one object."""
        from corsdoctor.reports.flow_json import flow_object

        return self._added(flow_object(report))

    def add_audit(self, report: AuditReport) -> str:
        """An audit, as one object."""
        from corsdoctor.reports.audit_json import audit_object

        return self._added(audit_object(report))

    def add_lint(self, linted: Linted) -> str:
        """What lint found in a file, as one object."""
        from corsdoctor.reports.lint_json import lint_object

        return self._added(lint_object(linted))

    def _added(self, item: dict[str, Any]) -> str:
        text = dumps(item, indent=2)
        self._count += 1
        if not self._several:
            return f"{text}\n"
        return ("[\n" if self._count == 1 else ",\n") + text

    def add_capture(self, found: Summary) -> str:
        """What a capture holds beside the requests, as the last element."""
        from corsdoctor.reports.capture_json import summary_object

        self._count += 1
        return ("[\n" if self._count == 1 else ",\n") + dumps(summary_object(found), indent=2)

    def end(self) -> str:
        if not self._several:
            return ""
        return "\n]\n" if self._count else "[]\n"


def dumps(value: object, indent: int | None = None) -> str:
    """`value` as JSON that any terminal, log and encoding can show."""
    return visible_json(_LINE.encode(value) if indent is None else json.dumps(value, ensure_ascii=False, indent=indent))


def as_object(item: Item) -> dict[str, Any]:
    """The report as dicts, lists, tuples, strings, numbers, True, False and None."""
    if isinstance(item, Problem):
        if item.parsed is not None:
            from corsdoctor.reports.parsed_json import problem_object  # what a plain check need not load

            return problem_object(item, item.parsed)
        return {"schema_version": SCHEMA_VERSION, "id": item.id, "line": item.line, "error": item.reason}
    report = item
    return {
        "schema_version": SCHEMA_VERSION,
        "id": report.id,
        **({} if report.line is None else {"line": report.line}),
        **({"planned": True} if report.planned else {}),
        "verdict": str(report.verdict),
        "request": request_object(report.scenario),
        "browsers": _browsers(report),
        **({"retried": [_retried(r) for r in report.retried]} if report.retried else {}),
        **({"probes": [_probe(p) for p in report.probes]} if report.probes else {}),
        **({} if report.find_out is None else {"find_out": report.find_out._asdict()}),
        **_observations(report),
        **_case(report),
        **_capture(report),
        **_parsed(report),
        **_help(report),
    }


def _browsers(report: Report) -> dict[str, Any]:
    """By name, what each browser makes of the request; in a flow, with its cookies."""
    found = {d.profile.name: browser_object(d) for d in report.diagnoses}
    if report.cookies:
        from corsdoctor.reports.flow_json import cookies_object  # what a plain check need not load

        for browser, cookies in zip(found.values(), report.cookies, strict=True):
            browser["cookies"] = cookies_object(cookies)
    return found


def _observations(report: Report) -> dict[str, Any]:
    """What real browsers did."""
    if not report.observations:
        return {}
    from corsdoctor.reports.observed_json import observations_object  # what a plain check need not load

    return {"observations": observations_object(report)}


def _capture(report: Report) -> dict[str, Any]:
    """What a capture shows of the request."""
    if report.capture is None:
        return {}
    from corsdoctor.reports.capture_json import capture_object  # what a plain check need not load

    return capture_object(report.capture, report.diagnoses)


def _parsed(report: Report) -> dict[str, Any]:
    """The request in the words that it was given in."""
    if report.parsed is None:
        return {}
    from corsdoctor.reports.parsed_json import parsed_object  # what a plain check need not load

    return {"parsed": parsed_object(report.parsed)}


def _case(report: Report) -> dict[str, Any]:
    """What a policy expects, and the outcome."""
    judged = report.judged
    if judged is None:
        return {}
    from corsdoctor.suite.outcome import outcome  # what a plain check need not load

    expected = judged.expected
    case = {
        "outcome": str(outcome(judged, report.diagnoses)),
        "expected": {
            "verdict": expected.verdict, "rule": expected.rule, "readable": list(expected.readable),
            "max_age": expected.max_age, "preflight": expected.preflight,
            **({"cookies_sent": list(expected.cookies_sent)} if expected.cookies_sent else {}),
            **({"cookies_stored": list(expected.cookies_stored)} if expected.cookies_stored else {}),
        },
        "unmet": [
            {"browser": m.profile.name, "what": m.what, "expected": m.expected, "came": m.got} for m in judged.mismatches
        ],
        "known": judged.known, "expired": judged.expired, "seconds": round(judged.seconds, 3), "tries": judged.tries,
    }  # fmt: skip
    return {"case": case, **({} if report.source is None else {"file": report.source})}


def _help(report: Report) -> dict[str, Any]:
    """The cure, if it was requested."""
    if report.cure is None:
        return {}
    from corsdoctor.reports.cure_json import cure_object, prescription_object  # what a plain check need not load

    prescription = report.prescription
    return {
        "cure": cure_object(report.cure),
        "recipe": None if prescription is None else prescription_object(prescription),
    }


def _retried(retried: Retried) -> dict[str, Any]:
    return {
        "kind": str(retried.kind),
        "method": retried.method,
        "url": retried.url,
        "status": 429,
        "seconds": retried.seconds,
    }


def _probe(probe: Probe) -> dict[str, Any]:
    return {"probe": str(probe.kind), "text": probe.words, **exchange_object(probe.exchange)}
