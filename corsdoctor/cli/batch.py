"""corsdoctor batch: many requests, one JSON line each."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from itertools import chain
from time import monotonic
from typing import TYPE_CHECKING

import click

from corsdoctor.cli import flags, options
from corsdoctor.cli.batch_line import Line, lines
from corsdoctor.cli.batch_work import RETRY_AFTER, Work
from corsdoctor.cli.exit_status import ExitStatus, counted, levels, status
from corsdoctor.cli.in_order import in_order
from corsdoctor.cli.interrupt import on_interrupt
from corsdoctor.cli.lanes import SLOW
from corsdoctor.cli.opening import opened
from corsdoctor.cli.printing import Printer
from corsdoctor.cli.rate import Rate
from corsdoctor.cli.reading import Mistakes, read_path
from corsdoctor.cli.rendered import Rendered, rendered
from corsdoctor.cli.resume import Answered
from corsdoctor.cli.shard import read_shard
from corsdoctor.errors import InvalidScenario, Mistake, UnreadableInput
from corsdoctor.reports import Item

if TYPE_CHECKING:
    from corsdoctor.cli.on_dask import OnDask

_GARBAGE = 10_000  # objects more than there were until Python looks for garbage: connections leave some
_RATE = options.Amount("requests a second", 100_000)


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
@options.option(
    "Batch",
    "--rate",
    type=_RATE,
    metavar="N",
    help="At most so many requests a second, preflights among them; 0.5 is one in two seconds [no limit].",
)
@options.option(
    "Batch",
    "--rate-per-host",
    type=_RATE,
    metavar="N",
    help="At most so many requests a second to one host [no limit].",
)
@options.option(
    "Batch",
    "--retry-after",
    type=options.Amount("seconds", 86400, zero=True),
    default=RETRY_AFTER,
    metavar="SECONDS",
    help="Where a server answers 429 with a Retry-After of up to so many seconds, leave its host alone for as long and "
    f"ask once more [{RETRY_AFTER:g}; 0: never]. Only GET, HEAD and OPTIONS are sent again, and the answer says so. A "
    "browser does not ask again.",
)
@options.option(
    "Batch",
    "--timeout",
    type=options.Amount("seconds", 31_536_000),
    metavar="SECONDS",
    help="How long the whole batch may take [no limit]. What is not done by then is answered by an error, and the exit "
    "status is 3. --max-time is for one answer.",
)
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
    rate: float | None,
    rate_per_host: float | None,
    retry_after: float,
    timeout: float | None,
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

    Ctrl-C writes what is done, also behind a line that is not; --resume does the rest.

    \b
    echo '{"id": 1, "url": "https://api.example/items", "method": "PUT"}' |
      corsdoctor batch - --origin https://app.example

    Exit status: 0 once every line is answered; with --fail-on 1 for blocked and note, 3 for error, 4 for unsent; 2 wrong
    usage; 3 FILE can't be read to its end, or --timeout was over before; 130 after Ctrl-C.
    """
    until = None if timeout is None else monotonic() + timeout
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
    reaching = flags.transport_options(transport, found, connections=jobs or 1)
    worker = None
    if reaching is not None:
        rates = Rate(rate, rate_per_host)
        work = Work(defaults, profiles, reaching, send, request.origin is not None, rates, retry_after)
        worker = flags.noting(found, work.open)
    answered = None if resume is None else flags.noting(found, partial(Answered, resume))
    found.tell()
    assert reaching is not None
    assert worker is not None  # or there would have been a mistake to tell
    assert file is not None

    lines_only = resume is not None or output.format in ((), ("jsonl",))
    finish = partial(rendered, show_secrets=output.show_secrets) if lines_only else _as_it_is
    unanswered = 0
    if answered is not None:
        answered.cut()

    def asked() -> Iterator[Line]:
        read = _read(file)
        mine = read if part is None else part.part(read, worker.host)
        return mine if answered is None else answered.rest(mine, work)

    def late(line: Line) -> Item | Rendered:
        nonlocal unanswered
        unanswered += 1
        return finish(worker.problem(line, f"no time was left for it: the {timeout:g} s of --timeout were over"))

    def answer(line: Line) -> Item | Rendered:
        try:
            return finish(worker.answer(line))
        except Exception as e:
            return finish(worker.internal_error(line, e))

    gc.freeze()  # what is loaded stays
    gc.set_threshold(_GARBAGE)
    seen = set() if answered is None else set(answered.levels)
    source = None if file == "-" else file
    with closing(worker), Printer(output, several=True, default="jsonl", onto=resume, source=source) as printer:
        results = (
            in_order(
                asked(),
                answer,
                jobs,
                host=worker.host,
                size=_size,
                ready=worker.pace.ready,
                slow=min(SLOW, reaching.max_time / 2),
                until=until,
                late=late,
            )
            if dask is None
            else _on_dask(dask)(asked(), work, dask, jobs, host=worker.host, finish=finish, until=until, late=late)
        )
        with closing(results), on_interrupt(results.stop):
            for item in chain(results, results.done()):
                if isinstance(item, Rendered):
                    printer.write(item.text)
                    seen |= item.levels
                else:
                    printer.show(item)
                    seen |= levels(item)
    if results.stopped:
        click.echo(f"corsdoctor: interrupted; {_how_to_go_on(resume)}", err=True)
        return ExitStatus.INTERRUPTED
    if unanswered or results.cut:
        what = "the input was not read to its end" if results.cut else f"{unanswered} lines were left"
        click.echo(
            f"corsdoctor: the {timeout:g} s of --timeout were over: {what}; give it more time, or --shard", err=True
        )
        return ExitStatus.NO_ANSWER
    return status(seen, counting)


def _on_dask(address: str) -> type[OnDask]:
    """Loads what --dask needs. InvalidScenario where that is not installed."""
    try:
        from corsdoctor.cli.on_dask import OnDask
    except ModuleNotFoundError as e:
        if e.name not in ("dask", "distributed"):
            raise
        reason = "needs the package distributed: pip install 'corsdoctor[dask]'"
        raise InvalidScenario(Mistake("--dask", address, reason)) from e
    return OnDask


def _how_to_go_on(resume: str | None) -> str:
    if resume is not None:
        return "the same command goes on with it"
    return "to go on, add --resume and the file that these JSON lines are in"


def _as_it_is(item: Item) -> Item:
    """The item itself: for writers that must see all items, one after the other."""
    return item


def _size(line: Line) -> int:
    return len(line.data)


def _read(path: str) -> Iterator[Line]:
    """The lines of a file; UnreadableInput where there is trouble before its end.

    Runs in the reader's thread, which alone may touch the file: a lock on sys.stdin would outlive Ctrl-C.
    """
    try:
        with opened(path) as stream:
            yield from lines(stream)
    except OSError as e:
        raise UnreadableInput(path, e.strerror or str(e)) from e
