"""A parsed request as a few lines of text, so that a table of cases can be read."""

from __future__ import annotations

from collections.abc import Mapping

from corsdoctor.captures.commands.parsed import Parsed
from corsdoctor.captures.commands.read import requests

NO_FILES: Mapping[str, bytes] = {}


def told(text: str, files: Mapping[str, bytes] = NO_FILES) -> str:
    """The requests in `text`, with an empty line between two. `files` may be read."""
    return "\n\n".join(map(lines, requests(text, files.get)))


def lines(parsed: Parsed) -> str:
    """METHOD URL, headers, what else is stated, and the body behind `=`; an error with its place in the first line."""
    first = f"{parsed.method} {parsed.url}"
    if parsed.error is not None:
        first = f"error at {'?' if parsed.spot is None else f'{parsed.spot.line}:{parsed.spot.column}'}: {parsed.error}"
    found = [first, *(f"{name}: {value}" for name, value in parsed.headers)]
    stated = {
        "credentials": parsed.credentials, "mode": parsed.mode, "redirect": parsed.redirect,
        "upload": parsed.upload_listener or None, "origin": parsed.origin, "reads": ", ".join(parsed.reads),
        "unresolved": ", ".join(parsed.unresolved), **dict(parsed.options),
    }  # fmt: skip
    found += [f"[{name} {value}]" for name, value in stated.items() if value not in (None, "")]
    if parsed.body is not None:
        body = parsed.body.decode("utf-8", "backslashreplace").replace("\r", "\\r").replace("\0", "\\0")
        found.append(f"={body}")
    return "\n".join(found)
