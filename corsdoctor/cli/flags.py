"""Makes a Scenario, profiles and the connection from flags. All mistakes are collected in a `Mistakes`.

Whether a browser would refuse the request is decided by the core; this file reports only what cannot be intended.
"""

from __future__ import annotations

from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

from corsdoctor.browsers import BROWSERS, Profile
from corsdoctor.cli.options import RequestFlags, TransportFlags
from corsdoctor.cli.reading import make_or_note, name_only, named_file, read_body, read_or_note, read_path
from corsdoctor.errors import InvalidScenario, UnreadableInput
from corsdoctor.opening import TooLarge, read_whole
from corsdoctor.pattern import Pattern
from corsdoctor.reading import items, read_browser, read_header, read_header_value, read_origin, read_url
from corsdoctor.request_fields import FIELDS, default_method, from_page, refused, with_cookie, with_url
from corsdoctor.scenario import Api, Scenario
from corsdoctor.url import OPAQUE, Origin
from corsdoctor.wrong_input import Mistakes, shown

if TYPE_CHECKING:
    from corsdoctor.causes.probe import Probing
    from corsdoctor.scenario.page import Client
    from corsdoctor.transport.live import Live
    from corsdoctor.transport.options import TransportOptions

_PLACEHOLDER = "about:blank"
_MOST_BYTES = 5_000_000
_BARE = Pattern(r"[^.:/]+")
"""What may be the rest of a value that lost its quotes, and cannot be a host."""
_LONGEST_LINE = 1024 * 1024
_MOST_MISTAKES = 100


def probing(text: str | None, found: Mistakes, usual: Probing) -> Probing:
    """How many probes --probes allows; `usual` where it was not given."""
    if text is None:
        return usual
    from corsdoctor.causes.probe import read_probing  # what an audit need not load

    return read_or_note(found, "--probes", text, read_probing) or usual


def recipe(server: str | None, found: Mistakes) -> str | None:
    """The recipe that --server names, None if it was not given."""
    if server is None:
        return None
    from corsdoctor.fixing import read_server  # what a run without a fix need not load

    return read_or_note(found, "--server", server, read_server)


def scenarios(
    urls: Sequence[str], flags: RequestFlags, transport: TransportFlags, found: Mistakes, *, several: bool = True
) -> list[Scenario]:
    """One Scenario for each URL ("-" stands for the lines of standard input); without `several`, more is a mistake."""
    if flags.origin is None and flags.page is None:
        found.add("--origin", "", f"is missing: {_missing_origin(flags.header)}")
    if not urls:
        lines = (
            "one or more, or - to read one per line from standard input" if several else "one, or - for standard input"
        )
        found.add("URL", "", f"is missing: give {lines}")
    if "-" in urls and flags.data == "@-":
        found.add("--data", "@-", "standard input is already used for the URLs")
        return []
    asked = without_url(flags, transport, found)
    page = None if flags.origin is None and flags.page is None else asked.origin
    before = len(found.found)
    read = []
    for field, url in _targets(urls, found):
        if field == "URL" and len(found.found) > before and _BARE.compiled.fullmatch(url):
            found.add("URL", "", "another argument is not a URL either: put a value that has spaces in quotes")
            continue
        read.append(
            read_or_note(found, field, url, partial(_url, page=page, listed=field != "URL", client=asked.client))
        )
    if not several and len(read) > 1:
        found.add("URL", "-", f"there are {len(read)} URLs on standard input; this command takes one at a time")
    scenarios = [with_url(asked, url) for url in read if url is not None]
    if flags.cookie_jar is not None:
        from corsdoctor.cli.cookies import with_cookies_of  # what a plain check need not load

        scenarios = with_cookies_of(flags.cookie_jar, scenarios, found)
    for scenario in scenarios:
        if scenario.api is not asked.api:
            add_refused(scenario, found, names_method=flags.method is not None)
    return scenarios


