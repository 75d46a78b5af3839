"""Words of CORS layers, of checks of the origin and of protections against forged requests."""

from __future__ import annotations

from typing import Final

from corsdoctor.causes.cors_layers import REFUSALS
from corsdoctor.causes.marks.mark import Means, Where, table

_T, _R = Where.PHRASE, Where.REASON
_M = Means

_VALUE: Final = (
    r"(?:[a-z][a-z0-9+.-]*:[^\s\"'`)>”]+|null\b|[\w-]+(?:\.[\w-]+)+(?::\d+)?(?=[\"'`)>”.!,]*(?:$| (?:is|was|not)\b)))"
)
"""An origin or a host in a sentence."""
_ORIGIN_VALUE: Final = (
    r"(?:error: ?)?(?:(?:this|the|that|your|request(?:'s|ing)?|http|websocket|cross[- ]) ?){0,3}(?:origin|domain|referr?er)\b(?: header| value| url)?:? ?"
    rf"(?:[\"'`(<“]?{_VALUE}[\"'`)>”]*,? ?|[\"'`(“][^\"'`)”]{{0,100}}[\"'`)”],? ?)?"
)
_NOT_ALLOWED: Final = (
    r"(?:(?:(?:is|was|has|does|did) ?)?(?:n['’]t|not) (?:been )?(?:allowed|permitted|(?:white|allow)-?listed|authori[sz]ed|trusted"
    r"|accepted|registered|match\b|(?:found )?(?:in|on|among|part of) (?:the |our |its |an? )?(?:(?:allow|white)[ -]?list|list|allowed|trusted))"
    r"|(?:is |was |has been )?(?:forbidden|denied|rejected|refused|blocked|disallowed|mismatch|unregistered|untrusted))"
)
_BAD: Final = r"(?:error: ?)?(?:invalid|unknown|disallowed|forbidden|unauthori[sz]ed|untrusted|bad|unregistered|illegal) (?:request )?(?:cors )?"

