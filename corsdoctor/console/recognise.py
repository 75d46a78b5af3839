"""Goes through a text and finds the messages in it, in order. Time is linear in the text's length."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from corsdoctor.console.any_browser import message_at
from corsdoctor.console.normalize import NormalizedText, normalize
from corsdoctor.console.other import Other
from corsdoctor.console.other_panels import BLOCKED_REASON
from corsdoctor.console.other_servers import SAID_TWICE
from corsdoctor.console.others import ALONE, COMPANIONS, others_at
from corsdoctor.console.panels import FIREFOX_LABELS
from corsdoctor.console.panels import alone as alone_in_a_panel
from corsdoctor.console.pattern import Pattern
from corsdoctor.console.reasons import request_before
from corsdoctor.console.starts import starts
from corsdoctor.console.wrapped import is_one_word
from corsdoctor.message import BEACON, Message, without_wrapping

MAX_MESSAGE: Final = 16_384  # characters; a longer one is cut
NEAR: Final = 1500  # characters within which two lines are about the same failure

_REST: Final = 400  # so much of the line that follows a message which is not CORS is shown with it
_ORIGIN_OF: Final = Pattern(r"[A-Za-z][A-Za-z0-9+.-]*://[^/?#]+")
_INVENTED: Final = Pattern(r"[<>]")  # "<URL>": what somebody wrote instead of a URL
_RESOURCE: Final = "Failed to load resource: "


class _Place:
    """A message, where it begins, and whether it only repeats one as the reason of a "Failed to load resource"."""

    def __init__(self, at: int, message: Message, repeats: bool) -> None:
        self.at = at
        self.message = message
        self.repeats = repeats


def recognise(text: str) -> tuple[Message, ...]:
    """All messages in `text`, in order: those about CORS, and those that only look like it."""
    words = text.strip()
    alone = ALONE.get(words.rstrip("."))
    if alone is not None:
        return (Message(words, False, alone.browser, kind=alone.kind, case=alone.case),)
    of_panel = alone_in_a_panel(words)
    if of_panel is not None:
        return (of_panel,)
    normalized = normalize(text, is_one_word)
    return tuple(place.message for place in _without_companions(_without_repeats(list(_places(normalized)))))


def _places(normalized: NormalizedText) -> Iterator[_Place]:
    text, done = normalized.text, 0
    for at in starts(normalized):
        if at < done:
            continue
        limit = min(len(text), at + MAX_MESSAGE)
        recognised = _other(normalized, at, limit) or message_at(normalized, at, limit)
        if recognised is None:
            continue
        message, end = recognised
        done = max(end, at + 1)
        repeats = (message.cors or message.browser == "webkit") and text.endswith(
            _RESOURCE, max(0, at - len(_RESOURCE)), at
        )
        if repeats and message.browser is None:
            message = message._replace(browser="webkit")
        end = done if message.cors else normalized.line_end(done, min(len(text), done + _REST))
        shown = _unbroken(_unbroken(text[at:end].strip(), message.url), message.first)
        yield _Place(at, _unwrapped(message._replace(text=shown)), repeats)


def _unwrapped(message: Message) -> Message:
    url, first, origin = (
        None if text is None else without_wrapping(text) for text in (message.url, message.first, message.origin)
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
        match = other.compiled.match(text, at, limit) if text.startswith(other.start, at) else None
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
    if url is not None and _INVENTED.compiled.search(url) is not None:
        url = None
    status, request = groups.get("status"), request_before(text, match.start())
    method = request[0] if request is not None and request[1] == url else None
    message = Message("", False, other.browser, kind=other.kind, case=other.case, url=url, origin=origin, api=other.api)
    return message._replace(status=status, method=method)


# --- what belongs together


def _without_repeats(places: list[_Place]) -> list[_Place]:
    """WebKit's inspector says a reason again as "Failed to load resource: reason": that is one message, not two.

    If it has said only which URL could not be loaded, the reason is added to that. For a beacon, it prints the reason, and
    then the line with the URL and the reason.
    """
    kept: list[_Place] = []
    for i, place in enumerate(places):
        if place.message.url is None and any(_is_beacons(place, other) for other in places[i + 1 : i + 2]):
            continue
        if place.repeats:
            beside = (*reversed(kept[-3:]), *places[i + 1 : i + 3])
            twin = next((o for o in beside if _are_one(place, o)), None)
            bare = next((o for o in kept[-1:] if _lacks_reason(place, o)), None)
            if twin is None and bare is not None:
                url, api, text = bare.message.url, bare.message.api, f"{bare.message.text} {place.message.text}"
                bare.message = place.message._replace(url=url, api=api, text=text, browser="webkit")
                continue
            if twin is not None:
                if twin.message.browser is None:
                    twin.message = twin.message._replace(browser="webkit")
                continue
        kept.append(place)
    return kept


def _is_beacons(reason: _Place, other: _Place) -> bool:
    """Whether `other` is the line about a beacon that has the same reason and the URL."""
    return other.message.api == BEACON and _are_one(reason, other)


def _lacks_reason(repeat: _Place, other: _Place) -> bool:
    """Whether `other` is WebKit's line with the URL alone, to which the reason in `repeat` belongs."""
    a, b = repeat.message, other.message
    near = abs(repeat.at - other.at) < NEAR
    return near and a.rule is not None and b.cors and b.browser == "webkit" and b.rule is None and b.url is not None


