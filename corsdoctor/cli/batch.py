"""corsdoctor batch: many requests, one JSON line each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing

import click

from corsdoctor.cli import flags, options
from corsdoctor.cli.batch_line import BadLine, Line, lines, read_line
from corsdoctor.cli.exit_status import ExitStatus
from corsdoctor.cli.in_order import in_order
from corsdoctor.cli.opening import opened
from corsdoctor.cli.printing import Printer
from corsdoctor.cli.reading import Mistakes, read_path
from corsdoctor.diagnose import Verdict, diagnose_all, withholding
from corsdoctor.errors import UnreadableInput
from corsdoctor.reports import Item, Problem, Report

_FAILURES = (Verdict.BLOCKED, Verdict.ERROR)


@click.command(cls=options.Sectioned)
@click.argument("file", metavar="FILE|-", required=False)
@options.option(
    "Batch",
    "--jobs",
    type=click.IntRange(1, 256),
    default=8,
    metavar="N",
    help="How many lines to work on at a time [8]. A browser has 6 connections to a host over HTTP/1.1.",
)
@options.option(
    "Batch",
    "--fail-on",
    multiple=True,
    type=options.Split(","),
    metavar="blocked|error",
    help="Exit 1 where a line is blocked in a browser, or gets no answer or can't be understood (error); several by "
    "commas or by repeating.",
)
@options.request
@options.send
@options.transport
@options.output
def batch(
    file: str | None,
    jobs: int,
    fail_on: tuple[str, ...],
    request: options.RequestFlags,
    send: bool,
    transport: options.TransportFlags,
    output: options.OutputFlags,
) -> ExitStatus:
    """Check the requests in FILE (- is standard input), one a line, and write one JSON line each (or another --format), in the same order.

    A line is a JSON object with some of the keys id, url, origin, method, headers, credentials, mode, redirect, body,
    api and upload_listener, or a URL alone; the options say what it leaves out. Headers are [[name, value], ...] or an
    object. Empty lines and lines that start with # are skipped. A line that can't be understood is answered by
    {"schema_version": 1, "id": ..., "line": N, "error": "..."}.

    \b
    echo '{"id": 1, "url": "https://api.example/items", "method": "PUT"}' |
      corsdoctor batch - --origin https://app.example

    Exit status: 0 once every line is answered; 1 with --fail-on; 2 wrong usage; 3 FILE can't be read to its end.
    """
    found = Mistakes(options.mistakes())
    failing = _failing(fail_on, found)
    defaults, profiles = flags.without_url(request, found), flags.profiles(request, found)
    if file is None:
        found.add("FILE", "", "is missing: a file with one request a line, or - for standard input")
    elif file != "-":
        flags.take(found, "FILE", file, read_path)
    elif request.data == "@-":
        found.add("--data", "@-", "standard input holds the requests already")
    live = flags.live(transport, found, connections=jobs)
    found.tell()
    assert live is not None  # or there would have been a mistake to tell
    assert file is not None
    with closing(live):
        sending = live.send if send else withholding(live.send)

        def answer(line: Line) -> Item:
            id, scenario = read_line(line, defaults, has_origin=request.origin is not None)
            return Report(diagnose_all(scenario, profiles, sending), id=id, line=line.number)

        status = ExitStatus.OK
        with Printer(output, several=True, default="jsonl") as printer:
            for item in in_order(_read(file), _answering(answer), jobs):
                printer.show(item)
                if (item.verdict if isinstance(item, Report) else Verdict.ERROR) in failing:
                    status = ExitStatus.BLOCKED
    return status


def _answering(answer: Callable[[Line], Item]) -> Callable[[Line], Item]:
    """`answer`, with a Problem for each way it can fail: one bad line must not stop the rest."""

    def answered(line: Line) -> Item:
        try:
            return answer(line)
        except BadLine as e:
            return Problem(line.number, str(e), e.id)
        except Exception as e:
            return Problem(line.number, f"internal error: {type(e).__name__}: {e}; please report it")

    return answered


def _failing(values: tuple[str, ...], found: Mistakes) -> frozenset[Verdict]:
    names = [name.strip() for value in values for name in value.split(",") if name.strip()]
    for name in names:
        if name not in _FAILURES:
            found.add("--fail-on", name, f"choose from {', '.join(_FAILURES)}")
    return frozenset(verdict for verdict in _FAILURES if verdict in names)


def _read(path: str) -> Iterator[Line]:
    """The lines of a file; UnreadableInput where there is trouble before its end.

    Runs in the reader's thread, which alone may touch the file: a lock on sys.stdin would outlive Ctrl-C.
    """
    try:
        with opened(path) as stream:
            yield from lines(stream)
    except OSError as e:
        raise UnreadableInput(path, e.strerror or str(e)) from e
