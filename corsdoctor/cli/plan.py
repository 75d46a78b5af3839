"""corsdoctor plan: what would be sent and what must be answered, without sending anything."""

from __future__ import annotations

import click

from corsdoctor.cli import exit_status, flags, options
from corsdoctor.cli.command import Command
from corsdoctor.cli.inputs import files_of
from corsdoctor.cli.printing import print_each
from corsdoctor.cli.reading import Mistakes
from corsdoctor.plan import plan as planned
from corsdoctor.report import Report

_NEVER = dict.fromkeys(("error", "unsent"), "plan sends nothing")


@click.command(cls=Command)
@click.argument("urls", metavar="URL...", nargs=-1)
@options.request
@options.transport
@options.output
@options.failing("blocked,error,unsent")
def plan(
    urls: tuple[str, ...],
    request: options.RequestFlags,
    transport: options.TransportFlags,
    output: options.OutputFlags,
    failing: options.FailFlags,
) -> exit_status.ExitStatus:
    """Show what browsers would send for a request from a page at ORIGIN, and what the server must respond, without sending it.

    The responses shown allow exactly this request: this origin, this method, these headers. The options for the
    connection are accepted but have no effect, so that `check` can be replaced by `plan` in a command.

    \b
    corsdoctor plan https://api.example/items --origin https://app.example \\
      -X PUT -H 'Content-Type: application/json'

    Exit status: 0 it can be allowed; 1 a browser blocks it, whatever the server responds; 2 wrong usage.
    """
    found = Mistakes(options.mistakes())
    scenarios, profiles = flags.scenarios(urls, request, transport, found), flags.profiles(request, found)
    flags.refuse_websockets(scenarios, found)
    counting = exit_status.counted(failing, found, never=_NEVER)
    found.raise_if_any()
    reports = (Report(planned(scenario, profiles), planned=True) for scenario in scenarios)
    reads = files_of(request, transport, *(url for url in urls if url == "-"))
    return exit_status.status(print_each(reports, output, several=len(urls) > 1 or "-" in urls, reads=reads), counting)