def _are_one(repeat: _Place, other: _Place) -> bool:
    a, b = repeat.message, other.message
    return (
        abs(repeat.at - other.at) < NEAR
        and b.browser in (None, "webkit")
        and (a.kind, a.rule) == (b.kind, b.rule)
        and a.origin == b.origin
        and a.subject == b.subject
    )


def _without_companions(places: list[_Place]) -> list[_Place]:
    """Without the lines that stand beside a message and say nothing more."""
    kept: list[_Place] = []
    for i, place in enumerate(places):
        first = next((first for first in kept[-3:] if _is_second_line(first, place)), None)
        if first is not None:
            first.message = first.message._replace(url=first.message.url or place.message.url)
            continue
        if _is_label(place) and any(_is_labelled(other, place) for other in (*kept[-3:], *places[i + 1 : i + 4])):
            continue
        if _is_summary(place) and any(
            _is_by_same_server(other, place) for other in (*kept[-3:], *places[i + 1 : i + 4])
        ):
            continue
        near = (o for o in (*kept[-3:], *places[i + 1 : i + 4]) if abs(place.at - o.at) < NEAR and not _says_little(o))
        explaining = [other for other in near if _explains(other, place)] if _says_little(place) else []
        if not explaining:
            kept.append(place)
        beside = place.message
        for other in (
            other for other in explaining if other.message.cors and beside.method and _names(other, beside.url)
        ):
            method, status = other.message.method or beside.method, other.message.status or beside.status
            other.message = other.message._replace(method=method, status=status)
    return kept


def _is_second_line(first: _Place, place: _Place) -> bool:
    """Whether `place` is the line that a browser prints after `first`, and that says nothing more.

    WebKit prints "due to access control checks" after what is not about CORS, such as Cross-Origin-Resource-Policy's. Firefox
    prints "CORS request did not succeed" after a failed preflight, and after what a service worker did. Node.js prints the
    cause of an exception below it, and libraries and servers print an exception below their own words. The DevTools Protocol
    has an error code before its reason.
    """
    message, other = place.message, first.message
    if place.at - first.at >= NEAR:
        return False
    if message.text.startswith(BLOCKED_REASON):
        return message.kind == other.kind
    if message.kind in COMPANIONS:
        return other.kind == message.kind and message.url is None and other.url is not None
    if message.browser not in (None, other.browser):
        return False
    if message.case == "node":
        return other.kind == message.kind and other.case in ("node", "dev-proxy")
    if message.kind in SAID_TWICE and message.kind == other.kind:
        return message.origin in (None, other.origin)
    if other.browser == "webkit":
        return message.cors and message.rule is None and other.kind in _WITH_SECOND_LINE
    return (
        message.rule == "actual-answered"
        and other.browser == "firefox"
        and (other.rule not in (None, message.rule) or other.kind in _WITH_SECOND_LINE)
        and other.url == message.url
    )


_WITH_SECOND_LINE: Final = frozenset({"corp", "service-worker"})


def _is_summary(place: _Place) -> bool:
    """Whether a server says only that it refuses the request."""
    return place.message.server is not None and place.message.rule is None


def _is_by_same_server(other: _Place, place: _Place) -> bool:
    """Whether `other` says what the server refuses, of which `place` is the summary."""
    return abs(other.at - place.at) < NEAR and other.message.server == place.message.server and not _is_summary(other)


def _is_label(place: _Place) -> bool:
    """Whether it only names an error, as Firefox's network panel does."""
    text = place.message.text
    return place.message.browser == "firefox" and (text in FIREFOX_LABELS or text.startswith("NS_ERROR_"))


def _is_labelled(other: _Place, label: _Place) -> bool:
    """Whether `other` is the console's message about the failure that `label` names in the line of the request."""
    a, b = label.message, other.message
    return (
        not _is_label(other)
        and abs(label.at - other.at) < NEAR
        and (a.browser, a.kind, a.rule, a.url) == (b.browser, b.kind, b.rule, b.url)
    )


def _explains(other: _Place, place: _Place) -> bool:
    """Whether `other` says why there is `place`. A line that says no more than that there was a failure may have any URL."""
    bare = place.message.kind in COMPANIONS and place.message.status is None
    return bare or other.message.url is None or _names(other, place.message.url)


def _names(place: _Place, url: str | None) -> bool:
    return url in (None, place.message.url, place.message.first)


def _says_little(place: _Place) -> bool:
    """Whether it is an exception's or net::ERR_FAILED, or a font's line that a CORS message for the same URL explains."""
    message = place.message
    return message.kind in COMPANIONS or (message.cors and message.rule is None and message.api == "font")
