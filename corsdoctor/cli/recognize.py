"""Recognizes the input of a user who named no command by its content, and finds the command for it.

`KINDS` is the whole list: for another kind of input, add an entry. Loaded only if no command is named.
"""

from __future__ import annotations

import io
import json
import os
import re
import select
import stat
import sys
from collections.abc import Callable, Sequence
from itertools import islice, takewhile
from pathlib import Path
from typing import Any, BinaryIO, Final, Literal, NamedTuple, cast

import click

from corsdoctor.cli import corsdoctor
from corsdoctor.cli.flow_recognition import SUFFIXES, is_flow
from corsdoctor.cli.guesses import COMMAND_GUESSES, UNKNOWN, meant_by_command, near_command
from corsdoctor.cli.messages import print_message
from corsdoctor.command_line import quoted
from corsdoctor.opening import opened
from corsdoctor.reading import shown, shown_path

Source = Literal["argument", "file", "input"]
SAMPLE: Final = 1 << 20
"""The number of bytes that are examined."""
_SECONDS: Final = 2.0  # seconds until a line reports what corsdoctor waits for
_LINES: Final = 20
_WORD: Final = re.compile(r"[a-z]+", re.IGNORECASE)
_URL: Final = re.compile(r"(?:https?|wss?)://\S+", re.IGNORECASE)
_HOST: Final = re.compile(r"(?:localhost|[\w-]+(?:\.[\w-]+)+|\[[0-9a-f:.]+\])(?::\d+)?(?:[/?#]\S*)?", re.IGNORECASE)
_FILE: Final = re.compile(r"[^\s'\"]+\.(?:log|txt|jsonl?|ndjson|har|html?|md|out|toml|ya?ml)")
_POLICY: Final = re.compile(
    r"^[ \t{]*(?:\[\[?[ \t]*)?[\"']?(?:base|origins|defaults|case|matrix|known)\b[\w.\"']*[ \t]*(?:\]|=|:)",
    re.MULTILINE,
)
_HAR: Final = re.compile(r'\s*(?:[\w.$]+\s*\(\s*)?\{\s*"log"\s*:\s*[{\[]')
_ARCHIVES: Final = ("\x1f\ufffd", "PK\x03\x04")  # as _decoded() shows the start of what gzip and ZIP write


class Given(NamedTuple):
    """The start of the input, and its source: an argument, the file `name`, or standard input."""

    source: Source
    text: str
    name: str = ""


class Kind(NamedTuple):
    """One kind of input, with its commands by source. A command with a `<` is shown, but never run."""

    what: str
    recognizes: Callable[[Given], bool]
    commands: dict[Source, tuple[str, ...]]


def _is_rule(given: Given) -> bool:
    from corsdoctor.catalogue import RULES

    return any(given.text == rule.id for rule in RULES)


def is_har(text: str) -> bool:
    """Whether a text, decoded as UTF-8 with replacements, begins as a HAR does, or as an archive, which may hold one."""
    return _HAR.match(text) is not None or text.startswith(_ARCHIVES)


def _is_har(given: Given) -> bool:
    return is_har(given.text)


def _is_transcript(given: Given) -> bool:
    from corsdoctor.captures.transcript import is_transcript  # what another input need not load

    return given.source != "argument" and not _is_har(given) and is_transcript(given.text)


def _is_policy(given: Given) -> bool:
    named = given.source == "input" or Path(given.name).suffix.lower() in SUFFIXES
    return named and not _is_batch(given) and not _is_har(given) and bool(_POLICY.search(given.text))


def _is_flow(given: Given) -> bool:
    named = given.source == "input" or Path(given.name).suffix.lower() in SUFFIXES
    return named and is_flow(given.text)


def _is_batch(given: Given) -> bool:
    try:
        first = json.loads(next(iter(_lines(given.text)), ""))
    except ValueError:
        return False
    return isinstance(first, dict) and "url" in first


def _is_urls(given: Given) -> bool:
    lines = _lines(given.text)
    if given.source == "argument" and len(lines) == 1 and _HOST.fullmatch(lines[0]) and not _FILE.fullmatch(lines[0]):
        return True
    return bool(lines) and all(_URL.fullmatch(line) for line in lines)


def _is_command(given: Given) -> bool:
    return _request_language(given) not in ("JavaScript", None)


def _is_script(given: Given) -> bool:
    return _request_language(given) == "JavaScript"


