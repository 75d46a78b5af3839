"""The page of a rule or a kind, as `corsdoctor explain NAME` prints it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from corsdoctor.cli import terminal
from corsdoctor.errors import InvalidScenario, Mistake

if TYPE_CHECKING:
    from corsdoctor.reports.writer import Style
    from corsdoctor.rule import Rule


def print_page(name: str, form: str, color: str | None) -> None:
    from corsdoctor.kinds.table import KINDS

    kind = next((kind for kind in KINDS if kind.id == name), None)
    if kind is not None:
        from corsdoctor.reports import kind_page

        _print_as(
            form, color, partial(kind_page.text, kind), partial(kind_page.markdown, kind), kind_page.as_object(kind)
        )
        return
    from corsdoctor.reports import rule_page

    rule = _rule(name)
    _print_as(form, color, partial(rule_page.text, rule), partial(rule_page.markdown, rule), rule_page.as_object(rule))


def _print_as(
    form: str, color: str | None, text: Callable[[Style], str], markdown: Callable[[], str], found: dict[str, Any]
) -> None:
    if form == "markdown":
        click.echo(markdown())
    elif form == "text":
        style = terminal.style(color)
        click.echo(text(style), color=style.color)
    else:
        from corsdoctor.reports.json_ import dumps

        click.echo(dumps(found, indent=2 if form == "json" else None))


def _rule(name: str) -> Rule:
    from corsdoctor.catalogue import RULES, by_id

    try:
        return by_id(name)
    except KeyError:
        from corsdoctor.kinds.table import KINDS
        from corsdoctor.wrong_input import closest, did_you_mean, shown

        near = closest(name, (*(rule.id for rule in RULES), *(kind.id for kind in KINDS)))
        meant = [rule.id for rule in RULES if name in rule.title.lower()] if near is None else [near]
        hint = did_you_mean(*meant) if meant else "'corsdoctor rules' lists all; put a message in quotes"
        raise InvalidScenario(Mistake("RULE", shown(name), f"unknown rule: {hint}")) from None
