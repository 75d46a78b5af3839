"""One message of a browser's console, as it was recognized."""

from __future__ import annotations

import re
from typing import Final

from corsdoctor.pattern import Pattern
from corsdoctor.record import Record

_WITHOUT_SCHEME: Final = Pattern(r"[\w.-]+:[0-9]{1,5}(?:[/?#].*)?", re.A | re.S)
BEACON: Final = "beacon"  # navigator.sendBeacon()
MANIFEST: Final = "manifest"  # <link rel="manifest">
A_SERVER: Final = "a server"  # whose words they are, where they do not show which software it is
REDIRECTION: Final = (
    "redirection"  # a `detail`: `url` is where a redirect leads, and the URL that was requested is not named
)
WITH_CREDENTIALS: Final = frozenset({"acac-true", "acao-not-wildcard-with-credentials"})  # rules for requests with them
SERVER_ALONE: Final = "server"  # a `detail`: `url` is only the origin of the URL that was requested
PROGRAM: Final = "program"  # a `detail`: a program reports the failure that is not a browser
_WRAPPED: Final = Pattern(
    r"[{<(\[\"']{1,3}(?P<url>[A-Za-z][A-Za-z0-9+.-]*:(?:(?!\]\()[^{}<>\"'\s])+?)[}>)\]\"']{1,3}[.,;/]*"
)
_PLACEHOLDER: Final = Pattern(r"_\w*|\$?[<{\[(]{1,2}[^<>{}\[\]()/]{1,80}[>}\])]{1,2}")
_SCHEMES_ALONE: Final = frozenset({"file:", "http:", "https:", "http://", "https://"})  # "file://" is an origin
_CUT: Final = Pattern(r"\u2026|(?:^|[/=?&#:])\.{3}|\.{3}(?:$|[/?&#:])|\.\.$")


class Message(Record):
    """`text` is the message in one line; `cors` is whether it is about CORS.

    `browser` is chromium, firefox, webkit, edge-legacy or jsdom, None if several print the same. `rule` is the id of the rule
    that it names, None if it names none; `kind` is what a message is that is not about CORS ("csp", "network", ...), and
    `case` which case of it ("certificate"), both as in corsdoctor/kinds.
    `in_preflight` is None if the message does not show it. `subject` is the header, method or value that it names.
    `api` is who made the request, as `--as` knows it, or BEACON or MANIFEST. `first` is the URL that was requested, where redirects led to `url`.
    `also` are further rules that the same words may name. `era` is the versions that had these words, "" for today's;
    `status` is an HTTP status code. `method` is that of the request, from a line beside the message. `detail` is what the words say beyond the rule: "multiple" values of a header, ...
    `entry` is whether it only says which status code an OPTIONS request got, as an entry of a log does.
    `server` is whose words they are where no browser's, and `cause` what they say (reports/refused.py), None if that is the rule.
    """

    text: str
    cors: bool
    browser: str | None = None
    rule: str | None = None
    kind: str | None = None
    in_preflight: bool | None = None
    url: str | None = None
    origin: str | None = None
    subject: str | None = None
    api: str | None = None
    era: str = ""
    status: str | None = None
    also: tuple[str, ...] = ()
    first: str | None = None
    detail: str = ""
    case: str | None = None
    method: str | None = None
    server: str | None = None
    cause: str | None = None
    entry: bool = False


def is_cut(text: str) -> bool:
    """Whether a URL, an origin or a name was cut off, or dots in it stand for what was left out: not those of `compare/main...dev`."""
    return text in _SCHEMES_ALONE or ((".." in text or "\u2026" in text) and _CUT.compiled.search(text) is not None)


def without_wrapping(text: str) -> str:
    """A URL without the braces, brackets or quotation marks that somebody put around the whole of it."""
    if text[:1].isalnum():
        return text
    wrapped = _WRAPPED.compiled.fullmatch(text)
    return wrapped["url"] if wrapped is not None else text


def is_placeholder(text: str) -> bool:
    """Whether it is what somebody wrote instead of a URL or an origin: `{server}`, `<URL>`."""
    return not text[:1].isalnum() and _PLACEHOLDER.compiled.fullmatch(text) is not None


def url_with_scheme(url: str | None) -> str | None:
    """The URL that a script meant with `localhost:8080/api`, in which browsers read `localhost` as the scheme."""
    if url is None or not url.partition(":")[2][:1].isdigit():
        return None
    return f"http://{url}" if _WITHOUT_SCHEME.compiled.fullmatch(url) is not None else None
