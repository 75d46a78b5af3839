"""A JSON line that a batch wrote -> what it says of its line of the input.

A million of them are read in a minute: so only what is needed is parsed, and the rest is looked at as bytes.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Final

_TEXT: Final = rb'"(?:[^"\\]|\\.)*"'
_ANSWER: Final = re.compile(
    rb'\{"schema_version":\d+,"id":(?P<id>null|-?\d+|%(t)b),"line":(?P<line>[1-9]\d{0,8}),(?:"error":%(t)b\}|'
    rb'"verdict":"(?P<verdict>[a-z]+)","request":\{"url":(?P<url>%(t)b),"origin":(?P<origin>%(t)b),'
    rb'"method":(?P<method>%(t)b),.*\})\r?\n' % {b"t": _TEXT},
    re.DOTALL,
)
_NOTED: Final = b'"notes":["'  # no part of a text: there, each quote has a backslash before it
_ESCAPED: Final = re.compile(rb'(?:[^\\]*\\["\\/bfnrtu])*[^\\]*')


@dataclass(frozen=True, slots=True)
class Answer:
    """What an answer says of the line number `line`; `url` is None where it says only why there is no answer.

    `levels` are those of reports.levels, and verdicts that are none of them.
    """

    line: int
    id: str | int | None
    levels: frozenset[str]
    url: str | None
    origin: str | None
    method: str | None


def read_answer(data: bytes) -> Answer:
    """The answer that the line `data` is, its line feed at its end. ValueError where it is none of a batch."""
    found = _ANSWER.fullmatch(data)
    if found is None or b"\0" in data or (b"\\" in data and _ESCAPED.fullmatch(data) is None):
        raise ValueError("it is no answer of a batch")
    data.decode()
    id, url, origin, method = (json.loads(found[name] or b"null") for name in ("id", "url", "origin", "method"))
    verdict = (found["verdict"] or b"error").decode()
    levels = frozenset({verdict, "note"} if _NOTED in data else {verdict})
    return Answer(int(found["line"]), id, levels, url, origin, method)
