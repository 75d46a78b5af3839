"""What jsdom says, the DOM in which Jest and other test runners run pages: its XMLHttpRequest checks CORS itself."""

from __future__ import annotations

from typing import Final

from corsdoctor.console.normalize import NormalizedText
from corsdoctor.console.reasons import Found
from corsdoctor.message import Message
from corsdoctor.pattern import Pattern

STARTS: Final = ("Cross origin ", "cross origin ", "Error: Credentials forbidden", "Error: Headers ")
_ORIGIN: Final = Pattern(r"[Cc]ross origin (?P<origin>(?:[a-z][a-z0-9+.-]*:|null)\S{0,300}) forbidden")
_CREDENTIALS: Final = Pattern(r"Error: Credentials forbidden\b")
_HEADERS: Final = Pattern(r"Error: Headers (?P<names>[!#$%&'*+.^_`|~0-9A-Za-z,-]{1,300}) forbidden\b")


def jsdom(normalized: NormalizedText, at: int, limit: int) -> Found | None:
    """One message of jsdom. It prints the same if a header is missing and if it has another value."""
    origin = _ORIGIN.compiled.match(normalized.text, at, limit)
    if origin is not None:
        rule = "acao-matches-origin"
        return Message("", True, "jsdom", rule, origin=origin["origin"], also=("acao-present",)), origin.end()
    credentials = _CREDENTIALS.compiled.match(normalized.text, at, limit)
    if credentials is not None:
        return Message("", True, "jsdom", "acac-true"), credentials.end()
    headers = _HEADERS.compiled.match(normalized.text, at, limit)
    if headers is not None:
        names = headers["names"].replace(",", ", ")
        return Message("", True, "jsdom", "acah-lists-headers", in_preflight=True, subject=names), headers.end()
    return None
