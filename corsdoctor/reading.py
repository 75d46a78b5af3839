"""Reads what a user typed: an origin, a URL, a header, ... Each function returns the value or raises ValueError.

The error describes what would be right. It never contains a secret, so that it can be printed and logged. Flags, batch lines
and policy files are read by the same functions. What needs a file is read in cli/reading.py.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from corsdoctor.browsers import BROWSERS, Profile, by_name
from corsdoctor.host import is_loopback
from corsdoctor.masking import MASK, mask_named
from corsdoctor.pattern import Pattern
from corsdoctor.url import DEFAULT_PORTS, Origin, parse, parse_origin
from corsdoctor.wrong_input import WITH_SLASHES, nearest, shown

ALIASES = {
    "spec": "standard",
    "chrome": "chromium",
    "edge": "chromium",
    "safari": "webkit",
}
_PAGE, _API = "https://app.example", "https://api.example/items"
MOST_CHARACTERS = 1_000_000
"""The most of a URL or a header's value; no server takes as much."""
_PORT = Pattern(r"^[a-z][a-z0-9+.-]*://(?:[^/?#]*@)?(?:\[[^\]]*\]|[^/?#:]*):(\d+)(?=[/?#]|$)", re.I)
_HOST_AND_PORT = Pattern(r"[\w.-]+:\d+(?=[/?#]|$)")
_HEADER_LINE = Pattern(
    r"[\s/]*(?!(?:https?|wss?|ftp|file|data|blob|about|javascript|mailto)\s*:)"
    r"(?:[^\s:/?#]+\s*:\s|[\w-]*(?:authorization|cookie)\s*:)",
    re.IGNORECASE,
)
_QUOTED = Pattern(r"""\s*["'‘’“”`](.+)["'‘’“”`]\s*""")
_WITHOUT_COLON = Pattern(r"(?:https?|wss?)//[^/]", re.I)
_OPAQUE_SCHEMES = ("about", "data", "javascript")
_WITHOUT_SLASHES = (*_OPAQUE_SCHEMES, "blob", "cid", "file", "mailto", "tel", "urn")


def items(text: str, separator: str | None = None) -> list[str]:
    """The items of a list, by default the words. A header or a login in place of the list is one: an error masks it."""
    return text.split(separator) if mask_named(text) == text and ": " not in text else [text]


def is_header_line(text: str) -> bool:
    """Whether `text` is a header with its value and not a URL."""
    return _HEADER_LINE.compiled.match(text) is not None


def read_origin(text: str) -> Origin:
    """The origin that `text` is, byte for byte as a browser would send it."""
    origin = parse_origin(text)
    if origin is not None and "*" in origin.host:
        raise ValueError(
            "an origin cannot contain `*`, and no header accepts such a pattern; list the origins one by one"
        )
    if origin is not None:
        return origin
    if not text.strip():
        raise ValueError("an origin is scheme://host[:port], such as https://app.example, or null")
    if text.strip() == "*":
        raise ValueError("`*` is not an origin; give the origin of the page, such as https://app.example")
    if text.strip().lower() == "null":
        raise ValueError("an opaque origin is written `null`, in lower case")
    scheme = text.strip().partition(":")[0].lower()
    if scheme == "file" and (page := parse_origin("file:")) is not None:
        return page  # as of every page of a file, whatever its path
    _check_port(text)
    if scheme in _OPAQUE_SCHEMES:
        raise ValueError(f"a page of a {scheme}: URL has an opaque origin: give `null`")
    _check_quotes(text)
    if "://" not in text:
        raise ValueError(
            f"an origin starts with a scheme{_did_you_mean(_right_origin(_with_scheme(_repeatable(text))), _PAGE)}"
        )
    right = _right_origin(text)
    if right is None:
        raise ValueError("an origin is scheme://host[:port], such as https://app.example:8443")
    raise ValueError(f"{_why_not_origin(text, right)}; the origin is `{right}`")


def read_url(text: str, page: Origin | None) -> str:
    """`text` if it is an absolute URL. `page` is the origin to which a path would be relative."""
    if not text.strip():
        raise ValueError(f"a URL is required, such as {_API}")
    _check_length(text)
    if parse(text) is None:
        _check_port(text)
        _check_quotes(text)
    hint = missing_scheme(text, page)
    if hint is not None:
        raise ValueError(hint)
    if parse(text) is None:
        raise ValueError("this URL is not valid: no browser can parse it")
    return text


def missing_scheme(text: str, page: Origin | None) -> str | None:
    """The error if `text` has no scheme, or only a name and a colon that look like one; otherwise None."""
    if text.startswith(("http://", "https://")) and parse(text) is not None:  # as nearly always
        return None
    if is_header_line(text):
        return "this is a header, not a URL"
    if text.lstrip().startswith(("/", "?", "#", ".")):
        url = parse(_repeatable(text), f"{page}/") if page is not None and not page.opaque else None
    elif _HOST_AND_PORT.compiled.match(text) or (parse(text) is None and "://" not in text.split("?")[0]):
        url = parse(_with_scheme(_repeatable(text)))
    else:
        return missing_slashes(text)
    return f"a URL starts with a scheme{_did_you_mean(url.href if url else None, _API)}"


def missing_slashes(text: str) -> str | None:
    """The error if `text` is a name, a colon and a value, such as a login or a header, and not a URL; otherwise None."""
    url = None if WITH_SLASHES.compiled.match(text) else parse(text)
    if url is None or url.scheme in DEFAULT_PORTS or url.scheme in _WITHOUT_SLASHES:
        return None
    return f"a URL has `//` after its scheme, as in {_API}"


