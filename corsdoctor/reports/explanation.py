"""Console messages explained: who says it, what it means, what must change, and the command that tries it again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from corsdoctor.catalogue import by_id
from corsdoctor.message import Message
from corsdoctor.reports.content import Entry, Role
from corsdoctor.reports.kinds import KINDS
from corsdoctor.reports.layout import Page
from corsdoctor.reports.writer import Style
from corsdoctor.step_sentences import sentence_of_message
from corsdoctor.visible import visible

BROWSERS_TITLES: Final = {
    "chromium": "Chrome, Edge or another Chromium browser",
    "firefox": "Firefox",
    "webkit": "Safari or another WebKit browser",
    "edge-legacy": "the old Edge, or Internet Explorer",
}
DID_NOT_SUCCEED: Final = (
    "Firefox prints this for every failure without a response: a refused connection, an unknown host, an untrusted "
    "certificate, an ad blocker. The reason is more often the network than CORS."
)
ALL_THE_SAME: Final = "WebKit and old versions of Chrome print the same if the header is missing."
NO_REASON: Final = "The message does not name the reason, or it was cut off."
HIDDEN_REASON: Final = "This line does not name the reason, but the line before it in the console does. WebKit also prints it after a network failure."
IN_GENERAL: Final = "Run the command below. It shows which rule fails now."
WITHOUT_COMMAND: Final = "Check the URL with 'corsdoctor check URL --origin ORIGIN': it shows which rule fails now."
_MISSING: Final = {
    "page": "The message does not name your page: fill in its origin in the command.",
    "headers": "The message does not contain the method and headers of your request: fill them in in the command.",
}


@dataclass(frozen=True, slots=True)
class Explained:
    """A message, the command that tries it again, and what came of that with --replay.

    `missing` says what of the command is not from the message: "page", "headers".
    """

    message: Message
    command: str | None = None
    missing: tuple[str, ...] = ()
    replayed: str | None = None


def as_object(explained: Explained) -> dict[str, Any]:
    """One message as the JSON object that jsonl prints."""
    m = explained.message
    found: dict[str, Any] = {
        "schema_version": 1, "text": m.text, "cors": m.cors, "browser": m.browser, "rule": m.rule, "kind": m.kind,
        "in_preflight": m.in_preflight, "url": m.url, "origin": m.origin, "subject": m.subject, "command": explained.command,
        "failure": None if m.rule is None else sentence_of_message(by_id(m.rule), m),
    }  # fmt: skip
    if explained.replayed is not None:
        found["replayed"] = explained.replayed
    return found


def heading(m: Message) -> str:
    """What a message is about, in a line."""
    if m.kind is not None:
        what = KINDS[m.kind][0]
        return f"Possibly CORS: {what}" if m.kind == "unknown" else f"Not CORS: {what}"
    if m.rule is None:
        return "CORS: the message does not say which rule failed"
    return f"CORS: {sentence_of_message(by_id(m.rule), m, after_colon=True)}"


def paragraphs(explained: Explained) -> list[tuple[str, str]]:
    """(label, text) pairs, in order: what all text formats show."""
    m = explained.message
    said_by = BROWSERS_TITLES.get(m.browser or "", "more than one browser")
    found = [("said by", f"{said_by} ({m.era})" if m.era else said_by)]
    if m.cors and m.rule is not None:
        found.append(("rule", m.rule))
    if m.in_preflight is not None:
        found.append(("in", "the preflight (OPTIONS)" if m.in_preflight else "the request itself, not the preflight"))
    for label, value in (("URL", m.url), ("page", m.origin), ("names", m.subject), ("status", m.status)):
        if value:
            found.append((label, value))
    found.extend(_meaning(explained))
    if explained.replayed is not None:
        found.append(("now", explained.replayed))
    return found


def _meaning(explained: Explained) -> list[tuple[str, str]]:
    m = explained.message
    if not m.cors:
        _, what, fix = KINDS[m.kind or "unknown"]
        return [("means", what), ("next", fix)]
    if m.rule is None:
        hidden = m.browser == "webkit"
        return [
            ("means", HIDDEN_REASON if hidden else NO_REASON),
            ("next", IN_GENERAL if explained.command is not None else WITHOUT_COMMAND),
        ]
    rule = by_id(m.rule)
    what = DID_NOT_SUCCEED if m.rule == "actual-answered" else rule.what
    if "acao-present" in m.also:
        what = f"{what} {ALL_THE_SAME}"
    return [("means", what), ("why", rule.why), ("next", rule.fix)]


def text(explained: Explained, style: Style) -> str:
    """One explanation for a terminal, without a line feed at the end."""
    page, m = Page(style), explained.message
    page.marked("✗" if m.cors else "○", Role.BAD if m.cors else Role.UNSURE, heading(m))
    entries = [Entry("message", m.text, Role.FAINT, whole=True)]
    entries += [
        Entry(label, value, _role(label), whole=label not in ("URL", "names")) for label, value in paragraphs(explained)
    ]
    page.labelled(entries)
    if explained.command is not None:
        page.blank()
        page.lines.append(f"  $ {visible(explained.command)}")
        for what in explained.missing:
            page.text(_MISSING[what], Role.FAINT)
    return str(page)


def _role(label: str) -> Role:
    return {"next": Role.STRONG, "now": Role.STRONG}.get(label, Role.PLAIN)


def markdown(explained: Explained) -> str:
    """One explanation for an issue or a chat."""
    from corsdoctor.reports.markdown import prose  # what other formats need not load

    lines = [f"### {prose(visible(heading(explained.message)))}", "", _fenced(visible(explained.message.text)), ""]
    for label, value in paragraphs(explained):
        plain = label in ("said by", "in", "means", "why", "next", "now")
        lines.append(f"- **{label}**: {value if plain else _code(visible(value))}")
    if explained.command is not None:
        lines += ["", _fenced(visible(explained.command), "sh")]
        lines += [line for what in explained.missing for line in ("", _MISSING[what])]
    return "\n".join(lines)


def _fenced(text: str, language: str = "") -> str:
    fence = "```"
    while fence in text:
        fence += "`"
    return f"{fence}{language}\n{text}\n{fence}"


def _code(text: str) -> str:
    return f"`` {text} ``" if "`" in text else f"`{text}`"
