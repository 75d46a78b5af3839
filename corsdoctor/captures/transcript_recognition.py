"""Tells a transcript of HTTP messages from other text, by the marks of the tools that print them."""

from __future__ import annotations

import re
from typing import Final

from corsdoctor.captures.transcript_lines import BURP, COLORS, STAMP

_WGET: Final = re.compile(r"^--\d{4}-\d\d-\d\d \d\d:\d\d:\d\d--  https?://", re.M)
CURL_ERROR: Final = re.compile(r"curl: \(\d+\) .+")
_ANY: Final = re.compile(
    rf"^[ \t]*(?:{STAMP.pattern})?(?:(?:> )?[A-Z]{{3,20}} \S{{1,2000}} HTTP/[\d.]+\r?$|"
    rf"(?:< )?HTTP/[\d.]+ [1-9]\d\d\b|== Info: |=> Send header, )",
    re.M,
)


def is_transcript(text: str) -> bool:
    """Whether a text, or the beginning of one, has a message of HTTP or an error of a tool that sends them."""
    text = COLORS.sub("", text) if "\x1b" in text else text
    return any(one.search(text) for one in (_ANY, CURL_ERROR, _WGET)) or bool(BURP.match(text))
