"""`corsdoctor demo`: three checks of the embedded lab over real sockets, as the command line would make them."""

from __future__ import annotations

from typing import Final

import click

from corsdoctor.browsers import BROWSERS
from corsdoctor.cli import report_options
from corsdoctor.cli.command import Command
from corsdoctor.cli.exit_status import ExitStatus
from corsdoctor.cli.option import mistakes, option
from corsdoctor.cli.printing import Printer
from corsdoctor.command_line import command_line
from corsdoctor.diagnose import withholding
from corsdoctor.hints import with_hints
from corsdoctor.lab.scene import Scene
from corsdoctor.lab.scenes import by_path
from corsdoctor.lab.server import Lab
from corsdoctor.report import Report, report_on
from corsdoctor.transport.live import Live
from corsdoctor.wrong_input import Mistakes

SHOWN: Final = ("/allowed/preflighted", "/cors/trailing-slash", "/disagree/client-hint")


@click.command(cls=Command)
@option("Report", "-v", "--verbose", count=True, common=True, help="Show every step, including those that passed.")
@report_options.color
def demo(verbose: int, color: str | None) -> ExitStatus:
    """Show three checks against the built-in lab.

    A server starts on this machine (127.0.0.1, two free ports), and receives three requests: one that browsers allow,
    one that they block, and one about which they disagree. Nothing else is contacted.

    Exit status: 0 every verdict is as expected; 1 otherwise.
    """
    Mistakes(mistakes()).raise_if_any()
    output = report_options.OutputFlags(format=("text",), verbose=verbose, quiet=False, color=color, show_secrets=True)
    unexpected = []
    with Lab() as lab, Live() as live:
        for number, path in enumerate(SHOWN, 1):
            scene = by_path(path)
            scenario = scene.scenario(lab.places)
            report = report_on(scenario, BROWSERS, withholding(live.send))
            click.echo(f"{number}. {scene.title}\n\n$ {command_line(scenario)}\n")
            Printer(output, several=False, default="text").show_each(with_hints([report], show_secrets=True))
            click.echo()
            unexpected += surprises(scene, report)
    for line in unexpected:
        click.echo(line)
    if not unexpected:
        click.echo("Every verdict is as expected. There is more to try: corsdoctor lab --list")
    return ExitStatus.BLOCKED if unexpected else ExitStatus.OK


def surprises(scene: Scene, report: Report) -> list[str]:
    """A line for each browser whose verdict is not the one that the scene expects."""
    return [
        f"{scene.path}: {d.profile.title} says {d.verdict}, expected was {scene.expected(d.profile.name)}"
        for d in report.diagnoses
        if d.verdict is not scene.expected(d.profile.name)
    ]
