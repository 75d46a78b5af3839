"""The reason in a browser's message: which rule it names, also where it was cut off."""

from __future__ import annotations

from typing import Final

from corsdoctor.console import wordings as w
from corsdoctor.console.normalize import NormalizedText
from corsdoctor.console.wordings import LEAST, Reasons, Wording
from corsdoctor.message import WITH_CREDENTIALS, Message
from corsdoctor.pattern import Pattern

Found = tuple[Message, int]
"""A message, and where it ends."""
REASON_LIMIT: Final = 16_384
ALONE: Final = 20  # characters of a reason that stands alone and is cut off: fewer are the words of any log
_METHODS: Final = ("GET", "POST", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS")
_HEADER_ALONE: Final = Pattern(r" ?Access-Control-[\w-]*[ .…]*")  # alone not a reason: a text may say anything about it
_LIKELY: Final = frozenset(
    {"acao-present", "acao-matches-origin", "acao-not-wildcard-with-credentials", "acac-true", "preflight-status-ok"}
)


def reason_at(
    normalized: NormalizedText,
    at: int,
    limit: int,
    reasons: Reasons,
    prefixes: tuple[str, ...] = (),
    *,
    least: int = 8,
) -> Found | None:
    """The reason that stands at `at`, in the words of one of `reasons`, with what it says and where it ends.

    Behind one of `prefixes`, Chromium's for a preflight, the message is about that. A reason may be cut off after `least`
    characters.
    """
    line_end = normalized.line_end(at, limit)
    in_preflight = True if prefixes and normalized.text.endswith(_PREFIX_END, 0, at) else None
    least = LEAST if prefixes and normalized.text.endswith("policy: ", 0, at) else least
    for prefix in prefixes:
        if normalized.text.startswith(prefix, at):
            in_preflight, at = True, at + len(prefix)
            break
        rest = normalized.text[at:line_end].rstrip(" .…")
        if len(rest) >= max(least, 8) and prefix.startswith(rest):
            return Message("", True, in_preflight=True), line_end
    likely = reasons.at(normalized.text, at)
    best = best_at(normalized, at, limit, likely) or _cut_reason(
        normalized, at, likely, limit, LEAST if in_preflight else least
    )
    if best is None:
        return (Message("", True, in_preflight=True), normalized.line_end(at, limit)) if in_preflight else None
    message, end = best
    tail = w.CHROMIUM_TAIL.match(normalized, end, limit) if prefixes else None
    if tail is not None:
        message, end = message._replace(origin=tail[0]["origin"], era=message.era or w.OLD), tail[1]
        answered = _ANSWERED.compiled.match(normalized.text, end, limit)
        if answered is not None:
            message, end = message._replace(status=answered["status"]), answered.end()
    schemes = _SCHEMES.compiled.match(normalized.text, end) if message.rule == "scheme-is-http" else None
    end = schemes.end() if schemes is not None else end
    return (message._replace(in_preflight=True) if in_preflight else message), end


_PREFIX_END: Final = "preflight request doesn't pass access control check: "
_ANSWERED: Final = Pattern(r" ?The response had HTTP status code (?P<status>\d{3})\.?")
_SCHEMES: Final = Pattern(r"(?:[a-z-]{2,40}(?:, |\.|\b))*")


def best_at(normalized: NormalizedText, at: int, limit: int, reasons: tuple[Wording, ...]) -> Found | None:
    """The reason that stands at `at` and fits best; of two equal ones the first, the other's rule beside it."""
    best: Found | None = None
    best_fit = (0, 0)
    for wording in reasons:
        if not normalized.text.startswith(wording.template.start, at):
            continue
        matched = wording.template.match(normalized, at, limit)
        if matched is None:
            continue
        message, fit = message_of(wording, matched[0]), _fit(matched)
        if best is None or fit < best_fit:
            best, best_fit = (message, matched[1]), fit
        elif fit == best_fit and message.rule is not None and message.rule not in (best[0].rule, *best[0].also):
            best = best[0]._replace(also=(*best[0].also, message.rule)), best[1]
    return best


def _fit(matched: tuple[dict[str, str], int]) -> tuple[int, int]:
    """The less, the better a template fits: its fields are short, and then it is long."""
    fields, end = matched
    return sum(len(value) for name, value in fields.items() if name != "status"), -end


def _cut_reason(
    normalized: NormalizedText, at: int, reasons: tuple[Wording, ...], limit: int, least: int
) -> Found | None:
    """The rule that a reason cut off after `least` characters can mean; the CORS check's own come first.

    Of several, one that has the same words up to the cut stands for the others if there is a field in them.
    """
    end = normalized.line_end(at, limit)
    if _HEADER_ALONE.compiled.fullmatch(normalized.text, at, end) is not None:
        return None
    cuts = ((wording, wording.template.cut(normalized, at, end, least)) for wording in reasons)
    cut: dict[str | None, tuple[Wording, dict[str, str]]] = {}
    for wording, fields in cuts:
        if fields is not None:
            cut.setdefault(wording.rule, (wording, fields))  # today's words come first
    likely = {rule: found for rule, found in cut.items() if rule in _LIKELY} or cut
    alike = len({wording.template.start for wording, _ in likely.values()}) == 1
    if not (len(likely) == 1 or (alike and all(fields for _, fields in likely.values()))):
        return None
    first, *others = (message_of(*found) for found in likely.values())
    return first._replace(also=tuple(other.rule for other in others if other.rule is not None)), end


def message_of(wording: Wording, fields: dict[str, str]) -> Message:
    """What `wording` says with these values of its fields."""
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
        detail=wording.detail,
    )


