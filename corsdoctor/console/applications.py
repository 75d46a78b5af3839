"""What applications say in words of their own where they refuse an origin, a method or a header: looked for where nothing else was found.

Unlike the words of libraries (servers.py), these differ from application to application. So the sentence has to be whole, and
has to name CORS, or an origin and the list that it is not in.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from corsdoctor.console.normalize import NormalizedText
from corsdoctor.console.reasons import Found
from corsdoctor.console.servers import RULES
from corsdoctor.message import Message
from corsdoctor.pattern import Pattern

WHO: Final = "an application"
_LONGEST: Final = 220  # characters of such a sentence
_MOST: Final = 200  # lines of a text that are looked at
_VALUE: Final = r"['\"(<]?(?P<{name}>(?:[a-z][a-z0-9+.-]*://[^\s'\"<>,)]{{1,200}}|null|(?<![\w.])(?!\d+(?:\.\d+){{3}})[\w-]+(?:\.[\w-]+)+(?::\d+)?))['\")>]?"
"""An origin, with or without its scheme: an IP address alone is the client's."""
_REFUSED: Final = (
    r"(?:(?:is |was |has been )?(?:not (?:allowed|permitted|authori[sz]ed|accepted|trusted|(?:white|allow)-?listed"
    r"|(?:found )?(?:in|on) (?:the |our )?(?:CORS )?(?:allowed[ -](?:origins? )?list|allowed[ _-]?origins?|allow(?:ed)?[ -]?list|white[ -]?list(?:ed origins)?|list of allowed origins))"
    r"|rejected|blocked|denied|forbidden|disallowed|refused)|(?:isn't|wasn't) allowed)"
)
_BY_CORS: Final = (
    r"(?: (?:by|in|under) (?:the |our |this )?(?:server's )?CORS(?: policy| configuration| settings| rules?)?)?"
)
_START: Final = r"(?:(?:\[?CORS\]?(?: policy| request| check| preflight)?(?: error| violation| blocked| rejected| denied| failed| failure)?|[\w.]{0,80}Error|Forbidden|Bad request|Access denied|Not allowed|Request (?:blocked|rejected)|Blocked)(?::| -| by CORS:?|(?<=\])) ?){0,3}"
_DENIED: Final = r"(?:preflight(?: request)? (?:was )?(?:denied|rejected|refused|failed)[,:;] )?"
_ORIGIN_WORD: Final = r"(?:(?:the|this|your|request(?:ing)?|request's|CORS) ){0,2}origin:?"
_TABLE: Final = (
    ("origin-refused", rf"{_START}{_ORIGIN_WORD}(?:,? {_VALUE.format(name='a')},?)? ?{_REFUSED}{_BY_CORS}(?:[.:]? ?(?:origin: ?)?{_VALUE.format(name='b')})?"),
    ("origin-refused", rf"{_START}(?:invalid|unknown|disallowed|forbidden|unauthori[sz]ed) (?:CORS )?origin(?:: ?{_VALUE.format(name='a')})?"),
    ("origin-refused", rf"{_START}(?:the |a )?(?:CORS )?(?:preflight )?request (?:from|of) {_VALUE.format(name='a')} {_REFUSED}{_BY_CORS}"),
    ("origin-refused", rf"(?:Error: )?(?:request |origin |access )?(?:not allowed|blocked|denied|rejected|refused|forbidden|disallowed) by (?:the |our )?CORS(?: policy)?(?: for(?: origin)?:? ?|: ?(?:origin:? ?)?){_VALUE.format(name='a')}"),
    ("origin-refused", rf"{_START}{_VALUE.format(name='a')} is not an? (?:allowed|permitted|accepted|authori[sz]ed|trusted|known|white-?listed) (?:CORS )?origin"),
    ("origin-refused", rf"{_START}(?:blocked|denied|rejected|refused|blocking|rejecting|refusing|denying) (?:a |the )?(?:CORS )?(?:preflight )?request (?:from|of|for) (?:(?:the |an? )?(?:unknown |disallowed |unauthori[sz]ed |forbidden )?origin:? )?{_VALUE.format(name='a')}(?: by CORS)?"),
    ("origin-refused", rf"{_START}(?:the |this |our )?CORS policy (?:for this (?:site|server|API) )?(?:does not|doesn't) allow (?:access|requests?) from (?:the )?(?:specified|given|requesting|this|your )?\s?origin:?(?: {_VALUE.format(name='a')})?"),
    ("method-refused", rf"{_START}{_DENIED}(?:(?:the|this|request|requested) ){{0,2}}method:? ?(?P<method>[A-Z]{{3,10}})? ?{_REFUSED}{_BY_CORS}"),
    ("headers-refused", rf"{_START}{_DENIED}(?:(?:the|this|request|requested) ){{0,2}}header(?:s| field)?:? ?(?P<header>[\w-]{{2,60}})? ?{_REFUSED}{_BY_CORS}"),
    ("not-configured", r"(?:Error: )?CORS (?:(?:is |has )?not (?:been )?(?:enabled|configured|supported)|is disabled)(?: for (?:this|the) [\w ]{3,40})?"),
    ("cors-refused", rf"(?:\w{{3,9}}: )?CORS(?: error| request| preflight| policy| check){{0,2}}:? (?:{_REFUSED}|failed|violation)(?: for (?:the )?origin:? ?{_VALUE.format(name='a')})?"),
)  # fmt: skip
_PATTERNS: Final = tuple((cause, Pattern(rf"(?i){words}[.!]?$")) for cause, words in _TABLE)
_SOCKET: Final = r"\b(?:web ?sockets?|ws|socket\.io)\b"
_NO: Final = r"\b(?<!not )(?:rejected|rejecting|refused|denied|blocked|forbidden|disallowed|invalid|not (?:allowed|permitted|in|on))\b"
_WEBSOCKET: Final = Pattern(
    rf"(?i)^(?:.{{0,60}}?{_SOCKET}.{{0,80}}?{_NO}.{{0,60}}?\borigin\b|.{{0,60}}?{_SOCKET}.{{0,60}}?\borigin\b.{{0,80}}?{_NO}|.{{0,40}}?{_NO}.{{0,60}}?{_SOCKET}.{{0,60}}?\borigin\b)"
    rf"(?=:? ?(?:{_VALUE.format(name='a')}|not\b|is not\b)|.{{0,60}}?{_VALUE.format(name='b')}| ?[.!]?$| header| check| mismatch|: \d{{1,3}}(?:\.\d{{1,3}}){{3}})"
)
_CSRF: Final = Pattern(
    rf"(?i)^(?!.*\bif\b).{{0,60}}?\borigin:? ?(?:header:? ?)?(?:{_VALUE.format(name='a')})? ?(?:is |was )?not (?:found |listed )?in (?:\w{{0,20}}_)?CSRF_TRUSTED_ORIGINS(?![\w.:(\[])"
)
_CORS: Final = Pattern(r"(?i)(?<![\w.(])cors(?![\w(])")
_CODE: Final = Pattern(r"=>|\bnew Error\b|[=(] ?['\"`]|\bapp\.\w+\(|\bthrow\b|;$")
_PART: Final = Pattern(
    r"(?:[\"']?(?:message|error|msg|detail|reason|code)[\"']? ?: ?\{? ?[\"'])|(?:^|\] |>|- |\d |[A-Z]: |(?:ERROR|WARN|WARNING|INFO|DEBUG) )"
)
_END: Final = Pattern(r"[\"'] ?(?:[,}\]]|$)|</|$")


