"""corsdoctor check: the main job."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import closing

import click

from corsdoctor.causes.probe import AUTO
from corsdoctor.cli import exit_status, flags, options, report_options
from corsdoctor.cli.command import Command
from corsdoctor.cli.from_options import from_text, scenarios
from corsdoctor.cli.inputs import files_of
from corsdoctor.cli.option import mistakes, option
from corsdoctor.cli.pacing import PaceFlags, pacing
from corsdoctor.cli.printing import Printer
from corsdoctor.cli.witnessing import WitnessFlags, observing, read_programs, witness
from corsdoctor.diagnose import withholding
from corsdoctor.hints import with_hints
from corsdoctor.report import FlowReport, Item, Report, report_on
from corsdoctor.wire import Send
from corsdoctor.wrong_input import Mistakes

_SEVERAL = "Several URLs"


@click.command(cls=Command)
@click.argument("urls", metavar="URL...", nargs=-1)
@option(
    _SEVERAL, "--jobs", type=click.IntRange(1, 256), default=8, metavar="N", help="How many URLs to check at the same time [8]. The reports keep the order of the URLs."
)  # fmt: skip
@option(
    _SEVERAL, "--session", is_flag=True, help="Request the URLs one after the other in one new browser session, which keeps cookies, logins and caches: log in, then ask. -X, -d and a Content-Type header are for the first URL; the others are requested with GET. The short form of 'corsdoctor flow'."
)  # fmt: skip
@pacing(_SEVERAL)
@from_text
@options.request_of_page
@options.send
@options.probes
@option("Fix", "--fix", is_flag=True, common=True, help="Also show what the server must change, like `corsdoctor fix`.")
@options.server
@witness
@options.transport
@report_options.output_of_check
@report_options.only
@options.failing("blocked,error,unsent")
def check(
    urls: tuple[str, ...],
    jobs: int,
    session: bool,
    pace: PaceFlags,
    given: options.FromFlags,
    request: options.RequestFlags,
    send: bool,
    probes: str | None,
    fix: bool,
    server: str | None,
    real: WitnessFlags,
    transport: options.TransportFlags,
    output: report_options.OutputFlags,
    only: str | None,
    failing: options.FailFlags,
) -> exit_status.ExitStatus:
    """Replay what browsers do with a request from a page at ORIGIN, and show why they allow or block it.

    The preflight request and the actual request are sent, once each. A method that may change data is sent only with
    --send. With several URLs, or - to read one URL per line from standard input (at most 5 MB), --jobs of them are checked at the same
    time; the report has one line for each, in order, and the details of what is blocked.

    \b
    corsdoctor check https://api.example/items --origin https://app.example
    corsdoctor check https://api.example/items --origin https://app.example \\
      -X PUT -H 'X-Api-Key: 1' --send

    Exit status: 0 allowed by all browsers asked; 1 blocked by one; 2 wrong usage; 3 no response; 4 not determined,
    because the actual request was not sent. Of several URLs the worst counts: 1, then 3, then 4. If nothing was judged, the
    status is never 0, unless --exit-zero is set.
    """
    found = Mistakes(mistakes())
    asked, transport = scenarios(urls, request, transport, given, found)
    profiles = flags.profiles(request, found)
    live = flags.live(transport, found, connections=max(jobs, 10))
    wanted = exit_status.only_levels(only, found)
    named = flags.recipe(server, found)
    probing = flags.probing(probes, found, AUTO)
    counting = exit_status.counted(failing, found, never=exit_status.unsent_never(send=send))
    if session:
        from corsdoctor.cli.session import check_session  # what a plain check need not load

        others = {"--probes": probes, "--timeout": pace.timeout, "--diagram": output.diagram or output.ascii or None}
        check_session(asked, (name for name, value in others.items() if value is not None), found)
    programs = read_programs(real, profiles, found)
    if session and real.witnesses:
        found.add("--in", ",".join(real.witnesses), "cannot be used with --session")
    found.raise_if_any()
    assert live is not None  # or there would have been a mistake
    with closing(live):
        asked = flags.on_their_page(asked, live)
        sending = live.send if send else withholding(live.send)
        reads = files_of(request, transport, given.source, *(url for url in urls if url == "-"))
        if session:
            from corsdoctor.cli.fix_from import to_fix
            from corsdoctor.cli.session import flow_of
            from corsdoctor.flow.explain import explained_flow

            if pace.given:
                from corsdoctor.cli.check_many import at_pace  # what a session without a pace need not load

                sending = at_pace(live, pace, send=send)
            flow = flow_of(asked, copied=given.given)
            report = FlowReport(flow, explained_flow(flow, profiles, sending))
            fixing = fix or named is not None
            with Printer(output, several=fixing, reads=reads, only=wanted, transport=transport) as printer:
                printer.show(report)
                chosen = to_fix(report) if fixing else ()
                for one in _fixed(chosen, named, output, transport, sending) if chosen else ():
                    printer.show(one)
            return exit_status.status(printer.seen, counting)
        several = len(asked) > 1 or "-" in urls
        reports: Iterable[Item]
        if several or pace.given:
            from corsdoctor.cli.check_many import checked  # what a plain check need not load

            reports, sending = checked(asked, profiles, live, jobs, pace, probing, send=send)
        else:
            reports = (report_on(scenario, profiles, sending, probing) for scenario in asked)
        if any(scenario.cookie is not None for scenario in asked):
            from corsdoctor.cli.unsent_cookie import warning_of_unsent_cookie  # what a plain check need not load

            reports = warning_of_unsent_cookie(reports)

        def completed(report: Report) -> Report:
            if fix or named is not None:
                return _fixed([report], named, output, transport, sending)[0]
            return next(with_hints([report], transport=transport, show_secrets=output.show_secrets, send=send))

        default = "text" if fix or named is not None else None  # annotations have no room for a configuration
        with observing(real, programs, sending) as observed:
            printer = Printer(
                output, several=several, default=default, reads=reads, only=wanted, summary=several, transport=transport
            )
            seen = printer.show_each(
                observed(completed(item) if isinstance(item, Report) else item) for item in reports
            )
    return exit_status.status(seen, counting)


def _fixed(
    reports: Sequence[Report],
    server: str | None,
    output: report_options.OutputFlags,
    transport: options.TransportFlags,
    ask: Send,
) -> list[Report]:
    from corsdoctor.fixing import fixed

    return fixed(reports, server, show_secrets=output.show_secrets, ask=ask, transport=transport)
