"""The options of the report, and their names in code; those of most commands differ in what the command can write."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, Final, cast

import click

from corsdoctor.cli.command import offering
from corsdoctor.cli.option import Decorated, Split, gathered, option
from corsdoctor.reports import AUDIT_FORMATS, FORMATS, LINT_FORMATS


class OutputFlags(SimpleNamespace):
    """The options of the report; `format` has the values as typed, X or X=FILE."""

    format: tuple[str, ...]
    verbose: int
    quiet: bool
    color: str | None
    show_secrets: bool
    save = cast("str | None", None)  # where a command has --save
    print_as = cast("str | None", None)  # where a command has --print
    diagram = ascii = False  # where a command has --diagram


class DrawingFlags(OutputFlags):
    """The same, with --diagram."""

    diagram: bool
    ascii: bool


class SavingFlags(DrawingFlags):
    """The same, with --save."""

    save: str | None


class PrintingFlags(DrawingFlags):
    """The same, with --print."""

    print_as: str | None


class CheckOutputFlags(SavingFlags, PrintingFlags):
    """The same, with both."""


_OUTPUT: Final = "Report"
_DEFAULTS: Final = f"{', '.join(FORMATS)}. The default is text, jsonl for batch, and github in GitHub Actions."

color = option(
    _OUTPUT,
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    help="Whether to use colors [auto: on a terminal, unless NO_COLOR is set, and whenever FORCE_COLOR is].",
)


def _output(
    quiet: str,
    *more: Callable[..., Any],
    verbose: str = "Show every step, including those that passed.",
    into: type[OutputFlags] = OutputFlags,
    formats: str = _DEFAULTS,
) -> Callable[[Decorated], Decorated]:
    """The options of the report; `quiet` says what -q leaves of it, `verbose` what -v adds. `more` are those that only some
    commands have, `formats` the formats and the default."""
    return gathered(
        into,
        "output",
        option(_OUTPUT, "--format", shell_complete=offering("formats"), multiple=True, type=Split(" "), metavar="FORMAT[=FILE]", common=True, help=f"{formats} The option may be repeated, and all but one must name a FILE."),
        option(_OUTPUT, "-v", "--verbose", count=True, common=True, help=verbose),
        option(_OUTPUT, "-q", "--quiet", is_flag=True, common=True, help=quiet),
        color,
        *more,
        option(_OUTPUT, "--show-secrets", is_flag=True, help="Show Authorization, cookies and tokens instead of masking them."),
    )  # fmt: skip


_VERDICT_ONLY: Final = "Show only the verdict and the rule, in one line."
output = _output(_VERDICT_ONLY)
_save = option(
    _OUTPUT, "--save", metavar="FILE", common=True, help="Also save the requests and responses as a HAR. Developer tools and 'corsdoctor replay' read it. Secrets are masked and response bodies left out, unless --show-secrets is given.",
)  # fmt: skip
_print = option(
    _OUTPUT, "--print", "print_as", type=click.Choice(["curl", "fetch", "httpie", "powershell"]), metavar="TOOL", common=True, help="Print each request as a command of another tool. TOOL is curl, fetch (for Node.js), httpie or powershell (7). The command replaces the report. curl sends the same bytes. Secrets are masked unless --show-secrets is given.",
)  # fmt: skip
_drawing = (
    option(_OUTPUT, "--diagram", is_flag=True, common=True, help="Draw the exchanges as a sequence diagram."),
    option(_OUTPUT, "--ascii", is_flag=True, help="Draw the diagram in ASCII. It implies --diagram."),
)  # fmt: skip
drawing_output = _output(_VERDICT_ONLY, *_drawing, into=DrawingFlags)
output_of_batch = _output(
    "Show no progress and no summary; with --format text, one line for each request.",
    *_drawing,
    _save,
    into=SavingFlags,
)
output_of_test = _output(
    "Show only the summary.", *_drawing, _save, verbose="Show every case, including those that passed.", into=SavingFlags
)  # fmt: skip
printing_output = _output(_VERDICT_ONLY, *_drawing, _print, into=PrintingFlags)
output_of_check = _output(_VERDICT_ONLY, *_drawing, _save, _print, into=CheckOutputFlags)
_RESULT_ONLY: Final = "Show only the result, in one line."
output_of_audit = _output(
    _RESULT_ONLY, verbose="Show every origin that was tried.", formats=f"{', '.join(AUDIT_FORMATS)}. The default is text."
)  # fmt: skip
output_of_lint = _output(
    _RESULT_ONLY, verbose="Also name the files without findings.", formats=f"{', '.join(LINT_FORMATS)}. The default is text, and github in GitHub Actions.",
)  # fmt: skip
output_of_fix = _output("Show only the verdict and the header lines, without the configuration.")
only = option(
    _OUTPUT, "--only", metavar="failures|LEVEL[,LEVEL]", help="Of several results, write only the failures (blocked and error), or only those of these levels: blocked, error, unsent, note. All of them count for the summary and the exit status.",
)  # fmt: skip
