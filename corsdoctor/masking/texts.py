"""The secrets in headers, bodies and free text, which hold URLs, pairs and header lines among other things."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from functools import partial
from typing import Final

from corsdoctor.masking.logins import in_login
from corsdoctor.masking.names import is_secret_name, may_name_secrets
from corsdoctor.masking.schemes import SCHEME
from corsdoctor.masking.spans import Grammar, Span, in_layers, within
from corsdoctor.masking.urls import in_url, in_words
from corsdoctor.pattern import Pattern

_SCHEME: Final = Pattern(r"(?<![A-Za-z0-9+.-])[A-Za-z0-9+.-]+:")
_SPECIAL: Final = Pattern(r"(?:https?|wss?|ftp):\Z", re.IGNORECASE)
_SPACE: Final = Pattern(r"\s|\Z")
_CLOSED: Final = r"(?=[\s,.;:)\]}>]|\Z)"
_PAIRED: Final = {"‘": "’", "“": "”", "<": ">", "(": ")", "[": "]", '"': '"', "'": "'", "`": "`"}
_PUNCTUATION: Final = "\"'`’”>)]}.,;:!?"
_HEADER_LINE: Final = Pattern(r"(?:^ *(?:[<>*] *)?|([\"']))([A-Za-z][A-Za-z0-9_-]*):[ \t]*(?=\S)", re.MULTILINE)
_NAMED: Final = Pattern(
    r"\W*([\w\u200b-\u200f\u2060\ufeff-]+)([\"']?\s*(?:[:=;|\uff1a\uff1d]|%3[AaDd]|[-=]>)\s*|,|\s+)(?=\S)"
)
_LINE_END: Final = Pattern(r"[\r\n]|\Z")
_URL_HEADERS: Final = frozenset(
    [
        "content-location",
        "location",
        "referer",
        "referrer",
        "sourcemap",
        "x-forwarded-uri",
        "x-original-uri",
        "x-original-url",
        "x-rewrite-url",
        "x-sourcemap",
    ]
)
_HEADER_IN_HEADER: Final = Pattern(
    r"\s*(?:(?:proxy-)?authorization:|(?:set-)?cookie:[^=]*=|x-[\w-]+:\s)", re.IGNORECASE
)
_REFRESH: Final = Pattern(r"[\s\d.]*[;,]?\s*(?:url\s*=\s*)?[\"']?", re.IGNORECASE)
_ORIGIN: Final = Pattern(r"[a-z]+://[a-z0-9.-]+(?::[0-9]+)?")
"""An origin of letters in lower case: no secret is spelled so."""
_LINK: Final = Pattern(r"<([^<>]*)>")
_URL_LIKE: Final = Pattern(r"\s*(?:[A-Za-z][A-Za-z0-9+.-]*:\S|[/\\])")


def in_text(text: str) -> Iterator[Span]:
    """The secrets in free text."""
    yield from _in_prose(text)
    yield from _in_header_lines(text)


def named_secret(text: str) -> int | None:
    """Where the value begins if `text` is a header or a login: `Cookie: a`, `token=a`, `X-Token a`, `Bearer a`. None if not."""
    named = _NAMED.compiled.match(text)
    if named is not None and (is_secret_name(named[1]) or (":" in named[2] and text[named.end() - 1].isspace())):
        return named.end()
    scheme = SCHEME.compiled.match(text)
    return None if scheme is None or scheme.end() == len(text) else scheme.end()


def in_body(body: str) -> Iterator[Span]:
    """The secrets in a body: JSON, XML, a form's parts; or else a form's parameters."""
    grammar: Grammar = "code" if body.lstrip().startswith(("{", "[", '"', "<", "-")) else "form"
    yield from in_layers(body, partial(in_words, grammar=grammar))
    yield from _in_urls(body)
    if may_name_secrets(body):
        from corsdoctor.masking.named import in_parts  # 3 ms, for most bodies in vain

        yield from in_parts(body)
    yield from _in_header_lines(body)


def in_header(name: str, value: str) -> Iterator[Span]:
    """The secrets in a header's value."""
    lower = name.lower()
    login = in_login(name, value)
    if login is not None or lower in _URL_HEADERS:
        yield from in_url(value) if login is None else login
        return
    if _ORIGIN.compiled.fullmatch(value):
        return
    if lower == "refresh":
        delay = _REFRESH.compiled.match(value)
        assert delay is not None
        yield from within(value, delay.end(), len(value), in_url)
        return
    if lower == "link":
        for link in _LINK.compiled.finditer(value):
            yield from within(value, *link.span(1), in_url)
    elif _URL_LIKE.compiled.match(value):
        yield from in_url(value)
    yield from _in_prose(value)
    if _HEADER_IN_HEADER.compiled.match(value):
        yield from _in_header_lines(value)


def _in_prose(text: str) -> Iterator[Span]:
    yield from in_layers(text, partial(in_words, grammar="prose"))
    yield from _in_urls(text)


def _in_urls(text: str) -> Iterator[Span]:
    """The secrets in the URLs with a scheme in `text`, each up to its closing quote or bracket, or to the next space."""
    if ":" not in text:
        return
    closings = _closings(text)
    done = 0
    for match in _SCHEME.compiled.finditer(text):
        start = _start(text, match)
        if start is None or start < done:
            continue
        ends = closings.get(_PAIRED.get(text[start - 1 : start], ""), [])
        index = bisect_left(ends, start)
        if index < len(ends):
            done = ends[index]
        else:
            space = _SPACE.compiled.search(text, start)
            assert space is not None
            done = start + len(text[start : space.start()].rstrip(_PUNCTUATION))
        yield from within(text, start, done, in_url)


def _closings(text: str) -> dict[str, list[int]]:
    """Where each closing quote or bracket stands whose opening one is in `text`, in order."""
    paired = {closing for opening, closing in _PAIRED.items() if opening in text}
    return {closing: [at.start() for at in re.finditer(re.escape(closing) + _CLOSED, text)] for closing in paired}


def _start(text: str, match: re.Match[str]) -> int | None:
    """Where the URL begins whose scheme may stand at the end of `match`."""
    special = _SPECIAL.compiled.search(match[0])
    if special is not None:
        return match.start() + special.start()
    if not text.startswith("//", match.end()):
        return None
    return match.end() - len(match[0].lstrip("0123456789+.-"))


def _in_header_lines(text: str) -> Iterator[Span]:
    """The secrets in header lines, as logs have them, and in those of a quoted argument."""
    if ":" not in text:
        return
    for match in _HEADER_LINE.compiled.finditer(text):
        if match[1]:
            end = text.find(match[1], match.end())
            end = len(text) if end < 0 else end
        else:
            line = _LINE_END.compiled.search(text, match.end())
            assert line is not None
            end = line.start()
        login = in_login(match[2], text[match.end() : end])
        for span in login or ():
            yield Span(span.start + match.end(), span.end + match.end(), span.secret)
