"""Finds the command for the input of a user who named none, by what the input contains. Loaded only if no command is named."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import takewhile
from typing import Final

import click

from corsdoctor.cli import corsdoctor
from corsdoctor.cli.guesses import COMMAND_GUESSES, UNKNOWN, meant_by_command, near_command
from corsdoctor.cli.kinds_of_input import FILE_NAME, KINDS, Given, has_messages
from corsdoctor.cli.messages import print_message
from corsdoctor.cli.sample import sampled_file, sampled_input
from corsdoctor.command_line import quoted
from corsdoctor.wrong_input import shown, shown_path

_WORD: Final = re.compile(r"[a-z]+", re.IGNORECASE)


def with_command(args: Sequence[str], ctx: click.Context) -> list[str]:
    """`args` with the missing command, which is named on standard error; unchanged if they contain no input.

    Raises UsageError if the input is of no known kind, or of several.
    """
    if args and args[0].lstrip("-").lower() in COMMAND_GUESSES:
        return list(args)
    words = list(takewhile(lambda arg: arg == "-" or not arg.startswith("-"), args))
    if args and not words:
        words = _words(args, ctx)
    if len(words) == 1 and _WORD.fullmatch(words[0]) and near_command(words[0]) is not None:
        return list(args)
    given = _given(words, quiet=ctx.resilient_parsing)
    if given is None:
        return list(args)
    found = [kind for kind in KINDS if kind.recognizes(given)]
    ways = [way for kind in found for way in kind.commands.get(given.source, ())]
    if ctx.resilient_parsing:
        return [ways[0].command, *args] if len(ways) == 1 else list(args)
    subject = {"argument": "the argument", "file": shown_path(given.name), "input": "standard input"}[given.source]
    name = quoted([given.name])
    what = " and ".join(kind.what for kind in found if not ways or given.source in kind.commands)
    if len(words) > 1 and any(way.option is not None for way in ways):
        raise click.UsageError("put the whole command of the other tool in one pair of quotes", ctx)
    if len(ways) == 1:
        [way] = ways
        print_message(
            f"running 'corsdoctor {way.written(name)}', because {subject} contains {what}; in scripts, name the command"
        )
        rest = ["-"] if given.source == "input" and "-" not in words else []
        whole = [*args, *rest]
        at = whole.index(words[0] if words else "-")
        return [way.command, *whole[:at], *([] if way.option is None else [way.option]), *whole[at:]]
    if ways:
        choices = " or ".join(f"'corsdoctor {way.written(name)}'" for way in ways)
        raise click.UsageError(f"{subject} contains {what}: run {choices}", ctx)
    if found:
        command = found[0].commands["file"][0].written("FILE")
        raise click.UsageError(f"{subject} contains {what}: save it as a file, and run 'corsdoctor {command}'", ctx)
    if given.source == "argument":
        raise click.UsageError(_unknown(words, is_command=words[0] == args[0]), ctx)
    kinds = ", ".join(kind.what for kind in KINDS if given.source in kind.commands)
    raise click.UsageError(f"{subject} contains none of these: {kinds}", ctx)


def _words(args: Sequence[str], ctx: click.Context) -> list[str]:
    """The arguments that are not options or their values, as `check` would take them."""
    check = corsdoctor.get_command(ctx, "check")
    assert check is not None
    inner = click.Context(check, ctx, "check", ignore_unknown_options=True, resilient_parsing=True)
    options, _, _ = check.make_parser(inner).parse_args(list(args))
    words = options.get("urls")
    words = words if isinstance(words, tuple) else ()  # click has a sentinel for none
    return [word for word in words if word == "-" or not word.startswith("-")]


def _given(words: Sequence[str], *, quiet: bool) -> Given | None:
    """The start of the input, None if there is none. With `quiet`, standard input is not read."""
    message = Given("argument", " ".join(words))
    if len(words) > 1:
        return message if has_messages(message) else Given("argument", "\n".join(words))
    if words and words != ["-"]:
        return sampled_file(words[0]) or message
    if quiet:
        return None
    text = sampled_input(wanted=bool(words))
    return Given("input", text) if text.strip() else None


def _unknown(words: Sequence[str], *, is_command: bool) -> str:
    """What is wrong with words that are of no known kind; with `is_command`, the first is in the place of a command."""
    if len(words) > 1 and not _WORD.fullmatch(words[0]):
        return "give either URLs, or one file, or one message in quotes"
    if FILE_NAME.fullmatch(words[0]):
        return f"there is no file {shown(words[0])!r}"
    return meant_by_command(words[0]) if is_command else UNKNOWN
