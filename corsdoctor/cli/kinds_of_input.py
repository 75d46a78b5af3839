"""The kinds of input that need no command, each with how it is recognized and its commands.

`KINDS` is the whole list: for another kind of input, add an entry.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Final, Literal

from corsdoctor.cli.flow_recognition import SUFFIXES, is_flow
from corsdoctor.record import Record

Source = Literal["argument", "file", "input"]
SAMPLE: Final = 1 << 20
"""The number of bytes that are examined."""
_LINES: Final = 20
_URL: Final = re.compile(r"(?:https?|wss?)://\S+", re.IGNORECASE)
_HOST: Final = re.compile(r"(?:localhost|[\w-]+(?:\.[\w-]+)+|\[[0-9a-f:.]+\])(?::\d+)?(?:[/?#]\S*)?", re.IGNORECASE)
FILE_NAME: Final = re.compile(r"[^\s'\"]+\.(?:log|txt|jsonl?|ndjson|har|html?|md|out|toml|ya?ml|conf|nginx|go|rb)")
_POLICY: Final = re.compile(
    r"^[ \t{]*(?:\[\[?[ \t]*)?[\"']?(?:base|origins|defaults|case|matrix|known)\b[\w.\"']*[ \t]*(?:\]|=|:)",
    re.MULTILINE,
)
_HAR: Final = re.compile(r'\s*(?:[\w.$]+\s*\(\s*)?\{\s*"log"\s*:\s*[{\[]')
_ARCHIVES: Final = ("\x1f\ufffd", "PK\x03\x04")  # as a sample shows the start of what gzip and ZIP write
_FOR_LINT: Final = (".conf", ".nginx", ".py", ".go", ".rb", ".ru")


class Given(Record):
    """The start of the input, and its source: an argument, the file `name`, or standard input."""

    source: Source
    text: str
    name: str = ""


class Way(Record):
    """A command that takes an input, by `option` if it has one for this kind; `subject` stands for the input."""

    command: str
    subject: str
    option: str | None = None

    def written(self, name: str) -> str:
        """The whole command for the file that is called `name` in a shell."""
        words = (self.command, self.option, self.subject.replace("FILE", name))
        return " ".join(word for word in words if word is not None)


class Kind(Record):
    """One kind of input, with its commands by source."""

    what: str
    recognizes: Callable[[Given], bool]
    commands: dict[Source, tuple[Way, ...]]


def _is_rule(given: Given) -> bool:
    from corsdoctor.catalogue import RULES

    return any(given.text == rule.id for rule in RULES)


def is_har(text: str) -> bool:
    """Whether a text, decoded as UTF-8 with replacements, begins as a HAR does, or as an archive, which may hold one."""
    return _HAR.match(text) is not None or text.startswith(_ARCHIVES)


def _is_har(given: Given) -> bool:
    return is_har(given.text)


def _is_transcript(given: Given) -> bool:
    from corsdoctor.captures.transcript_recognition import is_transcript  # what another input need not load

    return given.source != "argument" and not _is_har(given) and is_transcript(given.text)


def _is_policy(given: Given) -> bool:
    named = given.source == "input" or Path(given.name).suffix.lower() in SUFFIXES
    return named and not _is_batch(given) and not _is_har(given) and bool(_POLICY.search(given.text))


def _is_flow(given: Given) -> bool:
    named = given.source == "input" or Path(given.name).suffix.lower() in SUFFIXES
    return named and is_flow(given.text)


def _is_for_lint(given: Given) -> bool:
    """Whether a file is configuration of nginx, or a program in Python, Go or Ruby. One in JavaScript may hold requests."""
    if given.source != "file" or Path(given.name).suffix.lower() not in _FOR_LINT:
        return False
    from corsdoctor.lint_file import language_of  # what other input need not load

    return language_of(given.name, given.text) is not None


def _is_batch(given: Given) -> bool:
    try:
        first = json.loads(next(iter(_lines(given.text)), ""))
    except ValueError:
        return False
    return isinstance(first, dict) and "url" in first


def _is_urls(given: Given) -> bool:
    lines = _lines(given.text)
    if (
        given.source == "argument"
        and len(lines) == 1
        and _HOST.fullmatch(lines[0])
        and not FILE_NAME.fullmatch(lines[0])
    ):
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
    return None if language is None or has_messages(given) else language


def has_messages(given: Given) -> bool:
    from corsdoctor.console.stream import messages

    long = len(given.text) >= SAMPLE and not _is_transcript(given)
    return not _is_har(given) and (long or any(True for _ in messages([given.text])))


BY_URL: Final = Way("check", "URL")
KINDS: Final = (
    Kind("the id of a rule", _is_rule, {"argument": (Way("explain", "RULE"),)}),
    Kind("a HAR", _is_har, {"file": (Way("replay", "FILE"),), "input": (Way("replay", "-"),)}),
    Kind(
        "a transcript of HTTP messages",
        _is_transcript,
        {"file": (Way("replay", "FILE"),), "input": (Way("replay", "-"),)},
    ),
    Kind("a flow", _is_flow, {"file": (Way("flow", "FILE"),), "input": (Way("flow", "-"),)}),
    Kind("configuration or source", _is_for_lint, {"file": (Way("lint", "FILE"),)}),
    Kind("a policy", _is_policy, {"file": (Way("test", "FILE"),)}),
    Kind(
        "requests, one JSON object per line",
        _is_batch,
        {"file": (Way("batch", "FILE"),), "input": (Way("batch", "-"),)},
    ),
    Kind(
        "a command that makes a request",
        _is_command,
        {
            "argument": (Way("check", "TEXT", "--from-curl"),),
            "file": (Way("check", "FILE", "--from"),),
            "input": (Way("check", "-", "--from"),),
        },
    ),
    Kind(
        "a script that makes a request",
        _is_script,
        {
            "argument": (Way("check", "TEXT", "--from-fetch"),),
            "file": (Way("check", "FILE", "--from"),),
            "input": (Way("check", "-", "--from"),),
        },
    ),
    Kind(
        "a URL",
        _is_urls,
        {
            "argument": (BY_URL,),
            "file": (Way("check", "- < FILE"), Way("batch", "FILE")),
            "input": (Way("check", "-"),),
        },
    ),
    Kind(
        "console messages",
        has_messages,
        {"argument": (Way("explain", "TEXT"),), "file": (Way("explain", "FILE"),), "input": (Way("explain", "-"),)},
    ),
)


def _lines(text: str) -> list[str]:
    """The first lines of `text` that are neither empty nor a comment."""
    lines = (line.strip() for line in text.splitlines())
    return list(islice((line for line in lines if line and not line.startswith("#")), _LINES))
