"""What console messages that are not about CORS mean, and what to do about them."""

from __future__ import annotations

from typing import Final

KINDS: Final[dict[str, tuple[str, str, str]]] = {
    # kind: (what it is, what it means, what to do)
    "csp": (
        "Content Security Policy",
        "The page's own Content-Security-Policy header or <meta> element forbids this URL. The browser did not send the request, so no header of the other server can help.",
        "Add the URL's origin to the directive that the message names, such as connect-src, on the server that serves the page.",
    ),
    "mixed-content": (
        "mixed content",
        "A page that was loaded over https requested an http URL. The browser blocks such a request before it sends anything.",
        "Request the https URL. If the server does not support https, that must change first.",
    ),
    "orb": (
        "opaque response blocking (ORB, earlier CORB)",
        "An element without a crossorigin attribute, or a no-cors fetch(), loaded something that looks like data (HTML, JSON or XML). The browser withholds it from the page.",
        "Check that the URL leads to an image, script or style sheet and not to an error page. For data, use fetch() with CORS.",
    ),
    "corp": (
        "Cross-Origin-Resource-Policy or Cross-Origin-Embedder-Policy",
        "With Cross-Origin-Resource-Policy the server forbids other sites to embed the response, or with Cross-Origin-Embedder-Policy the page requires that permission.",
        "Send Cross-Origin-Resource-Policy: cross-origin with the response. Or load it with CORS and a crossorigin attribute.",
    ),
    "network": (
        "a network failure",
        "There was no HTTP response: the host name was not found, nothing listens on the port, the certificate is not trusted, or the connection was closed. This is not a CORS problem.",
        "Open the URL in a new tab, or with curl -v, and fix what fails there.",
    ),
    "ad-blocker": (
        "an ad blocker or another extension",
        "A browser extension or a policy of the administrator blocked the request. The server never received it.",
        "Try a browser window without extensions. If the request works there, rename the path or tell your users.",
    ),
    "cookie": (
        "a cookie that the browser rejected",
        "The browser does not store a cookie that a cross-site response sets, unless the cookie has SameSite=None and Secure. It does not send such a cookie with cross-site requests either.",
        "Set the cookie with SameSite=None; Secure over https, and send the request with credentials. Browsers that block third-party cookies reject it even so, unless it has Partitioned.",
    ),
    "frame": (
        "a frame that may not be shown or read",
        "X-Frame-Options or frame-ancestors forbids showing the page in a frame, or a script tried to read a frame of another origin. No CORS header changes either.",
        "To show the page, make its server allow yours. To communicate with the page, use postMessage().",
    ),
    "canvas": (
        "a tainted canvas",
        "An image from another origin was drawn that was loaded without CORS. The page may show the canvas, but scripts cannot read it.",
        "Load the image with crossorigin=\"anonymous\", and make its server send Access-Control-Allow-Origin. See 'corsdoctor explain canvas-stays-clean'.",
    ),
    "websocket": (
        "a WebSocket that failed",
        "WebSockets do not use CORS. The server refused the handshake (many servers check Origin themselves), or there was no connection.",
        "Look at the handshake in the server's log, and allow the page's origin there.",
    ),
    "http-status": (
        "an HTTP error status code",
        "The server returned an error. That alone is not a CORS problem, but error responses often lack the CORS headers that other responses have.",
        "Fix the reason for the status code first. Then check whether this response has Access-Control-Allow-Origin too.",
    ),
    "worker": (
        "a worker script from another origin",
        "A worker's script must have the page's own origin. CORS cannot allow another one.",
        "Serve the script from the page's origin, or load it into a Blob and start the worker from that.",
    ),
    "stylesheet": (
        "a style sheet that scripts cannot read",
        "The style sheet has another origin and was loaded without CORS. The browser applies it, but scripts cannot read its rules.",
        "Load it with crossorigin=\"anonymous\", and make its server send Access-Control-Allow-Origin.",
    ),
    "mime-type": (
        "a wrong Content-Type",
        "The browser does not run or apply the file, because its Content-Type is not the one required. Often the server returned an HTML error page instead.",
        "Check what the URL really returns, and make the server send the right Content-Type.",
    ),
    "script-error": (
        "an error in a script from another origin",
        "A script that was loaded without CORS threw an error, and the browser hides its details.",
        "To see the details, load the script with crossorigin=\"anonymous\", and make its server send Access-Control-Allow-Origin.",
    ),
    "unknown": (
        "a failure whose reason the script cannot see",
        "A script sees the same error for a CORS failure, a refused connection, an unknown host, an untrusted certificate, a Content Security Policy, an ad blocker, an aborted request and a page that was left. The message alone does not show which one it was.",
        "Open the browser's console: the line above this one names the reason. Paste that line, or run 'corsdoctor check URL --origin ORIGIN'.",
    ),
}  # fmt: skip
