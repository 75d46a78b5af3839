"""A line of a list of URLs that holds more than a URL: "https://api.example/items,https://app.example", for example.

A browser would read the whole line as one URL, and the result would not be about what the user meant.
"""

from __future__ import annotations

import re
from typing import Final

from corsdoctor.url import parse

_NAMES: Final = {
    ",": ("comma", "%2C"), ";": ("semicolon", "%3B"), "|": ("vertical bar", "%7C"), "\t": ("tab", "%09"), " ": ("space", "%20"),
}  # fmt: skip
_SEPARATORS: Final = re.compile(r"[,;|\t ]+")
_FIELD: Final = re.compile(r"[\"']?([^,;|\t \"']{0,300})")
_SCHEME: Final = re.compile(r"[a-z][a-z0-9+.-]{0,30}(?::|%3a)(?://|%2f%2f)", re.I)
_HOST: Final = re.compile(
    r"localhost(:\d+)?|(?:[a-z][\w-]*(?:\.[\w-]+)+|\d+\.\d+\.\d+\.\d+|localhost|\[[0-9a-f:.]+\]):\d+", re.I
)
_HEADER: Final = re.compile(r"[\"']?[a-z][a-z0-9-]{0,60}: ", re.I)
_METHODS: Final = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_MOST: Final = 8  # the most separators that are examined, so that the time stays linear


def more_than_url(text: str) -> str | None:
    """What is wrong with the line `text` if it contains more than one URL, otherwise None.

    A URL may contain commas and the like, so what follows must be another URL, an origin or a method, or the line as a
    whole must not be a URL. A list of URLs as the value of a parameter is part of its URL.
    """
    whole = parse(text) is not None
    looked = 0
    for separator in _SEPARATORS.finditer(text):
        sign = next((sign for sign in ("\t", ",", ";", "|") if sign in separator[0]), " ")
        if not whole or sign == "\t" or _means_something(text, separator.end()):
            if _is_split(text[: separator.start()], text[separator.end() :], sign, whole=whole):
                name, code = _NAMES[sign]
                return f"a {name} separates it from something else; in a URL a {name} of its own is written {code}"
            looked += 1
            if looked == _MOST:
                break
    return None


def _is_split(before: str, rest: str, sign: str, *, whole: bool) -> bool:
    """Whether `before` is a URL without `rest`, or the reverse if the two together are not a URL."""
    if _is_url(before):
        return sign == "\t" or not _is_list(before)
    return (sign == "\t" or not whole) and "://" not in before and _is_url(rest)


def _is_url(text: str) -> bool:
    text = text.strip("\"' ")
    return _SCHEME.match(text) is not None and parse(text) is not None


def _is_list(before: str) -> bool:
    """Whether `before` ends in a parameter whose value is a URL: what follows may be one more in the same value."""
    start = max(before.rfind(sign) for sign in "?&#")
    return start >= 0 and _SCHEME.match(before[start:].partition("=")[2]) is not None


def _means_something(text: str, start: int) -> bool:
    """Whether a URL, an origin, a method or a header stands in `text` at `start`."""
    field = _FIELD.match(text, start)
    assert field is not None  # it also matches nothing
    if field[1] == "null":
        return field.end() >= len(text.rstrip("\"' "))
    return (
        field[1] in _METHODS
        or _HEADER.match(text, start) is not None
        or _SCHEME.match(field[1]) is not None
        or _HOST.fullmatch(field[1].rstrip("/")) is not None
    )
