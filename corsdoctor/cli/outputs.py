"""--format X, X=FILE: where each format goes."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, Final

import click

from corsdoctor.cli.whole_lines import write_whole
from corsdoctor.errors import InvalidScenario, Mistake, UnwritableOutput
from corsdoctor.reports import FORMATS
from corsdoctor.reports.writer import Style, Writer
from corsdoctor.wrong_input import nearest, shown, shown_path

_NOBODYS: Final = "-not-in-the-transcript."  # of the URL where a transcript has none


class Output:
    """A writer, and where its text goes: a file, or stdout if `file` is None."""

    def __init__(
        self, writer: Writer, color: bool, path: str = "", file: IO[str] | None = None, *, for_programs: bool = False
    ) -> None:
        self.writer, self.color, self.path, self.file = writer, color, path, file
        self._for_programs = for_programs

    def write(self, *texts: str) -> None:
        """Writes `texts`, each whole or not at all. Raises UnwritableOutput if the file cannot be written."""
        text = "".join(texts)
        if not text:
            return
        if _NOBODYS in text and not self._for_programs:
            from corsdoctor.captures.no_url import with_phrase  # what few reports need

            texts = (text := with_phrase(text),)
        if self.file is None:
            if sys.stdout is None or not write_whole(sys.stdout, *texts):
                click.echo(text, nl=False, color=self.color)
            return
        try:
            if not write_whole(self.file, *texts):  # a terminal
                self.file.write(text)
                self.file.flush()
        except BrokenPipeError:
            raise
        except OSError as e:
            raise UnwritableOutput(self.path, e.strerror or str(e)) from e

    def close(self) -> None:
        """Closes the file."""
        if self.file is not None:
            self.file.close()


def opened_outputs(
    formats: Sequence[str],
    look: Style,
    *,
    several: bool,
    default: str | None,
    commands: Writer | None,
    writers: Mapping[str, Callable[[Style, bool], Any]],
) -> list[Output]:
    """An output for each of `formats` (X, or X=FILE), opened; one for stdout if there are none.

    If `commands` is given, that is what is written to stdout, and each of `formats` needs a file.

    Raises InvalidScenario for an unknown format, for two that would both go to stdout or to the same file, and for a
    file that cannot be opened.
    """
    found: list[Mistake] = []
    outputs = [] if commands is None else [Output(commands, False)]
    targets = [_parsed(text, found) for text in formats]
    if commands is None:
        targets = targets or [(_chosen(default), "")]
    elif any(not path for _, path in targets):
        found.append(
            Mistake(
                "--print",
                "",
                "the commands and the report would both be written to standard output: use --format X=FILE",
            )
        )
    for name, path in targets:
        if sum(_same(path, other) for _, other in targets) > 1:
            found.append(
                Mistake(
                    "--format",
                    shown(name),
                    f"two reports would be written to {shown_path(path) or 'standard output'}: use X=FILE",
                )
            )
    if found:
        raise InvalidScenario(*dict.fromkeys(found))
    if sys.stdout is None and any(not path for _, path in targets):
        raise UnwritableOutput("standard output", "it is closed")
    for name, path in targets:
        plain = look._replace(color=look.color and not path)
        file = _opened(path, "--format", f"{name}={shown_path(path)}") if path else None
        for_programs = name in ("json", "jsonl")
        outputs.append(Output(writers[name](plain, several), plain.color, path, file, for_programs=for_programs))
    return outputs


def saved_to(path: str, others: Iterable[Output], *, show_secrets: bool) -> Output:
    """The HAR file of --save. Raises InvalidScenario if it is the file of one of `others`, or cannot be opened."""
    from corsdoctor.reports.har import Har  # what a run that saves nothing need not load

    if any(_same(path, other.path) for other in others):
        raise InvalidScenario(
            Mistake("--save", shown_path(path), "a report is written to this file; choose another name")
        )
    return Output(
        Har(show_secrets=show_secrets), False, path, _opened(path, "--save", shown_path(path)), for_programs=True
    )


def added_to(path: str, format_: str, look: Style) -> Output:
    """An output that appends to the file at `path`. Raises UnwritableOutput if it cannot be opened."""
    try:
        file = Path(path).open("a", encoding="utf-8", newline="\n")  # noqa: SIM115 (closed by Output)
    except OSError as e:
        raise UnwritableOutput(path, e.strerror or str(e)) from e
    return Output(FORMATS[format_](look._replace(color=False), True), False, path, file)


def _opened(path: str, option: str, value: str) -> IO[str]:
    try:
        return Path(path).open("w", encoding="utf-8", newline="\n")
    except OSError as e:
        raise InvalidScenario(Mistake(option, value, f"cannot write the file: {e.strerror}")) from e


def _parsed(text: str, found: list[Mistake]) -> tuple[str, str]:
    name, _, path = text.partition("=")
    if name not in FORMATS:
        found.append(Mistake("--format", shown(name), f"unknown format; {nearest(name, FORMATS)}"))
    return name, path


def _same(path: str, other: str) -> bool:
    """Whether two paths lead to the same file, whatever their names; "" is stdout."""
    if path == other or not path or not other:
        return path == other
    with suppress(OSError, ValueError):  # one of them does not exist yet
        return Path(path).samefile(other)
    with suppress(OSError, ValueError, RuntimeError):  # a loop of links, a NUL
        return Path(path).resolve() == Path(other).resolve()
    return False


def _chosen(default: str | None) -> str:
    """The default format: annotations in GitHub Actions, where the log is rarely read as text.

    Only where the command leaves it open: what writes a configuration or data writes the same everywhere.
    """
    if default is not None:
        return default
    to_terminal = sys.stdout is not None and sys.stdout.isatty()
    return "github" if os.environ.get("GITHUB_ACTIONS") == "true" and not to_terminal else "text"
