"""The input of a batch, recognized by its content: lines, a capture, or commands of other tools. Each becomes lines."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, BinaryIO, Final

from corsdoctor.batch.line import Line, lines
from corsdoctor.cli.kinds_of_input import is_har
from corsdoctor.errors import UnreadableInput
from corsdoctor.scenario import Scenario

_LINES: Final = re.compile(r'\s*(?:[{\["#]|[a-z][a-z0-9+.-]*:|\Z)', re.I)
_SAMPLE: Final = 4096
_MOST_COMMANDS: Final = 16_000_000  # bytes


def lines_of(stream: BinaryIO, path: str) -> Iterator[Line]:
    """The lines of `stream`, or a line for each request of the capture or of the commands that it holds.

    Raises UnreadableInput, with the name `path`, for a capture or for commands that cannot be read.
    """
    peek = getattr(stream, "peek", None)  # a stand-in for stdin has none
    first: bytes = peek(_SAMPLE)[:_SAMPLE] if peek is not None else b""
    text = first.decode("utf-8", "replace").removeprefix("\ufeff")
    if is_har(text):
        return _of_capture(stream, path)
    if _LINES.match(text):
        return lines(stream)
    from corsdoctor.captures.commands.language import leading_language  # what a file of URLs need not load
    from corsdoctor.captures.transcript_recognition import is_transcript

    if is_transcript(text):
        return _of_capture(stream, path)
    return lines(stream) if leading_language(text) is None else _of_commands(stream, path)


def _of_capture(stream: BinaryIO, path: str) -> Iterator[Line]:
    """A line for each request that CORS concerns; its `id` is the number of its entry."""
    from corsdoctor.browsers import STANDARD
    from corsdoctor.capture_file import decoded_capture, read_capture
    from corsdoctor.captures.group import UNKNOWN_ORIGIN, grouped
    from corsdoctor.captures.har import NotHar
    from corsdoctor.captures.judge import judge
    from corsdoctor.captures.live import again, lacking
    from corsdoctor.captures.no_url import NO_URL

    try:
        with decoded_capture(stream) as chunks:
            har = read_capture(chunks, bodies=True)
    except NotHar as error:
        raise UnreadableInput(path, str(error)) from None
    for number, captured in enumerate(grouped(har), 1):
        mode = judge(captured, har, None, (STANDARD,)).mode
        scenario = again(captured, STANDARD, mode)
        lacks = lacking(captured, scenario)
        wrong = None if lacks is None else f"{lacks}; corsdoctor replay --live sends its preflight request alone"
        if captured.url == NO_URL:
            wrong = "the transcript does not show the URL of this request; corsdoctor replay judges its response"
        yield _line(number, captured.entry, scenario, wrong, scenario.origin != UNKNOWN_ORIGIN)
    for broken in har.unreadable:
        if broken.entry is None:
            raise UnreadableInput(path, broken.reason)
        yield Line(
            broken.entry + 1, json.dumps({"id": broken.entry}).encode(), wrong=f"entry {broken.entry}: {broken.reason}"
        )


def _of_commands(stream: BinaryIO, path: str) -> Iterator[Line]:
    """A line for each request of the commands. No file that they name is read."""
    from corsdoctor.captures.commands.read import requests
    from corsdoctor.captures.commands.scenario import fields_of
    from corsdoctor.url import OPAQUE, parse_origin

    data = stream.read(_MOST_COMMANDS + 1)
    if len(data) > _MOST_COMMANDS:
        raise UnreadableInput(path, f"commands may have at most {_MOST_COMMANDS // 1_000_000} MB")
    for number, parsed in enumerate(requests(data.decode("utf-8-sig", "replace"), lambda _: None), 1):
        origin = None if parsed.origin is None else parse_origin(parsed.origin)
        scenario = Scenario(parsed.url or "", origin or OPAQUE, **fields_of(parsed))
        wrong = parsed.error
        if wrong is None and parsed.reads:
            wrong = f"the command names the file {parsed.reads[0]}, which is not read"
        yield _line(number, number, scenario, wrong, origin is not None)


def _line(number: int, id: int, scenario: Scenario, wrong: str | None, has_origin: bool) -> Line:
    """The line of a batch that asks for `scenario`, or that says why it cannot be asked for."""
    told: dict[str, Any] = {
        "id": id,
        "url": scenario.url,
        "origin": str(scenario.origin) if has_origin else None,
        "method": scenario.method,
        "headers": [[name, _text(value)] for name, value in scenario.headers],
        "credentials": scenario.credentials,
        "mode": scenario.mode,
        "redirect": scenario.redirect,
        "api": scenario.api,
        "preload_as": scenario.preload_as,
        "upload_listener": scenario.upload_listener,
        "cookie": None if scenario.cookie is None else _text(scenario.cookie),
        "user_agent": scenario.user_agent,
    }
    if scenario.body is not None:
        try:
            told["body"] = scenario.body.decode()
        except UnicodeDecodeError:
            wrong = wrong or "the body is not text"
    given = {name: value for name, value in told.items() if value is not None}
    return Line(number, json.dumps(given).encode(), wrong=wrong or "")


def _text(value: str) -> str:
    """A header's value, of which a batch line has the text and not the bytes."""
    try:
        return value.encode("latin-1").decode()
    except UnicodeDecodeError:
        return value
