"""What is said of the page's own Content Security Policy: rows of others.py."""

from __future__ import annotations

from typing import Final

from corsdoctor.console.other import QUOTED, URL, Other
from corsdoctor.pattern import Pattern

_POLICIES: Final = (
    "Content-Security-Policy: ",
    "Content Security Policy: ",
    "Content-Security-Policy : ",
    "Content Security Policy : ",
)  # Firefox's, today's and that of old versions, each also in French
_SETTINGS: Final = r"The page's settings (?:blocked|observed) "
_NAMES_DIRECTIVE: Final = r".{3,600}?\([\"' ]{0,2}[a-z]{2,10}-src(?:-elem|-attr)?[\"' ]{0,2}\)"
"""What every message about a blocked resource has in brackets, and none about a policy that was not understood."""
_DIRECTIVE: Final = r" violates the following Content Security Policy directive"
# What Chromium does, with a URL and without one.
_TO_A_URL: Final = (
    rf"Connecting to {QUOTED}", rf"Loading the [\w ]{{1,40}} {QUOTED}", rf"Loading (?:media|manifest|plugin data) from {{1,2}}{QUOTED}",
    rf"Framing {QUOTED}", rf"Sending form data to {QUOTED}", rf"Creating a worker from {QUOTED}", rf"Prefetching content from {QUOTED}",
)  # fmt: skip
_INLINE: Final = (
    "Executing (?:an )?inline (?:script|event handler|speculation rules)", "Applying (?:an )?inline style",
    r"Running the JavaScript URL(?: '[^']{0,300}')?",
)  # fmt: skip
_EVAL: Final = ("Evaluating a string as JavaScript", "Compiling or instantiating (?:a )?WebAssembly(?: module)?")
_REPORTED: Final = r"(?:(?!The action has been|The request has been).){0,1200}?The policy is report-only"

_REST: Final = r"[^{}]{0,6000}"  # of the object that a report is
_DIRECTIVE_KEY: Final = rf"(?={_REST}?\"(?:violated|effective)-?[dD]irective\")"
_BLOCKED: Final = r"\"blocked(?:-uri|URI|URL)\": ?\""
_FIRST_KEYS: Final = (
    (r"\"document(?:-uri|URI|URL)\": ?\"(?P<page>[^\"]{1,2000})\"", rf"{_REST}?{_BLOCKED}"),
    (_BLOCKED, ""),
)
"""The first key of a report about a page, and what stands between it and what was blocked."""
_BLOCKED_URL: Final = Pattern(rf"{_BLOCKED}(?P<url>(?:https?|wss?|blob|file):[^\"]{{1,2000}})\"")


def _blocked_url(text: str, begin: int, _end: int) -> str | None:
    """The URL in a report, whose keys may stand in any order."""
    found = _BLOCKED_URL.compiled.search(text, begin, begin + 8000)
    return found["url"] if found is not None else None


