"""Console messages explained: what failed and where, what that means, what to do, and the commands that help."""

from __future__ import annotations

from typing import Any, Final

from corsdoctor import kinds
from corsdoctor.catalogue import by_id
from corsdoctor.causes.by_message import cause_of
from corsdoctor.message import A_SERVER, BEACON, PROGRAM, REDIRECTION, SERVER_ALONE, WITH_CREDENTIALS, Message, is_cut
from corsdoctor.pattern import Pattern
from corsdoctor.record import Record
from corsdoctor.reports.content import Entry, Role
from corsdoctor.reports.layout import Page
from corsdoctor.reports.messages import actions, meaning, refused
from corsdoctor.reports.writer import Style
from corsdoctor.step_sentences import sentence_of_message
from corsdoctor.visible import visible

_UNQUOTED: Final = Pattern(r"https?://[a-z0-9.-]+(?::\d+)?")
"""An origin that is one word for every shell."""
_NAME: Final = Pattern(r"[A-Za-z][\w-]*")
"""The name of a method or of a header."""
BROWSERS_TITLES: Final = {
    "chromium": "Chrome or Edge",
    "firefox": "Firefox",
    "webkit": "Safari",
    "jsdom": "jsdom",
    "edge-legacy": "Edge up to version 18 or Internet Explorer",
}
_ARTICLES: Final = ("A ", "No ", "The ")
_WITH_COMMAND: Final = "This command shows which rule fails now, and why:"
_OF_KIND: Final = "This command shows what the server answers, and what the browser makes of it:"
_BESIDE_THE_PERMISSION: Final = "This command shows whether CORS blocks the request too:"
_OF_INTEGRITY: Final = "This command shows whether CORS allows the file. It does not compute the hash:"
_WITH_COMMANDS: Final = "These commands show why it fails now, and print the configuration for your server:"
_WITH_FIX: Final = "This command prints the configuration. Replace the words in capital letters:"
_ENTRY: Final = "Entry of a log"
_OPTIONS_FAILED: Final = "server returned {status} to OPTIONS"
_OF_GATEWAY: Final = "This command prints the CORS configuration of the gateway. Replace the words in capital letters:"
MASKED: Final = "masked"  # what `missing` calls a URL in which secrets are masked
WITHOUT_COMMAND: Final = "The message contains no URL that can be requested. Check yours:"
WITH_CUT_URL: Final = "The URL in the message is cut off. Check the whole one:"
WITH_RELATIVE_URL: Final = "The URL in the message is relative. Check it with scheme and host:"
_MISSING: Final = {
    "page": "The message does not name the page. Replace the origin in the command with the origin of your page.",
    "origin": "What the message calls the origin is not one that can be sent. Replace the origin in the command with the "
    "origin of your page.",
    "method": "The message does not name the method, so the one in the command is a guess. Replace it with the method of "
    "your request (-X).",
    "headers": "The message does not contain the headers of the request, so those in the command are a guess. Replace "
    "them with those of your request (-H).",
    "method and headers": "The message does not contain the method and headers of the request. Replace those in the "
    "command with those of your request (-X, -H).",
    REDIRECTION: "The URL in the message is where a redirect leads. Replace it in the command with the URL that the script "
    "requests.",
    SERVER_ALONE: "The message names only the server. Replace the URL in the command with the whole URL that the page requests.",
    "credentials": "The message does not show whether the request sends cookies. If it does, add --credentials include: * then "
    "does not stand for every method and header.",
    "send": "The redirect comes in response to the request itself, which may change data. The command sends it only with --send.",
    "preflight": "The message does not show whether the response is that of a preflight request. If your request has another "
    "method than GET or headers of its own, add them to the command (-X, -H). A request that may change data is sent only "
    "with --send.",
    "upload": "If the script listens for upload progress, add --upload-listener, because that triggers a preflight too.",
    "element": "The message does not show what requests the URL. If it is not an image, replace the value of --as.",
    "embedder": "If the page sends Cross-Origin-Embedder-Policy, add the header to the command (--page-header).",
    "null": "Origin null is that of a sandboxed page or a local file, and what the browser sends after a redirect from another "
    "origin. If your page has an origin, replace that in the command, and the URL with the one that the page requests.",
    "own value": "If the value that the server sends is the origin of your page, a redirect led to this URL from another origin, and "
    "the request had Origin: null. Then replace the URL in the command with the one that the page requests.",
    MASKED: "The URL in the command is masked. Replace *** with what it hides, or run explain with --show-secrets.",
    BEACON: "The message does not contain the content type of the beacon, so the one in the command is a guess. Replace it with "
    "the type of your Blob (-H).",
}


class Explained(Record):
    """A message, the commands that check and fix it, the result of --replay, how often it occurred, and with how many other URLs.

    `missing` is what of the commands is not from the message, by the keys of `_MISSING`.
    """

    message: Message
    command: str | None = None
    missing: tuple[str, ...] = ()
    replayed: str | None = None
    fix_command: str | None = None
    times: int = 1
    other_urls: int = 0


def as_object(explained: Explained) -> dict[str, Any]:
    """One message as the JSON object that jsonl prints."""
    m = explained.message
    found: dict[str, Any] = {
        "schema_version": 1, "text": m.text, "cors": m.cors, "browser": m.browser, "rule": m.rule, "kind": m.kind, "case": m.case,
        "in_preflight": m.in_preflight, "url": m.url, "origin": m.origin, "subject": m.subject, "command": explained.command,
        "failure": _failure(m), "fix_command": explained.fix_command, "count": explained.times, "server": m.server,
        "cause": m.cause, "other_urls": explained.other_urls,
    }  # fmt: skip
    if explained.replayed is not None:
        found["replayed"] = explained.replayed
    return found


