"""What the beginning of a body looks like, for opaque response blocking: a page or data, and so never a script.

As Chromium reads it (services/network/orb): https://github.com/annevk/orb/issues/30
"""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from typing import Final

_READ: Final = 1024
_SPACE: Final = b" \t\r\n"
_HTML: Final = re.compile(rb"<(?:!doctype html|script|html|head|iframe|h1|div|font|table|a|style|title|b|p)", re.I)
_XML: Final = b"<?xml"
_JSON: Final = re.compile(rb'\{[ \t\r\n]*+"(?:[^"\\]|\\.)*"[ \t\r\n]*+:', re.S)
_BREAKER: Final = re.compile(rb"\)\]\}'|\{\} ?&&|(?:for ?\(;;\)|while ?\(1\));")
"""What stops a script that loads data: a syntax error, or a loop without end."""
_COMMENT: Final = b"<!--"
_LINE_END: Final = re.compile(b"[\n\r]|\xe2\x80[\xa8\xa9]")
"""What ends a line in JavaScript, in UTF-8."""


def begins_with_tag(body: bytes) -> bool:
    """Whether a body begins with `<` but not with a comment, which a script may."""
    begin = body.removeprefix(BOM_UTF8)[:_READ].lstrip(_SPACE)
    return begin.startswith(b"<") and not begin.startswith(_COMMENT)


def is_page_or_data(body: bytes) -> bool:
    """Whether a body begins like HTML, XML or a JSON object, or with what servers put before JSON against scripts."""
    begin = body.removeprefix(BOM_UTF8)[:_READ]
    data = begin.lstrip(_SPACE)
    found = _HTML.match(_after_comments(begin)) or _JSON.match(data) or _BREAKER.match(begin)
    return found is not None or data.startswith(_XML)


def _after_comments(begin: bytes) -> bytes:
    """What follows HTML comments, each with the rest of its line, as a script may begin; nothing if one does not end."""
    begin = begin.lstrip(_SPACE)
    while begin.startswith(_COMMENT):
        end = begin.find(b"-->", len(_COMMENT))
        line_end = None if end < 0 else _LINE_END.search(begin, end)
        begin = b"" if line_end is None else begin[line_end.end() :].lstrip(_SPACE)
    return begin
