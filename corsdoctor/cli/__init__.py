"""The command line: the list of commands, and errors turned into exit statuses. Nothing here knows CORS.

A command's module is imported when the command is called, so that --help and --version need little more than click.
Only this file catches errors: stdout carries the report alone, everything else is one line each on stderr.

A command has a file of its name: check, preflight, plan, fix, test, batch, audit, flow, explain, replay, lint, rules,
lab, demo, mcp, completion. The others, by what they are about:

    how options are declared    option, command; options, report_options, from_options, policy_options,
                                replay_options, pacing, spreading, witnessing and severities have those of several
                                commands, or of one
    flags -> requests           flags, page, cookies, from_text, reading; quotes, not_urls and unsent_cookie find
                                mistakes
    what the input is           recognize, kinds_of_input, sample, flow_recognition, guesses
    reports -> files            printing, outputs, terminal, here, inputs, whole_lines, as_commands, annotation
    how a run goes              exit_status, interrupt, progress, messages
    parts of check              check_many, session; of flow: real_time; of fix: fix_from
    parts of test               policy_init, policy_from_capture, policy_list, policy_run, policy_update, selection
    parts of batch and audit    batch_run, input_lines, audit_inputs, audit_groups, audit_files
    parts of explain            explain_input, explain_page, explain_transcript; of replay: replay_live, replay_redact;
                                of mcp: mcp_tools
    the shell                   complete
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING, Any, NoReturn

import click

from corsdoctor.cli.command import WithHelp, with_hint
from corsdoctor.cli.exit_status import ExitStatus
from corsdoctor.cli.messages import print_message
from corsdoctor.cli.whole_lines import forget, write_whole
from corsdoctor.version import __version__

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from corsdoctor.errors import Mistake

COMMANDS = {
    "check": "Replay a request as browsers do, and show what blocks it.",
    "fix": "Show what to change, as configuration for your server.",
    "plan": "Show what browsers would send; send nothing.",
    "preflight": "Send and judge only the preflight request.",
    "batch": "Check one request per line, and write one JSON line for each.",
    "test": "Test servers against a policy: who is allowed, who is blocked.",
    "flow": "Replay pages and requests in order, with cookies and caches.",
    "audit": "Find out what policy a server has, and who could abuse it.",
    "lint": "Find unsafe or broken CORS settings in config and source.",
    "replay": "Judge the requests in a HAR file or a transcript.",
    "explain": "Explain a browser's console messages, or a rule.",
    "rules": "List all rules, and what only looks like CORS.",
    "demo": "Show three checks against the built-in lab on this machine.",
    "lab": "Serve examples of right and wrong CORS headers.",
    "mcp": "Serve the commands as tools for editors and agents.",
    "completion": "Print the script that completes commands in bash, zsh or fish.",
}
"""The commands, each with its short help; module and function are called as the command is."""


class _Group(WithHelp, click.Group):
    """Finds commands by `COMMANDS`, and ends the process with an ExitStatus."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(import_module(f"corsdoctor.cli.{cmd_name}"), cmd_name)
        return command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args[:1] == ["help"]:
            args = [*args[1:2], "--help"]
        own = {option for param in self.get_params(ctx) for option in param.opts}
        try:
            if not args or args[0] not in {*COMMANDS, *own}:
                from corsdoctor.cli.recognize import with_command

                args = with_command(args, ctx)
            return super().parse_args(ctx, args)
        except click.UsageError as e:
            raise with_hint(e, ctx) from None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] not in COMMANDS and not ctx.resilient_parsing:
            from corsdoctor.cli.guesses import meant_by_command

            raise click.UsageError(meant_by_command(args[0]), ctx)
        return super().resolve_command(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """The commands, without loading them; a file where none is meant."""
        from corsdoctor.cli.complete import commands

        return commands(incomplete) or click.Command.shell_complete(self, ctx, incomplete)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def invoke(self, ctx: click.Context) -> Any:
        # Here and not in main(): click would make 1, which means "blocked", of a broken pipe.
        try:
            status = super().invoke(ctx)
            if sys.stdout is not None:
                sys.stdout.flush()
        except BrokenPipeError:
            forget(sys.stdout)
            return ExitStatus.BROKEN_PIPE
        return status

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> Any:
        """Runs the command line; with `standalone_mode` it ends the process, with one line for each error."""
        if not standalone_mode:
            return super().main(args, prog_name or "corsdoctor", complete_var, False, **extra)
        try:
            status = super().main(args, prog_name or "corsdoctor", complete_var, False, **extra)
        except click.Abort:
            status = ExitStatus.INTERRUPTED
        except Exception as error:
            lines, status = _explain(error)
            if status is ExitStatus.INTERNAL and os.environ.get("CORSDOCTOR_DEBUG", "0") not in ("", "0"):
                raise
            for line in lines:
                print_message(line)
            if os.environ.get("GITHUB_ACTIONS") == "true":
                _annotate(error)
        sys.exit(int(status or 0))


def _print_version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        click.echo(f"corsdoctor {__version__}")
        ctx.exit()


@click.group(
    cls=_Group,
    name="corsdoctor",
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit status: 0 allowed, 1 blocked, 2 wrong usage, 3 no response, 4 not sent because it may change data, 130 "
    "interrupted. The options of a command: corsdoctor help COMMAND.",
)
@click.option(
    "-V",
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_version,
    help="Show the version and exit.",
)
@click.pass_context
def corsdoctor(ctx: click.Context) -> ExitStatus:
    """Find out why browsers block a cross-origin request, and what to change.

    \b
    corsdoctor check https://api.example/items --origin https://app.example

    Without a command, corsdoctor recognizes a URL, a console message, a log, a policy or a HAR file, and runs the command for it.

    \b
    corsdoctor https://api.example/items --origin https://app.example
    corsdoctor "Access to fetch at 'https://api.example/' from origin ..."
    corsdoctor capture.har
    corsdoctor < console.log
    """
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help(), err=True)
        return ExitStatus.USAGE
    return ExitStatus.OK


