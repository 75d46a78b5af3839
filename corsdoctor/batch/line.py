"""Reads one line of a batch: a request, or why the line is invalid.

A URL, method or header that a browser would refuse is not a bad line: the core reports it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, BinaryIO

from corsdoctor.listed import more_than_url
from corsdoctor.reading import (
    is_header_line,
    missing_scheme,
    nearest,
    read_header_value,
    read_origin,
    shown,
    shown_name,
    utf8,
)
from corsdoctor.request_fields import FIELDS, RequestField, refused, with_url
from corsdoctor.scenario import Scenario
from corsdoctor.url import Origin, parse

MAX_LINE = 1024 * 1024
_RELATIVE = re.compile(r"[^\s:=;,|@<>\uff1a\uff1d]*(?:[/?#]|\Z)")
"""The start of a URL that is relative to the page's origin; anything else without a scheme may be a login or a header."""
_HOST_WITHIN = 2048  # characters; a longer URL is not parsed to its end for its host


@dataclass(frozen=True, slots=True)
class Line:
    """A line that asks for something: its number, its bytes, and whether it was too long to be kept."""

    number: int
    data: bytes
    too_long: bool = False


class BadLine(ValueError):
    """An invalid line; `id` is its own id if that could be read."""

    def __init__(self, reason: str, id: str | int | None = None) -> None:
        super().__init__(reason)
        self.id = id


def lines(stream: BinaryIO) -> Iterator[Line]:
    """The lines of `stream` without empty ones and comments, never more than MAX_LINE bytes of one in memory."""
    number = 0
    while data := stream.readline(MAX_LINE + 1):
        number += 1
        rest, more = data, False
        while not rest.endswith(b"\n") and len(rest) > MAX_LINE:
            rest = stream.readline(MAX_LINE + 1)
            more = more or rest not in (b"", b"\n")
        too_long = more or len(data.removesuffix(b"\n").removesuffix(b"\r")) > MAX_LINE
        if number == 1:
            data = data.removeprefix(b"\xef\xbb\xbf")
        data = data.strip()
        if data and not data.startswith(b"#"):
            yield Line(number, b"" if too_long else data, too_long)


def read_line(line: Line, defaults: Scenario, *, has_origin: bool) -> tuple[str | int | None, Scenario]:
    """(id, Scenario) of `line`, raises BadLine if it is invalid.

    What the line doesn't say is taken from `defaults`; `has_origin` says that the origin there was given.
    """
    if line.too_long:
        raise BadLine(f"the line is longer than {MAX_LINE} bytes")
    if line.data.count(0) * 4 > len(line.data):  # half of the bytes, where most letters are ASCII's
        raise BadLine("the line is full of NUL bytes: the file seems to be UTF-16; it must be UTF-8")
    try:
        text = line.data.decode()
    except UnicodeDecodeError as e:
        raise BadLine(f"the line is not UTF-8: byte 0x{line.data[e.start]:02X} at column {e.start + 1}") from e
    more = None if text[0] in "{[" else more_than_url(text)
    if more is not None:
        raise BadLine(f"url: {more}; write a line with an origin as {_WITH_ORIGIN}")
    if text[0] not in '{["':
        return None, _bare(text, defaults, has_origin=has_origin)
    given = _object(text)
    id = given.pop("id", None)
    if not (id is None or isinstance(id, str) or (isinstance(id, int) and not isinstance(id, bool))):
        raise BadLine("id: must be a string or an integer")
    try:
        return id, _scenario(given, defaults, has_origin=has_origin)
    except ValueError as e:
        raise BadLine(str(e), id) from e


def host_of(line: Line, defaults: Scenario) -> str:
    """The host that `line` requests, as a browser writes it; "" if there is none or the line is invalid."""
    text = line.data.decode("utf-8", "replace")
    url, origin = text, str(defaults.origin)
    if text.startswith("{"):
        try:
            given = json.loads(text)
        except (ValueError, RecursionError):
            return ""
        url, origin = str(given.get("url", "")), str(given.get("origin") or origin)
    url = url[:_HOST_WITHIN]
    parsed = parse(url) or parse(url, origin)
    return "" if parsed is None else parsed.host


def _bare(text: str, defaults: Scenario, *, has_origin: bool) -> Scenario:
    wrong = [] if has_origin else [_NO_ORIGIN]
    hint = missing_scheme(text, defaults.origin)
    if hint is not None:
        wrong.insert(0, f"url: {hint}; a line must be a URL or a JSON object")
    if wrong:
        raise BadLine("; ".join(wrong))
    return _asked(with_url(defaults, text), ())


