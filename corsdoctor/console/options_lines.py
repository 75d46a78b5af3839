"""What the logs and error pages of servers, and the consoles of browsers, say of an OPTIONS request that failed.

Each line has the status code, or words of a framework that stand for one. Which status code it is shows the cause, as with the
browsers that name one in their message.
"""

from __future__ import annotations

from typing import Final

from corsdoctor.console.normalize import NormalizedText
from corsdoctor.console.reasons import Found
from corsdoctor.message import A_SERVER, Message
from corsdoctor.pattern import Pattern
from corsdoctor.record import Record

START: Final = "OPTIONS"
_URL: Final = r"(?P<url>(?:https?://|/)[^\s\"'|<]{0,2000}?)(?=[:,]?(?:[\s\"'|<]|$))"
_STATUS: Final = r"(?P<status>[1-5]\d\d)(?![\d.\w]| (?:[mn\u00b5\u03bc]?s|[kM]?B|bytes|requests|times)\b)"
_BETWEEN: Final = (
    r"(?: ?(?:->|=>|\u2192|[-:|=,\[(]|returned|responded(?: with)?|failed(?: with)?|status(?:[ _]?code)?|HTTP))*"
)
_AHEAD: Final = tuple(
    map(
        Pattern,
        (
            rf"OPTIONS {_URL} HTTP/[\d.]{{1,3}}[\"']?{_BETWEEN} ?{_STATUS}(?: [\d-]{{1,12}} [\"'](?P<page>https?://[^\"'\s]{{1,2000}})[\"'])?",
            rf"OPTIONS {_URL} \S{{1,300}} \d{{1,5}} \S{{1,100}} \S{{1,60}} (?:\S{{1,600}} ){{1,3}}?{_STATUS} \d{{1,5}} \d{{1,12}}(?: |$)",  # IIS
            rf"OPTIONS {_URL} HTTP/[\d.]{{1,3}}[\"'] from \S{{1,100}} - {_STATUS}",  # chi
            rf"OPTIONS:? ?[\"'|]? ?{_URL}[\"'|]?{_BETWEEN} ?{_STATUS}",
            rf"OPTIONS [\w.-]{{1,100}} {_URL} {_STATUS} ",  # CloudFront
        ),
    )
)
_FIREFOX: Final = Pattern(rf"OPTIONS ?{_URL} \[HTTP/[\d.]{{1,3}} {_STATUS}")
_CHROMIUM: Final = Pattern(rf"OPTIONS (?P<url>https?://\S{{1,2000}}) {_STATUS} \((?:[A-Z][A-Za-z' -]{{1,40}})?\)")
_BEHIND: Final = tuple(
    (Pattern(before), Pattern(words))
    for before, words in (
        (rf"\| ?{_STATUS} ?\|(?:[^|]{{1,60}}\|){{2}} ?$", rf"OPTIONS ?\|? ?\"?{_URL}\"?"),  # Gin, Fiber
        (rf"\b{_STATUS} (?:[A-Z][A-Za-z ]{{2,30}} )?(?:for|to|on) $", rf"OPTIONS {_URL}"),
        (rf" {_STATUS} (?:\d{{3}}|-) \d{{1,12}} \d{{1,12}} \"$", rf"OPTIONS {_URL} HTTP/"),  # load balancers of AWS
        (rf"/\d{{1,9}} {_STATUS} \d{{1,12}} - - \S{{4}} \S{{1,40}} \S{{1,20}} (?:\{{[^}}]{{0,200}}\}} ){{0,2}}\"$", rf"OPTIONS {_URL} HTTP/"),  # HAProxy
    )
)  # fmt: skip
_IN_LIST: Final = Pattern(r"[A-Z]{3}[,|/] ?$")  # behind other methods, as in "GET, OPTIONS"
_IS_METHOD: Final = Pattern(r"(?i)(?<![a-z])(?:request_?)?method[\"']?\s?[:=]\s?[\"']?$")
_STATUS_FIELD: Final = Pattern(
    r"(?i)\b(?:response_?|downstream|res_?|http_?)?(?:status)(?:_?code)?[\"']?\s?[:=]\s?[\"']?(?P<status>[1-5]\d\d)\b"
)
_URL_FIELD: Final = Pattern(
    r"(?i)(?<![\w-])(?:request_?)?(?:ur[il]|path|originalurl|target|route)[\"']?\s?[:=]\s?[\"']?(?P<url>(?:https?://|/)[^\s\"',}]{0,2000})"
)
_ORIGIN_FIELD: Final = Pattern(
    r"(?i)(?<![\w-])origin[\"']?\s?[:=]\s?[\"']?(?P<origin>[a-z][a-z0-9+.-]*://[^\s\"',}/]{1,300})"
)
_NEAR: Final = 1500  # characters of a structured entry before and behind its method
_WORD: Final = 40  # characters before a method that show what it is
_FAILED: Final = Pattern(r"30[12378]|[45]\d\d")
_PAGE: Final = Pattern(r"https?://[^/?#]+")


class _Words(Record):
    """What `who` says instead of a status code."""

    who: str | None
    status: str
    pattern: Pattern
    start: str


