"""What each browser's message says, at a place in a text where one may begin. Time is linear in the message's length."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from corsdoctor.console import localised
from corsdoctor.console import wordings as w
from corsdoctor.console.fold import Folded
from corsdoctor.console.wordings import Wording
from corsdoctor.message import Message

Found = tuple[Message, int]
REASON_LIMIT: Final = 16_384
_NO_PREFLIGHT_TOLD: Final = frozenset({"scheme-is-http", "local-network-access-granted", "same-origin-mode", None})
_BEFORE_SENDING: Final = frozenset(
    {"same-origin-mode", "no-cors-follows-redirects", "scheme-is-fetchable"}
)  # the frame is today's
_LIKELY: Final = frozenset(
    {"acao-present", "acao-matches-origin", "acao-not-wildcard-with-credentials", "acac-true", "preflight-status-ok"}
)


def message_at(folded: Folded, at: int, limit: int) -> Found | None:
    """The CORS message that begins at `at` and ends before `limit`, with where it ends; None where there is none."""
    return (
        chromium(folded, at, limit)
        or firefox(folded, at, limit)
        or webkit(folded, at, limit)
        or edge(folded, at, limit)
        or cut_off(folded, at)
    )


# --- Chromium


def chromium(folded: Folded, at: int, limit: int) -> Found | None:
    """One message of Chrome, Edge, Opera, Electron: today's frame, an older one, or the reason alone."""
    for frame in w.CHROMIUM_FRAMES:
        matched = frame.template.match(folded, at, limit)
        if matched is None:
            continue
        fields, end = matched
        begin = end - len(fields["reason"]) if fields["reason"] else end
        found = _framed(folded, frame, fields, begin, limit)
        if found is not None:
            return found
    if _DOUBLE.match(folded.text, at) is not None:
        found = chromium(_single_quoted(folded, at, limit), 0, limit - at)
        return (found[0], at + found[1]) if found is not None else None
    if folded.text.startswith("Access to ", at):
        return _retyped_frame(folded, at, limit)
    found = _reason(folded, at, min(limit, at + REASON_LIMIT), w.CHROMIUM_REASONS, w.CHROMIUM_PREFIXES)
    if found is None or (found[0].rule is None and not found[0].in_preflight):
        return None
    return _chromium(found[0], None), found[1]


_DOUBLE: Final = re.compile(r"Access to [\w ]{2,30} at \"")


def _single_quoted(folded: Folded, at: int, limit: int) -> Folded:
    """The part from `at` to `limit` with single quotation marks, as Chromium has them; an editor may have changed them."""
    breaks = tuple(place - at for place in folded.breaks if at <= place < limit)
    return Folded(folded.text[at:limit].replace('"', "'"), breaks)


def _framed(folded: Folded, frame: Wording, fields: dict[str, str], begin: int, limit: int) -> Found | None:
    if not _is_url(fields.get("url", "")) or len(fields.get("kind", "")) > 30:
        return None
    found = _reason(folded, begin, min(limit, begin + REASON_LIMIT), w.CHROMIUM_REASONS, w.CHROMIUM_PREFIXES)
    if found is None and folded.line_end(begin, limit) - begin < 200:  # the log put the name of a script in between
        begin = folded.line_end(begin, limit) + 1
        found = _reason(folded, begin, min(limit, begin + REASON_LIMIT), w.CHROMIUM_REASONS, w.CHROMIUM_PREFIXES)
    if found is None and "blocked" not in frame.template.text:
        return None
    message, end = found or (Message("", True), folded.line_end(begin, limit))
    kind = fields.get("kind", "").lower() or w.KIND_BY_START.get(frame.template.start, "")
    message = _chromium(message, fields)
    return replace(
        message,
        url=fields["url"],
        first=fields.get("first"),
        origin=fields.get("origin") or message.origin,
        api=w.CHROMIUM_KINDS.get(kind),
        era=message.era or ("" if message.rule in _BEFORE_SENDING else frame.era),
    ), end


