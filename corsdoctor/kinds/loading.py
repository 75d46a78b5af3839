"""Kinds of responses that do not come, or whose content does not fit."""

from __future__ import annotations

from typing import Final

from corsdoctor.kinds.message_kind import MessageKind
from corsdoctor.scenario import Api, Mode

_NO_CORS: Final = "WebSockets do not use CORS, so no CORS header can help."

LOADING: Final = (
    MessageKind(
        "service-worker",
        "a service worker that answered with a failure",
        "The page's service worker took over this request, and answered with an error, with a rejected promise, or with a response that does not fit the request.",
        "The browser reports the service worker's answer and not the server's. CORS may have blocked the fetch() inside the service worker; then a line of its own says so.",
        "Try the page with the service worker bypassed (DevTools, Application, Service Workers). If it works, correct the fetch handler: catch errors, and leave requests of other origins alone.",
        Api.FETCH,
    ),
    MessageKind(
        "service-worker/opaque",
        "a service worker that answered with an opaque response",
        "The page requested the URL with CORS, and the service worker answered with a response that it had loaded or cached without CORS (mode no-cors).",
        "The server's CORS headers were not checked, because the service worker did not ask with CORS.",
        "Pass on the request as it is, with fetch(event.request), or set mode \"cors\" and make the server allow the origin. Then delete the responses that are cached without CORS.",
        Api.FETCH,
    ),
    MessageKind(
        "service-worker/registration",
        "a service worker that could not be registered",
        "The script of a service worker must come from the page's own origin, with a JavaScript Content-Type, over https or localhost, from a folder that contains the scope.",
        "CORS cannot allow another origin for a service worker.",
        "Serve the script from the page's origin. If the response is an HTML page, correct the path. For a wider scope, send the Service-Worker-Allowed header.",
    ),
    MessageKind(
        "integrity",
        "a file that does not match its integrity attribute",
        "The hash in the integrity attribute is not that of the file that the server sent. The file has changed since, or something changed it on the way.",
        "The response arrived and could be read. Its content is at fault.",
        "If the file is the one that you expect, write its hash into the attribute: Chrome and Firefox print the one that they computed. Pin a version in the URL of a CDN, so that the file cannot change.",
        Api.SCRIPT,
        Mode.CORS,
    ),
    MessageKind(
        "integrity/empty",
        "an empty file that does not match its integrity attribute",
        "The computed hash is that of a file without content: the server sent nothing, or the browser could not read what it sent.",
        "With a file from another origin, the reason is often that it was loaded without CORS, or that CORS failed.",
        "Open the URL in a new tab. If the file has content, add crossorigin=\"anonymous\" to the element, and make the server send Access-Control-Allow-Origin.",
        Api.SCRIPT,
        Mode.CORS,
    ),
    MessageKind(
        "integrity/without-cors",
        "an integrity attribute on a file that was loaded without CORS",
        "Only a response that the page may read can be compared with a hash.",
        "The file was requested without CORS, so no CORS header was checked.",
        "Add crossorigin=\"anonymous\" to the element, and make the server send Access-Control-Allow-Origin. Or remove the integrity attribute.",
        Api.SCRIPT,
        Mode.CORS,
    ),
    MessageKind(
        "integrity/malformed",
        "an integrity attribute that is not valid",
        "The attribute holds a hash that is not valid. Then no file matches it, or the browser ignores the attribute.",
        "This is about an attribute in the page. No CORS header was checked.",
        "Write the attribute as sha384- and the hash in Base64. To compute it: openssl dgst -sha384 -binary FILE | openssl base64 -A",
    ),
    MessageKind(
        "mime-type",
        "a wrong Content-Type",
        "The browser does not use the response, because its Content-Type is not the one required. Often the server returned an HTML error page instead.",
        "The response arrived, and no CORS header changes what its Content-Type says.",
        "Check what the URL really returns, and make the server send the right Content-Type.",
    ),
    MessageKind(
        "mime-type/accepted",
        "a file whose Content-Type does not fit its use",
        "The page uses the file as something that its Content-Type does not name. Chromium uses scripts and images even so, and style sheets only in pages without a doctype.",
        "The browser received the file. CORS is not about the type of a file.",
        "Make the server send the right Content-Type, such as text/javascript, text/css or image/png. If it is text/html, the response is probably an error page or a login page: open the URL in a new tab.",
    ),
    MessageKind(
        "preload",
        "a preload that does not fit the request",
        "The page preloads this file in one mode and requests it in another, with or without CORS or cookies, so the browser loads it twice.",
        "Nothing was blocked. The crossorigin attribute decides in which mode the file is loaded.",
        "Write crossorigin on the <link rel=\"preload\"> if and only if the request that follows uses CORS. Fonts and fetch() do, on the same origin too.",
    ),
    MessageKind(
        "preload/unused",
        "a preload that nothing used",
        "The page preloads this file, and nothing requested it within a few seconds. Either nothing needs it, or the request that does differs from the preload, for example in the crossorigin attribute.",
        "Nothing was blocked.",
        "Remove the <link rel=\"preload\"> if nothing on this page needs the file. Otherwise give it the same URL, `as` and crossorigin as the request.",
    ),
    MessageKind(
        "source-map",
        "a missing source map",
        "DevTools looked for the source map that a script or style sheet names, and did not find it. The page works without it.",
        "The page did not make this request. It has nothing to do with what fails in the page.",
        "Ignore the message, or deploy the .map file. A source map of an extension (chrome-extension:) is not yours to deploy.",
    ),
    MessageKind(
        "websocket",
        "a WebSocket that failed",
        "The server refused the handshake (many servers check Origin themselves), or there was no connection.",
        _NO_CORS,
        "Look at the handshake in the server's log, and allow the page's origin there. A proxy must pass on the Upgrade and Connection headers.",
        Api.WEBSOCKET,
    ),
    MessageKind(
        "websocket/closed",
        "a WebSocket that was already closed",
        "The script sent data after the connection had been closed.",
        _NO_CORS,
        "Look at code and reason of the close event, and connect again before sending.",
    ),
    MessageKind(
        "http-status",
        "an HTTP error status code",
        "The server returned an error.",
        "That alone is not a CORS problem, but error responses often lack the CORS headers that other responses have.",
        "Fix the reason for the status code first. Then check whether this response has Access-Control-Allow-Origin too.",
        Api.FETCH,
    ),
)  # fmt: skip