def said_by_applications(normalized: NormalizedText) -> Iterator[tuple[int, Found]]:
    """All such sentences: where each begins, what it says and where it ends."""
    text = normalized.text
    for begin, end in [*pairwise((0, *normalized.breaks, len(text)))][:_MOST]:
        begin += text.startswith(" ", begin)
        if not _may_refuse(text[begin:end]) or _CODE.compiled.search(text, begin, end) is not None:
            continue
        found = next(
            filter(None, (_said(text, part.end(), end) for part in _PART.compiled.finditer(text, begin, end))), None
        )
        found = found or _said(text, begin, end)
        if found is not None:
            yield found


def _may_refuse(words: str) -> bool:
    """Whether they name CORS, or an origin with its scheme and a list, or a WebSocket's origin."""
    if _CORS.compiled.search(words) is not None:
        return True
    lower = words.lower()
    return "origin" in lower and (
        ("://" in lower and ("list" in lower or "accepted" in lower))
        or "socket" in lower
        or "ws" in lower
        or "trusted" in lower
    )


def _said(text: str, begin: int, end: int) -> tuple[int, Found] | None:
    refused = _WEBSOCKET.compiled.match(text[begin:end]) if end - begin <= _LONGEST else None
    if refused is not None:
        origin = refused["a"] or refused["b"]
        return begin, (Message("", False, kind="websocket", origin=origin), end)
    forged = _CSRF.compiled.match(text[begin:end]) if end - begin <= _LONGEST else None
    if forged is not None:
        return begin, (Message("", False, kind="csrf", origin=forged["a"]), end)
    closing = _END.compiled.search(text, begin, min(end, begin + _LONGEST))
    sentence = text[begin : closing.start() if closing is not None else end].strip()
    if not _may_refuse(sentence) or len(sentence) > _LONGEST:
        return None
    for cause, pattern in _PATTERNS:
        match = pattern.compiled.match(sentence)
        if match is not None:
            fields = match.groupdict()
            origin = fields.get("a") or fields.get("b")
            subject = fields.get("method") or fields.get("header")
            message = Message("", True, rule=RULES[cause], origin=origin, subject=subject, server=WHO, cause=cause)
            return begin, (message, begin + len(sentence))
    return None
