"""Secrets that stand beside their name in other ways than as `name=value`: in conditions, tables, commands and logins.

`password eq 'a'`, a name and a value with a tab between them, `--token a`, `Authorization: Bearer a`, `bob:a@host`. All of
it takes time in proportion to the length of the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from corsdoctor.masking.names import is_secret, is_secret_name
from corsdoctor.masking.schemes import SCHEME, basic_login
from corsdoctor.masking.spans import Span
from corsdoctor.url import DEFAULT_PORTS

_COMPARED: Final = re.compile(
    r"(?<![\w.$/-])([\w.$/-]+)(?:[\s+]+(?:eq|ne)[\s+]+|(?:[\s+]+(?:i?like|is|contains)[\s+]+|\s*~\s*|,)(?=[\"']))",
    re.IGNORECASE,
)
_OPERAND: Final = re.compile(r"'((?:[^']|'')*)|\"([^\"]*)|([^\s&()'\",;]+)")
_LITERALS: Final = ("false", "null", "true")
_COMMAND_OPTION: Final = re.compile(r"(?<!\S)--([A-Za-z][\w-]*)[ \t]+(?:'([^']*)|\"([^\"]*)|([^\s\"'-]\S*))")
_USER_OPTION: Final = re.compile(
    r"(?<!\S)(?:-u|--(?:proxy-)?user)[ \t=]*[\"']?(?=[^\s\"':]*[^\s\"':0-9])[^\s\"':]*:([^\s\"']+)"
)
_QUOTED_PASSWORD: Final = re.compile(
    r"(?<![\w-])(?:password|passwd|passphrase|passcode|pwd)[ \t]+(?:'([^']*)|\"([^\"]*))", re.IGNORECASE
)
_AFTER_COLON: Final = re.compile(r"(?<![\w.-])([\w.-]{1,80}): *([^\s\"'<>,;)\]}&#]{7,})")
_AMBIGUOUS: Final = ("code", "key")
_COOKIES: Final = re.compile(r"(?<![\w-])cookie:[ \t]*((?:[^\s=;,\"'<>]+=[^\s;\"'<>]*;?[ \t]*)+)", re.IGNORECASE)
_COOKIE_VALUE: Final = re.compile(r"(?<==)[^;\s]+")
_LETTER_AND_DIGIT: Final = re.compile(r"(?=[^A-Za-z]*[A-Za-z])(?=[^0-9]*[0-9])[^:/@]*\Z")
_AUTHORIZATION: Final = re.compile(r"authorization[\"']?\s*[:=][ \t]*([\"']?)", re.IGNORECASE)
_CREDENTIALS: Final = re.compile(r"[A-Za-z0-9._~+/*-]+(?:==?(?![\"']))?(?=[\s\"'<>,;)\]}&]|\Z)")
_TO_THE_END: Final = {
    "": re.compile(r"[^\r\n<>]*"),
    "'": re.compile(r"[^\r\n<>']*"),
    '"': re.compile(r"[^\r\n<>\"]*"),
}
_LOGIN: Final = re.compile(r"(?<![A-Za-z-])(?:bearer|basic)[ \t+]+", re.IGNORECASE)
_LIKE_A_TOKEN: Final = re.compile(r"(?=[^0-9]*[0-9])[^/]{8,}\Z|.{20}")
_TABLE_LINE: Final = re.compile(r"[^\r\n\t]*\t[^\r\n]*")
_CELL: Final = re.compile(r"[^\t]+")
_RUN: Final = re.compile(r"[^\s\"'`<>/\\&?#]+")
_BEFORE_HOST: Final = re.compile(r"(.+)@(?=[\w\[%-])(?!sha[0-9]+:)")
_ENDS_OF_CODE: Final = (";", "{", "}", ")", "]", ",")
_OF_USERS: Final = "%+-._~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_NO_USERS: Final = frozenset(
    [
        *("acct", "addr", "address", "author", "bcc", "bitcoin", "cc", "cid", "contact", "data", "e-mail", "email"),
        *("from", "git", "im", "jsr", "mail", "mailto", "maintainer", "mid", "msrp", "news", "node", "npm", "owner"),
        *("pres", "recipient", "reply-to", "sender", "sip", "sips", "to", "workspace", "xmpp", *DEFAULT_PORTS),
    ]
)
"""Words that stand before a colon and an address without being the name of a user."""


def phrases(text: str) -> Iterator[Span]:
    """The secrets in phrases of all kinds."""
    yield from _compared(text)
    yield from _in_sentences(text)
    yield from _in_tables(text)
    yield from _logins(text)
    yield from _userinfo(text)


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
        for user in _USER_OPTION.finditer(text):
            yield Span(*user.span(1))
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


def _logins(text: str) -> Iterator[Span]:
    """What follows `Authorization:` and a scheme, and what follows Bearer or Basic and looks like no word."""
    position = 0
    while (header := _AUTHORIZATION.search(text, position)) is not None:
        position = header.end()
        scheme = SCHEME.match(text, position)
        if scheme is not None:
            value = _CREDENTIALS.match(text, scheme.end()) or _TO_THE_END[header[1]].match(text, scheme.end())
            assert value is not None
            position = value.end()
            yield Span(*value.span())
    for cookies in _COOKIES.finditer(text):
        yield from _cookie_values(text, Span(*cookies.span(1)))
    position = 0
    while (login := _LOGIN.search(text, position)) is not None:
        position = login.end()
        value = _CREDENTIALS.match(text, position)
        if value is not None and (_LIKE_A_TOKEN.match(value[0]) or ":" in "".join(basic_login(value[0])[:1])):
            position = value.end()
            yield Span(*value.span())


def _cookie_values(text: str, cookies: Span) -> Iterator[Span]:
    return (Span(*value.span()) for value in _COOKIE_VALUE.finditer(text, cookies.start, cookies.end))


def _userinfo(text: str) -> Iterator[Span]:
    """`bob:a` in `bob:a@host`, which has no scheme."""
    if "@" not in text:
        return
    for run in _RUN.finditer(text):
        colon = run[0].find(":")
        password = _BEFORE_HOST.match(run[0], colon + 1) if colon >= 0 else None
        if password is None or password[1].endswith(_ENDS_OF_CODE):
            continue
        before = run[0][:colon]
        user = before[len(before.rstrip(_OF_USERS)) :]
        if user.lower().lstrip("+-.0123456789") not in _NO_USERS and not user.isdigit():
            start = run.start() + colon
            yield Span(start - len(user), start + 1 + len(password[1]), password[1])


def _group(match: re.Match[str], first: int) -> Span:
    """The one group of `match` from `first` on that took part."""
    number = next(n for n in range(first, len(match.groups()) + 1) if match[n] is not None)
    return Span(*match.span(number))