def rule_by_names(reason: str) -> str | None:
    """The rule that the names in a reason show, if its words are unknown."""
    for rule, names in _BY_NAMES:
        if names.compiled.search(reason) is not None:
            return rule
    if "access-control-allow-origin" in reason.lower():
        return "acao-matches-origin" if _VALUE.compiled.search(reason) is not None else "acao-present"
    if _SCHEME_NAMES.compiled.search(reason) is not None:
        return "scheme-is-http"
    return "preflight-status-ok" if "HTTP ok" in reason else None


def rule_by_words(reason: str, *, whole: bool) -> str | None:
    """The rule that a reason of Firefox's shows in any language: by its names, or by the few words that languages share.

    What is left of a reason that is not `whole` shows less.
    """
    rule = rule_by_names(reason)
    if not whole:
        return rule if rule in WITH_CREDENTIALS else None
    if rule == "acao-present" and MISSING.compiled.search(reason) is None:
        return "acao-matches-origin" if _MULTIPLE.compiled.search(reason) is not None else None
    if rule is None and _PREFLIGHT.compiled.search(reason) is not None:
        return "preflight-status-ok"
    return "actual-answered" if rule is None and _UNSUCCESSFUL.compiled.search(reason) is not None else rule


MISSING: Final = Pattern(
    r"(?i)\b(?:missing|ausente|falta|fehl(?:t|ende)|manquante?|absente?|manca|ontbreekt|brak|отсутств|eksik|saknas|mangler|puuttu|chybi)"
    r"|缺少|缺失|足りな|ありません|없"
)
_MULTIPLE: Final = Pattern(
    r"(?i)multipl|mehrere|mehrfach|varios|plusieurs|meerdere|wiele|несколько|多个|多個|複数|여러|birden"
)
_PREFLIGHT: Final = Pattern(r"(?i)pre-?flight|предварительн|プリフライト|预检|預檢|\bOPTIONS\b")
_UNSUCCESSFUL: Final = Pattern(
    r"(?i)CORS request (?:was unsuccessful|was not successful|has failed|not succeeded)"
    r"|^(?!.*(?:http|Origin|preflight|OPTIONS))(?=.*CORS).*(?:\bechec|\bechou|fehlgeschlagen|\bfehl\b|fallid|\bfallo\b|falhou|sem exito|sin exito|non riuscita|fallita|\bmislukt"
    r"|nie powiod|niepowodzen|misslyckades|mislykkedes|epaonnistui|selhal|basarisiz|не удал|неудач|失敗|失败|未成功|未能成功|실패)"
)
_BY_NAMES: Final = (
    ("acah-lists-headers", Pattern(r"(?i)Access-Control-Allow-Headers")),
    ("acam-lists-method", Pattern(r"(?i)Access-Control-Allow-Methods")),
    ("acac-true", Pattern(r"(?i)Access-Control-Allow-Credentials")),
    ("acao-not-wildcard-with-credentials", Pattern(r"wildcard '?\*'? when the request's credentials mode|(?i:Access-Control-Allow-Origin)(?=.{0,200}'\*')|'\*'.{0,80}Access-Control-Allow-Origin")),
    ("local-network-access-granted", Pattern(r"(?i)\baddress space\b")),
)  # fmt: skip
_VALUE: Final = Pattern(r"'(?:(?:[a-z][a-z0-9+.-]*:|\*,)[^']{1,300}|null)'")
_SCHEME_NAMES: Final = Pattern(r"\bhttps?, |chrome-extension|chrome-untrusted")


def request_before(text: str, at: int) -> tuple[str, str] | None:
    """ "GET https://api.example/ net::ERR_FAILED": (method, URL) before the words at `at`, None if they stand alone."""
    words = text[max(0, at - 2100) : at].rsplit(" ", 3)
    if len(words) < 3 or words[-1]:
        return None
    method = next((method for method in _METHODS if words[-3].endswith(method)), None)
    return (method, words[-2]) if method is not None else None


def url_before(text: str, at: int) -> str | None:
    """The URL of the request before the words at `at`, None if they stand alone."""
    request = request_before(text, at)
    return request[1] if request is not None else None


def is_url(text: str) -> bool:
    """Whether it may be a URL, and is not what somebody put there instead of one."""
    return bool(text) and " " not in text and text != "resource"
