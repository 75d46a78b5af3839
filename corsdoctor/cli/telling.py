"""What is told beside the report: lines on standard error."""

from __future__ import annotations

import click

from corsdoctor.visible import visible


def tell(line: str) -> None:
    """Writes one line to standard error, whatever stands in it."""
    click.echo(f"corsdoctor: {visible(line)}", err=True)