def _chromium(message: Message, fields: dict[str, str] | None) -> Message:
    """The message as Chromium's: not in a preflight where the words would say so, except where they never do."""
    if fields is not None and "first" in fields and message.rule == "scheme-is-http":
        message = replace(message, rule="location-is-http")
    if message.in_preflight is None and message.rule not in _NO_PREFLIGHT_TOLD:
        message = replace(message, in_preflight=False)
    return replace(message, browser="chromium")


_VERDICT: Final = re.compile(r"(?:has been )?blocked by CORS policy:? ?")
_RETYPED: Final = re.compile(r"Access to (?P<kind>[\w ]{2,30}?) at ['\"\[]{0,2}(?P<url>[^'\"\]\s]{1,2000})")
_FROM: Final = re.compile(r"from origin ['\"\[]{0,2}(?P<origin>[^'\"\]\s]{1,300})(?:['\"\]]|(?= ))")


def _retyped_frame(folded: Folded, at: int, limit: int) -> Found | None:
    """A message that was cut off before the verdict, or whose URL or origin was taken out by hand."""
    verdict = _VERDICT.search(folded.text, at, min(limit, at + 2500))
    if verdict is not None and folded.text.find("Access to ", at + 1, verdict.start()) >= 0:
        verdict = None
    until = verdict.start() if verdict is not None else min(limit, at + 2500)
    match = _RETYPED.match(folded.text, at, until)
    origin = _FROM.search(folded.text, at, until)
    end = origin.end() if origin is not None else match.end() if match is not None else at
    if match is None and verdict is None:
        return None
    message, end = (
        (Message("", True, "chromium"), end) if verdict is None else cut_off(folded, verdict.start()) or (None, end)
    )
    if message is None:
        return None
    if match is not None:
        message = replace(message, url=match["url"], api=w.CHROMIUM_KINDS.get(match["kind"].lower()))
    return replace(message, origin=origin["origin"] if origin is not None else None), end


def cut_off(folded: Folded, at: int) -> Found | None:
    """Only the words that all of Chromium's messages have, where the rest has been cut off."""
    match = _VERDICT.match(folded.text, at)
    if match is None:
        return None
    limit = min(len(folded.text), match.end() + REASON_LIMIT)
    found = _reason(folded, match.end(), limit, w.CHROMIUM_REASONS, w.CHROMIUM_PREFIXES) or _reason(
        folded, match.end(), limit, w.CHROMIUM_UNQUOTED, w.CHROMIUM_PREFIXES_UNQUOTED
    )
    message, end = found or (Message("", True), match.end())
    origin = message.origin or _origin_before(folded, at)
    return (replace(_chromium(message, None) if found else replace(message, browser="chromium"), origin=origin)), end


def _origin_before(folded: Folded, at: int) -> str | None:
    """The origin that stands right before the verdict, where the words before it were retyped."""
    if not folded.text.endswith("' ", 0, at):
        return None
    begin = folded.text.rfind("from origin '", max(0, at - 330), at)
    origin = folded.text[begin + len("from origin '") : at - 2]
    return origin if begin >= 0 and "'" not in origin and " " not in origin else None


# --- Firefox


def firefox(folded: Folded, at: int, limit: int) -> Found | None:
    """One message of Firefox, in English or in one of its other languages."""
    if folded.text.startswith(w.FIREFOX_WARNING, at):
        return _warning(folded, at, limit)
    if folded.text.startswith(w.FIREFOX_FONT, at):
        return _font(folded, at, limit)
    if folded.text.startswith(w.FIREFOX_START, at):
        return _english(folded, at, limit)
    if folded.text.startswith("Reason: ", at):
        return _reason(folded, at + len("Reason: "), limit, w.FIREFOX_REASONS)
    if folded.text.startswith(
        ("CORS ", "Multiple CORS header"), at
    ):  # servers' logs, too, say "CORS request": no part will do
        return _best(folded, at, limit, w.FIREFOX_REASONS)
    return _localised(folded, at, limit) if folded.may_be_localised else None


