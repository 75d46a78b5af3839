"""The templates of WebKit's console messages. One template for a reason, used to print and, compiled, to recognize."""

from __future__ import annotations

from typing import Final

from corsdoctor.scenario import Api

NOT_ALLOWED: Final = "Not allowed to request resource"
REASONS: Final = {
    "acao-present": "Origin {origin} is not allowed by Access-Control-Allow-Origin. Status code: {status}",
    "acao-matches-origin": "Origin {origin} is not allowed by Access-Control-Allow-Origin. Status code: {status}",
    "acao-matches-origin/multiple": "Access-Control-Allow-Origin cannot contain more than one origin.",
    "acao-not-wildcard-with-credentials": "Cannot use wildcard in Access-Control-Allow-Origin when credentials flag is "
    "true.",
    "acac-true": 'Credentials flag is true, but Access-Control-Allow-Credentials is not "true".',
    "preflight-status-ok": "Preflight response is not successful. Status code: {status}",
    "acam-parses": "Header Access-Control-Allow-Methods has an invalid value: {value}",
    "acah-parses": "Header Access-Control-Allow-Headers has an invalid value: {value}",
    "acam-lists-method": "Method {method} is not allowed by Access-Control-Allow-Methods.",
    "acah-lists-headers": "Request header field {header} is not allowed by Access-Control-Allow-Headers.",
    "redirect-limit": "Load cannot follow more than 20 redirections",
    "redirect-mode-allows": "Not allowed to follow a redirection while loading {url}",
    "preflight-answered": "{error}",
    "scheme-is-http": "Cross origin requests are only supported for HTTP.",
    "scheme-is-fetchable": "",
    "scheme-is-fetchable/local": f"Not allowed to load local resource: {{url}}\n{NOT_ALLOWED}",
    "port-not-blocked": "Not allowed to use restricted network port {value}: {url}",
    "same-origin-mode": "Unsafe attempt to load URL {url} from origin {origin}. Domains, protocols and ports must match.",
    "no-cors-follows-redirects": f"No-Cors mode requires follow redirect mode\n{NOT_ALLOWED}",
    "frame-options-allow": "Refused to display '{url}' in a frame because it set 'X-Frame-Options' to '{value}'.",
    "frame-options-allow/several": "Multiple 'X-Frame-Options' headers with conflicting values ('{value}') encountered when "
    "loading '{url}'. Falling back to 'DENY'.\nRefused to display '{url}' in a frame because it set 'X-Frame-Options' to "
    "'{value}'.",
    "keepalive-body-fits": "Reached maximum amount of queued data of 64Kb for keepalive requests",
    "form-not-sandboxed": "Blocked form submission to '{url}' because the form's frame is sandboxed and the 'allow-forms' "
    "permission is not set.",
    "framed-page-has-coep": "Refused to display '{url}' in a frame because of Cross-Origin-Embedder-Policy.",
    "corp-allows": "Cancelled load to {url} because it violates the resource's Cross-Origin-Resource-Policy response "
    "header.",
}
REDIRECTION: Final = "Cross-origin redirection to {target} denied by Cross-Origin Resource Sharing policy: {reason}"
REDIRECTION_REASONS: Final = {
    "location-without-userinfo": "redirection URL {target} has credentials",
    "location-is-http": "not allowed to follow a cross-origin CORS redirection with non CORS scheme",
    "location-parses": "not allowed to follow a cross-origin CORS redirection with non CORS scheme",
}
FTP: Final = "FTP URLs are disabled"
SECOND_LINES: Final = {
    Api.FETCH: "Fetch API cannot load {url} due to access control checks.",
    Api.XHR: "XMLHttpRequest cannot load {url} due to access control checks.",
    Api.EVENTSOURCE: "EventSource cannot load {url} due to access control checks.",
    Api.IMAGE: "Cannot load image {first} due to access control checks.",
    Api.SVG_IMAGE: "Cannot load image {first} due to access control checks.",
    Api.TRACK: "Cross-origin text track load denied by Cross-Origin Resource Sharing policy.",
    Api.WEBGL: "Cannot load image {first} due to access control checks.",
    Api.SCRIPT: "Cross-origin script load denied by Cross-Origin Resource Sharing policy.",
    Api.BEACON: "Beacon API cannot load {url}. {reason}",
    Api.WORKER: "Cannot load {url} due to access control checks.",
    Api.MODULE_WORKER: "Cannot load {url} due to access control checks.",
    Api.SW_SCRIPT: "Cannot load {url} due to access control checks.",
}
WORKER_BLOCKED: Final = "Refused to load '{url}' worker because of Cross-Origin-Embedder-Policy."
WORKER_STOPPED: Final = "Worker load was blocked by Cross-Origin-Embedder-Policy"
UNSET: Final = 'Refused to set unsafe header "{header}"'
PLAIN: Final = "Fetch API cannot load {url}."
LOCAL: Final = "Not allowed to load local resource: {target}"
NOT_HTTP: Final = "Redirection to URL with a scheme that is not HTTP(S)."
TYPES: Final = {
    Api.STYLESHEET: "Did not parse stylesheet at '{url}' because non CSS MIME types are not allowed in strict mode.",
    Api.CSS_IMPORT: "Did not parse stylesheet at '{url}' because non CSS MIME types are not allowed in strict mode.",
    Api.MODULE: "TypeError: '{type}' is not a valid JavaScript MIME type.",
    Api.SCRIPT: "Refused to execute {url} as script because {type} is not a script MIME type.",
    Api.EVENTSOURCE: 'EventSource\'s response has a MIME type ("{type}") that is not "text/event-stream". Aborting the '
    "connection.",
}
CHARSET: Final = (
    'EventSource\'s response has a charset ("{charset}") that is not UTF-8. The response will be decoded as UTF-8.'
)
NOSNIFF: Final = (
    'Refused to execute {url} as script because "X-Content-Type-Options: nosniff" was given and its Content-Type is not a '
    "script MIME type."
)
KNOWN_NAMES: Final = (
    "Accept", "Accept-Language", "Accept-Ranges", "Access-Control-Allow-Credentials", "Access-Control-Allow-Headers",
    "Access-Control-Allow-Methods", "Access-Control-Allow-Origin", "Access-Control-Expose-Headers", "Access-Control-Max-Age", "Age",
    "Authorization", "Cache-Control", "Clear-Site-Data", "Content-Disposition", "Content-Encoding", "Content-Language",
    "Content-Location", "Content-Range", "Content-Security-Policy", "Content-Security-Policy-Report-Only", "Content-Type",
    "Cross-Origin-Embedder-Policy", "Cross-Origin-Embedder-Policy-Report-Only", "Cross-Origin-Opener-Policy",
    "Cross-Origin-Opener-Policy-Report-Only", "Cross-Origin-Resource-Policy", "Default-Style", "ETag", "Expires", "Icy-Metadata",
    "Icy-MetaInt", "If-Match", "If-Modified-Since", "If-None-Match", "If-Range", "If-Unmodified-Since", "Integrity-Policy",
    "Last-Event-ID", "Last-Modified", "Link", "Location", "Ping-From", "Ping-To", "Pragma", "Range", "Referrer-Policy", "Refresh",
    "Report-To", "Reporting-Endpoints", "Server-Timing", "Service-Worker", "Service-Worker-Allowed", "Service-Worker-Navigation-Preload",
    "SourceMap", "Timing-Allow-Origin", "Upgrade-Insecure-Requests", "User-Agent", "Vary", "X-Content-Type-Options", "X-Frame-Options",
    "X-SourceMap", "X-Temp-Tablet", "X-XSS-Protection",
)  # fmt: skip
NO_ANSWER_TEXTS: Final = {
    "reset": "Connection terminated unexpectedly",
    "length": "Unrecognized HTTP response encoding",
}  # by the FailureKind
VIOLATION: Final = (
    "{mode}Refused to {does} {url} because it does not appear in the {used} directive of the Content Security Policy."
)
VIOLATION_OF_DEFAULT: Final = (
    "{mode}Refused to {does} {url} because it appears in neither the {wanted} directive nor the {used} directive of the "
    "Content Security Policy."
)
INSECURE_CONTENT: Final = "{mark}The page at {page} requested insecure content from {url}. This content was {end}"
INSECURE_FORM: Final = "The page at {page} contains a form which targets an insecure URL {url}."
MUST: Final = "blocked and must be served over HTTPS."
MUST_LOCAL: Final = "blocked and must"
UPGRADED: Final = "automatically upgraded and should be served over HTTPS."
KEPT: Final = "not upgraded to HTTPS and must be served from the local host."
NOT_REQUESTED: Final = "Not allowed to request resource"
STOPPED: Final = "Blocked by Content Security Policy."
NOT_REDIRECTED: Final = "Redirect was not allowed"
LOGIN_REFUSED: Final = "Blocked {url} from asking for credentials because it is a cross-origin request."
HANDSHAKE: Final = "WebSocket connection to '{url}' failed: The server did not accept the WebSocket handshake."
TAINTED: Final = "Unable to get image data from canvas because the canvas has been tainted by cross-origin data."
INTEGRITY: Final = (
    "{what} {url}. Failed integrity metadata check. Content length: {length}, Expected content length: {length}, Expected "
    "metadata: {metadata}"
)
IGNORED_FRAME_OPTIONS: Final = (
    "Invalid 'X-Frame-Options' header encountered when loading '{url}': '{value}' is not a recognized directive. The header will "
    "be ignored."
)
