"""--format X, X=FILE: where each format goes."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

import click

from corsdoctor.errors import InvalidScenario, Mistake, UnwritableOutput
from corsdoctor.reports import FORMATS, Style, Writer


@dataclass(slots=True)
class Output:
    """A writer, and where its text goes: a file, or stdout where `file` is None."""

    writer: Writer
    color: bool
    path: str = ""
    file: IO[str] | None = None

    def write(self, text: str) -> None:
        """Writes `text` at once; UnwritableOutput where the file can't take it."""
        if not text:
            return
        if self.file is None:
            click.echo(text, nl=False, color=self.color)
            return
        try:
            self.file.write(text)
            self.file.flush()
        except OSError as e:
            raise UnwritableOutput(self.path, e.strerror or str(e)) from e

    def close(self) -> None:
        """Closes the file."""
        if self.file is not None:
            self.file.close()


def opened_outputs(formats: Sequence[str], look: Style, *, several: bool, default: str) -> list[Output]:
    """An output for each of `formats` (X, or X=FILE), opened; one for stdout where none was asked for.

    InvalidScenario for an unknown format, for two that would both go to stdout or to one file, and for a file that can't
    be opened.
    """
    found: list[Mistake] = []
    outputs: list[Output] = []
    targets = [_parsed(text, found) for text in formats] or [(_chosen(default), "")]
    for name, path in targets:
        if sum(path == other for _, other in targets) > 1:
            found.append(Mistake("--format", name, f"two formats would go to {path or 'standard output'}: give X=FILE"))
    if found:
        raise InvalidScenario(*dict.fromkeys(found))
    for name, path in targets:
        plain = replace(look, color=look.color and not path)
        try:
            file = Path(path).open("w", encoding="utf-8", newline="\n") if path else None  # noqa: SIM115 (closed by Output)
        except OSError as e:
            raise InvalidScenario(
                Mistake("--format", f"{name}={path}", f"the file can't be written: {e.strerror}")
            ) from e
        outputs.append(Output(FORMATS[name](plain, several), plain.color, path, file))
    return outputs


def _parsed(text: str, found: list[Mistake]) -> tuple[str, str]:
    from corsdoctor.cli.reading import nearest

    name, _, path = text.partition("=")
    if name not in FORMATS:
        found.append(Mistake("--format", name, f"no such format; {nearest(name, FORMATS)}"))
    return name, path


def _chosen(default: str) -> str:
    """The format where none was asked for: annotations in a workflow of GitHub, whose log nobody reads as text."""
    in_workflow = os.environ.get("GITHUB_ACTIONS") == "true" and "github" in FORMATS
    return "github" if default == "text" and in_workflow and not sys.stdout.isatty() else default
