"""`corsdoctor rules`: the list of all rules."""

from __future__ import annotations

from typing import Final

import click

from corsdoctor.catalogue import RULES
from corsdoctor.cli import options
from corsdoctor.cli.command import Command
from corsdoctor.cli.exit_status import ExitStatus
from corsdoctor.errors import InvalidScenario
from corsdoctor.reports import rule_page
from corsdoctor.reports.content import Entry, Role
from corsdoctor.reports.json_ import dumps
from corsdoctor.reports.layout import Page

_TWO_COLUMNS: Final = 70  # columns; names and titles stand side by side from here on


@click.command(cls=Command)
@options.option(
    "Report",
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    envvar="CORSDOCTOR_RULES_FORMAT",
    common=True,
    help="text [text], or json with everything about each rule.",
)
def rules(form: str | None) -> ExitStatus:
    """List all rules, in the order in which browsers apply them.

    \b
    corsdoctor rules
    corsdoctor explain acao-matches-origin
    """
    mistakes = options.mistakes()
    if mistakes:
        raise InvalidScenario(*mistakes)
    if form == "json":
        click.echo(dumps([rule_page.as_object(rule) for rule in RULES], indent=2))
        return ExitStatus.OK
    page = Page(options.style(None))
    if page.width < _TWO_COLUMNS:
        for rule in RULES:
            page.text(rule.id, Role.STRONG)
            page.labelled([Entry("", rule.title, whole=True)])
    else:
        page.labelled([Entry(rule.id, rule.title, whole=True) for rule in RULES])
    click.echo(str(page), color=page.style.color)
    return ExitStatus.OK
