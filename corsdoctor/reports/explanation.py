"""Console messages explained: what failed and where, what that means, what to do, and the commands that help."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

from corsdoctor import kinds
from corsdoctor.catalogue import by_id
from corsdoctor.fetch.cors_causes import TWO_LAYERS
from corsdoctor.message import Message, url_with_scheme
from corsdoctor.reports.content import Entry, Role
from corsdoctor.reports.layout import Page
from corsdoctor.reports.writer import Style
from corsdoctor.step_sentences import sentence_of_message
from corsdoctor.visible import visible

BROWSERS_TITLES: Final = {
    "chromium": "Chrome or Edge",
    "firefox": "Firefox",
    "webkit": "Safari",
    "edge-legacy": "Edge up to version 18 or Internet Explorer",
}
IN_PREFLIGHT: Final = (
    "The browser asked with a preflight request (OPTIONS) whether the page may send its request. The response did not "
    "allow it, so the request itself was never sent."
)
DID_NOT_SUCCEED: Final = (
    "Firefox prints this for every failure without a response: a refused connection, an unknown host, an untrusted "
    "certificate, an ad blocker. The reason is more often the network than CORS."
)
ALL_THE_SAME: Final = "WebKit and old versions of Chrome print the same if the header is missing."
NO_REASON: Final = "The message does not name the reason, or it was cut off."
HIDDEN_REASON: Final = "This line does not name the reason, but the line before it in the console does. WebKit also prints it after a network failure."
_NOT_REFUSED: Final = frozenset({"acah-lists-authorization", "preflight-answered", "preflight-needed"})
"""Rules about a preflight whose message does not blame a response."""
_SAID_BY_HEADING: Final = frozenset({"acao-present", "actual-answered", "preflight-answered"})
"""The rules whose failure says as much as their requirement."""
_UNREACHABLE: Final = "the server is not running, the host name or port is wrong, or the certificate is not trusted"
_NO_HEADER: Final = "CORS is not configured for this URL, this origin is not on the server's allowlist, or the response is an error page or a redirect without CORS headers"
_NO_ROUTE: Final = "no route handles OPTIONS, the server requires a login before it handles CORS, or it redirects"
_USUAL_CAUSES: Final = {
    # (rule, whether it failed in the preflight): what the message cannot contain
    ("acao-present", True): _NO_ROUTE,
    ("acao-present", False): _NO_HEADER,
    ("acao-present", None): _NO_HEADER,
    ("preflight-status-ok", True): _NO_ROUTE,
    ("actual-answered", None): _UNREACHABLE,
    ("preflight-answered", True): _UNREACHABLE,
}
_ABOUT_THE_ORIGIN: Final = frozenset({"acao-present", "acao-matches-origin"})
_ABOUT_THE_SCHEME: Final = frozenset({"scheme-is-http", "scheme-is-fetchable"})
_INSECURE_PAGE: Final = "not a secure context"  # words of Chromium
_SEVERAL: Final = re.compile(r"\bmultiple\b|more than one", re.I)
_ARTICLES: Final = ("A ", "No ", "The ")
_WITH_COMMAND: Final = "This command shows which rule fails now, and why:"
_OF_KIND: Final = "This command shows what the server answers, and what the browser makes of it:"
_WITH_COMMANDS: Final = "These commands show why it fails now, and print the configuration for your server:"
WITHOUT_COMMAND: Final = (
    "The message contains no URL that can be requested. Check yours: corsdoctor check URL --origin ORIGIN"
)
_MISSING: Final = {
    "page": "The message does not name the page. Replace the origin in the command with the origin of your page.",
    "headers": "The message does not contain the method and headers of the request. Replace those in the command with "
    "those of your request (-X, -H).",
}


@dataclass(frozen=True, slots=True)
class Explained:
    """A message, how often it occurred, the commands that check and fix it, and the result of --replay.

    `missing` is what of the commands is not from the message: "page", "headers".
    """

    message: Message
    command: str | None = None
    missing: tuple[str, ...] = ()
    replayed: str | None = None
    fix_command: str | None = None
    count: int = 1


def as_object(explained: Explained) -> dict[str, Any]:
    """One message as the JSON object that jsonl prints."""
    m = explained.message
    found: dict[str, Any] = {
        "schema_version": 1, "text": m.text, "cors": m.cors, "browser": m.browser, "rule": m.rule, "kind": m.kind,
        "in_preflight": m.in_preflight, "url": m.url, "origin": m.origin, "subject": m.subject, "command": explained.command,
        "failure": None if m.rule is None else sentence_of_message(by_id(m.rule), m),
        "fix_command": explained.fix_command, "count": explained.count,
    }  # fmt: skip
    if explained.replayed is not None:
        found["replayed"] = explained.replayed
    return found


def heading(m: Message) -> str:
    """The subject of a message, in a line."""
    if m.kind is not None:
        title = kinds.by_id(m.kind).title
        return f"Possibly CORS: {title}" if m.kind == kinds.UNKNOWN else f"Not CORS: {title}"
    if m.rule is None:
        return "CORS: the message does not say which rule failed"
    sentence = sentence_of_message(by_id(m.rule), m, after_colon=True)
    return f"CORS: {sentence[0].lower() if sentence.startswith(_ARTICLES) else sentence[0]}{sentence[1:]}"


def place(explained: Explained) -> str:
    """Where it happened: the browser, the page and the URL, and how often."""
    m = explained.message
    values = (
        ("page", m.origin),
        ("URL", m.url),
        ("redirected from", m.first),
        ("status", m.status if m.kind else None),
    )
    named = ", ".join(f"{name} {value}" for name, value in values if value)
    times = f"{explained.count} times" if explained.count > 1 else ""
    browser = m.era or BROWSERS_TITLES.get(m.browser or "", "Several browsers")
    return "; ".join(filter(None, (browser, named, times)))


def paragraphs(explained: Explained) -> list[tuple[str, str]]:
    """(label, text) pairs, in order: what all text formats show."""
    m = explained.message
    if m.kind is not None:
        kind = kinds.by_id(m.kind)
        found = [
            ("Means", kind.what),
            ("CORS", kind.cors),
            *(("Next", text) for text in (kind.fix, *_trial(explained))),
        ]
    else:
        found = [*_meaning(m), *(("Next", text) for text in _next(explained))]
    return found if explained.replayed is None else [("Now", explained.replayed), *found]


def _meaning(m: Message) -> list[tuple[str, str]]:
    before = [IN_PREFLIGHT] if m.in_preflight and m.rule not in _NOT_REFUSED else []
    if m.rule is None:
        return [("Means", " ".join((*before, HIDDEN_REASON if m.browser == "webkit" else NO_REASON)))]
    rule = by_id(m.rule)
    what = [rule.why] if m.rule in _SAID_BY_HEADING else [rule.what, rule.why]
    if m.rule == "actual-answered" and m.browser == "firefox":
        what = [DID_NOT_SUCCEED]
    after = [ALL_THE_SAME] if "acao-present" in m.also else []
    usual = None if _redirected_to_login(m) else _USUAL_CAUSES.get((m.rule, m.in_preflight))
    return [
        ("Means", " ".join((*before, *what, *after))),
        *([("Cause", TWO_LAYERS.text)] if _names_two_layers(m) else []),
        *([] if usual is None else [("Cause", f"Not in the message. Usually {usual}.")]),
    ]


def _redirected_to_login(m: Message) -> bool:
    if m.first is None or m.url is None:
        return False
    from corsdoctor.causes.by_redirect import is_login  # what other messages need not load

    return is_login(m.first, m.url)


def _names_two_layers(m: Message) -> bool:
    """Whether the message says that a header has several values."""
    several = "," in (m.subject or "") or _SEVERAL.search(m.text) is not None
    return m.rule == "acao-matches-origin" and several


def _next(explained: Explained) -> list[str]:
    return [*_actions(explained.message), *(_trial(explained) or [WITHOUT_COMMAND])]


def _trial(explained: Explained) -> list[str]:
    """What introduces the commands; nothing where there is none."""
    if explained.command is None:
        return []
    shows = _OF_KIND if explained.message.kind is not None else _WITH_COMMAND
    missing = (_MISSING[what] for what in explained.missing)
    return [*missing, shows if explained.fix_command is None else _WITH_COMMANDS]


def _actions(m: Message) -> list[str]:
    """What to change, as far as the message shows it."""
    if m.rule is None:
        return []
    url = url_with_scheme(m.url)
    if url is not None and m.rule in _ABOUT_THE_SCHEME:
        return [f"The URL has no http:// or https://. Write {url} in the script."]
    if m.rule == "local-network-access-granted" and _INSECURE_PAGE in m.text:
        from corsdoctor.fetch.before_sending import NOT_OVER_HTTPS  # what other messages need not load

        return [NOT_OVER_HTTPS.fix]
    if m.rule not in _ABOUT_THE_ORIGIN:
        return [by_id(m.rule).fix]
    if _redirected_to_login(m):
        return [
            f"The server redirects {m.first} to a login, in which a script cannot log in. Make the server return 401 "
            "with the CORS headers instead of the redirect, and make the page open the login."
        ]
    fix = TWO_LAYERS.fix if _names_two_layers(m) else by_id(m.rule).fix
    if m.status is not None and m.status.startswith(("4", "5")) and not m.in_preflight:
        return [f"Fix the reason for the status code {m.status} first: error responses often lack CORS headers.", fix]
    return [fix]


def _commands(explained: Explained) -> list[str]:
    return [command for command in (explained.command, explained.fix_command) if command is not None]


def text(explained: Explained, style: Style) -> str:
    """One explanation for a terminal, without a line feed at the end."""
    page, m = Page(style), explained.message
    page.marked("✗" if m.cors else "○", Role.BAD if m.cors else Role.UNSURE, heading(m))
    page.marked(" ", Role.PLAIN, place(explained))
    page.blank()
    before, entries = "", []
    for label, value in paragraphs(explained):
        role = Role.STRONG if label in ("Next", "Now") else Role.PLAIN
        entries.append(Entry("" if label == before else label, value, role, whole=True))
        before = label
    page.labelled(entries)
    for command in _commands(explained):
        page.verbatim(f"  $ {command}")
    page.blank()
    page.labelled([Entry(label, value, Role.FAINT, whole=True) for label, value in _evidence(m)])
    return str(page)


def _evidence(m: Message) -> list[tuple[str, str]]:
    return [("Message", m.text), *([] if m.rule is None else [("Rule", f"{m.rule}: {by_id(m.rule).spec}")])]


def markdown(explained: Explained) -> str:
    """One explanation for an issue or a chat."""
    from corsdoctor.reports.markdown import prose  # what other formats need not load

    m = explained.message
    lines = [f"### {prose(visible(heading(m)))}", "", prose(visible(place(explained))), ""]
    lines += [f"- **{label}**: {prose(visible(value))}" for label, value in paragraphs(explained)]
    commands = _commands(explained)
    if commands:
        lines += ["", _fenced("\n".join(map(visible, commands)), "sh")]
    lines += ["", _fenced(visible(m.text))]
    if m.rule is not None:
        lines += ["", f"Rule [{m.rule}]({by_id(m.rule).spec})"]
    return "\n".join(lines)


def _fenced(text: str, language: str = "") -> str:
    fence = "```"
    while fence in text:
        fence += "`"
    return f"{fence}{language}\n{text}\n{fence}"
