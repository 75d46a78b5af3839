"""corsdoctor audit: what policy a server really has, and who could abuse it."""

from __future__ import annotations

from contextlib import closing
from math import inf
from time import monotonic

import click

from corsdoctor.audit.explore import BUDGET, explore, planned
from corsdoctor.audit.explored import Explored, Target
from corsdoctor.audit.requests_of_pages import COOKIE, plain_request
from corsdoctor.audit.weigh import Severity, findings
from corsdoctor.batch.in_order import in_order
from corsdoctor.batch.rate import Pace
from corsdoctor.batch.retry_after import paced
from corsdoctor.cli import flags, options
from corsdoctor.cli.audit_files import add_wrong_policy, add_wrong_proof, write_found_policy, write_proof
from corsdoctor.cli.command import Command
from corsdoctor.cli.exit_status import ExitStatus
from corsdoctor.cli.inputs import files_of
from corsdoctor.cli.option import Split, mistakes, option
from corsdoctor.cli.pacing import PaceFlags, pacing
from corsdoctor.cli.printing import Printer, unknown_formats
from corsdoctor.cli.reading import Mistakes, read_origin
from corsdoctor.cli.severities import SeverityFlags, severities
from corsdoctor.command_line import quoted, reaching
from corsdoctor.masking import mask_header, mask_url
from corsdoctor.report import AuditReport
from corsdoctor.reports import AUDIT_FORMATS
from corsdoctor.scenario import Scenario
from corsdoctor.url import OPAQUE, Origin, parse
from corsdoctor.wire import Exchange, Send, WireRequest

_PROBES = "What is sent"


@click.command(cls=Command)
@click.argument("urls", metavar="URL...", nargs=-1)
@option(
    _PROBES, "--origin", multiple=True, type=Split(" "), metavar="ORIGIN", common=True, help="An origin that the server should allow; repeatable (separated by spaces in the variable). Without one, only the checks that need no allowed origin run."
)  # fmt: skip
@option(
    _PROBES, "-H", "--header", multiple=True, type=Split("\n"), metavar="'NAME: VALUE'", common=True, help="A header of each request, such as Authorization; repeatable. It goes with trusted origins and the server's own only."
)  # fmt: skip
@option(
    _PROBES, "--cookie", metavar="'NAME=VALUE; ...'", common=True, help="Cookies for the server. They go with trusted origins and the server's own only."
)  # fmt: skip
@option(
    _PROBES, "--with-credentials", is_flag=True, common=True, help="Send --header and --cookie with every origin that is tried, as the browser of a user who is logged in would."
)  # fmt: skip
@option(
    _PROBES, "--budget", type=click.IntRange(1, 1000), default=BUDGET, metavar="N", common=True, help=f"At most N requests for each URL [{BUDGET}]."
)  # fmt: skip
@option(
    _PROBES, "--dry-run", is_flag=True, common=True, help="List the requests that would be sent at most; send nothing."
)
@option(
    "Report", "--write-policy", metavar="FILE.toml", common=True, help="Write the policy that was found, so that 'corsdoctor test FILE.toml' shows when it changes. For one URL."
)  # fmt: skip
@option(
    "Report", "--proof", metavar="FILE.html", common=True, help="Write a page that shows in a browser whether it can read the response. It sends nothing anywhere else. For one URL."
)  # fmt: skip
@option(
    "Several URLs", "--jobs", type=click.IntRange(1, 256), default=8, metavar="N", help="How many URLs to audit at the same time [8]."
)  # fmt: skip
@pacing("Several URLs")
@options.transport
@options.output_of_audit
@severities("CORSDOCTOR_AUDIT_FAIL_ON")
def audit(
    urls: tuple[str, ...],
    origin: tuple[str, ...],
    header: tuple[str, ...],
    cookie: str | None,
    with_credentials: bool,
    budget: int,
    dry_run: bool,
    write_policy: str | None,
    proof: str | None,
    jobs: int,
    pace: PaceFlags,
    transport: options.TransportFlags,
    output: options.OutputFlags,
    levels: SeverityFlags,
) -> ExitStatus:
    """Find out which origins, methods and headers a server allows, and which of them an attacker could use.

    Audit only servers that you are allowed to test. All requests are GET and OPTIONS requests to the URLs that you name; redirects
    to other hosts are not followed. Each answer decides what is asked next. The report names the policy, each weakness with its
    severity, and a curl command that repeats the request.

    \b
    corsdoctor audit https://api.example/items --origin https://app.example
    corsdoctor audit - --format sarif=audit.sarif < urls.txt

    Exit status: 0 nothing of --fail-on was found; 1 something was; 2 wrong usage; 3 no response.
    """
    found = Mistakes([*mistakes(), *unknown_formats(output.format, AUDIT_FORMATS, "an audit")])
    asked = _scenarios(urls, header, cookie, transport, found)
    trusted = tuple(
        one for text in origin for one in [flags.parsed(found, "--origin", text, read_origin)] if one is not None
    )
    if write_policy is not None:
        add_wrong_policy(found, write_policy, len(asked), header, cookie)
    if proof is not None:
        add_wrong_proof(found, proof, len(asked))
    live = flags.live(transport, found, connections=max(jobs, 10))
    found.raise_if_any()
    assert live is not None  # or there would have been a mistake
    if dry_run:
        live.close()
        return _listed(asked, trusted, budget, show_secrets=output.show_secrets)
    limit = Pace(pace.rates)
    seen: list[AuditReport] = []

    def audited(scenario: Scenario) -> AuditReport:
        sending = paced(live.send, limit, pace.retry_after, lambda _: None)
        return _report(
            scenario,
            trusted,
            sending,
            budget,
            with_credentials,
            levels.least,
            transport,
            output,
        )

    reads = files_of(None, transport, *(url for url in urls if url == "-"))
    with (
        closing(live),
        Printer(output, several=len(asked) > 1, default="text", reads=reads, writers=AUDIT_FORMATS) as printer,
    ):
        runs = in_order(
            iter(asked),
            audited,
            jobs,
            host=lambda scenario: _target(scenario, ()).url.host,
            size=lambda _: 0,
            gate=limit,
            until=None if pace.timeout is None else monotonic() + pace.timeout,
            late=lambda scenario: AuditReport(Explored(_target(scenario, trusted)), (), scenario, late=pace.timeout),
            grace=inf,  # they are all there: each gets a result
        )
        with closing(runs):
            for report in runs:
                seen.append(report)
                printer.show(report)
    if write_policy is not None and seen[0].explored.answered:
        write_found_policy(seen[0], write_policy)
    if proof is not None:
        write_proof(seen[0], proof)
    return _status(seen, levels)


