"""Writes the man pages from the commands: `python -m man.generate`, at the root of the checkout.

All words come from the commands' own help, so that they stand once. A paragraph of a command's help becomes part of
DESCRIPTION, or of EXAMPLES where it is verbatim (marked with \\b), or EXIT STATUS where it starts so.
(click-man finds no commands in a group that loads them late, and knows neither headings of options nor verbatim text.)
No page holds a date: the same commands make the same bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import click

from corsdoctor.cli import COMMANDS, corsdoctor
from corsdoctor.cli.command import OTHER, paragraphs, variables
from corsdoctor.cli.exit_status import ExitStatus
from corsdoctor.version import __version__

HERE: Final = Path(__file__).parent
WIDTH: Final = 72  # columns for an example, which is indented by 7 in a terminal of 80
BREAK: Final = r"|\:"  # a line may end after it
STATUSES: Final[dict[int, str]] = {
    ExitStatus.OK: "done",
    ExitStatus.USAGE: "wrong usage",
    ExitStatus.INTERNAL: "internal error",
    ExitStatus.HUNG_UP: "ended by SIGHUP; batch and test report what is finished",
    ExitStatus.INTERRUPTED: "interrupted by Ctrl-C",
    ExitStatus.BROKEN_PIPE: "standard output was closed",
    ExitStatus.TERMINATED: "ended by SIGTERM; batch and test report what is finished",
}
"""What an exit status means if the command's help does not say it."""

COLORS: Final = (
    ("NO_COLOR", "If it is not empty, no colors are used, unless --color is set."),
    ("FORCE_COLOR", "If it is not empty, colors are used without a terminal too, unless NO_COLOR is set."),
    ("COLUMNS", "The width of the report, instead of the terminal's."),
)
DEBUG: Final = ("CORSDOCTOR_DEBUG", "With 1, an internal error shows where it happened.")
STANDARD: Final = "The Fetch Standard: https://fetch.spec.whatwg.org/"
_CHARACTERS: Final = {
    "\\": r"\e", "-": r"\-", "'": r"\(aq", '"': r"\(dq", "`": r"\(ga", "^": r"\(ha", "~": r"\(ti",
}  # fmt: skip


def pages() -> dict[str, str]:
    """Every page by its file's name."""
    context = click.Context(corsdoctor, info_name="corsdoctor", **corsdoctor.context_settings)
    made = {"corsdoctor.1": _page(corsdoctor, context)}
    for name in COMMANDS:
        command = corsdoctor.get_command(context, name)
        assert command is not None
        made[f"corsdoctor-{name}.1"] = _page(command, click.Context(command, context, name))
    return made


def escape(text: str) -> str:
    """`text` such that roff prints it as it is, and a reader can copy it."""
    escaped = "".join(_CHARACTERS.get(c, c) for c in text)
    return rf"\&{escaped}" if escaped.startswith(".") else escaped


def bold(text: str) -> str:
    """`text` in bold, to be typed as it is."""
    return rf"\fB{escape(text)}\fR"


def italic(text: str) -> str:
    """`text` in italics, to be replaced."""
    return rf"\fI{escape(text)}\fR"


def fold(line: str) -> list[str]:
    """A shell command in lines of at most WIDTH columns where that can be: broken before options, each break marked."""
    words = re.findall(r"""(?:'[^']*'|"[^"]*"|\S)+""", line)
    parts: list[str] = []
    for word in words:
        if parts and not word.startswith("-"):
            parts[-1] += f" {word}"
        else:
            parts.append(word)
    if len(line) <= WIDTH:
        return [line]
    lines = [parts[0]]
    for part in parts[1:]:
        if len(f"{lines[-1]} {part} \\") <= WIDTH:
            lines[-1] += f" {part}"
        else:
            lines[-1] += " \\"
            lines.append(f"  {part}")
    return lines


def _page(command: click.Command, context: click.Context) -> str:
    path, name = context.command_path, context.command_path.replace(" ", "-")
    is_group = context.parent is None
    written = paragraphs(command)
    examples = [p.partition("\n")[2] for p in written if p.startswith("\b")]
    statuses = [p for p in (*written, command.epilog or "") if p.startswith("Exit status:")]
    description = [p for p in written if not p.startswith(("\b", "Exit status:"))]
    listed, remark = _statuses(" ".join(statuses))
    if is_group and remark:
        description.append(remark)
        remark = ""
    short = _one_line(description[0]) if is_group else COMMANDS[context.info_name or ""]
    lines = [
        r".\" Made by man/generate.py from the command's help: change that, then run python -m man.generate",
        f'.TH {escape(name.upper())} 1 "" "corsdoctor {escape(__version__)}" "User Commands"',
        ".nh",
        ".ad l",
        ".SH NAME",
        rf"{escape(name)} \- {escape(short[0].lower() + short[1:].rstrip('.'))}",
        ".SH SYNOPSIS",
        _synopsis(command, path),
        ".SH DESCRIPTION",
        *_separated(description),
        *(_commands() if is_group else ()),
        ".SH OPTIONS",
        *_options(command, context),
        ".SH EXIT STATUS",
        *_definitions((str(int(status)), _sentence(text)) for status, text in sorted(listed.items())),
        *([".PP", *_prose(remark)] if remark else []),
        ".SH ENVIRONMENT",
        *_environment(command),
        ".SH EXAMPLES",
        *_examples(examples or [path]),
        ".SH SEE ALSO",
        *_see_also(name),
    ]
    return "\n".join(lines) + "\n"


