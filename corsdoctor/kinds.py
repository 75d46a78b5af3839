"""Kinds: what a console message is about that looks like CORS and is not, how it differs, and what to do.

A kind is a row here; the words that tell it are rows of console/others.py, which name the kind by its id.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from corsdoctor.scenario import Api, Mode


class MessageKind(NamedTuple):
    """One kind. `title` completes "Not CORS: ...", and `cors` is how it differs from CORS.

    `api` makes the request that `corsdoctor check` should test, with `mode` where the cure changes that; None if no
    request can show anything.
    """

    id: str
    title: str
    what: str
    cors: str
    fix: str
    api: Api | None = None
    mode: Mode | None = None


UNKNOWN: Final = "unknown"
KINDS: Final = (
    MessageKind(
        "csp",
        "Content Security Policy",
        "The page's own Content-Security-Policy header or <meta> element forbids this URL.",
        "The browser did not send the request, so no header of the other server can help.",
        "Add the URL's origin to the directive that the message names, such as connect-src, on the server that serves the page.",
    ),
    MessageKind(
        "mixed-content",
        "mixed content",
        "A page that was loaded over https requested an http URL. The browser blocks such a request before it sends anything.",
        "The server never received the request, so none of its headers can help.",
        "Request the https URL. If the server does not support https, that must change first.",
    ),
    MessageKind(
        "orb",
        "opaque response blocking (ORB, earlier CORB)",
        "An element without a crossorigin attribute, or a no-cors fetch(), loaded something that looks like data (HTML, JSON or XML). The browser withholds it from the page.",
        "The request was made without CORS, so no CORS header was checked.",
        "Check that the URL leads to an image, script or style sheet and not to an error page. For data, use fetch() with CORS.",
        Api.IMAGE,
    ),
    MessageKind(
        "corp",
        "Cross-Origin-Resource-Policy or Cross-Origin-Embedder-Policy",
        "With Cross-Origin-Resource-Policy the server forbids other sites to embed the response, or with Cross-Origin-Embedder-Policy the page requires that permission.",
        "These headers decide whether a page may load the response, and CORS headers whether a script may read it.",
        "Send Cross-Origin-Resource-Policy: cross-origin with the response. Or load it with CORS and a crossorigin attribute.",
        Api.IMAGE,
    ),
    MessageKind(
        "network",
        "a network failure",
        "There was no HTTP response: the host name was not found, nothing listens on the port, the certificate is not trusted, or the connection was closed.",
        "Without a response, there are no headers that CORS could check. The script sees the same error for both.",
        "Open the URL in a new tab, or with curl -v, and fix what fails there.",
        Api.FETCH,
    ),
    MessageKind(
        "ad-blocker",
        "an ad blocker or another extension",
        "A browser extension or a policy of the administrator blocked the request.",
        "The server never received the request, so none of its headers can help.",
        "Try a browser window without extensions. If the request works there, rename the path or tell your users.",
    ),
    MessageKind(
        "cookie",
        "a cookie that the browser rejected",
        "The browser does not store a cookie that a cross-site response sets, unless the cookie has SameSite=None and Secure. It does not send such a cookie with cross-site requests either.",
        "CORS decides whether a script may read the response. Whether cookies are stored and sent is decided by their own attributes and by the user's settings.",
        "Set the cookie with SameSite=None; Secure over https, and send the request with credentials. Browsers that block third-party cookies reject it even so, unless it has Partitioned.",
    ),
    MessageKind(
        "frame",
        "a frame that may not be shown or read",
        "X-Frame-Options or frame-ancestors forbids showing the page in a frame, or a script tried to read a frame of another origin.",
        "No CORS header changes either: CORS is for responses, not for frames and windows.",
        "To show the page, make its server allow yours. To communicate with the page, use postMessage().",
    ),
    MessageKind(
        "canvas",
        "a tainted canvas",
        "An image from another origin was drawn that was loaded without CORS. The page may show the canvas, but scripts cannot read it.",
        "The image itself was not blocked: it was requested without CORS, so no CORS header was checked.",
        "Load the image with crossorigin=\"anonymous\", and make its server send Access-Control-Allow-Origin. See 'corsdoctor explain canvas-stays-clean'.",
        Api.IMAGE,
        Mode.CORS,
    ),
    MessageKind(
        "websocket",
        "a WebSocket that failed",
        "The server refused the handshake (many servers check Origin themselves), or there was no connection.",
        "WebSockets do not use CORS, so no CORS header can help.",
        "Look at the handshake in the server's log, and allow the page's origin there.",
        Api.WEBSOCKET,
    ),
    MessageKind(
        "http-status",
        "an HTTP error status code",
        "The server returned an error.",
        "That alone is not a CORS problem, but error responses often lack the CORS headers that other responses have.",
        "Fix the reason for the status code first. Then check whether this response has Access-Control-Allow-Origin too.",
        Api.FETCH,
    ),
    MessageKind(
        "worker",
        "a worker script from another origin",
        "A worker's script must have the page's own origin.",
        "CORS cannot allow another origin for a worker's script.",
        "Serve the script from the page's origin, or load it into a Blob and start the worker from that.",
    ),
    MessageKind(
        "stylesheet",
        "a style sheet that scripts cannot read",
        "The style sheet has another origin and was loaded without CORS. The browser applies it, but scripts cannot read its rules.",
        "The style sheet itself was not blocked: it was requested without CORS, so no CORS header was checked.",
        "Load it with crossorigin=\"anonymous\", and make its server send Access-Control-Allow-Origin.",
        Api.STYLESHEET,
        Mode.CORS,
    ),
    MessageKind(
        "mime-type",
        "a wrong Content-Type",
        "The browser does not run or apply the file, because its Content-Type is not the one required. Often the server returned an HTML error page instead.",
        "The response arrived, and no CORS header changes what its Content-Type says.",
        "Check what the URL really returns, and make the server send the right Content-Type.",
    ),
    MessageKind(
        "script-error",
        "an error in a script from another origin",
        "A script that was loaded without CORS threw an error, and the browser hides its details.",
        "CORS did not cause the error, but with CORS the browser shows its details.",
        "To see the details, load the script with crossorigin=\"anonymous\", and make its server send Access-Control-Allow-Origin.",
        Api.SCRIPT,
        Mode.CORS,
    ),
    MessageKind(
        UNKNOWN,
        "a failure whose reason the script cannot see",
        "The message alone does not show what failed.",
        "A script sees the same error for a CORS failure, a refused connection, an unknown host, an untrusted certificate, a Content Security Policy, an ad blocker, an aborted request and a page that was left.",
        "Open the browser's console: the line above this one names the reason. Paste that line, or run 'corsdoctor check URL --origin ORIGIN'.",
        Api.FETCH,
    ),
)  # fmt: skip


def by_id(id: str) -> MessageKind:
    """The kind; KeyError if there is none."""
    return _BY_ID[id]


_BY_ID: Final = {kind.id: kind for kind in KINDS}
