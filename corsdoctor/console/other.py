"""One row of the tables of console messages that are not about CORS."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from corsdoctor.console.reasons import url_before
from corsdoctor.lazy import lazy
from corsdoctor.pattern import Pattern
from corsdoctor.scenario import Api

BEGINNING: Final = 8  # characters of fixed words, at least, that each pattern begins with
REACH: Final = 8_000  # characters behind a beginning in which the words are that a pattern needs
URL: Final = r"(?P<url>[a-z][a-z0-9+.-]*:[^\s'\"<>]{1,2000}?)"
QUOTED: Final = r"[\"'](?P<url>[^\"']{0,2000})[\"']"
_HTTP: Final = ("http://", "https://")
_RESOURCE: Final = "Failed to load resource: "

FindUrl = Callable[[str, int, int], str | None]
"""The URL that belongs to the words from one position to another in a text."""


class Other(Pattern):
    """One message that is not about CORS; `words` may have the groups url, page, origin and status.

    `kind` is an id in corsdoctor/kinds. `find_url` finds the URL where it does not stand in the words. `api` makes the
    request, where the words say it. `server` names the software that wrote the words, if a browser did not. Large logs are searched
    for it only if it is `in_logs`: every word that they are searched for takes time. Words that it `needs` near its beginning are
    looked for first, where the expression takes long without them.
    """

    def __init__(
        self,
        kind: str,
        browser: str | None,
        words: str,
        find_url: FindUrl | None = None,
        api: Api | None = None,
        *,
        server: str | None = None,
        in_logs: bool = True,
        needs: str = "",
    ) -> None:
        super().__init__(words)
        self.api = api
        self.server = server
        self.in_logs = in_logs
        self.needs: Final = needs
        self.kind, _, case = kind.partition("/")
        self.case = case or None
        self.browser = browser
        self.find_url = find_url
        self.start: Final = _start(words.removeprefix(ALONE))
        """The fixed words that it begins with."""

    def match(self, text: str, at: int, limit: int) -> re.Match[str] | None:
        """The match at `at`, before `limit`."""
        if not text.startswith(self.start, at) or (self.needs and text.find(self.needs, at, at + REACH) < 0):
            return None
        return self.compiled.match(text, at, limit)

    @lazy
    def pieces(self) -> tuple[str, ...]:
        """All fixed words that every such message has."""
        return tuple(_fixed(self.words))


ALONE: Final = r"(?<![\w:[])"  # before a name that is not a part of a longer one
_LETTERS: Final = re.compile(r"[\w ':,;/<>\"-]*")
_MORE: Final = ("\\", "?", "*", "{")  # after letters: an escaped character, or a quantifier of the last letter
_START: Final = Pattern(r"(?:[\w ':,;/<>\"-]|\\[\[\]().{}\"])*(?![?*{])")
_TOKEN: Final = Pattern(r"(?s)\[(?:\\.|[^\]\\])+\]|\\.|[?*+]\??|\{\d+(?:,\d*)?\}\??|[^\\\[\]?*+{}().^$|]+|.")


def _start(words: str) -> str:
    """The fixed words that an expression begins with."""
    letters = _LETTERS.match(words)
    assert letters is not None
    end = letters.end()
    if not words.startswith(_MORE, end):
        return words[:end]
    fixed = _START.compiled.match(words)
    return fixed[0].replace("\\", "") if fixed is not None else ""


def _fixed(words: str) -> Iterator[str]:
    """The literal parts of an expression that stand outside groups."""
    piece, depth = "", 0
    for found in _TOKEN.compiled.finditer(words):
        token = found[0]
        if depth == 0 and token[0] == "\\" and not token[1].isalnum():
            piece += token[1]
        elif depth == 0 and (len(token) == 1 or token[0] not in "\\[?*+{") and token not in "().^$|?*+":
            piece += token
        elif piece:
            yield piece[:-1] if token[0] in "?*{" and token != "{" else piece
            piece = ""
        depth += (token == "(") - (token == ")")
    if piece:
        yield piece


def beside(text: str, begin: int, end: int) -> str | None:
    """ "GET URL net::ERR_FAILED", "Failed to load resource: net::ERR_FAILED URL": that of the same request.

    Drivers of browsers print the URL right before or behind the words, without a method.
    """
    before = url_before(text, begin)
    if before is not None:
        return before
    *_, word, nothing = ("", *text[max(0, begin - 2100) : begin].removesuffix("- ").rsplit(" ", 2))
    if nothing == "" and word.startswith(_HTTP):
        return word.rstrip(":,")
    after = text[end : end + 2100]
    is_loading = text.endswith(_RESOURCE, 0, begin) or text.startswith(_RESOURCE, begin)
    after = after.lstrip(" (@") if is_loading else after.removeprefix(" ")
    after = after.split(" ", 1)[0]
    return after.rstrip(",)") if after.startswith(_HTTP) else None


def quoted_before(text: str, begin: int, _end: int) -> str | None:
    """The text in quotation marks right before the words, perhaps with a colon between."""
    closing = text.rfind('"', max(0, begin - 3), begin)
    opening = text.rfind('"', max(0, begin - 2100), closing) if closing >= 0 else -1
    return text[opening + 1 : closing] if opening >= 0 else None


def second_word(text: str, begin: int, end: int) -> str | None:
    """The URL behind the method, where the words begin with both."""
    return text[begin:end].split(" ", 2)[1]