_SAID: Final = tuple(
    _Words(who, status, Pattern(words), start)
    for who, status, start, words in (
        ("Rails", "404", "No route matches [OPTIONS", rf"No route matches \[OPTIONS\] \"{_URL}\""),
        ("Express", "404", "Cannot OPTIONS", rf"Cannot OPTIONS {_URL}"),
        ("Fastify", "404", "Route OPTIONS:", rf"Route OPTIONS:{_URL} not found"),
        ("Phoenix", "404", "no route found for OPTIONS", rf"no route found for OPTIONS {_URL}"),
        ("Play", "404", "Action not found For request 'OPTIONS", rf"Action not found For request 'OPTIONS {_URL}'"),
        ("Symfony", "405", "No route found for \"OPTIONS", rf"No route found for \"OPTIONS {_URL}\": Method Not Allowed"),
        ("Symfony", "404", "No route found for \"OPTIONS", rf"No route found for \"OPTIONS {_URL}\""),
        ("Laravel", "405", "The OPTIONS method is not supported for", r"The OPTIONS method is not supported for (?:this route|(?:the )?route (?P<url>[^\s,]{1,300}?))\.(?: Supported methods: [A-Z, ]{3,60})?"),
        ("Django", "405", "Method Not Allowed (OPTIONS", rf"Method Not Allowed \(OPTIONS\): {_URL}"),
        ("Django REST framework", "405", "Method \"OPTIONS\" not allowed", r"Method \"OPTIONS\" not allowed"),
        ("Spring", "405", "Request method 'OPTIONS", r"Request method 'OPTIONS' (?:is )?not supported"),
        ("Spring", "405", "Request method OPTIONS", r"Request method OPTIONS (?:is )?not supported"),
        ("ASP.NET Web API", "405", "The requested resource does not support http method 'OPTIONS", r"The requested resource does not support http method 'OPTIONS'"),
        *(
            ("Apollo's diagnose-endpoint", status, f"OPTIONS response returned {status}", rf"OPTIONS response returned {status}\b")
            for status in ("401", "404")
        ),
        (None, "405", "HTTP method 'OPTIONS", r"HTTP method 'OPTIONS' (?:is )?not (?:allowed|supported)"),
        (None, "405", "Method OPTIONS", r"Method OPTIONS (?:is )?not (?:allowed|supported)\b"),
        (None, "405", "OPTIONS method", r"OPTIONS method (?:is )?not (?:allowed|supported)\b"),
    )
)  # fmt: skip
STARTS: Final = (START, *dict.fromkeys(said.start for said in _SAID))


def options_line(normalized: NormalizedText, at: int, limit: int) -> Found | None:
    """One line about an OPTIONS request that failed."""
    text = normalized.text
    for said in _SAID:
        match = said.pattern.compiled.match(text, at, limit) if text.startswith(said.start, at) else None
        if match is not None:
            found = _failed(said.status, match.groupdict().get("url"))
            return found._replace(server=said.who or A_SERVER), match.end()
    return _entry(normalized, at, limit) if text.startswith(START, at) else None


def _entry(normalized: NormalizedText, at: int, limit: int) -> Found | None:
    """An entry of a log, or what a browser's console prints of a request."""
    for browser, printed in (("chromium", _CHROMIUM), ("firefox", _FIREFOX)):
        match = printed.compiled.match(normalized.text, at, limit)
        if match is not None:
            return _found(match["status"], match["url"], match.end(), browser)
    end, before = normalized.line_end(at, limit), normalized.line_start(at)[-_NEAR:]
    if _IN_LIST.compiled.search(before[-_WORD:]) is not None:
        return None
    for words in _AHEAD:
        match = words.compiled.match(normalized.text, at, end)
        if match is not None:
            return _found(match["status"], match["url"], match.end(), page=match.groupdict().get("page"))
    for behind, words in _BEHIND:
        match = words.compiled.match(normalized.text, at, end)
        status = None if match is None else behind.compiled.search(before)
        if status is not None and match is not None:
            return _found(status["status"], match["url"], match.end())
    if _IS_METHOD.compiled.search(before[-_WORD:]) is None:
        return None
    return _structured(normalized, at, min(end, at + _NEAR), before) or _structured(
        normalized, at, min(limit, at + _NEAR), ""
    )


def _structured(normalized: NormalizedText, at: int, end: int, before: str) -> Found | None:
    """An entry whose fields have names, as in JSON."""
    rest = normalized.text[at:end]
    status = _STATUS_FIELD.compiled.search(rest) or _STATUS_FIELD.compiled.search(before)
    url = _URL_FIELD.compiled.search(rest) or _URL_FIELD.compiled.search(before)
    if status is None or (not before and "{" in rest[: status.start()]):
        return None
    page = _ORIGIN_FIELD.compiled.search(rest) or _ORIGIN_FIELD.compiled.search(before)
    found = _found(status["status"], None if url is None else url["url"], at + len(START))
    return found if found is None or page is None else (found[0]._replace(origin=page["origin"]), found[1])


def _found(
    status: str, url: str | None, end: int, browser: str | None = None, *, page: str | None = None
) -> Found | None:
    if _FAILED.compiled.fullmatch(status) is None:
        return None
    message = _failed(status, url)
    if browser is not None:
        return message._replace(browser=browser, server=None), end
    of_page = None if page is None else _PAGE.compiled.match(page)
    return message._replace(origin=None if of_page is None else of_page[0]), end


def _failed(status: str, url: str | None) -> Message:
    detail = "redirected" if status.startswith("3") else ""
    rule = "preflight-status-ok"
    return Message(
        "", True, rule=rule, in_preflight=True, url=url, status=status, detail=detail, server=A_SERVER, entry=True
    )
