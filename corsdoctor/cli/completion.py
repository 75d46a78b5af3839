"""`corsdoctor completion`: the script with which a shell completes commands, options and values. Click makes it."""

from __future__ import annotations

from typing import Final

import click
from click.shell_completion import get_completion_class

from corsdoctor.cli.command import Command
from corsdoctor.cli.exit_status import ExitStatus

SHELLS: Final = ("bash", "zsh", "fish")
VARIABLE: Final = "_CORSDOCTOR_COMPLETE"
"""The variable that the script sets when it calls corsdoctor for completions; click reads it."""


@click.command(cls=Command)
@click.argument("shell", metavar="bash|zsh|fish", type=click.Choice(SHELLS))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> ExitStatus:
    """Print a script that completes commands, options and their values in your shell.

    Add the line for your shell to its startup file, ~/.bashrc, ~/.zshrc or ~/.config/fish/config.fish:

    \b
    eval "$(corsdoctor completion bash)"
    eval "$(corsdoctor completion zsh)"
    corsdoctor completion fish | source

    Exit status: 0 printed; 2 wrong usage.
    """
    found = get_completion_class(shell)
    assert found is not None  # click has these three
    click.echo(found(ctx.find_root().command, {}, "corsdoctor", VARIABLE).source())
    return ExitStatus.OK
