"""The body of a response as text, and the sentences in it that its server wrote for people and programs.

What a user sent may be repeated in an answer. So a phrase counts only as a whole: a plain text, a message in JSON or
XML, the title or a heading of a page; and never a link, or a word somewhere.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import lru_cache
from html import unescape
from typing import TYPE_CHECKING, Any, Final

from corsdoctor.lazy import lazy

if TYPE_CHECKING:
    from corsdoctor.wire import Response

_MESSAGES: Final = frozenset(
    {
        "__type", "code", "detail", "details", "error", "error_code", "error_description", "error_message", "errorcode", "errormessage",
        "errors", "errortype", "exception", "fault", "faultstring", "message", "msg", "reason", "status", "statusmessage", "statustext",
    }
)  # fmt: skip
"""The keys of JSON whose values are messages."""
_DEPTH: Final = 4
_MOST: Final = 400  # characters of a phrase
_FEW: Final = 40  # phrases
_ELEMENT: Final = re.compile(
    r"<(title|body|h[1-4]|p|pre|center|code|message|string|faultstring|[a-z]+:text|strong|div)\b[^<>]*>([^<]{1,400})<",
    re.I,
)
_XML: Final = re.compile(
    r"<(code|message|reason|error|details|resource|headermessage|authenticationerrordetail)\b[^<>]*>([^<]{1,400})<",
    re.I,
)
_OF_LINKS: Final = re.compile(r"<(/?)(nav|footer|header|a|link)\b[^<>]*>", re.I)
_OF_CODE: Final = re.compile(r"<(/?)(blockquote|code|pre|script|style|template|textarea)\b[^<>]*>", re.I)
_OF_SCRIPTS: Final = re.compile(r"<(/?)(script|style|svg)\b[^<>]*>", re.I)
_TAG: Final = re.compile(r"<[^<>]*>")
_START_OF_TAG: Final = re.compile(r"<[a-z!?/]")
_LITTLE: Final = 300  # characters: more is a page of its own
_HEADINGS: Final = ("title", "h1", "h2", "center", "code", "message", "pre")
_SENTENCE: Final = 12  # characters: less is a word in a menu
_CHARSET: Final = re.compile(r"charset\s*=\s*[\"']?([\w-]+)", re.I)
_CHARSETS: Final = re.compile(
    r"utf-?(?:8|16(?:[bl]e)?)|us-ascii|(?:iso-8859|windows-125)-?\d{1,2}|latin1|shift_jis|euc-(?:jp|kr)|gb(?:2312|k|18030)|big5|koi8-[ru]",
    re.ASCII,
)
"""The character encodings of web pages. Python has others too, and some of them are slow or return no valid text."""


class Text:
    """A body as text. `lower` is all of it in lower case, `kind` its media type."""

    def __init__(self, body: str, kind: str) -> None:
        self.body: Final = body
        self.kind: Final = kind

    @lazy
    def lower(self) -> str:
        return self.body.lower()

    @lazy
    def without_links(self) -> str:
        """The page in lower case, without what links to other pages."""
        return unescape(self._unlinked.lower())

    @lazy
    def _unlinked(self) -> str:
        return _without(_OF_LINKS, self.body)

    @lazy
    def is_nearly_empty(self) -> bool:
        """Whether a page has little text beside its scripts and links."""
        return is_little(self.without_links)

    @lazy
    def without_code(self) -> str:
        """The body without the elements in which a page shows code."""
        return _without(_OF_CODE, self.body)

    @lazy
    def is_page(self) -> bool:
        """Whether it is HTML. Express and PHP call other texts HTML too, such as JSON."""
        start = self.lower[:600].lstrip("\ufeff \t\r\n")
        named = self.kind in ("text/html", "application/xhtml+xml")
        return start.startswith(("<!doctype html", "<html")) or (named and _is_markup(start, self.lower))

    @lazy
    def title(self) -> str:
        """The title of a page."""
        found = re.search(r"<title[^<>]*>([^<]{1,300})", self.body, re.I)
        return "" if found is None else _cleaned(found[1])

    @lazy
    def headlines(self) -> tuple[str, ...]:
        """The title and the main heading of a page, as far as a mark quotes them."""
        heading = re.search(r"<h1[^<>]*>([^<]{1,300})", self.body, re.I)
        return (self.title[:120], "" if heading is None else _cleaned(heading[1])[:120])

    @lazy
    def phrases(self) -> tuple[str, ...]:
        """The sentences of the server, without repetition."""
        found = dict.fromkeys(filter(None, map(_cleaned, self._phrases())))
        return tuple(found)[:_FEW]

    def _phrases(self) -> Iterator[str]:
        body = self.body.strip("\ufeff \t\r\n")
        if not body:
            return
        if body[0] in "{[":
            try:
                data = json.loads(body)
                if self.kind == "application/problem+json" and isinstance(data, dict):
                    yield from _messages(data.get("title"), 0)
                yield from _messages(data, 0)
            except (ValueError, RecursionError):
                return
        elif self.is_page:
            for found in _ELEMENT.finditer(self._unlinked):
                if found[1].lower() in _HEADINGS or len(found[2]) >= _SENTENCE:
                    yield found[2]
        elif body[0] == "<":
            yield from (found[2] for found in _XML.finditer(body))
        elif len(body) <= _MOST:
            yield body.strip('"')


@lru_cache(maxsize=16)
def text_of(response: Response) -> Text:
    """The body of `response` as text; HTML and XML without escapes, anything binary as far as it can be read."""
    kind, charset = _type_of(response.headers.get("Content-Type") or "")
    try:
        body = response.body.decode(charset, "replace")
    except LookupError:
        body = response.body.decode("utf-8", "replace")
    return Text(body, kind)


@lru_cache(maxsize=64)  # the responses of one server have few types
def _type_of(value: str) -> tuple[str, str]:
    """The media type that `value` names, and the character encoding."""
    kind = value.lower()
    named = _CHARSET.search(kind)
    charset = named[1] if named is not None and _CHARSETS.fullmatch(named[1]) else "utf-8"
    return kind.partition(";")[0].strip(), charset


def is_little(page: str) -> bool:
    """Whether a part of a page has little text beside its scripts."""
    return len(readable(_without(_OF_SCRIPTS, page))) <= _LITTLE


def readable(page: str) -> str:
    """The text of a part of a page, in one line."""
    return " ".join(_TAG.sub(" ", page).split())


def _is_markup(start: str, text: str) -> bool:
    """Whether a text that is called HTML is, or would be if the response had a body."""
    return not start or (start[0] not in "{[" and _START_OF_TAG.search(text) is not None)


def _without(tags: re.Pattern[str], page: str) -> str:
    """`page` without the elements of these tags. A tag that is never closed hides nothing."""
    opened: dict[str, list[int]] = {}
    hidden: list[tuple[int, int]] = []
    for tag in tags.finditer(page):
        starts = opened.setdefault(tag[2].lower(), [])
        if tag[2].lower() == "link":
            hidden.append(tag.span())
        elif not tag[1]:
            starts.append(tag.start())
        elif starts:
            hidden.append((starts.pop(), tag.end()))
    parts, end = [], 0
    for first, last in sorted(hidden):
        parts.append(page[end:first])
        end = max(end, last)
    return "".join(parts) + page[end:]


def _messages(value: Any, depth: int) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif depth > _DEPTH:
        return
    elif isinstance(value, list):
        for item in value[:10]:
            yield from _messages(item, depth + 1)
    elif isinstance(value, dict):
        for key, item in value.items():
            if key.lower() in _MESSAGES:
                yield from _messages(item, depth + 1)


def _cleaned(text: str) -> str:
    """`text` with its escapes resolved and without line breaks; empty if it is too long for a sentence."""
    cleaned = unescape(text)
    if not cleaned.isascii():
        cleaned = cleaned.encode("utf-8", "replace").decode()
    cleaned = " ".join(cleaned.split())
    return cleaned if len(cleaned) <= _MOST else ""
