"""What the network and issues panels of Chromium and its DevTools Protocol say of blocked requests: rows of others.py."""

from __future__ import annotations

from typing import Final

from corsdoctor.console.other import ALONE, Other, beside

_REASONS: Final = {
    "csp": "csp",
    "mixed-content": "mixed-content",
    "origin": "frame/load",
    "other": "ad-blocker",
    "inspector": "ad-blocker/devtools",
    "devtools": "ad-blocker/devtools",
    "content-type": "mime-type",
    "subresource-filter": "ad-blocker",
}
"""The kinds by the values of BlockedReason that other tables do not have."""
BLOCKED_REASON: Final = "blockedReason"
PANELS: Final = (
    *(Other(kind, "chromium", rf"\(blocked:{reason}\)", beside) for reason, kind in _REASONS.items()),
    *(Other(kind, "chromium", rf"{BLOCKED_REASON}[\"']?: ?[\"']{reason}") for reason, kind in _REASONS.items()),
    *(Other("csp", "chromium", rf"{before}ERR_BLOCKED_BY_CSP", beside) for before in ("net::", ALONE)),
    Other("csp", "chromium", r"Content Security Policy of your site blocks some resources"),
    Other("corp", "chromium", r"Specify a more permissive Cross-Origin Resource Policy to (?:stop|prevent) a resource"),
    Other("corp/embedder", "chromium", r"Specify a Cross-Origin Resource Policy to (?:stop|prevent) a resource from being blocked(?: Because your site has the Cross-Origin Embedder Policy \(COEP\) enabled)?"),
    Other("corp/embedder", "chromium", r"Specify a Cross-Origin Embedder Policy to stop this frame from being blocked(?: Because your site has the Cross-Origin Embedder Policy \(COEP\) enabled)?"),
    Other("unknown", "firefox", r"NS_ERROR_DOM_BAD_URI", beside),
)  # fmt: skip