def _asked(scenario: Scenario, given: Collection[str]) -> Scenario:
    """`scenario`; ValueError where its API has no way to set something. `given` are the keys of the line."""
    wrong = [
        f"{field.name}: {reason}" + ("" if field.name in given else " (set by the options)")
        for field, _, reason in refused(scenario)
    ]
    if wrong:
        raise BadLine("; ".join(wrong))
    return scenario


def _object(text: str) -> dict[str, Any]:
    try:
        given = json.loads(text, object_pairs_hook=_once, parse_constant=_no_constant, parse_int=_integer)
    except json.JSONDecodeError as e:
        raise BadLine(f"the line is not valid JSON: {e.msg}, at column {e.pos + 1}") from e
    except ValueError as e:  # a key twice, NaN, a number of thousands of digits
        raise BadLine(f"the line is not valid JSON: {e}") from e
    except RecursionError as e:
        raise BadLine("the line is not valid JSON: it is nested too deeply") from e
    if not isinstance(given, dict):
        raise BadLine("a line must be a URL or a JSON object with a url")
    return given


def _scenario(given: dict[str, Any], defaults: Scenario, *, has_origin: bool) -> Scenario:
    wrong: list[str] = []
    values: dict[str, Any] = {}
    for key, value in given.items():
        read = _READERS.get(key)
        if read is None:
            wrong.append(f"unknown key {shown_name(key)!a}: {nearest(_ALIASES.get(key, key), KEYS)}")
        elif value is not None or key == "body":  # null stands for "as if it were not there", but a body may be none
            try:
                values[key] = read(value)
            except ValueError as e:
                wrong.append(f"{key}: {e}")
    if given.get("url") is None:
        wrong.append("url is missing")
    if given.get("origin") is None and not has_origin:
        wrong.append(_NO_ORIGIN)
    if wrong:
        raise ValueError("; ".join(wrong))
    return _asked(with_url(defaults._replace(**values), values["url"]), values)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    read: dict[str, Any] = {}
    for key, value in pairs:
        if key in read:
            raise ValueError(f"the key {shown_name(key)!a} is given twice; remove one")
        read[key] = value
    return read


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not valid JSON")


def _integer(digits: str) -> int:
    try:
        return int(digits)
    except ValueError:
        raise ValueError(f"a number of {len(digits.removeprefix('-'))} digits is too long") from None


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("must be a string")
    return value


def _url(value: object) -> str:
    text = _text(value)
    if is_header_line(text):
        raise ValueError("this is a header, not a URL")
    wrong = None if "://" in text or _RELATIVE.match(text) else missing_scheme(text, None)
    if wrong is not None:
        raise ValueError(wrong)
    return text


def _header_value(value: object) -> str:
    return read_header_value(_text(value))


def _origin(value: object) -> Origin:
    text = _text(value)
    try:
        return read_origin(text)
    except ValueError as e:
        raise ValueError(f"{shown(text)!a}: {e}") from e


def _headers(value: object) -> tuple[tuple[str, str], ...]:
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
    return None if value is None else utf8(_text(value))


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError("must be true or false")
    return value


def _one_of(kind: type[StrEnum]) -> Callable[[object], StrEnum]:
    def read(value: object) -> StrEnum:
        text = _text(value)
        try:
            return kind(text)
        except ValueError:
            raise ValueError(f"{shown(text)!a} is unknown; {nearest(text, list(kind))}") from None

    return read


_WITH_ORIGIN = '{"url": "https://api.example/items", "origin": "https://app.example"}'
_ALIASES = {
    name: field.name for field in FIELDS for name in (field.option.removeprefix("--"), field.key, field.argument)
} | {"user agent": "user_agent"}
_NO_ORIGIN = "origin is missing; add it to the line, or use --origin"


def _reader(field: RequestField) -> Callable[[object], object]:
    if field.choices is not None:
        return _one_of(field.choices)
    of_its_own: dict[str, Callable[[object], object]] = {"headers": _headers, "body": _body, "upload_listener": _flag}
    return of_its_own.get(field.name, _header_value if field.is_header_value else _text)


_READERS: dict[str, Callable[[object], object]] = {
    "url": _url, "origin": _origin, **{field.name: _reader(field) for field in FIELDS},
}  # fmt: skip
KEYS = ("id", *_READERS)
