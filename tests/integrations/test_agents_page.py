"""docs/agents.md names the tools, arguments, variables and commands that exist."""

from __future__ import annotations

import json
import re
from typing import Final

import click

from corsdoctor.cli import corsdoctor
from corsdoctor.cli.mcp_tools import TOOLS
from corsdoctor.cli.option import names_of
from corsdoctor.cli.options import TransportFlags
from tests.integrations.conftest import ROOT

PAGE: Final = (ROOT / "docs" / "agents.md").read_text(encoding="utf-8")


def test_the_table_has_every_tool_with_what_it_requires() -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \|([^|]*)\|", PAGE, re.M))
    named = {tool: tuple(re.findall(r"`(\w+)`", required)) for tool, required in rows.items()}
    assert named == {
        name: tool.required or tuple(filter(None, (tool.stdin, tool.words))) for name, tool in TOOLS.items()
    }


def test_each_configuration_starts_the_server() -> None:
    blocks = re.findall(r"^```json\n(.*?)^```", PAGE, re.M | re.S)
    assert len(blocks) == 2
    for block in blocks:
        [servers] = json.loads(block).values()
        assert (servers["corsdoctor"]["command"], servers["corsdoctor"]["args"]) == ("corsdoctor", ["mcp"])
    assert PAGE.count("mcp add corsdoctor -- corsdoctor mcp") == 2


def test_the_variables_are_those_of_the_connection() -> None:
    [listed] = re.findall(r"only those for the connection have an effect: (.*?)\. Set", PAGE, re.S)
    assert set(re.findall(r"`(\w+)`", listed)) == {name.upper() for name in names_of(TransportFlags)}


def test_the_commands_have_the_options_that_the_page_names() -> None:
    found = re.findall(r"`corsdoctor ([a-z]+)([^`]*)`", PAGE)
    assert {name for name, _ in found} >= {"explain", "check", "fix", "test", "mcp"}
    for name, rest in found:
        command = corsdoctor.get_command(click.Context(corsdoctor), name)
        assert command is not None, name
        known = {opt for param in command.params for opt in param.opts}
        assert set(re.findall(r"(?<=\s)-[\w-]+", rest)) <= known, (name, rest)
