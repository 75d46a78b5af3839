"""Kinds of what a script may not read or set, and of failures whose reason it cannot see."""

from __future__ import annotations

from typing import Final

from corsdoctor.kinds.message_kind import UNKNOWN, WITHHELD, MessageKind
from corsdoctor.scenario import Api, Mode

_SAME_FOR_ALL: Final = (
    "A script sees the same error for a CORS failure, a refused connection, an unknown host, an untrusted certificate, a "
    "Content Security Policy, an ad blocker, an aborted request and a page that was left."
)
_WITH_CORS: Final = 'crossorigin="anonymous", and make its server send Access-Control-Allow-Origin.'

READING: Final = (
    MessageKind(
        "canvas",
        "a tainted canvas",
        "An image from another origin was drawn that was loaded without CORS. The page may show the canvas, but scripts cannot read it.",
        "The image itself was not blocked: it was requested without CORS, so no CORS header was checked.",
        f"Load the image with {_WITH_CORS} Set crossOrigin before src, and beware of a copy that the browser cached without CORS.",
        Api.IMAGE,
        Mode.CORS,
    ),
    MessageKind(
        "canvas/webgl",
        "a WebGL texture from an image of another origin",
        "WebGL takes images and videos of another origin only if they were loaded with CORS.",
        "The image itself was not blocked: it was requested without CORS, so no CORS header was checked.",
        f"Load the image with {_WITH_CORS} Set crossOrigin before src. In three.js, TextureLoader does this unless setCrossOrigin() changes it.",
        Api.WEBGL,
        Mode.CORS,
    ),
    MessageKind(
        "canvas/insecure",
        "an operation that the browser calls insecure",
        "Most often, a script read a canvas on which an image of another origin was drawn that was loaded without CORS. Firefox and Safari say the same of a worker's script from another origin, and of storage that is blocked.",
        "An image without CORS is shown, and no CORS header is checked.",
        f"For a canvas, load the image with {_WITH_CORS} See 'corsdoctor explain canvas', and 'corsdoctor explain worker'.",
    ),
    MessageKind(
        "web-audio",
        "silence, because audio was loaded without CORS",
        "The page plays audio or video of another origin through Web Audio, or captures it. Because it was loaded without CORS, the browser passes on silence.",
        "The file itself was not blocked: it was requested without CORS, so no CORS header was checked.",
        f"Load the audio or video element with {_WITH_CORS} Set crossOrigin before src. Without such a header, play the element without Web Audio.",
        Api.MEDIA,
        Mode.CORS,
    ),
    MessageKind(
        "stylesheet",
        "a style sheet that scripts cannot read",
        "The style sheet has another origin and was loaded without CORS. The browser applies it, but scripts cannot read or change its rules.",
        "The style sheet itself was not blocked: it was requested without CORS, so no CORS header was checked.",
        f"Load it with {_WITH_CORS} If the script can do without the rules, catch the exception and skip this style sheet.",
        Api.STYLESHEET,
        Mode.CORS,
    ),
    MessageKind(
        "worker",
        "a worker script from another origin",
        "The script of a worker must have the page's own origin.",
        "CORS cannot allow another origin for a worker's script.",
        "Serve the script from the page's origin. Or start the worker from a Blob that contains importScripts() with the URL.",
    ),
    MessageKind(
        "worker/same-origin",
        "a URL that must have the page's own origin",
        "The scripts of workers, SVG files for <use>, XSLT style sheets and what fetch() requests with mode \"same-origin\" must have the page's own origin.",
        "These loads do not use CORS, so no CORS header can allow another origin.",
        "Serve the file from the page's origin. Or start the worker from a Blob that contains importScripts() with the URL, and read the SVG with fetch(). If the script sets mode: \"same-origin\", remove that.",
    ),
    MessageKind(
        "worker/import-scripts",
        "a script that a worker could not import",
        "The worker got no script from the URL that it gave to importScripts(): an error status code, a wrong Content-Type, a Content Security Policy, or no response.",
        "A worker may import scripts of any origin without CORS, so CORS headers are not checked. Cross-Origin-Resource-Policy can still forbid it.",
        "Open the URL in a new tab, and correct the path in the worker's configuration. Paths are relative to the worker's script, and a Blob has none.",
        Api.SCRIPT,
    ),
    MessageKind(
        "script-error",
        "an error in a script from another origin",
        "A script that was loaded without CORS threw an error, and the browser hides its details.",
        "CORS did not cause the error, but with CORS the browser shows its details.",
        f"To see the details, load the script with {_WITH_CORS}",
        Api.SCRIPT,
        Mode.CORS,
    ),
    MessageKind(
        "forbidden-header",
        "a request header that scripts may not set",
        "Only the browser sets this header, such as Cookie, Origin, Host or Referer. It ignored the script's value and sent the request without it.",
        "No CORS header of the server can permit it.",
        "Remove the line that sets the header. Send cookies with credentials: \"include\" (XMLHttpRequest: withCredentials), and a token in Authorization.",
    ),
    MessageKind(
        "invalid-request",
        "a request that the script could not make",
        "The script passed a URL, a method, a header or a body that fetch() or XMLHttpRequest does not accept, such as a body with GET, a URL with a user name, or a header with a line break.",
        "The call failed before anything was sent, so no CORS header was checked.",
        "Correct the argument that the message names. Blanks and line breaks in a URL or a token often come from a configuration file.",
    ),
    MessageKind(
        "viewer",
        "a PDF viewer that loads files only from its own origin",
        "The viewer of PDF.js refuses files from other origins itself, unless the viewer's own origin is in the list HOSTED_VIEWER_ORIGINS in viewer.js.",
        "The viewer compares the two origins before it requests the file, so no CORS header was checked.",
        "Serve the file from the viewer's origin, for example through a proxy. Or add the viewer's origin to HOSTED_VIEWER_ORIGINS. Then the server of the file must send Access-Control-Allow-Origin.",
    ),
    MessageKind(
        UNKNOWN,
        "a failure whose reason the script cannot see",
        "The message alone does not show what failed.",
        _SAME_FOR_ALL,
        "Open the browser's console: a line next to this one names the reason. Paste that line, or run 'corsdoctor check URL --origin ORIGIN'.",
        Api.FETCH,
    ),
    MessageKind(
        "unknown/element",
        "a script that was not loaded",
        "Firefox prints this for every script that it could not load or was not allowed to load.",
        "The line above this one names the reason, which may be CORS, a policy or the Content-Type. If there is none, the reason is an error status code or the network.",
        "Open the URL in a new tab, and paste the line above.",
        Api.SCRIPT,
    ),
    MessageKind(
        WITHHELD,
        "a response that the browser withheld",
        "The server responded, with the status code in the message, and the browser did not give the response to the page. The message does not say why.",
        "CORS is the likeliest reason. If it is the reason, Chrome prints why in a message of its own next to this one.",
        "Look in the console for the message that begins with \"Access to\", and paste that.",
        Api.FETCH,
    ),
    MessageKind(
        "unknown/module",
        "a module that could not be loaded",
        "The browser did not get the file that import() or a script element asked for. After a deployment, pages that are still open ask for files of the version before, which are gone. Other reasons are a wrong Content-Type and CORS.",
        "Modules are always requested with CORS, chunks of webpack only with `crossOriginLoading`. If the file has another origin, a line of its own in the console names a CORS failure.",
        "Open the URL in a new tab. If it is missing, keep old files for a while after a deployment, or reload the page when import() fails.",
        Api.MODULE,
    ),
    MessageKind(
        "unknown/react-native",
        "a failed request, in React Native or with a fetch() polyfill",
        "The request got no response. In React Native, the usual reasons are localhost in the URL, which is the phone itself, plain http, which iOS and Android block, and a certificate that is not trusted.",
        "React Native does not apply CORS. In a browser, where a polyfill prints the same, CORS is one of the possible reasons.",
        "On a device, use the address of the computer that runs the server (Android emulator: 10.0.2.2) or https. In a browser, the line above in the console names the reason.",
        Api.FETCH,
    ),
)  # fmt: skip
