"""Lines in which a script reports, in words of its own, that a request failed with the status 0: it got no response.

They are looked for where nothing else was found. The status 0 of a process means something else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from corsdoctor.console.normalize import NormalizedText
from corsdoctor.console.reasons import Found
from corsdoctor.message import Message

_LONGEST_LINE: Final = 600
_FAILED: Final = re.compile(r"(?i)\b(?:fail(?:ed|ure|s)?|error|could ?n[o']t|can(?:not|'t)|unable)\b")
_STATUS: Final = re.compile(r"(?i)\bstatus(?:[ _]?code)?[\"']?\s?[:=]?\s?0(?![\w.%/:-])")
_PROCESS: Final = re.compile(
    r"(?i)\b(?:exit(?:ed|s|ing)?|(?:sub|child )process|process(?: \d+)? (?:finished|ended|terminated|completed|failed))\b"
)
_URL: Final = re.compile(r"https?://[^\s\"'<>()]{1,2000}?(?=[,.;:]?(?:[\s\"'<>()]|$))")
_CODE: Final = re.compile(r"[=!]==?|=>|\bif ?\(|\breturn\b|;$")


def status_zero(normalized: NormalizedText) -> Iterator[tuple[int, Found]]:
    """All such lines: where each begins, what it says and where it ends."""
    text = normalized.text
    for begin, end in pairwise((0, *normalized.breaks, len(text))):
        line = text[begin:end]
        if end - begin > _LONGEST_LINE or _STATUS.search(line) is None or _FAILED.search(line) is None:
            continue
        if _CODE.search(line) is None and _PROCESS.search(line) is None:
            url = _URL.search(line)
            yield begin + line.startswith(" "), (Message("", False, kind="unknown", url=url and url[0]), end)
