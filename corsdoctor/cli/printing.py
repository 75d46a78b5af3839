"""Writes reports to stdout and files, in each requested format, as they are ready."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Set
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from corsdoctor.cli.here import from_here
from corsdoctor.cli.inputs import is_input
from corsdoctor.cli.messages import print_message
from corsdoctor.cli.options import TransportFlags
from corsdoctor.cli.outputs import Output, added_to, opened_outputs, saved_to
from corsdoctor.cli.report_options import OutputFlags
from corsdoctor.cli.terminal import style
from corsdoctor.errors import InvalidScenario, Mistake
from corsdoctor.levels import Counts, levels
from corsdoctor.report import AuditReport, FlowReport, Item
from corsdoctor.reports import FORMATS
from corsdoctor.reports.secrets import mask_audit, mask_flow, mask_lint, mask_report
from corsdoctor.reports.writer import Signs
from corsdoctor.wrong_input import nearest, shown, shown_path

if TYPE_CHECKING:
    from corsdoctor.batch.rendered import Rendered
    from corsdoctor.captures.summary import Summary
    from corsdoctor.lint.found import Linted
    from corsdoctor.reports.writer import Style


class Printer:
    """Writes items, and what a format has between, before and after them.

    `several` says that there may be more than one; `default` is the format if none is given: None for text, or
    annotations in a workflow of GitHub. With `onto`, items in that format are appended to the file of this name.
    `source` is the file of all items that do not name one. `reads` are the files that the command reads, "-" for
    standard input. Raises InvalidScenario if a report would overwrite one of them, or if X=FILE has no FILE.

    With `only`, items that have none of these levels are counted but not written. With `summary`, or if all formats go
    to files, a final line on standard error has the number of items that were checked and that failed; none with --quiet.
    `transport` is how servers are reached, for the commands of --print and for diagrams. `writers` are the formats.
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
        only: Set[str] | None = None,
        summary: bool = False,
        transport: TransportFlags | None = None,
        writers: Mapping[str, Callable[[Style, bool], Any]] = FORMATS,
    ) -> None:
        reads = tuple(reads)
        wrong = [*wrong_files(flags.format, reads), *wrong_file("--save", flags.save, reads)]
        if wrong:
            raise InvalidScenario(*wrong)
        if flags.quiet and flags.verbose:
            raise InvalidScenario(Mistake("--quiet", "", "shows less and --verbose shows more: use one of them"))
        look = style(flags.color, -1 if flags.quiet else flags.verbose)._replace(
            diagram=Signs.ASCII if flags.ascii else Signs.UNICODE if flags.diagram else Signs.NONE,
            proxy="" if transport is None or transport.proxy is None else transport.proxy.rpartition("@")[2],
        )
        self._secrets, self._source, self._only = flags.show_secrets, source, only
        self.seen: set[str] = set()
        """The levels that the items have."""
        self._counts = Counts() if summary and not flags.quiet else None
        commands = None
        if flags.print_as is not None:
            from corsdoctor.cli.as_commands import AsCommands  # what a report need not load

            commands = AsCommands(flags.print_as, transport, show_secrets=flags.show_secrets)
        self._outputs: list[Output] = (
            opened_outputs(flags.format, look, several=several, default=default, commands=commands, writers=writers)
            if onto is None
            else [added_to(onto, default or "text", look)]
        )
        if flags.save is not None:
            try:
                self._outputs.append(saved_to(flags.save, self._outputs, show_secrets=flags.show_secrets))
            except InvalidScenario:
                for output in self._outputs:
                    output.close()
                raise
        self._summary = None
        if onto is None and not flags.quiet and all(output.file is not None for output in self._outputs):
            from corsdoctor.reports.summary import Summary  # what a report on stdout need not load

            self._summary = Summary()

    def show(self, item: Item | FlowReport | AuditReport) -> None:
        """Writes an item, a flow as one; a format that has no flows gets a report for each of its requests.

        An audit needs the writers of AUDIT_FORMATS; it is that of all its URLs, and `show_url` writes that of each.
        """
        wanted = self._wanted(levels(item))
        if isinstance(item, AuditReport):
            self._show_audit(item, each=False)
            return
        if isinstance(item, FlowReport):
            if wanted:
                self._show_flow(item if self._secrets else mask_flow(item))
            return
        if not wanted and self._summary is None:
            return
        shown = self._placed(item if self._secrets else mask_report(item))
        if self._summary is not None:
            self._summary.add(shown)
        for output in self._outputs if wanted else ():
            output.write(output.writer.add(shown))

    def show_each(self, items: Iterable[Item]) -> set[str]:
        """Writes each item as it is ready, and all that the formats have around them. Returns the levels that were seen."""
        with self:
            for item in items:
                self.show(item)
        return self.seen

    def _show_flow(self, flow: FlowReport) -> None:
        for output in self._outputs:
            add_flow = getattr(output.writer, "add_flow", None)
            if add_flow is not None:
                output.write(add_flow(flow))
            else:
                output.write(*(output.writer.add(self._placed(report)) for report in flow.reports()))

    def _placed(self, item: Item) -> Item:
        """The item with its file as seen from here."""
        source = item.source if self._source is None else self._source
        return item if source is None else item._replace(source=from_here(source))

    def show_url(self, report: AuditReport) -> None:
        """Writes the audit of one URL in the formats that have each URL for itself."""
        self._show_audit(report, each=True)

    def _show_audit(self, report: AuditReport, *, each: bool) -> None:
        outputs = [output for output in self._outputs if getattr(output.writer, "each_url", False) is each]
        shown = report if self._secrets or not outputs else mask_audit(report)
        for output in outputs:
            writer: Any = output.writer  # one of AUDIT_FORMATS
            output.write(writer.add_audit(shown))

    def show_lint(self, linted: Linted) -> None:
        """Writes what lint found in a file, in the formats of LINT_FORMATS."""
        shown = linted if self._secrets else mask_lint(linted)
        shown = shown._replace(file=from_here(shown.file))
        for output in self._outputs:
            writer: Any = output.writer  # not all writers have it
            output.write(writer.add_lint(shown))

    def add_not_run(self, cases: int) -> None:
        """Counts cases of a policy that did not finish, in the formats that have a summary."""
        for output in self._outputs:
            add_not_run = getattr(output.writer, "add_not_run", None)
            if add_not_run is not None:
                add_not_run(cases)

    def add_capture(self, found: Summary) -> None:
        """Writes what a capture holds beside the requests, in the formats that can."""
        for output in self._outputs:
            add_capture = getattr(output.writer, "add_capture", None)
            if add_capture is not None:
                output.write(add_capture(found))

    def write(self, lines: Iterable[Rendered]) -> None:
        """Writes items that were rendered elsewhere, each whole or not at all; for one output only."""
        (output,) = self._outputs
        output.write(*(line.text for line in lines if self._wanted(line.levels)))

    def _wanted(self, found: Collection[str]) -> bool:
        """Counts an item with these levels, and returns whether to write it."""
        self.seen.update(found)
        if self._counts is not None:
            self._counts.add(found)
        return self._only is None or not self._only.isdisjoint(found)

    def __enter__(self) -> Self:
        for output in self._outputs:
            output.write(output.writer.begin())
        return self

    def __exit__(self, kind: type[BaseException] | None, e: BaseException | None, tb: TracebackType | None) -> None:
        for output in self._outputs:
            if kind is None:
                output.write(output.writer.end())
            output.close()
        if kind is None and self._summary is not None and (line := self._summary.line()):
            files = ", ".join(shown_path(output.path) for output in self._outputs)
            print_message(f"{line}; more in {files}")
        elif kind is None and self._counts is not None and (line := str(self._counts)):
            print_message(line)


def unknown_formats(formats: Iterable[str], known: Collection[str], command: str) -> list[Mistake]:
    """A mistake for each of `formats`, as typed, that is not `known` to `command`."""
    names = [text.partition("=")[0] for text in formats]
    return [
        Mistake("--format", shown(name), f"{command} does not have this format; {nearest(name, known)}")
        for name in names
        if name not in known
    ]


def wrong_files(formats: Iterable[str], reads: tuple[str, ...]) -> list[Mistake]:
    """The mistakes in the FILEs of --format X=FILE, none of which may be one of `reads`. No file is touched."""
    wrong = []
    for text in formats:
        name, equals, path = text.partition("=")
        if equals and not path:
            wrong.append(Mistake("--format", shown(text), "the file's name is missing after the `=`"))
        elif equals:
            wrong += wrong_file("--format", path, reads, f"{name}=")
    return wrong


def wrong_file(option: str, path: str | None, reads: tuple[str, ...], before: str = "") -> list[Mistake]:
    """The mistake in the file `path` of an option, which must not be one of `reads`; `before` precedes it in the value."""
    if path is None or not is_input(path, reads):
        return []
    return [Mistake(option, f"{before}{shown_path(path)}", "this file is the input; choose another name")]
