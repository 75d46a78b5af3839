"""The templates of Chromium's console messages. One template for a reason, used to print and, compiled, to recognize."""

from __future__ import annotations

from typing import Final

from corsdoctor.scenario import Api

FRAME: Final = (
    "Access to {kind} at '{url}'{redirected} from origin '{origin}' has been blocked by CORS policy: {reason}"
)
REDIRECTED: Final = " (redirected from '{first}')"
PREFLIGHT: Final = "Response to preflight request doesn't pass access control check: "
VALUE_HINT: Final = " Have the server send the header with a valid value."
XHR_HINT: Final = (
    " The credentials mode of requests initiated by the XMLHttpRequest is controlled by the withCredentials attribute."
)
KINDS: Final = {
    Api.FETCH: "fetch",
    Api.XHR: "XMLHttpRequest",
    Api.BEACON: "resource",
    Api.EVENTSOURCE: "resource",
    Api.IMAGE: "image",
    Api.SCRIPT: "script",
    Api.MODULE: "script",
    Api.IMPORT: "script",
    Api.STYLESHEET: "CSS stylesheet",
    Api.FONT: "font",
    Api.MEDIA: "audio",
    Api.SHAPE: "image",
    Api.WEBGL: "image",
    Api.VIDEO: "video",
    Api.TRACK: "text track",
    Api.PRELOAD: "link element resource",
    Api.PREFETCH: "link prefetch resource",
    Api.MANIFEST: "manifest",
    Api.ICON: "resource",
}
SCHEMES: Final = "chrome, chrome-experimental-site-token-provider, chrome-extension, chrome-untrusted, data, http, https, isolated-app"
REASONS: Final = {
    "acao-present": "No 'Access-Control-Allow-Origin' header is present on the requested resource.",
    "acao-matches-origin/multiple": "The 'Access-Control-Allow-Origin' header contains multiple values '{value}', but "
    "only one is allowed.",
    "acao-matches-origin/invalid": "The 'Access-Control-Allow-Origin' header contains the invalid value '{value}'.",
    "acao-matches-origin": "The 'Access-Control-Allow-Origin' header has a value '{value}' that is not equal to the "
    "supplied origin.",
    "acao-not-wildcard-with-credentials": "The value of the 'Access-Control-Allow-Origin' header in the response must "
    "not be the wildcard '*' when the request's credentials mode is 'include'.",
    "acac-true": "The value of the 'Access-Control-Allow-Credentials' header in the response is '{value}' which must be "
    "'true' when the request's credentials mode is 'include'.",
    "preflight-status-ok": "It does not have HTTP ok status.",
    "preflight-status-ok/redirected": "Redirect is not allowed for a preflight request.",
    "acam-parses": "Cannot parse Access-Control-Allow-Methods response header field in preflight response.",
    "acah-parses": "Cannot parse Access-Control-Allow-Headers response header field in preflight response.",
    "acam-lists-method": "Method {method} is not allowed by Access-Control-Allow-Methods in preflight response.",
    "acah-lists-headers": "Request header field {header} is not allowed by Access-Control-Allow-Headers in preflight "
    "response.",
    "location-without-userinfo": "Redirect location '{value}' contains a username and password, which is disallowed for "
    "cross-origin requests.",
    "location-is-http": "Cross origin requests are only supported for protocol schemes: {value}.",
}
LOCAL_RESOURCE: Final = "Not allowed to load local resource: {url}"
NO_FTP: Final = "FTP is not supported."
UNKNOWN_SCHEME: Final = 'Fetch API cannot load {url}. URL scheme "{scheme}" is not supported.'
BEFORE_SENDING: Final = {
    "same-origin-mode": 'Fetch API cannot load {url}. Request mode is "same-origin" but the URL\'s origin is not same as '
    "the request origin {origin}.",
    "no-cors-follows-redirects": 'Fetch API cannot load {url}. Request mode is "no-cors" but the redirect mode is not '
    '"follow".',
}
INSECURE: Final = {
    Api.XHR: "XMLHttpRequest endpoint", Api.BEACON: "Beacon endpoint", Api.EVENTSOURCE: "EventSource endpoint",
    Api.SCRIPT: "script", Api.MODULE: "script", Api.IMPORT_SCRIPTS: "script", Api.STYLESHEET: "stylesheet", Api.FONT: "font",
    Api.PREFETCH: "prefetch resource", Api.MANIFEST: "manifest", Api.IFRAME: "frame", Api.OBJECT: "plugin resource", Api.ICON: "favicon",
    Api.FORM: "form action", Api.TRACK: "Text Track file",
}  # fmt: skip
MIXED: Final = (
    "Mixed Content: The page at '{page}' was loaded over HTTPS, but requested an insecure {kind} '{url}'. {end}"
)
MANIFEST_STATUS: Final = "Manifest fetch from {url} failed, code {status}"
USERINFO: Final = (
    "Subresource requests whose URLs contain embedded credentials (e.g. `https://user:pass@host/`) are blocked. See "
    "https://www.chromestatus.com/feature/5669008342777856 for more details."
)
SANDBOXED_FORM: Final = "Blocked form submission to '{url}' because the form's frame is sandboxed and the 'allow-forms' permission is not set."
INSECURE_FORM: Final = (
    "Mixed Content: The page at '{page}' was loaded over a secure connection, but contains a form that targets an insecure "
    "endpoint '{url}'. This endpoint should be made available over a secure connection."
)
MUST: Final = "This request has been blocked; the content must be served over HTTPS."
SHOULD: Final = "This content should also be served over HTTPS."
ELEMENTS: Final = {Api.IMAGE: "image", Api.MEDIA: "audio file", Api.SHAPE: "image", Api.WEBGL: "image"}
UPGRADED: Final = (
    "This request was automatically upgraded to HTTPS, For more information see "
    "https://blog.chromium.org/2019/10/no-more-mixed-messages-about-https.html"
)
KEPT_ADDRESS: Final = "This request was not upgraded to HTTPS because its URL's host is an IP address."
KEPT_LOCAL: Final = "This request was not upgraded to HTTPS because it is a local network request."
MIXED_WEBSOCKET: Final = (
    "Mixed Content: The page at '{page}' was loaded over HTTPS, but attempted to connect to the insecure WebSocket endpoint "
    "'{url}'. This request has been blocked; this endpoint must be available over WSS."
)
LOCAL_WEBSOCKET: Final = (
    "Mixed Content: The page at '{page}' was loaded over HTTPS, but attempted to connect to the insecure WebSocket endpoint "
    "'{url}'. This endpoint should be available via WSS. Insecure access is deprecated."
)
DEPRECATED_WEBSOCKET: Final = "Connecting to a non-secure WebSocket server from a secure origin is deprecated."
LOCAL_NETWORK: Final = {
    "page-not-over-https": "The request client is not a secure context and the resource is in more-private address space `{space}`.",
    "other-address-space": "Request had a target IP address space of `{target}` yet the resource is in address space `{space}`.",
}
NOT_PERMITTED: Final = "Permission was denied for this request to access the `{space}` address space."
LOADING: Final = {
    "connect-src": "Connecting to", "img-src": "Loading the image", "font-src": "Loading the font",
    "script-src-elem": "Loading the script", "style-src-elem": "Loading the stylesheet", "media-src": "Loading media from ",
    "manifest-src": "Loading a manifest from", "object-src": "Loading plugin data from", "default-src": "Fetching content from",
    "worker-src": "Creating a worker from", "frame-src": "Framing", "frame-ancestors": "Framing", "form-action": "Sending form data to",
}  # fmt: skip
VIOLATION: Final = (
    "{does} '{url}' violates the following Content Security Policy directive: \"{directive}\".{fallback} {end}"
)
NAVIGATION: Final = (
    "{does} '{url}' violates the following {mode}Content Security Policy directive: \"{directive}\". {end}{fallback}"
)
"""What the process says that judges navigations. It writes the directive in its own way."""
NOT_NAVIGATED: Final = "The request has been blocked."
NAVIGATED: Final = "The violation has been logged, but no further action has been taken."
FRAME_OPTIONS: Final = "Refused to display '{url}' in a frame because it set 'X-Frame-Options' to '{value}'."
FRAME_OPTIONS_CONFLICT: Final = (
    "Refused to display '{url}' in a frame because it set multiple 'X-Frame-Options' headers with conflicting values "
    "('{value}'). Falling back to 'deny'."
)
UNSAFE_ATTEMPT: Final = (
    "Unsafe attempt to load URL {url} from frame with URL {document}. Domains, protocols and ports must match.\n"
)
FALLBACK: Final = " Note that '{effective}' was not explicitly set, so '{used}' is used as a fallback."
STOPPED: Final = "The action has been blocked."
STATED_DIGEST: Final = {
    Api.FETCH: "Fetch API cannot load {url}. The resource's `unencoded-digest` header asserted a digest which does not match the "
    "resource's body.",
    Api.SCRIPT: "The resource '{url}' has an `unencoded-digest` header which asserts a digest which does not match the resource's "
    "body.",
}
UNUSED_PRELOAD: Final = (
    "A preload for '{url}' is found, but is not used because the request {what} does not match. Consider taking a look at "
    "crossorigin attribute."
)
LOGGED: Final = "The policy is report-only, so the violation has been logged but no further action has been taken."
_NOT_EXECUTABLE: Final = (
    "Refused to execute script from '{url}' because its MIME type ('{type}') is not executable{strict}."
)
NOT_EXECUTABLE: Final = {
    Api.SCRIPT: _NOT_EXECUTABLE,
    Api.STYLESHEET: "Refused to apply style from '{url}' because its MIME type ('{type}') is not a supported stylesheet MIME "
    "type{strict}.",
    Api.CSS_IMPORT: "Refused to apply style from '{url}' because its MIME type ('{type}') is not a supported stylesheet MIME "
    "type{strict}.",
    Api.WORKER: _NOT_EXECUTABLE,
    Api.IMPORT_SCRIPTS: _NOT_EXECUTABLE,
    Api.EVENTSOURCE: 'EventSource\'s response has a MIME type ("{type}") that is not "text/event-stream". Aborting the '
    "connection.",
}
REFUSED: Final = (
    "Fetch API cannot load {url}. Refused to connect because it violates the document's Content Security Policy."
)
INTEGRITY: Final = (
    "Failed to find a valid digest in the 'integrity' attribute for resource '{url}' with computed {algorithm} integrity "
    "'{computed}'. The resource has been blocked."
)
INTEGRITY_PARSING: Final = "Error parsing 'integrity' attribute ('{metadata}'). {why}"
INTEGRITY_UNKNOWN: Final = "The specified hash algorithm must be one of 'sha256', 'sha384', 'sha512', or 'ed21159'."
INTEGRITY_NO_HASH: Final = (
    "The hash algorithm must be one of 'sha256', 'sha384', 'sha512', or 'ed21159', followed by a '-' character."
)
INTEGRITY_NO_DIGEST: Final = "The digest must be a valid, base64-encoded value."
INTEGRITY_OPTION: Final = "Ignoring unrecognized 'integrity' attribute option '{option}'."
INTEGRITY_IGNORED: Final = (
    "The `integrity` attribute is currently ignored for preload destinations that do not support subresource integrity. See "
    "https://crbug.com/981419 for more information"
)
INTEGRITY_OF_FETCH: Final = "Fetch API cannot load {url}. SRI's integrity checks failed."
INTEGRITY_UNREADABLE_FETCH: Final = (
    "Subresource Integrity: The resource '{url}' has an integrity attribute, but the response is not eligible for integrity "
    "validation."
)
INTEGRITY_UNREADABLE: Final = (
    "Subresource Integrity: The resource '{url}' has an integrity attribute, but the resource requires the request to be CORS "
    "enabled to check the integrity, and it is not. The resource has been blocked because the integrity cannot be enforced."
)
IGNORED_FRAME_OPTIONS: Final = (
    "Invalid 'X-Frame-Options' header encountered when loading '{url}': '{value}' is not a recognized directive. The header will "
    "be ignored."
)
