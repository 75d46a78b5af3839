"""corsdoctor mcp: the commands as tools for editors and agents. What it serves is in mcp_tools.py, which needs an extra."""

from __future__ import annotations

import sys

import click

from corsdoctor.cli.command import Command
from corsdoctor.cli.exit_status import ExitStatus
from corsdoctor.cli.messages import print_message
from corsdoctor.errors import InvalidScenario, Mistake


@click.command(cls=Command)
def mcp() -> ExitStatus:
    """Serve check, plan, preflight, explain, fix, replay and rules as tools for editors and agents.

    The tools are served by the Model Context Protocol on standard input and output; an editor or agent starts this command. Each tool
    runs the command of its name and returns its JSON. A request that may change data is sent only with the argument send, and
    secrets are always masked. Of the environment variables, only those for the connection have an effect.

    \b
    pip install 'corsdoctor[mcp]'
    corsdoctor mcp

    Exit status: 0 the client closed standard input; 2 wrong usage, or the extra is not installed.
    """
    try:
        from corsdoctor.cli.mcp_tools import serve
    except ImportError as e:  # the packages are not installed, or are those of version 1
        if (e.name or "").partition(".")[0] not in ("anyio", "jsonschema", "mcp"):
            raise
        raise InvalidScenario(Mistake("mcp", "", "requires an extra: pip install 'corsdoctor[mcp]'")) from None
    if sys.stdin is not None and sys.stdin.isatty():
        print_message("waiting for messages of the Model Context Protocol; an editor or agent starts this command")
    serve()
    return ExitStatus.OK
