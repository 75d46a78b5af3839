"""Messages about CORS in another case, in other quotation marks or in none: the same text in the letters that browsers print."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

from corsdoctor.console import wordings as w
from corsdoctor.console.panels import FIREFOX_LABELS
from corsdoctor.console.template import Template

LONGEST: Final = 8192  # characters of a text that is read so: longer ones are logs, which nobody retypes
_HINTS: Final = (
    "cors policy",
    "cros policy",
    "api cannot load ",
    "url scheme",
    "access-control-",
    "access control check",
    "cross-origin request",
    "same origin policy disallows",
    "preflight",
    "cors request",
    *(label.lower() for label in FIREFOX_LABELS),
    "allow-origin",
)
_KINDS: Final = ("fetch", "XMLHttpRequest", "script", "image", "font", "CSS stylesheet", "manifest", "resource")
_VERDICT: Final = "blocked by CORS policy"  # what is left of a frame that was cut off
_LEAST: Final = 7  # characters of a piece that is looked for


_NO_HEADER: Final = re.compile(
    r"(?:(?<=CORS policy: )|(?=[^.\n]{20,80}on (?:the )?requested ?resource))no ?['\"]?Access-Control-Allow-Origin['\"]? ?header(?: ?(?:is|was))?"
    r" ?(?:present|found|set)(?: on (?:the )?requested ?resource)?\.?",
    re.IGNORECASE,
)
_BEGINS: Final = "Cross-Origin Request Blocked: The Same Origin Policy disallows reading"
_NOT_OK: Final = re.compile(
    r"\bpreflight (?:response|request) (?:doesn't|does not) have (?:an )?HTTP ok status\.?", re.IGNORECASE
)
_BLOCKED: Final = re.compile(
    r"Cross[- ]Origin Requests? (?:(?:was|were|is|has been) )?blocked[:.]? (?:by )?(?:the )?Same[- ]Origin Policy (?:\w+ ){1,4}remote resources? ?(?:located )?(?:at|on|from)",
    re.IGNORECASE,
)
_SAME_ORIGIN: Final = re.compile(r"(?:The )?Same Origin Policy disallows reading the remote resource")
_BLOCKED_BY_FIREFOX: Final = "request blocked"
_LABELS: Final = {re.sub(r"[ -]", "", label.lower()): label for label in FIREFOX_LABELS}
_LABEL: Final = re.compile(
    r"^(?P<before>[\s>*`'\"-]{0,10})(?P<label>CORS(?:[ -][A-Za-z]{2,12}){1,6})(?=[\s.`'\"*]{0,10}$)",
    re.IGNORECASE | re.MULTILINE,
)
_LOOSE: Final = (
    (re.compile(r"\b(?:CORS-|CROS[ -])policy\b", re.IGNORECASE), "CORS policy"),
    (_NO_HEADER, "No 'Access-Control-Allow-Origin' header is present on the requested resource."),
    (_BLOCKED, f"{_BEGINS} the remote resource at"),
    (re.compile(r"\bAccess-Control-Allow-(Header|Method)(?![\w-])", re.IGNORECASE), r"Access-Control-Allow-\1s"),
    (re.compile(r"\bAccess-Control-Allow-Origins\b", re.IGNORECASE), "Access-Control-Allow-Origin"),
    (
        re.compile(
            r"\bResponse (?:to|for) (?:the )?preflight(?: request)? (?:is|was) invalid \(redirect\)", re.IGNORECASE
        ),
        "Response for preflight is invalid (redirect)",
    ),
    (_NOT_OK, "Response to preflight request doesn't pass access control check: It does not have HTTP ok status."),
)
"""What people write, and what the browser prints instead."""


def retyped(text: str) -> str | None:
    """`text` with the fixed words of messages as browsers print them; None if it holds none, or all as they print them."""
    if len(text) > LONGEST or not any(hint in text.lower() for hint in _HINTS):
        return None
    words, pieces = _words(), _pieces()
    found = words.sub(lambda match: pieces[_folded(match[0])], _as_said(text))
    return found if found != text else None


def _as_said(text: str) -> str:
    """`text` with the sentences of `_LOOSE` as browsers print them, and Firefox's with the beginning that it lost."""
    text = _LABEL.sub(_as_label, text)
    for words, as_said in _LOOSE:
        text = words.sub(as_said, text)
    return text if _BLOCKED_BY_FIREFOX in text.lower() else _SAME_ORIGIN.sub(f"{_BEGINS} the remote resource", text)


def _as_label(match: re.Match[str]) -> str:
    label = _LABELS.get(re.sub(r"[ -]", "", match["label"].lower()))
    return match[0] if label is None else match["before"] + label


@cache
def _pieces() -> dict[str, str]:
    """The fixed words of all messages, by how they look without case and quotation marks."""
    return {_folded(piece): piece for piece in sorted(set(_fixed()), key=len)}


@cache
def _words() -> re.Pattern[str]:
    longest_first = sorted(_pieces().values(), key=len, reverse=True)
    return re.compile("|".join(map(_expression, longest_first)), re.IGNORECASE)


def _folded(text: str) -> str:
    return re.sub(r"['\":]", "", text.lower())


def _expression(piece: str) -> str:
    """`piece` with any quotation marks, or none, and perhaps without its colons."""
    return "".join("['\"]?" if c in "'\"" else ":?" if c == ":" else re.escape(c) for c in piece)


def _fixed() -> Iterator[str]:
    templates = [w.FIREFOX_FRAMES[-1], w.FIREFOX_WARNINGS[-1], w.WEBKIT_REDIRECTION]
    templates += map(Template, w.CHROMIUM_PREFIXES)
    for table in (w.CHROMIUM_FRAMES, w.CHROMIUM_REASONS, w.FIREFOX_REASONS, w.WEBKIT_REASONS, w.WEBKIT_SECONDS):
        templates += [wording.template for wording in table]
    yield _VERDICT
    yield from (f"Access to {kind} at '" for kind in _KINDS)
    for template in templates:
        yield from (piece for piece, _ in template.parts if len(piece) >= _LEAST)
