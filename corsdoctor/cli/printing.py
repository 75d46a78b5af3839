"""Reports -> stdout and files, in each format asked for, as they are done."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from types import TracebackType
from typing import Self

from corsdoctor.cli.here import from_here
from corsdoctor.cli.inputs import is_input
from corsdoctor.cli.options import OutputFlags, style
from corsdoctor.cli.outputs import Output, added_to, opened_outputs
from corsdoctor.cli.telling import tell
from corsdoctor.errors import InvalidScenario, Mistake
from corsdoctor.report import Item, Report
from corsdoctor.reports.levels import levels
from corsdoctor.reports.secrets import conceal


def print_each(
    reports: Iterable[Report],
    flags: OutputFlags,
    *,
    several: bool,
    default: str | None = None,
    reads: Iterable[str] = (),
) -> set[str]:
    """Writes each report as it is done; returns what exit_status.status() must know: the levels that were seen.

    `reads` are the files that the command reads, "-" for standard input.
    """
    seen: set[str] = set()
    with Printer(flags, several=several, default=default, reads=reads) as printer:
        for report in reports:
            printer.show(report)
            seen |= levels(report)
    return seen


class Printer:
    """Writes each item that it is given, and what goes between, before and after them.

    `several` says that more than one may come; `default` is the format where none was asked for: None for text, or
    annotations in a workflow of GitHub. With `onto`, items in that format are added to the file of this name. `source`
    is the file that all items stand in, where they don't say it themselves. `reads` are the files that the command reads,
    "-" for standard input: InvalidScenario where a report would be written over one, or where X=FILE has no FILE.

    Where all formats go to files, a line on standard error says at the end what failed and how many; none with --quiet.
    """

    def __init__(
        self,
        flags: OutputFlags,
        *,
        several: bool,
        default: str | None = None,
        onto: str | None = None,
        source: str | None = None,
        reads: Iterable[str] = (),
    ) -> None:
        wrong = wrong_files(flags.format, tuple(reads))
        if wrong:
            raise InvalidScenario(*wrong)
        if flags.quiet and flags.verbose:
            raise InvalidScenario(Mistake("--quiet", "", "shows less and --verbose shows more: give one of them"))
        look = style(flags.color, -1 if flags.quiet else flags.verbose)
        self._secrets, self._source = flags.show_secrets, source
        self._outputs: list[Output] = (
            opened_outputs(flags.format, look, several=several, default=default)
            if onto is None
            else [added_to(onto, default or "text", look)]
        )
        self._summary = None
        if onto is None and not flags.quiet and all(output.file is not None for output in self._outputs):
            from corsdoctor.reports.summary import Summary  # what a report on stdout need not load

            self._summary = Summary()

    def show(self, item: Item) -> None:
        """Writes one item at once."""
        shown = item if self._secrets else conceal(item)
        source = shown.source if self._source is None else self._source
        if source is not None:
            shown = replace(shown, source=from_here(source))
        if self._summary is not None:
            self._summary.add(shown)
        for output in self._outputs:
            output.write(output.writer.add(shown))

    def left_out(self, cases: int) -> None:
        """Tells the writers that have a summary how many cases of a policy were not run to their end."""
        for output in self._outputs:
            told = getattr(output.writer, "left_out", None)
            if told is not None:
                told(cases)

    def write(self, texts: Iterable[str]) -> None:
        """Writes what a writer has made of items elsewhere, each whole or not at all; for one output only."""
        (output,) = self._outputs
        output.write(*texts)

    def __enter__(self) -> Self:
        for output in self._outputs:
            output.write(output.writer.begin())
        return self

    def __exit__(self, kind: type[BaseException] | None, e: BaseException | None, tb: TracebackType | None) -> None:
        for output in self._outputs:
            if kind is None:
                output.write(output.writer.end())
            output.close()
        if kind is None and self._summary is not None and (told := self._summary.line()):
            files = ", ".join(output.path for output in self._outputs)
            tell(f"{told}; more in {files}")


def wrong_files(formats: Iterable[str], reads: tuple[str, ...]) -> list[Mistake]:
    """What is wrong with the FILEs of --format X=FILE, of which none may be one of `reads`. No file is touched."""
    wrong = []
    for text in formats:
        _, equals, path = text.partition("=")
        if equals and not path:
            wrong.append(Mistake("--format", text, "the file's name is missing after the `=`"))
        elif equals and is_input(path, reads):
            wrong.append(Mistake("--format", text, "this file is the input; give another name"))
    return wrong
