"""What software leaves in the responses that it writes or passes on, and what that means: one table, in files by kind.

A mark is known by a header, by words anywhere in a page, by a whole phrase (see phrases.py), or by the reason phrase of
the status line. Words that a user may have sent, such as those of a CORS layer, count only as a whole phrase. Of the
phrases that fit, the first one in the order of MARKS counts.

challenges.py  bot protections
transport.py   client certificates, TLS ports, HTTP/2
layers.py      CORS layers, checks of the origin, CSRF
stores.py      object stores
gateways.py    gateways, proxies, firewalls
identity.py    logins
pages.py       pages where an API was asked
software.py    who wrote an error page, or passed a response on
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final

from corsdoctor.causes.marks import challenges, gateways, identity, layers, pages, software, stores, transport
from corsdoctor.causes.marks.mark import Mark as Mark
from corsdoctor.causes.marks.mark import Means as Means
from corsdoctor.causes.marks.mark import Where as Where
from corsdoctor.causes.phrases import is_little, readable, text_of
from corsdoctor.record import Record
from corsdoctor.sentence import Sentence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from corsdoctor.causes.phrases import Text
    from corsdoctor.wire import Response

MARKS: Final = (
    *challenges.MARKS,
    *transport.MARKS,
    *layers.MARKS,
    *stores.MARKS,
    *gateways.MARKS,
    *identity.MARKS,
    *pages.MARKS,
    *software.MARKS,
)


class Seen(Record):
    """A mark that was found: the name of the header, or "text", the value or the text there, and the words for it."""

    mark: Mark
    name: str
    value: str
    words: str

    @property
    def who(self) -> str:
        return self.mark.who

    @property
    def means(self) -> Means:
        return self.mark.means


_TEXT: Final = "text"
_HEADERS: Final = tuple(mark for mark in MARKS if mark.where not in list(Where))
_REFUSALS: Final = frozenset({403, 429, 503})
_PRINTED: Final = tuple(mark for mark in MARKS if mark.where in (Where.PRINTED, Where.LAST))
_OF_PRINTED: Final = ("on line ", "php error")
"""What all of these have one of."""
_ERRORS: Final = tuple(mark for mark in MARKS if mark.where == Where.ERROR)
_PHRASES: Final = tuple(mark for mark in MARKS if mark.where == Where.PHRASE)
_DOZEN: Final = 12
_REASONS: Final = tuple(mark for mark in MARKS if mark.where == Where.REASON)
_BY_NAME: Final[dict[str, tuple[Mark, ...]]] = {
    name: tuple(mark for mark in _HEADERS if mark.where == name) for name in dict.fromkeys(m.where for m in _HEADERS)
}


def _by_start(where: Where) -> dict[str, dict[str, list[Mark]]]:
    """The marks there by their first three characters, then by more: most pages have few of the starts."""
    found: dict[str, dict[str, list[Mark]]] = {}
    for mark in MARKS:
        if mark.where == where:
            found.setdefault(mark.pattern[:3], {}).setdefault(mark.pattern[:_START], []).append(mark)
    return found


_START: Final = len("<title>") + 1
_PAGES: Final = _by_start(Where.PAGE)
_SCRIPTS: Final = _by_start(Where.SCRIPT)
_ORDER: Final = {mark: place for place, mark in enumerate(MARKS)}


@cache
def _expressions() -> tuple[re.Pattern[str], ...]:
    """The phrases of the table, a dozen in an expression: an attempt takes longer the more groups there are.

    They match lower case, because `re` rules out an alternative by its first letter only where case counts.
    """
    dozens = (_PHRASES[i : i + _DOZEN] for i in range(0, len(_PHRASES), _DOZEN))
    return tuple(re.compile("|".join(f"({mark.pattern})" for mark in marks)) for marks in dozens)


@lru_cache(maxsize=1024)  # the errors of one server have few phrases
def _mark_of(phrase: str) -> Mark | None:
    """The first mark of the table that fits `phrase` in lower case: the number of the group is its number in the dozen."""
    for i, expression in enumerate(_expressions()):
        found = expression.match(phrase)
        if found is not None and found.lastindex is not None:
            return _PHRASES[i * _DOZEN + found.lastindex - 1]
    return None


@cache
def _expression(pattern: str) -> re.Pattern[str]:
    """The pattern of a header's or a reason's mark."""
    return re.compile(pattern, re.I)


@lru_cache(maxsize=16)
def marks_of(response: Response) -> tuple[Seen, ...]:
    """All marks of the response, as the table has them."""
    return tuple(_seen(response, text_of(response)))


def _seen(response: Response, text: Text) -> Iterator[Seen]:
    for name, value in response.headers:
        yield from _of_header(name, value)
    if text.is_page:
        yield from _in_page(_PAGES, text)
    if text.is_page and response.status in _REFUSALS and text.is_nearly_empty:
        yield from _in_page(_SCRIPTS, text)
    if any(part in text.lower for part in _OF_PRINTED):
        yield from _printed(text)
    if response.status >= 400:
        for mark in _ERRORS:
            if mark.pattern in text.lower:
                yield Seen(mark, _TEXT, mark.pattern, f"the body contains `{mark.pattern}`")
    for phrase in text.phrases:
        lower = phrase.lower()
        spaced = lower.replace("_", " ").replace("-", " ")
        fits = _mark_of(lower) or (None if spaced == lower else _mark_of(spaced))
        if fits is not None:
            said = phrase[:120]
            yield Seen(fits, _TEXT, said, Sentence("the response says “{text}”", text=said))
    if response.reason:
        for mark in _REASONS:
            if _expression(mark.pattern).match(response.reason):
                words = Sentence("the reason phrase is “{text}”", text=response.reason)
                yield Seen(mark, _TEXT, response.reason, words)


@lru_cache(maxsize=1024)  # the responses of one server have few headers
def _of_header(name: str, value: str) -> tuple[Seen, ...]:
    lower = name.lower()
    if lower not in _BY_NAME:
        return ()
    shown = f"{value.partition('=')[0]}=..." if lower == "set-cookie" else value
    key = lower.replace("-", "_")
    words = Sentence(f"{{name}}: {{{key}}}", name=name, **{key: shown})
    return tuple(Seen(mark, name, shown, words) for mark in _BY_NAME[lower] if _expression(mark.pattern).search(value))


def _in_page(by_start: dict[str, dict[str, list[Mark]]], text: Text) -> Iterator[Seen]:
    page = text.without_links
    groups = (by_start[start].items() for start in filter(page.__contains__, by_start))
    found = (
        mark for group in groups for start, marks in group if start in page for mark in marks if mark.pattern in page
    )
    for mark in sorted(found, key=_ORDER.__getitem__):
        yield Seen(mark, _TEXT, mark.pattern, f"the page contains `{mark.pattern}`")


_BOLD: Final = re.compile(r"</?b>", re.I)


def _printed(text: Text) -> Iterator[Seen]:
    page = text.without_code
    for mark in _PRINTED:
        found = re.search(mark.pattern, page, re.I | re.S)
        if found is not None and (mark.where == Where.PRINTED or is_little(page[found.end() :])):
            said = readable(_BOLD.sub("", found[0]))[:120]
            yield Seen(mark, _TEXT, said, Sentence("the response says “{text}”", text=said))
