"""Reads the request of a case except for URL and origin: method, headers, credentials, ... as fields of a Scenario."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Final

from corsdoctor.browsers import BROWSERS, Profile
from corsdoctor.reading import read_browser, read_header_value, utf8
from corsdoctor.reading_cookies import BadJar, read_cookie, read_jar_name
from corsdoctor.reading_networks import read_address_spaces, read_answers
from corsdoctor.request_fields import (
    COOKIE_JAR,
    FIELDS,
    PAGE_FIELDS,
    RequestField,
    client_of,
    default_method,
    refused,
    with_cookie,
)
from corsdoctor.scenario import Api, FromEnvironment, HeldCookie, Scenario
from corsdoctor.suite.reader import Reader
from corsdoctor.url import OPAQUE, Origin
from corsdoctor.value_path import Path

KEYS: Final = (*(field.key for field in (*FIELDS, COOKIE_JAR, *PAGE_FIELDS) if field.name != "page"), "browsers")
"""What any entry may set; only a case has a `page`."""
_USER_AGENT: Final = "user-agent"


@dataclass(frozen=True, slots=True)
class RequestSpec:
    """The request; `fields` are the fields of a Scenario that the file sets. `profiles` is None if no browser is named."""

    fields: dict[str, Any] = field(default_factory=dict)
    profiles: tuple[Profile, ...] | None = None
    page: dict[str, Any] = field(default_factory=dict)
    """What is known of the page, by the names of PAGE_FIELDS."""
    jar: tuple[tuple[HeldCookie, bool], ...] = ()
    """The cookies in the jar, each with whether it has expired."""

    @property
    def said_method(self) -> bool:
        """Whether the file sets the method."""
        return "method" in self.fields

    @property
    def method(self) -> str:
        """The method: if none is set, POST with a body, otherwise GET."""
        method: str = self.fields.get("method", default_method(self.fields.get("body")))
        return method

    @property
    def api(self) -> Api:
        """The API that makes the request; fetch() by default."""
        api: Api = self.fields.get("api", Api.FETCH)
        return api

    @property
    def browsers(self) -> tuple[Profile, ...]:
        """The browsers that judge: those that are named, otherwise all."""
        return BROWSERS if self.profiles is None else self.profiles

    def scenario(self, method: str) -> Scenario:
        """A Scenario with this method, whose URL and origin are placeholders."""
        return Scenario(**{**self.fields, "url": "about:blank", "origin": OPAQUE, "method": method})

    def on_page(self, asked: Scenario, origin: Origin) -> Scenario:
        """`asked` from the page. Raises InvalidPage."""
        client = client_of(self.page, origin) if self.page else None
        return asked._replace(origin=origin if client is None else client.origin, client=client)


def read_spec(reader: Reader, given: dict[str, Any], path: Path, defaults: RequestSpec) -> RequestSpec:
    """The request in the table `given`, with `defaults` for what is missing."""
    fields = dict(defaults.fields)
    hidden = fields.pop("from_environment", FromEnvironment())
    for field_ in FIELDS:
        if field_.key in given:
            fields.pop(field_.name, None)
            value, hidden = _read(reader, field_, given[field_.key], (*path, field_.key), hidden)
            if value is not None:
                fields[field_.name] = value
    page = dict(defaults.page)
    for field_ in PAGE_FIELDS:
        if field_.key in given and field_.name != "page":
            page.pop(field_.name, None)
            value, hidden = _read_of_page(reader, field_, given[field_.key], (*path, field_.key), hidden)
            if value is not None:
                page[field_.name] = value
    fields = with_cookie(fields)
    fields["from_environment"] = hidden
    profiles = (
        read_browsers(reader, given["browsers"], (*path, "browsers")) if "browsers" in given else defaults.profiles
    )
    jar = _jar(reader, given[COOKIE_JAR.key], (*path, COOKIE_JAR.key)) if COOKIE_JAR.key in given else defaults.jar
    return replace(defaults, fields=fields, profiles=profiles, page=page, jar=jar)


def check_api(asked: Scenario, given: Collection[str], *, said_method: bool) -> Iterator[tuple[str, str, str]]:
    """(key, reason, value) for everything that the API or element cannot set.

    `given` are the keys of the entry. `said_method` is false where only a body brought the method.
    """
    for field_, value, reason in refused(asked, names_method=said_method):
        key = "methods" if field_.name == "method" and "methods" in given else field_.key
        hint = ': add as = "xhr"' if field_.name == "upload_listener" else ""
        where = "" if key in given else " (set in `defaults`)"
        yield key, reason + hint + where, value if field_.choices is not None else ""


def read_method(reader: Reader, value: object, path: Path) -> str | None:
    """A method. One that browsers refuse is not a mistake, because a case can expect that."""
    return reader.parsed(value, path, _method, "a method")


def _method(text: str) -> str:
    if not text:
        raise ValueError("is empty; give a method, such as GET")
    return text


def _read(
    reader: Reader, field_: RequestField, value: object, path: Path, hidden: FromEnvironment
) -> tuple[Any, FromEnvironment]:
    """The value of a field, and `hidden` with the parts that came from the environment."""
    if field_.choices is not None:
        return reader.choice(value, path, field_.choices), hidden
    match field_.name:
        case "method":
            return read_method(reader, value, path), hidden
        case "headers":
            headers, names = _headers(reader, value, path)
            return headers, hidden._replace(headers=names | hidden.headers & {_USER_AGENT})
        case "upload_listener":
            return reader.flag(value, path), hidden
        case "body":
            text = reader.text(value, path, show=False)
            if text is None:
                return None, hidden
            return utf8(text.value), hidden._replace(body=text.secret)
        case "user_agent":
            agent, secret = _header_value(reader, value, path)
            names = hidden.headers | {_USER_AGENT} if secret else hidden.headers - {_USER_AGENT}
            return agent, hidden._replace(headers=names)
        case _:  # a cookie is never shown, wherever it came from
            text = reader.text(value, path, show=False)
            return None if text is None else reader.made(text, path, read_cookie, "a cookie", show=False), hidden


def _read_of_page(
    reader: Reader, field_: RequestField, value: object, path: Path, hidden: FromEnvironment
) -> tuple[Any, FromEnvironment]:
    """What is known of the page, and `hidden` with the names of headers whose values came from the environment."""
    if field_.name == "page_headers":
        headers, names = _headers(reader, value, path)
        return headers, hidden._replace(headers=hidden.headers | names)
    texts = {key: reader.text(inner, (*path, key)) for key, inner in reader.table(value, path).items()}
    read = read_answers if field_.name == "permissions" else read_address_spaces
    try:
        return read({key: text.value for key, text in texts.items() if text is not None}), hidden
    except ValueError as e:
        secret = any(text is not None and text.secret for text in texts.values())
        reader.wrong(
            path, "with its variables expanded, this is not valid; the value is not shown" if secret else str(e)
        )
        return None, hidden


def _jar(reader: Reader, value: object, path: Path) -> tuple[tuple[HeldCookie, bool], ...]:
    """The cookies in the jar that `value` names."""
    name = reader.parsed(value, path, read_jar_name, "the name of a file")
    try:
        return () if name is None else reader.jar_of(name)
    except BadJar as e:
        reader.wrong(path, e.placed, value if isinstance(value, str) else "")
        return ()


def _header_value(reader: Reader, value: object, path: Path) -> tuple[str | None, bool]:
    """A header's value, and whether a part of it came from the environment."""
    text = reader.text(value, path, show=False)
    if text is None:
        return None, False
    return reader.made(text, path, read_header_value, "a header's value", show=False), text.secret


