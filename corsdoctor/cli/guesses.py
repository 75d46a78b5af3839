"""What was probably meant by a command or an option that does not exist. Loaded only after such a mistake."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches
from typing import Final

import click

from corsdoctor.cli import COMMANDS, corsdoctor

_NAME: Final = re.compile(r"[a-z]+(-[a-z]+)*", re.IGNORECASE)
"""Anything else may be a header with its value."""
_LISTS: Final = (
    "`corsdoctor rules`, `corsdoctor fix --list` (servers), `corsdoctor lab --list` or `corsdoctor test --list`"
)
COMMAND_GUESSES: Final = {
    "version": "`corsdoctor --version`",
    "v": "`corsdoctor --version`",
    "list": _LISTS,
    "ls": _LISTS,
    "rule": "`corsdoctor rules`",
    "servers": "`corsdoctor fix --list`",
    "recipes": "`corsdoctor fix --list`",
    "scenes": "`corsdoctor lab --list`",
    "serve": "`corsdoctor lab`",
    "server": "`corsdoctor lab`, or `corsdoctor fix URL --server NAME`",
    "init": "`corsdoctor test --init URL --origin ORIGIN`",
    "update": "`corsdoctor test --update`",
    "validate": "`corsdoctor test`",
    "run": "`corsdoctor test`, or `corsdoctor check URL --origin ORIGIN`",
    **dict.fromkeys(("get", "head", "post", "put", "patch", "delete", "options"), "`corsdoctor check URL -X METHOD`"),
    **dict.fromkeys(("audit", "diagnose", "replay", "scan", "url"), "`corsdoctor check URL --origin ORIGIN`"),
    **dict.fromkeys(
        ("completions", "install-completion", "show-completion"), "`corsdoctor completion bash` (or zsh, or fish)"
    ),
}
"""Other words for commands and what was probably meant, without the dashes that some users put in front."""

_NO_COMMAND: Final = "this is not a command"
_NOTHING_ELSE: Final = "and not a URL, a console message, the id of a rule, or a file"
UNKNOWN: Final = f"{_NO_COMMAND}, {_NOTHING_ELSE}"
OPTION_GUESSES: Final = {
    "--json": "`--format json`, or `-H 'Content-Type: application/json' -d '{...}'`",
    **dict.fromkeys(("-F", "--form"), "`--from FILE`, which reads a command of curl"),
    "--crossorigin": "`--mode cors`",
    "--with-credentials": "`--credentials include`",
    **dict.fromkeys(("-s", "-S", "--silent", "--show-error"), "`--quiet`"),
    **dict.fromkeys(("-o", "--output"), "`--format FORMAT=FILE`"),
    "--request": "`--method`",
    "-b": "`--cookie`",
    **dict.fromkeys(("-I", "--head"), "`-X HEAD`"),
    **dict.fromkeys(("-i", "--include"), "`--verbose`"),
    **dict.fromkeys(("-u", "--user"), "`-H 'Authorization: Basic ...'`"),
    **dict.fromkeys(("-L", "--location"), "`--redirect follow`, which is the default"),
    **dict.fromkeys(("-m", "--timeout"), "`--max-time`"),
    "--url": "the URL without an option before it",
    "-O": "`--origin`",
    **dict.fromkeys(("-V", "--version"), "`corsdoctor --version`"),
    "--list": _LISTS,
}
"""Options of curl and of other commands, and what was probably meant. An option that the command has is never looked up."""


def near_command(word: str) -> str | None:
    """The command that `word` is probably a misspelling of."""
    near = get_close_matches(word.lower(), (*COMMANDS, "help"), n=1)
    return near[0] if near else None


def meant_by_command(word: str) -> str:
    """What is wrong with `word` as a command, and what was probably meant."""
    from corsdoctor.catalogue import RULES

    guess, near = COMMAND_GUESSES.get(word.lower()), near_command(word)
    if guess is None and near is not None:
        guess = f"`{near}`"
    elif guess is None and (rule := get_close_matches(word.lower(), [rule.id for rule in RULES], n=1)):
        guess = f"`corsdoctor explain {rule[0]}`"
    problem = f"no command {word!r}" if _NAME.fullmatch(word) else _NO_COMMAND
    if guess is not None:
        return f"{problem}: did you mean {guess}?"
    return f"{problem}, {_NOTHING_ELSE}"


def meant_by_option(name: str, ctx: click.Context) -> str:
    """What is wrong with the option `name` of the command that `ctx` is for, and what was probably meant."""
    is_group = isinstance(ctx.command, click.Group)
    problem = f"no option {name}" if is_group else f"{ctx.info_name} has no option {name}"
    guess = (COMMAND_GUESSES.get(name.lstrip("-").lower()) if is_group else None) or OPTION_GUESSES.get(name)
    if guess is None and name.startswith("--"):
        known = [option for param in ctx.command.get_params(ctx) for option in param.opts]
        near = get_close_matches(name[2:], [option[2:] for option in known if option.startswith("--")], n=1)
        guess = f"`--{near[0]}`" if near else None
    if guess is not None:
        return f"{problem}: did you mean {guess}?"
    others = ", ".join(_commands_with(name, ctx))
    return f"{problem}; these commands have it: {others}" if others else problem


def _commands_with(name: str, ctx: click.Context) -> Iterator[str]:
    """The commands that have the option `name`."""
    for command_name in COMMANDS:
        command = corsdoctor.get_command(ctx, command_name)
        if command is not None and any(name in param.opts for param in command.params):
            yield command_name
