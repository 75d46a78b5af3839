"""Reads the values of a JSON object that describes a request: a line of a batch, a request of a flow.

Each reader raises ValueError with what the value must be.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import StrEnum
from typing import Final

from corsdoctor.reading import is_header_line, missing_scheme, read_header_value, read_origin, utf8
from corsdoctor.reading_cookies import read_cookie, read_jar_name
from corsdoctor.reading_networks import read_address_spaces, read_answers
from corsdoctor.request_fields import COOKIE_JAR, FIELDS, RequestField, read_page
from corsdoctor.url import Origin
from corsdoctor.wrong_input import nearest, shown

_RELATIVE = re.compile(r"[^\s:=;,|@<>\uff1a\uff1d]*(?:[/?#]|\Z)")
"""The start of a URL that is relative to the page's origin; anything else without a scheme may be a login or a header."""


def read_text(value: object) -> str:
    """A string."""
    if not isinstance(value, str):
        raise ValueError("must be a string")
    return value


def read_url(value: object) -> str:
    """A URL, absolute or relative."""
    text = read_text(value)
    if is_header_line(text):
        raise ValueError("this is a header, not a URL")
    wrong = None if "://" in text or _RELATIVE.match(text) else missing_scheme(text, None)
    if wrong is not None:
        raise ValueError(wrong)
    return text


def read_value(value: object) -> str:
    """A header's value."""
    return read_header_value(read_text(value))


def _origin(value: object) -> Origin:
    text = read_text(value)
    try:
        return read_origin(text)
    except ValueError as e:
        raise ValueError(f"{shown(text)!a}: {e}") from e


def read_headers(value: object) -> tuple[tuple[str, str], ...]:
    """Header lines, as pairs or as an object."""
    pairs = list(value.items()) if isinstance(value, dict) else value
    if not isinstance(pairs, list) or not all(
        isinstance(pair, (list, tuple)) and len(pair) == 2 and all(isinstance(part, str) for part in pair)
        for pair in pairs
    ):
        raise ValueError('must be [["name", "value"], ...] or {"name": "value", ...}, with strings only')
    if any(is_header_line(name) for name, _ in pairs):
        raise ValueError('a header name cannot contain a colon: write {"name": "value"}')
    return tuple((name, text) for name, text in pairs)


def _body(value: object) -> bytes | None:
    return None if value is None else utf8(read_text(value))


def read_flag(value: object) -> bool:
    """True or False."""
    if not isinstance(value, bool):
        raise ValueError("must be true or false")
    return value


def one_of(kind: type[StrEnum]) -> Callable[[object], StrEnum]:
    """A reader of a member of `kind`."""

    def read(value: object) -> StrEnum:
        text = read_text(value)
        try:
            return kind(text)
        except ValueError:
            raise ValueError(f"{shown(text)!a} is unknown; {nearest(text, list(kind))}") from None

    return read


def _reader(field: RequestField) -> Callable[[object], object]:
    if field.choices is not None:
        return one_of(field.choices)
    of_its_own: dict[str, Callable[[object], object]] = {
        "headers": read_headers,
        "body": _body,
        "upload_listener": read_flag,
        "cookie": lambda value: read_cookie(read_text(value)),
    }
    return of_its_own.get(field.name, read_value if field.is_header_value else read_text)


def _page_headers(value: object) -> tuple[tuple[str, str], ...]:
    return tuple((name, read_header_value(text)) for name, text in read_headers(value))


READERS: Final[dict[str, Callable[[object], object]]] = {
    "url": read_url, "origin": _origin, **{field.name: _reader(field) for field in FIELDS},
    COOKIE_JAR.name: lambda value: read_jar_name(read_text(value)),
    "page": lambda value: read_page(read_text(value)), "page_headers": _page_headers, "permissions": read_answers,
    "address_spaces": read_address_spaces,
}  # fmt: skip
"""Reads the value of each key that describes a request."""
