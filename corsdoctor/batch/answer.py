"""Reads a JSON line that a batch wrote: what it reports on its line of the input."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, Final

from corsdoctor.audit.weigh import Severity
from corsdoctor.diagnose import Verdict
from corsdoctor.levels import JUDGED

_HEAD: Final = re.compile(
    rb'\{"schema_version":\d+,"id":(?:null|-?\d+|"(?:[^"\\]|\\.)*"),"line":[1-9]\d*,"(?:error|verdict|audit)":"',
    re.DOTALL,
)
_RESTS: Final = tuple(
    b'{"schema_version":1,"id":%b,"line":1,"%b":"' % (id, key)
    for id in (b"null", b"-1", b'"xx"')
    for key in (b"error", b"verdict", b"audit")
)
"""Heads of answers: a torn one becomes whole with the end of one of them."""
_MOST_LINES: Final = 1_000_000_000
_HOW: Final = ("headers", "credentials", "mode", "redirect", "api", "upload_listener")


@dataclass(frozen=True, slots=True)
class Answer:
    """The result for the line number `line`; `url` is None if it is only the reason why there is no result.

    `levels` are those of levels.py, with JUDGED, and the other verdicts.
    """

    line: int
    id: str | int | None
    levels: frozenset[str]
    url: str | None = None
    origin: str | None = None
    method: str | None = None
    how: dict[str, Any] | None = None
    """The other properties of the request, None if they are unknown."""
    browsers: tuple[tuple[str, str], ...] = ()
    """The browsers and the verdict of each."""
    trusted: frozenset[str] = frozenset()
    """The origins that an audit trusted."""


def read_answer(data: bytes) -> Answer:
    """The answer in the line `data`, which ends in a line feed. Raises ValueError if no batch wrote it."""
    try:
        return _answer(json.loads(data.decode()))
    except (KeyError, TypeError, AttributeError, RecursionError) as e:
        raise ValueError("it is not an answer of a batch") from e


def _answer(found: dict[str, Any]) -> Answer:
    id, line = found["id"], found["line"]
    known = isinstance(found["schema_version"], int) and (id is None or type(id) in (str, int))
    if not known or type(line) is not int or not 0 < line < _MOST_LINES:
        raise ValueError("it is not an answer of a batch")
    if isinstance(found.get("error"), str):
        return Answer(line, id, frozenset({"error"}))
    if "audit" in found:
        return _audited(found, line)
    browsers = found.get("browsers", {})
    levels = {str(Verdict(found["verdict"]))}
    if any(browser.get("notes") for browser in browsers.values()):
        levels.add("note")
    if any(map(_is_judged, browsers.values())):
        levels.add(JUDGED)
    if "visits" in found:
        return Answer(line, id, frozenset(levels))
    request = found["request"]
    url, origin, method = (request[name] for name in ("url", "origin", "method"))
    texts = (url, origin, method, *(text for pair in request.get("headers", ()) for text in pair))
    if not all(isinstance(text, str) for text in texts) or any(len(pair) != 2 for pair in request.get("headers", ())):
        raise ValueError("it is not an answer of a batch")
    told = all(name in request for name in _HOW)
    how = {**{name: request[name] for name in _HOW}, "preload_as": request.get("preload_as")} if told else None
    verdicts = tuple((name, browser["verdict"]) for name, browser in browsers.items())
    return Answer(line, id, frozenset(levels), url, origin, method, how, verdicts)


def _audited(found: dict[str, Any], line: int) -> Answer:
    url, severity, trusted = found["audit"], found["severity"], found["trusted"]
    if not all(isinstance(text, str) for text in (url, *trusted)) or severity not in (None, *map(str, Severity)):
        raise ValueError("it is not an answer of a batch")
    levels = {"error"} if not found["answered"] else {JUDGED} if severity is None else {JUDGED, severity}
    return Answer(line, None, frozenset(levels), url, trusted=frozenset(trusted))


def _is_judged(browser: dict[str, Any]) -> bool:
    """Whether the verdict is known, or there is at least a response to the preflight request."""
    if browser["verdict"] == Verdict.UNSENT:
        steps = browser.get("steps", ()) if "pages" in browser else (browser,)
        return any(exchange["status"] is not None for step in steps for exchange in step["exchanges"])
    return bool(browser["verdict"] != Verdict.ERROR)


def is_torn(data: bytes) -> bool:
    """Whether `data`, which has no line feed, may be the beginning of an answer."""
    return any(_HEAD.match(data + rest[start:]) for rest in _RESTS for start in range(len(rest) + 1))
