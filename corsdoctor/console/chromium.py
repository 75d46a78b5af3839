"""What a message of Chrome, Edge, Opera or Electron says."""

from __future__ import annotations

import re
from typing import Final

from corsdoctor.console import wordings as w
from corsdoctor.console.normalize import NormalizedText
from corsdoctor.console.reasons import ALONE, REASON_LIMIT, Found, is_url, reason_at, rule_by_names
from corsdoctor.console.wordings import Wording
from corsdoctor.message import BEACON, SERVER_ALONE, Message
from corsdoctor.pattern import Pattern

_NO_PREFLIGHT_TOLD: Final = frozenset({"scheme-is-http", "local-network-access-granted", "same-origin-mode", None})
_BEFORE_SENDING: Final = frozenset({"same-origin-mode", "no-cors-follows-redirects", "scheme-is-fetchable"})
"""Where the frame is today's."""


def chromium(normalized: NormalizedText, at: int, limit: int) -> Found | None:
    """One message of Chrome, Edge, Opera, Electron: today's frame, an older one, or the reason alone."""
    for frame in w.CHROMIUM_FRAMES:
        matched = frame.template.match(normalized, at, limit)
        if matched is None:
            continue
        fields, end = matched
        begin = end - len(fields["reason"]) if fields["reason"] else end
        found = _framed(normalized, frame, fields, begin, limit)
        if found is not None:
            return found
    if _DOUBLE.compiled.match(normalized.text, at) is not None:
        found = chromium(_single_quoted(normalized, at, limit), 0, limit - at)
        return (found[0], at + found[1]) if found is not None else None
    if normalized.text.startswith("Access to ", at):
        return _retyped_frame(normalized, at, limit)
    until = min(limit, at + REASON_LIMIT)
    found = reason_at(normalized, at, until, w.CHROMIUM_REASONS, w.CHROMIUM_PREFIXES, least=ALONE)
    if found is None or (found[0].rule is None and not found[0].in_preflight):
        return None
    if _may_be_webkits(normalized, at, found):
        return None
    return _chromium(found[0], None), found[1]


def _may_be_webkits(normalized: NormalizedText, at: int, found: Found) -> bool:
    """Whether the reason is cut off where that of WebKit ends."""
    return found[0].rule in _AS_IN_WEBKIT and " in preflight" not in normalized.text[at : found[1]]


_AS_IN_WEBKIT: Final = frozenset({"acam-lists-method", "acah-lists-headers"})
_DOUBLE: Final = Pattern(r"Access to [\w ]{2,30} at \"")


def _single_quoted(normalized: NormalizedText, at: int, limit: int) -> NormalizedText:
    """The part from `at` to `limit` with single quotation marks, as Chromium has them; an editor may have changed them."""
    breaks = tuple(place - at for place in normalized.breaks if at <= place < limit)
    return NormalizedText(normalized.text[at:limit].replace('"', "'"), breaks)


def _framed(normalized: NormalizedText, frame: Wording, fields: dict[str, str], begin: int, limit: int) -> Found | None:
    if not is_url(fields.get("url", "")) or len(fields.get("kind", "")) > 30:
        return None
    found = reason_at(normalized, begin, min(limit, begin + REASON_LIMIT), w.CHROMIUM_REASONS, w.CHROMIUM_PREFIXES)
    if found is None and normalized.line_end(begin, limit) - begin < 200:  # the log put the name of a script in between
        following = normalized.line_end(begin, limit) + 1
        until = min(limit, following + REASON_LIMIT)
        found = reason_at(normalized, following, until, w.CHROMIUM_REASONS, w.CHROMIUM_PREFIXES)
        begin = begin if found is None else following
    if "blocked" not in frame.template.text and (found is None or _may_be_webkits(normalized, begin, found)):
        return None
    message, end = found or _in_other_words(normalized, begin, limit)
    kind = fields.get("kind", "").lower() or w.KIND_BY_START.get(frame.template.start, "")
    message = _chromium(message, fields)
    return message._replace(
        url=fields["url"],
        first=fields.get("first"),
        origin=fields.get("origin") or message.origin or _therefore(normalized, begin, end, limit),
        api=_api(kind, message),
        detail=message.detail or (SERVER_ALONE if "origin '{url}'" in frame.template.text else ""),
        era=message.era or ("" if message.rule in _BEFORE_SENDING else frame.era),
    ), end


def _in_other_words(normalized: NormalizedText, begin: int, limit: int) -> Found:
    """A reason that somebody retyped, or that an unknown version prints: the names in it show the rule."""
    end = normalized.line_end(begin, limit)
    words = normalized.text[begin:end] if normalized.text.endswith(_BEFORE_WORDS, 0, begin) else ""
    is_reason = len(words) < _LONGEST_REASON and _PROSE.compiled.search(words) is None
    return Message("", True, rule=rule_by_names(words) if is_reason else None), end


_BEFORE_WORDS: Final = ("policy: ", "policy ", "policy, ", "policy")
_LONGEST_REASON: Final = 400  # characters
_PROSE: Final = Pattern(r"\?|\b(?:I|[Ww]e|[Mm]y|[Hh]ow|[Ww]hy|[Yy]ou)\b")  # what people write, but not browsers


def _therefore(normalized: NormalizedText, begin: int, end: int, limit: int) -> str | None:
    """The origin behind the reason, in a message that was cut off behind it."""
    found = _THEREFORE.compiled.search(normalized.text, begin, min(limit, end + 400))
    return None if found is None else found["origin"]


