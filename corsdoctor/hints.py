"""Reports -> reports with what must change, the command that prints it as a configuration, and why browsers differ."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

from corsdoctor.browsers import BROWSERS, STANDARD
from corsdoctor.diagnose import Verdict
from corsdoctor.report import FindOut, Report
from corsdoctor.reports.secrets import mask_scenario
from corsdoctor.wire import Headers, WireRequest

if TYPE_CHECKING:
    from corsdoctor.command_line import Reaching


def with_hints(
    reports: Iterable[Report],
    *,
    transport: Reaching | None = None,
    show_secrets: bool = False,
    send: bool = False,
) -> Iterator[Report]:
    """The same reports, with the quirks that decided; that of a blocked request with the changes that help, if any do.

    `transport` and `send` are the options of the command that made the report, for the command that it shows.
    """
    for report in reports:
        decided = {
            (d.verdict, None if d.failure is None else d.failure.rule.id, d.readable, len(d.exchanges))
            for d in report.diagnoses
        }
        if len(decided) > 1 or all(d.profile is not STANDARD for d in report.diagnoses):
            from corsdoctor.quirk import deciding_quirks  # what browsers that agree need not load

            report = report._replace(quirks=tuple(deciding_quirks(report.diagnoses)))
        blocked = report.verdict is Verdict.BLOCKED
        yield _with_hint(report, transport, show_secrets=show_secrets, send=send) if blocked else report


def command_of(
    report: Report, command: str, *, transport: Reaching | None, show_secrets: bool, send: bool
) -> str | None:
    """The command line that runs `command`, such as check, for the same request and browsers; None if there is none."""
    from corsdoctor.command_line import command_line  # what a report without a fault need not load

    scenario = report.scenario if show_secrets else mask_scenario(report.scenario)
    profiles = tuple(d.profile for d in report.diagnoses)
    browsers = None if profiles == BROWSERS else ",".join(profile.name for profile in profiles)
    return command_line(scenario, browsers, command=command, send=send, transport=transport, show_secrets=show_secrets)


_SEND_PROBES: Final = "run this command, which sends further requests without side effects"
_READ: Final = "read the body of the response to the preflight request, and the server's log"


def _find_out(report: Report, transport: Reaching | None, *, show_secrets: bool, send: bool) -> FindOut | None:
    """What would show the cause of the first failure; None if one is named."""
    from corsdoctor.causes.unknown import Shows, what_shows  # what a report without a fault need not load
    from corsdoctor.command_line.tools import curl

    for diagnosis in report.diagnoses:
        shows, step = what_shows(diagnosis, report.probes), diagnosis.failure
        if shows is Shows.PROBES:
            command = command_of(report, "check", transport=transport, show_secrets=show_secrets, send=send)
            return None if command is None else FindOut(_SEND_PROBES, command)
        if shows is None or step is None or step.exchange is None:
            continue
        scenario = report.scenario if show_secrets else mask_scenario(report.scenario)
        url, asked = scenario.parsed_url, diagnosis.exchanges[step.exchange].request
        if url is None or step.exchange:
            return FindOut(_READ, None)
        own = {"origin", "access-control-request-method", "access-control-request-headers"}
        lines = [(name, value) for name, value in asked.headers if name.lower() in own]
        request = WireRequest(asked.method, url.on_the_wire, Headers(tuple(lines)))
        command = curl(request, transport=transport, show_secrets=show_secrets, exact=False)
        return FindOut(_READ, command)
    return None


def _with_hint(report: Report, transport: Reaching | None, *, show_secrets: bool, send: bool) -> Report:
    from corsdoctor.causes.before_headers import response_headers  # what a report without a fault need not load
    from corsdoctor.causes.probe import ProbeKind
    from corsdoctor.cure.search import needed
    from corsdoctor.policy import Policy
    from corsdoctor.recipes.recipe import unwritable

    report = report._replace(find_out=_find_out(report, transport, show_secrets=show_secrets, send=send))
    changes = needed(report.diagnoses, (probe.exchange for probe in report.probes if probe.kind is ProbeKind.FINAL_URL))
    if not changes or response_headers(report.scenario):  # the script must not send these, so nothing is to allow them
        return report
    command = command_of(report, "fix", transport=transport, show_secrets=show_secrets, send=send)
    scenario = report.scenario
    asked = Policy((str(scenario.origin),), (scenario.method,), tuple(name for name, _ in scenario.headers))
    return report._replace(changes=changes, fix_command=None if any(unwritable(asked)) else command)
