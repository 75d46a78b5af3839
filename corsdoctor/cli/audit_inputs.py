"""The URLs of an audit: those that are typed, those of lists, and those of the requests in captures.

All are read before anything is sent, and those of one origin follow each other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from corsdoctor.audit.requests_of_pages import plain_request
from corsdoctor.batch.audits import Subject
from corsdoctor.batch.line import Line
from corsdoctor.cli.reading import read_or_note
from corsdoctor.opening import opened
from corsdoctor.reading import read_url
from corsdoctor.scenario import Scenario
from corsdoctor.url import Origin, parse
from corsdoctor.wrong_input import Mistakes

_MOST_MISTAKES: Final = 100
_BAD_PORT: Final = "browsers block every request to this port, so no website can reach this server"


def subjects(
    arguments: Sequence[str], trusted: tuple[Origin, ...], hosts: Sequence[str], asked: Scenario, found: Mistakes
) -> list[Subject]:
    """What to audit: each URL once, without its fragment, at the place of the first one of its origin.

    Beside `trusted`, the origins of the pages in a list count as trusted by the whole origin that they request. With `hosts`, only
    URLs on them and on their subdomains remain. Raises UnreadableInput.
    """
    origins: dict[Origin, dict[str, None]] = {}
    pages: dict[Origin, dict[Origin, None]] = {}
    for field, text, page in _given(arguments, asked, found):
        url = parse(text)
        if url is None or not url.is_http:
            found.add(field, text, "is not the URL of a web server: it has to begin with http:// or https://")
        elif plain_request(asked, text) is None:
            found.add(field, text, _BAD_PORT)
        elif not hosts or any(f".{url.host}".endswith(f".{host}") for host in hosts):
            origins.setdefault(url.origin, {})[text.partition("#")[0]] = None
            if page is not None:
                pages.setdefault(url.origin, {})[page] = None
        if len(found.found) >= _MOST_MISTAKES:
            found.add("URL", "", "there may be more mistakes; fix these first")
            break
    if hosts and not origins and not found.found:
        found.add("--host", " ".join(hosts), "no URL is on this host")
    return [
        Subject(url, tuple(dict.fromkeys((*trusted, *pages.get(origin, ())))))
        for origin, urls in origins.items()
        for url in urls
    ]


def is_list(argument: str) -> bool:
    """Whether an argument names a list and is not a URL."""
    path = Path(argument)
    return argument == "-" or ("://" not in argument and path.exists() and not path.is_dir())


def _given(arguments: Sequence[str], asked: Scenario, found: Mistakes) -> Iterator[tuple[str, str, Origin | None]]:
    """(where, URL, the page's origin) of each that is given."""
    if not arguments:
        found.add("URL", "", "is missing: give one or more, a file, or - to read standard input")
    for argument in arguments:
        if is_list(argument):
            yield from _listed(argument, asked, found)
        else:
            url = read_or_note(found, "URL", argument, lambda text: read_url(text, None))
            if url is not None:
                yield "URL", url, None


def _listed(path: str, asked: Scenario, found: Mistakes) -> Iterator[tuple[str, str, Origin | None]]:
    """Those of a list. The requests of a capture that are none of HTTP, such as WebSockets, are left out."""
    from corsdoctor.cli.input_lines import lines_of  # what a URL among the arguments need not load

    name = "standard input" if path == "-" else path
    empty = True
    try:
        with opened(path) as stream:
            for line in lines_of(stream, path):
                if line.data.startswith(b"{") and _would_spread(asked, name, found):
                    return
                empty = False
                yield from _of_line(line, name, asked, found)
    except OSError as e:
        found.add("URL", path, f"cannot read the file: {e.strerror}")
        return
    if empty:
        found.add("URL", path, f"{name} has no URL")


def _would_spread(asked: Scenario, name: str, found: Mistakes) -> bool:
    """Whether the options have something that must not go to every host of a list of requests, each of which is a mistake."""
    options = {"--header": asked.headers, "--cookie": asked.cookie or asked.held, "--cert": asked.certificate}
    spread = [option for option, given in options.items() if given]
    for option in spread:
        found.add(option, "", f"would go to every host that {name} has requests to: give their URLs instead")
    return bool(spread)


def _of_line(line: Line, name: str, asked: Scenario, found: Mistakes) -> Iterator[tuple[str, str, Origin | None]]:
    from corsdoctor.batch.read_line import BadLine, read_line
    from corsdoctor.captures.no_url import NO_URL

    field = f"{name}, line {line.number}:"
    try:
        _, request = read_line(Line(line.number, line.data, line.too_long), asked, has_origin=True)
    except BadLine as e:
        found.add(field.removesuffix(":"), "", str(e))
        return
    if not isinstance(request, Scenario):
        found.add(field.removesuffix(":"), "", "a flow cannot be audited: give the URLs of its requests")
    elif line.data.startswith(b"{"):
        url = request.parsed_url
        if url is not None and url.is_http and url.href != NO_URL:
            yield field, url.href, None if request.origin.opaque else request.origin
    else:
        yield field, request.url, None
