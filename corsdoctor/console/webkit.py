"""What a message of Safari or another WebKit says: one line, or two."""

from __future__ import annotations

import re
from typing import Final

from corsdoctor.console import wordings as w
from corsdoctor.console.normalize import NormalizedText
from corsdoctor.console.reasons import ALONE, Found, is_url, reason_at
from corsdoctor.console.template import LONGEST_CUT
from corsdoctor.console.wordings import Wording
from corsdoctor.message import BEACON, REDIRECTION, Message
from corsdoctor.pattern import Pattern


def webkit(normalized: NormalizedText, at: int, limit: int) -> Found | None:
    """One message of WebKit: a reason, the line with the URL that mostly follows it, or that line alone."""
    begin, target = at, None
    redirection = w.WEBKIT_REDIRECTION.match(normalized, at, limit)
    if redirection is not None:
        target = redirection[0]["target"]
        begin = redirection[1] - len(redirection[0]["reason"])
    old = _old_webkit(normalized, at, limit) or (None if redirection else _cut_off(normalized, at, limit))
    if old is not None:
        return old
    found = reason_at(normalized, begin, limit, w.WEBKIT_REASONS, least=ALONE if begin == at else 8)
    if found is None and target is not None:
        found = Message("", True), normalized.line_end(begin, limit)
    message, end = found or (None, at)
    if message is not None and target is not None:
        message = message._replace(url=target, in_preflight=False, detail=message.detail or REDIRECTION)
    if message is not None and message.rule == "redirect-limit":
        message = message._replace(detail=REDIRECTION)  # the line with the URL names the last one
    second = _second_line(normalized, end, limit, normalized.line_start(at), alone=message is None)
    if message is not None and second is None and target is None and not _is_webkits(normalized, at, message):
        return message._replace(browser=None), end
    if second is not None:
        fields, wording, end = second
        message = message or Message("", True)
        if target is not None and fields.get("url", target) != target:
            message = message._replace(
                detail=message.detail.replace(REDIRECTION, "")
            )  # it names the URL that redirects
        message = message._replace(
            url=fields.get("url", message.url), api=wording.api or None, era=message.era or wording.era
        )
        if message.rule is None and wording.api in ("image", "media") and not _is_inspectors(normalized, at):
            return message, end  # Chromium had these words too
    if message is None:
        alone = _DUE_ALONE.compiled.match(normalized.text, at)
        return None if alone is None else (Message("", True, "webkit"), alone.end())
    return message._replace(browser="webkit"), end


def _is_webkits(normalized: NormalizedText, at: int, message: Message) -> bool:
    """Whether a reason that stands alone is WebKit's: Chromium had the same words until version 31."""
    return (
        message.status is not None
        or message.rule not in w.SHARED
        or _is_inspectors(normalized, at)
        or normalized.text.endswith("TypeError: ", 0, at)  # what fetch() throws; in Chromium, it never gives a reason
    )


def _is_inspectors(normalized: NormalizedText, at: int) -> bool:
    """Whether WebKit's inspector put its level in front."""
    return normalized.text.endswith(("[Error] ", "[error] "), 0, at)


def _cut_off(normalized: NormalizedText, at: int, limit: int) -> Found | None:
    """The line with the URL, or that of a redirect, cut off at the end of a line."""
    end = normalized.line_end(at, limit)
    if end - at > LONGEST_CUT:
        return None
    redirected = w.WEBKIT_REDIRECTION.cut(normalized, at, end, _WHOLE_PIECE)
    if redirected:
        return Message("", True, "webkit", in_preflight=False, url=redirected["target"]), end
    match = _LINE_WITH_URL.compiled.match(normalized.text, at, end)
    if match is None or not _DUE.startswith(match["rest"].rstrip(".…")):
        return None
    if not (match["rest"] or _is_inspectors(normalized, at)):
        return None
    return Message("", True, "webkit", url=match["url"], api=_APIS[match["who"]]), match.end()


_WHOLE_PIECE: Final = 99  # characters: no beginning of the first piece alone will do
_APIS: Final = {"Fetch API": "fetch", "XMLHttpRequest": "xhr", "EventSource": "eventsource"}
DUE: Final = "due to access control checks"  # what is left of the line with the URL
_DUE_ALONE: Final = Pattern(rf"{DUE}\.?(?=\s|['\"]|$)")
_DUE: Final = " due to access control checks"
_LINE_WITH_URL: Final = Pattern(
    r"(?P<who>Fetch API|XMLHttpRequest|EventSource) cannot load (?P<url>(?:[a-z][a-z0-9+.-]*:|/)[^\s'\"]{1,8000}?)"
    r"(?P<rest>| [a-z ]{0,30})[.…]*$"
)


def _old_webkit(normalized: NormalizedText, at: int, limit: int) -> Found | None:
    """ "XMLHttpRequest cannot load URL. Reason": WebKit until 2016, and Chromium until it had reasons of its own."""
    for frame in w.OLD_WEBKIT_FRAMES:
        matched = frame.template.match(normalized, at, limit)
        if matched is None:
            continue
        fields, end = matched
        found = reason_at(normalized, end - len(fields["reason"]), limit, w.WEBKIT_REASONS)
        if found is None or not is_url(fields["url"]):
            return None
        is_shared = frame.browser is None and not _is_webkits(normalized, at, found[0])
        browser = None if is_shared else "webkit"
        era = "Chrome up to version 31, Safari up to version 10" if browser is None else "Safari up to version 10"
        era = "" if frame.api == BEACON else era
        return found[0]._replace(browser=browser, url=fields["url"], api=frame.api, era=era), found[1]
    return None


def _second_line(
    normalized: NormalizedText, at: int, limit: int, prefix: str, *, alone: bool
) -> tuple[dict[str, str], Wording, int] | None:
    """The line "... cannot load URL due to access control checks.", at `at` or after what a log puts before it.

    `prefix` is what the log put before the first line. `alone`: there is no first line.
    """
    skip = _BETWEEN.compiled.match(normalized.text, at)
    begin = normalized.line_end(at, limit) + 1
    again = _like(prefix).match(normalized.text, begin, limit) if prefix and len(prefix) <= _LONGEST_PREFIX else None
    starts = (at, skip.end() if skip is not None else at, again.end() if again is not None else at)
    for start in (at,) if alone else dict.fromkeys(starts):
        for wording in w.WEBKIT_SECONDS:
            matched = wording.template.match(normalized, start, limit)
            if matched is not None:
                return matched[0], wording, matched[1]
    return None


def _like(prefix: str) -> re.Pattern[str]:
    """What a log may put before the next line: the same, with other numbers."""
    return re.compile(r"\d{1,20}".join(map(re.escape, re.split(r"\d+", prefix))))


_LONGEST_PREFIX: Final = 120  # characters
_BETWEEN: Final = Pattern(
    r"[.\s'\"`]*(?:\([\w./:-]{1,200}(?:, line \d+)?\) ?)?[>\s'\"`]{0,9}(?:\[?(?:Error|error|ERROR|TypeError)\]?:? ?)?"
    r"(?:[\w.-]{1,60}:\d+(?::\d+)? ?)?"
)
