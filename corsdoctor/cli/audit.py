"""corsdoctor audit: what policy a server really has, and who could abuse it."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing
from datetime import date
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING

import click

from corsdoctor.audit.explore import BUDGET, planned
from corsdoctor.audit.weigh import Severity
from corsdoctor.batch.audits import AuditWork, Subject, host_of, subject_of
from corsdoctor.cli import flags, options, report_options
from corsdoctor.cli.audit_files import add_wrong_policy, add_wrong_proof, write_found_policy, write_proof
from corsdoctor.cli.audit_groups import Groups
from corsdoctor.cli.audit_inputs import is_list, subjects
from corsdoctor.cli.batch_run import BatchRun
from corsdoctor.cli.command import Command, offering
from corsdoctor.cli.exit_status import ExitStatus
from corsdoctor.cli.inputs import files_of
from corsdoctor.cli.messages import print_message
from corsdoctor.cli.option import Split, mistakes, option
from corsdoctor.cli.pacing import PaceFlags, pacing
from corsdoctor.cli.printing import Printer, unknown_formats
from corsdoctor.cli.progress import Progress
from corsdoctor.cli.reading import make_or_note, read_or_note
from corsdoctor.cli.severities import SeverityFlags, severities
from corsdoctor.cli.spreading import SpreadFlags, spreading
from corsdoctor.command_line import reaching
from corsdoctor.levels import JUDGED
from corsdoctor.masking import mask_url
from corsdoctor.reading import read_origin
from corsdoctor.reports import AUDIT_FORMATS
from corsdoctor.scenario import Scenario
from corsdoctor.url import OPAQUE
from corsdoctor.wire import ascii_lower
from corsdoctor.wrong_input import Mistakes, shown_path

if TYPE_CHECKING:
    from corsdoctor.suite.known_findings import KnownFinding

_PROBES = "What is sent"


@click.command(cls=Command)
@click.argument("urls", metavar="URL|FILE|-...", nargs=-1, shell_complete=offering("files"))
@option(
    _PROBES, "--origin", multiple=True, type=Split(" "), metavar="ORIGIN", common=True, help="An origin that the server should allow; repeatable (in an environment variable, separated by spaces). Without one, only the checks that need no allowed origin run."
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
    _PROBES, "--dry-run", is_flag=True, common=True, help="List the requests to a server that allows only trusted origins; send nothing."
)  # fmt: skip
@option(
    "Report", "--write-policy", metavar="FILE.toml", common=True, help="Write the policy that was found. 'corsdoctor test FILE.toml' then shows when it changes. For one URL."
)  # fmt: skip
@option(
    "Report", "--proof", metavar="FILE.html", common=True, help="Write a page that shows in a browser whether it can read the response. It sends nothing anywhere else. For one URL."
)  # fmt: skip
@option(
    "Exit status", "--known", metavar="FILE", common=True, help="A file that lists accepted findings. A [[known]] entry has the id of a finding, if needed the url and the origin, a reason and a last day. Such findings are reported but do not count until then."
)  # fmt: skip
@option(
    "Several URLs", "--host", multiple=True, type=Split(" "), metavar="NAME", common=True, help="Audit only the URLs on this host and on its subdomains; repeatable."
)  # fmt: skip
@option(
    "Several URLs", "--jobs", type=click.IntRange(1, 256), default=8, metavar="N", help="How many URLs to audit at the same time [8]."
)  # fmt: skip
@pacing("Several URLs")
@spreading("Several URLs", "URLs", "audit")
@options.transport
@report_options.output_of_audit
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
    known: str | None,
    host: tuple[str, ...],
    jobs: int,
    pace: PaceFlags,
    spread: SpreadFlags,
    transport: options.TransportFlags,
    output: report_options.OutputFlags,
    levels: SeverityFlags,
) -> ExitStatus:
    """Find out which origins, methods and headers a server allows, and which of them an attacker could use.

    Audit only servers that you are allowed to test. All requests are GET and OPTIONS requests to the URLs that you give, to pages
    beside them that do not exist, and to the same URL with http or https on the default port. Redirects to other hosts are not
    followed. Each answer decides what is asked next. The report names the policy, each weakness with its severity, and a curl
    command that repeats the request.

    A file, or standard input (-), has one URL or one request as JSON on each line, or is a HAR or a transcript, of which the URLs of
    cross-origin requests are audited. The URLs of one origin with the same policy and the same findings are one report.

    \b
    corsdoctor audit https://api.example/items --origin https://app.example
    corsdoctor audit capture.har --host api.example
    corsdoctor audit - --format sarif=audit.sarif < urls.txt

    Exit status: 0 nothing of --fail-on was found; 1 something was; 2 wrong usage; 3 no response, or
    --timeout was reached; 130 after Ctrl-C, 143 and 129 after SIGTERM and SIGHUP.
    """
    until = None if pace.timeout is None else monotonic() + pace.timeout
    found = Mistakes([*mistakes(), *unknown_formats(output.format, AUDIT_FORMATS, "an audit")])
    given = options.request_flags(origin="null", header=header, cookie=cookie)
    asked = flags.without_url(given, transport, found)._replace(origin=OPAQUE)
    trusted = tuple(
        one for text in origin for one in [read_or_note(found, "--origin", text, read_origin)] if one is not None
    )
    part, servers = spread.part(found), flags.transport_options(transport, found, connections=max(jobs, 10))
    accepted = () if known is None else make_or_note(found, partial(_known, known)) or ()
    reads = files_of(None, transport, known, *filter(is_list, urls))
    answered = spread.answered(found, output, reads)
    if "-" in urls:
        found.raise_if_any()  # before standard input is read
    listed = subjects(urls, trusted, tuple(map(ascii_lower, host)), asked, found)
    if write_policy is not None:
        add_wrong_policy(found, write_policy, len(listed), header, cookie)
    if proof is not None:
        add_wrong_proof(found, proof, len(listed))
    found.raise_if_any()
    assert servers is not None  # or there would have been a mistake
    work = AuditWork(
        asked, servers, budget, with_credentials, levels.least, pace.rates, pace.retry_after,
        tuple(reaching(transport, show_secrets=output.show_secrets)), output.show_secrets,
        accepted, date.today(),
    )  # fmt: skip
    lines = iter([one.line(number) for number, one in enumerate(listed, 1)])
    if part is not None:
        lines = part.part(lines, host_of)
    if dry_run:
        if answered is not None and answered.exists:
            lines = answered.rest(lines, work)
        return _planned(map(subject_of, lines), asked, budget, show_secrets=output.show_secrets)
    worker = make_or_note(found, work.open, "--")
    found.raise_if_any()
    assert worker is not None
    if answered is not None:
        answered.begin()
        lines = answered.rest(lines, work)
    several, resuming = len(listed) > 1, answered is not None
    with (
        closing(worker),
        Printer(
            output, several=several, default="jsonl" if resuming else "text", onto=spread.resume, reads=reads, writers=AUDIT_FORMATS
        ) as printer,
        Progress(len(listed), shown=several and not output.quiet) as progress,
    ):  # fmt: skip
        run = BatchRun(
            work, worker, min(jobs, len(listed)), spread.dask, resuming, output.show_secrets, pace.timeout, until,
            resuming, progress,
        )  # fmt: skip
        groups = Groups(printer, progress)
        run.write(lines, groups)
        groups.end()
    early = run.ended()
    if early is not None:
        return early
    if write_policy is not None and groups.first is not None and groups.first.explored.answered:
        write_found_policy(groups.first, write_policy)
    if proof is not None and groups.first is not None:
        write_proof(groups.first, proof)
    if not resuming and part is None:
        for entry in accepted:
            _note_if_gone(entry, known or "", groups)
    seen = printer.seen if answered is None else printer.seen | answered.levels
    if part is not None and not seen:  # other parts audit them
        print_message(f"--shard {spread.shard}: none of the {len(listed)} URLs is in this part")
    return _status(seen, levels)


def _known(path: str) -> tuple[KnownFinding, ...]:
    from corsdoctor.policy_file import load_known  # what an audit without them need not load

    return load_known(path)


def _note_if_gone(entry: KnownFinding, path: str, groups: Groups) -> None:
    where = "" if entry.known.entry is None else entry.known.entry.where
    if where not in groups.entries:
        print_message(f"{shown_path(path)}: {where}: {entry.id} was not found: remove the entry")


def _planned(listed: Iterable[Subject], asked: Scenario, budget: int, *, show_secrets: bool) -> ExitStatus:
    """Prints the requests that would be sent to a server that allows only trusted origins."""
    total = 0
    for subject in listed:
        sent = planned(subject.target, asked._replace(url=subject.url), budget=budget)
        total += len(sent)
        for request in sent:
            origin = request.headers.get("Origin")
            said = "without Origin" if origin is None else f"Origin: {origin}"
            url = request.url if show_secrets else mask_url(request.url)
            click.echo(f"{request.method:<7} {url}  {said}")
    said = f"{total} requests if only trusted origins are allowed, at most {budget} for each URL; nothing was sent"
    print_message(said)
    return ExitStatus.OK


def _status(seen: set[str], levels: SeverityFlags) -> ExitStatus:
    """The status for the severities that were seen."""
    if levels.fails(Severity[name.upper()] for name in seen - {JUDGED, "error"}):
        return ExitStatus.BLOCKED
    return ExitStatus.NO_ANSWER if "error" in seen else ExitStatus.OK