_THEREFORE: Final = Pattern(r"Origin '(?P<origin>[^' ]{1,300})' is therefore\b")


def _chromium(message: Message, fields: dict[str, str] | None) -> Message:
    """The message as Chromium's: not in a preflight where the words would say so, except where they never do."""
    if fields is not None and "first" in fields and message.rule == "scheme-is-http":
        message = message._replace(rule="location-is-http")
    if message.in_preflight is None and message.rule not in _NO_PREFLIGHT_TOLD:
        message = message._replace(in_preflight=False)
    return message._replace(browser="chromium")


def _api(kind: str, message: Message) -> str | None:
    """Who made the request. A "resource" is an EventSource's, which needs no preflight, or a beacon."""
    return BEACON if kind == "resource" and message.in_preflight else w.CHROMIUM_KINDS.get(kind)


_BY_POLICY: Final = "blocked by CORS policy"
_VERDICT: Final = Pattern(r"(?:has been )?blocked by CORS policy:? ?")
_RETYPED: Final = Pattern(r"Access to (?P<kind>[\w ]{2,30}?) at ['\"\[]{0,2}(?P<url>[^'\"\]\s]{1,2000})")
_FROM: Final = Pattern(r"from origin ['\"\[]{0,2}(?P<origin>[^'\"\]\s]{1,300})(?:['\"\]]|(?= ))")


def _retyped_frame(normalized: NormalizedText, at: int, limit: int) -> Found | None:
    """A message that was cut off before the verdict, or whose URL or origin was taken out by hand."""
    until = min(limit, at + 2500)
    is_there = normalized.text.find(_BY_POLICY, at, until) >= 0  # which takes less than the expression
    verdict = _VERDICT.compiled.search(normalized.text, at, until) if is_there else None
    if verdict is not None and normalized.text.find("Access to ", at + 1, verdict.start()) >= 0:
        verdict = None
    until = verdict.start() if verdict is not None else min(limit, at + 2500)
    match = _RETYPED.compiled.match(normalized.text, at, until)
    origin = _FROM.compiled.search(normalized.text, at, until)
    end = origin.end() if origin is not None else match.end() if match is not None else at
    if verdict is None and (match is None or match["kind"].lower() not in w.CHROMIUM_KINDS):
        return None
    message, end = (
        (Message("", True, "chromium"), end) if verdict is None else cut_off(normalized, verdict.start()) or (None, end)
    )
    if message is None:
        return None
    if match is not None:
        url = match["url"] if not _has_blank(normalized.text, match) else None
        message = message._replace(url=url, api=w.CHROMIUM_KINDS.get(match["kind"].lower()))
    return message._replace(origin=origin["origin"] if origin is not None else None), end


def _has_blank(text: str, match: re.Match[str]) -> bool:
    """Whether the quoted text has a blank, so that its first word is not the whole URL."""
    return match[0].endswith(f"'{match['url']}") and text.startswith(" ", match.end()) and not text.startswith((" from", " '"), match.end())  # fmt: skip


def cut_off(normalized: NormalizedText, at: int) -> Found | None:
    """Only the words that all of Chromium's messages have, where the rest has been cut off."""
    match = _VERDICT.compiled.match(normalized.text, at)
    if match is None:
        tail = w.CHROMIUM_TAIL_ALONE.match(normalized, at, len(normalized.text))
        return (
            (Message("", True, "chromium", origin=tail[0]["origin"], era=w.OLD), tail[1]) if tail is not None else None
        )
    limit = min(len(normalized.text), match.end() + REASON_LIMIT)
    found = reason_at(normalized, match.end(), limit, w.CHROMIUM_REASONS, w.CHROMIUM_PREFIXES) or reason_at(
        normalized, match.end(), limit, w.requoted(w.CHROMIUM_REASONS, ""), w.CHROMIUM_PREFIXES_UNQUOTED
    )
    message, end = found or (_in_other_words(normalized, match.end(), limit)[0], match.end())
    url, origin = _names_before(normalized, at)
    message = _chromium(message, None) if found else message._replace(browser="chromium")
    return message._replace(url=url, origin=message.origin or origin), end


def _names_before(normalized: NormalizedText, at: int) -> tuple[str | None, str | None]:
    """The URL and the origin right before the verdict, if the words between them were retyped."""
    turned = _TURNED.compiled.search(normalized.text, max(0, at - 2300), at)
    if turned is not None:
        return turned["url"], turned["origin"]
    origin = _ORIGIN_BEFORE.compiled.search(normalized.text, max(0, at - 330), at)
    if origin is None:
        return None, None
    begin = origin.start()
    word = normalized.text[max(0, begin - 2000) : begin].rpartition(" ")[2]
    url = word.strip("'\"")
    is_whole = "://" in url and (word[:1] in _MARKS or word[-1:] not in _MARKS)
    return (url if is_whole else None), origin["origin"]


_TURNED: Final = Pattern(
    r"from (?:the )?origin ['\"]?(?P<origin>[a-z][a-z0-9+.-]*://[^\s'\"]{1,300})['\"]? to ['\"]?(?P<url>[a-z][a-z0-9+.-]*://[^\s'\"]{1,2000})['\"]? $"
)
_MARKS: Final = ("'", '"')
_ORIGIN_BEFORE: Final = Pattern(r"(?:^|\W)(?:from )?(?:the )?origin ['\"](?P<origin>[^'\" ]{1,300})['\"] $")
