"""Chromium's messages as programs for translation put them into another language: Chromium itself prints only English.

The words differ from program to program, so a message is known by its verdict alone, such as "bloqueado por la política de
CORS"; the rest is read from the names in it, which no program translates.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from corsdoctor.console import wordings as w
from corsdoctor.console.normalize import NormalizedText
from corsdoctor.console.reasons import Found, rule_by_names
from corsdoctor.message import Message
from corsdoctor.pattern import Pattern

ERA: Final = "Chrome or Edge, translated"
_BEFORE: Final = 700  # characters before the word for the policy in which the URL and the origin stand
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
_NEAR: Final = 40  # characters before the word for the policy in which a verdict may begin
_POLICY: Final = Pattern(
    r"(?i)politic[ao]s? (?:de |di )?CORS|(?:politique|strategie|regle|norma|criterio?|regol[ae]) (?:de |di )?CORS|CORS-?(?: ?Richtlinie| ?Policy| ?beleid| ?polic| ?princip)"
    r"|(?:zasad\w{1,4}|polityk\w{1,2}|regul\w{1,2}|politik\w{1,2}) CORS|(?:политик|політик|правил)\w{1,3} CORS|CORS (?:politikasi|ilkesi)"
    r"|chinh sach CORS|kebijakan CORS|CORS ?(?:策略|政策|原則|原则|規則|规则)|CORS ?ポリシー|CORS ?정책"
)
_BLOCKED: Final = Pattern(
    r"(?i)bloque|bloqu|blocc|blocat|blockier|gesperrt|geblokkeerd|zablok|заблок|blockerad|engellen|bi chan|diblokir|阻止|阻擋|阻挡|拦截|攔截|封鎖|屏蔽|ブロック|차단"
)
_URL: Final = Pattern(r"(?:[a-z][a-z0-9+.-]{1,30}://|(?:file|data|blob|about):)[!-&(-~]{1,8000}|(?<=')null(?=')")
_ORIGIN: Final = Pattern(r"[a-z][a-z0-9+.-]*://[^/?#]*|null")
_ORIGIN_FIRST: Final = Pattern(r"(?:源|來源|オリジン|(?i:\borigin)) ?'? ?$")
_THEN_ORIGIN: Final = Pattern(r"'? ?(?:원본|출처|から|kaynag)")
_METHOD: Final = Pattern(r"\b(?:PUT|PATCH|DELETE|POST|GET|HEAD|OPTIONS)\b")


def translated(normalized: NormalizedText) -> Iterator[tuple[int, Found]]:
    """All such messages: where each begins, what it says and where it ends."""
    folded = normalized.folded
    text, done = folded.text, 0
    for policy in _POLICY.compiled.finditer(text):
        if policy.start() < done:
            continue
        done = folded.line_end(policy.end(), min(len(text), policy.end() + _AFTER))
        begin = policy.start() - min(len(folded.line_start(policy.start())), _BEFORE)
        urls = list(_URL.compiled.finditer(text, begin, done))[:2]
        verdict = _VERDICT.compiled.search(text, max(begin, policy.start() - _NEAR), done)
        if verdict is None and not _is_apart(text[begin:done], len(urls)):
            continue
        after = [found.end() for found in urls if verdict is None or found.start() < verdict.start()]
        reason = text[max(policy.end(), verdict.end() if verdict is not None else 0, *after) : done]
        found = _message(
            text[begin:done], reason, _url_and_origin(text, [found.span() for found in urls[: len(after)]])
        )
        first = urls[0].start() if after else policy.start()
        yield first - min(len(folded.line_start(first)), _WORDS_BEFORE), (found, done)


def _is_apart(line: str, urls: int) -> bool:
    """Whether a line names the policy, a blocked request and its URLs or a header, in whatever order."""
    return _BLOCKED.compiled.search(line) is not None and (urls > 1 or (urls > 0 and "access-control-" in line.lower()))


def _message(line: str, reason: str, names: tuple[str | None, str | None]) -> Message:
    url, origin = names
    rule = rule_by_names(reason)
    method = _METHOD.compiled.search(reason) if rule == "acam-lists-method" else None
    is_browsers = url is not None or rule is not None
    return Message(
        "",
        True,
        "chromium" if is_browsers else None,
        rule,
        in_preflight=w.preflight_only(rule or ""),
        url=url,
        origin=origin,
        subject=method[0] if method is not None else None,
        api=_api(line),
        era=ERA if is_browsers else "",
    )


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


def _api(text: str) -> str | None:
    return "xhr" if "XMLHttpRequest" in text else "fetch" if "fetch" in text else None
