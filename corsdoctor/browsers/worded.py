"""How each browser words the failure of a rule, with {fields} where the request's own values stand."""

from __future__ import annotations

from typing import Final

from corsdoctor.browsers import chromium_templates, firefox_templates, webkit_templates

_FIREFOX_NETWORK: Final = frozenset({"actual-answered", "preflight-answered"})
_TABLES: Final = (
    ("chromium", chromium_templates.REASONS),
    ("firefox", firefox_templates.REASONS),
    ("webkit", {**webkit_templates.REASONS, **webkit_templates.REDIRECTION_REASONS}),
)


def worded(rule_id: str) -> dict[str, tuple[str, ...]]:
    """The words for a rule by browser; an empty tuple where a browser's console says nothing about CORS."""
    found = {
        browser: tuple(dict.fromkeys(text for key, text in table.items() if key.partition("/")[0] == rule_id and text))
        for browser, table in _TABLES
    }
    if rule_id in _FIREFOX_NETWORK:
        found["firefox"] = (firefox_templates.REASONS["did-not-succeed"],)
    if rule_id == "acah-lists-authorization":
        found["firefox"] = (*found["firefox"], firefox_templates.WARNING)
    return found
