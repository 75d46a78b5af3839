"""What a message of Firefox says, in English and in its other languages."""

from __future__ import annotations

from typing import Final

from corsdoctor.console import localised
from corsdoctor.console import wordings as w
from corsdoctor.console.normalize import NormalizedText
from corsdoctor.console.pattern import Pattern
from corsdoctor.console.reasons import REASON_LIMIT, Found, best_at, is_url, reason_at
from corsdoctor.message import Message


def firefox(normalized: NormalizedText, at: int, limit: int) -> Found | None:
    """One message of Firefox, in English or in one of its other languages."""
    if normalized.text.startswith(w.FIREFOX_WARNING, at):
        return _warning(normalized, at, limit)
    if normalized.text.startswith(w.FIREFOX_FONT, at):
        return _font(normalized, at, limit)
    if normalized.text.startswith(w.FIREFOX_START, at):
        return _english(normalized, at, limit)
    if normalized.text.startswith("Reason: ", at):
        return reason_at(normalized, at + len("Reason: "), limit, w.FIREFOX_REASONS)
    found = best_at(normalized, at, limit, w.FIREFOX_REASONS)  # servers' logs, too, say "CORS request": no part will do
    if found is not None and found[0].rule is not None:
        return found
    return _localised(normalized, at, limit) if normalized.may_be_localised else None


def _english(normalized: NormalizedText, at: int, limit: int) -> Found:
    begin = at + len(w.FIREFOX_START)
    framed = next(filter(None, (frame.match(normalized, at, limit) for frame in w.FIREFOX_FRAMES)), None)
    url_at = _RESOURCE_AT.compiled.match(normalized.text, begin, limit) if framed is None else None
    url, era = None, ""
    if framed is not None:
        url, begin = framed[0]["url"], framed[1] - len(" (Reason")
        url = url if is_url(url) else None
    elif url_at is not None:
        begin = url_at.end()
        given = url_at["url"] or (url_at["other"] or "").rstrip("'.,")
        url = given if is_url(given) else None
        era = "Firefox 23 to 35" if normalized.text.startswith("This can be fixed by", begin) else ""
    opening = _REASON_AT.compiled.match(normalized.text, begin, limit)
    begin = opening.end() if opening is not None else begin
    until = min(limit, begin + REASON_LIMIT)
    found = reason_at(normalized, begin, until, w.FIREFOX_REASONS) or reason_at(
        normalized, begin, until, w.without_quotes(w.FIREFOX_REASONS)
    )
    message, end = found or (Message("", True), normalized.line_end(begin, limit))
    tail = _TAIL.compiled.match(normalized.text, end)
    status = tail["status"] if tail is not None else None
    end = tail.end() if tail is not None else end
    return message._replace(browser="firefox", url=url, status=status, era=era or message.era), end


def _warning(normalized: NormalizedText, at: int, limit: int) -> Found:
    """The warning that `*` won't cover Authorization much longer."""
    whole = next(filter(None, (frame.match(normalized, at, limit) for frame in w.FIREFOX_WARNINGS)), None)
    match = _WARNED.compiled.match(normalized.text, at, limit)
    end = whole[1] if whole is not None else match.end() if match is not None else normalized.line_end(at, limit)
    subject = "Authorization" if "Authorization" in normalized.text[at:end] else None
    url = whole[0]["url"] if whole is not None else match["url"] if match is not None else None
    rule = "acah-lists-authorization"
    return Message("", True, "firefox", rule, in_preflight=True, url=url, subject=subject), end


_WARNED: Final = Pattern(
    r"Cross-Origin Request Warning: The Same Origin Policy will disallow reading the remote resource at '?(?P<url>\S{1,8192}?)'? soon\."
    r"(?: \(Reason: [^)]{1,400}\)?\.?)?"
)


def _font(normalized: NormalizedText, at: int, limit: int) -> Found | None:
    """The style system's message, which says only that it may have been CORS."""
    match = _FONT.compiled.match(normalized.text, at, limit)
    return (Message("", True, "firefox", url=match["url"], api="font"), match.end()) if match is not None else None


_FONT: Final = Pattern(
    r"downloadable font: download failed [^\n]{0,300}?bad URI or cross-site access not allowed;? source: (?P<url>\S{1,8192})"
)
_RESOURCE_AT: Final = Pattern(
    r":? ?The Same Origin Policy disallows reading the remote resource(?: at '?(?P<url>\S{1,8192}?)(?:'?\.? (?=\(Reason|This can))|"
    r" at '?(?P<other>\S{1,8192}))?"
)
_REASON_AT: Final = Pattern(r"[^(]{0,40}\((?:Reason: )?")
_TAIL: Final = Pattern(r"\)?\.?(?: Status code: (?P<status>\d{3}|\(null\))\.?)?")


def _localised(normalized: NormalizedText, at: int, limit: int) -> Found | None:
    cut: Found | None = None
    for start, wordings in localised.frames().items():
        head = start.rstrip(" '\"")
        if not normalized.text.startswith(head, at):
            continue
        best = best_at(normalized, at, limit, wordings)
        if best is not None:
            return best
        cut = cut or _localised_frame(normalized, at + len(head), limit)
    return cut


def _localised_frame(normalized: NormalizedText, at: int, limit: int) -> Found | None:
    """A message of another version, or cut off or retyped: the URL, and the reason where one of any language stands."""
    match = _FIRST_WORD.compiled.match(normalized.text, at, limit)
    url = match["url"].rstrip("'\".,") if match is not None else ""
    message, end = Message("", True, "firefox"), normalized.line_end(at, limit)
    opening = localised.REASON_BEGINS.compiled.search(normalized.text, match.end() if match is not None else at, end)
    if opening is not None:
        found = reason_at(normalized, opening.end(), min(limit, opening.end() + REASON_LIMIT), localised.reasons())
        message, end = found or (message, end)
    return message._replace(url=url if is_url(url) else None), end


_FIRST_WORD: Final = Pattern(r"[ '\"]{0,3}(?P<url>[^\s\"]{1,8192})")
