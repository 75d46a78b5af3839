"""A JSON line that a batch wrote -> what it says of its line of the input.

A million of them are read in a minute: so only what is needed is parsed, and the rest is looked at as bytes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from corsdoctor.diagnose import Verdict
from corsdoctor.reports.levels import JUDGED

_TEXT: Final = rb'"(?:[^"\\]|\\.)*"'
_ANSWER: Final = re.compile(
    rb'\{"schema_version":\d+,"id":(?P<id>null|-?\d+|%(t)b),"line":(?P<line>[1-9]\d{0,8}),(?:"error":%(t)b\}|'
    rb'"verdict":"(?P<verdict>[a-z]+)","request":\{"url":(?P<url>%(t)b),"origin":(?P<origin>%(t)b),'
    rb'"method":(?P<method>%(t)b),(?P<how>"headers":\[(?:\[%(t)b,%(t)b\],?)*\],"credentials":[^{}]*)?.*\})\r?\n'
    % {b"t": _TEXT},
    re.DOTALL,
)
_NOTED: Final = b'"notes":["'  # no part of a text: there, each quote has a backslash before it
_BROWSER: Final = re.compile(rb'"([a-z]+)":\{"verdict":"([a-z]+)",')
_VERDICT: Final = b'":{"verdict":"'  # no part of a text either, see _NOTED
_ANSWERED: Final = re.compile(rb',"status":\d')  # nor is this
_UNKNOWN: Final = (Verdict.ERROR, Verdict.UNSENT)
_BEGINNING: Final = (
    *((bytes((byte,)), b"") for byte in b'{"schema_version":'),
    (rb"\d+", rb"\d*"),
    *((bytes((byte,)), b"") for byte in b',"id":'),
    (rb"(?:null|-?\d+|%b)" % _TEXT, rb'(?:n?|nul?|-?\d*|"(?:[^"\\]|\\.)*\\?)'),
    *((bytes((byte,)), b"") for byte in b',"line":'),
    (rb"[1-9]\d*", rb"(?:[1-9]\d*)?"),
    *((bytes((byte,)), b"") for byte in b',"'),
    (rb"(?:error|verdict)", rb"(?:e|er|err|erro|v|ve|ver|verd|verdi|verdic)?"),
    *((bytes((byte,)), b"") for byte in b'":"'),
)
"""What an answer begins with, piece by piece: a whole piece, and how one may be torn."""
_ESCAPED: Final = re.compile(rb'(?:[^\\]*\\["\\/bfnrtu])*[^\\]*')


@dataclass(frozen=True, slots=True)
class Answer:
    """What an answer says of the line number `line`; `url` is None where it says only why there is no answer.

    `levels` are those of reports.levels, with JUDGED, and verdicts that are none of them.
    """

    line: int
    id: str | int | None
    levels: frozenset[str]
    url: str | None
    origin: str | None
    method: str | None
    how: dict[str, Any] | None = None
    """What of the request stands behind its method, None where that is not known."""
    browsers: tuple[tuple[str, str], ...] = ()
    """The browsers that were asked, and what each said."""


def read_answer(data: bytes) -> Answer:
    """The answer that the line `data` is, its line feed at its end. ValueError where it is none of a batch."""
    found = _ANSWER.fullmatch(data)
    if found is None or b"\0" in data or (b"\\" in data and _ESCAPED.fullmatch(data) is None):
        raise ValueError("it is no answer of a batch")
    data.decode()
    id, url, origin, method = (json.loads(found[name] or b"null") for name in ("id", "url", "origin", "method"))
    verdict = (found["verdict"] or b"error").decode()
    browsers = tuple(_browsers(data))
    levels = {verdict, "note"} if _NOTED in data else {verdict}
    if any(verdict not in _UNKNOWN or _is_answered(verdict, data) for _, verdict in browsers):
        levels.add(JUDGED)
    how = None if found["how"] is None else json.loads(b"{%b}" % found["how"])
    return Answer(int(found["line"]), id, frozenset(levels), url, origin, method, how, browsers)


def _is_answered(verdict: str, data: bytes) -> bool:
    """Whether the preflight request of a request that was not sent has a response."""
    return verdict == Verdict.UNSENT and _ANSWERED.search(data) is not None


def is_torn(data: bytes) -> bool:
    """Whether `data`, which has no line feed, may be the beginning of an answer, as far as it goes."""
    return _TORN.match(data) is not None


def _torn() -> re.Pattern[bytes]:
    pattern = b".*"
    for whole, torn in reversed(_BEGINNING):
        pattern = rb"(?:%b\Z|%b%b)" % (torn, whole if len(whole) > 1 else re.escape(whole), pattern)
    return re.compile(pattern, re.DOTALL)


_TORN: Final = _torn()


def _browsers(data: bytes) -> Iterator[tuple[str, str]]:
    at = data.find(_VERDICT)
    while at >= 0:
        found = _BROWSER.match(data, data.rfind(b'"', 0, at))
        if found is not None:
            yield found[1].decode(), found[2].decode()
        at = data.find(_VERDICT, at + 1)
