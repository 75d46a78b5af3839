"""corsdoctor test --update: updates the policy to match what the server does, and shows the difference."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Sequence
from contextlib import suppress
from difflib import unified_diff
from pathlib import Path
from typing import Any, Final

import click

from corsdoctor.cli.exit_status import Counting, ExitStatus
from corsdoctor.cli.messages import print_message
from corsdoctor.cli.policy_run import run_suite
from corsdoctor.cli.report_options import OutputFlags
from corsdoctor.diagnose import Verdict
from corsdoctor.errors import InvalidScenario, Mistake, UnwritableOutput
from corsdoctor.policy_file import read_text
from corsdoctor.policy_run import RunOptions
from corsdoctor.report import Report
from corsdoctor.reports.layout import Page
from corsdoctor.reports.writer import Style
from corsdoctor.suite.accept import accept
from corsdoctor.suite.case import Suite
from corsdoctor.suite.judge import Expected
from corsdoctor.suite.observed import observed
from corsdoctor.visible import visible
from corsdoctor.wire import Send
from corsdoctor.wrong_input import shown_path

_DIVIDED: Final = "browsers disagree; no single expectation is true in all of them"
_UNSENT: Final = "not changed: the request was not sent, so it is not known whether it is blocked; --send sends it"
_OF_FLOW: Final = "not changed: it is a request of a flow; change what the policy expects of it by hand"
_VARIABLE: Final = "not changed: the expectation comes from the environment"


def run_and_update(
    path: str,
    suite: Suite,
    sending: Send,
    options: RunOptions,
    output: OutputFlags,
    reads: Sequence[str],
    counting: Counting,
) -> ExitStatus:
    """Runs the cases of the policy in `path`, and updates it to match the results; an accepted failure no longer counts.

    `reads` are the files that no report may overwrite.

    Raises InvalidScenario, before anything is sent, if the policy cannot be changed in place.
    """
    check_writable(path)
    ended = run_suite(suite, sending, options, output, reads, keep=True)
    if ended.interrupted is None and update(path, ended.unlike):
        ended.seen.discard("blocked")
    return ended.status(counting)


def check_writable(path: str) -> None:
    """Raises InvalidScenario if the policy in `path` cannot be changed in place."""
    if Path(path).suffix.lower() != ".toml":
        raise InvalidScenario(Mistake("--update", shown_path(path), "only a TOML policy can be updated"))
    text = read_text(path)
    if accept(text, {})[0] != text:  # the library would move tables that are not adjacent, without their comments
        reason = "the update would move its tables; put all [[case]] tables together, and all [[matrix]] tables"
        raise InvalidScenario(Mistake("--update", shown_path(path), reason))


def update(path: str, unlike: Iterable[Report]) -> bool:
    """Updates the policy in `path` to match the reports of its failed cases; returns whether all could be accepted.

    Standard error shows the difference, and what cannot be accepted.
    """
    changes: dict[str, dict[str, Any]] = {}
    complete = True
    for report in unlike:
        assert report.judged is not None  # every case of a policy is judged
        if report.cookies:
            complete = False
            print_message(f"{report.id}: {_OF_FLOW}")
            continue
        true = observed(report.judged.expected, report.diagnoses)
        if true is None:
            complete = False
            unsent = any(d.verdict is Verdict.UNSENT for d in report.diagnoses)
            print_message(f"{report.id}: {_UNSENT if unsent else _DIVIDED}")
        else:
            changes[str(report.id)] = as_table(true)
    before = read_text(path)
    after, left = accept(before, changes) if changes else (before, ())
    for id in left:
        complete = False
        print_message(f"{id}: {_VARIABLE}")
    if after == before:
        print_message(f"{path}: nothing to change")
        return complete
    _, _, *lines = unified_diff(before.splitlines(), after.splitlines(), lineterm="")
    page = Page(Style())
    page.verbatim("\n".join(lines))
    name = visible(path)
    click.echo(f"--- {name}\n+++ {name} (updated)\n{page}", err=True)  # Page escapes such lines of the file
    _replace(Path(path).resolve(), after)
    return complete


def as_table(expected: Expected) -> dict[str, Any]:
    """The expectation as the value of `expect` in a policy."""
    given = {
        "verdict": expected.verdict,
        "rule": expected.rule,
        "readable": list(expected.readable) or None,
        "max-age": expected.max_age,
        "preflight": expected.preflight,
    }
    return {key: value for key, value in given.items() if value is not None}


def _replace(path: Path, text: str) -> None:
    """Replaces the contents of `path` with `text`, all or nothing. Raises UnwritableOutput if that fails."""
    try:
        descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
                file.write(text)
            Path(name).chmod(path.stat().st_mode & 0o7777)
            Path(name).replace(path)
        except BaseException:
            with suppress(OSError):
                Path(name).unlink()
            raise
    except OSError as e:
        raise UnwritableOutput(str(path), e.strerror or str(e), "the policy") from e
