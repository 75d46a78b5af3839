"""All wordings about CORS that are recognized: today's, from the browsers' own templates, and those of older versions.

A wording's key is a rule's id, perhaps with a distinction behind a slash. `in_preflight` is True or False where the words
say so. Frames hold a {reason}; the reasons of each browser are tried where one stands.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from corsdoctor.browsers import chromium_templates, firefox_templates, webkit_templates
from corsdoctor.console.template import Template
from corsdoctor.lazy import lazy
from corsdoctor.message import BEACON
from corsdoctor.record import Record
from corsdoctor.scenario import Api

PREFLIGHT_RULES: Final = frozenset(
    {"preflight-status-ok", "preflight-answered", "acam-parses", "acah-parses", "acam-lists-method", "acah-lists-headers",
     "acah-lists-authorization"}
)  # fmt: skip
LEAST: Final = 4  # characters of a reason that is cut off, at least
NAMED_RULES: Final = {"did-not-succeed": "actual-answered"}


class Wording(Record):
    """One template of one browser (None: more than one has it), the rule that it means, and since or until when."""

    browser: str | None
    key: str
    template: Template
    era: str = ""
    in_preflight: bool | None = None
    api: str = ""

    @property
    def detail(self) -> str:
        """The distinction in its key."""
        return self.key.partition("/")[2]

    @property
    def rule(self) -> str | None:
        """The id of the rule that it names, None if it names none."""
        rule = self.key.partition("/")[0]
        return NAMED_RULES.get(rule, rule) or None


class Reasons(tuple[Wording, ...]):
    """The reasons of a browser."""

    def at(self, text: str, at: int) -> tuple[Wording, ...]:
        """Those that may stand at `at`, whole or cut off."""
        return self._by_beginning.get(text[at : at + LEAST], self._short)

    @lazy
    def _by_beginning(self) -> dict[str, tuple[Wording, ...]]:
        starts = {wording.template.start[:LEAST] for wording in self}
        return {
            start: tuple(wording for wording in self if start.startswith(wording.template.start[:LEAST]))
            for start in starts
        }

    @lazy
    def _short(self) -> tuple[Wording, ...]:
        return tuple(wording for wording in self if len(wording.template.start) < LEAST)


@cache
def requoted(wordings: Reasons, quote: str) -> Reasons:
    """With other quotation marks: none, as a shell leaves them, or double ones, as in Canadian English."""
    return Reasons(
        wording._replace(template=Template(re.sub("[\u2018\u2019']", quote, wording.template.text)))
        for wording in wordings
    )


def preflight_only(key: str) -> bool | None:
    """True where the rule of `key` is only ever about a preflight; None if it may be about either."""
    return True if key.partition("/")[0] in PREFLIGHT_RULES else None


def _reasons(browser: str, table: dict[str, str]) -> tuple[Wording, ...]:
    return tuple(
        Wording(browser, key, Template(text), "", preflight_only(key))
        for key, text in table.items()
        if text
    )  # fmt: skip


# --- Chromium

CHROMIUM_KINDS: Final = {
    **{kind.lower(): str(api) for api, kind in reversed(chromium_templates.KINDS.items()) if api is not Api.BEACON},  # the first of each
    "audio": "media", "css stylesheet": "stylesheet", "resource": "eventsource",
}  # fmt: skip
OLD: Final = "Chrome up to about version 69"
CHROMIUM_FRAMES: Final = tuple(
    Wording("chromium", "", Template(text), era)
    for text, era in (
        ("Access to {kind} at '{url}' (redirected from '{first}') from origin '{origin}' has been blocked by CORS policy: {reason}", ""),
        ("Access to {kind} at '{url}' from origin '{origin}' has been blocked by CORS policy: {reason}", ""),
        ("Access to {kind} at '{url}' from origin '{origin}' has been blocked by CORS policy{reason}", ""),
        ("Access to {kind} at '{url}' from origin '{origin}'{reason}", ""),
        ("Redirect from '{url}' to '{other}' has been blocked by CORS policy: {reason}", "Chrome 52 to 69"),
        ("Redirect from '{url}' has been blocked by CORS policy: {reason}", "Chrome 52 to 69"),
        ("Redirect at origin '{url}' has been blocked from loading by Cross-Origin Resource Sharing policy: {reason}", "Chrome 43 to 51"),
        ("XMLHttpRequest cannot load {url}. {reason}", "Chrome up to version 58"),
        ("Fetch API cannot load {url}. {reason}", "Chrome up to version 58"),
        ("EventSource cannot load {url}. {reason}", "Chrome up to version 58"),
        ("Failed to load {url}: {reason}", "Chrome 59 to 69"),
        ("Font from origin '{url}' has been blocked from loading by Cross-Origin Resource Sharing policy: {reason}", "Chrome up to version 51"),
        ("Image from origin '{url}' has been blocked from loading by Cross-Origin Resource Sharing policy: {reason}", "Chrome up to version 51"),
        ("Script from origin '{url}' has been blocked from loading by Cross-Origin Resource Sharing policy: {reason}", "Chrome up to version 51"),
        ("Text track from origin '{url}' has been blocked from loading by Cross-Origin Resource Sharing policy: {reason}", "Chrome up to version 51"),
        ("Text track from origin '{url}' has been blocked from loading: {reason}", "Chrome up to version 51"),
        ("Imported resource from origin '{url}' has been blocked from loading by Cross-Origin Resource Sharing policy: {reason}", "Chrome up to version 51"),
        ("CSS stylesheet from origin '{url}' has been blocked from loading by Cross-Origin Resource Sharing policy: {reason}", "Chrome up to version 51"),
        ("Video from origin '{url}' has been blocked from loading by Cross-Origin Resource Sharing policy: {reason}", "Chrome up to version 51"),
        ("Audio from origin '{url}' has been blocked from loading by Cross-Origin Resource Sharing policy: {reason}", "Chrome up to version 51"),
    )
)  # fmt: skip
KIND_BY_START: Final = {
    "XMLHttpRequest cannot load ": "xmlhttprequest",
    "Fetch API cannot load ": "fetch",
    "EventSource cannot load ": "resource",
    "Font from origin '": "font",
    "Image from origin '": "image",
    "Script from origin '": "script",
    "CSS stylesheet from origin '": "css stylesheet",
    "Video from origin '": "video",
    "Audio from origin '": "audio",
}
CHROMIUM_PREFIXES_UNQUOTED: Final = ("Response to preflight request doesnt pass access control check: ",)
CHROMIUM_PREFIXES: Final = ("Response to preflight request doesn't pass access control check: ",)
_SCHEMES: Final = frozenset({"scheme-is-http", "location-is-http"})  # their list differs from version to version
CHROMIUM_REASONS: Final = Reasons((
    *_reasons("chromium", {k: t for k, t in chromium_templates.REASONS.items() if k not in _SCHEMES}),
    *(
        Wording("chromium", key, Template(text), era, preflight)
        for key, text, era, preflight in (
            ("acao-not-wildcard-with-credentials", "A wildcard '*' cannot be used in the 'Access-Control-Allow-Origin' header when the credentials flag is true.", OLD, None),
            ("acao-not-wildcard-with-credentials", "Wildcards cannot be used in the 'Access-Control-Allow-Origin' header when the credentials flag is true.", OLD, None),
            ("acac-true", "Credentials flag is 'true', but the 'Access-Control-Allow-Credentials' header is '{value}'. It must be 'true' to allow credentials.", OLD, None),
            ("response-header-exposed", "Refused to get unsafe header \"{header}\"", "", False),
            ("preflight-status-ok", "Response for preflight has invalid HTTP status code {status}", "Chrome 41 to 69", True),
            ("preflight-status-ok", "Response for preflight does not have HTTP ok status.", "Chrome 67 to 69", True),
            ("preflight-status-ok", "Invalid HTTP status code {status}", "Chrome 38 to 45", True),
            ("preflight-status-ok/redirected", "Response for preflight is invalid (redirect)", "Chrome 45 to 69", True),
            ("preflighted-request-not-redirected", "The request was redirected to '{target}', which is disallowed for cross-origin requests that require preflight.", "Chrome up to version 56", False),
            ("preflighted-request-not-redirected", "The request was redirected to a URL ('{target}') which is disallowed for cross-origin requests that require preflight.", "Chrome up to version 56", False),
            ("preflighted-request-not-redirected", "Request requires preflight, which is disallowed to follow cross-origin redirects.", "Chrome 50 to 56", False),
            ("preflighted-request-not-redirected", "Request requires preflight, which is disallowed to follow cross-origin redirect", "Chrome 50 to 56", False),
            ("location-without-userinfo", "The request was redirected to a URL ('{target}') containing userinfo, which is disallowed for cross-origin requests.", "Chrome up to version 56", False),
            ("location-without-userinfo", "Redirect location '{value}' contains userinfo, which is disallowed for cross-origin requests.", "Chrome 52 to 60", False),
            ("location-is-http", "The request was redirected to a URL ('{target}') which has a disallowed scheme for cross-origin requests.", "Chrome up to version 56", False),
            ("location-is-http", "Redirect location '{target}' has a disallowed scheme for cross-origin requests.", "Chrome 52 to 69", False),
            ("acao-matches-origin", "The 'Access-Control-Allow-Origin' header has a value '{value}' that is not equal to the supplied origin", OLD, None),
            ("acao-matches-origin", "The 'Access-Control-Allow-Origin' header has a value that is not equal to the supplied origin", OLD, None),
            ("acao-present", "No 'Access-Control-Allow-Origin' header is present on the requested resource. Origin '{origin}' is therefore not allowed access.", OLD, None),
            ("scheme-is-http", "Cross origin requests are only supported for protocol schemes: ", "", None),
            ("same-origin-mode", "Cross origin requests are not allowed by request mode.", "", None),
            ("same-origin-mode", "Request mode is \"same-origin\" but the URL's origin is not same as the request origin {origin}.", "", None),
            ("no-cors-follows-redirects", "Request mode is \"no-cors\" but the redirect mode is not \"follow\".", "", False),
            ("scheme-is-fetchable", "URL scheme \"{value}\" is not supported.", "", None),
            ("scheme-is-http", "URL scheme must be \"http\" or \"https\" for CORS request.", "Chrome up to version 80", None),
            ("local-network-access-granted/insecure-page", "The request client is not a secure context and the resource is in more-private address space '{value}'.", "", None),
            ("local-network-access-granted/insecure-page", "The request client is not a secure context and the resource is in more-private address space {space}.", "", None),
            ("local-network-access-granted/denied", "Permission was denied for this request to access the '{value}' address space.", "", None),
            ("local-network-access-granted/denied", "Permission was denied for this request to access the {value} address space.", "", None),
            ("local-network-access-granted/target-space", "Request had a target IP address space of '{other}' yet the resource is in address space '{value}'.", "", None),
            ("local-network-access-granted/target-space", "Request had a target IP address space of {other} yet the resource is in address space {space}.", "", None),
            ("local-network-access-granted", "Request had a target IP address space of 'unknown' yet the resource is in address space '{value}'.", "", None),
            ("local-network-access-granted", "Request had a target IP address space of unknown yet the resource is in address space {space}.", "", None),
            ("local-network-access-granted", "Request had no target IP address space, yet the resource is in address space '{value}'.", "Chrome 104 to 140", None),
            ("local-network-access-granted", "No 'Access-Control-Allow-Private-Network' header was present in the preflight response for this private network request targeting the '{value}' address space.", "Chrome 98 to 140", True),
            ("local-network-access-granted", "The 'Access-Control-Allow-Private-Network' header in the preflight response for this private network request targeting the '{other}' address space had a value of '{value}', not 'true'.", "Chrome 98 to 140", True),
            ("local-network-access-granted", "No 'Access-Control-Allow-External' header was present in the preflight response for this external request", "Chrome 70 to 97", True),
            ("local-network-access-granted", "The 'Access-Control-Allow-External' header in the preflight response for this external request had a value of '{value}', not 'true'", "Chrome 70 to 97", True),
        )
    ),
))  # fmt: skip
CHROMIUM_TAIL: Final = Template(" Origin '{origin}' is therefore not allowed access.")
CHROMIUM_TAIL_ALONE: Final = Template(CHROMIUM_TAIL.text.strip())

# --- Firefox

FIREFOX_START: Final = "Cross-Origin Request Blocked"
FIREFOX_WARNING: Final = "Cross-Origin Request Warning"
FIREFOX_FRAMES: Final = tuple(
    Template(f"{FIREFOX_START}: The Same Origin Policy disallows reading the remote resource at {url} (Reason")
    for url in ("'{url}'.", "{url}.", "{url}")
)
FIREFOX_WARNINGS: Final = tuple(
    Template(firefox_templates.WARNING.replace("{url}", url)) for url in ("'{url}'", "{url}")
)
FIREFOX_FONT: Final = "downloadable font: download failed"
FIREFOX_REASONS: Final = Reasons((
    *_reasons("firefox", firefox_templates.REASONS),
    *(
        Wording("firefox", key, Template(text), era, preflight)
        for key, text, era, preflight in (
            ("preflight-status-ok", "CORS preflight channel did not succeed", "Firefox up to version 88", True),
            ("acah-lists-headers", "missing token '{header}' in CORS header 'Access-Control-Allow-Headers' from CORS preflight channel", "Firefox up to version 88", True),
            ("acah-lists-headers", "missing token '{header}' in CORS header 'Access-Control-Allow-Headers' from CORS preflight response", "Firefox up to version 88", True),
            ("acao-matches-origin/multiple", "Multiple CORS headers ‘Access-Control-Allow-Origin’ not allowed", "", None),
            ("actual-answered", "CORS request failed", "Firefox up to version 60", None),
            ("/disabled", "CORS disabled", "", None),
            ("", "CORS header 'Origin' cannot be added", "", None),
        )
    ),
))  # fmt: skip

# --- WebKit

_ORIGIN_REFUSED: Final = "Origin {origin} is not allowed by Access-Control-Allow-Origin."
_NOT_REASONS: Final = frozenset({"acao-present", "preflight-answered"})  # that one comes last; this one is any words
WEBKIT_REASONS: Final = Reasons((
    *_reasons("webkit", {key: text for key, text in webkit_templates.REASONS.items() if key not in _NOT_REASONS}),
    *_reasons("webkit", {"acao-present": webkit_templates.REASONS["acao-present"]}),
    *(
        Wording("webkit", key, Template(text), "Safari up to version 14")
        for text in (_ORIGIN_REFUSED, _ORIGIN_REFUSED.replace("{origin} ", ""))
        for key in ("acao-matches-origin", "acao-present")
    ),
    Wording("webkit", "acao-matches-origin", Template("Cannot make any requests from {origin}."), "Safari up to version 7"),
    Wording("webkit", "preflight-status-ok", Template("Preflight response is not successful."), "Safari up to version 14", True),
    *_reasons("webkit", webkit_templates.REDIRECTION_REASONS),
    *_reasons("webkit", dict.fromkeys(("location-is-http", "scheme-is-http", "scheme-is-fetchable"), webkit_templates.FTP)),
    Wording("webkit", "location-is-http", Template(webkit_templates.NOT_HTTP)),
    Wording("webkit", "location-is-http", Template(webkit_templates.NOT_HTTP.removesuffix("."))),
))  # fmt: skip
SHARED: Final = frozenset(
    {"acao-matches-origin", "acao-not-wildcard-with-credentials", "acac-true", "acam-lists-method", "acah-lists-headers",
     "scheme-is-http"}
)  # fmt: skip
OLD_WEBKIT_FRAMES: Final = (
    Wording(None, "", Template("XMLHttpRequest cannot load {url}. {reason}"), api="xhr"),
    Wording("webkit", "", Template("Fetch API cannot load {url}. {reason}"), api="fetch"),
    Wording("webkit", "", Template("EventSource cannot load {url}. {reason}"), api="eventsource"),
    Wording("webkit", "", Template(webkit_templates.SECOND_LINES[Api.BEACON]), api=BEACON),
)
WEBKIT_REDIRECTION: Final = Template(webkit_templates.REDIRECTION)
WEBKIT_SECONDS: Final = (
    *(
        Wording("webkit", "", Template(text.replace("{first}", "{url}")), api=str(api))
        for api, text in webkit_templates.SECOND_LINES.items()
        if api in (Api.FETCH, Api.XHR, Api.EVENTSOURCE, Api.IMAGE)
    ),
    Wording("webkit", "", Template("Cannot load {url} due to access control checks.")),
    Wording("webkit", "", Template(webkit_templates.SECOND_LINES[Api.SCRIPT]), api="script"),
    Wording("webkit", "", Template("Cross-origin image load denied by Cross-Origin Resource Sharing policy."), "Safari up to version 9", api="image"),
    Wording("webkit", "", Template("Cross-origin media resource load denied by Cross-Origin Resource Sharing policy."), api="media"),
    Wording("webkit", "", Template("Cross-origin text track load denied by Cross-Origin Resource Sharing policy."), api="media"),
)  # fmt: skip

# --- Edge before Chromium, and Internet Explorer

EDGE_ERA: Final = "Edge up to version 18, Internet Explorer"
EDGE: Final = tuple(
    Wording("edge-legacy", key, Template(text), EDGE_ERA, preflight)
    for key, text, preflight in (
        ("acao-matches-origin", "SEC7120: [CORS] The origin '{origin}' did not find '{other}' in the Access-Control-Allow-Origin response header for cross-origin resource at '{url}'.", None),
        ("acao-matches-origin", "SEC7120: Origin {origin} not found in Access-Control-Allow-Origin header.", None),
        ("acac-true", "SEC7122: [CORS] The origin '{origin}' ", None),
        ("acah-lists-headers", "SEC7123: Request header {header} was not present in the Access-Control-Allow-Headers list.", True),
        ("acam-lists-method", "SEC7124: Request method {method} was not present in the Access-Control-Allow-Methods list.", True),
        ("", "SEC7118: XMLHttpRequest for {url} required Cross Origin Resource Sharing (CORS).", None),
        ("", "SEC7118: XMLHttpRequest for {url} required Cross-Origin Resource Sharing (CORS).", None),
        ("preflight-needed", "SEC7119: XMLHttpRequest for {url} required CORS preflight.", True),
        ("", "SEC7125: XMLHttpRequest for {url} caused a response headers parsing failure.", None),
    )
)  # fmt: skip
# Windows prints the words in its own language: the number alone says it.
EDGE_NUMBERS: Final = {
    "SEC7118": "", "SEC7119": "preflight-needed", "SEC7120": "acao-matches-origin",
    "SEC7121": "acao-not-wildcard-with-credentials", "SEC7122": "acac-true", "SEC7123": "acah-lists-headers",
    "SEC7124": "acam-lists-method", "SEC7125": "", "SEC7126": "preflight-status-ok/redirected", "SEC7127": "",
    "SEC7128": "acao-matches-origin/multiple", "SEC7129": "acac-true", "SEC7139": "max-age-below-cap",
}  # fmt: skip
