"""corsdoctor batch: many requests, one JSON line each."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from time import monotonic

import click

from corsdoctor.batch.line import Line, lines
from corsdoctor.batch.resume import Answered
from corsdoctor.batch.shard import read_shard
from corsdoctor.batch.work import Work
from corsdoctor.cli import flags, options
from corsdoctor.cli.batch_run import BatchRun
from corsdoctor.cli.exit_status import ExitStatus, counted, status
from corsdoctor.cli.inputs import files_of, is_input
from corsdoctor.cli.opening import opened
from corsdoctor.cli.pacing import PaceFlags, pacing
from corsdoctor.cli.printing import Printer
from corsdoctor.cli.reading import Mistakes, read_path
from corsdoctor.errors import UnreadableInput

_GARBAGE = 10_000  # objects more than there were until Python looks for garbage: connections leave some


@click.command(cls=options.Sectioned)
@click.argument("file", metavar="FILE|-", required=False)
@options.option(
    "Batch",
    "--jobs",
    type=click.IntRange(1, 256),
    default=8,
    metavar="N",
    help="How many lines to work on at a time [8]. A host that is slow gets few of them while others wait. A browser "
    "has 6 connections to a host over HTTP/1.1.",
)
@pacing("Batch")
@options.option(
    "Batch",
    "--shard",
    metavar="I/N",
    help="Do part I of N and leave the others to other machines: all lines of a host are in one part. Sorted by their "
    "line, the answers of all parts are those of the whole.",
)
@options.option(
    "Batch",
    "--resume",
    metavar="FILE",
    help="Add the answers to FILE (JSON lines), and leave out the lines that it answers already. It is made where it is "
    "missing, so the same command begins a batch and goes on with it.",
)
@options.option(
    "Batch",
    "--dask",
    metavar="ADDRESS",
    help="Let the workers of a Dask cluster do it (tcp://host:8786 is its scheduler); --jobs is for each of them. All "
    "lines of a host are with one worker at a time; --rate is divided by the number of workers.",
)
@options.request
@options.send
@options.transport
@options.output
@options.failing("none")
def batch(
    file: str | None,
    jobs: int,
    pace: PaceFlags,
    shard: str | None,
    resume: str | None,
    dask: str | None,
    request: options.RequestFlags,
    send: bool,
    transport: options.TransportFlags,
    output: options.OutputFlags,
    failing: options.FailFlags,
) -> ExitStatus:
    """Check the requests in FILE (- is standard input), one a line, and write one JSON line each (or another --format), in the same order.

    A line is a JSON object with some of the keys id, url, origin, method, headers, credentials, mode, redirect, body,
    api and upload_listener, or a URL alone; the options say what it leaves out. Headers are [[name, value], ...] or an
    object. Empty lines and lines that start with # are skipped. A line that can't be understood is answered by
    {"schema_version": 1, "id": ..., "line": N, "error": "..."}.

    Ctrl-C writes what is done, also behind a line that is not; --resume does the rest. What is not done when --timeout is
    over is answered by such an error too.

    \b
    echo '{"id": 1, "url": "https://api.example/items", "method": "PUT"}' |
      corsdoctor batch - --origin https://app.example

    Exit status: 0 once every line is answered; with --fail-on 1 for blocked and note, 3 for error, 4 for unsent; 2 wrong
    usage; 3 FILE can't be read to its end, or --timeout was over before; 130 after Ctrl-C.
    """
    until = None if pace.timeout is None else monotonic() + pace.timeout
    found = Mistakes(options.mistakes())
    counting = counted(failing, found, usual=())
    defaults, profiles = flags.without_url(request, found), flags.profiles(request, found)
    part = None if shard is None else flags.take(found, "--shard", shard, read_shard)
    if file is None:
        found.add("FILE", "", "is missing: a file with one request a line, or - for standard input")
    elif file != "-":
        flags.take(found, "FILE", file, read_path)
    elif request.data == "@-":
        found.add("--data", "@-", "standard input holds the requests already")
    if resume is not None and output.format:
        found.add("--resume", resume, "adds JSON lines to this file, so give no --format")
    reads = files_of(request, transport, file)
    onto_input = resume is not None and is_input(resume, reads)
    if resume is not None and onto_input:
        found.add("--resume", resume, "this file is the input; give another name")
    reaching = flags.transport_options(transport, found, connections=jobs or 1)
    worker = None
    if reaching is not None:
        has_origin = request.origin is not None
        work = Work(defaults, profiles, reaching, send, has_origin, pace.rates, pace.retry_after or 0.0)
        worker = flags.noting(found, work.open)
    answered = None if resume is None or onto_input else flags.noting(found, partial(Answered, resume))
    found.tell()
    assert worker is not None  # or there would have been a mistake to tell
    assert file is not None

    asked = _read(file)
    if part is not None:
        asked = part.part(asked, worker.host)
    if answered is not None:
        answered.cut()
        asked = answered.rest(asked, work)
    lines_only = resume is not None or output.format in ((), ("jsonl",))
    run = BatchRun(work, worker, jobs, dask, lines_only, output.show_secrets, pace.timeout, until)
    source = None if file == "-" else file
    gc.freeze()  # what is loaded stays
    gc.set_threshold(_GARBAGE)
    with (
        closing(worker),
        Printer(output, several=True, default="jsonl", onto=resume, source=source, reads=reads) as printer,
    ):
        seen = run.write(asked, printer)
    if run.interrupted:
        click.echo(f"corsdoctor: interrupted; {_how_to_go_on(resume)}", err=True)
        return ExitStatus.INTERRUPTED
    if run.unanswered or run.cut:
        what = "the input was not read to its end" if run.cut else f"lines without an answer: {run.unanswered}"
        click.echo(
            f"corsdoctor: the {pace.timeout:g} s of --timeout were over; {what}; give it more time, or --shard",
            err=True,
        )
        return ExitStatus.NO_ANSWER
    return status(seen if answered is None else seen | answered.levels, counting)


def _how_to_go_on(resume: str | None) -> str:
    if resume is not None:
        return "the same command goes on with it"
    return "to go on, add --resume and the file that these JSON lines are in"


def _read(path: str) -> Iterator[Line]:
    """The lines of a file; UnreadableInput where there is trouble before its end.

    Runs in the reader's thread, which alone may touch the file: a lock on sys.stdin would outlive Ctrl-C.
    """
    try:
        with opened(path) as stream:
            yield from lines(stream)
    except OSError as e:
        raise UnreadableInput(path, e.strerror or str(e)) from e