def _english(folded: Folded, at: int, limit: int) -> Found:
    begin = at + len(w.FIREFOX_START)
    framed = next(filter(None, (frame.match(folded, at, limit) for frame in w.FIREFOX_FRAMES)), None)
    url_at = _RESOURCE_AT.match(folded.text, begin, limit) if framed is None else None
    url, era = None, ""
    if framed is not None:
        url, begin = framed[0]["url"], framed[1] - len(" (Reason")
        url = url if _is_url(url) else None
    elif url_at is not None:
        begin = url_at.end()
        given = url_at["url"] or (url_at["other"] or "").rstrip("'.,")
        url = given if _is_url(given) else None
        era = "Firefox 23 to 35" if folded.text.startswith("This can be fixed by", begin) else ""
    reason_at = _REASON_AT.match(folded.text, begin, limit)
    begin = reason_at.end() if reason_at is not None else begin
    until = min(limit, begin + REASON_LIMIT)
    found = _reason(folded, begin, until, w.FIREFOX_REASONS) or _reason(folded, begin, until, w.FIREFOX_UNQUOTED)
    message, end = found or (Message("", True), folded.line_end(begin, limit))
    tail = _TAIL.match(folded.text, end)
    status = tail["status"] if tail is not None else None
    end = tail.end() if tail is not None else end
    return replace(message, browser="firefox", url=url, status=status, era=era or message.era), end


def _warning(folded: Folded, at: int, limit: int) -> Found:
    """The warning that `*` won't cover Authorization much longer."""
    whole = next(filter(None, (frame.match(folded, at, limit) for frame in w.FIREFOX_WARNINGS)), None)
    match = _WARNED.match(folded.text, at, limit)
    end = whole[1] if whole is not None else match.end() if match is not None else folded.line_end(at, limit)
    subject = "Authorization" if "Authorization" in folded.text[at:end] else None
    url = whole[0]["url"] if whole is not None else match["url"] if match is not None else None
    rule = "acah-lists-authorization"
    return Message("", True, "firefox", rule, in_preflight=True, url=url, subject=subject), end


_WARNED: Final = re.compile(
    r"Cross-Origin Request Warning: The Same Origin Policy will disallow reading the remote resource at '?(?P<url>\S{1,8192}?)'? soon\."
    r"(?: \(Reason: [^)]{1,400}\)?\.?)?"
)


def _font(folded: Folded, at: int, limit: int) -> Found | None:
    """The style system's message, which says only that it may have been CORS."""
    match = _FONT.match(folded.text, at, limit)
    return (Message("", True, "firefox", url=match["url"], api="font"), match.end()) if match is not None else None


_FONT: Final = re.compile(
    r"downloadable font: download failed [^\n]{0,300}?bad URI or cross-site access not allowed;? source: (?P<url>\S{1,8192})"
)
_RESOURCE_AT: Final = re.compile(
    r":? ?The Same Origin Policy disallows reading the remote resource(?: at '?(?P<url>\S{1,8192}?)(?:'?\.? (?=\(Reason|This can))|"
    r" at '?(?P<other>\S{1,8192}))?"
)
_REASON_AT: Final = re.compile(r"[^(]{0,40}\((?:Reason: )?")
_TAIL: Final = re.compile(r"\)?\.?(?: Status code: (?P<status>\d{3}|\(null\))\.?)?")


def _localised(folded: Folded, at: int, limit: int) -> Found | None:
    cut: Found | None = None
    for start, wordings in localised.frames().items():
        head = start.rstrip(" '\"")
        if not folded.text.startswith(head, at):
            continue
        best = _best(folded, at, limit, wordings)
        if best is not None:
            return best
        cut = cut or _localised_frame(folded, at + len(head), limit)
    return cut


def _localised_frame(folded: Folded, at: int, limit: int) -> Found | None:
    """A message of another version, or cut off or retyped: the URL, and the reason where one of any language stands."""
    match = _FIRST_WORD.match(folded.text, at, limit)
    url = match["url"].rstrip("'\".,") if match is not None else ""
    message, end = Message("", True, "firefox"), folded.line_end(at, limit)
    opening = localised.REASON_BEGINS.search(folded.text, match.end() if match is not None else at, end)
    if opening is not None:
        found = _reason(folded, opening.end(), min(limit, opening.end() + REASON_LIMIT), localised.reasons())
        message, end = found or (message, end)
    return replace(message, url=url if _is_url(url) else None), end


