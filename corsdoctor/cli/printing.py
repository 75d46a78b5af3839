"""Reports -> stdout, as they are done."""

from __future__ import annotations

from collections.abc import Iterable
from types import TracebackType
from typing import Self

import click

from corsdoctor.cli.options import OutputFlags, style
from corsdoctor.diagnose import Verdict
from corsdoctor.errors import InvalidScenario, Mistake
from corsdoctor.reports import FORMATS, Report
from corsdoctor.reports.secrets import conceal


def print_each(reports: Iterable[Report], flags: OutputFlags, *, several: bool) -> list[Verdict]:
    """Writes each report as it is done; returns their verdicts."""
    verdicts = []
    with Printer(flags, several=several) as printer:
        for report in reports:
            printer.show(report)
            verdicts.append(report.verdict)
    return verdicts


class Printer:
    """Writes each report that it is given, and what goes between, before and after them.

    `several` says that more than one may come: a JSON array then, not one object.
    """

    def __init__(self, flags: OutputFlags, *, several: bool) -> None:
        if flags.quiet and flags.verbose:
            raise InvalidScenario(Mistake("--quiet", "", "shows less and --verbose shows more: give one of them"))
        self._format = flags.format or "text"
        self._several = several
        self._secrets = flags.show_secrets
        self._style = style(flags.color, -1 if flags.quiet else flags.verbose)
        self._count = 0

    def show(self, report: Report) -> None:
        """Writes one report at once."""
        text = FORMATS[self._format](report if self._secrets else conceal(report), self._style).rstrip("\n")
        array = self._several and self._format == "json"
        before = "\n" if self._count and self._format == "text" and self._style.verbosity >= 0 else ""
        if array:
            before = "[\n" if self._count == 0 else ",\n"
        self._count += 1
        _write(before + text + ("" if array else "\n"), color=self._style.color)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, e: BaseException | None, tb: TracebackType | None) -> None:
        if kind is None and self._several and self._format == "json":
            _write("\n]\n" if self._count else "[]\n", color=False)


def _write(text: str, *, color: bool) -> None:
    click.echo(text, nl=False, color=color)