def _request_language(given: Given) -> str | None:
    """The language in which a text begins with a request. A transcript and a log have other commands."""
    from corsdoctor.captures.commands.language import leading_language

    if _is_transcript(given) or _is_har(given):
        return None
    language = leading_language(given.text)
    return None if language is None or _has_messages(given) else language


def _has_messages(given: Given) -> bool:
    from corsdoctor.console.stream import messages

    long = len(given.text) >= SAMPLE and not _is_transcript(given)
    return not _is_har(given) and (long or any(True for _ in messages([given.text])))


KINDS: Final = (
    Kind("the id of a rule", _is_rule, {"argument": ("explain RULE",)}),
    Kind("a HAR", _is_har, {"file": ("replay FILE",), "input": ("replay -",)}),
    Kind("a transcript of HTTP messages", _is_transcript, {"file": ("replay FILE",), "input": ("replay -",)}),
    Kind("a flow", _is_flow, {"file": ("flow FILE",), "input": ("flow -",)}),
    Kind("a policy", _is_policy, {"file": ("test FILE",)}),
    Kind("requests, one JSON object per line", _is_batch, {"file": ("batch FILE",), "input": ("batch -",)}),
    Kind(
        "a command that makes a request",
        _is_command,
        {"argument": ("check --from-curl TEXT",), "file": ("check --from FILE",), "input": ("check --from -",)},
    ),
    Kind(
        "a script that makes a request",
        _is_script,
        {"argument": ("check --from-fetch TEXT",), "file": ("check --from FILE",), "input": ("check --from -",)},
    ),
    Kind(
        "a URL",
        _is_urls,
        {"argument": ("check URL",), "file": ("check - < FILE", "batch FILE"), "input": ("check -",)},
    ),
    Kind(
        "console messages",
        _has_messages,
        {"argument": ("explain TEXT",), "file": ("explain FILE",), "input": ("explain -",)},
    ),
)


def with_command(args: Sequence[str], ctx: click.Context) -> list[str]:
    """`args` with the missing command, which is named on standard error; unchanged if they contain no input.

    Raises UsageError if the input is of no known kind, or of several.
    """
    if args and args[0].lstrip("-").lower() in COMMAND_GUESSES:
        return list(args)
    words = list(takewhile(lambda arg: arg == "-" or not arg.startswith("-"), args))
    if args and not words:
        words = _words(args, ctx)
    if len(words) == 1 and _WORD.fullmatch(words[0]) and near_command(words[0]) is not None:
        return list(args)
    given = _given(words, quiet=ctx.resilient_parsing)
    if given is None:
        return list(args)
    found = [kind for kind in KINDS if kind.recognizes(given)]
    ways = [way for kind in found for way in kind.commands.get(given.source, ())]
    if ctx.resilient_parsing:
        return [ways[0].split()[0], *args] if len(ways) == 1 else list(args)
    subject = {"argument": "the argument", "file": shown_path(given.name), "input": "standard input"}[given.source]
    name = quoted([given.name])
    what = " and ".join(kind.what for kind in found if not ways or given.source in kind.commands)
    if len(words) > 1 and any("--from" in way for way in ways):
        raise click.UsageError("put the whole command of the other tool in one pair of quotes", ctx)
    if len(ways) == 1:
        command = ways[0].replace("FILE", name)
        print_message(
            f"running 'corsdoctor {command}', because {subject} contains {what}; in scripts, name the command"
        )
        rest = ["-"] if given.source == "input" and "-" not in words else []
        found_command, *options = [word for word in ways[0].split() if word.startswith("--") or word.islower()]
        whole = [*args, *rest]
        at = whole.index(words[0] if words else "-")
        return [found_command, *whole[:at], *options, *whole[at:]]
    if ways:
        choices = " or ".join(f"'corsdoctor {way}'".replace("FILE", name) for way in ways)
        raise click.UsageError(f"{subject} contains {what}: run {choices}", ctx)
    if found:
        way = found[0].commands["file"][0]
        raise click.UsageError(f"{subject} contains {what}: save it as a file, and run 'corsdoctor {way}'", ctx)
    if given.source == "argument":
        raise click.UsageError(_unknown(words, is_command=words[0] == args[0]), ctx)
    kinds = ", ".join(kind.what for kind in KINDS if given.source in kind.commands)
    raise click.UsageError(f"{subject} contains none of these: {kinds}", ctx)