_FIRST_WORD: Final = re.compile(r"[ '\"]{0,3}(?P<url>[^\s\"]{1,8192})")


# --- WebKit


def webkit(folded: Folded, at: int, limit: int) -> Found | None:
    """One message of WebKit: a reason, the line with the URL that mostly follows it, or that line alone."""
    begin, target = at, None
    redirection = w.WEBKIT_REDIRECTION.match(folded, at, limit)
    if redirection is not None:
        target = redirection[0]["target"]
        begin = redirection[1] - len(redirection[0]["reason"])
    old = _old_webkit(folded, at, limit)
    if old is not None:
        return old
    found = _reason(folded, begin, limit, w.WEBKIT_REASONS)
    if found is None and target is not None:
        found = Message("", True), folded.line_end(begin, limit)
    message, end = found or (None, at)
    if message is not None and target is not None:
        message = replace(message, url=target, in_preflight=False)
    second = _second_line(folded, end, limit)
    if message is not None and second is None and target is None and not _is_webkits(folded, at, message):
        return replace(message, browser=None), end
    if second is not None:
        fields, wording, end = second
        message = message or Message("", True)
        message = replace(
            message, url=fields.get("url", message.url), api=wording.api or None, era=message.era or wording.era
        )
        if message.rule is None and wording.api in ("image", "media"):
            return message, end  # Chromium had these words too
    return (replace(message, browser="webkit"), end) if message is not None else None


def _is_webkits(folded: Folded, at: int, message: Message) -> bool:
    """Whether a reason that stands alone is WebKit's: Chromium had the same words until version 31."""
    return (
        message.status is not None
        or message.rule not in w.SHARED
        or folded.text.endswith(("[Error] ", "[error] "), 0, at)
    )


def _old_webkit(folded: Folded, at: int, limit: int) -> Found | None:
    """ "XMLHttpRequest cannot load URL. Reason": WebKit until 2016, and Chromium until it had reasons of its own."""
    for frame in w.OLD_WEBKIT_FRAMES:
        matched = frame.template.match(folded, at, limit)
        if matched is None:
            continue
        fields, end = matched
        found = _reason(folded, end - len(fields["reason"]), limit, w.WEBKIT_REASONS)
        if found is None or not _is_url(fields["url"]):
            return None
        is_shared = frame.browser is None and not folded.text.endswith(("[Error] ", "[error] "), 0, at)
        browser = None if is_shared else "webkit"
        era = "Chrome up to version 31, Safari up to version 10" if browser is None else "Safari 10"
        return replace(found[0], browser=browser, url=fields["url"], api=frame.api, era=era), found[1]
    return None


def _second_line(folded: Folded, at: int, limit: int) -> tuple[dict[str, str], Wording, int] | None:
    """The line "... cannot load URL due to access control checks.", at `at` or after what a log puts before it."""
    skip = _BETWEEN.match(folded.text, at)
    for start in dict.fromkeys((at, skip.end() if skip is not None else at)):
        for wording in w.WEBKIT_SECONDS:
            matched = wording.template.match(folded, start, limit)
            if matched is not None:
                return matched[0], wording, matched[1]
    return None


_BETWEEN: Final = re.compile(
    r"[.\s'\"`]*(?:\([\w./:-]{1,200}(?:, line \d+)?\) ?)?[>\s'\"`]{0,9}(?:\[?(?:Error|error|ERROR|TypeError)\]?:? ?)?"
    r"(?:[\w.-]{1,60}:\d+(?::\d+)? ?)?"
)


# --- Edge before Chromium, Internet Explorer


def edge(folded: Folded, at: int, limit: int) -> Found | None:
    """One message SEC71xx: its words where they are English, else its number."""
    for wording in w.EDGE:
        matched = wording.template.match(folded, at, limit)
        if matched is not None:
            return _from(wording, matched[0]), matched[1]
    key = w.EDGE_NUMBERS.get(folded.text[at : at + len("SEC7120")])
    if key is None:
        return None
    rule, end = key.partition("/")[0] or None, folded.line_end(at, limit)
    named = _NAMED.match(folded.text, at, end)
    subject = named["name"] if named is not None else None
    return Message("", True, "edge-legacy", rule, in_preflight=w.told_by(key), subject=subject, era=w.EDGE_ERA), end


