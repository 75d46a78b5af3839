"""The requests in a text, whatever tool it is for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from corsdoctor.captures.commands import curl, httpie, wget
from corsdoctor.captures.commands.language import Language, language_of
from corsdoctor.captures.commands.origin import completed
from corsdoctor.captures.commands.parsed import NotUnderstood, Parsed, ReadFile
from corsdoctor.captures.commands.words import Call, name_of

_HALF_PAIR: Final = re.compile("[\ud800-\udc7f\udd00-\udfff]")
"""Surrogates that stand for no byte; the others are bytes that are not UTF-8."""
_NOTHING: Final = (
    "the text has no request: no command of curl, wget, HTTPie or PowerShell, and no call of fetch(), XMLHttpRequest, "
    "EventSource, WebSocket, sendBeacon(), axios or jQuery"
)


def requests(text: str, read: ReadFile, language: Language | None = None) -> list[Parsed]:
    """The requests in order, at least one: what cannot be read is one with an error.

    `read` reads the files that the text names. `language` is the text's if it is known.
    """
    found: list[Parsed] = []
    text = _HALF_PAIR.sub("\ufffd", text.removeprefix("\ufeff"))
    try:
        found += _requests(text, read, language or language_of(text) or Language.BASH)
    except NotUnderstood as error:
        line = 1 if error.spot is None else error.spot.line
        return [*found, Parsed(line, error=str(error), spot=error.spot)]
    except RecursionError:
        return [*found, Parsed(1, error="the text is nested too deeply")]
    if not found:
        return [Parsed(1, error=_NOTHING)]
    return found


def _requests(text: str, read: ReadFile, language: Language) -> Iterator[Parsed]:
    match language:
        case Language.JAVASCRIPT:
            from corsdoctor.captures.commands import javascript

            yield from javascript.requests(text)
        case Language.POWERSHELL:
            from corsdoctor.captures.commands import powershell

            for one in powershell.requests(text, read):
                yield from [one] if isinstance(one, Parsed) else _of_tool(one, read)
        case Language.CMD:
            from corsdoctor.captures.commands import cmd

            for call in cmd.calls(text):
                yield from _of_tool(call, read, keeps_empty=True)
        case _:
            from corsdoctor.captures.commands import bash

            for call in bash.calls(text.replace("\r\n", "\n") if "\\\r\n" in text else text):
                yield from _of_tool(call, read)


def _of_tool(call: Call, read: ReadFile, *, keeps_empty: bool = False) -> Iterator[Parsed]:
    match name_of(call.program):
        case "curl":
            yield from map(completed, curl.requests(call, read, keeps_empty=keeps_empty))
        case "http" | "https":
            yield from map(completed, httpie.requests(call, read))
        case "wget":
            yield from map(completed, wget.requests(call, read))