MARKS: Final = table(
    *((_T, one.phrase, one.who, _M(one.cause)) for one in REFUSALS if not one.logged),
    (_T, r"corsresponse: bucket not found|nosuchbucket", "Amazon S3", _M.MISSING),
    (_T, r"corspreflightfailure", "Azure Storage", _M.NO_RULE),
    (_T, r"cors is (?:not enabled|disabled|not configured)", "", _M.NO_CORS),
    (_T, r"cors (?:has not been|not|isn't) (?:enabled|configured)", "", _M.NO_CORS),
    (_T, r"no cors (?:rules?|configuration|policy) (?:found|configured|is set|exists?)", "", _M.NO_CORS),
    (_R, r"cors rejected - invalid origin", "Vert.x", _M.ORIGIN),
    (_T, r"cors rejected", "", _M.CORS),
    (_R, r"cors rejected", "", _M.CORS),
    (_T, r"cors(?: error)?: (?:invalid|unknown|missing|forbidden) origin", "", _M.ORIGIN),
    (_T, r"cors(?: error)?: (?:invalid|forbidden|unsupported) method", "", _M.METHOD),
    (_T, r"cors(?: error)?: (?:invalid|forbidden|unsupported|some) headers?", "", _M.HEADERS),
    (_T, r"cors(?: error)?: origin (?:is )?not allowed", "", _M.ORIGIN),
    (
        _T,
        r"(?:error: ?)?(?:origin )?(?:is )?(?:not allowed|blocked|denied|rejected|refused|forbidden|disallowed) by (?:our |the |its )?cors",
        "",
        _M.ORIGIN,
    ),
    (
        _T,
        r"(?:error: ?)?(?:the )?(?:cors policy|cors)\b.{0,60}\b(?:access from (?:the |this )?(?:specified )?origin|origin).{0,80}\b(?:not allowed|not permitted|denied|rejected|blocked|forbidden)",
        "",
        _M.ORIGIN,
    ),
    (_T, rf"{_ORIGIN_VALUE}{_NOT_ALLOWED}", "", _M.ORIGIN),
    (_T, r"aadsts9002326\b", "Microsoft Entra ID", _M.ORIGIN),
    (_T, r"requests from referer \S{1,200} are blocked", "Google", _M.ORIGIN),
    (_T, rf"{_BAD}(?:origin|referr?er)(?: header)?(?:[.!]?$|:? ?[\"'`(]?{_VALUE})", "", _M.ORIGIN),
    (
        _T,
        r"(?:unauthori[sz]ed|disallowed|unregistered|untrusted) domain\b|not an? (?:allowed|authori[sz]ed|trusted) origin\b",
        "",
        _M.ORIGIN,
    ),
    (
        _T,
        rf"requests? from (?:an? )?(?:disallowed|forbidden|unauthori[sz]ed|unknown|untrusted) (?:origin|domain)\b|requests? from (?:this|that|your) (?:domain|origin|referr?er|(?:web)?site) (?:is |are )?{_NOT_ALLOWED}",
        "",
        _M.ORIGIN,
    ),
    (
        _T,
        r"(?:your|this) (?:web ?)?site (?:is )?not (?:allowed|authori[sz]ed|permitted|registered) (?:for|to)\b",
        "",
        _M.ORIGIN,
    ),
    (_T, r"no cors (?:rule|policy|configuration)\b.{0,20} for (?:the |this )?origin\b", "", _M.ORIGIN),
    (_T, r"cors(?: \w+)? ?error\b", "", _M.CORS),
    (
        _T,
        r"(?:csrf verification failed.{0,40}|forbidden ?(?:\(403\))?:? ?)?origin checking failed",
        "Django",
        _M.ORIGIN,
    ),
    (
        _T,
        r"(?:cors )?(?:requests? )?(?:from )?(?:that |this )?(?:cross[- ]origin|origin) (?:requests? )?(?:is |are |access )?(?:not allowed|denied|forbidden|disabled|blocked)",
        "",
        _M.ORIGIN,
    ),
    (
        _T,
        r"(?:the )?(?:requested )?method\b.{0,60}\b(?:not allowed|not permitted|forbidden|denied)\b.{0,30}\bcors|cors.{0,40}\bmethod\b.{0,40}\b(?:not allowed|forbidden|denied|disallowed|rejected)",
        "",
        _M.METHOD,
    ),
    (
        _T,
        r"(?:the )?(?:http )?(?:request(?:ed)? )?method '?\"?(?:put|patch|delete|post|get|head)'?\"? (?:is )?(?:not (?:allowed|supported|permitted)|forbidden|disallowed)",
        "",
        _M.METHOD,
    ),
    (_T, r"(?:disallowed method|cors method not allowed)", "", _M.METHOD),
    (
        _T,
        r"(?:the )?(?:one or more )?(?:of the )?(?:request |requested )?headers? (?:fields? )?(?:requested |.{1,60} )?(?:is |are )(?:not (?:allowed|permitted|in the)|forbidden|disallowed)",
        "",
        _M.HEADERS,
    ),
    (_T, r"(?:disallowed|forbidden|unsupported) (?:request )?headers?\b", "", _M.HEADERS),
    (_T, r"cors.{0,40}\bheaders?\b.{0,60}\b(?:not allowed|forbidden|denied|disallowed|rejected)", "", _M.HEADERS),
    (
        _T,
        r"(?:this )?cors (?:request|preflight|check|policy)\b.{0,80}\b(?:not allowed|denied|rejected|failed|forbidden|blocked|violation|invalid)",
        "",
        _M.CORS,
    ),
    (
        _T,
        r"cross[- ]origin (?:request|access|resource sharing)\b.{0,60}\b(?:not allowed|denied|rejected|forbidden|blocked|not permitted)",
        "",
        _M.CORS,
    ),
    (
        _T,
        r"(?:herkunft|ursprung|origin).{0,60}(?:nicht (?:erlaubt|zugelassen|zulässig|gestattet)|abgelehnt)",
        "",
        _M.ORIGIN,
    ),
    (_T, r"(?:l[’'])?origine?.{0,60}(?:non autorisée?|n[’']est pas autorisée?|refusée?|interdite?)", "", _M.ORIGIN),
    (_T, r"(?:el )?origen.{0,60}no (?:está )?permitido", "", _M.ORIGIN),
    (_T, r".{0,40}オリジン.{0,40}許可され", "", _M.ORIGIN),
    (_T, r"(?:http )?(?:error )?(?:\d+ )?no valid crumb was included", "Jenkins", _M.CSRF),
    (_T, r"this operation has been blocked as a potential cross-site request forgery", "Apollo Server", _M.CSRF),
    (_T, r"xsrf check failed", "Atlassian", _M.CSRF),
    (_T, r"session expired \(invalid csrf token\)", "Odoo", _M.CSRF),
    (_T, r"'_xsrf' argument missing", "Tornado", _M.CSRF),
    (
        _T,
        r"csrf\b.{0,40}\b(?:failed|mismatch|missing|invalid|incorrect|required|not (?:found|valid|verified))",
        "",
        _M.CSRF,
    ),
    (
        _T,
        r"(?:error: ?|forbidden: ?)?(?:invalid|missing|no|bad|wrong|could not verify the provided|the) (?:or missing )?(?:csrf|xsrf)\b",
        "",
        _M.CSRF,
    ),
    (
        _T,
        r"(?:actioncontroller::)?invalidauthenticitytoken|can['’]t verify csrf token|invalid cross-site request|page expired$",
        "",
        _M.CSRF,
    ),
)
