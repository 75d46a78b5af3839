"""Messages beside the report: lines on standard error."""

from __future__ import annotations

from typing import Final

import click

from corsdoctor.visible import visible

_LONGEST: Final = 10_000


def print_message(line: str) -> None:
    """Writes one line to standard error, whatever stands in it and however much."""
    line = visible(line)
    click.echo(f"corsdoctor: {line if len(line) <= _LONGEST else f'{line[:_LONGEST]}...'}", err=True)