def read_header(text: str) -> tuple[str, str]:
    """(name, value) of `Name: value`; as in curl, `Name;` is a header with an empty value."""
    name, colon, value = text.partition(":")
    if not colon:
        if text.endswith(";") and text[:-1].strip():
            return text[:-1].strip(), ""
        raise ValueError("a header is written 'Name: value' (or 'Name;' for an empty value); the colon is missing")
    if not name.strip():
        raise ValueError("a header is written 'Name: value'; the name is missing")
    if not value.strip():
        raise ValueError(
            f"this header has no value, and curl would omit it; for an empty value write '{name.strip()};'"
        )
    return name.strip(), read_header_value(value.strip(" \t"))


def read_header_value(text: str) -> str:
    """`text` if it fits into one header line."""
    _check_length(text)
    if any(c in text for c in "\r\n\0"):
        raise ValueError("a header value cannot contain a line break or NUL; browsers reject it")
    wide = next((c for c in text if ord(c) > 0xFF), None)
    if wide is not None:
        raise ValueError(f"a header value cannot contain {wide!a}: each character must fit in one byte; encode it")
    return text


def read_browser(text: str) -> tuple[Profile, ...]:
    """The profile that `text` names, or all of them."""
    name = text.strip().lower()
    if name == "all":
        return BROWSERS
    try:
        return (by_name(ALIASES.get(name, name)),)
    except KeyError:
        known = [profile.name for profile in BROWSERS]
        raise ValueError(f"unknown browser; {nearest(name, known, ALIASES)}") from None


def matches(pieces: Sequence[str], text: str) -> bool:
    """Whether `text` is `pieces` one after the other, at least one, with anything or nothing between two of them.

    Each piece is looked for once, from left to right: no text makes this try again and again.
    """
    first, *middle = pieces
    if not middle:
        return text == first
    last = middle.pop()
    at, end = len(first), len(text) - len(last)
    if at > end or not text.startswith(first) or not text.endswith(last):
        return False
    for piece in middle:
        found = text.find(piece, at, end)
        if found < 0:
            return False
        at = found + len(piece)
    return True


def utf8(text: str) -> bytes:
    """`text` in UTF-8 as a script's string would be sent; bytes that the shell passed undecoded stay as they are."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").encode()


def _check_length(text: str) -> None:
    if len(text) > MOST_CHARACTERS:
        raise ValueError(f"is longer than {MOST_CHARACTERS:,} characters")


def _check_port(text: str) -> None:
    port = _PORT.compiled.match(text)
    if port is not None and int(port[1][:9]) > 65535:
        raise ValueError(f"the port {port[1][:9]} is out of range: ports go from 0 to 65535")


def _check_quotes(text: str) -> None:
    """Raises ValueError for a value in quotes that its shell passed on, as cmd.exe does with single quotes."""
    quoted = _QUOTED.compiled.fullmatch(text)
    inner = "" if quoted is None else _repeatable(quoted[1])
    url = inner if WITH_SLASHES.compiled.match(inner) else _with_scheme(inner)
    if inner and parse(url) is not None:
        raise ValueError(f"the quotation marks are part of the value; did you mean `{shown(url)}`?")


def _with_scheme(text: str) -> str:
    """`text` with a colon after its scheme, or with the scheme that its host most likely uses."""
    text = text.lstrip("/\\ ")
    if _WITHOUT_COLON.compiled.match(text):
        return text.replace("//", "://", 1)
    host = re.split(r"[/?#]", text)[0].rpartition("@")[2]
    host = host if host.endswith("]") else re.sub(r":\d*$", "", host)
    return f"{'http' if is_loopback(host) else 'https'}://{text}"


def _repeatable(text: str) -> str:
    """`text` as a suggestion may repeat it: "" where a part of it would be missing."""
    typed = shown(text)
    return "" if typed.endswith(("...", MASK)) and not typed.endswith("?...") else typed


def _right_origin(text: str) -> str | None:
    """The origin of the URL `text`, if a page can have it."""
    url = parse(text)
    if url is None:
        return None
    if url.scheme in DEFAULT_PORTS:
        return str(url.origin) if url.host else None
    lower = re.match(r"[a-z][a-z0-9+.-]*://[^/?#@\s]+", text.lower())
    return lower[0] if lower and parse_origin(lower[0]) is not None else None


def _did_you_mean(text: str | None, example: str) -> str:
    return f"; did you mean `{shown(text)}`?" if text else f", as in {example}"


def _why_not_origin(text: str, right: str) -> str:
    rest = text.partition("://")[2]
    authority = re.split(r"[/?#\\]", rest)[0]
    wrong = []
    if "@" in authority:
        wrong.append("no user name")
    if authority != rest:
        wrong.append("no trailing slash" if rest == f"{authority}/" else "no path")
    if text.partition("://")[0] + authority != (text.partition("://")[0] + authority).lower():
        wrong.append("no upper-case letters")
    if re.search(r":\d*$", authority) and not re.search(r":\d+$", right):
        wrong.append("no default port")
    if not wrong:
        return "this is not how a browser writes it"
    most, last = ", ".join(wrong[:-1]), wrong[-1]
    return f"an origin has {most} and {last}" if most else f"an origin has {last}"
