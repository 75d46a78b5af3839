"""corsdoctor test --list: the cases of a policy and what is expected of them; nothing is sent."""

from __future__ import annotations

import click

from corsdoctor.cli import report_options, terminal
from corsdoctor.cli.exit_status import ExitStatus
from corsdoctor.reports.content import Entry, Role
from corsdoctor.reports.layout import Page
from corsdoctor.reports.secrets import mask_scenario
from corsdoctor.reports.unmet import expectation
from corsdoctor.reports.wording import who
from corsdoctor.suite.case import Suite


def print_cases(suite: Suite, output: report_options.OutputFlags) -> ExitStatus:
    """Prints the cases, then the cells that the policy skips; with --quiet only the ids of the cases."""
    page = Page(terminal.style(output.color))
    for case in suite.cases:
        if output.quiet:
            page.verbatim(case.id)
            continue
        scenario = case.scenario if output.show_secrets else mask_scenario(case.scenario)
        asked = f"{scenario.method} {scenario.url}"
        page.text(case.id, Role.STRONG)
        entries = [Entry("", asked), Entry("", who(scenario), whole=True)]
        page.labelled([*entries, Entry("", f"expected: {expectation(case.expected)}", whole=True)])
    for cell in () if output.quiet else suite.skipped:
        page.text(cell.id, Role.STRONG)
        page.labelled([Entry("", f"skipped: {cell.reason}", whole=True)])
    click.echo(str(page), color=page.style.color)
    return ExitStatus.OK
