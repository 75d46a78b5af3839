"""Header values: getting, splitting, extracting. https://fetch.spec.whatwg.org/#terminology-headers

Only the shapes that CORS needs; what a value means is decided where it is used.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from corsdoctor.pattern import Pattern

if TYPE_CHECKING:
    from corsdoctor.wire import Headers

ACAO: Final = "Access-Control-Allow-Origin"
ACAC: Final = "Access-Control-Allow-Credentials"
ACAM: Final = "Access-Control-Allow-Methods"
ACAH: Final = "Access-Control-Allow-Headers"
ACEH: Final = "Access-Control-Expose-Headers"
ACMA: Final = "Access-Control-Max-Age"
ACRM: Final = "Access-Control-Request-Method"
ACRH: Final = "Access-Control-Request-Headers"
CORP: Final = "Cross-Origin-Resource-Policy"
STATUS: Final = ":status"  # as HTTP/2 spells it, where a remedy is another status: no header can have this name
REDIRECT_STATUSES: Final = frozenset({301, 302, 303, 307, 308})  # https://fetch.spec.whatwg.org/#redirect-status

TOKEN: Final = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
HTTP_WHITESPACE: Final = "\t\n\r "
_PIECE = Pattern(r'(?:[^",]|"(?:[^"\\]|\\.)*(?:"|\\?\Z))*', re.S)


def is_header_name(name: str) -> bool:
    """https://fetch.spec.whatwg.org/#header-name"""
    return TOKEN.fullmatch(name) is not None


def is_header_value(value: str) -> bool:
    """https://fetch.spec.whatwg.org/#header-value (one character is one byte)"""
    return not any(c in "\0\r\n" or ord(c) > 0xFF for c in value) and value == value.strip("\t ")


def normalize(value: str) -> str:
    """https://fetch.spec.whatwg.org/#concept-header-value-normalize"""
    return value.strip(HTTP_WHITESPACE)


def get_decode_and_split(value: str) -> list[str]:
    """The comma-separated parts of `value`, quoted strings whole.

    https://fetch.spec.whatwg.org/#header-value-get-decode-and-split
    """
    values, position = [], 0
    while True:
        piece = _PIECE.compiled.match(value, position)
        assert piece is not None  # the pattern matches the empty string
        values.append(piece[0].strip("\t "))
        position = piece.end() + 1
        if piece.end() >= len(value):
            return values


def extract_header_list_values(name: str, headers: Headers) -> tuple[str, ...] | ValueError | None:
    """The tokens of all lines of `name`; None if there is no such line; a ValueError (returned) where one fails.

    For the headers whose ABNF is a list of tokens: Access-Control-Allow-Methods, -Allow-Headers, -Expose-Headers.
    The error's argument is the line's value. https://fetch.spec.whatwg.org/#extract-header-list-values
    """
    lines = headers.values(name)
    if not lines:
        return None
    values: list[str] = []
    for line in lines:
        for element in line.split(","):
            token = element.strip("\t ")
            if token and TOKEN.fullmatch(token) is None:
                return ValueError(line)
            if token:  # RFC 9110, 5.6.1: empty list elements are ignored
                values.append(token)
    return tuple(values)


def listed_values(name: str, headers: Headers) -> tuple[str, ...]:
    """The same tokens; none where there is no such line, or one fails."""
    values = extract_header_list_values(name, headers)
    return values if isinstance(values, tuple) else ()


def max_age_of(headers: Headers) -> int | None:
    """The seconds of Access-Control-Max-Age; None if it is absent, repeated or not a number."""
    lines = headers.values(ACMA)
    if len(lines) != 1 or not lines[0].isdecimal() or not lines[0].isascii():
        return None
    return int(lines[0].lstrip("0")[:18] or "0")


def determine_nosniff(headers: Headers) -> bool:
    """https://fetch.spec.whatwg.org/#determine-nosniff"""
    return (headers.get("X-Content-Type-Options") or "").split(",")[0].strip().lower() == "nosniff"


def varies_by_origin(headers: Headers) -> bool:
    """Whether Vary names Origin, or everything."""
    return any(name.lower() in ("origin", "*") for name in headers.elements("Vary"))
