"""corsdoctor replay: requests that another tool has recorded."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from contextlib import closing, nullcontext
from pathlib import Path
from typing import Final

import click

from corsdoctor.browsers import BROWSERS
from corsdoctor.capture_file import opened_capture, read_capture
from corsdoctor.captures.group import UNKNOWN_ORIGIN, Captured, grouped
from corsdoctor.captures.har import Har, NotHar
from corsdoctor.captures.judge import Judgement, judge
from corsdoctor.captures.no_url import NO_URL
from corsdoctor.captures.summary import summary
from corsdoctor.causes.investigate import investigated
from corsdoctor.causes.probe import AUTO, NO_PROBES
from corsdoctor.cli import exit_status, flags, options, replay_options, report_options
from corsdoctor.cli.command import Command, offering
from corsdoctor.cli.exit_status import ExitStatus
from corsdoctor.cli.inputs import files_of, is_input
from corsdoctor.cli.messages import print_message
from corsdoctor.cli.option import mistakes, option, typed
from corsdoctor.cli.pacing import PaceFlags, pacing
from corsdoctor.cli.printing import Printer
from corsdoctor.cli.progress import Progress
from corsdoctor.cli.reading import read_or_note
from corsdoctor.cli.witnessing import WitnessFlags, observing, read_programs, witness
from corsdoctor.diagnose import Verdict
from corsdoctor.egress import Ask
from corsdoctor.errors import UnreadableInput
from corsdoctor.reading import read_origin
from corsdoctor.report import Item, Report
from corsdoctor.scenario import Credentials
from corsdoctor.url import Origin
from corsdoctor.wire import Hold, Kind, WireRequest, Withheld
from corsdoctor.wrong_input import Mistakes, shown_path

_LARGE: Final = 20_000_000  # bytes: a file that is read in a moment needs no bar
_WITHOUT_HINTS: Final = ("json", "jsonl", "csv")
"""The formats that do not say what to change."""
_HOW: Final = "How to judge them"
_LIVE: Final = "Sending them again"


@click.command(cls=Command)
@click.argument("file", metavar="FILE|-", shell_complete=offering("files"))
@replay_options.select
@option(
    _HOW,
    "--credentials",
    type=click.Choice([mode.value for mode in Credentials]),
    metavar="MODE",
    common=True,
    help="The credentials mode of the requests: omit, same-origin or include [by the evidence in the file]. No capture "
    "has it. If nothing shows it, both are tried.",
)
@options.browser_of_capture
@option(
    _LIVE,
    "--live",
    is_flag=True,
    common=True,
    help="Send the requests again, to the servers in the file as they are now, and show what changed since. The cookies, and the "
    "headers that scripts set, such as Authorization, are sent to the hosts that had them in the file, and to no other. Equal "
    "requests are sent once.",
)
@options.send
@option(
    _LIVE,
    "--jobs",
    type=click.IntRange(1, 256),
    default=1,
    metavar="N",
    help="With --live: how many requests to send at the same time [1: one after the other, in the order of the file].",
)
@options.probes
@pacing(_LIVE)
@witness
@replay_options.share
@option("Fix", "--fix", is_flag=True, common=True, help="Also show what the server must change, like `corsdoctor fix`.")
@options.server
@options.transport
@report_options.drawing_output
@options.failing("blocked,error, with --live also unsent")
def replay(
    file: str,
    select: replay_options.SelectFlags,
    credentials: str | None,
    browser: tuple[str, ...],
    live: bool,
    send: bool,
    jobs: int,
    probes: str | None,
    pace: PaceFlags,
    real: WitnessFlags,
    share: replay_options.ShareFlags,
    fix: bool,
    server: str | None,
    transport: options.TransportFlags,
    output: report_options.OutputFlags,
    failing: options.FailFlags,
) -> exit_status.ExitStatus:
    """Judge the cross-origin requests in a HAR file or a transcript. Without --live, nothing is sent.

    FILE is what a browser's network panel, a proxy or a test tool saved: .har, .har.gz, or Playwright's .zip. Each
    request that CORS concerns is judged by the answers in the file, as the browser that recorded it would. FILE may also
    be what curl -v, curl -i, curl --trace-ascii, http --verbose or wget -S printed, or HTTP messages as Burp and Postman save them.

    \b
    corsdoctor replay capture.har
    corsdoctor replay capture.har --url 'https://api.example/*' --fix
    corsdoctor replay capture.har --live
    curl -v -H 'Origin: https://app.example' https://api.example 2>&1 |
      corsdoctor replay -

    Exit status: 0 nothing is blocked; 1 a request is blocked; 2 wrong usage; 3 the file does not hold enough to decide, or
    cannot be read, or there is no response; 4 not determined, because the actual request was not sent. With --live, what counts is the result now.
    """
    found = Mistakes(mistakes())
    profiles = () if not browser else flags.profiles(options.RequestFlags(browser=browser), found)
    page = None if select.origin is None else read_or_note(found, "--origin", select.origin, read_origin)
    named = flags.recipe(server, found)
    usual: tuple[str, ...]
    if live:
        usual, never = exit_status.USUAL, exit_status.unsent_never(send=send)
    else:
        _add_misplaced(found)
        usual, never = ("blocked", "error"), {"unsent": "replay sends nothing without --live"}
    _add_wrong_copy(found, share, live=live, reads=files_of(None, transport, file))
    counting = exit_status.counted(failing, found, usual, never=never)
    probing = flags.probing(probes, found, AUTO)
    programs = read_programs(real, profiles or BROWSERS, found)
    reaching = flags.live(transport, found, connections=jobs) if live else None
    found.raise_if_any()
    mode = None if credentials is None else Credentials(credentials)
    har = _read(file, bodies=live and send, copy=share.redact, only_cors=share.only is not None)
    requests = grouped(har, page or UNKNOWN_ORIGIN)
    chosen = [request for request in requests if _is_selected(request, select, page)]
    hinting = any(name.partition("=")[0] not in _WITHOUT_HINTS for name in output.format or ("text",))
    judged = ((request, judge(request, har, mode, profiles)) for request in chosen)
    items: Iterable[Item]
    ask = None
    if reaching is None:
        items = (_report(one) for _, one in judged)
    else:
        from corsdoctor.cli.replay_live import SentAgain

        sent = SentAgain(reaching, pace, probing, send=send)
        items, ask = sent.reports(judged, len(chosen), profiles, jobs), sent.sending()

    def completed(report: Report) -> Report:
        if fix or named is not None:
            from corsdoctor.fixing import fixed

            [report] = fixed([report], named, show_secrets=output.show_secrets, ask=ask, transport=transport)
        elif hinting and report.verdict is Verdict.BLOCKED and report.scenario.url != NO_URL:
            from corsdoctor.hints import with_hints

            [report] = with_hints([report], transport=transport, show_secrets=output.show_secrets, send=send)
        return report

    with (
        nullcontext() if reaching is None else closing(reaching),
        Printer(
            output,
            several=True,
            reads=files_of(None, transport, file),
            only=frozenset({"blocked"}) if select.blocked else None,
        ) as printer,
        observing(real, programs, ask or _send_nothing) as observed,
    ):
        for item in items:
            printer.show(observed(completed(item) if isinstance(item, Report) else item))
        printer.add_capture(summary(har, requests, len(chosen)))
    if requests and not chosen:
        print_message(f"none of the {len(requests):,} requests in the file was selected")
        return ExitStatus.OK if counting is None else ExitStatus.NO_ANSWER
    return _status(printer.seen, har, requests, counting)


def _add_misplaced(found: Mistakes) -> None:
    """Adds the options on the command line that only --live uses."""
    names = {"send", "jobs", "probes", "witnesses", *options.TransportFlags.__annotations__, *PaceFlags.__annotations__}
    for parameter in typed():
        if parameter.name in names:
            found.add(parameter.opts[-1], "", "requires --live: otherwise replay sends nothing")


def _is_selected(request: Captured, select: replay_options.SelectFlags, page: Origin | None) -> bool:
    """Whether the options choose a request; `page` is the origin that they name."""
    return (
        (select.pattern is None or _matches(select.pattern, request.url))
        and (page is None or str(request.origin) == str(page))
        and (select.entry is None or select.entry in request.entries)
    )


def _add_wrong_copy(found: Mistakes, share: replay_options.ShareFlags, *, live: bool, reads: tuple[str, ...]) -> None:
    """Adds the mistakes in --redact and --only."""
    copy = share.redact
    if copy is None:
        if share.only is not None:
            found.add("--only", "", "requires --redact")
        return
    if live:
        found.add("--redact", "", "cannot be used with --live, which sends what the redacted file lacks")
    if copy == "-":
        found.add("--redact", "-", "standard output has the report: give the name of a file")
    elif is_input(copy, reads):
        found.add("--redact", shown_path(copy), "this file is the input; choose another name")


def _matches(pattern: str, url: str) -> bool:
    """Whether `url` is like `pattern`, in which * stands for any characters."""
    return re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), url) is not None


def _read(path: str, *, bodies: bool, copy: str | None, only_cors: bool) -> Har:
    """The capture in a file, with the `bodies` of requests if they are needed; or its redacted `copy`, which is written.

    Raises UnreadableInput.
    """
    if "\0" in path:
        raise UnreadableInput(path, "this is not a valid file name: it contains a NUL")
    if "\n" in path:
        return _pasted(path)
    try:
        size = Path(path).stat().st_size if path != "-" and Path(path).is_file() else None
        with Progress(size, shown=size is None or size > _LARGE) as bar:
            if copy is not None:
                from corsdoctor.cli.replay_redact import write_redacted  # what a plain replay need not load

                return write_redacted(path, copy, bar.advance, only_cors=only_cors)
            with opened_capture(path, bar.advance) as chunks:
                return read_capture(chunks, bodies=bodies)
    except NotHar as error:
        raise UnreadableInput(path, str(error)) from None
    except OSError as error:
        raise UnreadableInput(path, error.strerror or "cannot be read") from None


def _pasted(text: str) -> Har:
    """The transcript in a text, which stands where a file's name may stand. Raises UnreadableInput."""
    try:
        return read_capture(iter([text.encode(errors="replace")]))
    except NotHar as error:
        raise UnreadableInput("the text", str(error)) from None


def _report(judged: Judgement) -> Report:
    """The report on a captured request, with the causes of what failed. Nothing is asked of the servers."""
    diagnoses = judged.diagnoses
    if any(diagnosis.failure for diagnosis in diagnoses):
        diagnoses, _ = investigated(diagnoses, Ask(diagnoses[0].scenario, _send_nothing), NO_PROBES)
    return Report(diagnoses, capture=judged, observations=judged.observed)


def _send_nothing(kind: Kind, request: WireRequest) -> Withheld:  # noqa: ARG001
    return Withheld("replay sends nothing", Hold.NOT_RECORDED)


def _status(seen: set[str], har: Har, requests: Sequence[Captured], counting: exit_status.Counting) -> ExitStatus:
    """The status: 3 also where a part of the file could not be read, or there is nothing in it."""
    if har.unreadable or not har.count:
        seen.add("error")
    elif not requests:
        return ExitStatus.OK
    return exit_status.status(seen, counting)