def on_their_page(scenarios: list[Scenario], live: Live) -> list[Scenario]:
    """The requests, each from its page, which is requested if its headers are not known."""
    if not any(scenario.client is not None and scenario.client.page.unread for scenario in scenarios):
        return scenarios
    from corsdoctor.cli.messages import print_message
    from corsdoctor.page_request import Pages  # what a plain check need not load

    pages = Pages(live.send, print_message)
    try:
        return list(map(pages.with_page, scenarios))
    except InvalidScenario as e:
        raise InvalidScenario(*(mistake._replace(field=f"--{mistake.field}") for mistake in e.mistakes)) from e
    except UnreadableInput as e:
        reason = f"{e.reason.rstrip('.')}; with --origin in place of --page, the page is not requested"
        raise UnreadableInput(e.where, reason) from e


def refuse_websockets(scenarios: Sequence[Scenario], found: Mistakes) -> None:
    """Adds a mistake for each WebSocket, where a command is about preflight requests."""
    for scenario in scenarios:
        if scenario.api is Api.WEBSOCKET:
            found.add("URL", shown(scenario.url), "a WebSocket sends no preflight request; use corsdoctor check")


def without_url(flags: RequestFlags, transport: TransportFlags, found: Mistakes) -> Scenario:
    """The Scenario of the flags. Its URL is a placeholder, and without --origin so is its origin."""
    origin = None if flags.origin is None else read_or_note(found, "--origin", flags.origin, read_origin)
    client = None
    if flags.page is not None or flags.page_header or flags.permission or flags.address_space:
        from corsdoctor.cli.page import read_client  # what a plain check need not load

        client = read_client(flags, origin, found)
        origin = origin if client is None else client.origin
    asked = Scenario(
        _PLACEHOLDER,
        OPAQUE if origin is None else origin,
        certificate=transport.cert is not None,
        client=client,
        **{"method": default_method(flags.data), **typed_fields(flags, found)},
    )
    add_refused(asked, found, names_method=flags.method is not None)
    return asked


def add_refused(asked: Scenario, found: Mistakes, *, names_method: bool) -> None:
    """Adds a mistake for what the API that makes the request cannot set."""
    hints = {"upload_listener": ": add --as xhr"}
    for field, value, reason in refused(asked, names_method=names_method):
        found.add(field.option, value, reason + hints.get(field.name, ""))


def typed_fields(flags: RequestFlags, found: Mistakes) -> dict[str, Any]:
    """The fields of a Scenario that were typed, by name, but for the URL and the origin."""
    headers = [read_or_note(found, "--header", text, read_header, name_only(text)) for text in flags.header]
    typed = {**vars(flags), "headers": tuple(header for header in headers if header is not None), "body": flags.data}
    read: dict[str, Any] = {}
    for field in FIELDS:
        value = typed[field.name]
        if value in (None, False, ()):
            continue
        if field.choices is not None:
            value = field.choices(value)
        elif field.name == "cookie" and ";" in value:
            from corsdoctor.reading_cookies import read_cookie  # what a plain check need not load

            value = read_or_note(found, field.option, value, read_cookie, "")
        elif field.is_header_value:
            value = read_or_note(found, field.option, value, read_header_value, "")
        elif field.name == "body":
            read["body_file"] = named_file(value)
            value = read_or_note(found, field.option, value, read_body, _file_only(value))
        read[field.name] = value
    return with_cookie(read)


def profiles(flags: RequestFlags, found: Mistakes) -> tuple[Profile, ...]:
    """The requested browsers, in that order; all if none was named."""
    names = [name for value in flags.browser for name in items(value, ",") if name.strip()]
    named = [profile for name in names for profile in read_or_note(found, "--browser", name, read_browser) or ()]
    return tuple(dict.fromkeys(named)) or BROWSERS


def live(flags: TransportFlags, found: Mistakes, connections: int = 10) -> Live | None:
    """The connection to servers, None after adding a mistake. Loads requests."""
    from corsdoctor.transport.live import Live

    options = transport_options(flags, found, connections)
    return None if options is None else make_or_note(found, lambda: Live(options), "--")


