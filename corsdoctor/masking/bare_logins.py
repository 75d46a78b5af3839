"""Logins that stand in a text without a name: `Bearer a`, `-u bob:a`, `bob:a@host`.

Loaded only for texts that hold a sign of one. All of it takes time in proportion to the length of the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from corsdoctor.masking.schemes import CREDENTIALS, basic_login
from corsdoctor.masking.spans import Span
from corsdoctor.url import DEFAULT_PORTS

_USER_OPTION: Final = re.compile(
    r"(?<!\S)(?:-u|--(?:proxy-)?user)[ \t=]*[\"']?(?=[^\s\"':]*[^\s\"':0-9])[^\s\"':]*:([^\s\"']+)"
)
_LOGIN: Final = re.compile(r"(?<![A-Za-z-])(?:bearer|basic)[ \t+]+", re.IGNORECASE)
_LIKE_A_TOKEN: Final = re.compile(r"(?=[^0-9]*[0-9])[^/]{8,}\Z|.{20}")
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


def bare_logins(text: str) -> Iterator[Span]:
    """The secrets in logins of all kinds."""
    for user in _USER_OPTION.finditer(text):
        yield Span(*user.span(1))
    yield from _after_scheme(text)
    yield from _userinfo(text)


def _after_scheme(text: str) -> Iterator[Span]:
    """What follows Bearer or Basic and looks like no word."""
    position = 0
    while (login := _LOGIN.search(text, position)) is not None:
        position = login.end()
        value = CREDENTIALS.compiled.match(text, position)
        if value is not None and (_LIKE_A_TOKEN.match(value[0]) or ":" in "".join(basic_login(value[0])[:1])):
            position = value.end()
            yield Span(*value.span())


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
