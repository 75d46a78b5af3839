"""Reports -> stdout and files, in each format asked for, as they are done."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from types import TracebackType
from typing import Self

from corsdoctor.cli.here import from_here
from corsdoctor.cli.options import OutputFlags, style
from corsdoctor.cli.outputs import Output, added_to, opened_outputs
from corsdoctor.errors import InvalidScenario, Mistake
from corsdoctor.reports import Item, Report
from corsdoctor.reports.levels import levels
from corsdoctor.reports.secrets import conceal


def print_each(reports: Iterable[Report], flags: OutputFlags, *, several: bool, default: str | None = None) -> set[str]:
    """Writes each report as it is done; returns what exit_status.status() must know: the levels that were seen."""
    seen: set[str] = set()
    with Printer(flags, several=several, default=default) as printer:
        for report in reports:
            printer.show(report)
            seen |= levels(report)
    return seen


class Printer:
    """Writes each item that it is given, and what goes between, before and after them.

    `several` says that more than one may come; `default` is the format where none was asked for: None for text, or
    annotations in a workflow of GitHub. With `onto`, items in that format are added to the file of this name. `source`
    is the file that all items stand in, where they don't say it themselves.
    """

    def __init__(
        self,
        flags: OutputFlags,
        *,
        several: bool,
        default: str | None = None,
        onto: str | None = None,
        source: str | None = None,
    ) -> None:
        if flags.quiet and flags.verbose:
            raise InvalidScenario(Mistake("--quiet", "", "shows less and --verbose shows more: give one of them"))
        look = style(flags.color, -1 if flags.quiet else flags.verbose)
        self._secrets, self._source = flags.show_secrets, source
        self._outputs: list[Output] = (
            opened_outputs(flags.format, look, several=several, default=default)
            if onto is None
            else [added_to(onto, default or "text", look)]
        )

    def show(self, item: Item) -> None:
        """Writes one item at once."""
        shown = item if self._secrets or not isinstance(item, Report) else conceal(item)
        source = shown.source if self._source is None else self._source
        if source is not None:
            shown = replace(shown, source=from_here(source))
        for output in self._outputs:
            output.write(output.writer.add(shown))

    def write(self, text: str) -> None:
        """Writes what a writer has made of an item elsewhere; for one output only."""
        (output,) = self._outputs
        output.write(text)

    def __enter__(self) -> Self:
        for output in self._outputs:
            output.write(output.writer.begin())
        return self

    def __exit__(self, kind: type[BaseException] | None, e: BaseException | None, tb: TracebackType | None) -> None:
        for output in self._outputs:
            if kind is None:
                output.write(output.writer.end())
            output.close()
