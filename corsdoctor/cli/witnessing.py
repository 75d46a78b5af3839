"""--in: has real browsers do the requests of a command, and sets what they did beside the prediction."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, NoReturn, Protocol, TypeVar

from corsdoctor.cli.command import offering
from corsdoctor.cli.exit_status import ExitStatus
from corsdoctor.cli.option import Split, gathered, option
from corsdoctor.errors import UnwritableOutput

if TYPE_CHECKING:
    from corsdoctor.browsers import Profile
    from corsdoctor.diagnose import Diagnosis
    from corsdoctor.report import Item, Report
    from corsdoctor.wire import Answer, Kind, Send, WireRequest
    from corsdoctor.witness.programs import Program
    from corsdoctor.wrong_input import Mistakes

_Command = TypeVar("_Command", bound=Callable[..., Any])
_Item = TypeVar("_Item", bound="Item")
_SECTION = "Real browsers"
_SAFARI = "safaridriver cannot give a page any origin; webkit is WebKitGTK's MiniBrowser, on Linux"


class WitnessFlags(SimpleNamespace):
    """Which real browsers do the request too, as typed."""

    witnesses: tuple[str, ...]
    browser_path: tuple[str, ...]
    no_sandbox: bool
    save_case: str | None


class Observed(Protocol):
    """Adds to a report what real browsers did."""

    def __call__(self, item: _Item, /) -> _Item: ...


witness = gathered(
    WitnessFlags,
    "real",
    option(_SECTION, "--in", "witnesses", shell_complete=offering("witnesses"), multiple=True, type=Split(","), metavar="NAME[,NAME]", common=True, help="Also run it in real chromium, firefox or webkit. The browser runs headless with a temporary profile, makes the request from a page that really has ORIGIN, and so sends it once more. The report says whether it did what was predicted. chrome and edge are also known; webkit is WebKitGTK. Requires corsdoctor[browsers]."),
    option(_SECTION, "--browser-path", multiple=True, type=Split("\n"), metavar="NAME=FILE", help="The program of a browser of --in, such as firefox=/opt/firefox/firefox [the first that is installed]. The variable has one per line."),
    option(_SECTION, "--no-sandbox", is_flag=True, help="Start Chromium without its sandbox, which is not available in many containers. For root this is always so."),
    option(_SECTION, "--save-case", metavar="FILE", help="Save the requests that a real browser treated in another way than predicted, to send in with a bug report. Secrets are masked. 'corsdoctor replay FILE' shows the difference. Without a difference, no file is written."),
)  # fmt: skip


def read_programs(flags: WitnessFlags, profiles: Sequence[Profile], found: Mistakes) -> tuple[Program, ...]:
    """The programs of --in, after adding the mistakes in these options."""
    from corsdoctor.reading import items

    names = list(dict.fromkeys(name.strip().lower() for value in flags.witnesses for name in items(value, ",")))
    if not names:
        others = {
            "--browser-path": flags.browser_path,
            "--no-sandbox": flags.no_sandbox,
            "--save-case": flags.save_case,
        }
        for name in (name for name, value in others.items() if value):
            found.add(name, "", "requires --in")
        return ()
    from corsdoctor.witness.programs import NAMES, find
    from corsdoctor.wrong_input import nearest, shown

    paths = dict[str, str]()
    for text in flags.browser_path:
        name, equals, path = text.partition("=")
        if not equals or name not in names or not path:
            found.add("--browser-path", shown(text), "must be NAME=FILE, with a NAME of --in")
        else:
            paths[name] = path
    programs: list[Program] = []
    for name in names:
        if name == "safari":
            found.add("--in", name, _SAFARI)
        elif name not in NAMES:
            found.add("--in", shown(name), f"unknown browser; {nearest(name, NAMES)}")
        else:
            try:
                programs.append(find(name, paths))
            except ValueError as e:
                found.add("--in", name, str(e))
    for program in programs:
        if program.browser not in [profile.name for profile in profiles]:
            found.add("--in", program.product.lower(), f"needs its prediction: add {program.browser} to --browser")
    return tuple(programs)


@contextmanager
def observing(
    flags: WitnessFlags, programs: Sequence[Program], send: Send, *, cured: bool = False
) -> Iterator[Observed]:
    """What adds to a report what the browsers did; they end with the context. `send` is that of the replay.

    With `cured`, a request with a proven cure gets the responses of the proof, so that nothing is sent.
    """
    if not programs:
        yield unobserved
        return
    from corsdoctor.cli.interrupt import on_interrupt  # what a check without a browser need not load
    from corsdoctor.levels import compared
    from corsdoctor.report import Report
    from corsdoctor.witness.witnesses import Witnesses

    root = hasattr(os, "geteuid") and os.geteuid() == 0
    differing: list[Report] = []

    def stop() -> NoReturn:
        """Leaves the context, so that no browser is left."""
        raise KeyboardInterrupt if came.status is ExitStatus.INTERRUPTED else SystemExit(came.status)

    with on_interrupt(stop) as came, Witnesses(programs, sandbox=not (flags.no_sandbox or root)) as witnesses:

        def observed(item: _Item) -> _Item:
            if not isinstance(item, Report) or not item.diagnoses or item.cookies:  # a request of a flow is not alone
                return item
            proof = item.cure.proof if cured and item.cure is not None else ()
            predicted = {diagnosis.profile.name: diagnosis for diagnosis in proof or item.diagnoses}
            if not proof:
                found = item._replace(observations=witnesses.observe(item.scenario, send, predicted))
                if flags.save_case is not None and any(different for _, _, different in compared(found)):
                    differing.append(found)
                return found
            cures = witnesses.observe(proof[0].scenario, _as_proven(proof), predicted)
            return item._replace(observations=tuple(seen._replace(cured=True) for seen in cures))

        yield observed
    if differing and flags.save_case is not None:
        _save(differing, flags.save_case)


def _save(reports: Sequence[Report], path: str) -> None:
    """Writes the requests as a HAR that replay reads, with what the browsers did, without secrets."""
    from corsdoctor.reports.har import Har
    from corsdoctor.reports.secrets import mask_report

    writer = Har(show_secrets=False)
    masked = (mask_report(_with_all_responses(report)) for report in reports)
    text = "".join((writer.begin(), *map(writer.add, masked), writer.end()))
    try:
        Path(path).write_text(text, encoding="utf-8")
    except (OSError, ValueError) as e:
        raise UnwritableOutput(path, getattr(e, "strerror", None) or str(e), "the case") from e


def _with_all_responses(report: Report) -> Report:
    """The report with the requests of the browser where it went further than was predicted, so that they can be replayed."""
    seen = {one.browser: one.exchanges for one in report.observations}
    longest = (
        diagnosis._replace(exchanges=max(diagnosis.exchanges, seen.get(diagnosis.profile.name, ()), key=len))
        for diagnosis in report.diagnoses
    )
    return report._replace(diagnoses=tuple(longest))


def unobserved(item: _Item) -> _Item:
    """The item as it is, where no browser was asked."""
    return item


def _as_proven(proof: Sequence[Diagnosis]) -> Send:
    """A `send` that gives the responses of a proof."""
    from corsdoctor.recorded import NotRecorded, key_of, record
    from corsdoctor.wire import Hold, Withheld

    responses = record(diagnosis.exchanges for diagnosis in proof)

    def answer(kind: Kind, request: WireRequest) -> Answer:
        found = responses.similar(key_of(kind, request))
        return Withheld("the proof has no such request", Hold.NOT_RECORDED) if isinstance(found, NotRecorded) else found

    return answer
