"""Which of the messages in a text belong together: what browsers, libraries and servers print beside a message, and repeat."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from corsdoctor.console.other_panels import BLOCKED_REASON
from corsdoctor.console.other_servers import SAID_TWICE
from corsdoctor.console.others import COMPANIONS
from corsdoctor.console.panels import FIREFOX_LABELS
from corsdoctor.message import BEACON, Message

NEAR: Final = 1500  # characters within which two lines are about the same failure


class Placed:
    """A message, where it begins, and whether it only repeats one as the reason of a "Failed to load resource"."""

    def __init__(self, at: int, message: Message, repeats: bool) -> None:
        self.at = at
        self.message = message
        self.repeats = repeats


def together(places: list[Placed]) -> list[Placed]:
    """The messages, in order, without those that only repeat another or stand beside it and say nothing more."""
    return _without_companions(_with_reasons(_without_repeats(places)))


def _without_repeats(places: list[Placed]) -> list[Placed]:
    """WebKit's inspector says a reason again as "Failed to load resource: reason": that is one message, not two.

    If it has said only which URL could not be loaded, the reason is added to that. For a beacon, it prints the reason, and
    then the line with the URL and the reason.
    """
    kept: list[Placed] = []
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
                url, api = twin.message.url or place.message.url, twin.message.api or place.message.api
                twin.message = twin.message._replace(browser="webkit", url=url, api=api)
                continue
        kept.append(place)
    return kept


def _with_reasons(places: list[Placed]) -> list[Placed]:
    """A line that has only the URL, and the reason that was copied below it, are one message.

    Edge before Chromium printed first that a URL needs CORS, and then the reason. WebKit prints the reason first, so the
    next line with a URL must not follow it.
    """
    kept: list[Placed] = []
    for i, place in enumerate(places):
        bare = kept[-1] if kept else None
        following = next(iter(places[i + 1 : i + 2]), None)
        if bare is not None and _completes(place, bare) and not (following is not None and _is_bare(following)):
            a, b = place.message, bare.message
            text = f"{b.text} {a.text}"
            bare.message = a._replace(url=b.url, api=a.api or b.api, browser=b.browser, text=text)
            continue
        kept.append(place)
    return kept


def _completes(reason: Placed, bare: Placed) -> bool:
    """Whether `reason` is what the line `bare` with only a URL lacks."""
    a, b = reason.message, bare.message
    is_reason = a.cors and a.rule not in (None, _ANNOUNCED) and a.server is None and a.browser in (None, b.browser)
    is_announced = a.rule == _ANNOUNCED and a.url == b.url
    return _is_bare(bare) and reason.at - bare.at < NEAR and (is_announced or (is_reason and a.url is None))


def _is_bare(place: Placed) -> bool:
    message = place.message
    return message.cors and message.url is not None and (message.browser, message.rule) in _BARE


_ANNOUNCED: Final = "preflight-needed"
_BARE: Final = (("webkit", None), ("edge-legacy", None), ("edge-legacy", _ANNOUNCED))
"""What says only which URL it is about."""


def _is_beacons(reason: Placed, other: Placed) -> bool:
    """Whether `other` is the line about a beacon that has the same reason and the URL."""
    return other.message.api == BEACON and _are_one(reason, other)


def _lacks_reason(repeat: Placed, other: Placed) -> bool:
    """Whether `other` is WebKit's line with only a URL or only about a script, to which the reason in `repeat` belongs."""
    a, b = repeat.message, other.message
    is_bare = b.cors and b.browser == "webkit" and b.rule is None and (b.url is not None or b.api is not None)
    return abs(repeat.at - other.at) < NEAR and a.rule is not None and is_bare


def _are_one(repeat: Placed, other: Placed) -> bool:
    a, b = repeat.message, other.message
    return (
        abs(repeat.at - other.at) < NEAR
        and b.browser in (None, "webkit")
        and (a.kind, a.rule) == (b.kind, b.rule)
        and a.origin == b.origin
        and a.subject == b.subject
    )


def _without_companions(places: list[Placed]) -> list[Placed]:
    """Without the lines that stand beside a message and say nothing more."""
    kept: list[Placed] = []
    for i, place in enumerate(places):
        first = next((first for first in kept[-3:] if _is_second_line(first, place)), None)
        if first is not None:
            url, origin = first.message.url or place.message.url, first.message.origin or place.message.origin
            first.message = first.message._replace(url=url, origin=origin, api=first.message.api or place.message.api)
            continue
        following = next(iter(places[i + 1 : i + 2]), None)
        if following is not None and _is_status_of(place, following):
            url, status = following.message.url or place.message.url, place.message.status
            method = place.message.method
            following.message = following.message._replace(url=url, status=status, method=method)
            continue
        if place.message.entry and _of_its_preflight(place, (*kept[-3:], *places[i + 1 : i + 4])):
            continue
        if _is_label(place) and any(_is_labelled(other, place) for other in (*kept[-3:], *places[i + 1 : i + 4])):
            continue
        if _is_summary(place) and any(
            _is_by_same_server(other, place) for other in (*kept[-3:], *places[i + 1 : i + 4])
        ):
            continue
        behind = () if place.message.case == "element" else places[i + 1 : i + 4]  # Firefox prints the reason first
        near = (o for o in (*kept[-3:], *behind) if abs(place.at - o.at) < NEAR and not _says_little(o))
        explaining = [other for other in near if _explains(other, place)] if _says_little(place) else []
        if not explaining:
            kept.append(place)
        beside = place.message
        for other in explaining:
            if other.message.cors and other.message.url is None and other in (*kept[-1:], *places[i + 1 : i + 2]):
                other.message = other.message._replace(url=beside.url)
            if beside.api is not None and other.message.api is None and other.message.url == beside.url:
                other.message = other.message._replace(api=beside.api)
        for other in (
            other for other in explaining if other.message.cors and beside.method and _names(other, beside.url)
        ):
            method = None if beside.method == "OPTIONS" else beside.method  # the browser's own, for the preflight
            method, status = other.message.method or method, other.message.status or beside.status
            other.message = other.message._replace(method=method, status=status)
    return kept


