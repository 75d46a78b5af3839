"""corsdoctor batch: many requests, one JSON line each."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import closing
from time import monotonic

import click

from corsdoctor.batch.checks import CheckWork
from corsdoctor.batch.line import Line
from corsdoctor.batch.origins import with_origins
from corsdoctor.causes.probe import NO_PROBES
from corsdoctor.cli import flags, options, report_options
from corsdoctor.cli.batch_run import BatchRun
from corsdoctor.cli.command import Command, offering
from corsdoctor.cli.cookies import cookies_of
from corsdoctor.cli.exit_status import ExitStatus, counted, only_levels, status, unsent_never
from corsdoctor.cli.input_lines import lines_of
from corsdoctor.cli.inputs import files_of
from corsdoctor.cli.messages import print_message
from corsdoctor.cli.option import mistakes, option
from corsdoctor.cli.pacing import PaceFlags, pacing
from corsdoctor.cli.printing import Printer
from corsdoctor.cli.progress import Progress
from corsdoctor.cli.reading import make_or_note, read_or_note, read_path
from corsdoctor.cli.spreading import SpreadFlags, spreading
from corsdoctor.errors import UnreadableInput
from corsdoctor.opening import opened
from corsdoctor.wrong_input import Mistakes


@click.command(cls=Command)
@click.argument("file", metavar="FILE|-", required=False, shell_complete=offering("files"))
@option(
    "Batch",
    "--jobs",
    type=click.IntRange(1, 256),
    default=8,
    metavar="N",
    common=True,
    help="How many lines to process at the same time [8]. A slow host gets only a few of them while others wait.",
)
@pacing("Batch")
@spreading("Batch", "lines", "batch")
@options.request_of_page
@options.send
@options.probes
@options.transport
@report_options.output_of_batch
@report_options.only
@options.failing("none")
def batch(
    file: str | None,
    jobs: int,
    pace: PaceFlags,
    spread: SpreadFlags,
    request: options.RequestFlags,
    send: bool,
    probes: str | None,
    transport: options.TransportFlags,
    output: report_options.OutputFlags,
    only: str | None,
    failing: options.FailFlags,
) -> ExitStatus:
    """Check one request for each line of FILE (- is standard input), and write one JSON line for each, in the same order.

    A line is a JSON object with some of the keys id, url, origin, method, headers, credentials, mode, redirect, body,
    api, preload_as, upload_listener, cookie, cookie_jar, user_agent, page, page_headers, permissions and address_spaces, or only
    a URL. The options set what a line does not. Headers are [[name, value], ...] or an object. Empty lines and lines that start
    with # are skipped. The result of an invalid line, also of one with more than a URL
    (https://api.example/items,https://app.example), is {"schema_version": 1, "id": ..., "line": N, "error": "..."}.

    FILE may also be a HAR or a transcript, of which each request that CORS concerns becomes a line whose id is the number of its
    entry; or commands that developer tools copy, such as those of curl, one request a line. Cookies and headers of a capture are
    sent to the hosts that had them.

    Ctrl-C (SIGTERM, SIGHUP) writes the results that are finished, and --resume continues with the rest. Lines that are
    not finished within --timeout get such an error as their result, or are left to the next run with --resume.

    \b
    corsdoctor batch requests.jsonl > results.jsonl
    echo '{"id": 1, "url": "https://api.example/items", "method": "PUT"}' |
      corsdoctor batch - --origin https://app.example

    Exit status: 0 every line has a result, and at least one request was judged (or this part of --shard has no lines);
    with --fail-on 1 for blocked and note, 3 for error, 4 for unsent; 2 wrong usage, or neither --origin nor a line names
    an origin; 3 nothing was judged, FILE cannot be read to its end, or --timeout was reached; 4 no request was sent;
    130 after Ctrl-C, 143 and 129 after SIGTERM and SIGHUP.
    """
    until = None if pace.timeout is None else monotonic() + pace.timeout
    found = Mistakes(mistakes())
    probing = flags.probing(probes, found, NO_PROBES)
    counting = counted(failing, found, usual=(), never=unsent_never(send=send))
    defaults, profiles = flags.without_url(request, transport, found), flags.profiles(request, found)
    jar = (() if request.cookie_jar is None else cookies_of(request.cookie_jar, found)) or ()
    part, resume = spread.part(found), spread.resume
    source = _source(file, request, found)
    wanted = only_levels(only, found)
    if resume is not None and wanted is not None:
        found.add(
            "--only", only or "", "leaves out results, and --resume would send their lines again: use one of them"
        )
    reads = files_of(request, transport, file)
    reaching = flags.transport_options(transport, found, connections=jobs)
    worker, has_origin = None, request.origin is not None or request.page is not None
    if reaching is not None:
        work = CheckWork(defaults, profiles, reaching, send, has_origin, pace.rates, pace.retry_after, probing, jar)
        worker = make_or_note(found, work.open, "--")
    answered = spread.answered(found, output, reads)
    found.raise_if_any()
    assert worker is not None  # or there would have been a mistake

    reading = _Reading(source)
    asked = reading.lines() if has_origin else with_origins(reading.lines(), source)
    if part is not None:
        asked = part.part(asked, worker.host)
    if answered is not None:
        answered.begin()
        asked = answered.rest(asked, work)
    resuming = answered is not None
    lines_only = resuming or (output.format in ((), ("jsonl",)) and output.save is None)
    name = None if source == "-" else source
    to_terminal = resume is None and sys.stdout is not None and sys.stdout.isatty()  # which shows the results
    with (
        closing(worker),
        Printer(
            output, several=True, default="jsonl", onto=resume, source=name, reads=reads, only=wanted, summary=True
        ) as printer,
        Progress(None, shown=not output.quiet and not to_terminal) as progress,
    ):
        run = BatchRun(
            work, worker, jobs, spread.dask, lines_only, output.show_secrets, pace.timeout, until, resuming, progress
        )
        run.write(asked, printer)
    early = run.ended()
    if early is not None:
        return early
    seen = printer.seen if answered is None else printer.seen | answered.levels
    if part is not None and reading.count and not seen:  # other parts judge these lines
        print_message(f"--shard {spread.shard}: none of the {reading.count} lines is in this part")
        return ExitStatus.OK
    return status(seen, counting)


def _source(file: str | None, request: options.RequestFlags, found: Mistakes) -> str:
    """The file that holds the lines, - for standard input."""
    if file is None:
        found.add("FILE", "", "is missing: give a file with one request per line, or - for standard input")
        return ""
    if file == "-" and request.data == "@-":
        found.add("--data", "@-", "standard input is already used for the requests")
    elif file != "-":
        read_or_note(found, "FILE", file, read_path)
    return file


class _Reading:
    """The lines of a file; `count` is how many of them have been read."""

    def __init__(self, path: str) -> None:
        self._path = path
        self.count = 0

    def lines(self) -> Iterator[Line]:
        """The lines; UnreadableInput if one cannot be read before the end of the file.

        Runs in the reader's thread, which alone may touch the file: a lock on sys.stdin would outlive Ctrl-C.
        """
        try:
            with opened(self._path) as stream:
                for line in lines_of(stream, self._path):
                    self.count += 1
                    yield line
        except OSError as e:
            raise UnreadableInput(self._path, e.strerror or str(e)) from e
