"""The secrets in a URL: its userinfo, as the URL parser sees it, and what stands behind its authority."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import Final

from corsdoctor.masking.names import may_name_secrets
from corsdoctor.masking.spans import Decoded, Grammar, Span, in_layers, within
from corsdoctor.masking.tokens import tokens
from corsdoctor.pattern import Pattern
from corsdoctor.url import DEFAULT_PORTS, parse

_REMOVED: Final = Pattern(r"[\t\n\r]+")  # the URL parser removes these first
_SCHEME: Final = re.compile(r"[\0- ]*(?:([A-Za-z][A-Za-z0-9+.-]*):)?")
_SLASHES: Final = re.compile(r"[/\\]*")
_AUTHORITY_END: Final = Pattern(r"[/\\?#]|\Z")
_OTHER_AUTHORITY_END: Final = Pattern(r"[/?#]|\Z")
_PORT: Final = Pattern(r":(?![0-9]*\Z)")
_PATH: Final = re.compile(r"[^?#]*")
_ADDRESSES: Final = frozenset(
    ["acct", "cid", "data", "im", "javascript", "mailto", "mid", "msrp", "news", "pres", "sip", "sips", "xmpp"]
)
"""Schemes that may have an `@` where other URLs have their path."""
_BASE: Final = "https://base.invalid/"

_NESTED: Final = Pattern(
    r"(?:(https?|wss?|ftp):[/\\\t\r\n]*|:[\t\r\n]*[/\\][\t\r\n]*[/\\]+|(?<![^=\"'`\s<(,])[/\\][\t\r\n]*[/\\]+)(?=[^/\\])",
    re.IGNORECASE,
)
_NEAR: Final = Pattern(r"[/\\?#& \"'`<>]|\Z")  # no line break: browsers remove those
_FAR: Final = Pattern(r"[/\\?#&]|\Z")
_FARTHEST: Final = Pattern(r"[\s\"'`<>]|\Z")


def in_url(url: str) -> Iterator[Span]:
    """The secrets in `url`, absolute or relative, as a browser would read it."""
    if not any(character in url for character in "\t\n\r"):
        return _in_cleaned(url)
    cleaned = Decoded(url, _REMOVED.compiled, lambda _: "")
    return map(cleaned.outward, _in_cleaned(cleaned.text))


def in_nested_urls(text: str) -> Iterator[Span]:
    """The userinfo of the URLs that stand somewhere in `text`.

    An authority ends at a space or a quote at the latest, unless it can be none then: `http://bob:p` has no port, and so
    `p w@host` is looked for, and `p/w@host`.
    """
    if "@" not in text:
        return
    done = 0
    near, *others = (_Reach(text, sign) for sign in (_NEAR, _FAR, _FARTHEST))
    for match in _NESTED.compiled.finditer(text):
        start = match.end()
        if start < done:
            continue
        at, end = near.at(start), near.end(start)
        if at < 0 and _PORT.compiled.search(text, start, end):
            at = max(other.at(start) for other in others)
            end = at + 1
        if at > start and _has_credentials(f"{match[1] or 'nested'}://{text[start:end]}"):
            yield _userinfo(text, start, at)
            done = at


class _Reach:
    """How far an authority goes that begins somewhere in a text; asked from left to right, it looks at each part once."""

    def __init__(self, text: str, sign: Pattern) -> None:
        self._text, self._sign = text, sign
        self._end = self._at = -1

    def end(self, start: int) -> int:
        """Where an authority ends that begins at `start`."""
        if self._end < start:
            match = self._sign.compiled.search(self._text, start)
            assert match is not None
            self._end = match.start()
            self._at = self._text.rfind("@", start, self._end)
        return self._end

    def at(self, start: int) -> int:
        """Where the last `@` stands in it, or -1."""
        self.end(start)
        return self._at if self._at >= start else -1


def _in_cleaned(url: str) -> Iterator[Span]:
    match = _SCHEME.match(url)
    assert match is not None
    scheme = (match[1] or "").lower()
    start, end = _authority(url, scheme, match.end())
    if "@" in url:  # otherwise the parser is not loaded, which takes 1 ms
        start, at, end = _login(url, scheme, (match.start(1), start, end))
        if at > start:
            yield _userinfo(url, start, at)
    path = _PATH.match(url, end)
    assert path is not None
    fragment = url.find("#", path.end())
    fragment = len(url) if fragment < 0 else fragment
    parts: tuple[tuple[int, int, Grammar], ...] = (
        (end, path.end(), "path"),
        (path.end(), fragment, "query"),
        (fragment, len(url), "query"),
    )
    for begin, stop, grammar in parts:
        yield from within(url, begin, stop, partial(in_layers, find=partial(in_words, grammar=grammar)))


def _login(url: str, scheme: str, places: tuple[int, int, int]) -> tuple[int, int, int]:
    """Where the userinfo of `url` begins, the last `@` behind it, or -1, and where the authority ends.

    `places` are where the scheme begins, and where the authority seems to begin and to end.
    """
    whole, start, end = places
    absolute = parse(url) if scheme else parse(url, _BASE)
    at = url.rfind("@", start, end)
    if absolute is None:
        if at < 0 and _PORT.compiled.search(url, start, end):  # the password may hold a `/`
            at = url.rfind("@", end)
        return start, at, max(at, end)
    if absolute.includes_credentials:
        return start, at, end
    if scheme and start == end and not absolute.host and scheme not in _ADDRESSES:
        opaque = _OTHER_AUTHORITY_END.compiled.search(url, start)
        assert opaque is not None
        return whole, url.rfind("@", start, opaque.start()), end
    return start, -1, end


def _authority(url: str, scheme: str, start: int) -> tuple[int, int]:
    """Where the authority of `url` begins and ends: both the same where it has none."""
    slashes = _SLASHES.match(url, start)
    assert slashes is not None
    if scheme in DEFAULT_PORTS or (len(slashes[0]) >= 2 and scheme in ("", "file")):
        begin, sign = slashes.end(), _AUTHORITY_END
    elif slashes[0].startswith("//"):
        begin, sign = start + 2, _OTHER_AUTHORITY_END
    else:
        return start, start
    end = sign.compiled.search(url, begin)
    assert end is not None
    return begin, end.start()


def _has_credentials(url: str) -> bool:
    parsed = parse(url)
    return parsed is None or parsed.includes_credentials


def _userinfo(text: str, start: int, at: int) -> Span:
    """Masked as a whole; the password is the secret, or a user name without one: tokens are sent so."""
    user, _, password = text[start:at].partition(":")
    return Span(start, at, password or user)


def in_words(text: str, grammar: Grammar) -> Iterator[Span]:
    """The secrets in a part of a URL, or in another text."""
    if may_name_secrets(text):
        from corsdoctor.masking.named import named_secrets  # 3 ms, for most texts in vain

        yield from named_secrets(text, grammar)
    if _may_hold_logins(text):
        from corsdoctor.masking.bare_logins import bare_logins  # 1 ms, likewise

        yield from bare_logins(text)
    yield from tokens(text)
    yield from in_nested_urls(text)


def _may_hold_logins(text: str) -> bool:
    """Whether a login may stand in `text` without a name."""
    return "@" in text or "-u" in text or any(scheme in text.casefold() for scheme in ("basic", "bearer"))
