"""corsdoctor lint: unsafe and broken CORS settings in configuration files and source."""

from __future__ import annotations

import click

from corsdoctor.audit.weigh import Severity
from corsdoctor.cli import report_options
from corsdoctor.cli.command import Command
from corsdoctor.cli.exit_status import ExitStatus
from corsdoctor.cli.messages import print_message
from corsdoctor.cli.option import mistakes, option
from corsdoctor.cli.printing import Printer, unknown_formats
from corsdoctor.cli.severities import SeverityFlags, severities
from corsdoctor.errors import InvalidScenario, UnreadableInput
from corsdoctor.lint_file import LANGUAGES, MOST_FINDINGS, NoParser, NotForLint, files_in, lint_file
from corsdoctor.reports import LINT_FORMATS
from corsdoctor.wrong_input import Mistakes


@click.command(cls=Command)
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@option(
    "Files", "--language", type=click.Choice(LANGUAGES), metavar="NAME", common=True, help=f"The language of the files [recognized by name and content]: {', '.join(LANGUAGES)}."
)  # fmt: skip
@report_options.output_of_lint
@severities("CORSDOCTOR_LINT_FAIL_ON")
@option(
    "Exit status",
    "--exit-zero",
    is_flag=True,
    help="Exit with 0 even if something was found or a file could not be read.",
)
def lint(
    files: tuple[str, ...],
    language: str | None,
    output: report_options.OutputFlags,
    levels: SeverityFlags,
    exit_zero: bool,
) -> ExitStatus:
    """Find unsafe and broken CORS settings in configuration files and source. Nothing is sent or run.

    FILE may be a directory, or - for standard input. A comment such as `# corsdoctor: ignore[any-origin-allowed]` on the line of a
    finding hides it.

    \b
    corsdoctor lint /etc/nginx app.py
    corsdoctor lint src --format sarif=lint.sarif

    Exit status: 0 nothing of --fail-on was found; 1 something was; 2 wrong usage; 3 a file could not be read, or there was none.
    """
    Mistakes([*mistakes(), *unknown_formats(output.format, LINT_FORMATS, "lint")]).raise_if_any()
    paths = [path for named in files for path in files_in(named)]
    found: list[Severity | None] = []
    unread, without_parser = False, list[NoParser]()
    with Printer(output, several=len(paths) > 1, default=None, reads=paths) as printer:
        for path in paths:
            try:
                linted = lint_file(path, language)
            except NotForLint as e:
                if path in files:  # of a directory, only the files that lint reads are meant
                    unread = True
                    print_message(str(e))
                continue
            except NoParser as e:
                without_parser.append(e)
                continue
            except (InvalidScenario, UnreadableInput) as e:
                unread = True
                print_message(str(e))
                continue
            linted = linted._replace(findings=tuple(one for one in linted.findings if one.severity >= levels.least))
            found.append(linted.severity)
            printer.show_lint(linted)
            if linted.cut:
                print_message(f"{linted.file}: more than {MOST_FINDINGS:,} findings; the others are not reported")
    if without_parser:
        unread = True
        print_message(f"{without_parser[0]}{_and_others(len(without_parser) - 1)}")
    if exit_zero:
        return ExitStatus.OK
    if not found and not unread:
        print_message(f"nothing was judged: found no file in a language that lint reads: {', '.join(LANGUAGES)}")
        return ExitStatus.NO_ANSWER
    if levels.fails(found):
        return ExitStatus.BLOCKED
    return ExitStatus.NO_ANSWER if unread else ExitStatus.OK


def _and_others(count: int) -> str:
    """How many further files lack the same."""
    return f" ({count:,} more {'file needs' if count == 1 else 'files need'} them too)" if count else ""
