"""Chromium's messages as programs for translation put them into another language: Chromium itself prints only English.

The words differ from program to program, so a message is known by its verdict alone, such as "bloqueado por la política de
CORS"; the rest is read from the names in it, which no program translates.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from corsdoctor.console import wordings as w
from corsdoctor.console.normalize import NormalizedText
from corsdoctor.console.reasons import Found
from corsdoctor.message import Message
from corsdoctor.pattern import Pattern

ERA: Final = "Chrome or Edge, translated"
_BEFORE: Final = 700  # characters before a verdict in which its URL and origin stand
_WORDS_BEFORE: Final = 80  # characters before its first URL that are shown with it
_AFTER: Final = 500  # characters after it in which the reason stands
_VERDICT: Final = Pattern(
    r"(?i)(?:bloquead[oa]s? (?:por|pel[ao]) (?:(?:la|a|las|as) )?politicas? (?:de )?CORS"
    r"|bloquee?s? par (?:la |une )?(?:politique|strategie|regle) (?:de )?CORS"
    r"|(?:durch|von) (?:die |der )?CORS-?(?: ?Richtlinien?| ?Policy) (?:blockiert|gesperrt|verhindert)"
    r"|bloccat[oae] (?:dal|dalla|da) (?:politica|criterio|norma|policy|regola|criteri) (?:di )?CORS"
    r"|geblokkeerd door (?:het |de )?CORS-?(?: ?beleid| ?policy)"
    r"|zablokowan\w{1,2} przez (?:zasad\w{1,2} |polityk\w{1,2} |regul\w{1,2} )CORS"
    r"|zablokovan\w{0,2} (?:zasad\w{1,4}|politik\w{1,2}) CORS"
    r"|заблокирован\w{0,2} (?:политико[йи]|правил\w{1,3}) CORS|заблоковано (?:политикою|політикою|полiтикою|правил\w{1,3}) CORS"
    r"|CORS (?:politikasi|ilkesi) tarafindan engellen|bi chan boi chinh sach CORS|diblokir oleh kebijakan CORS"
    r"|blockerad\w{0,2} av CORS-?(?: ?polic\w{1,3}| ?princip\w{1,3})|blocat\w{0,2} de politica CORS"
    r"|被 ?CORS ?(?:策略|政策|原則|原则|規則|规则) ?(?:所)?(?:阻止|阻擋|阻挡|拦截|攔截|封鎖|屏蔽)"
    r"|CORS ?ポリシーに(?:よって|より) ?ブロック|CORS ?정책에 의해 차단|CORS ?정책으로 인해 차단)"
)
_URL: Final = Pattern(r"(?:[a-z][a-z0-9+.-]{1,30}://|(?:file|data|blob|about):)[!-&(-~]{1,8000}|(?<=')null(?=')")
_ORIGIN: Final = Pattern(r"[a-z][a-z0-9+.-]*://[^/?#]*|null")
_ORIGIN_FIRST: Final = Pattern(r"(?:源|來源|オリジン|(?i:\borigin)) ?'? ?$")
_THEN_ORIGIN: Final = Pattern(r"'? ?(?:원본|출처|から|kaynag)")
_METHOD: Final = Pattern(r"\b(?:PUT|PATCH|DELETE|POST|GET|HEAD|OPTIONS)\b")
_SCHEMES: Final = Pattern(r"\bhttps?, |chrome-extension|chrome-untrusted")
_QUOTED_VALUE: Final = Pattern(r"'(?:[a-z][a-z0-9+.-]*:[^']{1,300}|null)'")
_BY_NAMES: Final = (
    ("acah-lists-headers", Pattern(r"(?i)Access-Control-Allow-Headers")),
    ("acam-lists-method", Pattern(r"(?i)Access-Control-Allow-Methods")),
    ("acac-true", Pattern(r"(?i)Access-Control-Allow-Credentials")),
    ("acao-not-wildcard-with-credentials", Pattern(r"(?i)Access-Control-Allow-Origin(?=.{0,200}'\*')|'\*'.{0,80}Access-Control-Allow-Origin")),
)  # fmt: skip


def translated(normalized: NormalizedText) -> Iterator[tuple[int, Found]]:
    """All such messages: where each begins, what it says and where it ends."""
    folded = normalized.folded
    text = folded.text
    for verdict in _VERDICT.compiled.finditer(text):
        line_end = folded.line_end(verdict.end(), min(len(text), verdict.end() + _AFTER))
        before = list(_URL.compiled.finditer(text, max(0, verdict.start() - _BEFORE), verdict.start()))[-2:]
        first = before[0].start() if before else verdict.start()
        begin = first - min(len(folded.line_start(first)), _WORDS_BEFORE)
        url, origin = _url_and_origin(text, [(found.start(), found.end()) for found in before])
        reason = text[verdict.end() : line_end]
        rule = _rule(reason)
        method = _METHOD.compiled.search(reason) if rule == "acam-lists-method" else None
        is_browsers = url is not None or rule is not None
        message = Message(
            "",
            True,
            "chromium" if is_browsers else None,
            rule,
            in_preflight=w.preflight_only(rule or ""),
            url=url,
            origin=origin,
            subject=method[0] if method is not None else None,
            api=_api(text[begin : verdict.start()]),
            era=ERA if is_browsers else "",
        )
        yield begin, (message, line_end)


def _url_and_origin(text: str, places: list[tuple[int, int]]) -> tuple[str | None, str | None]:
    values = [text[begin:end].rstrip("'.,:)") for begin, end in places]
    if len(values) < 2:
        return (values[0] if values else None), None
    first, second = values
    bare = [_ORIGIN.compiled.fullmatch(value) is not None for value in values]
    begin, end = places[0]
    is_first = _ORIGIN_FIRST.compiled.search(text, max(0, begin - 12), begin) or _THEN_ORIGIN.compiled.match(text, end)
    origin_first = is_first is not None if bare[0] == bare[1] else bare[0]
    return (second, first) if origin_first else (first, second)


def _rule(reason: str) -> str | None:
    """The rule that the names in a reason show."""
    for rule, names in _BY_NAMES:
        if names.compiled.search(reason) is not None:
            return rule
    if "access-control-allow-origin" in reason.lower():
        return "acao-matches-origin" if _QUOTED_VALUE.compiled.search(reason) else "acao-present"
    if _SCHEMES.compiled.search(reason) is not None:
        return "scheme-is-http"
    return "preflight-status-ok" if "HTTP ok" in reason else None


def _api(text: str) -> str | None:
    return "xhr" if "XMLHttpRequest" in text else "fetch" if "fetch" in text else None