def _is_second_line(first: Placed, place: Placed) -> bool:
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
        return (
            other.kind == message.kind and message.url is None and (other.url is not None or message.text != other.text)
        )
    if message.kind == other.kind == "websocket" and message.url is None and message.origin in (None, other.origin):
        return True
    if _is_reworded(message, other) or _is_its_reason(first, place):
        return True
    if message.case == "eventsource":
        return other.cors and other.url == message.url
    if message.browser not in (None, other.browser):
        return False
    if message.case == "node":
        return other.kind == message.kind and other.case in ("node", "dev-proxy")
    if message.kind in SAID_TWICE and (message.kind, message.case, message.server) == (
        other.kind,
        other.case,
        other.server,
    ):
        return None in (message.origin, other.origin) or message.origin == other.origin
    if other.browser == "webkit":
        return message.cors and message.rule is None and other.kind in _WITH_SECOND_LINE
    return (
        message.rule == "actual-answered"
        and other.browser == "firefox"
        and (other.rule not in (None, message.rule) or other.kind in _WITH_SECOND_LINE)
        and other.url == message.url
    )


def _is_reworded(message: Message, other: Message) -> bool:
    """Whether `message` says in other words what `other` says of the same URL. The same words again are counted."""
    return (
        message.kind is not None
        and message.url is not None
        and message.text != other.text
        and message._replace(text="") == other._replace(text="")
    )


def _is_its_reason(first: Placed, place: Placed) -> bool:
    """Whether `place` is the reason right behind the words of `first`, which say the same without it."""
    message, other = place.message, first.message
    return (
        message.cors
        and message.url is None
        and message.subject in (None, other.subject)
        and None not in (message.rule, other.rule)
        and (message.browser, message.rule) == (other.browser, other.rule)
        and message.text != other.text
        and 0 <= place.at - first.at - len(other.text) <= _BETWEEN
    )


_BETWEEN: Final = 3  # characters between them: a blank, a colon, a quotation mark
_WITH_SECOND_LINE: Final = frozenset({"corp", "mime-type", "service-worker"})


def _is_summary(place: Placed) -> bool:
    """Whether a server says only that it refuses the request."""
    return place.message.server is not None and place.message.rule is None


def _is_by_same_server(other: Placed, place: Placed) -> bool:
    """Whether `other` says what the server refuses, of which `place` is the summary."""
    return abs(other.at - place.at) < NEAR and other.message.server == place.message.server and not _is_summary(other)


def _is_status_of(place: Placed, following: Placed) -> bool:
    """Whether `place` is a status code, and the server's words are its reason phrase, which Chromium prints in brackets."""
    a, b = place.message, following.message
    return (
        a.kind == "http-status" and b.server is not None and f"({b.text})" in a.text and following.at - place.at < NEAR
    )


def _of_its_preflight(line: Placed, near: Iterable[Placed]) -> bool:
    """Whether a message near `line` is about the same request; one that names no status code gets that of the line."""
    for other in near:
        a, b = line.message, other.message
        if not b.cors or b.entry or abs(line.at - other.at) >= NEAR or b.in_preflight is False:
            continue
        if a.server is None and not _names(other, a.url):
            continue
        if b.in_preflight and b.server is None:
            other.message = b._replace(status=b.status or a.status)
        return True
    return False


def _is_label(place: Placed) -> bool:
    """Whether it only names an error, as Firefox's network panel does."""
    text = place.message.text
    return place.message.browser == "firefox" and (text in FIREFOX_LABELS or text.startswith("NS_ERROR_"))


def _is_labelled(other: Placed, label: Placed) -> bool:
    """Whether `other` is the console's message about the failure that `label` names in the line of the request."""
    a, b = label.message, other.message
    return (
        not _is_label(other)
        and abs(label.at - other.at) < NEAR
        and (a.browser, a.kind, a.rule, a.url) == (b.browser, b.kind, b.rule, b.url)
    )


def _explains(other: Placed, place: Placed) -> bool:
    """Whether `other` says why there is `place`. A line that says no more than that there was a failure may have any URL."""
    if other.message.kind == "script-error":
        return False  # the script was loaded
    bare = place.message.kind in COMPANIONS and place.message.status is None
    return bare or other.message.url is None or _names(other, place.message.url)


def _names(place: Placed, url: str | None) -> bool:
    return url in (None, place.message.url, place.message.first)


def _says_little(place: Placed) -> bool:
    """Whether it is an exception's or net::ERR_FAILED, or a font's line that a CORS message for the same URL explains."""
    message = place.message
    return message.kind in COMPANIONS or (message.cors and message.rule is None and message.api == "font")
