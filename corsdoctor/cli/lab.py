"""`corsdoctor lab`: serves the lab's scenes on loopback, or lists them."""

from __future__ import annotations

import json
import os
import shutil
import sys
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from time import sleep
from typing import TYPE_CHECKING, Final

import click

from corsdoctor.browsers import BROWSERS
from corsdoctor.cli.command import Command
from corsdoctor.cli.exit_status import ExitStatus
from corsdoctor.cli.option import mistakes, option
from corsdoctor.command_line import command_line, quoted
from corsdoctor.errors import InvalidScenario, Mistake
from corsdoctor.lab.scene import HOST, PAGE, Places
from corsdoctor.lab.scenes import SCENES, by_path
from corsdoctor.lab.server import Lab
from corsdoctor.reports.tables import table
from corsdoctor.wrong_input import Mistakes

if TYPE_CHECKING:
    from corsdoctor.witness.authority import Authority

PORT: Final = 8765
PORTS: Final = 5  # two of the scenes for the command line, and three of the page: its own, and two of its scenes
EXAMPLE: Final = "/cors/trailing-slash"
NAMES: Final = ("localhost", "named.localhost", HOST)
"""The hosts of the lab's URLs."""
NARROW: Final = 140  # columns; a table of three columns is wider than less
_AN_HOUR: Final = 3600.0
_SECURE_PAGE: Final = PAGE._replace(scheme="https")


@click.command(cls=Command)
@option(
    "What to do",
    "--port",
    type=click.IntRange(0, 65535 - PORTS + 1),
    metavar="N",
    envvar="CORSDOCTOR_LAB_PORT",
    common=True,
    help=f"Listen on this port of {HOST} and the next four [{PORT}]: two for the command line, one for the page, and two for its "
    "requests. 0 uses any free ports.",
)
@option(
    "What to do",
    "--open",
    "opens",
    is_flag=True,
    common=True,
    envvar="CORSDOCTOR_LAB_OPEN",
    help="Open the page in a browser.",
)
@option(
    "What to do",
    "--https",
    is_flag=True,
    common=True,
    envvar="CORSDOCTOR_LAB_HTTPS",
    help="Serve over https, with a certificate authority that is made for this run.",
)
@option("What to do", "--list", "listing", is_flag=True, common=True, envvar=None, help="List the scenes and exit.")
@option(
    "What to do",
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    envvar="CORSDOCTOR_LAB_FORMAT",
    common=True,
    help="The format of the list: text [text], or json with each browser's verdict and the command that checks it.",
)
def lab(port: int | None, opens: bool, https: bool, listing: bool, form: str | None) -> ExitStatus:
    """Serve examples of right and wrong CORS headers, until Ctrl-C.

    Each scene is a path of a server on this machine, and shows the result of one mistake. A page at
    http://localhost:8767/ shows all of them with the prediction for each browser, and runs them in yours. The
    command line checks them at http://127.0.0.1:8765, for a page on http://localhost:3000.

    \b
    corsdoctor lab --open
    corsdoctor lab --https
    corsdoctor lab --list
    corsdoctor check http://127.0.0.1:8765/cors/trailing-slash \\
      --origin http://localhost:3000

    Exit status: 0 listed; 2 wrong usage, or a port that is not available; 130 ended with Ctrl-C.
    """
    Mistakes(mistakes()).raise_if_any()
    port = PORT if port is None else port
    if listing:
        click.echo(as_json(port or PORT) if form == "json" else as_text())
        return ExitStatus.OK
    from corsdoctor.lab_page.server import LabPage  # what a list need not load

    ports = tuple(port + number if port else 0 for number in range(PORTS))
    authority = _authority() if https else None
    tls = None if authority is None else authority.context(*NAMES)
    with ExitStack() as serving:
        try:
            running = serving.enter_context(Lab((ports[0], ports[1]), PAGE if tls is None else _SECURE_PAGE, tls))
            page = serving.enter_context(LabPage((ports[2], ports[3], ports[4]), tls))
        except OSError as e:
            raise InvalidScenario(_unavailable(port, e)) from None
        click.echo(f"The lab listens on {running.origin} and {running.other}; Ctrl-C ends it.")
        click.echo(f"Its page, for your browser: {page.origin}/\n")
        trust = ""
        if authority is not None:
            file = Path(serving.enter_context(_folder())) / "ca.pem"
            file.write_bytes(authority.pem)
            click.echo(_how_to_trust(authority, file, f"{page.origin}/"))
            trust = f" --cacert {quoted([str(file)])}"
        click.echo(f"$ {command_line(by_path(EXAMPLE).scenario(running.places))}{trust}\n")
        click.echo("The other scenes: corsdoctor lab --list")
        if opens and not _opened(f"{page.origin}/"):
            click.echo(f"--open: found no browser; open {page.origin}/ in yours", err=True)
        while True:
            sleep(_AN_HOUR)


def as_text(width: int | None = None) -> str:
    """The scenes as a table; `width` is the terminal's, by default that of standard output where it is one."""
    if width is None and sys.stdout is not None and sys.stdout.isatty():
        width = shutil.get_terminal_size().columns
    if width is None or width >= NARROW:
        rows = [(scene.path, scene.rule or "-", scene.title) for scene in SCENES]
        return table(rows, ("path", "rule", "title"))
    first = max(len(scene.path) for scene in SCENES)
    rows_of_two = [(scene.path, f"{scene.title}\n({scene.rule or 'no rule'})") for scene in SCENES]
    return table(rows_of_two, ("path", "title (rule)"), (None, max(20, width - first - 2)))


def as_json(port: int) -> str:
    """The scenes as a JSON array, with commands for a lab that listens on `port`."""
    places = Places(port, port + 1)
    return json.dumps(
        [
            {
                "path": scene.path,
                "title": scene.title,
                "rule": scene.rule,
                "verdicts": {profile.name: scene.expected(profile.name) for profile in BROWSERS},
                "command": command_line(scene.scenario(places)) if scene.visit is None else None,
                **({} if scene.visit is None else {"flow": scene.story(places)}),
            }
            for scene in SCENES
        ],
        indent=2,
        ensure_ascii=False,
    )


def _authority() -> Authority:
    """The authority of this run. InvalidScenario if the extra that makes one is not installed."""
    from corsdoctor.witness.authority import Authority  # what a lab without https need not load

    return Authority("--https")


def _how_to_trust(authority: Authority, file: Path, url: str) -> str:
    """How a browser opens `url` without a warning, while the authority's certificate is in `file`."""
    flags = [
        f"--ignore-certificate-errors-spki-list={authority.key_hash}",
        f"--user-data-dir={file.parent / 'profile'}",
    ]
    command = quoted(["chromium", *flags, url])
    return f"The browser must trust the authority in {file}. This starts Chromium with a profile that does:\n\n$ {command}\n"


def _folder() -> TemporaryDirectory[str]:
    """Where the authority's certificate and the browser's profile are. The browser may still write there when the lab ends."""
    return TemporaryDirectory(prefix="corsdoctor-lab-", ignore_cleanup_errors=True)


def _opened(url: str) -> bool:
    """Whether a browser was found that opens `url`."""
    import webbrowser  # what few runs need

    return webbrowser.open(url)


def _unavailable(port: int, error: OSError) -> Mistake:
    which = f"{port} to {port + PORTS - 1}" if port else "0"
    why = os.strerror(error.errno).lower() if error.errno else str(error)
    return Mistake("--port", which, f"the lab cannot listen there: {why}; choose another, or 0 for any free one")
