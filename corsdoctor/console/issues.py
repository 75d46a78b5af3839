"""What Chromium's issues panel says: the title of an issue, its first sentence, and the table below it."""

from __future__ import annotations

from typing import Final

from corsdoctor.console.normalize import NormalizedText
from corsdoctor.console.reasons import Found
from corsdoctor.console.template import Template
from corsdoctor.message import Message
from corsdoctor.pattern import Pattern
from corsdoctor.record import Record


class Issue(Record):
    """An issue: its title, and how its sentence goes on behind `_BLOCKED`; "" where it has another one."""

    rule: str | None
    title: Template
    because: Pattern | None = None
    in_preflight: bool | None = None


def _issue(rule: str | None, title: str, because: str = "", in_preflight: bool | None = None) -> Issue:
    return Issue(rule, Template(title), Pattern(because) if because else None, in_preflight)


_BLOCKED: Final = Pattern(
    r"A [Cc]ross-[Oo]rigin [Rr]esource [Ss]haring \(CORS\) request (?:to a cross-origin resource )?was blocked because "
)
ISSUES: Final = (
    _issue(None, "Ensure CORS response header values are valid", r"of invalid or missing response headers"),
    _issue(
        "acao-not-wildcard-with-credentials",
        "Ensure credentialed requests aren't sent to CORS resources with origin wildcards",
        r"it was configured to '?include'? credentials and",
    ),
    _issue(
        "preflight-status-ok", "Ensure preflight responses are valid", r"the response to the associated preflight", True
    ),
    _issue(
        "acao-matches-origin",
        "Ensure CORS requesting origin matches resource's allowed origin",
        r"the '?Access-Control-Allow-Origin'? response header",
    ),
    _issue(
        "acac-true",
        "Ensure CORS requests include credentials only when allowed",
        r"it was configured to '?include'? credentials but",
    ),
    _issue("acam-lists-method", "Ensure CORS request uses allowed method", r"it neither uses one of", True),
    _issue(
        "acah-lists-headers",
        "Ensure CORS request includes only allowed headers",
        r"it contained request headers that were neither",
        True,
    ),
    _issue(
        "location-without-userinfo",
        "Ensure CORS requests aren't redirected to URLs containing credentials",
        r"the response was a redirect to a URL that includes credentials",
        False,
    ),
    _issue(
        "same-origin-mode",
        "Ensure only same-origin resources are fetched with same-origin request mode",
        r"the request mode was set to",
    ),
    _issue("scheme-is-http", "Ensure CORS requests are made on supported schemes", r"the scheme of the request"),
    _issue(
        "no-cors-follows-redirects",
        "Ensure no-cors requests configure redirect mode follow",
        r"it was configured to use request mode '?no-cors",
    ),
    *(
        _issue("local-network-access-granted", title)
        for title in (
            "Ensure that local network requests are compatible with restrictions",
            "Ensure private network requests are made from secure contexts",
            "Ensure private network requests are only made to resources that allow them",
            "Ensure private network requests made from secure context to plaintext resources can gain access",
            "The website requested a subresource from a network that it could only access because of its users' privileged network position",
            "A site requested a resource from a network that it could only access because of its users' privileged network position",
        )
    ),
)
SENTENCES: Final = tuple(
    Template(f"A {words} (CORS) request ")
    for words in ("Cross-Origin Resource Sharing", "cross-origin resource sharing")
)
WARNINGS: Final = tuple(
    Template(f"{name} will not be covered by the wildcard symbol (*)") for name in ("Authorization", '"Authorization"')
)
_STARTS: Final = ("A cross-", "A Cross-", *{template.start for template in (*WARNINGS, *(one.title for one in ISSUES))})
_PROBLEMS: Final = tuple(
    (rule, Pattern(rf"{header}(?: Problem)? {problem}"))
    for rule, header, problem in (
        ("acao-present", "Access-Control-Allow-Origin", "Missing Header"),
        ("acao-matches-origin", "Access-Control-Allow-Origin", "Multiple Values"),
        ("acao-matches-origin", "Access-Control-Allow-Origin", "Invalid Value"),
        ("acam-parses", "Access-Control-Allow-Methods", "Invalid Value"),
        ("acah-parses", "Access-Control-Allow-Headers", "Invalid Value"),
    )
)
"""What the table says of the header below the one title that fits several rules."""
_TABLE: Final = 1200  # characters behind a title in which its table may begin


def issue(normalized: NormalizedText, at: int, limit: int) -> Found | None:
    """One issue by its title or its sentence, or the deprecation that Chromium prints in the console too."""
    if not normalized.text.startswith(_STARTS, at):
        return None
    for template in WARNINGS:
        warned = template.match(normalized, at, limit)
        if warned is not None:
            rule = "acah-lists-authorization"
            return Message("", True, "chromium", rule, in_preflight=True, subject="Authorization"), warned[1]
    for one in ISSUES:
        end = _end(normalized, at, limit, one)
        if end is not None:
            message = Message("", True, "chromium", one.rule, in_preflight=one.in_preflight)
            return _with_table(normalized, message, end, limit) if one.rule is None else (message, end)
    return None


def _end(normalized: NormalizedText, at: int, limit: int, one: Issue) -> int | None:
    """Where the issue that begins at `at` ends, with its sentence if that follows its title; None if none begins there."""
    titled = one.title.match(normalized, at, limit)
    end = titled[1] if titled is not None else None
    begin = at if end is None else end + normalized.text.startswith(" ", end)
    blocked = _BLOCKED.compiled.match(normalized.text, begin, limit) if one.because is not None else None
    because = one.because.compiled.match(normalized.text, blocked.end(), limit) if one.because and blocked else None
    return because.end() if because is not None else end


def _with_table(normalized: NormalizedText, message: Message, end: int, limit: int) -> Found:
    """The rule, where the table below the title names the header and its problem."""
    until = min(limit, end + _TABLE)
    for rule, words in _PROBLEMS:
        found = words.compiled.search(normalized.text, end, until)
        if found is not None:
            return message._replace(rule=rule), found.end()
    return message, end
