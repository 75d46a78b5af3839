"""Messages whose first words were lost in copying: looked for where nothing else was found.

A reason is known by the words before its first field and by all that follows, or by the words after a name, but only where the
lost words do not change its meaning: "header is present on the requested resource" may mean the opposite of "No
'Access-Control-Allow-Origin' header is present on the requested resource".
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Final

from corsdoctor.console import wordings as w
from corsdoctor.console.normalize import NormalizedText, normalized_line
from corsdoctor.console.reasons import REASON_LIMIT, Found, message_of
from corsdoctor.console.template import NAMES, Template
from corsdoctor.console.wordings import Wording
from corsdoctor.console.words import places
from corsdoctor.message import Message
from corsdoctor.pattern import Pattern
from corsdoctor.record import Record

LEAST: Final = 22  # characters of the words before the first field that must be left
_REST: Final = 20  # fixed characters after that field, unless the words before it name a header
_WHOLE: Final = 40  # characters of a reason without a field that must be left
_BEHIND: Final = 30  # characters after a name, all of which must be left
_NEGATION: Final = Pattern(r"(?i)\bno\b|not\b|n't\b")
_HEADER: Final = "Access-Control-"
_NAMES: Final = (_HEADER, "credentials mode is 'include'")  # what only one reason has, whatever was lost
_QUOTES: Final = ("'", '"')
_NOT_NAMES: Final = frozenset({"header", "headers", "field", "method", "request", "it", "which", "that", "this"})
_NAME: Final = Pattern(r"(?<![^\s'\"(])(?P<name>[\w-]{2,60})'? ?$")
_ORIGIN: Final = Pattern(r"(?<![^\s'\"(])(?P<name>[a-z][a-z0-9+.-]{1,30}://[^\s'\"]{1,300}|null)'? ?$")
_FOUND_BEFORE: Final = {**dict.fromkeys(NAMES, _NAME), "origin": _ORIGIN}


class _Reason(Record):
    """`piece` is what may stand before the rest, as far as it was not lost; `field` is the name right before it, or ""."""

    wording: Wording
    piece: str
    rest: Template
    field: str = ""


@cache
def _reasons() -> tuple[_Reason, ...]:
    found: dict[str, _Reason] = {}
    for wording in (*w.CHROMIUM_REASONS, *w.FIREFOX_REASONS, *w.WEBKIT_REASONS):
        reason = _reason(wording)
        if reason is not None:
            found.setdefault(reason.piece + reason.rest.text, reason)
    return tuple(found.values())


def _reason(wording: Wording) -> _Reason | None:
    text = normalized_line(wording.template.text)
    (piece, field), *others = wording.template.parts
    if not field:
        begin = piece.rfind(" ", 0, max(0, len(piece) - _WHOLE) + 1) + 1  # not in a word: "dis" may not be lost
        only_names_a_header = piece.endswith(_QUOTES) and _HEADER in piece[begin:]
        is_known = begin > 0 and (_HEADER in piece or "preflight" in piece) and not only_names_a_header
        return _Reason(wording, piece[:begin], Template(piece[begin:])) if is_known else None
    if field in _FOUND_BEFORE and len(others[0][0]) >= _BEHIND:
        return _Reason(wording, "", Template(text[text.index("}") + 1 :].lstrip()), field)
    begin = len(piece) - LEAST
    says_enough = _HEADER in piece or sum(len(other) for other, _ in others) >= _REST
    says_enough = says_enough and wording.browser != "webkit"
    return _Reason(wording, piece[:begin], Template(text[begin:])) if begin > 0 and says_enough else None


def without_start(normalized: NormalizedText) -> Iterator[tuple[int, Found]]:
    """All such messages: where each begins, what it says and where it ends."""
    text = normalized.text
    found = [
        one for reason in _reasons() for at in places(text, reason.rest.start) for one in _found(normalized, at, reason)
    ]
    done = 0
    for at, (message, end) in sorted(found, key=lambda one: (one[0], -one[1][1])):
        if at >= done:
            done = end
            yield at, (message, end)


def _found(normalized: NormalizedText, at: int, reason: _Reason) -> Iterator[tuple[int, Found]]:
    """The message whose rest begins at `at`, if it is one."""
    text = normalized.text
    matched = reason.rest.match(normalized, at, min(len(text), at + REASON_LIMIT))
    if matched is None:
        return
    fields, end = matched
    if reason.field:
        yield from _behind_a_name(normalized, at, reason, fields, end)
        return
    piece = reason.piece
    size = next((n for n in range(len(piece), 0, -1) if text.endswith(piece[-n:], 0, at)), 0)
    lost, left = piece[: len(piece) - size], text[at - size : end]
    if _NEGATION.compiled.search(lost) is None and (
        fields or any(name in left for name in _NAMES) or _HEADER not in lost
    ):
        yield at - size, (message_of(reason.wording, fields), end)


def _behind_a_name(
    normalized: NormalizedText, at: int, reason: _Reason, fields: dict[str, str], end: int
) -> Iterator[tuple[int, Found]]:
    """The message whose words after a name begin at `at`: with the name, or without it if an origin was lost."""
    name = _FOUND_BEFORE[reason.field].compiled.search(normalized.text, max(0, at - 350), at)
    if name is not None and name["name"].lower() not in _NOT_NAMES:
        yield name.start(), (_message(reason.wording, {reason.field: name["name"], **fields}), end)
    elif reason.field == "origin" and normalized.line_start(at) == "":
        yield at, (_message(reason.wording, fields), end)


def _message(wording: Wording, fields: dict[str, str]) -> Message:
    """What it says. Chromium had the words that it shares with WebKit until version 31."""
    message = message_of(wording, fields)
    return (
        message._replace(browser=None, era="") if wording.browser == "webkit" and message.rule in w.SHARED else message
    )
