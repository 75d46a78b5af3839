"""What Chromium prints about Integrity-Policy and Speculation-Rules of a page. Recorded: Chromium 156.

Left out: the request for a list of speculation rules, and what is in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from corsdoctor.browsers.structured_fields import BARE, INNER_LIST, ITEM, PARAMETERS, dictionary_members
from corsdoctor.sentence import Sentence
from corsdoctor.url import parse

if TYPE_CHECKING:
    from corsdoctor.scenario.page import Page

NO_DICTIONARY: Final = 'The {header} value "{value}" is not a dictionary.'
NO_LIST: Final = "The {header} value is not a list."
UNKNOWN: Final = "Unrecognized {name} in {header} header."
NO_TOKEN: Final = "The {header} item '{item}' is not a token."
DESTINATION: Final = "The {header} destination '{item}' is not supported."
SOURCE: Final = "The {header} source '{item}' is not supported."
RULES_NOT_PARSED: Final = "Cannot parse Speculation-Rules header value.{hint}"
ONLY_STRINGS: Final = "Only strings are valid in Speculation-Rules header value and inner lists are ignored.{hint}"
QUOTE: Final = ' However, "{text}" appears to be a valid URL. You may need to enclose it in quotation marks.'
RULES_URL: Final = 'URL "{text}" found in Speculation-Rules header is invalid.'
_SUPPORTED: Final = {"blocked-destinations": (DESTINATION, "script"), "sources": (SOURCE, "inline"), "endpoints": None}
_SPECULATION: Final = "Speculation-Rules"
_LIST_MEMBER: Final = re.compile(rf"(?:({BARE})|{INNER_LIST}){PARAMETERS}[ \t]*(?:,[ \t]*(?=.)|\Z)", re.A | re.S)
"""A member of a structured list, with its value unless it is an inner list. https://www.rfc-editor.org/rfc/rfc9651#parse-list"""


def policies_console(page: Page) -> Iterator[str]:
    """The messages, in no order that counts."""
    for header in ("Integrity-Policy", "Integrity-Policy-Report-Only"):
        yield from (
            Sentence(text, header=header, **values)
            for text, values in _of_integrity(", ".join(page.headers.values(header)).strip(" "))
        )
    yield from _of_speculation(", ".join(page.headers.values(_SPECULATION)).strip(" "), page)


def _of_integrity(text: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Each message, and its values."""
    found = dictionary_members(text)
    if found is None:
        yield NO_DICTIONARY, {"value": text}
    for name, _, inner in found or ():
        if not inner:
            yield NO_LIST, {}
        elif name not in _SUPPORTED:
            yield UNKNOWN, {"name": name}
        elif (known := _SUPPORTED[name]) is not None:
            message, supported = known
            for item in (match[1] for match in ITEM.finditer(inner)):
                if not (item[0].isalpha() or item[0] == "*"):
                    yield NO_TOKEN, {"item": item}
                elif item != supported:
                    yield message, {"item": item}


def _of_speculation(text: str, page: Page) -> Iterator[str]:
    at, items = 0, list[str]()
    while at < len(text):
        member = _LIST_MEMBER.match(text, at)
        if member is None:
            yield Sentence(RULES_NOT_PARSED, hint=_quoted(text, page))
            return
        items.append(member[1] or "")
        at = member.end()
    for item in items:
        if item[:1] != '"':
            is_token = item[:1].isalpha() or item[:1] == "*"
            yield Sentence(ONLY_STRINGS, hint=_quoted(item, page) if is_token else "")
        elif parse(item[1:-1], page.url.href) is None:
            yield Sentence(RULES_URL, text=item[1:-1])


def _quoted(text: str, page: Page) -> str:
    """The hint that `text` may be a URL that lacks its quotes."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return "" if parse(text, page.url.href) is None else Sentence(QUOTE, text=escaped)
