"""What a message of the old Edge or of Internet Explorer says."""

from __future__ import annotations

from typing import Final

from corsdoctor.console import wordings as w
from corsdoctor.console.normalize import NormalizedText
from corsdoctor.console.reasons import Found, message_of
from corsdoctor.message import Message
from corsdoctor.pattern import Pattern


def edge(normalized: NormalizedText, at: int, limit: int) -> Found | None:
    """One message SEC71xx: its words where they are English, else its number."""
    for wording in w.EDGE:
        matched = wording.template.match(normalized, at, limit)
        if matched is not None:
            return message_of(wording, matched[0]), matched[1]
    key = w.EDGE_NUMBERS.get(normalized.text[at : at + len("SEC7120")])
    if key is None:
        return None
    (rule, _, detail), end = key.partition("/"), normalized.line_end(at, limit)
    named = _NAMED.compiled.match(normalized.text, at, end)
    subject = named["name"] if named is not None else None
    return Message(
        "", True, "edge-legacy", rule or None, in_preflight=w.preflight_only(key), subject=subject, era=w.EDGE_ERA,
        detail=detail,
    ), end  # fmt: skip


_NAMED: Final = Pattern(r"SEC712[34]: Request (?:header|method) (?P<name>\S{1,200}) was not present")
