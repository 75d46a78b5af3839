"""corsdoctor preflight: only the preflight request, for any method."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing

import click

from corsdoctor.cli import exit_status, flags, options, report_options
from corsdoctor.cli.command import Command
from corsdoctor.cli.from_options import from_text, scenarios
from corsdoctor.cli.inputs import files_of
from corsdoctor.cli.option import mistakes
from corsdoctor.cli.printing import Printer
from corsdoctor.diagnose import withholding
from corsdoctor.hints import with_hints
from corsdoctor.levels import JUDGED
from corsdoctor.report import Report, report_on
from corsdoctor.wrong_input import Mistakes


@click.command(cls=Command)
@click.argument("urls", metavar="URL...", nargs=-1)
@from_text
@options.request_of_page
@options.transport
@report_options.drawing_output
@options.failing("blocked,error")
def preflight(
    urls: tuple[str, ...],
    given: options.FromFlags,
    request: options.RequestFlags,
    transport: options.TransportFlags,
    output: report_options.OutputFlags,
    failing: options.FailFlags,
) -> exit_status.ExitStatus:
    """Send only the preflight request from a page at ORIGIN, and judge the response.

    The actual request is never sent, whatever its method, so the best verdict is "unsent". If no preflight is required,
    nothing is sent, and the report says so.

    \b
    corsdoctor preflight https://api.example/items --origin https://app.example \\
      -X DELETE

    Exit status: 0 the preflight passed, or none is required; 1 a browser would block the request; 2 wrong usage; 3 no response.
    """
    found = Mistakes(mistakes())
    asked, transport = scenarios(urls, request, transport, given, found)
    profiles = flags.profiles(request, found)
    flags.refuse_websockets(asked, found)
    live = flags.live(transport, found)
    counting = exit_status.counted(failing, found, ("blocked", "error"))
    found.raise_if_any()
    assert live is not None  # or there would have been a mistake
    with closing(live):
        asked = flags.on_their_page(asked, live)
        sending = withholding(live.send, preflight_only=True)
        reports: Iterable[Report] = (report_on(scenario, profiles, sending) for scenario in asked)
        reads = files_of(request, transport, given.source, *(url for url in urls if url == "-"))
        reports = with_hints(reports, transport=transport, show_secrets=output.show_secrets)
        seen = Printer(output, several=len(asked) > 1 or "-" in urls, reads=reads).show_each(reports)
    if "unsent" in seen:  # the preflight passed, or none is required, which is all that this command checks
        seen.add(JUDGED)
    return exit_status.status(seen, counting)
