"""Reads what a user typed: an origin, a URL, a header, ... Each function returns the value or raises ValueError.

The error describes what would be right. It never contains a secret, so that it can be printed and logged. Flags, batch lines
and policy files are read by the same functions. What needs a file is read in cli/reading.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import islice

from corsdoctor.browsers import BROWSERS, Profile, by_name
from corsdoctor.masking import MASK, mask_name, mask_named, mask_url
from corsdoctor.pattern import Pattern
from corsdoctor.url import DEFAULT_PORTS, Origin, is_loopback, parse, parse_origin

ALIASES = {
    "spec": "standard",
    "chrome": "chromium",
    "edge": "chromium",
    "safari": "webkit",
}
_PAGE, _API = "https://app.example", "https://api.example/items"
_SHOWN = 100
_LISTED = 50
MOST_CHARACTERS = 1_000_000
"""The most of a URL or a header's value; no server takes as much."""
MOST_COMPARED = 300
_PORT = Pattern(r"^[a-z][a-z0-9+.-]*://(?:[^/?#]*@)?(?:\[[^\]]*\]|[^/?#:]*):(\d+)(?=[/?#]|$)", re.I)
_HOST_AND_PORT = Pattern(r"[\w.-]+:\d+(?=[/?#]|$)")
_HEADER_LINE = Pattern(
    r"[\s/]*(?!(?:https?|wss?|ftp|file|data|blob|about|javascript|mailto)\s*:)"
    r"(?:[^\s:/?#]+\s*:\s|[\w-]*(?:authorization|cookie)\s*:)",
    re.IGNORECASE,
)
_WITH_SLASHES = Pattern(r"\s*[a-z][a-z0-9+.-]*:[/\\]", re.I)
_SPACE = Pattern(r"(?<=\S)\s+(?=\S)")
_VALUE = Pattern(
    r"^[^\w/.@]*\w+-[\w-]*\s+(?=[^\s*])|"
    r"(?:%3[ad]|[=;|~<>\t\uff1a\uff1d]|,(?!\s)|:(?!\d{1,5}(?![^/?#:])|\d+\.\d+\.\d+\.\d+$|[\da-f:.]*\]))\s*(?=[^\s*])",
    re.I,
)
"""The sign behind a name: not the one before a port, in an address, or in a list with spaces."""
_NAME_END = Pattern(r"\s*[:=\s]")
_OPAQUE_SCHEMES = ("about", "data", "javascript")
_WITHOUT_SLASHES = (*_OPAQUE_SCHEMES, "blob", "cid", "file", "mailto", "tel", "urn")


def shown(text: str) -> str:
    """`text` as an error may show it: without secrets and query, and not too long.

    What was typed in the wrong place can be anything, such as a header or a login. So a URL is shown up to a space, and
    all else up to the sign behind a name: what follows it may be a value.
    """
    text = mask_url(mask_named(text))
    text = re.sub(r"(^|//)[^/?#\s]+@", r"\1***@", text)
    text = re.sub(r"\?.+", "?...", text, flags=re.S)
    value = (_SPACE if _WITH_SLASHES.compiled.match(text) else _VALUE).compiled.search(text)
    text = text if value is None else f"{text[: value.end()]}..."
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."


def items(text: str, separator: str | None = None) -> list[str]:
    """The items of a list, by default the words. A header or a login in place of the list is one: an error masks it."""
    return text.split(separator) if mask_named(text) == text and ": " not in text else [text]


def shown_path(path: str) -> str:
    """The name of a file, or an option and its value, as an error may show it.

    What has no `/` may be a login or a header in place of a name.
    """
    option, space, value = path.partition(" ")
    if re.fullmatch("--[a-z-]+", option) and space:
        return f"{option} {shown_path(value)}"
    if "://" in path:
        return shown(path)
    return mask_named(path) if "/" in path or "\\" in path else mask_name(path)


def shown_name(text: str) -> str:
    """`text`, which should be a name, as an error may show it: a value may stand behind it, as in "Authorization: Bearer x"."""
    end = _NAME_END.compiled.search(text)
    return shown(text if end is None else f"{text[: end.start()]}...")


def is_header_line(text: str) -> bool:
    """Whether `text` is a header with its value and not a URL."""
    return _HEADER_LINE.compiled.match(text) is not None


def nearest(word: str, words: Iterable[str], aliases: Iterable[str] = ()) -> str:
    """A question that names the nearest of `words` and `aliases`, or all `words` if none is near."""
    words = list(words)
    near = closest(word, (*aliases, *words))
    if near is not None:
        return did_you_mean(near)
    return f"must be one of {', '.join(words[:_LISTED])}" + ", ..." * (len(words) > _LISTED)


def closest(word: str, words: Iterable[str], alike: float = 0.6) -> str | None:
    """The one of `words` that is nearest to `word`, None if none is near. `alike` is how near, from 0 to 1."""
    from difflib import get_close_matches  # 2 ms to load: only if a word is unknown

    words = islice(words, MOST_COMPARED)
    near = get_close_matches(word.lower(), words, n=1, cutoff=alike) if len(word) <= _SHOWN else []
    return near[0] if near else None


def did_you_mean(*words: str) -> str:
    *others, last = (f"`{word}`" for word in words)
    return f"did you mean {', '.join(others)}{' or ' * bool(others)}{last}?"


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
    url = None if _WITH_SLASHES.compiled.match(text) else parse(text)
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


def _with_scheme(text: str) -> str:
    """`text` with the scheme that its host most likely has."""
    text = text.lstrip("/\\ ")
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
