"""Structured fields, as far as the headers of pages have them. https://www.rfc-editor.org/rfc/rfc9651"""

from __future__ import annotations

import re
from typing import Final

_STRING: Final = r'"(?:[^"\\]|\\["\\])*"'
BARE: Final = rf"(?:-?[0-9]+(?:\.[0-9]+)?|{_STRING}|[a-zA-Z*][\w!#$%&'*+.^`|~:/-]*|\?[01])"
PARAMETERS: Final = rf"(?:;[ ]*[a-z*][a-z0-9_.*-]*(?:={BARE})?)*"
INNER_LIST: Final = rf"\([ ]*(?:{BARE}{PARAMETERS}(?:[ ]+|(?=\))))*\)"
_MEMBER: Final = re.compile(
    rf"([a-z*][a-z0-9_.*-]*)(?:=(?:({BARE})|({INNER_LIST})))?{PARAMETERS}[ \t]*(,[ \t]*(?=.)|\Z)",
    re.A | re.S,
)
"""A member of a structured dictionary (RFC 9651): its name, its value or inner list, and what ends it."""
ITEM: Final = re.compile(rf"({BARE}){PARAMETERS}", re.A)


def dictionary_members(text: str) -> list[tuple[str, str, str]] | None:
    """(name, value, inner list) of each member; None where it does not parse. https://www.rfc-editor.org/rfc/rfc9651#parse-dictionary"""
    found, at = [], 0
    while at < len(text):
        member = _MEMBER.match(text, at)
        if member is None:
            return None
        found.append((member[1], member[2] or "", member[3] or ""))
        at = member.end()
    return found