def _scenarios(
    urls: tuple[str, ...],
    header: tuple[str, ...],
    cookie: str | None,
    transport: options.TransportFlags,
    found: Mistakes,
) -> list[Scenario]:
    """The request to each URL, without an origin."""
    given = options.request_flags(origin="null", header=header, cookie=cookie)
    made = flags.scenarios(urls, given, transport, found)
    for scenario in made:
        url = parse(scenario.url)
        if url is None or not url.is_http:
            found.add("URL", scenario.url, "is not the URL of a web server: it has to begin with http:// or https://")
        elif plain_request(scenario, scenario.url) is None:
            found.add(
                "URL", scenario.url, "browsers block every request to this port, so no website can reach this server"
            )
    return [scenario._replace(origin=OPAQUE) for scenario in made]


def _report(
    scenario: Scenario, trusted: tuple[Origin, ...], send: Send, budget: int, with_credentials: bool, least: Severity,
    transport: options.TransportFlags, output: options.OutputFlags,
) -> AuditReport:  # fmt: skip
    explored = explore(_target(scenario, trusted), scenario, send, budget=budget, secrets_for_all=with_credentials)

    def curl(exchange: Exchange) -> str:
        return _curl(exchange.request, scenario, transport, show_secrets=output.show_secrets)

    explored = explored._replace(
        tried=tuple(one._replace(command=curl(one.exchange)) for one in explored.tried),
        asked=tuple(one._replace(command=curl(one.exchange)) for one in explored.asked),
    )
    weighed = tuple(one._replace(command=curl(one.exchange)) for one in findings(explored) if one.severity >= least)
    return AuditReport(explored, weighed, scenario)


def _curl(request: WireRequest, asked: Scenario, transport: options.TransportFlags, *, show_secrets: bool) -> str:
    """The curl command that repeats `request`, with what decides: who asks for what, and the user's headers."""
    words = [
        "curl",
        "-i",
        *([] if request.method == "GET" else ["-X", request.method]),
        request.url if show_secrets else mask_url(request.url),
    ]
    deciding = {
        "origin",
        "access-control-request-method",
        "access-control-request-headers",
        "cookie",
        "referer",
        "sec-fetch-site",
    }
    deciding |= {name.lower() for name, _ in asked.headers}
    for name, value in request.headers:
        if name.lower() in deciding:
            words += ["-H", f"{name}: {value if show_secrets or value == COOKIE else mask_header(name, value)}"]
    return quoted([*words, *reaching(transport, show_secrets=show_secrets)])


def _listed(asked: list[Scenario], trusted: tuple[Origin, ...], budget: int, *, show_secrets: bool) -> ExitStatus:
    total = 0
    for scenario in asked:
        sent = planned(_target(scenario, trusted), scenario, budget=budget)
        total += len(sent)
        for request in sent:
            origin = request.headers.get("Origin")
            said = "without Origin" if origin is None else f"Origin: {origin}"
            url = request.url if show_secrets else mask_url(request.url)
            click.echo(f"{request.method:<7} {url}  {said}")
    click.echo(f"corsdoctor: at most {total} requests; nothing was sent", err=True)
    return ExitStatus.OK


def _target(scenario: Scenario, trusted: tuple[Origin, ...]) -> Target:
    url = parse(scenario.url)
    assert url is not None  # it was checked
    return Target(url, trusted)


def _status(seen: list[AuditReport], levels: SeverityFlags) -> ExitStatus:
    if levels.fails(report.severity for report in seen):
        return ExitStatus.BLOCKED
    if not all(report.explored.answered for report in seen):
        return ExitStatus.NO_ANSWER
    return ExitStatus.OK
