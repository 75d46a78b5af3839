"""A request in another tool's words, for programs."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

from corsdoctor.captures.commands.parsed import Parsed
from corsdoctor.report import Problem
from corsdoctor.reports.json_objects import SCHEMA_VERSION, request_object


def parsed_object(parsed: Parsed) -> dict[str, Any]:
    """What a command or a call says of a request."""
    return {
        "url": parsed.url,
        "method": parsed.method,
        "headers": [[name, value] for name, value in parsed.headers],
        **_body(parsed.body),
        "cookies": parsed.cookies,
        "origin": parsed.origin,
        "credentials": None if parsed.credentials is None else str(parsed.credentials),
        "mode": None if parsed.mode is None else str(parsed.mode),
        "options": {name: list(value) if isinstance(value, tuple) else value for name, value in parsed.options},
        "dropped": list(parsed.dropped),
        "reads": list(parsed.reads),
        "unresolved": list(parsed.unresolved),
    }


def problem_object(item: Problem, parsed: Parsed) -> dict[str, Any]:
    """The object for a request that cannot be read, or whose page is not known."""
    if item.missing is not None and item.scenario is not None:
        return {
            "schema_version": SCHEMA_VERSION,
            "id": item.id,
            "line": item.line,
            "planned": True,
            "verdict": "unknown",
            "request": {**request_object(item.scenario), "origin": None},
            "browsers": {},
            "missing": item.missing,
            "parsed": parsed_object(parsed),
        }
    place = None if parsed.spot is None else {"line": parsed.spot.line, "column": parsed.spot.column}
    return {
        "schema_version": SCHEMA_VERSION,
        "id": item.id,
        "line": item.line,
        "error": item.reason,
        "place": place,
        "parsed": parsed_object(parsed),
    }


def _body(body: bytes | None) -> dict[str, Any]:
    """The body as text, or in base64 if it is not UTF-8."""
    try:
        return {"body": None if body is None else body.decode()}
    except UnicodeDecodeError:
        return {"body": None, "body_base64": b64encode(body or b"").decode()}