def transport_options(flags: TransportFlags, found: Mistakes, connections: int) -> TransportOptions | None:
    """How to reach servers, None after adding a mistake; `connections` is how many are kept for each host."""
    from corsdoctor.transport.options import TransportOptions, parse_resolve

    before = len(found.found)
    files = {"--cacert": flags.cacert, "--cert": flags.cert, "--key": flags.key}
    for field, path in files.items():
        if path is not None:
            read_or_note(found, field, path, read_path)
    resolve = [read_or_note(found, "--resolve", text, parse_resolve) for text in flags.resolve]
    times = {"connect_timeout": flags.connect_timeout, "max_time": flags.max_time}
    given: dict[str, Any] = {name: seconds for name, seconds in times.items() if seconds is not None}
    options = TransportOptions(
        verify=not flags.insecure, cacert=flags.cacert, cert=flags.cert, key=flags.key, proxy=flags.proxy,
        resolve=tuple(entry for entry in resolve if entry is not None), max_connections=connections,
        http2=flags.http2, **given,
    )  # fmt: skip
    return options if len(found.found) == before else None


def _url(text: str, page: Origin | None, *, listed: bool, client: Client | None) -> str:
    if listed:
        from corsdoctor.listed import more_than_url  # what a URL among the arguments need not load

        if text.startswith("{"):
            raise ValueError("this is a JSON object; 'corsdoctor batch -' reads one per line")
        more = more_than_url(text)
        if more is not None:
            raise ValueError(f"{more}; a line must be one URL: use the options --origin and -X, or batch")
    absolute = from_page(text, client)
    if absolute != text:
        return absolute
    try:
        return read_url(text, page)
    except ValueError:
        if listed:
            raise
        from corsdoctor.cli.not_urls import meant_by_url  # what a URL need not load

        meant = meant_by_url(text)
        if meant is None:
            raise
        raise ValueError(meant) from None


def _missing_origin(headers: Iterable[str]) -> str:
    """What to give as the origin: that of a header Origin if there is one, which curl takes and a script cannot set."""
    for header in headers:
        name, _, value = header.partition(":")
        if name.strip().lower() == "origin":
            with suppress(ValueError):
                return f"did you mean `--origin {read_origin(value.strip())}` in place of the header?"
    return "give the page's origin, such as https://app.example"


def _targets(urls: Sequence[str], found: Mistakes) -> Iterator[tuple[str, str]]:
    """(name for errors, URL) of each argument and of each line of standard input."""
    for url in urls:
        if url != "-":
            yield "URL", url
            continue
        empty = True
        try:
            data = read_whole("-", _MOST_BYTES)
        except OSError as e:
            found.add("URL", "-", f"cannot read standard input: {e.strerror}")
            return
        except TooLarge as e:
            found.add("URL", "-", f"standard input is too large: {e}; batch reads lists of any length")
            return
        data = data.decode("utf-16", "replace").encode() if data.startswith((BOM_UTF16_BE, BOM_UTF16_LE)) else data
        if b"\0" in data:
            found.add("URL", "-", "standard input is not text")
            return
        for number, line in enumerate(data.split(b"\n"), 1):
            text = line.decode("utf-8-sig", "surrogateescape").strip()
            field = f"standard input, line {number}:"
            if len(line) > _LONGEST_LINE:
                empty = False
                found.add(field[:-1], "", f"the line is longer than {_LONGEST_LINE} bytes")
            elif text and not text.startswith("#"):
                empty = False
                yield field, text
            if len(found.found) >= _MOST_MISTAKES:
                found.add(field[:-1], "", "there may be more mistakes; fix these first")
                return
        if empty:
            found.add("URL", "-", "standard input has no URL")


def _file_only(data: str) -> str:
    return data if data.startswith("@") else ""
