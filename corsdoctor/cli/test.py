"""corsdoctor test: a policy file held against its servers."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import date

import click

from corsdoctor.cli import exit_status, flags, options
from corsdoctor.cli.exit_status import ExitStatus
from corsdoctor.cli.inputs import files_of
from corsdoctor.cli.interrupt import on_interrupt
from corsdoctor.cli.pacing import PaceFlags, pacing
from corsdoctor.cli.printing import Printer
from corsdoctor.cli.progress import Progress
from corsdoctor.cli.reading import Mistakes
from corsdoctor.cli.selection import selection
from corsdoctor.cli.test_run import Manner, Run, outcome_of
from corsdoctor.errors import InvalidScenario, Mistake
from corsdoctor.reports import Item, Report
from corsdoctor.reports.layout import Entry, Page, Role
from corsdoctor.reports.levels import levels
from corsdoctor.reports.wording import who
from corsdoctor.suite.case import Case, Suite
from corsdoctor.suite.outcome import CaseOutcome
from corsdoctor.wire import Send

_CASES = "Which cases, and how"
_POLICY = "Writing the policy"
DEFAULT = "cors.toml"
_USUAL = ("blocked", "error")  # what was not sent so as to change no data came as expected


@click.command(cls=options.Sectioned)
@click.argument("file", metavar="[FILE]", required=False)
@options.option(
    _CASES,
    "-k",
    "--match",
    metavar="EXPR",
    help="Only cases whose id holds a word; with and, or, not and parentheses, as in pytest: 'items and not (put or delete)'.",
)
@options.option(
    _CASES,
    "--list",
    "listing",
    is_flag=True,
    envvar=None,
    help="List the cases and what is expected of them; send nothing. With -q their ids alone. A variable of the policy that "
    "is not set, a token for example, is no mistake as long as the policy can be read without.",
)
@options.option(_CASES, "--fail-fast", is_flag=True, help="Begin no case after one has failed.")
@options.option(
    _CASES, "--repeat", type=click.IntRange(1, 1000), default=1, metavar="N", help="Each case must pass N times [1]."
)
@options.option(
    _CASES,
    "--retry",
    type=click.IntRange(0, 100),
    default=0,
    metavar="N",
    help="Try a failure up to N times more [0]. The report says what passed only then.",
)
@options.option(
    _CASES,
    "--jobs",
    type=click.IntRange(1, 256),
    default=8,
    metavar="N",
    help="How many cases to work on at a time [8]. A browser has 6 connections to a host over HTTP/1.1.",
)
@options.option(
    _POLICY, "--init", metavar="URL", envvar=None, help="Look at how this URL is guarded now, and write a first policy."
)
@options.option(
    _POLICY,
    "--origin",
    multiple=True,
    type=options.Split(" "),
    metavar="ORIGIN",
    help="With --init: the origin of a page that uses the URL; repeat it for more (spaces in the variable).",
)
@options.option(
    _POLICY,
    "-o",
    "--output",
    "out",
    metavar="FILE",
    envvar=None,
    help="With --init: the file to write [cors.toml]; - for standard output.",
)
@options.option(_POLICY, "--force", is_flag=True, envvar=None, help="With --init: write over a file that is there.")
@options.option(
    _POLICY,
    "--update",
    is_flag=True,
    envvar=None,
    help="Write what came into FILE as what is expected; what changes is shown on standard error.",
)
@pacing(_CASES)
@options.send
@options.transport_without_k
@options.output
@options.failing("blocked,error")
def test(
    file: str | None,
    match: str | None,
    listing: bool,
    fail_fast: bool,
    repeat: int | None,
    retry: int | None,
    jobs: int | None,
    init: str | None,
    origin: tuple[str, ...],
    out: str | None,
    force: bool,
    update: bool,
    pace: PaceFlags,
    send: bool,
    transport: options.TransportFlags,
    output: options.OutputFlags,
    failing: options.FailFlags,
) -> ExitStatus:
    """Hold servers against the policy in FILE [cors.toml], as browsers would judge them: who must get in, and who must
    stay out.

    Each case is replayed as by check. Where a method may change data, only the preflight is sent and judged, unless
    --send is given: what is to be allowed and was not forbidden is told as "not sent". Known failures are told and do
    not count until their day is over. -v shows passed cases too, -q the summary alone.

    \b
    corsdoctor test --init https://api.example/items --origin https://app.example
    corsdoctor test
    corsdoctor test cors.toml -k 'items and not put' --format junit=cors.xml

    Exit status: 0 all came as expected; 1 something did not; 2 wrong usage, a mistake in FILE, or no case was selected;
    3 no answer, or FILE can't be read; 130 interrupted, after a report on what is done.
    """
    found = Mistakes(options.mistakes())
    selects = flags.take(found, "-k", match or "", selection)
    writing = {
        "--origin": bool(origin) and not options.from_environment("origin"),
        "-o": out is not None,
        "--force": force,
    }
    reading = {"FILE": file is not None, "-k": match is not None, "--list": listing, "--update": update}
    for name in [name for name, given in (writing if init is None else reading).items() if given]:
        found.add(name, "", "goes with --init only" if init is None else "does not go with --init")
    if listing and update:
        found.add("--list", "", "does not go with --update")
    if listing and output.format not in ((), ("text",)) and not options.from_environment("format"):
        found.add("--format", " ".join(output.format), "does not go with --list, which is text on standard output")
    counting = exit_status.counted(failing, found, _USUAL)
    live = None if listing else flags.live(transport, found, connections=jobs or 1)
    found.tell()
    if init is not None:
        from corsdoctor.cli.test_init import write_first  # what a run need not load

        assert live is not None  # or there would have been a mistake to tell
        with closing(live):
            return write_first(init, origin, out or DEFAULT, live.send, force=force)
    path, suite = _suite(file, keep_unset=listing)
    if update:
        from corsdoctor.cli import test_update  # what a run need not load

        test_update.check_writable(path)
    assert selects is not None
    cases = [case for case in suite.cases if selects(case.id)]
    if not cases:
        none = f"fits no id; there are {len(suite.cases)}, and --list shows them" if suite.cases else "has no case"
        raise InvalidScenario(Mistake("-k" if suite.cases else path, match or "", none))
    if live is None:
        return _list(
            replace(suite, cases=tuple(cases), skipped=tuple(c for c in suite.skipped if selects(c.id))), output
        )
    if suite.skipped and not output.quiet:
        count = f"{len(suite.skipped)} {'cell' if len(suite.skipped) == 1 else 'cells'}"
        click.echo(f"corsdoctor: {path} skips {count}; --list says which, and why", err=True)
    assert repeat is not None
    assert retry is not None
    assert jobs is not None
    manner = Manner(
        date.today(), send, repeat, retry, jobs, fail_fast, output.show_secrets, path,
        pace.rates, pace.retry_after or 0.0, pace.timeout, suite.secrets, transport,
    )  # fmt: skip
    with closing(live):
        ended = _run(cases, live.send, manner, output, files_of(None, transport, path), _Ended(keep=update))
    if update and not ended.interrupted and test_update.update(path, ended.unlike):
        ended.seen.discard("blocked")
    return ended.status(counting)


@dataclass(slots=True)
class _Ended:
    """How a run ended: how many cases are done, which levels they have; with `keep`, the reports of those that failed."""

    keep: bool = False
    done: int = 0
    seen: set[str] = field(default_factory=set)
    unlike: list[Report] = field(default_factory=list)
    broken: bool = False
    interrupted: bool = False

    def count(self, item: Item) -> None:
        """One more case is done."""
        self.done += 1
        self.seen |= levels(item)
        if self.keep and isinstance(item, Report) and outcome_of(item) is CaseOutcome.FAILED:
            self.unlike.append(item)

    def status(self, counting: frozenset[str]) -> ExitStatus:
        """The exit status; an interruption and an internal error are no results, so they count always."""
        if self.interrupted:
            return ExitStatus.INTERRUPTED
        return ExitStatus.INTERNAL if self.broken else exit_status.status(self.seen, counting)


def _run(
    cases: Sequence[Case],
    sending: Send,
    manner: Manner,
    output: options.OutputFlags,
    reads: Sequence[str],
    ended: _Ended,
) -> _Ended:
    """Runs the cases and writes the report on each, in order; says on stderr how many were left out. `ended` is filled.

    `reads` are the files that no report may be written over.
    """
    with Printer(output, several=True, reads=reads) as printer, Progress(len(cases)) as progress:
        run = Run(cases, sending, manner, progress)
        with closing(run), on_interrupt(run.stop):
            for item in run.results():
                ended.count(item)
                with progress.aside():
                    printer.show(item)
        ended.interrupted, ended.broken = run.stopped, run.broken
    left_out = len(cases) - ended.done
    if left_out:
        why = "interrupted" if ended.interrupted else "--fail-fast" if manner.fail_fast else "--timeout"
        click.echo(f"corsdoctor: {why}: {left_out} of {len(cases)} cases were not run to their end", err=True)
    return ended


def _suite(file: str | None, *, keep_unset: bool) -> tuple[str, Suite]:
    """The path of the policy, and what stands in it."""
    from corsdoctor.cli.policy_file import find, load

    path = find() if file is None else file
    if path is None:
        raise InvalidScenario(
            Mistake("FILE", "", f"is missing, and no {DEFAULT} is here; --init URL --origin ORIGIN writes a first one")
        )
    return path, load(path, keep_unset=keep_unset)


def _list(suite: Suite, output: options.OutputFlags) -> ExitStatus:
    """Prints the cases, then the cells that the policy skips; their ids alone where it is to be quiet."""
    from corsdoctor.reports.secrets import conceal_request_url
    from corsdoctor.reports.unmet import expectation

    page = Page(options.style(output.color))
    for case in suite.cases:
        if output.quiet:
            page.verbatim(case.id)
            continue
        url = case.scenario.url
        asked = f"{case.scenario.method} {url if output.show_secrets else conceal_request_url(url, suite.secrets)}"
        page.text(case.id, Role.STRONG)
        entries = [Entry("", asked), Entry("", who(case.scenario), whole=True)]
        page.labelled([*entries, Entry("", f"expected: {expectation(case.expected)}", whole=True)])
    for cell in () if output.quiet else suite.skipped:
        page.text(cell.id, Role.STRONG)
        page.labelled([Entry("", f"skipped: {cell.reason}", whole=True)])
    click.echo(str(page), color=page.style.color)
    return ExitStatus.OK
