"""Secrets that stand beside their name in other ways than as `name=value`: in conditions, tables, commands and headers.

`password eq 'a'`, a name and a value with a tab between them, `--token a`, `Authorization: Bearer a`. All of it takes time
in proportion to the length of the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from corsdoctor.masking.names import is_secret, is_secret_name
from corsdoctor.masking.schemes import CREDENTIALS, SCHEME
from corsdoctor.masking.spans import Span

_COMPARED: Final = re.compile(
    r"(?<![\w.$/-])([\w.$/-]+)(?:[\s+]+(?:eq|ne)[\s+]+|(?:[\s+]+(?:i?like|is|contains)[\s+]+|\s*~\s*|,)(?=[\"']))",
    re.IGNORECASE,
)
_OPERAND: Final = re.compile(r"'((?:[^']|'')*)|\"([^\"]*)|([^\s&()'\",;]+)")
_LITERALS: Final = ("false", "null", "true")
_COMMAND_OPTION: Final = re.compile(r"(?<!\S)--([A-Za-z][\w-]*)[ \t]+(?:'([^']*)|\"([^\"]*)|([^\s\"'-]\S*))")
_QUOTED_PASSWORD: Final = re.compile(
    r"(?<![\w-])(?:password|passwd|passphrase|passcode|pwd)[ \t]+(?:'([^']*)|\"([^\"]*))", re.IGNORECASE
)
_AFTER_COLON: Final = re.compile(r"(?<![\w.-])([\w.-]{1,80}): *([^\s\"'<>,;)\]}&#]{7,})")
_AMBIGUOUS: Final = ("code", "key")
_COOKIES: Final = re.compile(r"(?<![\w-])cookie:[ \t]*((?:[^\s=;,\"'<>]+=[^\s;\"'<>]*;?[ \t]*)+)", re.IGNORECASE)
_COOKIE_VALUE: Final = re.compile(r"(?<==)[^;\s]+")
_LETTER_AND_DIGIT: Final = re.compile(r"(?=[^A-Za-z]*[A-Za-z])(?=[^0-9]*[0-9])[^:/@]*\Z")
_AUTHORIZATION: Final = re.compile(r"authorization[\"']?\s*[:=][ \t]*([\"']?)", re.IGNORECASE)
_TO_THE_END: Final = {
    "": re.compile(r"[^\r\n<>]*"),
    "'": re.compile(r"[^\r\n<>']*"),
    '"': re.compile(r"[^\r\n<>\"]*"),
}
_TABLE_LINE: Final = re.compile(r"[^\r\n\t]*\t[^\r\n]*")
_CELL: Final = re.compile(r"[^\t]+")


def phrases(text: str) -> Iterator[Span]:
    """The secrets in phrases of all kinds."""
    yield from _compared(text)
    yield from _in_sentences(text)
    yield from _in_tables(text)
    yield from _header_lines(text)


def _compared(text: str) -> Iterator[Span]:
    """The operands of conditions such as those of OData and SQL."""
    position = 0
    while (name := _COMPARED.search(text, position)) is not None:
        position = name.end()
        if name[1] in _AMBIGUOUS or not is_secret_name(name[1]):
            continue
        value = _OPERAND.match(text, position)
        if value is not None and value[0] not in _LITERALS:
            position = value.end()
            yield _group(value, 1)


def _in_sentences(text: str) -> Iterator[Span]:
    """`--token a`, `-u bob:a`, `the password 'a'`, and `token: a1b2c3d4`: what looks like a word is none."""
    if "-" in text:
        for option in _COMMAND_OPTION.finditer(text):
            value = _group(option, 2)
            if option[1] == "cookie":
                yield from _cookie_values(text, value)
            elif option[1] not in _AMBIGUOUS and is_secret(option[1], text[value.start : value.end]):
                yield value
    for password in _QUOTED_PASSWORD.finditer(text):
        yield _group(password, 1)
    for name in _AFTER_COLON.finditer(text):
        is_cookie = name[1].lower().endswith("cookie")
        if _LETTER_AND_DIGIT.match(name[2]) and name[1] not in _AMBIGUOUS and not is_cookie and is_secret_name(name[1]):
            yield Span(*name.span(2))


def _in_tables(text: str) -> Iterator[Span]:
    """The cell behind a secret name, where the name begins a line of cells with tabs between, or the cell ends it."""
    if "\t" not in text:
        return
    for line in _TABLE_LINE.finditer(text):
        cells = [Span(*cell.span()) for cell in _CELL.finditer(text, *line.span())]
        for name, value in pairwise(cells):
            if (name is cells[0] or value is cells[-1]) and is_secret_name(text[name.start : name.end]):
                yield value


def _header_lines(text: str) -> Iterator[Span]:
    """What follows `Authorization:` and a scheme, and the cookies behind `Cookie:`."""
    position = 0
    while (header := _AUTHORIZATION.search(text, position)) is not None:
        position = header.end()
        scheme = SCHEME.compiled.match(text, position)
        if scheme is not None:
            value = CREDENTIALS.compiled.match(text, scheme.end()) or _TO_THE_END[header[1]].match(text, scheme.end())
            assert value is not None
            position = value.end()
            yield Span(*value.span())
    for cookies in _COOKIES.finditer(text):
        yield from _cookie_values(text, Span(*cookies.span(1)))


def _cookie_values(text: str, cookies: Span) -> Iterator[Span]:
    return (Span(*value.span()) for value in _COOKIE_VALUE.finditer(text, cookies.start, cookies.end))


def _group(match: re.Match[str], first: int) -> Span:
    """The one group of `match` from `first` on that took part."""
    number = next(n for n in range(first, len(match.groups()) + 1) if match[n] is not None)
    return Span(*match.span(number))
