"""What all commands share: their help, and the error for an option that does not exist.

--help shows one screen: what the command is for, an example, and the common options, each with the first sentence of
its text. --help-all and the man pages show everything.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from importlib import import_module
from inspect import cleandoc
from typing import Any, Final

import click

from corsdoctor.cli.quotes import missing_quotes

_ALL: Final = "corsdoctor.help_all"
REQUEST: Final = "Request"
"""The heading of the options that say what the script asks for."""
OTHER: Final = "Other options"
"""The heading of options without a section."""


def _show_help(ctx: click.Context, param: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        ctx.meta[_ALL] = param is HELP_ALL
        click.echo(ctx.get_help(), color=ctx.color)
        ctx.exit()


# Not click's own: it looks for a translation of its text, which takes 1 ms.
HELP: Final = click.Option(
    ["-h", "--help"],
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_help,
    help="Show this message and exit.",
)
HELP_ALL: Final = click.Option(
    ["--help-all"],
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_help,
    help="Show every option, exit status and variable, and exit.",
)


def wants_all(ctx: click.Context) -> bool:
    """Whether --help-all was given."""
    return bool(ctx.meta.get(_ALL))


def with_hint(error: click.UsageError, ctx: click.Context) -> click.UsageError:
    """`error` with the command whose help it refers to, and for an unknown option with a suggestion."""
    if isinstance(error, click.NoSuchOption):
        from corsdoctor.cli.guesses import meant_by_option

        return click.UsageError(meant_by_option(error.option_name, ctx), ctx)
    if error.message.startswith("Got unexpected extra argument"):  # the value may be part of a header
        takes_some = any(isinstance(parameter, click.Argument) for parameter in ctx.command.params)
        reason = "too many arguments; put each value that contains spaces in quotes"
        return click.UsageError(reason if takes_some else f"{ctx.command.name} takes no argument", ctx)
    if isinstance(error, click.BadParameter) and isinstance(error.param, click.Argument):
        first, *others = str(error.param.metavar).removesuffix("...").split("|")
        if first == "FILE":
            reason = "FILE is missing: give a file" + (", or - for standard input" if others else "")
            return click.UsageError(reason, ctx)
        choices = f"{', '.join([first, *others[:-1]])} or {others[-1]}"  # the value may be a header in the wrong place
        return click.UsageError(f"the argument must be {choices}", ctx)
    error.ctx = error.ctx or ctx
    return error


def paragraphs(command: click.Command) -> list[str]:
    """The paragraphs of a command's help; verbatim ones begin with \\b."""
    return re.split(r"\n\s*\n", cleandoc(command.help or ""))


def first_sentence(text: str) -> str:
    """The part of `text` that the short help shows."""
    return re.split(r"(?<=\.) (?=[A-Z'`-])", text, maxsplit=1)[0]


def variables(command: click.Command) -> str:
    """The paragraph on environment variables for the options of a command, with the exceptions."""
    text = (
        "Each option can be set by a variable: CORSDOCTOR_ and the option's long name in capitals, with _ for -, such as "
        "CORSDOCTOR_ORIGIN for --origin. The command line takes precedence. A flag is set by 1, and an empty variable has "
        "no effect."
    )
    others, without = [], []
    for option in command.params:
        if not isinstance(option, click.Option) or option.hidden or not getattr(option, "section", None):
            continue
        name = max(option.opts, key=len)
        if option.envvar is None:
            without.append(name)
        elif option.envvar != variable(name):
            others.append(f"The variable of {name} is {option.envvar}.")
    if without:
        others.append(f"There is no variable for {', '.join(without)}.")
    return " ".join([text, *others])


def variable(option: str) -> str:
    """The environment variable of the option with the long name `option`."""
    return "CORSDOCTOR_" + option.removeprefix("--").replace("-", "_").upper()


def offering(kind: str) -> Callable[[click.Context, click.Parameter, str], Any]:
    """Completes a value with the function `kind` of cli/complete.py, which is loaded only for completion."""

    def complete(_: click.Context, __: click.Parameter, typed: str) -> Any:
        return getattr(import_module("corsdoctor.cli.complete"), kind)(typed)

    return complete


def _check_repeated(ctx: click.Context, given: list[click.Parameter]) -> None:
    """Raises UsageError for an option of the request that is given twice: click would use the last one silently."""
    for param in given:
        single = isinstance(param, click.Option) and not (param.multiple or param.count or param.is_flag)
        if single and getattr(param, "section", None) == REQUEST and given.count(param) > 1:
            several = "; corsdoctor fix takes several" if param.name in ("method", "origin") else ""
            raise click.UsageError(f"{param.opts[-1]} can be given only once{several}", ctx)


class WithHelp(click.Command):
    """A command with --help and --help-all."""

    def get_help_option(self, ctx: click.Context) -> click.Option:  # noqa: ARG002
        return HELP

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        return [*super().get_params(ctx), HELP_ALL]


class Command(WithHelp):
    """A command with a short and a complete help."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        wrong = missing_quotes(args, {name for param in self.params for name in param.opts})
        if wrong is not None and not ctx.resilient_parsing:
            raise click.UsageError(wrong, ctx)
        try:
            return super().parse_args(ctx, args)
        except click.UsageError as e:
            raise with_hint(e, ctx) from None

    def make_parser(self, ctx: click.Context) -> Any:
        """A parser that refuses an option of the request that is given twice."""
        parser: Any = super().make_parser(ctx)
        parse = parser.parse_args

        def parse_args(args: list[str]) -> Any:
            parsed = parse(args)
            _check_repeated(ctx, given=parsed[-1])
            return parsed

        parser.parse_args = parse_args
        return parser

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        shown = paragraphs(self)
        if not wants_all(ctx):
            shown = [p for number, p in enumerate(shown) if number == 0 or p.startswith("\b")]
        for paragraph in shown:
            formatter.write_paragraph()
            with formatter.indentation():
                formatter.write_text(paragraph)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        if not wants_all(ctx):
            with formatter.section("Options"):
                formatter.write_dl(list(self._common(ctx)))
            return
        sections: dict[str, list[tuple[str, str]]] = {}
        for param in self.get_params(ctx):
            record = param.get_help_record(ctx) if isinstance(param, click.Option) else None
            if record is not None:
                sections.setdefault(getattr(param, "section", OTHER), []).append(record)
        for title, records in sorted(sections.items(), key=lambda section: section[0] == OTHER):
            with formatter.section(title):
                formatter.write_dl(records)
        if any(getattr(param, "section", None) for param in self.params):
            with formatter.section("Environment"):
                formatter.write_text(variables(self))

    def _common(self, ctx: click.Context) -> Iterator[tuple[str, str]]:
        for param in self.get_params(ctx):
            record = param.get_help_record(ctx) if isinstance(param, click.Option) else None
            if record is not None and getattr(param, "common", True):
                yield record[0], first_sentence(getattr(param, "help", None) or record[1])
