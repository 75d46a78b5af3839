"""What a message of Firefox says, in English and in its other languages."""

from __future__ import annotations

from typing import Final

from corsdoctor.console import firefox_languages
from corsdoctor.console import wordings as w
from corsdoctor.console.normalize import NormalizedText
from corsdoctor.console.reasons import REASON_LIMIT, Found, best_at, is_url, reason_at, rule_by_words
from corsdoctor.message import Message
from corsdoctor.pattern import Pattern


def firefox(normalized: NormalizedText, at: int, limit: int) -> Found | None:
    """One message of Firefox, in English or in one of its other languages."""
    if normalized.text.startswith(w.FIREFOX_WARNING, at):
        return _warning(normalized, at, limit)
    if normalized.text.startswith(w.FIREFOX_FONT, at):
        return _font(normalized, at, limit)
    if normalized.text.startswith(w.FIREFOX_START, at):
        return _half_english(normalized, at, limit) or _english(normalized, at, limit)
    if normalized.text.startswith("Reason: ", at):
        return _without_frame(normalized, at, limit)
    found = best_at(normalized, at, limit, w.FIREFOX_REASONS)  # servers' logs, too, say "CORS request": no part will do
    if found is not None and found[0].rule is not None:
        return found
    return _localized(normalized, at, limit) if normalized.may_be_localized else None


def _without_frame(normalized: NormalizedText, at: int, limit: int) -> Found | None:
    """A reason, perhaps with the URL before its bracket and the status after it, whose sentence was lost."""
    found = _reason(normalized, at + len("Reason: "), limit)
    if found is None:
        return None
    message, end = found
    before = normalized.text[max(0, at - _BEFORE_REASON) : at]
    url = before.removesuffix(" (").rpartition(" ")[2].strip("'\".") if before.endswith(" (") else ""
    status, end = _tail(normalized, end)
    return message._replace(url=url if "://" in url else None, status=status), end


_BEFORE_REASON: Final = 8_200  # characters before a reason that may contain its URL


def _tail(normalized: NormalizedText, at: int) -> tuple[str | None, int]:
    """The status code after a reason, if there is one, and where the message ends."""
    tail = _TAIL.compiled.match(normalized.text, at)
    assert tail is not None  # all of it is optional
    return tail["status"], tail.end()


def _half_english(normalized: NormalizedText, at: int, limit: int) -> Found | None:
    """A message of which a language has translated all but the title."""
    if normalized.text.startswith(": The ", at + len(w.FIREFOX_START)):
        return None
    return best_at(normalized.folded, at, limit, firefox_languages.wordings(w.FIREFOX_START))


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
        given = url_at["url"] or _without_end(url_at["other"] or "")
        is_whole = url_at["other"] is None or url_at["other"].endswith(".") or not _MARKS.isdisjoint(given)
        url = given if is_url(given) and is_whole else None
        era = "Firefox 23 to 35" if normalized.text.startswith("This can be fixed by", begin) else ""
    opening = _REASON_AT.compiled.match(normalized.text, begin, limit)
    begin = opening.end() if opening is not None else begin
    until = min(limit, begin + REASON_LIMIT)
    message, end = _reason(normalized, begin, until) or _in_other_words(normalized, begin, limit)
    status, end = _tail(normalized, end)
    return message._replace(browser="firefox", url=url, status=status, era=era or message.era), end


def _reason(normalized: NormalizedText, begin: int, until: int) -> Found | None:
    """A reason in English, also in other quotation marks or in none."""
    quoted = (w.FIREFOX_REASONS, w.requoted(w.FIREFOX_REASONS, '"'), w.requoted(w.FIREFOX_REASONS, ""))
    return next(filter(None, (reason_at(normalized, begin, until, reasons) for reasons in quoted)), None)


def _without_end(url: str) -> str:
    """A URL without the marks behind it; dots that stand for its rest are a part of it."""
    without = url.rstrip("',")
    return without if without.endswith("...") else without.rstrip("'.,")


def _warning(normalized: NormalizedText, at: int, limit: int) -> Found:
    """The warning that `*` won't cover Authorization much longer."""
    whole = next(filter(None, (frame.match(normalized, at, limit) for frame in w.FIREFOX_WARNINGS)), None)
    match = _WARNED.compiled.match(normalized.text, at, limit)
    end = whole[1] if whole is not None else match.end() if match is not None else normalized.line_end(at, limit)
    subject = "Authorization" if "Authorization" in normalized.text[at:end] else None
    url = whole[0]["url"] if whole is not None else match["url"] if match is not None else None
    rule = "acah-lists-authorization"
    return Message("", True, "firefox", rule, in_preflight=True, url=url, subject=subject), end


