"""`corsdoctor rules`: the list of all rules, and of the kinds of messages that only look like CORS."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import click

from corsdoctor.catalogue import RULES
from corsdoctor.cli import terminal
from corsdoctor.cli.command import Command
from corsdoctor.cli.exit_status import ExitStatus
from corsdoctor.cli.option import mistakes, option
from corsdoctor.errors import InvalidScenario
from corsdoctor.kinds.table import KINDS
from corsdoctor.reports import kind_page, rule_page
from corsdoctor.reports.content import Entry, Role
from corsdoctor.reports.json_ import dumps
from corsdoctor.reports.layout import Page

_RULES: Final = "Rules"
_KINDS: Final = "Kinds of console messages that only look like CORS"
_TWO_COLUMNS: Final = 70  # columns; names and titles stand side by side from here on


@click.command(cls=Command)
@option(
    "Report",
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    envvar="CORSDOCTOR_RULES_FORMAT",
    common=True,
    help="text [text], or json with everything about each rule and kind.",
)
def rules(form: str | None) -> ExitStatus:
    """List all rules, in the order in which browsers apply them, and the kinds of messages that only look like CORS.

    \b
    corsdoctor rules
    corsdoctor explain acao-matches-origin
    corsdoctor explain mixed-content
    """
    wrong = mistakes()
    if wrong:
        raise InvalidScenario(*wrong)
    if form == "json":
        pages = (*map(rule_page.as_object, RULES), *map(kind_page.as_object, KINDS))
        click.echo(dumps(list(pages), indent=2))
        return ExitStatus.OK
    page = Page(terminal.style(None))
    page.text(_RULES, Role.STRONG)
    _list(page, ((rule.id, rule.title) for rule in RULES))
    page.blank()
    page.text(_KINDS, Role.STRONG)
    _list(page, ((kind.id, kind.title) for kind in KINDS))
    click.echo(str(page), color=page.style.color)
    return ExitStatus.OK


def _list(page: Page, entries: Iterable[tuple[str, str]]) -> None:
    if page.width >= _TWO_COLUMNS:
        page.labelled([Entry(id, title, whole=True) for id, title in entries])
        return
    for id, title in entries:
        page.text(id, Role.STRONG)
        page.labelled([Entry("", title, whole=True)])