def _words(args: Sequence[str], ctx: click.Context) -> list[str]:
    """The arguments behind options, as `check` would take them."""
    check = corsdoctor.get_command(ctx, "check")
    assert check is not None
    inner = click.Context(check, ctx, "check", ignore_unknown_options=True, resilient_parsing=True)
    options, _, _ = check.make_parser(inner).parse_args(list(args))
    words = options.get("urls")
    words = words if isinstance(words, tuple) else ()  # click has a sentinel for none
    return [word for word in words if word == "-" or not word.startswith("-")]


def _given(words: Sequence[str], *, quiet: bool) -> Given | None:
    """The start of the input, None if there is none. With `quiet`, standard input is not read."""
    message = Given("argument", " ".join(words))
    if len(words) > 1:
        return message if _has_messages(message) else Given("argument", "\n".join(words))
    if words and words != ["-"]:
        return _file(words[0]) or message
    if quiet:
        return None
    text = _sampled_input(wanted=bool(words))
    return Given("input", text) if text.strip() else None


def _file(path: str) -> Given | None:
    """The start of the file at `path`; None if there is none."""
    try:
        found = os.stat(path)  # noqa: PTH116 (a message is too long for a path, which pathlib does not expect)
        if stat.S_ISFIFO(found.st_mode):
            raise click.UsageError(f"{path} is a pipe, which can be read only once: name the command, such as explain")
        if stat.S_ISDIR(found.st_mode):
            return None
        with opened(path) as stream:
            return Given("file", _decoded(stream.read(SAMPLE)), path)
    except (OSError, ValueError):
        return None


def _sampled_input(*, wanted: bool) -> str:
    """The start of standard input, which is still read from its start later; "" on a terminal unless `wanted`."""
    if sys.stdin is None or (sys.stdin.isatty() and not wanted):
        return ""
    try:
        mode = os.fstat(sys.stdin.fileno()).st_mode
    except (OSError, ValueError):  # a stand-in for stdin
        mode = stat.S_IFIFO
    if not (wanted or stat.S_ISFIFO(mode) or stat.S_ISREG(mode)):
        return ""
    try:
        with opened("-") as stream:
            if stat.S_ISREG(mode):
                start = stream.tell()
                sample = stream.read(SAMPLE)
                stream.seek(start)
                return _decoded(sample)
            _tell_of_waiting(stream)
            sample = stream.read(SAMPLE)
            chained = io.BufferedReader(cast("Any", _Chained(sample, sys.stdin.buffer)))
            sys.stdin = io.TextIOWrapper(chained, encoding="utf-8", errors="surrogateescape")
            return _decoded(sample)
    except OSError:
        return ""


def _tell_of_waiting(stream: BinaryIO) -> None:
    """Prints that standard input is still empty, on systems that can tell."""
    try:
        if not select.select([stream], [], [], _SECONDS)[0]:
            print_message(
                "waiting for standard input: console messages or URLs; 'corsdoctor --help' shows the commands"
            )
    except (OSError, ValueError, TypeError):  # a stand-in, or Windows
        return


class _Chained(io.RawIOBase):
    """Standard input from its start: first the bytes that were read already, then the others."""

    def __init__(self, sample: bytes, rest: Any) -> None:
        self._sample, self._rest = sample, rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        data = self._sample[: len(buffer)] or self._rest.read1(len(buffer))
        self._sample = self._sample[len(buffer) :]
        buffer[: len(data)] = data
        return len(data)


def _decoded(data: bytes) -> str:
    """The text of a sample, in which only what is recognized matters."""
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    return data.decode(encoding, "replace")


def _lines(text: str) -> list[str]:
    """The first lines of `text` that are neither empty nor a comment."""
    lines = (line.strip() for line in text.splitlines())
    return list(islice((line for line in lines if line and not line.startswith("#")), _LINES))


def _unknown(words: Sequence[str], *, is_command: bool) -> str:
    """What is wrong with words that are of no known kind; the first stands where a command would, or behind an option."""
    if len(words) > 1 and not _WORD.fullmatch(words[0]):
        return "give either URLs, or one file, or one message in quotes"
    if _FILE.fullmatch(words[0]):
        return f"there is no file {shown(words[0])!r}"
    return meant_by_command(words[0]) if is_command else UNKNOWN