def _synopsis(command: click.Command, path: str) -> str:
    if isinstance(command, click.Group):
        return f"{bold(path)} {italic('COMMAND')} [{italic('OPTIONS')}] [{italic('ARGUMENTS')}]"
    arguments = [p.metavar or (p.name or "").upper() for p in command.params if isinstance(p, click.Argument)]
    return " ".join([bold(path), f"[{italic('OPTIONS')}]", *map(italic, arguments)])


def _commands() -> Iterator[str]:
    yield ".SH COMMANDS"
    for name, text in COMMANDS.items():
        yield from (".TP", f"{bold(f'corsdoctor-{name}')}(1)", *_prose(text))


def _options(command: click.Command, context: click.Context) -> Iterator[str]:
    sections: dict[str, list[click.Option]] = {}
    for param in command.get_params(context):
        if isinstance(param, click.Option) and not param.hidden:
            sections.setdefault(getattr(param, "section", OTHER), []).append(param)
    for title, found in sorted(sections.items(), key=lambda section: section[0] == OTHER):
        if len(sections) > 1:
            yield f".SS {escape(title)}"
        for option in found:
            yield from (".TP", _term(option), *_prose(option.help or ""))
            yield from _prose(_limits(option))


def _term(option: click.Option) -> str:
    """The names of an option and what follows them."""
    names = ", ".join(bold(name) for name in sorted(option.opts, key=lambda name: name.startswith("--")))
    if option.is_flag or option.count:
        return names
    if option.metavar is None and isinstance(option.type, click.Choice):
        return f"{names} {BREAK.join(bold(str(choice)) for choice in option.type.choices)}"
    metavar = option.metavar or ("N" if isinstance(option.type, click.IntRange) else option.type.name.upper())
    return f"{names} {italic(metavar)}"


def _limits(option: click.Option) -> str:
    said = []
    if isinstance(option.type, click.IntRange) and not option.count:
        said.append(f"From {option.type.min} to {option.type.max}.")
    if option.show_default:
        said.append(f"The default is {option.default}.")
    return " ".join(said)


def _statuses(text: str) -> tuple[dict[int, str], str]:
    """The statuses that "Exit status: 0 this; 1 that. A remark." names and the common ones, and the remark."""
    sentence, _, remark = _one_line(text).removeprefix("Exit status:").strip().partition(". ")
    own = (entry.partition(" ") for entry in re.split(r"[;,] (?=\d+ )", sentence.rstrip(".")) if entry)
    return {**STATUSES, **{int(number): meaning for number, _, meaning in own}}, remark


def _environment(command: click.Command) -> Iterator[str]:
    names = {param.name for param in command.params}
    if isinstance(command, click.Group) or any(param.envvar for param in command.params):
        yield from _prose(variables(command))
    yield from _definitions([*(COLORS if "color" in names or isinstance(command, click.Group) else ()), DEBUG])


def _examples(examples: Iterable[str]) -> Iterator[str]:
    for number, example in enumerate(examples):
        if number:
            yield ".PP"
        yield ".EX"
        for line in example.rstrip().splitlines():
            yield from map(escape, fold(line.rstrip()))
        yield from (".EE", ".nh")  # the first brings hyphenation back


def _see_also(name: str) -> Iterator[str]:
    others = [other for other in ("corsdoctor", *(f"corsdoctor-{c}" for c in COMMANDS)) if other != name]
    yield ",\n".join(f"{bold(other)}(1)" for other in others)
    yield from (".PP", *_prose(STANDARD))


def _definitions(pairs: Iterable[tuple[str, str]]) -> Iterator[str]:
    for term, text in pairs:
        yield from (".TP", bold(term), *_prose(text))


def _separated(paragraphs: Iterable[str]) -> Iterator[str]:
    for number, paragraph in enumerate(paragraphs):
        if number:
            yield ".PP"
        yield from _prose(paragraph)


def _prose(text: str) -> list[str]:
    """One line for each sentence, with the options in it in bold."""
    sentences = re.sub(r"(?<=[.;:!?]) (?=[A-Z])", "\n", _one_line(text)).splitlines()
    return [re.sub(r"(?<![\w\-])\\-\\-[a-z](?:[a-z]|\\-)*", r"\\fB\g<0>\\fR", escape(line)) for line in sentences]


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."


def _one_line(text: str) -> str:
    return " ".join(text.split())


def write() -> None:
    """Writes all pages, and deletes those of commands that are gone."""
    made = pages()
    for path in HERE.glob("*.1"):
        if path.name not in made:
            path.unlink()
    for name, text in made.items():
        (HERE / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write()