_NAMED: Final = re.compile(r"SEC712[34]: Request (?:header|method) (?P<name>\S{1,200}) was not present")


# --- reasons


def _reason(
    folded: Folded, at: int, limit: int, reasons: tuple[Wording, ...], prefixes: tuple[str, ...] = ()
) -> Found | None:
    line_end = folded.line_end(at, limit)
    in_preflight = None
    least = 4 if prefixes and folded.text.endswith("policy: ", 0, at) else 8
    for prefix in prefixes:
        if folded.text.startswith(prefix, at):
            in_preflight, at = True, at + len(prefix)
            break
        rest = folded.text[at:line_end].rstrip(" .…")
        if len(rest) >= 8 and prefix.startswith(rest):
            return Message("", True, in_preflight=True), line_end
    best = _best(folded, at, limit, reasons) or _cut_reason(folded, at, reasons, limit, 4 if in_preflight else least)
    if best is None:
        return (Message("", True, in_preflight=True), folded.line_end(at, limit)) if in_preflight else None
    message, end = best
    tail = w.CHROMIUM_TAIL.match(folded, end, limit) if prefixes else None
    if tail is not None:
        message, end = replace(message, origin=tail[0]["origin"], era=message.era or w.OLD), tail[1]
    schemes = _SCHEMES.match(folded.text, end) if message.rule == "scheme-is-http" else None
    end = schemes.end() if schemes is not None else end
    return (replace(message, in_preflight=True) if in_preflight else message), end


_SCHEMES: Final = re.compile(r"(?:[a-z-]{2,40}(?:, |\.|\b))*")


def _best(folded: Folded, at: int, limit: int, reasons: tuple[Wording, ...]) -> Found | None:
    """The reason that stands at `at` and fits best; of two equal ones the first, the other's rule beside it."""
    best: Found | None = None
    best_fit = (0, 0)
    for wording in reasons:
        if not folded.text.startswith(wording.template.start, at):
            continue
        matched = wording.template.match(folded, at, limit)
        if matched is None:
            continue
        message, fit = _from(wording, matched[0]), _fit(matched)
        if best is None or fit < best_fit:
            best, best_fit = (message, matched[1]), fit
        elif fit == best_fit and message.rule is not None and message.rule not in (best[0].rule, *best[0].also):
            best = replace(best[0], also=(*best[0].also, message.rule)), best[1]
    return best


def _fit(matched: tuple[dict[str, str], int]) -> tuple[int, int]:
    """The less, the better a template fits: its fields are short, and then it is long."""
    fields, end = matched
    return sum(len(value) for name, value in fields.items() if name != "status"), -end


def _cut_reason(folded: Folded, at: int, reasons: tuple[Wording, ...], limit: int, least: int) -> Found | None:
    """The one rule that a reason cut off after `least` characters can mean; the CORS check's own come first."""
    end = folded.line_end(at, limit)
    cut = {wording.rule: wording for wording in reasons if wording.template.is_cut(folded, at, end, least)}
    likely = {rule: wording for rule, wording in cut.items() if rule in _LIKELY} or cut
    return (_from(next(iter(likely.values())), {}), end) if len(likely) == 1 else None


def _from(wording: Wording, fields: dict[str, str]) -> Message:
    subject = next((fields[name] for name in ("header", "method", "value", "target", "space") if name in fields), None)
    return Message(
        "",
        True,
        wording.browser,
        wording.rule,
        in_preflight=wording.in_preflight,
        url=fields.get("url"),
        origin=fields.get("origin"),
        subject=subject,
        era=wording.era,
        status=fields.get("status"),
        api=wording.api or None,
    )


def _is_url(text: str) -> bool:
    """Whether it may be a URL, and is not what somebody put there instead of one."""
    return bool(text) and " " not in text and text != "resource"
