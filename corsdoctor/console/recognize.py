"""Goes through a text and finds the messages in it, in order. Time is linear in the text's length."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from corsdoctor.console.any_browser import message_at
from corsdoctor.console.normalize import NormalizedText, normalize
from corsdoctor.console.other import Other
from corsdoctor.console.others import ALONE, others_at
from corsdoctor.console.panels import alone as alone_in_a_panel
from corsdoctor.console.quoted import is_quoted
from corsdoctor.console.reasons import Found, request_before
from corsdoctor.console.starts import starts
from corsdoctor.console.together import Placed, together
from corsdoctor.console.wrapped import is_one_word
from corsdoctor.message import Message, is_placeholder, without_wrapping
from corsdoctor.pattern import Pattern

MAX_MESSAGE: Final = 16_384  # characters; a longer one is cut

_REST: Final = 400  # so much of the line that follows a message which is not CORS is shown with it
_ORIGIN_OF: Final = Pattern(r"[A-Za-z][A-Za-z0-9+.-]*://[^/?#]+")
_INVENTED: Final = Pattern(r"[<>]")  # "<URL>": what somebody wrote instead of a URL
_HIDDEN: Final = Pattern(r"[a-z]{2,10}://<[^<>]{1,80}>")
_NAMES: Final = ("CORS", "Access-Control-", "multiple values", "rigin", "credentials mode", "cors")
"""Every message that is read loosely contains one of these."""
_RESOURCE: Final = "Failed to load resource: "
_FULL_STOP_AND_BLANK: Final = 2  # characters between two sentences
_REPEATS: Final = (
    _RESOURCE,
    "TypeError: ",
)  # before a reason that WebKit says again: in the inspector, and in an exception


def recognize(text: str) -> tuple[Message, ...]:
    """All messages in `text`, in order: those about CORS, and those that only look like it.

    Where none is about CORS, messages are looked for that somebody retyped, translated or took apart.
    """
    found = messages_in(text)
    is_known = any(message.cors for message in found)
    if is_known and all(None not in (message.url, message.rule) for message in found if message.cors):
        return found
    from corsdoctor.console.retyped import retyped  # what most texts need not load

    again = retyped(text)
    changed = messages_in(again) if again is not None else ()
    if _is_better(changed, found):
        return changed
    is_clear = any(message.url or message.rule for message in found if message.cors)
    loose = () if is_clear else _loosely(text) or (_loosely(again) if again is not None else ())
    if loose and (not is_known or _is_better(loose, found)):
        return loose
    return found or _rare(text)


def _rare(text: str) -> tuple[Message, ...]:
    """What Firefox says in other languages of what only looks like CORS, and what programs and scripts say of failures."""
    from corsdoctor.console.near_misses import LONGEST, near_misses
    from corsdoctor.console.programs import programs
    from corsdoctor.console.status_zero import status_zero

    normalized = normalize(text, is_one_word)
    found = [*near_misses(normalized)] if len(text) <= LONGEST else []
    found = found or [*programs(normalized)] or [*status_zero(normalized)]
    return _messages([_loose_place(normalized, at, one) for at, one in found])


def _is_better(changed: tuple[Message, ...], found: tuple[Message, ...]) -> bool:
    """Whether as many messages about CORS say more, or there are some beside those that there were."""
    before, after = ([(m.browser, m.rule, m.url) for m in messages if m.cors] for messages in (found, changed))
    if len(after) > len(before):
        return all(one in after for one in before)
    said, said_before = _said(changed), _said(found)
    joins = len(after) < len(before) and any(message.cors and message.url and message.rule for message in changed)
    return said > said_before or (joins and said == said_before)


def _said(messages: tuple[Message, ...]) -> int:
    """How much the messages about CORS name: URLs, rules, and whether it was the preflight."""
    return sum(
        sum(value is not None for value in (message.url, message.rule, message.in_preflight))
        for message in messages
        if message.cors
    )


def _loosely(text: str) -> tuple[Message, ...]:
    """The messages that only their names and a few words show, with those beside them; nothing if there are none."""
    if not any(name in text for name in _NAMES):
        return ()
    from corsdoctor.console.applications import said_by_applications
    from corsdoctor.console.machine_translated import translated
    from corsdoctor.console.reasons_alone import reasons_alone
    from corsdoctor.console.without_start import without_start

    normalized = normalize(text, is_one_word)
    finders = (without_start, translated, reasons_alone, said_by_applications)
    loose = next(filter(None, ([*_unquoted(normalized, find(normalized))] for find in finders)), [])
    if not loose:
        return ()
    strict = [*_strict_places(normalized)]
    apart = [(at, found) for at, found in loose if not any(0 < at - o.at < len(o.message.text) for o in strict)]
    places = [_with_tail(_loose_place(normalized, at, found), strict) for at, found in apart]
    kept = [
        o
        for o in strict
        if not (_is_bare(o) and any(0 <= o.at - place.at < len(place.message.text) for place in places))
    ]
    return _messages(sorted([*kept, *places], key=lambda place: place.at))


def _unquoted(normalized: NormalizedText, found: Iterable[tuple[int, Found]]) -> Iterator[tuple[int, Found]]:
    return ((at, one) for at, one in found if not is_quoted(normalized, at, one[1], one[0]))


def _with_tail(place: Placed, strict: list[Placed]) -> Placed:
    """`place` with the origin that stands in a sentence of its own right behind it, which is taken out of `strict`."""
    end = place.at + len(place.message.text)
    near = (one for one in strict if 0 <= one.at - end <= _FULL_STOP_AND_BLANK)
    tail = next((one for one in near if _is_bare(one) and one.message.origin is not None), None)
    if tail is None:
        return place
    strict.remove(tail)
    text = f"{place.message.text} {tail.message.text}"
    return Placed(place.at, place.message._replace(origin=tail.message.origin, text=text), repeats=False)


def _is_bare(place: Placed) -> bool:
    """Whether it names neither the URL nor the rule."""
    return place.message.cors and place.message.url is None and place.message.rule is None


def messages_in(text: str) -> tuple[Message, ...]:
    """All messages in `text` that have the words of a browser, a tool or a server, in order."""
    words = text.strip()
    alone = ALONE.get(words.rstrip("."))
    if alone is not None:
        return (Message(words, False, alone.browser, kind=alone.kind, case=alone.case),)
    of_panel = alone_in_a_panel(words)
    if of_panel is not None:
        return (of_panel,)
    return _messages(list(_strict_places(normalize(text, is_one_word))))


def _messages(places: list[Placed]) -> tuple[Message, ...]:
    return tuple(place.message for place in together(places))


def _loose_place(normalized: NormalizedText, at: int, found: Found) -> Placed:
    """The place of a message that was found by a few words, with its text as it stands there."""
    message, end = found
    return Placed(at, message._replace(text=normalized.text[at:end].strip()), repeats=False)


def _strict_places(normalized: NormalizedText) -> Iterator[Placed]:
    """The places of the messages that begin as those of a browser, a tool or a server do."""
    text, done = normalized.text, 0
    for at in starts(normalized):
        if at < done:
            continue
        limit = min(len(text), at + MAX_MESSAGE)
        recognized = _other(normalized, at, limit)
        if recognized is None and not text[at].isdigit():  # no message about CORS begins with a status code
            recognized = message_at(normalized, at, limit)
        if recognized is None:
            continue
        message, end = recognized
        done = max(end, at + 1)
        if message.cors and is_quoted(normalized, at, end, message):
            continue
        repeats = (message.cors or message.browser == "webkit") and text.endswith(
            _REPEATS, max(0, at - len(_RESOURCE)), at
        )
        if repeats and message.browser is None:
            message = message._replace(browser="webkit")
        end = done if message.cors or message.server else normalized.line_end(done, min(len(text), done + _REST))
        shown = _unbroken(_unbroken(text[at:end].strip(), message.url), message.first)
        yield Placed(at, _unwrapped(message._replace(text=shown)), repeats)


def _unwrapped(message: Message) -> Message:
    url, first, origin = (
        None if text is None or is_placeholder(text) else without_wrapping(text)
        for text in (message.url, message.first, message.origin)
    )
    return message._replace(url=url, first=first, origin=origin)


def _unbroken(text: str, url: str | None) -> str:
    """`text` with its URL in one piece where a line was wrapped in it; a secret in it can then be masked whole."""
    if url is None or url in text:
        return text
    letters = [i for i, letter in enumerate(text) if letter != " "]
    first = text.replace(" ", "").find(url)
    if first < 0:
        return text
    return text[: letters[first]] + url + text[letters[first + len(url) - 1] + 1 :]


# --- what is not about CORS


def _other(normalized: NormalizedText, at: int, limit: int) -> tuple[Message, int] | None:
    text = normalized.text
    for other in others_at(text, at):
        match = other.match(text, at, limit)
        if match is not None:
            return _not_cors(other, match, text), match.end()
    return None


def _not_cors(other: Other, match: re.Match[str], text: str) -> Message:
    groups = match.groupdict()
    origin, url = groups.get("origin"), groups.get("url")
    if groups.get("page"):
        of_page = _ORIGIN_OF.compiled.match(groups["page"])
        origin = of_page[0] if of_page is not None else None
    if url is None and other.find_url is not None:
        url = other.find_url(text, match.start(), match.end())
    if not url or _INVENTED.compiled.search(url) is not None:
        url = None
    if origin is not None and _HIDDEN.compiled.fullmatch(origin) is not None:
        origin = None
    status, request = groups.get("status"), request_before(text, match.start())
    method = request[0] if request is not None and request[1] == url else None
    message = Message("", False, other.browser, kind=other.kind, case=other.case, url=url, origin=origin, api=other.api)
    return message._replace(status=status, method=method, server=other.server)
