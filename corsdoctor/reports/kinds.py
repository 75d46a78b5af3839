"""What a console message is that is not about CORS: in plain words, and what to do."""

from __future__ import annotations

from typing import Final

KINDS: Final[dict[str, tuple[str, str, str]]] = {
    # kind: (what it is, why it looks like CORS or what it means, what to do)
    "csp": (
        "Content Security Policy",
        "The page's own Content-Security-Policy header or <meta> forbids this URL. The request never left the browser, and no header of the other server can help.",
        "Add the URL's origin to the directive that the message names, such as connect-src, where the page is served.",
    ),
    "mixed-content": (
        "mixed content",
        "A page that came over https asked for a URL with http. The browser refuses before anything is sent.",
        "Ask for the https URL. If the server has none, that must change first.",
    ),
    "orb": (
        "opaque response blocking (ORB, before that CORB)",
        "An element without a crossorigin attribute, or a no-cors fetch(), loaded something that looks like data (HTML, JSON, XML). The browser keeps it away from the page's process.",
        "Check that the URL leads to an image, script or style sheet and not to an error page; for data use fetch() with CORS.",
    ),
    "corp": (
        "Cross-Origin-Resource-Policy or Cross-Origin-Embedder-Policy",
        "The server says with Cross-Origin-Resource-Policy that other sites must not embed this, or the page requires that permission with Cross-Origin-Embedder-Policy.",
        "Send Cross-Origin-Resource-Policy: cross-origin with the response; or load it with CORS and a crossorigin attribute.",
    ),
    "network": (
        "a network failure",
        "There was no HTTP answer at all: the name was not found, nothing listens there, the certificate is not trusted, or the connection broke. CORS headers have no part in it.",
        "Open the URL in a tab of its own, or with curl -v, and mend what fails there.",
    ),
    "ad-blocker": (
        "an ad blocker or another extension",
        "An extension, or a rule of the administrator, stopped the request inside the browser. The server never saw it.",
        "Try a window without extensions. If it works there, rename the path or tell your users.",
    ),
    "frame": (
        "a frame that may not be shown, or not be looked into",
        "X-Frame-Options or frame-ancestors forbids showing the page in a frame, or a script reached into a frame of another origin. No CORS header changes either.",
        "To show it: have the framed site allow your page. To talk to it: use postMessage().",
    ),
    "canvas": (
        "a canvas that was tainted",
        "An image of another origin was drawn that was loaded without CORS. The script may show the canvas, but not read it.",
        "Load the image with crossorigin=\"anonymous\", and have its server send Access-Control-Allow-Origin; see 'corsdoctor explain canvas-stays-clean'.",
    ),
    "websocket": (
        "a WebSocket that failed",
        "WebSockets don't use CORS. The server refused the handshake (many look at Origin themselves), or there was no connection.",
        "Look into the server's log at the handshake; allow the page's Origin there.",
    ),
    "http-status": (
        "an HTTP error status",
        "The server answered, with an error. That alone is not CORS; but an error page often comes without the CORS headers that other answers have.",
        "Look at the status first. Then check whether this answer, too, carries Access-Control-Allow-Origin.",
    ),
    "worker": (
        "a worker's script of another origin",
        "A worker's script must be of the page's own origin. CORS can't allow another.",
        "Serve the script from the page's origin, or load it into a Blob and start the worker from that.",
    ),
    "stylesheet": (
        "a style sheet that a script may not read",
        "The style sheet is of another origin and was loaded without CORS. It applies, but its rules stay hidden from scripts.",
        "Load it with crossorigin=\"anonymous\", and have its server send Access-Control-Allow-Origin.",
    ),
    "mime-type": (
        "a wrong Content-Type",
        "The browser refuses to run or apply the file, because its Content-Type says that it is something else. Often an HTML error page came instead.",
        "Check what the URL really returns, and have the server send the right Content-Type.",
    ),
    "script-error": (
        "an error in a script of another origin",
        "A script that was loaded without CORS threw an error. The browser hides which one.",
        "Load the script with crossorigin=\"anonymous\", and have its server send Access-Control-Allow-Origin, to see the real error.",
    ),
    "unknown": (
        "a failure whose reason the script is not told",
        "A script gets the same words for a CORS failure, a refused connection, an unknown host, an untrusted certificate, a Content Security Policy, an ad blocker, an aborted request and a page that was left. Nobody can tell from these words alone.",
        "Open the browser's console: right above stands the line that names the reason. Paste that line, or run 'corsdoctor check URL --origin ORIGIN'.",
    ),
}  # fmt: skip
