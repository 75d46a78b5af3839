"""corsdoctor fix: what to change, verified by a replay, as configuration of the user's server."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import closing

import click

from corsdoctor.causes.probe import AUTO
from corsdoctor.cli import flags, options, report_options, terminal
from corsdoctor.cli.command import Command
from corsdoctor.cli.exit_status import ExitStatus
from corsdoctor.cli.fix_from import check_one_server, failing_steps, flow_from, requests_from, scenarios_from
from corsdoctor.cli.inputs import files_of
from corsdoctor.cli.option import mistakes, option
from corsdoctor.cli.printing import Printer, wrong_files
from corsdoctor.cli.reading import read_or_note
from corsdoctor.cli.unsent_cookie import warning_of_unsent_cookie
from corsdoctor.cli.witnessing import WitnessFlags, observing, read_programs, witness
from corsdoctor.diagnose import Verdict, withholding
from corsdoctor.fixing import fixed, read_exposed
from corsdoctor.policy import ANY
from corsdoctor.reading import items, read_origin
from corsdoctor.recipes import RECIPES
from corsdoctor.recipes.recipe import Family, Proof
from corsdoctor.report import Report, report_on
from corsdoctor.reports.secrets import mask_report
from corsdoctor.results_file import Planned, Requested
from corsdoctor.scenario import Credentials, Scenario
from corsdoctor.url import Origin
from corsdoctor.wrong_input import Mistakes

_NEVER_NULL = (
    "sandboxed pages of every site have the origin `null`, so allowing it allows everybody; serve the page from a "
    "server (http://localhost is enough) and use that origin"
)
ANY_PAGE = Origin("https", "any-page.example")  # the origin of the requests if `*` is to be allowed


@click.command(cls=Command)
@click.argument("urls", metavar="URL...", nargs=-1)
@options.request_of_several
@options.fix
@option(
    "Fix",
    "--list",
    "listing",
    is_flag=True,
    common=True,
    envvar=None,
    help="List the supported servers. The list says how each configuration was tested.",
)
@options.send
@options.probes
@witness
@options.transport
@report_options.output_of_fix
def fix(
    urls: tuple[str, ...],
    request: options.SeveralRequestFlags,
    fix: options.FixFlags,
    listing: bool,
    send: bool,
    probes: str | None,
    real: WitnessFlags,
    transport: options.TransportFlags,
    output: report_options.OutputFlags,
) -> ExitStatus:
    """Show what the server must change so that a page at ORIGIN gets the response, as configuration for that server.

    The request is replayed like `corsdoctor check`. Then the responses are changed until the same replay passes in every
    browser, and the smallest change that does so is printed. Several --origin, several -X and several URLs of one server
    get one configuration that allows all of them, and so do the requests of --from FILE. The configuration also keeps
    what the server allows today, as far as that can be seen from outside, unless --minimal is set. Without --server, the
    server is identified by its responses.

    \b
    corsdoctor fix https://api.example/items --origin https://app.example \\
      -X PUT -H 'X-Api-Key: 1' --server nginx
    corsdoctor fix --from cors.toml --server nginx

    Exit status: 0 a fix was printed, or nothing needs to change; 1 no change of the server's responses helps; 2 wrong
    usage; 3 no response; 4 not determined, because the actual request was not sent.
    """  # fmt: skip
    if listing:
        return _list(output)
    found = Mistakes(mistakes())
    profiles = flags.profiles(request, found)
    public, requests = False, list[Requested]()
    story = None if fix.source is None or urls else flow_from(fix.source, found)
    commands = (
        None
        if fix.source is None or urls or story is not None
        else scenarios_from(fix.source, request, transport, found)
    )
    if fix.source is None:
        scenarios, public = _scenarios(urls, request, transport, found)
        requests += [Planned(scenario, profiles) for scenario in scenarios]
    elif story is not None:
        pass
    elif commands is not None:
        scenarios, transport = commands
        requests += [Planned(scenario, profiles) for scenario in scenarios]
    else:
        requests = [
            Planned(one.scenario._replace(certificate=transport.cert is not None), one.profiles)
            if isinstance(one, Planned)
            else one
            for one in requests_from(fix.source, urls, found)
        ]
    check_one_server((one.scenario.url for one in requests), found, "URL" if fix.source is None else "--from")
    server = flags.recipe(fix.server, found)
    names = [name.strip() for value in fix.expose for name in value.split(",") if name.strip()]
    exposed = [read_or_note(found, "--expose", name, read_exposed) for name in dict.fromkeys(names)]
    expose = tuple(name for name in exposed if name is not None)
    live = flags.live(transport, found)
    reads = files_of(request.from_(None), transport, "-" if "-" in urls else None, fix.source)
    probing = flags.probing(probes, found, AUTO)
    found.found += wrong_files(output.format, reads)
    programs = read_programs(real, profiles, found)
    found.raise_if_any()
    assert live is not None  # or there would have been a mistake
    with closing(live):
        planned = iter(flags.on_their_page([one.scenario for one in requests if isinstance(one, Planned)], live))
        requests = [Planned(next(planned), one.profiles) if isinstance(one, Planned) else one for one in requests]
        sending = live.send if send else withholding(live.send)
        asked: Iterable[Report] = (
            report_on(one.scenario, one.profiles, sending, probing)
            if isinstance(one, Planned)
            else Report(one.diagnoses)
            for one in requests
        )
        if story is not None:
            asked = failing_steps(story, profiles, sending)
        reports = list(warning_of_unsent_cookie(asked))
        sends = all(isinstance(one, Planned) for one in requests)  # results are not sent again
        reports = fixed(
            reports, server, expose, public=public, minimal=fix.minimal, show_secrets=output.show_secrets,
            ask=sending if sends else None, transport=transport,
        )  # fmt: skip
        with observing(real, programs, sending, cured=True) as observed:
            reports = [observed(report) for report in reports]
    if output.format not in ((), ("text",)):
        Printer(output, several=len(reports) > 1, default="text", reads=reads).show_each(reports)
    else:
        from corsdoctor.reports.cure_text import render

        shown = reports if output.show_secrets else [mask_report(report) for report in reports]
        if fix.source is not None:  # what passes is many requests, and no news
            shown = [
                report
                for report in shown
                if report.verdict is Verdict.BLOCKED
                or (story is not None and report.cure is not None and report.cure.cookies)
            ] or shown[:1]
        style = terminal.style(output.color, -1 if output.quiet else output.verbose)
        click.echo(render(shown, style), color=style.color)
    return _status(reports)


def _scenarios(
    urls: Sequence[str], request: options.SeveralRequestFlags, transport: options.TransportFlags, found: Mistakes
) -> tuple[list[Scenario], bool]:
    """One Scenario for each URL, method and origin, and whether every origin is to be allowed."""
    origins = [origin for value in request.origin for origin in items(value)]
    public = ANY in origins
    if (request.page is not None or request.page_header) and (public or len(origins) > 1):
        found.add("--page", "", "is one page: give at most one --origin with it")
        return [], public
    named = [text for text in origins if text != ANY]
    opaque = [text for text in named if _is_opaque(text)]
    for text in opaque:
        found.add("--origin", text, _NEVER_NULL)
    named = [text for text in named if text not in opaque]
    first = str(ANY_PAGE) if public or (opaque and not named) else named[0] if named else None
    methods = [method for value in request.method for method in items(value)]
    method, *more = dict.fromkeys(methods) or (None,)
    asked = flags.scenarios(urls, request.from_(first, method), transport, found, several=len(urls) > 1)
    for other in more if asked else ():
        same = flags.without_url(request.from_(first, other), transport, found)
        asked += [same._replace(url=scenario.url) for scenario in asked if scenario.method == asked[0].method]
    if public and request.credentials == Credentials.INCLUDE:
        found.add("--origin", ANY, "with --credentials include, browsers do not accept `*`: name the origins")
    if public and len(origins) > 1:
        found.add("--origin", ANY, "`*` already allows every page: use either `*` or a list of origins")
    others = [] if public else [read_or_note(found, "--origin", text, read_origin) for text in named[1:]]
    pages = dict.fromkeys(o for o in (*(scenario.origin for scenario in asked), *others) if o is not None)
    return [scenario._replace(origin=origin) for scenario in asked for origin in pages], public


def _is_opaque(text: str) -> bool:
    if text.lower().startswith(("data:", "about:")):
        return True
    try:
        return read_origin(text).opaque
    except ValueError:
        return False


def _status(reports: Sequence[Report]) -> ExitStatus:
    verdicts = {report.verdict for report in reports}
    if Verdict.ERROR in verdicts:
        return ExitStatus.NO_ANSWER
    for report in reports:
        cure = report.cure
        assert cure is not None  # `fixed` has made one for each
        if cure.obstacle is not None or (report.verdict is Verdict.OPAQUE and cure.alternatives):
            return ExitStatus.BLOCKED
    needed = any(report.cure is not None and (report.cure.needed or report.cure.proxied) for report in reports)
    return ExitStatus.UNSENT if Verdict.UNSENT in verdicts and not needed else ExitStatus.OK


def _list(output: report_options.OutputFlags) -> ExitStatus:
    if output.format not in ((), ("text",)):
        from corsdoctor.reports.json_ import dumps

        listed = [
            {
                "server": r.id, "aliases": list(r.aliases), "title": r.title, "family": r.family.value,
                "proof": r.proof.value, "proved": r.proved,
            }
            for r in RECIPES
        ]  # fmt: skip
        click.echo(dumps(listed, indent=2 if "json" in output.format else None))
        return ExitStatus.OK
    from corsdoctor.reports.tables import table

    proofs = {Proof.RUN: "run", Proof.PARSED: "parsed, not run", Proof.READ: "not run"}
    for i, family in enumerate(Family):
        rows = [(r.id, r.title, proofs[r.proof]) for r in RECIPES if r.family is family]
        head = "" if i == 0 else "\n"
        click.echo(f"{head}{family.value}\n\n{table(rows, ('--server', 'for', 'in our tests'))}")
    return ExitStatus.OK
