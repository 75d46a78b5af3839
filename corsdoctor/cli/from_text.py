"""Makes Scenarios of requests in the words of other tools, with the flags that take precedence over them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any, Final

from corsdoctor.browsers import Profile
from corsdoctor.captures.commands.language import Language
from corsdoctor.captures.commands.parsed import Option, Parsed
from corsdoctor.captures.commands.read import requests
from corsdoctor.captures.commands.scenario import fields_of
from corsdoctor.cli import flags, options
from corsdoctor.cli.flow_recognition import is_flow_file
from corsdoctor.cli.kinds_of_input import is_har
from corsdoctor.cli.messages import print_message
from corsdoctor.cli.reading import read_or_note
from corsdoctor.errors import Mistake, Place
from corsdoctor.opening import TooLarge, read_whole
from corsdoctor.plan import plan
from corsdoctor.reading import read_header_value, read_origin, read_url
from corsdoctor.report import Item, Problem, Report
from corsdoctor.request_fields import with_url
from corsdoctor.scenario import Scenario
from corsdoctor.url import OPAQUE, parse_origin
from corsdoctor.wrong_input import Mistakes, shown_path

_MOST_BYTES: Final = 1_000_000
_NO_PAGE: Final = "is missing: the text does not name the page; give its origin, such as https://app.example"
_CONNECTION: Final = ("insecure", "proxy", "proxy_user", "resolve", "cacert", "cert", "key")
_LISTED: Final = 3


def scenarios_from(
    urls: Sequence[str],
    request: options.RequestFlags,
    transport: options.TransportFlags,
    given: options.FromFlags,
    found: Mistakes,
) -> tuple[list[Scenario], options.TransportFlags]:
    """The requests of the text, and how to reach the servers. What cannot be read is a mistake with its place."""
    parsed = _parsed(urls, request, given, found)
    made = [scenario for one in parsed if (scenario := _scenario(one, request, transport, given, found)) is not None]
    if any(_page(one, request) is None for one in parsed if one.error is None):
        found.add("--origin", "", _NO_PAGE)
    _report_what_is_missing(parsed, given)
    if request.cookie_jar is not None:
        from corsdoctor.cli.cookies import with_cookies_of  # what a request without a jar need not load

        made = with_cookies_of(request.cookie_jar, made, found)
    return made, _reaching(parsed, transport, given, found)


def planned_from(
    urls: Sequence[str],
    request: options.RequestFlags,
    transport: options.TransportFlags,
    given: options.FromFlags,
    profiles: tuple[Profile, ...],
    found: Mistakes,
) -> list[Item]:
    """The plan of each request of the text; a Problem for what cannot be read, and where no page is known."""
    parsed = _parsed(urls, request, given, found)
    _report_what_is_missing(parsed, given)
    return [_item(one, request, transport, given, profiles) for one in parsed]


def _item(
    parsed: Parsed,
    request: options.RequestFlags,
    transport: options.TransportFlags,
    given: options.FromFlags,
    profiles: tuple[Profile, ...],
) -> Item:
    own = Mistakes()
    scenario = _scenario(parsed, request, transport, given, own)
    if own.found:
        reason = parsed.error or "; ".join(mistake.without_place for mistake in own.found)
        return Problem(parsed.line, reason, parsed=parsed)
    assert scenario is not None  # or there would have been a mistake
    if _page(parsed, request) is None:
        return Problem(parsed.line, f"--origin {_NO_PAGE}", scenario=scenario, parsed=parsed, missing="origin")
    if scenario.parsed_url is not None and scenario.parsed_url.scheme in ("ws", "wss"):
        return Problem(parsed.line, "a WebSocket sends no preflight request", parsed=parsed)
    return Report(plan(scenario, profiles), planned=True, line=parsed.line, parsed=parsed)


def _parsed(
    urls: Sequence[str], request: options.RequestFlags, given: options.FromFlags, found: Mistakes
) -> list[Parsed]:
    """The requests in the text that `given` names; none after a mistake that concerns all of it."""
    named = {"--from": given.source, "--from-curl": given.from_curl, "--from-fetch": given.from_fetch}
    (option, text), *others = [(name, value) for name, value in named.items() if value is not None]
    if others:
        found.add(others[0][0], "", f"{option} already has the request: use one of them")
        return []
    if urls:
        found.add("URL", urls[0], f"{option} already has the URL: use one of them")
        return []
    if option == "--from" and text == "-" and request.data == "@-":
        found.add("--data", "@-", "standard input is already used for --from")
        return []
    if option == "--from":
        read = _text_of(text, found)
        if read is None:
            return []
        text = read
    languages = {"--from-fetch": Language.JAVASCRIPT}
    return requests(text, partial(_content, given, found), languages.get(option))


def _text_of(path: str, found: Mistakes) -> str | None:
    """The text of the file; None after adding a mistake."""
    what = "standard input" if path == "-" else "the file"
    try:
        data = read_whole(path, _MOST_BYTES)
    except OSError as e:
        found.add("--from", shown_path(path), f"cannot read {what}: {e.strerror}")
        return None
    except TooLarge as e:
        found.add("--from", shown_path(path), f"{what} is too large: {e}")
        return None
    except ValueError as e:  # a NUL in the name
        found.add("--from", "", f"this is not a valid file name: {e}")
        return None
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    text = data.decode(encoding, "surrogateescape" if encoding == "utf-8-sig" else "replace")
    if path != "-" and is_flow_file(path):
        found.add("--from", shown_path(path), "this is a flow: run corsdoctor flow")
        return None
    if is_har(text):
        found.add("--from", shown_path(path), "this is a HAR: run corsdoctor replay")
        return None
    return text


def _content(given: options.FromFlags, found: Mistakes, name: str) -> bytes | None:
    """The content of a file that the text names; None without --allow-files."""
    if not given.allow_files or (name == "-" and given.source == "-"):
        return None
    try:
        return read_whole(name)
    except OSError as e:
        found.add("--allow-files", shown_path(name), f"cannot read the file: {e.strerror}")
    except ValueError as e:  # too large; a NUL in the name
        found.add("--allow-files", shown_path(name), f"cannot read the file: {e}")
    return None


def _scenario(
    parsed: Parsed,
    request: options.RequestFlags,
    transport: options.TransportFlags,
    given: options.FromFlags,
    found: Mistakes,
) -> Scenario | None:
    """The request with the flags that take precedence; None after adding a mistake. Without a page, its origin is opaque."""
    before = len(found.found)
    place = Place(_name(given), *(parsed.spot or (parsed.line, None)))
    if parsed.error is not None:
        found.found.append(Mistake("", "", parsed.error, place))
        return None
    assert parsed.url is not None  # or there would have been an error
    typed = flags.typed_fields(request, found)
    of_text = fields_of(parsed)
    fields = {**of_text, **typed}
    own = {name.lower() for name, _ in typed.get("headers", ())}
    told = [(name, value) for name, value in of_text["headers"] if name.lower() not in own]
    fields["headers"] = (*told, *typed.get("headers", ()))
    for name, value in told:
        _noted(found, place, f"the header {name}", partial(read_header_value, value))
    page = _page(parsed, request)
    origin = client = None
    if request.page is not None or request.page_header or request.permission or request.address_space:
        from corsdoctor.cli.page import read_client  # what a request without a page need not load

        client = read_client(request, None if page is None or request.page else parse_origin(page), found)
        origin = None if client is None else client.origin
    elif page is not None:
        from_text = request.origin is None
        read = partial(read_origin, page)
        origin = (
            _noted(found, place, "the Origin header", read)
            if from_text
            else read_or_note(found, "--origin", page, read_origin)
        )
    url = _noted(found, place, "the URL", partial(read_url, parsed.url, origin))
    if len(found.found) > before or url is None:
        return None
    asked = Scenario(
        url, OPAQUE if origin is None else origin, certificate=transport.cert is not None, client=client, **fields
    )
    scenario = with_url(asked, url)
    flags.add_refused(scenario, found, names_method=True)
    return None if len(found.found) > before else scenario


def _noted(found: Mistakes, place: Place, what: str, read: Any) -> Any:
    """The result of `read()`, or None after adding its mistake with the place of the command."""
    try:
        return read()
    except ValueError as e:
        found.found.append(Mistake(what, "", str(e), place))
        return None


def _page(parsed: Parsed, request: options.RequestFlags) -> str | None:
    return request.page or request.origin or parsed.origin


def _name(given: options.FromFlags) -> str:
    """What an error calls the text."""
    if given.source is None:
        return "--from-curl" if given.from_curl is not None else "--from-fetch"
    return "standard input" if given.source == "-" else shown_path(given.source)


def _reaching(
    parsed: Sequence[Parsed], transport: options.TransportFlags, given: options.FromFlags, found: Mistakes
) -> options.TransportFlags:
    """How to reach the servers: as the commands say, with the flags that take precedence."""
    ways = [{name: value for name, value in one.options if name in _CONNECTION} for one in parsed if one.error is None]
    if any(way != ways[0] for way in ways):
        found.add("", "", "the commands differ in how they connect (-k, -x, --resolve): check them one by one")
    way: dict[str, Option] = ways[0] if ways else {}
    files = {name: value for name, value in way.items() if name in ("cacert", "cert", "key") and given.allow_files}
    proxy = transport.proxy if transport.proxy is not None else _proxy(way)
    resolve = way.get("resolve", ())
    own = vars(transport)
    return options.TransportFlags(
        **{
            **own,
            "insecure": transport.insecure or bool(way.get("insecure")),
            "proxy": proxy,
            "resolve": (*transport.resolve, *(resolve if isinstance(resolve, tuple) else ())),
            **{name: own[name] if own[name] is not None else value for name, value in files.items()},
        }
    )


def _proxy(way: dict[str, Option]) -> str | None:
    """The proxy of a command, with the login of curl's -U."""
    proxy, user = way.get("proxy"), way.get("proxy_user")
    if not isinstance(proxy, str) or not proxy:
        return None
    scheme, slashes, host = proxy.rpartition("://")
    return f"{scheme or 'http'}{slashes or '://'}{user}@{host}" if isinstance(user, str) else proxy


def _report_what_is_missing(parsed: Sequence[Parsed], given: options.FromFlags) -> None:
    """Prints what the text names and nobody has read or expanded."""
    files = list(dict.fromkeys(name for one in parsed for name in one.reads))
    if files and not given.allow_files:
        print_message(f"not read: {_some(map(_input_name, files))}; --allow-files reads what the command names")
    variables = list(dict.fromkeys(name for one in parsed for name in one.unresolved))
    if variables:
        print_message(
            f"not expanded: {_some(map(shown_path, variables))}; the request has this text in place of the value"
        )


def _input_name(name: str) -> str:
    return "standard input" if name == "-" else shown_path(name)


def _some(names: Iterator[str]) -> str:
    listed = list(names)
    more = len(listed) - _LISTED
    return ", ".join(listed[:_LISTED]) + (f" and {more} more" if more > 0 else "")
