"""corsdoctor flow: a sequence of pages and requests, with cookies, caches and time."""

from __future__ import annotations

from contextlib import closing

import click

from corsdoctor.cli import exit_status, flags, options, report_options
from corsdoctor.cli.command import Command, offering
from corsdoctor.cli.inputs import files_of
from corsdoctor.cli.option import mistakes, option
from corsdoctor.cli.printing import Printer
from corsdoctor.cli.real_time import RealTime
from corsdoctor.diagnose import withholding
from corsdoctor.flow.explain import explained_flow
from corsdoctor.flow_file import load_flow
from corsdoctor.report import FlowReport
from corsdoctor.wrong_input import Mistakes


@click.command(cls=Command)
@click.argument("file", metavar="FILE|-", shell_complete=offering("files"))
@options.browser_of_flow
@options.send
@option(
    "Time", "--real-time", is_flag=True, common=True, help="Before a request is sent, wait as long as FILE specifies. There is no wait if a browser's cache answers. Without this option, time is simulated, and the server sees no pause."
)  # fmt: skip
@options.transport
@report_options.output
@options.failing("blocked,error,unsent")
def flow(
    file: str,
    browser: tuple[str, ...],
    send: bool,
    real_time: bool,
    transport: options.TransportFlags,
    output: report_options.OutputFlags,
    failing: options.FailFlags,
) -> exit_status.ExitStatus:
    """Replay pages that a user visits and the requests that they make, each browser with its own cookies and caches.

    FILE is TOML, JSON or YAML, by its name; - is standard input. ${NAME} in it is a variable of the environment. Each browser begins with an empty profile. The pages
    themselves are not requested: FILE has the headers of their responses. The requests are sent, each method that may change
    data only with --send. Time is simulated, so that a `wait` costs nothing, unless --real-time is given.

    \b
    corsdoctor flow login.toml
    corsdoctor flow login.toml --send --browser chromium,safari

    Exit status: 0 allowed by all browsers; 1 blocked by one; 2 wrong usage; 3 no response; 4 not determined, because a
    request was not sent.
    """
    found = Mistakes(mistakes())
    profiles = flags.profiles(options.RequestFlags(browser=browser), found)
    live = flags.live(transport, found)
    counting = exit_status.counted(failing, found, never=exit_status.unsent_never(send=send))
    found.raise_if_any()
    assert live is not None  # or there would have been a mistake
    story = load_flow(file)
    with closing(live), Printer(output, several=False, reads=files_of(None, transport, file)) as printer:
        sending = live.send if send else withholding(live.send)
        clock = RealTime(sending)
        answers, before = (clock.send, clock.before) if real_time else (sending, None)
        printer.show(FlowReport(story, explained_flow(story, profiles, answers, before)))
    return exit_status.status(printer.seen, counting)