def _failure(m: Message) -> str | None:
    """What is wrong, as a sentence; None if the message does not say so."""
    said = refused(m)
    if said is not None:
        return said.title[:1].upper() + said.title[1:]
    if m.server is not None:
        return f"The {_OPTIONS_FAILED.format(status=m.status)}"
    return None if m.rule is None else sentence_of_message(by_id(m.rule), m, cause_of(m))


def heading(m: Message) -> str:
    """The subject of a message, in a line."""
    kind = kinds.of(m)
    if kind is not None:
        return kind.heading
    said = refused(m)
    if said is not None:
        return f"CORS: {said.title}"
    if m.server is not None:
        return f"CORS: the {_OPTIONS_FAILED.format(status=m.status)}"
    if m.rule is None:
        return "CORS: the message does not say which rule failed"
    sentence = sentence_of_message(by_id(m.rule), m, cause_of(m), after_colon=True)
    return f"CORS: {sentence[0].lower() if sentence.startswith(_ARTICLES) else sentence[0]}{sentence[1:]}"


def place(explained: Explained) -> str:
    """Where it happened: the browser, the page and the URL, and how often. "" if the message shows none of it."""
    m = explained.message
    values = (
        ("page", m.origin),
        ("URL", _urls(explained)),
        ("redirected from", m.first),
        ("status", m.status if m.kind else None),
    )
    named = ", ".join(f"{name} {value}" for name, value in values if value)
    times = f"{explained.times} times" if explained.times > 1 else ""
    browser = m.era or BROWSERS_TITLES.get(m.browser or "", "Several browsers" if m.cors else "")
    if m.detail == PROGRAM:
        browser = "A program that is not a browser"
    if m.server is not None:
        browser = _ENTRY if m.entry and m.server == A_SERVER else f"Words of {m.server}"
    return "; ".join(filter(None, (browser, named, times)))


def _urls(explained: Explained) -> str | None:
    others = explained.other_urls
    return f"{explained.message.url} and {others} more" if others else explained.message.url


def paragraphs(explained: Explained) -> list[tuple[str, str]]:
    """(label, text) pairs, in order: what all text formats show."""
    m = explained.message
    kind = kinds.of(m)
    if kind is not None:
        found = [
            ("Means", kind.what),
            ("CORS", kind.cors),
            *(("Next", text) for text in (kind.fix, *(_trial(explained) or _cut(m) or _of_gateway(explained)))),
        ]
    else:
        found = [*meaning(m), *(("Next", text) for text in _next(explained))]
    return found if explained.replayed is None else [("Now", explained.replayed), *found]


def _next(explained: Explained) -> list[str]:
    m = explained.message
    if explained.command is None and (
        m.cause is not None or (m.server is not None and explained.fix_command is not None)
    ):
        return [*actions(m), *([] if explained.fix_command is None else [_WITH_FIX])]
    return [*actions(m), *(_trial(explained) or [_without_command(m)])]


def _of_gateway(explained: Explained) -> list[str]:
    return [] if explained.fix_command is None else [_OF_GATEWAY]


def _cut(m: Message) -> list[str]:
    """What is said instead of a command if the URL of a message that is not about CORS was cut off."""
    return [_without_command(m)] if m.url is not None and is_cut(m.url) else []


def _without_command(m: Message) -> str:
    """What is said instead of the commands, with one to complete by hand."""
    page = m.origin if m.server is not None and _UNQUOTED.compiled.fullmatch(m.origin or "") else "ORIGIN"
    return f"{_lacking(m.first or m.url)} corsdoctor check URL --origin {page}{_needed(m)}"


def _needed(m: Message) -> str:
    """What the command needs besides, without which the failure would not occur."""
    credentials = " --credentials include" if m.rule in WITH_CREDENTIALS else ""
    named = m.subject if m.subject is not None and _NAME.compiled.fullmatch(m.subject) is not None else None
    if m.rule == "acam-lists-method" and named is not None:
        return f" -X {named}"
    if m.rule == "acah-lists-headers" and named is not None:
        return f" -H '{named}: 1'"
    if m.rule == "acah-lists-authorization":
        return " -H 'Authorization: Bearer 1'"
    return f" -X METHOD{credentials}" if m.in_preflight else credentials


def _lacking(url: str | None) -> str:
    """What the URL of a message lacks."""
    if url is not None and is_cut(url):
        return WITH_CUT_URL
    return WITH_RELATIVE_URL if url is not None and url.startswith(("/", "?", "./", "../")) else WITHOUT_COMMAND


def _trial(explained: Explained) -> list[str]:
    """What introduces the commands; nothing where there is none."""
    if explained.command is None:
        return []
    return [*(_MISSING[what] for what in explained.missing), _lead(explained)]


def _lead(explained: Explained) -> str:
    """What the commands show that stand below it."""
    if explained.fix_command is not None:
        return _WITH_COMMANDS
    if explained.message.rule == "local-network-access-granted":
        return _BESIDE_THE_PERMISSION
    if explained.message.kind == "integrity":
        return _OF_INTEGRITY
    return _WITH_COMMAND if explained.message.kind is None else _OF_KIND


def _commands(explained: Explained) -> list[str]:
    return [command for command in (explained.command, explained.fix_command) if command is not None]


def text(explained: Explained, style: Style) -> str:
    """One explanation for a terminal, without a line feed at the end."""
    page, m = Page(style), explained.message
    page.marked("✗" if m.cors else "○", Role.BAD if m.cors else Role.UNSURE, heading(m))
    where = place(explained)
    if where:
        page.marked(" ", Role.PLAIN, where)
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
    where = place(explained)
    lines = [f"### {prose(visible(heading(m)))}", "", *((prose(visible(where)), "") if where else ())]
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
