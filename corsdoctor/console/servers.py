"""What servers and their CORS libraries say where they refuse a request, in a response or in a log."""

from __future__ import annotations

import re
from typing import Final

from corsdoctor.causes.cors_layers import APOLLO, REFUSALS, REFUSED, Refusal, expression
from corsdoctor.console.normalize import NormalizedText, normalized_line
from corsdoctor.console.reasons import Found
from corsdoctor.console.template import Template
from corsdoctor.lazy import lazy
from corsdoctor.message import Message
from corsdoctor.pattern import Pattern

RULES: Final[dict[str, str | None]] = {
    "origin-refused": "acao-matches-origin",
    "origin-probably-refused": "acao-matches-origin",
    "method-refused": "acam-lists-method",
    "headers-refused": "acah-lists-headers",
    "not-configured": "acao-present",
    "no-rule": "acao-present",
    "not-an-origin": "acao-matches-origin",
    "wildcard-configured": "acao-not-wildcard-with-credentials",
    "wildcard-headers-configured": "acah-lists-headers",
    "no-middleware": "acao-present",
    "method-unlisted": "acam-lists-method",
    "origin-unlisted": "acao-present",
    "cors-refused": None,
    "not-a-preflight": None,
}
_REFUSED: Final = REFUSED | {"origin-probably-refused"}
_AS_BROWSERS_SAY: Final = ("acao-present", "preflight-status-ok")
"""The rules that browsers find broken in the response to a request that is refused."""
_BEFORE: Final = Pattern(r"(?:^|[\"'>:\]] ?)$")
_IN_CODE: Final = Pattern(r"(?:\(|= )\\?[\"']$")
_VARIABLE: Final = "${"  # in a template of JavaScript
_DIAGNOSED: Final = Pattern(r"Diagnosing (?P<url>https?://\S{1,2000})(?!.*Diagnosing )")
_FAR: Final = 3000  # characters before a finding of diagnose-endpoint that may name the URL
_AFTER: Final = Pattern(r"[.!]?(?:$|[\"'<])")


class Said:
    """A refusal as it is looked for: `template` says where it may begin."""

    def __init__(self, refusal: Refusal) -> None:
        self.refusal = refusal
        self.template = Template(refusal.words)

    @lazy
    def compiled(self) -> re.Pattern[str]:
        """The refusal as a regular expression, compiled when it is first used."""
        return re.compile(expression(normalized_line(self.refusal.words), named=True))


SAID: Final = tuple(map(Said, REFUSALS))
_STARTS: Final = tuple({said.template.start for said in SAID})


def server(normalized: NormalizedText, at: int, limit: int) -> Found | None:
    """One refusal in a server's words; of several, the one that says the most."""
    if not normalized.text.startswith(_STARTS, at):
        return None
    best: Found | None = None
    for said in SAID:
        if not normalized.text.startswith(said.template.start, at):
            continue
        match = said.compiled.match(normalized.text, at, limit)
        if (
            match is None
            or _VARIABLE in match[0]
            or _IN_CODE.compiled.search(normalized.text, max(0, at - 4), at) is not None
        ):
            continue
        if said.refusal.whole and not _is_whole(normalized, at, match.end(), limit):
            continue
        if best is None or match.end() > best[1]:
            best = _message(said.refusal, match.groupdict()), match.end()
    if best is not None and best[0].server == APOLLO:
        diagnosed = _DIAGNOSED.compiled.search(normalized.text, max(0, at - _FAR), at)
        return best if diagnosed is None else (best[0]._replace(url=diagnosed["url"]), best[1])
    return best


def _message(refusal: Refusal, fields: dict[str, str]) -> Message:
    return Message(
        "",
        True,
        rule=RULES[refusal.cause],
        in_preflight=refusal.in_preflight,
        origin=fields["origin"].rstrip(".,") if "origin" in fields else None,
        subject=fields.get("header") or fields.get("method") or fields.get("value"),
        also=_AS_BROWSERS_SAY if refusal.cause in _REFUSED else (),
        server=refusal.who,
        cause=refusal.cause,
    )


def _is_whole(normalized: NormalizedText, begin: int, end: int, limit: int) -> bool:
    """Whether nothing but quotation marks, tags or an exception's name stands beside it in its line."""
    text, line_end = normalized.text, normalized.line_end(end, limit)
    starts = normalized.is_break(begin - 1) or _BEFORE.compiled.search(text, max(0, begin - 2), begin) is not None
    return starts and _AFTER.compiled.match(text, end, line_end) is not None
