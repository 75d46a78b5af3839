"""Console messages that look like CORS and are not: which words tell which kind (kinds.py).

A row is a kind, a browser (None if several say it), and a pattern that stands where the message begins. A pattern begins
with fixed words, so that most rows need not be compiled, and its fields hold no blanks, so that none goes back and forth.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import Final

from corsdoctor.console.pattern import Pattern


class Other(Pattern):
    """One message that is not about CORS; `words` may have the groups url, page, origin and status."""

    def __init__(self, kind: str, browser: str | None, words: str) -> None:
        super().__init__(words)
        self.kind = kind
        self.browser = browser

    @cached_property
    def start(self) -> str:
        """The fixed words that it begins with."""
        fixed = re.match(r"(?:[\w ':,/\"-]|\\[\[\]().])*", self.words)
        return fixed[0].replace("\\", "") if fixed is not None else ""


_URL: Final = r"(?P<url>[a-z][a-z0-9+.-]*:[^\s'\"<>]{1,2000}?)"
_QUOTED: Final = r"[\"'](?P<url>[^\"']{0,2000})[\"']"

OTHERS: Final = (
    # Content Security Policy
    *(
        Other("csp", "chromium", rf"Refused to {verb} '(?P<url>[^']{{1,2000}})' because it violates the (?:following|document's) Content")
        for verb in ("connect to", "load the script", "load the image", "load the font", "load the stylesheet", "load media from",
                     "load manifest from", "load plugin data from", "send form data to", "create a worker from", "load")
    ),
    Other("csp", "webkit", rf"Refused to connect to {_URL} because it (?:violates|does not appear in|appears in)"),
    Other("csp", "webkit", rf"Refused to (?:load|execute|apply) {_URL} because it (?:violates|does not appear in|appears in)"),
    Other("csp", None, r"Refused to (?:load|execute|apply|connect|evaluate|run|compile)[^.]{0,200} because (?:it |unsafe|'unsafe|its hash)[^.]{0,200}Content Security Policy"),
    Other("csp", "chromium", rf"Connecting to {_QUOTED} violates the following Content Security"),
    Other("csp", "chromium", rf"Loading the [\w ]{{1,40}} {_QUOTED} violates the following Content Security"),
    Other("csp", "chromium", rf"Framing {_QUOTED} violates the following Content Security"),
    Other("csp", "chromium", rf"Fetch API cannot load {_URL}\. Refused to connect because it violates"),
    Other("csp", "firefox", rf"Content-Security-Policy: The page's settings (?:blocked|observed)[^.]{{0,60}} at '?\"?{_URL}'?\"?(?=\.?['\"]?(?: |$))"),
    Other("csp", "firefox", rf"Content Security Policy: The page's settings (?:blocked|observed)[^.]{{0,60}} at '?\"?{_URL}'?\"?(?=\.?['\"]?(?: |$))"),
    Other("csp", "firefox", r"Content-Security-Policy: "),
    Other("csp", "firefox", r"Content Security Policy: "),
    # Mixed content
    Other("mixed-content", "chromium", r"Mixed Content: The page at '(?P<page>[^']{1,2000})' was loaded over (?:HTTPS|a secure connection), but [^']{1,80}'(?P<url>[^']{0,2000})'"),
    Other("mixed-content", "chromium", r"Mixed Content: "),
    Other("mixed-content", "firefox", r"Blocked loading mixed (?:active|display) content \"(?P<url>[^\"]{1,2000})\""),
    Other("mixed-content", "firefox", r"Loading mixed \(insecure\) (?:active|display) content \"(?P<url>[^\"]{1,2000})\""),
    Other("mixed-content", "webkit", r"\[blocked\] The page at (?P<page>\S{1,2000}) (?:was not allowed to (?:run|display)|requested) insecure content from (?P<url>\S{1,2000}?)\.(?=['\" ]|$)"),
    Other("mixed-content", "webkit", r"\[blocked\] The page at "),
    # Opaque response blocking, Cross-Origin-Resource-Policy
    Other("orb", "chromium", r"net::ERR_BLOCKED_BY_ORB"),
    Other("orb", "firefox", r"The resource at \"(?P<url>[^\"]{1,2000})\" was blocked by OpaqueResponseBlocking"),
    Other("orb", "chromium", r"Cross-Origin Read Blocking \(CORB\) blocked cross-origin response (?P<url>\S{1,2000})"),
    Other("orb", "chromium", r"Response was blocked by (?:CORB|ORB)"),
    Other("corp", "chromium", r"net::ERR_BLOCKED_BY_RESPONSE(?:\.\w+)?"),
    Other("corp", "firefox", r"The resource at \"(?P<url>[^\"]{1,2000})\" was blocked due to its Cross-Origin-Resource-Policy header"),
    Other("corp", "webkit", r"Cancelled load to (?P<url>\S{1,2000}) because it violates the resource's Cross-Origin-Resource-Policy"),
    Other("corp", None, r"Because of Cross-Origin-(?:Embedder|Opener)-Policy"),
    # Blockers, the network
    Other("ad-blocker", "chromium", r"net::ERR_BLOCKED_BY_(?:CLIENT|ADMINISTRATOR)(?:\.\w+)?"),
    Other("ad-blocker", "firefox", r"The resource at \"(?P<url>[^\"]{1,2000})\" was blocked because (?:content blocking|Enhanced Tracking)"),
    Other("unknown", "chromium", r"net::ERR_FAILED(?!_?[A-Z0-9])"),
    Other("network", "chromium", r"net::ERR_[A-Z_0-9]+"),
    Other("network", "webkit", r"Failed to load resource: (?:A server with the specified hostname could not be found|Could not connect to the server|The network connection was lost|The Internet connection appears to be offline|The request timed out|An SSL error)"),
    Other("network", "firefox", r"Firefox can't establish a connection to the server at (?P<url>https?://\S{1,2000}?)\.(?:\s|$)"),
    Other("cookie", "firefox", r'Cookie "[^"]{1,200}" (?:has been |will be |will soon be )?rejected because'),
    # Frames, canvas, workers, style sheets
    Other("frame", "chromium", r"Refused to display '(?P<url>[^']{1,2000})' in a frame because"),
    Other("frame", "webkit", r"Refused to display (?P<url>\S{1,2000}) in a frame because"),
    Other("csp", "chromium", r"Refused to frame '(?P<url>[^']{1,2000})' because"),
    Other("frame", "webkit", r"Refused to load (?P<url>\S{1,2000}) because it does not appear in the frame-ancestors"),
    Other("frame", "firefox", r"Load denied by X-Frame-Options: \"?(?P<url>[^\s\"]{1,2000})"),
    Other("frame", "firefox", r"The loading of \"(?P<url>[^\"]{1,2000})\" in a frame is denied by \"X-Frame-Options\""),
    Other("frame", "chromium", r"DOMException: Blocked a frame with origin \"(?P<origin>[^\"]{1,300})\" from accessing"),
    Other("frame", "chromium", r"Failed to read (?:a named property|the) [^:]{1,120}: Blocked a frame with origin \"(?P<origin>[^\"]{1,300})\" from"),
    Other("frame", None, r"Blocked a frame with origin \"(?P<origin>[^\"]{1,300})\" from accessing"),
    Other("frame", "firefox", r"Permission denied to access property \"[^\"]{1,60}\" on cross-origin object"),
    Other("frame", None, r"Unsafe JavaScript attempt to (?:access|initiate navigation)"),
    Other("frame", "chromium", r"Failed to execute 'postMessage' on 'DOMWindow': The target origin"),
    Other("canvas", "chromium", r"Failed to execute '\w{1,30}' on '\w{1,40}': [^.]{0,120}(?:[Tt]ainted|cross-origin data)"),
    Other("canvas", "firefox", r"DOMException: The operation is insecure"),
    Other("canvas", "firefox", r"SecurityError: The operation is insecure"),
    Other("canvas", "chromium", r"Tainted canvases may not be (?:exported|loaded)"),
    Other("canvas", "webkit", r"Unable to get image data from canvas because the canvas has been tainted by cross-origin data"),
    Other("canvas", None, r"The canvas has been tainted by cross-origin data"),
    Other("worker", "chromium", r"Failed to construct '(?:Shared)?Worker': Script at '(?P<url>[^']{1,2000})' cannot be accessed from origin '(?P<origin>[^']{1,300})'"),
    Other("stylesheet", "firefox", r"CSSStyleSheet\.cssRules getter: Not allowed to access cross-origin stylesheet"),
    Other("stylesheet", "chromium", r"Failed to read the '(?:rules|cssRules)' property from 'CSSStyleSheet': Cannot access rules"),
    Other("mime-type", "firefox", r"Loading module from \"(?P<url>[^\"]{1,2000})\" was blocked because of a disallowed MIME type"),
    Other("mime-type", "chromium", r"Refused to execute script from '(?P<url>[^']{1,2000})' because its MIME type"),
    Other("mime-type", "chromium", r"Refused to apply style from '(?P<url>[^']{1,2000})' because its MIME type"),
    Other("mime-type", "chromium", r"Failed to load module script: Expected a JavaScript"),
    Other("script-error", None, r"Script error\."),
    # WebSocket
    Other("websocket", "chromium", r"WebSocket connection to '(?P<url>[^']{1,2000})' failed: (?:Error (?:in|during)[^.]{0,60}(?:net::ERR_\w+)?|Connection closed|WebSocket is closed)"),
    Other("websocket", None, r"WebSocket connection to '(?P<url>[^']{1,2000})' failed"),
    Other("websocket", "firefox", r"Firefox can't establish a connection to the server at (?P<url>wss?://\S{1,2000}?)\.(?:\s|$)"),
    Other("websocket", "firefox", r"The connection to (?P<url>wss?://\S{1,2000}) was interrupted while the page was loading"),
    Other("websocket", "webkit", r"WebSocket network error"),
    # A status alone, and what a script sees
    Other("http-status", None, r"Failed to load resource: the server responded with a status of (?P<status>\d{3})"),
    Other("http-status", "chromium", r"(?P<status>[45]\d\d) \((?:[A-Z][A-Za-z' -]{1,40})?\)"),
    Other("unknown", "chromium", r"TypeError: Failed to fetch"),
    Other("unknown", "chromium", r"TypeError\): Failed to fetch"),
    Other("unknown", "firefox", r"NetworkError when attempting to fetch resource"),
    Other("unknown", "webkit", r"TypeError: Load failed"),
    Other("unknown", None, r"TypeError: Network request failed"),
    Other("unknown", None, r"AxiosError(?:: | \{message: ')Network Error\b"),
    Other("unknown", None, r"Error: Network Error\b"),
    Other("unknown", None, r"Http failure response for (?P<url>\S{1,2000}): 0 Unknown Error"),
    Other("unknown", "edge-legacy", r"SCRIPT7002: XMLHttpRequest: Network Error 0x800?70{0,2}05"),
    Other("network", "edge-legacy", r"SCRIPT7002: XMLHttpRequest: Network Error 0x"),
)  # fmt: skip
ALONE: Final = {
    "Failed to fetch": Other("unknown", "chromium", ""),
    "Load failed": Other("unknown", "webkit", ""),
    "Network Error": Other("unknown", None, ""),
}  # a whole text that is nothing but the words of an exception
COMPANIONS: Final = frozenset({"unknown"})  # what stands beside another message and says nothing more
