"""corsdoctor plan: what would be sent and what must be answered, without sending anything."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing

import click

from corsdoctor.cli import exit_status, flags, options, report_options
from corsdoctor.cli.command import Command
from corsdoctor.cli.from_options import from_text, refuse_beside_requests, scenarios
from corsdoctor.cli.inputs import files_of
from corsdoctor.cli.option import mistakes
from corsdoctor.cli.printing import Printer
from corsdoctor.plan import plan as planned
from corsdoctor.report import FlowReport, Item, Problem, Report
from corsdoctor.wrong_input import Mistakes

_NEVER = dict.fromkeys(("error", "unsent"), "plan sends nothing")


@click.command(cls=Command)
@click.argument("urls", metavar="URL...", nargs=-1)
@from_text
@options.request_of_page
@options.transport
@report_options.printing_output
@options.failing("blocked,error,unsent")
def plan(
    urls: tuple[str, ...],
    given: options.FromFlags,
    request: options.RequestFlags,
    transport: options.TransportFlags,
    output: report_options.OutputFlags,
    failing: options.FailFlags,
) -> exit_status.ExitStatus:
    """Show what browsers would send for a request from a page at ORIGIN, and what the server must respond, without sending it.

    The responses shown allow exactly this request: this origin, this method, these headers. Only the page of --page is
    requested. --from also takes a flow (see 'corsdoctor flow'). Otherwise the options for the connection have no effect, so that `check` can be replaced by `plan` in a command.

    \b
    corsdoctor plan https://api.example/items --origin https://app.example \\
      -X PUT -H 'Content-Type: application/json'
    corsdoctor plan --from login.toml

    Exit status: 0 it can be allowed; 1 a browser blocks it, whatever the server responds; 2 wrong usage.
    """
    found = Mistakes(mistakes())
    profiles = flags.profiles(request, found)
    counting = exit_status.counted(failing, found, never=_NEVER)
    if given.source is not None and not urls:
        from corsdoctor.cli.flow_recognition import is_flow_file  # what a URL need not load

        if is_flow_file(given.source):
            from corsdoctor.flow.plan import plan_flow
            from corsdoctor.flow_file import load_flow

            refuse_beside_requests(found)
            found.raise_if_any()
            flow = load_flow(given.source)
            with Printer(output, several=False, reads=files_of(request, transport, given.source)) as printer:
                printer.show(FlowReport(flow, plan_flow(flow, profiles), planned=True))
            return exit_status.status(printer.seen, counting)
    items: Sequence[Item] | None = None
    if given.given and output.format not in (
        (),
        ("text",),
    ):  # people get mistakes on standard error, programs get items
        from corsdoctor.cli.from_text import planned_from  # what a URL needs not load

        items = planned_from(urls, request, transport, given, profiles, found)
        found.raise_if_any()
    else:
        asked, transport = scenarios(urls, request, transport, given, found)
        flags.refuse_websockets(asked, found)
        live = None if request.page is None else flags.live(transport, found)
        found.raise_if_any()
        if live is not None:
            with closing(live):
                asked = flags.on_their_page(asked, live)
    reads = files_of(request, transport, given.source, *(url for url in urls if url == "-"))
    several = len(items or asked) > 1 or "-" in urls
    reports = items or (Report(planned(scenario, profiles), planned=True) for scenario in asked)
    seen = Printer(output, several=several, reads=reads, transport=transport).show_each(reports)
    unreadable = any(isinstance(item, Problem) and item.missing is None for item in items or ())
    return exit_status.ExitStatus.USAGE if unreadable else exit_status.status(seen, counting)
