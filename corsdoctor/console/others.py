"""Console messages that look like CORS and are not: which words tell which kind (corsdoctor/kinds).

A row is a kind, a browser (None if several say it), and a pattern that stands where the message begins. A pattern begins
with fixed words, so that most rows need not be compiled, and its fields hold no blanks, so that none goes back and forth.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Final

from corsdoctor.console.other import BEGINNING, Other, beside, second_word
from corsdoctor.console.other_csp import CSP
from corsdoctor.console.other_gateways import GATEWAYS
from corsdoctor.console.other_loading import LOADING
from corsdoctor.console.other_panels import PANELS
from corsdoctor.console.other_policies import POLICIES
from corsdoctor.console.other_reading import READING
from corsdoctor.console.other_servers import SERVERS

OTHERS: Final = (
    *CSP,
    # Mixed content
    *(
        Other(kind, "chromium", rf"Mixed Content: The page at '(?P<page>[^']{{1,2000}})' was loaded over (?:HTTPS|a secure connection), but {but} '(?P<url>[^']{{0,2000}})'{rest}")
        for kind, but, rest in (
            ("mixed-content/websocket", r"attempted to connect to the insecure WebSocket endpoint", ""),
            ("mixed-content/form", r"contains a form [^']{1,60}", ""),
            ("mixed-content/upgraded", r"[^']{1,80}", r"\. This request was automatically upgraded to HTTPS"),
            ("mixed-content/shown", r"[^']{1,80}", r"\. This content should also be served over HTTPS"),
            ("mixed-content", r"[^']{1,80}", ""),
        )
    ),
    Other("mixed-content", "chromium", r"was loaded over HTTPS, but requested an insecure [^']{1,60}'(?P<url>[^']{0,2000})'(?! ?\. This (?:request was automatically|content should also))", in_logs=False),
    Other("mixed-content/upgraded", "firefox", r"Mixed Content: Upgrading insecure display request '(?P<url>[^']{1,2000})' to use '"),
    Other("mixed-content/upgraded", "firefox", r"Upgrading insecure display request '(?P<url>[^']{1,2000})' to use '", in_logs=False),
    Other("mixed-content", "chromium", r"Mixed Content: "),
    Other("mixed-content", "firefox", r"Blocked loading mixed (?:active|display) content \"(?P<url>[^\"]{1,2000})\""),
    Other("mixed-content/shown", "firefox", r"Loading mixed \(insecure\) (?:active|display) content \"(?P<url>[^\"]{1,2000})\""),
    Other("mixed-content/upgraded", "webkit", r"The page at (?P<page>\S{1,2000}) requested insecure content from (?P<url>\S{1,2000}?)\. This content was automatically upgraded"),
    Other("mixed-content", "webkit", r"\[blocked\] The page at (?P<page>\S{1,2000}) (?:was not allowed to (?:run|display)|requested) insecure content from (?P<url>\S{1,2000}?)\.(?=['\" ]|$)"),
    Other("mixed-content", "webkit", r"\[blocked\] The page at "),
    # Messages to other windows
    Other("post-message", None, r"Failed to execute 'postMessage' on '(?:DOM)?Window': (?:The target origin (?:\([^()]{1,300}\) )?provided|Invalid target origin)"),
    Other("post-message", None, r"The target origin provided \(['\"][^'\"]{0,300}['\"]\) does not match the recipient window's origin", in_logs=False),
    Other("post-message", "webkit", r"Unable to post message to \S{1,300}\. Recipient has origin "),
    # A status, alone or where a response came and was withheld
    Other("http-status", "chromium", r"net::ERR_HTTP_RESPONSE_CODE_FAILURE(?: (?P<status>[45]\d\d)(?: \((?![^)]{0,60}(?:CORS|rigin))[^)]{0,60}\))?)?", beside),
    Other("http-status", "chromium", r"HTTP error: status code (?P<status>\d{3})(?:, net::ERR_HTTP_RESPONSE_CODE_FAILURE)?"),
    Other("http-status", "chromium", r"net::ERR_ABORTED (?P<status>[45]\d\d)(?!\d)(?: \((?![^)]{0,60}(?:CORS|rigin))[^)]{0,60}\))?", beside),
    Other("unknown/withheld", "chromium", r"net::ERR_FAILED (?P<status>[1-5]\d\d)(?!\d)(?: \((?![^)]{0,60}(?:CORS|rigin))[^)]{0,60}\))?", beside),
    Other("http-status", None, r"Failed to load resource: the server responded with a status of (?P<status>\d{3})(?: \([^()]{0,60}\))?", beside),
    Other("http-status", "chromium", r"(?P<status>[45]\d\d) \((?:[A-Z][A-Za-z' -]{1,40})?\)", beside),
    *(
        Other("http-status", "chromium", rf"{method} https?://\S{{1,2000}} (?P<status>[45]\d\d)(?=$| (?!\())", second_word, in_logs=False)
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD")
    ),
    *(Other("http-status", "firefox", rf"\[HTTP/{version} (?P<status>[45]\d\d)(?!\d)", beside, in_logs=False) for version in (r"1\.1", "2", "3")),
    Other("http-status", None, r"Response status code does not indicate success: (?P<status>[45]\d\d)(?: \([^()]{0,60}\))?", in_logs=False),
    Other("http-status", None, r"requests\.exceptions\.HTTPError: (?P<status>[45]\d\d) (?:Client|Server) Error: [^:]{0,80} for url: (?P<url>\S{1,2000})", in_logs=False),
    *PANELS,
    *POLICIES,
    *LOADING,
    *READING,
    *SERVERS,
    *GATEWAYS,
)  # fmt: skip


def others_at(text: str, at: int) -> Sequence[Other]:
    """The rows whose message may begin at `at`."""
    others = _by_beginning().get(text[at : at + BEGINNING], ())
    return (*others, *_STATUSES) if text[at].isdigit() else others


@cache
def _by_beginning() -> dict[str, list[Other]]:
    found: dict[str, list[Other]] = {}
    for other in OTHERS:
        found.setdefault(other.start[:BEGINNING], []).append(other)
    return found


_STATUSES: Final = tuple(other for other in OTHERS if not other.start)
ALONE: Final = {
    "Failed to fetch": Other("unknown", "chromium", ""),
    "Load failed": Other("unknown", "webkit", ""),
    "Network Error": Other("unknown", None, ""),
    "[object ProgressEvent]": Other("unknown", None, ""),
    '{"isTrusted":true}': Other("unknown", None, ""),
    "Blocked by Content Security Policy": Other("csp", None, ""),
}  # a whole text that is nothing but the words of an exception
COMPANIONS: Final = frozenset({"unknown"})  # what stands beside another message and says nothing more
