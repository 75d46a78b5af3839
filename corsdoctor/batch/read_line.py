"""Reads one line of a batch: a request, a flow, or why the line is invalid.

A URL, method or header that a browser would refuse is not a bad line: the core reports it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, Any, Final

from corsdoctor.batch.line import MAX_LINE, Line
from corsdoctor.listed import more_than_url
from corsdoctor.reading import missing_scheme
from corsdoctor.reading_cookies import BadJar, with_jar
from corsdoctor.request_fields import (
    COOKIE_JAR,
    FIELDS,
    PAGE_FIELDS,
    InvalidPage,
    from_page,
    on_page,
    refused,
    with_cookie,
    with_url,
)
from corsdoctor.request_object import READERS
from corsdoctor.scenario import HeldCookie, Scenario
from corsdoctor.url import parse
from corsdoctor.wrong_input import nearest, shown, shown_name

if TYPE_CHECKING:
    from corsdoctor.flow.story import Flow

_HOST_WITHIN = 2048  # characters; a longer URL is not parsed to its end for its host
JarOf = Callable[[str | None], tuple[tuple[HeldCookie, bool], ...]]
"""The cookies in the jar that a line names, or in that of the options for None. Raises BadJar."""
_NO_JAR: Final[JarOf] = lambda _: ()  # noqa: E731 (a function in one place)


class BadLine(ValueError):
    """An invalid line; `id` is its own id if that could be read."""

    def __init__(self, reason: str, id: str | int | None = None) -> None:
        super().__init__(reason)
        self.id = id


def read_line(
    line: Line, defaults: Scenario, *, has_origin: bool, jar_of: JarOf = _NO_JAR
) -> tuple[str | int | None, Scenario | Flow]:
    """(id, Scenario) of `line`, or (id, Flow) of one with `visits`. Raises BadLine if it is invalid.

    What the line doesn't say is taken from `defaults`; `has_origin` says that the origin there was given. Without `jar_of`,
    no cookie jar is read.
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
        return None, with_jar(_bare(text, defaults, has_origin=has_origin), jar_of(None))
    given = _object(text)
    id = given.pop("id", None)
    if not (id is None or isinstance(id, str) or (isinstance(id, int) and not isinstance(id, bool))):
        raise BadLine("id: must be a string or an integer")
    if line.wrong:
        raise BadLine(line.wrong, id)
    try:
        if "visits" in given:
            return id, _flow({**given, "id": id})
        return id, _scenario(given, defaults, jar_of, has_origin=has_origin)
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
        if "visits" in given:
            return _host_of_flow(given)
    url = url[:_HOST_WITHIN]
    parsed = parse(url) or parse(url, origin)
    return "" if parsed is None else parsed.host


def _flow(given: dict[str, Any]) -> Flow:
    """The flow of a line with visits; ValueError with all its mistakes."""
    from corsdoctor.flow.read import InvalidFlow, read_flow  # what a batch without flows need not load

    try:
        return read_flow(given)
    except InvalidFlow as e:
        raise ValueError(str(e)) from e


def _host_of_flow(given: dict[str, Any]) -> str:
    """The host of the first request of a flow, "" if there is none. Nothing else of the flow is read."""
    try:
        asked = ((v["page"], one["url"]) for v in given["visits"] for one in v.get("requests") or () if "url" in one)
        page, url = next(asked)
    except (StopIteration, TypeError, KeyError, AttributeError):
        return ""
    parsed = parse(str(url)[:_HOST_WITHIN], str(page)[:_HOST_WITHIN])
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


def _scenario(given: dict[str, Any], defaults: Scenario, jar_of: JarOf, *, has_origin: bool) -> Scenario:
    wrong: list[str] = []
    values: dict[str, Any] = {}
    for key, value in given.items():
        read = READERS.get(key)
        if read is None:
            wrong.append(f"unknown key {shown_name(key)!a}: {nearest(_ALIASES.get(key, key), KEYS)}")
        elif value is not None or key == "body":  # null stands for "as if it were not there", but a body may be none
            try:
                values[key] = read(value)
            except ValueError as e:
                wrong.append(f"{key}: {e}")
    if given.get("url") is None:
        wrong.append("url is missing")
    if given.get("origin") is None and given.get("page") is None and not has_origin:
        wrong.append(_NO_ORIGIN)
    if wrong:
        raise ValueError("; ".join(wrong))
    said = {field.name: values.pop(field.name) for field in PAGE_FIELDS if field.name in values}
    jar = values.pop(COOKIE_JAR.name, None)
    try:
        asked = on_page(defaults._replace(**with_cookie(values)), said, values.get("origin"))
    except InvalidPage as e:
        raise ValueError(f"{e.field.name}: {e}") from e
    asked = _asked(with_url(asked, from_page(values["url"], asked.client)), values)
    try:
        return with_jar(asked, jar_of(jar))
    except BadJar as e:
        raise ValueError(f"{COOKIE_JAR.name}: {shown(jar)!a}: {e.placed}") from e


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


_WITH_ORIGIN = '{"url": "https://api.example/items", "origin": "https://app.example"}'
_ALIASES = {
    name: field.name
    for field in (*FIELDS, COOKIE_JAR, *PAGE_FIELDS)
    for name in (field.option.removeprefix("--"), field.key, field.argument)
} | {"user agent": "user_agent"}
_NO_ORIGIN = "origin is missing; add it to the line, or use --origin"
KEYS = ("id", *READERS)
