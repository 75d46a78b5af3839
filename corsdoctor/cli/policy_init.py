"""corsdoctor test --init: writes a first policy from what a server allows now."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import click

from corsdoctor.batch.in_order import in_order
from corsdoctor.batch.rate import Pace
from corsdoctor.batch.retry_after import paced
from corsdoctor.browsers import BROWSERS
from corsdoctor.cli.exit_status import ExitStatus
from corsdoctor.cli.messages import print_message
from corsdoctor.cli.pacing import PaceFlags
from corsdoctor.cli.policy_options import WriteFlags
from corsdoctor.cli.progress import Progress
from corsdoctor.cli.reading import name_only, read_or_note
from corsdoctor.diagnose import Verdict, diagnose_all, withholding
from corsdoctor.errors import UnreadableInput, UnwritableOutput
from corsdoctor.reading import read_header, read_origin, read_url
from corsdoctor.scenario import Credentials, Scenario
from corsdoctor.suite.review_notes import review_notes
from corsdoctor.suite.write import Trial, first
from corsdoctor.url import OPAQUE, Origin
from corsdoctor.wire import NoAnswer, Send
from corsdoctor.wrong_input import Mistakes

STRANGER: Final = Origin("https", "stranger.example")
"""A page that no policy intends to allow."""
_METHODS: Final = ("GET", "PUT")
_MODES: Final = (None, Credentials.INCLUDE)
_VARIABLE: Final = re.compile(r"(?<!\$)\$\{(\w+)\}")


def write_first(
    writing: WriteFlags, out: str, sending: Send, pace: PaceFlags, jobs: int, *, certificate: bool
) -> ExitStatus:
    """Requests the URL as the named pages, an unknown one and an opaque one would, with the named headers, and writes to `out`.

    `certificate` says whether there is a client certificate to show.
    The review notes are printed on standard error and written as comments into the policy.

    Raises InvalidScenario for invalid arguments and if `out` exists and must not be overwritten, UnreadableInput if
    there is no response.
    """
    url = writing.init
    assert url is not None  # or nothing was to be written
    found = Mistakes()
    pages = [read_or_note(found, "--origin", text, read_origin) for text in writing.origin]
    if not writing.origin:
        found.add(
            "--origin", "", "is missing: give the origin of a page that uses the URL, such as https://app.example"
        )
    headers = [read_or_note(found, "--header", text, read_header, name_only(text)) for text in writing.header]
    read_or_note(found, "--init", url, lambda text: read_url(text, None))
    add_wrong_output(found, out, force=writing.force)
    found.raise_if_any()
    named = [OPAQUE if page.opaque and page.label in ("", "null") else page for page in pages if page is not None]
    fields: dict[str, Any] = {
        "headers": tuple(header for header in headers if header is not None),
        "certificate": certificate,
    }
    modes = _MODES if writing.credentials is None else (Credentials(writing.credentials),)
    asked = [
        Scenario(url, origin, method, credentials=credentials, **fields)
        for origin in dict.fromkeys([*named, STRANGER, OPAQUE])
        for method in _METHODS
        for credentials in modes
    ]
    trials = _observed(asked, withholding(sending), pace, jobs)
    notes = tuple(review_notes(trials, named))
    text = first(url, trials, notes)
    write_policy(text, out, f"{len(trials)} requests", notes, force=writing.force)
    return ExitStatus.OK


def add_wrong_output(found: Mistakes, out: str, *, force: bool, option: str = "-o") -> None:
    """Adds what is wrong with the name of the policy that is to be written, the value of `option`."""
    if out != "-" and Path(out).suffix != ".toml":
        found.add(
            option, out, "the policy is written as TOML: choose a name that ends in .toml, or - for standard output"
        )
    elif out != "-" and not force and Path(out).exists():
        other = ", or --force to overwrite it" if option == "-o" else ""
        found.add(option, out, f"already exists: give another name{other}")


def write_policy(text: str, out: str, of: str, notes: Iterable[str], *, force: bool) -> None:
    """Writes a policy to `out`, and to standard error what it was made `of` and the notes. Raises UnwritableOutput."""
    if out == "-":
        click.echo(text, nl=False)
    else:
        try:
            with Path(out).open("w" if force else "x", encoding="utf-8", newline="\n") as file:
                file.write(text)
        except OSError as e:
            raise UnwritableOutput(out, e.strerror or str(e), "the policy") from e
        names = ", ".join(dict.fromkeys(_VARIABLE.findall(text)))
        needs = f" with {names} in the environment" if names else ""
        print_message(f"wrote {out} from {of}: review it, then run 'corsdoctor test {out}'{needs}")
    for note in notes:
        print_message(note)


def _observed(asked: Sequence[Scenario], sending: Send, pace: PaceFlags, jobs: int) -> list[Trial]:
    """The result of each of the requests.

    Raises UnreadableInput if there is no response.
    """
    kept = paced(sending, Pace(pace.rates), pace.retry_after or 0.0, lambda _: None)
    trials = []
    with Progress(len(asked)) as progress:

        def ask(scenario: Scenario) -> Trial:
            name = f"{scenario.method} from {scenario.origin}"
            progress.started(name)
            trial = Trial(diagnose_all(scenario, BROWSERS, kept))
            progress.finished(name)
            return trial

        with closing(in_order(asked, ask, jobs)) as results:
            for trial in results:
                _check_answered(trial)
                trials.append(trial)
    return trials


def _check_answered(trial: Trial) -> None:
    failed = next((d for d in trial.diagnoses if d.verdict is Verdict.ERROR), None)
    if failed is not None:
        details = [e.answer.detail for e in failed.exchanges if isinstance(e.answer, NoAnswer)]
        reason = f"no response to the {failed.scenario.method} from {failed.scenario.origin}: {details[-1]}"
        raise UnreadableInput("--init", reason)
