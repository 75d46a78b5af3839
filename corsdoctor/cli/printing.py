"""Reports -> stdout and files, in each format asked for, as they are done."""

from __future__ import annotations

from collections.abc import Iterable
from types import TracebackType
from typing import Self

from corsdoctor.cli.options import OutputFlags, style
from corsdoctor.cli.outputs import Output, opened_outputs
from corsdoctor.diagnose import Verdict
from corsdoctor.errors import InvalidScenario, Mistake
from corsdoctor.reports import Item, Report
from corsdoctor.reports.secrets import conceal


def print_each(reports: Iterable[Report], flags: OutputFlags, *, several: bool, default: str = "text") -> list[Verdict]:
    """Writes each report as it is done; returns their verdicts."""
    verdicts = []
    with Printer(flags, several=several, default=default) as printer:
        for report in reports:
            printer.show(report)
            verdicts.append(report.verdict)
    return verdicts


class Printer:
    """Writes each item that it is given, and what goes between, before and after them.

    `several` says that more than one may come; `default` is the format where none was asked for.
    """

    def __init__(self, flags: OutputFlags, *, several: bool, default: str = "text") -> None:
        if flags.quiet and flags.verbose:
            raise InvalidScenario(Mistake("--quiet", "", "shows less and --verbose shows more: give one of them"))
        look = style(flags.color, -1 if flags.quiet else flags.verbose)
        self._secrets = flags.show_secrets
        self._outputs: list[Output] = opened_outputs(flags.format, look, several=several, default=default)

    def show(self, item: Item) -> None:
        """Writes one item at once."""
        shown = item if self._secrets or not isinstance(item, Report) else conceal(item)
        for output in self._outputs:
            output.write(output.writer.add(shown))

    def __enter__(self) -> Self:
        for output in self._outputs:
            output.write(output.writer.begin())
        return self

    def __exit__(self, kind: type[BaseException] | None, e: BaseException | None, tb: TracebackType | None) -> None:
        for output in self._outputs:
            if kind is None:
                output.write(output.writer.end())
            output.close()