CSP: Final = (
    # what browsers send to report-uri and report-to
    *(
        Other(kind, None, rf"{first}{_DIRECTIVE_KEY}(?={evidence}){_REST}", _blocked_url, in_logs=False, needs='irective"')
        for first, between in _FIRST_KEYS
        for kind, evidence in (
            ("csp/report-only", rf"{_REST}?\"disposition\": ?\"report"), ("csp/inline", f"{between}inline"),
            ("csp/eval", rf"{between}(?:wasm-)?eval"), ("csp", ""),
        )
    ),
    Other("csp/report-only", None, rf"\[Report Only\] Refused to (?:\w{{1,20}} ){{1,5}}'?(?:{URL}'? (?:because )?|\w)"),
    *(
        Other("csp/report-only", "chromium", rf"{words}{_DIRECTIVE}{_REPORTED}")
        for words in (*_TO_A_URL, *_INLINE, *_EVAL)
    ),
    Other("frame", "chromium", rf"Framing {QUOTED}{_DIRECTIVE}: \"frame-ancestors"),
    *(Other("csp", "chromium", rf"{words}{_DIRECTIVE}") for words in _TO_A_URL),
    *(Other("csp/inline", "chromium", rf"{words}{_DIRECTIVE}") for words in _INLINE),
    *(Other("csp/eval", "chromium", rf"{words}{_DIRECTIVE}") for words in _EVAL),
    Other("csp", "chromium", rf"Fetch API cannot load {URL}\. Refused to connect because it violates"),
    *(
        Other("csp", "chromium", rf"Refused to {verb} '(?P<url>[^']{{1,2000}})' because it violates the (?:following|document's) Content")
        for verb in ("connect to", "load the script", "load the image", "load the font", "load the stylesheet", "load media from",
                     "load manifest from", "load plugin data from", "send form data to", "create a worker from", "load")
    ),
    *(
        Other("csp", "chromium", rf"Refused to {verb} '[^'\s]{{1,2000}}(?=\s|$)", in_logs=False)  # cut off in the URL
        for verb in ("connect to", "load the script", "load the image", "load the font", "load the stylesheet", "send form data to")
    ),
    Other("frame", "chromium", r"Refused to frame '(?P<url>[^']{1,2000})' because an ancestor violates"),
    Other("csp", "chromium", r"Refused to frame '(?P<url>[^']{1,2000})' because"),
    Other("csp", "webkit", rf"Refused to (?:connect to|load|execute|apply) {URL} because it (?:violates|does not appear in|appears in)"),
    Other("csp/inline", "chromium", r"Refused to execute (?:inline (?:script|event handler)|JavaScript URL) because (?:it|its hash)"),
    Other("csp/inline", "chromium", r"Refused to (?:apply inline style|run the JavaScript URL) because it"),
    Other("csp/inline", "webkit", r"Refused to (?:execute a script|apply a stylesheet)(?: for an inline event handler)? because (?:its hash|'unsafe-inline')"),
    Other("csp/eval", None, r"Refused to evaluate a string as JavaScript because"),
    Other("csp/eval", None, r"Refused to (?:compile or instantiate|create a) WebAssembly (?:module|object) because"),
    Other("csp/eval", "chromium", r"Code generation from strings disallowed for this context"),
    Other("csp", "chromium", r"Refused to (?:load|execute|apply|connect|run)\b(?:(?! because ).){0,300} because it violates the (?:following|document's) Content Security Policy"),
    Other("csp", None, r"Refused to (?:load|execute|apply|connect|run)[^.]{0,200} because (?:it |unsafe|'unsafe|its hash)[^.]{0,200}Content Security Policy"),
    # what is ignored, and what only reports
    Other("csp/ignored", "chromium", r"Unrecognized Content-Security-Policy directive '"),
    Other("csp/ignored", "chromium", r"Ignoring duplicate Content-Security-Policy directive '"),
    Other("csp/ignored", "chromium", r"The Content-Security-Policy directive '[^']{1,60}' (?:is|contains|does not)"),
    Other("csp/ignored", None, r"The Content Security Policy directive '[^']{1,60}' (?:is ignored|contains|should be empty)"),
    Other("csp/ignored", None, r"The source list for (?:the )?Content Security Policy directive '[^']{1,60}' contains"),
    Other("csp/ignored", "chromium", r"The Content Security Policy '[^\"]{1,2000}?' was delivered via a <meta> element outside"),
    Other("csp/report-only", None, r"The Content Security Policy '[^\"]{1,2000}?' was delivered in report-only mode"),
    Other("csp/report-only", "chromium", r"The report-only Content Security Policy '"),
    *(Other("csp", None, rf"{because} it violates the following Content Security Policy directive: ", in_logs=False) for because in ("because", "Because")),
    # Firefox
    *(
        row
        for start in _POLICIES
        for row in (
            Other("csp/report-only", "firefox", rf"{start}\(Report-Only policy\) The page's settings would block [^.]{{0,80}} at '?\"?{URL}'?\"?(?=\.?['\"]?(?: |$))"),
            Other("csp/report-only", "firefox", rf"{start}\(Report-Only policy\) "),
            Other("csp/report-only", "firefox", rf"{start}The page's settings observed [^.]{{0,80}} at '?\"?{URL}'?\"?(?=\.?['\"]?(?: |$))"),
            Other("csp/report-only", "firefox", rf"{start}The page's settings observed "),
            Other("csp/report-only", "firefox", rf"{start}This site \([^)]{{0,2000}}\) has a Report-Only policy"),
            Other("csp/inline", "firefox", rf"{start}{_SETTINGS}(?:an inline (?:script|style)|an event handler|a JavaScript URL)"),
            Other("csp/inline", "firefox", rf"{start}{_SETTINGS}the loading of a resource at (?:inline|self) \("),
            Other("csp/eval", "firefox", rf"{start}{_SETTINGS}(?:a JavaScript eval|WebAssembly)"),
            Other("csp/eval", "firefox", rf"{start}{_SETTINGS}the loading of a resource at eval \("),
            Other("frame", "firefox", rf"{start}{_SETTINGS}the loading of a resource \(frame-ancestors\)"),
            Other("csp", "firefox", rf"{start}{_SETTINGS}[^.]{{0,60}} at '?\"?{URL}'?\"?(?=\.?['\"]?(?: |$))"),
            Other("csp", "firefox", rf"{start}{_SETTINGS}"),
            Other("csp/upgraded", "firefox", rf"{start}Upgrading insecure request '{URL}' to use "),
            Other("mixed-content", "firefox", rf"{start}Blocking insecure request '{URL}'(?=[.\s]|$)"),
            Other("csp/upgraded", "firefox", rf"{start}[^'\":]{{3,120}}[\"'] ?{URL} ?[\"'][^'\":]{{1,60}}[\"'] ?https ?[\"']"),  # in another language
            Other("csp", "firefox", rf"{start}(?={_NAMES_DIRECTIVE})(?:[^:]{{3,200}}?[ '\"(]{URL}(?=['\"]?[.,]?(?:[\s)]|$)))?"),  # the same
            Other("csp/ignored", "firefox", start),
        )
    ),
)  # fmt: skip
