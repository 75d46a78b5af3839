"""The secrets in headers that are made to carry them: logins, cookies, and headers with secret names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from corsdoctor.masking.names import is_secret, is_secret_name
from corsdoctor.masking.schemes import SCHEME, basic_login
from corsdoctor.masking.spans import Span, within
from corsdoctor.masking.urls import in_url
from corsdoctor.pattern import Pattern

_SPACES: Final = " \t\r\n"
_COOKIE: Final = Pattern(r"([^;=]*)(=?)([^;]*)(?:;|\Z)")
_ITEM: Final = Pattern(r"[^,]+")
_LONG_SUBPROTOCOL: Final = 32
_FOLDED: Final = Pattern(r",([^,;=]*)=([^;]*)")
_ATTRIBUTES: Final = frozenset(["comment", "domain", "expires", "max-age", "path", "priority", "samesite", "version"])
_FLAGS: Final = frozenset(["discard", "httponly", "partitioned", "secure"])


def in_login(name: str, value: str) -> Iterator[Span] | None:
    """The secrets in a header that carries a login or a cookie; None for all other headers."""
    lower = name.lower()
    if lower == "authorization" or lower.endswith(("-authorization", "_authorization")):
        return _authorization(value)
    if lower in ("cookie", "cookie2"):
        return _cookies(value)
    if lower in ("set-cookie", "set-cookie2"):
        return _set_cookie(value)
    if lower == "sec-websocket-protocol":
        return _subprotocols(value)
    return _whole(value) if is_secret(name, value) else None


def _authorization(value: str) -> Iterator[Span]:
    """The value but for its scheme, if that is a known one: else it may be the secret."""
    scheme = SCHEME.compiled.match(value)
    start = 0 if scheme is None else scheme.end()
    yield from _trimmed(value, start, len(value))
    if scheme is not None and scheme["basic"]:
        for secret in basic_login(value[start:].strip(_SPACES)):
            yield Span(start, start, secret)


def _subprotocols(value: str) -> Iterator[Span]:
    """The tokens among the subprotocols of a WebSocket, where scripts put them for lack of an Authorization header.

    A token follows the name of a secret, contains the word bearer, or is long and has a digit.
    """
    before = ""
    for item in _ITEM.compiled.finditer(value):
        text = item[0].strip(_SPACES)
        is_long = len(text) >= _LONG_SUBPROTOCOL and any(c.isdigit() for c in text)
        is_token = is_long or is_secret_name(before) or "bearer." in text.lower()
        if is_token:
            yield from _trimmed(value, *item.span())
        before = "" if is_token else text


def _whole(value: str) -> Iterator[Span]:
    yield from _trimmed(value, 0, len(value))
    scheme = SCHEME.compiled.match(value)
    if scheme is not None:
        yield Span(scheme.end(), scheme.end(), value[scheme.end() :].strip(_SPACES))


def _cookies(value: str) -> Iterator[Span]:
    """The values of cookies, and those that have only a name or only a value."""
    for cookie in _COOKIE.compiled.finditer(value):
        yield from _trimmed(value, *cookie.span(3 if cookie[2] else 1))


def _set_cookie(value: str) -> Iterator[Span]:
    """The cookie's value, and those of further cookies that a proxy folded into the same line."""
    first = True
    for part in _COOKIE.compiled.finditer(value):
        name = part[1].strip(_SPACES).lower()
        if first or name not in (_ATTRIBUTES if part[2] else _FLAGS):
            yield from _trimmed(value, *part.span(3 if part[2] else 1))
        elif name == "path":
            yield from within(value, *part.span(3), in_url)
        for folded in _FOLDED.compiled.finditer(value, *part.span(3)):
            yield from _trimmed(value, *folded.span(2))
        first = False


def _trimmed(text: str, start: int, end: int) -> Iterator[Span]:
    """What stands there, without the spaces around it."""
    part = text[start:end].strip(_SPACES)
    if part:
        start = text.index(part, start)
        yield Span(start, start + len(part))