def _in_other_words(normalized: NormalizedText, begin: int, limit: int) -> Found:
    """A reason that somebody translated or retyped: the names in it show the rule."""
    said = _REASON.compiled.match(normalized.text, begin, min(limit, normalized.line_end(begin, limit) + 1))
    rule = None if said is None else rule_by_words(said["reason"], whole=True)
    end = normalized.line_end(begin, limit) if said is None else said.end("reason")
    return Message("", True, rule=rule, in_preflight=w.preflight_only(rule or "")), end


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
_MARKS: Final = frozenset(":/.<")  # a URL, or what stands for one, has one of them; a word of several has none
_REASON_AT: Final = Pattern(r"[^(]{0,40}\((?:Reason: )?|\.? ?Reason: ")
_TAIL: Final = Pattern(r"\)?\.?(?: Status code: (?P<status>\d{3}|\(null\))\.?)?")


def _localized(normalized: NormalizedText, at: int, limit: int) -> Found | None:
    """A message in another language than English: whole, or cut off or retyped behind its title."""
    folded = normalized.folded
    title = firefox_languages.title_at(folded.text, at)
    if title is None:
        return None
    found = best_at(folded, at, limit, firefox_languages.wordings(title))
    if found is None:
        found = _by_parts(folded, at, title, limit)
    message, end = found
    url = None if message.url is None else _PARTICLE.compiled.sub("", message.url)
    until = min(limit, end + _TAIL_BEHIND)
    tail = _STATUS_BEHIND.compiled.search(folded.text, at, until) if message.status is None else None
    if tail is not None:
        message, end = message._replace(status=tail["status"]), max(end, tail.end())
    return message._replace(browser="firefox", url=url), end


def _by_parts(folded: NormalizedText, at: int, title: str, limit: int) -> Found:
    """The URL behind a title and the reason behind that, up to where the next message begins."""
    text, at = folded.text, at + len(title)
    nexts = (text.find(other, at, at + _PARTS) for other in firefox_languages.titles())
    until = min(limit, at + _PARTS, *(found for found in nexts if found >= 0))
    message, end = Message("", True, "firefox"), folded.line_end(at, until)
    url = _URL.compiled.search(text, at, until)
    if url is not None:
        message, end = message._replace(url=url[0].rstrip("'.,)")), max(end, url.end())
    begin = at if url is None else url.end()
    opening = firefox_languages.REASON_BEGINS.compiled.search(text, begin, until)
    reason = None if opening is None else reason_at(folded, opening.end(), until, firefox_languages.reasons(title))
    if reason is None:
        said = _REASON.compiled.match(text, begin if opening is None else opening.end(), until)
        rule = rule_by_words(said["reason"] if said is not None else text[begin:until], whole=said is not None)
        if rule is None and said is not None and text.startswith(_NO_STATUS, text.find(": ", said.end(), until)):
            rule = "actual-answered"
        return message._replace(rule=rule, in_preflight=w.preflight_only(rule or "")), end
    return reason[0]._replace(url=message.url), max(end, reason[1])


_TAIL_BEHIND: Final = 60  # characters
_STATUS_BEHIND: Final = Pattern(r"\)[.\u3002]? ?[^\W\d_]{2,20}(?: [^\W\d_]{2,20}){0,2} ?: ?(?P<status>\d{3})(?!\d)\.?")
_PARTS: Final = 1200  # characters behind a title that may belong to it
_PARTICLE: Final = Pattern("[\u3000-\u30ff\u3400-\u9fff\uac00-\ud7af].*")  # of Japanese and Korean, stuck to a URL
_URL: Final = Pattern(r"(?:[a-z][a-z0-9+.-]{1,30}://|(?:file|data|blob|about):)[!-~]{0,8000}")
_NO_STATUS: Final = ": (null)"  # no response came
_REASON: Final = Pattern(
    r"(?P<reason>[^\n]{5,300}?)(?:\)|\u3002|\.(?: |$))"
)  # up to its end: the rest of one may negate it
