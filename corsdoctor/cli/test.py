"""corsdoctor test: a policy file held against its servers."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import date

import click

from corsdoctor.browsers import BROWSERS
from corsdoctor.causes.probe import NO_PROBES
from corsdoctor.cli import exit_status, flags, options, report_options
from corsdoctor.cli.command import Command, offering
from corsdoctor.cli.exit_status import ExitStatus
from corsdoctor.cli.inputs import files_of
from corsdoctor.cli.messages import print_message
from corsdoctor.cli.option import mistakes
from corsdoctor.cli.pacing import PaceFlags, pacing
from corsdoctor.cli.policy_options import (
    CASES,
    RunFlags,
    WriteFlags,
    add_conflicts,
    named_as_capture,
    which_cases,
    writing_policy,
)
from corsdoctor.cli.policy_run import run_suite
from corsdoctor.cli.reading import read_or_note
from corsdoctor.cli.selection import Selects, selection
from corsdoctor.cli.witnessing import WitnessFlags, observing, read_programs, witness
from corsdoctor.diagnose import withholding
from corsdoctor.errors import InvalidScenario, Mistake, Place
from corsdoctor.masking import mask_name
from corsdoctor.policy_run import RunOptions
from corsdoctor.suite.case import Suite
from corsdoctor.wrong_input import Mistakes

DEFAULT = "cors.toml"
_USUAL = ("blocked", "error")  # a request that was withheld does not fail the run


@click.command(cls=Command)
@click.argument("file", metavar="[FILE]", required=False, shell_complete=offering("policies"))
@which_cases
@writing_policy
@pacing(CASES)
@options.send
@options.probes
@witness
@options.transport_without_k
@report_options.output_of_test
@options.failing("blocked,error")
def test(
    file: str | None,
    how: RunFlags,
    writing: WriteFlags,
    pace: PaceFlags,
    send: bool,
    probes: str | None,
    real: WitnessFlags,
    transport: options.TransportFlags,
    output: report_options.OutputFlags,
    failing: options.FailFlags,
) -> ExitStatus:
    """Test servers against the policy in FILE [cors.toml]: which pages browsers must allow, and which they must block.

    Each case is replayed like `corsdoctor check`. If a method may change data, only its preflight is sent and judged,
    unless --send is set, and an allowed case is reported as "not sent". A case may be a flow: a user who logs in, with cookies and
    caches (see 'corsdoctor flow'). FILE may also be a HAR: what browsers
    allowed in it must still be allowed. Known failures are reported, and do not count until they expire. -v shows the cases that
    passed too, -q only the summary.

    \b
    corsdoctor test --init https://api.example/items --origin https://app.example
    corsdoctor test --init capture.har
    corsdoctor test capture.har
    corsdoctor test
    corsdoctor test cors.toml -m 'items and not put' --format junit=cors.xml

    Exit status: 0 every case is as expected; 1 a case is not; 2 wrong usage, a mistake in FILE, or no case was selected;
    3 no response, nothing was judged, or FILE cannot be opened; 4 no request was sent; 130 interrupted, after a report
    on what is finished.
    """
    found = Mistakes(mistakes())
    if how.old_match is not None:
        print_message(
            "-k is the old name of -m (--match); it does not accept any certificate, which is --insecure here"
        )
        if how.match is not None:
            found.add("-k", how.old_match, "is the old name of -m: use one of them")
        how.match = how.old_match
    selects = read_or_note(found, "-m", how.match or "", selection)
    add_conflicts(found, file, how, writing, output)
    probing = flags.probing(probes, found, NO_PROBES)
    counting = exit_status.counted(failing, found, _USUAL, never=exit_status.unsent_never(send=send))
    programs = read_programs(real, BROWSERS, found)
    if real.witnesses and (how.listing or writing.init is not None or writing.update):
        found.add("--in", "", "cannot be used with --list, --init or --update")
    live = None if how.listing else flags.live(transport, found, connections=how.jobs)
    found.raise_if_any()
    if live is None:
        from corsdoctor.cli.policy_list import print_cases  # what a run need not load

        return print_cases(_selected(*_loaded(file, keep_unset=True), how.match, selects), output)
    with closing(live):
        if writing.init is not None:
            from corsdoctor.cli.policy_from_capture import is_capture, write_from_capture
            from corsdoctor.cli.policy_init import write_first

            out = writing.out or DEFAULT
            if is_capture(writing.init):
                return write_from_capture(writing, out)
            return write_first(writing, out, live.send, pace, how.jobs, certificate=transport.cert is not None)
        path, whole = _loaded(file, keep_unset=False)
        suite = _selected(path, whole, how.match, selects)
        run_options = RunOptions(
            today=date.today(), send=send, repeat=how.repeat, retry=how.retry, jobs=how.jobs, fail_fast=how.fail_fast,
            show_secrets=output.show_secrets, source=path, rate=pace.rates, retry_after=pace.retry_after,
            timeout=pace.timeout, transport=transport, probing=probing, certificate=transport.cert is not None,
        )  # fmt: skip
        reads = files_of(None, transport, path)
        if writing.update:
            from corsdoctor.cli.policy_update import run_and_update

            return run_and_update(path, suite, live.send, run_options, output, reads, counting)
        with observing(real, programs, live.send if send else withholding(live.send)) as observed:
            return run_suite(suite, live.send, run_options, output, reads, observed=observed).status(counting)


def _loaded(file: str | None, *, keep_unset: bool) -> tuple[str, Suite]:
    """The path of the policy, and its suite."""
    from corsdoctor.policy_file import find, load

    path = find() if file is None else file
    if path is None:
        raise InvalidScenario(
            Mistake(
                "FILE",
                "",
                f"is missing, and there is no {DEFAULT} in this directory; --init URL --origin ORIGIN writes one",
            )
        )
    if named_as_capture(path):
        from corsdoctor.cli.policy_from_capture import cases_of  # what a policy need not load

        return path, cases_of(path, keep_unset=keep_unset)
    return path, load(path, keep_unset=keep_unset)


def _selected(path: str, suite: Suite, match: str | None, selects: Selects | None) -> Suite:
    """`suite` with the selected cases, at least one, and the selected skipped cells."""
    assert selects is not None  # or there would have been a mistake
    cases = tuple(case for case in suite.cases if selects(case.id))
    if not cases:
        raise InvalidScenario(_nothing(path, suite, match, selects))
    return replace(suite, cases=cases, skipped=tuple(cell for cell in suite.skipped if selects(cell.id)))


def _nothing(path: str, suite: Suite, match: str | None, selects: Selects) -> Mistake:
    """Why no case is left to run."""
    if match is not None and any(selects(cell.id) for cell in suite.skipped):
        return Mistake("-m", mask_name(match), "matches only cells that the policy skips; --list shows them, and why")
    if suite.cases:
        return Mistake("-m", mask_name(match or ""), f"matches none of the {len(suite.cases)} ids; --list shows them")
    return Mistake("", "", "has no case", Place(path))