def main() -> NoReturn:
    """The entry point of the command `corsdoctor`."""
    gc.set_threshold(100_000)  # looking for garbage while modules load takes 10 ms, and finds none
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:  # what was received may not fit the terminal's encoding
            reconfigure(errors="backslashreplace")
    try:
        corsdoctor.main()
    except SystemExit as end:
        _end_at_once(end.code)
        raise
    finally:
        gc.freeze()  # or Python looks for garbage once more at the very end, which takes 20 ms
    raise AssertionError("corsdoctor.main() ends the process")


def _end_at_once(code: object) -> None:
    """Ends the process where threads still wait for servers: they may crash Python while it takes itself apart."""
    threading = sys.modules.get("threading")
    if threading is None or threading.active_count() == 1 or not isinstance(code, int):
        return
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError, AttributeError):  # a full disk, or a closed pipe: reported already
            stream.flush()
    os._exit(code)


def _explain(error: Exception) -> tuple[list[str], ExitStatus]:
    """What to say about `error`, a line each, and how to exit."""
    from corsdoctor.masking import mask_text  # texts of others may repeat what was typed

    if isinstance(error, click.UsageError):
        path = error.ctx.command_path if error.ctx is not None else "corsdoctor"
        return [f"{mask_text(error.format_message()).rstrip('.')}; see '{path} --help'"], ExitStatus.USAGE
    if isinstance(error, click.ClickException):
        return [mask_text(error.format_message())], ExitStatus.USAGE
    from corsdoctor.errors import CorsDoctorError, InvalidScenario, UnreadableInput, UnwritableOutput
    from corsdoctor.wrong_input import shown_path

    if isinstance(error, InvalidScenario):
        return list(dict.fromkeys(map(str, _shown(error.mistakes)))), ExitStatus.USAGE
    if isinstance(error, UnreadableInput):
        return [f"{shown_path(error.where)}: {error.reason}"], ExitStatus.NO_ANSWER
    if isinstance(error, UnwritableOutput):
        return [f"{shown_path(error.where)}: cannot write {error.what}: {error.reason}"], ExitStatus.NO_ANSWER
    if isinstance(error, CorsDoctorError):
        return [str(error)], ExitStatus.NO_ANSWER
    if isinstance(error, OSError) and error.strerror and _is_from_writing(error):  # a full disk behind stdout
        forget(sys.stdout)
        return [f"cannot write the report: {error.strerror}"], ExitStatus.NO_ANSWER
    described = f"{type(error).__name__}: {mask_text(str(error))}"
    return [f"internal error: {described}; please report it (CORSDOCTOR_DEBUG=1 shows where)"], ExitStatus.INTERNAL


def _shown(mistakes: Iterable[Mistake]) -> Iterator[Mistake]:
    """`mistakes` with the names of their files as errors may show them."""
    from corsdoctor.wrong_input import shown_path

    for mistake in mistakes:
        place = mistake.place
        yield mistake if place is None else mistake._replace(place=place._replace(file=shown_path(place.file)))


def _is_from_writing(error: OSError) -> bool:
    """Whether `error` came up while a text was being written to standard output."""
    from traceback import walk_tb

    writers = (click.echo.__code__, write_whole.__code__)
    return any(frame.f_code in writers for frame, _ in walk_tb(error.__traceback__))


def _annotate(error: Exception) -> None:
    """Has a workflow of GitHub show each mistake that has a place in a file there; the runner reads stderr too."""
    from corsdoctor.cli.annotation import annotation
    from corsdoctor.errors import InvalidScenario

    for mistake in _shown(error.mistakes) if isinstance(error, InvalidScenario) else ():
        placed = annotation(mistake)
        if placed is not None:
            click.echo(placed, nl=False, err=True)
