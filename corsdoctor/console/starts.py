"""Where in a text a message may begin, and which words a log must hold for that: both follow from the templates."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Final

from corsdoctor.console import firefox_languages, issues, jsdom, options_lines, panels, servers, webkit
from corsdoctor.console import wordings as w
from corsdoctor.console.normalize import NormalizedText
from corsdoctor.console.others import OTHERS
from corsdoctor.console.template import Template
from corsdoctor.console.words import Words
from corsdoctor.pattern import Pattern

HEAD: Final = 12  # characters of a beginning that are looked for: the rest of a message may have been cut off
# What many messages hold. A message that holds none of these is found by a piece of its own template.
COMMON: Final = (
    "CORS", "ccess-Control-", "ross-origin", "ross-Origin", "ross origin", "reflight", "access control check",
    "annot load ", "edirection", "address space", "Access to ", "SEC71", "ERR_", "_ERROR_", "blocked", "in a frame",
    "a frame with origin", "ainted", "MIME type", "WebSocket", "Security", "TypeError: ", "Ensure ", "rigin ",
    *jsdom.STARTS[1:], "Network Error", "Failed to fetch", "X-Frame-Options", "corsError",
    "ookie ", "SameSite", "ServiceWorker", "FetchEvent",
    "service worker ", "ntegrity", "ermissions policy", "ource map", "ource Map", "SourceMap",
    "XMLHttpRequest", "HttpErrorResponse", "imported module", "insecure", "Blocked ", "Unsafe ", "-site c", "NetworkError",
    "Loading failed for the ", "DevTools failed to ", "ot allowed", "HTTP ok", "Invalid H", "CSRF", "x-rack-cors", "Firebase: ",
    "will not be covered by", options_lines.START,
)  # fmt: skip
_RARE: Final = 10
_LONGEST: Final = 30  # characters of such a piece: the longer, the more often a terminal broke it
_FRAGMENTS: Final = (
    "Reason: ", "has been blocked by CORS policy", "blocked by CORS policy", w.FIREFOX_START, w.FIREFOX_WARNING,
    w.FIREFOX_FONT, *w.EDGE_NUMBERS, *panels.STARTS,
    *jsdom.STARTS, *options_lines.STARTS, webkit.DUE,
)  # fmt: skip
_QUOTE: Final = Pattern("['\"]")
_STATUS: Final = Pattern(r"(?<![0-9])[45][0-9]{2} \(")
_STATUS_LINES: Final = tuple(f"{code} (" for code in (401, 403, 404, 405, 500, 502, 503))


def starts(normalized: NormalizedText) -> list[int]:
    """Where in a text a message may begin, in order."""
    text = normalized.text
    found = set(_heads().places(text))
    if " (" in text:
        found.update(match.start() for match in _STATUS.compiled.finditer(text))
    if normalized.may_be_localized:
        found.update(firefox_languages.starts(normalized.folded.text))
    return sorted(found)


def marks(text: str) -> list[int]:
    """Where in a log words stand of which each message holds at least one."""
    return sorted(_marker_words().places(text))


@cache
def _marker_words() -> Words:
    """The fewest words that are needed to find each message; none holds another.

    A quotation mark is in none of them: in a log it may be a curly one, or an escape.
    """
    texts = [[piece for piece, _ in template.parts] for template in _templates() if "{reason}" not in template.text]
    texts += [[*other.pieces] for other in OTHERS if other.start and other.in_logs]
    texts.append([w.FIREFOX_FONT])
    pieces = [[part for text in of_one for part in _QUOTE.compiled.split(text)] for of_one in texts]
    own = (_own(of_one) for of_one in pieces if not any(c in piece for c in COMMON for piece in of_one))
    return Words(_smallest((*COMMON, *(piece[:_LONGEST] for piece in own), *_STATUS_LINES)))


def _own(pieces: list[str]) -> str:
    """The first of a template's pieces that is long enough to be rare, or else the longest."""
    return next((piece for piece in pieces if len(piece) >= _RARE), max(pieces, key=len))


@cache
def _heads() -> Words:
    beginnings = (*(template.start for template in _templates()), *(other.start for other in OTHERS), *_FRAGMENTS)
    heads: list[str] = []
    for head in sorted(beginning[:HEAD] for beginning in beginnings if beginning):
        if not heads or not head.startswith(heads[-1]):
            heads.append(head)
    return Words(heads)


def _smallest(words: Iterable[str]) -> tuple[str, ...]:
    kept: list[str] = []
    for word in sorted(set(words), key=len):
        if not any(other in word for other in kept):
            kept.append(word)
    return tuple(kept)


def _templates() -> Iterator[Template]:
    """All templates of messages about CORS in English, browsers' and servers': frames, reasons, and what stands before reasons."""
    for table in (
        w.CHROMIUM_FRAMES, w.CHROMIUM_REASONS, w.FIREFOX_REASONS, w.WEBKIT_REASONS, w.OLD_WEBKIT_FRAMES,
        w.WEBKIT_SECONDS, w.EDGE,
    ):  # fmt: skip
        for wording in table:
            yield wording.template
    yield from (Template(text) for text in w.CHROMIUM_PREFIXES)
    yield from (said.template for said in servers.SAID)
    yield from (one.title for one in issues.ISSUES)
    yield from (*issues.SENTENCES, *issues.WARNINGS)
    yield from (*w.FIREFOX_FRAMES, *w.FIREFOX_WARNINGS, w.WEBKIT_REDIRECTION)