def _headers(reader: Reader, value: object, path: Path) -> tuple[tuple[tuple[str, str], ...], frozenset[str]]:
    """The headers, and the names in lower case of those whose values came from the environment."""
    if isinstance(value, list):
        pairs = [((*path, i), pair) for i, pair in enumerate(value)]
    else:
        pairs = [((*path, name), [name, inner]) for name, inner in reader.table(value, path).items()]
    read, hidden = [], set()
    for inner_path, pair in pairs:
        if not (isinstance(pair, list) and len(pair) == 2 and isinstance(pair[0], str)):
            reader.wrong(
                inner_path,
                f'write a header as ["Name", "value"] in a list, or as a key with its value in {reader.terms.one}',
            )
            continue
        header_value, secret = _header_value(reader, pair[1], inner_path)
        hidden |= {pair[0].lower()} if secret else set()
        if header_value is not None:
            read.append((pair[0], header_value))
    return tuple(read), frozenset(hidden)


def read_browsers(reader: Reader, value: object, path: Path) -> tuple[Profile, ...]:
    """The browsers that a name or a list of names stands for, each once."""
    found: list[Profile] = []
    for inner_path, inner in reader.one_or_more(value, path, "names of browsers"):
        found += reader.parsed(inner, inner_path, read_browser, "a browser") or ()
    return tuple(dict.fromkeys(found))
