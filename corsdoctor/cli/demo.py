"""`corsdoctor demo`: three checks of the embedded lab over real sockets, as the command line would make them."""

from __future__ import annotations

import shlex
from typing import Final

import click

from corsdoctor.browsers import BROWSERS
from corsdoctor.cli import options
from corsdoctor.cli.exit_status import ExitStatus
from corsdoctor.cli.printing import print_each
from corsdoctor.cli.reading import Mistakes
from corsdoctor.diagnose import SAFE_TO_SEND, diagnose_all, withholding
from corsdoctor.lab.scenes import Scene, by_path
from corsdoctor.lab.server import Lab
from corsdoctor.reports import Report
from corsdoctor.scenario import Api, Redirect, Scenario
from corsdoctor.transport.live import Live
from corsdoctor.url import parse

SHOWN: Final = ("/allowed/preflighted", "/cors/trailing-slash", "/disagree/client-hint")


@click.command(cls=options.Sectioned)
@options.option("Report", "-v", "--verbose", count=True, help="Show every step that a browser goes through.")
@options.option(
    "Report",
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    help="Colours [auto: on a terminal, where NO_COLOR is not set; FORCE_COLOR asks for them].",
)
def demo(verbose: int, color: str | None) -> ExitStatus:
    """Watch three checks of the embedded lab.

    A server starts on this machine (127.0.0.1, two free ports). Three requests are sent to it: one that browsers allow,
    one that they block, one about which they disagree. Nothing else is asked.

    Exit status: 0 where every verdict is as expected, 1 otherwise.
    """
    Mistakes(options.mistakes()).tell()
    output = options.OutputFlags(format="text", verbose=verbose, quiet=False, color=color, show_secrets=True)
    unexpected = []
    with Lab() as lab, Live() as live:
        for number, path in enumerate(SHOWN, 1):
            scene = by_path(path)
            scenario = scene.scenario(lab.places)
            report = Report(diagnose_all(scenario, BROWSERS, withholding(live.send)))
            click.echo(f"{number}. {scene.title}\n\n$ {command_line(scenario)}\n")
            print_each([report], output, several=False)
            click.echo()
            unexpected += surprises(scene, report)
    for line in unexpected:
        click.echo(line)
    if not unexpected:
        click.echo("Every verdict is as expected. There is more to try: corsdoctor lab --list")
    return ExitStatus.BLOCKED if unexpected else ExitStatus.OK


def command_line(scenario: Scenario) -> str | None:
    """The command that checks `scenario`; None where there is none: for a streamed body, or a URL that can't be parsed."""
    if scenario.streamed or parse(scenario.url) is None:
        return None
    words = ["corsdoctor", "check", scenario.url, "--origin", str(scenario.origin)]
    if scenario.method != ("GET" if scenario.body is None else "POST"):
        words += ["-X", scenario.method]
    for name, value in scenario.headers:
        words += ["-H", f"{name}: {value}" if value else f"{name};"]
    if scenario.body is not None:
        words += ["-d", scenario.body.decode()]
    for option, given in (
        ("--credentials", scenario.credentials),
        ("--cookie", scenario.cookie),
        ("--mode", scenario.mode),
        ("--redirect", None if scenario.redirect is Redirect.FOLLOW else scenario.redirect),
        ("--as", None if scenario.api is Api.FETCH else scenario.api),
    ):
        words += [] if given is None else [option, given]
    words += ["--upload-listener"] if scenario.upload_listener else []
    words += [] if scenario.method in SAFE_TO_SEND else ["--send"]
    return shlex.join(words)


def surprises(scene: Scene, report: Report) -> list[str]:
    """A line for each browser whose verdict is not the one that the scene expects."""
    return [
        f"{scene.path}: {d.profile.title} says {d.verdict}, expected was {scene.expected(d.profile.name)}"
        for d in report.diagnoses
        if d.verdict is not scene.expected(d.profile.name)
    ]
